"""Measures everything, writes RESULTS.md, prints it: ``python -m bench``.

``python -m bench growth cold`` measures these parts only, and prints without writing.
``python -m bench review`` measures `ferry review`, which has limits of its own;
``python -m bench review mixed 50000`` one kind of plan, by a part of its name, of so many changes.
``python -m bench source`` measures `ferry check source` of a database of 10,000 tables.
``python -m bench verify`` measures `ferry verify` of a table of 4,000,000 rows and of 10,000 small tables;
``python -m bench verify 1000000 0`` of so many rows and so many tables.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench import checking, reviewing, subjects, verifying
from bench.growing import grow
from bench.machine import load, machine
from bench.measuring import RUNS, measure
from bench.report import Results, render
from bench.stages import START_AND_END, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.measuring import Series, Subject

ENVIRONMENTS = (1, 3, 10, 30, 100)
COLD_RUNS = 3


def main(wanted: list[str]) -> int:
    """Measure; 2 if the arguments are wrong."""
    try:
        plans = reviewing.plans(wanted[1:]) if wanted[:1] == ["review"] else None
        sizes = verifying.sizes(wanted[1:]) if wanted[:1] == ["verify"] else None
    except ValueError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    if plans or sizes or wanted == ["source"]:
        print(
            reviewing.report(plans)
            if plans
            else verifying.report(*sizes)
            if sizes
            else checking.report()
        )
        return 0
    parts: dict[str, Callable[[Results, Path], None]] = {
        "environments": _three_environments,
        "stages": _stages,
        "help": _help,
        "cold": _cold,
        "growth": _growth,
    }
    if unknown := sorted(set(wanted) - set(parts)):
        print(f"bench: {', '.join(unknown)} given; {', '.join(parts)} allowed", file=sys.stderr)
        return 2
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "18,20")
    results = Results(machine=machine())
    before = load()
    with tempfile.TemporaryDirectory(prefix="bench-") as workshop:
        for name in wanted or parts:
            parts[name](results, Path(workshop))
    results.load = before, load()
    text = render(results)
    if not wanted:
        (Path(__file__).resolve().parent / "RESULTS.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


def _three_environments(results: Results, workshop: Path) -> None:  # noqa: ARG001 (all parts are called alike)
    wanted = [subjects.ours(), subjects.shipped(), subjects.floor()]
    results.series = _measured("three environments", wanted)


def _stages(results: Results, workshop: Path) -> None:
    _say("stages of main.py")
    found: list[dict[str, float]] = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "bench.stages"],
            cwd=subjects.ROOT,
            env={**os.environ, "CDKTF_OUTDIR": str(workshop / "stages.out")},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        run: dict[str, float] = json.loads(done.stdout)
        whole = time.perf_counter() - started
        found.append({**run, START_AND_END: whole - sum(run.values()), WHOLE: whole})
    results.stages = {name: statistics.median(run[name] for run in found[1:]) for name in found[0]}


def _help(results: Results, workshop: Path) -> None:  # noqa: ARG001 (the same)
    subject = subjects.ferry_help()
    results.ferry_help = _measured(subject.name, [subject])[subject.name]


def _cold(results: Results, workshop: Path) -> None:  # noqa: ARG001 (the same)
    both = [subjects.cold(lean=True), subjects.cold(lean=False)]
    results.cold = _measured("cold", both, runs=COLD_RUNS, warm_up=False)


def _growth(results: Results, workshop: Path) -> None:
    for number in ENVIRONMENTS:
        folder = workshop / f"{number}-environments"
        grow(subjects.ROOT, folder, environments=number)
        name = f"{number} environments"
        subject = subjects.ours(folder, name=name)
        results.growth[number] = _measured(name, [subject])[name]


def _measured(
    label: str, wanted: Sequence[Subject], *, runs: int = RUNS, warm_up: bool = True
) -> dict[str, Series]:
    started = time.monotonic()
    found = measure(wanted, runs=runs, warm_up=warm_up)
    _say(f"{label}: {time.monotonic() - started:.0f} s")
    return found


def _say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
