"""Which tables the tasks carry: each one, once, and no other by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.dms import TABLES_BEGIN_WITH, is_own_table
from facts.ferry_schema import SCHEMA
from facts.identifiers import identifier
from facts.table_patterns import length, literal
from ferry.check.source.selection import Selectable
from ferry.check.source.subject import TABLES, by_task, left_out, of_tasks
from ferry.check.source.verdict import Check, Verdict, blocks, fine, warns
from ferry.check.source.words import listed
from ferry.mappings.columns import is_lob
from ferry.words import counted
from settings.notation import toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog.rows import Relation
    from settings.dms import Task
    from settings.table_mappings import Table


def nothing(subject: Subject) -> Iterator[Verdict]:
    """Whether each task and each selection finds a table."""
    others = Selectable(each for each in subject.catalog.relations if each.kind not in TABLES)
    for task in subject.tasks:
        if not any(task in tasks for tasks in subject.tasks_of.values()):
            yield blocks(
                f"Task {task.name} carries no table of {subject.database.source}.",
                why="It carries its marker alone, so that DMS starts it and says nothing.",
                remedy=f"Correct the tables of the task in {subject.file}: case counts.",
            )
            continue
        for table in task.tables:
            if table.action == "include" and not subject.selectable.selected(table):
                found = others.selected(table)
                what = f", for it is no table ({found[0].sql})" if found else ""
                yield warns(
                    f"{_shown(table)} of task {task.name} selects no table{what}.",
                    why="DMS says 'Table does not exist', and does not look again until the task is "
                    "stopped and resumed.",
                    remedy=f"Correct it in {subject.file}: case counts; or make the table first.",
                )


def _shown(table: Table) -> str:
    return f"{table.schema_name}.{table.name or table.table}"


def by_none(subject: Subject) -> Iterator[Verdict]:
    """Whether tables are carried by no task, and nobody said so."""
    left_out = {oid for task in subject.tasks for oid in subject.selectable.left_out(task)}
    left: list[Relation] = [
        relation
        for relation in subject.catalog.relations
        if relation.kind == "r"
        and relation.oid not in subject.tasks_of
        and not relation.extension
        and relation.schema != SCHEMA
        and not is_own_table(relation.name)
        and relation.oid not in left_out
    ]
    if left:
        schemas = sorted({each.schema for each in left})
        yield warns(
            f"{counted(len(left), 'table')} of {counted(len(schemas), 'schema')} "
            f"({listed(schemas)}) that no task carries: {listed(each.sql for each in left)}.",
            why="They are not in Aurora after the cutover.",
            remedy=f"Add {toml({'schema': literal(left[0].schema)})} to tables of a task in "
            f'{subject.file}, or say that they stay: the same with action = "exclude".',
        )
    else:
        yield fine(f"The tasks carry {counted(len(subject.carried), 'table')}, and leave none by "
                   "mistake.")  # fmt: skip


def by_two(subject: Subject) -> Iterator[Verdict]:
    """Whether two tasks carry the same table."""
    doubled = [each for each in subject.carried if len(subject.tasks_of[each.oid]) > 1]
    if doubled:
        relation = doubled[0]
        first, second, *_ = (task.name for task in subject.tasks_of[relation.oid])
        yield blocks(
            f"{counted(len(doubled), 'table')} that two tasks carry: "
            f"{listed(each.sql for each in doubled)}.",
            why=f"{first} and {second} both load their rows, and apply their changes twice.",
            remedy=f"Add {toml(left_out(relation))} to task {second} in {subject.file}.",
        )


def by_pattern(subject: Subject) -> Iterator[Verdict]:
    """Whether what looks like a name takes more than the table of that name: `_` is any character."""
    for task in subject.tasks:
        for table in task.tables:
            if not _looks_exact(table):
                continue
            found = subject.selectable.selected(table)
            others = [
                each.sql
                for each in found
                if (each.schema, each.name) != (table.schema_name, table.table)
            ]
            if others:
                verb = "leaves out" if table.action == "exclude" else "takes"
                yield warns(
                    f"{_shown(table)} of task {task.name} is a pattern, and {verb} "
                    f"{counted(len(others), 'table')} of another name: {listed(others)}.",
                    why="DMS reads _ as any one character.",
                    remedy=f"Write table = {toml(literal(table.table))} in {subject.file}"
                    + (f", or name = {toml(table.table)}." if table.action == "include" else "."),
                )


def _looks_exact(table: Table) -> bool:
    return (
        table.name is None
        and "[" not in table.schema_name + table.table
        and length(table.schema_name) is not None
        and length(table.table) is not None
        and "_" in table.schema_name + table.table
    )


def of_extensions(subject: Subject) -> Iterator[Verdict]:
    """Whether tables are carried that an extension makes and fills by itself."""
    found = [each for each in subject.carried if each.extension]
    if found:
        exclusions = of_tasks(subject, "tables", ((each, left_out(each)) for each in found))
        yield warns(
            f"{counted(len(found), 'table')} that extensions made: "
            f"{listed(f'{each.sql} ({each.extension})' for each in found)}.",
            why="CREATE EXTENSION makes and fills them in Aurora: the same rows are loaded once more.",
            remedy=f"Add to tables of {by_task(subject, exclusions)}.",
            edits=exclusions,
        )


def of_dms(subject: Subject) -> Iterator[Verdict]:
    """Whether tables of DMS itself are carried."""
    found = [each for each in subject.carried if is_own_table(each.name)]
    if found:
        every = {"table": f"{literal(TABLES_BEGIN_WITH)}%", "action": "exclude"}
        exclusions = of_tasks(
            subject, "tables", ((each, {"schema": literal(each.schema), **every}) for each in found)
        )
        yield warns(
            f"{counted(len(found), 'table')} of DMS itself that a task carries: "
            f"{listed(each.sql for each in found)}.",
            why="They are DMS's own account of this or another task: what arrives of them confuses the "
            "tasks of the way back.",
            remedy=f"Add to tables of {by_task(subject, exclusions)}.",
            edits=exclusions,
        )


def details(subject: Subject) -> Iterator[Verdict]:
    """Whether the columns of parallel loads and filters are such that DMS can use them.

    Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Tablesettings.html
    """
    for task in subject.tasks:
        for table in task.tables:
            if table.parallel_load or table.filters:
                for relation in subject.selectable.selected(table):
                    if task in subject.tasks_of.get(relation.oid, ()):
                        yield from _columns(subject, task, table, relation)


def _columns(subject: Subject, task: Task, table: Table, relation: Relation) -> Iterator[Verdict]:
    columns = {column.name: column for column in subject.catalog.columns_of(relation)}
    used = {
        "parallel_load": table.parallel_load.columns if table.parallel_load else (),
        "filters": tuple(each.column for each in table.filters),
    }
    for setting, names in used.items():
        where = f"{setting} of {relation.sql} in task {task.name}"
        missing = [name for name in names if name not in columns]
        large = [name for name in names if name in columns and is_lob(columns[name])]
        nullable = [
            name
            for name in names
            if setting == "parallel_load" and name in columns and not columns[name].not_null
        ]
        mend = f"Name another column in {subject.file}, or none."
        if missing:
            yield blocks(
                f"{where} names {listed(missing)}, which the table has not.",
                why="The table fails.",
                remedy=mend,
            )
        if large:
            yield blocks(
                f"{where} names {listed(large)}, a large object to DMS.",
                why="DMS compares no large objects: the table fails.",
                remedy=mend,
            )
        if nullable:
            yield blocks(
                f"{where} names {listed(nullable)}, which may be NULL.",
                why="Rows with NULL in it are in no segment: they are not loaded.",
                remedy=f"{mend} Or ALTER TABLE {relation.sql} ALTER COLUMN "
                f"{identifier(nullable[0])} SET NOT NULL;",
            )


TITLE: Final = "The tasks' tables"
CHECKS: Final = (
    Check(
        name="selection-empty",
        title="Whether the tasks' selections find tables",
        good="Every selection finds a table.",
        judge=nothing,
    ),
    Check(
        name="selection-missing",
        title="Whether tables are carried by no task",
        good="No table is left by mistake.",
        judge=by_none,
    ),
    Check(
        name="selection-twice",
        title="Whether two tasks carry the same table",
        good="No table is carried by two tasks.",
        judge=by_two,
    ),
    Check(
        name="selection-pattern",
        title="Whether patterns take more than they seem to",
        good="No pattern takes more than it seems to.",
        judge=by_pattern,
    ),
    Check(
        name="selection-extension",
        title="Whether tables of extensions are carried",
        good="No table of an extension is carried.",
        judge=of_extensions,
    ),
    Check(
        name="selection-dms",
        title="Whether tables of DMS itself are carried",
        good="No table of DMS itself is carried.",
        judge=of_dms,
    ),
    Check(
        name="selection-columns",
        title="The columns of parallel loads and filters",
        good="The columns of parallel loads and filters will do.",
        judge=details,
    ),
)
