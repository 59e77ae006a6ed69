"""Whether it is the time for it, and whether what a rollback leads back is as the cutover left it. Pure."""

from __future__ import annotations

import difflib
import shlex
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.findings import blocked, not_judged, right, warning
from ferry.migrate.cutover.checks import MOST, Check, whole
from ferry.migrate.cutover.seen import NotNowError
from ferry.migrate.ways import Direction
from ferry.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.findings import Finding
    from ferry.migrate.cutover.seen import Led, Seen
    from settings.cutover import Rollback

_LIKENESS: Final = 0.5
"""From which likeness on a name is said to be meant, of 1."""


def standing(seen: Seen, _: Seen) -> Iterator[Finding]:
    """Whether it may begin by what was done before: a rollback after a cutover, and the other way round."""
    check, name = "standing", seen.name
    is_back = seen.direction is Direction.BACK
    if isinstance(seen.stands, NotNowError):
        yield blocked(
            check,
            seen.stands.why,
            why="A cutover and a rollback follow each other, each when the other has ended.",
            remedy=seen.stands.remedy,
        )
    elif isinstance(seen.stands, FerryError):
        yield not_judged(
            check,
            f"Whether {name} is cut over",
            why=seen.stands.why,
            remedy=seen.stands.remedy,
        )
    elif seen.takes_back:
        yield right(
            check,
            f"The cutover of {name} has not opened Aurora: it can be taken back, and nothing is to be carried.",
        )
    elif is_back:
        yield right(
            check, f"{name} is cut over, and what is written to Aurora arrives at the source."
        )
    else:
        yield right(check, f"The applications of {name} write to the source.")


def accepted(seen: Seen, named: frozenset[str]) -> Iterator[Finding]:
    """Whether there is what is accepted by name."""
    tables = {str(table) for table in seen.accepted}
    for option, given in (("--accept-difference", tables), ("--accept-one-way", seen.one_way)):
        for name in sorted(given - named):
            alike = difflib.get_close_matches(name, sorted(named), MOST, _LIKENESS)
            yield blocked(
                "accepted",
                f"{option} is {shlex.quote(name)}, and nothing that is carried is called so.",
                why="It accepts nothing: names are those of the source, letter by letter.",
                remedy=f"{'Is it one of these' if alike else 'There are'}: "
                f"{listed(alike or sorted(named))}",
            )


def led(_: Seen, one: Led) -> Iterator[Finding]:
    """Whether a secret or the record stands as the cutover left it."""
    if one.trouble is None:
        yield right("leads-back", f"{one.what} can be led back to the source.")
    elif one.trouble.stays:
        yield blocked(
            "leads-back",
            one.trouble.why,
            why="At the switch the applications would not be led back to the source.",
            remedy=one.trouble.remedy,
        )
    else:
        yield not_judged(
            "leads-back",
            f"Whether {one.what} can be led back",
            why=one.trouble.why,
            remedy=one.trouble.remedy,
        )


def deadline(seen: Seen, given: Rollback) -> Iterator[Finding]:
    """Whether the way back is still to be taken, as the file says."""
    at = given.until
    if at is None:
        return
    shown = f"cutover.rollback.deadline, {given.deadline}"
    if seen.at > at:
        yield warning(
            "deadline",
            f"{shown}, is over.",
            why="The file gives the way back up at that time.",
            remedy="Look why; nothing else stands against it",
        )
    else:
        yield right("deadline", f"{shown}, is not over.")


CHECKS: Final = (
    Check(
        name="standing",
        title="Where the applications write",
        good="",
        of=whole,
        judge=standing,
    ),
    Check(
        name="accepted",
        title="Whether there is what is accepted by name",
        good="Nothing is accepted by a name that nobody has.",
        of=lambda seen: [seen.named] if seen.accepted or seen.one_way else (),
        judge=accepted,
    ),
)
"""Of both directions."""

LEADS_BACK: Final = Check(
    name="leads-back",
    title="Whether the applications can be led back to the source",
    good="The cutover led no secret and no record.",
    of=lambda seen: [seen.led] if isinstance(seen.led, FerryError) else seen.led,
    judge=led,
)

CHECKS_BACK: Final = (
    LEADS_BACK,
    Check(
        name="deadline",
        title="Until when there is a way back",
        good="The file names no day on which the way back is given up.",
        of=lambda seen: [seen.environment.cutover.rollback] if seen.environment.cutover else (),
        judge=deadline,
    ),
)
"""Of a rollback alone."""
