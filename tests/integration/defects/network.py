"""Defects of the network, the security groups and the Secrets Manager endpoint."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ferry.check.deployment.network import find_route_tables
from ferry.check.deployment.secretsmanager_endpoint import find_endpoint
from ferry.check.deployment.security_groups import find_rules
from tests.integration.defects.planting import (
    Defect,
    Plant,
    default_vpc_id,
    endpoint_of,
    output_says,
    swap,
    with_statements,
    without_conditions,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.deployment.deployed import Deployed

SOMEWHERE = "198.51.100.0/24"


@contextmanager
def internet_gateway(deployed: Deployed) -> Iterator[str]:
    ec2, vpc_id = deployed.account.ec2, deployed.outputs["vpc_id"]
    gateway_id = ec2.create_internet_gateway()["InternetGateway"].get("InternetGatewayId", "")
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    yield gateway_id
    ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    ec2.delete_internet_gateway(InternetGatewayId=gateway_id)


def route_out(output: str) -> Plant:
    """Lead the first of the subnets to the internet."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        ec2 = deployed.account.ec2
        table_id = find_route_tables(deployed, output)[0].get("RouteTableId", "")
        with internet_gateway(deployed) as gateway_id:
            ec2.create_route(
                RouteTableId=table_id, DestinationCidrBlock=SOMEWHERE, GatewayId=gateway_id
            )
            yield
            ec2.delete_route(RouteTableId=table_id, DestinationCidrBlock=SOMEWHERE)

    return plant


