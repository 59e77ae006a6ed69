"""Alarms that are always on, and that are another's.

Written after the review had called some of it safe, before its rules were changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import (
    UNKNOWN,
    Held,
    creates,
    deletes,
    edited,
    replaces,
    updates,
    value_of,
)
from tests.unit.ferry.review.held.names import (
    DMS_STORAGE,
    FREEABLE_MEMORY,
    REPLICA_LAG,
    SLOT_DISK,
    SOURCE_LATENCY,
    TARGET_LATENCY,
    TOPIC,
    VALIDATION,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json
    from tests.unit.ferry.review.held.edits import Step


_GIB: Final = 1024**3
_LOCAL_STORAGE: Final = "aws_cloudwatch_metric_alarm.aurora-alarms_free-local-storage"
_DEADLOCKS: Final = "aws_cloudwatch_metric_alarm.aurora-alarms_deadlocks"
_SWAP: Final = "aws_cloudwatch_metric_alarm.replication-alarms_swap-usage"
_DMS_MEMORY: Final = "aws_cloudwatch_metric_alarm.replication-alarms_freeable-memory"
_CONNECTIONS: Final = "aws_cloudwatch_metric_alarm.aurora-alarms_database-connections"
_XIDS: Final = "aws_cloudwatch_metric_alarm.aurora-alarms_maximum-used-transaction-ids"
_READER_CPU: Final = "aws_cloudwatch_metric_alarm.aurora-alarms_cpu-utilization-reader"


def _always(name: str, alarm: str, threshold: float, why: str) -> Held:
    return edited(f"alarm-always-on-{name}", why, updates(alarm, threshold=threshold))


def _silent(name: str, alarm: str, why: str) -> Held:
    return edited(f"alarm-on-silence-{name}", why, updates(alarm, treat_missing_data="breaching"))


def _more(name: str, why: str, like: str = WRITER_CPU, **to: Json) -> Held:
    step = creates("aws_cloudwatch_metric_alarm.more", like=like, alarm_name="more", **to)
    return edited(f"alarm-more-{name}", why, step)


def _new_topics_alarm() -> Step:
    made = creates("aws_cloudwatch_metric_alarm.more", like=WRITER_CPU, alarm_name="more")
    return replace(made, to={**made.to, "alarm_actions": UNKNOWN})


ROWS: Final = (
    _always("cpu", WRITER_CPU, 1, "The writer always does more than 1 %."),
    _always("cpu-at-nothing", WRITER_CPU, 0, "It always does something."),
    _always("lag", REPLICA_LAG, 1, "A replica is always 10 to 20 ms behind."),
    _always("connections", _CONNECTIONS, 0, "DMS alone has some."),
    _always("transaction-ids", _XIDS, 1, "There are always more."),
    _always(
        "memory",
        "aws_cloudwatch_metric_alarm.aurora-alarms_freeable-memory",
        10**14,
        "No instance has as much.",
    ),
    _always(
        "half-of-the-memory", FREEABLE_MEMORY, 12 * _GIB, "Aurora keeps most of 16 GiB itself."
    ),
    _always("local-storage", _LOCAL_STORAGE, 31 * _GIB, "It has 32 GiB, and its logs are there."),
    _always("local-storage-and-more", _LOCAL_STORAGE, 10**14, "No instance has as much."),
    _always("dms-storage", DMS_STORAGE, 95 * _GIB, "Of 100 GiB the system takes some."),
    _always("dms-memory", _DMS_MEMORY, 4 * _GIB, "The instance has no more."),
    _always("dms-swap", _SWAP, 0, "A little is always swapped out."),
    _always("slots", SLOT_DISK, 0, "A slot always holds a segment."),
    _always("latency", SOURCE_LATENCY, 0, "Each change takes its time."),
    _always("validation", VALIDATION, -1, "No count is below 0."),
    _silent("of-slots", SLOT_DISK, "Without a slot there is no value."),
    _silent("of-source-latency", SOURCE_LATENCY, "A task that has not started has none."),
    _silent("of-target-latency", TARGET_LATENCY, "A task that has not started has none."),
    _silent("of-lag", REPLICA_LAG, "Without a reader there is no value."),
    _silent("of-deadlocks", _DEADLOCKS, "Without a deadlock there is no value."),
    _more("always-on", "It is always on.", threshold=-1),
    _more(
        "of-another-cluster-always-on",
        "It is always on.",
        threshold=-1,
        dimensions={"DBClusterIdentifier": "somebody-elses"},
    ),
    _more(
        "of-another-namespace",
        "It is always on.",
        namespace="AWS/EC2",
        threshold=-1,
        dimensions={"InstanceId": "i-1"},
    ),
    _more("of-an-invented-metric", "Nobody publishes it.", metric_name="CpuBusy", threshold=-1),
    _more(
        "of-a-misspelt-cluster",
        "Nothing is called so: it has no data, ever.",
        dimensions={"DBClusterIdentifier": "aurora-ferry-stagin", "Role": "WRITER"},
    ),
    _more(
        "of-a-misspelt-role",
        "There is no such role: it has no data, ever.",
        dimensions={"DBClusterIdentifier": "aurora-ferry-staging", "Role": "MASTER"},
    ),
    _more("summed-up-always-on", "A sum is never below 0.", statistic="Sum", threshold=-1),
    _more("too-late", "A swap of 1 TB is the end.", _SWAP, threshold=10**12),
    _more(
        "of-connections-from-below",
        "Nobody may be connected at night.",
        metric_name="DatabaseConnections",
        comparison_operator="LessThanThreshold",
        threshold=500,
    ),
    _more(
        "of-commits-in-milliseconds",
        "A commit always takes longer.",
        metric_name="CommitLatency",
        threshold=0.001,
    ),
    _more(
        "of-memory-from-above",
        "It is above while all is well.",
        FREEABLE_MEMORY,
        comparison_operator="GreaterThanThreshold",
    ),
    edited(
        "alarms-that-swap-names",
        "AWS knows an alarm by its name: what is deleted second is what was made first.",
        replaces(WRITER_CPU, "alarm_name", alarm_name=value_of(REPLICA_LAG, "alarm_name")),
        replaces(REPLICA_LAG, "alarm_name", alarm_name=value_of(WRITER_CPU, "alarm_name")),
    ),
    edited(
        "alarm-that-takes-another-s-name",
        "It overwrites the reader's.",
        replaces(WRITER_CPU, "alarm_name", alarm_name=value_of(_READER_CPU, "alarm_name")),
    ),
    edited(
        "left-over-alarm-that-has-the-readers-name",
        "Deleting what is left over deletes the reader's alarm.",
        deletes(
            WRITER_CPU,
            was={
                "alarm_name": value_of(_READER_CPU, "alarm_name"),
                "id": value_of(_READER_CPU, "alarm_name"),
            },
            beside={"deposed": "0badc0de"},
        ),
    ),
    edited(
        "alarm-that-tells-a-topic-without-a-receiver",
        "Nobody hears of it.",
        creates("aws_sns_topic.more", like=TOPIC, name="more"),
        _new_topics_alarm(),
    ),
)
