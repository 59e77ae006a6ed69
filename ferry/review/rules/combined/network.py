"""The network: routes to everywhere, and subnets in which something stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.shown import joined, ours
from ferry.review.plan.values import UNKNOWN, show
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown

_ROUTES: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html"
_SUBNETS: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html"
_EVERYWHERE: Final = ("0.0.0.0/0", "::/0")
_DESTINATIONS: Final = (
    "destination_cidr_block",
    "destination_ipv6_cidr_block",
    "destination_prefix_list_id",
)
_TARGETS: Final = (
    "carrier_gateway_id",
    "core_network_arn",
    "egress_only_gateway_id",
    "gateway_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
)


def routes_change(plan: Plan) -> Iterator[Finding]:
    """A route leads to the internet, or elsewhere than before."""
    new_tables = any(it.action is Action.CREATE for it in plan.of("aws_route_table"))
    for change in plan.of("aws_route"):
        changed = [name for name in _TARGETS if change.changes(name)]
        if change.action is Action.UPDATE and changed:
            yield _finding(
                change,
                Danger.REPLICATION_STOP,
                "Traffic to {to} goes another way: {way}.",
                {
                    "to": _shown_destination(change),
                    "way": joined(
                        joined((ours(name), change.shown_after(name)), by=" ") for name in changed
                    ),
                },
            )
        on_new_table = new_tables and change.after.get("route_table_id") is UNKNOWN
        if change.comes and not on_new_table and _leads_to_internet(change):
            yield _finding(
                change,
                Danger.WIDER_ACCESS,
                "Subnets that exist get a route to {to} over an internet gateway.",
                {"to": _shown_destination(change)},
            )


def _leads_to_internet(change: Change) -> bool:
    gateway = change.after.get("gateway_id")
    to_gateway = gateway is UNKNOWN or (isinstance(gateway, str) and gateway.startswith("igw-"))
    return to_gateway and _destination(change) in _EVERYWHERE


def _destination(change: Change) -> str:
    for name in _DESTINATIONS[:2]:
        value = change.after.get(name)
        if isinstance(value, str) and value:
            return value
    return show(change.after.get("destination_prefix_list_id"))


def _shown_destination(change: Change) -> Shown:
    return change.shown(_destination(change), *_DESTINATIONS)


def subnets_go(plan: Plan) -> Iterator[Finding]:
    """A subnet is destroyed or replaced: AWS refuses while something stands in it."""
    for change in plan.of("aws_subnet"):
        if change.goes:
            yield _finding(
                change,
                Danger.OUTAGE,
                "The subnet goes, and with it what stands in it; while something does, AWS refuses "
                "and the apply ends there.",
                {},
            )


def _finding(change: Change, danger: Danger, effect: str, values: dict[str, Shown]) -> Finding:
    return Finding(
        danger=danger,
        change=change,
        effect=Phrase(effect, values),
        when=moment(change, Timing.NOW),
        source=_SUBNETS if change.type == "aws_subnet" else _ROUTES,
    )
