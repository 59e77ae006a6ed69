"""A table of schema `ferry`, as it is, and what makes it another than it has to be. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Columns = tuple[tuple[str, str], ...]
"""Each column's name, and what it is made of, such as `bigint primary key`, in order."""

LOADING: Final = ("SELECT",)
"""What DMS does with a marker at the source."""

APPLYING: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
"""What DMS does with a marker in Aurora."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnTable:
    """A table of schema ferry, as it is.

    Args:
        columns: Its columns; none of what is no plain table.
        rights: What DMS's user may do with it, of `APPLYING`.
        public: Whether everybody may do something with it.
        reacting: What of it may refuse, hide or change rows beside its columns and key, in words.
    """

    columns: Columns
    rights: frozenset[str] = frozenset()
    public: bool = False
    reacting: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Oddity:
    """What is wrong with a table that has the name of one of ferry's.

    Args:
        what: What it is, a predicate, such as `is something else: ...`.
        remedy: What is to be done with it, without a full stop.
    """

    what: str
    remedy: str


def oddity(table: OwnTable, wanted: Columns) -> Oddity | None:
    """What is wrong with a table; None where it is as ferry makes it, or DMS.

    With DROP_AND_CREATE DMS makes a marker anew, and a column may be NULL then: ferry writes none.

    Args:
        table: The table.
        wanted: Its columns, as they have to be.
    """
    if _nullable(table.columns) != _nullable(wanted):
        is_, should = (
            ", ".join(f"{column} {what}" for column, what in each) or "no plain table"
            for each in (table.columns, wanted)
        )
        return Oddity(
            what=f"is something else: {is_}. It has to be {should}",
            remedy="Look whose it is, rename or drop it",
        )
    if table.reacting:
        return Oddity(
            what=f"has what may refuse, hide or change rows of it: {', '.join(table.reacting)}",
            remedy="Drop that, or the whole table",
        )
    return None


def _nullable(columns: Columns) -> Columns:
    return tuple((name, what.removesuffix(" not null")) for name, what in columns)
