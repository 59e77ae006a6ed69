"""Runs the project's checks one after another; `make test` runs them all.

    python -m tools.check              all
    python -m tools.check lint unit    these

Ends with 1 when one failed; the others run all the same, so that one run shows all there is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = [
    "main.py", "constructs_lib", "ferry", "harness", "lean_bindings", "local_aws", "settings",
    "stacks", "tests", "tools",
]  # fmt: skip
COVERED = {"stacks": 100, "constructs_lib": 100, "settings": 100, "ferry": 95, "local_aws": 95}

STEPS: dict[str, list[list[str]]] = {
    "lint": [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy", *OURS],
        ["lint-imports"],
    ],
    "unit": [
        [
            "pytest", "tests/unit", "-q", "-n", "2", "-m", "not slow",
            *(f"--cov={package}" for package in COVERED), "--cov-branch", "--cov-report=",
        ],
        *(
            ["coverage", "report", f"--include={package}/*", f"--fail-under={percent}",
             "--skip-covered", "--show-missing"]
            for package, percent in COVERED.items()
        ),
    ],
    "slow": [["pytest", "tests/unit", "-q", "-m", "slow"]],
    "terraform": [["pytest", "tests/terraform", "-q", "-n", "4"]],
    "integration": [["pytest", "tests/integration", "-q"]],
    "checkov": [["pytest", "tests/checkov", "-q"]],
}  # fmt: skip


def main(wanted: list[str]) -> int:
    """Run the wanted steps and say which failed and how long each took."""
    unknown = sorted(set(wanted) - set(STEPS))
    if unknown:
        print(f"check: {', '.join(unknown)} given; {', '.join(STEPS)} allowed", file=sys.stderr)
        return 2
    results = []
    for name in wanted or STEPS:
        started = time.monotonic()
        passed = [_passes(command) for command in STEPS[name]].count(False) == 0
        results.append((name, passed, time.monotonic() - started))
    print()
    for name, passed, seconds in results:
        print(f"{name:12} {'passed' if passed else 'FAILED':7} {seconds:6.0f} s")
    return 0 if all(passed for _, passed, _ in results) else 1


def _passes(command: list[str]) -> bool:
    print(f"\n$ {' '.join(command)}", flush=True)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
