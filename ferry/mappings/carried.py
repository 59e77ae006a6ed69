"""What a task carries: which tables and columns, their names at Aurora, and which rows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from facts.renames import RENAMES
from facts.table_patterns import matches
from ferry.mappings.filters import ALL_ROWS, Inexpressible, Rows, condition
from ferry.mappings.rules import TableName, concerns, read, renamed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ferry.mappings.columns import SourceColumn
    from ferry.mappings.rules import Filter, Selection, Transformation
    from settings.dms import Task as FileTask

_ADDS: Final = "add-column"
_EARLIER: Final = "add-before-image-columns"
"""Earlier values are for streams such as Kinesis: nothing of them reaches a PostgreSQL. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.BeforeImage.html"""


@dataclass(frozen=True, kw_only=True, slots=True)
class CarriedColumn:
    """A column of a table that is carried.

    Args:
        name: Its name at the source.
        target: Its name at Aurora; None where it is left behind.
        changed: DMS's words for what changes its values or their type, such as `change-data-type` or
            `data-masking-hash-mask`; none where they arrive as they are.
    """

    name: str
    target: str | None
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class CarriedTable:
    """A table that is carried.

    Args:
        source: Its name at the source.
        target: Its name at Aurora.
        columns: The source's columns, in their order.
        added: The names of the columns that it has at Aurora alone.
        key: The columns of the key that a rule gives it at Aurora; empty where none does.
        at_source: Which of its rows are carried, by the names of the source.
        at_target: The same by Aurora's names.
    """

    source: TableName
    target: TableName
    columns: tuple[CarriedColumn, ...]
    added: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    at_source: Rows | Inexpressible = ALL_ROWS
    at_target: Rows | Inexpressible = ALL_ROWS

    @property
    def is_filtered(self) -> bool:
        """Whether only some of its rows are carried."""
        return isinstance(self.at_source, Inexpressible) or not self.at_source.are_all

    @property
    def inexpressible(self) -> Inexpressible | None:
        """Why its rows cannot be told on both sides; None where they can."""
        for rows in (self.at_source, self.at_target):
            if isinstance(rows, Inexpressible):
                return rows
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mappings:
    """The rules of one task.

    Args:
        selections: The rules that select tables.
        transformations: The rules for what differs at Aurora, in their order.
    """

    selections: Sequence[Selection]
    transformations: Sequence[Transformation] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read DMS's JSON: a task carries what it was deployed with, whatever the file says by now."""
        selections, transformations = read(text)
        return cls(selections=selections, transformations=transformations)

    @classmethod
    def of(cls, task: FileTask) -> Self:
        """What a file says of a task: what it will carry, but for ferry's marker, which no file names."""
        return cls(selections=task.tables, transformations=task.transformations)

    def selects(self, table: TableName) -> bool:
        """Whether the task carries a table of the source: leaving out wins.

        AWS documents no precedence of include and exclude.
        """
        rules = [rule for rule in self.selections if _selects(rule, table)]
        return bool(rules) and all(rule.action != "exclude" for rule in rules)

    def is_filtered(self, table: TableName) -> bool:
        """Whether the task leaves out some of a table's rows."""
        return bool(self._filters(table))

    def target(self, table: TableName) -> TableName:
        """What a table of the source is called at Aurora; the rules look at the source's names."""
        schema, name = table
        for rule in self.transformations:
            if rule.action not in RENAMES or not concerns(rule, table):
                continue
            if rule.target == "schema":
                schema = renamed(schema, rule)
            elif rule.target == "table":
                name = renamed(name, rule)
        return TableName(schema, name)

    def target_column(self, table: TableName, column: str) -> str | None:
        """What a column of the source is called at Aurora; None where it is left behind."""
        return self._column(self._of_columns(table), column).target

    def carried(self, table: TableName, columns: Sequence[SourceColumn]) -> CarriedTable | None:
        """What the task carries of a table of the source; None where it carries nothing of it.

        Args:
            table: The table.
            columns: All of its columns.
        """
        if not self.selects(table):
            return None
        rules = self._of_columns(table)
        made = tuple(self._column(rules, each.name) for each in columns)
        known = {each.name: each for each in columns}
        by_name = {each.name: each for each in made}
        return CarriedTable(
            source=table,
            target=self.target(table),
            columns=made,
            added=tuple(rule.value or "" for rule in rules if rule.action == _ADDS),
            key=self._key(table),
            at_source=self._rows(table, known, at=None),
            at_target=self._rows(table, known, at=by_name),
        )

    def _of_columns(self, table: TableName) -> list[Transformation]:
        return [
            rule
            for rule in self.transformations
            if rule.target == "column" and rule.action != _EARLIER and concerns(rule, table)
        ]

    @staticmethod
    def _column(rules: Sequence[Transformation], name: str) -> CarriedColumn:
        """What becomes of a column by the rules for columns of its table."""
        own = [rule for rule in rules if rule.action != _ADDS and matches(rule.column or "", name)]
        kept = any(rule.action == "include-column" for rule in rules)
        actions = [rule.action for rule in own]
        if "remove-column" in actions or (kept and "include-column" not in actions):
            return CarriedColumn(name=name, target=None)
        target = name
        for rule in own:
            target = renamed(target, rule)
        changed = frozenset(actions) - RENAMES.keys() - {"include-column"}
        return CarriedColumn(name=name, target=target, changed=changed)

    def _key(self, table: TableName) -> tuple[str, ...]:
        return next(
            (
                tuple(rule.primary_key.columns)
                for rule in self.transformations
                if rule.target == "table" and rule.primary_key and concerns(rule, table)
            ),
            (),
        )

    def _filters(self, table: TableName) -> list[Filter]:
        return [
            rows
            for rule in self.selections
            # DMS passes over those of other actions, `explicit` too.
            if rule.action == "include" and rule.filters and _selects(rule, table)
            for rows in rule.filters
        ]

    def _rows(
        self,
        table: TableName,
        columns: Mapping[str, SourceColumn],
        *,
        at: Mapping[str, CarriedColumn] | None,
    ) -> Rows | Inexpressible:
        """Which rows of a table are carried.

        Args:
            table: The table.
            columns: Its columns at the source.
            at: What becomes of them at Aurora; None for the source.
        """
        groups = []
        for rows in self._filters(table):
            name = rows.column
            if at is not None and name in at:
                target, changed = at[name].target, at[name].changed
                if target is None or changed:
                    how = (
                        f"which {min(changed)} changes"
                        if changed
                        else "which the task leaves behind"
                    )
                    return Inexpressible(why=f"its filter names {name}, {how}")
                name = target
            group = condition(rows, columns.get(rows.column), name=name, at_source=at is None)
            if isinstance(group, Inexpressible):
                return group
            groups.append(group)
        return Rows(groups=tuple(groups))


def _selects(rule: Selection, table: TableName) -> bool:
    schema, name = rule.patterns
    return matches(schema, table.schema) and matches(name, table.table)
