"""What findings add up to."""

from __future__ import annotations

import pytest

from ferry.check.finding import Finding, Level, exit_code, worst

LEVELS = {"R": Level.RIGHT, "W": Level.WARNING, "U": Level.UNJUDGED, "B": Level.BLOCKED}


def findings(levels: str) -> list[Finding]:
    return [Finding(check="c", level=LEVELS[level], what="W.") for level in levels]


@pytest.mark.parametrize(
    ("levels", "code", "verdict"),
    [
        ("", 0, Level.RIGHT),
        ("RR", 0, Level.RIGHT),
        ("RWR", 1, Level.WARNING),
        ("RBR", 2, Level.BLOCKED),
        ("WB", 2, Level.BLOCKED),
        ("RU", 3, Level.UNJUDGED),
        ("WU", 3, Level.UNJUDGED),
        ("UBW", 2, Level.BLOCKED),
    ],
)
def test_the_gravest_finding_decides(levels: str, code: int, verdict: Level) -> None:
    assert exit_code(findings(levels)) == code
    assert worst(findings(levels)) is verdict
