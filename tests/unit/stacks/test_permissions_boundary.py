"""With `aws.permissions_boundary_arn` every role carries it, and nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cdktf import Testing

from stacks.account_stack import AccountStack
from stacks.migration_stack import MigrationStack
from tests.unit.template import Template

if TYPE_CHECKING:
    from settings.environment import Environment

BOUNDARY = "arn:aws:iam::111122223333:policy/aurora-ferry-boundary"


@pytest.mark.parametrize(
    ("stack", "roles"),
    [
        (
            MigrationStack,
            {
                "aurora-ferry-dev-dms-secrets",
                "aurora-ferry-dev-rds-monitoring",
                "aurora-ferry-dev-flow-logs",
            },
        ),
        (AccountStack, {"dms-vpc-role", "dms-cloudwatch-logs-role"}),
    ],
)
def test_every_role_carries_the_boundary(
    environments: dict[str, Environment],
    stack: type[MigrationStack | AccountStack],
    roles: set[str],
) -> None:
    dev = environments["dev"]
    aws = dev.aws.model_copy(update={"permissions_boundary_arn": BOUNDARY})
    without = Template.of(stack(Testing.app(), dev)).document
    bounded = Template.of(stack(Testing.app(), dev.model_copy(update={"aws": aws}))).document

    carried = {
        role["name"]: role.pop("permissions_boundary")
        for role in bounded["resource"]["aws_iam_role"].values()
    }

    assert carried == dict.fromkeys(roles, BOUNDARY)
    assert bounded == without
