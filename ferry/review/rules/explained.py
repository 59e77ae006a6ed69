"""Drift that is none: what a plan's own resources made, and what another resource shows as well.

A policy that is attached to a role by a resource of its own shows at the role too, but only when
Terraform next looks at it. So each first plan after a deployment tells such drift. Seen with
hashicorp/aws 5.100.0: roles, topics, and security groups, which are judged by all their rules anyway.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.objects import objects, texts
from ferry.review.plan.statements import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ferry.review.plan.plan import Change, Plan

    Items = Callable[[Change, Mapping[str, Any]], frozenset[Any] | None]
    """What an attribute says on one side, before or after, in an order of no meaning; None where it
    cannot be read."""

    Made = Callable[[Plan, Change], Iterable[Any]]
    """What the plan's own resources make of it."""


def explained(plan: Plan, drift: Change, attribute: str) -> bool:
    """Whether all that came in an attribute was made by resources of the plan, and nothing went."""
    found = _MADE_BY_OTHERS.get((drift.type, attribute))
    if found is None:
        return False
    items, made = found
    before, after = items(drift, drift.before), items(drift, drift.after)
    if before is None or after is None:
        return False
    own = frozenset(made(plan, drift))
    return after == own if attribute == "policy" else before <= after and after - before <= own


def _named(attribute: str) -> Items:
    return lambda _, side: frozenset(texts(side.get(attribute)))


def _attached(plan: Plan, role: Change) -> Iterable[str]:
    for it in plan.of("aws_iam_role_policy_attachment"):
        if it.before.get("role") == role.before.get("name"):
            yield str(it.before.get("policy_arn"))


def _inline(_: Change, side: Mapping[str, Any]) -> frozenset[Any]:
    return frozenset(
        (it.get("name"), _canonical(it.get("policy"))) for it in objects(side.get("inline_policy"))
    )


def _written(plan: Plan, role: Change) -> Iterable[Any]:
    for it in plan.of("aws_iam_role_policy"):
        if it.before.get("role") == role.before.get("name"):
            yield it.before.get("name"), _canonical(it.before.get("policy"))


_TARGETS: Final = (
    "carrier_gateway_id", "core_network_arn", "egress_only_gateway_id", "gateway_id",
    "local_gateway_id", "nat_gateway_id", "network_interface_id", "transit_gateway_id",
    "vpc_endpoint_id", "vpc_peering_connection_id",
)  # fmt: skip


def _routes(_: Change, side: Mapping[str, Any]) -> frozenset[Any]:
    return frozenset(
        _route(it, "cidr_block", "ipv6_cidr_block") for it in objects(side.get("route"))
    )


def _led(plan: Plan, table: Change) -> Iterable[Any]:
    for it in plan.of("aws_route"):
        if it.before.get("route_table_id") == table.before.get("id"):
            yield _route(it.before, "destination_cidr_block", "destination_ipv6_cidr_block")


def _route(route: Mapping[str, Any], *destinations: str) -> tuple[str, ...]:
    names = (*destinations, "destination_prefix_list_id", *_TARGETS)
    return tuple(str(route.get(name) or "") for name in names)


def _policy(_: Change, side: Mapping[str, Any]) -> frozenset[Any] | None:
    found = statements(side.get("policy"))
    return None if found is None else frozenset(found)


def _policy_by(type_: str, *, by: str) -> Made:
    """The policy that a resource of its own gives another, in place of what that had.

    Args:
        type_: The resource's type.
        by: Its attribute that names the other, by ARN or id.
    """

    def made(plan: Plan, drift: Change) -> Iterable[Any]:
        for it in plan.of(type_):
            if it.before.get(by) in (drift.before.get("arn"), drift.before.get("id")):
                yield from statements(it.before.get("policy")) or ()

    return made


def _canonical(policy: object) -> str:
    try:
        return json.dumps(json.loads(str(policy)), sort_keys=True)
    except (ValueError, RecursionError):
        return str(policy)


_MADE_BY_OTHERS: Final[Mapping[tuple[str, str], tuple[Items, Made]]] = {
    ("aws_iam_role", "managed_policy_arns"): (_named("managed_policy_arns"), _attached),
    ("aws_iam_role", "inline_policy"): (_inline, _written),
    ("aws_route_table", "route"): (_routes, _led),
    ("aws_sns_topic", "policy"): (_policy, _policy_by("aws_sns_topic_policy", by="arn")),
    ("aws_kms_key", "policy"): (_policy, _policy_by("aws_kms_key_policy", by="key_id")),
    ("aws_secretsmanager_secret", "policy"): (
        _policy,
        _policy_by("aws_secretsmanager_secret_policy", by="secret_arn"),
    ),
}
