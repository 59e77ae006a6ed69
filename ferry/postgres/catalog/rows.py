"""What a database's catalogs hold, as rows that do not change.

Where PostgreSQL has a letter for something, it stands here as it is
(https://www.postgresql.org/docs/15/catalogs.html).
"""

from __future__ import annotations

from typing import NamedTuple

from facts.identifiers import identifier


class Server(NamedTuple):
    """The server and the database, as a session sees them.

    Args:
        version: `server_version_num`, such as 150008.
        is_standby: Whether it is in recovery.
        address: Its own address; empty on a socket of the machine's.
        port: The port on which it took the connection; None on a socket.
        user: Who is signed in.
        is_superuser: Whether that is a superuser.
        sees_all_activity: Whether it may see what other users' sessions do.
        is_managed: Whether it is RDS's or Aurora's own: it has the role `rds_superuser`.
        database: The database's name.
        owner: Who owns it.
        encoding: Its encoding, such as UTF8.
        collate: The order of its texts, such as `en_US.UTF-8`, or ICU's name for it.
        ctype: The classes of its characters.
        provider: `c` of libc, `i` of ICU, `b` PostgreSQL's own.
        collation_version: The version that its indexes were made with; empty where none is kept.
        actual_version: The version that the machine has now; empty where none is known.
        is_open: Whether everybody who may sign in may connect to the database.
    """

    version: int
    is_standby: bool
    address: str
    port: int | None
    user: str
    is_superuser: bool
    sees_all_activity: bool
    is_managed: bool
    database: str
    owner: str
    encoding: str
    collate: str
    ctype: str
    provider: str
    collation_version: str
    actual_version: str
    is_open: bool = False

    @property
    def release(self) -> int:
        """The major version, such as 15."""
        return self.version // 10_000


class Setting(NamedTuple):
    """A setting as this session has it; `unit` is what the value counts, empty for none."""

    name: str
    value: str
    unit: str = ""


class Role(NamedTuple):
    """A role that was asked for.

    Args:
        name: Its name.
        is_superuser: Whether it is a superuser.
        may_replicate: Whether it has REPLICATION.
        passes_row_security: Whether it has BYPASSRLS.
        may_sign_in: Whether it has LOGIN.
        connection_limit: How many sessions it may have; -1 for any number.
        seconds_valid: Seconds until its password ends; None where it does not.
        roles: The roles that it is a member of, directly or not.
        settings: What is set for it or the database, such as `statement_timeout=1000`; the last of
            a name holds.
        may_connect: Whether it may connect to the database.
        may_create: Whether it may make schemas in the database.
    """

    name: str
    is_superuser: bool = False
    may_replicate: bool = False
    passes_row_security: bool = False
    may_sign_in: bool = True
    connection_limit: int = -1
    seconds_valid: float | None = None
    roles: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    may_connect: bool = True
    may_create: bool = False


class Schema(NamedTuple):
    """A schema, and which of the roles that were asked for may use it, and make tables in it."""

    name: str
    owner: str
    usable_by: tuple[str, ...] = ()
    creatable_by: tuple[str, ...] = ()


