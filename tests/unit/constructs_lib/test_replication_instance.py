"""The replication instance: private, encrypted, pinned, with a log that does not grow for ever."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import Token
from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole

from constructs_lib.replication import ReplicationInstance
from tests.unit.template import Template

if TYPE_CHECKING:
    from cdktf import TerraformStack

KEY_ARN = "arn:aws:kms:eu-central-1:111122223333:key/1"


@pytest.fixture
def arguments(stack: TerraformStack) -> dict[str, Any]:
    """What the instance needs, as the other constructs would give it."""
    role = DataAwsIamRole(stack, "dms-vpc-role", name="dms-vpc-role")
    return {
        "name": "aurora-ferry-dev",
        "network": SimpleNamespace(dms_subnet_ids=("subnet-1", "subnet-2")),
        "security_groups": SimpleNamespace(dms_id="sg-1"),
        "key": SimpleNamespace(arn=KEY_ARN),
        "depends_on": [role],
    }


def written(stack: TerraformStack, type_: str) -> dict[str, Any]:
    return Template.of(stack).only(type_)


def acknowledged(stack: TerraformStack, type_: str) -> list[str]:
    """The findings that the only one of its type accepts; Testing.synth leaves comments out."""
    (body,) = stack.to_terraform()["resource"][type_].values()
    return list(body["//"].get("acknowledged", {}))


def test_by_default_it_is_large_in_two_zones_private_and_encrypted(
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
        "replication_instance_class": "dms.c5.2xlarge",
        "engine_version": "3.5.4",
        "allow_major_version_upgrade": True,
        "auto_minor_version_upgrade": False,
        "allocated_storage": 100,
        "multi_az": True,
        "publicly_accessible": False,
        "kms_key_arn": KEY_ARN,
        "vpc_security_group_ids": ["sg-1"],
        "preferred_maintenance_window": "sun:03:00-sun:04:00",
        "apply_immediately": True,
    }


def test_what_is_asked_for_reaches_the_instance(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    ReplicationInstance(
        stack,
        "replication",
        **arguments,
        engine_version="3.6.1",
        instance_class="dms.t3.medium",
        allocated_storage_gib=50,
        multi_az=False,
        maintenance_window="tue:01:00-tue:02:00",
        apply_immediately=False,
    )
    Template.of(stack).has(
        "aws_dms_replication_instance",
        engine_version="3.6.1",
        replication_instance_class="dms.t3.medium",
        allocated_storage=50,
        multi_az=False,
        preferred_maintenance_window="tue:01:00-tue:02:00",
        apply_immediately=False,
    )


def test_it_stands_in_the_networks_dms_subnets_once_the_accounts_role_is_known(
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


@pytest.mark.parametrize(("days", "findings"), [(364, ["CKV_AWS_338"]), (365, [])])
def test_a_short_retention_is_acknowledged_and_a_long_one_needs_no_words(
    stack: TerraformStack, arguments: dict[str, Any], days: int, findings: list[str]
) -> None:
    ReplicationInstance(stack, "replication", **arguments, log_retention_days=days)
    assert written(stack, "aws_cloudwatch_log_group")["retention_in_days"] == days
    assert acknowledged(stack, "aws_cloudwatch_log_group") == findings


def test_the_pinned_version_is_acknowledged(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    ReplicationInstance(stack, "replication", **arguments)
    assert acknowledged(stack, "aws_dms_replication_instance") == ["CKV_AWS_222"]


def test_its_identifier_is_known_before_it_is_made(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    replication = ReplicationInstance(stack, "replication", **arguments)
    assert replication.identifier == "aurora-ferry-dev"
    assert Token.is_unresolved(replication.arn)
    assert replication.instance.replication_instance_id_input == "aurora-ferry-dev"


@pytest.mark.parametrize("version", ["3.5", "3.5.4.1", "latest", "3.5.4\n"])
def test_a_version_that_is_not_exact_is_refused(
    stack: TerraformStack, arguments: dict[str, Any], version: str
) -> None:
    with pytest.raises(ValueError, match="engine_version") as refused:
        ReplicationInstance(stack, "replication", **arguments, engine_version=version)
    assert str(refused.value) == (
        f"the DMS engine_version is {version!r}; allowed are three numbers, such as 3.5.4. See aws "
        "dms describe-orderable-replication-instances for what is on offer."
    )


@pytest.mark.parametrize("storage", [4, 6145])
def test_storage_that_no_instance_has_is_refused(
    stack: TerraformStack, arguments: dict[str, Any], storage: int
) -> None:
    with pytest.raises(ValueError, match="allocated_storage_gib") as refused:
        ReplicationInstance(stack, "replication", **arguments, allocated_storage_gib=storage)
    assert str(refused.value) == (
        f"allocated_storage_gib is {storage} GiB; allowed are 5 to 6144 GiB. DMS has no instance "
        "with less or more."
    )


def test_a_name_that_dms_refuses_is_refused(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="the replication instance identifier is 'Dev'"):
        ReplicationInstance(stack, "replication", **{**arguments, "name": "Dev"})
