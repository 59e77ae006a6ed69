"""Reads what PostgreSQL's output plugin `test_decoding` writes.

https://www.postgresql.org/docs/15/test-decoding.html; the form is that of pg_decode_change in
contrib/test_decoding/test_decoding.c. Names are quoted as SQL quotes them, types as format_type
prints them, values as their output functions do with quotes doubled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_QUOTED = r'"(?:[^"]|"")*"'
_HEAD = re.compile(
    rf"table ({_QUOTED}|[^\s.\"]+)\.({_QUOTED}|[^\s.\":]+): (INSERT|UPDATE|DELETE):", re.DOTALL
)
# A type may hold brackets itself, `integer[]`, and quotes, where it is named by a user.
_COLUMN = re.compile(
    rf" ({_QUOTED}|[^\s\[\"]+)\[((?:[^\[\]\"]|\[\]|{_QUOTED})*)\]:"
    r"(null|unchanged-toast-datum|B?'[^']*(?:''[^']*)*'|[^ ]+)",
    re.DOTALL,
)
_BEGIN = re.compile(r"BEGIN (\d+)")
_COMMIT = re.compile(r"COMMIT (\d+)(?: \(at (.+)\))?")
_NO_TUPLE = "(no-tuple-data)"


class Unchanged(Enum):
    """A value that stands out of line and that an UPDATE left as it was: PostgreSQL does not say it."""

    TOAST = "unchanged-toast-datum"


Value = str | Unchanged | None
Row = dict[str, Value]


@dataclass(frozen=True, kw_only=True, slots=True)
class Begin:
    """A transaction's first line."""

    xid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """A transaction's last line. `at` is when it was committed, as PostgreSQL prints a timestamptz."""

    xid: int
    at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A row that was inserted, updated or deleted.

    `old` holds what the replica identity says of the row before: of an UPDATE only where it
    changed, of a DELETE its key. Without a key a DELETE holds nothing.
    """

    schema: str
    table: str
    kind: Literal["INSERT", "UPDATE", "DELETE"]
    new: Mapping[str, Value] = field(default_factory=dict)
    old: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Truncate:
    """Tables that were emptied."""

    tables: tuple[tuple[str, str], ...]


Event = Begin | Commit | Change | Truncate


def parse(text: str) -> Event | None:
    """One message of the plugin; None for what DMS passes over (`message:`).

    Raises:
        ValueError: A text that `test_decoding` does not write.
    """
    if text.startswith("table "):
        return _change(text)
    if begun := _BEGIN.fullmatch(text):
        return Begin(xid=int(begun[1]))
    if committed := _COMMIT.fullmatch(text):
        return Commit(xid=int(committed[1]), at=committed[2])
    if text.startswith("message: "):
        return None
    raise ValueError(f"not a line of test_decoding: {text[:200]!r}")


def _change(text: str) -> Change | Truncate:
    head = _HEAD.match(text)
    if not head:
        return _truncate(text)
    schema, table, kind = _name(head[1]), _name(head[2]), head[3]
    rest = text[head.end() :]
    if rest == f" {_NO_TUPLE}":
        return Change(schema=schema, table=table, kind=_kind(kind))
    if kind == "DELETE":
        return Change(schema=schema, table=table, kind="DELETE", old=_row(rest, text))
    old: Row = {}
    if rest.startswith(" old-key:"):
        old, rest = _old_key(rest.removeprefix(" old-key:"), text)
    return Change(schema=schema, table=table, kind=_kind(kind), old=old, new=_row(rest, text))


def _kind(kind: str) -> Literal["INSERT", "UPDATE", "DELETE"]:
    kinds: Final[dict[str, Literal["INSERT", "UPDATE", "DELETE"]]] = {
        "INSERT": "INSERT",
        "UPDATE": "UPDATE",
        "DELETE": "DELETE",
    }
    return kinds[kind]


def _old_key(rest: str, text: str) -> tuple[Row, str]:
    """The key before, and what follows ` new-tuple:`, which may stand in a value as well."""
    old: Row = {}
    position = 0
    while not rest.startswith(" new-tuple:", position):
        found = _COLUMN.match(rest, position)
        if not found:
            raise ValueError(f"not a line of test_decoding: {text[:200]!r}")
        old[_name(found[1])] = _value(found[3])
        position = found.end()
    return old, rest[position:].removeprefix(" new-tuple:")


def _row(rest: str, text: str) -> Row:
    row: Row = {}
    position = 0
    while position < len(rest):
        found = _COLUMN.match(rest, position)
        if not found:
            raise ValueError(f"not a line of test_decoding: {text[:200]!r}")
        row[_name(found[1])] = _value(found[3])
        position = found.end()
    return row


def _value(text: str) -> Value:
    if text == "null":
        return None
    if text == Unchanged.TOAST.value:
        return Unchanged.TOAST
    if text.startswith(("'", "B'")):
        return text[text.index("'") + 1 : -1].replace("''", "'")
    return text


def _truncate(text: str) -> Truncate:
    tables = tuple(_tables(text))
    if not tables:
        raise ValueError(f"not a line of test_decoding: {text[:200]!r}")
    return Truncate(tables=tables)


def _tables(text: str) -> Iterator[tuple[str, str]]:
    """The tables of `table a.b, a.c: TRUNCATE: restart_seqs cascade`."""
    one = rf"({_QUOTED}|[^\s.\"]+)\.({_QUOTED}|[^\s.\":,]+)"
    if re.fullmatch(rf"table {one}(?:, {one})*: TRUNCATE: .*", text, re.DOTALL):
        listed = text.removeprefix("table ").rpartition(": TRUNCATE:")[0]
        for found in re.finditer(one, listed):
            yield _name(found[1]), _name(found[2])


def _name(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text
