"""Whether DMS's user and ferry's may do at the source what they have to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.dms import DDL_AUDIT, INTERCEPT_DDL
from facts.ferry_schema import SCHEMA
from facts.identifiers import identifier
from ferry.check.source.verdict import Check, Verdict, blocks, fine, warns
from ferry.check.source.words import duration, listed
from ferry.postgres.catalog import UnreadError
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog.rows import Relation, Role, WithoutAudit

_MONTH_SECONDS: Final = 30 * 24 * 3600
_REPLICATION_ON_RDS: Final = "rds_replication"
_SUPERUSER_ON_RDS: Final = "rds_superuser"


def dms_user(subject: Subject) -> Iterator[Verdict]:
    """Whether DMS's user can sign in, today and for as long as the migration lasts."""
    name = subject.source.dms_user
    if isinstance(name, UnreadError):
        raise name
    role = subject.catalog.role(name)
    sql = identifier(name)
    fails = "The connection test of the source's endpoint fails, and with it every task."
    if role is None:
        yield blocks(
            f"There is no role {name}, which the source's secret names.",
            why=fails,
            remedy=f"CREATE ROLE {sql} LOGIN PASSWORD '...'; or write another with 'ferry secret "
            "source'.",
        )
        return
    if not role.may_sign_in:
        yield blocks(f"{name} may not sign in.", why=fails, remedy=f"ALTER ROLE {sql} LOGIN;")
    if not role.may_connect:
        yield blocks(
            f"{name} may not connect to the database {subject.database.source}.",
            why=fails,
            remedy=f"GRANT CONNECT ON DATABASE {identifier(subject.database.source)} TO {sql};",
        )
    valid = role.seconds_valid
    if valid is not None and valid < _MONTH_SECONDS:
        when = f"ends in {duration(valid)}" if valid > 0 else "has ended"
        yield (warns if valid > 0 else blocks)(
            f"The password of {name} {when} (VALID UNTIL).",
            why=fails,
            remedy=f"ALTER ROLE {sql} VALID UNTIL 'infinity';",
        )
    if 0 <= role.connection_limit < _connections(subject):
        yield blocks(
            f"{name} may have {counted(role.connection_limit, 'session')}; the tasks open about "
            f"{_connections(subject)}.",
            why="Tasks are refused while others run ('too many connections for role').",
            remedy=f"ALTER ROLE {sql} CONNECTION LIMIT -1;",
        )


def _connections(subject: Subject) -> int:
    return sum(task.full_load_sub_tasks + 3 for task in subject.environment.tasks)


def replication(subject: Subject) -> Iterator[Verdict]:
    """Whether DMS's user may read changes.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html,
    "Prerequisites"
    """
    if not subject.changing_tasks:
        return
    role = subject.dms_role
    if _may_replicate(subject, role):
        return
    managed = subject.catalog.server.is_managed
    sql = identifier(role.name)
    yield blocks(
        f"{role.name} may not open a replication connection.",
        why="The tasks that read changes fail at their start ('must be superuser or replication role').",
        remedy=f"GRANT {_REPLICATION_ON_RDS} TO {sql};"
        if managed
        else f"ALTER ROLE {sql} REPLICATION;",
    )


def _may_replicate(subject: Subject, role: Role) -> bool:
    if subject.catalog.server.is_managed:
        return bool({_REPLICATION_ON_RDS, _SUPERUSER_ON_RDS} & set(role.roles)) or role.is_superuser
    return role.may_replicate or role.is_superuser


def select(subject: Subject) -> Iterator[Verdict]:
    """Whether DMS's user may read the tables that are carried."""
    yield from _select(
        subject,
        subject.dms_role,
        why="The table is left out or fails, and the task goes on without it.",
        level_is_blocked=True,
    )


def operator_select(subject: Subject) -> Iterator[Verdict]:
    """Whether ferry's user may read them too, to verify them."""
    name = subject.catalog.server.user
    role = subject.catalog.role(name)
    if role is not None:
        yield from _select(
            subject, role, why="Its rows cannot be compared at the end.", level_is_blocked=False
        )


def _select(subject: Subject, role: Role, *, why: str, level_is_blocked: bool) -> Iterator[Verdict]:
    told = blocks if level_is_blocked else warns
    sql = identifier(role.name)
    closed = _without_usage(subject, role)
    if closed:
        yield told(
            f"{role.name} may not use {counted(len(closed), 'schema')}: {listed(closed)}.",
            why=why,
            remedy=f"GRANT USAGE ON SCHEMA {identifier(closed[0])} TO {sql};",
        )
    unread = [each for each in subject.carried if role.name not in each.readable_by]
    if unread:
        schema = identifier(unread[0].schema)
        yield told(
            f"{role.name} may not read {counted(len(unread), 'table')}: "
            f"{listed(each.sql for each in unread)}.",
            why=why,
            remedy=f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {sql};"
            + (" and so on." if len({each.schema for each in unread}) > 1 else ""),
        )


