"""No text of an environment's file is a template in the JSON: Terraform evaluates none of them.

Terraform itself is asked in tests/terraform/test_files_are_data.py.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from settings.environment import EnvironmentFile
from settings.notation import path
from settings.reading.mending import read
from settings.reading.shape import KEY, Location, Shape, fields, find
from tests.unit.settings.files import EXISTING_VPC, document
from tests.unit.stacks.conftest import synthesized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from settings.environment import Environment
    from tests.unit.template import Template

TEMPLATE = re.compile(r"(?<!\$)\$\{[^}]*|(?<!%)%\{[^}]*")
HOSTILE = ("${path.module}", "%{ if true }", "${a}@example.org")

FREE = {
    "alarms.emails[0]",
    "aurora.instance_parameters.x.value",
    "aurora.parameters.x.value",
    "cutover.hooks.after_switch[0]",
    "cutover.hooks.before_freeze[0]",
    "cutover.hooks.on_failure[0]",
    "cutover.hooks.switch[0]",
    "cutover.rollback.criteria[0]",
    "databases[0].source",
    "dms.target.after_connect_script",
    "dms.target.extra_attributes.x",
    "dms.tasks[0].tables[0].filters[0].column",
    "dms.tasks[0].tables[0].filters[0].conditions[0].end_value",
    "dms.tasks[0].tables[0].filters[0].conditions[0].start_value",
    "dms.tasks[0].tables[0].filters[0].conditions[0].value",
    "dms.tasks[0].tables[0].name",
    "dms.tasks[0].tables[0].parallel_load.boundaries[0][0]",
    "dms.tasks[0].tables[0].parallel_load.columns[0]",
    "dms.tasks[0].tables[0].schema",
    "dms.tasks[0].tables[0].table",
    "dms.tasks[0].transformations[0].before_image.column_prefix",
    "dms.tasks[0].transformations[0].before_image.column_suffix",
    "dms.tasks[0].transformations[0].column",
    "dms.tasks[0].transformations[0].expression",
    "dms.tasks[0].transformations[0].old_value",
    "dms.tasks[0].transformations[0].primary_key.columns[0]",
    "dms.tasks[0].transformations[0].primary_key.name",
    "dms.tasks[0].transformations[0].schema",
    "dms.tasks[0].transformations[0].table",
    "dms.tasks[0].transformations[0].value",
    "source.accepted_publications[0]",
    "source.ca_certificate_file",
    "source.database",
    "source.extra_attributes.x",
}
"""The settings that take what Terraform takes for a template. The certificate is read here, and is
not in the JSON, nor are [cutover] and the publications; each of the others is in `hostile` below, of the databases one."""


def places(location: Location = ()) -> Iterator[tuple[Location, Shape]]:
    """Every text of a file: values, and keys that a file chooses."""
    shape = find(EnvironmentFile, location)
    if shape.section:
        for name in fields(shape.section):
            yield from places((*location, name))
    elif get_origin(shape.kind) is tuple:
        yield from places((*location, 0))
    elif get_origin(shape.kind) is dict:
        yield (*location, "x", KEY), find(EnvironmentFile, (*location, "x", KEY))
        yield from places((*location, "x"))
    else:
        yield location, shape


def takes(shape: Shape, text: str) -> bool:
    kind: Any = Annotated[(shape.kind, *shape.metadata, "")]
    try:
        TypeAdapter(kind).validate_python(text, strict=True)
    except ValidationError:
        return False
    return True


def test_these_settings_take_what_could_be_a_template() -> None:
    free = {
        path(location)
        for location, shape in places()
        if any(takes(shape, text) for text in HOSTILE)
    }

    assert free == FREE


PIECES = st.sampled_from(
    [
        *("$", "%", "{", "}", "${", "%{", "$${", "~}", '"', "\\", "'", " ", "a", "ü", "\U0001f600"),
        *('${file("/etc/passwd")}', "%{ for x in [1] }", "%{ endfor ~}", "${schema-name-var}"),
        *("\t", "\n"),
    ]
)
TEXT = st.lists(PIECES, min_size=1, max_size=8).map("".join)
IN_AN_ADDRESS = re.compile(r"[a${}%'~]")


def hostile(text: str) -> dict[str, object]:
    """A text in every setting that takes it, made to fit where it does not."""
    name = re.sub(r'[\x00-\x1f"]', "", text)[:126] or "a"
    address = "".join(IN_AN_ADDRESS.findall(text)) or "a"
    table = {"schema": name, "table": f"{name.replace('%', '')}x"}
    column = name.replace("%", "") or "a"
    script = re.sub(r"[\x00-\x1f;]", "", f"{text}x")
    database = re.sub(r"[\x00-\x1f]", "", f"x{text}").encode()[:63].decode(errors="ignore")
    return {
        "source.database": database,
        "network": {"existing_vpc": EXISTING_VPC},
        "alarms.emails": [f"{address[:50]}@example.org"],
        "aurora.instance_parameters.work_mem": text,
        "aurora.parameters.work_mem": text,
        "dms.target.after_connect_script": script,
        "dms.target.extra_attributes": {"loadUsingCSV": script},
        "source.extra_attributes": {"trimSpaceInChar": script},
        "dms.tasks.0.extra_settings": json.dumps({"a": {"b": text}}),
        "dms.tasks.0.tables": [
            table,
            {
                "schema": name,
                "name": f"{name}y",
                "filters": [
                    {
                        "column": column[:60],
                        "conditions": [
                            {"operator": "eq", "value": script},
                            {"operator": "between", "start_value": script, "end_value": script},
                        ],
                    }
                ],
            },
            {
                "schema": column,
                "table": column,
                "parallel_load": {"columns": [column[:60]], "boundaries": [[text]]},
            },
        ],
        "dms.tasks.0.transformations": [
            {"target": "column", "action": "rename", **table, "column": name, "value": name},
            {
                "target": "column",
                "action": "add-column",
                **table,
                "value": name,
                "expression": script,
                "data_type": {"type": "string"},
            },
            {
                "target": "table",
                "action": "replace-prefix",
                **table,
                "value": name,
                "old_value": name,
            },
            {
                "target": "table",
                "action": "define-primary-key",
                **table,
                "primary_key": {"name": name, "columns": [column[:60]]},
            },
            {
                "target": "column",
                "action": "add-before-image-columns",
                **table,
                "before_image": {"column_prefix": name, "column_suffix": name},
            },
        ],
    }


def texts(node: object) -> Iterator[str]:
    """Every string of a JSON document, keys too."""
    if isinstance(node, dict):
        yield from node
    if isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from texts(item)
    elif isinstance(node, str):
        yield node


def templates(template: Template) -> Counter[str]:
    return Counter(found for text in texts(template.document) for found in TEMPLATE.findall(text))


def synthesized_with(text: str) -> tuple[Environment, Template]:
    reading = read("environments/dev.toml", "dev", document(hostile(text)))
    assert reading.problems == ()
    return reading.environment, synthesized(reading.environment)


@pytest.fixture(scope="module")
def harmless() -> Counter[str]:
    """The templates of the constructs' own: the references between resources, and no more."""
    return templates(synthesized_with("a")[1])


