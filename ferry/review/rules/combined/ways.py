"""What joins the VPC to others and to AWS's services: gateways, peerings, endpoints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import COMING, Action
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.combined.places import named_resources, zones_of
from ferry.review.rules.combined.route_tables import ROUTE, ROUTES_PAGE, named, table_of, tables_of
from ferry.review.rules.conditions import left_out
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import CREATED
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

_TRANSIT: Final = "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"
_PEERING: Final = "https://docs.aws.amazon.com/vpc/latest/peering/what-is-vpc-peering.html"
_PROPAGATION: Final = "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-static-dynamic.html"
_LINK: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
_DMS_SUBNETS: Final = "aws_dms_replication_subnet_group"
_ASKED: Final = "secretsmanager"
"""The service that DMS reaches by a VPC endpoint."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Switch:
    """An option by which traffic finds its way.

    Args:
        on: The value with which it does.
        effect: What happens when it is turned off.
        made: What is so where something new has it off; empty where nobody misses it.
    """

    on: Json
    effect: str
    made: str = ""


_TRANSIT_OPTIONS: Final[Mapping[str, _Switch]] = {
    "transit_gateway_default_route_table_propagation": _Switch(
        on=True,
        effect="The transit gateway no longer learns the way to this VPC: answers do not come back.",
        made="The transit gateway does not learn the way to this VPC: answers come back only where "
        "somebody enters it there.",
    ),
    "transit_gateway_default_route_table_association": _Switch(
        on=True,
        effect="What comes from this VPC finds no route in the transit gateway's own table.",
        made="What comes from this VPC finds no route in the transit gateway's own table, nor in "
        "another one unless somebody associates it.",
    ),
    "dns_support": _Switch(
        on="enable", effect="Names of other VPCs of the transit gateway are no longer resolved."
    ),
    "security_group_referencing_support": _Switch(
        on="enable", effect="Rules that name groups of other VPCs let nothing through any more."
    ),
}
_JOINED: Final = "The VPC is joined to another: routes and security groups decide what passes."


def _is_own_peer(plan: Plan, peering: Change) -> bool:
    """Whether a VPC is joined to one of the same account, which the provider takes by default.

    Source: https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/vpc_peering_connection
    """
    owner = peering.after.get("peer_owner_id")
    return left_out(peering, "peer_owner_id") is True or (
        bool(plan.account_id) and owner == plan.account_id
    )


def ways_change(plan: Plan) -> Iterator[Finding | Fine]:
    """What joins the VPC to others, or to AWS's services, comes or is turned off."""
    for change in plan.of("aws_ec2_transit_gateway_vpc_attachment"):
        yield from _transit_changes(plan, change)
    for change in plan.of("aws_vpc_peering_connection"):
        if _is_own_peer(plan, change):
            yield from _made(change, "vpc_id", Danger.WIDER_ACCESS, _JOINED, _PEERING)
            yield from _accepted(plan, change)
        elif change.comes:
            yield _way(change, Danger.WIDER_ACCESS, _JOINED, _PEERING, CREATED)
    for change in plan.of("aws_vpn_gateway_attachment"):
        yield from _made(
            change,
            "vpc_id",
            Danger.WIDER_ACCESS,
            "A VPC that exists gets a VPN gateway.",
            _PROPAGATION,
        )
    for change in plan.of("aws_vpn_gateway_route_propagation"):
        yield from _made(
            change,
            "route_table_id",
            Danger.REPLICATION_STOP,
            "The VPN gateway enters its routes in a table that exists: traffic to what it knows goes "
            "there.",
            _PROPAGATION,
        )
    yield from _endpoints_come(plan)
    yield from _uneven(plan)


def _transit_changes(plan: Plan, attachment: Change) -> Iterator[Finding | Fine]:
    """A VPC joins a transit gateway, or an option by which traffic finds its way there changes."""
    effect = "A VPC that exists joins a transit gateway."
    yield from _made(attachment, "vpc_id", Danger.WIDER_ACCESS, effect, _TRANSIT)
    for name, switch in _TRANSIT_OPTIONS.items():
        after = attachment.after.get(name)
        if attachment.action is Action.UPDATE and attachment.changes(name):
            if after == switch.on:
                yield Fine(change=attachment, attribute=name, because="Traffic finds its way.")
            else:
                yield _way(attachment, Danger.REPLICATION_STOP, switch.effect, _TRANSIT, name)
        elif switch.made and attachment.comes and after is False:
            yield _way(attachment, Danger.REPLICATION_STOP, switch.made, _TRANSIT, name)
    if attachment.comes:
        yield from _zones_without_a_gateway(plan, attachment)


def _zones_without_a_gateway(plan: Plan, attachment: Change) -> Iterator[Finding]:
    """Zones of DMS's in which a new attachment has no subnet: from there nothing reaches the gateway."""
    served = zones_of(plan, named_resources(attachment, "subnet_ids"))
    zones = plan.once(_zones_of_dms)
    are_alike = len({"${" in it for it in zones | (served or set())}) == 1
    if served is not None and are_alike and not zones <= served:
        effect = (
            "Not each zone of DMS's has a subnet of the attachment: what stands in another one does "
            "not reach the transit gateway."
        )
        yield _way(attachment, Danger.REPLICATION_STOP, effect, _TRANSIT, "subnet_ids")


