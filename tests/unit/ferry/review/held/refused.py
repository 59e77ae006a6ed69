"""What AWS refuses in the middle of an apply.

Written after the review had called some of it safe, before its rules were changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import (
    Held,
    creates,
    edited,
    mappings,
    rule,
    updates,
    value_of,
)
from tests.unit.ferry.review.held.names import (
    CLUSTER,
    CLUSTER_EVENTS,
    DASHBOARD,
    READER_2,
    TARGET,
    TASK,
    TASK_LOG,
    TOPIC,
    TOPIC_ARN,
    WRITER,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json


def _taken(name: str, type_: str, like: str, attribute: str, **more: Json) -> Held:
    return edited(
        f"name-taken-{name}",
        "A thing of that name is there: refused, or one thing under two addresses.",
        creates(f"{type_}.more", like=like, **{attribute: value_of(like, attribute), **more}),
    )


ROWS: Final = (
    edited(
        "windows-that-overlap",
        "RDS refuses a backup window within the maintenance window.",
        updates(
            CLUSTER,
            was={"preferred_maintenance_window": "sun:03:30-sun:04:30"},
            preferred_backup_window="03:00-04:00",
        ),
    ),
    edited(
        "advanced-insights-of-7-days",
        "Advanced needs 15 months.",
        updates(CLUSTER, database_insights_mode="advanced"),
    ),
    edited(
        "monitoring-without-a-role",
        "RDS wants a role.",
        updates(
            WRITER,
            was={"monitoring_interval": 0, "monitoring_role_arn": ""},
            monitoring_interval=60,
        ),
    ),
    edited(
        "sixteen-readers-more",
        "A cluster has 15 readers at most.",
        *[
            creates(f"aws_rds_cluster_instance.more{it}", like=READER_2, identifier=f"more{it}")
            for it in range(16)
        ],
    ),
    edited(
        "alarm-that-tells-six",
        "An alarm has five actions at most.",
        updates(
            WRITER_CPU,
            alarm_actions=[
                TOPIC_ARN,
                *(f"arn:aws:sns:eu-central-1:111122223333:t{it}" for it in range(6)),
            ],
        ),
    ),
    _taken("log", "aws_cloudwatch_log_group", TASK_LOG, "name"),
    _taken("events", "aws_db_event_subscription", CLUSTER_EVENTS, "name"),
    _taken(
        *("task", "aws_dms_replication_task", TASK, "replication_task_id"),
        table_mappings=mappings(rule(1, "billing", "%")),
    ),
    _taken("reader", "aws_rds_cluster_instance", READER_2, "identifier"),
    _taken("endpoint", "aws_dms_endpoint", TARGET, "endpoint_id"),
    _taken("topic", "aws_sns_topic", TOPIC, "name"),
    _taken(
        *("dashboard", "aws_cloudwatch_dashboard", DASHBOARD, "dashboard_name"),
        dashboard_body='{"widgets":[]}',
    ),
    _taken("alarm", "aws_cloudwatch_metric_alarm", WRITER_CPU, "alarm_name"),
)
