"""The review as plain text, for a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from facts.inert import visible
from ferry.review.report.fitting import Piece, fitted
from ferry.review.report.layout import report, shown_differences

if TYPE_CHECKING:
    from ferry.review.report.parts import Entry, Part
    from ferry.review.rules.review import Review

_COLUMNS: Final = 80


def as_text(review: Review) -> str:
    """Write a review as plain text. No character of the plan's can steer a terminal."""
    laid_out = report(review)
    lead = "".join(_wrapped(phrase.text(visible), indent=2) for phrase in laid_out.lead)
    return fitted(
        f"{laid_out.title.text(visible)}\n{lead}", [_piece(it) for it in laid_out.parts], note=_note
    )


def _note(missing: str) -> str:
    said = f"This report is cut. {missing} The verdict counts all, and --format json shows all."
    return f"\n{_wrapped(said, indent=2)}"


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
    lines = [_wrapped("  ".join(cells[:2]), indent=2)]
    lines += [
        _wrapped(f"{column}: {cell}", indent=6)
        for column, cell in zip(part.columns[2:], cells[2:], strict=True)
        if cell
    ]
    if entry.source:
        lines.append(f"      Source: {entry.source}\n")
    return "".join(lines)


def _wrapped(text: str, *, indent: int) -> str:
    """A sentence of ours in lines that a terminal shows whole; a word that is longer stays whole."""
    lines = textwrap.wrap(
        text, _COLUMNS, initial_indent=" " * indent, subsequent_indent=" " * (indent + 4),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return "\n".join(lines) + "\n"


def _line(entry: Entry) -> str:
    text = entry.cells[0].text(visible)
    return f"  {text}\n" if entry.change else _wrapped(text, indent=2)


def _folded(entry: Entry) -> str:
    differences = shown_differences(entry.change) if entry.change else []
    return _line(entry) + "".join(
        f"      {visible(path)}: {visible(before)} -> {visible(after)}\n"
        if before or after
        else f"      {visible(path)}\n"
        for path, before, after in differences
    )
