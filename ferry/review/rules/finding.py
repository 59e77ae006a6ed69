"""An effect of a change that somebody should know."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ferry.review.rules.dangers import Danger, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ferry.review.plan.plan import Change
    from ferry.review.plan.shown import Shown
    from ferry.review.rules.dangers import Section

_UNITS: Final = re.compile(
    r"\{(\w+)\} (byte|client|connection|day|hour|minute|page|period|second)s\b"
)
"""Where a sentence counts something: one day, and many days."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence of ours with values of the plan's in it, which every format quotes in its way.

    Args:
        template: The sentence; ``{name}`` stands for a value.
        values: The values as they may be shown: `change.shown_before` and its like make them.
    """

    template: str
    values: Mapping[str, Shown] = field(default_factory=dict)

    def text(self, quote: Callable[[str], str] = str) -> str:
        """The sentence with each value quoted; by default as it is."""
        if "{" not in self.template:
            return self.template
        template = _UNITS.sub(self._counted, self.template) if self.values else self.template
        return template.format_map({name: quote(text) for name, text in self.values.items()})

    def _counted(self, unit: re.Match[str]) -> str:
        is_one = self.values.get(unit[1], "").strip('"') == "1"
        return unit[0].removesuffix("s") if is_one else unit[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """An effect.

    Args:
        danger: What it is.
        change: The change that has it.
        attribute: The attribute that has it; empty for the resource whole.
        effect: What happens.
        when: When it happens; empty where it is no event.
        lasts: How long it takes; empty where it is no event.
        remedy: What to do instead, or beforehand; empty where there is nothing.
        source: Where this is written.
    """

    danger: Danger
    change: Change
    attribute: str = ""
    effect: Phrase
    when: Phrase = Phrase("")
    lasts: str = ""
    remedy: Phrase = Phrase("")
    source: str = ""

    @property
    def section(self) -> Section:
        """The report's part that it stands in."""
        return section(self.danger, self.change.type)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fine:
    """A change of an attribute that a combined function has looked at and that is harmless.

    Args:
        change: The change.
        attribute: The attribute, or CREATED, DESTROYED, REPLACED for the resource whole.
        because: Why.
    """

    change: Change
    attribute: str
    because: str


def unclear(change: Change, attribute: str, effect: str, **values: Shown) -> Finding:
    """Somebody else has to look: what comes of an attribute cannot be told."""
    return Finding(
        danger=Danger.UNCLEAR,
        change=change,
        attribute=attribute,
        effect=Phrase(
            effect,
            {**values, "after": change.shown_after(attribute)} if "{after}" in effect else values,
        ),
    )
