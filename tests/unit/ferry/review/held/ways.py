"""Ways that are made and do not carry what they are for, and addresses that are taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import SECOND, Held, edited, updates
from tests.unit.ferry.review.held.first_stack import fine, first, more, put, ref
from tests.unit.ferry.review.held.names import DMS_SUBNET, OTHERS_SUBNET, REPLICATION, TRANSIT, VPC

if TYPE_CHECKING:
    from ferry.review.plan.values import Json
    from tests.unit.ferry.review.held.first_stack import Edit

_ATTACHMENT: Final = "aws_ec2_transit_gateway_vpc_attachment"
_PEERING: Final = "aws_vpc_peering_connection"
_UNACCEPTED: Final = "Until somebody accepts it, nothing passes."


def _transit(name: str, why: str, /, **to: Json) -> Held:
    """Prod's first deployment, whose VPC joins a transit gateway in another way."""
    return first(name, why, put(TRANSIT, **to), environment="prod")


def _peered(**to: Json) -> Edit:
    """The VPC is joined to the source's by a peering in place of the transit gateway."""

    def edit(document: dict[str, Json]) -> None:
        resources = document["resource"]
        [attachment] = resources.pop(_ATTACHMENT).values()
        peering = {"peer_vpc_id": "vpc-00000abc", "vpc_id": attachment["vpc_id"], **to}
        resources[_PEERING] = {"it": peering}
        for route in resources["aws_route"].values():
            del route["transit_gateway_id"], route["depends_on"]
            route["vpc_peering_connection_id"] = f"${{{_PEERING}.it.id}}"

    return edit


def _loses(name: str, of: str, attribute: str, was: Json) -> Held:
    why = "What has only addresses of IPv6, or leads there, is no longer reached."
    to: dict[str, Json] = {attribute: False if was is True else None}
    return edited(name, why, updates(of, was={attribute: was}, **to), expected=SECOND)


ROWS: Final = (
    _transit(
        "attachment-without-propagation",
        "The gateway does not know the way back.",
        transit_gateway_default_route_table_propagation=False,
    ),
    _transit(
        "attachment-without-association",
        "What DMS sends finds no route in the gateway.",
        transit_gateway_default_route_table_association=False,
    ),
    _transit(
        "attachment-in-one-zone",
        "From DMS's other zones nothing reaches the gateway.",
        subnet_ids=[ref(DMS_SUBNET)],
    ),
    _transit("attachment-in-another-vpcs-subnet", "EC2 refuses it.", subnet_ids=[OTHERS_SUBNET]),
    first("peering-to-be-accepted", _UNACCEPTED, _peered(auto_accept=False), environment="prod"),
    first("peering-not-accepted", _UNACCEPTED, _peered(), environment="prod"),
    first(
        "peering-with-another-region",
        _UNACCEPTED,
        _peered(peer_region="us-east-1", auto_accept=False),
        environment="prod",
    ),
    first(
        "peering-accepted-in-another-region",
        "The provider refuses it.",
        _peered(peer_region="us-east-1", auto_accept=True),
        environment="prod",
    ),
    first(
        "dms-in-a-zone-without-a-subnet",
        "DMS makes no instance there.",
        put(REPLICATION, availability_zone="eu-central-1f"),
        environment="dev",
    ),
    first(
        "dms-maintained-on-no-day",
        "DMS refuses it.",
        put(REPLICATION, preferred_maintenance_window="abc:77:99-abc:88:99"),
    ),
    first(
        "dms-maintained-for-ten-minutes",
        "DMS wants half an hour.",
        put(REPLICATION, preferred_maintenance_window="sun:05:00-sun:05:10"),
    ),
    first(
        "route-to-auroras-subnet",
        "What DMS sends Aurora goes through the NAT gateway.",
        more(
            "aws_route.more",
            "aws_route.nat_dms-1-to-internet",
            destination_cidr_block="10.21.1.0/24",
        ),
    ),
    _loses("subnet-without-ipv6", DMS_SUBNET, "ipv6_cidr_block", "2a05:d014:1:2::/64"),
    _loses("vpc-without-ipv6", VPC, "ipv6_cidr_block", "2a05:d014:1::/56"),
    _loses("vpc-of-no-ipv6", VPC, "assign_generated_ipv6_cidr_block", was=True),
    _loses("names-without-nat64", DMS_SUBNET, "enable_dns64", was=True),
)
FINE: Final = (
    fine(
        "peering-accepted-at-once",
        "Account and region are one.",
        _peered(auto_accept=True),
        environment="prod",
    ),
)
