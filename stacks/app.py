"""All stacks of an app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.account_stack import AccountStack
from stacks.migration_stack import MigrationStack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import App

    from settings.environment import Environment


def add_stacks(app: App, environments: Sequence[Environment]) -> None:
    """Add each environment's stack, and that of each account in which something is carried.

    The account's stack has what DMS looks up, and nothing else.
    """
    carrying = {it.aws.account_id: it for it in environments if it.has_migration}
    for environment in carrying.values():
        AccountStack(app, environment)
    for environment in environments:
        MigrationStack(app, environment)
