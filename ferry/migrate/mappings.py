"""What a task's table mappings select, and what the tables are called at the target. Pure.

Read from DMS, not from the file: a task carries what it was deployed with. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self

from facts.ferry_schema import SCHEMA
from facts.table_patterns import matches

_Rule = Mapping[str, Any]


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


RENAMES: Final[Mapping[str, Callable[[str, str, str], str]]] = {
    "rename": lambda _name, value, _old: value,
    "convert-lowercase": lambda name, _value, _old: name.lower(),
    "convert-uppercase": lambda name, _value, _old: name.upper(),
    "add-prefix": lambda name, value, _old: value + name,
    "add-suffix": lambda name, value, _old: name + value,
    "remove-prefix": lambda name, value, _old: name.removeprefix(value),
    "remove-suffix": lambda name, value, _old: name.removesuffix(value),
    "replace-prefix": lambda name, value, old: (
        value + name[len(old) :] if name.startswith(old) else name
    ),
    "replace-suffix": lambda name, value, old: (
        name[: len(name) - len(old)] + value if name.endswith(old) else name
    ),
}
"""What the actions that change a name make of it: the name, `value`, `old-value`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mappings:
    """The rules of one task.

    Args:
        selections: The rules that select tables.
        transformations: The rules that change names, in the order in which DMS applies them.
    """

    selections: tuple[_Rule, ...]
    transformations: tuple[_Rule, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read DMS's JSON."""
        rules: list[_Rule] = json.loads(text).get("rules", [])
        return cls(
            selections=tuple(it for it in rules if it["rule-type"] == "selection"),
            transformations=tuple(
                sorted(
                    (it for it in rules if it["rule-type"] == "transformation"),
                    key=lambda rule: int(rule["rule-id"]),
                )
            ),
        )

    def selects(self, table: TableName) -> bool:
        """Whether the task carries a table of the source: leaving out wins."""
        rules = [rule for rule in self.selections if _concerns(rule, table)]
        return bool(rules) and all(rule["rule-action"] != "exclude" for rule in rules)

    def is_filtered(self, table: TableName) -> bool:
        """Whether the task leaves out some of a table's rows."""
        return any(rule.get("filters") and _concerns(rule, table) for rule in self.selections)

    def target(self, table: TableName) -> TableName:
        """What a table of the source is called at the target."""
        schema, name = table
        for rule in self.transformations:
            rename = RENAMES.get(rule["rule-action"])
            if rename is None:
                continue
            value, old = str(rule.get("value", "")), str(rule.get("old-value", ""))
            locator = rule["object-locator"]
            if rule["rule-target"] == "schema" and matches(locator["schema-name"], table.schema):
                schema = rename(schema, value, old)
            elif rule["rule-target"] == "table" and _concerns(rule, table):
                name = rename(name, value, old)
        return TableName(schema, name)


def _concerns(rule: _Rule, table: TableName) -> bool:
    locator = rule["object-locator"]
    names = (locator.get("schema-name", "%"), locator.get("table-name", "%"))
    if rule["rule-action"] == "explicit":
        return names == table
    return matches(names[0], table.schema) and matches(names[1], table.table)
