"""By what rows of both sides are told apart. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from ferry.migrate.verify.expressions import text
from ferry.postgres import sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.migrate.verify.expressions import Compared, Way
    from ferry.migrate.verify.tables import Table
    from ferry.postgres.catalog.rows import Index

_INTEGERS: Final = frozenset({"int2", "int4", "int8"})
_FOUND_BY_VALUE: Final = _INTEGERS | {
    "bool", "oid", "date", "time", "timetz", "timestamp", "timestamptz", "uuid", "bytea", "inet",
    "cidr", "macaddr", "macaddr8", "name", "text", "varchar", "bpchar", "numeric", "float4", "float8",
    "interval",
}  # fmt: skip
"""Types whose `=` PostgreSQL has itself, so that an index finds their values. Those of extensions hide
theirs from an empty search path; a value of an enum may be none on the other side."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """The columns of a key, which both sides keep unique and NOT NULL.

    Args:
        columns: The columns.
    """

    columns: tuple[Compared, ...]

    def turned(self) -> Self:
        """The same of sides that have changed places."""
        return type(self)(columns=tuple(each.turned() for each in self.columns))

    @property
    def is_integer(self) -> bool:
        """Whether it is one column of integers: rows are cut by ranges of it, which an index finds."""
        return len(self.columns) == 1 and all(
            each.base in _INTEGERS for each in (self.columns[0].source, self.columns[0].target)
        )


def key(source: Table, target: Table, compared: Sequence[Compared]) -> Key | None:
    """The primary key, or else the shortest unique index, of those that both sides have; None for none.

    Args:
        source: The table at the source.
        target: It in Aurora.
        compared: The columns that are compared; others cannot be a key's.
    """
    by_number = {each.source.number: each for each in compared}
    theirs = {frozenset(index.columns) for index in target.indexes if _tells_apart(index, target)}
    for index in sorted(source.indexes, key=_order):
        if not _tells_apart(index, source) or not all(it in by_number for it in index.columns):
            continue
        columns = tuple(by_number[it] for it in index.columns)
        if frozenset(each.target.number for each in columns) in theirs:
            return Key(columns=columns)
    return None


def value(place: int) -> sql.Identifier:
    """What the text of a key's column is called in a list of keys."""
    return sql.Identifier(f"value {place}")


def found_by(way: Way, name: str, base: str, place: int) -> sql.Composable:
    """That a column has the value that a list of keys, `k`, holds as text.

    Args:
        way: How the column is written.
        name: Its name.
        base: Its base type.
        place: Its place in the key.
    """
    given = sql.SQL("k.{}").format(value(place))
    if base in _FOUND_BY_VALUE:
        # The other side's integers may be larger.
        type_ = "int8" if base in _INTEGERS else base
        return sql.SQL("{} = {}::{}").format(
            sql.Identifier("t", name), given, sql.Identifier("pg_catalog", type_)
        )
    return sql.SQL("{} = {}").format(text(way, name), given)


def _order(index: Index) -> tuple[bool, int, str]:
    return (not index.is_primary, len(index.columns), index.name)


def _tells_apart(index: Index, table: Table) -> bool:
    not_null = {column.number for column in table.columns if column.not_null}
    return (
        index.is_unique
        and index.is_valid
        and index.is_immediate
        and not index.is_partial
        and not index.expressions
        and not_null.issuperset(index.columns)
    )
