"""Whether the source can be closed: who has what open, who cannot be kept out, what ferry may. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.ferry_schema import JOURNAL, SCHEMA
from facts.identifiers import identifier, literal
from ferry.findings import blocked, not_judged, warning
from ferry.migrate.cutover.checks import LONG_SECONDS, MOST, Check
from ferry.words import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.findings import Finding
    from ferry.migrate.cutover.seen import Seen, Side


def transactions(_: Seen, side: Side) -> Iterator[Finding]:
    """Whether no transaction has been open for long, and none is prepared.

    A prepared one has no session that could be ended: it passes the last marker, and is committed at the
    source when nobody carries that any more
    (https://www.postgresql.org/docs/15/sql-prepare-transaction.html).
    """
    check, where = "transactions", f"in {side.database} of {side.at}"
    if not side.sees_others:
        yield not_judged(
            check,
            f"How long transactions {where} are open",
            why=f"{side.user} does not see what the sessions of others do.",
            remedy=f"At {side.at}: GRANT pg_monitor TO {identifier(side.user)};",
        )
    for each in side.open[:MOST]:
        yield blocked(
            check,
            f"A transaction {where} has been open for {each.seconds:,.0f} s: process {each.pid}, "
            f"{each.who}.",
            why=f"More than {LONG_SECONDS:.0f} s: the cutover would end it, and what it has done is lost; "
            "or it holds what the window needs.",
            remedy=f"Wait for it, or end it there: select pg_terminate_backend({each.pid})",
        )
    if len(side.open) > MOST:
        yield blocked(
            check,
            f"So have {len(side.open) - MOST} more.",
            why="The cutover would end them, and what they have done is lost.",
            remedy="See which: select pid, usename, xact_start from pg_stat_activity order by xact_start",
        )
    for prepared in side.prepared:
        name = literal(prepared.gid)
        yield blocked(
            check,
            f"A transaction {where} is prepared: {name} of {prepared.owner}.",
            why="It may be committed after the last marker, and its rows would be at the source alone.",
            remedy=f"There: commit prepared {name}, or rollback prepared {name}",
        )


def superusers(_: Seen, side: Side) -> Iterator[Finding]:
    """Whether no session is a superuser's: no right keeps one out, and it comes back.

    Source: https://www.postgresql.org/docs/15/role-attributes.html
    """
    if side.superusers:
        yield blocked(
            "superusers",
            f"Superusers have sessions in {side.database} of {side.at}: {listed(side.superusers)}.",
            why="Neither REVOKE CONNECT nor a limit of connections keeps a superuser out: he would write "
            "where everybody else no longer can, and nobody carries it.",
            remedy="End what they do, or let it sign in as a role that is none: ALTER ROLE ... NOSUPERUSER;",
        )


def dms_role(_: Seen, side: Side) -> Iterator[Finding]:
    """Whether the role that DMS signs in as can be no application's: its sessions are let alone.

    Who reads the source needs SELECT there and no more.
    """
    if side.written_by_dms:
        yield warning(
            "dms-role",
            f"DMS signs in to {side.database} of {side.at} as {side.dms}, who may write to "
            f"{counted(len(side.written_by_dms), 'table')}: {listed([str(it) for it in side.written_by_dms])}.",
            why="Sessions of that role are not ended, and it may connect throughout, for DMS reads by it. "
            "What an application writes as it behind the last marker is lost.",
            remedy=f"See by its application_name and client_addr in pg_stat_activity that DMS alone signs in as "
            f"{identifier(side.dms)}; or let DMS have a role of its own.",
        )


def ownership(_: Seen, side: Side) -> Iterator[Finding]:
    """Whether ferry's role has the rights of the database's owner, who alone may close and open it.

    A REVOKE by another succeeds with a warning, and changes nothing
    (https://www.postgresql.org/docs/15/sql-revoke.html, Notes).
    """
    if not side.is_owner:
        yield blocked(
            "ownership",
            f"{side.user} neither owns the database {side.database} of {side.at} nor has the rights of "
            f"{side.owner}, who does.",
            why="REVOKE CONNECT by another only warns, and nobody is kept out.",
            remedy=f"At {side.at}, as a superuser or {side.owner}: GRANT {identifier(side.owner)} TO "
            f"{identifier(side.user)};",
        )


def journal(seen: Seen, side: Side) -> Iterator[Finding]:
    """Whether there is the table that a cutover writes down in what it does, before it does it.

    An environment whose databases an earlier ferry prepared has none.
    """
    if not side.has_journal:
        yield blocked(
            "journal",
            f"{side.database} of {side.at} has no table {SCHEMA}.{JOURNAL} that {side.user} may write to.",
            why="What a cutover does is written there first: who could connect, and how far it is. Without "
            "it nobody could go on with it, or go back.",
            remedy=f"Make it: ferry prepare-databases {seen.name}",
        )


def signals(_: Seen, side: Side) -> Iterator[Finding]:
    """Whether ferry may end the sessions of others.

    Source: https://www.postgresql.org/docs/15/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL
    """
    if not side.may_signal:
        yield blocked(
            "signals",
            f"{side.user} may not end the sessions of others at {side.at}.",
            why="Whoever is connected goes on writing when nobody else may connect.",
            remedy=f"At {side.at}, as a superuser: GRANT pg_signal_backend TO {identifier(side.user)};",
        )


def slots(seen: Seen, side: Side) -> Iterator[Finding]:
    """Whether ferry may make and drop replication slots: a cutover drops the tasks' own at its end.

    With a way back it makes others in Aurora, and a rollback at the source. PostgreSQL asks for the
    attribute, RDS and Aurora for a role. Sources:
    https://www.postgresql.org/docs/15/logicaldecoding-explanation.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical.html
    """
    is_used = side.at != "Aurora" or seen.environment.migration.dms.rollback
    if is_used and not side.may_make_slots:
        user = identifier(side.user)
        yield blocked(
            "slots",
            f"{side.user} may neither make nor drop replication slots at {side.at}.",
            why="The tasks' slots would stay, and keep the write-ahead log until the disk is full; those of "
            "the next way could not be made.",
            remedy=f"At {side.at}, as a superuser: ALTER ROLE {user} REPLICATION; or where it is RDS's or "
            f"Aurora's: GRANT rds_replication TO {user};",
        )


def writers(_: Seen, side: Side) -> Iterator[Finding]:
    """Whether nothing writes by itself, without a session that could be kept out.

    Sources: https://www.postgresql.org/docs/15/logical-replication-subscription.html,
    https://github.com/citusdata/pg_cron
    """
    check = "writers"
    for name in side.subscriptions:
        yield blocked(
            check,
            f"The subscription {name} of {side.database} is enabled.",
            why="Its worker is no session of anybody's: what it brings is written while the source is "
            "closed.",
            remedy=f"At {side.at}: ALTER SUBSCRIPTION {identifier(name)} DISABLE;",
        )
    jobs = side.jobs
    if jobs is not None and jobs.active is None:
        yield not_judged(
            check,
            f"Which jobs pg_cron runs in {side.database} of {side.at}",
            why=f"Its table is in the database {jobs.database}, and {side.user} sees not all of it here.",
            remedy=f"There, as a superuser: {_jobs('SELECT jobid, username, command', side)}",
        )
    elif jobs is not None and jobs.active:
        yield blocked(
            check,
            f"pg_cron has {counted(jobs.active, 'active job')} in {side.database} of {side.at}.",
            why="They write while the source is closed, or fail, and run beside Aurora's afterwards.",
            remedy=f"There: {_jobs('SELECT cron.alter_job(jobid, active := false)', side)}",
        )
    if side.foreign:
        yield warning(
            check,
            f"Other servers have {counted(side.foreign, 'session')} in {side.database} of {side.at}, by "
            "postgres_fdw.",
            why="They are kept out as all are, and go on with the old source: no switch reaches them.",
            remedy="Lead their foreign servers to Aurora at the switch: ALTER SERVER ... OPTIONS (SET "
            "host '...');",
        )
    if side.has_dblink:
        yield warning(
            check,
            f"dblink is installed in {side.database} of {side.at}.",
            why="What functions open by it is no application's connection: none of the switch's means "
            "reaches it.",
            remedy="See which use it: SELECT oid::regprocedure FROM pg_proc WHERE prosrc ILIKE "
            "'%dblink%';",
        )


def _jobs(select: str, side: Side) -> str:
    """A query of pg_cron's active jobs of a database."""
    return f"{select} FROM cron.job WHERE active AND database = {literal(side.database)};"


DMS_ROLE: Final = Check(
    name="dms-role",
    title="Whether DMS's role can be an application's too",
    good="The role that DMS signs in as to the source may write to no table of the applications'.",
    of=lambda seen: seen.sources,
    judge=dms_role,
)
"""Of a cutover alone: in Aurora, which a rollback closes, DMS's role is made to write."""

CHECKS: Final = (
    Check(
        name="transactions",
        title="Which transactions are open or prepared",
        good=f"No transaction has been open for more than {LONG_SECONDS:.0f} s, and none is prepared.",
        of=lambda seen: seen.sides,
        judge=transactions,
    ),
    Check(
        name="superusers",
        title="Whether superusers are connected to the side that is closed",
        good="No superuser is connected to the side that is closed, but ferry and its provider's own.",
        of=lambda seen: seen.sources,
        judge=superusers,
    ),
    Check(
        name="ownership",
        title="Whether ferry may close and open the databases",
        good="Ferry's role owns the databases, or has their owners' rights.",
        of=lambda seen: seen.sides,
        judge=ownership,
    ),
    Check(
        name="journal",
        title="Whether a cutover can write down what it does",
        good="Both sides have the table in which a cutover writes down what it does.",
        of=lambda seen: seen.sides,
        judge=journal,
    ),
    Check(
        name="signals",
        title="Whether ferry may end sessions at the side that is closed",
        good="Ferry may end the sessions of others at the side that is closed.",
        of=lambda seen: seen.sources,
        judge=signals,
    ),
    Check(
        name="slots",
        title="Whether ferry may make and drop replication slots",
        good="Ferry may make and drop the replication slots that it needs.",
        of=lambda seen: seen.sides,
        judge=slots,
    ),
    Check(
        name="writers",
        title="What writes by itself at the side that is closed",
        good="Nothing writes by itself at the side that is closed: no subscription, no job of pg_cron.",
        of=lambda seen: seen.sources,
        judge=writers,
    ),
)
