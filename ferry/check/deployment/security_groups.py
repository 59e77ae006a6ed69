"""Who may speak to whom: every rule of every security group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts import outputs
from ferry.check.deployment.expect import only
from ferry.check.deployment.secretsmanager_endpoint import find_endpoint, own_endpoint

if TYPE_CHECKING:
    from types_boto3_ec2.type_defs import SecurityGroupRuleTypeDef

    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect

_HTTPS: Final = 443


def rule_in(peer: str, port: int) -> str:
    """A rule as it is compared and shown: who may come in, at which TCP port."""
    return f"in from {peer}, port {port}"


def rule_out(peer: str, port: int) -> str:
    """The same: where to somebody may go."""
    return f"out to {peer}, port {port}"


def find_rules(deployed: Deployed, group_id: str) -> list[SecurityGroupRuleTypeDef]:
    """All rules of a security group."""
    pages = deployed.account.ec2.get_paginator("describe_security_group_rules").paginate(
        Filters=[{"Name": "group-id", "Values": [group_id]}]
    )
    return [rule for page in pages for rule in page["SecurityGroupRules"]]


def _read(rule: SecurityGroupRuleTypeDef) -> str:
    """The rule as it is compared; whole where it is of no kind that should be there."""
    peer = rule.get("ReferencedGroupInfo", {}).get("GroupId") or rule.get("CidrIpv4")
    port = rule.get("FromPort")
    if rule.get("IpProtocol") != "tcp" or port != rule.get("ToPort") or not peer or port is None:
        return str(rule)
    return rule_out(peer, port) if rule.get("IsEgress") else rule_in(peer, port)


def _has_exactly(
    deployed: Deployed, expect: Expect, name: str, group_id: str, wanted: list[str]
) -> None:
    found = find_rules(deployed, group_id)
    expect.same_items(f"Rules of the security group of {name}", map(_read, found), wanted)
    for rule in found:
        rule_id = rule.get("SecurityGroupRuleId")
        expect.that(rule.get("Description"), f"{rule_id} of {name} has no description.")


def _groups(deployed: Deployed) -> tuple[str, ...]:
    """The outputs with the environment's security groups, Aurora's own first."""
    groups = (outputs.AURORA_SECURITY_GROUP_ID, outputs.CLIENTS_SECURITY_GROUP_ID)
    return (
        (*groups, outputs.DMS_SECURITY_GROUP_ID) if deployed.environment.has_migration else groups
    )


def check_auroras_rules(deployed: Deployed, expect: Expect) -> None:
    """Aurora is open to its clients, those that the file names, and in a migration to DMS, alone."""
    found, port = deployed.outputs, deployed.environment.aurora.port
    _, *clients = _groups(deployed)
    _has_exactly(
        deployed,
        expect,
        "Aurora",
        found[outputs.AURORA_SECURITY_GROUP_ID],
        [
            rule_in(peer, port)
            for peer in (
                *(found[output] for output in clients),
                *deployed.environment.aurora.client_security_group_ids,
                *deployed.environment.aurora.client_cidrs,
            )
        ],
    )


def check_the_clients_rules(deployed: Deployed, expect: Expect) -> None:
    """The clients' group leads to Aurora alone."""
    found = deployed.outputs
    _has_exactly(
        deployed,
        expect,
        "clients",
        found[outputs.CLIENTS_SECURITY_GROUP_ID],
        [rule_out(found[outputs.AURORA_SECURITY_GROUP_ID], deployed.environment.aurora.port)],
    )


def check_dms_rules(deployed: Deployed, expect: Expect) -> None:
    """DMS reaches Aurora, the source and Secrets Manager alone."""
    found, source = deployed.outputs, deployed.migration.source
    _has_exactly(
        deployed,
        expect,
        "DMS",
        found[outputs.DMS_SECURITY_GROUP_ID],
        [
            rule_out(found[outputs.AURORA_SECURITY_GROUP_ID], deployed.environment.aurora.port),
            *(rule_out(cidr, source.port) for cidr in source.cidrs),
            rule_out(_secretsmanager(deployed), _HTTPS),
        ],
    )


def check_the_secretsmanager_endpoints_rules(deployed: Deployed, expect: Expect) -> None:
    """The endpoint of Secrets Manager is open to DMS alone."""
    if own_endpoint(deployed, expect):
        _has_exactly(
            deployed,
            expect,
            "the Secrets Manager endpoint",
            _secretsmanager(deployed),
            [rule_in(deployed.outputs[outputs.DMS_SECURITY_GROUP_ID], _HTTPS)],
        )


def check_the_groups_are_the_vpcs(deployed: Deployed, expect: Expect) -> None:
    """The security groups are the VPC's."""
    group_ids = [deployed.outputs[output] for output in _groups(deployed)]
    found = deployed.account.ec2.describe_security_groups(GroupIds=group_ids)["SecurityGroups"]
    for group in found:
        what = f"The VPC of the security group {group.get('GroupName')}"
        expect.equal(what, group.get("VpcId"), deployed.outputs[outputs.VPC_ID])


def _secretsmanager(deployed: Deployed) -> str:
    existing = deployed.environment.network.existing_vpc
    if existing and existing.secretsmanager_security_group_id:
        return existing.secretsmanager_security_group_id
    if existing and existing.secretsmanager_cidr:
        return existing.secretsmanager_cidr
    groups = find_endpoint(deployed).get("Groups", [])
    return only("Security groups of the Secrets Manager endpoint", groups).get("GroupId", "")
