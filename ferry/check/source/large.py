"""Which columns are large objects to DMS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts.dms_types import LOB_TYPES

if TYPE_CHECKING:
    from ferry.postgres.catalog.rows import Column


def is_lob(column: Column) -> bool:
    """Whether DMS takes a column for a large object."""
    unbounded = column.base == "varchar" and column.modifier == -1
    return column.base in LOB_TYPES or is_array(column) or column.type_kind == "c" or unbounded


def is_array(column: Column) -> bool:
    """Whether it is an array; `int2vector` and its like are of the same category."""
    return column.category == "A"
