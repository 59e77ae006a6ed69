"""Databases for the tests, built without a server: one with which all is right, and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from ferry.check.source import rows
from ferry.check.source.checks import CHECKS
from ferry.check.source.subject import End, Subject
from ferry.postgres.catalog import Catalog, Part, UnreadError
from ferry.postgres.catalog.rows import (
    Available,
    Column,
    Constraint,
    Counts,
    Extension,
    Index,
    Relation,
    Role,
    Schema,
    Server,
    Setting,
)
from settings.databases import Database
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ferry.check.source.measure import Measured
    from ferry.findings import Finding
    from settings.environment import Environment

USERS = ("dms", "ferry", "ferry_admin")
SERVER = Server(
    version=150_018,
    is_standby=False,
    address="192.168.10.15",
    port=5432,
    user="ferry",
    is_superuser=False,
    sees_all_activity=True,
    is_managed=False,
    database="app",
    owner="app_owner",
    encoding="UTF8",
    collate="C.UTF-8",
    ctype="C.UTF-8",
    provider="c",
    collation_version="",
    actual_version="",
)
SETTINGS = {
    "wal_level": "logical",
    "max_replication_slots": "10",
    "max_wal_senders": "10",
    "max_slot_wal_keep_size": "-1",
    "wal_sender_timeout": "60000",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "statement_timeout": "0",
    "max_connections": "200",
    "superuser_reserved_connections": "3",
    "shared_preload_libraries": "",
}
ROLES = (
    Role("dms", is_superuser=True),
    Role("ferry", roles=("app_owner", "pg_signal_backend"), may_create=True),
    Role("ferry_admin", roles=("rds_superuser",)),
)
_OIDS = count(16_384)


@dataclass(frozen=True)
class Table:
    """A table with all that belongs to it."""

    relation: Relation
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...] = ()
    constraints: tuple[Constraint, ...] = ()

    @property
    def oid(self) -> int:
        return self.relation.oid


def col(name: str, base: str, **differing: Any) -> Column:  # noqa: ANN401 - any field
    return Column(
        **{"relation": 0, "number": 0, "name": name, "type": base, "base": base, **differing}
    )


def table(
    name: str,
    *columns: Column,
    schema: str = "public",
    key: tuple[str, ...] = ("id",),
    indexes: Iterable[Index] = (),
    constraints: Iterable[Constraint] = (),
    **differing: Any,  # noqa: ANN401 - any field of the relation
) -> Table:
    """A table that everybody may read, with a key `id` unless another one, or none, is named."""
    oid = next(_OIDS)
    every = columns if any(each.name == "id" for each in columns) else (col("id", "int4"), *columns)
    numbered = [
        each._replace(relation=oid, number=number, not_null=each.not_null or each.name in key)
        for number, each in enumerate(every, start=1)
    ]
    numbers = {each.name: each.number for each in numbered}
    primary = Index(oid, f"{name}_pkey", tuple(numbers[each] for each in key), is_primary=True)
    return Table(
        Relation(**{"oid": oid, "schema": schema, "name": name, "readable_by": USERS, **differing}),
        tuple(numbered),
        (*([primary] if key else []), *(each._replace(relation=oid) for each in indexes)),
        tuple(each._replace(relation=oid) for each in constraints),
    )


def catalog(
    *tables: Table,
    server: Mapping[str, Any] = {},
    settings: Mapping[str, str] | Part[Setting] | None = None,
    **parts: Iterable[Any],
) -> Catalog:
    """A catalog with which all is right; `parts` replace whole parts of it."""
    schemas = {each.relation.schema: None for each in tables} | {"public": None}
    usual: dict[str, Iterable[Any]] = {
        "settings": settings
        if isinstance(settings, Part)
        else (Setting(name, value) for name, value in {**SETTINGS, **(settings or {})}.items()),
        "roles": ROLES,
        "superusers": ("dms", "postgres"),
        "schemas": (Schema(each, "app_owner", USERS, USERS) for each in schemas),
        "relations": (each.relation for each in tables),
        "columns": (column for each in tables for column in each.columns),
        "indexes": (index for each in tables for index in each.indexes),
        "constraints": (constraint for each in tables for constraint in each.constraints),
        "extensions": (Extension("plpgsql", "1.0", "pg_catalog"),),
        "available": (Available("plpgsql", "1.0", ("1.0",)), Available("tcn", "1.0", ("1.0",))),
        "counts": (Counts(),),
    }
    return Catalog(
        server=SERVER._replace(**server),
        **{
            name: part if isinstance(part, Part) else Part(tuple(part))
            for name, part in {**usual, **parts}.items()
        },
    )


ORDERS = table("orders")


def subject(
    *tables: Table,
    env: Environment | None = None,
    aurora: Catalog | UnreadError | None = None,
    dms_user: str | UnreadError = "dms",
    wal_bytes_per_second: float | UnreadError = 0,
    last_values: Mapping[int, int | None] | UnreadError | None = None,
    measured: Measured | UnreadError | None = None,
    key_ranges: Mapping[int, tuple[int, int]] | UnreadError | None = None,
    identifiers: Mapping[str, str] | None = None,
    recorded: Mapping[str, frozenset[str]] | None = None,
    **differing: Any,  # noqa: ANN401 - as `catalog`
) -> Subject:
    """A database with these tables, and `orders` where there are none, as its tasks carry it.

    Aurora has the same tables, empty, unless `aurora` says otherwise.
    """
    there = tables or (ORDERS,)
    return Subject(
        environment=env or environment(source={"capture_ddls": False}),
        database=Database(source="app", aurora="app"),
        source=End(catalog=catalog(*there, **differing), dms_user=dms_user),
        target=aurora
        if isinstance(aurora, UnreadError)
        else End(
            catalog=aurora
            or catalog(*there, server={"user": "ferry_admin", "owner": "ferry_admin"}),
            dms_user="ferry_admin",
            recorded=recorded or {},
        ),
        identifiers=identifiers or {},
        wal_bytes_per_second=wal_bytes_per_second,
        last_values={} if last_values is None else last_values,
        measured=measured,
        key_ranges={} if key_ranges is None else key_ranges,
    )


def found(check: str, of: Subject) -> list[Finding]:
    """What one check finds."""
    [row] = [each for each in (*CHECKS, *rows.CHECKS) if each.name == check]
    return list(row.findings(of))


def dms(**settings: object) -> Environment:
    """The environment dev with other settings of [dms]; a task's are those of `all`."""
    return environment(source={"capture_ddls": False}, dms=settings)


def task(**settings: object) -> Environment:
    """The environment dev, whose task `all` has other settings."""
    return dms(tasks=[{"name": "all", "tables": [{"schema": "public"}], **settings}])


def source(**settings: object) -> Environment:
    """The environment dev with other settings of [source]."""
    return environment(source={"capture_ddls": False, **settings})
