"""Whether AWS makes something where it is to stand, and whether a zone that fails takes it all along."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from ferry.review.plan.ranges import Network, is_public, network
from ferry.review.plan.shown import ours
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown

_SUBNET: Final = "aws_subnet"
_INSTANCE: Final = "aws_rds_cluster_instance"
_DMS: Final = "aws_dms_replication_instance"
_DOOR: Final = "aws_vpc_endpoint"
_ZONE: Final = "availability_zone"
_HTTPS: Final = 443
_MOST: Final = 60
"""Subnets of an endpoint or a group, and rules, that are looked at."""

_ZONES: Final = (
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html"
)
_SUBNETS: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
_ROUTES: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html"
_DOORS: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
_GATEWAYS: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
_CREATE_DMS: Final = (
    "https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationInstance.html"
)
_INSTANCES: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html"


def stands_well(plan: Plan) -> Iterator[Finding]:
    """A zone that is none of the region's, ranges that overlap, what stands in one zone alone."""
    for change in plan.of(_SUBNET, _INSTANCE, _DMS):
        if change.comes:
            yield from _zone(plan, change)
    yield from _overlapping(plan)
    for door in plan.of(_DOOR):
        if door.comes and str(door.after.get("service_name")).endswith(".secretsmanager"):
            yield from _door(plan, door)
    yield from _in_one_zone(plan)
    yield from _source_inside(plan)


def _zone(plan: Plan, change: Change) -> Iterator[Finding]:
    """A zone that is written down is one of the region's; DMS chooses two where it has a standby."""
    zone, region = change.after.get(_ZONE), plan.region
    if not isinstance(zone, str) or not zone:
        return
    shown = change.shown_after(_ZONE)
    if region and not re.fullmatch(rf"{re.escape(region)}[a-z]", zone):
        effect = "{zone} is no zone of {region} in which Aurora and DMS can stand."
        yield _refused(change, effect, _ZONES, zone=shown, region=ours(region))
    elif change.type == _DMS and change.after.get("multi_az") is True:
        effect = "DMS takes no zone ({zone}) for an instance that has a standby in another one."
        yield _refused(change, effect, _CREATE_DMS, zone=shown)
    elif change.type in _WAYS_TO_SUBNETS:
        zones = _zones_for(plan, change)
        if zones and zone not in zones:
            effect = "Its subnet group has no subnet in {zone}: AWS makes no instance there."
            source = _CREATE_DMS if change.type == _DMS else _INSTANCES
            yield _refused(change, effect, source, zone=shown)


_WAYS_TO_SUBNETS: Final = {
    _DMS: ("replication_subnet_group_id", "subnet_ids"),
    _INSTANCE: ("cluster_identifier", "db_subnet_group_name", "subnet_ids"),
}
"""The attributes that lead from an instance to the subnets that it may stand in."""


def _zones_for(plan: Plan, instance: Change) -> set[str]:
    """The zones that an instance may stand in; empty where one of them is not known."""
    found = [instance]
    for attribute in _WAYS_TO_SUBNETS[instance.type]:
        found = [there for it in found for there in named_resources(it, attribute)]
    zones = zones_of(plan, found) or set()
    return set() if any("${" in it for it in zones) else zones


def zones_of(plan: Plan, subnets: Sequence[Change]) -> set[str] | None:
    """The zones of subnets by name, or by what the stack says; None where one is not known."""
    zones = [plan.configured(it, _ZONE) for it in subnets]
    known = {it for it in zones if isinstance(it, str)}
    return known if known and all(isinstance(it, str) for it in zones) else None


def named_resources(change: Change, attribute: str) -> list[Change]:
    """What of the plan's an attribute refers to."""
    named = (change.references or {}).get(attribute, ())
    found = (it for address in named for it in change.neighbours.get(address, ()))
    return [it for it in islice(found, _MOST) if it.stays]


def _overlapping(plan: Plan) -> Iterator[Finding]:
    """Subnets of one VPC that share addresses. The same range twice is told for itself."""
    found: dict[object, list[tuple[int, int, Change]]] = {}
    for it in plan.of(_SUBNET):
        range_ = network(str(it.after.get("cidr_block"))) if it.stays else None
        if range_ is not None:
            vpc = it.after.get("vpc_id")
            key = tuple((it.references or {}).get("vpc_id", ())) if vpc is UNKNOWN else str(vpc)
            first, last = int(range_.network_address), int(range_.broadcast_address)
            found.setdefault(key, []).append((first, -last, it))
    for subnets in found.values():
        subnets.sort(key=lambda it: it[:2])
        _, wide, other = subnets[0]
        for first, last, it in subnets[1:]:
            is_same = it.after["cidr_block"] == other.after["cidr_block"]
            if first <= -wide and not is_same and (it.comes or other.comes):
                made, old = (it, other) if it.comes else (other, it)
                yield _refused(
                    made,
                    "EC2 makes no subnet of {range}: {other} has addresses of it.",
                    _SUBNETS,
                    attribute="cidr_block",
                    range=made.shown_after("cidr_block"),
                    other=old.shown_place,
                )
            if -last > -wide:
                wide, other = last, it


