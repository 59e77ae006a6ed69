"""Runs a program of the user's own: in the project's folder, without a shell and without ferry's secrets.

It gets the operator's environment, since what it runs (kubectl, ssh, a deployment's own program) is set up
there, without what holds a secret: variables whose name or value says so, AWS's credentials among them. A
program that calls AWS takes a profile of its own (AWS_PROFILE, AWS_CONFIG_FILE and AWS_REGION stay): what
is handed on by variables ends in the logs and crash reports of whatever the program starts, and ferry's
role may do more than a hook should. This keeps secrets from going astray; it is no wall, since the program
runs as the operator and may read his files.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from facts.inert import visible
from ferry.errors import FerryError
from ferry.findings import ExitStatus
from ferry.redaction.redacting import redacted, secrets_in
from ferry.redaction.secret_names import names_a_secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

DEADLINE_SECONDS: Final = 300.0
"""For how long a hook may run where nothing else is said."""

_SECRET_BY_USE: Final = frozenset({"AWS_ACCESS_KEY_ID"})
"""What is no secret by its name, and half of one: https://docs.aws.amazon.com/sdkref/latest/guide/."""

_MOST_BYTES: Final = 1024 * 1024
"""How much of the output is kept, from its beginning: a secret is known by what stands before it."""
_CHUNK_BYTES: Final = 65_536
_MOST_LINES: Final = 20
_LONGEST_LINE: Final = 300
_SECONDS_TO_LET_GO: Final = 2.0
"""How long the output may stay open when the program has ended, and how long it may take to end."""
_SECONDS_BETWEEN_LOOKS: Final = 0.05


class HookError(FerryError):
    """A hook could not be run, or did not end as it should: whether it did its work is not known."""


class HookRefusedError(HookError):
    """A hook ended with another status than 0: it says that the cutover must not go on."""

    exit_code: ClassVar = ExitStatus.STOP


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a hook is told, by environment variables: ids, and no secret.

    Args:
        environment: FERRY_ENVIRONMENT, the environment's name.
        account_id: FERRY_ACCOUNT_ID, its AWS account.
        region: FERRY_REGION, its region.
        endpoint: FERRY_ENDPOINT, the writer endpoint of Aurora's cluster.
        port: FERRY_PORT, its TCP port.
        run: FERRY_RUN, the id of the run, as the journal has it.
        direction: FERRY_DIRECTION: `cutover`, or `rollback` on the way back.
        step: FERRY_STEP: `before-freeze`, `switch`, `after-switch`, `on-failure`.
        failed_step: FERRY_FAILED_STEP, of `on-failure`: the step that failed; otherwise empty.
    """

    environment: str
    account_id: str
    region: str
    endpoint: str
    port: int
    run: str
    direction: Literal["cutover", "rollback"]
    step: Literal["before-freeze", "switch", "after-switch", "on-failure"]
    failed_step: str = ""

    def variables(self) -> dict[str, str]:
        """Them, as variables."""
        return {
            "FERRY_ENVIRONMENT": self.environment,
            "FERRY_ACCOUNT_ID": self.account_id,
            "FERRY_REGION": self.region,
            "FERRY_ENDPOINT": self.endpoint,
            "FERRY_PORT": str(self.port),
            "FERRY_RUN": self.run,
            "FERRY_DIRECTION": self.direction,
            "FERRY_STEP": self.step,
            "FERRY_FAILED_STEP": self.failed_step,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What a hook did that ended with status 0.

    Args:
        seconds: How long it took.
        lines: The last lines of its output, redacted, cut, and inert.
    """

    seconds: float
    lines: tuple[str, ...]


def handed_on(environ: Mapping[str, str], told: Told) -> dict[str, str]:
    """The environment of a hook: the operator's without secrets, and what it is told. Pure."""
    kept = {
        name: value
        for name, value in environ.items()
        if not (
            name in _SECRET_BY_USE
            or names_a_secret(name)
            or any(True for _ in secrets_in(value))
            or any(True for _ in secrets_in(f"{name}={value}"))
        )
    }
    return {**kept, **told.variables()}


def shown(output: bytes, *, is_whole: bool) -> tuple[str, ...]:
    """The last lines of an output, as they may be shown and journalled. Pure.

    Args:
        output: Its beginning, of which secrets are left out before it is cut.
        is_whole: Whether it is all of it; otherwise its last line, which may be half of a secret, is
            left out.
    """
    text = output.decode(errors="replace").replace("\r\n", "\n")
    if not is_whole:
        text = text[: text.rfind("\n") + 1]
    lines = [line for line in redacted(text).split("\n") if line.strip()]
    left = [f"({len(lines) - _MOST_LINES} lines before)"] if len(lines) > _MOST_LINES else []
    cut = [visible(line.rstrip()) for line in lines[-_MOST_LINES:]]
    more = [] if is_whole else [f"(what came after {_MOST_BYTES} bytes is not kept)"]
    return (
        *left,
        *(line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}..." for line in cut),
        *more,
    )


