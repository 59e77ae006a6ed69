"""What tools/move_to_cdktn.py makes is this project: cdktn writes the same Terraform JSON from it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from harness.deployment import ROOT, synthesize
from tests.moved.arguments import unknown
from tests.moved.successor import SECONDS, assembly, documents, synthesized

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(2 * SECONDS)
LEAN, SHIPPED = "on", "off"
SPOILT = {
    "provider": {"aws": [{"region": "eu-central-1", "default_tags": [{"tag": {}}]}]},
    "resource": {
        "aws_rds_clusters": {},
        "aws_rds_cluster": {"it": {"engin": "aurora-postgresql", "depends_on": []}},
        "aws_rds_cluster_parameter_group": {
            "it": {"tags": {"any": ""}, "parameter": [{"nam": ""}]}
        },
    },
    "data": {"aws_region": {"it": {"nam": ""}}},
}


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moved") / "copy"
    subprocess.run(
        [sys.executable, "-m", "tools.move_to_cdktn", str(folder)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return folder


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return documents(synthesize(tmp_path_factory.mktemp("today")))


@pytest.mark.parametrize("bindings", [LEAN, SHIPPED])
def test_cdktn_writes_the_same_terraform_json(
    moved: Path, today: dict[str, Any], tmp_path: Path, bindings: str
) -> None:
    then = synthesized(moved, tmp_path, LEAN_BINDINGS=bindings)

    assert len(today) > 4
    assert then.keys() == today.keys()
    for file, document in today.items():
        assert then[file] == document, file


def test_the_current_provider_has_every_argument(today: dict[str, Any]) -> None:
    types = assembly()["types"]
    stacks = {file: it for file, it in today.items() if file != "manifest.json"}

    assert {file: unknown(it, types) for file, it in stacks.items()} == {
        file: [] for file in stacks
    }
    assert unknown(SPOILT, types) == [
        "resource.aws_rds_clusters",
        "resource.aws_rds_cluster.it.engin",
        "resource.aws_rds_cluster_parameter_group.it.parameter.nam",
        "data.aws_region.it.nam",
        "provider.aws.default_tags.tag",
    ]


def test_the_copy_says_nothing_of_the_project_before(moved: Path) -> None:
    check = (moved / "tools/check.py").read_text()
    packages = json.loads((moved / "package.json").read_text())["dependencies"]

    assert "moved" not in check
    assert list(packages) == ["cdktn-cli"]
    assert "cdktf_" not in (moved / "pyproject.toml").read_text()
