from __future__ import annotations

import os
import re
import signal
import sys
import tempfile
import threading
import time
import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.unit.ferry.review.conftest import UNFOLLOWED
from tools import check

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 60.0


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Steps that print something and then do not end, or leave something behind."""
    says = tmp_path / "says"
    hangs = tmp_path / "test_hangs.py"
    hangs.write_text(
        "import pathlib, threading\n"
        "def test_hangs() -> None:\n"
        f"    pathlib.Path({str(says)!r}).touch()\n"
        "    threading.Event().wait()\n"
    )
    leaves = (
        "import subprocess\nprint(subprocess.Popen(['sleep', '600'], start_new_session=True).pid)\n"
    )
    monkeypatch.setattr(
        check,
        "STEPS",
        {
            "hangs": [
                ["sh", "-c", f"sleep 600 & echo $!; touch '{says}'; wait"],
                ["echo", "not run"],
            ],
            "tests": [
                ["pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(hangs)]
            ],
            "leaves": [[sys.executable, "-c", leaves], ["echo", "carried on"]],
        },
    )


@contextmanager
def ended_by(number: signal.Signals, says: Path) -> Iterator[None]:
    """This process is sent a signal as soon as there is a file."""

    def end() -> None:
        until = time.monotonic() + SECONDS
        while not says.exists() and time.monotonic() < until:
            time.sleep(0.02)
        os.kill(os.getpid(), number)

    ends = threading.Thread(target=end)
    ends.start()
    yield
    ends.join(SECONDS)


def has_ended(pid: int) -> bool:
    """Nobody may have waited for it, whose parent is gone: it has no command any more."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            if not Path(f"/proc/{pid}/cmdline").read_bytes():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


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


def test_each_test_is_in_a_step() -> None:
    """What is slow or unfollowed is looked for in files that say so; what is ignored is unfollowed."""
    marks = "mark.slow", "mark.unfollowed"
    conftests = {it: it.read_text() for it in (check.ROOT / "tests/unit").rglob("conftest.py")}
    says = {it for it, text in conftests.items() if any(mark in text for mark in marks)}
    assert says == {check.ROOT / check.REVIEW / "conftest.py"}
    assert "mark.slow" not in conftests[check.ROOT / check.REVIEW / "conftest.py"]
    assert len(check.BESIDE) > 5
    assert len([it for it in check.STEPS["slow"][0] if it.startswith("tests/unit/")]) > 5
    assert check.ROOT / check.HELD == UNFOLLOWED


def test_whoever_knows_most_of_what_hangs_ends_it_first() -> None:
    """The test, its process, the step, all steps, CI, which says nothing."""
    options = tomllib.loads((check.ROOT / "pyproject.toml").read_text())["tool"]["pytest"]
    workflow = yaml.safe_load((check.ROOT / ".github/workflows/tests.yml").read_text())
    deadlines = [
        options["ini_options"]["timeout"],
        options["ini_options"]["faulthandler_timeout"],
        check.SECONDS_A_STEP,
        check.SECONDS_IN_ALL,
        workflow["jobs"]["test"]["timeout-minutes"] * 60,
    ]
    assert deadlines == sorted(set(deadlines))
    assert options["ini_options"]["faulthandler_exit_on_timeout"]


def test_each_step_says_what_it_used_of_a_processor(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By which it can be told which of several that ran side by side was much work."""
    works = "import time\nwhile time.process_time() < 1.5:\n    pass"
    steps = {
        "works": [["sh", "-c", f"{sys.executable} -c '{works}'"]],
        "sleeps": [["sleep", "2"]],
    }
    monkeypatch.setattr(check, "STEPS", steps)
    monkeypatch.setattr(check, "LANES", (("works",), ("sleeps",)))

    assert check.main([]) == 0

    *_, works_line, sleeps_line = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"works +passed +\d+ s, [2-9] s of a processor", works_line)
    assert re.fullmatch(r"sleeps +passed +\d+ s, 0 s of a processor", sleeps_line)


@pytest.mark.usefixtures("steps")
def test_a_step_that_does_not_end_is_ended_at_its_deadline_with_all_that_it_started(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "SECONDS_A_STEP", 5.0)

    assert check.main(["hangs"]) == 1

    printed = capsys.readouterr().out
    found = re.search(r"\n(\d+)\ncheck: ended after \d+ s: that was its deadline\n", printed)
    assert found, printed
    assert has_ended(int(found[1]))
    assert "not run" not in printed
    assert printed.splitlines()[-1].split()[:2] == ["hangs", "FAILED"]


@pytest.mark.usefixtures("steps")
def test_all_steps_have_one_deadline(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "SECONDS_IN_ALL", 1.0)

    assert check.main(["hangs", "leaves"]) == 1

    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()[-2:]] == [
        ["hangs", "FAILED"],
        ["leaves", "FAILED"],
    ]


@pytest.mark.usefixtures("steps")
def test_tests_that_are_ended_show_where_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ended_by(signal.SIGTERM, tmp_path / "says"):
        assert check.main(["tests"]) == 130

    assert 'test_hangs.py", line 4 in test_hangs' in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("steps")
def test_whoever_ends_it_sees_what_ran(
    number: signal.Signals, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(number)

    with ended_by(number, tmp_path / "says"):
        assert check.main(["hangs", "leaves"]) == 130

    printed = capsys.readouterr().out
    found = re.search(r"\n(\d+)\ncheck: ended after \d+ s: this was told to end\n", printed)
    assert found, printed
    assert has_ended(int(found[1]))
    assert signal.getsignal(number) is before


@pytest.mark.skipif(sys.platform != "linux", reason="where there is no /proc nobody looks")
@pytest.mark.usefixtures("steps")
def test_what_a_step_leaves_behind_fails_it_and_is_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It holds the step's output, and has a session of its own."""
    monkeypatch.setattr(check, "SECONDS_TO_GO", 0.5)

    assert check.main(["leaves"]) == 1

    printed = capsys.readouterr().out
    found = re.search(r"\n(\d+)\ncheck: left behind, and ended: (\d+) sleep 600\n", printed)
    assert found, printed
    assert found[1] == found[2]
    assert has_ended(int(found[1]))
    assert "carried on\n" in printed
    assert printed.splitlines()[-1].split()[:2] == ["leaves", "FAILED"]


@pytest.mark.parametrize("ends", ["0", "1"])
def test_what_a_step_leaves_in_the_folder_for_temporary_files_goes_with_it(
    ends: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    writes = f"import sys, tempfile; print('in', tempfile.mkdtemp()); sys.exit({ends})"
    monkeypatch.setattr(check, "STEPS", {"writes": [[sys.executable, "-c", writes]]})

    assert check.main(["writes"]) == int(ends)

    found = re.search(r"in (.+)\n", capsys.readouterr().out)
    assert found
    assert found[1].startswith(tempfile.gettempdir())
    assert not Path(found[1]).exists()
