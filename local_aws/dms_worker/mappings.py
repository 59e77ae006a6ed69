"""Table mappings: which tables a task carries, and what they are called at the target.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html

AWS documents no precedence of include and exclude; here exclude wins. Of the transformations
`add-column` is not there, which DMS computes by SQLite, nor are the earlier values of columns, which
go to streams such as Kinesis. Another type and another key are those of a table that is made: of
one that is there its own count, and no source tells that DMS finds rows by a key that it defines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from local_aws.dms_worker.transforming import MASKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


class MappingError(Exception):
    """The mappings ask for what is not there."""


_RENAMES: dict[str, Callable[[str, Mapping[str, str]], str]] = {
    "rename": lambda _, rule: rule["value"],
    "convert-lowercase": lambda name, _: name.lower(),
    "convert-uppercase": lambda name, _: name.upper(),
    "add-prefix": lambda name, rule: rule["value"] + name,
    "add-suffix": lambda name, rule: name + rule["value"],
    "remove-prefix": lambda name, rule: name.removeprefix(rule["value"]),
    "remove-suffix": lambda name, rule: name.removesuffix(rule["value"]),
    "replace-prefix": lambda name, rule: _replaced(name, rule, str.startswith),
    "replace-suffix": lambda name, rule: _replaced(name, rule, str.endswith),
}
_OF_COLUMNS = ("remove-column", "include-column", "change-data-type", *MASKS)
_REFUSED = {
    "add-column": "DMS computes it by SQLite, which is not there",
    "add-before-image-columns": "DMS brings earlier values to streams, not to PostgreSQL",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A part of a table's full load: rows after `after`, up to and with `upto`, by the columns."""

    columns: tuple[str, ...]
    after: tuple[str, ...] | None
    upto: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class Mappings:
    """The rules of one task."""

    rules: Sequence[Mapping[str, Any]]

    def selects(self, schema: str, table: str) -> bool:
        """Whether the task carries a table of the source."""
        if any(_concerns(rule, schema, table) for rule in self._excluding):
            return False
        return any(_concerns(rule, schema, table) for rule in self._including)

    @cached_property
    def named(self) -> list[tuple[str, str]]:
        """The tables that rules include by their full names; DMS says of each if it is not there."""
        found = [
            (_locator(rule, "schema-name"), _locator(rule, "table-name"))
            for rule in self._including
            if rule["rule-action"] == "explicit"
            or not any(_is_pattern(_locator(rule, key)) for key in ("schema-name", "table-name"))
        ]
        return list(dict.fromkeys(found))

    def filters(self, schema: str, table: str) -> list[Mapping[str, Any]]:
        """The row filters of a table."""
        return [
            each
            for rule in self._including
            if _concerns(rule, schema, table)
            for each in rule.get("filters", ())
        ]

    def load_order(self, schema: str, table: str) -> int:
        """The highest load order of a table's rules: tables of a higher one are loaded earlier."""
        return max(
            (
                int(rule.get("load-order", 0))
                for rule in self._including
                if _concerns(rule, schema, table)
            ),
            default=0,
        )

    def target_table(self, schema: str, table: str) -> tuple[str, str]:
        """The schema and name of a table at the target."""
        new_schema, new_table = schema, table
        for rule in self._transformations:
            target = rule["rule-target"]
            if target == "schema" and _like(_locator(rule, "schema-name"), schema):
                new_schema = _renamed(new_schema, rule)
            elif (
                target == "table"
                and rule["rule-action"] in _RENAMES
                and _concerns(rule, schema, table)
            ):
                new_table = _renamed(new_table, rule)
        return new_schema, new_table

    def target_column(self, schema: str, table: str, column: str) -> str | None:
        """The name of a column at the target; None where it is left out."""
        included = [
            _locator(rule, "column-name")
            for rule in self._transformations
            if rule["rule-action"] == "include-column" and _concerns(rule, schema, table)
        ]
        if included and not any(_like(pattern, column) for pattern in included):
            return None
        new = column
        for rule in self._of_column(schema, table, column):
            if rule["rule-action"] == "remove-column":
                return None
            if rule["rule-action"] in _RENAMES:
                new = _renamed(new, rule)
        return new

    def of_column(
        self, schema: str, table: str, column: str, *actions: str
    ) -> Mapping[str, Any] | None:
        """The first transformation of a column by one of the actions; None for none."""
        rules = self._of_column(schema, table, column)
        return next((rule for rule in rules if rule["rule-action"] in actions), None)

    def new_key(self, schema: str, table: str) -> list[str]:
        """The columns of the key that a table gets at the target; none for those of its own."""
        return next(
            (
                rule["primary-key-def"]["columns"]
                for rule in self._transformations
                if rule["rule-action"] == "define-primary-key" and _concerns(rule, schema, table)
            ),
            [],
        )

    def _of_column(self, schema: str, table: str, column: str) -> Iterator[Mapping[str, Any]]:
        for rule in self._transformations:
            if (
                rule["rule-target"] == "column"
                and _concerns(rule, schema, table)
                and _like(_locator(rule, "column-name"), column)
            ):
                yield rule

    def segments(self, schema: str, table: str) -> list[Segment]:
        """The parts in which a table is loaded; one row whose column is NULL is in none of them."""
        settings = self._settings(schema, table).get("parallel-load")
        if not settings:
            return []
        if settings.get("type") != "ranges":
            raise MappingError(
                f"parallel-load of type {settings.get('type')!r}: for PostgreSQL there are ranges"
            )
        columns = tuple(settings["columns"])
        bounds = [tuple(str(each) for each in bound) for bound in settings["boundaries"]]
        return [
            Segment(columns=columns, after=after, upto=upto)
            for after, upto in zip([None, *bounds], [*bounds, None], strict=True)
        ]

    def lob(self, schema: str, table: str) -> Mapping[str, str]:
        """The settings of a table's large objects, where it has some of its own."""
        found: Mapping[str, str] = self._settings(schema, table).get("lob-settings", {})
        return found

    def _settings(self, schema: str, table: str) -> Mapping[str, Any]:
        return next(
            (
                rule
                for rule in self.rules
                if rule["rule-type"] == "table-settings" and _concerns(rule, schema, table)
            ),
            {},
        )

    @cached_property
    def _including(self) -> list[Mapping[str, Any]]:
        return [each for each in self._selections if each["rule-action"] != "exclude"]

    @cached_property
    def _excluding(self) -> list[Mapping[str, Any]]:
        return [each for each in self._selections if each["rule-action"] == "exclude"]

    @cached_property
    def _selections(self) -> list[Mapping[str, Any]]:
        selections = [rule for rule in self.rules if rule["rule-type"] == "selection"]
        for rule in selections:
            name = f"{_locator(rule, 'schema-name')}.{_locator(rule, 'table-name')}"
            if rule.get("filters") and rule["rule-action"] != "explicit" and "%" in name:
                raise MappingError(f"filters of {name}: DMS filters tables by their exact names")
        return selections

    @cached_property
    def _transformations(self) -> list[Mapping[str, Any]]:
        """In the order of their numbers.

        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
        """
        rules = [rule for rule in self.rules if rule["rule-type"] == "transformation"]
        for rule in rules:
            action, target = rule["rule-action"], rule["rule-target"]
            if action in _REFUSED:
                raise MappingError(f"the transformation {action} is not there: {_REFUSED[action]}")
            known = (
                action in _RENAMES
                or (target == "column" and action in _OF_COLUMNS)
                or (target == "table" and action == "define-primary-key")
            )
            if not known:
                raise MappingError(f"the transformation {action} of a {target} is not there")
        return sorted(rules, key=lambda rule: int(rule["rule-id"]))


