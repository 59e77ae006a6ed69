"""Runs the project's checks; `make test` runs them all.

    python -m tools.check              all, in lanes side by side
    python -m tools.check lint unit    these, one after another

Deploying is mostly waiting, so the steps that deploy run beside those that compute. A step's output
is shown in one piece when it has ended. Ends with 1 when one failed; the others run all the same,
so that one run shows all there is.

No step goes on for ever. One that has not ended at its deadline is ended, with all that it started,
and its output so far is shown, with the stack of each thread of its tests; so is all that runs when
this is interrupted or told to end, which gives 130. A process that a step leaves behind fails it.
"""

from __future__ import annotations

import os
import resource
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = ".tools/workflows/bin"
# Which packages are to be covered, lines and branches together, and to how many percent.
_SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["aurora-ferry"]
COVERED: dict[str, int] = _SETTINGS["covered-percent"]
# These need all of an environment: the integration tests cover them, to as many percent as ferry.
DEPLOYED = "ferry/check/deployment/*"
# Without a point after the first word: a step that ends combines all files `.coverage.*`.
AFTER_DEPLOYING = "--data-file=.coverage-integration"
# These need PostgreSQL servers: the migration tests cover them, to as many percent as local_aws.
MOVING = ",".join(_SETTINGS["covered-by-migration"])
AFTER_MOVING = "--data-file=.coverage-migration"
UNITS_OF_MOVING = (
    "tests/unit/ferry/migrate",
    "tests/unit/harness",
    "tests/unit/local_aws/dms_worker",
)
"""Unit tests of the same files: what they cover counts there too."""
COVERING = [*(f"--cov={package}" for package in COVERED), "--cov-branch", "--cov-report="]

HELD = "tests/unit/ferry/review/held"
"""All of its tests are unfollowed: to find four thousand of them takes as long as to run some."""


def _marked(mark: str) -> list[str]:
    """The files with tests of a mark: to find some hundred among all takes longer than most of them."""
    files = sorted((ROOT / "tests/unit").rglob("test_*.py"))
    return [str(it.relative_to(ROOT)) for it in files if f"mark.{mark}" in it.read_text()]


REVIEW = "tests/unit/ferry/review"
"""Most of what is unfollowed; what is beside it says so in its file."""
BESIDE = [it for it in _marked("unfollowed") if not it.startswith(f"{REVIEW}/")]

# What computes makes way for what waits for programs: a deployment of everything, of which one part
# waits for another, took three quarters of an hour beside as many others.
MAKES_WAY = ("nice", "-n", "10")

STEPS: dict[str, list[list[str]]] = {
    "lint": [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["lint-imports"],
        # Not with whatever shellcheck and pyflakes a machine may have.
        [f"{WORKFLOWS}/actionlint", "-shellcheck=", "-pyflakes="],
        [f"{WORKFLOWS}/zizmor", "--offline", "--quiet", ".github"],
    ],
    # This and the next two in one process each: the lanes fill all processors anyway. Two have twice
    # the work: each finds and loads all tests, and a third hands them out and gathers what they say.
    "unit": [
        [*MAKES_WAY, "pytest", "tests/unit", f"--ignore={HELD}", "-q",
         "-m", "not slow and not unfollowed", *COVERING]
    ],
    # Both go through lines that "unit" covers: to follow them takes three times as long.
    "unfollowed": [
        [*MAKES_WAY, "pytest", REVIEW, *BESIDE, "-q", "-m", "unfollowed and not slow"]
    ],
    "slow": [[*MAKES_WAY, "pytest", *_marked("slow"), "-q", "-m", "slow"]],
    "coverage": [
        ["coverage", "report", f"--include={package}/*", f"--omit={DEPLOYED},{MOVING}",
         f"--fail-under={percent}", "--skip-covered", "--show-missing"]
        for package, percent in COVERED.items()
    ],
    "terraform": [["pytest", "tests/terraform", "-q", "-n", "4"]],
    "integration": [
        ["coverage", "run", AFTER_DEPLOYING, "--branch", f"--include={DEPLOYED}",
         "-m", "pytest", "tests/integration", "tests/unit/ferry/check/deployment", "-q"],
        ["coverage", "report", AFTER_DEPLOYING, f"--fail-under={COVERED['ferry']}",
         "--skip-covered", "--show-missing"],
    ],
    "migration": [
        ["env", "COVERAGE_FILE=.coverage-migration.tests",
         "pytest", "tests/migration", *UNITS_OF_MOVING, "-q", "-n", "3",
         "--cov=ferry", "--cov=harness", "--cov=local_aws", "--cov-branch", "--cov-report=",
         "--covering=.coverage-migration"],
        ["coverage", "combine", AFTER_MOVING],
        ["coverage", "report", AFTER_MOVING, f"--include={MOVING}",
         f"--fail-under={COVERED['local_aws']}", "--skip-covered", "--show-missing"],
    ],
    "checkov": [["pytest", "tests/checkov", "-q"]],
    "policies": [["pytest", "tests/policies", "-q", "-n", "2"]],
    "browser": [["pytest", "tests/browser", "-q"]],
    "moved": [["pytest", "tests/moved", "-q"]],  # until the move to cdktn
}  # fmt: skip


