"""The documents, evaluated: they let the recorded calls pass, and reach nothing of anybody else's."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest

from ferry.prepare.policies import documents
from tests.policies.calls import (
    ACCOUNT,
    BUCKET,
    RECORDED,
    REGION,
    action_of,
    arns,
    needed_behind,
    requests,
)
from tests.policies.environments import BOUNDED, DEV
from tests.policies.evaluation import Request, allows
from tests.policies.reference import Action, is_of, matching

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from settings.environment import Environment

Document = dict[str, Any]

OWN = {"project": "aurora-ferry", "environment": "dev"}
ALL_TAGS = {**OWN, "Name": "aurora-ferry-dev-default-locked"}
HERE, IAM = f"{REGION}:{ACCOUNT}", f"arn:aws:iam::{ACCOUNT}"
BUCKET_ARN = f"arn:aws:s3:::{BUCKET}"
DMS_ROLES = [f"{IAM}:role/dms-vpc-role", f"{IAM}:role/dms-cloudwatch-logs-role"]
MANAGED = "arn:aws:iam::aws:policy/service-role"
BEHIND = {
    "ec2:CreateTags": {"ec2:CreateAction": "CreateVpc"},
    "iam:PassRole": {"iam:PassedToService": f"dms.{REGION}.amazonaws.com"},
    "route53:AssociateVPCWithHostedZone": {},
    **{
        f"kms:{action}": {"kms:ViaService": f"rds.{REGION}.amazonaws.com"}
        for action in ("CreateGrant", "Decrypt", "GenerateDataKey")
    },
}
"""What holds in a call that AWS makes behind another."""


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def of(environment: Environment, *names: str) -> list[Document]:
    """Documents by the beginnings of their names."""
    found = documents(environment, [environment])
    return [each.as_json() for each in found if each.name.startswith(names)]


DEPLOYING = ("plan", "apply-", "administrator-roles")
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "ferry bootstrap": ("bootstrap",),
    "deploy the account's stack": ("account",),
    "plan the account's stack": ("plan", "lock"),
    "ferry secret source": ("operate",),
    "ferry check aws": ("check-aws",),
    "ferry check deployment": ("check-deployment",),
    "first plan": ("plan", "lock"),
    "deploy": DEPLOYING,
    "plan": ("plan", "lock"),
    "ferry adopt": ("plan",),
    "change the tags": DEPLOYING,
    "destroy": DEPLOYING,
}
"""Which documents let each command pass."""

SOURCE, MASTER = "/source-", "/master-"
NOT_TO_ALL: tuple[tuple[str, str, str], ...] = (
    # of these commands, this action, goes to this alone
    ("ferry check aws", "secretsmanager:GetSecretValue", f".*{SOURCE}.*"),
    ("(?!ferry check).*", "secretsmanager:GetSecretValue", f".*{MASTER}.*"),
    ("deploy|change the tags|destroy", "secretsmanager:(?!Describe|GetRes).*", f"(?!.*{SOURCE}).*"),
    ("ferry secret source", "secretsmanager:.*", f".*{SOURCE}.*"),
    ("ferry check deployment|ferry secret source", "s3:GetObject", ".*tfstate"),
    (".*plan.*|ferry adopt", "s3:PutObject", ".*tflock"),
    (".*", "s3:DeleteObject", ".*tflock"),
    ("ferry check aws", "iam:ListAttachedRolePolicies", ".*role/dms-.*"),
    (".*", "iam:(Attach|Detach)RolePolicy", ".*role/(dms-.*|.*-rds-monitoring)"),
)
"""Which calls go to some of the things only; the first row that fits."""


def is_meant(command: str, action: str, arn: str) -> bool:
    """Whether a command makes that call to that thing."""
    for commands, actions, things in NOT_TO_ALL:
        if re.fullmatch(commands, command) and re.fullmatch(actions, action):
            return re.fullmatch(things, arn) is not None
    return True


def everything_of(command: str) -> list[str]:
    """What a command makes its calls to."""
    if "account's stack" in command:
        state = f"{BUCKET_ARN}/account/terraform.tfstate"
        return [BUCKET_ARN, state, f"{state}.tflock", *DMS_ROLES]
    if command == "ferry bootstrap":
        return [BUCKET_ARN]
    mine = [BUCKET_ARN, *arns("aurora-ferry", "dev"), f"arn:aws:rds:{HERE}:og:default:aurora"]
    if command == "ferry check aws":
        return [*mine, *DMS_ROLES, f"{IAM}:user/me"]
    return mine


def asked(command: str, *, boundary: str | None) -> Iterator[Request]:
    """What IAM is asked about a command."""
    recorded = [action for call in RECORDED[command] if (action := action_of(call))]
    behind = needed_behind(recorded)
    for action in (*recorded, *behind):
        context = dict(BEHIND.get(action.name, {})) if action in behind else {}
        if action.name.startswith("iam:"):
            context |= {"iam:PermissionsBoundary": boundary} if boundary else {}
        if action.name in {"iam:AttachRolePolicy", "iam:DetachRolePolicy"}:
            of_account = "account" in command
            policy = (
                "AmazonDMSVPCManagementRole" if of_account else "AmazonRDSEnhancedMonitoringRole"
            )
            context["iam:PolicyARN"] = f"{MANAGED}/{policy}"
        for request in requests(
            action, everything_of(command), tags=OWN, sent=ALL_TAGS, context=context
        ):
            if is_meant(command, action.name, request.resource):
                yield request


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("environment", [DEV, BOUNDED], ids=["without boundary", "with boundary"])
def test_what_was_recorded_passes(environment: Environment, command: str) -> None:
    allowing = of(environment, *COMMANDS[command])

    found = list(asked(command, boundary=environment.aws.permissions_boundary_arn))

    assert found
    refused = [each for each in found if not allows(allowing, each)]
    assert sorted({f"{each.action} {each.resource}" for each in refused}) == []


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (("plan",), False),
        (("plan", "lock"), False),
        (("plan", "apply-", "administrator-roles"), False),
        (("plan", "review"), True),
    ],
    ids=["of pull requests", "of people who plan", "that applies", "that reviews"],
)
def test_only_the_role_that_reviews_puts_a_plan_where_it_is_applied(
    role: tuple[str, ...], *, allowed: bool
) -> None:
    for action in ("s3:PutObject", "s3:DeleteObject"):
        asked = Request(action=action, resource=f"{BUCKET_ARN}/runs/42/dev.tfplan", context={})

        assert allows(of(DEV, *role), asked) is (allowed and action == "s3:PutObject")


# --- nothing of anybody else's


TEAM = {"project": "payments", "environment": "dev"}
FOREIGN: Mapping[str, tuple[list[str], Mapping[str, str]]] = {
    "another environment": (
        arns("aurora-ferry", "prod"),
        {"project": "aurora-ferry", "environment": "prod"},
    ),
    "an environment of a longer name": (
        arns("aurora-ferry", "dev-2"),
        {"project": "aurora-ferry", "environment": "dev-2"},
    ),
    "another team": (arns("payments", "dev"), TEAM),
}
"""Whose things the documents do not reach: ARNs, and the tags on them."""

SECRET_READS = {"secretsmanager:GetSecretValue", "s3:GetObject", "logs:GetLogEvents"}

OPTED_IN = ("snapshots", "dms-of-anybody")


def reached(names: tuple[str, ...], environment: Environment, owner: str) -> set[str]:
    """What changes something or reads what is secret, and is allowed on an owner's things."""
    return reached_things(names, environment, *FOREIGN[owner])


