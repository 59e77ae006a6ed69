"""Rules about how the tables of a replication task are carried."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from facts.table_patterns import alike, overlap
from settings.environment import Environment
from settings.notation import either, toml
from settings.rules.rule import Finding, Rule
from settings.rules.selections import SELECTION, TABLES, tables
from settings.table_mappings import FilterCondition, Transformation

_NUMBER: Final = re.compile(r"-?[0-9]{1,100}(\.[0-9]{1,100})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_VALUES_OF: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("between", "notbetween"), ("start_value", "end_value")),
    **dict.fromkeys(("null", "notnull"), ()),
}
"""What a filter's operator compares with; `value`, where it is not named."""

_NEGATIVE: Final = ("noteq", "notbetween", "notnull")
"""The operators of which a filter has one at most, and then nothing else. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html"""

_TARGET_OF: Final = {
    **dict.fromkeys(
        (
            *("remove-column", "include-column", "add-column", "change-data-type"),
            *("add-before-image-columns", "data-masking-digits-mask"),
            *("data-masking-digits-randomize", "data-masking-hash-mask"),
        ),
        "column",
    ),
    "define-primary-key": "table",
}
"""The one target of an action that has one."""

_WITHOUT_COLUMN: Final = ("add-column", "add-before-image-columns")

_PARAMETERS: Final[Mapping[str, tuple[str, object]]] = {
    "value": ("the new name, prefix or suffix, or the sign that masks digits", "new_"),
    "old_value": ("the prefix or suffix that is replaced", "old_"),
    "expression": ("what the column holds", "$first || ' ' || $last"),
    "data_type": ("the column's type", {"type": "string", "length": 50}),
    "primary_key": ("the key's name and columns", {"name": "orders_key", "columns": ["id"]}),
    "before_image": ("which columns, and what they are called", {"column_suffix": "_before"}),
}
"""What actions take: in words, and an example."""

_TAKING: Final[Mapping[str, tuple[str, ...]]] = {
    "value": (
        *("rename", "add-prefix", "add-suffix", "remove-prefix", "remove-suffix"),
        *("replace-prefix", "replace-suffix", "add-column", "data-masking-digits-mask"),
    ),
    "old_value": ("replace-prefix", "replace-suffix"),
    "expression": ("add-column",),
    "data_type": ("add-column", "change-data-type"),
    "primary_key": ("define-primary-key",),
    "before_image": ("add-before-image-columns",),
}
"""Which actions take it, and need it."""


