"""A look as lines of text and as JSON. Pure."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from facts.inert import visible, visible_json
from ferry.migrate.watching.look import Phase
from ferry.migrate.watching.tables import LOADING, RELOADING
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.mappings import TableName
    from ferry.migrate.watching.look import LogLine, Look, Slot, TaskLook

_UNITS: Final = ("B", "kB", "MB", "GB", "TB")
_STEP: Final = 1024
_LOG_LINES: Final = 20
_NUMBERS: Final = re.compile(r"[0-9][0-9.,]*( [kMGT]?B\b)?")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def duration(seconds: float) -> str:
    """A time in its two greatest units, such as `1h02m`."""
    whole = round(seconds)
    if whole >= _DAY:
        return f"{whole // _DAY}d{whole % _DAY // _HOUR:02}h"
    if whole >= _HOUR:
        return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02}m"
    if whole >= _MINUTE:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02}s"
    return f"{whole}s"


def size(count: float) -> str:
    """A number of bytes, such as `1.2 GB`."""
    unit = 0
    while count >= _STEP and unit < len(_UNITS) - 1:
        count, unit = count / _STEP, unit + 1
    return f"{count:.0f} {_UNITS[unit]}" if unit == 0 else f"{count:.1f} {_UNITS[unit]}"


def progress(task: TaskLook) -> str:
    """Rows that are loaded, of how many, and which share; empty where nothing is loaded."""
    if not task.task.loads or not task.tables:
        return ""
    if task.phase is not Phase.LOADING:
        return counted(task.rows, "row")
    if task.expected_rows is None or task.share is None:
        return f"{counted(task.rows, 'row')} (ANALYZE at the source tells of how many)"
    return f"{task.rows:,}/{task.expected_rows:,} rows {task.share:.1%}"


def tables(task: TaskLook) -> str:
    """How many tables are loaded, loading, in trouble; empty where none is known."""
    if not task.tables:
        return ""
    parts = [f"{task.count('Table completed')}/{len(task.tables)} tables"]
    if loading := task.count(LOADING, RELOADING):
        parts.append(f"{loading} loading")
    if wrong := len({trouble.table for trouble in task.troubles}):
        parts.append(f"{wrong} wrong")
    return ", ".join(parts)


def latency(task: TaskLook) -> str:
    """DMS's latencies; empty where CloudWatch has none."""
    if task.source_latency is None and task.target_latency is None:
        return ""
    both = [
        "?" if each is None else duration(each)
        for each in (task.source_latency, task.target_latency)
    ]
    return f"latency {both[0]} source, {both[1]} target"


def validation(task: TaskLook) -> str:
    """DMS's own comparison; empty where it makes none."""
    compared = [table for table in task.tables if table.validation != "Not enabled"]
    if not compared:
        return ""
    done = sum(table.validation == "Validated" for table in compared)
    pending = sum(table.pending for table in compared)
    failed = sum(table.failed for table in compared)
    suspended = sum(table.suspended for table in compared)
    return (
        f"validated {done}/{len(compared)} tables, rows: {pending} pending, {failed} differ, "
        f"{suspended} suspended"
    )


def proof(task: TaskLook) -> str:
    """How many tables have as many rows on both sides; empty where none was counted."""
    found = []
    if task.proof.of:
        found.append(f"counted {task.proof.counted}/{task.proof.of} tables on both sides")
    if task.proof.left_out:
        found.append(f"{len(task.proof.left_out)} cannot be counted")
    return ", ".join(found)


def marker(task: TaskLook) -> str:
    """How long the last marker took; empty where none has arrived."""
    seconds = task.proof.marker_seconds
    return "" if seconds is None else f"marker arrived in {seconds:.1f} s"


def speed(task: TaskLook) -> str:
    """How fast it loads, and how long that will take; empty where it does not load."""
    if task.phase is not Phase.LOADING:
        return ""
    found = [] if task.rows_a_second is None else [f"{task.rows_a_second:,.0f} rows/s"]
    if task.seconds_left is not None:
        found.append(f"ETA {duration(task.seconds_left)}")
    if task.late_seconds is not None and task.allowed_seconds is not None:
        found.append(
            f"TOO SLOW: {duration(task.late_seconds)} in all, {duration(task.allowed_seconds)} are "
            f"allowed; to give it up: ferry stop {task.environment} --task {task.task.name}"
        )
    return ", ".join(found)


def exceptions(task: TaskLook) -> str:
    """Changes that could not be applied; empty where there are none."""
    if not task.exceptions:
        return ""
    return f"{counted(task.exceptions, 'change')} not applied"


def waits(task: TaskLook) -> str:
    """What is waited for, in words; empty where nothing is."""
    waiting = visible(task.waiting)
    return f"waiting {waiting}" if waiting.startswith("for ") else waiting


def task_line(task: TaskLook) -> str:
    """A task in one line: where it is, how far, how fast, what it waits for."""
    parts = [
        f"{task.task.name}: {task.phase}",
        progress(task),
        tables(task),
        speed(task),
        latency(task),
        validation(task),
        ", ".join(filter(None, (proof(task), marker(task)))),
        exceptions(task),
        waits(task),
    ]
    return "; ".join(filter(None, parts))


