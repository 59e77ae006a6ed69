"""What tables came to, as lines and as JSON. Pure.

Keys are shown where they are asked for. Values are in `values` alone, for a terminal.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Final

from facts.inert import visible, visible_json
from ferry.findings import ExitStatus
from ferry.migrate.reloading import standing_against
from ferry.migrate.starting import lowered
from ferry.migrate.verify.comparing import Kind, Verdict
from ferry.migrate.watching.lines import duration, size
from ferry.migrate.ways import Direction
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ferry.migrate.tasks import Task
    from ferry.migrate.verify.comparing import Compared, Difference
    from ferry.migrate.verify.verify import Result

_RELOADED_AT_ONCE: Final = 10
_COLUMNS: Final = 5
_LEAST_SHARE: Final = 0.01
_SECONDS_OF_A_YEAR: Final = 365 * 86_400
_LONG_SECONDS: Final = 60.0
"""From here on the age of a snapshot is told: nothing that was deleted meanwhile can be cleaned up."""


def line(result: Result) -> str:
    """A table in one line: what it came to, and both sides' rows."""
    found = result.compared
    whole = f"task {', '.join(result.tasks)}" if result.tasks else f"database {result.database}"
    name = str(result.table or whole)
    if found is None:
        return visible(f"{name}: {result.verdict}; {result.why}")
    differences = _differences(found, result.direction)
    parts = [f"{name}: {result.verdict}", differences, found.why, _sides(found)]
    left_out = [f"{each.column}, as {each.why}" for each in found.left_out]
    if left_out:
        parts.append(f"not compared: {'; '.join(left_out)}")
    if result.written_alike:
        parts.append(
            f"by its text alone, which two values may share: {', '.join(result.written_alike)}"
        )
    if result.held.seconds >= _LONG_SECONDS:
        parts.append(
            f"its longest snapshot was held for {result.held.seconds / 60:,.0f} min, "
            f"{counted(result.held.transactions, 'transaction')}"
        )
    return visible("; ".join(filter(None, parts)))


def progress(*, done: int, whole: int, seconds: float, table: str, waits: str) -> str:
    """How far it is by the size of the tables, how fast, how long it will take, and at what it is.

    How long is told from the first percent on, and never beyond a year: before, it is guesswork.

    Args:
        done: The bytes of what has been scanned, by the sizes that tables had.
        whole: Those of all tables.
        seconds: For how long it runs.
        table: What is compared now; empty for nothing.
        waits: What is waited for; empty where it works.
    """
    share = min(1.0, done / whole) if whole else 0.0
    parts = [f"{share:.0%} of {size(whole)}"]
    if share >= _LEAST_SHARE and seconds > 0:
        parts.append(f"{size(round(done / seconds))}/s")
        left = seconds / share * (1 - share)
        if left < _SECONDS_OF_A_YEAR:
            parts.append(f"{duration(left)} to go")
    said = ", ".join(parts)
    return visible(f"{said}; {table}{': ' if table and waits else ''}{waits}".removesuffix("; "))


def keys(result: Result) -> Iterator[str]:
    """The rows that differ, a line each: key, how, and which columns."""
    for each in result.compared.found if result.compared else ():
        columns = f": {', '.join(each.columns)}" if each.columns else ""
        yield visible(f"{_row(each)} {_how(each)}{columns}")


def values(result: Result) -> Iterator[str]:
    """The same with both sides' values, where they were read."""
    for each in result.compared.found if result.compared else ():
        if not each.values:
            continue
        yield visible(f"{_row(each)} {_how(each)}")
        for column, (source, target) in each.values.items():
            yield visible(f"  {column}: {_value(source)} at the source, {_value(target)} in Aurora")


def status(results: Sequence[Result]) -> ExitStatus:
    """What the command ends with; where no table is carried nothing was verified."""
    return max((each.verdict.status for each in results), default=ExitStatus.NOT_DONE)


def summary(results: Sequence[Result], direction: Direction = Direction.FORWARD) -> str:
    """How many tables came to what."""
    counts = [(it, sum(each.verdict is it for each in results)) for it in Verdict]
    told = ", ".join(f"{count} {it}" for it, count in counts if count) or "no table is carried"
    return f"{told}, from Aurora back to the source" if direction is Direction.BACK else told


