"""Whether a VPC finds the zones that it needs, and the way to the source its other end."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from facts.aurora import ENGINE
from ferry.account import Unanswered, asked, found_or_none
from ferry.findings import Finding, blocked, not_judged, right, warning
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from types_boto3_ec2 import EC2Client
    from types_boto3_rds import RDSClient

    from ferry.check.account.subject import Subject
    from settings.environment import Environment

ZONES: Final = "zones"
CLASS_ZONES: Final = "aurora-class-zones"
WAY: Final = "way-to-the-source"

_HALF_WAY: Final = "The deployment ends half-way."


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherEnd:
    """What the way to the source leads to.

    Args:
        state: EC2's word for its state.
        vpcs: The VPCs that a virtual private gateway is attached to.
        cidrs: The networks of a peered VPC.
    """

    state: str
    vpcs: tuple[str, ...] = ()
    cidrs: tuple[str, ...] = ()


def check(subject: Subject) -> Iterator[Finding]:
    """Ask EC2 and RDS, and judge zones and way."""
    yield from _check_zones(subject)
    yield from _check_way(subject)


def _check_zones(subject: Subject) -> Iterator[Finding]:
    environment, wanted = subject.environment, subject.environment.network.vpc
    if wanted is None:
        return
    zones = asked("ask EC2 for the region's zones", lambda: subject.zones)
    if isinstance(zones, Unanswered):
        yield not_judged(ZONES, "The zones", why=zones.why, remedy=zones.remedy)
        return
    yield judge_zones(environment, zones)
    for instance_class in environment.aurora.classes:
        offering = asked(
            f"ask RDS for the zones of {instance_class}",
            partial(_zones_of, subject.account.rds, instance_class),
        )
        if isinstance(offering, Unanswered):
            yield not_judged(
                CLASS_ZONES, "The zones of the class", why=offering.why, remedy=offering.remedy
            )
        elif offering:
            yield judge_class_zones(environment, instance_class, zones=zones, offering=offering)


def _zones_of(rds: RDSClient, instance_class: str) -> frozenset[str]:
    """The zones in which a class can be ordered, in whatever version; none where RDS names none."""
    pages = rds.get_paginator("describe_orderable_db_instance_options").paginate(
        Engine=ENGINE, DBInstanceClass=instance_class
    )
    return frozenset(
        zone["Name"]
        for page in pages
        for option in page["OrderableDBInstanceOptions"]
        for zone in option.get("AvailabilityZones", ())
    )


def judge_zones(environment: Environment, zones: Sequence[str]) -> Finding:
    """Whether the zones that the file names, or as many as it wants, take subnets.

    Args:
        environment: The environment, with a VPC that is made.
        zones: The region's zones that do, sorted.
    """
    named, count = _wanted(environment)
    region = environment.aws.region
    missing = [zone for zone in named if zone not in zones]
    if missing:
        return blocked(
            ZONES,
            f"{region} has no zone {', '.join(missing)} that takes subnets of this account.",
            why=f"CreateSubnet is refused. {_HALF_WAY}",
            remedy=f"Name others in network.vpc.availability_zones of {environment.name}.toml: "
            f"{', '.join(zones)}.",
        )
    if count > len(zones):
        return blocked(
            ZONES,
            f"{region} has {counted(len(zones), 'zone that takes', 'zones that take')} subnets of this "
            f"account, and the file wants {count}.",
            why="The plan stops: the VPC has subnets in as many.",
            remedy=f"Set network.vpc.zone_count = {len(zones)} in {environment.name}.toml.",
        )
    return right(ZONES, f"{region} has the {count} zones that {environment.name} takes.")


def judge_class_zones(
    environment: Environment,
    instance_class: str,
    *,
    zones: Sequence[str],
    offering: Collection[str],
) -> Finding:
    """Whether a class of Aurora's can be had in each zone in which its subnets are.

    Args:
        environment: The environment, with a VPC that is made.
        instance_class: The class.
        zones: The region's zones that take subnets, sorted.
        offering: The zones in which the class can be ordered.
    """
    named, count = _wanted(environment)
    without = [zone for zone in named or zones[:count] if zone not in offering]
    if without:
        return warning(
            CLASS_ZONES,
            f"{instance_class} cannot be ordered in {', '.join(without)}.",
            why="RDS places no instance there, and a failover has fewer zones to go to.",
            remedy="Name zones that offer it in network.vpc.availability_zones, or choose another "
            f"class. It can be ordered in {', '.join(sorted(offering))}.",
        )
    return right(CLASS_ZONES, f"{instance_class} can be ordered in each of these zones.")


def _wanted(environment: Environment) -> tuple[tuple[str, ...], int]:
    """The zones that the file names, and how many it wants."""
    vpc = environment.network.vpc
    named = (vpc.availability_zones if vpc else None) or ()
    return named, len(named) or (vpc.zone_count if vpc else 0)


def _check_way(subject: Subject) -> Iterator[Finding]:
    environment, ec2 = subject.environment, subject.account.ec2
    name = way(environment)
    if name is None:
        return
    found = asked(f"look for {name}", lambda: _other_end(ec2, name, own=environment.names.vpc))
    if isinstance(found, Unanswered):
        yield not_judged(WAY, "The way to the source", why=found.why, remedy=found.remedy)
    else:
        yield judge_way(environment, name, found)


def way(environment: Environment) -> str | None:
    """What the way leads to and this account can look at; None for another's VPC, or no way."""
    route, aws = environment.network.route_to_source, environment.aws
    if route is None:
        return None
    if route.peering is None:
        return route.transit_gateway_id or route.virtual_private_gateway_id
    peer = route.peering
    here = (peer.account_id or aws.account_id, peer.region or aws.region)
    return peer.vpc_id if here == (aws.account_id, aws.region) else None


