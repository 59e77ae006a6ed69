from __future__ import annotations

from typing import Any

import pytest

from tests.unit.local_aws.aws import Aws, refused


@pytest.fixture
def vpc_id(aws: Aws) -> str:
    return str(aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


@pytest.fixture
def table_id(aws: Aws, vpc_id: str) -> str:
    return str(aws.ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"])


@pytest.fixture
def gateway_id(aws: Aws) -> str:
    return str(aws.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"])


def propagating(aws: Aws, table_id: str) -> list[dict[str, str]]:
    [table] = aws.ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
    found: list[dict[str, str]] = table["PropagatingVgws"]
    return found


# Route propagation


def test_it_is_switched_on_and_off(aws: Aws, vpc_id: str, table_id: str, gateway_id: str) -> None:
    aws.ec2.attach_vpn_gateway(VpcId=vpc_id, VpnGatewayId=gateway_id)
    for _ in range(2):
        aws.ec2.enable_vgw_route_propagation(RouteTableId=table_id, GatewayId=gateway_id)
    assert propagating(aws, table_id) == [{"GatewayId": gateway_id}]
    aws.ec2.disable_vgw_route_propagation(RouteTableId=table_id, GatewayId=gateway_id)
    assert propagating(aws, table_id) == []


def test_a_gateway_that_is_not_attached_is_refused(
    aws: Aws, vpc_id: str, table_id: str, gateway_id: str
) -> None:
    with refused("Gateway.NotAttached", f"resource {gateway_id} is not attached to the VPC"):
        aws.ec2.enable_vgw_route_propagation(RouteTableId=table_id, GatewayId=gateway_id)
    aws.ec2.attach_vpn_gateway(VpcId=vpc_id, VpnGatewayId=gateway_id)
    aws.ec2.detach_vpn_gateway(VpcId=vpc_id, VpnGatewayId=gateway_id)
    with refused("Gateway.NotAttached"):
        aws.ec2.enable_vgw_route_propagation(RouteTableId=table_id, GatewayId=gateway_id)


# Transit gateway attachments


@pytest.fixture
def subnet_id(aws: Aws, vpc_id: str) -> str:
    subnet = aws.ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.0.0/24")["Subnet"]
    return str(subnet["SubnetId"])


@pytest.fixture
def transit_gateway_id(aws: Aws) -> str:
    gateway = aws.ec2.create_transit_gateway()["TransitGateway"]
    return str(gateway["TransitGatewayId"])


def attach(aws: Aws, transit_gateway_id: str, vpc_id: str, subnet_id: str) -> Any:  # noqa: ANN401 - boto3's answer
    return aws.ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=transit_gateway_id,
        VpcId=vpc_id,
        SubnetIds=[subnet_id],
        TagSpecifications=[
            {
                "ResourceType": "transit-gateway-attachment",
                "Tags": [{"Key": "Name", "Value": "ferry"}],
            },
            {"ResourceType": "vpc", "Tags": [{"Key": "Other", "Value": "x"}]},
        ],
    )["TransitGatewayVpcAttachment"]


def test_the_tags_are_kept(aws: Aws, transit_gateway_id: str, vpc_id: str, subnet_id: str) -> None:
    attach(aws, transit_gateway_id, vpc_id, subnet_id)
    [found] = aws.ec2.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    assert found["Tags"] == [{"Key": "Name", "Value": "ferry"}]


def test_a_deleted_one_is_seen_as_deleted_by_its_id_alone(
    aws: Aws, transit_gateway_id: str, vpc_id: str, subnet_id: str
) -> None:
    attachment = attach(aws, transit_gateway_id, vpc_id, subnet_id)
    attachment_id = attachment["TransitGatewayAttachmentId"]
    aws.ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment_id)
    describe = aws.ec2.describe_transit_gateway_vpc_attachments
    by_id = describe(TransitGatewayAttachmentIds=[attachment_id])
    assert [a["State"] for a in by_id["TransitGatewayVpcAttachments"]] == ["deleted"]
    assert describe()["TransitGatewayVpcAttachments"] == []
    attach(aws, transit_gateway_id, vpc_id, subnet_id)


# Security group rules


@pytest.fixture
def group_ids(aws: Aws, vpc_id: str) -> list[str]:
    return [
        aws.ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id)["GroupId"]
        for name in ("aurora", "dms")
    ]


