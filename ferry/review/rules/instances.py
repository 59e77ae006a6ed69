"""Which Aurora instances are known to be readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ferry.review.plan.plan import Change, Neighbours

_INSTANCE: Final = "aws_rds_cluster_instance"


def is_reader(change: Change) -> bool:
    """Whether an Aurora instance is known not to be its cluster's writer.

    The plan says of another one of the cluster that it is. Where it says so of none, as while a
    failover goes on, each of them may be.
    """
    if change.type != _INSTANCE or change.before.get("writer") is not False:
        return False
    cluster = change.before.get("cluster_identifier")
    return isinstance(cluster, str) and cluster in change.neighbours.once(_with_a_writer)


def _with_a_writer(neighbours: Neighbours) -> frozenset[str]:
    """The clusters of which one instance is known to be the writer."""
    clusters = (
        it.before.get("cluster_identifier")
        for it in neighbours.of(_INSTANCE)
        if it.before.get("writer") is True
    )
    return frozenset(it for it in clusters if isinstance(it, str))
