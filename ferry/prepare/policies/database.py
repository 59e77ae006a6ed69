"""Making and changing the cluster, and what watches: logs, alarms, dashboard, topic.

RDS, CloudWatch, CloudWatch Logs and SNS know their things by name. Sources: their pages in
https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.aurora import ENGINE
from ferry.prepare.policies.reading import lock, plan_of_run
from ferry.prepare.policies.statements import Statement

if TYPE_CHECKING:
    from ferry.prepare.policies.statements import Scope


_KEY_OF_A_SNAPSHOT: Final = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
)


def database(scope: Scope) -> list[Statement]:
    """The cluster, and the state that all is written to."""
    return [
        Statement(
            sid="StateWrite",
            actions=["s3:PutObject"],
            resources=scope.objects(scope.environment.state_key),
        ),
        lock(scope, [scope.environment.state_key]),
        plan_of_run(scope, scope.stacks[0]),
        Statement(
            sid="Database",
            actions=[
                "rds:AddSourceIdentifierToSubscription",
                "rds:AddTagsToResource",
                "rds:CreateDBCluster",
                "rds:CreateDBClusterParameterGroup",
                "rds:CreateDBClusterSnapshot",
                "rds:CreateDBInstance",
                "rds:CreateDBParameterGroup",
                "rds:CreateDBSubnetGroup",
                "rds:CreateEventSubscription",
                "rds:DeleteDBCluster",
                "rds:DeleteDBClusterParameterGroup",
                "rds:DeleteDBInstance",
                "rds:DeleteDBParameterGroup",
                "rds:DeleteDBSubnetGroup",
                "rds:DeleteEventSubscription",
                "rds:FailoverDBCluster",
                "rds:ModifyDBCluster",
                "rds:ModifyDBClusterParameterGroup",
                "rds:ModifyDBInstance",
                "rds:ModifyDBParameterGroup",
                "rds:ModifyDBSubnetGroup",
                "rds:ModifyEventSubscription",
                "rds:RebootDBInstance",
                "rds:RemoveSourceIdentifierFromSubscription",
                "rds:RemoveTagsFromResource",
                "rds:ResetDBClusterParameterGroup",
                "rds:ResetDBParameterGroup",
            ],
            resources=cluster_arns(scope),
        ),
        # Another environment may be called dev-final: its snapshots carry its tags, the new one none.
        Statement(
            sid="FinalSnapshot",
            actions=[
                "rds:AddTagsToResource",
                "rds:CreateDBClusterSnapshot",
                "rds:DeleteDBCluster",
            ],
            resources=scope.arns(
                "rds", f"cluster-snapshot:{scope.names.final_snapshot_prefix}????????"
            ),
            condition={"StringEqualsIfExists": scope.own["StringEquals"]},
        ),
        Statement(
            sid="Logs",
            actions=[
                "logs:AssociateKmsKey",
                "logs:CreateLogGroup",
                "logs:DeleteLogGroup",
                "logs:DeleteRetentionPolicy",
                "logs:DisassociateKmsKey",
                "logs:PutRetentionPolicy",
                "logs:TagResource",
                "logs:UntagResource",
            ],
            resources=scope.log_groups(
                scope.names.postgresql_log_group,
                scope.names.task_log_group,
                scope.names.flow_logs_group,
            ),
        ),
        *_alarms(scope),
    ]


def cluster_arns(scope: Scope) -> list[str]:
    """All that RDS has of the environment, but for snapshots."""
    names = scope.names
    any_family = names.parameter_group(f"{ENGINE}*")
    return [
        *scope.arns(
            "rds",
            f"cluster:{names.cluster}",
            f"cluster-pg:{any_family}",
            f"db:{names.writer}",
            # One or two digits, and nothing behind: another environment may be called dev-reader-1.
            f"db:{names.prefix}-reader-?",
            f"db:{names.prefix}-reader-1?",
            f"es:{names.cluster_events}",
            f"es:{names.cluster_instance_events}",
            "og:default:*",
            f"pg:{any_family}",
            f"subgrp:{names.cluster}",
        )
    ]


def _alarms(scope: Scope) -> list[Statement]:
    topic = [scope.topic]
    # An alarm that exists is overwritten without a word: not one that carries another's tags.
    foreign_left_alone = {
        "StringEqualsIfExists": {
            **scope.created["StringEquals"],
            **scope.own["StringEquals"],
        }
    }
    return [
        # An alarm can stop and terminate instances, whosever they are: these only publish. Source:
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-alarm-actions.html
        Statement(
            sid="Alarms",
            actions=["cloudwatch:PutMetricAlarm"],
            resources=scope.alarms,
            condition={
                **foreign_left_alone,
                "ForAllValues:StringEquals": {"cloudwatch:AlarmActions": topic},
            },
        ),
        Statement(
            sid="TagAlarms",
            actions=["cloudwatch:TagResource"],
            resources=scope.alarms,
            condition=foreign_left_alone,
        ),
        Statement(
            sid="OwnAlarms",
            actions=["cloudwatch:DeleteAlarms", "cloudwatch:UntagResource"],
            resources=scope.alarms,
            condition=scope.own,
        ),
        Statement(
            sid="Dashboard",
            actions=["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"],
            resources=[
                scope.placement.global_arn("cloudwatch", f"dashboard/{scope.names.dashboard}")
            ],
        ),
        *(_new_topic(scope) if scope.environment.alarms.topic_arn is None else ()),
    ]


def _new_topic(scope: Scope) -> list[Statement]:
    """Making the topic, and subscribing who is told."""
    return [
        Statement(
            sid="Topic",
            actions=[
                "sns:CreateTopic",
                "sns:DeleteTopic",
                "sns:SetTopicAttributes",
                "sns:Subscribe",
                "sns:TagResource",
                "sns:UntagResource",
            ],
            resources=[scope.topic],
        ),
        # SNS knows no resource for these two.
        Statement(
            sid="Subscriptions", actions=["sns:SetSubscriptionAttributes", "sns:Unsubscribe"]
        ),
    ]


def snapshots(scope: Scope) -> list[Statement]:
    """Taking, copying and restoring snapshots: the one that the file names, and the environment's."""
    names = scope.names
    given = scope.environment.aurora.snapshot_identifier
    return [
        Statement(
            sid="Snapshots",
            actions=[
                "rds:AddTagsToResource",
                "rds:CopyDBClusterSnapshot",
                "rds:CreateDBClusterSnapshot",
                "rds:RestoreDBClusterFromSnapshot",
            ],
            resources=[
                *cluster_arns(scope),
                *scope.arns("rds", f"cluster-snapshot:{names.prefix}-*"),
            ],
            # Not one of an environment whose name is longer.
            condition={"StringEqualsIfExists": scope.own["StringEquals"]},
        ),
        *_given_snapshot(scope, given),
        Statement(
            sid="KeysOfTheProjectThroughRds",
            actions=_KEY_OF_A_SNAPSHOT,
            resources=scope.arns("kms", "key/*"),
            condition={
                "StringEquals": {
                    "aws:ResourceTag/project": names.project,
                    "kms:ViaService": scope.placement.regional_principal("rds"),
                }
            },
        ),
        *_given_key(scope),
    ]


def _given_key(scope: Scope) -> list[Statement]:
    """The key that the file names: nobody knows which tags it has."""
    if scope.environment.aws.kms_key_arn is None:
        return []
    return [
        Statement(
            sid="TheGivenKeyThroughRds",
            actions=_KEY_OF_A_SNAPSHOT,
            resources=scope.keys,
            condition=scope.through("rds"),
        )
    ]


def _given_snapshot(scope: Scope, identifier: str | None) -> list[Statement]:
    """Restoring the snapshot that the file names: by an ARN, or a name in this account and region."""
    if identifier is None:
        return []
    is_arn = identifier.startswith("arn:")
    return [
        Statement(
            sid="RestoreTheGivenOne",
            actions=["rds:CopyDBClusterSnapshot", "rds:RestoreDBClusterFromSnapshot"],
            resources=[identifier]
            if is_arn
            else scope.arns("rds", f"cluster-snapshot:{identifier}"),
        )
    ]
