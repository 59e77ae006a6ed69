"""Each test has a local AWS and a folder of its own, so that all can run side by side."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING

import pytest

from harness.deployment import run_command, synthesize
from harness.server import LocalAws
from harness.surroundings import surroundings
from harness.terraform import Terraform
from tests.integration.rollout import local
from tests.terraform.everything import Everything, deploy_everything
from tests.terraform.served_provider import ServedDeployment
from tests.terraform.side_by_side import PROCESSES, Scheduling, alone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from harness.deployment import Deployment

ROLES = {
    "dms-vpc-role": "AmazonDMSVPCManagementRole",
    "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
}
NOTE = "note"
NOWHERE = "http://127.0.0.1:9"
"""The discard port: validation asks AWS nothing."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the tests' notes, from whichever process they come."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    notes = [
        f"{report.nodeid}: {text}"
        for report in reports
        for name, text in report.user_properties
        if name == NOTE
    ]
    if notes:
        terminalreporter.section("notes")
        terminalreporter.write_line("\n".join(notes))


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Writes a line that is shown at the end, for a test that passes as well."""
    return partial(record_property, NOTE)


def pytest_xdist_auto_num_workers() -> int:
    """How many processes `-n auto` starts."""
    return PROCESSES


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    """Say which tests share a process."""
    return Scheduling(config, log)


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The JSON of every stack, made once; copy it before Terraform writes into it."""
    folder = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        folder = folder.parent  # which the processes of pytest-xdist share
    with alone(folder / "synthesized.lock"):
        if not (folder / "cdktf.out").exists():
            synthesize(folder)
    return folder / "cdktf.out"


@pytest.fixture(scope="session")
def installed(synthesized: Path, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Terraform with the provider as it is shipped, in a stack that is never planned."""
    folder = tmp_path_factory.mktemp("installed")
    stack = shutil.copytree(synthesized / "stacks" / "dev", folder / "dev")
    around = surroundings(
        url=NOWHERE, account_id="111122223333", region="eu-central-1", folder=folder
    )
    terraform = Terraform(folder=stack, environment=around)
    terraform.must("init", "-backend=false", "-no-color")
    return terraform


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[LocalAws]:
    """An empty AWS."""
    with LocalAws(log=tmp_path / "local-aws.log") as cloud:
        yield cloud


@pytest.fixture
def deployment(tmp_path: Path, synthesized: Path, cloud: LocalAws) -> Iterator[Deployment]:
    """The environments, none of them deployed."""
    output = shutil.copytree(synthesized, tmp_path / "cdktf.out")
    with ServedDeployment(cloud=cloud, output=output, folder=tmp_path) as deployment:
        yield deployment


@pytest.fixture
def ready(deployment: Deployment) -> Deployment:
    """The environment dev, all prepared but not deployed."""
    make_roles(deployment)
    deployment.prepare_environment("dev")
    return deployment


def make_roles(deployment: Deployment) -> None:
    """The bucket, and what the account's stack would make: other tests apply that."""
    run_command("-m", "ferry", "bootstrap", "dev", environment=deployment.surroundings("dev"))
    iam = local(deployment.environment("dev"), url=deployment.cloud.url).iam
    for name, policy in ROLES.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
        iam.attach_role_policy(
            RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/service-role/{policy}"
        )


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory, synthesized: Path) -> Iterator[Everything]:
    """All environments, deployed; only looked at, or put back as they were."""
    folder = tmp_path_factory.mktemp("everything")
    output = shutil.copytree(synthesized, folder / "cdktf.out")
    with (
        LocalAws(log=folder / "local-aws.log") as cloud,
        ServedDeployment(cloud=cloud, output=output, folder=folder) as deployment,
    ):
        yield deploy_everything(deployment)