class Relation(NamedTuple):
    """A table, view, materialized view or foreign table.

    Args:
        oid: Its oid.
        schema: Its schema.
        name: Its name.
        kind: `r` table, `p` partitioned table, `v` view, `m` materialized view, `f` foreign table.
        persistence: `p` permanent, `u` unlogged.
        replica_identity: `d` primary key, `n` nothing, `f` all columns, `i` an index.
        is_partition: Whether it is one of a partitioned table's.
        parents: The tables that it is a partition of, or inherits from.
        secured_from: Which of the roles that were asked for its row security policies hold for: not
            for those with BYPASSRLS, nor for its owner's unless they are forced.
        row_security: Whether it has row security.
        rows: How many rows PostgreSQL estimates; -1 where it was never analyzed.
        pages: How many pages of 8 KiB it had when it was last vacuumed or analyzed; 0 of a partitioned
            table, of which PostgreSQL says -1 once it was analyzed.
        toast_pages: The same of its TOAST table, where long values are.
        live: How many rows there are by the statistics, which a crash or a reset begins anew.
        updated: Rows updated since the statistics began.
        deleted: Rows deleted since then.
        extension: The extension that it belongs to; empty for none.
        owner: Who owns it.
        readable_by: Which of the roles that were asked for have SELECT.
    """

    oid: int
    schema: str
    name: str
    kind: str = "r"
    persistence: str = "p"
    replica_identity: str = "d"
    is_partition: bool = False
    parents: tuple[int, ...] = ()
    secured_from: tuple[str, ...] = ()
    row_security: bool = False
    rows: float = -1
    pages: int = 0
    toast_pages: int = 0
    live: int = 0
    updated: int = 0
    deleted: int = 0
    extension: str = ""
    owner: str = "postgres"
    readable_by: tuple[str, ...] = ()

    @property
    def sql(self) -> str:
        """Schema and name as SQL writes them."""
        return f"{identifier(self.schema)}.{identifier(self.name)}"

    @property
    def bytes(self) -> int:
        """How large it was when it was last vacuumed or analyzed, without indexes."""
        return (self.pages + self.toast_pages) * 8192


class Column(NamedTuple):
    """A column of a table.

    Args:
        relation: The table's oid.
        number: `attnum`.
        name: Its name.
        type: Its type as SQL writes it, such as `numeric(10,2)`.
        base: The type's name in `pg_type`; of a domain that of what it is over. A type that somebody
            called as one of PostgreSQL's own has its schema before it: it is another type.
        type_kind: `b` base, `c` composite, `e` enum, `r` range, `m` multirange.
        category: `A` array, `N` numeric, and so on.
        modifier: `atttypmod`, a domain's own where the column has one; -1 for none.
        not_null: Whether it is NOT NULL.
        generated: `s` stored, `v` virtual, empty for none.
        identity: `a` ALWAYS, `d` BY DEFAULT, empty for none.
        collation: Its collation's oid; 0 for none.
        holds_names: Whether a value, or a part of one, is the name of something, such as a `regclass`: once
            that has another name, so has each value of it, and no row was written.
    """

    relation: int
    number: int
    name: str
    type: str
    base: str
    type_kind: str = "b"
    category: str = "U"
    modifier: int = -1
    not_null: bool = False
    generated: str = ""
    identity: str = ""
    collation: int = 0
    holds_names: bool = False


class Index(NamedTuple):
    """An index.

    Args:
        relation: The table's oid.
        name: Its name.
        columns: The numbers of its key's columns; 0 stands for an expression.
        is_unique: Whether it is unique.
        is_primary: Whether it is the primary key's.
        is_valid: Whether queries can use it.
        is_immediate: Whether uniqueness is checked at once.
        is_partial: Whether it has a WHERE.
        is_replica_identity: Whether REPLICA IDENTITY USING INDEX names it.
        expressions: Its expressions as SQL; empty for none.
    """

    relation: int
    name: str
    columns: tuple[int, ...]
    is_unique: bool = True
    is_primary: bool = False
    is_valid: bool = True
    is_immediate: bool = True
    is_partial: bool = False
    is_replica_identity: bool = False
    expressions: str = ""


class Constraint(NamedTuple):
    """A constraint of a table.

    Args:
        relation: The table's oid.
        name: Its name.
        kind: `p` primary key, `u` unique, `f` foreign key, `c` check, `x` exclusion.
        is_deferrable: Whether it is DEFERRABLE.
        is_valid: Whether the rows that are there were checked.
        references: The oid of the table that a foreign key points at; 0 for none.
    """

    relation: int
    name: str
    kind: str
    is_deferrable: bool = False
    is_valid: bool = True
    references: int = 0


class Trigger(NamedTuple):
    """A trigger or a rule that DMS's sessions set off too: ENABLE ALWAYS, or ENABLE REPLICA.

    Args:
        relation: The table.
        kind: `TRIGGER` or `RULE`.
        name: Its name.
    """

    relation: int
    kind: str
    name: str


