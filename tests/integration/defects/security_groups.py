"""Defects of the security groups and of the Secrets Manager endpoint."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment import secretsmanager_endpoint as endpoint_checks
from ferry.check.deployment import security_groups as checks
from ferry.check.deployment.replication import find_endpoint as find_dms_endpoint
from ferry.check.deployment.secretsmanager_endpoint import find_endpoint
from tests.integration.defects.planting import (
    default_vpc_id,
    defect,
    outputs_changed,
    with_statements,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_ec2.type_defs import SecurityGroupRuleRequestTypeDef

    from ferry.check.deployment.deployed import Deployed

_ANYWHERE = "0.0.0.0/0"
_ELSEWHERE = "secretsManagerEndpointOverride=elsewhere.example.org"


@contextmanager
def _another_rule_in(deployed: Deployed, group_id: str) -> Iterator[None]:
    rule = deployed.ec2.authorize_security_group_ingress(
        GroupId=group_id, IpProtocol="tcp", FromPort=5432, ToPort=5432, CidrIp="10.0.0.0/8"
    )["SecurityGroupRules"][0]
    yield
    deployed.ec2.revoke_security_group_ingress(
        GroupId=group_id, SecurityGroupRuleIds=[rule.get("SecurityGroupRuleId", "")]
    )


@defect(checks.check_auroras_rules)
def aurora_open_to_a_network(deployed: Deployed) -> Iterator[None]:
    with _another_rule_in(deployed, deployed.outputs[outputs.AURORA_SECURITY_GROUP_ID]):
        yield


@defect(checks.check_the_clients_rules)
def clients_that_let_in(deployed: Deployed) -> Iterator[None]:
    with _another_rule_in(deployed, deployed.outputs[outputs.CLIENTS_SECURITY_GROUP_ID]):
        yield


@defect(checks.check_dms_rules)
def dms_that_may_reach_anything(deployed: Deployed) -> Iterator[None]:
    group_id = deployed.outputs[outputs.DMS_SECURITY_GROUP_ID]
    source = deployed.environment.source
    rule = next(
        rule
        for rule in checks.find_rules(deployed, group_id)
        if rule.get("CidrIpv4") == source.cidr
    )
    right: SecurityGroupRuleRequestTypeDef = {
        "IpProtocol": "tcp",
        "FromPort": source.port,
        "ToPort": source.port,
        "CidrIpv4": source.cidr,
        "Description": rule.get("Description", ""),
    }
    rule_id = rule.get("SecurityGroupRuleId", "")
    for change in ({**right, "CidrIpv4": _ANYWHERE}, right):
        deployed.ec2.modify_security_group_rules(
            GroupId=group_id,
            SecurityGroupRules=[{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": change}],  # type: ignore[typeddict-item]  # the change of one key
        )
        if change is not right:
            yield


@defect(checks.check_the_secretsmanager_endpoints_rules)
def endpoint_open_to_a_network(deployed: Deployed) -> Iterator[None]:
    group_id = find_endpoint(deployed).get("Groups", [])[0].get("GroupId", "")
    with _another_rule_in(deployed, group_id):
        yield


@defect(checks.check_the_groups_are_the_vpcs)
def group_of_another_vpc(deployed: Deployed) -> Iterator[None]:
    group_id = deployed.ec2.create_security_group(
        GroupName="of-another-vpc", Description="of another VPC", VpcId=default_vpc_id(deployed)
    )["GroupId"]
    with outputs_changed(deployed, **{outputs.CLIENTS_SECURITY_GROUP_ID: group_id}):
        yield
    deployed.ec2.delete_security_group(GroupId=group_id)


@defect(endpoint_checks.check_the_secretsmanager_endpoint_is_where_dms_is)
def endpoint_that_misses_a_zone(deployed: Deployed) -> Iterator[None]:
    endpoint_id = find_endpoint(deployed).get("VpcEndpointId", "")
    subnets = deployed.outputs[outputs.DMS_SUBNET_IDS][-1:]
    deployed.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, RemoveSubnetIds=subnets)
    yield
    deployed.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, AddSubnetIds=subnets)


@defect(endpoint_checks.check_dms_finds_the_secretsmanager_endpoint)
def dms_that_asks_elsewhere_for_secrets(deployed: Deployed) -> Iterator[None]:
    endpoint = dict(find_dms_endpoint(deployed, outputs.DMS_TARGET_ENDPOINT_ARN))
    # All settings, exactly: an attribute that is left out would stay.
    right = {name: endpoint[name] for name in ("ExtraConnectionAttributes", "PostgreSQLSettings")}
    attributes = f"{right['ExtraConnectionAttributes']};{_ELSEWHERE}"
    modify: Callable[..., object] = deployed.dms.modify_endpoint
    for settings in ({**right, "ExtraConnectionAttributes": attributes}, right):
        modify(EndpointArn=endpoint["EndpointArn"], ExactSettings=True, **settings)
        if settings is not right:
            yield


@defect(endpoint_checks.check_the_secretsmanager_endpoint_serves_this_account_alone)
def endpoint_for_every_account(deployed: Deployed) -> Iterator[None]:
    endpoint = find_endpoint(deployed)
    endpoint_id, right = endpoint.get("VpcEndpointId", ""), endpoint.get("PolicyDocument", "")
    wrong = with_statements(
        right, lambda statements: [{**one, "Condition": {}} for one in statements]
    )
    deployed.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, PolicyDocument=wrong)
    yield
    deployed.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, PolicyDocument=right)
