"""docs/recovery.md and `ferry adopt` know what the stacks are made of."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from ferry.adopt.finders import DOUBLED, FINDERS, REPEATED
from harness.deployment import ROOT
from tests.terraform import recovery
from tests.terraform.everything import NAMES

if TYPE_CHECKING:
    from pathlib import Path

DOCS = (ROOT / "docs" / "recovery.md").read_text()


def resources(synthesized: Path, name: str) -> dict[str, dict[str, dict[str, Any]]]:
    document = json.loads((synthesized / "stacks" / name / "cdk.tf.json").read_text())
    found: dict[str, dict[str, dict[str, Any]]] = document["resource"]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_type_is_looked_for_or_made_again_without_harm(synthesized: Path, name: str) -> None:
    types = set(resources(synthesized, name))

    assert types - FINDERS.keys() - REPEATED.keys() == set()


def test_what_has_no_name_has_a_tag_that_nothing_else_has(synthesized: Path) -> None:
    tags = Counter(
        (type_, resource["tags"]["Name"])
        for name in NAMES
        for type_, found in resources(synthesized, name).items()
        if type_ in DOUBLED
        for resource in found.values()
    )

    assert [tag for tag, times in tags.items() if times > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_left_to_chance(synthesized: Path, name: str) -> None:
    prefixed = [
        f"{type_}.{address}"
        for type_, found in resources(synthesized, name).items()
        for address, resource in found.items()
        if any(argument.endswith("_prefix") for argument in resource if argument != "log_prefix")
    ]

    assert prefixed == []


@pytest.mark.parametrize(
    "text",
    [
        recovery.LOCKED,
        recovery.UNTAINT,
        "terraform force-unlock ID",
        "ferry adopt dev > cdktf.out/stacks/dev/adopted.tf",
        "0 to destroy",
        "is tainted, so must be replaced",
        "Instance cannot be destroyed",
        "### Left over",
        "### Several exist for",
        "`PutSecretValue`",
        "`creating RDS Cluster`",
        "`updating RDS Cluster`",
        "aurora.master_password_version",
    ],
)
def test_the_docs_name_what_is_seen_and_what_to_type(text: str) -> None:
    assert text in DOCS
