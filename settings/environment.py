"""An environment's file as a whole, and the environment that is made of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from facts.names import ACCOUNT_STATE_KEY, Names, state_bucket
from settings.alarms import Alarms
from settings.aurora import Aurora
from settings.aws import Aws
from settings.cutover import Cutover
from settings.databases import Database
from settings.dms import Dms, Task
from settings.network import Nat, Network
from settings.protection import Protection
from settings.review import Review
from settings.section import Allowed, List, Section
from settings.source import Source
from settings.tags import Tags

EnvironmentName = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=16, examples=["dev"]),
    Allowed("lower-case letters, digits and single hyphens, 16 at most, a letter first"),
]


class NoMigrationError(Exception):
    """The environment is Aurora alone: its file has neither [source] nor [dms]."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Migration:
    """What is carried, and how.

    Args:
        source: The PostgreSQL server that is carried from.
        dms: The replication.
        databases: The databases that are carried; first the one that is made with the cluster.
    """

    source: Source
    dms: Dms
    databases: tuple[Database, ...]

    @property
    def tasks(self) -> Iterator[tuple[Task, Database]]:
        """Each task with the database that it carries."""
        by_name = {database.aurora: database for database in self.databases}
        for task in self.dms.tasks:
            yield task, self.databases[0] if task.database is None else by_name[task.database]

    def beside(self, task: Task) -> list[str]:
        """The names of the other tasks that carry a task's database."""
        databases = {it.name: database for it, database in self.tasks}
        own = databases.pop(task.name)
        return [name for name, database in databases.items() if database == own]


class EnvironmentFile(Section):
    """What environments/NAME.toml may say."""

    aws: Aws
    """The account, the region, the provider."""

    network: Annotated[Network, Allowed("[network.vpc] or [network.existing_vpc]")]
    """The environment's VPC and the way to the source."""

    source: Source | None = None
    """The PostgreSQL database that is carried; with [dms], and only then. Default: none, Aurora
    alone, as before a migration or after it."""

    databases: Annotated[List[Database], Field(max_length=50)] = Field(
        default=(), examples=[[{"source": "app", "aurora": "app"}]]
    )
    """The databases that are carried, where the source's server holds several. Left out, it is the
    one that `source.database` and `aurora.database_name` name."""

    aurora: Aurora
    """The cluster that it is carried into."""

    protection: Protection = Protection()
    """What keeps the environment from being destroyed by mistake."""

    dms: Dms | None = None
    """The replication; with [source], and only then. Both taken out of the file end the migration:
    the next deployment removes DMS, its access and its alarms, and nothing of Aurora."""

    cutover: Cutover | None = None
    """What the change of the applications to Aurora goes by. Default: none."""

    alarms: Alarms = Alarms()
    """Who is told, and from which value on."""

    tags: Tags
    """Who owns what is made."""

    review: Review = Review()
    """What a plan may not do."""


class Environment(EnvironmentFile):
    """An environment: its file, the name that the file has, the certificate that it names."""

    name: EnvironmentName
    """The file's name without .toml."""

    source_ca_certificate_pem: str | None = None
    """What `source.ca_certificate_file` holds: certificates alone, in PEM."""

    remarks: tuple[str, ...] = ()
    """What was found in the files and is no problem, a line each; synthesis shows them."""

    @property
    def has_migration(self) -> bool:
        """Whether something is carried; otherwise the environment is Aurora alone."""
        return self.source is not None and self.dms is not None

    @property
    def migration(self) -> Migration:
        """What is carried, and how.

        Raises:
            NoMigrationError: The environment is Aurora alone.
        """
        if self.source is None or self.dms is None:
            raise NoMigrationError
        return Migration(source=self.source, dms=self.dms, databases=self.carried)

    @property
    def carried(self) -> tuple[Database, ...]:
        """The databases that are carried; first the one that is made with the cluster."""
        own = self.aurora.database_name
        if self.source is not None and self.source.database is not None:
            return (Database(source=self.source.database, aurora=own),)
        return tuple(sorted(self.databases, key=lambda database: database.aurora != own))

    @property
    def endpoints(self) -> Mapping[str, str]:
        """The identifiers of DMS's endpoints, each with its database, by its name in Aurora."""
        names = self.names
        return {
            endpoint(database.aurora if position else None): database.aurora
            for position, database in enumerate(self.carried)
            for endpoint in (names.source_endpoint, names.target_endpoint)
        }

    @property
    def nat(self) -> Nat:
        """The NAT gateways that are made: what `network.vpc.nat` says, none without a migration."""
        vpc = self.network.vpc
        return "none" if vpc is None or not self.has_migration else vpc.nat

    @property
    def routed_cidrs(self) -> tuple[str, ...]:
        """The networks that `network.route_to_source` leads to; none where it writes no route."""
        route = self.network.route_to_source
        if route is None or route.virtual_private_gateway_id is not None:
            return ()
        return route.cidrs or (() if self.source is None else self.source.cidrs)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The migration's tasks; none without a migration."""
        return () if self.dms is None else self.dms.tasks

    @property
    def names(self) -> Names:
        """What everything in the environment is called."""
        return Names(project=self.tags.project, environment=self.name)

    @property
    def prefix(self) -> str:
        """What most names begin with, such as `aurora-ferry-dev`."""
        return self.names.prefix

    @property
    def state_bucket(self) -> str:
        """The name of the account's state bucket, which lives in `aws.home_region`."""
        aws = self.aws
        return aws.state_bucket or state_bucket(self.tags.project, aws.account_id, aws.home_region)

    @property
    def state_key(self) -> str:
        """The key of the environment's state in that bucket."""
        return f"{self.aws.state_key_prefix}{self.names.state_key}"

    @property
    def account_state_key(self) -> str:
        """The key of the state of the account's stack, in the same bucket."""
        return f"{self.aws.state_key_prefix}{ACCOUNT_STATE_KEY}"
