"""Who may speak to whom: every rule of every security group."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from facts import outputs
from ferry.check.deployment.expect import equal, only, same_items
from ferry.check.deployment.secretsmanager_endpoint import find_endpoint, has_own_endpoint

if TYPE_CHECKING:
    from types_boto3_ec2.type_defs import SecurityGroupRuleTypeDef

    from ferry.check.deployment.deployed import Deployed

_HTTPS = 443


class Rule(NamedTuple):
    """A rule: in or out, with whom, at which TCP port."""

    direction: str
    peer: str
    port: int


def find_rules(deployed: Deployed, group_id: str) -> list[SecurityGroupRuleTypeDef]:
    """All rules of a security group."""
    pages = deployed.ec2.get_paginator("describe_security_group_rules").paginate(
        Filters=[{"Name": "group-id", "Values": [group_id]}]
    )
    return [rule for page in pages for rule in page["SecurityGroupRules"]]


def _read(rule: SecurityGroupRuleTypeDef) -> Rule | str:
    """The rule as it is compared; as text where it is of no kind that should be there."""
    peer = rule.get("ReferencedGroupInfo", {}).get("GroupId") or rule.get("CidrIpv4")
    port = rule.get("FromPort")
    if rule.get("IpProtocol") != "tcp" or port != rule.get("ToPort") or not peer or port is None:
        return str(rule)
    return Rule(direction="out" if rule.get("IsEgress") else "in", peer=peer, port=port)


def _has_exactly(deployed: Deployed, name: str, group_id: str, wanted: list[Rule]) -> None:
    found = find_rules(deployed, group_id)
    same_items(f"rules of the group of {name}", map(_read, found), wanted)
    silent = [rule.get("SecurityGroupRuleId") for rule in found if not rule.get("Description")]
    assert not silent, f"rules of the group of {name} without a description: {silent}"


def check_auroras_rules(deployed: Deployed) -> None:
    found, port = deployed.outputs, deployed.environment.aurora.port
    _has_exactly(
        deployed,
        "Aurora",
        found[outputs.AURORA_SECURITY_GROUP_ID],
        [
            Rule("in", found[outputs.CLIENTS_SECURITY_GROUP_ID], port),
            Rule("in", found[outputs.DMS_SECURITY_GROUP_ID], port),
        ],
    )


def check_the_clients_rules(deployed: Deployed) -> None:
    found = deployed.outputs
    _has_exactly(
        deployed,
        "clients",
        found[outputs.CLIENTS_SECURITY_GROUP_ID],
        [Rule("out", found[outputs.AURORA_SECURITY_GROUP_ID], deployed.environment.aurora.port)],
    )


def check_dms_rules(deployed: Deployed) -> None:
    found, source = deployed.outputs, deployed.environment.source
    _has_exactly(
        deployed,
        "DMS",
        found[outputs.DMS_SECURITY_GROUP_ID],
        [
            Rule("out", found[outputs.AURORA_SECURITY_GROUP_ID], deployed.environment.aurora.port),
            Rule("out", source.cidr, source.port),
            Rule("out", _secretsmanager(deployed), _HTTPS),
        ],
    )


def check_the_secretsmanager_endpoints_rules(deployed: Deployed) -> None:
    if not has_own_endpoint(deployed):
        return
    _has_exactly(
        deployed,
        "the Secrets Manager endpoint",
        _secretsmanager(deployed),
        [Rule("in", deployed.outputs[outputs.DMS_SECURITY_GROUP_ID], _HTTPS)],
    )


def check_the_groups_are_the_vpcs(deployed: Deployed) -> None:
    group_ids = [
        deployed.outputs[output]
        for output in (
            outputs.AURORA_SECURITY_GROUP_ID,
            outputs.CLIENTS_SECURITY_GROUP_ID,
            outputs.DMS_SECURITY_GROUP_ID,
        )
    ]
    for group in deployed.ec2.describe_security_groups(GroupIds=group_ids)["SecurityGroups"]:
        name = group.get("GroupName")
        equal(f"{name}'s VPC", group.get("VpcId"), deployed.outputs[outputs.VPC_ID])


def _secretsmanager(deployed: Deployed) -> str:
    existing = deployed.environment.network.existing_vpc
    if existing and existing.secretsmanager_security_group_id:
        return existing.secretsmanager_security_group_id
    if existing and existing.secretsmanager_cidr:
        return existing.secretsmanager_cidr
    groups = find_endpoint(deployed).get("Groups", [])
    return only("security groups of the endpoint", groups).get("GroupId", "")