def slot_line(slot: Slot) -> str:
    """A replication slot in one line."""
    parts = [f"slot {slot.name} keeps {size(slot.kept_bytes)} of write-ahead log"]
    if slot.status and slot.status != "reserved":
        parts.append(f"is {slot.status}")
    if not slot.active:
        parts.append("nobody reads it")
    if slot.safe_bytes is None:
        parts.append("no limit but the disk")
    else:
        parts.append(f"{size(slot.safe_bytes)} until it is lost")
        if slot.seconds_left is not None:
            parts.append(f"{duration(slot.seconds_left)} left at the rate of now")
    return ", ".join(parts)


class Note(NamedTuple):
    """What stands beneath the tasks.

    Args:
        text: What there is.
        remedy: What to do; empty where nothing is to be done.
    """

    text: str
    remedy: str = ""

    def __str__(self) -> str:
        """In one line."""
        return ": ".join(filter(None, self))


def notes(look: Look) -> Iterator[Note]:
    """Where applications write, slots and what they wait for, troubles, alarms, what did not answer."""
    for sentence in look.course:
        yield Note(sentence)
    for slot in look.slots:
        yield Note(slot_line(slot))
    for each in look.held_up:
        yield Note(each.what, each.remedy)
    for task, trouble in look.troubles:
        yield Note(f"{_table(task, trouble.table)}: {trouble.what}", trouble.remedy)
    for task, uncounted in look.left_out:
        yield Note(f"{_table(task, uncounted.table)}: not counted: {uncounted.why}")
    for alarm in look.alarms:
        yield Note(f"alarm {alarm} fires")
    for sentence in look.unanswered:
        yield Note(f"not known now: {sentence}")


def _table(task: TaskLook, name: TableName) -> str:
    """A table; with its task where there are others, for two databases may have one of its name."""
    return str(name) if task.is_the_only_task else f"{name} of {task.task.name}"


def log_lines(log: Sequence[LogLine]) -> Iterator[str]:
    """What the logs say, each text once, and not more of it than somebody reads."""
    counted = Counter(log)
    for line, times in list(counted.items())[:_LOG_LINES]:
        word = "warning" if line.severity == "W" else "error"
        again = f" ({times} times)" if times > 1 else ""
        yield f"log of {line.task}: {word}: {line.text}{again}"
    if len(counted) > _LOG_LINES:
        yield f"log of all tasks: {len(counted) - _LOG_LINES} lines more"


def plain(look: Look) -> list[str]:
    """A look as lines, each with its time, in UTC."""
    at = f"{look.at:%H:%M:%S}"
    lines = [*map(task_line, look.tasks), *map(str, notes(look)), *log_lines(look.log)]
    return [f"{at} {visible(line)}" for line in lines]


def without_numbers(line: str) -> str:
    """A line of a task or a slot: what of it is news. Its numbers are others at each look."""
    return _NUMBERS.sub("#", line)


def as_json(look: Look) -> str:
    """A look as one line of JSON."""
    document = {
        "environment": look.environment,
        "at": look.at.isoformat(),
        "tasks": [_task(task) for task in look.tasks],
        "slots": [
            {
                "name": slot.name,
                "active": slot.active,
                "kept_bytes": slot.kept_bytes,
                "status": slot.status,
                "safe_bytes": slot.safe_bytes,
                "seconds_left": slot.seconds_left,
            }
            for slot in look.slots
        ],
        "held_up": [
            {"slot": each.slot, "what": each.what, "remedy": each.remedy} for each in look.held_up
        ],
        "course": list(look.course),
        "alarms": list(look.alarms),
        "log": [
            {"task": line.task, "severity": line.severity, "text": line.text} for line in look.log
        ],
        "unanswered": list(look.unanswered),
        "dms_calls": look.calls,
    }
    return visible_json(document, indent=None)


def _task(task: TaskLook) -> dict[str, Any]:
    return {
        "task": task.task.name,
        "phase": task.phase.value,
        "status": task.task.status,
        "waiting": task.waiting,
        "rows": task.rows,
        "expected_rows": task.expected_rows,
        "share": task.share,
        "rows_a_second": task.rows_a_second,
        "seconds_left": task.seconds_left,
        "late_seconds": task.late_seconds,
        "tables": len(task.tables),
        "tables_loaded": task.count("Table completed"),
        "source_latency_seconds": task.source_latency,
        "target_latency_seconds": task.target_latency,
        "exceptions": task.exceptions,
        "to_count": task.proof.of,
        "counted": task.proof.counted,
        "not_counted": [
            {"table": str(each.table), "why": each.why} for each in task.proof.left_out
        ],
        "marker_seconds": task.proof.marker_seconds,
        "marker_waits_seconds": task.proof.marker_waits,
        "troubles": [
            {"table": str(each.table), "what": each.what, "remedy": each.remedy}
            for each in task.troubles
        ],
    }
