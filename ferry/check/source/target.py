"""Whether Aurora takes what DMS brings, and can give it back on the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.aurora import release
from facts.identifiers import identifier, literal
from facts.parameters import LOGICAL_REPLICATION
from ferry.check.source.renamed import target_name
from ferry.check.source.subject import column_name, loads, looks_up, reads_changes
from ferry.check.source.verdict import Check, Verdict, blocks, fine, warns
from ferry.check.source.words import duration, listed
from ferry.mappings.columns import is_lob
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog.rows import Column, Relation

_LONG_SECONDS: Final = 600
_SUPERUSER: Final = "rds_superuser"
_READERS_OF_CHANGES: Final = frozenset({"rds_replication", _SUPERUSER})


def version(subject: Subject) -> Iterator[Verdict]:
    """Whether Aurora runs what the file says."""
    server = subject.aurora.server
    runs = f"{server.release}.{server.version % 10_000}"
    wanted = subject.environment.aurora.engine_version
    if subject.catalog.server.release > server.release:
        yield blocks(
            f"Aurora runs PostgreSQL {runs}, the source {subject.catalog.server.release}.",
            why="A dump of a later release is not meant for an earlier one.",
            remedy=f"Upgrade Aurora first: aurora.engine_version in {subject.file}.",
        )
    elif server.release != release(wanted):
        yield warns(
            f"Aurora runs PostgreSQL {runs}; the file says {wanted}.",
            why="An upgrade waits for its window, or this is another cluster.",
            remedy=f"ferry check deployment {subject.environment.name}",
        )
    else:
        yield fine(f"Aurora runs PostgreSQL {runs}.")


def way_back(subject: Subject) -> Iterator[Verdict]:
    """Whether changes can be read from Aurora, when it is written to.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical.Configure.html
    """
    catalog = subject.aurora
    if not subject.changing_tasks:
        return
    why = "There is no way back: what is written in Aurora after the cutover cannot be read."
    role = subject.aurora_dms_role
    if not (role.is_superuser or role.may_replicate or _READERS_OF_CHANGES & set(role.roles)):
        yield blocks(
            f"{role.name} may not open a replication connection to Aurora.",
            why=why,
            remedy=f"GRANT rds_replication TO {identifier(role.name)};",
        )
    level = catalog.setting("wal_level")
    if level != "logical":
        yield blocks(
            f"wal_level is {level} in Aurora, not logical.",
            why=why,
            remedy=f"Set {LOGICAL_REPLICATION} = 1 in aurora.parameters of {subject.file}, deploy, and "
            "reboot the writer.",
        )
    [counts] = catalog.counts
    needed = len(subject.changing_tasks)
    for name, used in (
        ("max_replication_slots", len(list(catalog.slots))),
        ("max_wal_senders", counts.senders),
    ):
        most = catalog.number(name)
        if most - used < needed:
            yield blocks(
                f"{name} is {most} in Aurora, of which {used:,} are used; the way back needs {needed}.",
                why=why,
                remedy=f"Set {name} = {used + needed + 5} in aurora.parameters of {subject.file}, deploy, "
                "and reboot the writer.",
            )


def prepared(subject: Subject) -> Iterator[Verdict]:
    """Whether prepared or long transactions keep slots from being made in Aurora."""
    catalog = subject.aurora
    found = list(catalog.prepared)
    if found:
        yield blocks(
            f"{counted(len(found), 'prepared transaction')} in Aurora: "
            f"{listed(each.gid for each in found)}.",
            why="No slot for the way back is made as long as one is there.",
            remedy=f"ROLLBACK PREPARED {literal(found[0].gid)}; in database {found[0].database}.",
        )
    long = [each for each in catalog.sessions if each.seconds > _LONG_SECONDS]
    if long:
        yield warns(
            f"{counted(len(long), 'transaction')} open in Aurora for more than ten minutes: "
            f"{listed(f'pid {each.pid} of {each.user} ({duration(each.seconds)})' for each in long)}.",
            why="They hold locks that a load waits for, and no slot is made before they end.",
            remedy=f"SELECT pg_terminate_backend({long[0].pid});",
        )


def apply_rights(subject: Subject) -> Iterator[Verdict]:
    """Whether DMS's user may write in Aurora, past triggers and foreign keys."""
    role = subject.aurora_dms_role
    schemas = {schema.name: schema for schema in subject.aurora.schemas}
    sql = identifier(role.name)
    wanted = {
        target_name(task, relation.schema, relation.name)[0]
        for relation in subject.carried
        for task in subject.tasks_of[relation.oid]
    }
    closed = [
        name
        for name in sorted(wanted)
        if name in schemas and role.name not in schemas[name].usable_by
    ]
    if closed:
        yield blocks(
            f"{role.name} may not use {counted(len(closed), 'schema')} of Aurora: {listed(closed)}.",
            why="The tasks fail there.",
            remedy=f"GRANT ALL ON SCHEMA {identifier(closed[0])} TO {sql};",
        )
    replica = "session_replication_role" in subject.dms.target.after_connect_script
    if replica and not role.is_superuser and _SUPERUSER not in role.roles:
        yield blocks(
            f"{role.name} may not set session_replication_role in Aurora: it is not in rds_superuser.",
            why="dms.target.after_connect_script fails, and with it each connection of the tasks.",
            remedy=f"GRANT rds_superuser TO {sql};",
        )
    if not replica and any(each.kind == "f" for each in subject.aurora.constraints):
        yield warns(
            "Aurora has foreign keys, and dms.target.after_connect_script does not set "
            "session_replication_role.",
            why="DMS loads table by table, in any order: rows are refused whose parents are not there "
            "yet.",
            remedy="Set after_connect_script = \"SET session_replication_role='replica'\" in "
            f"[dms.target] of {subject.file}.",
        )


