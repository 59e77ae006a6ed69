"""How the applications are switched, whether there is a way back, and what AWS is about to do. Pure."""

from __future__ import annotations

import shlex
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from facts.application_secrets import CURRENT_STAGE, NEXT_STAGE
from facts.identifiers import identifier
from facts.names import AGAIN, leg_of
from facts.windows import minutes_until
from ferry.errors import FerryError
from ferry.findings import blocked, not_judged, right, warning
from ferry.migrate.cutover.checks import MAINTENANCE_MINUTES, Check, whole
from ferry.words import counted, listed
from settings.way_back import NoWayBack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ferry.findings import Finding
    from ferry.mappings import TableName
    from ferry.migrate.cutover.seen import DatabaseSeen, Pending, Secret, Seen, Side

_ACCEPTED: Final = "You have accepted it"
_LOSES: Final = "Rows that are changed or deleted in Aurora stay as they were at the source: whoever goes back finds them."


def switch(seen: Seen, _: Seen) -> Iterator[Finding]:
    """Whether the file says how the applications find Aurora."""
    given = seen.environment.cutover
    ways = (
        []
        if given is None
        else [
            *(
                [counted(len(given.application_secret_arns), "secret")]
                if given.application_secret_arns
                else ()
            ),
            *([f"the record {given.dns.name}"] if given.dns else ()),
            *(["hooks.switch"] if given.hooks.switch else ()),
        ]
    )
    if ways:
        yield right("switch", f"The applications are switched by {', '.join(ways)}.")
    else:
        yield blocked(
            "switch",
            f"Nothing in {seen.file} says how the applications are switched to Aurora.",
            why="Aurora would be open, and the applications would go on looking for the source.",
            remedy="Name what they find their database by in [cutover]: application_secret_arns, dns or "
            "hooks.switch; docs/settings.md has them",
        )


def secrets(seen: Seen, secret: Secret) -> Iterator[Finding]:
    """Whether a secret of the applications has the version that leads to Aurora."""
    if isinstance(secret.has_next, FerryError):
        unknown = secret.has_next
        yield not_judged(
            "application-secrets",
            f"Whether {secret.arn} has a next version",
            why=unknown.why,
            remedy=unknown.remedy,
        )
    elif not secret.has_next:
        yield blocked(
            "application-secrets",
            f"The secret {secret.arn} has no version of the stage {NEXT_STAGE}.",
            why="At the switch that version is made the current one: host, port and database are Aurora's "
            "in it.",
            remedy=f"ferry secret application {seen.name}",
        )
    elif secret.is_current:
        yield blocked(
            "application-secrets",
            f"The version of the secret {secret.arn} under {NEXT_STAGE} is under {CURRENT_STAGE} too.",
            why="The applications read it already, and are kept out by Aurora now; what they read before is "
            "not known.",
            remedy=f"Move {CURRENT_STAGE} back to the version that leads to the source: aws secretsmanager "
            "update-secret-version-stage",
        )


def way_back(seen: Seen, _: Seen) -> Iterator[Finding]:
    """Whether what is written to Aurora is carried back to the source."""
    check, name, migration = "way-back", seen.name, seen.environment.migration
    why = (
        "After the point of no return nothing carries what is written to Aurora back to the source: "
        "whoever goes back loses it."
    )
    if not migration.dms.rollback:
        yield warning(
            check,
            f"{name} has no way back: dms.rollback is false in {seen.file}.",
            why=why,
            remedy=f"Set it to true; then: ferry secret reverse {name}; cdktf deploy {name}",
        )
        return
    carried_back = seen.carried_back
    if isinstance(carried_back, FerryError):
        yield not_judged(
            check,
            "Whether the way back is deployed",
            why=carried_back.why,
            remedy=carried_back.remedy,
        )
        return
    for task, _database, found in migration.ways_back:
        if isinstance(found, NoWayBack):
            what = f"The task {task.name} has no way back: {found.setting} {found.why}."
            if task.name in seen.one_way:
                yield warning(check, what, why=why, remedy=_ACCEPTED)
                continue
            yield blocked(
                check,
                what,
                why=why,
                remedy="Do without it; or, where a mistake in its tables is to be mended in Aurora, say so: "
                f"ferry cutover {name} --accept-one-way {shlex.quote(task.name)}",
            )
        elif task.name not in carried_back:
            yield blocked(
                check,
                f"The way back of the task {task.name} is not deployed.",
                why=why,
                remedy=f"Deploy it: cdktf deploy {name}",
            )
        else:
            yield right(
                check,
                f"The way back of the task {task.name} is deployed. Of no table it carries a TRUNCATE, or that "
                "the value of a key has changed.",
            )


