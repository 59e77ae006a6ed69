"""Defects of the key, of what is encrypted with it, of secrets and of roles."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ferry.check.deployment.logs import find_log_groups
from ferry.check.deployment.roles import find_inline_statements, find_trust
from tests.integration.defects.planting import (
    Defect,
    Plant,
    another_key,
    key,
    swap,
    with_statements,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.deployment.deployed import Deployed

SECRETS_ROLE = "aurora-ferry-dev-dms-secrets"
MONITORING_ROLE = "aurora-ferry-dev-rds-monitoring"
FLOW_LOGS_ROLE = "aurora-ferry-dev-flow-logs"
BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess"
LOGS_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonDMSCloudWatchLogsRole"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def key_policy(change: Callable[[list[Any]], list[Any]]) -> Plant:
    """Change the statements of the key's policy."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        kms = deployed.account.kms
        which: dict[str, Any] = {"KeyId": key_arn(deployed), "PolicyName": "default"}
        right = kms.get_key_policy(**which)["Policy"]
        kms.put_key_policy(**which, Policy=with_statements(right, change))
        yield
        kms.put_key_policy(**which, Policy=right)

    return plant


def secret(output: str, **change: object) -> Plant:
    """Let a secret say something else; None takes a key away."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        secrets, secret_id = deployed.account.secretsmanager, deployed.outputs[output]
        right = secrets.get_secret_value(SecretId=secret_id)["SecretString"]
        content = {**json.loads(right), **change}
        wrong = json.dumps({name: value for name, value in content.items() if value is not None})
        secrets.put_secret_value(SecretId=secret_id, SecretString=wrong)
        yield
        secrets.put_secret_value(SecretId=secret_id, SecretString=right)

    return plant


def trust(role_name: str, **wrong: object) -> Plant:
    """Change a role's trust."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        right = find_trust(deployed, role_name)
        for statement in ({**right, **wrong}, right):
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            deployed.account.iam.update_assume_role_policy(
                RoleName=role_name, PolicyDocument=policy
            )
            if statement is not right:
                yield

    return plant


