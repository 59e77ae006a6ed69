"""Rules about who else may reach Aurora: `aurora.client_cidrs` and `aurora.client_security_group_ids`."""

from collections.abc import Iterator

from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, Rule

_CIDRS = "aurora.client_cidrs"
_GROUPS = "aurora.client_security_group_ids"


def clients_differ(environment: Environment) -> Iterator[Finding]:
    """EC2 refuses a rule that is there already."""
    aurora = environment.aurora
    lists = {_CIDRS: aurora.client_cidrs, _GROUPS: aurora.client_security_group_ids}
    for setting, clients in lists.items():
        for repeated in sorted({client for client in clients if clients.count(client) > 1}):
            yield Finding(
                setting=setting,
                given=f"{toml(repeated)} given {clients.count(repeated)} times",
                allowed="each once",
                mend="remove it where it is repeated",
            )


def groups_can_be_named(environment: Environment) -> Iterator[Finding]:
    """A rule names groups of its own VPC, or of one that is peered or on the same transit gateway.

    Sources: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html,
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    route = environment.network.route_to_source
    is_joined = route is not None and (
        route.peering is not None or route.transit_gateway_id is not None
    )
    groups = environment.aurora.client_security_group_ids
    if groups and environment.network.vpc is not None and not is_joined:
        yield Finding(
            setting=_GROUPS,
            given=f"{len(groups)} given with a VPC that is made, and that nothing joins to another",
            allowed="groups of an existing VPC, of a peered one, or of one on the transit gateway",
            mend="use client_cidrs, or give the applications the output clients_security_group_id",
        )


def groups_are_in_the_region(environment: Environment) -> Iterator[Finding]:
    """A rule names no group of a VPC that is peered from another region.

    Source: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
    """
    route, region = environment.network.route_to_source, environment.aws.region
    peering = None if route is None else route.peering
    peer = (peering.region if peering else None) or region
    if (
        environment.aurora.client_security_group_ids
        and environment.network.vpc is not None
        and peer != region
    ):
        yield Finding(
            setting=_GROUPS,
            given=f"given with a VPC that is peered from {peer}, not {region}",
            allowed="groups of the same region",
            mend="use client_cidrs",
        )


_NETWORK = ("network.vpc", "network.route_to_source")

RULES = (
    Rule(clients_differ, (_CIDRS, _GROUPS)),
    Rule(groups_can_be_named, (_GROUPS, *_NETWORK)),
    Rule(groups_are_in_the_region, (_GROUPS, *_NETWORK, "aws.region")),
)
