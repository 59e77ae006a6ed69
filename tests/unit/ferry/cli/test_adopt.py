"""`ferry adopt` as a person types it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3
import pytest
from typer.testing import CliRunner, Result

from ferry.cli.app import app
from tests.unit.ferry.conftest import ACCOUNT, REGION
from tests.unit.ferry.environments import DEV

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_s3 import S3Client

VPC = {"aws_vpc": {"vpc": {"tags": {"Name": "aurora-ferry-dev"}}}}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the environment dev, synthesized."""
    environments = tmp_path / "environments"
    environments.mkdir()
    (environments / "dev.toml").write_text(DEV)
    monkeypatch.setattr("ferry.environments.FOLDER", environments)
    stack = tmp_path / "cdktf.out/stacks/dev"
    stack.mkdir(parents=True)
    (stack / "cdk.tf.json").write_text(json.dumps({"resource": VPC}))
    return tmp_path


@pytest.fixture
def bucket(s3: S3Client) -> None:
    """The states' bucket, with no state in it."""
    s3.create_bucket(
        Bucket=f"aurora-ferry-tfstate-{ACCOUNT}-{REGION}",
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )


def ferry(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, prog_name="ferry")


@pytest.mark.usefixtures("bucket", "project")
def test_import_blocks_on_standard_output_the_rest_on_standard_error() -> None:
    vpc = boto3.client("ec2", region_name=REGION).create_vpc(CidrBlock="10.20.0.0/20")["Vpc"]
    boto3.client("ec2", region_name=REGION).create_tags(
        Resources=[vpc["VpcId"]], Tags=[{"Key": "Name", "Value": "aurora-ferry-dev"}]
    )

    result = ferry("adopt", "dev")

    assert result.exit_code == 0
    assert result.stdout == f'import {{\n  to = aws_vpc.vpc\n  id = "{vpc["VpcId"]}"\n}}\n'
    assert result.stderr == (
        "1 resource exists and is in no state: the import blocks on standard output bring in what is "
        "missing with the next apply.\n"
    )


@pytest.mark.usefixtures("bucket", "project")
def test_nothing_to_import_prints_no_blocks() -> None:
    result = ferry("adopt", "dev")

    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == "Nothing to import: the state holds all that exists.\n"


@pytest.mark.usefixtures("bucket")
def test_the_stack_may_be_elsewhere(project: Path) -> None:
    elsewhere = project / "elsewhere.json"
    elsewhere.write_text(json.dumps({"resource": {"aws_new": {"x": {}}}}))

    result = ferry("adopt", "dev", "--stack", str(elsewhere))

    assert "Not looked for: aws_new.x, a type that ferry does not know.\n" in result.stderr
    assert result.exit_code == 1


@pytest.mark.usefixtures("bucket")
def test_a_stack_that_was_not_synthesized(project: Path) -> None:
    file = project / "cdktf.out/stacks/dev/cdk.tf.json"
    file.unlink()

    result = ferry("adopt", "dev")

    assert result.exit_code == 3
    assert result.stderr == (
        f"The stack's JSON {file} cannot be read (No such file or directory). Run 'cdktf synth' "
        "first, or name the file with --stack.\n"
    )
    assert result.stdout == ""


@pytest.mark.usefixtures("bucket")
def test_in_another_account_that_is_said_first(project: Path) -> None:
    (project / "cdktf.out/stacks/dev/cdk.tf.json").unlink()
    other = DEV.replace(ACCOUNT, "444455556666")
    (project / "environments/dev.toml").write_text(other)

    result = ferry("adopt", "dev")

    assert result.exit_code == 3
    assert result.stderr.startswith(f"You are signed in to account {ACCOUNT} ")
