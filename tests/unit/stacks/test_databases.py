"""Several databases of one server: endpoints for each, and nothing else of what one has changes."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import App

from settings.reading.loading import load_environments
from stacks.app import add_stacks
from tests.several_databases import spelt_out, with_databases
from tests.unit.stacks.conftest import ENVIRONMENTS, NAMES, synthesized

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from settings.environment import Environment
    from tests.unit.template import Template

STACKS = ("account-111122223333", "account-444455556666", *NAMES)
MORE = {"crm": "CRM-2019", "Order_Items": "orders"}


def edited(folder: Path, edit: Callable[[str], str]) -> Sequence[Environment]:
    """The project's environments, each file edited."""
    shutil.copytree(ENVIRONMENTS, folder)
    for file in folder.glob("*.toml"):
        file.write_text(edit(file.read_text()))
    return load_environments(folder)


def written(folder: Path, environments: Sequence[Environment]) -> dict[str, str]:
    """The JSON of all stacks, as the app writes it."""
    app = App(outdir=str(folder))
    add_stacks(app, environments)
    app.synth()
    return {file.parent.name: file.read_text() for file in folder.glob("stacks/*/cdk.tf.json")}


def test_one_database_spelt_out_is_the_same_to_the_byte(
    tmp_path: Path, environments: dict[str, Environment]
) -> None:
    short = written(tmp_path / "short", list(environments.values()))
    long = written(tmp_path / "long", edited(tmp_path / "environments", spelt_out))

    assert sorted(short) == sorted(STACKS)
    assert short == long


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    """The stacks of the environments with two databases more."""
    folder = tmp_path_factory.mktemp("several") / "environments"
    found = edited(folder, lambda text: with_databases(text, MORE))
    return {environment.name: synthesized(environment) for environment in found}


def bodies(template: Template) -> dict[str, dict[str, Any]]:
    return {
        f"{section}.{type_}.{local}": body
        for section in ("resource", "data", "ephemeral", "output")
        for type_, group in template.document.get(section, {}).items()
        for local, body in (group.items() if section != "output" else [("", group)])
    }


@pytest.mark.parametrize("name", NAMES)
def test_more_databases_change_nothing_of_the_first_but_the_dashboard(
    name: str, several: dict[str, Template], templates: dict[str, Template]
) -> None:
    before, after = bodies(templates[name]), bodies(several[name])

    assert {it for it in before if before[it] != after.get(it)} == {
        "resource.aws_cloudwatch_dashboard.dashboard_9E73CAB7",
        "output.dms_task_arns.",
    }
    kinds = {it.split(".")[1] for it in after.keys() - before.keys()}
    assert kinds == {
        "aws_cloudwatch_metric_alarm",
        "aws_dms_endpoint",
        "aws_dms_event_subscription",
        "aws_dms_replication_task",
        "dms_source_endpoint_arns",
        "dms_target_endpoint_arns",
    }


@pytest.mark.parametrize("name", NAMES)
def test_each_database_has_endpoints_of_its_own(name: str, several: dict[str, Template]) -> None:
    prefix = f"aurora-ferry-{name}"
    endpoints = several[name].resources("aws_dms_endpoint")

    assert {local: (it["endpoint_id"], it["database_name"]) for local, it in endpoints.items()} == {
        "source_endpoint_A5C13D0B": (f"{prefix}-source", "app"),
        "target_endpoint_03562C6F": (f"{prefix}-target", "app"),
        "database-crm-source_endpoint_2BCF1E72": (f"{prefix}-source-crm", "CRM-2019"),
        "database-crm-target_endpoint_812DBB5F": (f"{prefix}-target-crm", "crm"),
        "database-order-items-source_endpoint_304803F6": (f"{prefix}-source-order-items", "orders"),
        "database-order-items-target_endpoint_35B94EAB": (
            f"{prefix}-target-order-items",
            "Order_Items",
        ),
    }
    for end in ("source", "target"):
        alike = [
            {key: value for key, value in it.items() if key not in {"endpoint_id", "database_name"}}
            for it in endpoints.values()
            if it["endpoint_type"] == end
        ]
        assert alike[0] == alike[1] == alike[2]


def plain(reference: str) -> str:
    """A reference, or a local name, without the digests that end constructs' names."""
    return re.sub(r"_[0-9A-F]{8}(?=\.|$)", "", reference)


def test_each_task_leads_from_its_database_to_its_database(several: dict[str, Template]) -> None:
    tasks = several["prod"].resources("aws_dms_replication_task")

    assert {
        plain(local): (plain(it["source_endpoint_arn"]), plain(it["target_endpoint_arn"]))
        for local, it in tasks.items()
    } == {
        f"task-{task}_task": (
            f"${{aws_dms_endpoint.{prefix}source_endpoint.endpoint_arn}}",
            f"${{aws_dms_endpoint.{prefix}target_endpoint.endpoint_arn}}",
        )
        for task, prefix in {
            "orders": "",
            "rest": "",
            "of-2": "database-crm-",
            "of-3": "database-order-items-",
        }.items()
    }


def test_the_outputs_name_the_endpoints_by_database(several: dict[str, Template]) -> None:
    found = several["dev"].document["output"]

    assert found["database_name"] == {"value": "app"}
    for end in ("source", "target"):
        of_app = f"${{aws_dms_endpoint.{end}_endpoint.endpoint_arn}}"
        arns = found[f"dms_{end}_endpoint_arns"]["value"]
        assert plain(found[f"dms_{end}_endpoint_arn"]["value"]) == of_app
        assert {name: plain(arn) for name, arn in arns.items()} == {
            "app": of_app,
            "crm": f"${{aws_dms_endpoint.database-crm-{end}_endpoint.endpoint_arn}}",
            "Order_Items": f"${{aws_dms_endpoint.database-order-items-{end}_endpoint.endpoint_arn}}",
        }


def test_the_database_of_the_cluster_may_stand_anywhere_in_the_file(tmp_path: Path) -> None:
    def as_the_last(text: str) -> str:
        first = '\n[[databases]]\nsource = "app"\naurora = "app"\n'
        return with_databases(text, MORE).replace(first, "") + first

    (last,) = (it for it in edited(tmp_path / "last", as_the_last) if it.name == "dev")
    (first,) = (
        it
        for it in edited(tmp_path / "first", lambda text: with_databases(text, MORE))
        if it.name == "dev"
    )
    assert [it.aurora for it in last.databases] == ["crm", "Order_Items", "app"]
    assert synthesized(last).document == synthesized(first).document


def test_no_database_runs_into_another_construct(tmp_path: Path) -> None:
    """Names of which ids of the stack's other constructs are made."""
    names = ("secret", "ca", "endpoint", "source", "target", "all", "task_all")
    (dev,) = (
        it
        for it in edited(
            tmp_path / "environments",
            lambda text: with_databases(text, dict(zip(names, names, strict=True))),
        )
        if it.name == "dev"
    )

    assert len(synthesized(dev).resources("aws_dms_endpoint")) == 2 * (1 + len(names))
