"""Whether Aurora has what it should have: schema, rows, sequences; and nobody but ferry and DMS. Pure."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.findings import Level, blocked, not_judged, right, warning
from ferry.mappings import TableName
from ferry.migrate.cutover.checks import MOST, VERIFIED_HOURS, Check
from ferry.migrate.schema.phases import Phase
from ferry.migrate.ways import Direction
from ferry.words import capital, counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ferry.findings import Finding
    from ferry.migrate.cutover.seen import DatabaseSeen, Schema, Seen, Side, Verified

_MISSING: Final = "schema-missing"


def schema(seen: Seen, one: Schema) -> Iterator[Finding]:
    """Whether a database's schema is done up to before the cutover, and has not changed since."""
    left_of = False
    for phase, orders in one.left.items():
        yield from (each for each in orders.findings if each.level is Level.BLOCKED)
        if orders.steps and not (phase is Phase.BEFORE_LOAD and one.is_made_by_dms):
            left_of = True
            yield blocked(
                "schema",
                f"{counted(len(orders.steps), 'step')} of the phase {phase} left, such as: "
                f"{orders.steps[0].what}.",
                why="Within the window there is no time to make and validate it; without it Aurora is "
                "slower or takes rows that the source refuses.",
                remedy=f"Carry what is left: ferry schema {seen.name} {phase}",
            )
    yield from (
        each
        for each in one.drift
        # What a phase has left is missing, and was said.
        if each.level is not Level.RIGHT and not (left_of and each.check == _MISSING)
    )


def closed(_: Seen, found: tuple[Finding, ...]) -> Iterator[Finding]:
    """Whether nobody but ferry and DMS may write to Aurora."""
    yield from found


def verified(seen: Seen, one: Verified) -> Iterator[Finding]:
    """Whether all tables were compared, not long ago, and were the same."""
    check, name = "verified", seen.name
    is_back = seen.direction is Direction.BACK
    verify = f"ferry verify {name}{seen.direction.option}"
    for table, why in one.others[:MOST]:
        yield not_judged(
            check,
            f"Whether {table} is the same",
            why=why,
            remedy=f"Mend that, then: {verify}",
        )
    if len(one.others) > MOST:
        yield not_judged(
            check,
            f"So it is with {len(one.others) - MOST} more tables: whether they are the same",
            why="They cannot be compared.",
            remedy=f"See why: {verify}",
        )
    yield from _different(seen, one.different)
    if one.never and is_back:
        yield warning(
            check,
            f"{len(one.never)} of {counted(one.tables, 'table')} never compared on the way back on this "
            f"machine: {listed(one.never)}.",
            why="They are compared as a whole within the window, which may take longer than "
            "cutover.max_outage_seconds: then Aurora is opened again.",
            remedy=f"Compare them before: {verify}",
        )
    elif one.never:
        yield blocked(
            check,
            f"{len(one.never)} of {counted(one.tables, 'table')} never compared on this machine as they are "
            f"now: {listed(one.never)}.",
            why="Nobody has seen that all their rows are in Aurora.",
            remedy=verify,
        )
    if one.in_part:
        yield warning(
            check,
            f"Some columns were not compared: {listed(one.in_part)}.",
            why="Nobody has seen that they are the same.",
            remedy=f"See which, and why: {verify} --table {shlex.quote(one.in_part[0])}",
        )
    if one.oldest is None:
        if not (one.never or one.different or one.others):
            yield blocked(
                check,
                "There is no table to compare.",
                why="Nothing is carried that applications could find in Aurora.",
                remedy=f"See what the tasks carry: ferry check source {name}",
            )
        return
    yield from _age(seen, one.oldest, verify)
    same = one.tables - len(one.moving) - len(one.different) - len(one.never) - len(one.in_part)
    moving = (
        f"; {len(one.moving)} changed all the while, to be compared first within the window"
        if one.moving
        else ""
    )
    yield right(
        check,
        f"{same} of {counted(one.tables, 'table')} the same since {one.oldest:%Y-%m-%d %H:%M} UTC{moving}.",
    )


def _different(seen: Seen, names: tuple[str, ...]) -> Iterator[Finding]:
    """What differed when it was compared last."""
    check, may_differ = "verified", {str(table) for table in seen.accepted}
    verify = f"ferry verify {seen.name}{seen.direction.option}"
    if accepted := [each for each in names if each in may_differ]:
        yield warning(
            check,
            f"Rows differed when they were compared last, and may: {listed(accepted)}.",
            why=f"What {seen.direction.ends[0]} alone has of them is lost to the applications.",
            remedy="You have accepted it",
        )
    if different := [each for each in names if each not in may_differ]:
        table = shlex.quote(different[0])
        yield blocked(
            check,
            f"Rows differed when they were compared last: {listed(different)}.",
            why=f"{capital(seen.direction.ends[1])} has other rows than {seen.direction.ends[0]}.",
            remedy=f"ferry reload {seen.name} {table}; then: {verify} --table {table}"
            if _loads_again(seen, different[0])
            else f"See which, mend them {seen.direction.at[1]}, then: {verify} --table {table}",
        )


