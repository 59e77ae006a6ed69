"""What was measured of tables, kept between runs: the next begins where this one ends.

A table whose file or columns are others is measured anew; one that was merely written to is measured
again when all others are measured, and what is known of it holds until then.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ferry.check.source.measure import Measure
from ferry.errors import FerryError
from ferry.progress import NewerError, UnusableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ferry.progress import Progress

VERSION: Final = 1
"""Of what is kept: to be raised with what is measured, or how."""

_SECONDS_BETWEEN: Final = 5.0
_TIMES_BETWEEN: Final = 20.0
"""What is measured for so long at the least, and so many times as long as writing takes, may be lost."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What tells whether a table is what it was.

    Args:
        shape: Its file, which TRUNCATE and what rewrites a table change, and the columns measured.
        written: How many rows were ever written, by PostgreSQL's statistics; None where nobody counts
            them, and some may have been written at any time.
        written_out_from: From how many bytes on values are written out to be measured.
    """

    shape: str
    written: str | None
    written_out_from: int

    def holds(self, earlier: Mark) -> bool:
        """Whether what was measured under an earlier mark is a measure of this table."""
        return self.shape == earlier.shape and earlier.written_out_from <= self.written_out_from

    def is_unwritten(self, earlier: Mark) -> bool:
        """Whether no row was written since."""
        return self.written is not None and self.written == earlier.written


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What was read of a table.

    Args:
        table: Its name, for whoever reads the file.
        mark: What it was when that began.
        at: When that was, in UTC as ISO 8601 writes it.
        pages: How many of its pages were read.
        at_once: How many pages the next piece has.
        columns: The measures, by the columns' numbers.
    """

    table: str
    mark: Mark
    at: str
    pages: int
    at_once: int
    columns: Mapping[int, Measure]

    def further(self, *, pages: int, at_once: int, columns: Mapping[int, Measure]) -> Reading:
        """With a piece more."""
        return replace(
            self,
            pages=pages,
            at_once=at_once,
            columns={
                number: self.columns.get(number, Measure()).joined(measure)
                for number, measure in columns.items()
            },
        )


class Kept:
    """What is known of tables by their oids, and kept.

    Args:
        progress: Where; a text where it cannot be, which says why.
        marks: What the tables are now.
    """

    def __init__(self, progress: Progress | str, marks: Mapping[int, Mark]) -> None:
        self.done: dict[int, Reading] = {}
        """What was read to the end."""
        self.begun: dict[int, Reading] = {}
        """What was read in part, be it for the second time."""
        self.unused = ""
        self.unkept = progress if isinstance(progress, str) else ""
        self._progress = progress
        self._others: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
        self._next = time.monotonic() + _SECONDS_BETWEEN
        self._is_new = False
        if not isinstance(progress, str):
            self._read(progress, marks)

    def take(self, oid: int, reading: Reading, *, is_whole: bool) -> None:
        """Add what was read of a table."""
        self._is_new = True
        if is_whole:
            self.done[oid] = reading
            self.begun.pop(oid, None)
        else:
            self.begun[oid] = reading
        if time.monotonic() >= self._next:
            self.save()

    def save(self) -> None:
        """Keep what was added; where that fails, `unkept` says why."""
        began = time.monotonic()
        if self._is_new and not isinstance(self._progress, str) and not self.unkept:
            try:
                self._progress.write(
                    [
                        {**others, **{str(oid): _written(each) for oid, each in known.items()}}
                        for others, known in zip(self._others, (self.done, self.begun), strict=True)
                    ]
                )
            except FerryError as error:
                self.unkept = str(error)
        ended = time.monotonic()
        self._next = ended + max(_SECONDS_BETWEEN, _TIMES_BETWEEN * (ended - began))
        self._is_new = False

    def _read(self, progress: Progress, marks: Mapping[int, Mark]) -> None:
        try:
            held: Sequence[dict[str, Any]] = progress.read() or ({}, {})
        except NewerError as error:
            self.unkept = str(error)
            return
        except UnusableError as error:
            self.unused = str(error)
            return
        except FerryError as error:
            self.unkept = str(error)
            return
        for known, others, readings in zip(
            (self.done, self.begun), self._others, held, strict=True
        ):
            for oid, fields in readings.items():
                mark = marks.get(int(oid))
                if mark is None:  # Of a task that the file has not for now.
                    others[oid] = fields
                elif mark.holds((reading := _reading(fields)).mark):
                    known[int(oid)] = reading


def _written(reading: Reading) -> dict[str, Any]:
    """As `_reading` reads it; without `asdict`, which copies all of it and takes twice as long."""
    return {
        **_fields(reading),
        "mark": _fields(reading.mark),
        "columns": {number: _fields(each) for number, each in reading.columns.items()},
    }


def _fields(of: Reading | Mark | Measure) -> dict[str, Any]:
    return {name: getattr(of, name) for name in of.__slots__}


def _reading(fields: dict[str, Any]) -> Reading:
    columns = {int(number): Measure(**each) for number, each in fields["columns"].items()}
    return Reading(**{**fields, "mark": Mark(**fields["mark"]), "columns": columns})