def keyless(seen: Seen, one: DatabaseSeen) -> Iterator[Finding]:
    """Whether DMS carries back all that is changed in the tables, or somebody knows better.

    It carries no UPDATE and no DELETE of a table without a primary key:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, limitations
    """
    check = "carried-back"
    found = [str(table) for table in _carried_back(seen, one, lambda side: side.keyless)]
    if accepted := [table for table in found if table in seen.one_way]:
        yield warning(
            check,
            f"Of {one.name}'s tables without a primary key inserts alone are carried back: {listed(accepted)}.",
            why=_LOSES,
            remedy=_ACCEPTED,
        )
    if others := [table for table in found if table not in seen.one_way]:
        options = " ".join(f"--accept-one-way {shlex.quote(table)}" for table in others)
        yield blocked(
            check,
            f"Of {one.name}'s tables without a primary key inserts alone are carried back: {listed(others)}.",
            why=_LOSES,
            remedy=f"Give them one on both sides; or, where nothing of them is changed or that may be lost, say "
            f"so: ferry cutover {seen.name} {options}",
        )


def _carried_back(
    seen: Seen, one: DatabaseSeen, of: Callable[[Side], Iterable[TableName]]
) -> list[TableName]:
    """Some of a database's tables at the source, as far as they are carried back."""
    if isinstance(one.source, FerryError) or isinstance(seen.carried_back, FerryError):
        return []  # which is said of the source, and of the way back
    legs = {leg_of(name, AGAIN) for name in seen.carried_back}
    back = [it.task for it in seen.tasks if it.task.name in seen.carried_back | legs]
    return [
        table
        for table in of(one.source)
        if any(it.mappings.selects(table) for it in back if it.database.aurora == one.name)
    ]


def unread(_: Seen, roles: tuple[str, str]) -> Iterator[Finding]:
    """Whether a rollback will be able to read what DMS has made at the source by then.

    DMS's own tables belong to the role that it writes as: ferry reads in them which changes were not
    applied, and pg_dump locks all tables to read the schema.
    """
    operator, back = roles
    yield blocked(
        "dms-tables",
        f"{operator} will not be able to read the tables that DMS makes at the source as {back}.",
        why="A rollback would be refused: whether changes are missing could not be told then.",
        remedy=f"At the source, as a superuser: GRANT {identifier(back)} TO {identifier(operator)};",
    )


def maintenance(seen: Seen, _: Seen) -> Iterator[Finding]:
    """Whether AWS begins no maintenance within the hour, which restarts what it is done to.

    Sources: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PendingMaintenanceAction.html,
    https://docs.aws.amazon.com/dms/latest/APIReference/API_PendingMaintenanceAction.html
    """
    check, pending = "maintenance", seen.pending
    within = f"within {MAINTENANCE_MINUTES} minutes"
    if isinstance(pending, FerryError):
        yield not_judged(
            check, "What maintenance AWS has announced", why=pending.why, remedy=pending.remedy
        )
        announced: tuple[Pending, ...] = ()
    else:
        announced = pending
    near = [each for each in announced if _begins(seen, each)]
    for each in near:
        yield blocked(
            check,
            f"AWS does {each.action} to {each.resource} {within}.",
            why="What it is done to restarts, perhaps while writers are kept out.",
            remedy="Wait until it is done, or have it done first: aws "
            f"{'dms' if each.of_dms else 'rds'} apply-pending-maintenance-action",
        )
    for of_dms, whose in ((False, "Aurora"), (True, "DMS")):
        window = _window(seen, of_dms=of_dms)
        if minutes_until(window, seen.at) <= MAINTENANCE_MINUTES:
            yield warning(
                check,
                f"The maintenance window of {whose}, {window} UTC, is now or begins {within}.",
                why="AWS restarts within it what it maintains.",
                remedy="Wait until it is over",
            )
    if not near and not isinstance(pending, FerryError):
        waiting = [f"{each.action} of {each.resource}" for each in announced]
        yield right(
            check,
            f"Of what AWS has announced nothing begins {within}: {listed(waiting)}."
            if waiting
            else "AWS has announced no maintenance.",
        )


def _window(seen: Seen, *, of_dms: bool) -> str:
    if of_dms:
        return seen.environment.migration.dms.maintenance_window
    return seen.environment.aurora.maintenance_window


def _begins(seen: Seen, pending: Pending) -> bool:
    """Whether it may begin within the hour."""
    soon = seen.at + timedelta(minutes=MAINTENANCE_MINUTES)
    if pending.opted == "immediate" or (pending.at is not None and pending.at <= soon):
        return True
    window = _window(seen, of_dms=pending.of_dms)
    in_a_window = pending.opted == "next-maintenance" or (
        pending.after is not None and pending.after <= soon
    )
    return in_a_window and minutes_until(window, seen.at) <= MAINTENANCE_MINUTES