def details_name_one_table(environment: Environment) -> Iterator[Finding]:
    """DMS takes no wildcard where it is told how to carry a table, or which of its rows.

    Source of the rows: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html
    """
    for place, table in tables(environment):
        details = [name for name in ("parallel_load", "lob") if getattr(table, name)]
        if table.filters and table.action == "include":
            details.append("filters")
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

    Of texts only the collation at the source says which is above, so that they have to differ.
    """
    for low, high in zip(before, after, strict=False):
        if low != high:
            return _is_below(low, high) is not False
    return False


def _is_below(one: str, other: str) -> bool | None:
    """Whether one value is below another: numbers as numbers, dates in ISO 8601 as texts.

    None where it cannot be told without the column's type.
    """
    if _NUMBER.fullmatch(one) and _NUMBER.fullmatch(other):
        return Decimal(one) < Decimal(other)
    return one < other if _DATE.match(one) and _DATE.match(other) else None


def filters_fit_their_table(environment: Environment) -> Iterator[Finding]:
    """Rows are chosen of what is included, by conditions with the values that they compare with.

    DMS applies filters where the rule's action is `include` alone:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html
    """
    for place, table in tables(environment):
        if table.filters and table.action == "exclude":
            yield Finding(
                setting=f"{place}.filters",
                given='given with action = "exclude"',
                allowed="filters of tables that are included",
                mend="remove filters",
            )
        if table.filters and table.name is not None:
            yield Finding(
                setting=f"{place}.filters",
                given=f"given beside name = {toml(table.name)}, whose filters DMS passes over",
                allowed="filters beside table",
                mend=f"write table = {toml(table.name)} in place of name",
            )
        for index, one in enumerate(table.filters):
            negative = [it.operator for it in one.conditions if it.operator in _NEGATIVE]
            if negative and len(one.conditions) > 1:
                yield Finding(
                    setting=f"{place}.filters[{index}].conditions",
                    given=f"operator = {toml(negative[0])} given beside another condition",
                    allowed=f"{either(_NEGATIVE)} alone in its filter",
                    mend="make a filter of its own of it: a row has to pass every filter",
                )
            for number, condition in enumerate(one.conditions):
                yield from _compares(f"{place}.filters[{index}].conditions[{number}]", condition)


def _compares(place: str, condition: FilterCondition) -> Iterator[Finding]:
    takes = _VALUES_OF.get(condition.operator, ("value",))
    operator = f"operator = {toml(condition.operator)}"
    for name in ("value", "start_value", "end_value"):
        given = getattr(condition, name)
        if name in takes and given is None:
            yield Finding(
                setting=f"{place}.{name}",
                given=f"nothing given with {operator}",
                allowed="what the column is compared with",
                mend=f'add {name} = "2020-01-01"',
            )
        if name not in takes and given is not None:
            yield Finding(
                setting=f"{place}.{name}",
                given=f"{toml(given)} given with {operator}",
                allowed=f"{' and '.join(takes)} with it" if takes else "nothing to compare with",
                mend=f"remove {name}",
            )
    start, end = condition.start_value, condition.end_value
    if "start_value" in takes and start and end and _is_below(end, start):
        yield Finding(
            setting=f"{place}.end_value",
            given=f"{toml(end)} given, below start_value = {toml(start)}",
            allowed="a value that is not below start_value",
            mend="put the two in order: nothing is between them",
        )


def transformations_fit_their_target(environment: Environment) -> Iterator[Finding]:
    """A transformation of a column names one; of a schema, no table; some are of one kind alone."""
    for place, rule in _transformations(environment):
        added = rule.action in _WITHOUT_COLUMN
        if rule.target == "column" and rule.column is None and not added:
            yield Finding(
                setting=f"{place}.column",
                given='nothing given with target = "column"',
                allowed="a column's name or pattern",
                mend='add column = "total"',
            )
        if rule.column is not None and (rule.target != "column" or added):
            what = f"action = {toml(rule.action)}" if added else f"target = {toml(rule.target)}"
            yield Finding(
                setting=f"{place}.column",
                given=f"{toml(rule.column)} given with {what}",
                allowed='a column with target = "column", but for one that is added',
                mend="remove column" + ("" if added else ', or set target = "column"'),
            )
        if rule.target == "schema" and rule.table != "%":
            yield Finding(
                setting=f"{place}.table",
                given=f'{toml(rule.table)} given with target = "schema"',
                allowed='a table with target = "table" or "column"',
                mend='remove table, or set target = "table"',
            )
        target = _TARGET_OF.get(rule.action, rule.target)
        if rule.target != target:
            yield Finding(
                setting=f"{place}.action",
                given=f"{toml(rule.action)} given with target = {toml(rule.target)}",
                allowed=f"{rule.action} with target = {toml(target)}",
                mend=f"set target = {toml(target)}",
            )


def transformations_have_their_value(environment: Environment) -> Iterator[Finding]:
    """Each action has what it needs, and nothing that it does not take."""
    for place, rule in _transformations(environment):
        for name, (what, example) in _PARAMETERS.items():
            given = getattr(rule, name)
            action = f"action = {toml(rule.action)}"
            if rule.action in _TAKING[name] and given is None:
                yield Finding(
                    setting=f"{place}.{name}",
                    given=f"nothing given with {action}",
                    allowed=what,
                    mend=f"add {name} = {toml(example)}",
                )
            if rule.action not in _TAKING[name] and given is not None:
                shown = toml(given) if isinstance(given, str) else "a table"
                yield Finding(
                    setting=f"{place}.{name}",
                    given=f"{shown} given with {action}",
                    allowed=f"{name} with {either(_TAKING[name])}",
                    mend=f"remove {name}",
                )


def before_images_have_a_name(environment: Environment) -> Iterator[Finding]:
    """Earlier values stand beside the later ones, under names of their own."""
    for place, rule in _transformations(environment):
        image = rule.before_image
        if image and image.column_prefix is None and image.column_suffix is None:
            yield Finding(
                setting=f"{place}.before_image",
                given="neither column_prefix nor column_suffix given",
                allowed="one of them, or both",
                mend='add column_suffix = "_before"',
            )


def things_are_transformed_once(environment: Environment) -> Iterator[Finding]:
    """DMS applies one transformation to a schema, a table, or a column in the same way.

    Patterns of schemas and tables that overlap name one thing twice. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.Console.html
    """
    for index, task in enumerate(environment.tasks):
        seen: set[tuple[str | None, ...]] = set()
        named: dict[str, list[tuple[int, str, tuple[str, str]]]] = {"schema": [], "table": []}
        for position, rule in enumerate(task.transformations):
            added = rule.value if rule.action == "add-column" else None
            name = ".".join(filter(None, (rule.schema_name, rule.table, rule.column or added)))
            thing = (rule.target, name, rule.action if rule.target == "column" else None)
            if thing in seen:
                yield Finding(
                    setting=f"dms.tasks[{index}].transformations[{position}]",
                    given=f"a second transformation of {name} given",
                    allowed="one for a schema or table, one of each action for a column",
                    mend="merge the two, or remove one",
                )
            elif rule.target != "column":
                table = (rule.table if rule.target == "table" else None) or "%"
                named[rule.target].append((position, name, (rule.schema_name, table)))
            seen.add(thing)
        for rules in named.values():
            earlier: dict[int, int] = {}
            for first, second in alike([patterns for _, _, patterns in rules]):
                if first < earlier.get(second, second) and all(
                    map(overlap, rules[first][2], rules[second][2])
                ):
                    earlier[second] = first
            for second, first in sorted(earlier.items()):
                position, name, _ = rules[second]
                yield Finding(
                    setting=f"dms.tasks[{index}].transformations[{position}]",
                    given=f"{name} given, where another transformation of "
                    f"{'.'.join(rules[first][2])} may name the same",
                    allowed="one for a schema or table",
                    mend="write patterns that do not overlap, or remove one",
                )


def _transformations(environment: Environment) -> Iterator[tuple[str, Transformation]]:
    for index, task in enumerate(environment.tasks):
        for position, rule in enumerate(task.transformations):
            yield f"dms.tasks[{index}].transformations[{position}]", rule


_TRANSFORMATIONS = "dms.tasks.*.transformations"

RULES = (
    Rule(
        details_name_one_table,
        (*SELECTION, f"{TABLES}parallel_load", f"{TABLES}lob", f"{TABLES}filters"),
    ),
    Rule(limited_lobs_alone_have_a_size, (f"{TABLES}lob",)),
    Rule(boundaries_match_columns, (f"{TABLES}parallel_load",)),
    Rule(transformations_fit_their_target, (_TRANSFORMATIONS,)),
    Rule(transformations_have_their_value, (_TRANSFORMATIONS,)),
    Rule(before_images_have_a_name, (_TRANSFORMATIONS,)),
    Rule(filters_fit_their_table, (f"{TABLES}filters", f"{TABLES}action", f"{TABLES}name")),
    Rule(things_are_transformed_once, (_TRANSFORMATIONS,)),
)
