"""The review as GitHub's Markdown, for a comment in a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.review.report.fitting import Piece, fitted
from ferry.review.report.inert import code, code_in_html, code_in_table
from ferry.review.report.layout import report, shown_differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.review.report.parts import Entry, Part
    from ferry.review.rules.review import Review


def as_markdown(review: Review) -> str:
    """Write a review as Markdown, below the size that a comment may have."""
    laid_out = report(review)
    lead = "".join(f"- {phrase.text(code)}\n" for phrase in laid_out.lead)
    return fitted(
        f"## {laid_out.title.text(code)}\n\n{lead}",
        [_piece(part) for part in laid_out.parts],
        note=_note,
    )


def _note(missing: str) -> str:
    return (
        "\n> [!CAUTION]\n> **This report is cut: it would be larger than a comment may be.** "
        f"{missing} The verdict counts all. `ferry review` with `--format json` shows all.\n"
    )


def _piece(part: Part) -> Piece:
    entries = part.entries
    head, tail = f"\n### {part.title}\n\n", ""
    if part.columns:
        columns = part.written_columns()
        rule = "|".join(" --- " for _ in columns)
        head += f"| {' | '.join(part.columns[it] for it in columns)} |\n|{rule}|\n"
        return Piece(
            title=part.title,
            head=head,
            lines=len(entries),
            line=lambda number: _row(part, entries[number], columns),
            short=lambda number: _row(part, entries[number], columns),
        )
    if part.folded:
        many = "" if len(entries) == 1 else "s"
        head += f"<details><summary>{len(entries):,} change{many}</summary>\n\n"
        tail = "\n</details>\n"
    return Piece(
        title=part.title,
        head=head,
        lines=len(entries),
        line=lambda number: _folded(entries[number]),
        short=lambda number: _line(entries[number]),
        tail=tail,
    )


def _row(part: Part, entry: Entry, columns: Sequence[int]) -> str:
    cells = {index: entry.cells[index].text(code_in_table) for index in columns}
    if entry.source:
        proven = part.columns.index(part.sourced)
        cells[proven] = f"{cells[proven]} [source]({entry.source})".lstrip()
    return f"| {' | '.join(cells.values())} |\n"


def _line(entry: Entry) -> str:
    return f"- {entry.cells[0].text(code)}\n"


def _folded(entry: Entry) -> str:
    differences = shown_differences(entry.change) if entry.change else []
    if not differences:
        return _line(entry)
    rows = "".join(
        f"| {code_in_table(path)} | {code_in_table(before)} | {code_in_table(after)} |\n"
        for path, before, after in differences
    )
    return (
        f"\n<details><summary>{entry.cells[0].text(code_in_html)}</summary>\n\n"
        f"| Attribute | Before | After |\n| --- | --- | --- |\n{rows}\n</details>\n\n"
    )
