"""What a report comes to: its findings, and the one line above all. Pure.

What is not known is never right: it is a finding of its own, and the line above says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.findings import Finding, Level, blocked, not_judged, right, warning, worst
from ferry.migrate.report.told import Ending
from ferry.migrate.watching.tables import GIVEN_UP
from ferry.migrate.ways import Direction
from ferry.words import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.migrate.report.told import Report, Run, Table

SAME: Final = "same"
IN_PART: Final = "same in part"
DIFFERENT: Final = "different"
NOT_COMPARED: Final = "not compared"
STALE: Final = "not compared as it is now"

_NAMED: Final = 3
_NOTHING_COMPARES: Final = (
    "Nothing compares both sides any more: what is written to Aurora is not carried to the source."
)


def state(table: Table) -> str:
    """What is known of a table's rows: the word of the comparison that counts.

    The one within the window, where there was a cutover, or after it where that had no time; else the last
    one. A comparison of the table as it was before it was loaded anew, or altered, counts for nothing.
    """
    if table.not_compared:
        return NOT_COMPARED
    if table.window:
        return table.window.verdict
    if table.afterwards:
        return table.afterwards
    if table.differed and table.differed[-1].same_at is None:
        return DIFFERENT
    if table.is_current is False:
        return STALE
    return _last_known(table)


def _last_known(table: Table) -> str:
    if table.whole is None:
        return SAME if table.same_at else NOT_COMPARED
    is_later = table.same_at is not None and table.same_at > table.whole.at
    return SAME if is_later and table.whole.verdict != IN_PART else table.whole.verdict


def findings(report: Report) -> list[Finding]:
    """The findings, in the order of the page."""
    return [
        *_cutover(report),
        *_outage(report),
        *_rows(report),
        *_carried(report),
        *_skipped(report),
        *_way_back(report),
        *(not_judged("gap", gap.what, why=gap.why) for gap in report.gaps),
    ]


def headline(report: Report, found: Sequence[Finding]) -> str:
    """What happened, in a line."""
    name, run = report.environment, report.last
    level = worst(found)
    if run is None and not report.is_asked:
        return f"Whether {name} is cut over is not known: no database has told."
    if run is None:
        return f"{name} is not cut over: the applications write to the source."
    if run.direction == "back":
        done = f"{name} was rolled back to the source"
    else:
        done = f"{name} is cut over to Aurora"
        if run.over_at is not None:
            done += " and finished"
    if run.ending is Ending.BEYOND:
        return f"{done}, and the run is half done."
    if level is Level.RIGHT:
        return f"{done}, and all that was looked at is right."
    return f"{done}; {_MEANING[level]}."


_MEANING: Final = {
    Level.WARNING: "look at the warnings below before you sign",
    Level.UNJUDGED: "not all of it is known, see below before you sign",
    Level.BLOCKED: "something is wrong, do not sign before it is mended",
}


def _cutover(report: Report) -> Iterator[Finding]:
    name, run = report.environment, report.last
    remedy = f"Where it stands: ferry status {name}"
    if run is None:
        broken_off = {Ending.OPENED, Ending.TAKEN_BACK, Ending.UNKNOWN}
        tries = [it for it in report.runs if it.ending in broken_off]
        under_way = [it for it in report.runs if it.ending is Ending.CLOSED]
        tried = f" {counted(len(tries), 'run was', 'runs were')} broken off." if tries else ""
        if under_way:
            yield blocked(
                "cutover",
                f"The run {under_way[-1].id} keeps writers out, and has not ended.",
                why="Either it is at work now, or nobody opened the source again.",
                remedy=f"Look whether it runs; else: ferry cutover {name}",
            )
            return
        if not report.is_asked:
            yield not_judged(
                "cutover",
                f"Whether {name} is cut over",
                why="Neither database has told of its journal.",
                remedy="Run this where both are reached.",
            )
            return
        yield warning(
            "cutover",
            f"Nothing was cut over yet.{tried}",
            why="The applications write to the source; this page says what stands so far.",
            remedy=remedy,
        )
    elif run.ending is Ending.BEYOND:
        yield blocked(
            "cutover",
            f"The run {run.id} is beyond its point of no return, and steps are left.",
            why="Applications may be led half way.",
            remedy=f"It goes on with what is not done: ferry cutover {name}",
        )
    else:
        where = "the source" if run.direction == "back" else "Aurora"
        yield right("cutover", f"The run {run.id} is done: the applications write to {where}.")


def _outage(report: Report) -> Iterator[Finding]:
    run = report.last
    if run is None:
        return
    outage, allowed = run.outage, report.max_outage_seconds
    if outage.seconds is None:
        yield not_judged("outage", "For how long writers were kept out", why=outage.how)
    elif outage.seconds > allowed:
        yield warning(
            "outage",
            f"Writers were kept out for {outage.seconds:,.1f} s, {outage.how}.",
            why=f"cutover.max_outage_seconds allows {allowed:,}; steps behind the point of no return are not "
            "broken off.",
            remedy="See below which step took so long.",
        )
    else:
        yield right(
            "outage",
            f"Writers were kept out for {outage.seconds:,.1f} s of {allowed:,} that are allowed, {outage.how}.",
        )


def _rows(report: Report) -> Iterator[Finding]:
    run, tables = report.last, report.tables
    by_state: dict[str, list[Table]] = {}
    for table in tables:
        by_state.setdefault(state(table), []).append(table)
    verify = _verify(report)
    compare_them = f"Compare them: {verify}" if verify else _NOTHING_COMPARES
    if not tables:
        yield not_judged(
            "rows",
            "Whether the rows are the same",
            why="no comparison is known",
            remedy=compare_them,
        )
        return
    for word, them in by_state.items():
        said = f"{counted(len(them), 'table is', 'tables are')} {word}: {_named(them)}."
        if word == DIFFERENT:
            yield blocked(
                "rows",
                said,
                why="Rows of them are not the same on both sides.",
                remedy=f"See which: {verify} --keys" if verify else _NOTHING_COMPARES,
            )
        elif word == IN_PART:
            yield warning(
                "rows",
                said,
                why="Some of their columns were not compared.",
                remedy="See below which columns, and why.",
            )
        elif word != SAME:
            yield Finding(
                check="rows",
                level=Level.UNJUDGED,
                what=said,
                why="It is not known whether their rows are the same on both sides.",
                remedy=compare_them,
            )
    clean = [*by_state.get(SAME, []), *by_state.get(IN_PART, [])]
    left = [it for it in clean if it.is_left and not it.afterwards]
    same = [it for it in by_state.get(SAME, []) if it not in left]
    if same:
        yield right("rows", f"{len(same):,} of {counted(len(tables), 'table')} are the same.")
    if left:
        yield Finding(
            check="rows-in-the-window",
            level=Level.UNJUDGED,
            what=f"The window had no time for {counted(len(left), 'table')}: {_named(left)}.",
            why="cutover.compare_seconds says for how long tables are compared; what is known of these is "
            "older than the last writes.",
            remedy=compare_them,
        )
    unlooked = _not_in_window(run, clean)
    if unlooked:
        yield Finding(
            check="rows-in-the-window",
            level=Level.UNJUDGED,
            what=f"What came of {counted(len(unlooked), 'table')} within the window is not written down: "
            f"{_named(unlooked)}.",
            why="What is known of them is older than the last writes.",
        )


def _verify(report: Report) -> str:
    """What compares both sides as the applications write now; empty where nothing does any more."""
    run, name = report.last, report.environment
    if run is None:
        return f"ferry verify {name}"
    if run.direction == Direction.FORWARD and (not report.goes_back or run.given_up_at):
        return ""
    return f"ferry verify {name}{Direction(run.direction).other.option}"


def _not_in_window(run: Run | None, tables: Sequence[Table]) -> list[Table]:
    if run is None or run.direction == "back":
        return []
    return [it for it in tables if it.window is None and not it.is_left]


def _carried(report: Report) -> Iterator[Finding]:
    lost = [it for it in report.tables if it.state in GIVEN_UP]
    if lost and report.last is None:
        yield blocked(
            "carried",
            f"DMS does not carry {counted(len(lost), 'table')} any more: {_named(lost)}.",
            why="Changes of them do not arrive.",
            remedy=f"See why: ferry watch {report.environment}",
        )


def _skipped(report: Report) -> Iterator[Finding]:
    unmeant = [it for it in report.skipped if not it.is_meant]
    if unmeant:
        more = "" if len(unmeant) <= _NAMED else f", and {len(unmeant) - _NAMED:,} more"
        named = "; ".join(it.what for it in unmeant[:_NAMED])
        yield warning(
            "skipped",
            f"Left out: {named}{more}.",
            why="Nobody has looked whether these are right in Aurora.",
            remedy="See below what was left out, and why.",
        )


def _way_back(report: Report) -> Iterator[Finding]:
    run = report.last
    if run is None or run.direction == "back" or run.ending is not Ending.FINISHED:
        return
    if run.given_up_at is not None:
        yield from _given_up(report.environment, run)
    elif any(step.step == "reverse-fence" and step.state == "done" for step in run.steps):
        yield right("way-back", "What was written to Aurora was seen to arrive at the source.")
    else:
        yield warning(
            "way-back",
            "Nothing carries back what is written to Aurora.",
            why="Going back would lose it.",
            remedy="dms.rollback deploys a way back; it has to be there before the cutover.",
        )


def _given_up(name: str, run: Run) -> Iterator[Finding]:
    if run.over_at is None:
        yield warning(
            "way-back",
            "The way back is given up, and what it needed was not all dropped.",
            why="What is left keeps the write-ahead log, and its tasks may go on.",
            remedy=f"It goes on with what is left: ferry finish {name}",
        )
        return
    yield right("way-back", f"The migration is finished: the way back is given up (run {run.id}).")


def _named(tables: Sequence[Table]) -> str:
    return listed([it.name for it in tables], _NAMED)
