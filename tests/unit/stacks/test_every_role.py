"""What every role of a stack carries where the file says so; nothing else changes."""

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


SETTINGS = {
    "permissions_boundary": ("permissions_boundary_arn", BOUNDARY),
    "path": ("role_path", "/databases/ferry/"),
}


@pytest.mark.parametrize("attribute", SETTINGS)
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
def test_every_role_carries_it(
    environments: dict[str, Environment],
    stack: type[MigrationStack | AccountStack],
    roles: set[str],
    attribute: str,
) -> None:
    dev, (setting, value) = environments["dev"], SETTINGS[attribute]
    aws = dev.aws.model_copy(update={setting: value})
    without = Template.of(stack(Testing.app(), dev)).document
    bounded = Template.of(stack(Testing.app(), dev.model_copy(update={"aws": aws}))).document

    carried = {
        role["name"]: role.pop(attribute) for role in bounded["resource"]["aws_iam_role"].values()
    }

    assert carried == dict.fromkeys(roles, value)
    assert bounded == without
