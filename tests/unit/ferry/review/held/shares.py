"""The share of each verdict over the held edits, as docs/review.md says it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.unit.ferry.review.held.table import DANGEROUS, EVERYDAY, ROWS, verdict_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.unit.ferry.review.held.edits import Held


def sentence(given: Mapping[str, int]) -> str:
    """What the page says, in whole percents, so that an edit more changes it seldom.

    Args:
        given: The exit status that each edit gets, by its name.
    """
    blocked, second, not_judged = (_share(given, it) for it in (4, 1, 3))
    safe = sum(given[it.name] == 0 for it in DANGEROUS)
    careful = sum(given[it.name] != 0 for it in EVERYDAY)
    return (
        f"Of more than {_hundreds(DANGEROUS)} dangerous edits {blocked} % are blocked, {second} % "
        f"need a second reviewer, {not_judged} % could not be judged, and {safe or 'none'} "
        f"{'are' if safe else 'is'} called safe; of more than {_hundreds(EVERYDAY)} everyday changes "
        f"and first deployments all {f'but {careful} ' if careful else ''}are."
    )


def verdicts() -> dict[str, int]:
    """Judge them all."""
    return {it.name: verdict_of(it.name) for it in ROWS}


def _hundreds(rows: Sequence[Held]) -> int:
    return (len(rows) - 1) // 100 * 100


def _share(given: Mapping[str, int], status: int) -> int:
    """Of the dangerous ones, those that end with a status, in percent."""
    return round(100 * Counter(given[it.name] for it in DANGEROUS)[status] / len(DANGEROUS))
