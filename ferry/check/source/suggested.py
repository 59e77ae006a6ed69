"""What the tasks' settings could better be, by what the source holds."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

from ferry.check.source.edits import OfDms, OfTable, OfTask
from ferry.check.source.measure import Measured
from ferry.check.source.subject import left_out, loads, looks_up
from ferry.check.source.verdict import Check, Verdict, fine, warns
from ferry.check.source.words import not_read, size
from ferry.mappings.columns import is_lob
from ferry.postgres.catalog import UnreadError
from ferry.words import counted
from settings.notation import toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog.rows import Column, Relation
    from settings.dms import Task

_GIB: Final = 2**30
_KB: Final = 1024

LARGE_BYTES: Final = 8 * _GIB
"""From here on a table is worth being loaded in segments."""

SEGMENT_BYTES: Final = 4 * _GIB
OWN_TASK_BYTES: Final = 100 * _GIB
"""From here on a table is worth a task of its own."""

_MOST_SEGMENTS: Final = 16
_ROOM: Final = 1.25
"""How much larger a limit is than what is there: applications go on writing."""

_STEP_KB: Final = 8
_LEAST_KB: Final = 32
"""DMS's own default: below it little memory is saved, and one text that grows fails the task."""

_TOO_LARGE: Final = 4
"""A limit that is so many times what is needed takes memory for nothing."""

_MOST_KB: Final = 102_400
_DAY: Final = 24 * 3600
_STORAGE_FOR_LOGS_GIB: Final = 50
_ROOM_OF_STORAGE: Final = 1.1
"""A tenth more or less is nothing to change an instance for: a day's writes and logs vary by more."""

_INTEGERS: Final = frozenset({"int2", "int4", "int8"})


def lob_limits(subject: Subject) -> Iterator[Verdict]:
    """Whether a task's limit of large objects is as large as it has to be, and no larger.

    DMS takes memory for the limit, for each row and column. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_BestPractices.html, "Migrating large binary
    objects"
    """
    measured = _measured(subject)
    for task in subject.tasks:
        bound = [
            (relation, column, measured.columns[relation.oid, column.number].octets)
            for relation, column in subject.columns
            if task in subject.tasks_of[relation.oid]
            and is_lob(column)
            and not looks_up(task, relation)
            and (relation.oid, column.number) in measured.columns
        ]
        missing = [
            relation
            for relation in subject.carried
            if relation.oid in measured.missing and task in subject.tasks_of[relation.oid]
        ]
        if missing:
            raise not_read(missing, measured, of=f"task {task.name}")
        if bound:
            yield from _limit(subject, task, bound)


def _limit(
    subject: Subject, task: Task, bound: Sequence[tuple[Relation, Column, int]]
) -> Iterator[Verdict]:
    fitting = [
        needed for _, column, octets in bound if (needed := _needed_kb(column, octets)) <= _MOST_KB
    ]
    larger = {
        relation.sql: relation
        for relation, column, octets in bound
        if _needed_kb(column, octets) > _MOST_KB
    }
    wanted = max(fitting, default=_LEAST_KB)
    largest = max(octets for _, _, octets in bound)
    why = f"The largest value of its {counted(len(bound), 'LOB column')} has {size(largest)}."
    for name, relation in larger.items():
        looked_up = {"lob": {"mode": "unlimited"}}
        yield warns(
            f"Task {task.name}: {name} has values that DMS carries only when it looks them up.",
            why=why,
            remedy=f"Add to its tables in {subject.file}: {_line(relation, **looked_up)}",
            edits=[_of_table(task, relation, looked_up)],
        )
    now = task.lob_max_size_kb
    if wanted > now or wanted * _TOO_LARGE <= now:
        yield warns(
            f"Task {task.name}: lob_max_size_kb is {now}; {wanted} would do.",
            why=why
            + (
                " A larger one than the limit fails the task."
                if wanted > now
                else " DMS takes memory for the limit, for each row and column."
            ),
            remedy=f"Set lob_max_size_kb = {wanted} for the task in {subject.file}.",
            edits=[OfTask(task=task.name, key="lob_max_size_kb", value=wanted)],
        )


def _needed_kb(column: Column, octets: int) -> int:
    """With two bytes a character, and room."""
    needed = octets * (1 if column.base == "bytea" else 2) * _ROOM / _KB
    return max(_LEAST_KB, ceil(needed / _STEP_KB) * _STEP_KB)


def _measured(subject: Subject) -> Measured:
    if not isinstance(subject.measured, Measured):
        raise subject.measured or UnreadError("The rows were not read.")
    return subject.measured


def loadable(subject: Subject) -> Sequence[tuple[Relation, Column]]:
    """Large tables that can be loaded in segments, each with its key: one integer column, NOT NULL.

    Rows whose boundary column is NULL would not be loaded, so that no other key will do.
    """
    found = []
    for relation in subject.carried:
        if relation.bytes < LARGE_BYTES or relation.kind != "r":
            continue
        key = subject.catalog.primary_key(relation)
        columns = [
            column
            for column in subject.catalog.columns_of(relation)
            if key and key.columns == (column.number,) and column.base in _INTEGERS
        ]
        found += [(relation, column) for column in columns if column.not_null]
    return found


