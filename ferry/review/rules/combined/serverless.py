"""Aurora's serverless instances: what another capacity does, and that there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.values import UNKNOWN, is_set
from ferry.review.rules.capacity import (
    CAPACITY,
    CLUSTER,
    Capacity,
    capacity_of,
    cluster_of,
    is_serverless,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan

_GUIDE: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide"
_SETTING: Final = f"{_GUIDE}/aurora-serverless-v2.setting-capacity.html"
_PAUSING: Final = f"{_GUIDE}/aurora-serverless-v2-auto-pause.html"
_REQUIREMENTS: Final = f"{_GUIDE}/aurora-serverless-v2.requirements.html"


def capacity_changes(plan: Plan) -> Iterator[Finding | Fine]:
    """Other capacities of a cluster's serverless instances, or the first ones.

    Both are in force at once, whatever apply_immediately says, and restart nothing. Of what is not
    known, nothing is said: that is unclear.
    """
    for cluster in plan.of(CLUSTER):
        after = capacity_of(cluster.after)
        if after is None or not cluster.changes(CAPACITY):
            continue
        if cluster.comes or not is_set(cluster.before.get(CAPACITY)):
            found = list(_pauses(cluster, after))
            yield from found or (_fine(cluster, "What serverless instances will scale between."),)
        elif cluster.action is Action.UPDATE and (before := capacity_of(cluster.before)):
            found = [
                *_pauses(cluster, after),
                *_shrinks(cluster, before, after),
                *_waits_for_a_restart(cluster, before, after),
            ]
            yield from found or (_fine(cluster, "An idle instance stays larger; none restarts."),)


def _fine(cluster: Change, because: str) -> Fine:
    return Fine(change=cluster, attribute=CAPACITY, because=because)


def _finding(
    cluster: Change, effect: str, *, timing: Timing, lasts: str, source: str, remedy: str = ""
) -> Finding:
    return Finding(
        danger=Danger.INTERRUPTION,
        change=cluster,
        attribute=CAPACITY,
        effect=Phrase(effect, cluster.shown_sides(CAPACITY) if "{before}" in effect else {}),
        when=moment(cluster, timing),
        lasts=lasts,
        remedy=Phrase(remedy),
        source=source,
    )


def _pauses(cluster: Change, after: Capacity) -> Iterator[Finding]:
    if after.min_acu == 0:
        yield _finding(
            cluster,
            "A serverless instance without connections pauses, and who connects next waits until it "
            "is back. With logical replication none ever pauses.",
            timing=Timing.NOW,
            lasts="about fifteen seconds for who connects, thirty after a day",
            source=_PAUSING,
        )


def _shrinks(cluster: Change, before: Capacity, after: Capacity) -> Iterator[Finding]:
    if after.min_acu < before.min_acu or after.max_acu < before.max_acu:
        yield _finding(
            cluster,
            "Serverless instances may be smaller, or grow less, whatever apply_immediately says: "
            "{after} in place of {before}. What is cached goes, and statements wait.",
            timing=Timing.NOW,
            lasts="as long as it is too little",
            source=_SETTING,
        )


def _waits_for_a_restart(cluster: Change, before: Capacity, after: Capacity) -> Iterator[Finding]:
    """What Aurora reckons from the capacities when an instance starts: connections and workers."""
    other_limit = (before.min_acu < 1) is not (after.min_acu < 1)
    if after.max_acu != before.max_acu or other_limit:
        yield _finding(
            cluster,
            "max_connections, autovacuum_max_workers and other parameters that Aurora reckons from the "
            "capacity stay as they are until each serverless instance is restarted.",
            timing=Timing.RESTART,
            lasts="seconds to a few minutes on each instance",
            source=_SETTING,
            remedy="Restart the readers, then the writer, when it suits: Aurora may do it in the "
            "maintenance window.",
        )


def serverless_instances(plan: Plan) -> Iterator[Finding | Fine]:
    """An instance is, or becomes, serverless: its cluster says how large it is."""
    for instance in plan.of("aws_rds_cluster_instance"):
        comes = instance.comes or instance.changes("instance_class")
        cluster = cluster_of(instance) if comes and is_serverless(instance) else None
        if cluster is None or not instance.stays:
            continue
        if capacity_of(cluster.after):
            if instance.comes:
                because = (
                    "A new instance, as large as it has to be between its cluster's capacities."
                )
                yield Fine(change=instance, attribute="instance_class", because=because)
        elif cluster.after.get(CAPACITY) is not UNKNOWN and not is_set(cluster.after.get(CAPACITY)):
            yield Finding(
                danger=Danger.REFUSED,
                change=instance,
                attribute="instance_class",
                effect=Phrase("RDS makes no serverless instance in a cluster without capacities."),
                when=moment(instance, Timing.NOW),
                remedy=Phrase(f"Give the cluster a {CAPACITY}."),
                source=_REQUIREMENTS,
            )
