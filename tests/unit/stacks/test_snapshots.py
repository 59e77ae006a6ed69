"""One reviewed snapshot an environment, and every construct's address.

An address is a public contract: another one means that Terraform destroys what is at the old one.
After a change that is meant: pytest tests/unit/stacks --snapshot-update, and review the difference.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import App
from syrupy.extensions.json import JSONSnapshotExtension

from stacks.app import add_stacks
from tests.unit.stacks.conftest import NAMES

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from settings.environment import Environment
    from tests.unit.template import Template


@pytest.fixture
def json_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize("name", NAMES)
def test_the_stack_is_as_reviewed(
    name: str, templates: dict[str, Template], json_snapshot: SnapshotAssertion
) -> None:
    assert templates[name].document == json_snapshot


@pytest.fixture(scope="module")
def written(
    environments: dict[str, Environment], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """The JSON of all stacks as the app writes it, metadata included."""
    folder = tmp_path_factory.mktemp("cdktf.out")
    app = App(outdir=str(folder))
    add_stacks(app, list(environments.values()))
    app.synth()
    return {
        file.parent.name: json.loads(file.read_text())
        for file in sorted(Path(folder).glob("stacks/*/cdk.tf.json"))
    }


def test_there_is_a_stack_for_each_account_and_each_environment(
    written: dict[str, dict[str, Any]],
) -> None:
    assert sorted(written) == [
        "account-111122223333",
        "account-444455556666",
        "dev",
        "prod",
        "staging",
    ]


@pytest.mark.parametrize(
    "stack", ["account-111122223333", "account-444455556666", "dev", "prod", "staging"]
)
def test_every_address_is_pinned(
    stack: str, written: dict[str, dict[str, Any]], json_snapshot: SnapshotAssertion
) -> None:
    assert _addresses(written[stack]) == json_snapshot


def _addresses(document: dict[str, Any]) -> dict[str, str]:
    """Terraform's address of each construct, by the construct's path."""
    return {
        body["//"]["metadata"]["path"]: f"{prefix}{type_}.{name}"
        for kind, prefix in (("resource", ""), ("data", "data."))
        for type_, bodies in document.get(kind, {}).items()
        for name, body in bodies.items()
    }


def test_a_stack_of_testing_is_the_stack_of_the_app(
    templates: dict[str, Template], written: dict[str, dict[str, Any]]
) -> None:
    """Testing.synth leaves the comments out and sorts; nothing else may differ."""
    resources = {
        type_: {
            name: {key: value for key, value in body.items() if key != "//"}
            for name, body in bodies.items()
        }
        for type_, bodies in written["dev"]["resource"].items()
    }

    assert templates["dev"].document["resource"] == resources
