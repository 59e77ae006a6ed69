"""What is known of a database, and the ways to look into it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from facts.identifiers import identifier
from ferry.postgres.catalog.parts import Part, UnreadError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ferry.postgres.catalog import rows

_R = TypeVar("_R", "rows.Column", "rows.Index", "rows.Constraint")


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """A database's catalogs at one moment. A part that was not read raises `UnreadError`.

    Args:
        server: The server and the database.
        settings: The server's settings.
        roles: The roles that were asked for.
        superusers: The names of all superusers.
        schemas: The schemas of users.
        relations: Tables, views, materialized views and foreign tables of users.
        columns: The columns of tables.
        indexes: The indexes of tables.
        constraints: The constraints of tables.
        triggers: The triggers and rules that DMS's sessions set off.
        without_audit: Owners of tables who may not write to the table of DMS's event trigger.
        event_triggers: The event triggers.
        sequences: The sequences; their last values are read apart.
        extensions: What is installed.
        available: What could be installed.
        collations: The collations that columns and indexes name.
        slots: The server's replication slots.
        sessions: The server's open transactions.
        prepared: The server's prepared transactions.
        publications: The publications.
        subscriptions: The subscriptions.
        foreign_servers: The foreign servers.
        default_privileges: The default privileges.
        pglogical_nodes: The names of pglogical's nodes.
        wal: How much WAL was written; one row, none before PostgreSQL 14.
        counts: What is only counted; one row.
    """

    server: rows.Server
    settings: Part[rows.Setting] = field(default_factory=Part)
    roles: Part[rows.Role] = field(default_factory=Part)
    superusers: Part[str] = field(default_factory=Part)
    schemas: Part[rows.Schema] = field(default_factory=Part)
    relations: Part[rows.Relation] = field(default_factory=Part)
    columns: Part[rows.Column] = field(default_factory=Part)
    indexes: Part[rows.Index] = field(default_factory=Part)
    constraints: Part[rows.Constraint] = field(default_factory=Part)
    triggers: Part[rows.Trigger] = field(default_factory=Part)
    without_audit: Part[rows.WithoutAudit] = field(default_factory=Part)
    event_triggers: Part[rows.EventTrigger] = field(default_factory=Part)
    sequences: Part[rows.Sequence] = field(default_factory=Part)
    extensions: Part[rows.Extension] = field(default_factory=Part)
    available: Part[rows.Available] = field(default_factory=Part)
    collations: Part[rows.Collation] = field(default_factory=Part)
    slots: Part[rows.Slot] = field(default_factory=Part)
    sessions: Part[rows.Session] = field(default_factory=Part)
    prepared: Part[rows.Prepared] = field(default_factory=Part)
    publications: Part[rows.Publication] = field(default_factory=Part)
    subscriptions: Part[rows.Subscription] = field(default_factory=Part)
    foreign_servers: Part[rows.ForeignServer] = field(default_factory=Part)
    default_privileges: Part[rows.DefaultPrivilege] = field(default_factory=Part)
    pglogical_nodes: Part[str] = field(default_factory=Part)
    wal: Part[rows.Wal] = field(default_factory=Part)
    counts: Part[rows.Counts] = field(default_factory=Part)

    def setting(self, name: str) -> str:
        """A setting's value, in the unit of `pg_settings`.

        Raises:
            UnreadError: The server has none of that name, or does not show it.
        """
        found = self._settings.get(name)
        if found is None:
            user = self.server.user
            raise UnreadError(
                f"The server has no setting {name}, or does not show it to {user}.",
                f"GRANT pg_monitor TO {identifier(user)};",
            )
        return found

    def number(self, name: str) -> int:
        """A setting that is a number, as `setting`."""
        return int(self.setting(name))

    def role(self, name: str) -> rows.Role | None:
        """A role that was asked for; None where there is none of that name."""
        return next((role for role in self.roles if role.name == name), None)

    @cached_property
    def by_oid(self) -> Mapping[int, rows.Relation]:
        """The tables, views and so on, by their oids."""
        return {relation.oid: relation for relation in self.relations}

    def columns_of(self, relation: rows.Relation) -> Sequence[rows.Column]:
        """A table's columns, in their order."""
        return self._columns.get(relation.oid, ())

    def indexes_of(self, relation: rows.Relation) -> Sequence[rows.Index]:
        """A table's indexes, by their names."""
        return self._indexes.get(relation.oid, ())

    def constraints_of(self, relation: rows.Relation) -> Sequence[rows.Constraint]:
        """A table's constraints, by their names."""
        return self._constraints.get(relation.oid, ())

    def primary_key(self, relation: rows.Relation) -> rows.Index | None:
        """The index of a table's primary key; None where it has none."""
        return next((index for index in self.indexes_of(relation) if index.is_primary), None)

    @cached_property
    def _settings(self) -> Mapping[str, str]:
        return {setting.name: setting.value for setting in self.settings}

    @cached_property
    def _columns(self) -> Mapping[int, Sequence[rows.Column]]:
        return _by_table(self.columns)

    @cached_property
    def _indexes(self) -> Mapping[int, Sequence[rows.Index]]:
        return _by_table(self.indexes)

    @cached_property
    def _constraints(self) -> Mapping[int, Sequence[rows.Constraint]]:
        return _by_table(self.constraints)


def _by_table(found: Iterable[_R]) -> Mapping[int, Sequence[_R]]:
    grouped: defaultdict[int, list[_R]] = defaultdict(list)
    for row in found:
        grouped[row.relation].append(row)
    return grouped
