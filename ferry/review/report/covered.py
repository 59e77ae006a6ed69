"""The second line of defence: every text of a report is searched for copies of secrets once more.

What the plan says comes as `Shown` and holds none. A sentence of ours should not hold one either:
here it does not, whatever a rule has put into it.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from string import Formatter
from typing import TYPE_CHECKING, Any

from ferry.review.report.parts import Entries
from ferry.review.rules.finding import Phrase

if TYPE_CHECKING:
    from ferry.review.plan.shown import Masker
    from ferry.review.report.parts import Entry, Part


def covered_part(part: Part, masker: Masker) -> Part:
    """A part of the report without copies of secrets; its headings are ours, and stay."""
    if not masker:
        return part

    def cover(entry: Entry) -> Entry:
        return replace(entry, cells=[covered(cell, masker) for cell in entry.cells])

    return replace(part, entries=Entries(part.entries, cover))


def covered(phrase: Phrase, masker: Masker) -> Phrase:
    """A sentence without copies of secrets, in what we say and in the values."""
    if not masker:
        return phrase
    return Phrase(
        "".join(
            _literal(text, name, masker) for text, name, *_ in Formatter().parse(phrase.template)
        ),
        {name: masker.covered(text) for name, text in phrase.values.items()},
    )


def _literal(text: str, name: str | None, masker: Masker) -> str:
    text = masker.covered(text).replace("{", "{{").replace("}", "}}")
    return text if name is None else f"{text}{{{name}}}"


def covered_json(document: Any, masker: Masker) -> Any:  # noqa: ANN401 - JSON
    """A document without copies of secrets. Its own names and words, such as a danger's, stay."""
    if not masker:
        return document
    if isinstance(document, dict):
        return {name: covered_json(it, masker) for name, it in document.items()}
    if isinstance(document, list):
        return [covered_json(it, masker) for it in document]
    if isinstance(document, str) and not isinstance(document, Enum):
        return masker.covered(document)
    return document