@settings(max_examples=50, deadline=None)
@given(TEXT)
@pytest.mark.unfollowed
def test_no_text_of_a_file_is_a_template(harmless: Counter[str], text: str) -> None:
    environment, template = synthesized_with(text)

    assert templates(template) == harmless
    assert what_arrives(template) == {
        "emails": list(environment.alarms.emails),
        "database": environment.migration.source.database,
        "parameters": [text, text],
        "script": environment.migration.dms.target.after_connect_script,
        "tables": [
            [it.schema_name, it.name or it.table]
            for it in environment.migration.dms.tasks[0].tables
        ],
        "parallel load": [[text]],
        "transformation": environment.migration.dms.tasks[0].transformations[0].value,
    }


SIGNS = "_.:/=+@- aZ0ü"
TAGS = {
    **{
        "".join(signs): "".join(reversed(signs))
        for length in (1, 2)
        for signs in itertools.product(SIGNS, repeat=length)
    },
    **dict.fromkeys(("constructor", "toString", "valueOf", "toJSON", "resolve", "null"), ""),
}
"""Keys and values of which one or the other program in between might make something else."""


@pytest.mark.parametrize("first", range(0, len(TAGS), 40))
def test_every_tag_that_is_taken_arrives(first: int) -> None:
    tags = dict(list(TAGS.items())[first : first + 40])
    tags.pop("//", None)  # refused

    reading = read("environments/dev.toml", "dev", document({"tags.extra": tags}))

    assert reading.problems == ()
    provider = synthesized(reading.environment).document["provider"]["aws"][0]
    arrived = provider["default_tags"][0]["tags"]
    assert {key: arrived.get(key) for key in tags} == tags


def what_arrives(template: Template) -> dict[str, Any]:
    """What AWS gets of the texts, where Terraform evaluates nothing but takes back the escapes."""

    def evaluated(text: str) -> str:
        return text.replace("$${", "${").replace("%%{", "%{")

    mappings = json.loads(evaluated(template.only("aws_dms_replication_task")["table_mappings"]))
    selections, transformations, details = (
        [rule for rule in mappings["rules"] if rule["rule-type"] == type_]
        for type_ in ("selection", "transformation", "table-settings")
    )
    groups = ("aws_rds_cluster_parameter_group", "aws_db_parameter_group")
    attributes = template.where("aws_dms_endpoint", endpoint_type="target")
    script = re.match("afterConnectScript=([^;]*);", attributes["extra_connection_attributes"])
    assert script
    source = template.where("aws_dms_endpoint", endpoint_type="source")
    return {
        "emails": [evaluated(template.only("aws_sns_topic_subscription")["endpoint"])],
        "database": evaluated(source["database_name"]),
        "parameters": [
            evaluated(parameter["value"])
            for group in groups
            for parameter in template.only(group)["parameter"]
            if parameter["name"] == "work_mem"
        ],
        "script": evaluated(script[1]),
        "tables": [
            locator
            for rule in selections
            if (locator := [*rule["object-locator"].values()])[0] != "ferry"
        ],
        "parallel load": details[0]["parallel-load"]["boundaries"],
        "transformation": transformations[0]["value"],
    }
