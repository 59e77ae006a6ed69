"""Whether all that a plan's tasks can write to is made by the same plan, and holds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.values import UNKNOWN, is_set

if TYPE_CHECKING:
    from ferry.review.plan.plan import Change, Plan

_FILLS: Final = (
    "global_cluster_identifier",
    "replication_source_identifier",
    "restore_to_point_in_time",
    "s3_import",
    "snapshot_identifier",
)
"""What a cluster begins with data by. Source:
https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/rds_cluster"""


def begins_empty(plan: Plan) -> bool:
    """Whether every cluster of a plan is made by it, without data: no task can lose or stop anything."""
    clusters = plan.of("aws_rds_cluster")
    return bool(clusters) and all(
        it.action is Action.CREATE
        and it.address not in plan.deleted_outside
        and not any(_is_given(it, name) for name in _FILLS)
        for it in clusters
    )


def _is_given(cluster: Change, attribute: str) -> bool:
    value = cluster.after.get(attribute)
    if value is UNKNOWN:
        return cluster.references is None or attribute in cluster.references
    return is_set(value)
