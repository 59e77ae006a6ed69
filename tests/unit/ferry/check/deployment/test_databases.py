"""Several databases: each has the endpoints that the file says, and its tasks lead there."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ferry.check.deployment.checks import CHECKS, judge
from ferry.deployment import State
from ferry.findings import Level
from tests.unit.ferry.check.deployment.conftest import deployed
from tests.unit.ferry.environments import environment, of_several_databases

if TYPE_CHECKING:
    from settings.environment import Environment

SEVERAL = of_several_databases(app="app", crm="CRM")
ROLE = "arn:aws:iam::111122223333:role/aurora-ferry-dev-dms-secrets"
OUTPUTS: dict[str, Any] = {
    "kms_key_arn": "arn:key",
    "secret_arn": "arn:target-secret",
    "source_secret_arn": "arn:source-secret",
    "dms_replication_instance_arn": "arn:instance",
    "dms_source_endpoint_arn": "arn:source",
    "dms_target_endpoint_arn": "arn:target",
    "dms_source_endpoint_arns": {"app": "arn:source", "crm": "arn:source-crm"},
    "dms_target_endpoint_arns": {"app": "arn:target", "crm": "arn:target-crm"},
    "dms_task_arns": {"app": "arn:task:app", "crm": "arn:task:crm"},
}


def endpoint(end: str, name: str, database: str) -> dict[str, Any]:
    return {
        "EndpointArn": f"arn:{name}",
        "EndpointType": end.upper(),
        "EngineName": "postgres" if end == "source" else "aurora-postgresql",
        "SslMode": "require",
        "KmsKeyId": "arn:key",
        "ExtraConnectionAttributes": "mapBooleanAsBoolean=true",
        "PostgreSQLSettings": {
            "DatabaseName": database,
            "SecretsManagerSecretId": f"arn:{end}-secret",
            "SecretsManagerAccessRoleArn": ROLE,
        },
    }


ENDPOINTS = (
    endpoint("source", "source", "app"),
    endpoint("target", "target", "app"),
    endpoint("source", "source-crm", "CRM"),
    endpoint("target", "target-crm", "crm"),
)
TASKS = {
    name: {
        "MigrationType": "full-load-and-cdc",
        "ReplicationTaskArn": f"arn:task:{name}",
        "SourceEndpointArn": f"arn:source{end}",
        "TargetEndpointArn": f"arn:target{end}",
    }
    for name, end in (("app", ""), ("crm", "-crm"))
}


def told(
    check: str,
    *,
    file: Environment = SEVERAL,
    outputs: dict[str, Any] = OUTPUTS,
    endpoints: tuple[dict[str, Any], ...] = ENDPOINTS,
    tasks: dict[str, Any] = TASKS,
) -> list[str]:
    """What a check says is wrong; DMS answers in two pages."""
    pages = [{"Endpoints": endpoints[:2]}, {"Endpoints": endpoints[2:]}]
    paginator = SimpleNamespace(paginate=lambda **_: pages)
    found = deployed(
        file=file,
        clients={"dms": SimpleNamespace(get_paginator=lambda _: paginator)},
        state=State(outputs=outputs),
        tasks=tasks,
        replication_instance={"KmsKeyId": "arn:key"},
    )
    (by_name,) = (it for it in CHECKS if it.name == check)
    return [it.what for it in judge(by_name, found) if it.level is not Level.RIGHT]


@pytest.mark.parametrize(
    "check",
    [
        "dms-is-encrypted",
        "endpoints-hold-no-credentials",
        "endpoints-read-their-secrets",
        "source-endpoint",
        "target-endpoint",
        "task-types-and-ends",
    ],
)
def test_what_is_as_the_file_says_is_right(check: str) -> None:
    assert told(check) == []


def changed(position: int, **wrong: object) -> tuple[dict[str, Any], ...]:
    endpoints = copy.deepcopy(ENDPOINTS)
    endpoints[position].update(wrong)
    return endpoints


def test_an_endpoint_of_another_database_is_told_with_its_own() -> None:
    settings = {**ENDPOINTS[2]["PostgreSQLSettings"], "DatabaseName": "crm"}

    assert told(
        "endpoints-read-their-secrets", endpoints=changed(2, PostgreSQLSettings=settings)
    ) == ['The source\'s endpoint for crm, its database: found "crm", should be "CRM".']


@pytest.mark.parametrize(
    ("check", "position", "wrong", "line"),
    [
        ("dms-is-encrypted", 3, {"KmsKeyId": "arn:other"},
         'The target\'s endpoint for crm, its key: found "arn:other", should be "arn:key".'),
        ("endpoints-hold-no-credentials", 2, {"Username": "somebody"},
         "The source's endpoint for crm holds Username."),
        ("source-endpoint", 2, {"SslMode": "none"},
         'The source\'s endpoint for crm, its SSL mode: found "none", should be "require".'),
        ("target-endpoint", 1, {"SslMode": "none"},
         'The target\'s endpoint for app, its SSL mode: found "none", should be "require".'),
    ],
)  # fmt: skip
def test_each_endpoint_is_looked_at(
    check: str, position: int, wrong: dict[str, Any], line: str
) -> None:
    assert told(check, endpoints=changed(position, **wrong)) == [line]


def test_settings_are_those_of_the_file_at_each_endpoint() -> None:
    assert {line.partition(",")[0] for line in told("source-attributes")} == {
        "The source's endpoint for app",
        "The source's endpoint for crm",
    }
    assert {line.partition(",")[0] for line in told("target-attributes")} == {
        "The target's endpoint for app",
        "The target's endpoint for crm",
    }


def test_a_task_that_leads_to_another_database_is_told() -> None:
    tasks = {**TASKS, "crm": {**TASKS["crm"], "TargetEndpointArn": "arn:target"}}

    assert told("task-types-and-ends", tasks=tasks) == [
        'The task crm, its target: found "arn:target", should be "arn:target-crm".'
    ]


def test_a_task_that_begins_elsewhere_is_told() -> None:
    position = "0/3D000028"
    begins = {**TASKS, "crm": {**TASKS["crm"], "Status": "ready", "CdcStartPosition": position}}
    ran = {**TASKS, "crm": {**begins["crm"], "Status": "running"}}

    assert told("task-types-and-ends", tasks=ran) == []
    assert told("task-types-and-ends", tasks=begins) == [
        "The task crm will begin at 0/3D000028, of which the file says nothing."
    ]


def test_the_position_that_the_file_gives_is_compared() -> None:
    dms = SEVERAL.migration.dms
    first, *others = dms.tasks
    first = first.model_copy(update={"cdc_start_position": "0/3D000028"})
    other = dms.model_copy(update={"tasks": (first, *others)})
    tasks = {**TASKS, "app": {**TASKS["app"], "CdcStartPosition": "0/3E000028"}}

    assert told(
        "task-types-and-ends", file=SEVERAL.model_copy(update={"dms": other}), tasks=tasks
    ) == ['The task app, its first position: found "0/3E000028", should be "0/3D000028".']


def test_the_output_of_one_endpoint_is_that_of_the_clusters_database() -> None:
    outputs = {**OUTPUTS, "dms_target_endpoint_arn": "arn:target-crm"}

    assert told("target-endpoint", outputs=outputs) == [
        'The output dms_target_endpoint_arn: found "arn:target-crm", should be "arn:target".'
    ]


def test_a_database_that_is_not_deployed_yet_ends_the_check_with_its_name() -> None:
    file = of_several_databases(app="app", crm="CRM", erp="erp")

    assert told("source-endpoint", file=file) == [
        "The output dms_source_endpoint_arns lacks the database erp."
    ]


def test_an_endpoint_that_is_gone_is_told() -> None:
    assert told("source-endpoint", endpoints=ENDPOINTS[:2]) == [
        "Endpoints arn:source-crm: found 0, should be exactly one."
    ]


def test_a_way_back_that_the_file_no_longer_has_waits_for_a_deployment() -> None:
    back = {
        "dms_back_task_arns": {},
        "dms_again_task_arns": {},
        "reverse_secret_arn": "arn:reverse",
    }

    assert told("all-outputs-are-there", outputs={**OUTPUTS, **back})[-1] == (
        "The file has no dms.rollback, and there is a way back: dms_again_task_arns, "
        "dms_back_task_arns, reverse_secret_arn."
    )


def test_endpoints_that_the_file_no_longer_has_wait_for_a_deployment() -> None:
    everything = told("all-outputs-are-there", file=environment())

    assert everything[-1] == (
        "The file has one database, and there are endpoints of several: dms_source_endpoint_arns, "
        "dms_target_endpoint_arns."
    )


def test_aurora_alone_is_not_asked_for_what_dms_tells() -> None:
    alone = environment(source=None, dms=None)

    assert told("dms-tells-of-the-instance-and-its-tasks", file=alone) == []
