"""Defects of the key, of what is encrypted with it, of log groups and of secrets."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from facts import outputs
from ferry.check.deployment import encryption as checks
from ferry.check.deployment import logs as log_checks
from ferry.check.deployment import secrets as secret_checks
from tests.integration.defects.planting import (
    another_key,
    defect,
    outputs_changed,
    with_statements,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.deployment.deployed import Deployed


@contextmanager
def _key_policy(deployed: Deployed, change: Callable[[list[Any]], list[Any]]) -> Iterator[None]:
    key_arn = deployed.outputs[outputs.KMS_KEY_ARN]
    right = deployed.kms.get_key_policy(KeyId=key_arn, PolicyName="default")["Policy"]
    wrong = with_statements(right, change)
    deployed.kms.put_key_policy(KeyId=key_arn, PolicyName="default", Policy=wrong)
    yield
    deployed.kms.put_key_policy(KeyId=key_arn, PolicyName="default", Policy=right)


@defect(checks.check_the_key_is_enabled_and_rotates)
def key_that_does_not_rotate(deployed: Deployed) -> Iterator[None]:
    key_arn = deployed.outputs[outputs.KMS_KEY_ARN]
    deployed.kms.disable_key_rotation(KeyId=key_arn)
    yield
    deployed.kms.enable_key_rotation(KeyId=key_arn)


@defect(checks.check_the_key_admits_what_delivers)
def key_that_keeps_alarms_out(deployed: Deployed) -> Iterator[None]:
    alarms = {"Service": "cloudwatch.amazonaws.com"}
    with _key_policy(
        deployed, lambda statements: [one for one in statements if one["Principal"] != alarms]
    ):
        yield


@defect(checks.check_the_key_serves_its_account_through_services)
def key_that_decrypts_for_everyone_in_the_account(deployed: Deployed) -> Iterator[None]:
    with _key_policy(
        deployed,
        lambda statements: [
            {**one, "Condition": {}} if one["Sid"] == "UseThroughServices" else one
            for one in statements
        ],
    ):
        yield


@defect(checks.check_log_groups_are_encrypted)
def log_group_without_the_key(deployed: Deployed) -> Iterator[None]:
    logs = deployed.logs
    name, group = next(iter(log_checks.find_log_groups(deployed).items()))
    arn, days = group.get("logGroupArn", ""), group.get("retentionInDays", 0)
    tags = logs.list_tags_for_resource(resourceArn=arn)["tags"]
    logs.delete_log_group(logGroupName=name)
    logs.create_log_group(logGroupName=name)
    yield
    logs.delete_log_group(logGroupName=name)
    logs.create_log_group(
        logGroupName=name, kmsKeyId=deployed.outputs[outputs.KMS_KEY_ARN], tags=tags
    )
    logs.put_retention_policy(logGroupName=name, retentionInDays=days)


@defect(checks.check_the_environments_secrets_are_encrypted)
def secret_of_another_key(deployed: Deployed) -> Iterator[None]:
    secret_id = deployed.outputs[outputs.SECRET_ARN]
    update = deployed.secretsmanager.update_secret
    with another_key(deployed) as key_arn:
        update(SecretId=secret_id, KmsKeyId=key_arn)
        yield
    update(SecretId=secret_id, KmsKeyId=deployed.outputs[outputs.KMS_KEY_ARN])


@defect(checks.check_dms_is_encrypted)
def dms_of_another_key(deployed: Deployed) -> Iterator[None]:
    # Neither instances nor endpoints can change their key; the environment's can be another.
    with (
        another_key(deployed) as key_arn,
        outputs_changed(deployed, **{outputs.KMS_KEY_ARN: key_arn}),
    ):
        yield


@defect(log_checks.check_log_groups_retention)
def log_group_that_keeps_for_ever(deployed: Deployed) -> Iterator[None]:
    name, group = next(iter(log_checks.find_log_groups(deployed).items()))
    days = group.get("retentionInDays", 0)
    deployed.logs.delete_retention_policy(logGroupName=name)
    yield
    deployed.logs.put_retention_policy(logGroupName=name, retentionInDays=days)


@contextmanager
def _content(deployed: Deployed, output: str, change: dict[str, Any]) -> Iterator[None]:
    """Let a secret say something else; None takes a key away."""
    secret_id = deployed.outputs[output]
    right = deployed.secretsmanager.get_secret_value(SecretId=secret_id)["SecretString"]
    wrong = {
        key: value for key, value in {**json.loads(right), **change}.items() if value is not None
    }
    deployed.secretsmanager.put_secret_value(SecretId=secret_id, SecretString=json.dumps(wrong))
    yield
    deployed.secretsmanager.put_secret_value(SecretId=secret_id, SecretString=right)


@defect(secret_checks.check_the_master_secrets_keys)
def master_secret_without_a_user(deployed: Deployed) -> Iterator[None]:
    with _content(deployed, outputs.MASTER_SECRET_ARN, {"username": None}):
        yield


@defect(secret_checks.check_the_target_secrets_keys)
def target_secret_without_an_engine(deployed: Deployed) -> Iterator[None]:
    with _content(deployed, outputs.SECRET_ARN, {"engine": None}):
        yield


@defect(secret_checks.check_the_target_secret_leads_to_the_cluster)
def target_secret_that_leads_elsewhere(deployed: Deployed) -> Iterator[None]:
    with _content(deployed, outputs.SECRET_ARN, {"host": "elsewhere.example.org"}):
        yield


@defect(secret_checks.check_the_target_secret_has_the_master_password)
def target_secret_with_another_password(deployed: Deployed) -> Iterator[None]:
    with _content(deployed, outputs.SECRET_ARN, {"password": "another"}):
        yield


@defect(secret_checks.check_the_source_secret_leads_to_the_source)
def source_secret_without_a_host(deployed: Deployed) -> Iterator[None]:
    with _content(deployed, outputs.SOURCE_SECRET_ARN, {"host": None}):
        yield
