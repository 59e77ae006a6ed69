"""Hostile texts, given to Terraform itself: it reads nothing of the machine that plans.

The environment file holds, in every setting that takes free text, what reads a file, an environment
variable or a secret of the state. The plan has these texts as they stand in the file. Every
character, and whatever may stand before a brace, arrives whole where the settings take it.
"""

from __future__ import annotations

import itertools
import json
import secrets
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest

from facts.templates import expression, literal, plain
from ferry.adopt.listing import import_blocks
from harness.deployment import synthesize
from harness.surroundings import surroundings
from harness.terraform import Terraform, TerraformError
from settings.notation import toml
from settings.reading.texts import unfit
from tests.terraform.checkout import check_out, replace
from tests.terraform.conftest import make_roles
from tests.terraform.places import in_folder, leaks
from tests.terraform.served_provider import ServedDeployment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.deployment import Deployment
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


UNSTABLE = (
    "e\u0301",
    "\u212b",
    "b\u0315\u0323",
    "\u1112\u1161\u11ab",
    "\u0340",
    "\u0958",
    "\U0001d15e",
)
"""Texts of which Terraform makes others, each a letter that can be written in one more way."""


ALIKE = (
    "CJK UNIFIED",
    "HANGUL SYLLABLE",
    "TANGUT IDEOGRAPH",
    "EGYPTIAN HIEROGLYPH",
    "CUNEIFORM SIGN",
)
"""How the names begin of many characters that Unicode treats alike: left out, to save minutes."""

EMOJI = range(0x1F000, 0x1FB00)
"""Where emoji are, those included that only a later Unicode will have."""


def taken(text: str) -> bool:
    """Whether a file may hold a text."""
    return not list(unfit({"text": text}))


def texts() -> Iterator[str]:
    """The attacks, every character, all that can stand before a brace, and what a file may not hold."""
    yield from ATTACKS
    for length in range(1, 5):
        for characters in itertools.product('$%{"\\', repeat=length):
            yield f"{''.join(characters)}1+1}}"
    for length in range(1, 6):
        for characters in itertools.product("\n$%{", repeat=length):
            yield "".join(characters)
    for pieces in itertools.product(
        ("", "\ufeff", "\r", "\0", "a\ufeff", "\t", *UNSTABLE), ATTACKS
    ):
        yield "".join(pieces)
        yield "".join(reversed(pieces))
    for code in range(sys.maxunicode + 1):
        if (code in EMOJI or unicodedata.category(chr(code)) not in {"Cn", "Co"}) and not (
            unicodedata.name(chr(code), "").startswith(ALIKE)
        ):
            yield chr(code)


def init(folder: Path) -> Terraform:
    """Terraform in a folder of its own, without any provider but its own."""
    around = surroundings(url="", account_id="111122223333", region="eu-central-1", folder=folder)
    terraform = Terraform(folder=folder, environment=around)
    terraform.must("init", "-no-color")
    return terraform


def planned(folder: Path, arguments: Sequence[str]) -> list[str]:
    """What Terraform makes of arguments."""
    document = {"output": {"texts": {"value": arguments}}}
    (folder / "main.tf.json").write_text(json.dumps(document, ensure_ascii=False))
    made: list[str] = init(folder).plan()["planned_values"]["outputs"]["texts"]["value"]
    return made


def test_terraform_makes_of_a_text_the_text_itself(tmp_path: Path) -> None:
    sent = [text for text in texts() if taken(text)]
    arguments = [plain(text) for text in sent]
    terms = [expression(literal(text)) for text in sent]

    assert planned(tmp_path, arguments + terms) == sent + sent


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("e\u0301", "\u00e9"),
        ("\u212b", "\u00c5"),
        ("b\u0315\U00010efd", "b\U00010efd\u0315"),
        ("\ufeffa", "a"),
        ("\r$${a}", "\r$$${a}"),
    ],
    ids=ascii,
)
def test_what_a_file_may_not_hold_would_arrive_as_another_text(
    text: str, made: str, tmp_path: Path
) -> None:
    assert not taken(text)
    assert planned(tmp_path, [plain(text)]) == [made]


def test_what_joins_the_end_of_a_text_is_refused_before_terraform_cannot_read_it(
    tmp_path: Path,
) -> None:
    assert not taken("a\u0d4e")
    with pytest.raises(TerraformError, match="Unclosed object"):
        planned(tmp_path, ["a\u0d4e"])


def test_the_ids_that_are_imported_are_those_that_aws_gave(tmp_path: Path) -> None:
    ids = {f"terraform_data.it{number}": text for number, text in enumerate(ATTACKS)}
    ids["terraform_data.it"] = '"\\\n\r\b\x1b[2J\x9b\u202e##[add-mask]\u3164\U000e0001\U0001f600'
    names = [address.removeprefix("terraform_data.") for address in ids]
    resources: dict[str, dict[str, str]] = {name: {} for name in names}
    stack = {"resource": {"terraform_data": resources}}
    (tmp_path / "main.tf.json").write_text(json.dumps(stack))
    (tmp_path / "adopted.tf").write_text(import_blocks(ids))

    plan = init(tmp_path).plan()

    changes = plan["resource_changes"]
    assert {it["address"]: it["change"]["importing"]["id"] for it in changes} == ids


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
def hostile(tmp_path: Path, cloud: LocalAws) -> Iterator[Deployment]:
    """The environment dev with a hostile file, ready to be planned."""
    project = check_out(tmp_path / "project")
    file = project / "environments/dev.toml"
    replace(file, '"dev-team@example.org"', toml(ADDRESS))
    file.write_text(file.read_text() + hostile_settings())
    output = synthesize(tmp_path, project=project, names="dev")
    with ServedDeployment(
        cloud=cloud, output=output, folder=tmp_path, project=project
    ) as deployment:
        make_roles(deployment)
        deployment.prepare_environment("dev")
        yield deployment


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
    selected = [rule["object-locator"] for rule in rules if rule["rule-type"] == "selection"]
    assert {"schema-name": NAME, "table-name": NAME} in selected
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
