"""A task's rules: what is read of a file's and of DMS's alike, and what a rule makes of a name.

The file's `settings.table_mappings` has these attributes already; of DMS's JSON they are made here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from facts.ferry_schema import SCHEMA
from facts.renames import RENAMES
from facts.table_patterns import literal, matches

if TYPE_CHECKING:
    from collections.abc import Sequence

_Json = dict[str, Any]


class TableName(NamedTuple):
    """A table's schema and name, as PostgreSQL's catalog has them."""

    schema: str
    table: str

    def __str__(self) -> str:
        """As people and ferry's options write it; neither part is quoted."""
        return f"{self.schema}.{self.table}"

    @property
    def is_ferrys(self) -> bool:
        """Whether it is one of ferry's own, such as a marker."""
        return self.schema == SCHEMA


class Condition(Protocol):
    """What a column's value has to be: `settings.table_mappings.FilterCondition`."""

    @property
    def operator(self) -> str:
        """DMS's word, such as `gte`."""

    @property
    def value(self) -> str | None:
        """What is compared with."""

    @property
    def start_value(self) -> str | None:
        """The lower end."""

    @property
    def end_value(self) -> str | None:
        """The upper end."""


class Filter(Protocol):
    """Rows by a column: `settings.table_mappings.Filter`."""

    @property
    def column(self) -> str:
        """The column at the source."""

    @property
    def conditions(self) -> Sequence[Condition]:
        """What its value has to be; one of them is enough."""


class Selection(Protocol):
    """A selection of tables: `settings.table_mappings.Table`."""

    @property
    def action(self) -> str:
        """`exclude` leaves out; whatever else there is selects."""

    @property
    def patterns(self) -> tuple[str, str]:
        """Schema and table as patterns."""

    @property
    def filters(self) -> Sequence[Filter]:
        """Which rows are carried."""


class Key(Protocol):
    """A key that a table has at Aurora: `settings.table_mappings.PrimaryKey`."""

    @property
    def columns(self) -> Sequence[str]:
        """Its columns."""


class Transformation(Protocol):
    """What differs at Aurora: `settings.table_mappings.Transformation`."""

    @property
    def target(self) -> str:
        """`schema`, `table` or `column`."""

    @property
    def action(self) -> str:
        """DMS's word."""

    @property
    def schema_name(self) -> str:
        """The schema, a pattern."""

    @property
    def table(self) -> str:
        """The table, a pattern."""

    @property
    def column(self) -> str | None:
        """The column, a pattern; None where the action names none."""

    @property
    def value(self) -> str | None:
        """The new name, prefix or suffix."""

    @property
    def old_value(self) -> str | None:
        """The prefix or suffix that is replaced."""

    @property
    def primary_key(self) -> Key | None:
        """The key."""


def renamed(name: str, rule: Transformation) -> str:
    """What a rule makes of a name; one that gives no name leaves it."""
    make = RENAMES.get(rule.action)
    return make(name, rule.value or "", rule.old_value or "") if make else name


def concerns(rule: Transformation, table: TableName) -> bool:
    """Whether a rule for tables or columns is one of a table of the source; for schemas, of its schema."""
    return matches(rule.schema_name, table.schema) and (
        rule.target == "schema" or matches(rule.table, table.table)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class DmsCondition:
    """A `Condition` of DMS's JSON."""

    operator: str
    value: str | None
    start_value: str | None
    end_value: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DmsFilter:
    """A `Filter` of DMS's JSON."""

    column: str
    conditions: tuple[DmsCondition, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DmsSelection:
    """A `Selection` of DMS's JSON."""

    action: str
    patterns: tuple[str, str]
    filters: tuple[DmsFilter, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DmsKey:
    """A `Key` of DMS's JSON."""

    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DmsTransformation:
    """A `Transformation` of DMS's JSON."""

    target: str
    action: str
    schema_name: str
    table: str
    column: str | None
    value: str | None
    old_value: str | None
    primary_key: DmsKey | None


def read(text: str) -> tuple[tuple[DmsSelection, ...], tuple[DmsTransformation, ...]]:
    """The rules of DMS's JSON; the transformations in the order of their numbers.

    AWS takes one rename an object, so that the order matters to no rules that it allows.

    Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
    """
    rules: list[_Json] = json.loads(text).get("rules", [])
    transformations = [each for each in rules if each["rule-type"] == "transformation"]
    return (
        tuple(_selection(each) for each in rules if each["rule-type"] == "selection"),
        tuple(
            _transformation(each)
            for each in sorted(transformations, key=lambda rule: int(rule["rule-id"]))
        ),
    )


def _selection(rule: _Json) -> DmsSelection:
    names = rule["object-locator"].get("schema-name", "%"), _table(rule)
    is_explicit = rule["rule-action"] == "explicit"
    return DmsSelection(
        action=rule["rule-action"],
        patterns=(literal(names[0]), literal(names[1])) if is_explicit else names,
        filters=tuple(map(_filter, rule.get("filters", ()))),
    )


def _table(rule: _Json) -> str:
    name: str = rule["object-locator"].get("table-name", "%")
    return name


def _filter(rows: _Json) -> DmsFilter:
    return DmsFilter(
        column=rows["column-name"],
        conditions=tuple(
            DmsCondition(
                operator=each["filter-operator"],
                value=each.get("value"),
                start_value=each.get("start-value"),
                end_value=each.get("end-value"),
            )
            for each in rows["filter-conditions"]
        ),
    )


def _transformation(rule: _Json) -> DmsTransformation:
    key = rule.get("primary-key-def")
    return DmsTransformation(
        target=rule["rule-target"],
        action=rule["rule-action"],
        schema_name=rule["object-locator"].get("schema-name", "%"),
        table=_table(rule),
        column=rule["object-locator"].get("column-name"),
        value=rule.get("value"),
        old_value=rule.get("old-value"),
        primary_key=DmsKey(columns=tuple(key["columns"])) if key else None,
    )
