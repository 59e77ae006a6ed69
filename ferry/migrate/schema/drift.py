"""Where Aurora's schema is not what it should be by now. Pure; a gate of `start` and the cutover.

Both sides are what the same pg_dump says of them, so that whatever it knows of an object is compared:
columns, types, defaults, keys, indexes, constraints, comments, owners, grants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.findings import blocked, right, warning
from ferry.migrate.schema.comparing import differs, expected, is_grave
from ferry.migrate.schema.names import shown
from ferry.migrate.schema.order import is_half_made
from ferry.migrate.schema.phases import FIRES, Phase, is_of_ferry_or_dms
from ferry.migrate.schema.roles import carried
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.findings import Finding
    from ferry.migrate.schema.given import Given
    from ferry.migrate.schema.phases import Placed

_REFUSING: Final = frozenset(
    {
        "TABLE",
        "CONSTRAINT",
        "INDEX",
        "FK CONSTRAINT",
        "CHECK CONSTRAINT",
        "TRIGGER",
        "RULE",
        "POLICY",
    }
)
"""Kinds that could refuse or change DMS's rows where Aurora alone has them."""

_EARLY: Final = "schema-early"
_FIRES: Final = "schema-fires"
FIRING: Final = (_EARLY, _FIRES)
"""The checks of what reacts to the rows that DMS applies, or hides them from it."""


def drift(reached: Phase, given: Given) -> tuple[Finding, ...]:
    """What is missing, differs, or is at Aurora too early or alone.

    What is missing is looked for up to the phase that was reached. What is there is compared whenever
    it is made: a unique key or a check of another shape refuses rows before its phase as well.

    Args:
        reached: The last phase that was done.
        given: What is known of both ends.
    """
    placed = given.placed
    due = [each for each in placed if each.phase and each.phase.place <= reached.place]
    found = [
        *_missing(due, reached, given),
        *_differing(placed, reached, given),
        *_early(placed, reached, given),
        *_only_there(placed, given),
    ]
    return tuple(found) or (
        right(
            "schema-drift",
            f"Both schemas are alike: {counted(len(due), 'object')} up to {reached}.",
        ),
    )


def _missing(due: list[Placed], reached: Phase, given: Given) -> Iterator[Finding]:
    there = {each.key for each in given.there}
    names = carried(given.source)
    lacking = [
        each for each in due if each.entry.key not in there and expected(each.entry, names=names)
    ]
    for phase in dict.fromkeys(each.phase for each in lacking):
        those = [each.entry for each in lacking if each.phase is phase]
        tell = blocked if any(is_grave(each.kind, reached) for each in those) else warning
        yield tell(
            "schema-missing",
            f"Missing at Aurora: {shown([each.label for each in those])}.",
            why="The source has it: it was made there since, or the phase did not end.",
            remedy=f"Carry it: ferry schema {given.environment} {phase}",
        )


def _differing(placed: tuple[Placed, ...], reached: Phase, given: Given) -> Iterator[Finding]:
    there = {each.key: each for each in given.there}
    names = carried(given.source)
    for each in placed:
        target = there.get(each.entry.key)
        if target is None or each.phase is None:
            continue
        due = each.phase.place <= reached.place
        if (due or not is_half_made(each.entry, target, names, given)) and (
            finding := differs(each.entry, target, names, given, phase=reached)
        ):
            yield finding


def _early(placed: tuple[Placed, ...], reached: Phase, given: Given) -> Iterator[Finding]:
    """What is made within the window, and is at Aurora while DMS writes."""
    there = {each.key for each in given.there}
    if reached is Phase.CUTOVER:
        return
    found = [each for each in placed if each.phase is Phase.CUTOVER and each.entry.key in there]
    for why in dict.fromkeys(each.why for each in found):
        those = [each.entry.label for each in found if each.why == why]
        yield blocked(
            _EARLY,
            f"At Aurora already: {shown(those)}.",
            why=f"{why}.",
            remedy="Drop it at Aurora, or disable it: it is made within the window.",
        )


def _only_there(placed: tuple[Placed, ...], given: Given) -> Iterator[Finding]:
    known = {each.entry.key for each in placed}
    found = [
        each
        for each in given.there
        if each.kind in _REFUSING
        and each.key not in known
        and each.schema not in given.control_schemas
        and not is_of_ferry_or_dms(each)
    ]
    fires = [each.label for each in found if FIRES.search(each.sql)]
    if fires:
        yield blocked(
            _FIRES,
            f"Only at Aurora, and works on what DMS writes: {shown(fires)}.",
            why="It is ENABLE ALWAYS or REPLICA, and may change or swallow each row that DMS brings.",
            remedy="Drop it at Aurora, or disable it until the cutover.",
        )
    more = [each.label for each in found if each.label not in fires]
    if more:
        yield warning(
            "schema-more",
            f"Only at Aurora: {shown(more)}.",
            why="It may refuse or change what DMS writes, and the source no longer has it.",
            remedy="Drop it at Aurora, unless it is meant.",
        )