def following(
    environment: str,
    results: Sequence[Result],
    tasks: Iterable[Task],
    direction: Direction = Direction.FORWARD,
) -> tuple[str, ...]:
    """The exact next commands; none where there is nothing to do. Ferry repairs no row by itself.

    Args:
        environment: The environment's name.
        results: What tables came to.
        tasks: Its tasks as they are now: DMS loads single tables again of those that run alone.
        direction: Where they carry; nothing loads a table back.
    """
    if direction is Direction.BACK:
        return tuple(_mending_back(environment, results))
    known = {(it.database.aurora, it.name): it for it in tasks}
    reloaded: list[str] = []
    others: list[str] = []
    for each in results:
        if each.verdict is not Verdict.DIFFERENT or each.compared is None:
            continue
        for name in each.tasks:
            task = known.get((each.database, name))
            if task is None:
                continue
            if cut := each.compared.cut:
                others.append(
                    f"raise the limit of large objects of the task {name} (lob_max_size_kb, or max_size_kb "
                    f"of {each.table}) before: Aurora has only the beginning of {each.table}'s "
                    f"{', '.join(cut)}"
                )
            if against := standing_against(environment, task):
                others.append(lowered(f"{against.why} {against.remedy}"))
                continue
            reloaded += [shlex.quote(str(it)) for it in each.parts if task.mappings.selects(it)]
    found = list(dict.fromkeys(others))
    tables = list(dict.fromkeys(reloaded))
    if tables:
        more = len(tables) - _RELOADED_AT_ONCE
        found.append(
            f"ferry reload {environment} {' '.join(tables[:_RELOADED_AT_ONCE])}"
            + (f" (and {more} more)" if more > 0 else "")
        )
    return tuple(found)


def _mending_back(environment: str, results: Iterable[Result]) -> Iterator[str]:
    """What to do where the source has other rows than Aurora: a load would overwrite what was written there."""
    differ = [it for it in results if it.verdict is Verdict.DIFFERENT and it.compared]
    for each in differ:
        if each.compared and (cut := each.compared.cut):
            yield (
                f"copy {', '.join(cut)} of {each.table} to the source whole: the limit of large objects of "
                f"the task {', '.join(each.tasks)} has let through only the beginning"
            )
    if not differ:
        return
    tables = list(dict.fromkeys(f"--table {shlex.quote(str(it.table))}" for it in differ))
    more = len(tables) - _RELOADED_AT_ONCE
    yield (
        "make these rows at the source what they are in Aurora: nothing loads a table back, and a load "
        "forward would overwrite what was written in Aurora. What DMS could not write is in "
        "awsdms_apply_exceptions at the source. Then: "
        f"ferry verify {environment} --reverse {' '.join(tables[:_RELOADED_AT_ONCE])}"
        + (f" (and {more} more)" if more > 0 else "")
    )


def as_json(
    environment: str,
    results: Sequence[Result],
    tasks: Iterable[Task],
    *,
    with_keys: bool,
    direction: Direction = Direction.FORWARD,
) -> str:
    """All of it for programs, without a value; what is next as `following` says it, a line each."""
    document = {
        "environment": environment,
        "direction": direction,
        "exit_code": status(results),
        "next": "\n".join(following(environment, results, tasks, direction)),
        "tables": [_table(each, with_keys=with_keys) for each in results],
    }
    return visible_json(document, indent=2)


