"""Drift that is none: what a plan's own resources made, and what another resource shows as well.

A policy that is attached to a role by a resource of its own shows at the role too, but only when
Terraform next looks at it. So each first plan after a deployment tells such drift. Seen with
hashicorp/aws 5.100.0: roles, topics, and security groups, which are judged by all their rules anyway.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.inline import PARTS
from ferry.review.plan.objects import objects, texts
from ferry.review.plan.policy_documents import statements
from ferry.review.plan.values import as_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ferry.review.plan.plan import Change, Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What resources of their own, of the first type that PARTS has, make of an attribute of another.

    Args:
        said: What the attribute says on one side, before or after, in an order of no meaning; None
            where it cannot be read.
        naming: Their attribute that names the other resource.
        names: The other resource's attributes that such a name may be.
        items: What one of them makes.
        replaces: Whether they make all of it, and not more of it.
    """

    said: Callable[[Mapping[str, Any]], frozenset[Any] | None]
    naming: str
    names: Sequence[str]
    items: Callable[[Mapping[str, Any]], Iterable[Any]]
    replaces: bool = False


class Explained:
    """Knows what a plan's own resources made.

    Args:
        plan: The plan.
    """

    __slots__ = ("_named", "_plan")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._named: dict[str, dict[str, list[Change]]] = {}

    def is_made(self, drift: Change, attribute: str) -> bool:
        """Whether all that came in an attribute was made by resources of the plan; nothing went."""
        made = _MADE.get((drift.type, attribute))
        if made is None:
            return False
        before, after = made.said(drift.before), made.said(drift.after)
        if before is None or after is None:
            return False
        own = frozenset(
            as_key(item)
            for name in dict.fromkeys(str(drift.before.get(it)) for it in made.names)
            for it in self._naming(PARTS[drift.type][attribute][0], made.naming).get(name, ())
            for item in made.items(it.before)
        )
        return after == own if made.replaces else before <= after and after - before <= own

    def _naming(self, type_: str, naming: str) -> Mapping[str, Sequence[Change]]:
        """The resources that make something, by the name of what they make it of; sorted once."""
        if type_ not in self._named:
            found = self._named[type_] = {}
            for it in self._plan.of(type_):
                found.setdefault(str(it.before.get(naming)), []).append(it)
        return self._named[type_]


def _texts(attribute: str) -> Callable[[Mapping[str, Any]], frozenset[Any]]:
    return lambda side: frozenset(texts(side.get(attribute)))


def _inline(role: Mapping[str, Any]) -> frozenset[Any]:
    return frozenset(it for policy in objects(role.get("inline_policy")) for it in _written(policy))


def _written(policy: Mapping[str, Any]) -> Iterable[Any]:
    yield as_key(policy.get("name")), _canonical(policy.get("policy"))


def _canonical(policy: object) -> str:
    try:
        return json.dumps(json.loads(str(policy)), sort_keys=True)
    except (ValueError, RecursionError):
        return str(policy)


_TARGETS: Final = (
    "carrier_gateway_id", "core_network_arn", "egress_only_gateway_id", "gateway_id",
    "local_gateway_id", "nat_gateway_id", "network_interface_id", "transit_gateway_id",
    "vpc_endpoint_id", "vpc_peering_connection_id",
)  # fmt: skip


def _routes(table: Mapping[str, Any]) -> frozenset[Any]:
    return frozenset(
        _route(it, "cidr_block", "ipv6_cidr_block") for it in objects(table.get("route"))
    )


def _route(route: Mapping[str, Any], *destinations: str) -> tuple[str, ...]:
    names = (*destinations, "destination_prefix_list_id", *_TARGETS)
    return tuple(str(route.get(name) or "") for name in names)


def _policy(side: Mapping[str, Any]) -> frozenset[Any] | None:
    found = statements(side.get("policy"))
    return None if found is None else frozenset(found)


def _policy_by(naming: str) -> Made:
    return Made(
        said=_policy,
        naming=naming,
        names=("arn", "id"),
        items=lambda it: statements(it.get("policy")) or (),
        replaces=True,
    )


def _one(attribute: str) -> Callable[[Mapping[str, Any]], frozenset[Any]]:
    """What an attribute says, where it says anything."""
    return lambda it: frozenset({str(it.get(attribute) or "")}) - {""}


def _host(address: Mapping[str, Any]) -> frozenset[Any]:
    """The first part of a private name, which is made of the private address."""
    return frozenset({str(address.get("private_dns") or "").partition(".")[0]}) - {""}


def _by_nat(said: Callable[[Mapping[str, Any]], frozenset[Any]], item: str) -> Made:
    """What an address shows of the NAT gateway that bears it."""
    return Made(
        said=said,
        naming="allocation_id",
        names=("id", "allocation_id"),
        items=lambda it: (it.get(item),),
    )


def _hosts(nat: Mapping[str, Any]) -> Iterable[str]:
    return ("ip-" + str(nat.get("private_ip")).replace(".", "-"),)


_MADE: Final[Mapping[tuple[str, str], Made]] = {
    ("aws_rds_cluster", "cluster_members"): Made(
        said=_texts("cluster_members"),
        naming="cluster_identifier",
        names=("id", "cluster_identifier"),
        items=lambda it: (it.get("identifier"),),
    ),
    ("aws_rds_cluster", "iam_roles"): Made(
        said=_texts("iam_roles"),
        naming="db_cluster_identifier",
        names=("id", "cluster_identifier"),
        items=lambda it: (it.get("role_arn"),),
    ),
    ("aws_eip", "association_id"): _by_nat(_one("association_id"), "association_id"),
    ("aws_eip", "network_interface"): _by_nat(_one("network_interface"), "network_interface_id"),
    ("aws_eip", "private_dns"): replace(_by_nat(_host, "private_ip"), items=_hosts),
    ("aws_eip", "private_ip"): _by_nat(_one("private_ip"), "private_ip"),
    ("aws_iam_role", "managed_policy_arns"): Made(
        said=_texts("managed_policy_arns"),
        naming="role",
        names=("name",),
        items=lambda it: [it.get("policy_arn")],
    ),
    ("aws_iam_role", "inline_policy"): Made(
        said=_inline, naming="role", names=("name",), items=_written
    ),
    ("aws_route_table", "route"): Made(
        said=_routes,
        naming="route_table_id",
        names=("id",),
        items=lambda it: [_route(it, "destination_cidr_block", "destination_ipv6_cidr_block")],
    ),
    ("aws_route_table", "propagating_vgws"): Made(
        said=_texts("propagating_vgws"),
        naming="route_table_id",
        names=("id",),
        items=lambda it: (it.get("vpn_gateway_id"),),
    ),
    ("aws_sns_topic", "policy"): _policy_by("arn"),
    ("aws_kms_key", "policy"): _policy_by("key_id"),
    ("aws_secretsmanager_secret", "policy"): _policy_by("secret_arn"),
}