def reached_things(
    names: tuple[str, ...], environment: Environment, things: list[str], tags: Mapping[str, str]
) -> set[str]:
    """The same, of these things with these tags."""
    mine = [
        each.as_json()
        for each in documents(environment, [environment])
        if each.name.startswith(names)
    ]
    found = set()
    for action in sensitive(mine):
        about = [{"Statement": list(concerning(mine, action))}]
        for context in CONTEXTS:
            for request in requests(action, things, tags=tags, sent=ALL_TAGS, context=context):
                is_theirs = request.resource != "*" and not is_made(action, request)
                if is_theirs and allows(about, request):
                    found.add(f"{action.name} {request.resource}")
    return found


def sensitive(documents: list[Document]) -> Iterator[Action]:
    """The actions of documents that change something, or read what is secret."""
    patterns = {
        pattern
        for document in documents
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for pattern in listed(statement["Action"])
    }
    for action in {each.name: each for pattern in patterns for each in matching(pattern)}.values():
        if action.level not in {"Read", "List"} or action.name in SECRET_READS:
            yield action


def concerning(documents: list[Document], action: Action) -> Iterator[Mapping[str, Any]]:
    """The statements about an action: the others need not be looked at for each thing."""
    for document in documents:
        for statement in document["Statement"]:
            if any(fnmatchcase(action.name, each) for each in listed(statement["Action"])):
                yield statement


