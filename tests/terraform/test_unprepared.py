"""A plan in an account that is not prepared fails at once, and says what to run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.deployment import ROOT, run_command
from tests.integration.rollout import local

if TYPE_CHECKING:
    from harness.deployment import Deployment
    from harness.server import LocalAws
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
    """The calls that made something, except the lock of the state."""
    return [
        f"{call['service']}:{call['operation']}"
        for call in cloud.get("calls")["calls"]
        if call["operation"].startswith("Create") and call["operation"] != "CreateBucket"
    ]


def bootstrap(deployment: Deployment) -> None:
    run_command("-m", "ferry", "bootstrap", "dev", environment=deployment.surroundings("dev"))
    deployment.terraform("dev").init()


def test_neither_roles_nor_secret(deployment: Deployment, cloud: LocalAws) -> None:
    bootstrap(deployment)

    run = deployment.terraform("dev").run("plan", "-no-color")

    assert run.returncode == 1
    assert NO_VPC_ROLE in told(run)
    assert NO_LOGS_ROLE in told(run)
    assert NO_SECRET in told(run)
    assert made(cloud) == []


def test_no_roles(deployment: Deployment) -> None:
    bootstrap(deployment)
    deployment.prepare_environment("dev")

    run = deployment.terraform("dev").run("plan", "-no-color")

    assert run.returncode == 1
    assert told(run).count("Error:") == 2
    assert NO_VPC_ROLE in told(run)
    assert NO_LOGS_ROLE in told(run)


def test_no_secret(deployment: Deployment) -> None:
    deployment.prepare_account("dev")
    deployment.terraform("dev").init()

    run = deployment.terraform("dev").run("plan", "-no-color")

    assert run.returncode == 1
    assert told(run).count("Error:") == 1
    assert NO_SECRET in told(run)


def test_an_apply_makes_nothing_either(deployment: Deployment, cloud: LocalAws) -> None:
    bootstrap(deployment)

    run = deployment.terraform("dev").run("apply", "-auto-approve", "-no-color")

    assert run.returncode == 1
    assert NO_VPC_ROLE in told(run)
    assert made(cloud) == []


def test_roles_that_exist_are_adopted_by_the_imports_of_the_docs(deployment: Deployment) -> None:
    iam = local(deployment.environment("dev"), url=deployment.cloud.url).iam
    for name in (VPC_ROLE, LOGS_ROLE):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument='{"Statement": []}')
    iam.attach_role_policy(
        RoleName=VPC_ROLE,
        PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole",
    )
    run_command("-m", "ferry", "bootstrap", "dev", environment=deployment.surroundings("dev"))
    terraform = deployment.account_terraform("dev")
    terraform.init()

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
    attached = iam.list_attached_role_policies(RoleName=LOGS_ROLE)
    assert [one["PolicyName"] for one in attached["AttachedPolicies"]] == [
        "AmazonDMSCloudWatchLogsRole"
    ]
