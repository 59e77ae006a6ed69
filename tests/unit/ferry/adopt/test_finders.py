"""Each type of resource is found in AWS under the id by which Terraform imports it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from ferry.account import Account
from ferry.adopt.finders import DOUBLED, FINDERS, REPEATED
from tests.unit.ferry.conftest import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "aurora-ferry-dev"
TAGS: list[Any] = [{"Key": "Name", "Value": NAME}]
TRUST = "{}"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Arguments:
    """A resource's arguments, their references resolved."""

    arguments: dict[str, str] = field(default_factory=dict)
    name_tag: str = NAME

    def __getitem__(self, argument: str) -> str:
        return self.arguments[argument]


class CachingSession(boto3.Session):
    """Makes each client once: that takes longer than the tests."""

    @cache  # noqa: B019 - there is one session, and it lives as long as the tests
    def client(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - boto3's overloads
        return super().client(*arguments, **options)


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    return CachingSession(
        aws_access_key_id="testing", aws_secret_access_key="testing", region_name=REGION
    )


@pytest.fixture
def offline(session: boto3.Session, credentials: None) -> Account:  # noqa: ARG001 - for its effect
    """Where every answer is stubbed."""
    return Account(account_id=ACCOUNT, region=REGION, state_region=REGION, session=session)


@pytest.fixture
def account(aws: None, offline: Account) -> Account:  # noqa: ARG001 - asked for its effect
    """An empty account."""
    return offline


def find(account: Account, type_: str, **arguments: str) -> list[str]:
    return FINDERS[type_](account, Arguments(arguments=arguments))


# --- what has a Name tag


def tags(kind: str) -> Any:  # noqa: ANN401 - boto3's literal types differ for each kind
    return [{"ResourceType": kind, "Tags": TAGS}]


def make_vpc(account: Account) -> str:
    vpc = account.ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags("vpc"))
    return vpc["Vpc"]["VpcId"]


def make_subnet(account: Account) -> str:
    subnet = account.ec2.create_subnet(
        VpcId=make_vpc(account), CidrBlock="10.0.0.0/24", TagSpecifications=tags("subnet")
    )
    return subnet["Subnet"]["SubnetId"]


def make_route_table(account: Account) -> str:
    table = account.ec2.create_route_table(
        VpcId=make_vpc(account), TagSpecifications=tags("route-table")
    )
    return table["RouteTable"]["RouteTableId"]


def make_internet_gateway(account: Account) -> str:
    gateway = account.ec2.create_internet_gateway(TagSpecifications=tags("internet-gateway"))
    return gateway["InternetGateway"]["InternetGatewayId"]


def make_address(account: Account) -> str:
    address = account.ec2.allocate_address(Domain="vpc", TagSpecifications=tags("elastic-ip"))
    return address["AllocationId"]


def make_nat_gateway(account: Account) -> str:
    gateway = account.ec2.create_nat_gateway(
        SubnetId=make_subnet(account),
        AllocationId=make_address(account),
        TagSpecifications=tags("natgateway"),
    )
    return gateway["NatGateway"]["NatGatewayId"]


def make_security_group(account: Account) -> str:
    group = account.ec2.create_security_group(
        GroupName=NAME,
        Description="x",
        VpcId=make_vpc(account),
        TagSpecifications=tags("security-group"),
    )
    return group["GroupId"]


def make_security_group_rule(account: Account) -> str:
    rules = account.ec2.authorize_security_group_ingress(
        GroupId=make_security_group(account),
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 1,
                "ToPort": 1,
                "IpRanges": [{"CidrIp": "10.0.0.0/16"}],
            }
        ],
        TagSpecifications=tags("security-group-rule"),
    )
    return rules["SecurityGroupRules"][0]["SecurityGroupRuleId"]


def make_endpoint(account: Account) -> str:
    endpoint = account.ec2.create_vpc_endpoint(
        VpcId=make_vpc(account),
        ServiceName=f"com.amazonaws.{REGION}.secretsmanager",
        VpcEndpointType="Interface",
        TagSpecifications=tags("vpc-endpoint"),
    )
    return endpoint["VpcEndpoint"]["VpcEndpointId"]


