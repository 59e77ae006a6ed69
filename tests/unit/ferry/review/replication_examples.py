"""A replication as it should be: what a test changes in it is what the test is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.unit.ferry.review.plans import ACCOUNT, UNKNOWN, change, configured, stays

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.review.plan.values import Json

TASK = "aws_dms_replication_task"
ENDPOINT = "aws_dms_endpoint"
INSTANCE = "aws_dms_replication_instance"
CERTIFICATE = "aws_dms_certificate"

SETTINGS: Mapping[str, Mapping[str, Json]] = {
    "FullLoadSettings": {"TargetTablePrepMode": "DO_NOTHING"},
    "TargetMetadata": {"TaskRecoveryTableEnabled": True, "LobMaxSize": 1024},
    "Logging": {
        "EnableLogging": True,
        "LogComponents": [{"Id": "TARGET_APPLY", "Severity": "LOGGER_SEVERITY_DEFAULT"}],
    },
    "ControlTablesSettings": {
        "ControlSchema": "awsdms_control",
        "FullLoadExceptionTableEnabled": True,
        "HistoryTableEnabled": True,
        "StatusTableEnabled": True,
        "SuspendedTablesTableEnabled": True,
    },
    "ErrorBehavior": {
        "DataErrorPolicy": "SUSPEND_TABLE",
        "DataTruncationErrorPolicy": "SUSPEND_TABLE",
        "FailOnNoTablesCaptured": True,
    },
    "ValidationSettings": {"EnableValidation": True},
}


def settings(**sections: Mapping[str, Json]) -> str:
    """A task's settings, of which some are others."""
    return json.dumps(
        {
            name: {**SETTINGS.get(name, {}), **sections.get(name, {})}
            for name in {**SETTINGS, **sections}
        }
    )


def rule(schema: str, table: str = "%", action: str = "include", **more: Json) -> dict[str, Any]:
    """A selection rule."""
    return {
        "rule-type": "selection",
        "rule-action": action,
        "object-locator": {"schema-name": schema, "table-name": table},
        **more,
    }


def mappings(*rules: Mapping[str, Any]) -> str:
    """A task's table mappings, numbered."""
    numbered = enumerate(rules, start=1)
    rules = tuple({"rule-id": str(n), "rule-name": f"rule {n}", **it} for n, it in numbered)
    return json.dumps({"rules": rules})


TASK_ATTRIBUTES: Mapping[str, Json] = {
    "cdc_start_position": None,
    "migration_type": "full-load-and-cdc",
    "replication_instance_arn": "arn:instance",
    "replication_task_id": "orders",
    "replication_task_settings": settings(),
    "resource_identifier": "orders",
    "source_endpoint_arn": "arn:source",
    "start_replication_task": False,
    "table_mappings": mappings(rule("orders")),
    "target_endpoint_arn": "arn:target",
}

AROUND = (
    stays(INSTANCE, replication_instance_arn="arn:instance"),
    stays(ENDPOINT, "source", endpoint_arn="arn:source", endpoint_type="source"),
    stays(ENDPOINT, "target", endpoint_arn="arn:target", endpoint_type="target"),
    *(
        stays(
            "aws_cloudwatch_metric_alarm",
            metric,
            dimensions={"ReplicationTaskIdentifier": "orders"},
            metric_name=metric,
        )
        for metric in ("CDCLatencySource", "ValidationFailedOverallCount")
    ),
    stays("aws_dms_event_subscription", source_type="replication-task"),
)
"""What a task hangs on, and what watches it."""


def new_task(**attributes: Json) -> dict[str, Any]:
    """A task that is made."""
    return change(TASK, "create", None, {**TASK_ATTRIBUTES, **attributes}, name="new")


SOURCE_OPTIONS: Mapping[str, str] = {
    "captureDdls": "true",
    "executeTimeout": "60",
    "failTasksOnLobTruncation": "true",
    "heartbeatEnable": "true",
    "mapBooleanAsBoolean": "true",
    "pluginName": "test_decoding",
}
TARGET_OPTIONS: Mapping[str, str] = {
    "afterConnectScript": "SET session_replication_role='replica'",
    "executeTimeout": "60",
    "mapBooleanAsBoolean": "true",
}


def options(of: Mapping[str, str], **changed: str | None) -> str:
    """Extra connection attributes; None takes one out."""
    return ";".join(f"{name}={it}" for name, it in {**of, **changed}.items() if it is not None)


TARGET_SECRET = (
    f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:aurora-ferry-dev/target-AbCdEf"
)


DMS_HERE = "dms.eu-central-1.amazonaws.com"


def allowing(action: str, **more: Json) -> str:
    """A policy that allows one action."""
    return json.dumps({"Statement": {"Effect": "Allow", "Action": action, **more}})


ENDPOINT_ATTRIBUTES: Mapping[str, Json] = {
    "certificate_arn": UNKNOWN,
    "database_name": "app",
    "endpoint_arn": UNKNOWN,
    "endpoint_id": "new",
    "endpoint_type": "source",
    "engine_name": "postgres",
    "extra_connection_attributes": options(SOURCE_OPTIONS),
    "kms_key_arn": UNKNOWN,
    "pause_replication_tasks": False,
    "redshift_settings": UNKNOWN,
    "secrets_manager_access_role_arn": UNKNOWN,
    "secrets_manager_arn": f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:aurora-ferry-dev/source-AbCdEf",
    "ssl_mode": "verify-full",
}

ENDPOINT_CONFIGURATION = configured(
    aws_dms_endpoint__new={
        "certificate_arn": ["aws_dms_certificate.it"],
        "kms_key_arn": ["aws_kms_key.it"],
        "secrets_manager_access_role_arn": ["aws_iam_role.it"],
        "secrets_manager_arn": ["local.source"],
        **{
            name: []
            for name in (
                "database_name",
                "endpoint_type",
                "extra_connection_attributes",
                "ssl_mode",
            )
        },
    },
    aws_secretsmanager_secret_version__target={
        "secret_id": ["aws_secretsmanager_secret.target"],
        "secret_string_wo": ["aws_rds_cluster.it"],
    },
)


def new_endpoint(**attributes: Json) -> dict[str, Any]:
    """An endpoint that is made."""
    return change(ENDPOINT, "create", None, {**ENDPOINT_ATTRIBUTES, **attributes}, name="new")


AROUND_ENDPOINT = (
    stays(CERTIFICATE, certificate_arn="arn:certificate"),
    stays("aws_kms_key", arn="arn:key"),
    stays(
        "aws_iam_role",
        arn="arn:role",
        name="dms",
        assume_role_policy=allowing("sts:AssumeRole", Principal={"Service": DMS_HERE}),
        inline_policy=[{"name": "read", "policy": allowing("secretsmanager:GetSecretValue")}],
    ),
    stays("aws_secretsmanager_secret", "target", arn=TARGET_SECRET),
    stays("aws_secretsmanager_secret_version", "target", secret_id=TARGET_SECRET),
)
