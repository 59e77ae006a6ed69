"""What a check came to, and the exit status that all of them add up to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


class Level(StrEnum):
    """How grave a finding is. The value is the word that is shown."""

    RIGHT = "right"
    """As it should be."""

    WARNING = "warning"
    """It works, but somebody should look at it."""

    UNJUDGED = "not judged"
    """AWS did not answer: denied, or no such call in this region."""

    BLOCKED = "blocked"
    """A deployment, or the migration after it, would fail."""


_EXIT_CODES: Final = {
    # The gravest last. What would surely fail says more than what is not known.
    Level.RIGHT: 0,
    Level.WARNING: 1,
    Level.UNJUDGED: 3,
    Level.BLOCKED: 2,
}
_ORDER: Final = tuple(_EXIT_CODES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one check came to.

    Args:
        check: The check's name, kebab-case and stable, such as `aurora-version`; scripts go by it.
        level: How grave it is.
        what: What was found, one sentence. Never a secret value.
        why: Why it would bite; empty where all is right.
        remedy: How to mend it; empty where all is right.
    """

    check: str
    level: Level
    what: str
    why: str = ""
    remedy: str = ""


def worst(findings: Iterable[Finding]) -> Level:
    """The gravest level among findings; `RIGHT` where there are none."""
    return max((finding.level for finding in findings), key=_ORDER.index, default=Level.RIGHT)


def exit_code(findings: Iterable[Finding]) -> int:
    """0 all is right, 1 something needs a look, 2 it would fail, 3 something could not be judged.

    Where something would fail it is 2, whatever else could not be judged.
    """
    return _EXIT_CODES[worst(findings)]
