"""What an environment's documents reach that is not the environment's: nothing but what is said here."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest

from tests.policies.calls import Owner, requests
from tests.policies.environments import DEV, EXISTING_VPC, SIDES
from tests.policies.evaluation import Request, allows, satisfied_by_the_caller
from tests.policies.reference import Action, is_of, matching
from tests.policies.test_evaluation import Document, listed, of, owner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from settings.environment import Environment

OPEN = (
    "account",
    "plan",
    "lock",
    "review",
    "apply-",
    "administrator-",
    "check-",
    "move",
    "operate",
    "cutover",
)
"""All documents but an administrator's `bootstrap`, what is opted into, and the boundary."""

OPTED_IN = ("snapshots", "dms-of-anybody")

OTHERS: Mapping[str, Callable[[Owner], Owner]] = {
    "the other environment": lambda mine: like(mine, {"dev": "prod"}.get(mine.environment, "dev")),
    "a longer name": lambda mine: like(mine, f"{mine.environment}-2"),
    "a name like a reader's": lambda mine: like(mine, f"{mine.environment}-reader-1"),
    "a name like a snapshot's": lambda mine: like(mine, f"{mine.environment}-final"),
    "a name that ends alike": lambda mine: like(mine, f"my-{mine.environment}"),
    "another team": lambda mine: Owner(
        project="payments", environment=mine.environment, region=mine.region
    ),
}
"""Whose things the documents do not reach."""

SECRET_READS = {
    "ec2:DescribeInstanceAttribute",  # user data
    "ec2:DescribeLaunchTemplateVersions",  # user data
    "ec2:DescribeSpotFleetRequests",  # user data
    "ec2:DescribeSpotInstanceRequests",  # user data
    "ec2:DescribeVpnConnections",  # pre-shared keys
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:StartLiveTail",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
}
"""What reads and shows more than what there is. Decrypting is no reading to AWS, but a use."""


def like(mine: Owner, environment: str) -> Owner:
    return Owner(project=mine.project, environment=environment, region=mine.region)


def reached(
    documents: list[Document],
    mine: Owner,
    things: list[str],
    tags: Mapping[str, str],
) -> set[tuple[str, str]]:
    """What changes things with these tags or reads what is secret in them, and is allowed."""
    found = set()
    for action in sensitive(documents):
        about = list(concerning(documents, action))
        for context in ({}, *map(satisfied_by_the_caller, about)):
            for request in requests(
                action, things, tags=tags, sent=mine.sent, context=context, with_optional=True
            ):
                is_theirs = request.resource != "*" and not is_made(action, request)
                if is_theirs and allows([{"Statement": about}], request):
                    found.add((action.name, request.resource))
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