# Each lane has the same share of the processors, whatever is in it. The longest is that of moving data,
# which waits for servers and cannot use both by itself: the fewer are beside it, the sooner all ends.
LANES = (
    ("migration",),
    ("terraform",),
    (
        "integration",
        "moved",  # until the move to cdktn
    ),
    ("lint", "unit", "coverage", "unfollowed", "slow", "checkov", "policies", "browser"),
)


SECONDS_A_STEP = 72 * 60.0
"""How long a step may take: all share two cores, and those that make way end with the last."""
SECONDS_IN_ALL = 78 * 60.0
"""How long all may take: CI ends a run after 90 minutes, set-up included, and says nothing."""
SECONDS_TO_GO = 60.0
"""How long what a step started may outlive it: a server ends with who started it, not before."""
_SECONDS_TO_SHOW = 5.0
_SECONDS_TO_DIE = 30.0
_SECONDS_BETWEEN_LOOKS = 0.5
_ONE_AT_A_TIME = threading.Lock()
# In the environment of all that a step starts, and of all that starts in turn.
_MARK = "AURORA_FERRY_STEP"
_PROCESSES = Path("/proc")


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """How a step ended; `cpu_seconds` are a processor's, of all that it started and waited for."""

    step: str
    passed: bool
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ended:
    """How a command ended."""

    shown: str
    passed: bool
    cpu_seconds: float


def main(wanted: list[str]) -> int:
    """Run the wanted steps and say which failed and how long each took."""
    unknown = sorted(set(wanted) - set(STEPS))
    if unknown:
        print(f"check: {', '.join(unknown)} given; {', '.join(STEPS)} allowed", file=sys.stderr)
        return 2
    lanes = [tuple(wanted)] if wanted else LANES
    # What is ended shows its stacks by a signal that would write its memory into the checkout.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    deadline = time.monotonic() + SECONDS_IN_ALL
    with _told_to_end() as told, ThreadPoolExecutor(max_workers=len(lanes)) as pool:
        ran = pool.map(lambda lane: [_run(step, deadline, told) for step in lane], lanes)
        results = [result for lane in ran for result in lane]
    print()
    for result in results:
        print(
            f"{result.step:12} {'passed' if result.passed else 'FAILED':7} {result.seconds:6.0f} s, "
            f"{result.cpu_seconds:.0f} s of a processor"
        )
    if told.is_set():
        return 130
    return 0 if all(result.passed for result in results) else 1


