"""An environment as it is deployed: its file, its account, and Terraform's state of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from facts import names
from ferry.deployment.state import State, read_state
from ferry.environments import tags
from ferry.errors import FerryError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ferry.account import Account
    from settings.environment import Environment


class NotDeployedError(FerryError):
    """The environment's state has no outputs. The text says what to run."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """An environment that is deployed in its account, or that a deployment has begun to make.

    Args:
        environment: What its file says.
        account: Its account.
    """

    environment: Environment
    account: Account

    @cached_property
    def state(self) -> State:
        """Terraform's state, read once; one that was never written holds nothing.

        Raises:
            FerryError: S3 refuses to show it, as where the bucket was never made.
        """
        return read_state(
            self.account.s3,
            bucket=self.environment.state_bucket,
            key=self.environment.state_key,
        )

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs by name, of which there are some.

        Raises:
            NotDeployedError: There are none.
            FerryError: S3 refuses to show the state.
        """
        if not self.state.outputs:
            environment = self.environment
            raise NotDeployedError(
                f"The state s3://{environment.state_bucket}/{environment.state_key} has no outputs:"
                f" {environment.name} was never deployed, was destroyed, or its deployment did not "
                f"end. Deploy it first: cdktf deploy {names.environment_stack(environment.name)}"
            )
        return self.state.outputs

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags that everything in the environment carries."""
        return tags(self.environment)
