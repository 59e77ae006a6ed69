"""An environment as it is deployed: its file, its account, and Terraform's state of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from facts import names, outputs
from ferry.account import NotFoundError
from ferry.deployment.state import State, read_state
from ferry.environments import tags
from ferry.errors import FerryError
from settings.environment import NoMigrationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from ferry.account import Account
    from settings.environment import Environment


_ALL: Final = {
    value
    for name, value in vars(outputs).items()
    if name.isupper() and isinstance(value, str) and not name.startswith("READER_INSTANCE_")
} | {outputs.READER_INSTANCE_IDS}
"""All outputs but those of single readers, of which there may be none."""


def outputs_of(environment: Environment) -> AbstractSet[str]:
    """The outputs that an environment has, but for those of single readers."""
    if not environment.has_migration:
        return _ALL - outputs.OF_A_MIGRATION - outputs.OF_SEVERAL_DATABASES - outputs.OF_A_WAY_BACK
    wanted = _ALL if len(environment.carried) > 1 else _ALL - outputs.OF_SEVERAL_DATABASES
    return wanted if environment.migration.dms.rollback else wanted - outputs.OF_A_WAY_BACK


class NotDeployedError(FerryError):
    """The environment's state has no outputs, or not this one. The text says what to run."""


class _Outputs(dict[str, Any]):
    """The outputs' values by name."""

    def __init__(
        self, values: Mapping[str, Any], *, wanted: AbstractSet[str], state: str, remedy: str
    ) -> None:
        """Which there should be, of which state, and what to run where one is missing."""
        super().__init__(values)
        self._wanted = wanted
        self._state = state
        self._remedy = remedy

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 - as dict's
        if name in outputs.OF_A_MIGRATION - self._wanted:
            raise NoMigrationError
        missing = ", ".join(sorted((self._wanted | {name}) - self.keys()))
        raise NotDeployedError(
            f"The state {self._state} lacks outputs ({missing}): the last deployment did not end, or "
            "was of an earlier version of this project.",
            self._remedy,
        )


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
            FerryError: S3 refuses to show it, there is no bucket, or it is no state.
        """
        bucket = self.environment.state_bucket
        try:
            return read_state(self.account.s3, bucket=bucket, key=self.environment.state_key)
        except NotFoundError:
            raise FerryError(
                f"There is no bucket {bucket}, which keeps the states of the account.",
                f"Make it: ferry bootstrap {self.environment.name}",
            ) from None

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs by name, of which there are some.

        Raises:
            NotDeployedError: There are none, or the one asked for is missing.
            NoMigrationError: The one asked for is of DMS, and the file has Aurora alone.
            FerryError: S3 refuses to show the state.
        """
        name = self.environment.name
        state = f"s3://{self.environment.state_bucket}/{self.environment.state_key}"
        deploy = f"cdktf deploy {names.environment_stack(name)}"
        if not self.state.outputs:
            raise NotDeployedError(
                f"The state {state} has no outputs: {name} was never deployed, was destroyed, or "
                "its deployment did not end.",
                f"Deploy it first: {deploy}",
            )
        return _Outputs(
            self.state.outputs,
            wanted=outputs_of(self.environment),
            state=state,
            remedy=f"Deploy it again: {deploy}",
        )

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags that everything in the environment carries."""
        return tags(self.environment)
