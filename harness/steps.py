"""Shows a person what a command does: numbered steps, and the lines of what each runs."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.console import Console

_PATIENCE_SECONDS = 10
_PLAIN = {
    # Without a terminal cdktf's spinner prints a line for each of its frames.
    "CI": "true",
    "TF_CLI_ARGS_init": "-no-color",
    "TF_CLI_ARGS_plan": "-no-color",
    "TF_CLI_ARGS_apply": "-no-color",
}


class StepFailedError(Exception):
    """A step failed; the text says what to do."""


class Steps:
    """The steps of a command, in order.

    Args:
        console: Where they are shown.
        log: Where local AWS writes its own messages.
    """

    def __init__(self, *, console: Console, log: Path) -> None:
        self._console = console
        self._log = log
        self._started = time.monotonic()
        self._step = 0

    def say(self, what: str) -> None:
        """Begin a step."""
        self._step += 1
        seconds = time.monotonic() - self._started
        self._console.print(f"\n[bold]{self._step}. {what}[/bold] [dim]({seconds:.0f} s)[/dim]")

    def show(self, line: str) -> None:
        """Show a line of the step."""
        self._console.print(f"   {line}", markup=False, highlight=False)

    def type(
        self,
        *command: str,
        folder: Path,
        environment: Mapping[str, str],
        given: str | None = None,
        only: str = "",
    ) -> None:
        """Run a command as a person would, its lines shown as they come.

        Args:
            command: The program and its arguments.
            folder: Where it runs.
            environment: The variables that it runs under.
            given: What it reads from standard input; nothing by default.
            only: What a line has to hold to be shown, unless the command fails; all by default.

        Raises:
            StepFailedError: It did not end with 0.
        """
        held_back = []
        with subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, **_PLAIN},
            stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as started:
            try:
                if given is not None and started.stdin is not None:
                    started.stdin.write(given)
                    started.stdin.close()
                for line in filter(str.strip, started.stdout or ()):
                    if only in line:
                        self.show(line.rstrip())
                    else:
                        held_back.append(line.rstrip())
            except KeyboardInterrupt:
                _end(started)
                raise
        if started.returncode:
            for line in held_back:
                self.show(line)
            raise StepFailedError(
                f"'{' '.join(command)}' ended with {started.returncode}; its messages stand above."
                f" Local AWS's own are in {self._log}"
            )


def _end(process: subprocess.Popen[str]) -> None:
    """End a program whose AWS is about to stop: Terraform would try to reach it for minutes.

    After the terminal's Ctrl-C this is the second signal, at which Terraform ends at once.
    """
    process.terminate()
    try:
        process.wait(timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
