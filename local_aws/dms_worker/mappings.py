"""Table mappings: which tables a task carries, and what they are called at the target.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html

AWS documents no precedence of include and exclude; here exclude wins. Another type and another key
are those of a table that is made: of one that is there its own count, and no source tells that DMS
finds rows by a key that it defines. Earlier values of columns are refused: AWS describes them for
streams such as Kinesis alone, and no source tells what becomes of them on the way to PostgreSQL.
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.BeforeImage.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local_aws.dms_worker.job import TaskFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from local_aws.dms_worker.job import TableId

    Rule = Mapping[str, Any]


class MappingError(TaskFailed):
    """The mappings ask for what is not there."""


MASKS = ("data-masking-digits-mask", "data-masking-digits-randomize", "data-masking-hash-mask")
_RENAMES: dict[str, Callable[[str, Rule], str]] = {
    "rename": lambda _, rule: str(rule["value"]),
    "convert-lowercase": lambda name, _: name.lower(),
    "convert-uppercase": lambda name, _: name.upper(),
    "add-prefix": lambda name, rule: rule["value"] + name,
    "add-suffix": lambda name, rule: name + rule["value"],
    "remove-prefix": lambda name, rule: name.removeprefix(rule["value"]),
    "remove-suffix": lambda name, rule: name.removesuffix(rule["value"]),
    "replace-prefix": lambda name, rule: (
        rule["value"] + name.removeprefix(rule["old-value"])
        if name.startswith(rule["old-value"])
        else name
    ),
    "replace-suffix": lambda name, rule: (
        name.removesuffix(rule["old-value"]) + rule["value"]
        if name.endswith(rule["old-value"])
        else name
    ),
}
_ACTIONS = {
    "schema": (*_RENAMES,),
    "table": (*_RENAMES, "define-primary-key"),
    "column": (
        *(*_RENAMES, *MASKS),
        *("remove-column", "include-column", "change-data-type", "add-column"),
    ),
}
_BEFORE_IMAGE = "add-before-image-columns"


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A part of a table's full load: rows after `after`, up to and with `upto`, by the columns."""

    columns: tuple[str, ...]
    after: tuple[str, ...] | None
    upto: tuple[str, ...] | None


