"""A table as a task carries it: which columns, under which names, with which values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING

from psycopg import sql

from local_aws.dms_worker.filters import row_filter
from local_aws.dms_worker.mappings import MappingError
from local_aws.dms_worker.transforming import MASKS, masked, masked_at_source, postgresql_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local_aws.dms_worker.catalog import Column, Table
    from local_aws.dms_worker.filters import RowFilter
    from local_aws.dms_worker.job import Job
    from local_aws.dms_worker.mappings import Mappings
    from local_aws.dms_worker.test_decoding import Value

_BYTES_PER_KB = 1024
_INFINITE = {"infinity": "9999-12-31 23:59:59.999999", "-infinity": "4713-01-01 00:00:00 BC"}
_DATES = frozenset({"date", "timestamp", "timestamptz"})
_DECIMALS = 6
_SMALLEST = Decimal(1).scaleb(-_DECIMALS)
# Any numeric of PostgreSQL is computed exactly: 131,072 digits before the point.
_EXACT = Context(prec=150_000, rounding=ROUND_HALF_UP)
# bytea as PostgreSQL prints it.
_HEX = "\\x"
_DIGITS_PER_BYTE = 2
# The bytes of a text before a limit, without those of a character that goes on behind it.
_CUT = """case when octet_length({0}) <= {1} then convert_from({0}, 'UTF8') else
convert_from(substring({0} for {1} - case when get_byte({0}, {1}) & 192 <> 128 then 0
when get_byte({0}, {1} - 1) & 192 <> 128 then 1
when get_byte({0}, {1} - 2) & 192 <> 128 then 2 else 3 end), 'UTF8') end"""


class LobTooLarge(Exception):  # noqa: N818 - it is what happened
    """A large object is longer than the limit, and the endpoint says that this fails the task."""


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

    def selected(self) -> sql.Composable:
        """The expression that reads it from the source.

        The limit is one of bytes, of a text as UTF-8, and a character that does not fit is left out
        whole: DMS's limit is in KB, and no source tells more.

        DMS carries no infinity, and of a numeric without precision six decimals.
        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
        """
        name = sql.Identifier(self.column.name)
        if self.mask:
            return masked_at_source(self.mask, name)
        if self.limit_bytes is not None:
            return sql.SQL("substring({} for {})" if self._is_bytea else _CUT).format(
                self._bytes(), self.limit_bytes
            )
        if self.column.base_type in _DATES:
            whens = [
                sql.SQL("when {} then {}").format(infinite, finite)
                for infinite, finite in _INFINITE.items()
            ]
            return sql.SQL("case {0} {1} else {0} end").format(name, sql.SQL(" ").join(whens))
        if self.rounded:
            return sql.SQL("round({}, {})").format(name, _DECIMALS)
        return name

    def too_long(self) -> sql.Composable:
        """The condition that a value is longer than the limit."""
        return sql.SQL("octet_length({}) > {}").format(self._bytes(), self.limit_bytes)

    def _bytes(self) -> sql.Composable:
        bytes_ = "{}" if self._is_bytea else "convert_to({}::text, 'UTF8')"
        return sql.SQL(bytes_).format(sql.Identifier(self.column.name))

    @property
    def _is_bytea(self) -> bool:
        return self.column.base_type == "bytea"

    def applied(self, value: Value) -> Value:
        """A changed row's value, as it reaches the target."""
        if not isinstance(value, str):
            return value
        if self.mask:
            return masked(self.mask, value)
        if self.column.base_type in _DATES:
            return _INFINITE.get(value, value)
        if self.rounded:
            return _rounded(value)
        return self._cut(value) if self.cuts(value) else value

    def _cut(self, value: str) -> str:
        if self._is_bytea and self.limit_bytes is not None:
            return value[: len(_HEX) + _DIGITS_PER_BYTE * self.limit_bytes]
        return value.encode()[: self.limit_bytes].decode(errors="ignore")

    def cuts(self, value: Value) -> bool:
        """Whether a changed row's value is longer than the limit."""
        if not isinstance(value, str) or self.limit_bytes is None:
            return False
        if self._is_bytea:
            return (len(value) - len(_HEX)) // _DIGITS_PER_BYTE > self.limit_bytes
        return len(value.encode()) > self.limit_bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class CarriedTable:
    """A table that a task carries. `key` is that of the target, where the table is made."""

    table: Table
    target: tuple[str, str]
    columns: tuple[CarriedColumn, ...]
    left_out: frozenset[str]
    key: tuple[str, ...]
    filter: RowFilter | None

    @property
    def source(self) -> tuple[str, str]:
        """Its schema and name at the source."""
        return self.table.schema, self.table.name

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


def carry(table: Table, *, job: Job, mappings: Mappings) -> CarriedTable:
    """What a task carries of a table."""
    supported = job.setting("TargetMetadata", "SupportLobs", default=True)
    columns = []
    left_out = set()
    for column in table.columns:
        target = mappings.target_column(table.schema, table.name, column.name)
        if target is None or (column.is_lob and not supported):
            left_out.add(column.name)
            continue
        names = (table.schema, table.name, column.name)
        changed = mappings.of_column(*names, "change-data-type")
        mask = mappings.of_column(*names, *MASKS)
        if column.is_lob and (changed or mask):
            raise MappingError(
                f"a transformation of {'.'.join(names)}: DMS leaves out or renames large objects, "
                "and changes them no other way"
            )
        columns.append(
            CarriedColumn(
                column=column,
                target=target,
                type=postgresql_type(changed["data-type"]) if changed else column.type,
                mask=mask,
                limit_bytes=_limit(column, table, job=job, mappings=mappings),
                rounded=column.is_unbounded_numeric
                and not job.source.map_unbounded_numeric_as_string,
            )
        )
    return CarriedTable(
        table=table,
        target=mappings.target_table(table.schema, table.name),
        columns=tuple(columns),
        left_out=frozenset(left_out),
        key=tuple(mappings.new_key(table.schema, table.name)) or table.key,
        filter=row_filter(table, mappings.filters(table.schema, table.name)),
    )


def _limit(column: Column, table: Table, *, job: Job, mappings: Mappings) -> int | None:
    """Where values of a column are cut: in limited mode alone."""
    if not column.is_lob:
        return None
    own = mappings.lob(table.schema, table.name)
    mode = own.get("mode")
    if mode == "unlimited" or (
        mode is None and not job.setting("TargetMetadata", "LimitedSizeLobMode", default=True)
    ):
        return None
    size_kb = int(own.get("bulk-max-size", job.setting("TargetMetadata", "LobMaxSize", default=32)))
    return size_kb * _BYTES_PER_KB


def column_list(names: Sequence[str]) -> sql.Composable:
    """Names with commas between them."""
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _rounded(value: str) -> str:
    number = Decimal(value)
    return str(number.quantize(_SMALLEST, context=_EXACT)) if number.is_finite() else value
