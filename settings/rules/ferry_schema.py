"""Rules about schema `ferry`: no setting of a task reaches ferry's tables.

Each task carries a marker of its own by its exact name (`facts.ferry_schema`). AWS documents no
precedence of inclusions and exclusions, so that no exclusion may match it; what would change its
name, its columns or its rows on the way would let it say of nothing that it has arrived. A set of
characters in a pattern is taken for any one.
"""

from collections.abc import Iterator
from typing import Final

from facts.ferry_schema import MARKER_COLUMNS, SCHEMA, fence
from facts.table_patterns import literal, overlap
from settings.dms import Task
from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, Rule
from settings.rules.selections import SELECTION, TABLES, tables
from settings.table_mappings import Table, Transformation

_BY_NAME: Final = 'write the schema by its name, such as schema = "public", {} for each'
_DETAILS: Final = ("filters", "parallel_load", "lob")


def ferrys_schema_is_its_own(environment: Environment) -> Iterator[Finding]:
    """No task carries schema `ferry` or changes it, nor puts an application's tables into it."""
    for place, mend in _named(environment):
        yield Finding(
            setting=place,
            given=f"{toml(SCHEMA)} given",
            allowed="another schema: ferry keeps its own tables there, and each task carries its "
            "marker by itself",
            mend=mend,
        )


def _named(environment: Environment) -> Iterator[tuple[str, str]]:
    """What tasks carry or change of the schema, or into it, each with its mend."""
    for place, table in tables(environment):
        if table.schema_name == SCHEMA:
            yield f"{place}.schema", "remove this table"
    for index, task in enumerate(environment.tasks):
        for position, rule in enumerate(task.transformations):
            place = f"dms.tasks[{index}].transformations[{position}]"
            if rule.schema_name == SCHEMA:
                yield f"{place}.schema", "remove this transformation"
            if (rule.target, rule.action, rule.value) == ("schema", "rename", SCHEMA):
                yield f"{place}.value", "write another name"


def exclusions_leave_the_marker(environment: Environment) -> Iterator[Finding]:
    """No exclusion of a task matches the marker that it includes."""
    for place, task, table in _selections(environment):
        if table.action == "exclude":
            yield Finding(
                setting=place,
                given=f"{_selection(table)} left out, which can match {_marker(task)}",
                allowed="exclusions that do not: AWS does not say which of the two wins",
                mend=_BY_NAME.format("an exclusion"),
            )


def details_leave_the_marker(environment: Environment) -> Iterator[Finding]:
    """No table's filters, segments and LOB mode are the marker's as well."""
    for place, task, table in _selections(environment):
        for detail in _DETAILS:
            if table.action == "include" and getattr(table, detail):
                yield Finding(
                    setting=f"{place}.{detail}",
                    given=f"given for {_selection(table)}, which can match {_marker(task)}",
                    allowed="tables that are not ferry's: it is carried whole, as it is",
                    mend=_BY_NAME.format("a table"),
                )


def transformations_leave_the_marker(environment: Environment) -> Iterator[Finding]:
    """No transformation changes the marker's schema, its name or its columns."""
    for index, task in enumerate(environment.tasks):
        for position, rule in enumerate(task.transformations):
            if _changes_the_marker(rule, task) and rule.schema_name != SCHEMA:
                yield Finding(
                    setting=f"dms.tasks[{index}].transformations[{position}].schema",
                    given=f"{toml(rule.schema_name)} given, and so can change {_marker(task)}",
                    allowed="transformations that do not: it has the same name and columns at both "
                    "ends",
                    mend=_BY_NAME.format("a transformation"),
                )


def _changes_the_marker(rule: Transformation, task: Task) -> bool:
    if not overlap(rule.schema_name, SCHEMA):
        return False
    if rule.target == "schema":
        return True
    # A column that is added, and earlier values beside a row, name no column.
    of_a_column = rule.column is None or any(overlap(rule.column, it) for it, _ in MARKER_COLUMNS)
    return of_a_column and overlap(rule.table, literal(fence(task.name)))


def _selections(environment: Environment) -> Iterator[tuple[str, Task, Table]]:
    """The selections by pattern that can match their task's marker, each with its place."""
    for index, task in enumerate(environment.tasks):
        marker = (literal(SCHEMA), literal(fence(task.name)))
        for position, table in enumerate(task.tables):
            if all(map(overlap, table.patterns, marker)) and table.schema_name != SCHEMA:
                yield f"dms.tasks[{index}].tables[{position}]", task, table


def _selection(table: Table) -> str:
    return f"{table.schema_name}.{table.table}"


def _marker(task: Task) -> str:
    return f"{SCHEMA}.{fence(task.name)}, ferry's marker of the task"


_TASK_NAME: Final = "dms.tasks.*.name"
_TRANSFORMATIONS: Final = "dms.tasks.*.transformations"

RULES = (
    Rule(
        ferrys_schema_is_its_own,
        (
            *SELECTION,
            _TRANSFORMATIONS,
        ),
    ),
    Rule(exclusions_leave_the_marker, (*SELECTION, _TASK_NAME)),
    Rule(
        details_leave_the_marker,
        (*SELECTION, *(TABLES + it for it in _DETAILS), _TASK_NAME),
    ),
    Rule(transformations_leave_the_marker, (_TRANSFORMATIONS, _TASK_NAME)),
)
