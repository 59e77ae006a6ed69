"""The rows of the table of rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.timing import Timing, moment, weighed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.rules.conditions import Condition
    from ferry.review.rules.dangers import Danger
    from ferry.review.rules.finding import Fine

    Combined = Callable[[Plan], Iterator[Finding | Fine]]

CREATED: Final = "(created)"
DESTROYED: Final = "(destroyed)"
REPLACED: Final = "(replaced)"
"""In an attribute's place: what happens to the resource whole. DESTROYED speaks for a replacement
too, unless the resource has a row for REPLACED."""

WHOLE: Final = frozenset({CREATED, DESTROYED, REPLACED})

_CHANGED: Final = frozenset({Action.UPDATE})
HOWEVER_MADE: Final = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE})
"""The actions after which an attribute has its new value."""

CHANGED_OR_REPLACED: Final = frozenset({Action.UPDATE, Action.REPLACE})
"""HOWEVER_MADE without what is new: for what a replacement changes as an update does."""

MADE: Final = frozenset({Action.CREATE, Action.REPLACE})
"""The actions that make something new: for what cannot be changed in place."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A change that has an effect; it speaks unless its condition is known not to hold.

    Args:
        resource: The resource's type.
        attribute: The attribute, or CREATED, DESTROYED, REPLACED.
        condition: How the attribute must change.
        danger: What kind of effect it is. OUTAGE is lowered to INTERRUPTION where it waits for a
            window or concerns a reader.
        effect: What happens; ``{before}`` and ``{after}`` stand for the attribute's values.
        timing: When; by default it is no event.
        lasts: How long it takes.
        remedy: What to do instead, or beforehand.
        source: Where that is written.
        on: The actions that the rule looks at; by default a change in place.
    """

    resource: str
    attribute: str
    condition: Condition
    danger: Danger
    effect: str
    timing: Timing = field(default=Timing.NONE, kw_only=True)
    lasts: str = field(default="", kw_only=True)
    remedy: str = field(default="", kw_only=True)
    source: str = field(kw_only=True)
    on: frozenset[Action] = field(default=_CHANGED, kw_only=True)

    def finding(self, change: Change) -> Finding:
        """What the rule says of a change that it fires for."""
        values = _sides_in(self.effect + self.remedy, change, self.attribute)
        return Finding(
            danger=weighed(self.danger, change, self.timing),
            change=change,
            attribute="" if self.attribute in WHOLE else self.attribute,
            effect=Phrase(self.effect, values),
            when=moment(change, self.timing),
            lasts=self.lasts,
            remedy=Phrase(self.remedy, values),
            source=self.source,
        )


def _sides_in(said: str, change: Change, attribute: str) -> dict[str, Shown]:
    """The values of an attribute that a sentence says: none, one or both."""
    if "{before}" in said and "{after}" in said:
        return change.shown_sides(attribute)
    if "{before}" in said:
        return {"before": change.shown_before(attribute)}
    return {"after": change.shown_after(attribute)} if "{after}" in said else {}


@dataclass(frozen=True, slots=True)
class Harmless:
    """Changes that are safe; it allows where its condition is known to hold.

    Args:
        resource: The resource's type; ANY for every type.
        attributes: The attributes, or CREATED, DESTROYED, REPLACED.
        because: Why.
        when: For which values. ``always`` is for what is harmless whatever it becomes.
        on: The actions that the row looks at; by default all after which an attribute is there.
    """

    resource: str
    attributes: tuple[str, ...]
    because: str
    when: Condition = field(kw_only=True)
    on: frozenset[Action] = field(default=HOWEVER_MADE, kw_only=True)

    def allows(self, change: Change, attribute: str) -> bool:
        """Whether a change of an attribute is harmless by this row."""
        looked_at = attribute in WHOLE or change.action in self.on
        return looked_at and self.when(change, attribute) is True


@dataclass(frozen=True, slots=True)
class Reported:
    """Attributes that nobody can configure: AWS or the provider says what they are.

    Computed and not optional in the provider's schema; a test holds that. Their change is a
    consequence of another, which is judged.

    Args:
        resource: The resource's type.
        attributes: The attributes.
    """

    resource: str
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replaces:
    """Attributes that cannot be changed: Terraform replaces the resource, and that is judged.

    A plan that changes one of them in place is of a provider that this table does not know.

    Args:
        resource: The resource's type.
        attributes: The attributes.
    """

    resource: str
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """Attributes that take more than a row: a function looks at the plan whole.

    Of each change of one of them the function yields a finding, or `Fine`. Of what it says neither,
    and no other row allows, the review says that it is unclear.

    Args:
        resource: The resource's type.
        attributes: The attributes, or CREATED, DESTROYED.
        by: The function, called once for a plan.
    """

    resource: str
    attributes: tuple[str, ...]
    by: Combined


Row = Rule | Harmless | Reported | Replaces | Judged

ANY: Final = "*"
"""In a resource type's place: every type."""
