"""What a command did, step by step: what prepare yields and the command line prints."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What a step came to. The value is the word that is shown."""

    CREATED = "created"
    SET = "set"
    MENDED = "mended"
    RESTORED = "restored"
    REMOVED = "removed"
    RIGHT = "nothing to do"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing that was looked at and, where needed, put right.

    Args:
        what: The thing and how it should be, such as `versioning: on`. Never a secret value.
        outcome: What it came to.
    """

    what: str
    outcome: Outcome
