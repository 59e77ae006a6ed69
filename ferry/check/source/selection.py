"""Which of a database's tables a task carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from facts.table_patterns import expression

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ferry.postgres.catalog.rows import Relation
    from settings.dms import Task
    from settings.table_mappings import Table

_BETWEEN: Final = "\0"
"""No name has it, so that no pattern of a schema reaches into the table's."""


@dataclass(frozen=True)
class Selection:
    """A task's selections, read as one: leaving out wins.

    AWS documents no precedence of include and exclude; `settings.rules.selections` reads them so too.
    """

    task: Task

    def carries(self, relation: Relation) -> bool:
        """Whether the task carries a table."""
        key = f"{relation.schema}{_BETWEEN}{relation.name}"
        return bool(self._included.fullmatch(key)) and not self._excluded.fullmatch(key)

    def leaves_out(self, relation: Relation) -> bool:
        """Whether the task leaves a table out on purpose."""
        return bool(self._excluded.fullmatch(f"{relation.schema}{_BETWEEN}{relation.name}"))

    @cached_property
    def _included(self) -> re.Pattern[str]:
        return _any_of(table for table in self.task.tables if table.action == "include")

    @cached_property
    def _excluded(self) -> re.Pattern[str]:
        return _any_of(table for table in self.task.tables if table.action == "exclude")


def pattern_of(table: Table) -> re.Pattern[str]:
    """The names that one selection takes, as `matching` reads them."""
    return _any_of([table])


def matching(pattern: re.Pattern[str], relations: Iterable[Relation]) -> list[Relation]:
    """The tables that a selection takes."""
    return [
        relation
        for relation in relations
        if pattern.fullmatch(f"{relation.schema}{_BETWEEN}{relation.name}")
    ]


def _any_of(tables: Iterable[Table]) -> re.Pattern[str]:
    """What none of them takes is taken by none: an empty choice matches nothing."""
    names = [_BETWEEN.join(map(expression, table.patterns)) for table in tables]
    return re.compile("|".join(names) if names else r"(?!)", re.DOTALL)
