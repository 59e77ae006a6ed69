"""Alarms that are always on, and that are another's.

Written after the review had called some of it safe, before its rules were changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import deployed
from tests.unit.ferry.review.held.edits import (
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    creates,
    deletes,
    replaces,
    updates,
)
from tests.unit.ferry.review.held.names import (
    REPLICA_LAG,
    TOPIC,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json
    from tests.unit.ferry.review.held.edits import Step


def _allowed(
    name: str, why: str, /, *edit: Step, expected: frozenset[int] = SECOND_OR_BLOCKED
) -> Held:
    return Held(name=name, edit=edit, expected=expected, why=why)


def _of(name: str, attribute: str) -> Json:
    value: Json = deployed()[name].values[attribute]
    return value


_CONNECTIONS: Final = "aws_cloudwatch_metric_alarm.aurora-alarms_database-connections"
_XIDS: Final = "aws_cloudwatch_metric_alarm.aurora-alarms_maximum-used-transaction-ids"
_READER_CPU: Final = "aws_cloudwatch_metric_alarm.aurora-alarms_cpu-utilization-reader"


def _always(name: str, alarm: str, threshold: float, why: str) -> Held:
    return _allowed(f"alarm-always-on-{name}", why, updates(alarm, threshold=threshold))


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
    _allowed(
        "alarms-that-swap-names",
        "AWS knows an alarm by its name: what is deleted second is what was made first.",
        replaces(WRITER_CPU, "alarm_name", alarm_name=_of(REPLICA_LAG, "alarm_name")),
        replaces(REPLICA_LAG, "alarm_name", alarm_name=_of(WRITER_CPU, "alarm_name")),
    ),
    _allowed(
        "alarm-that-takes-another-s-name",
        "It overwrites the reader's.",
        replaces(WRITER_CPU, "alarm_name", alarm_name=_of(_READER_CPU, "alarm_name")),
    ),
    _allowed(
        "left-over-alarm-that-has-the-readers-name",
        "Deleting what is left over deletes the reader's alarm.",
        deletes(
            WRITER_CPU,
            was={
                "alarm_name": _of(_READER_CPU, "alarm_name"),
                "id": _of(_READER_CPU, "alarm_name"),
            },
            beside={"deposed": "0badc0de"},
        ),
    ),
    _allowed(
        "alarm-that-tells-a-topic-without-a-receiver",
        "Nobody hears of it.",
        creates("aws_sns_topic.more", like=TOPIC, name="more"),
        _new_topics_alarm(),
    ),
)
