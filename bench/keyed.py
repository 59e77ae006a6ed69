"""Plans of the instances of resources that have a ``for_each``, which share one address.

What refers to one of them refers, by the plan's configuration, to all. Every other does so by a name
that only AWS will say; a quarter each is made, changed, replaced and destroyed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bench.plans import ACCOUNT, Mix, arn, change, keyed
from bench.scattered import alarm_body, policy, task_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ACTIONS: Final = ("create", "update", "replace", "delete")

_UNKNOWN_OF: Final = 2
"""Of every how many one is named by AWS."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A resource that has a ``for_each``.

    Args:
        type: Its type.
        body: Makes the attributes of the instance of a number, before a change or after.
        named_by: The attributes that only AWS will say, with what the configuration has them refer
            to; empty for what they refer to nothing.
    """

    type: str
    body: Callable[[int, bool], Mapping[str, Any]]
    named_by: Mapping[str, str] = field(default_factory=dict)


def _each(type_: str) -> str:
    return f"{type_}.each"


def instances(name: str, *kinds: Kind, actions: Sequence[str] = ACTIONS) -> Mix:
    """The instances of some resources in turns.

    Args:
        name: What the table calls it.
        kinds: The resources.
        actions: What happens to the instances, in turns.
    """

    def made(number: int, _of: int) -> Mapping[str, Any]:
        kind, key = kinds[number % len(kinds)], number // len(kinds)
        action = actions[key // _UNKNOWN_OF % len(actions)]
        unknown = kind.named_by if key % _UNKNOWN_OF == 0 else {}
        before = None if action == "create" else kind.body(key, False)  # noqa: FBT003 (a side)
        after = (
            None
            if action == "delete"
            else {it: value for it, value in kind.body(key, True).items() if it not in unknown}  # noqa: FBT003 (a side)
        )
        alone = change(
            kind.type, key, before, after,
            unknown=unknown if after is not None else (),
            references={it: address for it, address in kind.named_by.items() if address},
        )  # fmt: skip
        return keyed(alone, f"k-{key}", first=key == 0, replaced=action == "replace")

    return Mix(name=name, change=made)


def _rule(direction: str) -> Kind:
    def body(key: int, after: bool) -> Mapping[str, Any]:  # noqa: FBT001 (a side)
        return {
            "security_group_id": f"sg-{key}", "ip_protocol": "tcp", "to_port": 5432,
            "from_port": 5431 if after else 5432, "referenced_security_group_id": f"sg-{key + 1}",
        }  # fmt: skip

    group = _each("aws_security_group")
    return Kind(
        type=f"aws_vpc_security_group_{direction}_rule",
        body=body,
        named_by={"security_group_id": group, "referenced_security_group_id": group},
    )


_GROUP: Final = Kind(
    type="aws_security_group",
    body=lambda key, after: {
        "id": f"sg-{key}", "name": f"group-{key}", "vpc_id": "vpc-1", "ingress": [],
        "description": "of the new tasks" if after else "of the tasks", "egress": [],
    },
    named_by={"id": "", "vpc_id": "aws_vpc.it"},
)  # fmt: skip


def _trust(key: int) -> str:
    return policy(key, principal={"Service": "dms.amazonaws.com"}, do="sts:AssumeRole")


_ROLE: Final = Kind(
    type="aws_iam_role",
    body=lambda key, after: {
        "name": f"role-{key}", "arn": f"arn:aws:iam::{ACCOUNT}:role/role-{key}",
        "assume_role_policy": _trust(key),
        "inline_policy": [{"name": "own", "policy": policy(key, principal=None, more=after)}],
    },
    named_by={"id": "", "arn": "", "name": ""},
)  # fmt: skip

_ROLE_POLICY: Final = Kind(
    type="aws_iam_role_policy",
    body=lambda key, after: {
        "role": f"role-{key}", "name": "reads", "policy": policy(key, principal=None, more=after),
    },
    named_by={"role": _each("aws_iam_role")},
)  # fmt: skip

_ROLES: Final = 10
_MANY: Final = 100
"""So many roles have so many policies each, and then as many others: as many policies as the 10,240
characters that a role may have allow."""

_ONE_OF_MANY: Final = Kind(
    type="aws_iam_role_policy",
    body=lambda key, after: {
        "role": f"role-{key // (_ROLES * _MANY)}-{key % _ROLES}",
        "name": f"reads-{key}",
        "policy": policy(key, principal=None, more=after),
    },
)

_ATTACHMENT: Final = Kind(
    type="aws_iam_role_policy_attachment",
    body=lambda key, after: {
        "role": f"role-{key}",
        "policy_arn": f"arn:aws:iam::aws:policy/service-role/Policy{key + after}",
    },
    named_by={"role": _each("aws_iam_role")},
)  # fmt: skip

_SECRET: Final = Kind(
    type="aws_secretsmanager_secret",
    body=lambda key, after: {
        "name": f"secret-{key}", "arn": arn("secretsmanager", f"secret:s-{key}"),
        "recovery_window_in_days": 7 + after,
        "policy": policy(key, principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, more=after),
    },
    named_by={"arn": "", "id": ""},
)  # fmt: skip

_VERSION: Final = Kind(
    type="aws_secretsmanager_secret_version",
    body=lambda key, after: {
        "secret_id": arn("secretsmanager", f"secret:s-{key}"), "version_stages": ["AWSCURRENT"],
        "secret_string_wo_version": 1 + after,
    },
    named_by={"secret_id": _each("aws_secretsmanager_secret"), "version_stages": ""},
)  # fmt: skip


def _endpoint(key: int, after: bool) -> Mapping[str, Any]:  # noqa: FBT001 (a side)
    return {
        "endpoint_id": f"endpoint-{key}", "endpoint_arn": arn("dms", f"endpoint:{key}"),
        "endpoint_type": "target" if key % 3 else "source", "engine_name": "aurora-postgresql",
        "ssl_mode": "verify-full", "certificate_arn": arn("dms", f"cert:{key}"),
        "secrets_manager_arn": arn("secretsmanager", f"secret:s-{key}"),
        "secrets_manager_access_role_arn": f"arn:aws:iam::{ACCOUNT}:role/role-{key}",
        "database_name": f"shop_{key}",
        "extra_connection_attributes": f"heartbeatEnable=true;heartbeatFrequency={5 + after}",
    }  # fmt: skip


_ENDPOINT: Final = Kind(
    type="aws_dms_endpoint",
    body=_endpoint,
    named_by={
        "endpoint_arn": "", "endpoint_id": "", "database_name": "",
        "certificate_arn": _each("aws_dms_certificate"),
        "secrets_manager_arn": _each("aws_secretsmanager_secret"),
        "secrets_manager_access_role_arn": _each("aws_iam_role"),
    },
)  # fmt: skip

_CERTIFICATE: Final = Kind(
    type="aws_dms_certificate",
    body=lambda key, _after: {
        "certificate_id": f"cert-{key}", "certificate_arn": arn("dms", f"cert:{key}"),
    },
    named_by={"certificate_arn": ""},
)  # fmt: skip


def _tables(key: int, rules: int) -> str:
    return json.dumps({"rules": [
        {"rule-type": "selection", "rule-id": str(it), "rule-name": str(it), "rule-action": "include",
         "object-locator": {"schema-name": f"app_{key}", "table-name": f"table_{it}"}}
        for it in range(rules)
    ]})  # fmt: skip


_TASK: Final = Kind(
    type="aws_dms_replication_task",
    body=lambda key, after: {
        "replication_task_id": f"task-{key}", "status": "running",
        "migration_type": "full-load-and-cdc", "resource_identifier": f"resource-{key}",
        "source_endpoint_arn": arn("dms", f"endpoint:{key - key % 3}"),
        "target_endpoint_arn": arn("dms", f"endpoint:{key - key % 3 + 1}"),
        "replication_instance_arn": arn("dms", f"rep:{key}"),
        "replication_task_settings": task_settings(8 + after),
        "table_mappings": _tables(key, 2 + after), "start_replication_task": False,
    },
    named_by={
        "source_endpoint_arn": _each("aws_dms_endpoint"), "resource_identifier": "",
        "target_endpoint_arn": _each("aws_dms_endpoint"),
        "replication_instance_arn": _each("aws_dms_replication_instance"),
    },
)  # fmt: skip

_REPLICATION_INSTANCE: Final = Kind(
    type="aws_dms_replication_instance",
    body=lambda key, after: {
        "replication_instance_id": f"rep-{key}",
        "replication_instance_arn": arn("dms", f"rep:{key}"), "allocated_storage": 50 + after,
        "replication_instance_class": "dms.t3.medium", "engine_version": "3.5.4",
    },
    named_by={"replication_instance_arn": "", "replication_instance_id": ""},
)  # fmt: skip

_ALARM: Final = Kind(
    type="aws_cloudwatch_metric_alarm",
    body=lambda key, after: {
        **alarm_body(key, {"ReplicationTaskIdentifier": f"resource-{key}"}),
        "alarm_actions": [arn("sns", f"topic-{key}")], "threshold": 300 + after,
    },
    named_by={
        "dimensions": _each("aws_dms_replication_task"), "alarm_actions": _each("aws_sns_topic"),
        "alarm_name": "",
    },
)  # fmt: skip

_TOPIC: Final = Kind(
    type="aws_sns_topic",
    body=lambda key, after: {
        "name": f"topic-{key}", "arn": arn("sns", f"topic-{key}"), "display_name": f"of {after}",
        "policy": policy(key, principal={"Service": "cloudwatch.amazonaws.com"}, more=after),
    },
    named_by={"arn": "", "id": "", "policy": ""},
)  # fmt: skip

_TOPIC_POLICY: Final = Kind(
    type="aws_sns_topic_policy",
    body=lambda key, after: {
        "arn": arn("sns", f"topic-{key}"),
        "policy": policy(key, principal={"Service": "cloudwatch.amazonaws.com"}, more=after),
    },
    named_by={"arn": _each("aws_sns_topic")},
)  # fmt: skip

_SUBSCRIPTION: Final = Kind(
    type="aws_sns_topic_subscription",
    body=lambda key, after: {
        "topic_arn": arn("sns", f"topic-{key}"), "protocol": "sqs",
        "endpoint": arn("sqs", f"queue-{key + after}"), "pending_confirmation": False,
        "subscription_role_arn": f"arn:aws:iam::{ACCOUNT}:role/role-{key}",
    },
    named_by={
        "topic_arn": _each("aws_sns_topic"), "subscription_role_arn": _each("aws_iam_role"),
        "endpoint": "aws_sqs_queue.each",
    },
)  # fmt: skip

_EVENTS: Final = Kind(
    type="aws_db_event_subscription",
    body=lambda key, after: {
        "name": f"events-{key}", "sns_topic": arn("sns", f"topic-{key}"),
        "source_type": "db-instance", "source_ids": [f"instance-{key}", f"instance-{key + 1 + after}"],
        "event_categories": ["failover"], "enabled": True,
    },
    named_by={
        "sns_topic": _each("aws_sns_topic"), "source_ids": _each("aws_rds_cluster_instance"),
        "name": "",
    },
)  # fmt: skip

_CLUSTER: Final = Kind(
    type="aws_rds_cluster",
    body=lambda key, after: {
        "id": f"cluster-{key}", "cluster_identifier": f"cluster-{key}", "engine_version": "15.8",
        "backup_retention_period": 7 + after, "kms_key_id": arn("kms", f"key/{key}"),
        "db_cluster_parameter_group_name": f"group-{key}", "vpc_security_group_ids": [f"sg-{key}"],
    },
    named_by={
        "id": "", "cluster_identifier": "", "kms_key_id": _each("aws_kms_key"),
        "db_cluster_parameter_group_name": _each("aws_rds_cluster_parameter_group"),
        "vpc_security_group_ids": _each("aws_security_group"),
    },
)  # fmt: skip

_INSTANCE: Final = Kind(
    type="aws_rds_cluster_instance",
    body=lambda key, after: {
        "identifier": f"instance-{key}", "cluster_identifier": f"cluster-{key}",
        "instance_class": "db.r6g.xlarge" if after else "db.r6g.large", "writer": key % 7 == 0,
        "engine_version": "15.8", "apply_immediately": True, "promotion_tier": 1,
        "db_parameter_group_name": f"group-{key + after}", "publicly_accessible": True,
        "db_subnet_group_name": f"subnets-{key}",
    },
    named_by={
        "identifier": "", "cluster_identifier": _each("aws_rds_cluster"),
        "db_parameter_group_name": _each("aws_db_parameter_group"),
        "db_subnet_group_name": _each("aws_db_subnet_group"),
    },
)  # fmt: skip


def _parameters(type_: str) -> Kind:
    def body(key: int, after: bool) -> Mapping[str, Any]:  # noqa: FBT001 (a side)
        return {
            "name": f"group-{key}", "family": "aurora-postgresql16" if after else "aurora-postgresql15",
            "parameter": [
                {"name": name, "value": str(8 + after), "apply_method": "pending-reboot"}
                for name in ("max_connections", "rds.logical_replication", "work_mem")
            ],
        }  # fmt: skip

    return Kind(type=type_, body=body, named_by={"name": "", "id": ""})


_KEY: Final = Kind(
    type="aws_kms_key",
    body=lambda key, after: {
        "arn": arn("kms", f"key/{key}"), "key_id": f"{key}", "deletion_window_in_days": 30,
        "policy": policy(key, principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, more=after),
    },
    named_by={"arn": "", "key_id": ""},
)  # fmt: skip

_KEY_POLICY: Final = Kind(
    type="aws_kms_key_policy",
    body=lambda key, after: {
        "key_id": f"{key}",
        "policy": policy(key, principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, more=after),
    },
    named_by={"key_id": _each("aws_kms_key")},
)

_ALIAS: Final = Kind(
    type="aws_kms_alias",
    body=lambda key, after: {"name": f"alias/{key}", "target_key_id": f"{key + after}"},
    named_by={"target_key_id": _each("aws_kms_key"), "name": ""},
)

_SUBNET: Final = Kind(
    type="aws_subnet",
    body=lambda key, after: {
        "id": f"subnet-{key}", "vpc_id": f"vpc-{key}", "cidr_block": f"10.{key % 256}.0.0/24",
        "map_public_ip_on_launch": after,
    },
    named_by={"id": "", "vpc_id": _each("aws_vpc")},
)  # fmt: skip

_TABLE: Final = Kind(
    type="aws_route_table",
    body=lambda key, after: {
        "id": f"rtb-{key}", "vpc_id": f"vpc-{key}",
        "route": [{"cidr_block": f"10.{key % 256}.0.0/16", "gateway_id": f"igw-{key + after}"}],
    },
    named_by={"id": "", "vpc_id": _each("aws_vpc")},
)  # fmt: skip

_ROUTE: Final = Kind(
    type="aws_route",
    body=lambda key, after: {
        "route_table_id": f"rtb-{key}", "destination_cidr_block": f"10.{key % 256}.0.0/16",
        "nat_gateway_id": f"nat-{key + after}",
    },
    named_by={"route_table_id": _each("aws_route_table"), "nat_gateway_id": _each("aws_nat_gateway")},
)  # fmt: skip

_ASSOCIATION: Final = Kind(
    type="aws_route_table_association",
    body=lambda key, after: {
        "subnet_id": f"subnet-{key}", "route_table_id": f"rtb-{key + after}",
    },
    named_by={"subnet_id": _each("aws_subnet"), "route_table_id": _each("aws_route_table")},
)  # fmt: skip

_SUBNETS: Final = Kind(
    type="aws_db_subnet_group",
    body=lambda key, after: {
        "name": f"subnets-{key}", "subnet_ids": [f"subnet-{key}", f"subnet-{key + 1 + after}"],
    },
    named_by={"name": "", "subnet_ids": _each("aws_subnet")},
)  # fmt: skip

_VPC_ENDPOINT: Final = Kind(
    type="aws_vpc_endpoint",
    body=lambda key, after: {
        "id": f"vpce-{key}", "vpc_id": f"vpc-{key}", "vpc_endpoint_type": "Interface",
        "private_dns_enabled": True, "subnet_ids": [f"subnet-{key + after}"],
        "security_group_ids": [f"sg-{key}"], "policy": policy(key, principal={"AWS": "*"}, more=after),
    },
    named_by={
        "id": "", "vpc_id": _each("aws_vpc"), "subnet_ids": _each("aws_subnet"),
        "security_group_ids": _each("aws_security_group"),
    },
)  # fmt: skip

KEYED: Final = (
    instances("for_each: security groups, rules", _GROUP, _rule("ingress"), _rule("egress")),
    instances("for_each: roles, policies", _ROLE, _ROLE_POLICY, _ATTACHMENT),
    instances("for_each: many policies of a role", _ONE_OF_MANY),
    instances("for_each: endpoints, secrets", _ENDPOINT, _SECRET, _VERSION, _CERTIFICATE),
    instances("for_each: tasks, endpoints", _TASK, _ENDPOINT, _REPLICATION_INSTANCE),
    instances("for_each: alarms, tasks", _ALARM, _TASK),
    instances("for_each: topics, subscriptions", _TOPIC, _TOPIC_POLICY, _SUBSCRIPTION, _EVENTS),
    instances(
        "for_each: clusters, parameter groups",
        *(_CLUSTER, _INSTANCE, _parameters("aws_db_parameter_group")),
        *(_parameters("aws_rds_cluster_parameter_group"), _EVENTS),
    ),
    instances("for_each: keys, policies, aliases", _KEY, _KEY_POLICY, _ALIAS),
    instances(
        "for_each: the network",
        *(_SUBNET, _TABLE, _ROUTE, _ASSOCIATION, _SUBNETS, _VPC_ENDPOINT, _INSTANCE),
    ),
    instances("for_each: roles made", _ROLE, actions=("create",)),
    instances("for_each: tasks made", _TASK, actions=("create",)),
    instances("for_each: endpoints replaced", _ENDPOINT, actions=("replace",)),
    instances(
        "for_each: parameter groups replaced",
        *(_parameters("aws_db_parameter_group"), _parameters("aws_rds_cluster_parameter_group")),
        actions=("replace",),
    ),
)
"""Kinds that refer to each other stand together; the last are those of which most is said."""
