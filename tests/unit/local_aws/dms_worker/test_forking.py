"""Processes of workers: copies of one, as far as who starts them sees."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from local_aws.dms_worker import forking
from local_aws.dms_worker.forking import Workers

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 300.0


@contextmanager
def started() -> Iterator[Workers]:
    workers = Workers()
    try:
        yield workers
    finally:
        workers.close()


def test_each_is_told_and_ends_by_itself() -> None:
    with started() as workers, workers.start() as one, workers.start() as other:
        assert one.pid != other.pid
        assert one.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            one.wait(0.01)
        for each in (one, other):
            each.stdin.write("no job\n")
            each.stdin.flush()
            assert '"status": "failed"' in each.stdout.readline()
            assert each.wait(SECONDS) == each.poll() == 1


def test_one_that_is_ended_says_by_what() -> None:
    with started() as workers, workers.start() as asked, workers.start() as killed:
        asked.terminate()
        killed.kill()
        assert asked.wait(SECONDS) == -signal.SIGTERM
        assert killed.wait(SECONDS) == -signal.SIGKILL
        asked.kill()  # nobody has its number, or somebody else


def test_one_ends_with_its_standard_input() -> None:
    with started() as workers, workers.start() as worker:
        worker.stdin.close()
        assert worker.wait(SECONDS) == 1


def test_where_the_process_that_they_come_of_was_ended_they_come_of_another() -> None:
    with started() as workers:
        with workers.start() as worker:
            os.kill(_parent(worker.pid), signal.SIGKILL)
            worker.stdin.close()
            assert worker.stdout.readline()
        assert worker.returncode == -signal.SIGKILL  # nobody is left who could say more
        with workers.start() as another:
            assert another.poll() is None


def test_two_that_end_at_once_are_both_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second signal comes while the first is handled."""
    pipes = {pid: os.pipe() for pid in (1, 2)}
    ends = {pid: end for pid, (_, end) in pipes.items()}
    left = [1, 2]

    def waitpid(_: int, __: int) -> tuple[int, int]:
        if not left:
            raise ChildProcessError
        pid = left.pop(0)
        if left:
            forking.reap(ends)
        return pid, 0

    monkeypatch.setattr(os, "waitpid", waitpid)
    forking.reap(ends)
    assert not ends
    for told, _ in pipes.values():
        with os.fdopen(told, "rb") as stream:
            assert stream.read() == bytes(4)


def _parent(pid: int) -> int:
    shown = subprocess.run(
        ["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True, check=True
    )
    return int(shown.stdout)