class Mappings:
    """The rules of one task."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Take the rules, transformations in the order of their numbers.

        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html

        Raises:
            MappingError: They ask for what is not there.
        """
        self._selections = [rule for rule in rules if rule["rule-type"] == "selection"]
        self._settings = [rule for rule in rules if rule["rule-type"] == "table-settings"]
        self._transformations = sorted(
            (rule for rule in rules if rule["rule-type"] == "transformation"),
            key=lambda rule: int(rule["rule-id"]),
        )
        for rule in self._selections:
            name = ".".join(_names(rule))
            if rule.get("filters") and rule["rule-action"] == "include" and "%" in name:
                raise MappingError(f"filters of {name}: DMS filters tables by their exact names")
        for rule in self._transformations:
            action, target = rule["rule-action"], rule["rule-target"]
            if action == _BEFORE_IMAGE:
                raise MappingError(
                    f"the transformation {action} is not there: DMS brings earlier values to "
                    "streams, not to PostgreSQL"
                )
            if action not in _ACTIONS.get(target, ()):
                raise MappingError(f"the transformation {action} of a {target} is not there")

    def selects(self, schema: str, table: str) -> bool:
        """Whether the task carries a table of the source."""
        actions = {
            rule["rule-action"] for rule in self._selections if _concerns(rule, schema, table)
        }
        return bool(actions) and "exclude" not in actions

    @property
    def named(self) -> list[TableId]:
        """The tables that rules include by their full names; DMS says of each if it is not there."""
        found = [
            _names(rule)
            for rule in self._selections
            if rule["rule-action"] == "explicit"
            or (
                rule["rule-action"] == "include" and not re.search(r"[%_\[]", "".join(_names(rule)))
            )
        ]
        return list(dict.fromkeys(found))

    def filters(self, schema: str, table: str) -> list[Rule]:
        """The row filters of a table: DMS applies those of rules whose action is `include`."""
        rules = [
            rule
            for rule in self._selections
            if rule["rule-action"] == "include" and _concerns(rule, schema, table)
        ]
        return [each for rule in rules for each in rule.get("filters", ())]

    def load_order(self, schema: str, table: str) -> int:
        """The highest load order of a table's rules: tables of a higher one are loaded earlier."""
        rules = [rule for rule in self._selections if _concerns(rule, schema, table)]
        return max((int(rule.get("load-order", 0)) for rule in rules), default=0)

    def target_table(self, schema: str, table: str) -> TableId:
        """The schema and name of a table at the target."""
        new_schema, new_table = schema, table
        for rule in self._transformations:
            rename = _RENAMES.get(rule["rule-action"])
            if not rename:
                continue
            if rule["rule-target"] == "schema" and _like(_names(rule)[0], schema):
                new_schema = rename(new_schema, rule)
            elif rule["rule-target"] == "table" and _concerns(rule, schema, table):
                new_table = rename(new_table, rule)
        return new_schema, new_table

    def target_column(self, schema: str, table: str, column: str) -> str | None:
        """The name of a column at the target; None where it is left out."""
        rules = self.transformations(schema, table, column)
        actions = [rule["rule-action"] for rule in rules]
        included = self.transformations(schema, table, None, "include-column")
        if "remove-column" in actions or (included and "include-column" not in actions):
            return None
        new = column
        for rule in rules:
            if rename := _RENAMES.get(rule["rule-action"]):
                new = rename(new, rule)
        return new

    def transformations(
        self, schema: str, table: str, column: str | None, *actions: str
    ) -> list[Rule]:
        """The transformations of a column, or of a table where it is None, by one of the actions."""
        return [
            rule
            for rule in self._transformations
            if _concerns(rule, schema, table)
            and (not actions or rule["rule-action"] in actions)
            and (
                column is None
                or (
                    rule["rule-target"] == "column"
                    and _like(rule["object-locator"].get("column-name", "%"), column)
                )
            )
        ]

    def new_key(self, schema: str, table: str) -> list[str]:
        """The columns of the key that a table gets at the target; none for those of its own."""
        rules = self.transformations(schema, table, None, "define-primary-key")
        return list(rules[0]["primary-key-def"]["columns"]) if rules else []

    def segments(self, schema: str, table: str) -> list[Segment]:
        """The parts in which a table is loaded; one row whose column is NULL is in none of them."""
        settings = self._of(schema, table, "parallel-load")
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

    def lob(self, schema: str, table: str) -> Rule:
        """The settings of a table's large objects, where it has some of its own."""
        return self._of(schema, table, "lob-settings")

    def _of(self, schema: str, table: str, kind: str) -> Rule:
        rules = [rule for rule in self._settings if _concerns(rule, schema, table)]
        found: Rule = rules[0].get(kind, {}) if rules else {}
        return found


def _concerns(rule: Rule, schema: str, table: str) -> bool:
    names = _names(rule)
    if rule.get("rule-action") == "explicit":
        return names == (schema, table)
    return _like(names[0], schema) and _like(names[1], table)


def _names(rule: Rule) -> TableId:
    locator = rule["object-locator"]
    return locator.get("schema-name", "%"), locator.get("table-name", "%")


def _like(pattern: str, name: str) -> bool:
    """Whether a name is of a pattern: % any text, _ any character, [ ] one of these characters.

    `[a-d]` is one between two. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html
    """
    expression = re.sub(r"%|_|\[([^\]]+)\]|.", _expression, pattern, flags=re.DOTALL)
    return re.fullmatch(expression, name, re.DOTALL) is not None


def _expression(part: re.Match[str]) -> str:
    if part[1]:
        ranges = re.findall(r"((.)-(.)|.)", part[1], re.DOTALL)
        signs = [
            f"{re.escape(low)}-{re.escape(high)}" if low and low <= high else re.escape(every)
            for every, low, high in ranges
        ]
        return f"[{''.join(signs)}]"
    return {"%": ".*", "_": "."}.get(part[0], re.escape(part[0]))
