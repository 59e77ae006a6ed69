"""A hostile environment file, given to Terraform itself: it reads nothing of the machine that plans.

The file holds, in every setting that takes free text, what reads a file, an environment variable or
a secret of the state. The plan has these texts as they stand in the file.
"""

from __future__ import annotations

import itertools
import json
import secrets
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.templates import expression, literal, plain
from harness.deployment import Deployment, synthesize
from harness.surroundings import surroundings
from harness.terraform import Terraform
from settings.notation import toml
from tests.terraform.checkout import check_out, replace
from tests.terraform.conftest import make_roles
from tests.terraform.places import in_folder, leaks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.server import LocalAws

ATTACKS = (
    '${file("/etc/passwd")}',
    '${try(nonsensitive(base64encode(file(pathexpand("~/.aws/credentials")))), "")}',
    '%{ for line in split("\\n", file("/proc/self/environ")) }${line}%{ endfor }',
    '$${file("/etc/passwd")}',
    '${base64encode(file("/proc/self/environ"))}',
    "${aws_secretsmanager_secret.master-credentials_secret_6B3876B0.arn}",
    "${schema-name-var}",
    "%{ if true ~}",
)
"""Texts for the settings; the last but one is an expression of DMS's own."""


def texts() -> Iterator[str]:
    """The attacks, all that can stand before a brace, and what else a text can hold."""
    yield from ATTACKS
    for length in range(1, 5):
        for characters in itertools.product('$%{"\\', repeat=length):
            yield f"{''.join(characters)}1+1}}"
    yield from ("ü \U0001f600", "two\nlines\t", "\x1b[31m")


def test_terraform_makes_of_a_text_the_text_itself(tmp_path: Path) -> None:
    outputs: dict[str, Any] = {}
    wanted: dict[str, str] = {}
    for number, text in enumerate(texts()):
        outputs[f"argument{number}"] = {"value": plain(text)}
        outputs[f"term{number}"] = {"value": expression(literal(text))}
        wanted |= {f"argument{number}": text, f"term{number}": text}
    (tmp_path / "main.tf.json").write_text(json.dumps({"output": outputs}))
    around = surroundings(url="", account_id="111122223333", region="eu-central-1", folder=tmp_path)
    terraform = Terraform(folder=tmp_path, environment=around)
    terraform.must("init", "-no-color")

    plan = terraform.plan()

    planned = plan["planned_values"]["outputs"]
    assert {name: output["value"] for name, output in planned.items()} == wanted


NAME = "${path.cwd}"
ADDRESS = "${1}@example.org"
"""For what takes no quotes, and for what takes letters and signs alone."""


def hostile_settings() -> str:
    parameters = "\n".join(
        f'"x.number{number}" = {{ value = {toml(text)}, apply_method = "immediate" }}'
        for number, text in enumerate(ATTACKS)
    )
    name, boundaries = toml(NAME), toml([[text] for text in ATTACKS])
    return f"""
[dms.target]
after_connect_script = {toml(ATTACKS[0])}

[[dms.tasks]]
name = "hostile"
tables = [
  {{ schema = {name}, table = {name} }},
  {{ schema = "a", table = "b", parallel_load = {{ columns = [{name}], boundaries = {boundaries} }} }},
]
transformations = [
  {{ target = "schema", action = "rename", schema = "a", value = "${{schema-name-var}}" }},
  {{ target = "column", action = "rename", schema = "a", column = {name}, value = {name} }},
]

[aurora.parameters]
{parameters}

[aurora.instance_parameters]
{parameters}
"""


@pytest.fixture
def hostile(tmp_path: Path, cloud: LocalAws) -> Deployment:
    """The environment dev with a hostile file, ready to be planned."""
    project = check_out(tmp_path / "project")
    file = project / "environments/dev.toml"
    replace(file, '"dev-team@example.org"', toml(ADDRESS))
    file.write_text(file.read_text() + hostile_settings())
    output = synthesize(tmp_path, project=project, names="dev")
    deployment = Deployment(cloud=cloud, output=output, folder=tmp_path, project=project)
    make_roles(deployment)
    deployment.prepare_environment("dev")
    return deployment


def test_a_hostile_file_reads_nothing_and_is_planned_as_it_stands(hostile: Deployment) -> None:
    canary = secrets.token_urlsafe(18)
    terraform = hostile.terraform("dev")
    terraform = Terraform(
        folder=terraform.folder, environment={**terraform.environment, "CANARY": canary}
    )

    plan = terraform.plan()

    assert leaks(in_folder(hostile.output), [canary]) == []
    planned = {
        resource["type"]: resource["values"]
        for resource in plan["planned_values"]["root_module"]["resources"]
    }
    rules = json.loads(planned["aws_dms_replication_task"]["table_mappings"])["rules"]
    assert [rule["value"] for rule in rules if "value" in rule] == ["${schema-name-var}", NAME]
    assert rules[0]["object-locator"] == {"schema-name": NAME, "table-name": NAME}
    assert [rule["parallel-load"]["boundaries"] for rule in rules if "parallel-load" in rule] == [
        [[text] for text in ATTACKS]
    ]
    for group in ("aws_rds_cluster_parameter_group", "aws_db_parameter_group"):
        values = {
            parameter["name"]: parameter["value"]
            for parameter in planned[group]["parameter"]
            if parameter["name"].startswith("x.")
        }
        assert values == {f"x.number{number}": text for number, text in enumerate(ATTACKS)}
    assert planned["aws_sns_topic_subscription"]["endpoint"] == ADDRESS
    scripts = [
        resource["values"]["extra_connection_attributes"]
        for resource in plan["planned_values"]["root_module"]["resources"]
        if resource["type"] == "aws_dms_endpoint"
        and resource["values"]["endpoint_type"] == "target"
    ]
    assert scripts[0].startswith(f"afterConnectScript={ATTACKS[0]};")
