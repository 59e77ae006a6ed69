"""Rules about [network]."""

import ipaddress
from collections.abc import Iterator
from typing import Final

from facts.subnets import division
from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, PairRule, Rule

_ANYWHERE: Final = "0.0.0.0/0"


def one_vpc(environment: Environment) -> Iterator[Finding]:
    """A VPC is either made or there already."""
    network = environment.network
    if network.vpc and network.existing_vpc:
        yield Finding(
            setting="network",
            given="[network.vpc] and [network.existing_vpc] given",
            allowed="one of them",
            mend="remove [network.vpc] to use the existing VPC, or [network.existing_vpc]",
        )
    if not network.vpc and not network.existing_vpc:
        yield Finding(
            setting="network",
            given="neither [network.vpc] nor [network.existing_vpc] given",
            allowed="one of them",
            mend='add [network.vpc] with cidr = "10.20.0.0/16"',
        )


def one_way_to_the_source(environment: Environment) -> Iterator[Finding]:
    """There is one way to the source's network."""
    route = environment.network.route_to_source
    if not route:
        return
    ways = ("transit_gateway_id", "virtual_private_gateway_id", "peering")
    given = [way for way in ways if getattr(route, way)]
    if len(given) != 1:
        yield Finding(
            setting="network.route_to_source",
            given=f"{' and '.join(given) or 'none of the three ways'} given",
            allowed=f"exactly one of {', '.join(ways)}",
            mend="keep one" if given else "add one, or remove [network.route_to_source]",
        )


def source_is_reached(environment: Environment) -> Iterator[Finding]:
    """From a VPC that is made here, nothing leads to the source unless something is made."""
    network, source = environment.network, environment.source
    vpc = network.vpc
    if not vpc or network.existing_vpc or not source:
        return
    if vpc.nat == "none" and not network.route_to_source and not vpc.route_made_elsewhere:
        yield Finding(
            setting="network",
            given=f"no way from the new VPC to source.cidr = {toml(source.cidr)} given",
            allowed="[network.route_to_source], NAT for a source on the internet, or a way that "
            "somebody else makes",
            mend='add [network.route_to_source], or nat = "single" or route_made_elsewhere = true '
            "to [network.vpc]",
        )


def route_leads_somewhere(environment: Environment) -> Iterator[Finding]:
    """A route has a destination; what a virtual private gateway propagates is not written here."""
    route, source = environment.network.route_to_source, environment.source
    if not route:
        return
    cidrs = route.cidrs or ()
    setting = "network.route_to_source.cidrs"
    if route.virtual_private_gateway_id and cidrs:
        yield Finding(
            setting=setting,
            given=f"{toml(cidrs)} given with virtual_private_gateway_id",
            allowed="networks with transit_gateway_id or peering",
            mend="remove cidrs: the gateway propagates its routes",
        )
    elif not route.virtual_private_gateway_id and not cidrs and source is None:
        yield Finding(
            setting=setting,
            given="nothing given without [source]",
            allowed="the networks that the route leads to",
            mend='add cidrs = ["172.16.0.0/16"] where applications there use Aurora, or remove '
            "[network.route_to_source]",
        )
    for wanted in source.cidrs if cidrs and source else ():
        if not any(_holds(cidr, wanted) for cidr in cidrs):
            name = "cidr" if source and wanted == source.cidr else "further_cidrs"
            yield Finding(
                setting=setting,
                given=f"{toml(cidrs)} given, without {toml(wanted)} of source.{name}",
                allowed="networks that hold all of the source's",
                mend=f"add {toml(wanted)}, or remove cidrs",
            )
    for cidr in sorted({cidr for cidr in cidrs if cidrs.count(cidr) > 1}):
        yield Finding(
            setting=setting,
            given=f"{toml(cidr)} given {cidrs.count(cidr)} times",
            allowed="each once",
            mend="remove it where it is repeated",
        )


