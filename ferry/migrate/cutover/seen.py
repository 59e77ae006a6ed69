"""What is seen of an environment before its cutover or rollback: frozen values, each of which may be unknown. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ferry.errors import FerryError
from ferry.migrate.ways import Direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from ferry.findings import Finding
    from ferry.mappings import TableName
    from ferry.migrate.cutover.switching.cname import Found, Lowered
    from ferry.migrate.cutover.switching.signed import SignIn
    from ferry.migrate.schema.phases import Phase
    from ferry.migrate.schema.steps import Orders
    from ferry.migrate.starting import Connection
    from ferry.migrate.tasks import Task
    from ferry.migrate.watching.look import TaskLook
    from settings.environment import Environment


class NotNowError(FerryError):
    """By what was done before it cannot begin: it is done, or a run of the other direction has to end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Led:
    """A secret or the record, which the cutover has led to Aurora.

    Args:
        what: Which, as a sentence begins.
        trouble: Why it cannot be led back, or why that is not known; None where it can.
    """

    what: str
    trouble: FerryError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lag:
    """How far a task is behind, by its marker.

    Args:
        seconds: How long the marker took, or was waited for.
        has_arrived: Whether it is at the other side.
    """

    seconds: float
    has_arrived: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskSeen:
    """A task.

    Args:
        task: It, by DMS's word.
        look: Its tables; or why they are not known.
        lag: How far it is behind; why that is not known; None of one that carries no changes now.
    """

    task: Task
    look: TaskLook | FerryError
    lag: Lag | FerryError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """A transaction that has been open for long.

    Args:
        pid: The session's process.
        who: Its user and application.
        seconds: For how long.
    """

    pid: int
    who: str
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A transaction that was prepared, and neither committed nor rolled back.

    Args:
        gid: Its name.
        owner: Who prepared it.
    """

    gid: str
    owner: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Jobs:
    """What pg_cron runs.

    Args:
        database: The database that has its table of jobs.
        active: How many of them are active and of the database that is carried; None where that may
            not be seen.
    """

    database: str
    active: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sequence:
    """A sequence.

    Args:
        name: Schema and name.
        is_readable: Whether ferry's role may read its value.
        is_settable: Whether it may set it.
    """

    name: str
    is_readable: bool = True
    is_settable: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """A database at one end, as ferry's role sees it.

    Args:
        at: Which end, within a sentence: `the source`, `Aurora`.
        database: Its name there.
        user: Ferry's role.
        owner: Who owns it.
        is_owner: Whether ferry's role is that, or has its rights.
        may_signal: Whether it may end the sessions of others.
        may_make_slots: Whether it may make and drop replication slots.
        sees_others: Whether it sees what others' sessions do.
        has_journal: Whether there is the table in which a cutover writes down what it does.
        open: Transactions that have been open for long, without DMS's.
        prepared: Those that are prepared.
        superusers: Sessions of superusers, in words, without a provider's, DMS's and ferry's own.
        dms: The role that DMS signs in as.
        written_by_dms: The tables that it may write to, without DMS's own.
        subscriptions: The subscriptions that are enabled.
        jobs: What pg_cron runs; None where it is not loaded.
        has_dblink: Whether the extension dblink is installed.
        foreign: How many sessions are other servers', which reach it by postgres_fdw.
        sequences: Its sequences, without ferry's and those of extensions.
        always: The columns that are GENERATED ALWAYS AS IDENTITY, each with its table.
        keyless: The tables without a primary key.
        firing: The triggers and rules that DMS's rows set off too, ENABLE ALWAYS or REPLICA: each with its
            table and what SQL calls it.
    """

    at: str
    database: str
    user: str
    owner: str
    is_owner: bool = True
    may_signal: bool = True
    may_make_slots: bool = True
    sees_others: bool = True
    has_journal: bool = True
    open: tuple[Open, ...] = ()
    prepared: tuple[Prepared, ...] = ()
    superusers: tuple[str, ...] = ()
    dms: str = ""
    written_by_dms: tuple[TableName, ...] = ()
    subscriptions: tuple[str, ...] = ()
    jobs: Jobs | None = None
    has_dblink: bool = False
    foreign: int = 0
    sequences: tuple[Sequence, ...] = ()
    always: tuple[tuple[TableName, str], ...] = ()
    keyless: tuple[TableName, ...] = ()
    firing: tuple[tuple[TableName, str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Schema:
    """What is left of the schema.

    Args:
        left: What each phase of `ferry schema` would do now.
        drift: Where Aurora's is not what it should be by now.
        is_made_by_dms: Whether all tasks have DMS make the tables.
    """

    left: Mapping[Phase, Orders]
    drift: tuple[Finding, ...]
    is_made_by_dms: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """What `ferry verify` has found of a database, by what it keeps on this machine.

    Args:
        tables: How many tables there are to compare.
        oldest: When the table was scanned that was looked at the longest ago; None where none was.
        different: Those that differed.
        in_part: Those that were the same, of which some column was not compared.
        moving: Those of which rows were unlike and may have been on their way.
        never: Those that were not compared as they are now.
        others: Those that cannot be compared, and why.
    """

    tables: int = 0
    oldest: datetime | None = None
    different: tuple[str, ...] = ()
    in_part: tuple[str, ...] = ()
    moving: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseSeen:
    """A database that is carried.

    Args:
        name: Its name in Aurora.
        source: It at the source; or why that is not known.
        target: It in Aurora.
        schema: What is left of its schema.
        closed: Who may connect to it in Aurora, or is connected; empty where nobody is who should not.
        verified: What comparing it has found.
    """

    name: str
    source: Side | FerryError
    target: Side | FerryError
    schema: Schema | FerryError
    closed: tuple[Finding, ...] | FerryError
    verified: Verified | FerryError


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """Maintenance that AWS has announced.

    Args:
        of_dms: Whether it is DMS's; otherwise it is Aurora's.
        resource: What it is done to.
        action: AWS's word for it.
        at: When it is done at the latest, by AWS's word; None where it says nothing.
        after: From when on a maintenance window does it; None where none does by itself.
        opted: How somebody has asked for it, by AWS's word: `immediate`, `next-maintenance`; empty for
            not at all.
    """

    of_dms: bool
    resource: str
    action: str
    at: datetime | None = None
    after: datetime | None = None
    opted: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Secret:
    """A secret that the applications read.

    Args:
        arn: Its ARN.
        has_next: Whether it has a version for the time after the cutover; or why that is not known.
        is_current: Whether that version is the current one already.
        sign_in: What signing in to Aurora by it came to; or why that is not known. None where it has none.
    """

    arn: str
    has_next: bool | FerryError
    is_current: bool = False
    sign_in: SignIn | FerryError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Dns:
    """The record by which the applications find their database.

    Args:
        name: Its name.
        ttl_seconds: Its TTL, by the file.
        endpoint: Aurora's writer endpoint, to which it is led.
        found: It as it stands; or why that is not known, or it is none that ferry may change.
        lowered: When ferry gave it the low TTL; None where it did not, as far as is known here.
    """

    name: str
    ttl_seconds: int
    endpoint: str
    found: Found | FerryError
    lowered: Lowered | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hook:
    """A program of the user's own.

    Args:
        name: Its key in `[cutover.hooks]`.
        obstacle: Why it could not be started; None where nothing is seen.
    """

    name: str
    obstacle: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """A database of the source that another environment carries too, which writes its journal elsewhere.

    Args:
        environment: The other environment.
        database: The database's name at the source.
        journal: The database at the source that has the other's journal: the first that it carries.
    """

    environment: str
    database: str
    journal: str


def beside(environment: Environment, others: Iterable[Environment]) -> Iterator[Beside]:
    """The databases of an environment's source that others carry too, and of which they say nothing there.

    Args:
        environment: The environment.
        others: All environments that are known.
    """
    mine = environment.migration.source
    names = [database.source for database in environment.carried]
    for other in others:
        if other.name == environment.name or not other.has_migration:
            continue
        theirs, first = other.migration.source, other.carried[0].source
        if (theirs.host, theirs.port) == (mine.host, mine.port) and first != names[0]:
            for database in other.carried:
                if database.source in names:
                    yield Beside(environment=other.name, database=database.source, journal=first)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What is seen of an environment.

    Args:
        environment: What its file says.
        at: When.
        tasks: Its tasks.
        databases: The databases that are carried.
        pending: Maintenance that AWS has announced; or why that is not known.
        secrets: The secrets that the file names for the switch.
        dns: The record that it names; None where it names none.
        hooks: The programs that it names.
        carried_back: The tasks beside which a way back is deployed; or why that is not known.
        unread: The roles of ferry and of DMS's way back at the source, where ferry may not read what that
            makes; None where it may, or there is no way back; or why that is not known.
        connections: How DMS's tests of the connections ended by which the next way is carried; or why
            that is not known.
        direction: Where changes are carried: forward before a cutover, back before a rollback.
        stands: Why it is not the time for it, or why that is not known; None where it may begin.
        led: Before a rollback, what the cutover has led to Aurora; or why that is not known.
        accepted: The tables that may differ after a rollback.
        one_way: The tasks that may have no way back, and the tables of which DMS does not carry all back.
        named: The names of what could be accepted; or why they are not known. Empty where nothing is.
        beside: The databases that another environment carries too, unseen; or why that is not known.
        takes_back: Whether a rollback takes back a cutover that has not opened Aurora: of all the rest
            nothing is seen then.
    """

    environment: Environment
    at: datetime
    tasks: tuple[TaskSeen, ...]
    databases: tuple[DatabaseSeen, ...]
    pending: tuple[Pending, ...] | FerryError = ()
    secrets: tuple[Secret, ...] = ()
    dns: Dns | None = None
    hooks: tuple[Hook, ...] = ()
    carried_back: frozenset[str] | FerryError = frozenset()
    unread: tuple[str, str] | FerryError | None = None
    connections: tuple[Connection, ...] | FerryError = ()
    direction: Direction = Direction.FORWARD
    stands: FerryError | None = None
    led: tuple[Led, ...] | FerryError = ()
    accepted: frozenset[TableName] = frozenset()
    one_way: frozenset[str] = frozenset()
    named: frozenset[str] | FerryError = frozenset()
    beside: tuple[Beside, ...] | FerryError = ()
    takes_back: bool = False

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.environment.name

    @property
    def file(self) -> str:
        """The environment's file, for remedies."""
        return f"environments/{self.name}.toml"

    @property
    def looks(self) -> Iterator[TaskLook | FerryError]:
        """Each task's tables."""
        return (each.look for each in self.tasks)

    @property
    def sources(self) -> Iterator[Side | FerryError]:
        """Each database at the side that is closed: where applications write."""
        is_forward = self.direction is Direction.FORWARD
        return (each.source if is_forward else each.target for each in self.databases)

    @property
    def sides(self) -> Iterator[Side | FerryError]:
        """Each database at both ends."""
        return (side for each in self.databases for side in (each.source, each.target))
