"""Charts as SVG within the page: lines over time, and the steps of a run one below the other. Pure.

Lines differ by their dashes too: a page may be printed in one colour.
"""

from __future__ import annotations

import math
from datetime import UTC, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ferry.migrate.report.markup import element

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ferry.migrate.report.markup import Element
    from ferry.migrate.report.told import Chart, Done, Series

KINDS: Final = 6
"""How many lines can be told apart."""

_WIDTH, _HEIGHT = 420, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 10, 12, 24
_LINES: Final = 4
_TIMES: Final = 3
_GAP: Final = 3.0
"""Between points that are so many times as far apart as most there is no line."""
_ROW: Final = 17
_NAMES: Final = 118
_BARS: Final = 420 - _NAMES - 62
_DAYS: Final = timedelta(days=2)
_MINUTES: Final = timedelta(minutes=10)
_LEAST_BAR: Final = 1.5


def lines(chart: Chart, closed: Sequence[tuple[datetime, datetime]]) -> Element:
    """A chart of lines.

    Args:
        chart: It, with a point at least.
        closed: When writers were kept out.
    """
    points = [point for line in chart.series for point in line.points]
    first, last = (end(at for at, _ in points) for end in (min, max))
    if first == last:
        first, last = first - timedelta(minutes=1), last + timedelta(minutes=1)
    top = _above(max(value for _, value in points))

    def x(at: datetime) -> float:
        return _LEFT + (at - first) / (last - first) * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)

    drawn = [
        element("title", f"{chart.title}, in {chart.unit}"),
        *(
            element(
                "rect", class_="closed", x=_at(x(max(begin, first))), y=_TOP, height=_HEIGHT - _TOP - _BOTTOM,
                width=_at(max(_LEAST_BAR, x(min(end, last)) - x(max(begin, first)))),
            )
            for begin, end in closed
            if begin <= last and end >= first
        ),
    ]  # fmt: skip
    for number in range(_LINES + 1):
        value = top * number / _LINES
        drawn += [
            element("line", class_="grid", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=_at(y(value)), y2=_at(y(value))),
            element("text", _number(value), class_="end", x=_LEFT - 5, y=_at(y(value) + 3.5)),
        ]  # fmt: skip
    for number in range(_TIMES + 1):
        at = first + (last - first) * number / _TIMES
        anchor = {0: "begin", _TIMES: "end"}.get(number, "middle")
        drawn.append(
            element("text", _moment(at, last - first), class_=anchor, x=_at(x(at)), y=_HEIGHT - 7)
        )
    for kind, line in enumerate(chart.series):
        for part in _parts(line):
            if len(part) == 1:
                ((at, value),) = part
                drawn.append(
                    element("circle", class_=f"dot{kind % KINDS}", cx=_at(x(at)), cy=_at(y(value)), r=2)
                )  # fmt: skip
                continue
            path = " ".join(f"{_at(x(at))},{_at(y(value))}" for at, value in part)
            drawn.append(element("polyline", class_=f"line{kind % KINDS}", points=path))
    return element(
        "svg",
        *drawn,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_label=f"{chart.title}, in {chart.unit}",
    )


def legend(chart: Chart) -> Element:
    """What its lines are, with the highest value of each."""
    return element(
        "ul",
        *(
            element(
                "li",
                element(
                    "svg",
                    element("line", class_=f"line{kind % KINDS}", x1=0, x2=26, y1=5, y2=5),
                    viewBox="0 0 26 10",
                    class_="key",
                    aria_hidden="true",
                ),
                f"{line.name}, at most {_number(max(value for _, value in line.points))} {chart.unit}",
            )
            for kind, line in enumerate(chart.series)
        ),
        class_="legend",
    )


def steps(done: Sequence[Done], point: str) -> Element:
    """The steps of a run: when each began, and how long it took.

    Args:
        done: They, one at least.
        point: The step that is the point of no return.
    """
    first = min(it.at for it in done)
    last = max(it.at + timedelta(seconds=it.seconds or 0) for it in done)
    whole = max((last - first).total_seconds(), 0.001)
    drawn = [element("title", "The steps, and how long each took")]
    for row, it in enumerate(done):
        top = row * _ROW
        left = _NAMES + (it.at - first).total_seconds() / whole * _BARS
        wide = max(_LEAST_BAR, (it.seconds or 0) / whole * _BARS)
        kind = "failed" if it.state == "failed" else "open" if it.state == "begun" else "done"
        told = "not known" if it.seconds is None else f"{it.seconds:,.2f} s"
        drawn += [
            element("text", it.step, class_="end", x=_NAMES - 6, y=top + 12),
            element("rect", class_=f"bar {kind}", x=_at(left), y=top + 3, width=_at(wide), height=_ROW - 6),
            element("text", told, class_="begin", x=_at(left + wide + 4), y=top + 12),
        ]  # fmt: skip
        if it.step == point:
            drawn.append(
                element("line", class_="point", x1=0, x2=_WIDTH, y1=top + _ROW, y2=top + _ROW)
            )
    return element(
        "svg",
        *drawn,
        viewBox=f"0 0 {_WIDTH} {len(done) * _ROW + 2}",
        role="img",
        aria_label="The steps, and how long each took",
    )


def _parts(line: Series) -> Iterator[list[tuple[datetime, float]]]:
    """A line where it has values: over a long time without any nothing is drawn."""
    between = sorted(after[0] - before[0] for before, after in pairwise(line.points))
    most = between[len(between) // 2] * _GAP if between else timedelta(0)
    part: list[tuple[datetime, float]] = []
    for point in line.points:
        if part and point[0] - part[-1][0] > most:
            yield part
            part = []
        part.append(point)
    yield part


def _above(value: float) -> float:
    """The end of an axis: 1, 2, 4 or 8 times a power of ten, no less than the value."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * it for it in (1, 2, 4, 8, 10) if power * it >= value * 0.999999)


def _number(value: float) -> str:
    for least, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= least:
            return f"{value / (1e3 if unit == 'k' else least):.3g}{unit}"
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"  # noqa: PLR2004 - three digits


def _moment(at: datetime, span: timedelta) -> str:
    form = "%m-%d" if span > _DAYS else "%H:%M" if span > _MINUTES else "%H:%M:%S"
    return f"{at.astimezone(UTC):{form}}"


def _at(place: float) -> str:
    return f"{place:.1f}"
