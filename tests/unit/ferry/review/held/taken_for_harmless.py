"""Changes that look harmless and take something away: a guard, a view, memory, a tag's peace.

Written after the review had called each of them safe, before its rules were changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import deployed
from tests.unit.ferry.review.held.edits import NOT_SAFE, Held, drifts, edited, updates
from tests.unit.ferry.review.held.names import (
    AURORA_SUBNET,
    CLIENTS_GROUP,
    CLUSTER,
    PUBLIC_SUBNET,
    REPLICATION,
    WRITER,
)

if TYPE_CHECKING:
    from tests.unit.ferry.review.held.edits import Step


def _held(name: str, why: str, *edit: Step) -> Held:
    return edited(name, why, *edit, expected=NOT_SAFE)


def _tagged(name: str, why: str, resource: str, **more: str) -> Held:
    kept = deployed()[resource].values.get("tags") or {}
    return _held(name, why, updates(resource, tags={**kept, **more}))


_ACTED_ON: Final = (
    _tagged("tag-auto-delete", "Cleaners delete it.", CLUSTER, **{"auto-delete": "true"}),
    _tagged(
        "tag-of-custodian",
        "It stops or deletes at the date.",
        CLUSTER,
        custodian_status="Resource does not meet policy: delete@2026/12/01",
    ),
    _tagged(
        "tag-with-custodians-value", "The same by another key.", WRITER, state="no: stop@2026/12/01"
    ),
    _tagged("tag-ttl-of-a-janitor", "It is deleted after a week.", WRITER, **{"janitor/ttl": "7d"}),
    _tagged("tag-office-hours", "It is stopped at night.", CLUSTER, **{"office-hours-only": "yes"}),
    _tagged("tag-stops-at-night", "The same.", REPLICATION, StopAtNight="true"),
    _tagged(
        "tag-for-load-balancers",
        "Load balancers of the internet are put there.",
        PUBLIC_SUBNET,
        **{"kubernetes.io/role/elb": "1"},
    ),
    _tagged(
        "tag-of-a-kubernetes-cluster",
        "The cluster takes the subnet for its own.",
        AURORA_SUBNET,
        **{"kubernetes.io/cluster/shop": "owned"},
    ),
    _tagged(
        "tag-of-karpenter",
        "Its nodes get the group, and with it to Aurora.",
        CLIENTS_GROUP,
        **{"karpenter.sh/discovery": "shop"},
    ),
    _held(
        "tag-of-a-cleaner-by-hand",
        "It stays, and the cluster goes.",
        drifts(CLUSTER, tags={"Name": "aurora-ferry-staging", "auto-delete": "true"}),
    ),
)

ROWS: Final = _ACTED_ON
