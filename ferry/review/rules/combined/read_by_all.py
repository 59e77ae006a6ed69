"""What is marked as sensitive, and goes where whoever may look at an account reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.shown import ours
from ferry.review.plan.values import same
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

_READ_BY_ALL: Final = (
    *("alarm_description", "alarm_name", "certificate_id", "cluster_identifier", "dashboard_name"),
    *("description", "display_name", "endpoint_id", "identifier", "name", "name_prefix"),
    *("replication_instance_id", "replication_subnet_group_description"),
    *("replication_subnet_group_id", "replication_task_id", "resource_identifier", "tags_all"),
)
"""Names, descriptions and tags, which AWS's lists show; all tags are those of one's own, too."""

_TAGS: Final = "https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html"
"""Names and tags are no place for what is confidential."""


def read_by_all(plan: Plan) -> Iterator[Finding]:
    """Something marked as sensitive becomes a name, a description or a tag."""
    for change in plan.changes if not plan.found else ():
        if change.managed and (change.comes or change.action is Action.UPDATE):
            for attribute in _READ_BY_ALL:
                if _becomes_marked(change, attribute):
                    yield Finding(
                        danger=Danger.WIDER_ACCESS,
                        change=change,
                        attribute=attribute,
                        effect=Phrase(
                            "What is marked as sensitive goes into its {attribute}, which whoever may "
                            "look at the account reads.",
                            {"attribute": ours(attribute)},
                        ),
                        source=_TAGS,
                    )


def _becomes_marked(change: Change, attribute: str) -> bool:
    mask = change.mask.get(attribute) if isinstance(change.mask, dict) else None
    return bool(mask) and _differs_where(
        mask, *(it.get(attribute) for it in (change.before, change.after))
    )


def _differs_where(mask: Json, before: Json, after: Json) -> bool:
    """Whether a value is set or changes in a place that is marked."""
    if isinstance(mask, dict) and isinstance(after, dict):
        was = before if isinstance(before, dict) else {}
        return any(_differs_where(it, was.get(key), after.get(key)) for key, it in mask.items())
    return bool(mask) and after not in (None, "", {}) and not same(before, after)
