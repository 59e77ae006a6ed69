"""Plans of resources of many kinds that have names of their own.

The first is as safe as a plan can be; the others hold what rules compare with each other, half of it
about one and the same thing (one cluster, one group, one role), half about many.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bench.plans import ACCOUNT, Mix, arn, change

if TYPE_CHECKING:
    from collections.abc import Mapping

_MANY: Final = 20
"""How many resources are about the same thing, where it is not the one that half of all are about."""

_SECRETS: Final = 300
_CHARACTERS_EACH: Final = 500
"""Characters of a long text for each change: 5 MB for 10,000."""


def _shared(number: int, name: str) -> str:
    """What a resource is about: of every other the same, of the rest what a few have in common."""
    return f"{name}-0" if number % 2 else f"{name}-{number // _MANY + 1}"


def _safe(number: int, _of: int) -> Mapping[str, Any]:
    """Alarms and log groups whose numbers change."""
    if number % 5 == 0:
        group = {
            "name": f"/aws/rds/cluster/prod-{number}/postgresql", "skip_destroy": False,
            "kms_key_id": arn("kms", "key/0f1e2d3c-4b5a-6978-8796"), "name_prefix": "",
            "log_group_class": "STANDARD", "retention_in_days": 365,
        }  # fmt: skip
        return change(
            "aws_cloudwatch_log_group", number, group, {**group, "retention_in_days": 731}
        )
    alarm = alarm_body(number, {"ReplicationInstanceIdentifier": "aurora-ferry-prod",
                            "ReplicationTaskIdentifier": f"aurora-ferry-prod-{number}"})  # fmt: skip
    return change("aws_cloudwatch_metric_alarm", number, alarm, {**alarm, "threshold": 200})


def alarm_body(number: int, dimensions: Mapping[str, str]) -> dict[str, Any]:
    """An alarm of a task, by its dimensions."""
    topic = arn("sns", "aurora-ferry-prod-alarms")
    return {
        "actions_enabled": True, "alarm_name": f"aurora-ferry-prod-latency-{number}",
        "alarm_description": "The task is behind its source by more than it should be. " * 3,
        "alarm_actions": [topic], "ok_actions": [topic], "dimensions": dimensions,
        "comparison_operator": "GreaterThanThreshold", "datapoints_to_alarm": 5,
        "evaluation_periods": 5, "insufficient_data_actions": [], "metric_name": "CDCLatencySource",
        "metric_query": [], "namespace": "AWS/DMS", "period": 60, "statistic": "Maximum",
        "threshold": 300, "threshold_metric_id": "", "treat_missing_data": "missing", "unit": "",
    }  # fmt: skip


def _instances(number: int, _of: int) -> Mapping[str, Any]:
    """Instances that go, of one cluster and of many, and alarms of these."""
    cluster = _shared(number, "cluster")
    if number % 10 in {4, 5}:
        dimensions = {"DBClusterIdentifier": cluster, "Role": "READER"}
        alarm = {**alarm_body(number, dimensions), "namespace": "AWS/RDS", "metric_name": "CPU"}
        return change(
            "aws_cloudwatch_metric_alarm", number, alarm,
            {**alarm, "threshold": 80} if number % _MANY > 9 else None,  # noqa: PLR2004 - a half
        )  # fmt: skip
    if number % _MANY == 0:
        body = {"cluster_identifier": cluster, "engine_version": "15.8", "cluster_members": []}
        after = {**body, "backup_retention_period": 14}
        return change("aws_rds_cluster", number, body, after)
    instance: dict[str, Any] = {
        "identifier": f"instance-{number}", "cluster_identifier": cluster, "promotion_tier": 1,
        "instance_class": "db.r6g.large", "writer": number % 7 == 0, "engine_version": "15.8",
        "apply_immediately": True, "db_parameter_group_name": "aurora-ferry-prod",
    }  # fmt: skip
    after = {} if number % 3 else {**instance, "instance_class": "db.r6g.xlarge"}
    return change("aws_rds_cluster_instance", number, instance, after or None)


def _replication(number: int, _of: int) -> Mapping[str, Any]:
    """Endpoints, the tasks between them, and the secrets that they read."""
    endpoint = arn("dms", f"endpoint:{number - number % 4}")
    secret = arn("secretsmanager", f"secret:{_shared(number, 's')}")
    if number % 4 == 0:
        body = {
            "endpoint_id": f"endpoint-{number}", "endpoint_arn": endpoint, "ssl_mode": "verify-full",
            "secrets_manager_arn": secret, "endpoint_type": "source", "engine_name": "postgres",
            "extra_connection_attributes": "heartbeatEnable=true;heartbeatFrequency=5",
        }  # fmt: skip
        after = {**body, "extra_connection_attributes": "heartbeatEnable=true;heartbeatFrequency=9"}
        return change("aws_dms_endpoint", number, body, after)
    if number % 4 == 1:
        secret = arn("secretsmanager", f"secret:s-{number // 4}")
        gone = {"name": f"secret-{number}", "arn": secret, "recovery_window_in_days": 7}
        return change("aws_secretsmanager_secret", number, gone, None)
    task: dict[str, Any] = {
        "replication_task_id": f"task-{number}", "source_endpoint_arn": endpoint,
        "target_endpoint_arn": arn("dms", "endpoint:0"), "status": "running",
        "replication_instance_arn": arn("dms", "rep:I"), "migration_type": "full-load-and-cdc",
        "replication_task_settings": task_settings(8), "start_replication_task": True,
        "table_mappings": _mappings(3),
    }  # fmt: skip
    after = {**task, "replication_task_settings": task_settings(16), "table_mappings": _mappings(4)}
    return change("aws_dms_replication_task", number, task, after)


def task_settings(streams: int) -> str:
    """A task's settings, as many as tell what loads how many tables at a time."""
    load: dict[str, Any] = {"TargetTablePrepMode": "DO_NOTHING", "MaxFullLoadSubTasks": streams}
    return json.dumps({"FullLoadSettings": load, "Logging": {"EnableLogging": True}})


