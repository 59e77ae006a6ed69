from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.unit.local_aws.aws import Aws, refused, sign_as

if TYPE_CHECKING:
    from boto3.session import Session


def key_id(aws: Aws) -> str:
    return str(aws.kms.create_key()["KeyMetadata"]["KeyId"])


def test_the_rotation_period_reads_back(aws: Aws) -> None:
    key = key_id(aws)
    aws.kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    status = aws.kms.get_key_rotation_status(KeyId=key)
    assert status["KeyRotationEnabled"] is True
    assert status["RotationPeriodInDays"] == 180
    wait = status["NextRotationDate"] - datetime.now(UTC)
    assert timedelta(days=179) < wait < timedelta(days=181)


def test_it_is_a_year_by_default(aws: Aws) -> None:
    key = key_id(aws)
    aws.kms.enable_key_rotation(KeyId=key)
    assert aws.kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 365


def test_a_key_that_does_not_rotate_has_none(aws: Aws) -> None:
    key = key_id(aws)
    aws.kms.enable_key_rotation(KeyId=key)
    aws.kms.disable_key_rotation(KeyId=key)
    status = aws.kms.get_key_rotation_status(KeyId=key)
    assert status["KeyRotationEnabled"] is False
    assert "RotationPeriodInDays" not in status


def test_a_key_that_is_not_there_is_refused(aws: Aws) -> None:
    with refused("NotFoundException"):
        aws.kms.get_key_rotation_status(KeyId="00000000-0000-0000-0000-000000000000")


def test_a_key_may_be_named_by_its_arn(aws: Aws) -> None:
    arn = aws.kms.create_key()["KeyMetadata"]["Arn"]

    aws.kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    aws.kms.cancel_key_deletion(KeyId=arn)
    aws.kms.enable_key(KeyId=arn)

    assert aws.kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Enabled"


def test_another_accounts_key_describes_itself_and_tells_its_policy_at_home_alone(
    aws: Aws, session: Session
) -> None:
    arn = aws.kms.create_key()["KeyMetadata"]["Arn"]
    sign_as(session, "444455556666")

    assert aws.kms.describe_key(KeyId=arn)["KeyMetadata"]["Arn"] == arn
    with refused("NotFoundException"):
        aws.kms.get_key_policy(KeyId=arn, PolicyName="default")


def test_a_new_key_encrypts_unless_something_else_is_said(aws: Aws) -> None:
    signs = aws.kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")["KeyMetadata"]

    assert aws.kms.create_key()["KeyMetadata"]["KeyUsage"] == "ENCRYPT_DECRYPT"
    assert signs["KeyUsage"] == "SIGN_VERIFY"