def operator(subject: Subject) -> Iterator[Verdict]:
    """Whether ferry's user may make in Aurora what a schema has.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html
    """
    server = subject.aurora.server
    user, owner = server.user, server.owner
    role = subject.aurora.role(user)
    if role is None or role.is_superuser:
        return
    if owner not in {user, *role.roles}:
        yield blocks(
            f"{user} does not own Aurora's database {server.database}, nor is it a member of {owner}.",
            why="It may make nothing in schema public and no schema, and cannot close the database.",
            remedy=f"As {owner}: GRANT {identifier(owner)} TO {identifier(user)}; or sign in as that: "
            f"ferry secret operator {subject.environment.name} target",
        )
    if _SUPERUSER not in role.roles:
        yield warns(
            f"{user} is not in rds_superuser in Aurora.",
            why="Roles, extensions and what others own are made as that user: PostgreSQL refuses it some "
            "of that.",
            remedy=f"As the master user: GRANT rds_superuser TO {identifier(user)}; or sign in as that: "
            f"ferry secret operator {subject.environment.name} target",
        )


def is_open(subject: Subject) -> Iterator[Verdict]:
    """Whether everybody may connect to the database before it is all there.

    Source: https://www.postgresql.org/docs/15/ddl-priv.html, CONNECT is PUBLIC's by default
    """
    server = subject.aurora.server
    if server.is_open:
        yield warns(
            f"Aurora's database {server.database} is open: whoever may sign in may connect.",
            why="Applications that find it before the cutover write to it, and what they write is lost "
            "or stops the tasks.",
            remedy=f"ferry schema {subject.environment.name} before-load; it closes the database, and "
            "keeps who is to be let in afterwards.",
        )


