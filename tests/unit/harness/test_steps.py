"""What a person sees of a command's steps."""

from __future__ import annotations

import io
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from harness.steps import StepFailedError, Steps

if TYPE_CHECKING:
    from pathlib import Path

LINES = "print('made one'); print(); print('still waiting'); print('made two')"


@pytest.fixture
def shown() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def steps(shown: io.StringIO, tmp_path: Path) -> Steps:
    console = Console(file=shown, soft_wrap=True, emoji=False)
    return Steps(console=console, log=tmp_path / "local-aws.log")


def test_steps_are_numbered(steps: Steps, shown: io.StringIO) -> None:
    steps.say("synthesize")
    steps.say("deploy")

    assert re.sub(r"\d+ s", "N s", shown.getvalue()) == (
        "\n1. synthesize (N s)\n\n2. deploy (N s)\n"
    )


def test_a_commands_lines_are_shown(steps: Steps, shown: io.StringIO, tmp_path: Path) -> None:
    steps.type(sys.executable, "-c", LINES, folder=tmp_path, environment=os.environ)

    assert shown.getvalue() == "   made one\n   still waiting\n   made two\n"


def test_only_some_are(steps: Steps, shown: io.StringIO, tmp_path: Path) -> None:
    steps.type(sys.executable, "-c", LINES, folder=tmp_path, environment=os.environ, only="made")

    assert shown.getvalue() == "   made one\n   made two\n"


def test_a_command_reads_what_it_is_given(steps: Steps, shown: io.StringIO, tmp_path: Path) -> None:
    steps.type(
        sys.executable, "-c", "print(input())", folder=tmp_path, environment=os.environ, given="[x]"
    )

    assert shown.getvalue() == "   [x]\n"


def test_of_a_command_that_fails_all_is_shown(
    steps: Steps, shown: io.StringIO, tmp_path: Path
) -> None:
    failing = "print('Error: no'); raise SystemExit(3)"

    with pytest.raises(StepFailedError, match="ended with 3; its messages stand above") as failed:
        steps.type(
            sys.executable, "-c", failing, folder=tmp_path, environment=os.environ, only="made"
        )

    assert shown.getvalue() == "   Error: no\n"
    assert str(tmp_path / "local-aws.log") in str(failed.value)


def test_a_command_ends_with_the_person_who_stops_it(
    steps: Steps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    def stop(line: str) -> None:
        shown.append(line)
        raise KeyboardInterrupt

    monkeypatch.setattr(steps, "show", stop)
    waiting = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"

    with pytest.raises(KeyboardInterrupt):
        steps.type(sys.executable, "-c", waiting, folder=tmp_path, environment=os.environ)

    with pytest.raises(ProcessLookupError):
        os.kill(int(shown[0]), 0)
