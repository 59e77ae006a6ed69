"""Row filters of selection rules: which rows of a table a task carries.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html

One condition decides both of the rows of the load and of the changes, and the source computes both:
numbers are compared as numbers, text by its bytes, the rest as its type is. NULL passes `null`
alone. A row has to pass all filters; of each, one condition. Where several rules include a table,
the filters of all of them count: no source tells.

Of changes the new values decide, so a row that begins to pass is updated where it is not there, and
one that passes no longer stays: AWS says to filter by columns that never change. A deletion passes
by what the replica identity tells of the row; where that is not the filter's columns, it is not
carried (of what DMS is built on:
https://help.qlik.com/en-US/replicate/November2023/Content/Replicate/Main/AWS%20RDS%20PostgreSQL/aws_limitations_postgresql_source.htm). An update that leaves a value out of line as it was, which is not told,
is carried: its row is there if it passed. No source tells what DMS does there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from local_aws.dms_worker.databases import passes, table_name
from local_aws.dms_worker.mappings import MappingError
from local_aws.dms_worker.test_decoding import Unchanged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local_aws.dms_worker.catalog import Column, Table
    from local_aws.dms_worker.test_decoding import Change, Value

_OPERATORS = {
    "eq": "{0} = {1}",
    "noteq": "{0} <> {1}",
    "gte": "{0} >= {1}",
    "lte": "{0} <= {1}",
    "ste": "{0} <= {1}",
    "between": "{0} between {1} and {2}",
    "notbetween": "{0} not between {1} and {2}",
    "null": "{0} is null",
    "notnull": "{0} is not null",
}
_VALUES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("between", "notbetween"), ("start-value", "end-value")),
    **dict.fromkeys(("null", "notnull"), ()),
}
# 1.5 is no integer, but it is a number to compare one with.
_INTEGERS = frozenset({"int2", "int4", "int8"})
_TEXTS = frozenset({"varchar", "bpchar", "name"})


@dataclass(frozen=True, kw_only=True, slots=True)
class RowFilter:
    """The filters of a table, each a column and its conditions in the words of the mappings."""

    table: Table
    filters: Sequence[tuple[Column, Sequence[Mapping[str, str]]]]

    def of_the_load(self) -> sql.Composable:
        """The condition of a row of the table."""
        return self._condition([sql.Identifier(column.name) for column, _ in self.filters])

    def check(self, source: psycopg.Connection[Any]) -> None:
        """See that the source takes the condition.

        Raises:
            MappingError: It does not, as where a column is compared with what is none of its values.
            psycopg.Error: The source is gone.
        """
        query = sql.SQL("select 1 from {} where {} limit 0")
        try:
            source.execute(query.format(table_name(self._name), self.of_the_load()))
        except psycopg.Error as error:
            if passes(error):
                raise
            first = str(error).splitlines()[0]
            raise MappingError(f"the filters of {'.'.join(self._name)}: {first}") from error

    def passing(self, source: psycopg.Connection[Any], changes: Sequence[Change]) -> list[bool]:
        """Of each change of the table whether it is carried."""
        rows = [self._row(change) for change in changes]
        told = [row for row in rows if not isinstance(row, bool)]
        answers = iter(self._asked(source, told) if told else ())
        return [row if isinstance(row, bool) else next(answers) for row in rows]

    def _row(self, change: Change) -> list[Value] | bool:
        """The values of the filters' columns; or what is decided without them."""
        told = {
            name: value
            for name, value in [*change.old.items(), *change.new.items()]
            if not isinstance(value, Unchanged)
        }
        names = [column.name for column, _ in self.filters]
        if all(name in told for name in names):
            return [told[name] for name in names]
        return change.kind == "UPDATE"

    def _asked(self, source: psycopg.Connection[Any], rows: Sequence[list[Value]]) -> list[bool]:
        columns = range(len(self.filters))
        values = [
            sql.SQL("(r.{})::{}").format(sql.Identifier(f"c{place}"), _type(column))
            for place, (column, _) in enumerate(self.filters)
        ]
        query = sql.SQL("select ({}) is true from unnest({}) with ordinality r({}, n) order by n")
        found = source.execute(
            query.format(
                self._condition(values),
                sql.SQL(", ").join(sql.SQL("%s::text[]") for _ in columns),
                sql.SQL(", ").join(sql.Identifier(f"c{place}") for place in columns),
            ),
            [[row[place] for row in rows] for place in columns],
        )
        return [passed for (passed,) in found]

    def _condition(self, values: Sequence[sql.Composable]) -> sql.Composable:
        return sql.SQL(" and ").join(
            sql.SQL("({})").format(
                sql.SQL(" or ").join(_compared(column, value, each) for each in conditions)
            )
            for value, (column, conditions) in zip(values, self.filters, strict=True)
        )

    @property
    def _name(self) -> tuple[str, str]:
        return self.table.schema, self.table.name


def row_filter(table: Table, filters: Sequence[Mapping[str, Any]]) -> RowFilter | None:
    """The filter of a table; None where all its rows are carried.

    Raises:
        MappingError: A column is not there or holds large objects, or an operator is none of DMS's.
    """
    columns = {column.name: column for column in table.columns}
    found = []
    for each in filters:
        column = columns.get(each["column-name"])
        where = f"the filter of {table.schema}.{table.name} by {each['column-name']}"
        if column is None:
            raise MappingError(f"{where}: there is no such column")
        if column.is_lob:
            raise MappingError(f"{where}: DMS filters by no column of large objects")
        for condition in each["filter-conditions"]:
            if condition["filter-operator"] not in _OPERATORS:
                raise MappingError(
                    f"{where}: the operator {condition['filter-operator']} is not there: "
                    f"{', '.join(_OPERATORS)} are"
                )
            if missing := [name for name in _takes(condition) if name not in condition]:
                raise MappingError(
                    f"{where}: {condition['filter-operator']} needs {' and '.join(missing)}"
                )
        found.append((column, each["filter-conditions"]))
    return RowFilter(table=table, filters=found) if found else None


def _compared(
    column: Column, value: sql.Composable, condition: Mapping[str, str]
) -> sql.Composable:
    given: list[sql.Composable] = [sql.Literal(condition[name]) for name in _takes(condition)]
    if column.base_type in _INTEGERS:
        given = [each + sql.SQL("::numeric") for each in given]
    if column.base_type in _TEXTS:
        value = value + sql.SQL(' collate "C"')
    return sql.SQL(_OPERATORS[condition["filter-operator"]]).format(value, *given)


def _takes(condition: Mapping[str, str]) -> tuple[str, ...]:
    """What a condition compares with, by the names that it has in a filter."""
    return _VALUES.get(condition["filter-operator"], ("value",))


def _type(column: Column) -> sql.Composable:
    # The catalog's own text, written by format_type.
    return sql.SQL(column.type)
