"""Follows docs/recovery.md, "A deployment was interrupted", as a person would: by what is seen."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.deployment import ROOT
from tests.integration.rollout import local
from tests.terraform.agreement import ALL_AGREE, agreement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.deployment import Deployment
    from harness.terraform import Run

LOCKED = "Error acquiring the state lock"
UNTAINT = "terraform untaint "
LEFT_OVER = "Left over: "
NOTHING = "Nothing to import: the state holds all that exists."


@dataclass(frozen=True, kw_only=True, slots=True)
class Adoption:
    """What `ferry adopt` printed.

    Args:
        blocks: Standard output: the import blocks.
        steps: Standard error, line by line: what a person has to do.
    """

    blocks: str
    steps: list[str]

    @property
    def tainted(self) -> list[str]:
        """The addresses that it says to untaint."""
        return [line.rpartition(" ")[2] for line in self.steps if UNTAINT in line]

    @property
    def left_over(self) -> list[str]:
        """The ids of what was made twice."""
        listed = [line.removeprefix(LEFT_OVER) for line in self.steps if LEFT_OVER in line]
        return [id_ for line in listed for id_ in line.partition(" has ")[0].split(", ")]

    @property
    def imports(self) -> list[str]:
        """The addresses that the import blocks bring in."""
        return re.findall(r"^  to = (.+)$", self.blocks, re.MULTILINE)


def adopt(deployment: Deployment, name: str) -> Adoption:
    """Run `ferry adopt NAME`."""
    finished = subprocess.run(
        [
            sys.executable, "-m", "ferry", "adopt", name,
            "--stack", str(deployment.terraform(name).folder / "cdk.tf.json"),
        ],
        cwd=ROOT,
        env=deployment.surroundings(name),
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert finished.returncode in {0, 1}, finished.stderr  # 1: something is left to do by hand
    return Adoption(blocks=finished.stdout, steps=finished.stderr.splitlines())


def unlock_if_locked(deployment: Deployment, name: str) -> bool:
    """Step 1: the lock of a run that is no more."""
    terraform = deployment.terraform(name)
    output = terraform.run("plan", "-no-color", "-input=false").output
    if LOCKED not in output:
        return False
    found = re.search(r"^\W*ID: +(\S+)$", output, re.MULTILINE)
    assert found, output
    terraform.must("force-unlock", "-force", found[1])
    return True


def bring_in(deployment: Deployment, name: str) -> Adoption:
    """Steps 2 to 4: untaint, import, apply. The plan in between destroys nothing."""
    terraform = deployment.terraform(name)
    adoption = adopt(deployment, name)
    for address in adoption.tainted:
        terraform.must("untaint", address)
    with imports_planned(deployment, name, adoption):
        terraform.must("apply", "-no-color", "recovery.tfplan")
    return adoption


@contextmanager
def imports_planned(deployment: Deployment, name: str, adoption: Adoption) -> Iterator[None]:
    """Step 5: the import blocks beside the stack, and a plan that destroys nothing."""
    terraform = deployment.terraform(name)
    imports = terraform.folder / "adopted.tf"
    imports.write_text(adoption.blocks)
    try:
        plan = terraform.plan("recovery")
        destroyed = [
            change["address"]
            for change in plan["resource_changes"]
            if "delete" in change["change"]["actions"]
        ]
        assert not destroyed, f"the recovery's plan would destroy {destroyed}"
        yield
    finally:
        imports.unlink()


def finish(deployment: Deployment, name: str) -> None:
    """What must be true in the end: no changes, nothing forgotten or doubled, one password."""
    assert deployment.terraform(name).changes() == []
    for id_ in adopt(deployment, name).left_over:
        delete(deployment, name, id_)
    assert adopt(deployment, name).steps == [NOTHING]
    assert agreement(deployment, name) == ALL_AGREE


def delete(deployment: Deployment, name: str, id_: str) -> None:
    """Delete what a lost answer made twice, with the call that the docs name."""
    aws = local(deployment.environment(name), url=deployment.cloud.url)
    calls: dict[str, Callable[[], object]] = {
        "eipalloc": lambda: aws.ec2.release_address(AllocationId=id_),
        "rtb": lambda: aws.ec2.delete_route_table(RouteTableId=id_),
        "subnet": lambda: aws.ec2.delete_subnet(SubnetId=id_),
        "vpc": lambda: aws.ec2.delete_vpc(VpcId=id_),
        "vpce": lambda: aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[id_]),
    }
    kind = id_.partition("-")[0]
    if kind in calls:
        calls[kind]()
    else:
        aws.kms.schedule_key_deletion(KeyId=id_, PendingWindowInDays=7)


def apply(deployment: Deployment, name: str) -> Run:
    """`terraform apply`, whatever comes of it."""
    return deployment.terraform(name).run("apply", "-auto-approve", "-no-color")
