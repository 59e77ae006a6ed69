"""The provider's lock file stands beside a stack where it holds for it, and is missed in words."""

from __future__ import annotations

import json
import platform
import re
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT
from settings.aws import Aws
from stacks.lock_file import NAME, here, pin

if TYPE_CHECKING:
    from pathlib import Path

LOCK = """provider "registry.terraform.io/hashicorp/aws" {{
  version     = "5.100.0"
  constraints = "5.100.0"
  hashes = [
{}
    "zh:{}",
  ]
}}
"""


def synthesized(folder: Path, **versions: str) -> Path:
    """A `cdktf.out` of stacks with these versions of the provider."""
    for stack, version in versions.items():
        (folder / "stacks" / stack).mkdir(parents=True)
        document = {"terraform": {"required_providers": {"aws": {"version": version}}}}
        (folder / "stacks" / stack / "cdk.tf.json").write_text(json.dumps(document))
    return folder


def lock_of(folder: Path, *platforms: str) -> Path:
    """A lock file with a hash for each platform; it does not tell the one that is empty."""
    file = folder / NAME
    lines = (f'    "h1:{str(at) * 43}=",{f" # {it}" * bool(it)}' for at, it in enumerate(platforms))
    file.write_text(LOCK.format("\n".join(lines), "0" * 64))
    return file


@pytest.fixture
def machine() -> str:
    return "x86_64"


@pytest.fixture
def on_linux(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    """The machine is one with Linux."""
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: machine)


@pytest.mark.parametrize(
    ("system", "machine", "called"),
    [
        ("Linux", "x86_64", "linux_amd64"),
        ("Darwin", "arm64", "darwin_arm64"),
        ("Linux", "aarch64", "linux_arm64"),
        ("Windows", "AMD64", "windows_amd64"),
    ],
)
def test_platforms_are_called_as_terraform_calls_them(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, called: str
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)

    assert here() == called


def test_it_is_copied_beside_every_stack_that_it_holds_for(tmp_path: Path) -> None:
    output = synthesized(tmp_path, dev="5.100.0", prod="5.100.0")
    lock = lock_of(tmp_path, "plan9_mips", here())

    assert pin(output, lock_file=lock) == ""
    for stack in ("dev", "prod"):
        assert (output / "stacks" / stack / NAME).read_text() == lock.read_text()


@pytest.mark.parametrize("machine", ["aarch64"])
@pytest.mark.usefixtures("on_linux")
def test_with_another_platforms_hashes_alone_init_would_fail(tmp_path: Path) -> None:
    output = synthesized(tmp_path, dev="5.100.0")

    said = pin(output, lock_file=lock_of(tmp_path, "plan9_mips"))

    assert said == (
        "The AWS provider is not pinned here for dev (5.100.0): .terraform.lock.hcl holds 5.100.0 "
        "on plan9_mips; this is linux_arm64. 'make lock PLATFORMS=\"linux_amd64 plan9_mips "
        "linux_arm64\"' pins it."
    )
    assert not (output / "stacks" / "dev" / NAME).exists()


@pytest.mark.usefixtures("on_linux")
def test_after_terraform_wrote_the_file_anew_it_tells_no_platform(tmp_path: Path) -> None:
    output = synthesized(tmp_path, dev="5.100.0")

    said = pin(output, lock_file=lock_of(tmp_path, "", ""))

    assert said == (
        "The AWS provider is not pinned here for dev (5.100.0): .terraform.lock.hcl holds 5.100.0 "
        "on platforms that it no longer tells; this is linux_amd64. "
        "'make lock PLATFORMS=\"linux_amd64\"' pins it."
    )


@pytest.mark.usefixtures("on_linux")
@pytest.mark.parametrize(
    "replaced",
    ["# linux_amd64", '"h1:0000000000000000000000000000000000000000000=", # linux_amd64', "h1:"],
    ids=["comment", "hash", "kind"],
)
def test_a_platform_counts_with_its_hash_alone(tmp_path: Path, replaced: str) -> None:
    output = synthesized(tmp_path, dev="5.100.0")
    lock = lock_of(tmp_path, "linux_amd64")
    lock.write_text("# Platforms: linux_amd64\n" + lock.read_text().replace(replaced, ""))

    assert pin(output, lock_file=lock)
    assert not (output / "stacks" / "dev" / NAME).exists()


def test_no_earlier_copy_stays_beside_a_stack_that_it_does_not_hold_for(tmp_path: Path) -> None:
    output = synthesized(tmp_path, dev="5.100.0")
    pin(output, lock_file=lock_of(tmp_path, here()))

    pin(output, lock_file=lock_of(tmp_path, "plan9_mips"))

    assert not (output / "stacks" / "dev" / NAME).exists()


def test_another_version_is_not_pinned(tmp_path: Path) -> None:
    output = synthesized(tmp_path, dev="5.100.0", prod="6.25.0")

    said = pin(output, lock_file=lock_of(tmp_path, here()))

    assert said.startswith("The AWS provider is not pinned here for prod (6.25.0): ")
    assert (output / "stacks" / "dev" / NAME).exists()
    assert not (output / "stacks" / "prod" / NAME).exists()


def test_a_project_without_a_lock_file(tmp_path: Path) -> None:
    output = synthesized(tmp_path, dev="5.100.0")

    assert "holds no hash of a platform; this is" in pin(output, lock_file=tmp_path / NAME)


def test_the_projects_own_is_of_the_default_version_on_linux_and_names_no_machine() -> None:
    text = (ROOT / NAME).read_text()
    default = Aws.model_fields["provider_version"].default

    assert re.findall(r'^  version     = "(.*)"', text, re.MULTILINE) == [default]
    assert re.findall(r'"h1:[\w+/]{43}=",(.*)', text) == [" # linux_amd64"]
    assert re.findall(r"provider \"(.*?)\"", text) == ["registry.terraform.io/hashicorp/aws"]
