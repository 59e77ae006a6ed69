"""Subnets: which the internet reaches, and those that go with what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.rules.combined.ending import WITH_THE_MIGRATION, goes_with_the_migration
from ferry.review.rules.combined.route_tables import (
    ROUTE,
    ROUTE_TABLE,
    is_gateway,
    named,
    routes_in,
    table_of,
)
from ferry.review.rules.conditions import left_out
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import DESTROYED
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Neighbours, Plan

_SUBNETS: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html"


def out_of_reach(change: Change, attribute: str) -> bool:
    """The subnets that an attribute refers to give no public addresses, and no gateway leads in."""
    public = change.neighbours.once(_public_subnets)
    return not any(
        other.after.get("map_public_ip_on_launch") not in {None, False}
        or named(other, "id") in public
        for address in (change.references or {}).get(attribute, ())
        for other in change.neighbours.get(address, ())
    )


def in_reach(change: Change, attribute: str) -> bool:
    """A gateway leads out of each subnet that an attribute refers to, as a NAT gateway needs it."""
    public = change.neighbours.once(_public_subnets)
    return all(
        named(other, "id") in public
        for address in (change.references or {}).get(attribute, ())
        for other in change.neighbours.get(address, ())
    )


def _public_subnets(neighbours: Neighbours) -> frozenset[str]:
    """The subnets from whose table a route leads to an internet gateway."""
    tables = {
        table_of(it, it.after)
        for it in neighbours.of(ROUTE, ROUTE_TABLE)
        if it.stays
        and any(map(is_gateway, routes_in(it, it.after)))
        and not left_out(it, "gateway_id")
    }
    return frozenset(
        named(it, "subnet_id")
        for it in neighbours.of("aws_route_table_association")
        if it.stays and table_of(it, it.after) in tables
    )


def subnets_go(plan: Plan) -> Iterator[Finding | Fine]:
    """A subnet is destroyed or replaced: AWS refuses while something stands in it."""
    for change in plan.of("aws_subnet"):
        if goes_with_the_migration(change, ""):
            yield Fine(change=change, attribute=DESTROYED, because=WITH_THE_MIGRATION)
        elif change.goes:
            yield Finding(
                danger=Danger.OUTAGE,
                change=change,
                effect=Phrase(
                    "The subnet goes, and with it what stands in it; while something does, AWS "
                    "refuses and the apply ends there."
                ),
                when=moment(change, Timing.NOW),
                source=_SUBNETS,
            )
