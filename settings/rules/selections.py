"""Rules about what tasks select: something, once, and no table in two tasks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from facts.table_patterns import alike, covers, length, literal, overlap
from settings.dms import Task
from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, Rule
from settings.table_mappings import Table

_MOST_COMPARED: Final = 200_000
"""Pairs of patterns that are compared in a file, which takes a few seconds."""

_SET: Final = re.compile(r"\[([^\]]*)(\]?)")


def task_carries_something(environment: Environment) -> Iterator[Finding]:
    """A task includes some table, and does not leave it out again."""
    for index, task in enumerate(environment.tasks):
        included = [table for table in task.tables if table.action == "include"]
        if not included:
            yield Finding(
                setting=f"dms.tasks[{index}].tables",
                given="nothing but exclusions given",
                allowed='at least one table with action = "include"',
                mend='add { schema = "public" }',
            )
        elif all(_is_left_out(table, task) for table in included) and not any(
            table.action == "exclude" and _selection(table) in map(_selection, included)
            for table in task.tables  # one that is given twice is another rule's
        ):
            yield Finding(
                setting=f"dms.tasks[{index}].tables",
                given=f"{_selection(included[0])} given, and left out again by an exclusion",
                allowed="at least one table that no exclusion takes away: leaving out wins",
                mend='remove the table with action = "exclude"',
            )


def tables_are_selected_once(environment: Environment) -> Iterator[Finding]:
    """A selection is given once of a database, in one task: two would load the same rows twice.

    DMS's rules are named after what they select, as `public.orders`, so that `a.b` and `c` count as
    `a` and `b.c`.
    """
    seen: dict[tuple[int | str | None, str], str] = {}
    for index, task in enumerate(environment.tasks):
        for position, table in enumerate(task.tables):
            selection = _selection(table)
            place = f"dms.tasks[{index}].tables[{position}]"
            # One task may leave out what another carries.
            all_tasks = _database(environment, task)
            realms = (index, all_tasks) if table.action == "include" else (index,)
            earlier = [seen[realm, selection] for realm in realms if (realm, selection) in seen]
            if earlier:
                yield Finding(
                    setting=place,
                    given=f"{selection} given again, after {earlier[0]}",
                    allowed="each selection once",
                    mend="remove one of the two",
                )
            for realm in realms:
                seen.setdefault((realm, selection), place)


def tables_are_in_one_task(environment: Environment) -> Iterator[Finding]:
    """Two tasks carry no table both: each would load its rows, and apply its changes, once more.

    A table is in both where the patterns of their selections overlap, and no exclusion of either
    task takes away what it selects there. Tasks of two databases have no table in common.
    """
    carried = [
        _Selected((index, position), table, task)
        for index, task in enumerate(environment.tasks)
        for position, table in enumerate(task.tables)
        if table.action == "include" and not _is_left_out(table, task)
    ]
    found: dict[tuple[int, int], _Selected] = {}
    by_database: dict[str | None, list[_Selected]] = {}
    for it in carried:
        by_database.setdefault(_database(environment, it.task), []).append(it)
    alike = chain.from_iterable(map(_alike, by_database.values()))
    pairs = list(islice(alike, _MOST_COMPARED + 1))
    if len(pairs) > _MOST_COMPARED:
        yield Finding(
            setting="dms.tasks",
            given="more patterns given than can be compared with one another",
            allowed="tasks of which it can be told that they carry no table both",
            mend="select whole schemas, or tables by their names",
        )
        return
    for pair in pairs:
        one, other = sorted(pair, key=lambda it: it.number)
        if _are_both_carried(other, one):
            found.setdefault(other.number, one)
    for it in carried:
        if it.number in found:
            other = found[it.number]
            yield Finding(
                setting=it.place,
                given=f"{_selection(it.table)} given, of which {other.place} "
                f"({_selection(other.table)}) carries some too",
                allowed="each table in one task",
                mend=_apart(it, other),
            )


@dataclass(frozen=True, slots=True)
class _Selected:
    """What a task carries.

    Args:
        number: The task's place in the file, and the selection's in the task.
        table: The selection.
        task: Its task.
    """

    number: tuple[int, int]
    table: Table
    task: Task

    @property
    def place(self) -> str:
        """Where in the file."""
        return "dms.tasks[{}].tables[{}]".format(*self.number)


def _alike(carried: Sequence[_Selected]) -> Iterator[tuple[_Selected, _Selected]]:
    """Pairs of two tasks whose tables' patterns overlap, or may."""
    for one, other in alike([it.table.patterns for it in carried]):
        if carried[one].number[0] != carried[other].number[0]:
            yield carried[one], carried[other]


def _are_both_carried(one: _Selected, other: _Selected) -> bool:
    return (
        _selection(one.table) != _selection(other.table)  # the same selection is another rule's
        and all(map(overlap, one.table.patterns, other.table.patterns))
        and not _is_left_out(one.table, other.task)
        and not _is_left_out(other.table, one.task)
    )


def _database(environment: Environment, task: Task) -> str | None:
    """Which database a task carries; None where there is one."""
    return task.database if len(environment.databases) > 1 else None


def _is_left_out(table: Table, task: Task) -> bool:
    """Whether a task's exclusions surely take away all that a selection selects."""
    return any(
        it.action == "exclude" and all(map(covers, it.patterns, table.patterns))
        for it in task.tables
    )


