"""Both endpoints: credentials from secrets, SSL, and settings in the form that reaches DMS."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import Token
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy

from constructs_lib.replication import (
    ReplicationPlugin,
    SourceCertificate,
    SourceEndpoint,
    SourceSettings,
    SslMode,
    TargetEndpoint,
    TargetSettings,
)
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
        "name": "aurora-ferry-dev",
        "secret": SimpleNamespace(arn=SECRET_ARN),
        "access_role": SimpleNamespace(arn=ROLE_ARN, policy=policy),
        "key": SimpleNamespace(arn=KEY_ARN),
        "database_name": "shop",
    }


def endpoint(stack: TerraformStack) -> dict[str, Any]:
    return Template.of(stack).only("aws_dms_endpoint")


def acknowledged(stack: TerraformStack) -> list[str]:
    """The findings that the only endpoint accepts; Testing.synth leaves comments out."""
    (body,) = stack.to_terraform()["resource"]["aws_dms_endpoint"].values()
    return list(body["//"].get("acknowledged", {}))


def test_the_source_is_postgresql_known_by_a_secret_alone(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    source = SourceEndpoint(stack, "source", **arguments)
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
    target = TargetEndpoint(stack, "target", **arguments)
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
    SourceEndpoint(stack, "source", **arguments)
    TargetEndpoint(stack, "target", **arguments)
    for written in Template.of(stack).resources("aws_dms_endpoint").values():
        assert "postgres_settings" not in written
        assert written["lifecycle"]["ignore_changes"] == ["postgres_settings"]


def test_the_source_keeps_the_wal_moving_and_never_cuts_a_lob(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    SourceEndpoint(stack, "source", **arguments)
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
    SourceEndpoint(
        stack,
        "source",
        **arguments,
        settings=SourceSettings(
            plugin=ReplicationPlugin.PGLOGICAL,
            slot_name="ferry_slot",
            capture_ddls=False,
            ddl_artifacts_schema="ferry",
            heartbeat=False,
            heartbeat_frequency_minutes=1,
            heartbeat_schema="ferry",
            execute_timeout_seconds=120,
            map_unbounded_numeric_as_string=True,
        ),
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


def test_the_target_lets_rows_in_without_foreign_keys_and_triggers(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    TargetEndpoint(stack, "target", **arguments)
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
    TargetEndpoint(
        stack,
        "target",
        **arguments,
        settings=TargetSettings(
            after_connect_script="SET search_path = shop",
            max_file_size_kb=1_048_576,
            execute_timeout_seconds=120,
            map_unbounded_numeric_as_string=True,
        ),
        secrets_manager_endpoint="vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com",
    )
    assert endpoint(stack)["extra_connection_attributes"].split(";") == [
        "afterConnectScript=SET search_path = shop",
        "executeTimeout=120",
        "mapBooleanAsBoolean=true",
        "mapUnboundedNumericAsString=true",
        "maxFileSize=1048576",
        "secretsManagerEndpointOverride=vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com",
    ]


def test_an_endpoint_name_that_terraform_resolves_later_becomes_a_reference(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    role = IamRolePolicy(stack, "later", role="dms", policy="{}")
    SourceEndpoint(stack, "source", **arguments, secrets_manager_endpoint=role.name)
    assert endpoint(stack)["extra_connection_attributes"].endswith(
        ";secretsManagerEndpointOverride=${aws_iam_role_policy.later.name}"
    )


@pytest.mark.parametrize("mode", [SslMode.VERIFY_CA, SslMode.VERIFY_FULL])
def test_a_verifying_mode_uses_the_certificate(
    stack: TerraformStack, arguments: dict[str, Any], mode: SslMode
) -> None:
    certificate = SourceCertificate(stack, "ca", name="dev", certificate_pem=PEM)
    SourceEndpoint(stack, "source", **arguments, ssl_mode=mode, certificate=certificate)
    written = endpoint(stack)
    assert written["ssl_mode"] == mode
    assert re.fullmatch(
        r"\$\{aws_dms_certificate\.ca_certificate_[0-9A-F]+\.certificate_arn\}",
        written["certificate_arn"],
    )


@pytest.mark.parametrize("mode", [SslMode.VERIFY_CA, SslMode.VERIFY_FULL])
def test_a_verifying_mode_without_a_certificate_is_refused(
    stack: TerraformStack, arguments: dict[str, Any], mode: SslMode
) -> None:
    with pytest.raises(ValueError, match="there is no certificate") as refused:
        SourceEndpoint(stack, "source", **arguments, ssl_mode=mode)
    assert str(refused.value) == (
        f"ssl_mode is {mode} and there is no certificate; DMS verifies the source by its CA's "
        "certificate. Give certificate, or set ssl_mode to require."
    )


@pytest.mark.parametrize("mode", [SslMode.NONE, SslMode.REQUIRE])
def test_a_certificate_that_nobody_looks_at_is_refused(
    stack: TerraformStack, arguments: dict[str, Any], mode: SslMode
) -> None:
    certificate = SourceCertificate(stack, "ca", name="dev", certificate_pem=PEM)
    with pytest.raises(ValueError, match="there is a certificate") as refused:
        SourceEndpoint(stack, "source", **arguments, ssl_mode=mode, certificate=certificate)
    assert str(refused.value) == (
        f"ssl_mode is {mode} and there is a certificate, which that mode never looks at. Set "
        "ssl_mode to verify-ca or verify-full, or leave certificate out."
    )


def test_a_source_without_ssl_says_why(stack: TerraformStack, arguments: dict[str, Any]) -> None:
    SourceEndpoint(stack, "source", **arguments, ssl_mode=SslMode.NONE)
    assert acknowledged(stack) == ["CKV2_AWS_49"]


def test_a_source_with_ssl_has_nothing_to_acknowledge(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    SourceEndpoint(stack, "source", **arguments)
    assert acknowledged(stack) == []


@pytest.mark.parametrize(
    ("construct", "what"), [(SourceEndpoint, "source"), (TargetEndpoint, "target")]
)
def test_a_name_that_dms_refuses_is_refused(
    stack: TerraformStack,
    arguments: dict[str, Any],
    construct: Callable[..., object],
    what: str,
) -> None:
    with pytest.raises(ValueError, match=f"the {what} endpoint identifier is 'dev_1-{what}'"):
        construct(stack, what, **{**arguments, "name": "dev_1"})


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: SourceSettings(heartbeat_frequency_minutes=61),
            (
                "heartbeat_frequency_minutes is 61 minutes; allowed are 1 to 60 minutes. A longer "
                "interval lets the WAL grow; set heartbeat to false for none."
            ),
        ),
        (
            lambda: SourceSettings(execute_timeout_seconds=0),
            (
                "execute_timeout_seconds is 0 seconds; allowed are 1 to 86400 seconds. A statement that "
                "takes longer than a day is a fault."
            ),
        ),
        (
            lambda: SourceSettings(slot_name="Slot"),
            (
                "slot_name is 'Slot'; allowed are 1 to 63 lower-case letters, digits and underscores, "
                "no digit first, and not pg_ first. Choose a name that needs no quotes."
            ),
        ),
        (
            lambda: SourceSettings(heartbeat_schema="a;b"),
            (
                "heartbeat_schema is 'a;b'; allowed are 1 to 63 lower-case letters, digits and "
                "underscores, no digit first, and not pg_ first. Choose a name that needs no quotes."
            ),
        ),
        (
            lambda: SourceSettings(ddl_artifacts_schema=""),
            (
                "ddl_artifacts_schema is ''; allowed are 1 to 63 lower-case letters, digits and "
                "underscores, no digit first, and not pg_ first. Choose a name that needs no quotes."
            ),
        ),
        (
            lambda: TargetSettings(execute_timeout_seconds=86_401),
            (
                "execute_timeout_seconds is 86401 seconds; allowed are 1 to 86400 seconds. A statement "
                "that takes longer than a day is a fault."
            ),
        ),
        (
            lambda: TargetSettings(max_file_size_kb=0),
            "max_file_size_kb is 0 KB; allowed are 1 to 1048576 KB. DMS writes no larger files.",
        ),
        (
            lambda: TargetSettings(after_connect_script="SET a=b; SET c=d"),
            (
                "after_connect_script is 'SET a=b; SET c=d'; DMS separates an endpoint's settings by "
                "semicolons and knows no escape, so allowed is a value that is not empty and has "
                "neither semicolon nor line break. Leave out a final semicolon; give one statement "
                "only."
            ),
        ),
        (
            lambda: SourceSettings().extra_connection_attributes(secrets_manager_endpoint="a;b"),
            (
                "secretsManagerEndpointOverride is 'a;b'; DMS separates an endpoint's settings by "
                "semicolons and knows no escape, so allowed is a value that is not empty and has "
                "neither semicolon nor line break. Leave out a final semicolon; give one statement "
                "only."
            ),
        ),
    ],
)
def test_a_setting_that_would_not_reach_dms_is_refused(
    build: Callable[[], object], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        build()
