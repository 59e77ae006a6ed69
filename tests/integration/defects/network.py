"""Defects of the network."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment import network as checks
from tests.integration.defects.planting import default_vpc_id, defect, outputs_changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.deployment.deployed import Deployed

_SOMEWHERE = "198.51.100.0/24"


@contextmanager
def _internet_gateway(deployed: Deployed) -> Iterator[str]:
    vpc_id = deployed.outputs[outputs.VPC_ID]
    made = deployed.ec2.create_internet_gateway()["InternetGateway"]
    gateway_id = made.get("InternetGatewayId", "")
    deployed.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    yield gateway_id
    deployed.ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    deployed.ec2.delete_internet_gateway(InternetGatewayId=gateway_id)


@contextmanager
def _route_out(deployed: Deployed, output: str) -> Iterator[None]:
    table_id = checks.find_route_tables(deployed, output)[0].get("RouteTableId", "")
    with _internet_gateway(deployed) as gateway_id:
        deployed.ec2.create_route(
            RouteTableId=table_id, DestinationCidrBlock=_SOMEWHERE, GatewayId=gateway_id
        )
        yield
        deployed.ec2.delete_route(RouteTableId=table_id, DestinationCidrBlock=_SOMEWHERE)


@defect(checks.check_vpc)
def the_default_vpc(deployed: Deployed) -> Iterator[None]:
    with outputs_changed(deployed, **{outputs.VPC_ID: default_vpc_id(deployed)}):
        yield


@defect(checks.check_vpc_resolves_names)
def no_host_names(deployed: Deployed) -> Iterator[None]:
    vpc_id = deployed.outputs[outputs.VPC_ID]
    modify = deployed.ec2.modify_vpc_attribute
    modify(VpcId=vpc_id, EnableDnsHostnames={"Value": False})
    yield
    modify(VpcId=vpc_id, EnableDnsHostnames={"Value": True})


@defect(checks.check_subnets_are_the_vpcs)
def subnets_of_the_default_vpc(deployed: Deployed) -> Iterator[None]:
    found = deployed.ec2.describe_subnets(
        Filters=[{"Name": "vpc-id", "Values": [default_vpc_id(deployed)]}]
    )["Subnets"]
    subnets = [subnet.get("SubnetId") for subnet in found]
    with outputs_changed(deployed, **{outputs.DMS_SUBNET_IDS: subnets}):
        yield


@defect(checks.check_subnets_are_in_real_zones_of_their_own)
def subnet_in_one_zone_alone(deployed: Deployed) -> Iterator[None]:
    subnets = deployed.outputs[outputs.DMS_SUBNET_IDS]
    with outputs_changed(deployed, **{outputs.DMS_SUBNET_IDS: subnets[:1]}):
        yield


@defect(checks.check_subnets_give_no_public_addresses)
def subnet_with_public_addresses(deployed: Deployed) -> Iterator[None]:
    subnet_id = deployed.outputs[outputs.DMS_SUBNET_IDS][0]
    modify = deployed.ec2.modify_subnet_attribute
    modify(SubnetId=subnet_id, MapPublicIpOnLaunch={"Value": True})
    yield
    modify(SubnetId=subnet_id, MapPublicIpOnLaunch={"Value": False})


@defect(checks.check_auroras_routes_lead_to_the_source_at_most)
def route_from_aurora_to_the_internet(deployed: Deployed) -> Iterator[None]:
    with _route_out(deployed, outputs.AURORA_SUBNET_IDS):
        yield


@defect(checks.check_dms_routes_lead_to_the_source_and_through_nat_at_most)
def route_from_dms_to_the_internet(deployed: Deployed) -> Iterator[None]:
    with _route_out(deployed, outputs.DMS_SUBNET_IDS):
        yield


@defect(checks.check_the_way_to_the_source_is_attached)
def attachment_that_nobody_asked_for(deployed: Deployed) -> Iterator[None]:
    gateway = deployed.ec2.create_transit_gateway()["TransitGateway"].get("TransitGatewayId", "")
    attachment = deployed.ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway,
        VpcId=deployed.outputs[outputs.VPC_ID],
        SubnetIds=deployed.outputs[outputs.DMS_SUBNET_IDS],
    )["TransitGatewayVpcAttachment"]
    yield
    deployed.ec2.delete_transit_gateway_vpc_attachment(
        TransitGatewayAttachmentId=attachment.get("TransitGatewayAttachmentId", "")
    )
    deployed.ec2.delete_transit_gateway(TransitGatewayId=gateway)


@defect(checks.check_nat_as_the_settings_say)
def internet_gateway_that_nobody_asked_for(deployed: Deployed) -> Iterator[None]:
    with _internet_gateway(deployed):
        yield


@defect(checks.check_the_default_security_group_is_locked)
def default_security_group_that_lets_in(deployed: Deployed) -> Iterator[None]:
    group_id = deployed.ec2.describe_security_groups(
        Filters=[*checks.in_the_vpc(deployed), {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"][0].get("GroupId", "")
    rule = deployed.ec2.authorize_security_group_ingress(
        GroupId=group_id, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp=_SOMEWHERE
    )["SecurityGroupRules"][0]
    yield
    deployed.ec2.revoke_security_group_ingress(
        GroupId=group_id, SecurityGroupRuleIds=[rule.get("SecurityGroupRuleId", "")]
    )


@defect(checks.check_flow_logs_record_everything)
def second_flow_log(deployed: Deployed) -> Iterator[None]:
    found = deployed.ec2.describe_flow_logs(Filters=checks.in_the_vpc(deployed, "resource-id"))[
        "FlowLogs"
    ][0]
    made = deployed.ec2.create_flow_logs(
        ResourceIds=[deployed.outputs[outputs.VPC_ID]],
        ResourceType="VPC",
        TrafficType="REJECT",
        LogDestination=f"{found.get('LogDestination')}-other",
        DeliverLogsPermissionArn=found.get("DeliverLogsPermissionArn", ""),
    )["FlowLogIds"]
    yield
    deployed.ec2.delete_flow_logs(FlowLogIds=made)
