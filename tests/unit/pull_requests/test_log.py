"""What others wrote gives the runner no orders and shows no password."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pull_requests import log

if TYPE_CHECKING:
    from pathlib import Path

EVIL = "::add-mask::it\n::set-output name=x::y\n##[add-path]/tmp\n"


def test_orders_to_the_runner_are_shown_and_not_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    log.show(EVIL)
    log.show(EVIL)

    stopped = re.findall(
        r"^::stop-commands::([0-9a-f]{32})\n(.*?)\n::\1::$",
        capsys.readouterr().out,
        re.MULTILINE | re.DOTALL,
    )
    written_out = EVIL.replace("::add", r"\u003a:add").replace("::set", r"\u003a:set")
    shown = written_out.replace("##[", r"\u0023#[").strip()
    assert [text.strip() for _, text in stopped] == [shown] * 2
    assert len({token for token, _ in stopped}) == 2


def test_they_are_taken_again_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    with pytest.raises(ValueError, match="it"), log.without_orders():
        raise ValueError("it")

    assert re.fullmatch(r"::stop-commands::(\w+)\n\n::\1::\n", capsys.readouterr().out)


def test_on_a_desk_nothing_stands_around_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)

    log.show('{"MasterUserPassword": "hunter2-hunter2"}')

    assert capsys.readouterr().out == '{"MasterUserPassword": "(sensitive)"}\n'


def test_a_value_stays_one_line_for_the_next_step(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))

    log.give("stack", "dev\ndigest=forged")

    assert (tmp_path / "output").read_text() == "stack=devdigest=forged\n"


def test_outside_of_a_workflow_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)

    log.give("stack", "dev")
    log.summarize("text")
