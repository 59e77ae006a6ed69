"""Whether whoever deploys may do what decides over a deployment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from settings.environment import Environment

PERMISSIONS: Final = "permissions"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Actions on one resource, as IAM's simulation is asked about them.

    Args:
        actions: The actions, such as `rds:CreateDBCluster`.
        resource: The ARN that they are for; `*` where AWS draws the id.
        context: Condition keys and their values.
    """

    actions: tuple[str, ...]
    resource: str = "*"
    context: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What the simulation said of an action.

    Args:
        is_allowed: Whether the policies allow it.
        missing: The condition keys that the policies ask for and the simulation could not know.
            AWS may name those of other statements too, so with one a denial is not certain.
    """

    is_allowed: bool
    missing: tuple[str, ...] = ()


def questions(environment: Environment, *, partition: str) -> list[Question]:
    """The decisive actions: without one of them a deployment ends half-way.

    A short list, one or two of each service; docs/policies has all.
    """
    prefix, bucket = environment.prefix, environment.state_bucket
    here = f"{environment.aws.region}:{environment.aws.account_id}"
    dms_role = f"arn:{partition}:iam::{environment.aws.account_id}:role/{prefix}-dms-secrets"
    network = ["ec2:CreateSecurityGroup", "ec2:CreateTags"]
    if environment.network.vpc is not None:
        network += ["ec2:CreateVpc", "ec2:CreateSubnet"]
        network += ["ec2:CreateNatGateway"] if environment.network.vpc.nat != "none" else []
    return [
        Question(
            actions=("s3:GetObject", "s3:PutObject"),
            resource=f"arn:{partition}:s3:::{bucket}/{environment.state_key}",
        ),
        Question(
            actions=(
                *network,
                "kms:CreateKey",
                "dms:CreateReplicationInstance",
                "dms:CreateEndpoint",
                "dms:CreateReplicationTask",
                "cloudwatch:PutMetricAlarm",
            ),
        ),
        Question(
            actions=("rds:CreateDBCluster", "rds:ModifyDBCluster"),
            resource=f"arn:{partition}:rds:{here}:cluster:{prefix}",
        ),
        Question(
            actions=("rds:CreateDBInstance",),
            resource=f"arn:{partition}:rds:{here}:db:{prefix}-writer",
        ),
        Question(
            actions=("secretsmanager:CreateSecret", "secretsmanager:PutSecretValue"),
            resource=f"arn:{partition}:secretsmanager:{here}:secret:{prefix}/master-AbCdEf",
        ),
        Question(actions=("iam:CreateRole", "iam:PutRolePolicy"), resource=dms_role),
        Question(
            actions=("iam:PassRole",),
            resource=dms_role,
            context=(("iam:PassedToService", f"dms.{environment.aws.region}.amazonaws.com"),),
        ),
        Question(
            actions=("logs:CreateLogGroup",),
            resource=f"arn:{partition}:logs:{here}:log-group:dms-tasks-{prefix}",
        ),
        Question(
            actions=("sns:CreateTopic",), resource=f"arn:{partition}:sns:{here}:{prefix}-alarms"
        ),
    ]


def judge(who: str, decisions: Mapping[str, Decision]) -> list[Finding]:
    """Whether `who` may do all of it.

    Args:
        who: The ARN whose policies were simulated.
        decisions: What the simulation said, by action.
    """
    denied = [
        action
        for action, decision in decisions.items()
        if not decision.is_allowed and not decision.missing
    ]
    open_ = {
        action: decision.missing
        for action, decision in decisions.items()
        if not decision.is_allowed and decision.missing
    }
    findings = [_denied(who, denied)] if denied else []
    findings += [_open(who, open_)] if open_ else []
    return findings or [
        Finding(
            check=PERMISSIONS,
            level=Level.RIGHT,
            what=f"{who} may do the {len(decisions)} actions that decide over a deployment, by "
            "IAM's simulation.",
        )
    ]


def _denied(who: str, actions: Sequence[str]) -> Finding:
    return Finding(
        check=PERMISSIONS,
        level=Level.BLOCKED,
        what=f"{who} may not: {', '.join(actions)}.",
        why="A deployment with these credentials ends half-way.",
        remedy="Attach the policies in docs/policies (docs/deployment.md, Permissions), or name "
        "who deploys: --deployer ARN.",
    )


def _open(who: str, actions: Mapping[str, Sequence[str]]) -> Finding:
    keys = sorted({key for missing in actions.values() for key in missing})
    return Finding(
        check=PERMISSIONS,
        level=Level.UNJUDGED,
        what=f"Whether {who} may is not known for: {', '.join(actions)}.",
        why=f"The policies' conditions ask for {', '.join(keys)}, which the simulation is not "
        "given.",
        remedy="Look at the conditions by hand.",
    )
