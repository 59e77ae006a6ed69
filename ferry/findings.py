"""What was found, how grave it is, and the status that a command ends with. Standard library alone.

Each fact stands here once: the commands' help, the documents and `pull_requests` go by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self


class ExitStatus(IntEnum):
    """What a command ends with.

    Where several hold, the greater one: `max` joins them. 2 is click's own for wrong use, 130 what
    a shell reports for a program that SIGINT, signal 2, ended: 128 + 2.
    """

    meaning: str
    """What it says, for people."""

    def __new__(cls, value: int, meaning: str = "") -> Self:
        """A status of that number and meaning; by the number alone it is looked up."""
        status = int.__new__(cls, value)
        status._value_ = value
        status.meaning = meaning
        return status

    GOOD = 0, "good"
    LOOK = 1, "look at it: a warning, a second reviewer"
    WRONG_USE = 2, "wrong use: an option, an environment's file"
    NOT_DONE = 3, "could not be done or told: refused, no answer, unreadable, not judged"
    STOP = 4, "do not go on: blocked, would fail, differs"
    INTERRUPTED = 130, "interrupted"


class Level(StrEnum):
    """How grave a finding is. The value is the word that is shown."""

    RIGHT = "right"
    """As it should be."""

    WARNING = "warning"
    """It works, but somebody should look at it."""

    UNJUDGED = "not judged"
    """Nobody answered: denied, or no such call in this region."""

    BLOCKED = "blocked"
    """A deployment or the migration would fail, or what there is differs from what should be."""

    @property
    def status(self) -> ExitStatus:
        """What a command ends with whose gravest finding has this level."""
        return {
            Level.RIGHT: ExitStatus.GOOD,
            Level.WARNING: ExitStatus.LOOK,
            Level.UNJUDGED: ExitStatus.NOT_DONE,
            Level.BLOCKED: ExitStatus.STOP,
        }[self]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one check came to.

    Args:
        check: The check's name, kebab-case and stable, such as `aurora-version`; scripts go by it.
        level: How grave it is.
        what: What was found, one sentence. Never a secret value.
        why: Why it matters; empty where all is right.
        remedy: How to mend it; empty where all is right.
    """

    check: str
    level: Level
    what: str
    why: str = ""
    remedy: str = ""


def right(check: str, what: str) -> Finding:
    """The finding that all is as it should be."""
    return Finding(check=check, level=Level.RIGHT, what=what)


def warning(check: str, what: str, *, why: str, remedy: str) -> Finding:
    """The finding that somebody should look at something."""
    return Finding(check=check, level=Level.WARNING, what=what, why=why, remedy=remedy)


def blocked(check: str, what: str, *, why: str, remedy: str) -> Finding:
    """The finding that something would fail, or differs."""
    return Finding(check=check, level=Level.BLOCKED, what=what, why=why, remedy=remedy)


def not_judged(check: str, what: str, *, why: str, remedy: str = "") -> Finding:
    """The finding that something is not known.

    Args:
        check: The check's name.
        what: What is not known, such as `The Aurora version`.
        why: Why there is no answer.
        remedy: How to get one; by default somebody has to look.
    """
    return Finding(
        check=check,
        level=Level.UNJUDGED,
        what=f"{what} could not be judged.",
        why=why,
        remedy=remedy or "Look at this by hand.",
    )


def worst(findings: Iterable[Finding]) -> Level:
    """The gravest level among findings; `RIGHT` where there are none."""
    levels = (finding.level for finding in findings)
    return max(levels, key=lambda level: level.status, default=Level.RIGHT)
