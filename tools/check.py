"""Runs the project's checks; `make test` runs them all.

    python -m tools.check              all, in lanes side by side
    python -m tools.check lint unit    these, one after another

Deploying is mostly waiting, so the steps that deploy run beside those that compute. A step's output
is shown in one piece when it has ended. Ends with 1 when one failed; the others run all the same,
so that one run shows all there is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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
COVERING = [*(f"--cov={package}" for package in COVERED), "--cov-branch", "--cov-report="]

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
    "unit": [
        ["pytest", "tests/unit", "-q", "-n", "2", "-m", "not slow and not unfollowed", *COVERING]
    ],
    # Both go through lines that "unit" covers: to follow them takes three times as long.
    "unfollowed": [
        ["pytest", "tests/unit/ferry/review", "-q", "-n", "2", "-m", "unfollowed and not slow"]
    ],
    "slow": [["pytest", "tests/unit", "-q", "-n", "2", "-m", "slow"]],
    "coverage": [
        ["coverage", "report", f"--include={package}/*", f"--omit={DEPLOYED},{MOVING}",
         f"--fail-under={percent}", "--skip-covered", "--show-missing"]
        for package, percent in COVERED.items()
    ],
    "terraform": [["pytest", "tests/terraform", "-q", "-n", "6"]],
    "integration": [
        ["coverage", "run", AFTER_DEPLOYING, "--branch", f"--include={DEPLOYED}",
         "-m", "pytest", "tests/integration", "tests/unit/ferry/check/deployment", "-q"],
        ["coverage", "report", AFTER_DEPLOYING, f"--fail-under={COVERED['ferry']}",
         "--skip-covered", "--show-missing"],
    ],
    "migration": [
        ["env", "COVERAGE_FILE=.coverage-migration.tests",
         "pytest", "tests/migration", "tests/unit/local_aws/dms_worker", "-q", "-n", "2",
         "--cov=ferry", "--cov=harness", "--cov=local_aws", "--cov-branch", "--cov-report=",
         "--covering=.coverage-migration"],
        ["coverage", "combine", AFTER_MOVING],
        ["coverage", "report", AFTER_MOVING, f"--include={MOVING}",
         f"--fail-under={COVERED['local_aws']}", "--skip-covered", "--show-missing"],
    ],
    "checkov": [["pytest", "tests/checkov", "-q"]],
    "policies": [["pytest", "tests/policies", "-q", "-n", "2"]],
}  # fmt: skip


LANES = (
    ("lint", "unit", "coverage"),
    ("integration", "migration"),
    ("terraform",),
    ("unfollowed", "slow", "checkov", "policies"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """How a step ended."""

    step: str
    passed: bool
    seconds: float


def main(wanted: list[str]) -> int:
    """Run the wanted steps and say which failed and how long each took."""
    unknown = sorted(set(wanted) - set(STEPS))
    if unknown:
        print(f"check: {', '.join(unknown)} given; {', '.join(STEPS)} allowed", file=sys.stderr)
        return 2
    lanes = [tuple(wanted)] if wanted else LANES
    with ThreadPoolExecutor(max_workers=len(lanes)) as pool:
        results = [result for lane in pool.map(_run_lane, lanes) for result in lane]
    print()
    for result in results:
        print(
            f"{result.step:12} {'passed' if result.passed else 'FAILED':7} {result.seconds:6.0f} s"
        )
    return 0 if all(result.passed for result in results) else 1


def _run_lane(steps: Sequence[str]) -> list[Result]:
    return [_run(step) for step in steps]


def _run(step: str) -> Result:
    print(f"... {step}", flush=True)
    started = time.monotonic()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shown, passed = [], True
    for command in STEPS[step]:
        run = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        shown.append(f"$ {' '.join(command)}\n{run.stdout}")
        passed = passed and run.returncode == 0
    seconds = time.monotonic() - started
    # One print, so that the lanes' outputs do not mix.
    print(f"\n=== {step}: {seconds:.0f} s\n" + "\n".join(shown), flush=True)
    return Result(step=step, passed=passed, seconds=seconds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
