"""A question that AWS did not answer."""

from __future__ import annotations

from dataclasses import dataclass

from ferry.findings import Finding, Level


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Stands in the place of an answer.

    Args:
        why: What was asked, why there is no answer, and how to mend that, in whole sentences.
    """

    why: str


def not_judged(check: str, what: str, unanswered: Unanswered) -> Finding:
    """The finding that something is not known.

    Args:
        check: The check's name.
        what: What is not known, such as `The Aurora version`.
        unanswered: Why there is no answer.
    """
    return Finding(
        check=check,
        level=Level.UNJUDGED,
        what=f"{what} could not be judged.",
        why=unanswered.why,
        remedy="Have the call allowed, or look at this by hand.",
    )
