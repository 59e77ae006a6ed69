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
    REPLICA_LAG,
    TOPIC,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from tests.unit.ferry.review.held.edits import Step


_CONNECTIONS: Final = "aws_cloudwatch_metric_alarm.aurora-alarms_database-connections"
_XIDS: Final = "aws_cloudwatch_metric_alarm.aurora-alarms_maximum-used-transaction-ids"
_READER_CPU: Final = "aws_cloudwatch_metric_alarm.aurora-alarms_cpu-utilization-reader"


def _always(name: str, alarm: str, threshold: float, why: str) -> Held:
    return edited(f"alarm-always-on-{name}", why, updates(alarm, threshold=threshold))


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
