"""The results as Markdown."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench import subjects
from bench.limits import Limit
from bench.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.measuring import Series

_HEAD = """\
# Benchmarks

Written by `make bench`. Seconds of whole processes: five runs each after one that is not counted,
one program after the other in turns; fewer runs where they would take more than a minute or so.
Ratios are of the medians of this run. Processors: seconds of all processors together. Peak: the
largest process."""
_COLD = """\
The first run of a machine: no slimmed copy, and nothing in jsii's cache. Python's bytecode is
there, and so are the files that the operating system keeps in memory."""
NOTES = Path(__file__).resolve().parent / "NOTES.md"


@dataclass(kw_only=True)
class Results:
    """Everything that was measured.

    Attributes:
        machine: What it was measured on, a line each.
        load: The load averages before and after.
        series: The runs of each subject.
        growth: The runs for each number of environments.
        cold: The runs with empty caches.
        stages: Median seconds of each stage of main.py.
        ferry_help: The runs of ``ferry --help``.
    """

    machine: Sequence[str] = ()
    load: tuple[str, str] = ("", "")
    series: dict[str, Series] = field(default_factory=dict)
    growth: dict[int, Series] = field(default_factory=dict)
    cold: dict[str, Series] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)
    ferry_help: Series | None = None

    @property
    def limits(self) -> list[Limit]:
        """The limits, with what was measured against them."""
        ours = self.series.get(subjects.OURS)
        return [
            Limit(
                measure=f"three environments, warm, against `{subjects.FLOOR}`",
                allowed=2.2,
                measured=_ratio(ours, self.series.get(subjects.FLOOR)),
            ),
            Limit(
                measure="the same against the shipped bindings",
                allowed=0.1,
                measured=_ratio(ours, self.series.get(subjects.SHIPPED)),
            ),
            Limit(
                measure="peak memory of the largest process",
                allowed=130,
                unit=" MB",
                measured=ours.peak_mb if ours else None,
            ),
            Limit(
                measure="each further environment",
                allowed=0.25,
                unit=" s",
                measured=self.each_further,
            ),
            Limit(
                measure="cold, against the shipped bindings cold",
                allowed=0.5,
                measured=_ratio(self.cold.get(subjects.OURS), self.cold.get(subjects.SHIPPED)),
            ),
            Limit(
                measure=f"`{subjects.FERRY_HELP}`",
                allowed=0.4,
                unit=" s",
                measured=self.ferry_help.seconds if self.ferry_help else None,
            ),
        ]

    @property
    def each_further(self) -> float | None:
        """Seconds for each environment after the first: from the smallest number to the largest."""
        if len(self.growth) < 2:  # noqa: PLR2004 (a slope has two ends)
            return None
        least, most = min(self.growth), max(self.growth)
        return (self.growth[most].seconds - self.growth[least].seconds) / (most - least)


def render(results: Results) -> str:
    """The whole of RESULTS.md."""
    stages = [(name, f"{seconds:.2f}") for name, seconds in results.stages.items()]
    parts = [
        _HEAD,
        "\n".join(f"- {line}" for line in results.machine)
        + f"\n- Load averages before: {results.load[0]}; after: {results.load[1]}",
        "## Limits",
        table(("measure", "at most", "measured", ""), [limit.row for limit in results.limits]),
        "## Three environments",
        _runs("program", results.series),
        "## Growth",
        "The project's environments over and over, each with a name and a network of its own.",
        _runs("environments", {str(number): it for number, it in results.growth.items()}),
        "## Cold",
        _COLD,
        _runs("program", results.cold),
        "## Where the time goes",
        table(("stage", "seconds"), stages) if stages else "Not measured.",
        NOTES.read_text(encoding="utf-8").strip(),
    ]
    return "\n\n".join(parts) + "\n"


def _runs(what: str, found: Mapping[str, Series]) -> str:
    rows = [
        (
            f"`{name}`" if name == subjects.FLOOR else name,
            f"{series.seconds:.2f}",
            f"{series.spread[0]:.2f}-{series.spread[1]:.2f}",
            f"{series.cpu_seconds:.2f}",
            f"{series.peak_mb:.0f}",
            str(len(series.runs)),
        )
        for name, series in found.items()
    ]
    head = (what, "median", "spread", "processors", "peak MB", "runs")
    return table(head, rows) if rows else "Not measured."


def _ratio(one: Series | None, other: Series | None) -> float | None:
    return one.seconds / other.seconds if one and other else None
