"""The replication instance: private, encrypted, pinned, with a log that does not grow for ever."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole

from constructs_lib.replication import ReplicationInstance
from tests.unit.constructs_lib.examples import NAMES
from tests.unit.constructs_lib.network_examples import resolved
from tests.unit.template import Template

if TYPE_CHECKING:
    from cdktf import TerraformStack

KEY_ARN = "arn:aws:kms:eu-central-1:111122223333:key/1"


@pytest.fixture
def arguments(stack: TerraformStack) -> dict[str, Any]:
    """What the instance needs, as the other constructs would give it."""
    role = DataAwsIamRole(stack, "dms-vpc-role", name="dms-vpc-role")
    return {
        "names": NAMES,
        "subnet_ids": ("subnet-1", "subnet-2"),
        "security_group_id": "sg-1",
        "key": SimpleNamespace(arn=KEY_ARN),
        "depends_on": [role],
        "engine_version": "3.6.1",
        "instance_class": "dms.t3.medium",
        "allocated_storage_gib": 50,
        "multi_az": False,
        "maintenance_window": "tue:01:00-tue:02:00",
        "apply_immediately": True,
        "log_retention_days": 30,
    }


def written(stack: TerraformStack, type_: str) -> dict[str, Any]:
    return Template.of(stack).only(type_)


def acknowledged(stack: TerraformStack, type_: str) -> list[str]:
    """The findings that the only one of its type accepts; Testing.synth leaves comments out."""
    (body,) = stack.to_terraform()["resource"][type_].values()
    return list(body["//"].get("acknowledged", {}))


def test_it_is_private_and_encrypted_and_as_it_was_asked_for(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    ReplicationInstance(stack, "replication", **arguments)
    instance = written(stack, "aws_dms_replication_instance")
    assert re.fullmatch(
        r"\$\{aws_dms_replication_subnet_group\.[\w-]+\.id\}",
        instance.pop("replication_subnet_group_id"),
    )
    (log_group,) = instance.pop("depends_on")
    assert re.fullmatch(r"aws_cloudwatch_log_group\.replication_task-logs_\w+", log_group)
    assert instance == {
        "replication_instance_id": "aurora-ferry-dev",
        "replication_instance_class": "dms.t3.medium",
        "engine_version": "3.6.1",
        "allow_major_version_upgrade": True,
        "auto_minor_version_upgrade": False,
        "allocated_storage": 50,
        "multi_az": False,
        "publicly_accessible": False,
        "kms_key_arn": KEY_ARN,
        "vpc_security_group_ids": ["sg-1"],
        "preferred_maintenance_window": "tue:01:00-tue:02:00",
        "apply_immediately": True,
    }


def test_it_stands_in_its_subnets_once_the_accounts_role_is_known(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    ReplicationInstance(stack, "replication", **arguments)
    assert written(stack, "aws_dms_replication_subnet_group") == {
        "replication_subnet_group_id": "aurora-ferry-dev-dms",
        "replication_subnet_group_description": "Subnets of the DMS instance aurora-ferry-dev",
        "subnet_ids": ["subnet-1", "subnet-2"],
        "depends_on": ["data.aws_iam_role.dms-vpc-role"],
    }


def test_its_log_group_has_dmss_own_name_and_is_encrypted_and_kept_for_a_time(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    ReplicationInstance(stack, "replication", **arguments)
    assert written(stack, "aws_cloudwatch_log_group") == {
        "name": "dms-tasks-aurora-ferry-dev",
        "retention_in_days": 30,
        "kms_key_id": KEY_ARN,
    }


def test_the_pinned_version_is_acknowledged(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    ReplicationInstance(stack, "replication", **arguments)
    assert acknowledged(stack, "aws_dms_replication_instance") == ["CKV_AWS_222"]


def test_what_uses_it_waits_for_it(stack: TerraformStack, arguments: dict[str, Any]) -> None:
    replication = ReplicationInstance(stack, "replication", **arguments)
    (name,) = Template.of(stack).resources("aws_dms_replication_instance")

    address = f"aws_dms_replication_instance.{name}"
    assert resolved(replication.arn, stack) == f"${{{address}.replication_instance_arn}}"
    assert resolved(replication.identifier, stack) == f"${{{address}.replication_instance_id}}"
