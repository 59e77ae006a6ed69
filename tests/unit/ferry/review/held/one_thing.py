"""One thing of AWS under two addresses, and new roles beside those of the stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.unit.ferry.review.held.base import deployed
from tests.unit.ferry.review.held.edits import (
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    Step,
    creates,
    deletes,
    policy,
    replaces,
    statements,
)
from tests.unit.ferry.review.held.names import (
    ALIAS,
    AURORA_ASSOCIATION,
    AURORA_GROUP,
    AURORA_SUBNET,
    AURORA_SUBNETS,
    CERTIFICATE,
    CLUSTER,
    CLUSTER_EVENTS,
    DASHBOARD,
    DMS_IN,
    DMS_OUT,
    DMS_ROLE,
    DMS_ROLE_POLICY,
    DMS_SUBNETS,
    DMS_TO_INTERNET,
    EMAIL,
    FLOW_LOG,
    INSTANCE_PARAMETERS,
    INTERNET,
    MONITORING_POLICY,
    NAT,
    PARAMETERS,
    READER_1,
    READER_2,
    REPLICA_LAG,
    REPLICATION,
    SECRETS_ENDPOINT,
    SOURCE,
    TARGET,
    TARGET_SECRET,
    TARGET_VERSION,
    TASK,
    TASK_EVENTS,
    TASK_LOG,
    TOPIC,
    TOPIC_POLICY,
    TRANSIT,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.values import Json

_BY_AWS = frozenset({"id", "arn", "security_group_rule_id", "state", "origin"})


def _again(name: str, **to: Json) -> Step:
    """The same in AWS under another address."""
    values = deployed()[name].values
    kept = {key: value for key, value in values.items() if key not in _BY_AWS - {"arn"}}
    if name != TOPIC_POLICY:
        kept.pop("arn", None)
    return creates(f"{name.partition('.')[0]}.again", like=name, **{**kept, **to})


def _moved() -> Iterator[Held]:
    for name in (
        *(MONITORING_POLICY, DMS_ROLE_POLICY, DMS_TO_INTERNET, DMS_IN, DMS_OUT, TARGET_VERSION),
        TOPIC_POLICY,
    ):
        of = name.partition(".")[0].removeprefix("aws_").replace("_", "-")
        yield Held(
            name=f"moved-{of}-by-delete-and-create",
            edit=(deletes(name), _again(name)),
            expected=SECOND_OR_BLOCKED,
            why="What is deleted last takes the new one along.",
        )


_ONCE: Final = (
    *(WRITER_CPU, DASHBOARD, TOPIC, TOPIC_POLICY, EMAIL, CLUSTER_EVENTS, TASK_EVENTS, TASK_LOG),
    *(DMS_ROLE, DMS_ROLE_POLICY, MONITORING_POLICY, ALIAS, TARGET_SECRET, FLOW_LOG),
    *(DMS_IN, DMS_OUT, AURORA_GROUP, DMS_TO_INTERNET, AURORA_ASSOCIATION, AURORA_SUBNET, NAT),
    *(INTERNET, TRANSIT, SECRETS_ENDPOINT, AURORA_SUBNETS, PARAMETERS, INSTANCE_PARAMETERS),
    *(CLUSTER, READER_1, SOURCE, TASK, REPLICATION, DMS_SUBNETS, CERTIFICATE),
)
"""One of each type of which AWS has one of a name, in an account or in what it belongs to."""


def _anew(name: str, action: str, **to: Json) -> Step:
    """A resource is made anew because somebody asks for it; AWS draws its ids again."""
    values = deployed()[name].values
    drawn = {it: UNKNOWN for it in _BY_AWS & values.keys() if name != TOPIC_POLICY or it == "id"}
    why = {"action_reason": "replace_by_triggers"}
    return Step(action=action, name=name, to={**drawn, **to}, beside=why)


def _beside() -> Iterator[Held]:
    for name in _ONCE:
        of = name.partition(".")[0].removeprefix("aws_").replace("_", "-")
        yield Held(
            name=f"anew-{of}-the-new-one-first",
            edit=(_anew(name, "replace-first"),),
            expected=SECOND_OR_BLOCKED,
            why="AWS refuses a second one of the name, or the old one takes the new one along.",
        )


def _meanwhile() -> Iterator[Held]:
    for name in (
        DMS_IN,
        DMS_OUT,
        DMS_TO_INTERNET,
        DMS_ROLE_POLICY,
        MONITORING_POLICY,
        TARGET_VERSION,
    ):
        of = name.partition(".")[0].removeprefix("aws_").replace("_", "-")
        yield Held(
            name=f"anew-{of}-the-old-one-first",
            edit=(_anew(name, "replace"),),
            expected=SECOND_OR_BLOCKED,
            why="There is none meanwhile; of a secret's version, another password is drawn.",
        )


def _taken(name: str, called: str) -> Held:
    """Something new has the name of something that is there."""
    of = name.partition(".")[0].removeprefix("aws_").replace("_", "-")
    kept = {called: deployed()[name].values[called]}
    return Held(
        name=f"name-taken-{of}",
        edit=(creates(f"{name.partition('.')[0]}.more", like=name, **kept),),
        expected=SECOND_OR_BLOCKED,
        why="AWS refuses it, or there is one thing under two addresses.",
    )


def _second(name: str, what: str, why: str, **to: Json) -> Held:
    return Held(
        name=f"second-{what}", edit=(_again(name, **to),), expected=SECOND_OR_BLOCKED, why=why
    )


def _new_role(name: str, principal: Json, *said: dict[str, Any], **more: Json) -> Held:
    """A new role, with its policy."""
    trusts = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}
    return Held(
        name=f"new-role-{name}",
        edit=(
            creates(
                "aws_iam_role.new",
                like=DMS_ROLE,
                name="new",
                assume_role_policy=statements(trusts),
            ),
            creates(
                "aws_iam_role_policy.new",
                like=DMS_ROLE_POLICY,
                name="may",
                role="new",
                policy=statements(*said),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="It may do, or is taken by, what no role of the stacks is for.",
    )


def _may(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


_DMS: Final = {"Service": "dms.eu-central-1.amazonaws.com"}
_ROOT: Final = {"AWS": "arn:aws:iam::111122223333:root"}
_OIDC: Final = {
    "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
}
_OURS: Final = "eu-central-1:111122223333"
_READS: Final = _may("secretsmanager:GetSecretValue", str(deployed()[TARGET_SECRET].values["arn"]))
_ACTS: Final = {
    "rds:DeleteDBCluster": f"arn:aws:rds:{_OURS}:cluster:x",
    "rds:ModifyDBCluster": f"arn:aws:rds:{_OURS}:cluster:x",
    "kms:ScheduleKeyDeletion": f"arn:aws:kms:{_OURS}:key/fc365e4c",
    "secretsmanager:DeleteSecret": f"arn:aws:secretsmanager:{_OURS}:secret:x",
    "ssm:SendCommand": f"arn:aws:ec2:{_OURS}:instance/i-1",
    "lambda:UpdateFunctionCode": f"arn:aws:lambda:{_OURS}:function:x",
    "cloudformation:CreateStack": f"arn:aws:cloudformation:{_OURS}:stack/x",
    "s3:PutObject": "arn:aws:s3:::somebodys-bucket/*",
    "secretsmanager:GetSecretValue": f"arn:aws:secretsmanager:{_OURS}:secret:prod/*",
    "logs:PutLogEvents": f"arn:aws:logs:{_OURS}:log-group:somebodys:*",
}

ROWS: Final = (
    *_moved(),
    *_beside(),
    *_meanwhile(),
    _taken(TASK_LOG, "name"),
    _taken(CLUSTER_EVENTS, "name"),
    _taken(TASK, "replication_task_id"),
    _taken(READER_2, "identifier"),
    _taken(TARGET, "endpoint_id"),
    _taken(TOPIC, "name"),
    _taken(DASHBOARD, "dashboard_name"),
    _taken(WRITER_CPU, "alarm_name"),
    Held(
        name="alarms-swap-their-names",
        edit=(
            replaces(WRITER_CPU, alarm_name=deployed()[REPLICA_LAG].values["alarm_name"]),
            replaces(REPLICA_LAG, alarm_name=deployed()[WRITER_CPU].values["alarm_name"]),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The second overwrites or deletes the first.",
    ),
    Held(
        name="left-over-alarm-of-another-s-name",
        edit=(
            deletes(
                WRITER_CPU,
                was={
                    "alarm_name": deployed()[REPLICA_LAG].values["alarm_name"],
                    "id": deployed()[REPLICA_LAG].values["id"],
                },
                beside={"deposed": "0badc0de"},
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="What is deleted is the other alarm.",
    ),
    _second(
        DMS_ROLE_POLICY,
        "role-policy-that-allows-less",
        "IAM has one policy of a name in a role: the second overwrites the first.",
        policy=policy(DMS_ROLE_POLICY, without=["DecryptSecrets"]),
    ),
    _second(
        TOPIC_POLICY,
        "topic-policy",
        "A topic has one policy: RDS and DMS may no longer publish.",
        policy=statements(
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": str(deployed()[TOPIC_POLICY].values["arn"]),
                "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
            }
        ),
    ),
    _second(TARGET_VERSION, "value-of-a-secret", "AWSCURRENT moves to it."),
    Held(
        name="second-value-of-a-secret-by-reference",
        edit=(
            creates(
                "aws_secretsmanager_secret_version.again",
                like=TARGET_VERSION,
                secret_string_wo_version=7,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="AWSCURRENT moves to it.",
    ),
    _new_role("taken-by-the-account", _ROOT, _READS),
    _new_role("taken-by-a-role", {"AWS": "arn:aws:iam::111122223333:role/other"}, _READS),
    _new_role("taken-by-a-provider", _OIDC, _READS, Action="sts:AssumeRoleWithWebIdentity"),
    *(
        _new_role(f"may-{action.replace(':', '-').lower()}", _DMS, _may(action, resource))
        for action, resource in _ACTS.items()
    ),
)
