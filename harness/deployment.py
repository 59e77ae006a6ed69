"""Deploys environments to local AWS as an operator would: synthesize, prepare the account, apply."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from facts import names
from harness.standing import PATH, standing
from harness.surroundings import surroundings
from harness.terraform import Terraform
from settings.reading.loading import load_environments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.server import LocalAws
    from settings.environment import Environment

ROOT = Path(__file__).resolve().parent.parent


class CommandFailedError(Exception):
    """A command of the project failed; the text is what it printed."""


def run_command(
    *arguments: str, environment: Mapping[str, str], given: str = "", folder: Path = ROOT
) -> str:
    """Run a Python command of the project and return what it printed.

    Raises:
        CommandFailedError: It did not end with 0.
    """
    finished = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=dict(environment),
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise CommandFailedError(
            f"{' '.join(arguments)} ended with {finished.returncode}:\n{finished.stdout}"
        )
    return finished.stdout


def synthesize(folder: Path, *, project: Path = ROOT, names: str = "") -> Path:
    """Write the Terraform JSON of the environments and return its folder.

    Args:
        folder: Where ``cdktf.out`` is written.
        project: The checkout whose ``main.py`` runs.
        names: The environments, separated by commas; all by default.
    """
    output = folder / "cdktf.out"
    run_command(
        "main.py",
        environment=os.environ | {"CDKTF_OUTDIR": str(output), "ENVIRONMENT_SUFFIX": names},
        folder=project,
    )
    return output


@dataclass(kw_only=True)
class Deployment:
    """Environments on one local AWS.

    Args:
        cloud: Where they are deployed.
        output: The synthesized JSON.
        folder: Where Terraform's configuration may be written.
        project: The checkout whose environments they are.
        signed_in: The account whose credentials are found; by default each environment's own.
            Another one is left by the role that the file names.
    """

    cloud: LocalAws
    output: Path
    folder: Path
    project: Path = ROOT
    signed_in: str | None = None
    source_passwords: dict[str, str] = field(default_factory=dict)
    """The canaries: the source's password of each environment, to be found nowhere."""
    printed: list[str] = field(default_factory=list)
    """What ferry printed."""

    def environment(self, name: str) -> Environment:
        """The settings of an environment."""
        (environment,) = load_environments(self.project / "environments", selected=name)
        return environment

    def surroundings(self, name: str) -> dict[str, str]:
        """The variables under which an environment is deployed."""
        aws = self.environment(name).aws
        return surroundings(
            url=self.cloud.url,
            account_id=self.signed_in or aws.account_id,
            region=aws.region,
            folder=self.folder,
        )

    def terraform(self, name: str) -> Terraform:
        """Terraform in the folder of an environment's stack."""
        return Terraform(
            folder=self.output / "stacks" / names.environment_stack(name),
            environment=self.surroundings(name),
        )

    def account_terraform(self, name: str) -> Terraform:
        """Terraform in the folder of the stack of an environment's account."""
        account_id = self.environment(name).aws.account_id
        return Terraform(
            folder=self.output / "stacks" / names.account_stack(account_id),
            environment=self.surroundings(name),
        )

    def bootstrap(self, name: str) -> None:
        """Stand in for what exists already, make the bucket for the state, init the account's stack.

        The file may name a bucket. There is a stack where something is carried.
        """
        self._stand_in(name)
        if self.environment(name).aws.state_bucket is None:
            self._ferry("bootstrap", name, environment=self.surroundings(name))
        terraform = self.account_terraform(name)
        if terraform.folder.is_dir():
            terraform.init()

    def prepare_account(self, name: str) -> None:
        """Make the bucket for the state and the account's roles."""
        self.bootstrap(name)
        terraform = self.account_terraform(name)
        if terraform.folder.is_dir():
            terraform.apply()

    def prepare_environment(self, name: str) -> None:
        """Stand in for what exists already, write the source's credentials, run init.

        ferry keeps them where something is carried and the file names no secret.
        """
        self._stand_in(name)
        source = self.environment(name).source
        if source is not None and source.secret_arn is None:
            password = f"canary-{secrets.token_urlsafe(18)}"
            self.source_passwords[name] = password
            self._ferry(
                "secret",
                "source",
                name,
                environment=self.surroundings(name),
                given=json.dumps({"username": "ferry", "password": password}),
            )
        if self.environment(name).legs:
            self._ferry(
                *("secret", "reverse", name),
                environment=self.surroundings(name),
                given=json.dumps({"username": "back", "password": secrets.token_urlsafe(18)}),
            )
        self.terraform(name).init()

    def _stand_in(self, name: str) -> None:
        for document in standing(self.environment(name)):
            self.cloud.post(PATH, document)

    def _ferry(self, *arguments: str, environment: Mapping[str, str], given: str = "") -> None:
        self.printed.append(
            run_command(
                "-m", "ferry", *arguments, environment=environment, given=given, folder=self.project
            )
        )
