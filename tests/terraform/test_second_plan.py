"""After a deployment nothing is left to change, and what others change is seen.

Edits are made through boto3, as a person in the console would make them. Each is in another
service or of another kind, and all are undone by an apply.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.rollout import deployed
from tests.terraform.everything import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ferry.check.deployment.deployed import Deployed
    from tests.terraform.everything import Everything

    Edit = Callable[[Deployed], None]

IGNORED = {
    "aws_dms_endpoint": {
        "postgres_settings": "never sent by the provider's version 5 once the endpoint exists;"
        " extra_connection_attributes carry the settings instead",
    },
    "aws_dms_replication_task": {
        "resource_identifier": "not read back by the provider: an adopted task would be replaced;"
        " replication_task_id, of the same names, is compared",
    },
    "aws_iam_role": {
        "path": "the account's two, which somebody else may have made anywhere: IAM moves no role",
    },
    "terraform_data": {
        "input": "the zones that the region had at first: one more changes nothing",
    },
}
"""All there may be of ignore_changes, and why."""


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_to_change(everything: Everything, name: str) -> None:
    assert everything.second_plans[name] == []


def test_only_these_changes_are_ignored(synthesized: Path) -> None:
    ignored: dict[str, set[str]] = {}
    for file in (synthesized / "stacks").glob("*/cdk.tf.json"):
        for type_, resources in json.loads(file.read_text())["resource"].items():
            for resource in resources.values():
                attributes = resource.get("lifecycle", {}).get("ignore_changes", [])
                if attributes:
                    ignored.setdefault(type_, set()).update(attributes)

    assert ignored == {type_: set(reasons) for type_, reasons in IGNORED.items()}


def edit_security_group_rule(dev: Deployed) -> None:
    (rule,) = dev.account.ec2.describe_security_group_rules(
        Filters=[{"Name": "tag:Name", "Values": ["aurora-ferry-dev-dms-to-source-out"]}]
    )["SecurityGroupRules"]
    dev.account.ec2.revoke_security_group_egress(
        GroupId=rule["GroupId"], SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
    )


def edit_tags(dev: Deployed) -> None:
    dev.account.ec2.create_tags(
        Resources=[dev.outputs["vpc_id"]], Tags=[{"Key": "repository", "Value": "elsewhere"}]
    )


def edit_cluster_parameter(dev: Deployed) -> None:
    (cluster,) = dev.account.rds.describe_db_clusters(
        DBClusterIdentifier=dev.outputs["cluster_id"]
    )["DBClusters"]
    dev.account.rds.modify_db_cluster_parameter_group(
        DBClusterParameterGroupName=cluster["DBClusterParameterGroup"],
        Parameters=[
            {
                "ParameterName": "log_min_duration_statement",
                "ParameterValue": "5000",
                "ApplyMethod": "immediate",
            }
        ],
    )


def edit_backup_retention(dev: Deployed) -> None:
    dev.account.rds.modify_db_cluster(
        DBClusterIdentifier=dev.outputs["cluster_id"],
        BackupRetentionPeriod=3,
        ApplyImmediately=True,
    )


def edit_task_settings(dev: Deployed) -> None:
    (task,) = dev.account.dms.describe_replication_tasks(
        Filters=[{"Name": "replication-task-arn", "Values": [dev.outputs["dms_task_arn"]]}]
    )["ReplicationTasks"]
    settings = json.loads(task["ReplicationTaskSettings"])
    settings["FullLoadSettings"]["MaxFullLoadSubTasks"] = 2
    dev.account.dms.modify_replication_task(
        ReplicationTaskArn=task["ReplicationTaskArn"], ReplicationTaskSettings=json.dumps(settings)
    )


def edit_endpoint(dev: Deployed) -> None:
    dev.account.dms.modify_endpoint(
        EndpointArn=dev.outputs["dms_source_endpoint_arn"], SslMode="none"
    )


def edit_alarm_threshold(dev: Deployed) -> None:
    (alarm,) = dev.account.cloudwatch.describe_alarms(AlarmNames=["aurora-deadlocks-dev"])[
        "MetricAlarms"
    ]
    kept = {
        "AlarmName", "AlarmDescription", "AlarmActions", "OKActions", "MetricName", "Namespace",
        "Statistic", "Dimensions", "Period", "EvaluationPeriods", "DatapointsToAlarm",
        "ComparisonOperator", "TreatMissingData",
    }  # fmt: skip
    arguments: dict[str, Any] = {key: value for key, value in alarm.items() if key in kept}
    dev.account.cloudwatch.put_metric_alarm(**arguments, Threshold=1000)


def edit_topic_policy(dev: Deployed) -> None:
    arn = dev.outputs["alarm_topic_arn"]
    policy = json.loads(dev.account.sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])
    policy["Statement"] = policy["Statement"][:1]
    dev.account.sns.set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy)
    )


def edit_role_policy(dev: Deployed) -> None:
    allow_all = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    dev.account.iam.put_role_policy(
        RoleName="aurora-ferry-dev-dms-secrets",
        PolicyName="read-secrets",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow_all]}),
    )


def edit_log_retention(dev: Deployed) -> None:
    dev.account.logs.delete_retention_policy(
        logGroupName="/aws/rds/cluster/aurora-ferry-dev/postgresql"
    )


def edit_key_policy(dev: Deployed) -> None:
    key = dev.outputs["kms_key_arn"]
    policy = json.loads(dev.account.kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    policy["Statement"][-1]["Principal"] = {"AWS": "*"}
    dev.account.kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))


def edit_secret(dev: Deployed) -> None:
    dev.account.secretsmanager.update_secret(
        SecretId=dev.outputs["secret_arn"], Description="changed by hand"
    )


EDITS: dict[Edit, str] = {
    edit_security_group_rule: "create aws_vpc_security_group_egress_rule.security-groups_dms-to-source-out",
    edit_tags: "update aws_vpc.network_vpc",
    edit_cluster_parameter: "update aws_rds_cluster_parameter_group.aurora_parameters_cluster",
    edit_backup_retention: "update aws_rds_cluster.aurora_cluster",
    edit_task_settings: "update aws_dms_replication_task.task-all_task",
    edit_endpoint: "update aws_dms_endpoint.source_endpoint",
    edit_alarm_threshold: "update aws_cloudwatch_metric_alarm.aurora-alarms_deadlocks",
    edit_topic_policy: "update aws_sns_topic_policy.alarm-topic_policy",
    edit_role_policy: "update aws_iam_role_policy.secret-access_policy",
    edit_log_retention: "update aws_cloudwatch_log_group.aurora_log",
    edit_key_policy: "update aws_kms_key.key",
    edit_secret: "update aws_secretsmanager_secret.target-secret",
}
"""Each edit, and what the next plan does about it."""


@pytest.fixture(scope="module")
def plan_after_edits(everything: Everything) -> Iterator[set[str]]:
    """What the plan of dev would change after all edits; the hashes of the addresses cut off."""
    deployment = everything.deployment
    dev = deployed(deployment.environment("dev"), url=deployment.cloud.url)
    for edit in EDITS:
        edit(dev)
    terraform = deployment.terraform("dev")
    yield {change.rpartition("_")[0] for change in terraform.changes("edited")}
    terraform.apply()


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_edit_is_in_the_next_plan(plan_after_edits: set[str], edit: Edit) -> None:
    assert EDITS[edit] in plan_after_edits


def test_nothing_else_is_in_the_next_plan(plan_after_edits: set[str]) -> None:
    assert plan_after_edits == set(EDITS.values())