class WithoutAudit(NamedTuple):
    """A role that owns tables and may not write to `awsdms_ddl_audit` of a schema.

    Args:
        schema: The schema.
        role: The role.
        sequence: The sequence of the table's key, as SQL; empty for none.
    """

    schema: str
    role: str
    sequence: str = ""


class EventTrigger(NamedTuple):
    """An event trigger; `enabled` is `D` where it does not fire."""

    name: str
    event: str
    enabled: str
    function: str


class Sequence(NamedTuple):
    """A sequence.

    Args:
        oid: Its oid.
        schema: Its schema.
        name: Its name.
        type: Its type, such as `integer`.
        least: Its least value.
        most: Its greatest value.
        increment: Its step.
        cycles: Whether it begins anew at its end.
        table: The oid of the table that owns it; 0 for none.
        column: The column that owns it; empty for none.
        column_type: That column's type, as `pg_type` names it.
    """

    oid: int
    schema: str
    name: str
    type: str = "bigint"
    least: int = 1
    most: int = 9_223_372_036_854_775_807
    increment: int = 1
    cycles: bool = False
    table: int = 0
    column: str = ""
    column_type: str = ""

    @property
    def sql(self) -> str:
        """Schema and name as SQL writes them."""
        return f"{identifier(self.schema)}.{identifier(self.name)}"


class Extension(NamedTuple):
    """An extension that is installed."""

    name: str
    version: str
    schema: str


class Available(NamedTuple):
    """An extension that the server could install; `versions` are all of them."""

    name: str
    version: str
    versions: tuple[str, ...] = ()


class Collation(NamedTuple):
    """A collation that columns or indexes use.

    Args:
        oid: Its oid.
        schema: Its schema.
        name: Its name.
        provider: `c` of libc, `i` of ICU, `b` PostgreSQL's own.
        is_deterministic: Whether equal texts are the same bytes.
        version: The version that it was made with; empty where none is kept.
        actual_version: The version that the machine has now.
    """

    oid: int
    schema: str
    name: str
    provider: str = "c"
    is_deterministic: bool = True
    version: str = ""
    actual_version: str = ""

    @property
    def sql(self) -> str:
        """Its name as SQL writes it."""
        return f"{identifier(self.schema)}.{identifier(self.name)}"


class Slot(NamedTuple):
    """A replication slot of the server.

    Args:
        name: Its name.
        plugin: Its plugin; empty for a physical one.
        database: Its database; empty for a physical one.
        is_active: Whether somebody reads it.
        kept_bytes: How much WAL it holds back; None where it holds none.
        wal_status: `reserved`, `extended`, `unreserved`, `lost`; empty before PostgreSQL 13.
    """

    name: str
    plugin: str = ""
    database: str = ""
    is_active: bool = False
    kept_bytes: int | None = None
    wal_status: str = ""


class Session(NamedTuple):
    """A session of the server that has a transaction open, this one left out."""

    pid: int
    database: str
    user: str
    application: str
    state: str
    seconds: float


class Prepared(NamedTuple):
    """A transaction that was prepared and is neither committed nor rolled back."""

    gid: str
    database: str
    owner: str
    seconds: float


class Publication(NamedTuple):
    """A publication: of all tables, of schemas, or of tables by name."""

    name: str
    all_tables: bool = False
    schemas: tuple[str, ...] = ()


class Subscription(NamedTuple):
    """A subscription of this database to another server's publications."""

    name: str
    is_enabled: bool = True


class ForeignServer(NamedTuple):
    """A foreign server."""

    name: str
    wrapper: str


class DefaultPrivilege(NamedTuple):
    """Privileges that what a role makes later will have; `schema` is empty for all schemas."""

    role: str
    schema: str
    kind: str


class Wal(NamedTuple):
    """How much WAL was written since the server's statistics of it began, `seconds` ago."""

    bytes: int
    seconds: float


class Counts(NamedTuple):
    """What is only counted.

    Args:
        large_objects: Large objects; a million at most are counted.
        senders: WAL senders that run.
        sessions: Sessions of all databases, this one included.
    """

    large_objects: int = 0
    senders: int = 0
    sessions: int = 1
