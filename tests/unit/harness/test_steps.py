"""What a person sees of a command's steps, and what goes into its log."""

from __future__ import annotations

import io
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from harness.steps import StepFailedError, Steps, duration, is_verbose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINES = "print('made one'); print(); print('\\x1b[1mstill waiting\\x1b[0m'); print('made two')"


@pytest.fixture
def shown() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "steps.log"


@pytest.fixture
def steps(shown: io.StringIO, log: Path) -> Steps:
    return Steps(console=_console(shown), log=log, verbose=False)


def _console(shown: io.StringIO) -> Console:
    return Console(file=shown, soft_wrap=True, emoji=False, width=40)


def python(
    steps: Steps, program: str, folder: Path, *, follow: Callable[[str], None] | None = None
) -> None:
    steps.type(sys.executable, "-c", program, folder=folder, environment=os.environ, follow=follow)


def test_steps_are_numbered(steps: Steps, shown: io.StringIO) -> None:
    steps.say("synthesize")
    steps.say("deploy")

    assert re.sub(r"\d+ s", "N s", shown.getvalue()) == (
        "\n1. synthesize (N s)\n\n2. deploy (N s)\n"
    )


def test_a_commands_lines_are_shown(steps: Steps, shown: io.StringIO, tmp_path: Path) -> None:
    python(steps, LINES, tmp_path)

    assert shown.getvalue() == "   made one\n   still waiting\n   made two\n"


def test_of_a_command_that_is_followed_the_lines_are_in_the_log(
    steps: Steps, shown: io.StringIO, log: Path, tmp_path: Path
) -> None:
    followed: list[str] = []

    python(steps, LINES, tmp_path, follow=followed.append)

    assert followed == ["made one", "still waiting", "made two"]
    assert shown.getvalue() == ""
    assert log.read_text() == (
        f"$ {sys.executable} -c {LINES}\nmade one\nstill waiting\nmade two\n"
    )


def test_verbose_shows_them(shown: io.StringIO, log: Path, tmp_path: Path) -> None:
    followed: list[str] = []

    python(
        Steps(console=_console(shown), log=log, verbose=True),
        LINES,
        tmp_path,
        follow=followed.append,
    )

    assert followed == []
    assert shown.getvalue() == "   made one\n   still waiting\n   made two\n"


@pytest.mark.parametrize(
    ("verbose", "seen"), [(False, ""), (True, "   made one\n   still waiting\n   made two\n")]
)
def test_who_goes_by_what_a_command_says_is_told_whether_it_is_shown_or_not(
    verbose: bool,  # noqa: FBT001 (a case)
    seen: str,
    shown: io.StringIO,
    log: Path,
    tmp_path: Path,
) -> None:
    told: list[str] = []
    steps = Steps(console=_console(shown), log=log, verbose=verbose)

    steps.type(
        sys.executable, "-c", LINES, folder=tmp_path, environment=os.environ, told=told.append
    )

    assert told == ["made one", "still waiting", "made two"]
    assert shown.getvalue() == seen


@pytest.mark.parametrize(("verbose", "seen"), [(False, ""), (True, "   an ARN\n")])
def test_a_line_may_be_for_the_log_alone(
    verbose: bool,  # noqa: FBT001 (a case)
    seen: str,
    shown: io.StringIO,
    log: Path,
) -> None:
    Steps(console=_console(shown), log=log, verbose=verbose).keep("an ARN")

    assert shown.getvalue() == seen
    assert log.read_text() == "an ARN\n"


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("0", False), ("", False)])
def test_a_variable_says_whether_everything_is_shown(
    value: str,
    expected: bool,  # noqa: FBT001 (a case)
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VERBOSE", value)

    assert is_verbose() is expected


def test_a_command_reads_what_it_is_given_and_the_log_does_not_have_it(
    steps: Steps, shown: io.StringIO, log: Path, tmp_path: Path
) -> None:
    steps.type(
        sys.executable,
        "-c",
        "print(len(input()))",
        folder=tmp_path,
        environment=os.environ,
        given="secret",
    )

    assert shown.getvalue() == "   6\n"
    assert "secret" not in log.read_text()


def test_of_a_command_that_fails_what_matters_is_shown(
    steps: Steps, shown: io.StringIO, log: Path, tmp_path: Path
) -> None:
    failing = "print('Creating...'); print('Error: no'); print('because'); raise SystemExit(3)"

    with pytest.raises(StepFailedError) as failed:
        python(steps, failing, tmp_path, follow=lambda _: None)

    assert shown.getvalue() == "   Error: no\n   because\n"
    assert str(failed.value) == (
        f"'{sys.executable} -c {failing}' ended with 3. All that was printed is in {log}"
    )


def test_a_command_that_fails_without_a_word_of_an_error_shows_its_last_lines(
    steps: Steps, shown: io.StringIO, tmp_path: Path
) -> None:
    failing = "for number in range(1000): print(number)\nraise SystemExit(1)"

    with pytest.raises(StepFailedError):
        python(steps, failing, tmp_path, follow=lambda _: None)

    assert shown.getvalue().split() == [str(number) for number in range(970, 1000)]


def test_a_long_line_may_be_shortened_where_it_is_shown(
    steps: Steps, shown: io.StringIO, log: Path
) -> None:
    arn = f"cluster_arn arn:aws:rds:{'x' * 100}:aurora-ferry-dev"

    steps.show_short(arn)
    steps.show_short("cluster_port 5432")

    assert shown.getvalue() == ("   cluster_arn arn:aws:rds:…a-ferry-dev\n   cluster_port 5432\n")
    assert log.read_text() == f"{arn}\ncluster_port 5432\n"


def test_what_is_going_on_is_said_after_a_silence(
    steps: Steps, shown: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.now("1 of 85")
    monkeypatch.setattr("harness.steps._SILENCE_SECONDS", -1)
    steps.now("2 of 85")

    assert shown.getvalue() == "   2 of 85\n"


def test_on_a_terminal_it_is_said_at_the_end(shown: io.StringIO, log: Path, tmp_path: Path) -> None:
    console = Console(file=shown, force_terminal=True, width=40)
    steps = Steps(console=console, log=log, verbose=False)

    for _ in range(2):
        python(steps, LINES, tmp_path, follow=lambda line: steps.now(f"{line} so far"))

    assert "made two so far" in shown.getvalue()
    assert shown.getvalue().endswith("\x1b[2K"), "the line is taken away again"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (185, "3 min 5 s")]
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_command_ends_with_the_person_who_stops_it(steps: Steps, tmp_path: Path) -> None:
    shown: list[str] = []

    def stop(line: str) -> None:
        shown.append(line)
        raise KeyboardInterrupt

    waiting = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"

    with pytest.raises(KeyboardInterrupt):
        python(steps, waiting, tmp_path, follow=stop)

    with pytest.raises(ProcessLookupError):
        os.kill(int(shown[0]), 0)