def rule_in(group_id: Callable[[Deployed], str]) -> Plant:
    """Open a security group to a network."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        ec2, group = deployed.account.ec2, group_id(deployed)
        rule = ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp=SOMEWHERE
        )["SecurityGroupRules"][0]
        yield
        ec2.revoke_security_group_ingress(
            GroupId=group, SecurityGroupRuleIds=[rule.get("SecurityGroupRuleId", "")]
        )

    return plant


def default_subnets(deployed: Deployed) -> list[str]:
    of_the_vpc: Any = {"Name": "vpc-id", "Values": [default_vpc_id(deployed)]}
    found = deployed.account.ec2.describe_subnets(Filters=[of_the_vpc])["Subnets"]
    return [subnet.get("SubnetId", "") for subnet in found]


def default_security_group(deployed: Deployed) -> str:
    default: Any = {"Name": "group-name", "Values": ["default"]}
    found = deployed.account.ec2.describe_security_groups(Filters=[*deployed.in_the_vpc(), default])
    return found["SecurityGroups"][0].get("GroupId", "")


def host_names(deployed: Deployed, *, on: bool) -> None:
    deployed.account.ec2.modify_vpc_attribute(
        VpcId=deployed.outputs["vpc_id"], EnableDnsHostnames={"Value": on}
    )


def public_addresses(deployed: Deployed, *, on: bool) -> None:
    deployed.account.ec2.modify_subnet_attribute(
        SubnetId=deployed.outputs["dms_subnet_ids"][0], MapPublicIpOnLaunch={"Value": on}
    )


@contextmanager
def unasked_attachment(deployed: Deployed) -> Iterator[None]:
    ec2 = deployed.account.ec2
    gateway = ec2.create_transit_gateway()["TransitGateway"].get("TransitGatewayId", "")
    attachment = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway,
        VpcId=deployed.outputs["vpc_id"],
        SubnetIds=deployed.outputs["dms_subnet_ids"],
    )["TransitGatewayVpcAttachment"]
    yield
    ec2.delete_transit_gateway_vpc_attachment(
        TransitGatewayAttachmentId=attachment.get("TransitGatewayAttachmentId", "")
    )
    ec2.delete_transit_gateway(TransitGatewayId=gateway)


@contextmanager
def second_flow_log(deployed: Deployed) -> Iterator[None]:
    first = deployed.flow_log
    made = deployed.account.ec2.create_flow_logs(
        ResourceIds=[deployed.outputs["vpc_id"]],
        ResourceType="VPC",
        TrafficType="REJECT",
        LogGroupName=deployed.names.flow_logs_group,
        DeliverLogsPermissionArn=first.get("DeliverLogsPermissionArn", ""),
    )["FlowLogIds"]
    yield
    deployed.account.ec2.delete_flow_logs(FlowLogIds=made)


@contextmanager
def dms_may_reach_anything(deployed: Deployed) -> Iterator[None]:
    group_id = deployed.outputs["dms_security_group_id"]
    source = deployed.migration.source
    rule = next(one for one in find_rules(deployed, group_id) if one.get("CidrIpv4") == source.cidr)
    right: Any = {
        "IpProtocol": "tcp",
        "FromPort": source.port,
        "ToPort": source.port,
        "CidrIpv4": source.cidr,
        "Description": rule.get("Description", ""),
    }
    rule_id = rule.get("SecurityGroupRuleId", "")
    wrong: Any = {**right, "CidrIpv4": "0.0.0.0/0"}
    for change in (wrong, right):
        deployed.account.ec2.modify_security_group_rules(
            GroupId=group_id,
            SecurityGroupRules=[{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": change}],
        )
        if change is not right:
            yield


@contextmanager
def group_of_another_vpc(deployed: Deployed) -> Iterator[None]:
    ec2 = deployed.account.ec2
    group_id = ec2.create_security_group(
        GroupName="of-another-vpc", Description="of another VPC", VpcId=default_vpc_id(deployed)
    )["GroupId"]
    with output_says("clients_security_group_id", lambda _: group_id)(deployed):
        yield
    ec2.delete_security_group(GroupId=group_id)


@contextmanager
def endpoint_misses_a_zone(deployed: Deployed) -> Iterator[None]:
    modify = deployed.account.ec2.modify_vpc_endpoint
    endpoint_id = find_endpoint(deployed).get("VpcEndpointId", "")
    subnets = deployed.outputs["dms_subnet_ids"][-1:]
    modify(VpcEndpointId=endpoint_id, RemoveSubnetIds=subnets)
    yield
    modify(VpcEndpointId=endpoint_id, AddSubnetIds=subnets)


@contextmanager
def endpoint_for_every_account(deployed: Deployed) -> Iterator[None]:
    endpoint, modify = find_endpoint(deployed), deployed.account.ec2.modify_vpc_endpoint
    endpoint_id, right = endpoint.get("VpcEndpointId", ""), endpoint.get("PolicyDocument", "")
    modify(VpcEndpointId=endpoint_id, PolicyDocument=with_statements(right, without_conditions))
    yield
    modify(VpcEndpointId=endpoint_id, PolicyDocument=right)


@contextmanager
def dms_asks_elsewhere(deployed: Deployed) -> Iterator[None]:
    endpoint = dict(endpoint_of(deployed, "target"))
    # All settings, exactly: an attribute that is left out would stay.
    right = {name: endpoint[name] for name in ("ExtraConnectionAttributes", "PostgreSQLSettings")}
    attributes = (
        f"{right['ExtraConnectionAttributes']};secretsManagerEndpointOverride=elsewhere.example.org"
    )
    modify: Callable[..., object] = deployed.account.dms.modify_endpoint
    for settings in ({**right, "ExtraConnectionAttributes": attributes}, right):
        modify(EndpointArn=endpoint["EndpointArn"], ExactSettings=True, **settings)
        if settings is not right:
            yield


DEFECTS = (
    Defect("vpc", "The VPC's addresses: found ", output_says("vpc_id", default_vpc_id)),
    Defect(
        "vpc-resolves-names",
        "The VPC's DNS host names: found false, should be true.",
        swap(lambda it: host_names(it, on=False), lambda it: host_names(it, on=True)),
    ),
    Defect(
        "subnets-are-the-vpcs",
        "dms_subnet_ids subnet-",
        output_says("dms_subnet_ids", default_subnets),
    ),
    Defect(
        "subnets-are-in-real-zones-of-their-own",
        "dms_subnet_ids are all in eu-central-1a; two zones are needed.",
        output_says("dms_subnet_ids", lambda deployed: deployed.outputs["dms_subnet_ids"][:1]),
    ),
    Defect(
        "subnets-give-no-public-addresses",
        "dms_subnet_ids subnet-",
        swap(lambda it: public_addresses(it, on=True), lambda it: public_addresses(it, on=False)),
    ),
    Defect(
        "auroras-routes-lead-to-the-source-at-most",
        f'Destinations of the routes of aurora_subnet_ids: found ["{SOMEWHERE}"], which should not',
        route_out("aurora_subnet_ids"),
    ),
    Defect(
        "dms-routes-lead-to-the-source-and-through-nat-at-most",
        f'Destinations of the routes of dms_subnet_ids: found ["{SOMEWHERE}"], which should not',
        route_out("dms_subnet_ids"),
    ),
    Defect(
        "the-way-to-the-source-is-attached",
        'Transit gateways that the VPC is attached to: found ["tgw-',
        unasked_attachment,
        environment="staging",  # in dev somebody else makes the way
    ),
    Defect(
        "nat-as-the-settings-say",
        "The VPC has an internet gateway: found true, should be false.",
        internet_gateway,
    ),
    Defect(
        "the-default-security-group-is-locked",
        "What the default security group lets in: found [",
        rule_in(default_security_group),
    ),
    Defect(
        "flow-logs-record-everything",
        "Flow logs of the VPC into /aws/vpc/flow-logs/aurora-ferry-dev: found 2, should be exactly one.",
        second_flow_log,
    ),
    Defect(
        "auroras-rules",
        f'Rules of the security group of Aurora: found ["in from {SOMEWHERE}, port 22"], which ',
        rule_in(lambda deployed: deployed.outputs["aurora_security_group_id"]),
    ),
    Defect(
        "the-clients-rules",
        f'Rules of the security group of clients: found ["in from {SOMEWHERE}, port 22"], which ',
        rule_in(lambda deployed: deployed.outputs["clients_security_group_id"]),
    ),
    Defect(
        "dms-rules",
        'Rules of the security group of DMS: ["out to 192.168.10.0/24, port 5432"] missing; found '
        'instead ["out to 0.0.0.0/0, port 5432"].',
        dms_may_reach_anything,
    ),
    Defect(
        "the-secretsmanager-endpoints-rules",
        'Rules of the security group of the Secrets Manager endpoint: found ["in from ',
        rule_in(lambda deployed: find_endpoint(deployed).get("Groups", [])[0].get("GroupId", "")),
    ),
    Defect(
        "the-groups-are-the-vpcs",
        "The VPC of the security group of-another-vpc: found ",
        group_of_another_vpc,
    ),
    Defect(
        "the-secretsmanager-endpoint-is-where-dms-is",
        "The Secrets Manager endpoint vpce-",
        endpoint_misses_a_zone,
    ),
    Defect(
        "dms-finds-the-secretsmanager-endpoint",
        'The target\'s endpoint asks "elsewhere.example.org" for secrets; it should ask one of ',
        dms_asks_elsewhere,
    ),
    Defect(
        "the-secretsmanager-endpoint-serves-this-account-alone",
        'Whom the endpoint\'s policy allows it: found {}, should be {"StringEquals": ',
        endpoint_for_every_account,
    ),
)
