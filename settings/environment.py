"""An environment's file as a whole, and the environment that is made of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from facts.ferry_schema import fence, fence_back
from facts.names import ACCOUNT_STATE_KEY, AGAIN, BACK, Names, leg_of, state_bucket
from settings.alarms import Alarms
from settings.aurora import Aurora
from settings.aws import Aws
from settings.cutover import Cutover
from settings.databases import Database
from settings.dms import Dms, Task, Validation
from settings.network import Nat, Network
from settings.protection import Protection
from settings.review import Review
from settings.section import Allowed, List, Section
from settings.source import Source
from settings.tags import Tags
from settings.way_back import NoWayBack, TurnedRound, own_tables_left_out, turned_round

EnvironmentName = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=16, examples=["dev"]),
    Allowed("lower-case letters, digits and single hyphens, 16 at most, a letter first"),
]


class NoMigrationError(Exception):
    """The environment is Aurora alone: its file has neither [source] nor [dms]."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leg:
    """A task beside one of the file's, which waits for a cutover: back from Aurora, or forward again.

    Args:
        leg: Which, `back` or `again`.
        of: The file's task.
        task: What it carries, and how: changes alone.
        database: The database that it carries.
        marker: Its marker, in schema ferry.
    """

    leg: str
    of: Task
    task: Task
    database: Database
    marker: str


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

    @property
    def ways_back(self) -> Iterator[tuple[Task, Database, TurnedRound | NoWayBack]]:
        """What would carry each task's tables back, or why nothing does; whatever `dms.rollback` says."""
        for task, database in self.tasks:
            yield task, database, turned_round(task)

    @property
    def legs(self) -> Iterator[Leg]:
        """The tasks beside the file's: none without `dms.rollback`.

        Rows are compared by ferry before it goes on from one to the next; DMS's own comparison would
        read both databases once more meanwhile.
        """
        for task, database, found in self.ways_back if self.dms.rollback else ():
            if isinstance(found, NoWayBack):
                continue
            changes: dict[str, object] = {
                "migration_type": "cdc",
                "cdc_start_position": None,
                "after_full_load": "continue",
                "target_table_preparation_mode": "DO_NOTHING",
                "validation": Validation(enabled=False),
            }
            mapping = {"tables": found.tables, "transformations": found.transformations}
            selected = [it.patterns[0] for it in task.tables if it.action == "include"]
            again = {"tables": (*task.tables, *own_tables_left_out(task, selected))}
            for leg, own, marker in (
                (BACK, mapping, fence_back(task.name)),
                (AGAIN, again, fence(task.name)),
            ):
                name = leg_of(task.name, leg)
                yield Leg(
                    leg=leg,
                    of=task,
                    task=task.model_copy(update={**changes, **own, "name": name}),
                    database=database,
                    marker=marker,
                )

    def markers(self, database: Database) -> list[str]:
        """The markers of all tasks that carry a database."""
        forward = [fence(task.name) for task, it in self.tasks if it == database]
        back = [it.marker for it in self.legs if it.leg == BACK and it.database == database]
        return [*forward, *back]

    def beside(self, marker: str, database: Database) -> list[str]:
        """The markers of the other tasks that carry a database."""
        return [it for it in self.markers(database) if it != marker]


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
        made = {
            endpoint(database.aurora if position else None): database.aurora
            for position, database in enumerate(self.carried)
            for endpoint in (names.source_endpoint, names.target_endpoint)
        }
        for task in self.tasks if self.dms is not None and self.dms.rollback else ():
            if isinstance(turned_round(task), TurnedRound):
                of = task.database or self.aurora.database_name
                for leg, end in ((BACK, "source"), (BACK, "target"), (AGAIN, "source")):
                    made[names.leg_endpoint(leg, end, task.name)] = of
        return made

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
    def task_names(self) -> Mapping[str, int]:
        """The names of DMS's tasks, each with the place of the file's task; of legs also those not made."""
        found = {task.name: place for place, task in enumerate(self.tasks)}
        if self.dms is not None and self.dms.rollback:
            for place, task in enumerate(self.tasks):
                for leg in (BACK, AGAIN):
                    found.setdefault(leg_of(task.name, leg), place)
        return found

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The tasks beside the file's; none without a migration, or without a way back."""
        return tuple(self.migration.legs) if self.has_migration else ()

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
