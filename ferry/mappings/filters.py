"""Which rows of a table a task carries: a condition on both sides, or why there is none.

A row has to pass all filters of its table, and of each filter one condition; NULL passes `null` alone.
Where several rules select a table, AWS does not say how their filters are joined: here a row has to
pass all of them, so that whatever DMS does, it carries the rows of this condition. Texts are compared
by their bytes. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html

A value of a filter is text, and is taken for one of the column's type only where it means the same to
every server: a date as ISO 8601 writes it, a number in digits. All else is inexpressible, and says why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from ferry.mappings.columns import is_lob

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ferry.mappings.columns import SourceColumn
    from ferry.mappings.rules import Condition, Filter

_VALUES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("eq", "noteq", "gte", "lte", "ste"), 1),
    **dict.fromkeys(("between", "notbetween"), 2),
    **dict.fromkeys(("null", "notnull"), 0),
}
"""How many values an operator compares with; `lte` is another word for `ste`."""

_EQUALITY: Final = frozenset({"eq", "noteq"})
_NEGATIVE: Final = frozenset({"noteq", "notbetween", "notnull"})

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[+-]?([0-9]{1,100}(\.[0-9]{0,100})?|\.[0-9]{1,100})")
_FLOAT: Final = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{0,30})?")
_DECIMALS: Final = 6
"""What DMS keeps of a numeric without a scale. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html"""
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK: Final = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_TIME: Final = re.compile(_CLOCK)
_TIMESTAMP: Final = re.compile(rf"{_DATE.pattern}([ T]{_CLOCK})?")
_WITH_OFFSET: Final = re.compile(rf"{_DATE.pattern}[ T]{_CLOCK}(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_BOOLEANS: Final = frozenset(
    {"true", "false", "t", "f", "yes", "no", "y", "n", "on", "off", "1", "0"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Inexpressible:
    """Rows that no condition describes.

    Args:
        why: Why, as a clause without its full stop.
    """

    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A column's value beside others.

    Args:
        column: The column, by its name on the side that is asked.
        operator: DMS's word, such as `gte`.
        values: What it is compared with, as text.
        type: The type of the values, in `pg_catalog`.
        as_text: Whether the column is compared as text, whatever its type.
    """

    column: str
    operator: str
    values: tuple[str, ...] = ()
    type: str = "text"
    as_text: bool = False

    @property
    def by_bytes(self) -> bool:
        """Whether it is compared letter by letter, without a language's order."""
        return self.type in {"text", "bpchar"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Some rows of a table.

    Args:
        groups: A row has to pass one comparison of each group; without groups all rows are meant.
    """

    groups: tuple[tuple[Comparison, ...], ...] = ()

    @property
    def are_all(self) -> bool:
        """Whether all rows are meant."""
        return not self.groups


ALL_ROWS: Final = Rows()
"""All rows of a table."""


def condition(
    rows: Filter, column: SourceColumn | None, *, name: str, at_source: bool
) -> tuple[Comparison, ...] | Inexpressible:
    """The comparisons of a filter, of which a row has to pass one.

    Args:
        rows: The filter.
        column: Its column at the source; None where the table has none of that name.
        name: The column's name on the side that is asked.
        at_source: Whether that is the source.
    """
    if column is None:
        return Inexpressible(why=f"its filter names {rows.column}, which the table has not")
    if is_lob(column):
        return Inexpressible(
            why=f"its filter names {rows.column}, and DMS compares no large object"
        )
    if len(rows.conditions) > 1 and any(each.operator in _NEGATIVE for each in rows.conditions):
        return Inexpressible(
            why=f"its filter by {rows.column} has a negative condition beside others, which AWS rules out"
        )
    found = []
    for each in rows.conditions:
        made = _comparison(each, column, name=name, at_source=at_source)
        if isinstance(made, Inexpressible):
            return made
        found.append(made)
    return tuple(found)


def _comparison(
    given: Condition, column: SourceColumn, *, name: str, at_source: bool
) -> Comparison | Inexpressible:
    values = tuple(
        each for each in (given.value, given.start_value, given.end_value) if each is not None
    )
    where = f"its filter by {column.name}"
    if _VALUES.get(given.operator) != len(values):
        shown = "a value" if len(values) == 1 else f"{len(values)} values"
        return Inexpressible(
            why=f"{where} is '{given.operator}' with {shown}, which is none of DMS's"
        )
    if not values:
        return Comparison(column=name, operator=given.operator)
    of_enum = column.type_kind == "e" and given.operator in _EQUALITY
    type_of = _text if of_enum else _TYPES.get(column.base)
    if type_of is None:
        return Inexpressible(
            why=f"{where} is one of type {column.base}, and AWS does not say how DMS compares those"
        )
    types = {type_of(value) for value in values}
    if None in types:
        return Inexpressible(
            why=f"{where} names {' and '.join(map(repr, values))}, which is no {column.base} that every "
            "server reads alike"
        )
    if not at_source and _is_rounded(given, column, values):
        return Inexpressible(
            why=f"{where} compares a numeric without a scale, which DMS rounds to {_DECIMALS} decimals"
        )
    return Comparison(
        column=name,
        operator=given.operator,
        values=values,
        # Two integers, or one that has decimals.
        type=str(types.pop() if len(types) == 1 else "numeric"),
        as_text=of_enum,
    )


def _is_rounded(given: Condition, column: SourceColumn, values: tuple[str, ...]) -> bool:
    """Whether a value that DMS rounds may pass on one side alone."""
    unbounded = column.base == "numeric" and column.modifier == -1
    finer = any(len(value.partition(".")[2]) > _DECIMALS for value in values)
    return unbounded and (finer or given.operator in _NEGATIVE)


def _number(value: str) -> str | None:
    """An integer finds its index by its own type."""
    if _INTEGER.fullmatch(value):
        return "int8"
    return "numeric" if _NUMBER.fullmatch(value) else None


def _text(value: str, *, type_: str = "text") -> str | None:
    """PostgreSQL has no zero byte, and half a pair of surrogates is no character."""
    return None if re.search("[\x00\ud800-\udfff]", value) else type_


def _of(
    type_: str, shape: re.Pattern[str], parse: Callable[[str], object] = str
) -> Callable[[str], str | None]:
    def read(value: str) -> str | None:
        if not shape.fullmatch(value):
            return None
        try:
            parse(value)
        except ValueError:
            return None
        return type_

    return read


def _boolean(value: str) -> str | None:
    return "bool" if value.lower() in _BOOLEANS else None


def _timestamp_with_offset(value: str) -> str | None:
    """Without an offset it is of UTC, the time zone of ferry's sessions, as of DMS's."""
    read = _of("timestamptz", _TIMESTAMP, datetime.fromisoformat)
    return read(value) or _of("timestamptz", _WITH_OFFSET, datetime.fromisoformat)(value)


_TYPES: Final[Mapping[str, Callable[[str], str | None]]] = {
    **dict.fromkeys(("int2", "int4", "int8"), _number),
    "numeric": lambda value: "numeric" if _number(value) else None,
    **{each: _of(each, _FLOAT) for each in ("float4", "float8")},
    "bool": _boolean,
    "date": _of("date", _DATE, date.fromisoformat),
    "time": _of("time", _TIME, time.fromisoformat),
    "timestamp": _of("timestamp", _TIMESTAMP, datetime.fromisoformat),
    "timestamptz": _timestamp_with_offset,
    "uuid": _of("uuid", _UUID),
    "varchar": _text,
    "bpchar": lambda value: _text(value, type_="bpchar"),
}
"""The type of a value that a column of a base type is compared with; None where it is none of its."""
