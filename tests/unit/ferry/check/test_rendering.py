"""The findings as people and programs read them."""

from __future__ import annotations

import json

from ferry.check.rendering import as_json, as_text, summary
from ferry.findings import Finding, Level

FINE = Finding(check="a", level=Level.RIGHT, what="A is there.")
BAD = Finding(check="b", level=Level.BLOCKED, what="B is gone.", why="C fails.", remedy="Do [d].")
LOOK = Finding(check="c", level=Level.WARNING, what="D.", why="E.", remedy="F.")
DARK = Finding(check="d", level=Level.UNJUDGED, what="G.", why="H.", remedy="I.")


def test_a_right_finding_is_one_line() -> None:
    assert as_text(FINE).plain == "  right       A is there."


def test_another_says_why_and_what_to_do() -> None:
    assert as_text(BAD).plain.splitlines() == [
        "  blocked     B is gone.",
        "              why: C fails.",
        "              remedy: Do [d].",
    ]


def test_control_characters_are_left_out() -> None:
    finding = Finding(check="a", level=Level.RIGHT, what="A\x07\x08 is there.")

    assert as_text(finding).plain == "  right       A is there."


def test_the_summary_counts_and_says_what_it_means() -> None:
    assert summary([FINE]).plain == "1 right. All is right: plan."
    assert summary([FINE, LOOK, FINE]).plain == (
        "1 warning, 2 right. Nothing stops a deployment; look at the warnings."
    )
    assert summary([DARK, FINE]).plain == (
        "1 not judged, 1 right. Nothing that is known stops a deployment."
    )
    assert summary([FINE, LOOK, DARK, BAD, BAD]).plain == (
        "2 blocked, 1 not judged, 1 warning, 1 right. A deployment or the migration would fail."
    )


def test_json() -> None:
    text = as_json([FINE, BAD], environment="dev", account_id="1", region="r")

    assert json.loads(text) == {
        "environment": "dev",
        "account_id": "1",
        "region": "r",
        "verdict": "blocked",
        "exit_code": 4,
        "findings": [
            {"check": "a", "level": "right", "what": "A is there.", "why": "", "remedy": ""},
            {
                "check": "b",
                "level": "blocked",
                "what": "B is gone.",
                "why": "C fails.",
                "remedy": "Do [d].",
            },
        ],
    }
