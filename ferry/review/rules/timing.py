"""When a change takes effect."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Phrase
from ferry.review.rules.instances import is_reader

if TYPE_CHECKING:
    from ferry.review.plan.plan import Change


_AT_ONCE: Final = "at once"
_WITH_A_WINDOW: Final = frozenset(
    {"aws_dms_replication_instance", "aws_rds_cluster", "aws_rds_cluster_instance"}
)
_CALL_NOTHING: Final = frozenset({"tags", "tags_all"})
"""Changes of these alone modify nothing that has a window: they are calls of their own."""


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


def sends_along(change: Change) -> bool:
    """Whether a change has AWS do at once what was put off to the maintenance window, too.

    What Terraform put off is in the plan, which shows what is and not what waits; what somebody put
    off by other means is in none.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html,
    https://docs.aws.amazon.com/dms/latest/APIReference/API_ModifyReplicationInstance.html
    """
    return (
        change.type in _WITH_A_WINDOW
        and change.action is Action.UPDATE
        and at_once(change)
        and not _CALL_NOTHING.issuperset(change.changed())
    )


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
