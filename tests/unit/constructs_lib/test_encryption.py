"""The key's policy, statement by statement: a wrong one shows only as alarms that never arrive."""

import json
from typing import Any

import pytest
from cdktf import TerraformStack

from constructs_lib.encryption import EnvironmentKey, key_policy
from facts.placement import Placement
from tests.unit.constructs_lib.examples import NAMES, environment_key
from tests.unit.constructs_lib.network_examples import resolved
from tests.unit.template import Template

ROOT = {"AWS": "arn:aws:iam::111122223333:root"}
USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
ON_BEHALF_OF_CALLERS = {
    "kms:CallerAccount": "111122223333",
    "kms:ViaService": [
        "rds.eu-central-1.amazonaws.com",
        "dms.eu-central-1.amazonaws.com",
        "secretsmanager.eu-central-1.amazonaws.com",
        "logs.eu-central-1.amazonaws.com",
    ],
}


def statement(placement: Placement, sid: str) -> dict[str, Any]:
    (found,) = [
        one for one in json.loads(key_policy(NAMES, placement))["Statement"] if one["Sid"] == sid
    ]
    assert isinstance(found, dict)
    assert found.pop("Sid") == sid
    assert found.pop("Effect") == "Allow"
    assert found.pop("Resource") == "*"
    return found


def test_the_policy_has_these_statements_and_no_other(placement: Placement) -> None:
    assert [one["Sid"] for one in json.loads(key_policy(NAMES, placement))["Statement"]] == [
        "Administration",
        "UseThroughServices",
        "GrantsToServices",
        "LogGroups",
        "CloudWatchAlarms",
        "RdsEvents",
        "DmsEvents",
    ]


def test_the_account_administers_the_key(placement: Placement) -> None:
    administration = statement(placement, "Administration")

    assert administration["Principal"] == ROOT
    assert "kms:Put*" in administration["Action"]
    assert "Condition" not in administration


@pytest.mark.parametrize(
    "action", ["kms:*", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:CreateGrant"]
)
def test_administrators_cannot_use_the_key_or_grant_its_use(
    placement: Placement, action: str
) -> None:
    administration = statement(placement, "Administration")

    assert action not in administration["Action"]
    assert not any(
        allowed.endswith("*") and action.startswith(allowed.removesuffix("*"))
        for allowed in administration["Action"]
    )


def test_the_account_uses_the_key_through_rds_dms_secrets_manager_and_logs(
    placement: Placement,
) -> None:
    assert statement(placement, "UseThroughServices") == {
        "Principal": ROOT,
        "Action": USE,
        "Condition": {"StringEquals": ON_BEHALF_OF_CALLERS},
    }


def test_grants_are_for_aws_services_alone(placement: Placement) -> None:
    assert statement(placement, "GrantsToServices") == {
        "Principal": ROOT,
        "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
        "Condition": {
            "StringEquals": ON_BEHALF_OF_CALLERS,
            "Bool": {"kms:GrantIsForAWSResource": "true"},
        },
    }


def test_cloudwatch_logs_encrypts_this_accounts_log_groups(placement: Placement) -> None:
    assert statement(placement, "LogGroups") == {
        "Principal": {"Service": "logs.eu-central-1.amazonaws.com"},
        "Action": USE,
        "Condition": {
            "ArnLike": {
                "kms:EncryptionContext:aws:logs:arn": (
                    "arn:aws:logs:eu-central-1:111122223333:log-group:*"
                )
            }
        },
    }


@pytest.mark.parametrize(
    ("sid", "principal"),
    [
        ("CloudWatchAlarms", "cloudwatch.amazonaws.com"),
        ("RdsEvents", "events.rds.amazonaws.com"),
    ],
)
def test_who_delivers_to_the_encrypted_topic_may_encrypt_for_this_account(
    placement: Placement, sid: str, principal: str
) -> None:
    assert statement(placement, sid) == {
        "Principal": {"Service": principal},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    }


def test_dms_may_encrypt_for_the_environments_topic(placement: Placement) -> None:
    topic = "arn:aws:sns:eu-central-1:111122223333:aurora-ferry-dev-alarms"

    assert statement(placement, "DmsEvents") == {
        "Principal": {"Service": "dms.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Condition": {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": topic}},
    }


def test_nobody_is_admitted_without_an_account_and_a_condition(placement: Placement) -> None:
    for one in json.loads(key_policy(NAMES, placement))["Statement"]:
        assert "*" not in str(one["Principal"])
        assert ("Condition" in one) is (one["Sid"] != "Administration")


def test_principals_and_arns_follow_the_partition() -> None:
    china = Placement(account_id="111122223333", region="cn-north-1")

    assert statement(china, "Administration")["Principal"] == {
        "AWS": "arn:aws-cn:iam::111122223333:root"
    }
    assert statement(china, "LogGroups")["Principal"] == {
        "Service": "logs.cn-north-1.amazonaws.com.cn"
    }
    assert statement(china, "DmsEvents")["Principal"] == {"Service": "dms.amazonaws.com.cn"}
    assert (
        "rds.cn-north-1.amazonaws.com.cn"
        in statement(china, "UseThroughServices")["Condition"]["StringEquals"]["kms:ViaService"]
    )


def test_the_key_rotates_and_has_an_alias(stack: TerraformStack, placement: Placement) -> None:
    key = environment_key(stack, placement)

    template = Template.of(stack)
    made = template.only("aws_kms_key")
    assert made["enable_key_rotation"] is True
    assert made["deletion_window_in_days"] == 30
    assert made["description"] == "Data, secrets, logs and messages of aurora-ferry-dev"
    assert made["policy"] == key_policy(NAMES, placement)
    (local,) = template.resources("aws_kms_key")
    template.has(
        "aws_kms_alias",
        name="alias/aurora-ferry-dev",
        target_key_id=f"${{aws_kms_key.{local}.key_id}}",
    )
    assert resolved(key.arn, stack) == f"${{aws_kms_key.{local}.arn}}"


@pytest.mark.parametrize("prevent_destroy", [True, False])
def test_a_protected_environments_key_cannot_be_destroyed(
    stack: TerraformStack, placement: Placement, *, prevent_destroy: bool
) -> None:
    EnvironmentKey(
        stack,
        "key",
        names=NAMES,
        placement=placement,
        deletion_window_days=7,
        prevent_destroy=prevent_destroy,
    )

    made = Template.of(stack).only("aws_kms_key")
    assert made["lifecycle"] == {"prevent_destroy": prevent_destroy}
    assert made["deletion_window_in_days"] == 7