def routes_lead_out_of_the_vpc(environment: Environment) -> Iterator[Finding]:
    """A VPC routes its own addresses to itself."""
    vpc, route = environment.network.vpc, environment.network.route_to_source
    for index, cidr in enumerate((route.cidrs if route else None) or ()):
        if vpc and _overlap(vpc.cidr, cidr):
            yield Finding(
                setting=f"network.route_to_source.cidrs[{index}]",
                given=f"{toml(cidr)} given, which overlaps network.vpc.cidr = {toml(vpc.cidr)}",
                allowed="networks outside of the VPC",
                mend="correct it, or give the VPC another network",
            )


def source_is_outside_the_vpc(environment: Environment) -> Iterator[Finding]:
    """A VPC routes its own addresses to itself, so the source's must be others.

    A hosted source without addresses of its own is anywhere on the internet, which is behind NAT. One
    that is offered by PrivateLink has an endpoint in the VPC, which somebody else makes. Source:
    https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-saas.html
    """
    vpc, source = environment.network.vpc, environment.source
    if vpc and source and source.cidr == _ANYWHERE:
        if environment.nat == "none":
            yield Finding(
                setting="source.cidr",
                given=f'{toml(source.cidr)} given with network.vpc.nat = "none"',
                allowed="the whole internet with NAT, for a source without addresses of its own",
                mend='set nat = "single" in [network.vpc], or cidr to the source\'s network',
            )
        return
    for cidr in source.cidrs if vpc and source else ():
        if not vpc or not _overlap(vpc.cidr, cidr):
            continue
        if vpc.route_made_elsewhere and _holds(vpc.cidr, cidr):
            continue
        name = "cidr" if source and cidr == source.cidr else "further_cidrs"
        yield Finding(
            setting="network.vpc.cidr",
            given=f"{toml(vpc.cidr)} given, which overlaps {toml(cidr)} of source.{name}",
            allowed="a network that does not overlap the source's, or one that holds it where it is "
            "at an endpoint in the VPC",
            mend="give the VPC another network, or set route_made_elsewhere = true in [network.vpc] "
            "for such an endpoint",
        )


def zones_are_the_regions(environment: Environment) -> Iterator[Finding]:
    """A VPC's zones belong to its region."""
    vpc, region = environment.network.vpc, environment.aws.region
    for index, zone in enumerate((vpc.availability_zones if vpc else None) or ()):
        if zone[:-1] != region:
            yield Finding(
                setting=f"network.vpc.availability_zones[{index}]",
                given=f"{toml(zone)} given, with aws.region = {toml(region)}",
                allowed=f"zones of {region}",
                mend=f"write a zone such as {toml(f'{region}a')}",
            )


def zones_differ(environment: Environment) -> Iterator[Finding]:
    """Each zone is named once."""
    vpc = environment.network.vpc
    zones = (vpc.availability_zones if vpc else None) or ()
    for zone in sorted({zone for zone in zones if zones.count(zone) > 1}):
        yield Finding(
            setting="network.vpc.availability_zones",
            given=f"{toml(zone)} given {zones.count(zone)} times",
            allowed="each zone once",
            mend="remove it where it is repeated",
        )


def zones_are_named_or_counted(environment: Environment) -> Iterator[Finding]:
    """Zones that are named need no number."""
    vpc = environment.network.vpc
    if vpc and vpc.availability_zones and "zone_count" in vpc.model_fields_set:
        yield Finding(
            setting="network.vpc.zone_count",
            given=f"{vpc.zone_count} given beside availability_zones",
            allowed="one of them",
            mend="remove zone_count",
        )


