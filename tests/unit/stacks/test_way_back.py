"""`dms.rollback`: what carries tables back from Aurora and forward again, beside what was there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from settings.dms import Task
from stacks.remarks import remarks
from tests.unit.stacks.conftest import NAMES, synthesized

if TYPE_CHECKING:
    from settings.environment import Environment
    from tests.unit.template import Template

BACK, AGAIN = "back", "again"


def with_way_back(environment: Environment, *tasks: dict[str, Any]) -> Environment:
    """An environment with a way back, and other tasks where some are given."""
    assert environment.dms is not None
    update: dict[str, Any] = {"rollback": True}
    if tasks:
        update["tasks"] = tuple(map(Task.model_validate, tasks))
    return environment.model_copy(update={"dms": environment.dms.model_copy(update=update)})


@pytest.fixture(scope="module")
def legged(environments: dict[str, Environment]) -> dict[str, Template]:
    return {name: synthesized(with_way_back(environments[name])) for name in NAMES}


def bodies(template: Template) -> dict[str, Any]:
    return {
        f"{section}.{type_}.{local}": body
        for section in ("resource", "data", "output", "locals")
        for type_, group in template.document.get(section, {}).items()
        for local, body in (group.items() if section in {"resource", "data"} else [("", group)])
    }


@pytest.mark.parametrize("name", NAMES)
def test_what_was_there_stays_but_for_the_roles_policy_and_the_dashboard(
    name: str, legged: dict[str, Template], templates: dict[str, Template]
) -> None:
    before, after = bodies(templates[name]), bodies(legged[name])

    changed = {it.rpartition(".")[0] for it in before if before[it] != after.get(it)}
    assert changed == {
        "resource.aws_cloudwatch_dashboard",
        "resource.aws_iam_role_policy",
    }
    assert {it.split(".")[1] for it in after.keys() - before.keys()} == {
        *("aws_cloudwatch_metric_alarm", "aws_dms_endpoint", "aws_dms_event_subscription"),
        *("aws_dms_replication_task", "aws_secretsmanager_secrets", "reverse-secret_arn_E914AEA5"),
        *("dms_again_task_arns", "dms_back_task_arns", "reverse_secret_arn"),
    }


def attributes(endpoint: dict[str, Any]) -> dict[str, str]:
    text = endpoint["extra_connection_attributes"]
    return dict(part.split("=", 1) for part in text.split(";"))


def of_legs(template: Template, type_: str) -> dict[str, dict[str, Any]]:
    """The resources of the legs, without the digests that end constructs' names."""
    return {
        re.sub("_[0-9A-F]{8}$", "", local): body
        for local, body in template.resources(type_).items()
        if local.startswith("ways_")
    }


def test_each_leg_reads_by_an_endpoint_and_a_slot_of_its_own(legged: dict[str, Template]) -> None:
    found = of_legs(legged["dev"], "aws_dms_endpoint")

    shown = {
        local: (it["endpoint_id"], it["endpoint_type"], it["engine_name"], it["ssl_mode"])
        for local, it in found.items()
    }
    assert shown == {
        "ways_back_all_source_endpoint": (
            *("aurora-ferry-dev-back-source-all", "source", "aurora-postgresql", "require"),
        ),
        "ways_back_all_target_endpoint": (
            *("aurora-ferry-dev-back-target-all", "target", "postgres", "require"),
        ),
        "ways_again_all_source_endpoint": (
            *("aurora-ferry-dev-again-source-all", "source", "postgres", "require"),
        ),
    }
    back, again = (found[f"ways_{leg}_all_source_endpoint"] for leg in (BACK, AGAIN))
    assert attributes(back)["slotName"] == "ferry_dev_all_back_b41722"
    assert attributes(again)["slotName"] == "ferry_dev_all_again_b41722"
    assert attributes(back)["captureDdls"] == "false"
    assert attributes(back)["heartbeatSchema"] == "awsdms_control"
    target = found["ways_back_all_target_endpoint"]
    assert attributes(target)["afterConnectScript"] == "SET session_replication_role='replica'"
    secrets = [it["secrets_manager_arn"] for it in (back, target, again)]
    assert len(set(secrets)) == 3
    assert "reverse-secret" in target["secrets_manager_arn"]