def _selection(table: Table) -> str:
    return f"{table.schema_name}.{table.name or table.table}"


def _apart(one: _Selected, other: _Selected) -> str:
    """How two selections are told apart: by an exact name, or by an exclusion of the narrower one."""
    for it, that in ((one, other), (other, one)):
        table = it.table
        exact = (literal(table.schema_name), literal(table.table))
        if (
            table.name is None
            and length(table.schema_name) is not None
            and length(table.table) is not None
            and not all(map(overlap, exact, that.table.patterns))
        ):
            return (
                f"write name = {toml(table.table)} in place of table in {it.place}, which is exact: _ in "
                "table stands for any one character"
            )
    other_is_wider = all(map(covers, other.table.patterns, one.table.patterns))
    if other_is_wider and all(map(covers, one.table.patterns, other.table.patterns)):
        return "remove one of the two"
    left_out, task = (one, other) if other_is_wider else (other, one)
    schema, name = left_out.table.patterns
    return (
        f'add {{ schema = {toml(schema)}, table = {toml(name)}, action = "exclude" }} to '
        f"dms.tasks[{task.number[0]}].tables"
    )


def names_are_exact(environment: Environment) -> Iterator[Finding]:
    """A table is given by its name or by a pattern, and DMS's `explicit` leaves nothing out."""
    for place, table in tables(environment):
        if table.name is None:
            continue
        if "table" in table.model_fields_set:
            yield Finding(
                setting=f"{place}.name",
                given=f"{toml(table.name)} given beside table = {toml(table.table)}",
                allowed="one of them",
                mend="remove table, which is a pattern, or name",
            )
        if table.action == "exclude":
            yield Finding(
                setting=f"{place}.name",
                given=f'{toml(table.name)} given with action = "exclude"',
                allowed="table with an exclusion: DMS leaves out by pattern alone",
                mend="write table in place of name",
            )


def brackets_are_a_set(environment: Environment) -> Iterator[Finding]:
    """In a pattern `[1]` is the sign 1: `data[1]` selects data1, and no table of that name.

    Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html
    """
    for place, setting, pattern, by_name in _patterns(environment):
        if any(map(_is_odd, _SET.finditer(pattern))):
            escaped = toml(pattern.replace("[", "[[]"))
            yield Finding(
                setting=f"{place}.{setting}",
                given=f"{toml(pattern)} given, in which brackets hold a set of signs to choose from",
                allowed="[ ] with several signs, or with one of %, _ and [ to mean the sign itself",
                mend=f"write {setting} = {escaped}" + (by_name and f", or {by_name}"),
            )


def asterisks_are_no_wildcards(environment: Environment) -> Iterator[Finding]:
    """DMS's wildcard is `%`: `*` selects a table of that name, of which there is none.

    Source: as of `brackets_are_a_set`.
    """
    for place, setting, pattern, by_name in _patterns(environment):
        if "*" in pattern.replace("[*]", ""):
            yield Finding(
                setting=f"{place}.{setting}",
                given=f"{toml(pattern)} given, in which * is a sign like others",
                allowed="% for any characters, or [*] for the sign itself",
                mend=f"write {setting} = {toml(pattern.replace('[*]', '*').replace('*', '%'))}"
                + (by_name and f", or {by_name}"),
            )


def _is_odd(brackets: re.Match[str]) -> bool:
    """Whether a set has no end, no sign, or one that means itself without brackets."""
    signs, end = brackets.groups()
    return not end or not signs or (len(signs) == 1 and signs not in "%_[*")


def _patterns(environment: Environment) -> Iterator[tuple[str, str, str, str]]:
    """Every pattern with its place, its setting, and how else its tables may be named."""
    for place, table in tables(environment):
        if table.name is None:
            yield place, "schema", table.schema_name, ""
            by_name = f"name = {toml(table.table)} in place of table"
            yield place, "table", table.table, by_name if table.action == "include" else ""
    for index, task in enumerate(environment.tasks):
        for position, rule in enumerate(task.transformations):
            place = f"dms.tasks[{index}].transformations[{position}]"
            yield place, "schema", rule.schema_name, ""
            yield place, "table", rule.table, ""
            yield place, "column", rule.column or "", ""


def tables(environment: Environment) -> Iterator[tuple[str, Table]]:
    """Every selection, with its place in the file."""
    for index, task in enumerate(environment.tasks):
        for position, table in enumerate(task.tables):
            yield f"dms.tasks[{index}].tables[{position}]", table


TABLES: Final = "dms.tasks.*.tables.*."
SELECTION: Final = tuple(TABLES + name for name in ("schema", "table", "name", "action"))
"""The settings that say what is selected."""

_DATABASE: Final = ("databases", "dms.tasks.*.database")

RULES = (
    Rule(task_carries_something, SELECTION),
    Rule(tables_are_selected_once, (*SELECTION, *_DATABASE)),
    Rule(tables_are_in_one_task, (*SELECTION, *_DATABASE)),
    Rule(names_are_exact, SELECTION),
    Rule(brackets_are_a_set, (*SELECTION, "dms.tasks.*.transformations")),
    Rule(asterisks_are_no_wildcards, (*SELECTION, "dms.tasks.*.transformations")),
)
