"""Routes that come, go or lead elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.ranges import Network, is_public
from ferry.review.plan.shown import joined, ours
from ferry.review.plan.values import same, show
from ferry.review.rules.combined.ending import goes_with_the_migration
from ferry.review.rules.combined.route_tables import (
    DESTINATIONS,
    ROUTE,
    ROUTES_PAGE,
    TARGETS,
    Tables,
    destination_of,
    is_gateway,
    table_of,
    tables_of,
    targets_of,
)
from ferry.review.rules.conditions import left_out, refers_to
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import CREATED, DESTROYED
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Change, Neighbours, Plan
    from ferry.review.plan.shown import Shown

_OWN_TARGETS: Final = (
    "aws_internet_gateway",
    "aws_nat_gateway",
    "aws_vpc_peering_connection",
    "aws_vpn_gateway",
)
_LOCAL: Final = (("local", "local"),)


def routes_change(plan: Plan) -> Iterator[Finding | Fine]:
    """A route leads to the internet, takes traffic from another, or takes a way away."""
    tables = Tables(plan=plan)
    for change in plan.of(ROUTE):
        if change.action in {Action.NO_OP, Action.FORGET}:
            continue
        found = [
            *(_gone(change, tables) if change.goes else ()),
            *(_turned(change) if change.action is Action.UPDATE else ()),
            *(_come(change, tables) if change.action is not Action.DELETE else ()),
        ]
        yield from found
        if not found:
            for name in (CREATED, DESTROYED, *TARGETS):
                yield Fine(change=change, attribute=name, because="Traffic takes the ways it took.")


def _gone(change: Change, tables: Tables) -> Iterator[Finding]:
    """A route that goes, unless traffic takes the same way by another."""
    if goes_with_the_migration(change, DESTROYED):
        return
    to, table = destination_of(change.before), table_of(change, change.before)
    if to is None or tables.way(table, to, after=True) != targets_of(change.before):
        yield _finding(
            change,
            Danger.REPLICATION_STOP,
            "The route goes: nothing is reached by it any more.",
            {},
            lasts="for good, or until the new one is there",
        )


def _turned(change: Change) -> Iterator[Finding]:
    """A route that is changed in place."""
    changed = [name for name in TARGETS if change.changes(name)]
    if changed:
        yield _finding(
            change,
            Danger.REPLICATION_STOP,
            "Traffic to {to} goes another way: {way}.",
            {"to": _shown_destination(change), "way": _named(change, changed)},
        )


def _come(change: Change, tables: Tables) -> Iterator[Finding]:
    """A route that comes; in a new table it leads to what is the plan's own."""
    table, to = table_of(change, change.after), destination_of(change.after)
    values = {"to": _shown_destination(change), "way": _shown_way(change)}
    if table in tables.new:
        if not all(_is_ours(change, name, to) for name in TARGETS):
            effect = "Traffic to {to} goes to what this plan does not have: {way}."
            yield _finding(change, Danger.WIDER_ACCESS, effect, values)
        elif to is not None and tables.only_range.covers(to):
            effect = "Traffic inside the VPC, to {to}, goes out of it: {way}."
            yield _finding(change, Danger.REPLICATION_STOP, effect, values)
        elif (to is None or is_public(to)) and table in change.neighbours.once(
            _tables_of_databases
        ):
            effect = "Aurora's subnets get a way to the internet: {to}, {way}."
            yield _finding(change, Danger.WIDER_ACCESS, effect, values)
        return
    old = tables.way(table, to, after=False) if to is not None else None
    if to is not None and old is None and tables.own_ranges.covers(to):
        old = _LOCAL
    if old is not None and old == targets_of(change.after):
        return
    if is_gateway(change.after) and (to is None or is_public(to)):
        yield _finding(
            change,
            Danger.WIDER_ACCESS,
            "Subnets that exist get a route to {to} over an internet gateway.",
            values,
        )
        return
    if change.action is Action.UPDATE:
        return
    shown = tables.shown(table, to) if to is not None else None
    if old is not None or (shown is not None and shown != targets_of(change.after)):
        yield _finding(
            change,
            Danger.REPLICATION_STOP,
            "Traffic to {to} is taken from the way that it had: {way}.",
            values,
        )
        return
    yield _finding(
        change, Danger.WIDER_ACCESS, "Subnets that exist get a way to {to}: {way}.", values
    )


def _is_ours(route: Change, name: str, to: Network | None) -> bool:
    """Whether a target of a route is not set, or the plan's own.

    A transit gateway is another's; the environment's file names it, and the plan's VPC joins it. Of
    private ranges it may be the way, of the internet it is not.
    """
    value = route.after.get(name)
    if not value or left_out(route, name) or refers_to(*_OWN_TARGETS)(route, name):
        return True
    joined_by = route.neighbours.of("aws_ec2_transit_gateway_vpc_attachment")
    return (
        name == "transit_gateway_id"
        and to is not None
        and not is_public(to)
        and any(it.stays and same(it.after.get(name), value) for it in joined_by)
    )


def _tables_of_databases(neighbours: Neighbours) -> frozenset[str]:
    """The route tables of the subnets that Aurora stands in."""
    return frozenset(tables_of(neighbours, "aws_db_subnet_group").values())


def _shown_destination(change: Change) -> Shown:
    said = next((it for it in DESTINATIONS if change.after.get(it)), DESTINATIONS[0])
    value = change.after.get(said)
    return change.shown(value if isinstance(value, str) else show(value), *DESTINATIONS)


def _shown_way(change: Change) -> Shown:
    return _named(change, [name for name, _ in targets_of(change.after)])


def _named(change: Change, targets: Sequence[str]) -> Shown:
    """Targets with their values, but for those that only AWS says."""
    said = [it for it in targets if left_out(change, it) is not True] or targets
    return joined(joined((ours(name), change.shown_after(name)), by=" ") for name in said)


def _finding(
    change: Change,
    danger: Danger,
    effect: str,
    values: Mapping[str, Shown],
    *,
    lasts: str = "",
) -> Finding:
    return Finding(
        danger=danger,
        change=change,
        effect=Phrase(effect, values),
        when=moment(change, Timing.NOW),
        lasts=lasts,
        source=ROUTES_PAGE,
    )
