"""RESULTS.md says what was measured, what was missed by how much, and what is missing."""

from __future__ import annotations

import pytest

from bench import subjects
from bench.limits import Limit
from bench.measuring import Run, Series
from bench.report import Results, render


def _series(*seconds: float, peak_mb: float = 100.0) -> Series:
    return Series(tuple(Run(seconds=it, cpu_seconds=it, peak_mb=peak_mb) for it in seconds))


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [
        (1.9, "met"),
        (2.0, "met"),
        (2.5, "missed by 0.50 (25%)"),
        (None, "not measured"),
    ],
)
def test_a_limit_is_met_or_missed_or_not_measured(measured: float | None, verdict: str) -> None:
    assert Limit(measure="it", allowed=2.0, measured=measured).verdict == verdict


def test_every_limit_is_taken_from_the_medians() -> None:
    results = Results(
        series={
            subjects.OURS: _series(1.0, 0.8, 0.9, peak_mb=120),
            subjects.FLOOR: _series(0.5, 0.5, 9.0),
            subjects.SHIPPED: _series(18.0),
        },
        growth={1: _series(0.6), 3: _series(0.9), 101: _series(20.6)},
        cold={subjects.OURS: _series(3.0), subjects.SHIPPED: _series(30.0)},
        ferry_help=_series(0.15),
    )
    assert {limit.measure: limit.measured for limit in results.limits} == pytest.approx(
        {
            f"three environments, warm, against `{subjects.FLOOR}`": 1.8,
            "the same against the shipped bindings": 0.05,
            "peak memory of the largest process": 120,
            "each further environment": 0.2,
            "cold, against the shipped bindings cold": 0.1,
            "`ferry --help`": 0.15,
        }
    )


def test_what_was_not_measured_is_said_to_be_so() -> None:
    results = Results(series={subjects.OURS: _series(1.0)})
    assert {limit.verdict for limit in results.limits} == {"met", "not measured"}
    assert render(results).count("Not measured.") == 3
