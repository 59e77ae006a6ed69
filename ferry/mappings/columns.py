"""What of a column decides how DMS carries and compares it."""

from __future__ import annotations

from typing import Protocol

from facts.dms_types import LOB_TYPES


class SourceColumn(Protocol):
    """A column of the source's catalogs; `ferry.postgres.catalog.rows.Column` is one."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def base(self) -> str:
        """Its type's name in `pg_type`; of a domain that of what it is over."""

    @property
    def type_kind(self) -> str:
        """The type's `typtype`, such as `e` of an enum."""

    @property
    def category(self) -> str:
        """The type's `typcategory`, such as `A` of an array."""

    @property
    def modifier(self) -> int:
        """`atttypmod`, -1 for none."""


def is_lob(column: SourceColumn) -> bool:
    """Whether DMS takes a column for a large object."""
    unbounded = column.base == "varchar" and column.modifier == -1
    return column.base in LOB_TYPES or is_array(column) or column.type_kind == "c" or unbounded


def is_array(column: SourceColumn) -> bool:
    """Whether it is an array; `int2vector` and its like are of the same category."""
    return column.category == "A"
