"""The review as GitHub's Markdown, for a comment in a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.review.rendering.fitting import Piece, fitted
from ferry.review.rendering.inert import code, code_in_html, code_in_table
from ferry.review.rendering.report import report

if TYPE_CHECKING:
    from ferry.review.rendering.report import Entry, Part
    from ferry.review.review import Review


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
    if part.columns:
        rule = "|".join(" --- " for _ in part.columns)
        head = f"\n### {part.title}\n\n| {' | '.join(part.columns)} |\n|{rule}|\n"
        return Piece(
            title=part.title, head=head, items=[(_row(it),) * 2 for it in part.entries], tail=""
        )
    if part.folded:
        head = (
            f"\n### {part.title}\n\n<details><summary>{len(part.entries):,} resources</summary>\n\n"
        )
        return Piece(title=part.title, head=head, items=_lines(part), tail="\n</details>\n")
    return Piece(title=part.title, head=f"\n### {part.title}\n\n", items=_lines(part), tail="")


def _row(entry: Entry) -> str:
    cells = [phrase.text(code_in_table) for phrase in entry.cells]
    if entry.source:
        cells[-1] = f"{cells[-1]} [source]({entry.source})".lstrip()
    return f"| {' | '.join(cells)} |\n"


def _lines(part: Part) -> list[tuple[str, str]]:
    return [(_folded(it) if it.differences else _line(it), _line(it)) for it in part.entries]


def _line(entry: Entry) -> str:
    return f"- {entry.cells[0].text(code)}\n"


def _folded(entry: Entry) -> str:
    rows = "".join(
        f"| {code_in_table(path)} | {code_in_table(before)} | {code_in_table(after)} |\n"
        for path, before, after in entry.differences
    )
    return (
        f"\n<details><summary>{entry.cells[0].text(code_in_html)}</summary>\n\n"
        f"| Attribute | Before | After |\n| --- | --- | --- |\n{rows}\n</details>\n\n"
    )