def _mappings(tables: int) -> str:
    rules: list[dict[str, Any]] = [
        {"rule-type": "selection", "rule-id": str(it), "rule-name": str(it), "rule-action": "include",
         "object-locator": {"schema-name": "app", "table-name": f"table_{it}"}}
        for it in range(tables)
    ]  # fmt: skip
    return json.dumps({"rules": rules})


def _rules(number: int, _of: int) -> Mapping[str, Any]:
    """Rules of security groups that come, go and change, some of them within their group."""
    group = _shared(number, "sg")
    of_number = f"{number % 223 + 1}.{number // 223 % 256}.{number // 57088}.0/24"
    rule: dict[str, Any] = {
        "from_port": 5432,
        "to_port": 5432,
        "ip_protocol": "tcp",
        "security_group_id": group,
    }
    if number % 10 in {8, 9}:
        inline: dict[str, Any] = {
            "cidr_blocks": [of_number],
            "from_port": 5432,
            "to_port": 5432,
            "protocol": "tcp",
        }
        body = {"name": group, "ingress": [inline], "egress": []}
        after = {**body, "ingress": [inline, {**inline, "from_port": 1, "cidr_blocks": ["::/0"]}]}
        return change("aws_security_group", number, body, after)
    direction = "ingress" if number % 4 < 2 else "egress"  # noqa: PLR2004 - a half
    old, new = {**rule, "cidr_ipv4": of_number}, {**rule, "cidr_ipv4": of_number, "from_port": 5431}
    sides = ((None, new), (old, None), (old, new))
    return change(f"aws_vpc_security_group_{direction}_rule", number, *sides[number % 3])


def _policies(number: int, _of: int) -> Mapping[str, Any]:
    """Roles, what they may do, what is attached to them, and the policies of keys and topics."""
    role = f"role-{number // _MANY}"
    kind = number // 2 % 5
    if kind == 0:
        trust = policy(number, principal={"Service": "dms.amazonaws.com"}, do="sts:AssumeRole")
        return change(
            "aws_iam_role", number, None, {"name": f"role-{number}", "assume_role_policy": trust},
            unknown=["arn", "id"],
        )  # fmt: skip
    if kind == 1:
        arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
        body = {"role": role, "policy_arn": arn}
        sides = (None, body) if number % 4 else (body, None)
        return change("aws_iam_role_policy_attachment", number, *sides)
    type_ = ("aws_iam_role_policy", "aws_kms_key", "aws_sns_topic_policy")[kind - 2]
    principal = None if kind == 2 else {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{role}"}  # noqa: PLR2004 - the third
    before = policy(number, principal=principal)
    after = policy(number, principal=principal, more=True)
    named = {"role": role} if type_ == "aws_iam_role_policy" else {}
    return change(type_, number, {**named, "policy": before}, {**named, "policy": after})


def policy(
    number: int, *, principal: Mapping[str, Any] | None, do: str = "", more: bool = False
) -> str:
    """A policy of two statements.

    Args:
        number: Makes it another than those of other numbers.
        principal: Whom it names; None in a policy of an identity.
        do: The action of one of them, instead of three.
        more: Whether the other allows more than to read.
    """
    statement = {
        "Sid": f"Statement{number}", "Effect": "Allow",
        "Action": do or ["kms:Decrypt", "sns:Publish", "secretsmanager:GetSecretValue"],
        "Resource": [arn("kms", f"key/{number}"), arn("sns", f"topic-{number}-*")],
        **({"Principal": principal} if principal else {}),
    }  # fmt: skip
    other = {**statement, "Sid": "Other", "Action": "s3:*" if more else "s3:GetObject"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement, other]})