def make_key(account: Account) -> str:
    key = account.kms.create_key(Tags=[{"TagKey": "Name", "TagValue": NAME}])
    return key["KeyMetadata"]["KeyId"]


def make_flow_log(account: Account) -> str:
    role = account.iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=TRUST)["Role"]
    logs = account.ec2.create_flow_logs(
        ResourceIds=[make_vpc(account)],
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName=NAME,
        DeliverLogsPermissionArn=role["Arn"],
        TagSpecifications=tags("vpc-flow-log"),
    )
    return logs["FlowLogIds"][0]


MAKERS: dict[str, Callable[[Account], str]] = {
    "aws_eip": make_address,
    "aws_flow_log": make_flow_log,
    "aws_internet_gateway": make_internet_gateway,
    "aws_kms_key": make_key,
    "aws_nat_gateway": make_nat_gateway,
    "aws_route_table": make_route_table,
    "aws_security_group": make_security_group,
    "aws_subnet": make_subnet,
    "aws_vpc": make_vpc,
    "aws_vpc_endpoint": make_endpoint,
    "aws_vpc_security_group_ingress_rule": make_security_group_rule,
}


@pytest.mark.parametrize("type_", MAKERS)
def test_what_has_a_name_tag(account: Account, type_: str) -> None:
    id_ = MAKERS[type_](account)

    assert find(account, type_) == [id_]


def test_nothing_has_the_name_tag(account: Account) -> None:
    assert {type_ for type_ in DOUBLED if find(account, type_)} == set()


def test_doubles_are_all_found(account: Account) -> None:
    ids = {make_vpc(account), make_vpc(account)}

    assert set(find(account, "aws_vpc")) == ids


def test_a_longer_name_is_another_one(account: Account) -> None:
    vpc = make_vpc(account)
    account.ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": f"{NAME}-2"}])

    assert find(account, "aws_vpc") == []


GONE: dict[str, tuple[str, str, str, dict[str, Any], dict[str, Any]]] = {
    "aws_ec2_transit_gateway_vpc_attachment": (
        "describe_transit_gateway_vpc_attachments",
        "TransitGatewayVpcAttachments",
        "TransitGatewayAttachmentId",
        {"State": "available"},
        {"State": "deleted"},
    ),
    "aws_nat_gateway": (
        "describe_nat_gateways",
        "NatGateways",
        "NatGatewayId",
        {"State": "pending"},
        {"State": "deleted"},
    ),
    "aws_vpc_endpoint": (
        "describe_vpc_endpoints",
        "VpcEndpoints",
        "VpcEndpointId",
        {"State": "Available"},
        {"State": "Deleting"},
    ),
    "aws_vpc_peering_connection": (
        "describe_vpc_peering_connections",
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
        {"Status": {"Code": "pending-acceptance"}},
        {"Status": {"Code": "rejected"}},
    ),
}
"""Those that AWS goes on showing after their end: what it answers, there and gone."""


@pytest.mark.parametrize("type_", GONE)
def test_what_is_gone_is_passed_over(offline: Account, type_: str) -> None:
    operation, answer, id_, there, gone = GONE[type_]
    with Stubber(offline.ec2) as stub:
        stub.add_response(operation, {answer: [{id_: "old", **gone}, {id_: "new", **there}]})

        assert find(offline, type_) == ["new"]


def test_a_key_of_another_environment_is_another_one(account: Account) -> None:
    account.kms.create_key(Tags=[{"TagKey": "Name", "TagValue": "other"}])
    account.kms.create_key()

    assert find(account, "aws_kms_key") == []


def test_a_key_that_waits_for_its_deletion_is_gone(account: Account) -> None:
    account.kms.schedule_key_deletion(KeyId=make_key(account))

    assert find(account, "aws_kms_key") == []


