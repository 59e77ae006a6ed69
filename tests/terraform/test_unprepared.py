"""A plan in an account that is not prepared fails at once, and says what to run."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT, run_command
from harness.server import LocalAws
from tests.integration.rollout import local
from tests.terraform.served_provider import ServedDeployment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.deployment import Deployment
    from harness.terraform import Run

VPC_ROLE, LOGS_ROLE = "dms-vpc-role", "dms-cloudwatch-logs-role"
NO_VPC_ROLE = (
    "The account has no role dms-vpc-role, which AWS DMS needs under exactly this name."
    " Run `cdktf deploy account-111122223333` first."
)
NO_LOGS_ROLE = NO_VPC_ROLE.replace(VPC_ROLE, LOGS_ROLE)
NO_SECRET = (
    "There is no secret aurora-ferry-dev/source in eu-central-1, from which DMS reads the source's"
    " user and password. Run `ferry secret source dev` first; a secret that has just been written"
    " can take minutes to be listed: plan again."
)


def told(run: Run) -> str:
    """What Terraform printed, its line breaks and frames removed."""
    return " ".join(re.sub(r"^[│╷╵]", "", line).strip() for line in run.output.splitlines())


def made(cloud: LocalAws) -> list[str]:
    """The calls that made something."""
    return [
        f"{call['service']}:{call['operation']}"
        for call in cloud.get("calls")["calls"]
        if call["operation"].startswith(("Create", "Put")) and call["service"] != "s3"
    ]


@pytest.fixture(scope="module")
def bootstrapped(
    tmp_path_factory: pytest.TempPathFactory, synthesized: Path
) -> Iterator[Deployment]:
    """An account that has the states' bucket and nothing else; what a test adds, it removes."""
    folder = tmp_path_factory.mktemp("unprepared")
    output = shutil.copytree(synthesized, folder / "cdktf.out")
    with (
        LocalAws(log=folder / "local-aws.log") as cloud,
        ServedDeployment(cloud=cloud, output=output, folder=folder) as deployment,
    ):
        around = deployment.surroundings("dev")
        run_command("-m", "ferry", "bootstrap", "dev", environment=around)
        deployment.terraform("dev").init()
        yield deployment


@pytest.fixture
def roles(bootstrapped: Deployment) -> Iterator[None]:
    """The account's roles."""
    iam = local(bootstrapped.environment("dev"), url=bootstrapped.cloud.url).iam
    for name in (VPC_ROLE, LOGS_ROLE):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    yield
    for name in (VPC_ROLE, LOGS_ROLE):
        iam.delete_role(RoleName=name)


@pytest.fixture
def secret(bootstrapped: Deployment) -> Iterator[None]:
    """The source's secret."""
    aws = local(bootstrapped.environment("dev"), url=bootstrapped.cloud.url)
    name = "aurora-ferry-dev/source"
    aws.secretsmanager.create_secret(Name=name, SecretString="{}")
    yield
    aws.secretsmanager.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def plan(deployment: Deployment) -> Run:
    return deployment.terraform("dev").run("plan", "-no-color")


def test_neither_roles_nor_secret(bootstrapped: Deployment) -> None:
    run = plan(bootstrapped)

    assert run.returncode == 1
    assert told(run).count("Error:") == 3
    assert NO_VPC_ROLE in told(run)
    assert NO_LOGS_ROLE in told(run)
    assert NO_SECRET in told(run)


@pytest.mark.usefixtures("secret")
def test_no_roles(bootstrapped: Deployment) -> None:
    run = plan(bootstrapped)

    assert run.returncode == 1
    assert told(run).count("Error:") == 2
    assert NO_VPC_ROLE in told(run)
    assert NO_LOGS_ROLE in told(run)


@pytest.mark.usefixtures("roles")
def test_no_secret(bootstrapped: Deployment) -> None:
    run = plan(bootstrapped)

    assert run.returncode == 1
    assert told(run).count("Error:") == 1
    assert NO_SECRET in told(run)


def test_an_apply_makes_nothing(bootstrapped: Deployment) -> None:
    before = made(bootstrapped.cloud)

    run = bootstrapped.terraform("dev").run("apply", "-auto-approve", "-no-color")

    assert run.returncode == 1
    assert NO_VPC_ROLE in told(run)
    assert made(bootstrapped.cloud) == before


def test_roles_that_exist_are_adopted_by_the_imports_of_the_docs(deployment: Deployment) -> None:
    iam = local(deployment.environment("dev"), url=deployment.cloud.url).iam
    for name, path in ((VPC_ROLE, "/service-role/"), (LOGS_ROLE, "/")):
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument='{"Statement": []}')
    iam.attach_role_policy(
        RoleName=VPC_ROLE,
        PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole",
    )
    run_command("-m", "ferry", "bootstrap", "dev", environment=deployment.surroundings("dev"))
    deployment.account_terraform("dev").init()
    terraform = deployment.account_terraform("dev")

    refused = terraform.run("apply", "-auto-approve", "-no-color")
    assert refused.returncode == 1
    assert "EntityAlreadyExists" in refused.output

    recovery = (ROOT / "docs" / "recovery.md").read_text()
    imports = re.findall(r"^terraform import (aws_iam_role\S*) (\S+)$", recovery, re.MULTILINE)
    assert len(imports) == 4
    for address, id_ in imports:
        terraform.run("import", "-no-color", address, id_)  # one policy is not attached yet
    terraform.apply()

    assert terraform.changes() == []
    assert iam.get_role(RoleName=VPC_ROLE)["Role"]["Path"] == "/service-role/"
    attached = iam.list_attached_role_policies(RoleName=LOGS_ROLE)
    assert [one["PolicyName"] for one in attached["AttachedPolicies"]] == [
        "AmazonDMSCloudWatchLogsRole"
    ]
