"""Ten thousand changes take ten times as long as a thousand: no line runs for each pair of them.

Steps are counted, not seconds, of each line of the review. What C does in one step is not seen here
(`in` a list, for one): `python -m bench review` measures that, and the hostile texts below do.
"""

from __future__ import annotations

import io
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

import ferry.review
from bench.mixes import LISTS, MIXED, MIXES, RULES
from bench.plans import Mix, write_plan
from ferry.review import read_plan, review
from ferry.review.report import as_json, as_markdown, as_text
from tests.unit.ferry.review.plans import BLOCKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

    from _typeshed import TraceFunction

    from ferry.review import Review

    Line = tuple[str, int]

pytestmark = pytest.mark.slow

FEW = 240
"""Changes or items: enough of each kind in each mix that lines for each pair show in twice as many,
and more than those of which a rule compares each pair."""

FULL = 1_000
"""Changes of which no report has room for all."""

GROWTH = 2.8
"""How many times more often a line may run for twice as many changes. For each pair it is four."""

SOME = 2_000
"""Times that any line may run."""

Subject = TypeVar("Subject")
_FOLDER = str(Path(ferry.review.__file__).parent)


def plan(mix: Mix, changes: int) -> str:
    file = io.StringIO()
    write_plan(file, mix, changes=changes)
    return file.getvalue()


def reviewed(text: str) -> Review:
    return review(read_plan(text, account_id="444455556666"), environment="prod", block=BLOCKING)


def steps(work: Callable[[], object]) -> Counter[Line]:
    """How often each line of the review runs; a line with a loop in it runs for each turn."""
    found: dict[CodeType, Counter[int]] = {}
    traces: dict[CodeType, TraceFunction] = {}

    def of(code: CodeType) -> TraceFunction:
        lines = found[code] = Counter()

        def line(frame: FrameType, event: str, _argument: object) -> TraceFunction:
            if event == "line":
                lines[frame.f_lineno] += 1
            return line

        return line

    def call(frame: FrameType, _event: str, _argument: object) -> TraceFunction | None:
        code = frame.f_code
        if not code.co_filename.startswith(_FOLDER):
            return None
        if code not in traces:
            traces[code] = of(code)
        found[code][frame.f_lineno] += 1
        return traces[code]

    before = sys.gettrace()
    sys.settrace(call)
    try:
        work()
    finally:
        sys.settrace(before)
    counts: Counter[Line] = Counter()
    for code, lines in found.items():
        for number, times in lines.items():
            counts[code.co_filename, number] += times
    return counts


def counted(work: Callable[[Subject], None], subject: Subject) -> Counter[Line]:
    """The steps of the second time: what is compiled, cached or remembered is not counted."""
    work(subject)
    return steps(lambda: work(subject))


def grown(few: Counter[Line], many: Counter[Line]) -> list[str]:
    """The lines that run too often for twice as many changes."""
    return [
        f"{file.removeprefix(_FOLDER)}:{line} ran {few[file, line]:,} times, then {times:,}"
        for (file, line), times in sorted(many.items())
        if times > SOME and times > GROWTH * few[file, line]
    ]


def by_mix(*mixes: Mix) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("mix", [pytest.param(it, id=it.name) for it in mixes])


@by_mix(*MIXES, *LISTS)
def test_no_line_of_the_rules_runs_for_each_pair_of_changes(mix: Mix) -> None:
    def work(text: str) -> None:
        as_json(reviewed(text))

    assert grown(*(counted(work, plan(mix, count)) for count in (FEW, 2 * FEW))) == []


@by_mix(MIXED, RULES)
def test_no_line_of_the_report_runs_for_each_pair_of_changes(mix: Mix) -> None:
    def work(found: Review) -> None:
        as_markdown(found)
        as_text(found)

    found = (reviewed(plan(mix, count)) for count in (FULL, 2 * FULL))
    assert grown(*(counted(work, it) for it in found)) == []


def pairs(n: int) -> int:
    return sum(a < b for a in range(n) for b in range(n))


def test_a_line_that_runs_for_each_pair_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}._FOLDER", __file__)
    few, many = (steps(lambda n=n: pairs(n)) for n in (60, 120))  # type: ignore[misc]
    assert len(grown(few, many)) == 1