def is_made(action: Action, request: Request) -> bool:
    """Whether the call makes the thing, so that it is nobody else's."""
    tagged_by_ec2 = action.name == "ec2:CreateTags" and "ec2:CreateAction" in request.context
    return tagged_by_ec2 or any(
        kind.created and is_of(request.resource, kind.arn) for kind in action.kinds
    )


CONTEXTS: tuple[dict[str, str], ...] = (
    {},
    {"kms:ViaService": f"rds.{REGION}.amazonaws.com"},
    {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"},
    {"iam:PassedToService": "dms.amazonaws.com"},
    {"ec2:CreateAction": "CreateVpc"},
)


OPEN = ("account", "plan", "lock", "review", "apply-", "administrator-", "check-", "operate")


@pytest.mark.parametrize("owner", FOREIGN)
@pytest.mark.parametrize("environment", [DEV, BOUNDED], ids=["without boundary", "with boundary"])
def test_nothing_of_anybody_elses_is_reached(environment: Environment, owner: str) -> None:
    assert reached(OPEN, environment, owner) == set()


@pytest.mark.parametrize("owner", FOREIGN)
def test_snapshots_reach_keys_of_the_projects_other_environments(owner: str) -> None:
    """To restore one environment's snapshot in another, RDS needs the first one's key."""
    keys = {request.rpartition(":")[2] for request in reached(("snapshots",), DEV, owner)}

    assert keys == (
        {f"key/{FOREIGN[owner][1]['environment']}"} if owner != "another team" else set()
    )


def test_what_carries_no_tag_is_nobodys() -> None:
    """What docs/decisions/0017 says is not kept out: others' things that no tag tells from new ones."""
    found = reached_things(OPEN, DEV, FOREIGN["another team"][0], {})

    assert {
        (action, arn.split(":")[5].partition("/")[0]) for action, arn in map(str.split, found)
    } == {
        ("cloudwatch:PutMetricAlarm", "alarm"),  # under the environment's own names
        ("cloudwatch:TagResource", "alarm"),
        ("dms:AddTagsToResource", "cert"),
        ("dms:AddTagsToResource", "endpoint"),
        ("dms:AddTagsToResource", "es"),
        ("dms:AddTagsToResource", "rep"),
        ("dms:AddTagsToResource", "subgrp"),
        ("dms:AddTagsToResource", "task"),
        ("ec2:CreateTags", "security-group"),
        ("ec2:DeleteNetworkInterface", "network-interface"),
        ("kms:TagResource", "key"),
    }


def test_where_aws_knows_no_resource() -> None:
    """What is left: it makes something new, with the environment's tags; or AWS offers no limit."""
    mine = of(DEV, *OPEN, *OPTED_IN)
    found = {
        action.name
        for action in sensitive(mine)
        if not any(kind.name for kind in action.kinds)
        for request in requests(action, [], tags={}, sent=ALL_TAGS)
        if allows(mine, request)
    }

    assert found == {
        "dms:CreateEndpoint",
        "dms:CreateEventSubscription",
        "dms:CreateReplicationInstance",
        "dms:CreateReplicationSubnetGroup",
        "dms:ImportCertificate",
        "dms:ModifyEventSubscription",  # opted into
        "dms:ModifyReplicationSubnetGroup",  # opted into
        "kms:CreateKey",
        "sns:SetSubscriptionAttributes",  # a subscription's id is not to be guessed
        "sns:Unsubscribe",
    }