def _other_end(ec2: EC2Client, name: str, *, own: str) -> OtherEnd | None:
    """What EC2 says of it; None where there is none. `own` is the Name of the environment's VPC."""
    if name.startswith("tgw-"):
        gateways = found_or_none(
            lambda: ec2.describe_transit_gateways(TransitGatewayIds=[name])["TransitGateways"],
            "InvalidTransitGatewayID.NotFound",
        )
        return OtherEnd(state=gateways[0].get("State", "")) if gateways else None
    if name.startswith("vgw-"):
        private = found_or_none(
            lambda: ec2.describe_vpn_gateways(VpnGatewayIds=[name])["VpnGateways"],
            "InvalidVpnGatewayID.NotFound",
        )
        if not private:
            return None
        attached = [
            it.get("VpcId", "")
            for it in private[0].get("VpcAttachments", ())
            if it.get("State") in {"attaching", "attached"}
        ]
        return OtherEnd(
            state=private[0].get("State", ""),
            vpcs=tuple(vpc for vpc in attached if own not in _names(ec2, vpc)),
        )
    vpcs = found_or_none(lambda: ec2.describe_vpcs(VpcIds=[name])["Vpcs"], "InvalidVpcID.NotFound")
    if not vpcs:
        return None
    return OtherEnd(
        state=vpcs[0].get("State", ""),
        cidrs=tuple(it.get("CidrBlock", "") for it in vpcs[0].get("CidrBlockAssociationSet", ())),
    )


def _names(ec2: EC2Client, vpc_id: str) -> list[str]:
    """What a VPC is called by its tag."""
    found = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    return [
        tag.get("Value", "")
        for vpc in found
        for tag in vpc.get("Tags", ())
        if tag.get("Key") == "Name"
    ]


def judge_way(environment: Environment, name: str, found: OtherEnd | None) -> Finding:
    """Whether the way's other end is there, available, and another network than the VPC's.

    Args:
        environment: The environment.
        name: What the way leads to.
        found: That, as EC2 describes it; None where there is none.
    """
    vpc, file = environment.network.vpc, f"{environment.name}.toml"
    if found is None:
        return blocked(
            WAY,
            f"There is no {name} in this account and region, nor shared with it.",
            why=f"EC2 refuses to attach it. {_HALF_WAY}",
            remedy=f"Correct [network.route_to_source] in {file}, or have it shared.",
        )
    if found.state != "available":
        return warning(
            WAY,
            f"{name} is {found.state}, not available.",
            why="Until it is, EC2 refuses to attach it.",
            remedy="Wait, or look at it with its owner.",
        )
    overlapping = [cidr for cidr in found.cidrs if vpc and _overlap(cidr, vpc.cidr)]
    if overlapping and vpc:
        return blocked(
            WAY,
            f"{name} has {', '.join(overlapping)}, which overlaps network.vpc.cidr, {vpc.cidr}.",
            why="EC2 makes no peering connection between such VPCs.",
            remedy=f"Give the VPC another network in {file}.",
        )
    if found.vpcs and vpc:
        return warning(
            WAY,
            f"{name} is attached to {', '.join(found.vpcs)}.",
            why="A virtual private gateway is attached to one VPC: where that is not this "
            "environment's, EC2 refuses.",
            remedy="Look whose it is; a transit gateway serves several.",
        )
    return right(WAY, f"{name}, the way to the source, is there.")


def _overlap(one: str, other: str) -> bool:
    return ipaddress.IPv4Network(one).overlaps(ipaddress.IPv4Network(other))
