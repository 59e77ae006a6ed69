"""A table as a task carries it: which columns, under which names, with which values.

Values are those that PostgreSQL prints, of the load and of changes alike, and so are the rules:
DMS carries no infinity, and of a numeric without precision six decimals
(https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html). The limit of large
objects is one of bytes, of a text as UTF-8, and a character that does not fit is left out whole:
DMS's limit is in KB, and no source tells more. What hides a value:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Masking.html

An added column is computed by SQLite, as with DMS, from numbers, text and NULL; of what DMS adds to
SQLite the source's schema and table are there (AR_M_SOURCE_SCHEMA, AR_M_SOURCE_TABLE_NAME), while
its functions and the headers of changes (AR_H_...) are refused:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Expressions.html
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any

from local_aws.dms_worker.filters import row_filter
from local_aws.dms_worker.job import TaskFailed, log
from local_aws.dms_worker.mappings import MASKS, MappingError
from local_aws.dms_worker.test_decoding import Unchanged

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Mapping, Sequence

    from local_aws.dms_worker.catalog import Column, Table
    from local_aws.dms_worker.filters import RowFilter
    from local_aws.dms_worker.job import Job, TableId
    from local_aws.dms_worker.mappings import Mappings
    from local_aws.dms_worker.test_decoding import Value

_BYTES_PER_KB = 1024
# As PostgreSQL prints the ends, so that they are compared as they are carried.
_ENDS = {
    "date": {"infinity": "9999-12-31", "-infinity": "4713-01-01 BC"},
    **{
        f"timestamp{zone}": {
            "infinity": f"9999-12-31 23:59:59.999999{offset}",
            "-infinity": f"4713-01-01 00:00:00{offset} BC",
        }
        for zone, offset in (("", ""), ("tz", "+00"))
    },
}
_SMALLEST = Decimal("0.000001")
# Any numeric of PostgreSQL is computed exactly: 131,072 digits before the point.
_EXACT = Context(prec=150_000, rounding=ROUND_HALF_UP)
_DIGIT = re.compile("[0-9]")
# As what SQLite takes values, by their types; all others as text.
_NUMBERS: dict[str, Callable[[str], float]] = {
    "bool": lambda value: int(value.startswith("t")),
    **dict.fromkeys(("int2", "int4", "int8"), int),
    **dict.fromkeys(("float4", "float8", "numeric"), float),
}
# DMS's types as a PostgreSQL target has them.
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.PostgreSQL.html, data types
_TYPES = {
    "boolean": "boolean", "bytes": "bytea", "date": "date", "time": "time", "datetime": "timestamp",
    "int1": "smallint", "int2": "smallint", "int4": "integer", "int8": "bigint",
    "uint1": "smallint", "uint2": "integer", "uint4": "bigint", "uint8": "bigint",
    "numeric": "numeric", "real4": "real", "real8": "double precision",
    "string": "varchar", "wstring": "varchar", "blob": "bytea", "clob": "text", "nclob": "text",
}  # fmt: skip
_SIZES = {"string": ("length",), "wstring": ("length",), "numeric": ("precision", "scale")}
# It computes without a database, and takes one call after the other from several threads.
_sqlite = sqlite3.connect(":memory:", check_same_thread=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class CarriedColumn:
    """A column that is carried.

    `type` is that of the target, where the table is made. `limit_bytes` is where its values are cut,
    None for nowhere.
    """

    column: Column
    target: str
    type: str
    mask: Mapping[str, str] | None
    limit_bytes: int | None
    rounded: bool

    def carried(self, value: str) -> str:
        """A value as it reaches the target."""
        if self.mask:
            return _masked(self.mask, value)
        if ends := _ENDS.get(self.column.base_type):
            return ends.get(value, value)
        if self.rounded:
            number = Decimal(value)
            return str(number.quantize(_SMALLEST, context=_EXACT)) if number.is_finite() else value
        if self.limit_bytes is None:
            return value
        if self.column.base_type == "bytea":
            return value[: len("\\x") + 2 * self.limit_bytes]  # two digits a byte
        return value.encode()[: self.limit_bytes].decode(errors="ignore")


@dataclass(frozen=True, kw_only=True, slots=True)
class AddedColumn:
    """A column that the source does not have."""

    target: str
    type: str
    expression: str
    table: Table

    def value(self, row: Mapping[str, Value]) -> str | None:
        """What the expression makes of a row.

        Raises:
            MappingError: SQLite cannot compute it, as where it does not know a function or a column.
        """
        given: dict[str, object] = dict(row)
        for column in self.table.columns:
            value, number = row.get(column.name), _NUMBERS.get(column.base_type)
            if number and isinstance(value, str):
                given[column.name] = number(value)
        schema, table = self.table.name
        given |= {"AR_M_SOURCE_SCHEMA": schema, "AR_M_SOURCE_TABLE_NAME": table}
        try:
            ((found,),) = _sqlite.execute(f"select {self.expression}", given)
        except sqlite3.Error as error:
            raise MappingError(f"the expression of {self.table}.{self.target}: {error}") from error
        return None if found is None else str(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class CarriedTable:
    """A table that a task carries. `key` is that of the target, where the table is made."""

    table: Table
    target: TableId
    columns: Sequence[CarriedColumn]
    added: Sequence[AddedColumn]
    left_out: frozenset[str]
    key: Sequence[str]
    filter: RowFilter | None

    @property
    def read(self) -> Sequence[str]:
        """The columns of the source whose values are needed."""
        if self.added:
            return [column.name for column in self.table.columns]
        return [column.column.name for column in self.columns]

    @property
    def written(self) -> Mapping[str, str]:
        """The columns of the target that get values, and their types where the table is made."""
        columns: list[CarriedColumn | AddedColumn] = [*self.columns, *self.added]
        return {column.target: column.type for column in columns}

    def why_not(self, *, full_lob: bool) -> str | None:
        """Why DMS does not carry it at all; None where it does.

        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, limitations
        """
        if self.table.key:
            return None
        if any(column.column.is_array for column in self.columns):
            return "it has an array and no primary key"
        if full_lob and any(column.column.is_lob for column in self.columns):
            return "it has large objects and no primary key, and the LOB mode is full"
        return None

    def carried(self, row: Mapping[str, Value], cut: Counter[str]) -> dict[str, str | None]:
        """The values of a row, or of a part of it, by the target's columns; what is cut is counted.

        A value that is not told is left out.
        """
        values: dict[str, str | None] = {}
        for column in self.columns:
            name = column.column.name
            if name not in row or isinstance(value := row[name], Unchanged):
                continue
            values[column.target] = value if value is None else column.carried(value)
            if column.limit_bytes is not None and values[column.target] != value:
                cut[name] += 1
        return values

    def computed(self, row: Mapping[str, Value]) -> dict[str, str | None]:
        """The values of the added columns; none where a value of the row is not told."""
        if any(isinstance(value, Unchanged) for value in row.values()):
            return {}
        return {column.target: column.value(row) for column in self.added}

    def tell_cut(self, cut: Counter[str], *, fails: bool) -> None:
        """Tell of values that were cut.

        Raises:
            TaskFailed: The endpoint says that this fails the task.
        """
        for column in self.columns:
            if count := cut[column.column.name]:
                text = (
                    f"{self.table}: {count} values of column {column.column.name} are longer than "
                    f"{column.limit_bytes} bytes"
                )
                if fails:
                    raise TaskFailed(text)
                log("W", f"{text}; they are truncated")


def carry(table: Table, *, job: Job, mappings: Mappings) -> CarriedTable:
    """What a task carries of a table.

    Raises:
        MappingError: The mappings ask for what is not there.
    """
    supported = job.setting("TargetMetadata", "SupportLobs", default=True)
    columns = []
    left_out = set()
    for column in table.columns:
        target = mappings.target_column(*table.name, column.name)
        if target is None or (column.is_lob and not supported):
            left_out.add(column.name)
            continue
        changed = mappings.transformations(*table.name, column.name, "change-data-type")
        masks = mappings.transformations(*table.name, column.name, *MASKS)
        if column.is_lob and (changed or masks):
            raise MappingError(
                f"a transformation of {table}.{column.name}: DMS leaves out or renames large "
                "objects, and changes them no other way"
            )
        columns.append(
            CarriedColumn(
                column=column,
                target=target,
                type=_type(changed[0]["data-type"]) if changed else column.type,
                mask=masks[0] if masks else None,
                limit_bytes=_limit(column, table, job=job, mappings=mappings),
                rounded=column.is_unbounded_numeric
                and not job.source.map_unbounded_numeric_as_string,
            )
        )
    return CarriedTable(
        table=table,
        target=mappings.target_table(*table.name),
        columns=columns,
        added=[
            _added(rule, table)
            for rule in mappings.transformations(*table.name, None, "add-column")
        ],
        left_out=frozenset(left_out),
        key=mappings.new_key(*table.name) or table.key,
        filter=row_filter(table, mappings.filters(*table.name)),
    )


def _added(rule: Mapping[str, Any], table: Table) -> AddedColumn:
    column = AddedColumn(
        target=rule["value"],
        type=_type(rule["data-type"]),
        expression=rule["expression"],
        table=table,
    )
    column.value({each.name: None for each in table.columns})
    return column


def _type(data_type: Mapping[str, Any]) -> str:
    """The type of PostgreSQL that a transformation gives to a column."""
    name = data_type["type"]
    sizes = [str(int(data_type[each])) for each in _SIZES.get(name, ()) if each in data_type]
    return _TYPES[name] + (f"({', '.join(sizes)})" if sizes else "")


def _limit(column: Column, table: Table, *, job: Job, mappings: Mappings) -> int | None:
    """Where values of a column are cut: in limited mode alone."""
    own = mappings.lob(*table.name)
    limited = job.setting("TargetMetadata", "LimitedSizeLobMode", default=True)
    if not column.is_lob or own.get("mode", "limited" if limited else "unlimited") == "unlimited":
        return None
    size_kb = own.get("bulk-max-size", job.setting("TargetMetadata", "LobMaxSize", default=32))
    return int(size_kb) * _BYTES_PER_KB


def _masked(rule: Mapping[str, str], value: str) -> str:
    if rule["rule-action"] == "data-masking-hash-mask":
        return hashlib.sha256(value.encode()).hexdigest().upper()
    if rule["rule-action"] == "data-masking-digits-mask":
        return _DIGIT.sub(lambda _: rule["value"], value)
    return _DIGIT.sub(lambda _: str(secrets.randbelow(10)), value)
