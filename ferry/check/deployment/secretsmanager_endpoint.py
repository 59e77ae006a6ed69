"""The interface endpoint through which DMS reads secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment.expect import document, equal, items, only, same_items
from ferry.check.deployment.network import in_the_vpc, new_vpc
from ferry.check.deployment.replication import find_endpoint as find_dms_endpoint
from ferry.check.deployment.replication import read_attributes

if TYPE_CHECKING:
    from types_boto3_ec2.type_defs import VpcEndpointTypeDef

    from ferry.check.deployment.deployed import Deployed


def has_own_endpoint(deployed: Deployed) -> bool:
    """Whether the environment makes an endpoint; in a VPC of its own it always does."""
    existing = deployed.environment.network.existing_vpc
    return existing is None or existing.secretsmanager_endpoint


def find_endpoint(deployed: Deployed) -> VpcEndpointTypeDef:
    """The environment's endpoint for Secrets Manager."""
    found = deployed.ec2.describe_vpc_endpoints(
        Filters=[
            *in_the_vpc(deployed),
            {
                "Name": "service-name",
                "Values": [f"com.amazonaws.{deployed.region}.secretsmanager"],
            },
            {"Name": "tag:environment", "Values": [deployed.environment.name]},
        ]
    )["VpcEndpoints"]
    return only("endpoints for Secrets Manager", found)


def check_the_secretsmanager_endpoint_is_where_dms_is(deployed: Deployed) -> None:
    if not has_own_endpoint(deployed):
        return
    endpoint = find_endpoint(deployed)
    equal("the endpoint's state", endpoint.get("State"), "available")
    equal("the endpoint's type", endpoint.get("VpcEndpointType"), "Interface")
    same_items(
        "the endpoint's subnets",
        endpoint.get("SubnetIds", []),
        deployed.outputs[outputs.DMS_SUBNET_IDS],
    )


def check_dms_finds_the_secretsmanager_endpoint(deployed: Deployed) -> None:
    """By the ordinary name in a VPC of its own; by the endpoint's in one that others use too."""
    if not has_own_endpoint(deployed):
        return
    endpoint, private_dns = find_endpoint(deployed), new_vpc(deployed) is not None
    equal("the endpoint's private DNS", endpoint.get("PrivateDnsEnabled"), private_dns)
    names = [entry.get("DnsName") for entry in endpoint.get("DnsEntries", [])]
    for output in (outputs.DMS_SOURCE_ENDPOINT_ARN, outputs.DMS_TARGET_ENDPOINT_ARN):
        attributes = read_attributes(find_dms_endpoint(deployed, output))
        told = attributes.get("secretsManagerEndpointOverride")
        allowed = [None] if private_dns else names
        assert told in allowed, f"{output} asks {told} for secrets; it should ask one of {allowed}"


def check_the_secretsmanager_endpoint_serves_this_account_alone(deployed: Deployed) -> None:
    if not has_own_endpoint(deployed):
        return
    policy = document(find_endpoint(deployed).get("PolicyDocument", "{}"))
    statement = only("statements of the endpoint's policy", items(policy.get("Statement", [])))
    same_items(
        "what the endpoint's policy allows",
        items(statement.get("Action")),
        ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
    )
    equal(
        "whom the endpoint's policy allows it",
        statement.get("Condition"),
        {"StringEquals": {"aws:PrincipalAccount": deployed.account_id}},
    )
