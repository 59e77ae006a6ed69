"""What was measured of the rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """Of a column.

    Args:
        octets: The bytes of its largest value as text, where it is a large object.
        infinite: How many dates and times are infinite.
        no_numbers: How many numbers are NaN or infinite.
        blanks: How many texts of char without a length end in blanks.
    """

    octets: int = 0
    infinite: int = 0
    no_numbers: int = 0
    blanks: int = 0

    def joined(self, other: Measure) -> Measure:
        """Of the rows of both."""
        return Measure(
            octets=max(self.octets, other.octets),
            infinite=self.infinite + other.infinite,
            no_numbers=self.no_numbers + other.no_numbers,
            blanks=self.blanks + other.blanks,
        )

    def at_least(self, other: Measure) -> Measure:
        """Of rows that both may have seen."""
        return Measure(
            octets=max(self.octets, other.octets),
            infinite=max(self.infinite, other.infinite),
            no_numbers=max(self.no_numbers, other.no_numbers),
            blanks=max(self.blanks, other.blanks),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """That an earlier run began to read a table, and this one not anew.

    Args:
        at: When that was, such as `2026-11-27 09:40 UTC`.
        is_stale: Whether rows were written since, or may have been.
        why: Why it was not read again; empty where this run has read the rest of it, or no row was
            written.
    """

    at: str
    is_stale: bool = False
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """Of a database.

    Args:
        columns: The measures, by a table's oid and a column's number; of a table that is missing those
            of the rows that were read.
        missing: By a table's oid, why it was not read to the end.
        earlier: By a table's oid, those whose measures are an earlier run's.
        unused: Why what an earlier run has kept is not used; empty where it is, or there is none.
        unkept: Why the next run will not know what was measured; empty where it will.
    """

    columns: Mapping[tuple[int, int], Measure]
    missing: Mapping[int, str]
    earlier: Mapping[int, Earlier] = field(default_factory=dict)
    unused: str = ""
    unkept: str = ""
