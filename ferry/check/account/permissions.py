"""Whether whoever deploys may do what decides over a deployment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts.alarms import AURORA_CPU
from ferry.account import Unanswered, asked
from ferry.errors import FerryError
from ferry.findings import Finding, Level, blocked, not_judged, right

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from types_boto3_iam import IAMClient

    from facts.placement import Placement
    from ferry.account import Account
    from ferry.check.account.subject import Subject
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


def check(subject: Subject) -> Iterator[Finding]:
    """Have IAM simulate what the deployer may do, and judge it."""
    iam = subject.account.iam
    who = asked(
        "find out who deploys", lambda: subject.deployer_arn or _who_is_signed_in(subject.account)
    )
    if isinstance(who, Unanswered):
        yield not_judged(PERMISSIONS, "What the deployer may do", why=who.why, remedy=who.remedy)
        return
    asks = questions(subject.environment, subject.account.placement)
    answers = asked(f"simulate what {who} may do", lambda: decisions(iam, who, asks))
    if isinstance(answers, Unanswered):
        yield not_judged(PERMISSIONS, f"What {who} may do", why=answers.why, remedy=answers.remedy)
    else:
        yield from judge(who, answers)


def _who_is_signed_in(account: Account) -> str:
    return principal(account.iam, account.sts.get_caller_identity()["Arn"])


def principal(iam: IAMClient, caller_arn: str) -> str:
    """The user or role behind a caller: what policies are attached to.

    A session's ARN names its role without the role's path, which is therefore looked up.

    Args:
        iam: A client for IAM.
        caller_arn: What GetCallerIdentity says.

    Raises:
        FerryError: Nobody can be simulated: the root user, a federated user.
    """
    _, partition, _, _, account_id, resource = caller_arn.split(":", 5)
    kind, _, name = resource.partition("/")
    if kind == "assumed-role":
        return iam.get_role(RoleName=name.partition("/")[0])["Role"]["Arn"]
    if kind == "user":
        return f"arn:{partition}:iam::{account_id}:{resource}"
    raise FerryError(
        f"IAM simulates users and roles, and {caller_arn} is neither; sign in as one, or name who "
        "deploys: --deployer ARN."
    )


def decisions(iam: IAMClient, who: str, questions: Sequence[Question]) -> dict[str, Decision]:
    """What the simulation says, by action.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html

    Args:
        iam: A client for IAM.
        who: The ARN of a user or role.
        questions: What is asked.
    """
    return {
        action: _decision(iam, who, question, action)
        for question in questions
        for action in question.actions
    }


def _decision(iam: IAMClient, who: str, question: Question, action: str) -> Decision:
    """What the simulation says of one action.

    One action in a call: IAM refuses some together, as they "require different authorization
    information", and does not say beforehand which.
    """
    [result] = iam.simulate_principal_policy(
        PolicySourceArn=who,
        ActionNames=[action],
        ResourceArns=[question.resource],
        ContextEntries=[
            {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
            for key, value in question.context
        ],
    )["EvaluationResults"]
    return Decision(
        is_allowed=result["EvalDecision"] == "allowed",
        missing=tuple(result.get("MissingContextValues", [])),
    )


def questions(environment: Environment, placement: Placement) -> list[Question]:
    """The decisive actions: without one of them a deployment ends half-way.

    A short list, one or two of each service; `ferry policies` writes all. What AWS makes gets the
    environment's tags in the same call, and the documents' conditions ask for them.
    """
    names = environment.names
    role = names.secret_access_role if environment.has_migration else names.monitoring_role
    tagged = (
        ("aws:RequestTag/project", names.project),
        ("aws:RequestTag/environment", names.environment),
    )
    made = {"security-group": "ec2:CreateSecurityGroup"}
    if environment.network.vpc is not None:
        made |= {"vpc": "ec2:CreateVpc", "subnet": "ec2:CreateSubnet"}
        if environment.nat != "none":
            made |= {"natgateway": "ec2:CreateNatGateway"}
    return [
        Question(
            actions=("s3:GetObject", "s3:PutObject"),
            resource=placement.bucket_arn(environment.state_bucket, environment.state_key),
        ),
        *(
            Question(actions=(action,), resource=placement.arn("ec2", f"{kind}/*"), context=tagged)
            for kind, action in made.items()
        ),
        Question(
            actions=("ec2:CreateTags",),
            resource=placement.arn("ec2", "security-group/*"),
            context=(*tagged, ("ec2:CreateAction", "CreateSecurityGroup")),
        ),
        _of_the_key(environment, placement, tagged),
        *(_of_dms(environment, placement, tagged) if environment.has_migration else ()),
        Question(
            actions=("cloudwatch:PutMetricAlarm",),
            resource=placement.arn("cloudwatch", f"alarm:{names.alarm(AURORA_CPU.name)}"),
            context=tagged,
        ),
        Question(
            actions=("rds:CreateDBCluster", "rds:ModifyDBCluster"),
            resource=placement.arn("rds", f"cluster:{names.cluster}"),
        ),
        Question(
            actions=("rds:CreateDBInstance",), resource=placement.arn("rds", f"db:{names.writer}")
        ),
        Question(
            actions=("secretsmanager:CreateSecret", "secretsmanager:PutSecretValue"),
            resource=placement.arn("secretsmanager", f"secret:{names.master_secret}-AbCdEf"),
        ),
        *_changes_of_roles(
            environment.aws.permissions_boundary_arn,
            placement.role_arn(role, environment.aws.role_path),
        ),
        Question(
            actions=("logs:CreateLogGroup",),
            resource=placement.arn("logs", f"log-group:{names.postgresql_log_group}"),
        ),
        *_of_the_topic(environment, placement),
    ]


def _of_the_key(
    environment: Environment, placement: Placement, tagged: tuple[tuple[str, str], ...]
) -> Question:
    """Making a key, or having RDS use the one that the file names."""
    own = environment.aws.kms_key_arn
    if own is None:
        return Question(actions=("kms:CreateKey",), context=tagged)
    return Question(
        actions=("kms:CreateGrant", "kms:GenerateDataKey"),
        resource=own,
        context=(("kms:ViaService", placement.regional_principal("rds")),),
    )


def _of_the_topic(environment: Environment, placement: Placement) -> Iterator[Question]:
    """Making the topic, unless the file names one that is there."""
    if environment.alarms.topic_arn is None:
        yield Question(
            actions=("sns:CreateTopic",),
            resource=placement.arn("sns", environment.names.alarm_topic),
        )


def _of_dms(
    environment: Environment, placement: Placement, tagged: tuple[tuple[str, str], ...]
) -> Iterator[Question]:
    names = environment.names
    yield Question(actions=("dms:CreateReplicationInstance", "dms:CreateEndpoint"), context=tagged)
    yield Question(
        actions=("dms:CreateReplicationTask",),
        resource=placement.arn("dms", "rep:*"),
        context=(
            ("aws:ResourceTag/project", names.project),
            ("aws:ResourceTag/environment", names.environment),
        ),
    )
    yield Question(
        actions=("iam:PassRole",),
        resource=placement.role_arn(names.secret_access_role, environment.aws.role_path),
        context=(("iam:PassedToService", placement.regional_principal("dms")),),
    )


def _changes_of_roles(boundary_arn: str | None, role: str) -> Iterator[Question]:
    """Making a role within the boundary; without one an administrator does it, not the deployer."""
    if boundary_arn is not None:
        yield Question(
            actions=("iam:CreateRole", "iam:PutRolePolicy"),
            resource=role,
            context=(("iam:PermissionsBoundary", boundary_arn),),
        )


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
        right(
            PERMISSIONS,
            f"{who} may do the {len(decisions)} actions that decide over a deployment, by "
            "IAM's simulation.",
        )
    ]


def _denied(who: str, actions: Sequence[str]) -> Finding:
    return blocked(
        PERMISSIONS,
        f"{who} may not: {', '.join(actions)}.",
        why="A deployment with these credentials ends half-way.",
        remedy="Attach the documents that 'ferry policies' writes (docs/deployment.md, Permissions), "
        "or name who deploys: --deployer ARN.",
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