def test_the_role_reads_the_reverse_secret(legged: dict[str, Template]) -> None:
    (policy,) = (
        body
        for local, body in legged["dev"].resources("aws_iam_role_policy").items()
        if local.startswith("secret-access")
    )

    assert "reverse-secret" in policy["policy"]


def test_a_leg_carries_changes_alone_by_its_own_marker(legged: dict[str, Template]) -> None:
    tasks = of_legs(legged["prod"], "aws_dms_replication_task")

    assert sorted(tasks) == sorted(
        f"ways_{leg}_{task}_task" for leg in (BACK, AGAIN) for task in ("orders", "rest")
    )
    for local, body in tasks.items():
        _, leg, name, _ = local.split("_")
        rules = json.loads(body["table_mappings"])["rules"]
        marker = f"fence_{name}_back" if leg == BACK else f"fence_{name}"
        assert rules[0]["object-locator"] == {"schema-name": "ferry", "table-name": marker}
        assert body["migration_type"] == "cdc"
        assert body["start_replication_task"] is False
        assert "cdc_start_position" not in body
        assert body["replication_task_id"] == f"aurora-ferry-prod-{name}-{leg}"
        settings = json.loads(body["replication_task_settings"])
        assert settings["ValidationSettings"]["EnableValidation"] is False
        ends = body["source_endpoint_arn"], body["target_endpoint_arn"]
        assert [f"ways_{leg}_{name}_" in it for it in ends] == [True, leg == BACK]


@pytest.mark.parametrize("name", NAMES)
def test_silence_of_a_leg_is_no_alarm(name: str, legged: dict[str, Template]) -> None:
    """A task that was never started has no metrics."""
    for body in legged[name].resources("aws_cloudwatch_metric_alarm").values():
        if body["namespace"] == "AWS/DMS":
            assert body["treat_missing_data"] in {"missing", "ignore"}


def test_a_pattern_that_matches_schema_ferry_leaves_the_other_legs_markers_out(
    environments: dict[str, Environment],
) -> None:
    dev = with_way_back(environments["dev"], {"name": "all", "tables": [{"schema": "%"}]})
    tasks = synthesized(dev).resources("aws_dms_replication_task").values()

    left_out = {
        body["replication_task_id"]: [
            rule["object-locator"]["table-name"]
            for rule in json.loads(body["table_mappings"])["rules"]
            if rule["rule-action"] == "exclude"
        ]
        for body in tasks
    }
    assert left_out == {
        "aurora-ferry-dev-all": ["access", "fence_all_back", "journal"],
        "aurora-ferry-dev-all-back": ["access", "fence_all", "journal", "%"],
        "aurora-ferry-dev-all-again": ["access", "fence_all_back", "journal", "%"],
    }


FILTERED = {
    "schema": "public",
    "filters": [{"column": "id", "conditions": [{"operator": "notnull"}]}],
}
LEAVING = {
    "target": "column",
    "action": "remove-column",
    "schema": "crm",
    "table": "lines",
    "column": "total",
}


def test_a_task_without_a_way_back_has_none_and_synthesis_says_so(
    environments: dict[str, Environment],
) -> None:
    dev = with_way_back(
        environments["dev"],
        {"name": "all", "tables": [FILTERED]},
        {"name": "crm", "tables": [{"schema": "crm"}], "transformations": [LEAVING]},
        {"name": "whole", "tables": [{"schema": "whole"}]},
    )

    tasks = of_legs(synthesized(dev), "aws_dms_replication_task")

    assert sorted(tasks) == [
        f"ways_{leg}_{name}_task" for leg in (AGAIN, BACK) for name in ("crm", "whole")
    ]
    assert list(remarks([dev]))[:2] == [
        (
            "environments/dev.toml: dms.tasks[0].tables[0].filters leaves rows out of Aurora: the task "
            "all has no way back, and what is written to its tables in Aurora stays there."
        ),
        (
            "environments/dev.toml: dms.tasks[1]: on the way back crm.lines.total stays behind too: the "
            "source has to compute it, or to do without."
        ),
    ]
    silent = dev.model_copy(update={"dms": environments["dev"].dms})
    assert len(list(remarks([silent]))) == 1
