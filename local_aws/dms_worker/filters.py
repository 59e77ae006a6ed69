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

from local_aws.dms_worker.databases import first_line, passes
from local_aws.dms_worker.mappings import MappingError
from local_aws.dms_worker.test_decoding import Unchanged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local_aws.dms_worker.catalog import Column, Table
    from local_aws.dms_worker.test_decoding import Change

# Each with the names that what it compares with has in a filter.
_OPERATORS = {
    "eq": ("{0} = {1}", ["value"]),
    "noteq": ("{0} <> {1}", ["value"]),
    "gte": ("{0} >= {1}", ["value"]),
    "lte": ("{0} <= {1}", ["value"]),
    "ste": ("{0} <= {1}", ["value"]),
    "between": ("{0} between {1} and {2}", ["start-value", "end-value"]),
    "notbetween": ("{0} not between {1} and {2}", ["start-value", "end-value"]),
    "null": ("{0} is null", []),
    "notnull": ("{0} is not null", []),
}
# 1.5 is no integer, but it is a number to compare one with.
_INTEGERS = ("int2", "int4", "int8")
_TEXTS = ("varchar", "bpchar", "name")


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
            source.execute(query.format(sql.Identifier(*self.table.name), self.of_the_load()))
        except psycopg.Error as error:
            if passes(error):
                raise
            raise MappingError(f"the filters of {self.table}: {first_line(error)}") from error

    def lets_pass(self, source: psycopg.Connection[Any], change: Change) -> bool:
        """Whether a change of the table is carried."""
        told = {
            name: value
            for name, value in [*change.old.items(), *change.new.items()]
            if not isinstance(value, Unchanged)
        }
        if not all(column.name in told for column, _ in self.filters):
            return change.kind == "UPDATE"
        values = {str(place): told[column.name] for place, (column, _) in enumerate(self.filters)}
        condition = self._condition(
            [
                # The type is the catalog's own text, written by format_type.
                sql.SQL("{}::{}").format(sql.Placeholder(place), sql.SQL(column.type))
                for place, (column, _) in zip(values, self.filters, strict=True)
            ]
        )
        query = sql.SQL("select ({}) is true").format(condition)
        return source.execute(query, values).fetchone() == (True,)

    def _condition(self, values: Sequence[sql.Composable]) -> sql.Composable:
        return sql.SQL(" and ").join(
            sql.SQL("({})").format(
                sql.SQL(" or ").join(_compared(column, value, each) for each in conditions)
            )
            for value, (column, conditions) in zip(values, self.filters, strict=True)
        )


def row_filter(table: Table, filters: Sequence[Mapping[str, Any]]) -> RowFilter | None:
    """The filter of a table; None where all its rows are carried.

    Raises:
        MappingError: A column is not there or holds large objects, or an operator is none of DMS's.
    """
    columns = {column.name: column for column in table.columns}
    found = []
    for each in filters:
        column = columns.get(each["column-name"])
        where = f"the filter of {table} by {each['column-name']}"
        if column is None:
            raise MappingError(f"{where}: there is no such column")
        if column.is_lob:
            raise MappingError(f"{where}: DMS filters by no column of large objects")
        for condition in each["filter-conditions"]:
            operator = condition["filter-operator"]
            if operator not in _OPERATORS:
                known = ", ".join(_OPERATORS)
                raise MappingError(f"{where}: the operator {operator} is not there: {known} are")
            if missing := [name for name in _OPERATORS[operator][1] if name not in condition]:
                raise MappingError(f"{where}: {operator} needs {' and '.join(missing)}")
        found.append((column, each["filter-conditions"]))
    return RowFilter(table=table, filters=found) if found else None


def _compared(
    column: Column, value: sql.Composable, condition: Mapping[str, str]
) -> sql.Composable:
    text, names = _OPERATORS[condition["filter-operator"]]
    given: list[sql.Composable] = [sql.Literal(condition[name]) for name in names]
    if column.base_type in _INTEGERS:
        given = [each + sql.SQL("::numeric") for each in given]
    if column.base_type in _TEXTS:
        value = value + sql.SQL(' collate "C"')
    return sql.SQL(text).format(value, *given)