def _loads_again(seen: Seen, name: str) -> bool:
    """Whether DMS loads a table again: a task of changes alone does not, as those that go forward again."""
    if seen.direction is Direction.BACK:
        return False
    schema_, _, table = name.partition(".")
    meant = TableName(schema_, table)
    carrying = [it.task for it in seen.tasks if it.task.mappings.selects(meant)]
    return bool(carrying) and all(task.loads for task in carrying)


def _age(seen: Seen, oldest: datetime, verify: str) -> Iterator[Finding]:
    """Whether it is not long ago that the tables were compared."""
    age, is_back = seen.at - oldest, seen.direction is Direction.BACK
    if age < timedelta():
        what = "How long ago the tables were compared"
        why = (
            f"By this machine's clock that was at {oldest:%Y-%m-%d %H:%M} UTC, and it is "
            f"{seen.at:%Y-%m-%d %H:%M} UTC now: the clock was set back."
        )
        remedy = f"Set it right; or compare them by it: {verify} --delta"
        # Nobody is kept from going back by it: that it was long ago is a warning then, too.
        yield (
            warning("verified", f"{what} is not known.", why=why, remedy=remedy)
            if is_back
            else not_judged("verified", what, why=why, remedy=remedy)
        )
    if age > timedelta(hours=VERIFIED_HOURS):
        yield (warning if is_back else blocked)(
            "verified",
            f"A table was compared {age / timedelta(hours=1):.0f} hours ago, others later; "
            f"{VERIFIED_HOURS} are allowed.",
            why="Within the window what was written since is compared: that is too much by now.",
            remedy=f"{verify} --delta",
        )


def _ends(seen: Seen) -> Iterable[DatabaseSeen | FerryError]:
    """The databases of which both ends are known."""
    for each in seen.databases:
        unknown = [side for side in (each.source, each.target) if isinstance(side, FerryError)]
        yield unknown[0] if unknown else each


def sequences(seen: Seen, one: DatabaseSeen) -> Iterator[Finding]:
    """Whether the values of all sequences can be read and set: DMS carries none.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, limitations
    """
    source, target = _known(one.source), _known(one.target)
    if seen.direction is Direction.BACK:
        source, target = target, source
    why = "DMS carries no sequence: the next number would be one that a row has already."
    hidden = [each.name for each in source.sequences if not each.is_readable]
    wanted = {each.name for each in source.sequences}
    fixed = [each.name for each in target.sequences if each.name in wanted and not each.is_settable]
    for side, names, right_of in ((source, hidden, "SELECT"), (target, fixed, "UPDATE")):
        if names:
            yield blocked(
                "sequences",
                f"{side.user} has no {right_of} on {counted(len(names), 'sequence')} at {side.at}: "
                f"{listed(names)}.",
                why=why,
                remedy=f"At {side.at}, as their owner: GRANT {right_of} ON SEQUENCE {names[0]} TO "
                f'"{side.user}";',
            )
    if not hidden and not fixed:
        yield right(
            "sequences",
            f"Of {one.name} {counted(len(wanted), 'sequence')} will have {source.at}'s values within the "
            "window.",
        )


def _known(side: Side | FerryError) -> Side:
    if isinstance(side, FerryError):
        raise side
    return side


_SCHEMA: Final = Check(
    name="schema",
    title="Whether Aurora's schema is what it should be",
    good="All phases of the schema up to before-cutover are done, and nothing has changed since.",
    of=lambda seen: (each.schema for each in seen.databases),
    judge=schema,
)
_CLOSED: Final = Check(
    name="aurora-closed",
    title="Whether Aurora is closed to applications",
    good="Aurora is closed to all but ferry, DMS and its owner.",
    of=lambda seen: (each.closed for each in seen.databases),
    judge=closed,
)
_OF_BOTH: Final = (
    Check(
        name="verified",
        title="Whether all rows are in Aurora",
        good="",
        of=lambda seen: (each.verified for each in seen.databases),
        judge=verified,
    ),
    Check(
        name="sequences",
        title="Whether the sequences can be set",
        good="",
        of=_ends,
        judge=sequences,
    ),
)

CHECKS: Final = (_SCHEMA, _CLOSED, *_OF_BOTH)
CHECKS_BACK: Final = (
    replace(_SCHEMA, good="Nothing of Aurora's schema was changed since the cutover."),
    *_OF_BOTH,
)
