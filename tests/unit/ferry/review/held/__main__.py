"""Print what the review says of the held edits: the share, and each that is wrong."""

from __future__ import annotations

from collections import Counter

from tests.unit.ferry.review.held.not_yet import NOT_YET
from tests.unit.ferry.review.held.shares import sentence, verdicts
from tests.unit.ferry.review.held.table import DANGEROUS, EVERYDAY


def main() -> None:
    """Judge them all."""
    given = verdicts()
    wrong = [it for it in (*DANGEROUS, *EVERYDAY) if given[it.name] not in it.expected]
    safe = [it for it in DANGEROUS if given[it.name] == 0]
    careful = [it for it in EVERYDAY if given[it.name] != 0]
    right = sorted(
        it.name for it in (*DANGEROUS, *EVERYDAY) if it.name in NOT_YET - {w.name for w in wrong}
    )
    lines = [
        f"dangerous: {len(DANGEROUS)}; called safe: {len(safe)}",
        f"dangerous, otherwise wrong: {len(wrong) - len(safe) - len(careful)}",
        f"everyday: {len(EVERYDAY)}; not called safe: {len(careful)}",
        f"statuses of the dangerous: {dict(Counter(given[it.name] for it in DANGEROUS))}",
        f"docs/review.md: {sentence(given)}",
        f"in NOT_YET: {len(NOT_YET)}; right by now, take them out: {', '.join(right) or 'none'}",
        *(f"{it.name}: {given[it.name]}, expected {sorted(it.expected)}: {it.why}" for it in wrong),
    ]
    print("\n".join(lines))  # noqa: T201 - what it prints is what it is for


if __name__ == "__main__":
    main()