def identities(seen: Seen, one: DatabaseSeen) -> Iterator[Finding]:
    """Whether the source takes the rows that are carried back.

    DMS names each column of a row. A column GENERATED ALWAYS AS IDENTITY takes no value but its own, and
    refuses each of these rows (428C9): https://www.postgresql.org/docs/15/sql-insert.html
    """
    carried = set(_carried_back(seen, one, lambda side: [table for table, _ in side.always]))
    always = () if isinstance(one.source, FerryError) else one.source.always
    if refusing := [(table, column) for table, column in always if table in carried]:
        table, column = refusing[0]
        yield blocked(
            "identities",
            f"Columns of {one.name} at the source refuse what is carried back, GENERATED ALWAYS AS IDENTITY: "
            f"{listed([f'{each}.{name}' for each, name in refusing])}.",
            why="Rows that are made in Aurora after the cutover would be lost to whoever goes back.",
            remedy=f"At the source, for each: ALTER TABLE {identifier(table.schema)}."
            f"{identifier(table.table)} ALTER COLUMN {identifier(column)} SET GENERATED BY DEFAULT;",
        )


def apart(seen: Seen, _: Seen) -> Iterator[Finding]:
    """Whether no other environment could lead the applications of the same database away, unseen.

    Whether one has is read in the journal of the first database that an environment carries.
    """
    check, own = "shared-databases", seen.environment.carried[0].source
    if isinstance(seen.beside, FerryError):
        yield warning(
            check,
            "Whether another environment carries the same databases is not known.",
            why=seen.beside.why,
            remedy=seen.beside.remedy or "Mend its file",
        )
        return
    for it in seen.beside:
        yield blocked(
            check,
            f"The environment {it.environment} carries the database {it.database} too, and writes its journal into "
            f"{it.journal}; {seen.name} writes its own into {own}.",
            why="Neither sees that the other has led the applications to its Aurora: both could, and what they "
            "write would be in two.",
            remedy=f"Let one of the two carry it: take it out of {seen.file} or of environments/{it.environment}.toml",
        )
    if not seen.beside:
        yield right(check, "No other environment carries a database of these unseen.")


def firing(seen: Seen, one: DatabaseSeen) -> Iterator[Finding]:
    """Whether something at the source reacts to the rows that are carried back.

    DMS writes them as session_replication_role `replica`, which sets off what is ENABLE ALWAYS or REPLICA:
    https://www.postgresql.org/docs/15/sql-altertable.html
    """
    carried = set(_carried_back(seen, one, lambda side: [table for table, *_ in side.firing]))
    there = () if isinstance(one.source, FerryError) else one.source.firing
    if reacting := [it for it in there if it[0] in carried]:
        table, kind, name = reacting[0]
        yield warning(
            "source-triggers",
            f"Triggers or rules of {one.name} at the source are set off by what is carried back, ENABLE ALWAYS or "
            f"REPLICA: {listed([f'{it}.{its}' for it, _, its in reacting])}.",
            why="Aurora's own have done their work for that row already: here it is done a second time, and may "
            "change or refuse the row. Who goes back would find that.",
            remedy=f"See what they do. At the source, for each that is to be set off by applications alone: ALTER "
            f"TABLE {identifier(table.schema)}.{identifier(table.table)} ENABLE {kind} {identifier(name)};",
        )


MAINTENANCE: Final = Check(
    name="maintenance",
    title="What maintenance AWS has announced",
    good="",
    of=whole,
    judge=maintenance,
)
"""Of a rollback too."""

CHECKS: Final = (
    MAINTENANCE,
    Check(
        name="shared-databases",
        title="Whether another environment carries the same databases",
        good="",
        of=whole,
        judge=apart,
    ),
    Check(
        name="switch",
        title="How the applications are switched",
        good="",
        of=whole,
        judge=switch,
    ),
    Check(
        name="application-secrets",
        title="Whether the applications' secrets have a next version",
        good="Each secret of the applications that the file names has a version that leads to Aurora.",
        of=lambda seen: seen.secrets,
        judge=secrets,
    ),
    Check(
        name="way-back",
        title="Whether there is a way back",
        good="",
        of=whole,
        judge=way_back,
    ),
    Check(
        name="dms-tables",
        title="Whether ferry will be able to read what DMS makes at the source",
        good="Ferry will be able to read what DMS makes at the source, or there is no way back.",
        of=lambda seen: [seen.unread] if seen.unread else (),
        judge=unread,
    ),
    Check(
        name="identities",
        title="Whether the source takes the rows that are carried back",
        good="The source takes the rows that are carried back, or none are.",
        of=lambda seen: seen.databases,
        judge=identities,
    ),
    Check(
        name="source-triggers",
        title="Whether something at the source reacts to the rows that are carried back",
        good="Nothing at the source is set off by the rows that are carried back, or none are.",
        of=lambda seen: seen.databases,
        judge=firing,
    ),
    Check(
        name="carried-back",
        title="Whether all that is changed is carried back",
        good="Each table that is carried back has a primary key, or none are.",
        of=lambda seen: seen.databases,
        judge=keyless,
    ),
)
