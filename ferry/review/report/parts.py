"""What a report is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

    from ferry.review.plan.plan import Change
    from ferry.review.rules.finding import Phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line, or one row of a table.

    Args:
        cells: Its text, in a table one for each column.
        change: Whose differences are folded below it; none by default.
        source: An address of ours that says more; empty where there is none.
    """

    cells: Sequence[Phrase]
    change: Change | None = None
    source: str = ""


_Item = TypeVar("_Item")

_MOST_ROWS: Final = 2_000
"""More rows than any report has room for."""


class Entries(Sequence[Entry]):
    """Entries that are made when they are written: of very many, a report has room for few.

    Args:
        items: What they are made of.
        make: Makes one.
    """

    def __init__(self, items: Sequence[_Item], make: Callable[[_Item], Entry]) -> None:
        self._length = len(items)
        self._make: Callable[[int], Entry] = lambda index: make(items[index])

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(index, slice):
            return [self._make(it) for it in range(self._length)[index]]
        return self._make(index)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of the report.

    Args:
        title: Its heading.
        entries: What it says.
        columns: The columns, where it is a table; none where it is a list.
        folded: Whether it is folded.
        sourced: The column whose text the entries' sources prove; empty where they have none.
    """

    title: str
    entries: Sequence[Entry]
    columns: Sequence[str] = ()
    folded: bool = False
    sourced: str = ""

    def written_columns(self) -> list[int]:
        """The columns that say anything in any row."""
        written = {it for it, name in enumerate(self.columns) if name == self.sourced}
        for entry in islice(self.entries, _MOST_ROWS):
            written.update(it for it, cell in enumerate(entry.cells) if cell.template)
            if len(written) == len(self.columns):
                break
        return sorted(written)
