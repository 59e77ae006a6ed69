"""How each type of resource is found in AWS, and the id by which Terraform imports it.

The ids are those of the "Import" section of each resource's page at
https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from ferry.account import found_or_none
from ferry.adopt import ec2

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ferry.account import Account


class Given(Protocol):
    """A resource's arguments, references to other resources replaced by their ids."""

    @property
    def name_tag(self) -> str:
        """The value of the tag `Name`."""

    def __getitem__(self, argument: str) -> str:
        """The value of an argument; LookupError where it refers to what does not exist."""


if TYPE_CHECKING:
    Find = Callable[[Account, Given], list[str]]


def _tagged(type_: str) -> Find:
    return lambda account, given: ec2.ids(account.ec2, type_, given.name_tag)


def _key(account: Account, given: Given) -> list[str]:
    pages = account.kms.get_paginator("list_keys").paginate()
    ids = [key["KeyId"] for page in pages for key in page["Keys"]]
    return [
        id_
        for id_ in ids
        if _key_name(account, id_) == given.name_tag
        and account.kms.describe_key(KeyId=id_)["KeyMetadata"]["KeyState"] != "PendingDeletion"
    ]


def _key_name(account: Account, key_id: str) -> str | None:
    """A key's `Name`; None as well where its policy hides it, as another team's may."""
    answer = found_or_none(
        lambda: account.kms.list_resource_tags(KeyId=key_id), "AccessDeniedException"
    )
    tags = answer["Tags"] if answer else []
    return next((tag["TagValue"] for tag in tags if tag["TagKey"] == "Name"), None)


def _alias(account: Account, given: Given) -> list[str]:
    name = given["name"]
    pages = account.kms.get_paginator("list_aliases").paginate()
    return [name for page in pages for alias in page["Aliases"] if alias["AliasName"] == name]


def _association(account: Account, given: Given) -> list[str]:
    subnet, table = given["subnet_id"], given["route_table_id"]
    found = account.ec2.describe_route_tables(
        Filters=[
            {"Name": "association.subnet-id", "Values": [subnet]},
            {"Name": "route-table-id", "Values": [table]},
        ]
    )
    return [f"{subnet}/{table}" for _ in found["RouteTables"]]


def _route(account: Account, given: Given) -> list[str]:
    table, cidr = given["route_table_id"], given["destination_cidr_block"]
    (described,) = account.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return [
        f"{table}_{cidr}"
        for route in described["Routes"]
        if route.get("DestinationCidrBlock") == cidr
    ]


def _log_group(account: Account, given: Given) -> list[str]:
    name = given["name"]
    groups = account.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return [name for group in groups if group["logGroupName"] == name]


def _secret(account: Account, given: Given) -> list[str]:
    # A secret that waits for its deletion is not listed; it is to be restored, not imported.
    name = given["name"]
    listed = account.secretsmanager.list_secrets(Filters=[{"Key": "name", "Values": [name]}])
    return [secret["ARN"] for secret in listed["SecretList"] if secret["Name"] == name]


def _topic(account: Account, given: Given) -> list[str]:
    arn = account.placement.arn("sns", given["name"])
    there = found_or_none(lambda: account.sns.get_topic_attributes(TopicArn=arn), "NotFound")
    return [arn] if there else []


def _named(argument: str, ask: Callable[[Account, str], Sequence[object]], *, absent: str) -> Find:
    """A resource that is described, and imported, by the name that the stack gives it.

    Args:
        argument: The argument with the name.
        ask: Describes the resources of a name.
        absent: AWS's code for "there is none", where the answer is no empty list.
    """

    def find(account: Account, given: Given) -> list[str]:
        name = given[argument]
        return [name] if found_or_none(lambda: ask(account, name), absent) else []

    return find


_NO_DMS = "ResourceNotFoundFault"

FINDERS: Final[Mapping[str, Find]] = {
    **{type_: _tagged(type_) for type_ in ec2.DESCRIBE},
    "aws_cloudwatch_log_group": _log_group,
    "aws_db_event_subscription": _named(
        "name",
        lambda account, name: account.rds.describe_event_subscriptions(SubscriptionName=name)[
            "EventSubscriptionsList"
        ],
        absent="SubscriptionNotFound",
    ),
    "aws_db_parameter_group": _named(
        "name",
        lambda account, name: account.rds.describe_db_parameter_groups(DBParameterGroupName=name)[
            "DBParameterGroups"
        ],
        absent="DBParameterGroupNotFound",
    ),
    "aws_db_subnet_group": _named(
        "name",
        lambda account, name: account.rds.describe_db_subnet_groups(DBSubnetGroupName=name)[
            "DBSubnetGroups"
        ],
        absent="DBSubnetGroupNotFoundFault",
    ),
    "aws_dms_certificate": _named(
        "certificate_id",
        lambda account, name: account.dms.describe_certificates(
            Filters=[{"Name": "certificate-id", "Values": [name]}]
        )["Certificates"],
        absent=_NO_DMS,
    ),
    "aws_dms_endpoint": _named(
        "endpoint_id",
        lambda account, name: account.dms.describe_endpoints(
            Filters=[{"Name": "endpoint-id", "Values": [name]}]
        )["Endpoints"],
        absent=_NO_DMS,
    ),
    "aws_dms_event_subscription": _named(
        "name",
        lambda account, name: account.dms.describe_event_subscriptions(SubscriptionName=name)[
            "EventSubscriptionsList"
        ],
        absent=_NO_DMS,
    ),
    "aws_dms_replication_instance": _named(
        "replication_instance_id",
        lambda account, name: account.dms.describe_replication_instances(
            Filters=[{"Name": "replication-instance-id", "Values": [name]}]
        )["ReplicationInstances"],
        absent=_NO_DMS,
    ),
    "aws_dms_replication_subnet_group": _named(
        "replication_subnet_group_id",
        lambda account, name: account.dms.describe_replication_subnet_groups(
            Filters=[{"Name": "replication-subnet-group-id", "Values": [name]}]
        )["ReplicationSubnetGroups"],
        absent=_NO_DMS,
    ),
    "aws_dms_replication_task": _named(
        "replication_task_id",
        lambda account, name: account.dms.describe_replication_tasks(
            Filters=[{"Name": "replication-task-id", "Values": [name]}], WithoutSettings=True
        )["ReplicationTasks"],
        absent=_NO_DMS,
    ),
    "aws_iam_role": _named(
        "name",
        lambda account, name: [account.iam.get_role(RoleName=name)],
        absent="NoSuchEntity",
    ),
    "aws_kms_alias": _alias,
    "aws_kms_key": _key,
    "aws_rds_cluster": _named(
        "cluster_identifier",
        lambda account, name: account.rds.describe_db_clusters(DBClusterIdentifier=name)[
            "DBClusters"
        ],
        absent="DBClusterNotFoundFault",
    ),
    "aws_rds_cluster_instance": _named(
        "identifier",
        lambda account, name: account.rds.describe_db_instances(DBInstanceIdentifier=name)[
            "DBInstances"
        ],
        absent="DBInstanceNotFound",
    ),
    "aws_rds_cluster_parameter_group": _named(
        "name",
        lambda account, name: account.rds.describe_db_cluster_parameter_groups(
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
