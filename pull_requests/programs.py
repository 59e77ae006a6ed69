"""Runs other programs: git, gh, Terraform, this project's own app."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pull_requests.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


def output_of(*command: str, folder: Path | None = None, stdin: str = "", **variables: str) -> str:
    """Run a program, without a shell, and return what it printed.

    Raises:
        ToolError: It did not end with 0, or there is no such program.
    """
    try:
        finished = subprocess.run(
            command,
            cwd=folder,
            env=environment(variables),
            input=stdin,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError:
        raise ToolError(f"{command[0]} is not on the PATH; install it.") from None
    if finished.returncode:
        said = finished.stderr.strip() or finished.stdout.strip()
        raise ToolError(f"'{' '.join(command[:2])}' ended with {finished.returncode}:\n{said}")
    return finished.stdout


@contextmanager
def held_back(handler: Callable[..., object]) -> Iterator[None]:
    """Hand the signals that would end this process to a handler, but those that it ignores.

    A runner of GitHub sends SIGINT, 7.5 seconds later SIGTERM; a terminal that closes, SIGHUP:
    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation
    """
    ending = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
    heeded = [it for it in ending if signal.getsignal(it) is not signal.SIG_IGN]
    before = {it: signal.signal(it, handler) for it in heeded}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


@contextmanager
def followed(
    *command: str, folder: Path, came: list[int], **variables: str
) -> Iterator[subprocess.Popen[str]]:
    """Run a program whose lines are read meanwhile, and end when it has ended, whatever comes.

    Of all signals, with those in `came`, to which the first is added, it gets one interrupt: at
    the first Terraform saves its state and gives back its lock, at the second it leaves both.
    """
    numbers = itertools.count()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # a terminal's Ctrl-C would be a second interrupt
        encoding="utf-8",
        errors="replace",
    ) as run:

        def pass_on(number: int, *_: object) -> None:
            if next(numbers) == 0:  # in one step: a handler may be interrupted by itself
                came.append(number)
                run.send_signal(signal.SIGINT)

        with held_back(pass_on):
            if came:
                pass_on(came[0])
            try:
                yield run
            finally:
                run.communicate()


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """This process's variables and these; never TF_LOG, by which passwords come into the log."""
    kept = {name: it for name, it in os.environ.items() if not name.startswith("TF_LOG")}
    return {**kept, **variables}
