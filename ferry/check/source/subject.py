"""What is checked: a database at both ends, and what carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from facts.ferry_schema import SCHEMA
from facts.identifiers import identifier
from facts.table_patterns import literal
from ferry.check.source.edits import LineOfTask
from ferry.check.source.selection import Selectable
from ferry.mappings import Mappings, TableName
from ferry.postgres.catalog import UnreadError
from settings.notation import toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ferry.check.source.measure import Measured
    from ferry.errors import FerryError
    from ferry.postgres.catalog import Catalog
    from ferry.postgres.catalog.rows import Column, Relation, Role
    from settings.databases import Database
    from settings.dms import Dms, Task
    from settings.environment import Environment
    from settings.source import Source

TABLES = frozenset({"r", "p"})
"""What DMS takes for a table: tables, and the roots of partitioned ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """A database at one end.

    Args:
        catalog: Its catalogs.
        dms_user: Whom DMS signs in as; why that is not known, where it is not.
        recorded: Which tasks DMS's own tables name, by the schema that these are in.
    """

    catalog: Catalog
    dms_user: str | UnreadError
    recorded: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """A database that an environment carries, and that could not be read.

    Args:
        database: Its names.
        error: Why it could not be read.
    """

    database: Database
    error: FerryError


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One of the databases that an environment carries.

    Args:
        environment: The environment.
        database: The database's names at both ends.
        source: It at the source.
        target: It in Aurora; why that is not known, where it is not.
        wal_bytes_per_second: How fast the source writes WAL; why that is not known.
        measured: What the rows say; None where they were not to be read.
        key_ranges: The least and the greatest key of large tables, by their oids.
        identifiers: By which names DMS's own tables know the file's tasks; none where they are not deployed.
        last_values: The last values of the source's sequences by their oids, None where one gave none
            yet; one that may not be read is not there.
    """

    environment: Environment
    database: Database
    source: End
    target: End | UnreadError
    wal_bytes_per_second: float | UnreadError = 0
    identifiers: Mapping[str, str] = field(default_factory=dict)
    last_values: Mapping[int, int | None] | UnreadError = field(default_factory=dict)
    measured: Measured | UnreadError | None = None
    key_ranges: Mapping[int, tuple[int, int]] | UnreadError = field(default_factory=dict)

    @property
    def catalog(self) -> Catalog:
        """The source's catalogs."""
        return self.source.catalog

    @property
    def aurora(self) -> Catalog:
        """Aurora's catalogs.

        Raises:
            UnreadError: They were not read.
        """
        if isinstance(self.target, UnreadError):
            raise self.target
        return self.target.catalog

    def are_these_tasks(self, schema: str) -> bool:
        """Whether DMS's own tables of a schema of Aurora's name tasks of this file, and no others."""
        if isinstance(self.target, UnreadError):
            return False
        recorded = self.target.recorded.get(schema, frozenset())
        return bool(recorded) and recorded.issubset(self.identifiers.values())

    def has_run(self, task: Task) -> bool:
        """Whether DMS's own tables in Aurora say that a task has run."""
        if isinstance(self.target, UnreadError):
            return False
        return any(
            self.identifiers.get(task.name) in each for each in self.target.recorded.values()
        )

    @property
    def file(self) -> str:
        """The environment's file, as remedies name it."""
        return f"{self.environment.name}.toml"

    @property
    def settings(self) -> Source:
        """The file's [source]."""
        return self.environment.migration.source

    @property
    def dms(self) -> Dms:
        """The file's [dms]."""
        return self.environment.migration.dms

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks that carry this database."""
        return tuple(
            task for task, database in self.environment.migration.tasks if database == self.database
        )

    @cached_property
    def changing_tasks(self) -> tuple[Task, ...]:
        """All tasks of the environment that read changes: each has a slot and a WAL sender."""
        return tuple(task for task in self.environment.tasks if reads_changes(task))

    @cached_property
    def selectable(self) -> Selectable:
        """The tables that tasks can select, but for ferry's: of these each carries its marker alone."""
        return Selectable(
            each for each in self.catalog.relations if each.kind in TABLES and each.schema != SCHEMA
        )

    @cached_property
    def tasks_of(self) -> Mapping[int, Sequence[Task]]:
        """By its oid, the tasks that carry a table; one that none carries is not there."""
        found: dict[int, list[Task]] = {}
        for task in self.tasks:
            for oid in self.selectable.carried(task):
                found.setdefault(oid, []).append(task)
        return found

    @cached_property
    def carried(self) -> tuple[Relation, ...]:
        """The tables that some task carries, by their names."""
        return tuple(each for each in self.catalog.relations if each.oid in self.tasks_of)

    @cached_property
    def changing(self) -> tuple[Relation, ...]:
        """Those of them whose changes are carried."""
        return tuple(
            each for each in self.carried if any(map(reads_changes, self.tasks_of[each.oid]))
        )

    @cached_property
    def columns(self) -> tuple[tuple[Relation, Column], ...]:
        """The columns that are carried, each with its table; what all its tasks remove is not."""
        catalog = self.catalog
        return tuple(
            (relation, column)
            for relation in self.carried
            for column in catalog.columns_of(relation)
            if not all(_removes(task, relation, column) for task in self.tasks_of[relation.oid])
        )

    @property
    def dms_role(self) -> Role:
        """DMS's user at the source.

        Raises:
            UnreadError: Nobody knows who that is, or there is none of that name.
        """
        return _role(self.source, "the source")

    @property
    def aurora_dms_role(self) -> Role:
        """DMS's user in Aurora; as at the source."""
        if isinstance(self.target, UnreadError):
            raise self.target
        return _role(self.target, "Aurora")

    def has_key(self, relation: Relation) -> bool:
        """Whether a table has a primary key that identifies changed rows: one that is not deferrable.

        Source: https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY
        """
        key = self.catalog.primary_key(relation)
        return key is not None and key.is_immediate


