"""Texts that may stand in a report. They are made here alone: rules judge the plan's real values.

A `Shown` is a text without secrets. Only this module makes one (a test holds it to that), and
whatever writes a report takes no other text of the plan's (mypy does).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NewType

from ferry.redaction.redacting import SENSITIVE, redacted
from ferry.review.plan.brief import brief, brief_sides
from ferry.review.plan.copies import Copies
from ferry.review.plan.values import Hidden, Json, hide, holds_hidden, show, unmarked

if TYPE_CHECKING:
    from collections.abc import Iterable

Shown = NewType("Shown", str)
"""A text that may be shown: nothing in it is sensitive."""

NOTHING: Final = Shown("")
HIDDEN: Final = Shown(SENSITIVE)
"""What is shown of a text of which nothing may be."""

_LONGEST: Final = 200


def ours(text: str) -> Shown:
    """A text of ours or of who asks for the review; nothing that a plan says."""
    return Shown(text)


def joined(texts: Iterable[Shown], by: str = ", ") -> Shown:
    """Several texts in one."""
    return Shown(by.join(texts))


def clipped(text: Shown) -> Shown:
    """A text that is too long to be read, cut, with how much is missing."""
    if len(text) <= _LONGEST:
        return text
    return Shown(f"{text[:_LONGEST]}… ({len(text):,} characters)")


class Masker:
    """Makes texts that may be shown of what one plan says.

    A plan tells its secrets here and there, so they are learnt when it has been read.
    """

    __slots__ = ("_copies", "_sensitive")

    def __init__(self) -> None:
        self.learn(())

    def __bool__(self) -> bool:
        """Whether there are copies to look for."""
        return bool(self._copies)

    def learn(self, secrets: Iterable[str]) -> None:
        """Learn the sensitive texts of the plan, whose copies are hidden wherever they stand."""
        self._copies = Copies(secrets)
        # By identity, for which the values are kept: a long one is asked about for each finding.
        self._sensitive: dict[tuple[int, int, str], tuple[bool, Json, Json]] = {}

    def hidden(self, value: Json, mask: Json = None, *, name: str = "") -> Json:
        """A value with all that is sensitive hidden in it, for those who compare it with another.

        Args:
            value: The value, at any depth.
            mask: What the plan marks in it.
            name: The attribute's name.
        """
        return self._copies.hidden(hide(value, mask, name=name))

    def is_sensitive(self, value: Json, mask: Json = None, *, name: str = "") -> bool:
        """Whether anything in a value is hidden; it is searched once."""
        if value is None:
            return False
        key = id(value), id(mask), name
        if key not in self._sensitive:
            found = holds_hidden(self.hidden(value, mask, name=name))
            self._sensitive[key] = found, value, mask
        return self._sensitive[key][0]

    def marked(self, text: str) -> str:
        """A text of the plan's, such as an address, with marks in the places of secrets."""
        replaced = self._copies.replaced(text)
        shown = redacted(replaced)
        return shown if shown == replaced else shown.replace(SENSITIVE, Hidden(text).mark)

    def text(self, text: str) -> Shown:
        """A text of the plan's as it is shown."""
        return Shown(unmarked(self.marked(text)))

    def covered(self, text: str) -> Shown:
        """A text of the report, searched for copies once more."""
        return Shown(unmarked(self._copies.replaced(text)))

    def value(self, value: Json, mask: Json = None, *, name: str = "") -> Shown:
        """A value as it is shown: JSON, with words where there is nothing to be seen."""
        return Shown(unmarked(show(self.hidden(value, mask, name=name))))

    def brief(self, value: Json, mask: Json = None, *, name: str = "") -> Shown:
        """A value as a sentence says it: as much as a reader takes in."""
        return Shown(unmarked(brief(self.hidden(value, mask, name=name))))

    def sides(
        self, before: Json, after: Json, mask: Json = None, *, name: str = ""
    ) -> tuple[Shown, Shown]:
        """A value before and after, as a sentence says both: of long ones what differs."""
        hidden = (self.hidden(it, mask, name=name) for it in (before, after))
        one, other = map(unmarked, brief_sides(*hidden))
        return Shown(one), Shown(other)
