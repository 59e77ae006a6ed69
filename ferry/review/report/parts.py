"""What a report is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        return [
            index
            for index, name in enumerate(self.columns)
            if name == self.sourced or any(entry.cells[index].template for entry in self.entries)
        ]