def _zones_of_dms(plan: Plan) -> frozenset[str]:
    """The zones that DMS may stand in, as far as they are known."""
    groups = (it for it in plan.of(_DMS_SUBNETS) if it.stays)
    found = (zones_of(plan, named_resources(it, "subnet_ids")) for it in groups)
    return frozenset(zone for zones in found for zone in zones or ())


def _accepted(plan: Plan, peering: Change) -> Iterator[Finding]:
    """A new peering is accepted at once only within one account and region, and where that is said.

    Source: https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/vpc_peering_connection#auto_accept
    """
    if not peering.comes:
        return
    region = peering.after.get("peer_region")
    is_far = isinstance(region, str) and region not in ("", plan.region)
    if peering.after.get("auto_accept") is not True:
        effect = "Somebody has to accept the peering on its other side: until then nothing passes."
        yield _way(peering, Danger.REPLICATION_STOP, effect, _PEERING, "auto_accept")
    elif is_far:
        effect = "AWS accepts no peering with another region by itself: the provider refuses it."
        yield _way(peering, Danger.REFUSED, effect, _PEERING, "auto_accept")


def _uneven(plan: Plan) -> Iterator[Finding]:
    """Some of DMS's subnets have a way out, and a new one among them has none."""
    if not any(it.comes for it in plan.of(_DMS_SUBNETS)):
        return
    neighbours = plan.of(_DMS_SUBNETS)[0].neighbours
    tables = tables_of(neighbours, _DMS_SUBNETS)
    routed = {table_of(it, it.after) for it in neighbours.of(ROUTE) if it.stays}
    if not routed.intersection(tables.values()):
        return
    for change in plan.of("aws_route_table_association"):
        table = tables.get(named(change, "subnet_id"))
        if change.comes and table is not None and table not in routed:
            effect = "DMS's other subnets have a way out, and this one has none."
            yield _way(change, Danger.REPLICATION_STOP, effect, ROUTES_PAGE, "route_table_id")


def _endpoints_come(plan: Plan) -> Iterator[Finding | Fine]:
    """A VPC endpoint is made: what asks for its service by the ordinary name goes another way."""
    for change in plan.of("aws_vpc_endpoint"):
        if change.comes:
            yield _service(change, plan)
        if change.comes and _is_asked_by_name(change):
            because = "Without a private name, only who names the endpoint goes through it."
            yield Fine(change=change, attribute=CREATED, because=because)
            continue
        yield from _made(
            change,
            "vpc_id",
            Danger.REPLICATION_STOP,
            "An endpoint comes into a VPC that exists: what asks for the service goes through it, as "
            "far as its policy and its groups allow.",
            _LINK,
        )


def _service(endpoint: Change, plan: Plan) -> Finding | Fine:
    """Whose door a new endpoint is: environments ask Secrets Manager of their own region alone."""
    name = endpoint.after.get("service_name")
    region = re.escape(plan.identity.region) or "[a-z]{2,4}(-[a-z]+)+-[0-9]"
    if isinstance(name, str) and re.fullmatch(rf"(cn\.)?com\.amazonaws\.{region}\.{_ASKED}", name):
        because = "Secrets Manager of this region."
        return Fine(change=endpoint, attribute="service_name", because=because)
    return Finding(
        danger=Danger.WIDER_ACCESS,
        change=endpoint,
        attribute="service_name",
        effect=Phrase(
            "Traffic leaves the VPC by an endpoint of {service}, which no environment asks.",
            {"service": endpoint.shown_after("service_name")},
        ),
        source=_LINK,
    )


def _is_asked_by_name(endpoint: Change) -> bool:
    """Whether the service's ordinary name does not lead to a VPC endpoint, nor does a route."""
    after = endpoint.after
    return (
        after.get("vpc_endpoint_type") == "Interface" and after.get("private_dns_enabled") is False
    )


def _made(
    change: Change, attribute: str, danger: Danger, effect: str, source: str
) -> Iterator[Finding | Fine]:
    """A way that is made: harmless where what it is made in is made as well."""
    if not change.comes:
        return
    named = list(filter(None, change.neighbours.at((change.references or {}).get(attribute, ()))))
    if (
        change.after.get(attribute) is UNKNOWN
        and named
        and all(it.actions.keys() <= COMING for it in named)
    ):
        yield Fine(change=change, attribute=CREATED, because="Nothing took another way yet.")
    else:
        yield _way(change, danger, effect, source, CREATED)


def _way(change: Change, danger: Danger, effect: str, source: str, attribute: str) -> Finding:
    return Finding(
        danger=danger,
        change=change,
        attribute=attribute,
        effect=Phrase(effect),
        when=moment(change, Timing.NOW),
        source=source,
    )
