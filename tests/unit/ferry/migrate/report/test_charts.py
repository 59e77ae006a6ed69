from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ferry.migrate.report import charts
from ferry.migrate.report.markup import Element
from ferry.migrate.report.told import Chart, Series
from tests.unit.ferry.migrate.report.sample import AT, DONE


def chart(*values: float, every: timedelta = timedelta(minutes=1)) -> Chart:
    points = tuple((AT + every * place, value) for place, value in enumerate(values))
    return Chart(name="x", title="X", unit="s", series=(Series(name="a", points=points),))


def of(drawn: Element, tag: str) -> list[Element]:
    return [it for it in drawn.children if isinstance(it, Element) and it.tag == tag]


def texts(drawn: Element) -> list[str]:
    return [str(it.children[0]) for it in of(drawn, "text")]


def test_the_lowest_and_the_highest_lie_within_the_axes() -> None:
    (line,) = of(charts.lines(chart(0, 3, 10), []), "polyline")

    assert line.attributes["points"] == "46.0,166.0 228.0,119.8 410.0,12.0"


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, "1"), (0.3, "0.4"), (1, "1"), (1.5, "2"), (7, "8"), (9, "10"), (41_000, "80k"), (2e6, "2M"), (3e9, "4G"), (4321, "8,000")],
)  # fmt: skip
def test_an_axis_ends_at_a_round_number(value: float, top: str) -> None:
    assert texts(charts.lines(chart(value), []))[4] == top


def test_a_single_value_is_a_dot_and_a_gap_is_none_of_the_line() -> None:
    drawn = charts.lines(chart(5), [])
    assert len(of(drawn, "circle")) == 1
    assert not of(drawn, "polyline")

    begins = [(AT + timedelta(minutes=it), 1.0) for it in (0, 1, 2, 30, 31)]
    broken = Chart(name="x", title="X", unit="s", series=(Series(name="a", points=tuple(begins)),))
    assert len(of(charts.lines(broken, []), "polyline")) == 2


def test_when_writers_were_kept_out_is_marked_where_the_chart_has_it() -> None:
    second = timedelta(seconds=1)
    closed = [
        (AT + 30 * second, AT + 31 * second),
        (AT - timedelta(days=2), AT - timedelta(days=1)),
    ]

    (rect,) = of(charts.lines(chart(1, 2, 3), closed), "rect")

    assert rect.attributes["class"] == "closed"
    assert float(rect.attributes["width"]) >= 1.5


def test_over_days_the_days_are_told_and_within_minutes_the_seconds() -> None:
    assert "02-14" in texts(charts.lines(chart(1, 2, 3, every=timedelta(days=2)), []))
    assert "06:00" in texts(charts.lines(chart(1, 2, 3, every=timedelta(hours=1)), []))
    assert "06:00:20" in texts(charts.lines(chart(1, 2, 3, every=timedelta(seconds=30)), []))


def test_each_step_has_its_bar_and_its_seconds() -> None:
    drawn = charts.steps(DONE.steps, "point-of-no-return")

    bars = of(drawn, "rect")
    assert len(bars) == len(DONE.steps)
    assert {it.attributes["class"] for it in bars} == {"bar done"}
    assert len([it for it in of(drawn, "line") if it.attributes["class"] == "point"]) == 1
    assert "1.04 s" in texts(drawn)


def test_a_step_whose_end_nobody_knows_says_so() -> None:
    step = DONE.steps[0]
    begun = type(step)(step="freeze", what="", at=datetime.now(UTC), seconds=None, state="begun")
    failed = type(step)(step="fence", what="", at=datetime.now(UTC), seconds=1, state="failed")

    drawn = charts.steps([begun, failed], "point-of-no-return")

    assert [it.attributes["class"] for it in of(drawn, "rect")] == ["bar open", "bar failed"]
    assert "not known" in texts(drawn)


def test_a_legend_has_the_highest_value_of_each_line() -> None:
    (item,) = charts.legend(chart(1, 7.25)).children

    assert isinstance(item, Element)
    assert item.children[-1] == "a, at most 7.25 s"
