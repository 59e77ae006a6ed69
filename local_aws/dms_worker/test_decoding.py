"""Reads what PostgreSQL's output plugin `test_decoding` writes.

https://www.postgresql.org/docs/15/test-decoding.html; the form is that of pg_decode_change in
contrib/test_decoding/test_decoding.c. Names are quoted as SQL quotes them, types as format_type
prints them, values as their output functions do with quotes doubled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

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
_COMMIT = re.compile(r"COMMIT \d+ \(at (.+)\)")
_TRUNCATE = re.compile(r"table .+: TRUNCATE: ", re.DOTALL)
_OLD, _NEW, _NOTHING = " old-key:", " new-tuple:", " (no-tuple-data)"


class Unchanged(Enum):
    """A value that stands out of line and that an UPDATE left as it was: PostgreSQL does not say it."""

    TOAST = "unchanged-toast-datum"


Value = str | Unchanged | None
Kind = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Begin:
    """A transaction's first line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """A transaction's last line. `at` is when it was committed, as PostgreSQL prints a timestamptz."""

    at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A row that was inserted, updated or deleted.

    `old` holds what the replica identity says of the row before: of an UPDATE only where it
    changed, of a DELETE its key. Without a key a DELETE holds nothing.
    """

    table: tuple[str, str]
    kind: Kind
    new: Mapping[str, Value] = field(default_factory=dict)
    old: Mapping[str, Value] = field(default_factory=dict)


def parse(text: str) -> Begin | Commit | Change | None:
    """One message of the plugin; None for what DMS does not carry, TRUNCATE and `message:`.

    Raises:
        ValueError: A text that `test_decoding` does not write.
    """
    if head := _HEAD.match(text):
        return _change(head, text)
    if committed := _COMMIT.fullmatch(text):
        return Commit(at=committed[1])
    if text.startswith("BEGIN "):
        return Begin()
    if text.startswith("message: ") or _TRUNCATE.match(text):
        return None
    raise _no_line(text)


def _change(head: re.Match[str], text: str) -> Change:
    table, kind, position = (_name(head[1]), _name(head[2])), cast("Kind", head[3]), head.end()
    old: Mapping[str, Value] = {}
    new: Mapping[str, Value] = {}
    if text.startswith(_OLD, position):
        # What follows may stand in a value as well.
        old, position = _columns(text, position + len(_OLD))
        if not text.startswith(_NEW, position):
            raise _no_line(text)
        position += len(_NEW)
    if not text.startswith(_NOTHING, position):
        new, position = _columns(text, position)
        if position < len(text):
            raise _no_line(text)
    if kind == "DELETE":
        old, new = new, old
    return Change(table=table, kind=kind, new=new, old=old)


def _columns(text: str, position: int) -> tuple[Mapping[str, Value], int]:
    """The columns that stand at a position, and where they end."""
    row = {}
    while found := _COLUMN.match(text, position):
        row[_name(found[1])] = _value(found[3])
        position = found.end()
    return row, position


def _value(text: str) -> Value:
    if text == "null":
        return None
    if text == Unchanged.TOAST.value:
        return Unchanged.TOAST
    if text.startswith(("'", "B'")):
        return text[text.index("'") + 1 : -1].replace("''", "'")
    return text


def _name(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _no_line(text: str) -> ValueError:
    return ValueError(f"not a line of test_decoding: {text[:200]!r}")