def _without_usage(subject: Subject, role: Role) -> Sequence[str]:
    needed = {relation.schema for relation in subject.carried}
    return [
        schema.name
        for schema in subject.catalog.schemas
        if schema.name in needed and role.name not in schema.usable_by
    ]


def row_security(subject: Subject) -> Iterator[Verdict]:
    """Whether row security hides rows from DMS."""
    secured = [relation for relation in subject.carried if relation.row_security]
    if not secured:
        return
    role = subject.dms_role
    hidden = [relation for relation in secured if role.name in relation.secured_from]
    if not hidden:
        yield fine(f"{counted(len(secured), 'table')} with row security; {role.name} passes it.")
        return
    yield blocks(
        f"{counted(len(hidden), 'table')} with row security, which {role.name} does not pass: "
        f"{listed(each.sql for each in hidden)}.",
        why="DMS copies the rows that the policies show to its user, and says nothing of the others.",
        remedy=_past_row_security(hidden[0], role.name),
    )


def operator_row_security(subject: Subject) -> Iterator[Verdict]:
    """Whether row security hides rows from ferry's user, who reads with `row_security` off.

    Source: https://www.postgresql.org/docs/15/runtime-config-client.html#GUC-ROW-SECURITY
    """
    user = subject.catalog.server.user
    hidden = [each for each in subject.carried if user in each.secured_from]
    if hidden:
        yield warns(
            f"{counted(len(hidden), 'table')} with row security, which {user} does not pass: "
            f"{listed(each.sql for each in hidden)}.",
            why="the rows that policies show are not taken for all of them: ferry's reading of these "
            "tables fails, and their rows cannot be compared at the end.",
            remedy=_past_row_security(hidden[0], user),
        )


def _past_row_security(relation: Relation, user: str) -> str:
    if user == relation.owner:  # forced: otherwise its owner would pass
        return (
            f"ALTER ROLE {identifier(user)} BYPASSRLS; where no application signs in as {user} and lives "
            "by these policies. Otherwise sign in as a role of your own that has it."
        )
    return (
        f"ALTER ROLE {identifier(user)} BYPASSRLS; or, where nobody may do that and it is not forced, "
        f"make it a member of the owner: GRANT {identifier(relation.owner)} TO {identifier(user)};"
    )


def ddl_capture(subject: Subject) -> Iterator[Verdict]:
    """Whether DMS can make its event trigger, and who runs DDL can go on with it.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, and
    https://github.com/Unleash/unleash/issues/567 for what it does to others.
    """
    if not subject.settings.capture_ddls or not subject.changing_tasks:
        return
    catalog, schema = subject.catalog, subject.settings.ddl_artifacts_schema
    off = f"or set source.capture_ddls = false in {subject.file}: schemas are compared by ferry anyway."
    there = [each for each in catalog.event_triggers if each.name == INTERCEPT_DDL]
    role = subject.dms_role
    if not there and not role.is_superuser and _SUPERUSER_ON_RDS not in role.roles:
        yield blocks(
            f"DMS is to capture DDL, and {role.name} cannot make an event trigger: it is no "
            "superuser.",
            why="The task fails at its start, when it makes its table and its trigger.",
            remedy=f"Make {schema}.{DDL_AUDIT} and {INTERCEPT_DDL} beforehand as AWS's page on "
            f"PostgreSQL sources says, {off}",
        )
    without = sorted(catalog.without_audit)
    if there and without:
        first = without[0]
        audit = f"{identifier(first.schema)}.{DDL_AUDIT}"
        names = listed(sorted({each.role for each in without}))
        yield blocks(
            f"Owners of tables who may not write to {audit}: {names}.",
            why="DMS's event trigger writes as whoever runs DDL: every migration of the applications "
            f"fails with 'permission denied for table {DDL_AUDIT}'.",
            remedy=f"{_to_write(first)} {off}",
        )
    if not there:
        owners = sorted({each.owner for each in subject.carried} - {role.name, *catalog.superusers})
        if owners:
            yield warns(
                f"DMS will make the event trigger {INTERCEPT_DDL} and the table {schema}.{DDL_AUDIT}.",
                why=f"Who owns tables ({listed(owners)}) needs rights on them then: migrations of the "
                f"applications fail with 'permission denied for table {DDL_AUDIT}'.",
                remedy="When the tasks have started, grant INSERT and DELETE on it, and USAGE on its "
                f"sequence and its schema: 'ferry check source' types it out then; {off}",
            )