def _table(result: Result, *, with_keys: bool) -> dict[str, Any]:
    found = result.compared
    told: dict[str, Any] = {
        "database": result.database,
        "table": None if result.table is None else str(result.table),
        "tasks": list(result.tasks),
        "verdict": result.verdict,
        "why": result.why or (found.why if found else ""),
    }
    if found is None:
        return told
    told |= {
        "rows": {"source": found.rows[0], "target": found.rows[1]},
        "hash": {"source": found.hashes[0], "target": found.hashes[1]},
        "differences": {kind.name.lower(): count for kind, count in found.counts.items()},
        "columns": dict(found.columns),
        "outside_filter": {kind.name.lower(): count for kind, count in found.outside.items()},
        "cut": list(found.cut),
        "not_proved": found.moving,
        "all_counted": found.is_exact,
        "not_compared": [
            {"column": each.column, "why": each.why, "meant": each.is_meant}
            for each in found.left_out
        ],
        "by_text_alone": list(result.written_alike),
        "scanned_at": found.scanned_at.isoformat(),
        "seconds": round(found.seconds, 3),
        "newer": None
        if found.newer is None
        else {
            "source": found.newer[0],
            "target": found.newer[1],
            "since": found.since and found.since.isoformat(),
        },
        "taken_over": found.is_taken_over,
        "ranges": {"all": found.ranges[0], "taken_over": found.ranges[1]},
        "longest_snapshot": {
            "seconds": round(result.held.seconds, 3),
            "transactions": result.held.transactions,
        },
    }
    if with_keys:
        told["keys"] = [
            {
                "key" if found.has_key else "hash": list(each.key)
                if found.has_key
                else each.key[0],
                "kind": each.kind.name.lower(),
                "columns": list(each.columns),
                **({"times": list(each.times)} if each.times else {}),
                **({"outside_filter": True} if each.is_outside else {}),
            }
            for each in found.found
        ]
    return told


def _differences(found: Compared, direction: Direction) -> str:
    most = sorted(found.columns, key=lambda it: (-found.columns[it], it))
    more = f" and {len(most) - _COLUMNS} more columns" if len(most) > _COLUMNS else ""
    where = f" in {', '.join(most[:_COLUMNS])}{more}" if most else ""
    writes = direction.ends[1]
    cut = f" ({writes} has only the beginning: {', '.join(found.cut)})" if found.cut else ""
    told = [
        f"{count:,} {kind}{where + cut if kind is Kind.DIFFERENT else ''}"
        + _outside(kind, found.outside.get(kind, 0))
        for kind, count in found.counts.items()
        if count
    ]
    if found.moving:
        told.append(f"{found.moving:,} unlike and not proved")
    if not found.is_exact:
        told.append("and more, which were not counted")
    return ", ".join(told)


def _outside(kind: Kind, count: int) -> str:
    if not count:
        return ""
    side = "at the source" if kind is Kind.EXTRA else "in Aurora"
    return f" ({count:,} of them {side} too, where the task's filter leaves them out)"


def _sides(found: Compared) -> str:
    source, target = found.rows
    rows = (
        f"{counted(source, 'row')} on both sides"
        if source == target
        else f"{counted(source, 'row')} at the source, {target:,} in Aurora"
    )
    if found.newer is not None and found.since is not None:
        here, there = found.newer
        return (
            f"{rows}, scanned {found.scanned_at:%H:%M:%S} UTC; compared: {here:,} written at the source "
            f"and {there:,} in Aurora since it was the same, {found.since:%Y-%m-%d %H:%M:%S} UTC"
        )
    alike = ""
    if found.hashes[0] == found.hashes[1]:
        alike = f", hash {found.hashes[0]}"
    elif found.verdict is Verdict.SAME:
        alike = ", and what was unlike has arrived since"
    count, over = found.ranges
    if over:
        return (
            f"{rows}{alike}, scanned from {found.scanned_at:%Y-%m-%d %H:%M:%S} UTC on: {over:,} of {count:,} "
            "ranges of its key before it was interrupted"
        )
    if found.is_taken_over:
        return f"{rows}{alike}, scanned {found.scanned_at:%Y-%m-%d %H:%M:%S} UTC by the run before"
    return f"{rows}{alike}, scanned {found.scanned_at:%H:%M:%S} UTC"


def _row(difference: Difference) -> str:
    if difference.times is not None:
        return f"a row without a key (hash {difference.key[0]})"
    return f"({', '.join(difference.key)})"


def _how(difference: Difference) -> str:
    if difference.is_outside:
        side = "the source" if difference.kind is Kind.EXTRA else "Aurora"
        return f"{difference.kind}; {side} has it too, where the task's filter leaves it out"
    if difference.times is None:
        return str(difference.kind)
    source, target = difference.times
    return f"{counted(source, 'time')} at the source, {target:,} in Aurora"


def _value(value: str | None) -> str:
    return "NULL" if value is None else f"'{value}'"