def test_a_key_whose_tags_are_hidden_is_another_teams(offline: Account) -> None:
    with Stubber(offline.kms) as stub:
        stub.add_response("list_keys", {"Keys": [{"KeyId": "1", "KeyArn": KEY_ARN}]})
        stub.add_client_error("list_resource_tags", "AccessDeniedException")

        assert find(offline, "aws_kms_key") == []


def test_keys_cannot_be_looked_for_while_kms_fails(offline: Account) -> None:
    with Stubber(offline.kms) as stub:
        stub.add_response("list_keys", {"Keys": [{"KeyId": "1", "KeyArn": KEY_ARN}]})
        stub.add_client_error("list_resource_tags", "KMSInternalException")

        with pytest.raises(offline.kms.exceptions.KMSInternalException):
            find(offline, "aws_kms_key")


# --- what hangs between two others


def test_an_association_of_subnet_and_route_table(account: Account) -> None:
    subnet = make_subnet(account)
    vpc = account.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]
    table = account.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    arguments = {"subnet_id": subnet, "route_table_id": table}

    assert find(account, "aws_route_table_association", **arguments) == []
    account.ec2.associate_route_table(SubnetId=subnet, RouteTableId=table)

    assert find(account, "aws_route_table_association", **arguments) == [f"{subnet}/{table}"]


def test_a_route(account: Account) -> None:
    table, gateway = make_route_table(account), make_internet_gateway(account)
    arguments = {"route_table_id": table, "destination_cidr_block": "0.0.0.0/0"}

    assert find(account, "aws_route", **arguments) == []
    account.ec2.create_route(
        RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway
    )

    assert find(account, "aws_route", **arguments) == [f"{table}_0.0.0.0/0"]


# --- what has a name


def test_a_log_group(account: Account) -> None:
    account.logs.create_log_group(logGroupName="/aws/x/longer")
    assert find(account, "aws_cloudwatch_log_group", name="/aws/x") == []

    account.logs.create_log_group(logGroupName="/aws/x")
    assert find(account, "aws_cloudwatch_log_group", name="/aws/x") == ["/aws/x"]


def test_a_role(account: Account) -> None:
    assert find(account, "aws_iam_role", name=NAME) == []

    account.iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=TRUST)
    assert find(account, "aws_iam_role", name=NAME) == [NAME]


def test_an_alias(account: Account) -> None:
    alias = f"alias/{NAME}"
    assert find(account, "aws_kms_alias", name=alias) == []

    account.kms.create_alias(AliasName=alias, TargetKeyId=make_key(account))
    assert find(account, "aws_kms_alias", name=alias) == [alias]


def test_a_secret_is_imported_by_its_arn(account: Account) -> None:
    account.secretsmanager.create_secret(Name=f"{NAME}/master-old", SecretString="x")
    assert find(account, "aws_secretsmanager_secret", name=f"{NAME}/master") == []

    made = account.secretsmanager.create_secret(Name=f"{NAME}/master", SecretString="x")
    assert find(account, "aws_secretsmanager_secret", name=f"{NAME}/master") == [made["ARN"]]


