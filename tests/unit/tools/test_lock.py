"""Where packages come from is each machine's own affair: the lock files name no registry."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

import pytest

from harness.deployment import ROOT
from tools import lock

if TYPE_CHECKING:
    from pathlib import Path

TOOLS: Final = sorted((ROOT / "tools").glob("*.in"))


def test_pythons_names_no_registry() -> None:
    lock = json.loads((ROOT / "Pipfile.lock").read_text())

    assert lock["_meta"]["sources"] == []
    for section in ("default", "develop"):
        for name, package in lock[section].items():
            assert "index" not in package, name


def test_nodes_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


@pytest.mark.parametrize("wanted", TOOLS, ids=lambda it: it.stem)
def test_a_tools_holds_what_is_wanted_and_names_no_registry(wanted: Path) -> None:
    pins = wanted.with_suffix(".txt").read_text()

    assert set(wanted.read_text().split()) <= set(pins.replace(";", " ").split())
    assert "://" not in pins
    assert not pins.startswith("-")


TERRAFORM = """#!{python}
import json, sys
print(sys.argv[1:])
wanted = json.load(open("main.tf.json"))["terraform"]["required_providers"]["aws"]
open(".terraform.lock.hcl", "w").write("# " + json.dumps([sys.argv[1:], wanted]) + "\\n")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two environments, and a Terraform that writes down what it was asked."""
    for folder in ("environments", "settings", "programs"):
        (tmp_path / folder).mkdir()
    (tmp_path / "settings" / "aws.py").write_text('_TESTED: Final = "5.100.0"\n')
    for name in ("dev", "prod"):
        (tmp_path / "environments" / f"{name}.toml").write_text("[aws]\n")
    program = tmp_path / "programs" / "terraform"
    program.write_text(TERRAFORM.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    monkeypatch.delenv("TERRAFORM_PROVIDER_MIRROR", raising=False)
    monkeypatch.setattr(lock, "ROOT", tmp_path)
    monkeypatch.setattr(lock, "PROVIDERS", tmp_path / ".terraform.lock.hcl")
    return tmp_path


def locked(project: Path) -> tuple[str, list[str], str]:
    """The platforms that the lock file names, what Terraform was asked, and for which version."""
    first, second = (project / ".terraform.lock.hcl").read_text().splitlines()
    arguments, wanted = json.loads(second.removeprefix("# "))
    return first, arguments, wanted["version"]


def test_given_platforms_only_the_provider_is_locked_anew(project: Path) -> None:
    assert lock.main(["linux_amd64", "darwin_arm64"]) == 0

    assert locked(project) == (
        "# Platforms: linux_amd64 darwin_arm64",
        ["providers", "lock", "-platform=linux_amd64", "-platform=darwin_arm64"],
        "5.100.0",
    )


def test_a_mirror_stands_in_for_the_registry_and_leaves_no_name_behind(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM_PROVIDER_MIRROR", str(project))

    lock.main(["linux_amd64"])

    assert locked(project)[1][-1] == f"-fs-mirror={project}"
    assert locked(project)[0] == "# Platforms: linux_amd64"


@pytest.mark.parametrize(("prod", "version"), [("6.60.0", "6.60.0"), ("6.61.0", "5.100.0")])
def test_the_version_is_the_one_that_all_environments_name(
    project: Path, prod: str, version: str
) -> None:
    for name, given in {"dev": "6.60.0", "prod": prod}.items():
        file = project / "environments" / f"{name}.toml"
        file.write_text(f'[aws]\nprovider_version = "{given}"\n')

    lock.main(["linux_amd64"])

    assert locked(project)[2] == version
