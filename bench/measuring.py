"""Runs whole processes and says how long they took and how much memory the largest needed."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

RUNS = 5
# A measure that is slow is repeated less often, so that all of them take minutes.
_ENOUGH_SECONDS = 75.0
# ru_maxrss: kilobytes on Linux, bytes on macOS (getrusage(2)).
_BYTES_PER_UNIT = 1 if os.uname().sysname == "Darwin" else 1024


class FailedError(Exception):
    """A process ended with something else than it may; the message ends with what it said last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What is measured.

    Attributes:
        name: What the tables call it.
        command: The program with its arguments.
        folder: Where it is started.
        environment: Variables, added to the machine's own.
        before: Called before each run for variables that only this run has, such as the path of
            an empty cache. It gets a folder that is deleted after the run.
        statuses: What it may end with; 0 by default.
    """

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[Path], Mapping[str, str]] = lambda _: {}
    statuses: AbstractSet[int] = frozenset({0})


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One process, with all that it started.

    Attributes:
        seconds: From before its start until after its end.
        cpu_seconds: Of all processors, in the program and the kernel.
        peak_mb: Of the largest process, in units of 10**6 bytes.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Series:
    """The runs of one subject, without the warm-up."""

    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def spread(self) -> tuple[float, float]:
        """The fastest and the slowest run, in seconds."""
        return min(run.seconds for run in self.runs), max(run.seconds for run in self.runs)

    @property
    def cpu_seconds(self) -> float:
        """The median of the processors' time."""
        return statistics.median(run.cpu_seconds for run in self.runs)

    @property
    def peak_mb(self) -> float:
        """The largest process of any run."""
        return max(run.peak_mb for run in self.runs)


def measure(
    subjects: Sequence[Subject], *, runs: int = RUNS, warm_up: bool = True
) -> dict[str, Series]:
    """Run subjects in turns, so that what else the machine does meets all of them alike.

    Args:
        subjects: What to run.
        runs: How often each, at most; a slow subject is run less often, but once at least.
        warm_up: Whether to run each once before, unmeasured.

    Raises:
        FailedError: One of them failed.
    """
    found: dict[str, list[Run]] = {subject.name: [] for subject in subjects}
    spent = dict.fromkeys(found, 0.0)
    for turn in range(-1 if warm_up else 0, runs):
        for subject in subjects:
            name = subject.name
            if found[name] and spent[name] > _ENOUGH_SECONDS:
                continue
            run = run_once(subject)
            spent[name] += run.seconds
            if turn >= 0:
                found[name].append(run)
    return {name: Series(tuple(series)) for name, series in found.items()}


def run_once(subject: Subject) -> Run:
    """Run a subject, its output kept from the terminal.

    Raises:
        FailedError: It failed.
    """
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        output = stack.enter_context(tempfile.TemporaryFile())
        variables = {**os.environ, **subject.environment, **subject.before(scratch)}
        # No run is warm that compiles its own modules anew; what is installed is compiled.
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        started = time.perf_counter()
        process = subprocess.Popen(
            subject.command,
            cwd=subject.folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        # Of a process and of those that it has waited for itself, which jsii's do.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in subject.statuses:
            output.seek(0)
            said = output.read().decode(errors="replace").strip().splitlines()[-3:]
            raise FailedError(f"{subject.name} ended with {process.returncode}: {' | '.join(said)}")
    return Run(
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss * _BYTES_PER_UNIT / 1e6,
    )
