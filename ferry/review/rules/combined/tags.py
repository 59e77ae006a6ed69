"""Tags by which something outside of the plan selects what it backs up, stops or deletes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ferry.review.plan.shown import joined
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.row import CHANGED_OR_REPLACED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

ATTRIBUTES: Final = ("tags_all", "tags")

_SELECTING: Final = re.compile(
    r"backup|snapshot|retention|schedule|auto[-_ ]?(start|stop)|shut[-_ ]?down|expir|\bttl\b|nuke",
    re.IGNORECASE,
)
"""Names of tags that AWS Backup's plans, AWS's Instance Scheduler and their like are told to go by:
each account chooses its own. Sources:
https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html and
https://docs.aws.amazon.com/solutions/latest/instance-scheduler-on-aws/tag-instances-for-scheduling.html"""

_SOURCE: Final = "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html"


def selecting_tags_change(plan: Plan) -> Iterator[Finding]:
    """A tag that speaks of backups or of a schedule comes, goes, or gets another value."""
    for change in plan.changes:
        if change.managed and change.action in CHANGED_OR_REPLACED:
            for attribute in ATTRIBUTES:
                names = _selecting(change, attribute) if change.changes(attribute) else []
                if names:
                    yield Finding(
                        danger=Danger.UNCLEAR,
                        change=change,
                        attribute=attribute,
                        effect=Phrase(
                            "Backups or a schedule may go by {tags}, which comes, goes or changes: "
                            "what selects by it is not in the plan.",
                            {"tags": joined(change.shown(it, attribute) for it in names)},
                        ),
                        source=_SOURCE,
                    )
                    break


def _selecting(change: Change, attribute: str) -> list[str]:
    """The names of such tags that differ; where all are not known yet, those of one's own tell."""
    if change.after.get(attribute) is UNKNOWN and isinstance(change.after.get("tags"), dict):
        return []
    before, after = (_tags(side.get(attribute)) for side in (change.before, change.after))
    return [
        name
        for name in sorted({*before, *after})
        if _SELECTING.search(name) and before.get(name) != after.get(name)
    ]


def _tags(value: Json) -> dict[str, Json]:
    """The tags, as far as they are known."""
    return value if isinstance(value, dict) else {}