def _door(plan: Plan, door: Change) -> Iterator[Finding]:
    """An endpoint of Secrets Manager has an interface in each of several zones."""
    type_ = door.after.get("vpc_endpoint_type")
    if type_ is not UNKNOWN and type_ != "Interface":
        effect = "Secrets Manager has no endpoint of another type than Interface."
        yield _refused(door, effect, _GATEWAYS, attribute="vpc_endpoint_type")
    subnets = named_resources(door, "subnet_ids")
    zones = zones_of(plan, subnets)
    if zones is None:
        return
    if len(zones) < len(subnets):
        effect = "Two of its subnets are in one zone: EC2 takes one subnet of each."
        yield _refused(door, effect, _DOORS, attribute="subnet_ids")
    elif len(zones) == 1:
        yield _finding(
            door,
            Danger.REPLICATION_STOP,
            "It stands in one zone alone: where that fails, DMS reads no secret.",
            _DOORS,
            attribute="subnet_ids",
        )


def _in_one_zone(plan: Plan) -> Iterator[Finding]:
    """Instances of a cluster that all are told to stand in one zone."""
    clusters: dict[object, list[Change]] = {}
    for it in plan.of(_INSTANCE):
        if it.stays:
            name = it.after.get("cluster_identifier")
            named = (it.references or {}).get("cluster_identifier", ())
            clusters.setdefault(tuple(named) if name is UNKNOWN else str(name), []).append(it)
    for instances in clusters.values():
        zones = {
            str(it.after.get(_ZONE)) for it in instances if isinstance(it.after.get(_ZONE), str)
        }
        known = all(isinstance(it.after.get(_ZONE), str) for it in instances)
        new = next((it for it in instances if it.comes), None)
        if new is not None and known and len(zones) == 1 and len(instances) > 1:
            effect = "All instances of the cluster stand in {zone}: where that fails, all are gone."
            shown = new.shown_after(_ZONE)
            yield _finding(new, Danger.INTERRUPTION, effect, _INSTANCES, zone=shown)


def _source_inside(plan: Plan) -> Iterator[Finding]:
    """A new VPC has the addresses that DMS is let out to, which it then looks for inside."""
    vpcs = [
        (it, range_)
        for it in plan.of("aws_vpc")
        if it.comes and (range_ := network(str(it.after.get("cidr_block")))) is not None
    ]
    rules = plan.of("aws_vpc_security_group_egress_rule")[:_MOST]
    ranges = [to for it in rules if it.stays and (to := _database_range(it)) is not None]
    for vpc, own in vpcs[:1] if len(vpcs) == 1 else ():
        if ranges and all(_meet(own, it) for it in ranges):
            yield _finding(
                vpc,
                Danger.REPLICATION_STOP,
                "DMS is let out to addresses that are this VPC's own ({range}): it looks for the source "
                "inside, and never leaves the VPC.",
                _ROUTES,
                attribute="cidr_block",
                range=vpc.shown_after("cidr_block"),
            )


def _database_range(rule: Change) -> Network | None:
    """The private range that a rule lets out to, where it may be a database's."""
    ports = (rule.after.get("from_port"), rule.after.get("to_port"))
    to = network(str(rule.after.get("cidr_ipv4"))) if ports != (_HTTPS, _HTTPS) else None
    return to if to is not None and not is_public(to) else None


def _meet(one: Network, other: Network) -> bool:
    return one.version == other.version and one.overlaps(other)


def _refused(
    change: Change, effect: str, source: str, *, attribute: str = _ZONE, **values: Shown
) -> Finding:
    return _finding(change, Danger.REFUSED, effect, source, attribute=attribute, **values)


def _finding(
    change: Change,
    danger: Danger,
    effect: str,
    source: str,
    *,
    attribute: str = _ZONE,
    **values: Shown,
) -> Finding:
    return Finding(
        danger=danger,
        change=change,
        attribute=attribute,
        effect=Phrase(effect, values),
        source=source,
    )