def _to_write(without: WithoutAudit) -> str:
    """The grants with which a role passes DMS's event trigger, which inserts and deletes a row."""
    schema, role = identifier(without.schema), identifier(without.role)
    sequence = f"GRANT USAGE ON SEQUENCE {without.sequence} TO {role}; " if without.sequence else ""
    return (
        f"GRANT USAGE ON SCHEMA {schema} TO {role}; GRANT INSERT, DELETE ON {schema}.{DDL_AUDIT} TO "
        f"{role}; {sequence}".rstrip()
    )


def own_tables(subject: Subject) -> Iterator[Verdict]:
    """Whether DMS's user can make the tables that the file lets it make at the source."""
    role = subject.dms_role
    needed = {}
    if subject.changing_tasks and subject.settings.heartbeat.enabled:
        needed[subject.settings.heartbeat.schema_name] = "source.heartbeat.enabled"
    schemas = {schema.name: schema for schema in subject.catalog.schemas}
    for name, setting in needed.items():
        schema = schemas.get(name)
        able = role.may_create if schema is None else role.name in schema.creatable_by
        if not able:
            yield warns(
                f"{role.name} cannot make the heartbeat's table in schema {name}.",
                why="Without a heartbeat the slot of a source that is idle holds back all of the "
                "server's WAL.",
                remedy=(
                    f"CREATE SCHEMA {identifier(name)} AUTHORIZATION {identifier(role.name)};"
                    if schema is None
                    else f"GRANT USAGE, CREATE ON SCHEMA {identifier(name)} TO {identifier(role.name)};"
                )
                + f" or set {setting} = false in {subject.file}.",
            )


def operator(subject: Subject) -> Iterator[Verdict]:
    """Whether ferry's user can make its schema, and close the source at the cutover."""
    server = subject.catalog.server
    role = subject.catalog.role(server.user)
    if role is None or role.is_superuser:
        return
    sql, database = identifier(role.name), identifier(server.database)
    schemas = {schema.name: schema for schema in subject.catalog.schemas}
    own = schemas.get(SCHEMA)
    if (own is None and not role.may_create) or (own and role.name not in own.creatable_by):
        yield warns(
            f"{role.name} cannot make ferry's schema at the source.",
            why="The markers by which a cutover knows that all has arrived are rows in it.",
            remedy=f"GRANT CREATE ON DATABASE {database} TO {sql};"
            if own is None
            else f"GRANT USAGE, CREATE ON SCHEMA {SCHEMA} TO {sql};",
        )
    if server.owner not in {role.name, *role.roles}:
        yield warns(
            f"{role.name} does not own the database {server.database}, nor is it a member of "
            f"{server.owner}, who does.",
            why="Only the owner's REVOKE CONNECT closes it to applications at the cutover; one of "
            "another succeeds with a warning, and changes nothing.",
            remedy=f"ALTER DATABASE {database} OWNER TO {sql};"
            if server.owner in set(subject.catalog.superusers)
            else f"GRANT {identifier(server.owner)} TO {sql};",
        )
    if not {"pg_signal_backend"} & set(role.roles):
        yield warns(
            f"{role.name} may not end other users' sessions.",
            why="At the cutover applications that stay connected go on writing.",
            remedy=f"GRANT pg_signal_backend TO {sql};",
        )


TITLE: Final = "Rights"
CHECKS: Final = (
    Check(
        name="dms-user",
        title="DMS's user",
        good="DMS's user can sign in.",
        judge=dms_user,
    ),
    Check(
        name="dms-replication",
        title="Whether DMS's user may read changes",
        good="DMS's user may read changes.",
        judge=replication,
    ),
    Check(
        name="dms-select",
        title="Whether DMS's user may read the tables",
        good="DMS's user may read all tables that are carried.",
        judge=select,
    ),
    Check(
        name="row-security",
        title="Whether row security hides rows from DMS",
        good="No table that is carried has row security.",
        judge=row_security,
    ),
    Check(
        name="dms-ddl-capture",
        title="Whether DMS can capture DDL, and applications run it",
        good="DMS can capture DDL, or is not to, and nobody else is kept from running it.",
        judge=ddl_capture,
    ),
    Check(
        name="dms-heartbeat",
        title="Whether DMS can keep its heartbeat's table",
        good="DMS can keep its heartbeat's table, or needs none.",
        judge=own_tables,
    ),
    Check(
        name="operator-select",
        title="Whether ferry's user may read the tables",
        good="ferry's user may read all tables that are carried.",
        judge=operator_select,
    ),
    Check(
        name="operator-row-security",
        title="Whether row security hides rows from ferry's user",
        good="No table that is carried hides rows from ferry's user.",
        judge=operator_row_security,
    ),
    Check(
        name="operator-rights",
        title="What ferry's user may do",
        good="ferry's user can make its schema and close the source.",
        judge=operator,
    ),
)