def _unknown(number: int, of: int) -> Mapping[str, Any]:
    """What the other mixes have, made anew or changed, with names that only AWS will say."""
    found = _EACH[number % len(_EACH)](number // len(_EACH), of)
    body = found["change"]["before"] or found["change"]["after"]
    unknown = [it for it in body if it not in {"tags", "tags_all", "name"}][number % 2 :]
    known = {name: value for name, value in body.items() if name not in unknown}
    comes = number // len(_EACH) % 2
    references = dict.fromkeys(unknown[1:], f"aws_kms_key.mixed_{number}-it_{number:08X}")
    return change(
        found["type"], number, None if comes else body, known,
        unknown=unknown, references=references,
    )  # fmt: skip


def _others(number: int, _of: int) -> Mapping[str, Any]:
    """The network, parameters, and who is told of what."""
    table = _shared(number, "rtb")
    kind = number % 6
    if kind == 0:
        route = {"route_table_id": table, "destination_cidr_block": f"10.{number % 256}.0.0/16"}
        sides = (route, {**route, "nat_gateway_id": "nat-1"}) if number % 4 else (route, None)
        return change("aws_route", number, *sides)
    if kind == 1:
        return change("aws_subnet", number, {"vpc_id": table, "cidr_block": "10.1.0.0/24"}, None)
    if kind == 2:  # noqa: PLR2004 - the third
        old = [{"name": f"p_{it}", "value": "1", "apply_method": "immediate"} for it in range(5)]
        body = {"name": f"group-{number}", "family": "aurora-postgresql15", "parameter": old}
        new = [*old[1:], {"name": "max_connections", "value": "9", "apply_method": "immediate"}]
        return change("aws_db_parameter_group", number, body, {**body, "parameter": new})
    if kind == 3:  # noqa: PLR2004 - the fourth
        body = {"topic_arn": arn("sns", table), "endpoint": f"{number}@example.org"}
        return change(
            "aws_sns_topic_subscription", number, body, None if number % 4 == 1 else {**body}
        )
    if kind == 4:  # noqa: PLR2004 - the fifth
        body = {"source_type": "db-instance", "source_ids": [f"instance-{number}", "instance-0"]}
        after = {**body, "source_ids": ["instance-0"]}
        return change("aws_db_event_subscription", number, body, after)
    group = {"association_id": f"a-{number}", "subnet_id": f"subnet-{number}"}
    before, after = {**group, "route_table_id": table}, {**group, "route_table_id": "rtb-0"}
    return change("aws_route_table_association", number, before, after)


_EACH: Final = (_safe, _instances, _replication, _rules, _policies, _others)


def _mixed(number: int, of: int) -> Mapping[str, Any]:
    """All of them, and unknown values among them."""
    kinds = (*_EACH, _unknown)
    found = kinds[number % len(kinds)](number // len(kinds), of)
    name = f"mixed_{number}-it_{number:08X}"
    return {**found, "name": name, "address": f"{found['type']}.{name}"}


def _texts(number: int, of: int) -> Mapping[str, Any]:
    """A text that is longer the more changes there are, secrets, copies of these, and what is safe."""
    if number == 0:
        text = _LINE * (of * _CHARACTERS_EACH // len(_LINE))
        body = {"dashboard_name": f"board-{number}", "dashboard_body": text}
        return change(
            "aws_cloudwatch_dashboard", number, body, {**body, "dashboard_body": text + " "}
        )
    if number % max(1, of // _SECRETS) == 0:
        body = {"secret_id": f"secret-{number}", "secret_string": f"Pa55-{number:08}-word-of-it"}
        after = {**body, "secret_string": f"{body['secret_string']}-new"}
        return change(
            "aws_secretsmanager_secret_version", number, body, after, sensitive=["secret_string"]
        )
    return _safe(number, of)


_LINE: Final = (
    r'{"type": "metric", "width": 12, "height": 6, "properties": {"title": "How far Aurora is behind '
    r'the source", "region": "eu-central-1", "stat": "Maximum", "period": 60, "metrics": [["AWS/DMS", '
    r'"CDCLatencyTarget", "ReplicationInstanceIdentifier", "aurora-ferry-prod"]], "markdown": '
    r'"[runbook](https://example.org/runbook), token: none, Pa55-0000000, password=none"}}, '
)

SAFE: Final = Mix(name="Alarms and log groups, safe", change=_safe)
MIXED: Final = Mix(name="Everything mixed, with drift", change=_mixed, drifts=True)
RULES: Final = Mix(name="Security group rules", change=_rules)
SCATTERED: Final = (
    SAFE,
    Mix(name="Instances deleted", change=_instances),
    Mix(name="Endpoints, tasks and secrets", change=_replication),
    RULES,
    Mix(name="Roles and policies", change=_policies),
    Mix(name="Unknown values everywhere", change=_unknown),
    MIXED,
    Mix(name="5 MB texts, 300 secrets", change=_texts),
)
