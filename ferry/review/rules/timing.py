"""When a change takes effect."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Phrase
from ferry.review.rules.instances import is_reader

if TYPE_CHECKING:
    from ferry.review.plan.plan import Change


_AT_ONCE: Final = "at once"


class Timing(Enum):
    """When a change takes effect."""

    NOW = auto()
    """As soon as the plan is applied, whatever ``apply_immediately`` says."""

    AS_SET = auto()
    """At once or in the maintenance window, as ``apply_immediately`` says."""

    RESTART = auto()
    """When the instances are restarted, which Terraform does not do."""

    NONE = auto()
    """It is no event: nothing happens at a moment."""


def at_once(change: Change) -> bool:
    """Whether the resource applies changes immediately; unknown counts as yes."""
    setting = change.after.get("apply_immediately")
    return setting is UNKNOWN or setting is True


def moment(change: Change, timing: Timing) -> Phrase:
    """When it happens, in words."""
    match timing:
        case Timing.NOW:
            return Phrase(f"{_AT_ONCE}, when the plan is applied")
        case Timing.AS_SET if at_once(change):
            return Phrase(f"{_AT_ONCE}, because apply_immediately is true")
        case Timing.AS_SET:
            window = change.after.get("preferred_maintenance_window")
            if isinstance(window, str) and window:
                return Phrase(
                    "in the next maintenance window, {window} UTC",
                    {"window": change.shown(window, "preferred_maintenance_window")},
                )
            return Phrase("in the next maintenance window")
        case Timing.RESTART:
            return Phrase("when the instances are restarted; Terraform restarts none")
        case _:
            return Phrase("")


def is_at_once(when: Phrase) -> bool:
    """Whether a moment is that at which the plan is applied."""
    return when.template.startswith(_AT_ONCE)


def weighed(danger: Danger, change: Change, timing: Timing) -> Danger:
    """An outage is one only where it comes at once, and does not concern a reader alone."""
    if danger is not Danger.OUTAGE:
        return danger
    waits = timing is Timing.RESTART or (timing is Timing.AS_SET and not at_once(change))
    return Danger.INTERRUPTION if waits or is_reader(change) else danger