def _role(end: End, where: str) -> Role:
    if isinstance(end.dms_user, UnreadError):
        raise end.dms_user
    role = end.catalog.role(end.dms_user)
    if role is None:
        raise UnreadError(
            f"There is no role {end.dms_user} at {where}.",
            f"Make it there: CREATE ROLE {identifier(end.dms_user)} LOGIN PASSWORD '...';",
        )
    return role


def _removes(task: Task, relation: Relation, column: Column) -> bool:
    table = TableName(relation.schema, relation.name)
    return Mappings.of(task).target_column(table, column.name) is None


def looks_up(task: Task, relation: Relation) -> bool:
    """Whether a task looks up a table's large objects, each on its own."""
    own = [
        table.lob.mode == "unlimited"
        for table in task.tables
        if table.lob and (table.schema_name, table.name or table.table) == (
            relation.schema, relation.name,
        )
    ]  # fmt: skip
    return own[0] if own else task.lob_mode != "limited"


def limit_kb(task: Task, relation: Relation) -> int:
    """The limit of a table's large objects in a task, in KB: the table's own, or the task's."""
    own = [
        table.lob.max_size_kb
        for table in task.tables
        if table.lob
        and table.lob.max_size_kb
        and (table.schema_name, table.name or table.table) == (relation.schema, relation.name)
    ]
    return own[0] or task.lob_max_size_kb if own else task.lob_max_size_kb


def reads_changes(task: Task) -> bool:
    """Whether a task carries changes."""
    return task.migration_type != "full-load"


def loads(task: Task) -> bool:
    """Whether a task copies the rows that exist."""
    return task.migration_type != "cdc"


def column_name(relation: Relation, column: Column) -> str:
    """A column as findings name it."""
    return f"{relation.sql}.{column.name}"


Line = Mapping[str, str]
"""A line of a task's `tables` or `transformations`."""


def of_tasks(
    subject: Subject, key: str, lines: Iterable[tuple[Relation, Line]]
) -> tuple[LineOfTask, ...]:
    """Lines for tables, each of the task that carries the table.

    Args:
        subject: The database.
        key: `tables` or `transformations`.
        lines: The lines, each with its table; one that several tables need stands once.
    """
    every = (
        LineOfTask(task=task.name, key=key, line=line)
        for relation, line in lines
        for task in subject.tasks_of[relation.oid][:1]
    )
    return tuple({(each.task, *each.line.items()): each for each in every}.values())


def by_task(subject: Subject, lines: Iterable[LineOfTask]) -> str:
    """Lines to copy into the file, all of them, behind the task that each belongs to."""
    of_task: dict[str, list[str]] = {}
    for each in lines:
        of_task.setdefault(each.task, []).append(toml(dict(each.line)))
    return "; ".join(
        f"task {task} in {subject.file}: {', '.join(each)}" for task, each in of_task.items()
    )


def left_out(relation: Relation) -> dict[str, str]:
    """The line of a task's tables that leaves a table out, and no other."""
    return {
        "schema": literal(relation.schema),
        "table": literal(relation.name),
        "action": "exclude",
    }
