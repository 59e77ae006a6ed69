"""Sensitive values that become names, descriptions and tags, which whoever may look reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import SECOND, UNKNOWN, Held, creates, edited, updates
from tests.unit.ferry.review.held.names import (
    CLIENTS_IN,
    CLUSTER,
    DASHBOARD,
    SOURCE,
    TASK_LOG,
    TOPIC,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from tests.unit.ferry.review.held.edits import Step

_VALUE: Final = "hunter2hunter2"


def _told(name: str, step: Step) -> Held:
    why = "Whoever may look at the account reads it."
    return edited(f"sensitive-{name}", why, step, expected=SECOND)


ROWS: Final = (
    _told("tag", updates(CLUSTER, tags={"by": _VALUE}, hidden=("tags", "tags_all"))),
    _told("description", updates(CLIENTS_IN, description=_VALUE, hidden=("description",))),
    _told(
        "description-that-nobody-knows-yet",
        updates(WRITER_CPU, alarm_description=UNKNOWN, hidden=("alarm_description",)),
    ),
    _told(
        "sender-that-nobody-knows-yet",
        updates(TOPIC, display_name=UNKNOWN, hidden=("display_name",)),
    ),
    _told(
        "name-of-an-alarm",
        creates(
            "aws_cloudwatch_metric_alarm.more",
            like=WRITER_CPU,
            alarm_name=_VALUE,
            hidden=("alarm_name",),
        ),
    ),
    _told(
        "name-of-a-dashboard",
        creates(
            "aws_cloudwatch_dashboard.more",
            like=DASHBOARD,
            dashboard_name=_VALUE,
            dashboard_body='{"widgets":[]}',
            hidden=("dashboard_name",),
        ),
    ),
    _told(
        "name-of-a-log",
        creates("aws_cloudwatch_log_group.more", like=TASK_LOG, name=_VALUE, hidden=("name",)),
    ),
    _told(
        "name-of-an-endpoint",
        creates("aws_dms_endpoint.more", like=SOURCE, endpoint_id=_VALUE, hidden=("endpoint_id",)),
    ),
)
