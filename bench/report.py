"""The results as Markdown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench import subjects
from bench.limits import Limit
from bench.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.measuring import Series

_HEAD = """\
# Benchmarks

Written by `make bench`. Seconds of whole processes: five runs each after one that is not counted,
one program after the other in turns; fewer runs where they would take more than a minute or so.
Ratios are of the medians of this run."""
_COLD = """\
The first run of a machine: no slimmed copy, and nothing in jsii's cache. Python's bytecode is
there, and so are the files that the operating system keeps in memory."""
JAVASCRIPT_LIMIT = 1.3
NOTES = Path(__file__).resolve().parent / "NOTES.md"


@dataclass(kw_only=True)
class Results:
    """Everything that was measured; what is not there could not be.

    Attributes:
        machine: What it was measured on, a line each.
        load: The load averages before and after.
        series: The runs of each subject.
        missing: Why a subject was not measured.
        resources: How many resources a subject makes.
        data_sources: How many data sources ours looks up.
        same_json: Whether JavaScript's output was ours to the byte.
        growth: The runs for each number of environments.
        cold: The runs with empty caches.
        calls: How often each kind of call was made to jsii.
        by_construct: Class, how many were made, calls to each.
        stages: Median seconds of each stage of main.py.
        ferry_help: The runs of ``ferry --help``.
    """

    machine: Sequence[str] = ()
    load: tuple[str, str] = ("", "")
    series: dict[str, Series] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    resources: dict[str, int] = field(default_factory=dict)
    data_sources: int = 0
    same_json: bool | None = None
    growth: dict[int, Series] = field(default_factory=dict)
    cold: dict[str, Series] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    by_construct: Sequence[tuple[str, ...]] = ()
    stages: dict[str, float] = field(default_factory=dict)
    ferry_help: Series | None = None

    @property
    def limits(self) -> list[Limit]:
        """The limits, with what was measured against them."""
        ours = self.series.get(subjects.OURS)
        return [
            Limit(
                measure=f"three environments, warm, against `{subjects.FLOOR}`",
                allowed=2.0,
                measured=self.ratio(subjects.OURS, subjects.FLOOR),
            ),
            Limit(
                measure="the same against CDKTF in JavaScript",
                allowed=JAVASCRIPT_LIMIT,
                measured=self.ratio(subjects.OURS, subjects.JAVASCRIPT),
            ),
            Limit(
                measure="the same against the shipped bindings",
                allowed=0.1,
                measured=self.ratio(subjects.OURS, subjects.SHIPPED),
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
                measured=_ratio(self.cold.get("ours"), self.cold.get("shipped bindings")),
            ),
            Limit(
                measure=f"`{subjects.FERRY_HELP}`",
                allowed=0.4,
                unit=" s",
                measured=self.ferry_help.seconds if self.ferry_help else None,
            ),
        ]

    def ratio(self, one: str, other: str) -> float | None:
        """The time of one subject in terms of another's, if both were measured."""
        return _ratio(self.series.get(one), self.series.get(other))

    @property
    def each_further(self) -> float | None:
        """Seconds for each environment after the first: from the smallest number to the largest."""
        if len(self.growth) < 2:  # noqa: PLR2004 (a slope has two ends)
            return None
        least, most = min(self.growth), max(self.growth)
        return (self.growth[most].seconds - self.growth[least].seconds) / (most - least)


