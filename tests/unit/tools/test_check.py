from __future__ import annotations

from typing import TYPE_CHECKING

from tools import check

if TYPE_CHECKING:
    import pytest


def test_the_steps_after_one_that_fails_run_all_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        check, "STEPS", {"first": [["false"], ["echo", "carried on"]], "second": [["true"]]}
    )

    assert check.main(["first", "second"]) == 1

    printed = capsys.readouterr().out
    assert "$ false\n\n$ echo carried on\ncarried on\n" in printed
    assert [line.split()[:2] for line in printed.splitlines()[-2:]] == [
        ["first", "FAILED"],
        ["second", "passed"],
    ]


def test_a_step_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["lnit"]) == 2

    assert capsys.readouterr().err == f"check: lnit given; {', '.join(check.STEPS)} allowed\n"


def test_every_step_is_in_a_lane() -> None:
    assert {step for lane in check.LANES for step in lane} == set(check.STEPS)
