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


MENDED: Final = {
    "tmp": ("0.2.6", "GHSA-52f5-9888-hmc6, GHSA-ph9p-34f9-6g65"),
    "lodash": ("4.18.0", "GHSA-f23m-r3pf-42rh, GHSA-r5fr-rjxr-66jc"),
    "brace-expansion": ("2.1.3", "GHSA-v6h2-p8h4-qcjw, GHSA-mh99-v99m-4gvg"),
}
"""What package.json overrides: since which version it is mended, of which advisories (github.com/advisories)."""


def number(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_every_override_of_nodes_has_the_advisories_that_it_is_for() -> None:
    assert set(json.loads((ROOT / "package.json").read_text())["overrides"]) == set(MENDED)


@pytest.mark.parametrize("name", MENDED)
def test_nodes_are_locked_as_mended_where_npm_can_say_so(name: str) -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    # What a package brings along within itself npm does not replace.
    versions = [
        package["version"]
        for place, package in lock["packages"].items()
        if place.rpartition("node_modules/")[2] == name and not package.get("inBundle")
    ]

    assert versions
    assert [it for it in versions if number(it) < number(MENDED[name][0])] == []


@pytest.mark.parametrize("wanted", TOOLS, ids=lambda it: it.stem)
def test_a_tools_holds_what_is_wanted_and_names_no_registry(wanted: Path) -> None:
    pins = wanted.with_suffix(".txt").read_text()

    assert set(wanted.read_text().split()) <= set(pins.replace(";", " ").split())
    assert "://" not in pins
    assert not pins.startswith("-")


TERRAFORM = """#!{python}
import json, os, sys
wanted = json.load(open("main.tf.json"))["terraform"]["required_providers"]["aws"]
file = ".terraform.lock.hcl"
held = open(file).read().splitlines() if os.path.exists(file) else []
asked = "# " + json.dumps([sys.argv[1:], wanted])
hash = '"h1:' + sys.argv[3].removeprefix("-platform=")[::-1] + '",'
# As Terraform does: sorted, and without anybody's comments.
hashes = sorted({{it.partition(" #")[0] for it in held if it.startswith('"h1:')}} | {{hash}})
asks = [it for it in held if it.startswith("# ")] + [asked]
open(file, "w").write("\\n".join(asks + hashes + ['"zh:0",']) + "\\n")
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


def locked(project: Path) -> tuple[list[str], list[list[str]], str]:
    """The lock file's hashes, what Terraform was asked, and for which version."""
    lines = (project / ".terraform.lock.hcl").read_text().splitlines()
    asked = [json.loads(it.removeprefix("# ")) for it in lines if it.startswith("# ")]
    return (
        [it for it in lines if not it.startswith("# ")],
        [arguments for arguments, _ in asked],
        asked[0][1]["version"],
    )


def test_given_platforms_only_the_provider_is_locked_anew(project: Path) -> None:
    assert lock.main(["linux_amd64", "darwin_arm64"]) == 0

    assert locked(project) == (
        ['"h1:46dma_xunil", # linux_amd64', '"h1:46mra_niwrad", # darwin_arm64', '"zh:0",'],
        [
            ["providers", "lock", "-platform=linux_amd64"],
            ["providers", "lock", "-platform=darwin_arm64"],
        ],
        "5.100.0",
    )


def test_a_mirror_stands_in_for_the_registry_and_leaves_no_name_behind(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM_PROVIDER_MIRROR", str(project))

    lock.main(["linux_amd64"])

    assert locked(project)[1] == [
        ["providers", "lock", "-platform=linux_amd64", f"-fs-mirror={project}"]
    ]


@pytest.mark.parametrize(("prod", "version"), [("6.60.0", "6.60.0"), ("6.61.0", "5.100.0")])
def test_the_version_is_the_one_that_all_environments_name(
    project: Path, prod: str, version: str
) -> None:
    for name, given in {"dev": "6.60.0", "prod": prod}.items():
        file = project / "environments" / f"{name}.toml"
        file.write_text(f'[aws]\nprovider_version = "{given}"\n')

    lock.main(["linux_amd64"])

    assert locked(project)[2] == version


def test_without_platforms_it_needs_those_behind_the_hashes(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock.PROVIDERS.write_text('"h1:46dma_xunil",\n')

    assert lock.main([]) == 2
    assert capsys.readouterr().out == (
        ".terraform.lock.hcl names no platform behind a hash: make lock PLATFORMS=linux_amd64 writes "
        "it anew\n"
    )
    assert [*project.glob("Pipfile*")] == []