def parallel_load(subject: Subject) -> Iterator[Verdict]:
    """Whether large tables are loaded in segments.

    Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Tablesettings.html
    """
    if isinstance(subject.key_ranges, UnreadError):
        raise subject.key_ranges
    for relation, column in loadable(subject):
        task = subject.tasks_of[relation.oid][0]
        ends = subject.key_ranges.get(relation.oid)
        if not loads(task) or ends is None or _is_segmented(task, relation):
            continue
        boundaries = _boundaries(ends, _segments(task, relation))
        if not boundaries:
            continue
        segments = {"columns": [column.name], "boundaries": [[str(each)] for each in boundaries]}
        yield warns(
            f"{relation.sql} has {size(relation.bytes)}, and is loaded in one piece.",
            why="One connection reads it while the others have nothing to do. The segments are of equal "
            "ranges of its key: look whether the rows are, too.",
            remedy=f"Add to the tables of task {task.name} in {subject.file}: "
            f"{_line(relation, parallel_load=segments)}",
            edits=[_of_table(task, relation, {"parallel_load": segments})],
        )


def _line(relation: Relation, **more: object) -> str:
    """The line of a task's tables that names one."""
    return toml({"schema": relation.schema, "name": relation.name, **more})


def _of_table(task: Task, relation: Relation, more: Mapping[str, object]) -> OfTable:
    return OfTable(task=task.name, schema=relation.schema, name=relation.name, more=more)


def _is_segmented(task: Task, relation: Relation) -> bool:
    return any(
        table.parallel_load
        and (table.schema_name, table.name or table.table) == (relation.schema, relation.name)
        for table in task.tables
    )


def _segments(task: Task, relation: Relation) -> int:
    return min(_MOST_SEGMENTS, task.full_load_sub_tasks, ceil(relation.bytes / SEGMENT_BYTES))


def _boundaries(ends: tuple[int, int], segments: int) -> list[int]:
    """The upper ends of all segments but the last."""
    least, most = ends
    span = most - least
    if span < segments:
        return []
    return [least + span * number // segments for number in range(1, segments)]


def own_tasks(subject: Subject) -> Iterator[Verdict]:
    """Whether very large tables hold up others in their task."""
    for task in subject.tasks:
        tables = [each for each in subject.carried if task in subject.tasks_of[each.oid]]
        large = [each for each in tables if each.bytes >= OWN_TASK_BYTES and each.kind == "r"]
        if len(tables) < 2:  # noqa: PLR2004 - alone already
            continue
        for relation in large:
            yield warns(
                f"Task {task.name} carries {relation.sql} of {size(relation.bytes)} beside "
                f"{counted(len(tables) - 1, 'other table')}.",
                why="A task applies changes with one connection, and begins with them when its last table "
                "is loaded: the others wait for this one.",
                remedy=f"Give it a task of its own in {subject.file}: tables = [{_line(relation)}]; and "
                f"add {toml(left_out(relation))} to {task.name}.",
            )


def storage(subject: Subject) -> Iterator[Verdict]:
    """Whether the replication instance has the disk for a day's changes.

    While tables are loaded DMS keeps their changes. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.Types.html
    """
    rate = subject.wal_bytes_per_second
    if isinstance(rate, UnreadError):
        raise rate
    rate = max(
        [rate, *(wal.bytes / wal.seconds for wal in subject.catalog.wal if wal.seconds > _DAY / 24)]
    )
    wanted = ceil(rate * _DAY / _GIB) + _STORAGE_FOR_LOGS_GIB
    now = subject.dms.allocated_storage_gib
    what = f"The source writes {size(rate * _DAY)} of WAL a day"
    if wanted > now * _ROOM_OF_STORAGE:
        yield warns(
            f"{what}; dms.allocated_storage_gib is {now}.",
            why="While tables are loaded, and while Aurora is behind, DMS keeps changes on its disk: a "
            "day's, and 50 GiB for logs.",
            remedy=f"Set dms.allocated_storage_gib = {wanted} in {subject.file}.",
            edits=[OfDms(key="allocated_storage_gib", value=wanted)],
        )
    else:
        yield fine(f"{what}; {now} GiB of DMS's disk hold a day's changes and logs.")


TITLE: Final = "Suggestions"
CHECKS: Final = (
    Check(
        name="suggest-lob-limit",
        title="The limits of large objects",
        good="The limits of large objects are as large as they have to be.",
        judge=lob_limits,
    ),
    Check(
        name="suggest-parallel-load",
        title="Whether large tables are loaded in segments",
        good="No large table with an integer key is loaded in one piece.",
        judge=parallel_load,
    ),
    Check(
        name="suggest-own-task",
        title="Whether very large tables have tasks of their own",
        good="No very large table shares its task.",
        judge=own_tasks,
    ),
    Check(
        name="suggest-storage",
        title="The replication instance's storage",
        good="The replication instance has storage enough.",
        judge=storage,
        of_server=True,
    ),
)
