"""The ways to the source that none of the project's own environments takes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ferry.deployment import State
from ferry.findings import Level
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from tests.unit.ferry.check.deployment.conftest import Judged

STATE = State(
    outputs={
        "vpc_id": "vpc-1",
        "aurora_subnet_ids": ["subnet-1"],
        "dms_subnet_ids": ["subnet-1"],
        "aurora_security_group_id": "sg-aurora",
        "dms_security_group_id": "sg-dms",
    }
)
SOURCE = "192.168.10.0/24"
ROUTES = "dms-routes-lead-to-the-source-and-through-nat-at-most"
ATTACHED = "the-way-to-the-source-is-attached"
VPC = {"cidr": "10.20.0.0/20"}
GATEWAY, TRANSIT_GATEWAY = "vgw-0123456789abcdef0", "tgw-0123456789abcdef0"
PEERING = {"peering": {"vpc_id": "vpc-0123456789abcdef0"}}


def by(route: dict[str, Any], *, network: dict[str, Any] | None = None) -> object:
    """An environment that reaches the source so."""
    return environment(network={**(network or {"vpc": VPC}), "route_to_source": route})


def ec2(**answers: object) -> dict[str, Any]:
    """An EC2 that answers each call so."""
    calls = {name: lambda answer=answer, **_: answer for name, answer in answers.items()}
    return {"ec2": SimpleNamespace(**calls)}


def table(*routes: dict[str, str], **more: object) -> dict[str, Any]:
    associations = [{"SubnetId": "subnet-1"}]
    return {
        "RouteTables": [
            {
                "RouteTableId": "rtb-1",
                "Associations": associations,
                "Routes": [{"GatewayId": "local"}, *routes],
                **more,
            }
        ]
    }


def to_the_source(**more: str) -> dict[str, str]:
    return {"DestinationCidrBlock": SOURCE, "State": "active", **more}


@pytest.mark.parametrize(
    ("route", "found"),
    [
        (PEERING, to_the_source(VpcPeeringConnectionId="pcx-1")),
        (
            {"transit_gateway_id": TRANSIT_GATEWAY},
            to_the_source(TransitGatewayId=TRANSIT_GATEWAY),
        ),
        (
            {"virtual_private_gateway_id": GATEWAY},
            to_the_source(GatewayId=GATEWAY, Origin="EnableVgwRoutePropagation"),
        ),
    ],
    ids=["peering", "transit gateway", "virtual private gateway"],
)
def test_a_route_to_the_source_is_right(
    judged: Judged, route: dict[str, Any], found: dict[str, str]
) -> None:
    clients = ec2(describe_route_tables=table(found))

    [finding] = judged(ROUTES, environment=by(route), state=STATE, clients=clients)

    assert finding.level is Level.RIGHT


@pytest.mark.parametrize(
    ("route", "found", "says"),
    [
        (
            PEERING,
            to_the_source(NatGatewayId="nat-1"),
            f"The route to {SOURCE} does not lead through a peering.",
        ),
        (
            {"transit_gateway_id": TRANSIT_GATEWAY},
            to_the_source(TransitGatewayId="tgw-2"),
            (
                f'The route to {SOURCE}, its transit gateway: found "tgw-2", should be '
                f'"{TRANSIT_GATEWAY}".'
            ),
        ),
        (
            PEERING,
            to_the_source(VpcPeeringConnectionId="pcx-1", State="blackhole"),
            f'The route to {SOURCE}, its state: found "blackhole", should be "active".',
        ),
    ],
    ids=["NAT", "another gateway", "a black hole"],
)
def test_another_route_differs(
    judged: Judged, route: dict[str, Any], found: dict[str, str], says: str
) -> None:
    clients = ec2(describe_route_tables=table(found))

    [finding] = judged(ROUTES, environment=by(route), state=STATE, clients=clients)

    assert (finding.level, finding.what) == (Level.BLOCKED, says)


def test_a_subnet_without_a_route_table_differs(judged: Judged) -> None:
    clients = ec2(describe_route_tables={"RouteTables": []})

    [finding] = judged(ROUTES, state=STATE, clients=clients)

    assert finding.what == "Subnets without a route table of their own: subnet-1."


def test_a_gateway_endpoint_of_the_vpcs_owner_is_no_way_out(judged: Judged) -> None:
    endpoint = {
        "DestinationPrefixListId": "pl-6ea54007",
        "GatewayId": "vpce-0123456789abcdef0",
        "State": "active",
    }
    clients = ec2(describe_route_tables=table(endpoint))

    [finding] = judged(ROUTES, state=STATE, clients=clients)

    assert finding.level is Level.RIGHT


@pytest.mark.parametrize(
    "way_out",
    [
        {"DestinationPrefixListId": "pl-1", "GatewayId": "igw-1"},
        {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1"},
        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "vpce-1"},
    ],
)
def test_another_way_out_differs_and_is_named(judged: Judged, way_out: dict[str, str]) -> None:
    clients = ec2(describe_route_tables=table({**way_out, "State": "active"}))

    [finding, _] = judged(ROUTES, state=STATE, clients=clients)

    [to] = [value for name, value in way_out.items() if name.startswith("Destination")]
    assert (finding.level, finding.what) == (
        Level.BLOCKED,
        f'Destinations of the routes of dms_subnet_ids: found ["{to}"], which should not be there.',
    )


def flow_log(group: str) -> dict[str, str]:
    delivered = {"FlowLogStatus": "ACTIVE", "TrafficType": "ALL", "DeliverLogsStatus": "SUCCESS"}
    return {**delivered, "LogGroupName": group}


OURS = "/aws/vpc/flow-logs/aurora-ferry-dev"
TO_S3 = {"FlowLogStatus": "ACTIVE", "LogDestination": "arn:aws:s3:::aws-controltower-logs"}


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ([TO_S3, flow_log(OURS)], ""),
        ([flow_log("other")], f"Flow logs of the VPC into {OURS}: found 0, should be exactly one."),
    ],
)
def test_of_the_vpcs_flow_logs_the_stacks_own_is_judged(
    judged: Judged, found: list[dict[str, str]], says: str
) -> None:
    clients = ec2(describe_flow_logs={"FlowLogs": found})

    findings = judged("flow-logs-record-everything", state=STATE, clients=clients)

    assert [it.what for it in findings if it.level is not Level.RIGHT] == ([says] if says else [])


def gateway(*vpcs: str) -> dict[str, Any]:
    attachments = [{"VpcId": vpc, "State": "attached"} for vpc in vpcs]
    return {"VpnGateways": [{"VpcAttachments": attachments}]}


@pytest.mark.parametrize(
    ("vpcs", "propagating", "says"),
    [
        (["vpc-1"], [GATEWAY], "The VPC is attached to the way to the source, and to no other "),
        (
            [],
            [GATEWAY],
            f'VPCs that {GATEWAY} is attached to: ["vpc-1"] missing; found instead [].',
        ),
        (["vpc-1"], [], f'Gateways propagating to rtb-1: ["{GATEWAY}"] missing; found instead [].'),
    ],
)
def test_a_virtual_private_gateway_is_attached_and_propagates(
    judged: Judged, vpcs: list[str], propagating: list[str], says: str
) -> None:
    tables = table(PropagatingVgws=[{"GatewayId": one} for one in propagating])
    clients = ec2(describe_vpn_gateways=gateway(*vpcs), describe_route_tables=tables)
    route = {"virtual_private_gateway_id": GATEWAY}

    found = judged(ATTACHED, environment=by(route), state=STATE, clients=clients)

    assert {finding.what.startswith(says) for finding in found} == {True}


@pytest.mark.parametrize(
    ("status", "level", "remedy"),
    [
        ("available", Level.RIGHT, ""),
        ("pending", Level.WARNING, "Wait, and run this again."),
        ("pendingAcceptance", Level.BLOCKED, "The gateway's owner has to accept the attachment."),
    ],
)
def test_an_attachment_waits_for_its_acceptance(
    judged: Judged, status: str, level: Level, remedy: str
) -> None:
    attachment = {
        "TransitGatewayAttachmentId": "tgw-attach-1",
        "TransitGatewayId": TRANSIT_GATEWAY,
        "State": status,
        "SubnetIds": ["subnet-1"],
    }
    found = {"TransitGatewayVpcAttachments": [attachment, {**attachment, "State": "deleted"}]}
    clients = ec2(describe_transit_gateway_vpc_attachments=found)
    route = {"transit_gateway_id": TRANSIT_GATEWAY}

    [finding] = judged(ATTACHED, environment=by(route), state=STATE, clients=clients)

    assert finding.level is level
    assert finding.remedy.startswith(remedy)


EXISTING = {
    "vpc_id": "vpc-0123456789abcdef0",
    "aurora_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "dms_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "secretsmanager_endpoint": False,
}


@pytest.mark.parametrize(
    ("way", "peer"),
    [
        (
            {"secretsmanager_security_group_id": "sg-0123456789abcdef0"},
            {"ReferencedGroupInfo": {"GroupId": "sg-0123456789abcdef0"}},
        ),
        ({"secretsmanager_cidr": "10.1.0.0/24"}, {"CidrIpv4": "10.1.0.0/24"}),
    ],
)
def test_dms_reaches_the_endpoint_that_an_existing_vpc_has(
    judged: Judged, way: dict[str, str], peer: dict[str, Any]
) -> None:
    def rule(port: int, **peer: object) -> dict[str, object]:
        ports = {"FromPort": port, "ToPort": port, "IpProtocol": "tcp", "IsEgress": True}
        return {**ports, **peer, "Description": "out"}

    rules = [
        rule(5432, ReferencedGroupInfo={"GroupId": "sg-aurora"}),
        rule(5432, CidrIpv4=SOURCE),
        rule(443, **peer),
    ]
    paginator = SimpleNamespace(paginate=lambda **_: [{"SecurityGroupRules": rules}])
    clients = {"ec2": SimpleNamespace(get_paginator=lambda _: paginator)}
    network = {"vpc": None, "existing_vpc": {**EXISTING, **way}}

    found = judged(
        "dms-rules", environment=environment(network=network), state=STATE, clients=clients
    )

    assert [finding.level for finding in found] == [Level.RIGHT]


ITS_VPC = "the VPC was there before, and its owner decides"
ITS_WAY = "DMS takes a way to Secrets Manager that was there before"


@pytest.mark.parametrize(
    ("check", "because"),
    [
        ("auroras-routes-lead-to-the-source-at-most", ITS_VPC),
        (ROUTES, ITS_VPC),
        ("nat-as-the-settings-say", ITS_VPC),
        ("the-default-security-group-is-locked", ITS_VPC),
        ("flow-logs-record-everything", ITS_VPC),
        ("the-flow-logs-role", ITS_VPC),
        ("the-secretsmanager-endpoint-is-where-dms-is", ITS_WAY),
        ("dms-finds-the-secretsmanager-endpoint", ITS_WAY),
        ("the-secretsmanager-endpoint-serves-this-account-alone", ITS_WAY),
        ("the-secretsmanager-endpoints-rules", ITS_WAY),
    ],
)
def test_what_was_there_before_is_left_alone(judged: Judged, check: str, because: str) -> None:
    network = {"vpc": None, "existing_vpc": {**EXISTING, "secretsmanager_cidr": "10.1.0.0/24"}}

    [finding] = judged(check, environment=environment(network=network), state=STATE)

    assert (finding.level, finding.what) == (Level.RIGHT, f"Nothing to check: {because}.")


ELSEWHERE = {**VPC, "route_made_elsewhere": True}


def made_elsewhere() -> object:
    """An environment to which somebody else makes the way."""
    return environment(network={"vpc": ELSEWHERE})


@pytest.mark.parametrize("check", [ROUTES, "auroras-routes-lead-to-the-source-at-most"])
@pytest.mark.parametrize("target", [{"TransitGatewayId": "tgw-9"}, {"GatewayId": "vgw-9"}])
def test_a_route_that_somebody_else_makes_is_his(
    judged: Judged, check: str, target: dict[str, str]
) -> None:
    clients = ec2(describe_route_tables=table(to_the_source(**target)))

    [finding] = judged(check, environment=made_elsewhere(), state=STATE, clients=clients)

    assert finding.level is Level.RIGHT


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (
            to_the_source(TransitGatewayId="tgw-9", State="blackhole"),
            f'The route to {SOURCE}, its state: found "blackhole", should be "active".',
        ),
        (
            {"DestinationCidrBlock": "0.0.0.0/0", "State": "active", "GatewayId": "igw-1"},
            (
                'Destinations of the routes of dms_subnet_ids: found ["0.0.0.0/0"], which should not be '
                "there."
            ),
        ),
    ],
    ids=["a black hole", "the internet"],
)
def test_a_way_made_elsewhere_leads_somewhere_and_not_to_the_internet(
    judged: Judged, found: dict[str, str], says: str
) -> None:
    clients = ec2(describe_route_tables=table(found))

    findings = judged(ROUTES, environment=made_elsewhere(), state=STATE, clients=clients)

    assert (findings[0].level, findings[0].what) == (Level.BLOCKED, says)


def test_a_gateway_that_somebody_else_attaches_is_his(judged: Judged) -> None:
    found = {"TransitGatewayVpcAttachments": [{"TransitGatewayId": "tgw-9", "State": "available"}]}
    clients = ec2(describe_transit_gateway_vpc_attachments=found)

    [finding] = judged(ATTACHED, environment=made_elsewhere(), state=STATE, clients=clients)

    assert finding.level is Level.RIGHT


def test_an_endpoint_that_was_deleted_an_hour_ago_does_not_count(judged: Judged) -> None:
    """As after a migration that ended and begins anew."""
    endpoints = [
        {"VpcEndpointId": "vpce-1", "State": "deleted"},
        {
            "VpcEndpointId": "vpce-2",
            "State": "Available",
            "VpcEndpointType": "Interface",
            "SubnetIds": ["subnet-1"],
        },
    ]
    clients = ec2(describe_vpc_endpoints={"VpcEndpoints": endpoints})

    findings = judged("the-secretsmanager-endpoint-is-where-dms-is", state=STATE, clients=clients)

    assert [it.what for it in findings if "Endpoints for Secrets Manager" in it.what] == []


@pytest.mark.parametrize(
    ("network", "told"),
    [
        ({"vpc": None, "existing_vpc": EXISTING | {"secretsmanager_endpoint": True}}, []),
        ({"vpc": ELSEWHERE}, ["The VPC's DNS host names: found false, should be true."]),
    ],
    ids=["a VPC that was there", "one that is made"],
)
def test_host_names_are_needed_where_the_endpoint_has_a_private_one(
    judged: Judged, network: dict[str, Any], told: list[str]
) -> None:
    def describe_vpc_attribute(Attribute: str, **_: str) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        name = Attribute[0].upper() + Attribute[1:]
        return {name: {"Value": Attribute == "enableDnsSupport"}}

    clients = {"ec2": SimpleNamespace(describe_vpc_attribute=describe_vpc_attribute)}
    findings = judged(
        "vpc-resolves-names", environment=environment(network=network), state=STATE, clients=clients
    )

    assert [it.what for it in findings if it.level is Level.BLOCKED] == told
