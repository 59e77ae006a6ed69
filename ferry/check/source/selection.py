"""Which tables a selection of a task takes, of tens of thousands."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from facts.table_patterns import expression, length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from ferry.postgres.catalog.rows import Relation
    from settings.dms import Task
    from settings.table_mappings import Table


class Selectable:
    """Tables by schema and by the length of their names.

    Most patterns are names with `_` in them, and match names of their own length alone.

    Args:
        relations: The tables.
    """

    def __init__(self, relations: Iterable[Relation]) -> None:
        self._by_schema: dict[str, dict[int, list[Relation]]] = {}
        for relation in relations:
            by_length = self._by_schema.setdefault(relation.schema, defaultdict(list))
            by_length[len(relation.name)].append(relation)

    def selected(self, table: Table) -> list[Relation]:
        """What one selection takes, whether it includes or excludes."""
        of_schema, of_name = map(_compiled, table.patterns)
        return [
            relation
            for schema, by_length in self._by_schema.items()
            if of_schema.fullmatch(schema)
            for relation in _candidates(by_length, length(table.patterns[1]))
            if of_name.fullmatch(relation.name)
        ]

    def carried(self, task: Task) -> AbstractSet[int]:
        """The oids of what a task carries: leaving out wins.

        AWS documents no precedence of include and exclude; `settings.rules.selections` reads them so
        too.
        """
        return self._taken(task, "include") - self._taken(task, "exclude")

    def left_out(self, task: Task) -> AbstractSet[int]:
        """The oids of what a task leaves out on purpose."""
        return self._taken(task, "exclude")

    def _taken(self, task: Task, action: str) -> set[int]:
        return {
            relation.oid
            for table in task.tables
            if table.action == action
            for relation in self.selected(table)
        }


def _candidates(by_length: dict[int, list[Relation]], size: int | None) -> Iterator[Relation]:
    if size is not None:
        yield from by_length.get(size, ())
        return
    for relations in by_length.values():
        yield from relations


@lru_cache(maxsize=10_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(expression(pattern), re.DOTALL)