def rules(aws: Aws, group_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = aws.ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [group_id]}]
    )["SecurityGroupRules"]
    return found


def test_a_rule_that_refers_to_a_group_has_its_description(aws: Aws, group_ids: list[str]) -> None:
    aurora, dms = group_ids
    for authorize in (
        aws.ec2.authorize_security_group_ingress,
        aws.ec2.authorize_security_group_egress,
    ):
        [rule] = authorize(
            GroupId=aurora,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 5432,
                    "ToPort": 5432,
                    "UserIdGroupPairs": [{"GroupId": dms, "Description": "from DMS"}],
                }
            ],
        )["SecurityGroupRules"]
        assert rule["Description"] == "from DMS"
    described = [rule.get("Description") for rule in rules(aws, aurora)]
    assert described.count("from DMS") == 2


def test_so_has_one_that_refers_to_a_prefix_list(aws: Aws, group_ids: list[str]) -> None:
    prefix_list_id = aws.ec2.create_managed_prefix_list(
        PrefixListName="s3", MaxEntries=1, AddressFamily="IPv4"
    )["PrefixList"]["PrefixListId"]
    [rule] = aws.ec2.authorize_security_group_egress(
        GroupId=group_ids[0],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "PrefixListIds": [{"PrefixListId": prefix_list_id, "Description": "to S3"}],
            }
        ],
    )["SecurityGroupRules"]
    assert rule["Description"] == "to S3"


def test_a_cidrs_description_is_its_own(aws: Aws, group_ids: list[str]) -> None:
    [rule] = aws.ec2.authorize_security_group_ingress(
        GroupId=group_ids[0],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 1,
                "ToPort": 1,
                "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "source"}],
            }
        ],
    )["SecurityGroupRules"]
    assert (rule["CidrIpv4"], rule["Description"]) == ("10.0.0.0/8", "source")


def test_the_older_form_of_the_call_still_works(aws: Aws, group_ids: list[str]) -> None:
    aws.ec2.authorize_security_group_ingress(
        GroupId=group_ids[0], IpProtocol="tcp", FromPort=2, ToPort=2, CidrIp="10.0.0.0/8"
    )
    assert any(rule["FromPort"] == 2 for rule in rules(aws, group_ids[0]))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {
                "IpProtocol": "tcp",
                "FromPort": 5433,
                "ToPort": 5433,
                "ReferencedGroupId": "dms",
                "Description": "changed",
            },
            {"FromPort": 5433, "ToPort": 5433, "Description": "changed"},
        ),
        (
            {"IpProtocol": "-1", "CidrIpv4": "10.1.0.0/16"},
            {"FromPort": -1, "ToPort": -1, "IpProtocol": "-1", "CidrIpv4": "10.1.0.0/16"},
        ),
    ],
)
def test_a_rule_is_changed(
    aws: Aws, group_ids: list[str], change: dict[str, Any], expected: dict[str, Any]
) -> None:
    aurora, dms = group_ids
    [rule] = aws.ec2.authorize_security_group_ingress(
        GroupId=aurora,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "UserIdGroupPairs": [{"GroupId": dms, "Description": "from DMS"}],
            }
        ],
    )["SecurityGroupRules"]
    if "ReferencedGroupId" in change:
        change = {**change, "ReferencedGroupId": dms}
        expected = {**expected, "ReferencedGroupInfo": {"GroupId": dms, "UserId": aws.account}}
    aws.ec2.modify_security_group_rules(
        GroupId=aurora,
        SecurityGroupRules=[
            {"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "SecurityGroupRule": change}
        ],
    )
    [changed] = [r for r in rules(aws, aurora) if not r["IsEgress"]]
    assert {key: changed.get(key) for key in expected} == expected


def test_a_rule_that_is_not_there_is_refused(aws: Aws, group_ids: list[str]) -> None:
    for group_id in (group_ids[0], "sg-00000000"):
        with refused("InvalidSecurityGroupRuleId.NotFound", "'sgr-0' does not exist"):
            aws.ec2.modify_security_group_rules(
                GroupId=group_id,
                SecurityGroupRules=[
                    {
                        "SecurityGroupRuleId": "sgr-0",
                        "SecurityGroupRule": {"IpProtocol": "-1", "CidrIpv4": "0.0.0.0/0"},
                    }
                ],
            )
