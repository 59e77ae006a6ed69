"""Terraform itself on every stack's JSON: the provider knows each argument and takes each value."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from harness.deployment import ROOT
from harness.terraform import Terraform
from settings.reading.loading import load_environments
from tests.terraform.served_provider import served

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ENVIRONMENTS = load_environments(ROOT / "environments")
STACKS = sorted(
    {f"account-{one.aws.account_id}" for one in ENVIRONMENTS} | {one.name for one in ENVIRONMENTS}
)


@pytest.fixture(scope="module")
def provider(installed: Terraform) -> Iterator[Mapping[str, str]]:
    """The variables under which Terraform finds a provider."""
    with served(installed, environment=installed.environment) as variables:
        yield variables


@pytest.fixture
def terraform(
    synthesized: Path, tmp_path: Path, stack: str, installed: Terraform, provider: Mapping[str, str]
) -> Terraform:
    folder = shutil.copytree(synthesized / "stacks" / stack, tmp_path / stack)
    terraform = Terraform(folder=folder, environment={**installed.environment, **provider})
    terraform.must("init", "-backend=false", "-no-color")
    return terraform


def test_every_stack_is_tested(synthesized: Path) -> None:
    assert sorted(folder.name for folder in (synthesized / "stacks").iterdir()) == STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_the_provider_takes_every_argument(terraform: Terraform) -> None:
    verdict = json.loads(terraform.run("validate", "-json").output)

    assert verdict["diagnostics"] == []
    assert verdict["valid"] is True


@pytest.mark.parametrize("stack", ["dev"])
def test_an_argument_that_the_provider_does_not_know_is_found(terraform: Terraform) -> None:
    file = terraform.folder / "cdk.tf.json"
    document = json.loads(file.read_text())
    (vpc,) = document["resource"]["aws_vpc"].values()
    vpc["region"] = "eu-central-1"  # an argument of the provider's version 6
    file.write_text(json.dumps(document))

    verdict = json.loads(terraform.run("validate", "-json").output)

    assert [one["summary"] for one in verdict["diagnostics"]] == ["Extraneous JSON object property"]


@pytest.mark.parametrize("stack", STACKS)
def test_versions_are_stated(synthesized: Path, stack: str) -> None:
    document = json.loads((synthesized / "stacks" / stack / "cdk.tf.json").read_text())
    terraform: dict[str, Any] = document["terraform"]

    assert terraform["required_version"] == ">= 1.11"
    assert terraform["required_providers"] == {
        "aws": {"source": "hashicorp/aws", "version": "5.100.0"}
    }


def test_the_version_stated_is_the_one_installed(installed: Terraform) -> None:
    versions = json.loads(installed.must("version", "-json"))

    assert versions["provider_selections"] == {"registry.terraform.io/hashicorp/aws": "5.100.0"}