def columns(subject: Subject) -> Iterator[Verdict]:
    """Whether Aurora's columns take what DMS writes."""
    catalog = subject.aurora
    there = {(each.schema, each.name): each for each in catalog.relations}
    always: list[tuple[Relation, Column]] = []
    required: list[tuple[Relation, Column]] = []
    for relation in subject.carried:
        for task in subject.tasks_of[relation.oid]:
            table = there.get(target_name(task, relation.schema, relation.name))
            for column in catalog.columns_of(table) if table else ():
                if column.identity == "a" and reads_changes(task):
                    always.append((table, column))  # type: ignore[arg-type] # none without a table
                if column.not_null and is_lob(column) and looks_up(task, relation):
                    required.append((table, column))  # type: ignore[arg-type] # the same
    if always:
        table, column = always[0]
        yield blocks(
            f"{counted(len(always), 'column')} GENERATED ALWAYS AS IDENTITY in Aurora: "
            f"{listed(column_name(*each) for each in always)}.",
            why="The full load passes, and then each INSERT of the changes fails (428C9) into "
            "awsdms_apply_exceptions, while the task runs on.",
            remedy=f"In Aurora: ALTER TABLE {table.sql} ALTER COLUMN {identifier(column.name)} SET "
            "GENERATED BY DEFAULT; and back at the cutover.",
        )
    if required:
        table, column = required[0]
        yield blocks(
            f"{counted(len(required), 'LOB column')} NOT NULL in Aurora: "
            f"{listed(column_name(*each) for each in required)}.",
            why="A task with lob_mode full or inline inserts the row with NULL first.",
            remedy=f"In Aurora, until the cutover: ALTER TABLE {table.sql} ALTER COLUMN "
            f"{identifier(column.name)} DROP NOT NULL;",
        )


def preparation(subject: Subject) -> Iterator[Verdict]:
    """Whether a task empties or drops tables that foreign keys point at: PostgreSQL refuses both.

    Source: https://www.postgresql.org/docs/15/sql-truncate.html
    """
    catalog = subject.aurora
    keys = {
        each.references: each
        for each in catalog.constraints
        if each.kind == "f" and each.references != each.relation
    }
    for task in subject.tasks:
        if not loads(task) or task.target_table_preparation_mode == "DO_NOTHING":
            continue
        prepared_ones = {
            target_name(task, relation.schema, relation.name)
            for relation in subject.carried
            if task in subject.tasks_of[relation.oid]
        }
        found = [
            each
            for each in catalog.relations
            if each.oid in keys and (each.schema, each.name) in prepared_ones
        ]
        if found:
            key = keys[found[0].oid]
            child = catalog.by_oid[key.relation]
            yield blocks(
                f"Task {task.name} is to {task.target_table_preparation_mode} "
                f"{counted(len(found), 'table')} that foreign keys of Aurora point at: "
                f"{listed(each.sql for each in found)}.",
                why="PostgreSQL refuses that, as a replica too, and the tables fail.",
                remedy=f"In Aurora, until the load has ended: ALTER TABLE {child.sql} DROP CONSTRAINT "
                f'{identifier(key.name)}; or set target_table_preparation_mode = "DO_NOTHING" in '
                f"{subject.file}, and empty the tables yourself.",
            )


TITLE: Final = "Aurora"
CHECKS: Final = (
    Check(
        name="aurora-runs",
        title="What Aurora runs",
        good="Aurora runs what the file says.",
        judge=version,
        of_server=True,
    ),
    Check(
        name="aurora-way-back",
        title="Whether changes can be read from Aurora",
        good="Changes can be read from Aurora, for a way back.",
        judge=way_back,
        of_server=True,
    ),
    Check(
        name="aurora-transactions",
        title="Aurora's prepared and long transactions",
        good="No prepared or long transaction is in Aurora.",
        judge=prepared,
        of_server=True,
    ),
    Check(
        name="aurora-rights",
        title="What DMS's user may do in Aurora",
        good="DMS's user may write in Aurora.",
        judge=apply_rights,
    ),
    Check(
        name="aurora-operator",
        title="What ferry's user may do in Aurora",
        good="ferry's user may make in Aurora what a schema has.",
        judge=operator,
        of_server=True,
    ),
    Check(
        name="aurora-open",
        title="Whether Aurora is closed until the cutover",
        good="Aurora's database is closed until the cutover.",
        judge=is_open,
    ),
    Check(
        name="aurora-preparation",
        title="Whether Aurora's tables can be emptied before the load",
        good="No table is emptied or dropped that foreign keys point at.",
        judge=preparation,
    ),
    Check(
        name="aurora-columns",
        title="Whether Aurora's columns take what DMS writes",
        good="Aurora's columns take what DMS writes.",
        judge=columns,
    ),
)
