"""Rules about how the tables of a replication task are carried."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, Rule
from settings.rules.selections import SELECTION, TABLES, tables
from settings.table_mappings import Transformation

_NUMBER: Final = re.compile(r"-?[0-9]{1,100}(\.[0-9]{1,100})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WITH_VALUE = ("rename", "add-prefix", "add-suffix")


def details_name_one_table(environment: Environment) -> Iterator[Finding]:
    """DMS takes no wildcard where it is told how to carry a table."""
    for place, table in tables(environment):
        details = [name for name in ("parallel_load", "lob") if getattr(table, name)]
        if details and "%" in table.schema_name + table.table and table.name is None:
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
    for place, table in tables(environment):
        if table.lob and table.lob.mode == "unlimited" and table.lob.max_size_kb:
            yield Finding(
                setting=f"{place}.lob.max_size_kb",
                given=f'{table.lob.max_size_kb} given with mode = "unlimited"',
                allowed='a size with mode = "limited"',
                mend='remove max_size_kb, or set mode = "limited"',
            )


def boundaries_match_columns(environment: Environment) -> Iterator[Finding]:
    """A boundary has a value for each column."""
    for place, table in tables(environment):
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
        for index, (before, after) in enumerate(pairwise(table.parallel_load.boundaries), start=1):
            if not _rises(before, after):
                yield Finding(
                    setting=f"{place}.parallel_load.boundaries[{index}]",
                    given=f"{toml(after)} given after {toml(before)}",
                    allowed="boundaries in rising order, each once",
                    mend="put them in order: a segment that ends before it begins loads nothing",
                )


def _rises(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether one boundary is above another, as far as it can be told without the columns' types.

    Numbers are compared as numbers, dates in ISO 8601 as texts; of other texts only the collation
    at the source says which is above, so that they have to differ.
    """
    for low, high in zip(before, after, strict=False):
        if low != high:
            if _NUMBER.fullmatch(low) and _NUMBER.fullmatch(high):
                return Decimal(low) < Decimal(high)
            return not (_DATE.match(low) and _DATE.match(high)) or low < high
    return False


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


def _transformations(environment: Environment) -> Iterator[tuple[str, Transformation]]:
    for index, task in enumerate(environment.tasks):
        for position, rule in enumerate(task.transformations):
            yield f"dms.tasks[{index}].transformations[{position}]", rule


_TRANSFORMATIONS = "dms.tasks.*.transformations"

RULES = (
    Rule(details_name_one_table, (*SELECTION, f"{TABLES}parallel_load", f"{TABLES}lob")),
    Rule(limited_lobs_alone_have_a_size, (f"{TABLES}lob",)),
    Rule(boundaries_match_columns, (f"{TABLES}parallel_load",)),
    Rule(transformations_fit_their_target, (_TRANSFORMATIONS,)),
    Rule(transformations_have_their_value, (_TRANSFORMATIONS,)),
    Rule(things_are_transformed_once, (_TRANSFORMATIONS,)),
)