def short(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """What was found, by the kinds of things."""
    return {(action, arn.split(":")[5].partition("/")[0]) for action, arn in found}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_nothing_of_anybody_elses_is_reached(environment: Environment, other: str) -> None:
    mine = owner(environment)
    theirs = OTHERS[other](mine)

    found = reached(of(environment, *OPEN), mine, [*theirs.things, *theirs.around], theirs.tags)

    assert found == set()


@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_what_is_told_by_tags_is_made_with_the_environments_and_no_others(
    environment: Environment,
) -> None:
    mine = owner(environment)
    documents = of(environment, *OPEN, *OPTED_IN)
    others = [OTHERS[other](mine).tags for other in ("the other environment", "another team")]
    found = set()
    for action in sensitive(documents):
        about = list(concerning(documents, action))
        made = [kind for kind in action.kinds if kind.created]
        if not made and any(kind.name for kind in action.kinds):
            continue
        arns = [it for it in mine.things if any(is_of(it, kind.arn) for kind in made)]
        for tags in ({}, {"project": mine.project}, {"environment": mine.environment}, *others):
            sent = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
            for said in ({}, *map(satisfied_by_the_caller, about)):
                rest = {key: said[key] for key in said if not key.startswith("aws:RequestTag/")}
                for arn in arns or ["*"]:
                    asked = Request(action=action.name, resource=arn, context={**rest, **sent})
                    if allows([{"Statement": about}], asked):
                        found.add(action.name)

    assert found == {
        "dms:ModifyEventSubscription",  # opted into
        "dms:ModifyReplicationSubnetGroup",  # opted into
        "ec2:CreateNetworkInterface",  # through a service alone, for DMS
        "sns:SetSubscriptionAttributes",
        "sns:Unsubscribe",
    }


OF_THE_KEY = {
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_what_is_opted_into_reaches_keys_of_the_project(
    environment: Environment, other: str
) -> None:
    """To restore one environment's snapshot in another, RDS needs the first one's key."""
    mine = owner(environment)
    theirs = OTHERS[other](mine)

    found = reached(of(environment, *OPTED_IN), mine, [*theirs.things, *theirs.around], theirs.tags)

    of_the_project = {(action, "key") for action in OF_THE_KEY}
    assert short(found) == (of_the_project if theirs.project == mine.project else set())


@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_what_carries_no_tag_is_nobodys(environment: Environment) -> None:
    """What docs/decisions/0017 says is not kept out: others' things that no tag tells from new ones."""
    mine = owner(environment)
    theirs = OTHERS["another team"](mine)

    found = reached(of(environment, *OPEN), mine, [*theirs.things, *theirs.around], {})

    assert short(found) == {
        ("cloudwatch:PutMetricAlarm", "alarm"),  # whose names end as the environment's
        ("cloudwatch:TagResource", "alarm"),
        ("dms:AddTagsToResource", "cert"),
        ("dms:AddTagsToResource", "endpoint"),
        ("dms:AddTagsToResource", "es"),
        ("dms:AddTagsToResource", "rep"),
        ("dms:AddTagsToResource", "subgrp"),
        ("dms:AddTagsToResource", "task"),
        ("ec2:CreateTags", "security-group"),
        ("ec2:DeleteNetworkInterface", "network-interface"),
        ("ec2:ModifyNetworkInterfaceAttribute", "network-interface"),  # through a service alone
        ("kms:TagResource", "key"),
    }
    alarms = {arn.rpartition(":")[2] for _, arn in found if ":alarm:" in arn}
    assert alarms == {
        f"{name}-{mine.environment}" for name in ("aurora-deadlocks", "dms-cpu-utilization")
    }


@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_what_carries_no_tag_is_taken_no_other_way(environment: Environment) -> None:
    mine = owner(environment)
    documents = of(environment, *OPEN)
    sent = {f"aws:RequestTag/{key}": value for key, value in mine.sent.items()}
    key, alarm = mine.arn("kms", "key/1"), mine.arn("cloudwatch", f"alarm:dms-x-{mine.environment}")

    def may(action: str, resource: str, context: dict[str, str]) -> bool:
        return allows(documents, Request(action=action, resource=resource, context=context))

    # a key that has a name is somebody's; and it gets the environment's tags, no others
    assert may("kms:TagResource", key, sent)
    assert not may("kms:TagResource", key, {**sent, "kms:ResourceAliases": "alias/theirs"})
    # network interfaces are made and changed through a service alone
    interface = mine.arn("ec2", "network-interface/1")
    for action in ("ec2:CreateNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"):
        assert may(action, interface, {"aws:ViaAWSService": "true"})
        assert not may(action, interface, {**sent, "aws:ViaAWSService": "false"})
    for name in ("project", "environment"):
        theirs = {**sent, f"aws:RequestTag/{name}": "theirs"}
        assert not may("kms:TagResource", key, theirs)
        assert not may("cloudwatch:PutMetricAlarm", alarm, theirs)
        assert not may("dms:AddTagsToResource", mine.arn("dms", "endpoint:E"), theirs)


def test_snapshots_without_tags_are_told_by_the_beginning_of_their_names() -> None:
    """What is taken of the project's clusters carries their tags; what lost them is not kept out."""
    mine = owner(DEV)
    theirs = OTHERS["a longer name"](mine)

    found = reached(of(DEV, "snapshots"), mine, [*theirs.things, *theirs.around], {})

    assert short(found) == {
        ("rds:AddTagsToResource", "cluster-snapshot"),
        ("rds:CopyDBClusterSnapshot", "cluster-snapshot"),
        ("rds:CreateDBClusterSnapshot", "cluster-snapshot"),
        ("rds:RestoreDBClusterFromSnapshot", "cluster-snapshot"),
    }


@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_where_aws_knows_no_resource(environment: Environment) -> None:
    """What is left: it makes something new, with the environment's tags; or AWS offers no limit."""
    documents = of(environment, *OPEN, *OPTED_IN)
    found = {
        action.name
        for action in sensitive(documents)
        if not any(kind.name for kind in action.kinds)
        for request in requests(action, [], tags={}, sent=owner(environment).sent)
        if allows(documents, request)
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


# --- roles, and what is handed to services


@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_whoever_deploys_changes_no_identity_but_the_environments_roles(
    environment: Environment,
) -> None:
    """All of IAM's and STS's actions, on roles, users, groups, policies, providers and the rest."""
    mine = owner(environment)
    theirs = OTHERS["the other environment"](mine)
    dms_roles = [mine.iam(f"role/{name}") for name in ("dms-vpc-role", "dms-cloudwatch-logs-role")]
    linked = [
        mine.iam(f"role/aws-service-role/{service}.amazonaws.com/AWSServiceRoleFor")
        for service in ("rds", "dms", "ec2")
    ]
    things = [
        *(*mine.roles, *theirs.roles, *dms_roles, *mine.around, *theirs.around, *linked),
        *(
            mine.iam(kind)
            for kind in ("role/x", "user/x", "group/x", "policy/x", "policy/aurora-ferry-boundary",
                         "instance-profile/x", "mfa/x", "sms-mfa/x", "server-certificate/x",
                         "saml-provider/x",
                         "oidc-provider/token.actions.githubusercontent.com")
        ),
    ]  # fmt: skip
    documents = of(environment, "plan", "apply-", "review", "check-", "operate", *OPTED_IN)
    writing = [
        action
        for service in ("iam", "sts")
        for action in matching(f"{service}:*")
        if action.level not in {"Read", "List"}
    ]
    found = set()
    for action in writing:
        about = list(concerning(documents, action))
        contexts: tuple[dict[str, str], ...] = (
            {},
            {"iam:PermissionsBoundary": mine.iam("policy/aurora-ferry-boundary")},
        )
        for context in (*contexts, *map(satisfied_by_the_caller, about)):
            for arn in ("*", *things):
                asked = Request(action=action.name, resource=arn, context=context)
                if allows([{"Statement": about}], asked):
                    found.add((action.name, arn))

    bounded = environment.aws.permissions_boundary_arn is not None
    secrets, monitoring, flow_logs = mine.roles
    handed = {("iam:PassRole", arn) for arn in (*mine.roles, dms_roles[0])}
    attached = {(f"iam:{verb}RolePolicy", monitoring) for verb in ("Attach", "Detach")}
    changed = {
        (f"iam:{action}", role)
        for role in (secrets, monitoring, flow_logs)
        for action in (
            "CreateRole", "DeleteRole", "DeleteRolePolicy", "PutRolePermissionsBoundary",
            "PutRolePolicy", "TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole",
            "UpdateRoleDescription",
        )
    }  # fmt: skip
    linking = {("iam:CreateServiceLinkedRole", arn) for arn in linked}  # for RDS and the gateway
    assert found == handed | (attached | changed | linking if bounded else set())


@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_roles_are_handed_to_the_services_that_they_are_for_alone(environment: Environment) -> None:
    mine = owner(environment)
    end = mine.principal("x").removeprefix(f"x.{mine.region}.")
    services = {
        *("dms", "ec2", "ecs-tasks", "glue", "lambda", "monitoring.rds", "rds", "states", "vpc-flow-logs"),
        *(f"{name}.{mine.region}" for name in ("dms", "ec2", "lambda")),
    }  # fmt: skip
    documents = of(environment, *OPEN, *OPTED_IN)

    given = {
        service
        for service in services
        for ending in {end, "amazonaws.com"}
        for role in (*mine.roles, mine.iam("role/dms-vpc-role"))
        if allows(
            documents,
            Request(
                action="iam:PassRole",
                resource=role,
                context={"iam:PassedToService": f"{service}.{ending}"},
            ),
        )
    }

    assert given == {"dms", f"dms.{mine.region}", "monitoring.rds", "vpc-flow-logs"}
    for role in mine.roles:
        assert not allows(documents, Request(action="iam:PassRole", resource=role))


@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_service_linked_roles_are_for_two_services(environment: Environment) -> None:
    mine = owner(environment)
    documents = of(environment, *OPEN, *OPTED_IN)
    arn = mine.iam("role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX")
    services = ("rds", "transitgateway", "ec2", "ops.apigateway", "organizations", "sso", "ssm")

    given = {
        service
        for service in services
        if allows(
            documents,
            Request(
                action="iam:CreateServiceLinkedRole",
                resource=arn,
                context={"iam:AWSServiceName": f"{service}.amazonaws.com"},
            ),
        )
    }

    assert given == {"rds", "transitgateway"}


@pytest.mark.parametrize("environment", SIDES.values(), ids=SIDES)
def test_keys_are_used_through_the_services_that_need_them_alone(environment: Environment) -> None:
    """The environment's own as well: nobody decrypts with it what he found elsewhere."""
    mine = owner(environment)
    tags = {f"aws:ResourceTag/{key}": value for key, value in mine.tags.items()}
    documents = of(environment, *OPEN, *OPTED_IN)

    def used_through(service: str | None) -> set[str]:
        through = {"kms:ViaService": mine.principal(service)} if service else {}
        return {
            action
            for action in OF_THE_KEY
            if allows(
                documents,
                Request(
                    action=action,
                    resource=mine.arn("kms", f"key/{mine.environment}"),
                    context={**tags, **through},
                ),
            )
        }

    for service in ("rds", "dms", "secretsmanager"):
        assert used_through(service) == OF_THE_KEY
    for other in (None, "s3", "ec2", "lambda", "logs"):
        assert used_through(other) == set()


# --- ways around, on the environment's own things as on others'


NEVER = (
    "cloudwatch:PutCompositeAlarm",
    "dms:CreateDataProvider",
    "dms:CreateMigrationProject",
    "dms:CreateReplicationConfig",
    "ec2:AssociateIamInstanceProfile",
    "ec2:CreateVpcEndpointServiceConfiguration",
    "ec2:GetPasswordData",
    "ec2:ModifyInstanceAttribute",
    "ec2:RunInstances",
    "kms:ReplicateKey",
    "kms:UpdatePrimaryRegion",
    "lambda:AddPermission",
    "lambda:CreateFunction",
    "logs:CreateExportTask",
    "logs:PutResourcePolicy",
    "logs:PutSubscriptionFilter",
    "rds:CopyDBSnapshot",
    "rds:CreateBlueGreenDeployment",
    "rds:DeleteDBClusterSnapshot",
    "rds:ModifyDBClusterSnapshotAttribute",
    "rds:ModifyDBSnapshotAttribute",
    "rds:RestoreDBClusterFromS3",
    "rds:RestoreDBClusterToPointInTime",
    "rds:StartExportTask",
    "s3:DeleteObjectVersion",
    "s3:GetObjectVersion",
    "s3:PutObjectAcl",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:DeleteResourcePolicy",
    "secretsmanager:PutResourcePolicy",
    "secretsmanager:ReplicateSecretToRegions",
    "secretsmanager:RotateSecret",
    "sns:AddPermission",
    "sns:PutDataProtectionPolicy",
    "sts:AssumeRole",
    *sorted(SECRET_READS - {"logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartLiveTail",
                            "s3:GetObject", "secretsmanager:GetSecretValue"}),
)  # fmt: skip
"""What no document lets anybody do, to whatever thing."""


def test_ways_around_are_in_no_document() -> None:
    for environment in SIDES.values():
        allowed = {
            action.name
            for document in of(environment, *OPEN, *OPTED_IN, "bootstrap")
            for statement in document["Statement"]
            if statement["Effect"] == "Allow"
            for action in chain.from_iterable(map(matching, listed(statement["Action"])))
        }
        assert allowed & set(NEVER) == set()
    assert [name for name in NEVER if not matching(name)] == []


def test_statements_say_what_is_allowed_and_never_what_is_not() -> None:
    """No NotAction and no NotResource; no wildcard but in what only looks or is a use of a key."""
    for environment in SIDES.values():
        for document in of(environment, *OPEN, *OPTED_IN, "bootstrap", "boundary"):
            for statement in document["Statement"]:
                assert set(statement) <= {"Sid", "Effect", "Action", "Resource", "Condition"}
                for action in listed(statement["Action"]):
                    verb = action.partition(":")[2]
                    assert "*" not in verb or verb.startswith(
                        ("Describe", "GenerateDataKey", "ReEncrypt")
                    )


def test_alarms_publish_to_the_environments_topic_and_do_nothing_else() -> None:
    mine = owner(DEV)
    actions = {
        mine.arn("sns", "aurora-ferry-dev-alarms"): True,
        mine.arn("sns", "aurora-ferry-prod-alarms"): False,
        mine.arn("lambda", "function:x"): False,
        f"arn:aws:automate:{mine.region}:ec2:terminate": False,
    }
    for action, is_allowed in actions.items():
        asked = Request(
            action="cloudwatch:PutMetricAlarm",
            resource=mine.arn("cloudwatch", "alarm:aurora-deadlocks-dev"),
            context={"cloudwatch:AlarmActions": action},
        )
        assert allows(of(DEV, *OPEN), asked) is is_allowed


def test_hosted_zones_are_given_to_the_vpc_that_the_file_names() -> None:
    def gives(environment: Environment, vpc: str | None) -> bool:
        context = {"route53:VPCs": f"VPCId={vpc},VPCRegion=eu-central-1"} if vpc else {}
        return allows(
            of(environment, *OPEN),
            Request(
                action="route53:AssociateVPCWithHostedZone",
                resource="arn:aws:route53:::hostedzone/Z",
                context=context,
            ),
        )

    assert gives(EXISTING_VPC, "vpc-11111111")
    assert not gives(EXISTING_VPC, "vpc-22222222")
    assert gives(EXISTING_VPC, None)  # where AWS does not say which
    assert gives(DEV, "vpc-22222222")  # of its own VPC the file has no id


def test_no_subnet_or_security_group_is_asked_about_where_dms_and_rds_place_something() -> None:
    """Why docs/decisions/0017 cannot keep DMS and RDS out of another's subnets."""
    placing = (
        "dms:CreateReplicationInstance",
        "dms:CreateReplicationSubnetGroup",
        "rds:CreateDBCluster",
        "rds:CreateDBInstance",
        "rds:CreateDBSubnetGroup",
        "rds:ModifyDBCluster",
    )
    asked_about = {
        said
        for name in placing
        for action in matching(name)
        for kind in action.kinds
        for said in (kind.arn, *kind.keys)
    }

    assert not {said for said in asked_about if ":ec2:" in said or said.startswith("ec2:")}
    assert {"rds:DatabaseClass", "aws:TagKeys"} < asked_about  # but about these


def test_iam_knows_no_condition_on_who_may_take_a_role() -> None:
    """Why docs/decisions/0017 cannot keep whoever writes a role from writing its trust."""
    keys = {
        key
        for action in ("iam:CreateRole", "iam:UpdateAssumeRolePolicy")
        for each in matching(action)
        for kind in each.kinds
        for key in kind.keys
    }

    assert keys == {
        "aws:RequestTag/${TagKey}",
        "aws:ResourceTag/${TagKey}",
        "aws:TagKeys",
        "iam:PermissionsBoundary",
        "iam:ResourceTag/${TagKey}",
    }


def test_a_caller_says_whatever_a_statement_asks_of_him() -> None:
    statement = {
        "Condition": {
            "Bool": {"aws:ViaAWSService": "true"},
            "Null": {"aws:ResourceTag/project": "true", "ec2:CreateAction": "false"},
            "StringEquals": {"aws:ResourceTag/project": "p", "aws:RequestTag/project": ["p", "q"]},
            "StringLike": {"iam:PassedToService": ["dms.*"]},
        }
    }

    assert satisfied_by_the_caller(statement) == {
        "aws:RequestTag/project": "p",
        "aws:ViaAWSService": "true",
        "ec2:CreateAction": "x",
        "iam:PassedToService": "dms.x",
    }
