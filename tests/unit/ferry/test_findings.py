"""What findings add up to."""

from __future__ import annotations

import pytest

from ferry.findings import ExitStatus, Finding, Level, worst

LEVELS = {"R": Level.RIGHT, "W": Level.WARNING, "U": Level.UNJUDGED, "B": Level.BLOCKED}


def findings(levels: str) -> list[Finding]:
    return [Finding(check="c", level=LEVELS[level], what="W.") for level in levels]


@pytest.mark.parametrize(
    ("levels", "status", "verdict"),
    [
        ("", 0, Level.RIGHT),
        ("RR", 0, Level.RIGHT),
        ("RWR", 1, Level.WARNING),
        ("WU", 3, Level.UNJUDGED),
        ("UBW", 4, Level.BLOCKED),
    ],
)
def test_the_gravest_finding_decides(levels: str, status: int, verdict: Level) -> None:
    assert worst(findings(levels)) is verdict
    assert worst(findings(levels)).status == status


def test_the_statuses_that_scripts_go_by() -> None:
    assert {status.name: int(status) for status in ExitStatus} == {
        "GOOD": 0,
        "LOOK": 1,
        "WRONG_USE": 2,
        "NOT_DONE": 3,
        "STOP": 4,
        "INTERRUPTED": 130,
    }
