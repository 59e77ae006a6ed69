"""A table of one side, as the catalogs have it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ferry.mappings import TableName
    from ferry.postgres.catalog.rows import Column, Index


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table of one side.

    Args:
        name: Its name.
        columns: Its columns, in their order.
        indexes: Its indexes.
        is_partitioned: Whether its rows are in partitions.
        nondeterministic: The oids of the database's collations under which unequal texts are equal.
        unreadable: The columns that ferry's operator has no SELECT on.
        rows: How many rows PostgreSQL expects; 0 where it knows nothing.
        bytes: How large it is, its partitions and its TOAST included.
        shape: What changes with its columns and keys; empty where that is not known.
        by_columns: Whether ferry's operator has SELECT on columns of it at most, and so none on `xmin`.
    """

    name: TableName
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...] = ()
    is_partitioned: bool = False
    nondeterministic: frozenset[int] = frozenset()
    unreadable: frozenset[str] = frozenset()
    rows: int = 0
    bytes: int = 0
    shape: str = ""
    by_columns: bool = False
