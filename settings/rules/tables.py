"""Rules about the tables of a replication task."""

from collections.abc import Iterator

from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, Rule
from settings.table_mappings import Table, Transformation

_WITH_VALUE = ("rename", "add-prefix", "add-suffix")


def task_carries_something(environment: Environment) -> Iterator[Finding]:
    """A task includes some table."""
    for index, task in enumerate(environment.tasks):
        if all(table.action == "exclude" for table in task.tables):
            yield Finding(
                setting=f"dms.tasks[{index}].tables",
                given="nothing but exclusions given",
                allowed='at least one table with action = "include"',
                mend='add { schema = "public" }',
            )


def tables_are_selected_once(environment: Environment) -> Iterator[Finding]:
    """A selection is given once, in one task: two would load the same rows twice.

    DMS's rules are named after what they select, as `public.orders`, so that `a.b` and `c` count as
    `a` and `b.c`.
    """
    seen: dict[tuple[int | str, str], str] = {}
    for index, task in enumerate(environment.tasks):
        for position, table in enumerate(task.tables):
            selection = f"{table.schema_name}.{table.table}"
            place = f"dms.tasks[{index}].tables[{position}]"
            # One task may leave out what another carries.
            realms = (index, "all tasks") if table.action == "include" else (index,)
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


def details_name_one_table(environment: Environment) -> Iterator[Finding]:
    """DMS takes no wildcard where it is told how to carry a table."""
    for place, table in _tables(environment):
        details = [name for name in ("parallel_load", "lob") if getattr(table, name)]
        if details and "%" in table.schema_name + table.table:
            yield Finding(
                setting=f"{place}.{details[0]}",
                given=f"given for {table.schema_name}.{table.table}, which may be several tables",
                allowed="one table, by its whole name",
                mend=f"write schema and table without %, or remove {details[0]}",
            )
        if details and table.action == "exclude":
            yield Finding(
                setting=f"{place}.{details[0]}",
                given='given with action = "exclude"',
                allowed="tables that are included",
                mend=f"remove {details[0]}",
            )


def limited_lobs_alone_have_a_size(environment: Environment) -> Iterator[Finding]:
    """An unlimited LOB has no largest size."""
    for place, table in _tables(environment):
        if table.lob and table.lob.mode == "unlimited" and table.lob.max_size_kb:
            yield Finding(
                setting=f"{place}.lob.max_size_kb",
                given=f'{table.lob.max_size_kb} given with mode = "unlimited"',
                allowed='a size with mode = "limited"',
                mend='remove max_size_kb, or set mode = "limited"',
            )


def boundaries_match_columns(environment: Environment) -> Iterator[Finding]:
    """A boundary has a value for each column."""
    for place, table in _tables(environment):
        if not table.parallel_load:
            continue
        columns = table.parallel_load.columns
        for index, boundary in enumerate(table.parallel_load.boundaries):
            if len(boundary) != len(columns):
                yield Finding(
                    setting=f"{place}.parallel_load.boundaries[{index}]",
                    given=f"{toml(boundary)} given with columns = {toml(columns)}",
                    allowed="a value for each column",
                    mend="add or remove values",
                )


def transformations_fit_their_target(environment: Environment) -> Iterator[Finding]:
    """A transformation of a column names one; of a schema, no table."""
    for place, rule in _transformations(environment):
        if rule.target == "column" and rule.column is None:
            yield Finding(
                setting=f"{place}.column",
                given='nothing given with target = "column"',
                allowed="a column's name or pattern",
                mend='add column = "total"',
            )
        if rule.target != "column" and rule.column is not None:
            yield Finding(
                setting=f"{place}.column",
                given=f"{toml(rule.column)} given with target = {toml(rule.target)}",
                allowed='a column with target = "column"',
                mend='remove column, or set target = "column"',
            )
        if rule.target == "schema" and rule.table != "%":
            yield Finding(
                setting=f"{place}.table",
                given=f'{toml(rule.table)} given with target = "schema"',
                allowed='a table with target = "table" or "column"',
                mend='remove table, or set target = "table"',
            )
        if rule.action == "remove-column" and rule.target != "column":
            yield Finding(
                setting=f"{place}.action",
                given=f'"remove-column" given with target = {toml(rule.target)}',
                allowed='remove-column with target = "column"',
                mend='set target = "column"',
            )


def transformations_have_their_value(environment: Environment) -> Iterator[Finding]:
    """A rename, a prefix and a suffix need a value; nothing else takes one."""
    for place, rule in _transformations(environment):
        if rule.action in _WITH_VALUE and rule.value is None:
            yield Finding(
                setting=f"{place}.value",
                given=f"nothing given with action = {toml(rule.action)}",
                allowed="the new name, prefix or suffix",
                mend='add value = "new_"',
            )
        if rule.action not in _WITH_VALUE and rule.value is not None:
            yield Finding(
                setting=f"{place}.value",
                given=f"{toml(rule.value)} given with action = {toml(rule.action)}",
                allowed="a value with rename, add-prefix and add-suffix",
                mend="remove value",
            )


def things_are_transformed_once(environment: Environment) -> Iterator[Finding]:
    """DMS applies one transformation to a schema, a table, or a column in the same way."""
    for index, task in enumerate(environment.tasks):
        seen: set[tuple[str | None, ...]] = set()
        for position, rule in enumerate(task.transformations):
            name = ".".join(filter(None, (rule.schema_name, rule.table, rule.column)))
            thing = (rule.target, name, rule.action if rule.target == "column" else None)
            if thing in seen:
                yield Finding(
                    setting=f"dms.tasks[{index}].transformations[{position}]",
                    given=f"a second transformation of {name} given",
                    allowed="one for a schema or table, one of each action for a column",
                    mend="merge the two, or remove one",
                )
            seen.add(thing)


def _tables(environment: Environment) -> Iterator[tuple[str, Table]]:
    for index, task in enumerate(environment.tasks):
        for position, table in enumerate(task.tables):
            yield f"dms.tasks[{index}].tables[{position}]", table


def _transformations(environment: Environment) -> Iterator[tuple[str, Transformation]]:
    for index, task in enumerate(environment.tasks):
        for position, rule in enumerate(task.transformations):
            yield f"dms.tasks[{index}].transformations[{position}]", rule


_TABLES = "dms.tasks.*.tables.*."
_SELECTION = (f"{_TABLES}schema", f"{_TABLES}table", f"{_TABLES}action")
_TRANSFORMATIONS = "dms.tasks.*.transformations"

RULES = (
    Rule(task_carries_something, (f"{_TABLES}action",)),
    Rule(tables_are_selected_once, _SELECTION),
    Rule(details_name_one_table, (*_SELECTION, f"{_TABLES}parallel_load", f"{_TABLES}lob")),
    Rule(limited_lobs_alone_have_a_size, (f"{_TABLES}lob",)),
    Rule(boundaries_match_columns, (f"{_TABLES}parallel_load",)),
    Rule(transformations_fit_their_target, (_TRANSFORMATIONS,)),
    Rule(transformations_have_their_value, (_TRANSFORMATIONS,)),
    Rule(things_are_transformed_once, (_TRANSFORMATIONS,)),
)
