"""The findings as people and programs read them."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
import typer

from ferry.cli.report import report, summary, to_json, to_text
from ferry.findings import Finding, Level

if TYPE_CHECKING:
    from ferry.account import Account

FINE = Finding(check="a", level=Level.RIGHT, what="A is there.")
BAD = Finding(check="b", level=Level.BLOCKED, what="B is gone.", why="C fails.", remedy="Do [d].")
LOOK = Finding(check="c", level=Level.WARNING, what="D.", why="E.", remedy="F.")
DARK = Finding(check="d", level=Level.UNJUDGED, what="G.", why="H.", remedy="I.")


def test_a_right_finding_is_one_line() -> None:
    assert to_text(FINE).plain == "  right       A is there."


def test_another_says_why_and_what_to_do() -> None:
    assert to_text(BAD).plain.splitlines() == [
        "  blocked     B is gone.",
        "              why: C fails.",
        "              remedy: Do [d].",
    ]


def test_what_others_wrote_steers_neither_terminal_nor_workflow() -> None:
    hostile = "a\x1b[2J\n::add-mask::x ##[group]"
    finding = Finding(check="a", level=Level.RIGHT, what=hostile, why=hostile, remedy=hostile)

    shown = r"a\u001b[2J\n::add-mask::x \u0023#[group]"
    assert to_text(finding).plain.splitlines() == [
        f"  right       {shown}",
        f"              why: {shown}",
        f"              remedy: {shown}",
    ]


def test_the_summary_counts_the_gravest_first_and_says_what_that_means() -> None:
    meanings = {level: f"It is {level}." for level in Level}

    assert summary([FINE], meanings).plain == "1 right. It is right."
    assert summary([FINE, LOOK, DARK, BAD, FINE, BAD], meanings).plain == (
        "2 blocked, 1 not judged, 1 warning, 2 right. It is blocked."
    )


def test_where_nothing_could_be_judged_the_summary_says_no_more() -> None:
    meanings = dict.fromkeys(Level, "Nothing that is known differs.")

    assert summary([DARK], meanings).plain == "1 not judged. Nothing could be judged."
    assert summary([DARK, FINE], meanings).plain.endswith(". Nothing that is known differs.")


def test_a_reason_that_holds_for_many_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    others = [
        Finding(check=it, level=Level.UNJUDGED, what=it, why="H.", remedy="I.") for it in "xy"
    ]

    with pytest.raises(typer.Exit):
        report(
            [DARK, *others, FINE],
            title="What is deployed of dev",
            meanings=dict.fromkeys(Level, "So."),
            environment="dev",
            account=cast("Account", SimpleNamespace(account_id="1", region="r")),
            as_json=False,
        )

    assert capsys.readouterr().out.splitlines()[1:] == [
        "  not judged  G.",
        "              why: H.",
        "              remedy: I.",
        "  right       A is there.",
        "  not judged  Not judged either, each for a reason above: x, y.",
        "3 not judged, 1 right. So.",
    ]


def test_what_is_right_of_an_area_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    findings = [FINE, BAD, FINE, LOOK]

    with pytest.raises(typer.Exit) as ended:
        report(
            findings,
            title="What is deployed of dev",
            meanings=dict.fromkeys(Level, "So."),
            environment="dev",
            account=cast("Account", SimpleNamespace(account_id="1", region="r")),
            as_json=False,
            areas={"a": "security groups", "b": "security groups", "c": "tasks"},
        )

    assert ended.value.exit_code == 4
    assert capsys.readouterr().out.splitlines() == [
        "What is deployed of dev, in account 1, r",
        "  blocked     B is gone.",
        "              why: C fails.",
        "              remedy: Do [d].",
        "  right       security groups (2)",
        "  warning     D.",
        "              why: E.",
        "              remedy: F.",
        "1 blocked, 1 warning, 2 right. So.",
    ]


def test_json() -> None:
    text = to_json([FINE, BAD], environment="dev", account_id="1", region="r")

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