def render(results: Results) -> str:
    """The whole of RESULTS.md."""
    parts = [
        _HEAD,
        "\n".join(f"- {line}" for line in results.machine)
        + f"\n- Load averages before: {results.load[0]}; after: {results.load[1]}",
        "## Limits",
        table(("measure", "at most", "measured", ""), [limit.row for limit in results.limits]),
        "## Three environments",
        _comparison(results),
        _javascript(results),
        "## Growth",
        "The project's environments over and over, each with a name and a network of its own.",
        _growth(results),
        "## Cold",
        _COLD,
        _cold(results),
        "## Where the time goes",
        _stages(results),
        _calls(results),
        NOTES.read_text(encoding="utf-8").strip(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _comparison(results: Results) -> str:
    calls = str(sum(results.calls.values()))
    rows = []
    for name, series in results.series.items():
        floor = results.ratio(name, subjects.FLOOR)
        ours = results.ratio(name, subjects.OURS)
        rows.append(
            (
                f"`{name}`" if name == subjects.FLOOR else name,
                f"{series.seconds:.2f}",
                _spread(series),
                f"{series.cpu_seconds:.2f}",
                f"{series.peak_mb:.0f}",
                f"{floor:.2f}" if floor else "",
                f"{ours:.2f}" if ours else "",
                str(results.resources.get(name, "")),
                calls if name in (subjects.OURS, subjects.SHIPPED, subjects.UNCHECKED) else "",
                str(len(series.runs)),
            )
        )
    rows += [(name, "missing", "", "", "", "", "", "", "", "0") for name in sorted(results.missing)]
    head = (
        "program", "median", "spread", "processors", "peak MB", "by import cdktf", "by ours",
        "resources", "jsii calls", "runs",
    )  # fmt: skip
    said = [f"{name} is missing: {why}" for name, why in sorted(results.missing.items())]
    extra = (
        f"Ours also looks up {results.data_sources} data sources. Processors: seconds of all"
        " processors together. Peak: the largest process."
    )
    return "\n\n".join([table(head, rows), *said, extra])


def _javascript(results: Results) -> str:
    if results.same_json is None:
        return ""
    is_same = "is the same" if results.same_json else "IS NOT THE SAME"
    said = f"What CDKTF in JavaScript wrote {is_same} as what ours wrote, to the byte."
    if least := results.ratio(subjects.FLOOR, subjects.JAVASCRIPT):
        said += (
            f" It took {1 / least:.2f} times as long as `{subjects.FLOOR}` alone: a program in"
            f" Python that does nothing yet is at {least:.2f} of the {JAVASCRIPT_LIMIT} that are"
            " allowed."
        )
    return said


def _growth(results: Results) -> str:
    rows = []
    before: tuple[int, Series] | None = None
    for number, series in sorted(results.growth.items()):
        step = ""
        if before:
            step = f"{(series.seconds - before[1].seconds) / (number - before[0]):.2f}"
        rows.append(
            (
                str(number),
                f"{series.seconds:.2f}",
                _spread(series),
                f"{series.peak_mb:.0f}",
                step,
                str(len(series.runs)),
            )
        )
        before = number, series
    head = ("environments", "median", "spread", "peak MB", "each further", "runs")
    return table(head, rows) if rows else "Missing."


def _cold(results: Results) -> str:
    rows = [
        (name, f"{series.seconds:.1f}", _spread(series), f"{series.peak_mb:.0f}",
         str(len(series.runs)))
        for name, series in results.cold.items()
    ]  # fmt: skip
    return table(("program", "median", "spread", "peak MB", "runs"), rows) if rows else "Missing."


def _stages(results: Results) -> str:
    if not results.stages:
        return "Missing."
    rows = [(name, f"{seconds:.2f}") for name, seconds in results.stages.items()]
    ours, bare = (results.series.get(name) for name in (subjects.OURS, subjects.UNCHECKED))
    checks = ""
    if ours and bare:
        saved = ours.seconds - bare.seconds
        checks = "\n\nChecking the types of arguments takes " + (
            f"{saved:.2f} s of it: the difference between the medians above, with and without."
            if saved > 0
            else "no longer than the medians above, with and without, differ by chance."
        )
    return table(("stage", "seconds"), rows) + checks


def _calls(results: Results) -> str:
    if not results.calls:
        return ""
    made = results.calls["objects made"]
    total = sum(results.calls.values())
    kinds = ", ".join(f"{count} {kind}" for kind, count in results.calls.most_common())
    return "\n\n".join(
        [
            f"{total} calls to jsii, {total / made:.1f} for each construct: {kinds}.",
            table(("construct", "made", "calls to each"), results.by_construct),
        ]
    )


def _spread(series: Series) -> str:
    least, most = series.spread
    return f"{least:.2f}-{most:.2f}"


def _ratio(one: Series | None, other: Series | None) -> float | None:
    return one.seconds / other.seconds if one and other else None
