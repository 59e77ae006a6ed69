"""Shows a person what a command does: numbered steps, and of what each prints what one follows."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections import deque
from contextlib import nullcontext
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

_PATIENCE_SECONDS = 10
# Where there is no terminal, a line at the least so often, lest one thinks that it hangs.
_SILENCE_SECONDS = 30
# Of a command that fails: what is looked through for an error, and what is shown.
_LINES_LOOKED_THROUGH = 300
_LINES_SHOWN = 30
# Terraform's, where the variables below do not reach it.
_COLOR = re.compile("\x1b\\[[0-9;]*m")
_PLAIN = {
    # Without a terminal cdktf's spinner prints a line for each of its frames.
    "CI": "true",
    "TF_CLI_ARGS_init": "-no-color",
    "TF_CLI_ARGS_plan": "-no-color",
    "TF_CLI_ARGS_apply": "-no-color",
    "TF_CLI_ARGS_destroy": "-no-color",
}


class StepFailedError(Exception):
    """A step failed; the text says what to do."""


class Steps:
    """The steps of a command, in order.

    Args:
        console: Where they are shown.
        log: Where everything goes that the commands print.
        verbose: Whether that is shown as well; by default if ``VERBOSE`` is set, and not to 0.
    """

    def __init__(self, *, console: Console, log: Path, verbose: bool | None = None) -> None:
        self._console = console
        self._log = log
        self._verbose = is_verbose() if verbose is None else verbose
        self._started = self._shown = time.monotonic()
        self._step = 0
        self._live = console.status("") if console.is_terminal and not self._verbose else None

    def say(self, what: str) -> None:
        """Begin a step."""
        self._step += 1
        self._shown = time.monotonic()
        so_far = duration(self._shown - self._started)
        self._console.print(f"\n[bold]{self._step}. {what}[/bold] [dim]({so_far})[/dim]")
        self._write(f"\n{self._step}. {what} ({so_far})")

    def show(self, line: str) -> None:
        """Show a line of the step."""
        self._console.print(f"   {line}", markup=False, highlight=False)
        self._shown = time.monotonic()

    def show_short(self, line: str) -> None:
        """Show of a line what there is room for, its beginning and its end; the log has all."""
        self._write(line)
        room = self._console.width - 4
        if len(line) > room and not self._verbose:
            begins = room * 2 // 3
            line = f"{line[:begins]}…{line[begins + 1 - room :]}"
        self.show(line)

    def now(self, what: str) -> None:
        """Say what is going on: at the end of a terminal; elsewhere after a silence."""
        if self._live:
            self._live.update(Text(what, style="dim", no_wrap=True, overflow="ellipsis"))
        elif time.monotonic() - self._shown > _SILENCE_SECONDS:
            self.show(what)

    def keep(self, line: str) -> None:
        """Put a line into the log, and show it if everything is shown."""
        self._write(line)
        if self._verbose:
            self.show(line)

    def _write(self, line: str) -> None:
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{line}\n")

    def type(
        self,
        *command: str,
        folder: Path,
        environment: Mapping[str, str],
        given: str | None = None,
        follow: Callable[[str], None] | None = None,
        told: Callable[[str], None] | None = None,
        accepted: tuple[int, ...] = (0,),
    ) -> None:
        """Run a command as a person would; all that it prints goes into the log.

        Args:
            command: The program and its arguments.
            folder: Where it runs.
            environment: The variables that it runs under.
            given: What it reads from standard input; nothing by default.
            follow: Is given each line, and shows what is worth it; by default each is shown.
            told: Is given each line for what it says; none is shown, unless all are.
            accepted: The exit statuses that are no failure.

        Raises:
            StepFailedError: It ended with another.
        """
        said: deque[str] = deque(maxlen=_LINES_LOOKED_THROUGH)
        with (
            self._log.open("a", buffering=1, encoding="utf-8") as log,  # by lines, for `tail -f`
            self._live or nullcontext(),
            subprocess.Popen(
                command,
                cwd=folder,
                env={**environment, **_PLAIN},
                stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as started,
        ):
            log.write(f"$ {' '.join(command)}\n")
            self.now(" ".join(command))
            try:
                if given is not None and started.stdin is not None:
                    started.stdin.write(given)
                    started.stdin.close()
                for printed in filter(str.strip, started.stdout or ()):
                    line = _COLOR.sub("", printed.rstrip())
                    log.write(f"{line}\n")
                    said.append(line)
                    if told:
                        told(line)
                    if self._verbose or not (follow or told):
                        self.show(line)
                    elif follow:
                        follow(line)
            except KeyboardInterrupt:
                _end(started)
                raise
        if started.returncode not in accepted:
            if (follow or told) and not self._verbose:
                for line in _what_matters(said):
                    self.show(line)
            raise StepFailedError(
                f"'{' '.join(command)}' ended with {started.returncode}."
                f" All that was printed is in {self._log}"
            )


def is_verbose() -> bool:
    """Whether a person wants to see everything: ``VERBOSE=1``."""
    return os.environ.get("VERBOSE", "") not in {"", "0"}


def duration(seconds: float) -> str:
    """``42 s``, ``3 min 5 s``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _what_matters(said: Sequence[str]) -> list[str]:
    """What a command that failed says of it: from its first error on, or else its last lines."""
    first = next((place for place, line in enumerate(said) if "Error" in line), None)
    lines = list(said)
    return lines[-_LINES_SHOWN:] if first is None else lines[first : first + _LINES_SHOWN]


def _end(process: subprocess.Popen[str]) -> None:
    """End a program whose AWS is about to stop: Terraform would try to reach it for minutes.

    After the terminal's Ctrl-C this is the second signal, at which Terraform ends at once.
    """
    process.terminate()
    try:
        process.wait(timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
