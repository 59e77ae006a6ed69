"""What stands already has the id that an environment's file names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws

VPC, SUBNET, OTHER = "vpc-0123456789abcdef0", "subnet-0123456789abcdef0", "subnet-0123456789abcdef1"
TABLE, GROUP = "rtb-0123456789abcdef0", "sg-0123456789abcdef0"
GATEWAY, TRANSIT = "vgw-0123456789abcdef0", "tgw-0123456789abcdef0"


def place(aws: Aws, kind: str, id_: str, **more: str) -> Any:  # noqa: ANN401 - any JSON
    document = {"kind": kind, "account": aws.account, "region": aws.region, "id": id_, **more}
    aws.post("/local-aws/standing", document)
    return aws.post("/local-aws/standing", document)  # what is there already stays


def test_a_vpc_and_what_lies_in_it(aws: Aws) -> None:
    place(aws, "vpc", VPC)
    place(aws, "subnet", SUBNET, vpc=VPC, zone=f"{aws.region}a")
    place(aws, "subnet", OTHER, vpc=VPC, zone=f"{aws.region}b")
    place(aws, "route-table", TABLE, vpc=VPC)
    place(aws, "security-group", GROUP, vpc=VPC)

    subnets = aws.ec2.describe_subnets(SubnetIds=[SUBNET, OTHER])["Subnets"]
    assert {(it["VpcId"], it["AvailabilityZone"], it["CidrBlock"]) for it in subnets} == {
        (VPC, f"{aws.region}a", "100.64.0.0/24"),
        (VPC, f"{aws.region}b", "100.64.1.0/24"),
    }
    [table] = aws.ec2.describe_route_tables(RouteTableIds=[TABLE])["RouteTables"]
    [group] = aws.ec2.describe_security_groups(GroupIds=[GROUP])["SecurityGroups"]
    assert table["VpcId"] == group["VpcId"] == VPC


def test_gateways_a_group_of_no_vpc_of_the_files_and_a_bucket(aws: Aws) -> None:
    place(aws, "transit-gateway", TRANSIT)
    place(aws, "virtual-private-gateway", GATEWAY)
    place(aws, "security-group", GROUP)
    place(aws, "bucket", f"states-{aws.account}")

    transit = aws.ec2.describe_transit_gateways()["TransitGateways"]
    assert [it["TransitGatewayId"] for it in transit] == [TRANSIT]
    assert aws.ec2.describe_vpn_gateways(VpnGatewayIds=[GATEWAY])["VpnGateways"]
    assert aws.ec2.describe_security_groups(GroupIds=[GROUP])["SecurityGroups"]
    assert aws.s3.head_bucket(Bucket=f"states-{aws.account}")


def test_a_key_a_topic_and_a_secret(aws: Aws) -> None:
    key = "1234abcd-12ab-34cd-56ef-1234567890ab"
    arn = f"arn:aws:secretsmanager:{aws.region}:{aws.account}:secret:shop/source-AbCdEf"
    place(aws, "key", key)
    place(aws, "topic", "on-call")
    place(aws, "secret", arn, value="{}")

    assert aws.kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"].endswith(f":key/{key}")
    topics = aws.sns.list_topics()["Topics"]
    assert [it["TopicArn"].rpartition(":")[2] for it in topics] == ["on-call"]
    assert aws.secretsmanager.get_secret_value(SecretId=arn)["SecretString"] == "{}"
    assert [it["ARN"] for it in aws.secretsmanager.list_secrets()["SecretList"]] == [arn]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"id": "tgw-1"}, "kind, account, region missing; give kind, account, region, id"),
        (
            {"kind": "moon", "account": "111122223333", "region": "eu-central-1", "id": "m"},
            (
                "no kind moon; give one of bucket, key, route-table, secret, security-group, subnet, "
                "topic, transit-gateway, virtual-private-gateway, vpc"
            ),
        ),
    ],
)
def test_what_is_no_document_is_refused(aws: Aws, document: dict[str, str], says: str) -> None:
    answer = aws.post("/local-aws/standing", document)

    assert (answer["status"], answer["error"]) == (400, says)
