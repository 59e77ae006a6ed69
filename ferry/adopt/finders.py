"""How each type of resource is found in AWS, and the id by which Terraform imports it.

The ids are those of the "Import" section of each resource's page at
https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from ferry.adopt import ec2
from ferry.adopt.cloud import exists

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ferry.adopt.cloud import Cloud


class Given(Protocol):
    """A resource's arguments, references to other resources replaced by their ids."""

    @property
    def name_tag(self) -> str:
        """The value of the tag `Name`."""

    def __getitem__(self, argument: str) -> str:
        """The value of an argument; LookupError where it refers to what does not exist."""


if TYPE_CHECKING:
    Find = Callable[[Cloud, Given], list[str]]


def _tagged(type_: str) -> Find:
    return lambda cloud, given: ec2.ids(cloud.ec2, type_, given.name_tag)


def _key(cloud: Cloud, given: Given) -> list[str]:
    return list(cloud.key_ids.get(given.name_tag, ()))


def _alias(cloud: Cloud, given: Given) -> list[str]:
    name = given["name"]
    pages = cloud.kms.get_paginator("list_aliases").paginate()
    return [name for page in pages for alias in page["Aliases"] if alias["AliasName"] == name]


def _association(cloud: Cloud, given: Given) -> list[str]:
    subnet, table = given["subnet_id"], given["route_table_id"]
    found = cloud.ec2.describe_route_tables(
        Filters=[
            {"Name": "association.subnet-id", "Values": [subnet]},
            {"Name": "route-table-id", "Values": [table]},
        ]
    )
    return [f"{subnet}/{table}" for _ in found["RouteTables"]]


def _route(cloud: Cloud, given: Given) -> list[str]:
    table, cidr = given["route_table_id"], given["destination_cidr_block"]
    (described,) = cloud.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return [
        f"{table}_{cidr}"
        for route in described["Routes"]
        if route.get("DestinationCidrBlock") == cidr
    ]


def _log_group(cloud: Cloud, given: Given) -> list[str]:
    name = given["name"]
    groups = cloud.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return [name for group in groups if group["logGroupName"] == name]


def _secret(cloud: Cloud, given: Given) -> list[str]:
    # A secret that waits for its deletion is not listed; it is to be restored, not imported.
    name = given["name"]
    listed = cloud.secretsmanager.list_secrets(Filters=[{"Key": "name", "Values": [name]}])
    return [secret["ARN"] for secret in listed["SecretList"] if secret["Name"] == name]


def _topic(cloud: Cloud, given: Given) -> list[str]:
    account = cloud.account
    arn = f"arn:{account.partition}:sns:{account.region}:{account.account_id}:{given['name']}"
    there = exists(lambda: [cloud.sns.get_topic_attributes(TopicArn=arn)], absent="NotFound")
    return [arn] if there else []


def _named(argument: str, ask: Callable[[Cloud, str], Sequence[object]], *, absent: str) -> Find:
    """A resource that is described, and imported, by the name that the stack gives it.

    Args:
        argument: The argument with the name.
        ask: Describes the resources of a name.
        absent: AWS's code for "there is none".
    """

    def find(cloud: Cloud, given: Given) -> list[str]:
        name = given[argument]
        return [name] if exists(lambda: ask(cloud, name), absent=absent) else []

    return find


_NO_DMS = "ResourceNotFoundFault"

