"""Names that another environment's things bear: AWS gives a name once, or overwrites what has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.alarms import ALARMS
from ferry.review.plan.plan import Action
from ferry.review.plan.shown import ours
from ferry.review.rules.combined.alarm_values import ACTIONS, ALARM
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Plan

_NAMED_BY: Final = {
    ALARM: ("alarm_name", *ACTIONS),
    "aws_cloudwatch_dashboard": ("dashboard_name",),
    "aws_cloudwatch_log_group": ("name",),
    "aws_db_event_subscription": ("name", "sns_topic"),
    "aws_db_parameter_group": ("name",),
    "aws_db_subnet_group": ("name",),
    "aws_dms_certificate": ("certificate_id",),
    "aws_dms_endpoint": ("endpoint_id",),
    "aws_dms_event_subscription": ("name", "sns_topic_arn"),
    "aws_dms_replication_instance": ("replication_instance_id",),
    "aws_dms_replication_subnet_group": ("replication_subnet_group_id",),
    "aws_dms_replication_task": ("replication_task_id", "resource_identifier"),
    "aws_iam_role": ("name",),
    "aws_kms_alias": ("name",),
    "aws_rds_cluster": ("cluster_identifier", "final_snapshot_identifier"),
    "aws_rds_cluster_instance": ("identifier",),
    "aws_rds_cluster_parameter_group": ("name",),
    "aws_secretsmanager_secret": ("name",),
    "aws_security_group": ("name",),
    "aws_sns_topic": ("name",),
    "aws_sns_topic_subscription": ("topic_arn",),
}
"""By what AWS knows a thing, whom it tells, or whose mail somebody gets."""

_ALARMS: Final = tuple(f"{it.name}-" for it in ALARMS)
_NAMES: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"


def bears_anothers_name(plan: Plan) -> Iterator[Finding]:
    """Something is called as another environment's is, or tells its topic."""
    if not (plan.project and plan.prefix.startswith(f"{plan.project}-")):
        return
    for type_, attributes in _NAMED_BY.items():
        for change in plan.of(type_):
            for attribute in attributes if change.comes or change.action is Action.UPDATE else ():
                value = change.after.get(attribute)
                texts = value if isinstance(value, list) else [value]
                if change.changes(attribute) and any(
                    isinstance(it, str) and _is_anothers(it, plan) for it in texts
                ):
                    yield Finding(
                        danger=Danger.UNCLEAR,
                        change=change,
                        attribute=attribute,
                        effect=Phrase(
                            "{name} is no name of {own}'s: where another environment has it, AWS "
                            "refuses it, or takes the other's for this one.",
                            {"name": change.shown_after(attribute), "own": ours(plan.prefix)},
                        ),
                        source=_NAMES,
                    )


def _is_anothers(name: str, plan: Plan) -> bool:
    """Whether a name is as the stacks give it, and of an environment that is not the plan's."""
    _, project, rest = name.partition(f"{plan.project}-")
    environment = plan.prefix.removeprefix(f"{plan.project}-")
    if project:
        return not (rest == environment or rest.startswith((f"{environment}-", f"{environment}/")))
    return name.startswith(_ALARMS) and not name.endswith(f"-{environment}")
