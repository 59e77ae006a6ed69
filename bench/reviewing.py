"""How long `ferry review` takes, how much memory, and how long its report is, by a plan's size and kind.

Whole processes as a user starts them. It waits for nothing, so that the limits are of processor
time: what else the machine does counts less.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.limits import Limit
from bench.measuring import RUNS, Subject, measure
from bench.mixes import LISTS, MIXED, MIXES, SAFE
from bench.plans import write_plan
from bench.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.measuring import Series
    from bench.plans import Mix

FEW: Final = (10, 1_000)
MANY: Final = 10_000
MOST: Final = 50_000
ITEMS: Final = 5_000
"""Of a list in one resource; that plan has no other change."""

LIMIT_SECONDS: Final = {ITEMS: 3, MANY: 3, MOST: 12}
LIMIT_MB: Final = 300
"""But for the plan of 50,000 changes."""

LIMIT_CHARACTERS: Final = 65_536
"""What GitHub takes as a comment."""

_ANY_VERDICT: Final = frozenset({0, 1, 3, 4})
_ROOT: Final = Path(__file__).resolve().parent.parent


EVERY: Final = (
    *((SAFE, it) for it in FEW), *((it, MANY) for it in MIXES),
    *((it, ITEMS) for it in LISTS), (MIXED, MOST),
)  # fmt: skip
"""The plans that are measured unless one is asked for: kind and number of changes or items."""


def plans(wanted: Sequence[str]) -> Sequence[tuple[Mix, int]]:
    """The plans that are asked for: EVERY, or one by a part of its name and its changes.

    Raises:
        ValueError: No plan is called so, several are, or it is no number.
    """
    if not wanted:
        return EVERY
    part, *number = wanted
    named = [it for it in (*MIXES, *LISTS) if part.casefold() in it.name.casefold()]
    if len(named) != 1:
        names = "; ".join(it.name for it in named or (*MIXES, *LISTS))
        raise ValueError(
            f"{part!r} is {len(named)} kinds of plan; a part of one name is allowed: {names}"
        )
    changes = "".join(number) or str(ITEMS if named[0] in LISTS else MANY)
    if number[1:] or not changes.isascii() or not changes.isdigit() or not int(changes):
        raise ValueError(
            f"{' '.join(number)!r} given; a number of changes is allowed, such as {MANY}"
        )
    return [(named[0], int(changes))]


def report(wanted: Sequence[tuple[Mix, int]]) -> str:
    """Measure, and say what came out.

    Args:
        wanted: The plans: kind, and number of changes or items.
    """
    rows: list[Sequence[str]] = []
    limits: list[Limit] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for mix, changes in wanted:
            row, found = _measured(Path(folder) / "plan.json", mix, changes)
            rows.append(row)
            limits += found
    head = (
        "Changes or items",
        "Of",
        "Plan, MB",
        "Seconds",
        "Processor, s",
        "Peak, MB",
        "Characters",
    )
    return (
        f"`ferry review`, median of {RUNS} runs after one to warm up, fewer of what is slow\n\n"
        f"{table(head, rows)}\n\n"
        f"{table(('Limit', 'Allowed', 'Measured', 'Verdict'), [it.row for it in limits])}"
    )


def _measured(file: Path, mix: Mix, changes: int) -> tuple[Sequence[str], Sequence[Limit]]:
    with file.open("w", encoding="utf-8") as plan:
        write_plan(plan, mix, changes=changes)
    command = (sys.executable, "-m", "ferry", "review", "prod", str(file))
    subject = Subject(name=mix.name, command=command, folder=_ROOT, statuses=_ANY_VERDICT)
    series = measure([subject])[mix.name]
    said = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    row = (
        f"{changes:,}",
        mix.name,
        f"{file.stat().st_size / 1e6:.2f}",
        f"{series.seconds:.2f}",
        f"{series.cpu_seconds:.2f}",
        f"{series.peak_mb:.0f}",
        f"{len(said.stdout):,}",
    )
    return row, _limits(f"{changes:,}: {mix.name}", changes, series, len(said.stdout))


def _limits(name: str, changes: int, series: Series, characters: int) -> Sequence[Limit]:
    wanted = [(LIMIT_CHARACTERS, " characters", float(characters))]
    if changes in LIMIT_SECONDS:
        wanted.insert(0, (LIMIT_SECONDS[changes], " s", series.cpu_seconds))
    if changes in {ITEMS, MANY}:
        wanted.insert(1, (LIMIT_MB, " MB", series.peak_mb))
    return [
        Limit(measure=name, allowed=allowed, unit=unit, measured=measured)
        for allowed, unit, measured in wanted
    ]