FINDERS: Final[Mapping[str, Find]] = {
    **{type_: _tagged(type_) for type_ in ec2.DESCRIBE},
    "aws_cloudwatch_log_group": _log_group,
    "aws_db_event_subscription": _named(
        "name",
        lambda cloud, name: cloud.rds.describe_event_subscriptions(SubscriptionName=name)[
            "EventSubscriptionsList"
        ],
        absent="SubscriptionNotFound",
    ),
    "aws_db_parameter_group": _named(
        "name",
        lambda cloud, name: cloud.rds.describe_db_parameter_groups(DBParameterGroupName=name)[
            "DBParameterGroups"
        ],
        absent="DBParameterGroupNotFound",
    ),
    "aws_db_subnet_group": _named(
        "name",
        lambda cloud, name: cloud.rds.describe_db_subnet_groups(DBSubnetGroupName=name)[
            "DBSubnetGroups"
        ],
        absent="DBSubnetGroupNotFoundFault",
    ),
    "aws_dms_certificate": _named(
        "certificate_id",
        lambda cloud, name: cloud.dms.describe_certificates(
            Filters=[{"Name": "certificate-id", "Values": [name]}]
        )["Certificates"],
        absent=_NO_DMS,
    ),
    "aws_dms_endpoint": _named(
        "endpoint_id",
        lambda cloud, name: cloud.dms.describe_endpoints(
            Filters=[{"Name": "endpoint-id", "Values": [name]}]
        )["Endpoints"],
        absent=_NO_DMS,
    ),
    "aws_dms_event_subscription": _named(
        "name",
        lambda cloud, name: cloud.dms.describe_event_subscriptions(SubscriptionName=name)[
            "EventSubscriptionsList"
        ],
        absent=_NO_DMS,
    ),
    "aws_dms_replication_instance": _named(
        "replication_instance_id",
        lambda cloud, name: cloud.dms.describe_replication_instances(
            Filters=[{"Name": "replication-instance-id", "Values": [name]}]
        )["ReplicationInstances"],
        absent=_NO_DMS,
    ),
    "aws_dms_replication_subnet_group": _named(
        "replication_subnet_group_id",
        lambda cloud, name: cloud.dms.describe_replication_subnet_groups(
            Filters=[{"Name": "replication-subnet-group-id", "Values": [name]}]
        )["ReplicationSubnetGroups"],
        absent=_NO_DMS,
    ),
    "aws_dms_replication_task": _named(
        "replication_task_id",
        lambda cloud, name: cloud.dms.describe_replication_tasks(
            Filters=[{"Name": "replication-task-id", "Values": [name]}], WithoutSettings=True
        )["ReplicationTasks"],
        absent=_NO_DMS,
    ),
    "aws_iam_role": _named(
        "name",
        lambda cloud, name: [cloud.iam.get_role(RoleName=name)],
        absent="NoSuchEntity",
    ),
    "aws_kms_alias": _alias,
    "aws_kms_key": _key,
    "aws_rds_cluster": _named(
        "cluster_identifier",
        lambda cloud, name: cloud.rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"],
        absent="DBClusterNotFoundFault",
    ),
    "aws_rds_cluster_instance": _named(
        "identifier",
        lambda cloud, name: cloud.rds.describe_db_instances(DBInstanceIdentifier=name)[
            "DBInstances"
        ],
        absent="DBInstanceNotFound",
    ),
    "aws_rds_cluster_parameter_group": _named(
        "name",
        lambda cloud, name: cloud.rds.describe_db_cluster_parameter_groups(
            DBClusterParameterGroupName=name
        )["DBClusterParameterGroups"],
        absent="DBParameterGroupNotFound",
    ),
    "aws_route": _route,
    "aws_route_table_association": _association,
    "aws_secretsmanager_secret": _secret,
    "aws_sns_topic": _topic,
}
"""The types that AWS refuses, or doubles, when they are created a second time."""

REPEATED: Final[Mapping[str, str]] = {
    "aws_cloudwatch_composite_alarm": "PutCompositeAlarm overwrites",
    "aws_cloudwatch_dashboard": "PutDashboard overwrites",
    "aws_cloudwatch_metric_alarm": "PutMetricAlarm overwrites",
    "aws_default_security_group": "comes with the VPC; Terraform adopts it by itself",
    "aws_iam_role_policy": "PutRolePolicy overwrites",
    "aws_iam_role_policy_attachment": "AttachRolePolicy takes a second time",
    "aws_secretsmanager_secret_version": (
        "a password cannot be read back into Terraform: it writes a new one, and the cluster takes it"
    ),
    "aws_sns_topic_policy": "SetTopicAttributes overwrites",
    "aws_sns_topic_subscription": "Subscribe finds the one that is there",
    "aws_vpn_gateway_attachment": "cannot be imported; where AWS refuses it, detach the gateway first",
    "aws_vpn_gateway_route_propagation": "EnableVgwRoutePropagation takes a second time",
    "terraform_data": "exists in the state alone",
}
"""The types that the next apply creates again without harm, and why."""

DOUBLED: Final = frozenset({*ec2.DESCRIBE, "aws_kms_key"})
"""The types of which AWS makes a second one under the same name without a word."""