def test_a_topic_is_imported_by_its_arn(account: Account) -> None:
    assert find(account, "aws_sns_topic", name=NAME) == []

    made = account.sns.create_topic(Name=NAME)
    assert find(account, "aws_sns_topic", name=NAME) == [made["TopicArn"]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """What describes a resource of a type, and what AWS answers."""

    argument: str
    client: str
    operation: str
    sends: dict[str, Any]
    answers: str
    absent: str


def by_filter(filter_: str, **more: object) -> dict[str, Any]:
    return {"Filters": [{"Name": filter_, "Values": [NAME]}], **more}


NAMED = {
    "aws_db_event_subscription": Named(
        argument="name",
        client="rds",
        operation="describe_event_subscriptions",
        sends={"SubscriptionName": NAME},
        answers="EventSubscriptionsList",
        absent="SubscriptionNotFound",
    ),
    "aws_db_parameter_group": Named(
        argument="name",
        client="rds",
        operation="describe_db_parameter_groups",
        sends={"DBParameterGroupName": NAME},
        answers="DBParameterGroups",
        absent="DBParameterGroupNotFound",
    ),
    "aws_db_subnet_group": Named(
        argument="name",
        client="rds",
        operation="describe_db_subnet_groups",
        sends={"DBSubnetGroupName": NAME},
        answers="DBSubnetGroups",
        absent="DBSubnetGroupNotFoundFault",
    ),
    "aws_dms_certificate": Named(
        argument="certificate_id",
        client="dms",
        operation="describe_certificates",
        sends=by_filter("certificate-id"),
        answers="Certificates",
        absent="ResourceNotFoundFault",
    ),
    "aws_dms_endpoint": Named(
        argument="endpoint_id",
        client="dms",
        operation="describe_endpoints",
        sends=by_filter("endpoint-id"),
        answers="Endpoints",
        absent="ResourceNotFoundFault",
    ),
    "aws_dms_event_subscription": Named(
        argument="name",
        client="dms",
        operation="describe_event_subscriptions",
        sends={"SubscriptionName": NAME},
        answers="EventSubscriptionsList",
        absent="ResourceNotFoundFault",
    ),
    "aws_dms_replication_instance": Named(
        argument="replication_instance_id",
        client="dms",
        operation="describe_replication_instances",
        sends=by_filter("replication-instance-id"),
        answers="ReplicationInstances",
        absent="ResourceNotFoundFault",
    ),
    "aws_dms_replication_subnet_group": Named(
        argument="replication_subnet_group_id",
        client="dms",
        operation="describe_replication_subnet_groups",
        sends=by_filter("replication-subnet-group-id"),
        answers="ReplicationSubnetGroups",
        absent="ResourceNotFoundFault",
    ),
    "aws_dms_replication_task": Named(
        argument="replication_task_id",
        client="dms",
        operation="describe_replication_tasks",
        sends=by_filter("replication-task-id", WithoutSettings=True),
        answers="ReplicationTasks",
        absent="ResourceNotFoundFault",
    ),
    "aws_rds_cluster": Named(
        argument="cluster_identifier",
        client="rds",
        operation="describe_db_clusters",
        sends={"DBClusterIdentifier": NAME},
        answers="DBClusters",
        absent="DBClusterNotFoundFault",
    ),
    "aws_rds_cluster_instance": Named(
        argument="identifier",
        client="rds",
        operation="describe_db_instances",
        sends={"DBInstanceIdentifier": NAME},
        answers="DBInstances",
        absent="DBInstanceNotFound",
    ),
    "aws_rds_cluster_parameter_group": Named(
        argument="name",
        client="rds",
        operation="describe_db_cluster_parameter_groups",
        sends={"DBClusterParameterGroupName": NAME},
        answers="DBClusterParameterGroups",
        absent="DBParameterGroupNotFound",
    ),
}
"""AWS's answers are stubbed: moto has no DMS certificates, and answers an empty list for none."""


@pytest.mark.parametrize("type_", NAMED)
def test_what_is_described_by_its_name(offline: Account, type_: str) -> None:
    named = NAMED[type_]
    with Stubber(getattr(offline, named.client)) as stub:
        stub.add_response(named.operation, {named.answers: [{}]}, named.sends)

        assert find(offline, type_, **{named.argument: NAME}) == [NAME]


@pytest.mark.parametrize("type_", NAMED)
def test_there_is_none_of_that_name(offline: Account, type_: str) -> None:
    named = NAMED[type_]
    with Stubber(getattr(offline, named.client)) as stub:
        stub.add_client_error(named.operation, named.absent)

        assert find(offline, type_, **{named.argument: NAME}) == []


def test_a_call_that_fails_says_nothing_about_what_exists(offline: Account) -> None:
    with Stubber(offline.rds) as stub:
        stub.add_client_error("describe_db_clusters", "InternalFailure")

        with pytest.raises(offline.rds.exceptions.ClientError, match="InternalFailure"):
            find(offline, "aws_rds_cluster", cluster_identifier=NAME)


# --- the tables


def test_a_type_is_looked_for_or_repeated_not_both() -> None:
    assert not FINDERS.keys() & REPEATED.keys()
