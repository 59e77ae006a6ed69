"""What a person sees of Terraform; the lines are as it and cdktf print them."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from harness.progress import Progress
from harness.steps import Steps

if TYPE_CHECKING:
    from pathlib import Path

PLAN = """
   dev  Terraform will perform the following actions:
   dev  # aws_subnet.network_dms-1_BEA808CA (network/dms-1) will be created
          + resource "aws_subnet" "network_dms-1_BEA808CA" {
        # aws_subnet.network_dms-2_BEA808CB (network/dms-2) will be created
        # aws_vpc.network_vpc_4E8F0223 (network/vpc) will be created
        # data.aws_iam_role.account_1 (account/role) will be read during apply
        Plan: 3 to add, 0 to change, 0 to destroy.
"""
CREATED = """
   dev  aws_vpc.network_vpc_4E8F0223 (network/vpc): Creating...
        ephemeral.aws_secretsmanager_random_password.random_D0373819: Opening complete after 0s
   dev  aws_vpc.network_vpc_4E8F0223 (network/vpc): Still creating... [10s elapsed]
   dev  aws_vpc.network_vpc_4E8F0223 (network/vpc): Creation complete after 10s [id=vpc-a4]
        aws_subnet.network_dms-1_BEA808CA (network/dms-1): Creation complete after 0s [id=subnet-1]
        aws_subnet.network_dms-2_BEA808CB (network/dms-2): Creation complete after 1s [id=subnet-2]
   dev  Apply complete! Resources: 3 added, 0 changed, 0 destroyed.
"""
DESTROYED = """
   dev  # aws_vpc.network_vpc_4E8F0223 (network/vpc) will be destroyed
   dev  aws_vpc.network_vpc_4E8F0223: Destroying... [id=vpc-a4]
   dev  aws_vpc.network_vpc_4E8F0223: Still destroying... [id=vpc-a4, 10s elapsed]
   dev  aws_vpc.network_vpc_4E8F0223: Destruction complete after 11s
"""


@pytest.fixture
def shown() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def steps(shown: io.StringIO, tmp_path: Path) -> Steps:
    return Steps(console=Console(file=shown), log=tmp_path / "steps.log", verbose=False)


def followed(progress: Progress, shown: io.StringIO, *printed: str) -> list[str]:
    for line in "".join(printed).splitlines():
        progress(line)
    progress.end()
    return re.sub(r"\d+ s", "N s", shown.getvalue()).splitlines()


def test_each_kind_is_shown_when_all_of_it_are_there(steps: Steps, shown: io.StringIO) -> None:
    assert followed(Progress(steps), shown, PLAN, CREATED) == [
        "   aws_vpc                                      1  after N s",
        "   aws_subnet                                   2  after N s",
        "   3 resources of 2 kinds created in N s",
    ]


def test_without_a_plan_that_is_understood_they_are_shown_at_the_end(
    steps: Steps, shown: io.StringIO
) -> None:
    assert followed(Progress(steps), shown, CREATED) == [
        "   aws_subnet                                   2  after N s",
        "   aws_vpc                                      1  after N s",
        "   3 resources of 2 kinds created in N s",
    ]


def test_kinds_may_be_left_out(steps: Steps, shown: io.StringIO) -> None:
    assert followed(Progress(steps, each_kind=False), shown, DESTROYED) == [
        "   1 resource of 1 kind destroyed in N s"
    ]


def test_where_nothing_is_done_nothing_is_shown(steps: Steps, shown: io.StringIO) -> None:
    assert followed(Progress(steps), shown, "No changes. Your infrastructure matches.\n") == []


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (PLAN[:50], "no plan yet, N s"),
        (PLAN + CREATED, "0 of 3 created, N s; creating aws_vpc for 10s"),
        (DESTROYED, "0 of 1 destroyed, N s; destroying aws_vpc for 10s"),
    ],
    ids=["planning", "creating", "destroying"],
)
def test_what_takes_long_is_said_meanwhile(
    printed: str, said: str, steps: Steps, shown: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.steps._SILENCE_SECONDS", -1)

    assert f"   {said}" in followed(Progress(steps), shown, printed)