def own_policy(role_name: str, **wrong: object) -> Plant:
    """Change every statement of a role's only policy."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        iam = deployed.account.iam
        name = iam.list_role_policies(RoleName=role_name)["PolicyNames"][0]
        right = find_inline_statements(deployed, role_name)
        for statements in ([{**one, **wrong} for one in right], right):
            policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
            iam.put_role_policy(RoleName=role_name, PolicyName=name, PolicyDocument=policy)
            if statements is not right:
                yield

    return plant


def key_arn(deployed: Deployed) -> str:
    return str(deployed.outputs["kms_key_arn"])


@contextmanager
def log_group_without_the_key(deployed: Deployed) -> Iterator[None]:
    logs = deployed.account.logs
    name, group = next(iter(find_log_groups(deployed).items()))
    arn, days = group.get("logGroupArn", ""), group.get("retentionInDays", 0)
    tags = logs.list_tags_for_resource(resourceArn=arn)["tags"]
    logs.delete_log_group(logGroupName=name)
    logs.create_log_group(logGroupName=name)
    yield
    logs.delete_log_group(logGroupName=name)
    logs.create_log_group(logGroupName=name, kmsKeyId=key_arn(deployed), tags=tags)
    logs.put_retention_policy(logGroupName=name, retentionInDays=days)


@contextmanager
def secret_of_another_key(deployed: Deployed) -> Iterator[None]:
    secret_id = deployed.outputs["secret_arn"]
    update = deployed.account.secretsmanager.update_secret
    with key(deployed) as another:
        update(SecretId=secret_id, KmsKeyId=another)
        yield
    update(SecretId=secret_id, KmsKeyId=key_arn(deployed))


DEFECTS = (
    Defect(
        "the-key-is-enabled-and-rotates",
        "The key's rotation: found false, should be true.",
        swap(
            lambda deployed: deployed.account.kms.disable_key_rotation(KeyId=key_arn(deployed)),
            lambda deployed: deployed.account.kms.enable_key_rotation(KeyId=key_arn(deployed)),
        ),
    ),
    Defect(
        "the-key-is-enabled-and-rotates",
        "The key arn:aws:kms:eu-central-1:111122223333:key/",
        swap(
            lambda deployed: deployed.account.kms.disable_key(KeyId=key_arn(deployed)),
            lambda deployed: deployed.account.kms.enable_key(KeyId=key_arn(deployed)),
        ),
    ),
    Defect(
        "the-key-admits-what-delivers",
        'Services that the key\'s policy admits: ["cloudwatch.amazonaws.com"] missing; found ',
        key_policy(without("cloudwatch.amazonaws.com")),
    ),
    Defect(
        "the-key-serves-its-account-through-services",
        'The account that the key decrypts for: found nothing, should be "111122223333".',
        key_policy(
            lambda statements: [
                {**one, "Condition": {}} if one["Sid"] == "UseThroughServices" else one
                for one in statements
            ]
        ),
    ),
    Defect(
        "log-groups-are-encrypted",
        "The key of /aws/rds/cluster/aurora-ferry-dev/postgresql: found nothing, should be ",
        log_group_without_the_key,
    ),
    Defect(
        "the-environments-secrets-are-encrypted",
        "The key of the secret aurora-ferry-dev/target: found ",
        secret_of_another_key,
    ),
    Defect(
        "dms-is-encrypted",
        "The replication instance's key: found ",
        another_key("kms_key_arn"),
    ),
    Defect(
        "the-master-secrets-keys",
        'Keys of the master secret: ["username"] missing; found instead [].',
        secret("master_secret_arn", username=None),
    ),
    Defect(
        "the-target-secrets-keys",
        'Keys of the target\'s secret: ["engine"] missing; found instead [].',
        secret("secret_arn", engine=None),
    ),
    Defect(
        "the-target-secret-leads-to-the-cluster",
        'The host in the target\'s secret: found "elsewhere.example.org", should be ',
        secret("secret_arn", host="elsewhere.example.org"),
    ),
    Defect(
        "the-target-secret-has-the-master-password",
        "The target's secret holds another password than the master secret.",
        secret("secret_arn", password="another"),
    ),
    Defect(
        "the-source-secret-leads-to-the-source",
        "The source's secret lacks host, which DMS reads.",
        secret("source_secret_arn", host=None),
    ),
    Defect(
        "the-accounts-roles-are-trusted-to-dms",
        "dms-vpc-role does not let DMS take it (dms.amazonaws.com).",
        trust("dms-vpc-role", Principal={"Service": "ec2.amazonaws.com"}),
    ),
    Defect(
        "the-accounts-roles-carry-awss-policies",
        "dms-cloudwatch-logs-role lacks its policy AmazonDMSCloudWatchLogsRole.",
        swap(
            lambda deployed: deployed.account.iam.detach_role_policy(
                RoleName="dms-cloudwatch-logs-role", PolicyArn=LOGS_POLICY
            ),
            lambda deployed: deployed.account.iam.attach_role_policy(
                RoleName="dms-cloudwatch-logs-role", PolicyArn=LOGS_POLICY
            ),
        ),
    ),
    Defect(
        "the-secrets-role-is-trusted-to-the-regions-dms",
        f"The condition of {SECRETS_ROLE}'s trust: found {{}}, should be ",
        trust(SECRETS_ROLE, Condition={}),
    ),
    Defect(
        "the-secrets-role-reads-the-two-secrets-alone",
        f"What {SECRETS_ROLE} may do: [",
        own_policy(SECRETS_ROLE, Resource="*"),
    ),
    Defect(
        "the-secrets-role-decrypts-through-secretsmanager-alone",
        f"The condition under which {SECRETS_ROLE} decrypts: found {{}}, should be ",
        own_policy(SECRETS_ROLE, Condition={}),
    ),
    Defect(
        "the-monitoring-role",
        f'Policies attached to {MONITORING_ROLE}: found ["AdministratorAccess"], which should not ',
        swap(
            lambda deployed: deployed.account.iam.attach_role_policy(
                RoleName=MONITORING_ROLE, PolicyArn=ADMINISTRATOR
            ),
            lambda deployed: deployed.account.iam.detach_role_policy(
                RoleName=MONITORING_ROLE, PolicyArn=ADMINISTRATOR
            ),
        ),
    ),
    Defect(
        "the-flow-logs-role",
        f"Where {FLOW_LOGS_ROLE} may write: [",
        own_policy(FLOW_LOGS_ROLE, Resource="*"),
    ),
    Defect(
        "the-roles-carry-the-files-boundary",
        f'The permissions boundary of {FLOW_LOGS_ROLE}: found "{BOUNDARY}", should be nothing.',
        swap(
            lambda deployed: deployed.account.iam.put_role_permissions_boundary(
                RoleName=FLOW_LOGS_ROLE, PermissionsBoundary=BOUNDARY
            ),
            lambda deployed: deployed.account.iam.delete_role_permissions_boundary(
                RoleName=FLOW_LOGS_ROLE
            ),
        ),
    ),
)
