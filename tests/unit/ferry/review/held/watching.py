"""Edits of what watches: topic, alarms, events, logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import (
    NOT_SAFE,
    SECOND,
    SECOND_OR_BLOCKED,
    SECOND_OR_NOT_JUDGED,
    UNKNOWN,
    Held,
    Step,
    creates,
    deletes,
    edited,
    forgets,
    policy,
    replaces,
    updates,
)
from tests.unit.ferry.review.held.names import (
    CLUSTER_EVENTS,
    DASHBOARD,
    DMS_STORAGE,
    EMAIL,
    FLOW_LOG_GROUP,
    FREEABLE_MEMORY,
    INSTANCE_EVENTS,
    POSTGRES_LOG,
    SLOT_DISK,
    SOURCE_LATENCY,
    STRANGER,
    TARGET_LATENCY,
    TASK_EVENTS,
    TASK_LOG,
    TOPIC,
    TOPIC_ARN,
    TOPIC_POLICY,
    VALIDATION,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json


def _topic(name: str, why: str, /, **edit: Json) -> Held:
    """The topic's policy, edited."""
    return Held(
        name=f"topic-{name}",
        edit=(updates(TOPIC_POLICY, policy=policy(TOPIC_POLICY, **edit)),),
        expected=SECOND_OR_BLOCKED,
        why=why,
    )


def _receiver(protocol: str, endpoint: Json, /, **more: Json) -> Step:
    """One more receiver of the topic."""
    return creates(
        "aws_sns_topic_subscription.more",
        topic_arn=TOPIC_ARN,
        protocol=protocol,
        endpoint=endpoint,
        id=UNKNOWN,
        arn=UNKNOWN,
        owner_id=UNKNOWN,
        pending_confirmation=UNKNOWN,
        **more,
    )