def obstacle(command: Sequence[str], folder: Path) -> str | None:
    """Why a hook could not be started, for the gate; None where nothing is seen.

    Args:
        command: Its words.
        folder: Where it would run.
    """
    program = command[0]
    if "/" not in program:
        return None if shutil.which(program) else f"no folder of PATH has a program {program}"
    path = folder / program
    if not path.is_file():
        return f"there is no file {program}"
    return None if os.access(path, os.X_OK) else f"{program} may not be executed"


def run(
    command: Sequence[str],
    told: Told,
    *,
    folder: Path,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Ran:
    """Run a hook to its end.

    Args:
        command: Its words.
        told: What it is told.
        folder: The project's folder.
        deadline_seconds: When it is ended, with all that it has started.

    Raises:
        HookRefusedError: It ended with another status than 0.
        HookError: It could not be started, did not end in time, or left something behind that holds its
            output.
    """
    name = f"The hook {told.step} ({command[0]})"
    began = time.monotonic()
    try:
        process = subprocess.Popen(  # noqa: S603 - what the environment's file names, without a shell
            list(command),
            cwd=folder,
            env=handed_on(os.environ, told),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise HookError(
            f"{name} cannot be started: {error.strerror}.",
            "It is a program and its arguments; a script needs a first line such as #!/bin/sh, and "
            "chmod +x.",
        ) from None
    output = _Output()
    try:
        _read(process, output, until=began + deadline_seconds)
        lines = shown(output.kept, is_whole=not output.is_cut)
        said = f" It said: {' | '.join(lines)}" if lines else " It said nothing."
        if process.poll() is None:
            raise HookError(
                f"{name} did not end within {deadline_seconds:g} seconds, and was ended with all that it "
                f"started.{said}",
                "Look at what it waits for; whether it did its work is not known.",
            )
        if process.returncode:
            raise HookRefusedError(
                f"{name} {_ended(process.returncode)}.{said}", "Mend what it says."
            )
        if output.is_held:
            raise HookError(
                f"{name} ended, and left a process behind that holds its output; that was ended.{said}",
                "Have it wait for what it starts, or redirect that one's output: >/dev/null 2>&1 &",
            )
        return Ran(seconds=time.monotonic() - began, lines=lines)
    finally:
        if process.poll() is None or output.is_held:
            _end(process)
        if process.stdout:
            process.stdout.close()


@dataclass(slots=True)
class _Output:
    """An output: its beginning, whether there was more, whether somebody may write to it yet."""

    kept: bytes = b""
    is_cut: bool = False
    is_held: bool = True


def _read(process: subprocess.Popen[bytes], output: _Output, *, until: float) -> None:
    """Read a process's output until it is closed, or the process or its time has ended.

    What is there at the end is read in any case: ferry may have been halted meanwhile.
    """
    pipe = process.stdout.fileno() if process.stdout else -1
    ended: float | None = None
    while (now := time.monotonic()) < until:
        if ended is None and process.poll() is not None:
            ended = now
        if ended is not None and (not output.is_held or now > ended + _SECONDS_TO_LET_GO):
            break
        if not output.is_held:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        else:
            _take(pipe, output, seconds=_SECONDS_BETWEEN_LOOKS)
    if process.poll() is not None:
        for _ in range(_MOST_BYTES // _CHUNK_BYTES):
            if not (output.is_held and _take(pipe, output, seconds=0)):
                break


def _take(pipe: int, output: _Output, *, seconds: float) -> bool:
    """Read what comes within some seconds; whether anything did, its end included."""
    if not select.select([pipe], [], [], seconds)[0]:
        return False
    chunk = os.read(pipe, _CHUNK_BYTES)
    output.is_held = bool(chunk)
    room = _MOST_BYTES - len(output.kept)
    output.is_cut |= len(chunk) > room
    output.kept += chunk[:room]
    return True


def _ended(status: int) -> str:
    """How a process ended: by a status, or by a signal."""
    if status > 0:
        return f"ended with status {status}"
    with suppress(ValueError):
        return f"was ended by {signal.Signals(-status).name}"
    return f"was ended by signal {-status}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a process's group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS_TO_LET_GO)
            break
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
