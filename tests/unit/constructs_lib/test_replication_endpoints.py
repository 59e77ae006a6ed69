"""Both endpoints: credentials from secrets, SSL, and settings in the form that reaches DMS."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import Token
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy

from constructs_lib.replication import SourceCertificate, SourceEndpoint, TargetEndpoint
from tests.unit.constructs_lib.examples import NAMES
from tests.unit.template import Template

if TYPE_CHECKING:
    from collections.abc import Callable

    from cdktf import TerraformStack

PEM = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n"
SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:source"
ROLE_ARN = "arn:aws:iam::111122223333:role/aurora-ferry-dev-dms-secrets"
KEY_ARN = "arn:aws:kms:eu-central-1:111122223333:key/1"


@pytest.fixture
def arguments(stack: TerraformStack) -> dict[str, Any]:
    """What both endpoints need, as the other constructs would give it."""
    policy = IamRolePolicy(stack, "policy", role="dms", policy="{}")
    return {
        "secret": SimpleNamespace(arn=SECRET_ARN),
        "access_role": SimpleNamespace(arn=ROLE_ARN, ready=[policy]),
        "key": SimpleNamespace(arn=KEY_ARN),
        "secrets_manager_endpoint": None,
        "database_name": "shop",
        "execute_timeout_seconds": 60,
        "map_unbounded_numeric_as_string": False,
        "extra_attributes": {},
        "compare_attributes": True,
    }


def make_source(
    stack: TerraformStack, arguments: dict[str, Any], **different: object
) -> SourceEndpoint:
    usual: dict[str, Any] = {
        "identifier": "aurora-ferry-dev-source",
        "engine_name": "postgres",
        "ssl_mode": "require",
        "certificate": None,
        "plugin_name": "test_decoding",
        "slot_name": None,
        "capture_ddls": True,
        "ddl_artifacts_schema": "public",
        "heartbeat": True,
        "heartbeat_frequency_minutes": 5,
        "heartbeat_schema": "public",
    }
    return SourceEndpoint(stack, "source", **{**arguments, **usual, **different})


def make_target(
    stack: TerraformStack, arguments: dict[str, Any], **different: object
) -> TargetEndpoint:
    usual: dict[str, Any] = {
        "identifier": "aurora-ferry-dev-target",
        "engine_name": "aurora-postgresql",
        "ssl_mode": "require",
        "certificate": None,
        "after_connect_script": "SET session_replication_role='replica'",
    }
    return TargetEndpoint(stack, "target", **{**arguments, **usual, **different})


def endpoint(stack: TerraformStack) -> dict[str, Any]:
    return Template.of(stack).only("aws_dms_endpoint")


def acknowledged(stack: TerraformStack) -> list[str]:
    """The findings that the only endpoint accepts; Testing.synth leaves comments out."""
    (body,) = stack.to_terraform()["resource"]["aws_dms_endpoint"].values()
    return list(body["//"].get("acknowledged", {}))


def test_the_source_is_postgresql_known_by_a_secret_alone(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    source = make_source(stack, arguments)
    written = endpoint(stack)
    written.pop("extra_connection_attributes")
    assert written == {
        "endpoint_id": "aurora-ferry-dev-source",
        "endpoint_type": "source",
        "engine_name": "postgres",
        "database_name": "shop",
        "ssl_mode": "require",
        "secrets_manager_arn": SECRET_ARN,
        "secrets_manager_access_role_arn": ROLE_ARN,
        "kms_key_arn": KEY_ARN,
        "pause_replication_tasks": False,
        "depends_on": ["aws_iam_role_policy.policy"],
        "lifecycle": {"ignore_changes": ["postgres_settings"]},
    }
    assert Token.is_unresolved(source.arn)


def test_the_target_is_aurora_known_by_a_secret_alone(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    target = make_target(stack, arguments)
    written = endpoint(stack)
    written.pop("extra_connection_attributes")
    assert written == {
        "endpoint_id": "aurora-ferry-dev-target",
        "endpoint_type": "target",
        "engine_name": "aurora-postgresql",
        "database_name": "shop",
        "ssl_mode": "require",
        "secrets_manager_arn": SECRET_ARN,
        "secrets_manager_access_role_arn": ROLE_ARN,
        "kms_key_arn": KEY_ARN,
        "pause_replication_tasks": False,
        "depends_on": ["aws_iam_role_policy.policy"],
        "lifecycle": {"ignore_changes": ["postgres_settings"]},
    }
    assert Token.is_unresolved(target.arn)


def test_neither_endpoint_uses_postgres_settings_nor_looks_at_them(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    """Provider 5.100.0 never sends a change of them, and DMS shows the attributes there too."""
    make_source(stack, arguments)
    make_target(stack, arguments)
    for written in Template.of(stack).resources("aws_dms_endpoint").values():
        assert "postgres_settings" not in written
        assert written["lifecycle"]["ignore_changes"] == ["postgres_settings"]


def test_the_source_keeps_the_wal_moving_and_never_cuts_a_lob(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    make_source(stack, arguments)
    assert endpoint(stack)["extra_connection_attributes"].split(";") == [
        "captureDdls=true",
        "ddlArtifactsSchema=public",
        "executeTimeout=60",
        "failTasksOnLobTruncation=true",
        "heartbeatEnable=true",
        "heartbeatFrequency=5",
        "heartbeatSchema=public",
        "mapBooleanAsBoolean=true",
        "mapUnboundedNumericAsString=false",
        "pluginName=test_decoding",
    ]


def test_every_setting_of_the_source_reaches_its_attributes(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    make_source(
        stack,
        arguments,
        plugin_name="pglogical",
        slot_name="ferry_slot",
        capture_ddls=False,
        ddl_artifacts_schema="ferry",
        heartbeat=False,
        heartbeat_frequency_minutes=1,
        heartbeat_schema="ferry",
        execute_timeout_seconds=120,
        map_unbounded_numeric_as_string=True,
        secrets_manager_endpoint="vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com",
    )
    assert endpoint(stack)["extra_connection_attributes"].split(";") == [
        "captureDdls=false",
        "ddlArtifactsSchema=ferry",
        "executeTimeout=120",
        "failTasksOnLobTruncation=true",
        "heartbeatEnable=false",
        "heartbeatFrequency=1",
        "heartbeatSchema=ferry",
        "mapBooleanAsBoolean=true",
        "mapUnboundedNumericAsString=true",
        "pluginName=pglogical",
        "secretsManagerEndpointOverride=vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com",
        "slotName=ferry_slot",
    ]


@pytest.mark.parametrize("make", [make_source, make_target])
@pytest.mark.parametrize(
    ("compared", "ignored"),
    [(True, ["postgres_settings"]), (False, ["postgres_settings", "extra_connection_attributes"])],
)
def test_what_dms_shows_of_the_attributes_is_compared_or_not(
    stack: TerraformStack,
    arguments: dict[str, Any],
    make: Callable[..., object],
    *,
    compared: bool,
    ignored: list[str],
) -> None:
    make(stack, arguments, compare_attributes=compared)

    assert endpoint(stack)["lifecycle"] == {"ignore_changes": ignored}


def test_the_target_lets_rows_in_without_foreign_keys_and_triggers(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    make_target(stack, arguments)
    assert endpoint(stack)["extra_connection_attributes"].split(";") == [
        "afterConnectScript=SET session_replication_role='replica'",
        "executeTimeout=60",
        "mapBooleanAsBoolean=true",
        "mapUnboundedNumericAsString=false",
        "maxFileSize=32768",
    ]


def test_every_setting_of_the_target_reaches_its_attributes(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    make_target(
        stack,
        arguments,
        after_connect_script="SET search_path = shop",
        execute_timeout_seconds=120,
        map_unbounded_numeric_as_string=True,
        secrets_manager_endpoint="vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com",
    )
    assert endpoint(stack)["extra_connection_attributes"].split(";") == [
        "afterConnectScript=SET search_path = shop",
        "executeTimeout=120",
        "mapBooleanAsBoolean=true",
        "mapUnboundedNumericAsString=true",
        "maxFileSize=32768",
        "secretsManagerEndpointOverride=vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com",
    ]


def test_an_endpoint_name_that_terraform_resolves_later_becomes_a_reference(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    role = IamRolePolicy(stack, "later", role="dms", policy="{}")
    make_source(stack, arguments, secrets_manager_endpoint=role.name)
    assert endpoint(stack)["extra_connection_attributes"].endswith(
        ";secretsManagerEndpointOverride=${aws_iam_role_policy.later.name}"
    )


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_a_verifying_mode_uses_the_certificate(
    stack: TerraformStack, arguments: dict[str, Any], mode: str
) -> None:
    certificate = SourceCertificate(stack, "ca", names=NAMES, certificate_pem=PEM)
    make_source(stack, arguments, ssl_mode=mode, certificate=certificate)
    written = endpoint(stack)
    assert written["ssl_mode"] == mode
    assert re.fullmatch(
        r"\$\{aws_dms_certificate\.ca_certificate_[0-9A-F]+\.certificate_arn\}",
        written["certificate_arn"],
    )


def warnings(source: SourceEndpoint) -> list[str]:
    """What `cdktf synth` and `cdktf deploy` warn of."""
    return [entry.data for entry in source.node.metadata if entry.type == "@cdktf/warn"]


def test_a_source_without_ssl_says_why_and_is_warned_of(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    source = make_source(stack, arguments, ssl_mode="none")

    assert acknowledged(stack) == ["CKV2_AWS_49"]
    assert warnings(source) == [
        (
            "The source is reached without SSL: its data can be read and changed on the way. "
            'Set ssl_mode = "verify-full", or at least "require", if the source can.'
        )
    ]


def test_a_source_with_ssl_has_nothing_to_acknowledge(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    source = make_source(stack, arguments)

    assert acknowledged(stack) == []
    assert warnings(source) == []


@pytest.mark.parametrize("make", [make_source, make_target])
def test_more_attributes_come_last_as_data(
    make: Any,  # noqa: ANN401 (one of the two above)
    stack: TerraformStack,
    arguments: dict[str, Any],
) -> None:
    make(
        stack,
        arguments,
        extra_attributes={"unboundedVarcharMaxSize": "${x}", "trimSpaceInChar": "false"},
    )

    written = endpoint(stack)["extra_connection_attributes"]
    assert written.endswith(";trimSpaceInChar=false;unboundedVarcharMaxSize=$${x}")
