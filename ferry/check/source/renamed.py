"""What a task calls a table in Aurora."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts.identifiers import identifier
from ferry.mappings import Mappings, TableName

if TYPE_CHECKING:
    from ferry.postgres.catalog.rows import Relation
    from settings.dms import Task


def target_name(task: Task, schema: str, table: str) -> TableName:
    """Schema and name of a table in Aurora; the rules look at the source's."""
    return Mappings.of(task).target(TableName(schema, table))


def target_sql(task: Task, relation: Relation) -> str:
    """A table's name in Aurora, as SQL writes it."""
    return ".".join(map(identifier, target_name(task, relation.schema, relation.name)))
