"""What an earlier version deployed of other shapes than the examples' is the same today, but for what is named.

The JSON that its own code made of their files is held against today's: with one provider, what is
written alike is planned alike. tests/terraform/test_upgrading.py deploys the examples.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cdktf import App

from settings.reading.loading import load_environments
from stacks.app import add_stacks
from tests.upgrading import (
    EARLIER,
    VERSIONS,
    Difference,
    applied,
    of_documents,
    row,
    rows_for,
    unnamed,
)

SHAPES = [
    (version, file.stem)
    for version in VERSIONS
    for file in sorted((EARLIER / version / "shapes/stacks").glob("*.json"))
]


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of today's stacks, by version."""
    found = {}
    for version in VERSIONS:
        app = App(outdir=str(tmp_path_factory.mktemp(version)))
        add_stacks(app, load_environments(EARLIER / version / "shapes/environments"))
        app.synth()
        found[version] = Path(app.outdir)
    return found


@pytest.mark.parametrize(("version", "stack"), SHAPES)
def test_every_change_is_named(version: str, stack: str, today: dict[str, Path]) -> None:
    written = EARLIER / version / f"shapes/stacks/{stack}.json"
    before = json.loads(written.read_text())
    after = json.loads((today[version] / f"stacks/{stack}/cdk.tf.json").read_text())

    found = list(of_documents(before, after))

    assert unnamed(version, found) == [], "docs/upgrading.md lacks these rows"
    assert bool(found) is not stack.startswith("account-")


def test_what_goes_and_what_is_new_has_no_row() -> None:
    before = {"resource": {"aws_eip": {"a_12345678": {"domain": "vpc"}}}}
    after = {"resource": {"aws_eip": {"b_12345678": {"domain": "vpc"}}}, "output": {"x": {}}}

    assert [
        (it.resource, it.attribute, it.was, it.becomes) for it in of_documents(before, after)
    ] == [
        ("output", "all", "null", '{"x":{}}'),
        ("aws_eip.a", "domain", "vpc", "null"),
        ("aws_eip.a", "lifecycle", "{}", "null"),
        ("aws_eip.b", "all", "nothing", "new"),
    ]


def test_the_row_that_is_printed_is_the_one_that_is_missing() -> None:
    policy = {
        "was": '{"Action":"a|b","Effect":"Allow"}',
        "becomes": '{"Action":"c","Effect":"Allow"}',
    }
    change = Difference(resource="aws_sns_topic_policy.policy", attribute="policy", **policy)

    rows = rows_for(VERSIONS[0], row(VERSIONS[0], change))

    assert applied(rows, to=change) == change.becomes
