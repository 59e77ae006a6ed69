"""The documents, evaluated: the calls that were recorded pass, and one role alone keeps plans."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from ferry.prepare.policies import documents
from tests.policies.calls import RECORDED, Owner, action_of, needed_behind, requests
from tests.policies.environments import DEV, SIDES, ZONE
from tests.policies.evaluation import Request, allows
from tests.policies.reference import matching

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from settings.environment import Environment

Document = dict[str, Any]


def of(environment: Environment, *names: str) -> list[Document]:
    """Documents by the beginnings of their names."""
    found = documents(environment, [environment])
    return [each.as_json() for each in found if each.name.startswith(names)]


def listed(value: str | list[str]) -> list[str]:
    """What a statement names: one stands without brackets."""
    return [value] if isinstance(value, str) else value


def owner(environment: Environment) -> Owner:
    """The environment as the owner of its things."""
    return Owner(
        project="aurora-ferry", environment=environment.name, region=environment.aws.region
    )


DEPLOYING = ("plan", "apply-", "administrator-roles")
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "ferry bootstrap": ("bootstrap",),
    "deploy the account's stack": ("account",),
    "plan the account's stack": ("plan", "lock"),
    "ferry secret source": ("operate",),
    "ferry secret reverse": ("operate",),
    "ferry secret operator": ("operate",),
    "ferry secret application": ("cutover",),
    "ferry prepare-databases": ("check-source",),
    "ferry check source": ("check-source",),
    "ferry suggest tasks": ("check-source",),
    "ferry schema": ("move",),
    "ferry status": ("move",),
    "ferry start": ("move",),
    "ferry watch": ("move",),
    "ferry reload": ("move",),
    "ferry verify": ("move",),
    "ferry cutover": ("move", "cutover"),
    "ferry rollback": ("move", "cutover"),
    "ferry finish": ("move",),
    "ferry report": ("move",),
    "ferry stop": ("move",),
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

BEHIND = {
    "ec2:CreateTags": {"ec2:CreateAction": "CreateVpc"},
    "iam:PassRole": {"iam:PassedToService": "dms"},
    **{
        f"kms:{action}": {"kms:ViaService": "rds"}
        for action in ("CreateGrant", "Decrypt", "GenerateDataKey")
    },
}
"""What holds in a call that AWS makes behind another; services as they are called in the region."""

OF_AWS_ITSELF = {"ec2:EnableTransitGatewayRouteTablePropagation"}
"""What local AWS is asked for and AWS is not: it propagates an attachment's routes by itself where
the gateway says so. Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"""

ROUTE53 = {
    "NormalizedRecordNames": "db.shop.example.com",
    "RecordTypes": "CNAME",
    "Actions": "UPSERT",
}
"""What Route 53 tells IAM of a change of a record."""

SOURCE, MASTER, REVERSE = "/source-", "/master-", "/reverse-"
APPLICATIONS = ":secret:shop/"
OPERATORS = "/operator-(source|target)-"
OF_A_MIGRATION = "ferry (prepare-databases|check source|suggest tasks|schema|status|start|watch|reload|verify|cutover|rollback|finish|report|stop)"
NOT_TO_ALL: tuple[tuple[str, str, str], ...] = (
    # of these commands, this action, goes to this alone
    ("ferry check aws", "secretsmanager:GetSecretValue", f".*{SOURCE}.*"),
    (
        "ferry (cutover|rollback)",
        "secretsmanager:GetSecretValue",
        f".*({SOURCE}|{REVERSE}|{OPERATORS}|{MASTER}|{APPLICATIONS}).*",
    ),
    ("ferry (cutover|rollback)", "secretsmanager:.*", f".*{APPLICATIONS}.*"),
    ("ferry (cutover|rollback)", "route53:GetChange", ".*:change/.*"),
    ("ferry (cutover|rollback)", "route53:.*", f".*:hostedzone/{ZONE}"),
    (
        OF_A_MIGRATION,
        "secretsmanager:GetSecretValue",
        f".*({SOURCE}|{REVERSE}|{OPERATORS}|{MASTER}).*",
    ),
    (OF_A_MIGRATION, "secretsmanager:DescribeSecret", f".*{APPLICATIONS}.*"),
    (OF_A_MIGRATION, "s3:GetObject", ".*tfstate"),
    (OF_A_MIGRATION, "logs:.*", ".*:dms-tasks-.*"),
    ("ferry secret operator", "secretsmanager:.*", f".*{OPERATORS}.*"),
    ("ferry secret application", "secretsmanager:.*", f".*{APPLICATIONS}.*"),
    ("ferry secret reverse", "secretsmanager:.*", f".*{REVERSE}.*"),
    ("(?!ferry check).*", "secretsmanager:GetSecretValue", f".*{MASTER}.*"),
    ("deploy|change the tags|destroy", "secretsmanager:(?!Describe|GetRes).*", f"(?!.*{SOURCE}).*"),
    ("ferry secret source", "secretsmanager:.*", f".*{SOURCE}.*"),
    ("ferry check deployment|ferry secret (source|application)", "s3:GetObject", ".*tfstate"),
    (".*plan.*|ferry adopt", "s3:PutObject", ".*tflock"),
    (".*", "s3:DeleteObject", ".*tflock"),
    (".*", "rds:(?!DescribeGlobal).*", "(?!.*:global-cluster:).*"),
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


def everything_of(command: str, environment: Environment) -> list[str]:
    """What a command makes its calls to."""
    mine = owner(environment)
    dms_roles = [mine.iam("role/dms-vpc-role"), mine.iam("role/dms-cloudwatch-logs-role")]
    if "account's stack" in command:
        state = f"{mine.bucket}/account/terraform.tfstate"
        return [mine.bucket, state, f"{state}.tflock", *dms_roles]
    if command == "ferry bootstrap":
        return [mine.bucket]
    partition = mine.bucket.split(":")[1]
    things = [
        *(mine.bucket, *mine.things, mine.arn("rds", "og:default:aurora")),
        mine.iam("global-cluster:any").replace(":iam:", ":rds:"),
        *(
            f"arn:{partition}:route53:::{it}"
            for it in ("hostedzone/Z", f"hostedzone/{ZONE}", "change/C")
        ),
    ]
    of_applications = mine.arn("secretsmanager", "secret:shop/orders-AbCdEf")
    if re.fullmatch(OF_A_MIGRATION, command) or command in {
        "ferry secret operator",
        "ferry secret reverse",
    }:
        names = ("operator-source", "operator-target", "reverse")
        return [*things, *map(mine.secret, names), of_applications]
    if command == "ferry secret application":
        return [*things, of_applications]
    if command == "ferry check aws":
        return [*things, *dms_roles, mine.iam("user/me"), mine.arn("servicequotas", "vpc/L")]
    return things


def asked(command: str, environment: Environment) -> Iterator[Request]:
    """What IAM is asked about a command."""
    mine, boundary = owner(environment), environment.aws.permissions_boundary_arn
    recorded = [
        action
        for call in RECORDED[command]
        if (action := action_of(call)) and action.name not in OF_AWS_ITSELF
    ]
    behind = needed_behind(recorded)
    for action in (*recorded, *behind):
        known = BEHIND.get(action.name, {}) if action in behind else {}
        context = {
            key: value if key.startswith("ec2:") else mine.principal(value)
            for key, value in known.items()
        }
        if action.name.startswith("iam:"):
            context |= {"iam:PermissionsBoundary": boundary} if boundary else {}
        if action.name in {"iam:AttachRolePolicy", "iam:DetachRolePolicy"}:
            of_account = "account" in command
            policy = (
                "AmazonDMSVPCManagementRole" if of_account else "AmazonRDSEnhancedMonitoringRole"
            )
            context["iam:PolicyARN"] = mine.of_aws(f"service-role/{policy}")
        if action.name == "route53:ChangeResourceRecordSets":
            context |= {f"{action.name}{key}": value for key, value in ROUTE53.items()}
        for request in requests(
            action,
            everything_of(command, environment),
            tags=mine.tags,
            sent=mine.sent,
            context=context,
        ):
            if is_meant(command, action.name, request.resource):
                yield request


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_what_was_recorded_passes(environment: Environment, command: str) -> None:
    allowing = of(environment, *COMMANDS[command])

    found = list(asked(command, environment))

    refused = [each for each in found if not allows(allowing, each)]
    assert sorted({f"{each.action} {each.resource}" for each in refused}) == []
    # and each call was asked about
    recorded = {action.name for call in RECORDED[command] if (action := action_of(call))}
    assert recorded - {each.action for each in found} - OF_AWS_ITSELF == set()


ALSO_ASKED = {
    "kms:Decrypt",  # behind secretsmanager:GetSecretValue, where the key is not AWS's
    "s3:ListBucket",  # without it S3 says of a state that is not there that it is forbidden
}


@pytest.mark.parametrize("document", ["check-source", "move", "cutover"])
@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_whoever_moves_databases_may_call_what_the_commands_call_and_no_more(
    environment: Environment, document: str
) -> None:
    called = {
        action.name
        for command in COMMANDS
        if {*COMMANDS[command]} & {document, *(["check-source"] if document == "move" else [])}
        for call in RECORDED[command]
        if (action := action_of(call))
    }

    allowed = {
        action.name
        for each in of(environment, document)
        for statement in each["Statement"]
        for pattern in listed(statement["Action"])
        for action in matching(pattern)
    }

    also = ALSO_ASKED | ({"kms:GenerateDataKey"} if document == "cutover" else set())
    # what they call passes, as is seen above: by this document, or by another of a command's
    assert allowed - also <= called
    if document == "check-source":
        assert allowed == called | also


@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_whoever_cuts_over_reaches_the_applications_secrets_that_the_file_names_alone(
    environment: Environment,
) -> None:
    mine, cutting_over = owner(environment), of(environment, "cutover")
    named = mine.arn("secretsmanager", "secret:shop/orders-AbCdEf")
    others = mine.arn("secretsmanager", "secret:shop/carts-AbCdEf")

    def may(action: str, resource: str, **context: str) -> bool:
        keys = {key.replace("__", ":"): value for key, value in context.items()}
        return allows(cutting_over, Request(action=action, resource=resource, context=keys))

    for action in (
        "DescribeSecret",
        "GetSecretValue",
        "PutSecretValue",
        "UpdateSecretVersionStage",
    ):
        assert may(f"secretsmanager:{action}", named)
        for other in (others, *mine.things, *mine.around):
            assert not may(f"secretsmanager:{action}", other)
    # whichever key encrypts them, for them alone
    key, through = mine.arn("kms", "key/any"), mine.principal("secretsmanager")
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        said = {"kms__EncryptionContext__SecretARN": named}
        assert may(action, key, kms__ViaService=through, **said)
        assert not may(action, key, **said)
        assert not may(action, key, kms__ViaService=mine.principal("rds"), **said)
        assert not may(
            action, key, kms__ViaService=through, kms__EncryptionContext__SecretARN=others
        )


@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
@pytest.mark.parametrize(
    ("changes", "zone", "is_allowed"),
    [
        ({}, ZONE, True),
        ({}, "Z1", False),
        ({"NormalizedRecordNames": "www.shop.example.com"}, ZONE, False),
        ({"RecordTypes": "A"}, ZONE, False),
        ({"Actions": "CREATE"}, ZONE, False),
        ({"Actions": "DELETE"}, ZONE, False),
        *(({key: None}, ZONE, False) for key in ROUTE53),
    ],
)
def test_whoever_cuts_over_changes_that_record_in_that_way_and_no_other(
    environment: Environment, changes: dict[str, str | None], zone: str, *, is_allowed: bool
) -> None:
    action = "route53:ChangeResourceRecordSets"
    partition = owner(environment).bucket.split(":")[1]
    asked = Request(
        action=action,
        resource=f"arn:{partition}:route53:::hostedzone/{zone}",
        context={f"{action}{key}": value for key, value in {**ROUTE53, **changes}.items() if value},
    )

    assert allows(of(environment, "cutover"), asked) is is_allowed
    assert not allows(of(environment, "move"), asked)


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
        asked = Request(
            action=action, resource=f"{owner(DEV).bucket}/runs/42/dev.tfplan", context={}
        )

        assert allows(of(DEV, *role), asked) is (allowed and action == "s3:PutObject")
