"""The rows of the table of rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.values import show
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.timing import Timing, moment, weighed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.rules.conditions import Condition
    from ferry.review.rules.dangers import Danger

    Combined = Callable[[Plan], Iterator[Finding]]

CREATED: Final = "(created)"
DESTROYED: Final = "(destroyed)"
REPLACED: Final = "(replaced)"
"""In an attribute's place: what happens to the resource whole. DESTROYED speaks for a replacement
too, unless the resource has a row for REPLACED."""

_CHANGED: Final = frozenset({Action.UPDATE})
HOWEVER_MADE: Final = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE})
"""The actions after which an attribute has its new value."""

CHANGED_OR_REPLACED: Final = frozenset({Action.UPDATE, Action.REPLACE})
"""HOWEVER_MADE without what is new: for what a replacement changes as an update does."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A change that has an effect.

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
        values = {
            "before": show(change.before.get(self.attribute)),
            "after": show(change.after.get(self.attribute)),
        }
        whole = self.attribute in {CREATED, DESTROYED, REPLACED}
        return Finding(
            danger=weighed(self.danger, change, self.timing),
            change=change,
            attribute="" if whole else self.attribute,
            effect=Phrase(self.effect, values),
            when=moment(change, self.timing),
            lasts=self.lasts,
            remedy=Phrase(self.remedy, values),
            source=self.source,
        )


@dataclass(frozen=True, slots=True)
class Harmless:
    """Changes that are safe, or what remains of them where no rule fires.

    Args:
        resource: The resource's type; ANY for every type.
        attributes: The attributes, or CREATED, DESTROYED.
        because: Why.
    """

    resource: str
    attributes: tuple[str, ...]
    because: str


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

    Args:
        resource: The resource's type.
        attributes: The attributes, or CREATED, DESTROYED.
        by: The function, called once for a plan.
    """

    resource: str
    attributes: tuple[str, ...]
    by: Combined


Row = Rule | Harmless | Replaces | Judged

ANY: Final = "*"
"""In a resource type's place: every type."""
