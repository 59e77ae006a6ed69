"""The rows that a task carries, as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.postgres import sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.mappings.filters import Comparison, Rows

_OPERATORS: Final[Mapping[str, str]] = {
    "eq": "{} = {}",
    "noteq": "{} <> {}",
    "gte": "{} >= {}",
    "lte": "{} <= {}",
    "ste": "{} <= {}",
    "between": "{} between {} and {}",
    "notbetween": "{} not between {} and {}",
    "null": "{} is null",
    "notnull": "{} is not null",
}


def where(rows: Rows, *, of: str = "") -> sql.Composable:
    """The condition as a query's WHERE takes it; `true` where all rows are meant.

    Of a column that is NULL it may be NULL: a row that does not pass is one of which it `is not true`.
    The values stand in it as literals. Run it without parameters, to which their percent signs would
    be places.

    Args:
        rows: The rows.
        of: The alias of their table in the query; empty where it has no other.
    """
    if rows.are_all:
        return sql.SQL("true")
    return sql.SQL(" and ").join(
        sql.SQL("({})").format(sql.SQL(" or ").join(_compared(it, of) for it in group))
        for group in rows.groups
    )


def _compared(comparison: Comparison, of: str) -> sql.Composable:
    column: sql.Composable = sql.Identifier(*filter(None, (of, comparison.column)))
    if not comparison.values:
        return sql.SQL(_OPERATORS[comparison.operator]).format(column)
    if comparison.as_text:
        # As its output function writes it: a cast of an enum's to text may be anybody's.
        column = sql.SQL("case when {c} is not null then pg_catalog.concat({c}) end").format(
            c=column
        )
    if comparison.by_bytes:
        column = sql.SQL('{} collate pg_catalog."C"').format(column)
    type_ = sql.Identifier("pg_catalog", comparison.type)
    values = [sql.SQL("{}::{}").format(sql.Literal(value), type_) for value in comparison.values]
    return sql.SQL(_OPERATORS[comparison.operator]).format(column, *values)