def subnets_fit_into_the_vpc(environment: Environment) -> Iterator[Finding]:
    """A small VPC has room for few of AWS's smallest subnets."""
    vpc = environment.network.vpc
    if not vpc:
        return
    room = division(ipaddress.IPv4Network(vpc.cidr).prefixlen)
    zones = len(vpc.availability_zones or ()) or vpc.zone_count
    given_with = f"given with cidr = {toml(vpc.cidr)}"
    if zones > room.aurora:
        named = vpc.availability_zones is not None
        yield Finding(
            setting=f"network.vpc.{'availability_zones' if named else 'zone_count'}",
            given=f"{zones} zones {given_with}",
            allowed=f"{room.aurora} zones, for whose subnets there is room",
            mend=f"{'name' if named else 'set zone_count ='} {room.aurora}, or give the VPC a larger "
            "network",
        )
    gateways = {"none": 0, "single": 1, "one-per-zone": min(zones, room.aurora)}[vpc.nat]
    if gateways > room.public:
        yield Finding(
            setting="network.vpc.nat",
            given=f"{toml(vpc.nat)} {given_with}",
            allowed=f"NAT in {room.public} zones, for whose public subnets there is room",
            mend=f"set nat = {toml('single' if room.public else 'none')}, or give the VPC a larger "
            "network",
        )


def subnets_differ(environment: Environment) -> Iterator[Finding]:
    """A list of subnets holds each once."""
    vpc = environment.network.existing_vpc
    for setting in ("aurora_subnet_ids", "dms_subnet_ids", "route_table_ids"):
        ids: tuple[str, ...] = (getattr(vpc, setting) if vpc else None) or ()
        for repeated in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
            yield Finding(
                setting=f"network.existing_vpc.{setting}",
                given=f"{toml(repeated)} given {ids.count(repeated)} times",
                allowed="each once",
                mend="remove it where it is repeated",
            )


def secrets_manager_is_reached(environment: Environment) -> Iterator[Finding]:
    """DMS reads its credentials through an endpoint of the environment's own or one that is named."""
    vpc = environment.network.existing_vpc
    if not vpc:
        return
    others = ("secretsmanager_security_group_id", "secretsmanager_cidr")
    given = [setting for setting in others if getattr(vpc, setting)]
    if vpc.secretsmanager_endpoint and given:
        yield Finding(
            setting="network.existing_vpc.secretsmanager_endpoint",
            given=f"true given beside {' and '.join(given)}",
            allowed="either a new endpoint or one that exists",
            mend=f"set secretsmanager_endpoint = false, or remove {' and '.join(given)}",
        )
    if not vpc.secretsmanager_endpoint and len(given) != 1:
        yield Finding(
            setting="network.existing_vpc.secretsmanager_endpoint",
            given=f"false given with {' and '.join(given) or 'no other endpoint'}",
            allowed=f"false with exactly one of {' and '.join(others)}",
            mend=f"add {others[0]}, or set secretsmanager_endpoint = true"
            if not given
            else f"remove {others[1]}",
        )


def existing_routes_are_named(environment: Environment) -> Iterator[Finding]:
    """In an existing VPC a route to the source goes into route tables that are named."""
    vpc, route = environment.network.existing_vpc, environment.network.route_to_source
    if vpc and route and not vpc.route_table_ids:
        yield Finding(
            setting="network.existing_vpc.route_table_ids",
            given="nothing given beside [network.route_to_source]",
            allowed="the route tables of DMS's subnets",
            mend="add route_table_ids, or remove [network.route_to_source] if the VPC has the route",
        )
    if vpc and vpc.route_table_ids and not route:
        yield Finding(
            setting="network.existing_vpc.route_table_ids",
            given="given without [network.route_to_source]",
            allowed="route tables where there is a route to put in",
            mend="add [network.route_to_source], or remove route_table_ids",
        )


