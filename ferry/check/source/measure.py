"""What was measured of the rows."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """Of a database.

    Args:
        columns: The measures, by a table's oid and a column's number; of a table that is missing those
            of the rows that were read.
        missing: By a table's oid, why it was not read to the end.
    """

    columns: Mapping[tuple[int, int], Measure]
    missing: Mapping[int, str]
