"""Whether the groups that `aurora.client_security_group_ids` names are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.account import Unanswered, asked
from ferry.findings import Finding, blocked, not_judged, right, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from types_boto3_ec2 import EC2Client

    from ferry.check.account.subject import Subject
    from settings.environment import Environment

CLIENTS: Final = "client-groups"


def check(subject: Subject) -> Iterator[Finding]:
    """Look for the groups, and judge them."""
    environment = subject.environment
    groups = environment.aurora.client_security_group_ids
    if not groups:
        return
    found = asked("look for the clients' groups", lambda: _vpcs(subject.account.ec2, groups))
    if isinstance(found, Unanswered):
        yield not_judged(CLIENTS, "The clients' groups", why=found.why, remedy=found.remedy)
    else:
        yield from judge(environment, found)


def _vpcs(ec2: EC2Client, groups: tuple[str, ...]) -> dict[str, str]:
    """The VPC of each group that is there."""
    pages = ec2.get_paginator("describe_security_groups").paginate(
        Filters=[{"Name": "group-id", "Values": list(groups)}]
    )
    return {
        group.get("GroupId", ""): group.get("VpcId", "")
        for page in pages
        for group in page["SecurityGroups"]
    }


def judge(environment: Environment, vpcs: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the groups are there, in the VPC that the file names or in one that is joined to it.

    Source: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html

    Args:
        environment: The environment.
        vpcs: The VPC of each group that is there.
    """
    groups, existing = (
        environment.aurora.client_security_group_ids,
        environment.network.existing_vpc,
    )
    missing = [group for group in groups if group not in vpcs]
    if missing:
        yield blocked(
            CLIENTS,
            f"There is no security group {', '.join(missing)} in this account and region.",
            why="EC2 refuses a rule that names it, and the deployment ends half-way.",
            remedy=f"Correct aurora.client_security_group_ids in {environment.name}.toml.",
        )
    elsewhere = [
        group for group, vpc in vpcs.items() if existing is not None and vpc != existing.vpc_id
    ]
    if elsewhere and existing is not None:
        yield warning(
            CLIENTS,
            f"{', '.join(elsewhere)} is of another VPC than {existing.vpc_id}.",
            why="A rule may name it only while the two VPCs are peered, or on one transit gateway that "
            "allows it.",
            remedy="Look whether they are, or name networks in aurora.client_cidrs.",
        )
    if not missing and not elsewhere:
        yield right(CLIENTS, "The clients' groups are there.")
