"""Names of another environment of the project."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.ferry.review.held.edits import SECOND_OR_BLOCKED, creates, edited
from tests.unit.ferry.review.held.first_edits import says
from tests.unit.ferry.review.held.names import (
    DASHBOARD,
    DMS_ROLE,
    FLOW_LOG_GROUP,
    MASTER_SECRET,
    PARAMETERS,
    POSTGRES_LOG,
    TARGET,
    TARGET_SECRET,
    TASK,
    TOPIC,
    WRITER_CPU,
)

_PRODS: Final = "It takes production's name."
_CPU: Final = "aws_cloudwatch_metric_alarm.aurora-alarms_cpu-utilization"
_TOPIC: Final = "arn:aws:sns:eu-central-1:111122223333:aurora-ferry-prod-alarms"

_ADDED: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("alarm", WRITER_CPU, {"alarm_name": "aurora-cpu-utilization-writer-prod"}),
    ("dashboard", DASHBOARD, {"dashboard_name": "aurora-ferry-prod"}),
    ("topic", TOPIC, {"name": "aurora-ferry-prod-alarms"}),
    ("log", POSTGRES_LOG, {"name": "/aws/rds/cluster/aurora-ferry-prod/postgresql"}),
)

ROWS: Final = (
    says("role-of-prods-name", DMS_ROLE, _PRODS, name="aurora-ferry-prod-dms-secrets"),
    says("master-of-prods-name", MASTER_SECRET, _PRODS, name="aurora-ferry-prod/master"),
    says("target-of-prods-name", TARGET_SECRET, _PRODS, name="aurora-ferry-prod/target"),
    says("parameters-of-prods-name", PARAMETERS, _PRODS,
         name="aurora-ferry-prod-aurora-postgresql15"),
    says("endpoint-of-prods-name", TARGET, _PRODS, endpoint_id="aurora-ferry-prod-target"),
    says("task-of-prods-name", TASK, _PRODS, replication_task_id="aurora-ferry-prod-all"),
    says("log-of-prods-name", FLOW_LOG_GROUP, _PRODS, name="/aws/vpc/flow-logs/aurora-ferry-prod"),
    says("topic-of-prods-name", TOPIC, _PRODS, name="aurora-ferry-prod-alarms"),
    says("alarm-of-prods-name", _CPU, "It overwrites production's, which then watches staging.",
         alarm_name="aurora-cpu-utilization-prod"),
    says("alarm-to-prods-topic", _CPU, "Production's people hear.", alarm_actions=[_TOPIC]),
    says("alarm-of-more-points-than-there-are", _CPU, "CloudWatch refuses it.",
         datapoints_to_alarm=6),
    *(
        edited(f"added-{name}-of-prods-name", _PRODS,
               creates(f"{of.partition('.')[0]}.more", like=of, **said), expected=SECOND_OR_BLOCKED)
        for name, of, said in _ADDED
    ),
)  # fmt: skip
