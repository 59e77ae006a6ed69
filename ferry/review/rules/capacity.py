"""How large the serverless instances of a cluster may be, and what that lets them have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts import serverless
from facts.instance_classes import max_connections, memory_bytes
from facts.serverless import BYTES_IN_ACU, SERVERLESS
from ferry.review.rules.conditions import number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ferry.review.plan.plan import Change, Neighbours

CLUSTER: Final = "aws_rds_cluster"
CAPACITY: Final = "serverlessv2_scaling_configuration"


@dataclass(frozen=True, slots=True)
class Capacity:
    """Between what serverless instances scale.

    Args:
        min_acu: The lower capacity.
        max_acu: The upper one.
    """

    min_acu: float
    max_acu: float


def capacity_of(side: Mapping[str, Any]) -> Capacity | None:
    """A cluster's capacities before or after; None where it has none, or they are not known.

    How long an instance waits before it pauses is not looked at: AWS fills it in.
    """
    blocks = side.get(CAPACITY)
    if not isinstance(blocks, list) or len(blocks) != 1 or not isinstance(blocks[0], dict):
        return None
    least, most = (number(blocks[0].get(it)) for it in ("min_capacity", "max_capacity"))
    return None if least is None or most is None else Capacity(least, most)


def cluster_of(instance: Change) -> Change | None:
    """The cluster in the plan that an instance is in; None where the plan does not tell it."""
    named = (instance.references or {}).get("cluster_identifier", ())
    found = [it for address in named if (it := instance.neighbours.get(address))]
    if len(found) == 1 and len(found[0]) == 1 and found[0][0].type == CLUSTER:
        return found[0][0]
    identifier = instance.after.get("cluster_identifier")
    by_name = instance.neighbours.once(_by_name)
    return by_name.get(identifier) if isinstance(identifier, str) else None


def _by_name(neighbours: Neighbours) -> dict[str, Change]:
    names = ((it.after.get("cluster_identifier"), it) for it in neighbours.of(CLUSTER))
    return {name: it for name, it in names if isinstance(name, str)}


def is_serverless(instance: Change) -> bool:
    """Whether an instance is of no size of its own, after apply."""
    return instance.after.get("instance_class") == SERVERLESS


def _most(instance: Change) -> Capacity | None:
    cluster = cluster_of(instance) if is_serverless(instance) else None
    return capacity_of(cluster.after) if cluster else None


def memory_of(instance: Change) -> int | None:
    """An Aurora instance's memory, a serverless one's at its largest; None where it is not known."""
    if capacity := _most(instance):
        return int(capacity.max_acu * BYTES_IN_ACU)
    return memory_bytes(str(instance.after.get("instance_class")))


def connections_of(instance: Change) -> int | None:
    """About how many connections an Aurora instance accepts by default; None where it is not known."""
    if capacity := _most(instance):
        return serverless.max_connections(capacity.min_acu, capacity.max_acu)
    return max_connections(str(instance.after.get("instance_class")))
