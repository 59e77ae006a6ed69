"""First deployments and what is added, in which something is not beside what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import deployed
from tests.unit.ferry.review.held.edits import (
    SECOND_OR_BLOCKED,
    creates,
    edited,
    mappings,
    rule,
)
from tests.unit.ferry.review.held.first_edits import lacks, says
from tests.unit.ferry.review.held.names import (
    CLUSTER,
    CLUSTER_EVENTS,
    DEFAULT_GROUP,
    DMS_EVENTS,
    DMS_STORAGE,
    FLOW_LOG,
    INSTANCE_EVENTS,
    READER_1,
    READER_2,
    REPLICATION,
    SLOT_DISK,
    SOURCE_LATENCY,
    TARGET_LATENCY,
    TASK,
    TASK_EVENTS,
    TASK_LOG,
    VALIDATION,
    WRITER,
)

if TYPE_CHECKING:
    from tests.unit.ferry.review.held.edits import Held

_ALARM: Final = "aws_cloudwatch_metric_alarm."
_WRAPAROUND: Final = f"{_ALARM}aurora-alarms_maximum-used-transaction-ids"
_CONNECTIONS: Final = f"{_ALARM}aurora-alarms_database-connections"
_WAL: Final = f"{_ALARM}aurora-alarms_transaction-logs-disk-usage"
_CPU: Final = f"{_ALARM}aurora-alarms_cpu-utilization"
_OF_AURORA: Final = [it for it in deployed() if it.startswith(f"{_ALARM}aurora-alarms_")]
_OF_DMS: Final = [it for it in deployed() if it.startswith(f"{_ALARM}replication-alarms_")]
_ANOTHER_TEAMS: Final = "arn:aws:sns:eu-central-1:111122223333:web-team"
_NO_KEY: Final = "DMS makes it: without the key, kept for ever."


def _task(name: str, why: str, /, metric_of: str, *, watched: bool) -> Held:
    """A task more, with an alarm."""
    of = "aurora-ferry-staging-billing"
    alarm = creates(
        "aws_cloudwatch_metric_alarm.more",
        like=metric_of,
        alarm_name="more",
        dimensions={
            "ReplicationInstanceIdentifier": "aurora-ferry-staging",
            "ReplicationTaskIdentifier": of,
        },
    )
    told = creates(
        "aws_dms_event_subscription.more",
        like=TASK_EVENTS,
        name="aurora-ferry-staging-more",
        source_ids=[of],
    )
    return edited(
        name,
        why,
        creates(
            "aws_dms_replication_task.more",
            like=TASK,
            replication_task_id=of,
            resource_identifier=of,
            table_mappings=mappings(rule(1, "billing", "%")),
        ),
        alarm,
        *([told] if watched else []),
        expected=SECOND_OR_BLOCKED,
    )


ROWS: Final = (
    lacks("flow-log", "Who came in nobody can look up.", FLOW_LOG),
    lacks("alarm-of-wraparound", "The database stops writing, unannounced.", _WRAPAROUND),
    lacks("alarms-of-aurora", "Nothing of the database is watched.", *_OF_AURORA),
    lacks(
        "alarms-but-of-cpu",
        "CPU is all that is watched of Aurora.",
        *(it for it in _OF_AURORA if it != _CPU),
    ),
    lacks(
        "alarms-but-of-validation",
        "A comparison is all that is watched of DMS.",
        *(it for it in _OF_DMS if it != VALIDATION),
    ),
    lacks("alarm-of-latency", "It lags, and nobody hears.", SOURCE_LATENCY, TARGET_LATENCY),
    lacks("alarm-of-validation", "Rows differ, and nobody hears.", VALIDATION),
    lacks("alarm-of-connections", "Applications are refused, unannounced.", _CONNECTIONS),
    lacks("alarms-of-wal", "A slot keeps WAL without end, unannounced.", SLOT_DISK, _WAL),
    lacks("default-group", "What names no group is open to all that names none.", DEFAULT_GROUP),
    lacks("alarm-of-dms-storage", "It is full, and the tasks stop.", DMS_STORAGE),
    lacks("events-of-tasks", "A task that fails tells nobody.", TASK_EVENTS),
    lacks("events-of-aurora", "A failover tells nobody.", CLUSTER_EVENTS, INSTANCE_EVENTS),
    lacks("task-log", _NO_KEY, TASK_LOG),
    lacks("instances", "It serves nobody.", INSTANCE_EVENTS, READER_1, READER_2, WRITER),
    lacks("task", "Nothing is carried.", TASK, TASK_EVENTS),
    says("task-log-of-another-name", TASK_LOG, _NO_KEY, name="dms-tasks-aurora-ferry"),
    says(
        "events-of-the-writer-alone",
        INSTANCE_EVENTS,
        "A reader that fails tells nobody.",
        source_ids=["aurora-ferry-staging-writer"],
    ),
    *(
        says(f"{name}-of-creation", of, "Failures are not told.", event_categories=["creation"])
        for name, of in (
            ("task-events", TASK_EVENTS),
            ("dms-events", DMS_EVENTS),
            ("instance-events", INSTANCE_EVENTS),
            ("cluster-events", CLUSTER_EVENTS),
        )
    ),
    says("cluster-events-of-failovers", CLUSTER_EVENTS, "Failures are not told.",
         event_categories=["failover"]),
    says("alarm-told-to-another-team", SLOT_DISK, "Who hears of all else does not hear of it.",
         alarm_actions=[_ANOTHER_TEAMS]),
    says("cluster-events-told-to-another-team", CLUSTER_EVENTS, "Its owners hear of no failover.",
         sns_topic=_ANOTHER_TEAMS),
    says("task-events-told-to-another-team", TASK_EVENTS, "Who watches the task hears of no failure.",
         sns_topic_arn=_ANOTHER_TEAMS),
    says("dms-of-a-gibibyte", REPLICATION, "The task alone may take as much.",
         replication_instance_class="dms.t3.micro"),
    says("deletion-without-protection", CLUSTER, "Terraform alone does not delete it.",
         deletion_protection=False),
    says("protection-without-snapshot", CLUSTER, "It is protected, and goes without a copy.",
         skip_final_snapshot=True, final_snapshot_identifier=None),
    says("flow-log-of-a-subnet", FLOW_LOG, "All others are not logged.",
         vpc_id=None, subnet_id="subnet-0123456789abcdef0"),
    edited(
        "reader-of-whom-nobody-is-told",
        "Its failure is not told.",
        creates(
            "aws_rds_cluster_instance.more", like=READER_2, identifier="aurora-ferry-staging-more"
        ),
        expected=SECOND_OR_BLOCKED,
    ),
    _task("task-more-of-which-nobody-is-told", "It fails, and nobody hears.", SOURCE_LATENCY,
          watched=False),
    _task("task-more-whose-lag-nobody-watches", "It lags, and nobody hears.", VALIDATION,
          watched=True),
)  # fmt: skip
