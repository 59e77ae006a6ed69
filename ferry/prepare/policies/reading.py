"""What looks and changes nothing: for planning, for the checks, for whoever runs the migration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.dms import LOGS_ROLE, VPC_ROLE
from facts.names import LOCK_SUFFIX
from ferry.prepare.policies.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.prepare.policies.statements import Scope

BUCKET_SETTINGS: Final = (
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
)
"""Reading how the bucket is set up: `ferry bootstrap`, `ferry check aws`."""


_NETWORK: Final = (
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAddresses*",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeFlowLogs",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetwork*",
    "ec2:DescribePrefixLists",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroup*",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
    "ec2:DescribeTransitGateway*",
    "ec2:DescribeVpc*",
    "ec2:DescribeVpnGateways",
)
"""Looking at networks. Not all of `ec2:Describe*`, which shows the user data of instances and the
pre-shared keys of VPN connections. Source:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpnConnections.html"""


def state(scope: Scope, keys: Sequence[str]) -> list[Statement]:
    """Reading states; whether one is there is told by listing the bucket."""
    return [
        Statement(sid="StateList", actions=["s3:ListBucket"], resources=[scope.bucket]),
        Statement(sid="StateRead", actions=["s3:GetObject"], resources=scope.objects(*keys)),
    ]


def lock(scope: Scope, keys: Sequence[str]) -> Statement:
    """The states' locks, which are objects beside them."""
    return Statement(
        sid="Lock",
        actions=["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        resources=scope.objects(*(f"{key}{LOCK_SUFFIX}" for key in keys)),
    )


def resources(scope: Scope) -> list[Statement]:
    """Everything that a stack is made of, as it is in AWS. No secret's value is in it."""
    source = scope.environment.source
    own_secret = source.secret_arn if source else None
    names = scope.names
    secrets = scope.secrets(names.source_secret, names.master_secret, names.target_secret)
    return [
        Statement(
            sid="Look",
            actions=[
                "cloudwatch:DescribeAlarms",
                "cloudwatch:GetDashboard",
                "cloudwatch:ListTagsForResource",
                "dms:Describe*",
                "dms:ListTagsForResource",
                *_NETWORK,
                "ec2:GetTransitGatewayRouteTableAssociations",
                "ec2:GetTransitGatewayRouteTablePropagations",
                "iam:ListRoles",
                "kms:DescribeKey",
                "kms:GetKeyPolicy",
                "kms:GetKeyRotationStatus",
                "kms:ListAliases",
                "kms:ListKeys",
                "kms:ListResourceTags",
                "logs:DescribeLogGroups",
                "logs:ListTagsForResource",
                "rds:Describe*",
                "rds:ListTagsForResource",
                "secretsmanager:ListSecrets",
                "sns:GetSubscriptionAttributes",
                "sns:GetTopicAttributes",
                "sns:ListSubscriptionsByTopic",
                "sns:ListTagsForResource",
            ],
        ),
        Statement(
            sid="LookAtRoles",
            actions=[
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListRolePolicies",
                "iam:ListRoleTags",
            ],
            resources=[*scope.roles, *scope.made_roles(VPC_ROLE, LOGS_ROLE)],
        ),
        Statement(
            sid="LookAtSecrets",
            actions=["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"],
            resources=[*secrets, *([own_secret] if own_secret else [])],
        ),
    ]


def passwords(scope: Scope) -> list[Statement]:
    """The master password: Terraform compares the cluster with it, and makes new ones."""
    return [
        Statement(sid="NewPassword", actions=["secretsmanager:GetRandomPassword"]),
        Statement(
            sid="PasswordForTheCluster",
            actions=["secretsmanager:GetSecretValue"],
            resources=scope.secrets(scope.names.master_secret),
        ),
        _decrypting(scope),
    ]


def _decrypting(scope: Scope) -> Statement:
    return Statement(
        sid="DecryptThroughSecretsManager",
        actions=["kms:Decrypt"],
        resources=scope.keys,
        condition=scope.through("secretsmanager"),
    )


def _shapes_of_secrets(scope: Scope, *names: str) -> Statement:
    """Secrets, of which `ferry check` tells the keys and no value; the source's is one of them."""
    given = scope.environment.source
    own = given.secret_arn if given else None
    source = [own] if own else scope.secrets(scope.names.source_secret)
    return Statement(
        sid="ShapesOfSecrets",
        actions=["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        resources=[*source, *scope.secrets(*names)],
    )


def plan_of_run(scope: Scope, stack: str) -> Statement:
    """Reading what a run of the workflow `apply` has planned, to apply it."""
    return Statement(
        sid="PlanOfTheRun", actions=["s3:GetObject"], resources=scope.plans_of_runs(stack)
    )


def plan(scope: Scope) -> list[Statement]:
    """`terraform plan -lock=false` and `ferry adopt`, of the environment and its account's stack."""
    # That there is a lock may be seen.
    locks = [f"{key}{LOCK_SUFFIX}" for key in scope.state_keys]
    return [
        *state(scope, [*scope.state_keys, *locks]),
        *resources(scope),
        *passwords(scope),
    ]


def locking(scope: Scope) -> list[Statement]:
    """`cdktf diff`, which holds the state's lock while it plans."""
    return [lock(scope, scope.state_keys)]


def review(scope: Scope) -> list[Statement]:
    """Keeping what a run of the workflow `apply` has planned, until it is approved."""
    plans = scope.plans_of_runs(*scope.stacks)
    return [Statement(sid="PlansOfRuns", actions=["s3:PutObject"], resources=plans)]


def check_aws(scope: Scope) -> list[Statement]:
    """`ferry check aws`: what it reads, and the simulation of what the deployer may do."""
    people = [scope.placement.global_arn("iam", f"{kind}/*") for kind in ("role", "user")]
    return [
        Statement(
            sid="Bucket", actions=[*BUCKET_SETTINGS, "s3:ListBucket"], resources=[scope.bucket]
        ),
        Statement(
            sid="Offers",
            actions=[
                "dms:Describe*",
                *_NETWORK,
                "rds:Describe*",
                "servicequotas:GetServiceQuota",
            ],
        ),
        Statement(
            sid="RolesThatDmsLooksUp",
            actions=["iam:GetRole", "iam:ListAttachedRolePolicies"],
            resources=scope.made_roles(VPC_ROLE, LOGS_ROLE),
        ),
        Statement(
            sid="NamesOfSecrets",
            actions=["secretsmanager:DescribeSecret"],
            resources=scope.secrets(
                scope.names.master_secret,
                scope.names.target_secret,
                *([scope.names.reverse_secret] if scope.environment.legs else []),
            ),
        ),
        _shapes_of_secrets(scope),
        *_own_key(scope),
        *_own_topic(scope),
        # Whoever is signed in, whose name the file does not say. It is read, no more.
        Statement(
            sid="WhatTheDeployerMayDo",
            actions=["iam:GetRole", "iam:SimulatePrincipalPolicy"],
            resources=people,
        ),
    ]


def _own_key(scope: Scope) -> list[Statement]:
    if scope.environment.aws.kms_key_arn is None:
        return []
    return [
        Statement(
            sid="OwnKey", actions=["kms:DescribeKey", "kms:GetKeyPolicy"], resources=scope.keys
        )
    ]


def _own_topic(scope: Scope) -> list[Statement]:
    """The topic, and the key of its own, of which nobody knows the tags."""
    if scope.environment.alarms.topic_arn is None:
        return []
    return [
        Statement(
            sid="OwnTopic",
            actions=["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"],
            resources=[scope.topic],
        ),
        Statement(
            sid="KeyOfTheTopic",
            actions=["kms:DescribeKey", "kms:GetKeyPolicy"],
            resources=scope.arns("kms", "key/*"),
        ),
    ]


def check_deployment(scope: Scope) -> list[Statement]:
    """`ferry check deployment`, which has DMS test both connections."""
    return [
        *state(scope, [scope.environment.state_key]),
        *resources(scope),
        _shapes_of_secrets(scope, scope.names.master_secret, scope.names.target_secret),
        _decrypting(scope),
        Statement(sid="Bucket", actions=BUCKET_SETTINGS, resources=[scope.bucket]),
        Statement(
            sid="TestConnections",
            actions=["dms:TestConnection"],
            resources=scope.arns("dms", "endpoint:*", "rep:*"),
            condition=scope.own,
        ),
    ]


def check_source(scope: Scope) -> list[Statement]:
    """`ferry check source`, `suggest tasks`, `prepare-databases`: who signs in to both databases."""
    names, given = scope.names, scope.environment.source
    own = [given.secret_arn] if given and given.secret_arn else scope.secrets(names.source_secret)
    operators = scope.secrets(
        names.reverse_secret,
        names.source_operator_secret,
        names.target_operator_secret,
        names.master_secret,
    )
    return [
        *state(scope, [scope.environment.state_key]),
        Statement(
            sid="WhoSignsIn",
            actions=["secretsmanager:GetSecretValue"],
            resources=[*own, *operators],
        ),
        _decrypting(scope),
    ]


def move(scope: Scope) -> list[Statement]:
    """The commands of the migration: they sign in to both databases, and let tasks run and stop."""
    given = scope.environment.cutover
    secrets = given.application_secret_arns if given else ()
    return [
        *check_source(scope),
        _running(scope),
        Statement(
            sid="Watch",
            actions=[
                "cloudwatch:DescribeAlarms",
                "cloudwatch:GetMetricData",
                "dms:DescribeConnections",
                "dms:DescribePendingMaintenanceActions",
                "dms:DescribeReplicationTasks",
                "dms:DescribeTableStatistics",
                "rds:DescribePendingMaintenanceActions",
            ],
        ),
        *(
            [
                Statement(
                    sid="VersionsOfApplicationSecrets",
                    actions=["secretsmanager:DescribeSecret"],
                    resources=secrets,
                )
            ]
            if secrets
            else ()
        ),
        Statement(
            sid="TaskLogs",
            actions=["logs:FilterLogEvents"],
            resources=scope.log_groups(scope.names.task_log_group),
        ),
    ]


def cutover(scope: Scope) -> list[Statement]:
    """`ferry secret application`, and the switch: the applications' secrets that the file names.

    IAM cannot hold PutSecretValue to a stage, so that holding UpdateSecretVersionStage to one would keep
    nothing out. Which keys encrypt the secrets the file does not say: any of the account's that Secrets
    Manager uses for them, as it tells KMS. Source:
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    """
    given = scope.environment.cutover
    arns = list(given.application_secret_arns) if given else []
    return [
        *state(scope, [scope.environment.state_key]),
        Statement(
            sid="ApplicationSecrets",
            actions=[
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            resources=arns,
        ),
        Statement(
            sid="KeysOfApplicationSecrets",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=scope.arns("kms", "key/*"),
            condition={
                "StringEquals": {
                    "kms:ViaService": scope.placement.regional_principal("secretsmanager"),
                    "kms:EncryptionContext:SecretARN": arns,
                }
            },
        ),
    ]


def cutover_dns(scope: Scope) -> list[Statement]:
    """The switch of the applications' record: that name and type, put in the place of the old one alone.

    A name is written to the condition as Route 53 compares it: small letters, no last point. That the
    keys are there is asked for too, since ForAllValues holds where a key is missing. Sources:
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html,
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    given = scope.environment.cutover
    dns = given.dns if given else None
    if dns is None:
        return []
    begin = f"arn:{scope.placement.partition}:route53:::"
    wanted = {
        "NormalizedRecordNames": dns.name.rstrip(".").lower(),
        "RecordTypes": dns.type,
        "Actions": "UPSERT",
    }
    keys = {f"route53:ChangeResourceRecordSets{key}": value for key, value in wanted.items()}
    return [
        Statement(
            sid="ApplicationsRecord",
            actions=["route53:ChangeResourceRecordSets"],
            resources=[f"{begin}hostedzone/{dns.zone_id}"],
            condition={
                "ForAllValues:StringEquals": keys,
                "Null": dict.fromkeys(keys, "false"),
            },
        ),
        Statement(
            sid="ZoneOfTheRecord",
            actions=["route53:GetHostedZone", "route53:ListResourceRecordSets"],
            resources=[f"{begin}hostedzone/{dns.zone_id}"],
        ),
        Statement(
            sid="ChangeOfTheRecord",
            actions=["route53:GetChange"],
            resources=[f"{begin}change/*"],
        ),
    ]


def operate(scope: Scope) -> list[Statement]:
    """The secrets, `ferry subscribe`, and the runbook's commands while the migration runs."""
    names = scope.names
    subscribe = Statement(sid="Subscribe", actions=["sns:Subscribe"], resources=[scope.topic])
    return [
        *([subscribe] if scope.environment.alarms.https_hosts else []),
        *state(scope, [scope.environment.state_key]),
        _running(scope),
        *_watching(scope),
        Statement(
            sid="TryAnAlarm",
            actions=["cloudwatch:SetAlarmState"],
            resources=scope.alarms,
            condition=scope.own,
        ),
        Statement(
            sid="Secrets",
            actions=[
                "secretsmanager:CreateSecret",
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:RestoreSecret",
                "secretsmanager:TagResource",
            ],
            resources=scope.secrets(
                names.source_secret,
                names.reverse_secret,
                names.source_operator_secret,
                names.target_operator_secret,
            ),
        ),
    ]


def _running(scope: Scope) -> Statement:
    """Tasks run and stop."""
    return Statement(
        sid="Tasks",
        actions=[
            "dms:ReloadTables",
            "dms:StartReplicationTask",
            "dms:StopReplicationTask",
            "dms:TestConnection",
        ],
        resources=scope.arns("dms", "endpoint:*", "rep:*", "task:*"),
        condition=scope.own,
    )


def _watching(scope: Scope) -> list[Statement]:
    """What the runbook's commands look at while tasks run."""
    return [
        Statement(
            sid="Watch",
            actions=[
                "cloudwatch:DescribeAlarms",
                "cloudwatch:GetDashboard",
                "cloudwatch:GetMetricData",
                "cloudwatch:GetMetricStatistics",
                "cloudwatch:ListMetrics",
                "dms:Describe*",
                "ec2:DescribeNatGateways",
                "ec2:DescribeSubnets",
                "logs:DescribeLogGroups",
                "rds:Describe*",
                "sns:ListSubscriptionsByTopic",
            ],
        ),
        Statement(
            sid="TaskLogs",
            actions=[
                "logs:DescribeLogStreams",
                "logs:FilterLogEvents",
                "logs:GetLogEvents",
                "logs:StartLiveTail",
            ],
            resources=scope.log_groups(scope.names.task_log_group),
        ),
    ]
