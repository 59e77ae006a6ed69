"""The interface endpoint through which DMS reads secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment import statuses
from ferry.check.deployment.expect import document, items, only, shown
from ferry.check.deployment.replication import read_attributes

if TYPE_CHECKING:
    from types_boto3_ec2.type_defs import VpcEndpointTypeDef

    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect


def find_endpoint(deployed: Deployed) -> VpcEndpointTypeDef:
    """The environment's endpoint for Secrets Manager."""
    service = deployed.placement.endpoint_service("secretsmanager")
    found = deployed.account.ec2.describe_vpc_endpoints(
        Filters=[
            *deployed.in_the_vpc(),
            {"Name": "service-name", "Values": [service]},
            {"Name": "tag:environment", "Values": [deployed.environment.name]},
        ]
    )["VpcEndpoints"]
    alive = [one for one in found if str(one.get("State")).lower() not in statuses.GONE]
    return only("Endpoints for Secrets Manager", alive)


def own_endpoint(deployed: Deployed, expect: Expect) -> VpcEndpointTypeDef | None:
    """The same; none where DMS takes another way to Secrets Manager, which ends the check."""
    _ = deployed.migration  # Without one there is no DMS that would need it.
    existing = deployed.environment.network.existing_vpc
    if existing is None or existing.secretsmanager_endpoint:
        return find_endpoint(deployed)
    expect.passes("DMS takes a way to Secrets Manager that was there before")
    return None


def check_the_secretsmanager_endpoint_is_where_dms_is(deployed: Deployed, expect: Expect) -> None:
    """The endpoint of Secrets Manager is available in DMS's subnets."""
    endpoint = own_endpoint(deployed, expect)
    if not endpoint:
        return
    name = f"The Secrets Manager endpoint {endpoint.get('VpcEndpointId')}"
    # The API answers in lower case, and its documentation names the states in capitals.
    state = endpoint.get("State", "")
    expect.status(name, state[:1].lower() + state[1:], statuses.VPC_ENDPOINT)
    expect.equal(f"{name}, its type", endpoint.get("VpcEndpointType"), "Interface")
    expect.same_items(
        f"{name}, its subnets",
        endpoint.get("SubnetIds", []),
        deployed.outputs[outputs.DMS_SUBNET_IDS],
    )


def check_dms_finds_the_secretsmanager_endpoint(deployed: Deployed, expect: Expect) -> None:
    """DMS finds the endpoint of Secrets Manager.

    By the ordinary name in a VPC of its own; by the endpoint's in one that others use too.
    """
    endpoint = own_endpoint(deployed, expect)
    if not endpoint:
        return
    private_dns = deployed.environment.network.vpc is not None
    expect.equal(
        "The Secrets Manager endpoint's private DNS", endpoint.get("PrivateDnsEnabled"), private_dns
    )
    names = [entry.get("DnsName") for entry in endpoint.get("DnsEntries", [])]
    allowed = [None] if private_dns else names
    for dms_endpoint in deployed.endpoints:
        told = read_attributes(dms_endpoint.found).get("secretsManagerEndpointOverride")
        expect.that(
            told in allowed,
            f"{dms_endpoint.what} asks {shown(told)} for secrets; it should ask one of "
            f"{shown(allowed)}.",
        )


def check_the_secretsmanager_endpoint_serves_this_account_alone(
    deployed: Deployed, expect: Expect
) -> None:
    """The endpoint of Secrets Manager lets this account read secrets, and nothing else."""
    endpoint = own_endpoint(deployed, expect)
    if not endpoint:
        return
    policy = document(endpoint.get("PolicyDocument", "{}"))
    statement = only("Statements of the endpoint's policy", items(policy.get("Statement", [])))
    expect.same_items(
        "What the endpoint's policy allows",
        items(statement.get("Action")),
        ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
    )
    expect.equal(
        "Whom the endpoint's policy allows it",
        statement.get("Condition"),
        {"StringEquals": {"aws:PrincipalAccount": deployed.account.account_id}},
    )