def transit_gateway_tells_vpcs_apart(one: Environment, other: Environment) -> Iterator[Finding]:
    """VPCs on one transit gateway have addresses of their own."""
    gateway = _way(one, "transit_gateway_id")
    vpc, others = one.network.vpc, other.network.vpc
    if (
        vpc
        and others
        and gateway
        and gateway == _way(other, "transit_gateway_id")
        and _overlap(vpc.cidr, others.cidr)
    ):
        yield Finding(
            setting="network.vpc.cidr",
            given=f"{toml(others.cidr)} given, which overlaps {one.name}'s {toml(vpc.cidr)} on "
            f"{gateway}",
            allowed="networks that do not overlap on one transit gateway",
            mend="give one of the two VPCs another network",
        )


def virtual_private_gateway_is_not_shared(
    one: Environment, other: Environment
) -> Iterator[Finding]:
    """A virtual private gateway is attached to one VPC, by one environment."""
    gateway = _way(one, "virtual_private_gateway_id")
    if gateway and gateway == _way(other, "virtual_private_gateway_id"):
        yield Finding(
            setting="network.route_to_source.virtual_private_gateway_id",
            given=f"{toml(gateway)} given, which {one.name} has too",
            allowed="a gateway for one environment",
            mend="use a transit gateway for both, or another gateway for one",
        )


def shared_vpc_is_routed_once(one: Environment, other: Environment) -> Iterator[Finding]:
    """In a VPC that two environments share, one of them makes the route to the source."""
    vpc, others = one.network.existing_vpc, other.network.existing_vpc
    if not (vpc and others and vpc.vpc_id == others.vpc_id):
        return
    if one.network.route_to_source and other.network.route_to_source:
        yield Finding(
            setting="network.route_to_source",
            given=f"given for {others.vpc_id}, whose route {one.name} makes already",
            allowed="one environment that makes the route",
            mend="remove [network.route_to_source] and route_table_ids from one of the two",
        )


def _way(environment: Environment, setting: str) -> str | None:
    return getattr(environment.network.route_to_source, setting, None)


def _overlap(one: str, other: str) -> bool:
    return ipaddress.IPv4Network(one).overlaps(ipaddress.IPv4Network(other))


def _holds(one: str, other: str) -> bool:
    return ipaddress.IPv4Network(other).subnet_of(ipaddress.IPv4Network(one))


_VPCS = ("network.vpc", "network.existing_vpc")
_SOURCE = ("source.cidr", "source.further_cidrs")
_ROUTE = "network.route_to_source"
_ZONES = "network.vpc.availability_zones"

RULES = (
    Rule(one_vpc, _VPCS),
    Rule(one_way_to_the_source, (_ROUTE,)),
    Rule(
        source_is_reached,
        ("network.vpc", _ROUTE, "source.cidr"),
    ),
    Rule(route_leads_somewhere, (_ROUTE, *_SOURCE)),
    Rule(routes_lead_out_of_the_vpc, ("network.vpc.cidr", f"{_ROUTE}.cidrs")),
    Rule(source_is_outside_the_vpc, ("network.vpc", *_SOURCE)),
    Rule(zones_are_the_regions, (_ZONES, "aws.region")),
    Rule(zones_differ, (_ZONES,)),
    Rule(zones_are_named_or_counted, (_ZONES, "network.vpc.zone_count")),
    Rule(
        subnets_fit_into_the_vpc,
        ("network.vpc.cidr", "network.vpc.nat", "network.vpc.zone_count", _ZONES),
    ),
    Rule(subnets_differ, ("network.existing_vpc",)),
    Rule(secrets_manager_is_reached, ("network.existing_vpc",)),
    Rule(existing_routes_are_named, ("network.existing_vpc", _ROUTE)),
)
PAIR_RULES = (
    PairRule(
        transit_gateway_tells_vpcs_apart,
        ("name", "network.vpc.cidr", "network.route_to_source.transit_gateway_id"),
    ),
    PairRule(
        virtual_private_gateway_is_not_shared,
        ("name", "network.route_to_source.virtual_private_gateway_id"),
    ),
    PairRule(shared_vpc_is_routed_once, ("name", "network.existing_vpc.vpc_id", _ROUTE)),
)