@contextmanager
def _told_to_end() -> Iterator[threading.Event]:
    """Is set when somebody interrupts this or tells it to end; the steps look at it."""
    told = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: told.set()) for number in signals]
    try:
        yield told
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _run(step: str, deadline: float, told: threading.Event) -> Result:
    print(f"... {step}", flush=True)
    started = time.monotonic()
    deadline = min(deadline, started + SECONDS_A_STEP)
    ended = [
        _ended(command, deadline, told)
        for command in STEPS[step]
        if time.monotonic() < deadline and not told.is_set()
    ]
    passed = len(ended) == len(STEPS[step]) and all(it.passed for it in ended)
    seconds = time.monotonic() - started
    # One print, so that the lanes' outputs do not mix.
    print(f"\n=== {step}: {seconds:.0f} s\n" + "\n".join(it.shown for it in ended), flush=True)
    return Result(
        step=step,
        passed=passed,
        seconds=seconds,
        cpu_seconds=sum(it.cpu_seconds for it in ended),
    )


def _ended(command: list[str], deadline: float, told: threading.Event) -> _Ended:
    """Run a command to its end, or to the deadline.

    Its output goes to a file: at the other end of a pipe one waits for all who ever held it. What
    it leaves in the folder for temporary files goes with it, however it ends.
    """
    mark = secrets.token_hex()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="check-", ignore_cleanup_errors=True) as folder,
        (Path(folder) / "output").open("w+b") as output,
    ):
        Path(folder).chmod(0o711)  # another user passes through, as PostgreSQL's has to
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_given() | {"PATH": path, "TMPDIR": folder, _MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        why, cpu_seconds = _waited(process, deadline, told)
        if why:
            why = f"check: ended after {time.monotonic() - began:.0f} s: {why}\n"
            _end(process, mark)
        elif left := _left_behind(process, mark):
            why = f"check: left behind, and ended: {', '.join(left)}\n"
        output.seek(0)
        text = output.read().decode(errors="replace")
    if text and not text.endswith("\n"):
        text += "\n"
    return _Ended(
        shown=f"$ {' '.join(command)}\n{text}{why}",
        passed=process.returncode == 0 and not why,
        cpu_seconds=cpu_seconds,
    )


def _given() -> dict[str, str]:
    """This environment; what is compiled is kept, or each of the tests' processes compiles it anew."""
    return {name: it for name, it in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _waited(
    process: subprocess.Popen[bytes], deadline: float, told: threading.Event
) -> tuple[str, float]:
    """Why a process is to be ended, empty where it has ended by itself; and its seconds of a processor."""
    while True:
        # What the kernel says of ended children goes up by those of one command at a time.
        with _ONE_AT_A_TIME:
            before = _cpu_seconds()
            if process.poll() is not None:
                return "", _cpu_seconds() - before
        if told.is_set():
            return "this was told to end", 0.0
        if time.monotonic() > deadline:
            return "that was its deadline", 0.0
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _cpu_seconds() -> float:
    """What all children that were waited for, and theirs, have used of a processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _end(process: subprocess.Popen[bytes], mark: str) -> None:
    """End a process and all that it started; Python under pytest shows where it is."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGABRT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS_TO_SHOW)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _kill(process, mark)


def _left_behind(process: subprocess.Popen[bytes], mark: str) -> list[str]:
    """What a process that has ended started and did not end: it is ended, and named."""
    until = time.monotonic() + SECONDS_TO_GO
    while (left := _started(process, mark)) and time.monotonic() < until:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    _kill(process, mark)
    return [f"{pid} {name}" for pid, name in left.items()]


def _kill(process: subprocess.Popen[bytes], mark: str) -> None:
    until = time.monotonic() + _SECONDS_TO_DIE
    while left := _started(process, mark):
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > until:
            break
        time.sleep(0.05)


def _started(process: subprocess.Popen[bytes], mark: str) -> dict[int, str]:
    """What runs of all that a process started, by id; nothing where the system has no /proc."""
    found = {}
    for folder in _PROCESSES.glob("[0-9]*"):
        # It may be gone meanwhile, or somebody else's.
        with suppress(OSError):
            session = int((folder / "stat").read_text().rpartition(")")[2].split()[3])
            environment = (folder / "environ").read_bytes().split(b"\0")
            if environment != [b""] and (
                session == process.pid or f"{_MARK}={mark}".encode() in environment
            ):
                words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
                found[int(folder.name)] = " ".join(words).strip()[:200]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
