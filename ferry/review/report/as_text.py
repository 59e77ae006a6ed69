"""The review as plain text, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts.inert import visible
from ferry.review.report.fitting import Piece, fitted
from ferry.review.report.layout import report, shown_differences

if TYPE_CHECKING:
    from ferry.review.report.parts import Entry, Part
    from ferry.review.rules.review import Review


def as_text(review: Review) -> str:
    """Write a review as plain text. No character of the plan's can steer a terminal."""
    laid_out = report(review)
    lead = "".join(f"  {phrase.text(visible)}\n" for phrase in laid_out.lead)
    return fitted(
        f"{laid_out.title.text(visible)}\n{lead}", [_piece(it) for it in laid_out.parts], note=_note
    )


def _note(missing: str) -> str:
    return f"\n*** THIS REPORT IS CUT. {missing} --format json shows all. ***\n"


def _piece(part: Part) -> Piece:
    head = f"\n{part.title}\n{'-' * len(part.title)}\n"
    entries = part.entries
    if part.columns:
        return Piece(
            title=part.title,
            head=head,
            lines=len(entries),
            line=lambda number: _block(part, entries[number]),
            short=lambda number: _block(part, entries[number]),
        )
    return Piece(
        title=part.title,
        head=head,
        lines=len(entries),
        line=lambda number: _folded(entries[number]),
        short=lambda number: _line(entries[number]),
    )


def _block(part: Part, entry: Entry) -> str:
    """A row of a table, a line for each cell that says something."""
    cells = [phrase.text(visible) for phrase in entry.cells]
    lines = [f"  {'  '.join(cells[:2])}\n"]
    lines += [
        f"      {column}: {cell}\n"
        for column, cell in zip(part.columns[2:], cells[2:], strict=True)
        if cell
    ]
    if entry.source:
        lines.append(f"      Source: {entry.source}\n")
    return "".join(lines)


def _line(entry: Entry) -> str:
    return f"  {entry.cells[0].text(visible)}\n"


def _folded(entry: Entry) -> str:
    differences = shown_differences(entry.change) if entry.change else []
    return _line(entry) + "".join(
        f"      {visible(path)}: {visible(before)} -> {visible(after)}\n"
        for path, before, after in differences
    )
