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
    """Add the stack of each account that the environments are in, and each environment's own."""
    by_account = {environment.aws.account_id: environment for environment in environments}
    for environment in by_account.values():
        AccountStack(app, environment)
    for environment in environments:
        MigrationStack(app, environment)
