"""A call that carries a password fails: what docs/recovery.md says makes all passwords agree again.

Only the cluster and its secrets are applied (`-target`): the rest would be waited for in vain.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from harness.deployment import synthesize
from tests.terraform.agreement import ALL_AGREE, agreement
from tests.terraform.checkout import check_out, replace
from tests.terraform.served_provider import ServedDeployment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.deployment import Deployment
    from harness.server import LocalAws
    from harness.terraform import Run

NAME = "dev"
VERSION = "master_password_version"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout in which the password's version can be raised."""
    project = check_out(tmp_path / "project")
    replace(project / "environments/dev.toml", "[aurora]\n", f"[aurora]\n{VERSION} = 1\n")
    return project


@pytest.fixture
def deployment(tmp_path: Path, project: Path, cloud: LocalAws) -> Iterator[Deployment]:
    output = synthesize(tmp_path, project=project, names=NAME)
    with ServedDeployment(cloud=cloud, output=output, folder=tmp_path) as deployment:
        yield deployment


def raise_version(deployment: Deployment, project: Path, *, to: int) -> None:
    replace(project / "environments/dev.toml", f"{VERSION} = {to - 1}", f"{VERSION} = {to}")
    synthesize(deployment.folder, project=project, names=NAME)


def apply(deployment: Deployment) -> Run:
    """Apply the cluster, and the target's secret, which is written last."""
    terraform = deployment.terraform(NAME)
    document = json.loads((terraform.folder / "cdk.tf.json").read_text())
    target = next(
        name
        for name in document["resource"]["aws_secretsmanager_secret_version"]
        if name.startswith("target")
    )
    return terraform.run(
        "apply", "-auto-approve", "-no-color", f"-target=aws_secretsmanager_secret_version.{target}"
    )


def fingerprint(cloud: LocalAws) -> str:
    """What tells a cluster's password from the one before, and shows neither."""
    (cluster,) = cloud.get("master-passwords")["clusters"]
    return hashlib.sha256(cluster["password"].encode()).hexdigest()


def refuse(cloud: LocalAws, *operations: str) -> None:
    cloud.post("faults", {"rules": [{"operations": [one]} for one in operations]})


def test_a_creation_that_failed_is_run_again(ready: Deployment, cloud: LocalAws) -> None:
    refuse(cloud, "secretsmanager:PutSecretValue", "rds:CreateDBCluster")

    first, second, third = apply(ready), apply(ready), apply(ready)

    assert first.returncode == 1
    assert "PutSecretValue" in first.output
    assert second.returncode == 1
    assert "creating RDS Cluster (aurora-ferry-dev)" in second.output
    assert third.returncode == 0, third.output
    assert agreement(ready, NAME) == ALL_AGREE


def test_a_rotation_that_failed(ready: Deployment, cloud: LocalAws, project: Path) -> None:
    assert apply(ready).returncode == 0
    first = fingerprint(cloud)

    # The secret cannot be written: run again.
    raise_version(ready, project, to=2)
    refuse(cloud, "secretsmanager:PutSecretValue")
    failed, mended = apply(ready), apply(ready)

    assert failed.returncode == 1
    assert "PutSecretValue" in failed.output
    assert mended.returncode == 0, mended.output
    assert agreement(ready, NAME) == ALL_AGREE
    second = fingerprint(cloud)
    assert second != first

    # The cluster does not take it: raise the version once more.
    raise_version(ready, project, to=3)
    refuse(cloud, "rds:ModifyDBCluster")
    failed = apply(ready)

    assert failed.returncode == 1
    assert "updating RDS Cluster (aurora-ferry-dev)" in failed.output
    # DMS goes on working meanwhile: its secret still has the password that the cluster has.
    assert agreement(ready, NAME) == {"master": False, "target": True}

    raise_version(ready, project, to=4)
    mended = apply(ready)

    assert mended.returncode == 0, mended.output
    assert agreement(ready, NAME) == ALL_AGREE
    assert fingerprint(cloud) not in {first, second}
