"""DMS's table statistics are read within its limit of calls, and only where something changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from ferry.mappings import TableName
from ferry.migrate.tasks import Counts
from ferry.migrate.watching.statistics import Budget, Statistics
from tests.unit.ferry.migrate.looks import running

DMS_ALLOWS_A_SECOND = 4


@dataclass(kw_only=True)
class Clock:
    """A time that passes when somebody waits."""

    now: float = 0.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass(kw_only=True)
class Dms:
    """DMS with tables in states, and the moments at which it was called."""

    clock: Clock
    states: dict[str, str]
    called: list[float] = field(default_factory=list)

    def describe_table_statistics(self, **call: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        self.called.append(self.clock.now)
        filters = {each["Name"]: each["Values"] for each in call.get("Filters", [])}
        found = [
            {"SchemaName": "public", "TableName": name, "TableState": state}
            for name, state in sorted(self.states.items())
            if state in filters.get("table-state", [state])
            and name in filters.get("table-name", [name])
        ]
        first = int(call.get("Marker", 0))
        end = first + call["MaxRecords"]
        return {
            "TableStatistics": found[first:end],
            **({"Marker": str(end)} if len(found) > end else {}),
        }


def counts(states: dict[str, str]) -> Counts:
    """What DMS's task says of them."""
    all_ = list(states.values())
    return Counts(
        loaded=all_.count("Table completed"),
        loading=all_.count("Full load"),
        queued=all_.count("Before load"),
        errored=all_.count("Table error"),
    )


def reading(states: dict[str, str]) -> tuple[Clock, Dms, Statistics]:
    clock = Clock()
    dms = Dms(clock=clock, states=states)
    budget = Budget(clock=clock.read, sleep=clock.sleep)
    made: Any = dms
    return clock, dms, Statistics(dms=made, task_arn="arn", budget=budget, clock=clock.read)


@pytest.mark.unfollowed
def test_ten_thousand_tables_are_followed_within_the_limit() -> None:
    names = [f"t{number:05}" for number in range(10_000)]
    states = dict.fromkeys(names, "Before load")
    clock, dms, statistics = reading(states)
    for first in range(0, 4_000, 50):  # 80 looks, five seconds apart, fifty tables each
        for name in names[max(0, first - 50) : first]:
            states[name] = "Table completed"
        for name in names[first : first + 50]:
            states[name] = "Full load"
        read = statistics.refresh(running(counts=counts(states)))
        clock.now += 5.0

    assert len(read) == 10_000
    loaded = sum(row.state == "Table completed" for row in read.values())
    assert loaded == list(states.values()).count("Table completed")
    busiest = max(
        sum(moment <= other < moment + 10 for other in dms.called) for moment in dms.called
    )
    assert busiest <= 10 * DMS_ALLOWS_A_SECOND / 2 + 10
    # Two calls a look, but for whole sweeps of twenty pages now and then.
    assert len(dms.called) < 80 * 2 + 3 * 20


def test_what_does_not_change_is_asked_again_with_one_call_a_look() -> None:
    clock, dms, statistics = reading({"orders": "Table completed", "items": "Table completed"})
    for _ in range(10):
        statistics.refresh(running(counts=counts(dms.states)))
        clock.now += 5

    assert len(dms.called) == 10


def test_of_many_tables_that_do_not_change_nothing_is_asked_for_minutes() -> None:
    clock, dms, statistics = reading({f"t{number}": "Table completed" for number in range(1_200)})
    for _ in range(50):
        statistics.refresh(running(counts=counts(dms.states)))
        clock.now += 5

    assert len(dms.called) == 3


def test_a_table_that_errs_later_is_seen_by_the_tasks_own_count() -> None:
    clock, dms, statistics = reading({f"t{number}": "Table completed" for number in range(1_200)})
    statistics.refresh(running(counts=counts(dms.states)))
    clock.now += 60
    dms.states["t7"] = "Table error"

    read = statistics.refresh(running(counts=counts(dms.states)))

    assert read[TableName("public", "t7")].state == "Table error"


def test_a_budget_lets_some_calls_through_at_once_and_then_so_many_a_second() -> None:
    clock = Clock()
    budget = Budget(a_second=2, at_once=4, clock=clock.read, sleep=clock.sleep)
    moments = []
    for _ in range(8):
        budget.take()
        moments.append(clock.now)

    assert moments == pytest.approx([0, 0, 0, 0, 0.5, 1.0, 1.5, 2.0])
    assert budget.made == 8