def _concerns(rule: Mapping[str, Any], schema: str, table: str) -> bool:
    names = (_locator(rule, "schema-name"), _locator(rule, "table-name"))
    if rule.get("rule-action") == "explicit":
        return names == (schema, table)
    return _like(names[0], schema) and _like(names[1], table)


def _locator(rule: Mapping[str, Any], key: str) -> str:
    found: str = rule["object-locator"].get(key, "%")
    return found


def _is_pattern(name: str) -> bool:
    return re.search(r"[%_\[]", name) is not None


def _like(pattern: str, name: str) -> bool:
    """Whether a name is of a pattern: % any text, _ any character, [ ] one of these characters.

    `[a-d]` is one between two. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html
    """
    parts = re.split(r"(%|_|\[[^\]]*\])", pattern)
    expression = "".join(
        {"%": ".*", "_": "."}.get(part)
        or (f"({_one_of(part[1:-1])})" if part[:1] == "[" and part[1:-1] else re.escape(part))
        for part in parts
    )
    return re.fullmatch(expression, name, re.DOTALL) is not None


def _one_of(signs: str) -> str:
    found = re.findall(r"(.)-(.)|(.)", signs, re.DOTALL)
    return "|".join(
        f"[{re.escape(low)}-{re.escape(high)}]"
        if low and low <= high
        else "|".join(map(re.escape, sign or f"{low}-{high}"))
        for low, high, sign in found
    )


def _renamed(name: str, rule: Mapping[str, Any]) -> str:
    return _RENAMES[rule["rule-action"]](name, rule)


def _replaced(name: str, rule: Mapping[str, str], at: Callable[[str, str], bool]) -> str:
    old, new = rule["old-value"], rule["value"]
    if not at(name, old):
        return name
    return new + name[len(old) :] if at is str.startswith else name[: -len(old)] + new
