"""Deploys environments to local AWS side by side, as several operators would."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import boto3

from ferry.account import Account
from ferry.check.deployment.deployed import Deployed
from harness.deployment import CommandFailedError, Deployment
from harness.terraform import TerraformError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from harness.server import LocalAws
    from settings.environment import Environment

_TAIL_LINES = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A deployment that failed.

    Args:
        name: The environment.
        output: What Terraform, or the command that failed, printed.
    """

    name: str
    output: str

    @property
    def full(self) -> str:
        """The end of what was printed, where errors stand."""
        tail = "\n".join(self.output.rstrip().splitlines()[-_TAIL_LINES:])
        return f"{self.name} could not be deployed to local AWS:\n{tail}"

    @property
    def short(self) -> str:
        """A reminder."""
        return f"{self.name} could not be deployed; another test shows Terraform's output"


def roll_out(
    environments: Sequence[Environment], *, cloud: LocalAws, output: Path, folder: Path
) -> Mapping[str, Deployed | Failure]:
    """Prepare each account once, then deploy all environments at the same time.

    Args:
        environments: The environments.
        cloud: Where to.
        output: The synthesized JSON.
        folder: Where Terraform's configuration may be written.
    """
    deployment = Deployment(cloud=cloud, output=output, folder=folder)
    by_account = {environment.aws.account_id: environment for environment in environments}
    unprepared: dict[str, str] = {}
    for account_id, environment in by_account.items():
        try:
            deployment.prepare_account(environment.name)
        except (CommandFailedError, TerraformError) as error:
            unprepared[account_id] = str(error)

    def deploy(environment: Environment) -> Deployed | Failure:
        name, account_id = environment.name, environment.aws.account_id
        if account_id in unprepared:
            return Failure(name=name, output=unprepared[account_id])
        try:
            deployment.prepare_environment(name)
            deployment.terraform(name).apply()
        except (CommandFailedError, TerraformError) as error:
            return Failure(name=name, output=str(error))
        return deployed(environment, url=cloud.url)

    with ThreadPoolExecutor(max_workers=len(environments)) as pool:
        results = pool.map(deploy, environments)
        return {one.name: result for one, result in zip(environments, results, strict=True)}


def local(environment: Environment, *, url: str) -> Account:
    """An environment's account on local AWS, where an access key of twelve digits stands for it."""
    session = boto3.Session(
        aws_access_key_id=environment.aws.account_id, aws_secret_access_key="local"
    )
    session.client = partial(session.client, endpoint_url=url)  # type: ignore[method-assign]  # several local AWS in one process: no variable can say which
    return Account(
        account_id=environment.aws.account_id,
        region=environment.aws.region,
        state_region=environment.aws.home_region,
        session=session,
    )


def deployed(environment: Environment, *, url: str) -> Deployed:
    """An environment that is deployed on local AWS."""
    return Deployed(environment=environment, account=local(environment, url=url))
