"""A new instance beside the cluster's others: what all of them have, and it has not.

It reads, and may be promoted, as they do; each value may be harmless by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts.instance_classes import BYTES_IN_GIB, memory_bytes
from ferry.review.plan.plan import Action
from ferry.review.plan.shown import ours
from ferry.review.plan.values import UNKNOWN, is_set
from ferry.review.rules.conditions import number
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.values import Json

_INSTANCE: Final = "aws_rds_cluster_instance"
_GUIDE: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Trait:
    """What instances of a cluster have alike.

    Args:
        attribute: The attribute.
        less: Whether a new instance's value is less than one of another instance, or another where
            that may matter.
        danger: What kind of effect it is.
        effect: What comes of it; ``{after}`` stands for the value, ``{theirs}`` for one of the
            others'.
        source: Where that is written.
    """

    attribute: str
    less: Callable[[Json, Json], bool]
    danger: Danger
    effect: str
    source: str


def _seconds(interval: Json) -> float:
    return number(interval) or float("inf")


def _differs(value: Json, theirs: Json) -> bool:
    """Whether it is another value; what only AWS will say is AWS's default."""
    return value is not UNKNOWN and is_set(theirs) and value != theirs


def _is_another(value: Json, theirs: Json) -> bool:
    """Whether it is another value; what is known only after apply is that of something new."""
    return is_set(theirs) and value != theirs


def _smaller(value: Json, theirs: Json) -> bool:
    """Whether a class is known to have less memory."""
    memory, most = _memory(value), _memory(theirs)
    return bool(memory and most and memory < most)


def _of_a_size_unknown(value: Json, theirs: Json) -> bool:
    """Whether another class may have less memory."""
    return value != theirs and not (_memory(value) and _memory(theirs))


def _memory(value: Json) -> int | None:
    return memory_bytes(value) if isinstance(value, str) else None


def _kept_for_less(value: Json, theirs: Json) -> bool:
    days, most = number(value), number(theirs)
    return bool(days and most and days < most)


_TRAITS: Final = (
    _Trait(
        attribute="instance_class",
        less=_smaller,
        danger=Danger.UNCLEAR,
        effect="The new instance, of {after}{memory}, is smaller than the cluster's others, such as "
        "one of {theirs}: the reader endpoint sends it as many connections, and it may have to take "
        "the writer's place.",
        source=f"{_GUIDE}/Aurora.Endpoints.Reader.html",
    ),
    _Trait(
        attribute="instance_class",
        less=_of_a_size_unknown,
        danger=Danger.UNCLEAR,
        effect="The new instance is of {after}, the cluster's others, for example, of {theirs}: which "
        "of the two is larger is not known here.",
        source=f"{_GUIDE}/Concepts.DBInstanceClass.html",
    ),
    _Trait(
        attribute="monitoring_interval",
        less=lambda value, theirs: _seconds(value) > _seconds(theirs),
        danger=Danger.UNWATCHED,
        effect="Enhanced monitoring looks at the cluster's other instances every {theirs} seconds, at "
        "the new one less often: {after}.",
        source=f"{_GUIDE}/USER_Monitoring.OS.html",
    ),
    _Trait(
        attribute="performance_insights_enabled",
        less=lambda value, theirs: theirs is True and value is not True,
        danger=Danger.UNWATCHED,
        effect="Performance Insights is on for the cluster's other instances, and not for the new one.",
        source=f"{_GUIDE}/USER_PerfInsights.Enabling.html",
    ),
    _Trait(
        attribute="performance_insights_retention_period",
        less=_kept_for_less,
        danger=Danger.UNWATCHED,
        effect="Performance Insights keeps what the cluster's other instances do for {theirs} days, "
        "what the new one does for less: {after}.",
        source=f"{_GUIDE}/USER_PerfInsights.Enabling.html",
    ),
    _Trait(
        attribute="ca_cert_identifier",
        less=_differs,
        danger=Danger.UNCLEAR,
        effect="{after} signs the new instance's certificate, {theirs} the others': clients that trust "
        "these alone cannot connect to it.",
        source=f"{_GUIDE}/UsingWithRDS.SSL-certificate-rotation.html",
    ),
    _Trait(
        attribute="db_parameter_group_name",
        less=_is_another,
        danger=Danger.UNCLEAR,
        effect="The new instance goes by the parameters of {after}, the cluster's others by those of "
        "{theirs}: it answers, logs and limits as these say.",
        source=f"{_GUIDE}/USER_WorkingWithParamGroups.html",
    ),
    _Trait(
        attribute="preferred_maintenance_window",
        less=_differs,
        danger=Danger.UNCLEAR,
        effect="The new instance is maintained at another time, {after}, than the cluster's others, "
        "such as {theirs}: it may restart then.",
        source=f"{_GUIDE}/USER_UpgradeDBInstance.Maintenance.html",
    ),
)


def unlike_its_peers(plan: Plan) -> Iterator[Finding]:
    """A new instance has less than all others of its cluster that are there and stay."""
    clusters: dict[str, list[Change]] = {}
    for it in plan.of(_INSTANCE):
        cluster = it.after.get("cluster_identifier")
        if isinstance(cluster, str) and it.stays and not it.comes:
            clusters.setdefault(cluster, []).append(it)
    peers = {cluster: [_Peers(it, there) for it in _TRAITS] for cluster, there in clusters.items()}
    for change in plan.of(_INSTANCE):
        if change.action is not Action.CREATE:
            continue  # what is made anew changes, and that is judged
        cluster = change.after.get("cluster_identifier")
        for theirs in peers.get(cluster, ()) if isinstance(cluster, str) else ():
            trait = theirs.trait
            if theirs.have_more_than(change):
                yield Finding(
                    danger=trait.danger,
                    change=change,
                    attribute=trait.attribute,
                    effect=Phrase(trait.effect, _said(change, theirs.least, trait.attribute)),
                    source=trait.source,
                )


class _Peers:
    """What some instances of a cluster have of a trait; looked at once."""

    def __init__(self, trait: _Trait, there: Sequence[Change]) -> None:
        self.trait = trait
        self.least = there[0]
        self._values = {repr(it.after.get(trait.attribute)) for it in there}
        for it in there[1:]:
            if self._has_less(it):
                self.least = it

    def have_more_than(self, change: Change) -> bool:
        """Whether each of them has more than a new instance, or something else."""
        return repr(change.after.get(self.trait.attribute)) not in self._values and self._has_less(
            change
        )

    def _has_less(self, change: Change) -> bool:
        name = self.trait.attribute
        return self.trait.less(change.after.get(name), self.least.after.get(name))


def _said(change: Change, peer: Change, attribute: str) -> dict[str, Shown]:
    memory = _memory(change.after.get("instance_class"))
    return {
        "after": change.shown_after(attribute) if change.after.get(attribute) else ours("never"),
        "theirs": peer.shown_after(attribute),
        "memory": ours(f" with {memory // BYTES_IN_GIB} GiB" if memory else ""),
    }
