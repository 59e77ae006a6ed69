"""What the commands of the migration have in common: its tasks, and the way to both databases."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from ferry.deployment import Deployment
    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task
    from ferry.postgres import Address
    from settings.databases import Database

TaskNames = Annotated[
    list[str] | None,
    typer.Option("--task", metavar="NAME", help="This task alone; may be repeated. Default: all."),
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """How the databases of a deployment's tasks are reached from here.

    Args:
        deployment: The environment as it is deployed.
        source: Where the source is reached; None for its own name.
        target: Where Aurora is reached.
        target_ca: The certificates of RDS's authorities; None for the project's file.
    """

    deployment: Deployment
    source: Address | None
    target: Address | None
    target_ca: Path | None
    _known: dict[str, Sides] = field(default_factory=dict)

    def sides(self, task: Task) -> Sides:
        """Both databases of a task.

        Raises:
            FerryError: A secret or a certificate is missing.
        """
        return self.of_database(task.database)

    def of_database(self, database: Database) -> Sides:
        """A database that is carried, at both ends; its secrets are read once.

        Raises:
            FerryError: A secret or a certificate is missing.
        """
        if database.aurora not in self._known:
            self._known[database.aurora] = self._read(database)
        return self._known[database.aurora]

    def refuse_switched(self, what: str, *, brings_rows: bool) -> None:
        """See that applications do not write to Aurora yet, before anything writes into it.

        Args:
            what: What would write, as the beginning of a sentence.
            brings_rows: Whether it would bring rows, of which other tasks take care since a rollback.

        Raises:
            SwitchedError: They do; or there was a rollback.
            FerryError: A server does not answer.
        """
        from ferry.migrate.switched import refuse_rolled_back, refuse_switched

        environment = self.deployment.environment
        first = self.of_database(environment.carried[0])
        refuse_switched(first.source.server, environment.name, what=what)
        if brings_rows and environment.legs:
            refuse_rolled_back(first.target.server, environment.name, what=what)

    def _read(self, database: Database) -> Sides:
        from ferry.deployment.servers import source_server, source_user_of_dms, target_server
        from ferry.migrate.sides import Side, Sides

        environment, account = self.deployment.environment, self.deployment.account
        return Sides(
            source=Side(
                server=source_server(environment, account, database, address=self.source),
                dms_user=source_user_of_dms(environment, account),
            ),
            target=Side(
                server=target_server(
                    self.deployment, database, address=self.target, ca_file=self.target_ca
                ),
                dms_user=environment.aurora.master_username,
            ),
        )


def deployment_of(name: str) -> Deployment:
    """The environment of that name as it is deployed, in the account of the credentials.

    Raises:
        InputError: There is none, or it carries nothing.
    """
    from ferry.account import account_of
    from ferry.deployment import Deployment
    from ferry.environments import find, migration_of

    environment = find(name)
    migration_of(environment)
    return Deployment(environment=environment, account=account_of(environment))