TOPICS: Final = (
    _topic("closed-to-alarms", "Alarms no longer reach anybody.", without=["CloudWatchAlarms"]),
    _topic("closed-to-rds", "RDS's events no longer reach anybody.", without=["RdsEvents"]),
    _topic(
        "closed-to-dms",
        "DMS's events no longer reach anybody: a task that stops has no metric.",
        without=["DmsEvents"],
    ),
    _topic(
        "denied",
        "Nobody publishes.",
        more=[{"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": TOPIC_ARN}],
    ),
    _topic(
        "for-another-account",
        "Alarms of this account are no longer let in.",
        CloudWatchAlarms={"Condition": {"StringEquals": {"aws:SourceAccount": STRANGER}}},
    ),
    _topic(
        "open-to-all",
        "Anybody reads what goes wrong here, and can write of what does not.",
        more=[
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": ["sns:Subscribe", "sns:Publish"],
                "Resource": TOPIC_ARN,
            }
        ],
    ),
    _topic(
        "open-to-an-account",
        "Another account subscribes.",
        more=[
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{STRANGER}:root"},
                "Action": "sns:Subscribe",
                "Resource": TOPIC_ARN,
            }
        ],
    ),
    _topic("not-encrypted-on-the-way", "Messages may come in without TLS.", without=["TlsOnly"]),
    Held(
        name="topic-policy-not-known-yet",
        edit=(updates(TOPIC_POLICY, policy=UNKNOWN),),
        expected=NOT_SAFE,
        why="It may let in anybody, or nobody.",
    ),
    Held(
        name="topic-policy-gone",
        edit=(deletes(TOPIC_POLICY),),
        expected=SECOND_OR_BLOCKED,
        why="Only the account itself publishes then; events and alarms do not.",
    ),
    Held(
        name="topic-not-encrypted",
        edit=(updates(TOPIC, kms_master_key_id=""),),
        expected=SECOND_OR_BLOCKED,
        why="A protection less.",
    ),
    Held(
        name="topic-with-the-key-of-aws",
        edit=(updates(TOPIC, kms_master_key_id="alias/aws/sns"),),
        expected=SECOND_OR_BLOCKED,
        why="CloudWatch may not use that key: alarms are not published.",
    ),
    Held(
        name="topic-gone",
        edit=(deletes(TOPIC), deletes(TOPIC_POLICY), deletes(EMAIL)),
        expected=SECOND_OR_BLOCKED,
        why="Alarms and events have nowhere to go.",
    ),
    Held(
        name="topic-renamed",
        edit=(replaces(TOPIC, name="alarms"),),
        expected=SECOND_OR_BLOCKED,
        why="Another topic: receivers have to confirm again.",
    ),
    Held(
        name="last-receiver-gone",
        edit=(deletes(EMAIL),),
        expected=SECOND_OR_BLOCKED,
        why="Alarms reach nobody.",
    ),
    Held(
        name="last-receiver-forgotten",
        edit=(forgets(EMAIL),),
        expected=NOT_SAFE,
        why="It gets mail still, and nobody's file says so.",
    ),
    Held(
        name="receiver-somebody-else",
        edit=(replaces(EMAIL, endpoint="someone@elsewhere.example"),),
        expected=SECOND_OR_BLOCKED,
        why="The old one is gone at once, the new one has to confirm, and who is it?",
    ),
    Held(
        name="receiver-gets-next-to-nothing",
        edit=(
            updates(
                EMAIL, filter_policy='{"team":["nobody"]}', filter_policy_scope="MessageAttributes"
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Alarms carry no such attribute: none is sent on.",
    ),
    Held(
        name="receiver-gets-less",
        edit=(
            updates(EMAIL, filter_policy='{"AlarmName":["x"]}', filter_policy_scope="MessageBody"),
        ),
        expected=SECOND_OR_BLOCKED,
        why="One alarm is sent on, the others are not.",
    ),
    Held(
        name="receiver-a-queue-of-another-account",
        edit=(_receiver("sqs", f"arn:aws:sqs:eu-central-1:{STRANGER}:q"),),
        expected=SECOND_OR_BLOCKED,
        why="Another account reads what goes wrong here.",
    ),
    Held(
        name="receiver-a-function-of-another-account",
        edit=(_receiver("lambda", f"arn:aws:lambda:eu-central-1:{STRANGER}:function:f"),),
        expected=SECOND_OR_BLOCKED,
        why="Another account reads what goes wrong here.",
    ),
    Held(
        name="receiver-a-stream-of-another-account",
        edit=(
            _receiver(
                "firehose",
                f"arn:aws:firehose:eu-central-1:{STRANGER}:deliverystream/s",
                subscription_role_arn=f"arn:aws:iam::{STRANGER}:role/r",
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Another account reads what goes wrong here.",
    ),
    Held(
        name="receiver-a-page",
        edit=(_receiver("https", "https://hooks.elsewhere.example/in"),),
        expected=SECOND_OR_BLOCKED,
        why="Somebody should say whose page that is.",
    ),
    Held(
        name="receiver-a-page-in-clear",
        edit=(_receiver("http", "http://hooks.elsewhere.example/in"),),
        expected=SECOND_OR_BLOCKED,
        why="What goes wrong here travels in clear.",
    ),
    Held(
        name="receiver-not-known-yet",
        edit=(_receiver("sqs", UNKNOWN),),
        expected=NOT_SAFE,
        why="It may be another account's queue.",
    ),
)


def _alarm(name: str, why: str, /, alarm: str = WRITER_CPU, **to: Json) -> Held:
    """An alarm made deaf."""
    return Held(name=f"alarm-{name}", edit=(updates(alarm, **to),), expected=SECOND, why=why)


ALARMS: Final = (
    _alarm("out-of-reach", "No CPU is busier than 100 %.", threshold=101),
    _alarm("later", "It tells of 95 % instead of 80 %.", threshold=95),
    _alarm(
        "latency-later",
        "Half an hour behind before anybody hears of it.",
        SOURCE_LATENCY,
        threshold=1800,
    ),
    _alarm("latency-never", "No task is ever that far behind.", TARGET_LATENCY, threshold=1e12),
    _alarm(
        "memory-out-of-reach", "Memory is never less than nothing.", FREEABLE_MEMORY, threshold=0
    ),
    _alarm(
        "memory-below-zero", "Memory is never less than nothing.", FREEABLE_MEMORY, threshold=-1
    ),
    _alarm("storage-later", "One GiB left is too late.", DMS_STORAGE, threshold=1073741824),
    _alarm("flipped", "It tells when all is well.", comparison_operator="LessThanThreshold"),
    _alarm(
        "memory-flipped",
        "It tells when all is well, and is silent when not.",
        FREEABLE_MEMORY,
        comparison_operator="GreaterThanThreshold",
    ),
    _alarm(
        "silence-is-fine",
        "An instance that no longer reports is well.",
        treat_missing_data="notBreaching",
    ),
    _alarm("once-a-day", "It is looked at once a day.", period=86400),
    _alarm(
        "twenty-times-as-long",
        "It has to be bad for more than an hour and a half.",
        evaluation_periods=100,
        datapoints_to_alarm=100,
    ),
    _alarm(
        "all-of-three",
        "One good value among three silences it.",
        SOURCE_LATENCY,
        datapoints_to_alarm=3,
    ),
    _alarm("the-least", "The least of a minute instead of the most.", statistic="Minimum"),
    _alarm(
        "a-percentile", "The lowest hundredth of a minute.", statistic="", extended_statistic="p1"
    ),
    _alarm(
        "elsewhere",
        "It looks at another cluster.",
        dimensions={"DBClusterIdentifier": "aurora-ferry-dev", "Role": "WRITER"},
    ),
    _alarm(
        "the-readers",
        "It looks at the readers.",
        dimensions={"DBClusterIdentifier": "aurora-ferry-staging", "Role": "READER"},
    ),
    _alarm(
        "nowhere",
        "There is no such dimension: no data, ever.",
        dimensions={"Cluster": "aurora-ferry-staging"},
    ),
    _alarm("another-metric", "It looks at something else.", metric_name="DatabaseConnections"),
    _alarm("another-namespace", "There is no such metric there.", namespace="AWS/EC2"),
    _alarm("another-unit", "CPU is in percent: no data in bytes, ever.", unit="Bytes"),
    _alarm("no-action", "It changes its colour, and nobody hears of it.", alarm_actions=[]),
    _alarm(
        "no-action-null",
        "It changes its colour, and nobody hears of it.",
        VALIDATION,
        alarm_actions=None,
    ),
    _alarm("actions-off", "It changes its colour, and nobody hears of it.", actions_enabled=False),
    _alarm("threshold-not-known-yet", "It may be out of reach.", threshold=UNKNOWN),
    Held(
        name="alarm-silence-is-ignored",
        edit=(
            updates(
                SOURCE_LATENCY,
                was={"treat_missing_data": "breaching"},
                treat_missing_data="ignore",
            ),
        ),
        expected=SECOND,
        why="A task that no longer reports rang, and now stays as it was.",
    ),
    Held(
        name="alarm-never-fires",
        edit=(updates(WRITER_CPU, threshold=101, treat_missing_data="ignore"),),
        expected=SECOND,
        why="Neither a busy CPU nor silence ever rings.",
    ),
    Held(
        name="new-alarm-out-of-reach",
        edit=(
            creates(
                "aws_cloudwatch_metric_alarm.more",
                like=WRITER_CPU,
                alarm_name="aurora-more-staging",
                threshold=101,
            ),
            deletes(WRITER_CPU),
        ),
        expected=SECOND,
        why="It takes the place of one that rings.",
    ),
    Held(
        name="alarm-actions-elsewhere",
        edit=(
            updates(WRITER_CPU, alarm_actions=[f"arn:aws:sns:eu-central-1:{STRANGER}:somewhere"]),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Another account's topic hears of it, ours does not.",
    ),
    Held(
        name="alarm-actions-not-known-yet",
        edit=(updates(WRITER_CPU, alarm_actions=UNKNOWN),),
        expected=SECOND_OR_NOT_JUDGED,
        why="They may be nobody's.",
    ),
    Held(
        name="alarm-deleted",
        edit=(deletes(SLOT_DISK),),
        expected=SECOND,
        why="A slot that fills the disk stops the database, and nobody hears of it.",
    ),
    Held(
        name="alarms-of-latency-deleted",
        edit=(deletes(SOURCE_LATENCY), deletes(TARGET_LATENCY)),
        expected=SECOND,
        why="Nobody knows how far behind the target is.",
    ),
    Held(
        name="alarm-in-math",
        edit=(
            updates(
                WRITER_CPU,
                metric_name=None,
                namespace=None,
                metric_query=[
                    {
                        "account_id": "",
                        "expression": "0",
                        "id": "e1",
                        "label": "",
                        "metric": [],
                        "period": 0,
                        "return_data": True,
                    }
                ],
            ),
        ),
        expected=SECOND_OR_NOT_JUDGED,
        why="It compares nought with 80.",
    ),
    Held(
        name="alarm-suppressed",
        edit=(
            creates(
                "aws_cloudwatch_composite_alarm.quiet",
                alarm_name="quiet",
                alarm_rule="FALSE",
                actions_suppressor=[],
                id=UNKNOWN,
            ),
        ),
        expected=SECOND_OR_NOT_JUDGED,
        why="An alarm that cannot ring, of a kind that the stacks do not hold.",
    ),
)

EVENTS: Final = (
    Held(
        name="events-from-all-to-one",
        edit=(
            updates(
                INSTANCE_EVENTS,
                was={"source_ids": [], "event_categories": []},
                source_ids=["aurora-ferry-staging-writer"],
                event_categories=["creation"],
            ),
        ),
        expected=SECOND,
        why="An empty list means all of them.",
    ),
    Held(
        name="events-of-one-instance",
        edit=(updates(INSTANCE_EVENTS, source_ids=["aurora-ferry-staging-writer"]),),
        expected=SECOND,
        why="Nobody hears of the readers.",
    ),
    Held(
        name="events-of-another-cluster",
        edit=(updates(CLUSTER_EVENTS, source_ids=["aurora-ferry-dev"]),),
        expected=SECOND,
        why="Nobody hears of this one.",
    ),
    Held(
        name="events-without-failures",
        edit=(updates(CLUSTER_EVENTS, event_categories=["maintenance", "notification"]),),
        expected=SECOND,
        why="Nobody hears of a failover or a failure.",
    ),
    Held(
        name="events-off",
        edit=(updates(CLUSTER_EVENTS, enabled=False),),
        expected=SECOND,
        why="Nobody hears of any.",
    ),
    Held(
        name="events-of-snapshots",
        edit=(updates(CLUSTER_EVENTS, source_type="db-cluster-snapshot", source_ids=[]),),
        expected=SECOND,
        why="Nobody hears of the cluster.",
    ),
    Held(
        name="events-to-another-topic",
        edit=(updates(CLUSTER_EVENTS, sns_topic=f"arn:aws:sns:eu-central-1:{STRANGER}:somewhere"),),
        expected=SECOND_OR_BLOCKED,
        why="Another account hears of them.",
    ),
    Held(
        name="events-gone",
        edit=(deletes(CLUSTER_EVENTS),),
        expected=SECOND,
        why="Nobody hears of any.",
    ),
    Held(
        name="task-events-without-failures",
        edit=(updates(TASK_EVENTS, event_categories=["creation"]),),
        expected=SECOND,
        why="There is no metric for a task that has stopped: only its events tell.",
    ),
    Held(
        name="task-events-off",
        edit=(updates(TASK_EVENTS, enabled=False),),
        expected=SECOND,
        why="There is no metric for a task that has stopped: only its events tell.",
    ),
    Held(
        name="task-events-gone",
        edit=(deletes(TASK_EVENTS),),
        expected=SECOND,
        why="There is no metric for a task that has stopped: only its events tell.",
    ),
    Held(
        name="task-events-of-another",
        edit=(updates(TASK_EVENTS, source_ids=["other-task"]),),
        expected=SECOND,
        why="Nobody hears of this one.",
    ),
    Held(
        name="task-events-not-known-yet",
        edit=(updates(TASK_EVENTS, source_ids=UNKNOWN),),
        expected=SECOND_OR_NOT_JUDGED,
        why="They may be another task's.",
    ),
)

LOGS: Final = (
    Held(
        name="log-kept-for-a-week-written-as-a-text",
        edit=(updates(POSTGRES_LOG, was={"retention_in_days": 30}, retention_in_days="7"),),
        expected=SECOND_OR_BLOCKED,
        why="What is older is deleted, however the number is written.",
    ),
    Held(
        name="alarm-that-looks-back-for-years",
        edit=(
            updates(
                SLOT_DISK,
                was={"evaluation_periods": 5, "datapoints_to_alarm": 5},
                evaluation_periods=10**9,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="CloudWatch refuses it.",
    ),
    Held(
        name="log-kept-for-a-day",
        edit=(updates(POSTGRES_LOG, retention_in_days=1),),
        expected=SECOND_OR_BLOCKED,
        why="29 days of the PostgreSQL log are deleted.",
    ),
    Held(
        name="log-retention-not-known-yet",
        edit=(updates(POSTGRES_LOG, retention_in_days=UNKNOWN),),
        expected=NOT_SAFE,
        why="It may be a day.",
    ),
    Held(
        name="log-that-never-expired-kept-for-a-year",
        edit=(updates(POSTGRES_LOG, was={"retention_in_days": 0}, retention_in_days=365),),
        expected=SECOND_OR_BLOCKED,
        why="0 is for ever: what is older than a year is deleted.",
    ),
    Held(
        name="log-deleted",
        edit=(deletes(POSTGRES_LOG),),
        expected=SECOND_OR_BLOCKED,
        why="The history goes with it.",
    ),
    Held(
        name="task-log-deleted",
        edit=(deletes(TASK_LOG),),
        expected=SECOND_OR_BLOCKED,
        why="The history goes with it, and DMS makes one that never expires and is not encrypted.",
    ),
    Held(
        name="flow-log-group-deleted",
        edit=(deletes(FLOW_LOG_GROUP),),
        expected=SECOND_OR_BLOCKED,
        why="Who connected is no longer known.",
    ),
    Held(
        name="log-not-encrypted",
        edit=(updates(POSTGRES_LOG, kms_key_id=""),),
        expected=SECOND_OR_BLOCKED,
        why="Statements, with the data in them, are kept without our key.",
    ),
    Held(
        name="log-renamed",
        edit=(replaces(TASK_LOG, name="dms-tasks-somewhere"),),
        expected=SECOND_OR_BLOCKED,
        why="DMS writes to a group of a fixed name; the history goes.",
    ),
    Held(
        name="log-sent-to-an-account",
        edit=(
            creates(
                "aws_cloudwatch_log_subscription_filter.out",
                name="out",
                log_group_name="/aws/rds/cluster/aurora-ferry-staging/postgresql",
                filter_pattern="",
                destination_arn=f"arn:aws:logs:eu-central-1:{STRANGER}:destination:d",
                id=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="Another account reads every statement.",
    ),
    Held(
        name="log-read-by-an-account",
        edit=(
            creates(
                "aws_cloudwatch_log_resource_policy.out",
                policy_name="out",
                policy_document='{"Statement":[{"Effect":"Allow","Principal":"*","Action":"logs:*"}]}',
                id=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="Everybody may do everything with the logs.",
    ),
)

PAGES: Final = (
    edited(
        "dashboard-deleted",
        "Nobody sees load, latency and rows that wait side by side.",
        deletes(DASHBOARD),
        expected=SECOND,
    ),
    edited(
        "dashboard-of-nothing",
        "Nobody sees load, latency and rows that wait side by side.",
        updates(DASHBOARD, dashboard_body='{"widgets": []}'),
        expected=SECOND,
    ),
)

ROWS: Final = (*TOPICS, *ALARMS, *EVENTS, *LOGS, *PAGES)
