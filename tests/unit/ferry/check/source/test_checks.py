"""Each check, with a database that has what it looks for; `subject()` has none of it.

What is found stands here as it is shown, with the beginning of how to mend it.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from ferry.check.source.checks import CHECKS, findings
from ferry.findings import Level, not_judged, right
from ferry.postgres.catalog import Catalog, Part, UnreadError
from ferry.postgres.catalog.rows import (
    Available,
    Collation,
    Constraint,
    Counts,
    DefaultPrivilege,
    EventTrigger,
    Extension,
    ForeignServer,
    Index,
    Prepared,
    Publication,
    Role,
    Schema,
    Sequence,
    Session,
    Slot,
    Subscription,
    Trigger,
    Wal,
    WithoutAudit,
)
from settings.databases import Database
from tests.unit.ferry.check.source.built import (
    ORDERS,
    ROLES,
    USERS,
    catalog,
    col,
    dms,
    found,
    source,
    subject,
    table,
    task,
)
from tests.unit.ferry.environments import environment, of_several_databases

if TYPE_CHECKING:
    from ferry.check.source.subject import Subject
    from tests.unit.ferry.check.source.built import Table

BLOCKED, WARNING = Level.BLOCKED, Level.WARNING
ROOT = table("events", kind="p")
PARTITION = table("events_1", is_partition=True, parents=(ROOT.oid,))

# The check, the database, how grave it is, what is found, how the remedy begins.
CASES: tuple[tuple[str, Subject, Level, str, str], ...] = (
    # --- the server
    (
        "source-version",
        subject(server={"version": 170_006}),
        BLOCKED,
        "The source runs PostgreSQL 17, which DMS 3.5.4 does not read.",
        'Set dms.engine_version = "3.6.1" in dev.toml.',
    ),
    (
        "source-version",
        subject(server={"version": 180_001}),
        BLOCKED,
        "The source runs PostgreSQL 18.",
        "Ask AWS Support",
    ),
    (
        "standby",
        subject(server={"is_standby": True}),
        BLOCKED,
        "The source is a standby (pg_is_in_recovery() is true).",
        "Give the primary's name in source.host of dev.toml.",
    ),
    (
        "standby",
        subject(server={"is_standby": True}, env=task(migration_type="full-load")),
        WARNING,
        "The source is a standby (pg_is_in_recovery() is true).",
        "Give the primary's name in source.host of dev.toml",
    ),
    (
        "failover",
        subject(
            slots=[Slot("patroni_2", kept_bytes=0, is_active=True)], counts=[Counts(senders=1)]
        ),
        WARNING,
        "The source has 1 standby, by its WAL senders and physical slots.",
        "Switch over before the tasks start or after the cutover",
    ),
    (
        "wal-level",
        subject(settings={"wal_level": "replica"}),
        BLOCKED,
        "wal_level is replica, not logical.",
        "ALTER SYSTEM SET wal_level = 'logical'",
    ),
    (
        "wal-level",
        subject(settings={"wal_level": "replica"}, server={"is_managed": True}),
        BLOCKED,
        "wal_level is replica, not logical.",
        "Set rds.logical_replication = 1 in the source's parameter group",
    ),
    (
        "replication-slots",
        subject(
            settings={"max_replication_slots": "1"},
            slots=[Slot("other", "pgoutput", "app", is_active=True)],
        ),
        BLOCKED,
        "max_replication_slots is 1, of which 1 are used; the tasks need 1.",
        "ALTER SYSTEM SET max_replication_slots = 4",
    ),
    (
        "replication-slots",
        subject(
            settings={"max_replication_slots": "1"},
            slots=[Slot("abc_00016402", "test_decoding", "app", is_active=True)],
        ),
        WARNING,
        "max_replication_slots is 1, of which 1 are used; the tasks need 1.",
        "ALTER SYSTEM SET max_replication_slots = 4",
    ),
    (
        "wal-senders",
        subject(settings={"max_wal_senders": "0"}),
        BLOCKED,
        "max_wal_senders is 0, of which 0 are used; the tasks need 1.",
        "ALTER SYSTEM SET max_wal_senders = 3",
    ),
    (
        "slot-limit",
        subject(settings={"max_slot_wal_keep_size": "1024"}, wal_bytes_per_second=2**20),
        BLOCKED,
        "max_slot_wal_keep_size is 1 GiB; the source writes 1 MiB a second, 84.4 GiB a day: 17 minutes of grace.",
        "ALTER SYSTEM SET max_slot_wal_keep_size = '169GB'",
    ),
    (
        "slot-limit",
        subject(settings={"max_slot_wal_keep_size": "20480"}, wal=[Wal(10 * 2**30, 10_240)]),
        WARNING,
        "max_slot_wal_keep_size is 20 GiB; the source writes 1 MiB a second, 84.4 GiB a day: 6 hours of grace.",
        "ALTER SYSTEM SET max_slot_wal_keep_size = '169GB'",
    ),
    (  # a burst is no reason to block
        "slot-limit",
        subject(
            settings={"max_slot_wal_keep_size": "1024"},
            wal=[Wal(10_240, 10_240)],
            wal_bytes_per_second=2**20,
        ),
        WARNING,
        "max_slot_wal_keep_size is 1 GiB; the source writes 1 MiB a second, 84.4 GiB a day: 17 minutes of grace.",
        "ALTER SYSTEM SET max_slot_wal_keep_size = '169GB'",
    ),
    (
        "slot-limit",
        subject(settings={"max_slot_wal_keep_size": "64"}),
        WARNING,
        "max_slot_wal_keep_size is 64 MiB; the source writes hardly any.",
        "Ask again when the source is busiest",
    ),
    (
        "wal-sender-timeout",
        subject(settings={"wal_sender_timeout": "5000"}),
        BLOCKED,
        "wal_sender_timeout is 5 s.",
        "ALTER SYSTEM SET wal_sender_timeout = '60s'",
    ),
    (
        "wal-sender-timeout",
        subject(settings={"wal_sender_timeout": "600000"}),
        WARNING,
        "wal_sender_timeout is 10 minutes.",
        "ALTER SYSTEM SET wal_sender_timeout = '60s'",
    ),
    (
        "session-timeouts",
        subject(settings={"idle_in_transaction_session_timeout": "60000"}),
        WARNING,
        "idle_in_transaction_session_timeout is 60 s for dms.",
        "ALTER ROLE dms IN DATABASE app SET idle_in_transaction_session_timeout = 0;",
    ),
    (
        "session-timeouts",
        subject(settings={"statement_timeout": "30000"}),
        WARNING,
        "statement_timeout is 30 s for dms.",
        "ALTER ROLE dms IN DATABASE app SET statement_timeout = 0;",
    ),
    (
        "session-timeouts",
        subject(server={"version": 170_002}, settings={"transaction_timeout": "60000"}),
        WARNING,
        "transaction_timeout is 60 s for dms.",
        "ALTER ROLE dms IN DATABASE app SET transaction_timeout = 0;",
    ),
    (
        "session-timeouts",
        subject(
            roles=[Role("dms", settings=("idle_session_timeout=0", "idle_session_timeout=10min"))]
        ),
        WARNING,
        "idle_session_timeout is 10 minutes for dms.",
        "ALTER ROLE dms IN DATABASE app SET idle_session_timeout = 0;",
    ),
    (
        "connections",
        subject(counts=[Counts(sessions=190)]),
        WARNING,
        "max_connections is 200, 190 sessions there now; the tasks open about 16 more.",
        "Start the tasks one after another",
    ),
    (
        "pooler",
        subject(env=source(port=6432)),
        BLOCKED,
        "source.port is 6432, PgBouncer's; PostgreSQL listens on 5432.",
        "Give the server's own port in source.port of dev.toml",
    ),
    (
        "pooler",
        subject(server={"port": None}),
        WARNING,
        "source.port is 5432, and PostgreSQL took the connection on a socket of its machine.",
        "See that it is no pooler. Give the server's own port in source.port",
    ),
    (
        "plugin",
        subject(available=[]),
        WARNING,
        "PostgreSQL's contrib package does not seem to be installed, and test_decoding is of it.",
        "Install postgresql-contrib of the server's release",
    ),
    (
        "plugin",
        subject(env=source(plugin_name="pglogical")),
        BLOCKED,
        'source.plugin_name is "pglogical", which is not in shared_preload_libraries.',
        "Add pglogical to shared_preload_libraries",
    ),
    (
        "pglogical-nodes",
        subject(pglogical_nodes=["provider"]),
        WARNING,
        "pglogical is in use: 1 node provider.",
        "See what it is for",
    ),
    (
        "slots-there",
        subject(
            slots=[
                Slot("old_dms", "test_decoding", "app", kept_bytes=3 * 2**30),
                Slot("gone", "pgoutput", "app", wal_status="lost"),
            ]
        ),
        WARNING,
        "2 replication slots without a reader: old_dms (test_decoding, 3 GiB), gone (pgoutput, lost).",
        "Of what nobody needs",
    ),
    (
        "slots-there",
        subject(env=source(slot_name="aurora_ferry")),
        BLOCKED,
        "There is no slot aurora_ferry, which source.slot_name names.",
        "SELECT pg_create_logical_replication_slot('aurora_ferry'",
    ),
    (
        "slots-there",
        subject(
            env=source(slot_name="aurora_ferry"), slots=[Slot("aurora_ferry", "pgoutput", "app")]
        ),
        BLOCKED,
        "The slot aurora_ferry is of pgoutput in database app, not of test_decoding in app.",
        "Name another slot",
    ),
    (
        "slots-there",
        subject(
            env=source(slot_name="aurora_ferry"),
            slots=[Slot("aurora_ferry", "test_decoding", "app", wal_status="lost")],
        ),
        BLOCKED,
        "The slot aurora_ferry has lost WAL that it needs.",
        "SELECT pg_drop_replication_slot('aurora_ferry')",
    ),
    (
        "long-transactions",
        subject(
            sessions=[
                Session(77, "app", "report", "psql", "idle in transaction", 7300),
                Session(78, "app", "web", "", "active", 2),
            ]
        ),
        WARNING,
        "1 transaction open for more than ten minutes: pid 77 of report in app (2 hours, idle in transaction).",
        "End them in the application before the tasks start",
    ),
    (
        "prepared-transactions",
        subject(prepared=[Prepared("it's", "app", "xa", 90)]),
        BLOCKED,
        "1 prepared transaction: it's of xa in app (90 s).",
        "Have its transaction manager end it",
    ),
    # --- rights
    (
        "dms-user",
        subject(dms_user="nobody"),
        BLOCKED,
        "There is no role nobody, which the source's secret names.",
        "CREATE ROLE nobody LOGIN PASSWORD '...'",
    ),
    (
        "dms-user",
        subject(roles=[Role("dms", may_sign_in=False)]),
        BLOCKED,
        "dms may not sign in.",
        "ALTER ROLE dms LOGIN;",
    ),
    (
        "dms-user",
        subject(roles=[Role("dms", may_connect=False)]),
        BLOCKED,
        "dms may not connect to the database app.",
        "GRANT CONNECT ON DATABASE app TO dms;",
    ),
    (
        "dms-user",
        subject(roles=[Role("dms", seconds_valid=86_400 * 3)]),
        WARNING,
        "The password of dms ends in 3 days (VALID UNTIL).",
        "ALTER ROLE dms VALID UNTIL 'infinity';",
    ),
    (
        "dms-user",
        subject(roles=[Role("dms", seconds_valid=-5)]),
        BLOCKED,
        "The password of dms has ended (VALID UNTIL).",
        "ALTER ROLE dms VALID UNTIL 'infinity';",
    ),
    (
        "dms-user",
        subject(roles=[Role("dms", connection_limit=5)]),
        BLOCKED,
        "dms may have 5 sessions; the tasks open about 11.",
        "ALTER ROLE dms CONNECTION LIMIT -1;",
    ),
    (
        "dms-replication",
        subject(roles=[Role("dms")]),
        BLOCKED,
        "dms may not open a replication connection.",
        "ALTER ROLE dms REPLICATION;",
    ),
    (
        "dms-replication",
        subject(roles=[Role("dms")], server={"is_managed": True}),
        BLOCKED,
        "dms may not open a replication connection.",
        "GRANT rds_replication TO dms;",
    ),
    (
        "dms-select",
        subject(table("a", readable_by=()), table("b", schema="s", readable_by=("ferry",))),
        BLOCKED,
        "dms may not read 1 table: public.a.",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO dms;",
    ),
    (
        "dms-select",
        subject(schemas=[Schema("public", "app_owner", ("ferry",))]),
        BLOCKED,
        "dms may not use 1 schema: public.",
        "GRANT USAGE ON SCHEMA public TO dms;",
    ),
    (
        "row-security",
        subject(table("a", row_security=True, secured_from=("dms",), owner="app_owner")),
        BLOCKED,
        "1 table with row security, which dms does not pass: public.a.",
        "ALTER ROLE dms BYPASSRLS;",
    ),
    (
        "operator-row-security",
        subject(table("a", row_security=True, secured_from=("ferry",), owner="app_owner")),
        WARNING,
        "1 table with row security, which ferry does not pass: public.a.",
        "ALTER ROLE ferry BYPASSRLS; or, where nobody may do that and it is not forced, make it",
    ),
    (
        "operator-row-security",
        subject(table("a", row_security=True, secured_from=("ferry",), owner="ferry")),
        WARNING,
        "1 table with row security, which ferry does not pass: public.a.",
        "ALTER ROLE ferry BYPASSRLS; where no application signs in as ferry",
    ),
    (
        "dms-ddl-capture",
        subject(env=environment(), roles=[Role("dms", may_replicate=True)]),
        BLOCKED,
        "DMS is to capture DDL, and dms cannot make an event trigger: it is no superuser.",
        "Make public.awsdms_ddl_audit and awsdms_intercept_ddl beforehand as",
    ),
    (
        "dms-ddl-capture",
        subject(table("a", owner="app_owner"), env=environment()),
        WARNING,
        "DMS will make the event trigger awsdms_intercept_ddl and the table public.awsdms_ddl_audit.",
        "When the tasks have started, grant INSERT and DELETE on it",
    ),
    (
        "dms-ddl-capture",
        subject(
            env=environment(),
            event_triggers=[
                EventTrigger("awsdms_intercept_ddl", "ddl_command_end", "O", "awsdms_intercept_ddl")
            ],
            without_audit=[WithoutAudit("old", "app_owner", "old.audit_seq")],
        ),
        BLOCKED,
        "Owners of tables who may not write to old.awsdms_ddl_audit: app_owner.",
        (
            "GRANT USAGE ON SCHEMA old TO app_owner; GRANT INSERT, DELETE ON old.awsdms_ddl_audit TO "
            "app_owner; GRANT USAGE ON SEQUENCE old.audit_seq TO app_owner; or set"
        ),
    ),
    (
        "dms-heartbeat",
        subject(schemas=[Schema("public", "app_owner", USERS, ())]),
        WARNING,
        "dms cannot make the heartbeat's table in schema public.",
        "GRANT USAGE, CREATE ON SCHEMA public TO dms; or set",
    ),
    (
        "operator-select",
        subject(table("a", readable_by=("dms",))),
        WARNING,
        "ferry may not read 1 table: public.a.",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO ferry;",
    ),
    (
        "operator-rights",
        subject(roles=[*ROLES[:1], Role("ferry", roles=("app_owner", "pg_signal_backend"))]),
        WARNING,
        "ferry cannot make ferry's schema at the source.",
        "GRANT CREATE ON DATABASE app TO ferry;",
    ),
    (
        "operator-rights",
        subject(roles=[*ROLES[:1], Role("ferry", may_create=True, roles=("pg_signal_backend",))]),
        WARNING,
        "ferry does not own the database app, nor is it a member of app_owner, who does.",
        "GRANT app_owner TO ferry;",
    ),
    (
        "operator-rights",
        subject(roles=[*ROLES[:1], Role("ferry", may_create=True, roles=("app_owner",))]),
        WARNING,
        "ferry may not end other users' sessions.",
        "GRANT pg_signal_backend TO ferry;",
    ),
    # --- selection
    (
        "selection-empty",
        subject(env=task(tables=[{"schema": "Public"}])),
        BLOCKED,
        "Task all carries no table of app.",
        "Correct the tables of the task in dev.toml: case counts.",
    ),
    (
        "selection-empty",
        subject(
            ORDERS,
            table("v", kind="v"),
            env=task(
                tables=[{"schema": "public", "table": "orders"}, {"schema": "public", "table": "v"}]
            ),
        ),
        WARNING,
        "public.v of task all selects no table, for it is no table (public.v).",
        "Correct it in dev.toml: case counts",
    ),
    (
        "selection-missing",
        subject(ORDERS, table("lost", schema="other")),
        WARNING,
        "1 table of 1 schema (other) that no task carries: other.lost.",
        'Add { schema = "other" } to tables of a task in dev.toml',
    ),
    (
        "selection-twice",
        subject(
            env=dms(
                tasks=[
                    {"name": "one", "tables": [{"schema": "public"}]},
                    {"name": "two", "tables": [{"schema": "public", "table": "orders"}]},
                ]
            )
        ),
        BLOCKED,
        "1 table that two tasks carry: public.orders.",
        'Add { schema = "public"',
    ),
    (
        "selection-pattern",
        subject(
            table("order_items"),
            table("orderXitems"),
            env=task(tables=[{"schema": "public", "table": "order_items"}]),
        ),
        WARNING,
        'public.order_items of task all is a pattern, and takes 1 table of another name: public."orderXitems".',
        'Write table = "order[_]items" in dev.toml',
    ),
    (
        "selection-extension",
        subject(ORDERS, table("spatial_ref_sys", extension="postgis")),
        WARNING,
        "1 table that extensions made: public.spatial_ref_sys (postgis).",
        'Add to tables of task all in dev.toml: { schema = "public"',
    ),
    (
        "selection-dms",
        subject(ORDERS, table("awsdms_status")),
        WARNING,
        "1 table of DMS itself that a task carries: public.awsdms_status.",
        'Add to tables of task all in dev.toml: { schema = "public"',
    ),
    (
        "selection-columns",
        subject(
            table("big", col("part", "int4")),
            env=task(
                tables=[
                    {
                        "schema": "public",
                        "table": "big",
                        "parallel_load": {"columns": ["part"], "boundaries": [["5"]]},
                    }
                ]
            ),
        ),
        BLOCKED,
        "parallel_load of public.big in task all names part, which may be NULL.",
        "Name another column in dev.toml",
    ),
    (
        "selection-columns",
        subject(
            table("big"),
            env=task(
                tables=[
                    {
                        "schema": "public",
                        "table": "big",
                        "filters": [{"column": "gone", "conditions": [{"operator": "null"}]}],
                    }
                ]
            ),
        ),
        BLOCKED,
        "filters of public.big in task all names gone, which the table has not.",
        "Name another column in dev.toml",
    ),
    (
        "selection-columns",
        subject(
            table("big", col("body", "text")),
            env=task(
                tables=[
                    {
                        "schema": "public",
                        "table": "big",
                        "filters": [{"column": "body", "conditions": [{"operator": "null"}]}],
                    }
                ]
            ),
        ),
        BLOCKED,
        "filters of public.big in task all names body, a large object to DMS.",
        "Name another column in dev.toml",
    ),
    # --- keys
    (
        "primary-key",
        subject(table("log", key=(), updated=3)),
        BLOCKED,
        "1 table without a primary key, with rows that are updated or deleted: public.log.",
        "ALTER TABLE public.log ADD PRIMARY KEY (...)",
    ),
    (
        "primary-key",
        subject(table("log", key=())),
        WARNING,
        "1 table without a primary key, of which no UPDATE or DELETE was counted: public.log.",
        "ALTER TABLE public.log ADD PRIMARY KEY (...)",
    ),
    (
        "lob-key",
        subject(table("t", col("id", "text"), updated=1)),
        BLOCKED,
        (
            "1 primary key column that DMS takes for a large object, of tables whose rows are updated, "
            "deleted or looked up: public.t.id."
        ),
        "ALTER TABLE public.t ALTER COLUMN id TYPE varchar(...)",
    ),
    (
        "lob-key",
        subject(table("t", col("id", "text")), env=task(lob_mode="full")),
        BLOCKED,
        (
            "1 primary key column that DMS takes for a large object, of tables whose rows are updated, "
            "deleted or looked up: public.t.id."
        ),
        "ALTER TABLE public.t ALTER COLUMN id TYPE varchar(...)",
    ),
    (  # every application of Rails has it
        "lob-key",
        subject(table("schema_migrations", col("version", "varchar"), key=("version",))),
        WARNING,
        (
            "1 primary key column that DMS takes for a large object, of tables of which no UPDATE or "
            "DELETE was counted: public.schema_migrations.version."
        ),
        "ALTER TABLE public.schema_migrations ALTER COLUMN version TYPE varchar(...)",
    ),
    (
        "replica-identity",
        subject(table("t", replica_identity="n")),
        BLOCKED,
        "1 table with REPLICA IDENTITY NOTHING, or of an index that is gone: public.t.",
        "ALTER TABLE public.t REPLICA IDENTITY DEFAULT;",
    ),
    (
        "replica-identity",
        subject(table("t", replica_identity="i")),
        BLOCKED,
        "1 table with REPLICA IDENTITY NOTHING, or of an index that is gone: public.t.",
        "ALTER TABLE public.t REPLICA IDENTITY DEFAULT;",
    ),
    (
        "replica-identity",
        subject(
            table(
                "t", replica_identity="i", indexes=[Index(0, "u", (1,), is_replica_identity=True)]
            )
        ),
        WARNING,
        "1 table with REPLICA IDENTITY USING INDEX: public.t.",
        "ALTER TABLE public.t REPLICA IDENTITY DEFAULT",
    ),
    (
        "replica-identity",
        subject(table("t", replica_identity="f"), env=source(plugin_name="pglogical")),
        BLOCKED,
        "1 table with REPLICA IDENTITY FULL: public.t.",
        "ALTER TABLE public.t REPLICA IDENTITY DEFAULT",
    ),
    (
        "batch-apply",
        subject(
            table("t", col("email", "varchar", modifier=54), indexes=[Index(0, "t_email", (2,))]),
            env=task(batch_apply=True),
        ),
        WARNING,
        "Task all applies in batches, to 1 table with further unique indexes: public.t.",
        "Set batch_apply = false for the task in dev.toml",
    ),
    (
        "batch-apply",
        subject(table("t", key=()), env=task(batch_apply=True)),
        WARNING,
        "Task all applies in batches, to 1 table without a unique index: public.t.",
        "Set batch_apply = false for the task in dev.toml, or ALTER TABLE public.t ADD PRIMARY KEY",
    ),
    (
        "deferrable-constraints",
        subject(table("t", constraints=[Constraint(0, "t_u", "u", is_deferrable=True)])),
        WARNING,
        "1 deferrable constraint: t_u of public.t.",
        "Make them in Aurora as INITIALLY DEFERRED",
    ),
    (
        "coalesce-indexes",
        subject(table("t", indexes=[Index(0, "t_c", (0,), expressions="COALESCE(id, 0)")])),
        BLOCKED,
        "1 unique index with coalesce: t_c of public.t.",
        "DROP INDEX public.t_c",
    ),
    (
        "invalid-indexes",
        subject(table("t", indexes=[Index(0, "t_broken", (1,), is_unique=False, is_valid=False)])),
        WARNING,
        "1 invalid index: t_broken of public.t.",
        "REINDEX INDEX CONCURRENTLY public.t_broken",
    ),
    # --- large objects
    (
        "lob-without-key",
        subject(table("t", col("body", "text"), key=())),
        BLOCKED,
        "1 LOB column in tables without a primary key: public.t.body.",
        "ALTER TABLE public.t ADD PRIMARY KEY (...);",
    ),
    (
        "lob-without-key",
        subject(table("t", col("tags", "_int4", category="A"), key=())),
        BLOCKED,
        "1 array in tables without a primary key: public.t.tags.",
        "ALTER TABLE public.t ADD PRIMARY KEY (...);",
    ),
    (
        "lob-not-null",
        subject(table("t", col("body", "text", not_null=True)), env=task(lob_mode="full")),
        BLOCKED,
        "1 LOB column both NOT NULL and looked up: public.t.body.",
        "In Aurora",
    ),
    (
        "lob-not-null",
        subject(
            table("t", col("body", "text", not_null=True)),
            env=task(tables=[{"schema": "public", "table": "t", "lob": {"mode": "unlimited"}}]),
        ),
        BLOCKED,
        "1 LOB column both NOT NULL and looked up: public.t.body.",
        "In Aurora",
    ),
    (
        "lob-limit",
        subject(
            table("small", col("body", "varchar"), pages=1),
            table("large", col("body", "jsonb"), pages=9),
        ),
        WARNING,
        "Task all carries 2 LOB columns of 2 tables up to 32 KB; the largest tables are public.large, public.small.",
        "Measure: ferry check source dev --deep",
    ),
    # --- types
    (
        "types",
        subject(table("t", col("ip", "inet"), col("mood", "mood", type_kind="e"))),
        WARNING,
        "2 columns of types that AWS says do not migrate (enum, inet): public.t.ip, public.t.mood.",
        "Make the tables in Aurora before the load",
    ),
    (
        "types",
        subject(table("t", col("at", "pg_lsn"))),
        WARNING,
        "1 column of types that AWS's lists do not have: public.t.at (pg_lsn).",
        "Rehearse with a copy",
    ),
    (
        "spatial-types",
        subject(table("t", col("place", "geometry"))),
        WARNING,
        "1 column of PostGIS: public.t.place.",
        "In Aurora: CREATE EXTENSION postgis",
    ),
    (
        "numerics",
        subject(table("t", col("n", "numeric"))),
        BLOCKED,
        "1 column of numeric without precision: public.t.n.",
        "Set dms.map_unbounded_numeric_as_string = true in dev.toml.",
    ),
    (
        "numerics",
        subject(table("t", col("n", "numeric")), env=dms(map_unbounded_numeric_as_string=True)),
        WARNING,
        "1 column of numeric without precision, carried as text: public.t.n.",
        "Verify these tables",
    ),
    (
        "numerics",
        subject(table("t", col("n", "numeric", modifier=(40 << 16) + 4))),
        WARNING,
        "1 column of numeric with more than 38 digits: public.t.n.",
        "Rehearse with a copy",
    ),
    (
        "generated-columns",
        subject(table("t", col("total", "int4", generated="s"))),
        BLOCKED,
        "1 generated column: public.t.total.",
        'Add to transformations of task all in dev.toml: { target = "column"',
    ),
    (
        "large-objects",
        subject(table("t", col("image", "oid")), counts=[Counts(large_objects=1_000_000)]),
        BLOCKED,
        "The database holds 1,000,000 large objects (pg_largeobject). Columns that may point at them: public.t.image.",
        "Move them into bytea columns (lo_get)",
    ),
    # --- tables
    (
        "partitions",
        subject(ROOT, PARTITION),
        BLOCKED,
        "1 partitioned table carried by the root and its partitions: public.events.",
        'Leave the root out of task all in dev.toml: { schema = "public"',
    ),
    (
        "partitions",
        subject(ROOT, table("other"), env=task(tables=[{"schema": "public", "table": "events"}])),
        BLOCKED,
        "1 partitioned table carried by the root alone: public.events.",
        'Leave the root out of task all in dev.toml: { schema = "public"',
    ),
    (
        "inheritance",
        subject(ORDERS, table("orders_2020", parents=(ORDERS.oid,))),
        BLOCKED,
        "1 table that others inherit from: public.orders.",
        "Carry the tables that inherit",
    ),
    (
        "unlogged-tables",
        subject(table("t", persistence="u")),
        BLOCKED,
        "1 unlogged table: public.t.",
        "ALTER TABLE public.t SET LOGGED",
    ),
    (
        "other-relations",
        subject(ORDERS, table("totals", kind="m")),
        WARNING,
        "1 materialized view: public.totals.",
        "Refresh them in Aurora",
    ),
    (
        "other-relations",
        subject(ORDERS, table("elsewhere", kind="f")),
        WARNING,
        "1 foreign table: public.elsewhere.",
        "Make them in Aurora",
    ),
    (
        "triggers",
        subject(ORDERS, triggers=[Trigger(ORDERS.oid, "TRIGGER", "audit")]),
        WARNING,
        "1 trigger ENABLE ALWAYS or REPLICA: audit of public.orders.",
        "They are left for the window. Where Aurora has one already, until then: ALTER TABLE",
    ),
    (
        "triggers",
        subject(
            ORDERS,
            triggers=[
                Trigger(ORDERS.oid, "RULE", "mirror"),
                Trigger(ORDERS.oid, "TRIGGER", "audit"),
            ],
        ),
        WARNING,
        "2 triggers and rules ENABLE ALWAYS or REPLICA: mirror of public.orders, audit of public.orders.",
        "They are left for the window. Where Aurora has one already, until then: ALTER TABLE public.orders DISABLE RULE",
    ),
    (
        "event-triggers",
        subject(event_triggers=[EventTrigger("guard", "ddl_command_end", "O", "f")]),
        WARNING,
        "1 event trigger: guard (ddl_command_end).",
        "See what they do. For that time: ALTER EVENT TRIGGER guard DISABLE;",
    ),
    (
        "sequences",
        subject(
            sequences=[Sequence(7, "public", "s", "integer", most=2**31 - 1)],
            last_values={7: 2**31 - 2},
        ),
        WARNING,
        "1 sequence near the end: public.s (100%).",
        "Before the migration: ALTER SEQUENCE public.s AS bigint NO MAXVALUE;",
    ),
    (
        "sequences",
        subject(
            ORDERS,
            sequences=[
                Sequence(7, "public", "s", table=ORDERS.oid, column="id", column_type="int4")
            ],
            last_values={7: 2**31 - 2},
        ),
        WARNING,
        "1 sequence near the end: public.s (100%).",
        "Before the migration: ALTER TABLE public.orders ALTER COLUMN id TYPE bigint;",
    ),
    (
        "sequences",
        subject(
            sequences=[Sequence(7, "public", "s", least=-100, most=-1, increment=-1)],
            last_values={7: -99},
        ),
        WARNING,
        "1 sequence near the end: public.s (99%).",
        "Before the migration: ALTER SEQUENCE public.s AS bigint NO MINVALUE;",
    ),
    # --- names
    (
        "names-by-case",
        subject(table("Orders"), ORDERS),
        BLOCKED,
        'Tables whose names differ by case alone: public."Orders" and public.orders.',
        "Rename one: ALTER TABLE ... RENAME TO ...",
    ),
    (
        "names-with-quotes",
        subject(table("bad name")),
        WARNING,
        '1 name with blanks, quotes, points or letters beyond A to Z: public."bad name".',
        "Rehearse with a copy of these tables",
    ),
    (
        "names-with-quotes",
        subject(table("t", col("isActive", "bool"))),
        WARNING,
        "1 name with upper case, or a digit first: public.t.isActive.",
        "Rehearse with a copy of these tables",
    ),
    (
        "names-too-long",
        subject(
            table("a" * 60),
            env=task(
                transformations=[
                    {"target": "table", "action": "add-prefix", "schema": "public", "value": "old_"}
                ]
            ),
        ),
        BLOCKED,
        "1 name of task all longer than 63 bytes after add-prefix: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
        "Take the transformation out of dev.toml",
    ),
    (
        "names-too-long",
        subject(
            table("t", col("b" * 60, "int4")),
            env=task(
                transformations=[
                    {
                        "target": "column",
                        "action": "add-suffix",
                        "schema": "public",
                        "table": "t",
                        "column": "%",
                        "value": "_old",
                    }
                ]
            ),
        ),
        BLOCKED,
        "1 name of task all longer than 63 bytes after add-suffix: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.",
        "Take the transformation out of dev.toml",
    ),
    # --- surroundings
    (
        "extensions",
        subject(extensions=[Extension("timescaledb", "2.11.0", "public")]),
        BLOCKED,
        "1 extension that Aurora does not offer: timescaledb 2.11.0.",
        "If nothing uses it: DROP EXTENSION timescaledb",
    ),
    (
        "extensions",
        subject(
            extensions=[Extension("postgis", "3.4.0", "public")],
            aurora=catalog(ORDERS, available=[Available("postgis", "3.3.2", ("3.3.2",))]),
        ),
        WARNING,
        "1 extension newer than Aurora's: postgis 3.4.0 (Aurora: 3.3.2).",
        "Rehearse the schema in Aurora",
    ),
    (
        "other-servers",
        subject(foreign_servers=[ForeignServer("billing", "postgres_fdw")]),
        WARNING,
        "1 foreign server: billing (postgres_fdw).",
        "See that Aurora reaches them",
    ),
    (
        "other-servers",
        subject(extensions=[Extension("dblink", "1.2", "public")]),
        WARNING,
        "dblink is installed.",
        "Look for dblink in the functions: SELECT oid::regprocedure FROM",
    ),
    (
        "jobs",
        subject(extensions=[Extension("pg_cron", "1.4", "pg_catalog")]),
        WARNING,
        "pg_cron is installed.",
        "List them: SELECT jobid",
    ),
    (
        "jobs",
        subject(extensions=[Extension("pg_partman", "5.1", "partman")]),
        WARNING,
        "pg_partman is installed.",
        "Make the partitions of the whole migration beforehand",
    ),
    (
        "encoding",
        subject(server={"encoding": "SQL_ASCII"}),
        BLOCKED,
        "The database's encoding is SQL_ASCII.",
        "Dump it and see where 'iconv -f UTF-8 -t UTF-8' stops",
    ),
    (
        "encoding",
        subject(server={"encoding": "LATIN1"}),
        WARNING,
        "The database's encoding is LATIN1, Aurora's UTF8.",
        "Rehearse with a copy",
    ),
    (
        "encoding",
        subject(aurora=catalog(ORDERS, server={"encoding": "LATIN1"})),
        WARNING,
        "The database's encoding is UTF8, Aurora's LATIN1.",
        "CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0",
    ),
    (
        "collation",
        subject(server={"collate": "en_US.UTF-8"}),
        WARNING,
        "Texts are ordered by en_US.UTF-8, in Aurora by C.UTF-8.",
        "Make the database in Aurora with the source's: CREATE DATABASE ...",
    ),
    (
        "collation",
        subject(server={"collation_version": "2.31", "actual_version": "2.36"}),
        WARNING,
        "The database was made with version 2.31 of its collation, and the machine has 2.36.",
        "REINDEX DATABASE CONCURRENTLY",
    ),
    (
        "column-collations",
        subject(
            table("t", col("name", "varchar", modifier=54, collation=99)),
            collations=[Collation(99, "public", "loose", "i", is_deterministic=False)],
        ),
        WARNING,
        "1 column with a collation that is not deterministic: public.t.name.",
        "Make the collation in Aurora before the tables",
    ),
    (
        "column-collations",
        subject(
            collations=[Collation(99, "public", "de", "c", version="2.31", actual_version="2.36")]
        ),
        WARNING,
        "1 collation made with another version than the machine has: public.de.",
        "REINDEX what uses it",
    ),
    (
        "publications",
        subject(publications=[Publication("everything", all_tables=True)]),
        BLOCKED,
        "1 publication that would take schema ferry along: everything (FOR ALL TABLES).",
        "Make ferry's tables at each subscriber first",
    ),
    (
        "publications",
        subject(
            publications=[
                Publication('our "own"', schemas=("ferry",)),
                Publication("known", all_tables=True),
            ],
            env=source(accepted_publications=["known"]),
        ),
        BLOCKED,
        '1 publication that would take schema ferry along: our "own" (TABLES IN SCHEMA ferry).',
        (
            "Make ferry's tables at each subscriber first, then accept them: "
            'source.accepted_publications = ["known", "our \\"own\\""]'
        ),
    ),
    (
        "subscriptions",
        subject(subscriptions=[Subscription("hub")]),
        WARNING,
        "1 subscription: hub.",
        "Before the cutover: ALTER SUBSCRIPTION hub DISABLE",
    ),
    (
        "default-privileges",
        subject(default_privileges=[DefaultPrivilege("ferry", "", "r")]),
        WARNING,
        "ferry has default privileges in all schemas.",
        "Take a user for ferry that has none",
    ),
    # --- leftovers
    (
        "leftovers-source",
        subject(ORDERS, table("awsdms_ddl_audit", schema="old")),
        WARNING,
        "1 table of DMS's at the source, of another task: old.awsdms_ddl_audit.",
        "If no task uses them: DROP EVENT TRIGGER IF EXISTS awsdms_intercept_ddl; DROP TABLE",
    ),
    (
        "leftovers-source",
        subject(event_triggers=[EventTrigger("awsdms_intercept_ddl", "ddl_command_end", "O", "f")]),
        WARNING,
        "The event trigger awsdms_intercept_ddl is at the source, and this file captures no DDL.",
        "If no other task uses it: DROP EVENT TRIGGER awsdms_intercept_ddl;",
    ),
    (
        "leftovers-source",
        subject(ORDERS, table("fence_all", schema="ferry"), table("fence_gone", schema="ferry")),
        WARNING,
        "Schema ferry at the source holds 1 table that this file's tasks do not use: ferry.fence_gone.",
        "Leave them where another environment uses them",
    ),
    (
        "leftovers-aurora",
        subject(aurora=catalog(ORDERS, table("awsdms_validation_failures_v2"))),
        WARNING,
        "1 table of DMS's in Aurora outside of awsdms_control: public.awsdms_validation_failures_v2.",
        "If no task uses this database now: DROP TABLE",
    ),
    (
        "leftovers-aurora",
        subject(aurora=catalog(ORDERS, table("awsdms_status", schema="awsdms_control"))),
        WARNING,
        "1 table of DMS's in awsdms_control: awsdms_control.awsdms_status.",
        "Before the first start of new tasks: DROP TABLE awsdms_control.awsdms_status; Otherwise",
    ),
    (
        "leftovers-aurora",
        subject(
            aurora=catalog(
                ORDERS, slots=[Slot("back", kept_bytes=2**20), Slot("read", is_active=True)]
            )
        ),
        WARNING,
        "1 replication slot in Aurora without a reader: back (1 MiB).",
        "Of what nobody needs, and no stopped task of DMS's: SELECT pg_drop_replication_slot('back');",
    ),
    (
        "leftovers-aurora",
        subject(aurora=catalog(ORDERS, pglogical_nodes=["old"])),
        WARNING,
        "pglogical is in use in Aurora: 1 node old.",
        "See what it is for; what is not needed any more: SELECT pglogical.drop_node('old'); in Aurora.",
    ),
    (
        "leftovers-aurora",
        subject(
            aurora=catalog(
                ORDERS, subscriptions=[Subscription("hub"), Subscription("off", is_enabled=False)]
            )
        ),
        WARNING,
        "1 subscription in Aurora: hub.",
        "In Aurora: ALTER SUBSCRIPTION hub DISABLE;",
    ),
    (
        "aurora-tables",
        subject(ORDERS, table("lost"), aurora=catalog(ORDERS)),
        BLOCKED,
        "1 table not in Aurora: public.lost.",
        "ferry schema dev before-load",
    ),
    (
        "aurora-tables",
        subject(aurora=catalog(table("x"))),
        WARNING,
        "1 table not in Aurora: public.orders.",
        "ferry schema dev before-load",
    ),
    (
        "aurora-tables",
        subject(aurora=catalog(table("orders", live=3))),
        WARNING,
        "1 table in Aurora with rows: public.orders.",
        "TRUNCATE public.orders",
    ),
    # --- Aurora
    (
        "aurora-runs",
        subject(server={"version": 160_004}, aurora=catalog(ORDERS)),
        BLOCKED,
        "Aurora runs PostgreSQL 15.18, the source 16.",
        "Upgrade Aurora first: aurora.engine_version in dev.toml.",
    ),
    (
        "aurora-runs",
        subject(aurora=catalog(ORDERS, server={"version": 160_004})),
        WARNING,
        "Aurora runs PostgreSQL 16.4; the file says 15.8.",
        "ferry check deployment dev",
    ),
    (
        "aurora-way-back",
        subject(aurora=catalog(ORDERS, settings={"wal_level": "replica"})),
        BLOCKED,
        "wal_level is replica in Aurora, not logical.",
        "Set rds.logical_replication = 1 in aurora.parameters of dev.toml",
    ),
    (
        "aurora-way-back",
        subject(
            aurora=catalog(ORDERS, settings={"max_wal_senders": "1"}, counts=[Counts(senders=1)])
        ),
        BLOCKED,
        "max_wal_senders is 1 in Aurora, of which 1 are used; the way back needs 1.",
        "Set max_wal_senders = 7 in aurora.parameters of dev.toml",
    ),
    (
        "aurora-way-back",
        subject(aurora=catalog(ORDERS, roles=[Role("ferry_admin")])),
        BLOCKED,
        "ferry_admin may not open a replication connection to Aurora.",
        "GRANT rds_replication TO ferry_admin;",
    ),
    (
        "way-back",
        subject(
            env=dms(
                rollback=True,
                tasks=[
                    {
                        "name": "all",
                        "tables": [
                            {
                                "schema": "public",
                                "name": "orders",
                                "filters": [
                                    {"column": "id", "conditions": [{"operator": "notnull"}]}
                                ],
                            }
                        ],
                    }
                ],
            )
        ),
        WARNING,
        "Task all has no way back: its tables[0].filters leaves rows out of Aurora.",
        "Carry such tables by a task of their own, so that the others can go back; then deploy dev.",
    ),
    (
        "way-back-columns",
        subject(
            table("lines", col("note", "text"), col("total", "int4", generated="s")),
            env=dms(
                rollback=True,
                tasks=[
                    {
                        "name": "all",
                        "tables": [{"schema": "public"}],
                        "transformations": [
                            {
                                "target": "column",
                                "action": "remove-column",
                                "schema": "public",
                                "table": "lines",
                                "column": column,
                            }
                            for column in ("note", "total")
                        ],
                    }
                ],
            ),
        ),
        WARNING,
        "1 column that the tasks remove, and the source does not compute: public.lines.note.",
        "Carry the column, or give it at the source what it is to be: ALTER TABLE public.lines ALTER",
    ),
    (
        "aurora-operator",
        subject(aurora=catalog(ORDERS)),
        WARNING,
        "ferry is not in rds_superuser in Aurora.",
        "As the master user: GRANT rds_superuser TO ferry;",
    ),
    (
        "aurora-operator",
        subject(
            aurora=catalog(
                ORDERS,
                server={"owner": "ferry_admin"},
                roles=[Role("ferry", roles=("rds_superuser",))],
            )
        ),
        BLOCKED,
        "ferry does not own Aurora's database app, nor is it a member of ferry_admin.",
        "As ferry_admin: GRANT ferry_admin TO ferry; or sign in as that: ferry secret operator dev target",
    ),
    (
        "aurora-open",
        subject(aurora=catalog(ORDERS, server={"is_open": True})),
        WARNING,
        "Aurora's database app is open: whoever may sign in may connect.",
        "ferry schema dev before-load; it closes the database",
    ),
    (
        "aurora-transactions",
        subject(aurora=catalog(ORDERS, prepared=[Prepared("x", "app", "xa", 5)])),
        BLOCKED,
        "1 prepared transaction in Aurora: x.",
        "ROLLBACK PREPARED 'x'",
    ),
    (
        "aurora-transactions",
        subject(aurora=catalog(ORDERS, sessions=[Session(9, "app", "web", "", "active", 4000)])),
        WARNING,
        "1 transaction open in Aurora for more than ten minutes: pid 9 of web (67 minutes).",
        "SELECT pg_terminate_backend(9);",
    ),
    (
        "aurora-rights",
        subject(aurora=catalog(ORDERS, schemas=[Schema("public", "x")])),
        BLOCKED,
        "ferry_admin may not use 1 schema of Aurora: public.",
        "GRANT ALL ON SCHEMA public TO ferry_admin;",
    ),
    (
        "aurora-rights",
        subject(aurora=catalog(ORDERS, roles=[Role("ferry_admin")])),
        BLOCKED,
        "ferry_admin may not set session_replication_role in Aurora: it is not in rds_superuser.",
        "GRANT rds_superuser TO ferry_admin;",
    ),
    (
        "aurora-rights",
        subject(
            aurora=catalog(table("orders", constraints=[Constraint(0, "fk", "f")])),
            env=dms(target={"after_connect_script": "SELECT 1"}),
        ),
        WARNING,
        "Aurora has foreign keys, and dms.target.after_connect_script does not set session_replication_role.",
        "Set after_connect_script = \"SET session_replication_role='replica'\"",
    ),
    (
        "aurora-preparation",
        subject(
            aurora=catalog(
                ORDERS,
                table("items", constraints=[Constraint(0, "fk", "f", references=ORDERS.oid)]),
            ),
            env=task(target_table_preparation_mode="TRUNCATE_BEFORE_LOAD"),
        ),
        BLOCKED,
        "Task all is to TRUNCATE_BEFORE_LOAD 1 table that foreign keys of Aurora point at: public.orders.",
        "In Aurora, until the load has ended: ALTER TABLE public.items DROP CONSTRAINT fk;",
    ),
    (
        "aurora-columns",
        subject(aurora=catalog(table("orders", col("id", "int8", identity="a")))),
        BLOCKED,
        "1 column GENERATED ALWAYS AS IDENTITY in Aurora: public.orders.id.",
        "In Aurora: ALTER TABLE public.orders ALTER COLUMN id SET GENERATED BY",
    ),
    (
        "aurora-columns",
        subject(
            aurora=catalog(table("orders", col("body", "text", not_null=True))),
            env=task(lob_mode="inline"),
        ),
        BLOCKED,
        "1 LOB column NOT NULL in Aurora: public.orders.body.",
        "In Aurora",
    ),
)


def ids() -> list[str]:
    """The checks' names, numbered where there are several cases of one."""
    names = [case[0] for case in CASES]
    return [f"{name}-{names[:place].count(name) + 1}" for place, name in enumerate(names)]


@pytest.mark.parametrize(("check", "of", "level", "what", "remedy"), CASES, ids=ids())
def test_it_is_found(check: str, of: Subject, level: Level, what: str, remedy: str) -> None:
    grave = [each for each in found(check, of) if each.level is not Level.RIGHT]

    assert (grave[0].level, grave[0].what) == (level, what)
    assert grave[0].remedy.startswith(remedy)
    assert grave[0].why


@pytest.mark.parametrize(
    ("check", "of"),
    [
        ("generated-columns", [table(n, col("c", "int4", generated="s")) for n in ("one", "two")]),
        ("partitions", [table(n, kind="p") for n in ("one", "two")]),
    ],
)
def test_a_remedy_has_the_lines_for_all_of_them(check: str, of: list[Table]) -> None:
    (verdict,) = found(check, subject(*of))

    assert verdict.remedy.count("task all in dev.toml: ") == 1
    assert 'table = "one"' in verdict.remedy
    assert 'table = "two"' in verdict.remedy


ON_RDS = (
    (
        "wal-sender-timeout",
        {"wal_sender_timeout": "5000"},
        "Set wal_sender_timeout = 60000 in the source's parameter group.",
    ),
    (
        "slot-limit",
        {"max_slot_wal_keep_size": "1024"},
        (
            "Set max_slot_wal_keep_size = 173056 in the source's parameter group. That is two days at "
            "this rate, if the disk has the room."
        ),
    ),
    (
        "wal-level",
        {"wal_level": "replica"},
        "Set rds.logical_replication = 1 in the source's parameter group, and reboot it.",
    ),
    (
        "replication-slots",
        {"max_replication_slots": "0"},
        "Set max_replication_slots = 3 in the parameter group, and reboot.",
    ),
)


@pytest.mark.parametrize(("check", "settings", "remedy"), ON_RDS, ids=[each[0] for each in ON_RDS])
def test_on_rds_settings_are_changed_in_parameter_groups(
    check: str, settings: dict[str, str], remedy: str
) -> None:
    of = subject(settings=settings, server={"is_managed": True}, wal_bytes_per_second=2**20)

    assert [each.remedy for each in found(check, of)] == [remedy]


def test_a_publication_of_all_tables_is_made_anew_and_one_of_a_schema_is_altered() -> None:
    named = Publication("ours", schemas=("ferry",)), Publication("all", all_tables=True)
    ours, every = (
        found("publications", subject(publications=[each]))[0].remedy.partition(" Or ")[2]
        for each in named
    )

    assert ours == "ALTER PUBLICATION ours DROP TABLES IN SCHEMA ferry;"
    assert every.startswith(
        'name its tables: BEGIN; DROP PUBLICATION "all"; CREATE PUBLICATION "all"'
    )


def test_the_primary_key_by_its_own_name_is_a_replica_identity_like_any_other() -> None:
    named = table("t", key=(), replica_identity="i")
    key = Index(named.oid, "t_pkey", (1,), is_primary=True, is_replica_identity=True)
    of = subject(replace(named, indexes=(key,)))

    assert [each.level for each in found("replica-identity", of)] == [Level.RIGHT]


def test_a_database_of_a_superuser_is_given_to_ferry_and_not_the_superuser() -> None:
    of = subject(server={"owner": "postgres"})

    assert [each.remedy for each in found("operator-rights", of)] == [
        "ALTER DATABASE app OWNER TO ferry;"
    ]


def test_a_timeout_of_ferrys_own_user_hides_what_others_have() -> None:
    own = Role("ferry", settings=("statement_timeout=5s",))
    of = subject(roles=[Role("dms"), own], settings={"statement_timeout": "5000"})

    [seen] = found("session-timeouts", of)

    assert seen.level is Level.UNJUDGED
    assert seen.why == (
        "ferry has statement_timeout of its own, and so does not see what other users have."
    )
    assert seen.remedy == (
        "ALTER ROLE ferry RESET statement_timeout; or IN DATABASE, where it is set so."
    )


@pytest.mark.parametrize("rollback", [False, True])
def test_with_a_way_back_what_is_set_off_at_the_source_is_said_too(*, rollback: bool) -> None:
    env = dms(rollback=rollback)
    (one,) = found(
        "triggers", subject(ORDERS, env=env, triggers=[Trigger(ORDERS.oid, "TRIGGER", "audit")])
    )

    assert ("those of the source are set off too" in one.why) is rollback


def test_what_is_to_be_done_in_aurora_names_the_table_as_it_is_called_there() -> None:
    rename = {"target": "schema", "action": "rename", "schema": "public", "value": "shop"}
    env = task(lob_mode="full", transformations=[rename])
    orders = table("orders", col("body", "text", not_null=True))
    of = subject(orders, env=env, triggers=[Trigger(orders.oid, "TRIGGER", "always")])

    for check in ("lob-not-null", "triggers"):
        assert ": ALTER TABLE shop.orders " in found(check, of)[0].remedy


@pytest.mark.parametrize("check", [each.name for each in CHECKS])
def test_a_database_has_it_and_one_has_it_not(check: str) -> None:
    assert check in {case[0] for case in CASES}
    assert {each.level for each in found(check, subject())} == {Level.RIGHT}


UNREAD = Part[Any](why="Reading it failed: permission denied.", remedy="Grant it.")


def test_what_could_not_be_read_is_never_good() -> None:
    parts: dict[str, Any] = {each.name: UNREAD for each in fields(Catalog) if each.name != "server"}
    nothing = subject(
        aurora=UnreadError("Aurora is not there yet.", "Deploy it."),
        dms_user=UnreadError("There is no secret.", "Write it."),
        wal_bytes_per_second=UnreadError("No WAL."),
        last_values=UnreadError("No sequences."),
        **parts,
    )

    levels = {each.check: each.level for each in findings([nothing])}

    # By the environment's file and the server's own row alone.
    known = {"source-version", "standby", "pooler", "batch-apply", "dms-ddl-capture"}
    known |= {
        "names-too-long",
        "selection-columns",
        "selection-pattern",
        "way-back",
        "way-back-columns",
    }  # the file has no such setting
    assert {name for name, level in levels.items() if level is not Level.UNJUDGED} == known


def test_without_aurora_the_source_is_judged() -> None:
    alone = subject(aurora=UnreadError("Aurora is not there yet.", "Deploy it."))

    unjudged = [each for each in findings([alone]) if each.level is Level.UNJUDGED]

    assert {each.check for each in unjudged} == {
        "aurora-columns",
        "aurora-open",
        "aurora-operator",
        "aurora-preparation",
        "aurora-rights",
        "aurora-runs",
        "aurora-tables",
        "aurora-transactions",
        "aurora-way-back",
        "collation",
        "encoding",
        "extensions",
        "leftovers-aurora",
    }
    assert unjudged[0] == not_judged(
        "extensions",
        "Whether Aurora offers the extensions",
        why="Aurora is not there yet.",
        remedy="Deploy it.",
    )


def test_what_was_found_before_something_was_missing_is_found() -> None:
    stale = {"collation_version": "2.31", "actual_version": "2.36"}
    seen = found("collation", subject(server=stale, aurora=UnreadError("It is not there.")))

    assert [each.level for each in seen] == [WARNING, Level.UNJUDGED]


def test_of_several_databases_findings_name_theirs_and_servers_are_judged_once() -> None:
    env = of_several_databases(app="app", shop="shop")
    apps, shops = (
        replace(subject(table("log", key=()), env=env), database=Database(source=name, aurora=name))
        for name in ("app", "shop")
    )

    seen = list(findings([apps, shops]))

    assert [each.what for each in seen if each.check == "primary-key"] == [
        f"{name}: 1 table without a primary key, of which no UPDATE or DELETE was counted: public.log."
        for name in ("app", "shop")
    ]
    assert sum(each.check == "wal-level" for each in seen) == 1


def test_of_a_task_of_every_schema_ferrys_tables_are_left_out() -> None:
    others = [table("access", key=(), schema="ferry"), table("log", key=(), schema="other")]
    of = subject(ORDERS, *others, env=task(tables=[{"schema": "%"}]))

    (seen,) = found("primary-key", of)

    assert seen.what.endswith(" was counted: other.log.")


def test_an_environment_without_changes_needs_no_slots() -> None:
    loaded = subject(
        table("log", key=(), persistence="u", replica_identity="n", updated=5),
        settings={"wal_level": "replica", "max_replication_slots": "0", "max_wal_senders": "0"},
        prepared=[Prepared("x", "app", "xa", 5)],
        env=task(migration_type="full-load"),
    )

    assert {each.level for each in findings([loaded])} == {Level.RIGHT}


def test_a_finding_names_some_and_counts_the_rest() -> None:
    many = subject(*(table(f"t{number}", key=()) for number in range(2_007)))

    assert found("primary-key", many)[0].what == (
        "2,007 tables without a primary key, of which no UPDATE or DELETE was counted: public.t0, "
        "public.t1, public.t2, public.t3, public.t4 and 2,002 more."
    )


def test_nothing_is_said_of_a_column_that_stays_behind() -> None:
    rule = {"target": "column", "action": "remove-column", "schema": "public", "table": "t%"}
    left = task(transformations=[{**rule, "column": "total"}])
    total = col("total", "numeric", generated="s")

    seen = findings([subject(table("t", total), env=left)])

    assert {each.level for each in seen} == {Level.RIGHT}


def test_tables_that_are_left_out_are_not_missing() -> None:
    tables = [{"schema": "public"}, {"schema": "old", "action": "exclude"}]
    of = subject(ORDERS, table("x", schema="old"), env=task(tables=tables))

    assert [each.level for each in found("selection-missing", of)] == [Level.RIGHT]


def test_a_row_of_security_is_passed_by_who_has_bypassrls() -> None:
    secured = subject(table("a", row_security=True), roles=[Role("dms", passes_row_security=True)])

    assert found("row-security", secured) == [
        right("row-security", "1 table with row security; dms passes it.")
    ]


def test_slots_that_the_file_names_are_enough() -> None:
    own = subject(
        env=source(slot_name="aurora_ferry"),
        slots=[Slot("aurora_ferry", "test_decoding", "app", is_active=False, kept_bytes=5)],
        settings={"max_replication_slots": "1"},
    )

    assert {found(check, own)[0].level for check in ("slots-there", "replication-slots")} == {
        Level.RIGHT
    }


def test_a_table_is_looked_for_under_the_name_that_it_gets() -> None:
    rules = [
        {"target": "schema", "action": "rename", "schema": "public", "value": "app"},
        {"target": "table", "action": "replace-prefix", "schema": "public", "value": "t_"}
        | {"old_value": "tbl_"},
    ]
    there = subject(
        table("tbl_orders"),
        env=task(transformations=rules),
        aurora=catalog(table("t_orders", schema="app")),
    )

    assert [each.level for each in found("aurora-tables", there)] == [Level.RIGHT]


RIGHT = (
    (
        "slot-limit",
        subject(settings={"max_slot_wal_keep_size": "1048576"}, wal=[Wal(10 * 2**30, 10_240)]),
        (
            "max_slot_wal_keep_size is 1 TiB; the source writes 1 MiB a second, 84.4 GiB a day: 12 days of "
            "grace."
        ),
    ),
    (
        "slot-limit",
        subject(settings={"max_slot_wal_keep_size": "64"}, wal=[Wal(0, 10_240)]),
        "max_slot_wal_keep_size is 64 MiB; the source writes hardly any.",
    ),
    (
        "session-timeouts",
        subject(server={"version": 130_004}, settings={"idle_session_timeout": "1"}),
        "DMS's sessions may work and wait for an hour and more.",
    ),
    (
        "wal-sender-timeout",
        subject(settings={"wal_sender_timeout": "0"}),
        "wal_sender_timeout suits DMS.",
    ),
    (
        "plugin",
        subject(available=[], slots=[Slot("x", "test_decoding", "app", is_active=True)]),
        "The plugin for logical decoding is there.",
    ),
    (
        "replica-identity",
        subject(table("t", replica_identity="f")),
        "1 table with REPLICA IDENTITY FULL: more WAL, and no harm: public.t.",
    ),
    (
        "extensions",
        subject(extensions=[Extension("tcn", "1.0", "public")]),
        "Aurora offers tcn.",
    ),
    (
        "collation",
        subject(
            server={"collate": "de_DE.UTF-8", "provider": "i"},
            aurora=catalog(ORDERS, server={"collate": "de_DE.UTF-8", "provider": "i"}),
        ),
        (
            "Texts are ordered by ICU de_DE.UTF-8 at both ends; Aurora's own version of it may order some "
            "otherwise."
        ),
    ),
    (
        "publications",
        subject(
            publications=[Publication("known", all_tables=True)],
            env=source(accepted_publications=["known"]),
        ),
        "By the file known may take schema ferry along.",
    ),
    (
        "default-privileges",
        subject(default_privileges=[DefaultPrivilege("app_owner", "public", "r")]),
        "Default privileges of app_owner; the schema's dump has them.",
    ),
    # ferry makes a schema and tables in it, nothing elsewhere and no function
    (
        "default-privileges",
        subject(
            default_privileges=[
                DefaultPrivilege("ferry", "", "f"),
                DefaultPrivilege("ferry", "public", "r"),
            ]
        ),
        "Default privileges of ferry; the schema's dump has them.",
    ),
    (
        "sequences",
        subject(
            sequences=[Sequence(7, "public", "s"), Sequence(8, "public", "t", table=ORDERS.oid)],
            last_values={7: None, 8: 5},
        ),
        "2 sequences, 1 of them of no column; DMS carries none, a cutover sets all.",
    ),
    (
        "operator-rights",
        subject(roles=[*ROLES[:1], Role("ferry", is_superuser=True)]),
        "ferry's user can make its schema and close the source.",
    ),
)


@pytest.mark.parametrize(("check", "of", "what"), RIGHT, ids=[case[0] for case in RIGHT])
def test_what_is_right_is_said(check: str, of: Subject, what: str) -> None:
    assert found(check, of) == [right(check, what)]


def test_a_sequence_that_was_not_read_is_not_good() -> None:
    [fine, unread] = found("sequences", subject(sequences=[Sequence(7, "public", "s")]))

    assert fine.level is Level.RIGHT
    assert unread == not_judged(
        "sequences",
        "Sequences",
        why="ferry may not read 1 sequence: public.s.",
        remedy="GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ferry;",
    )


def test_a_schema_ferry_of_somebody_else_is_said() -> None:
    theirs = subject(
        schemas=[Schema("public", "app_owner", USERS, USERS), Schema("ferry", "somebody")],
        roles=[*ROLES[:1], Role("ferry", roles=("app_owner", "pg_signal_backend"))],
    )

    [finding] = found("operator-rights", theirs)

    assert finding.remedy == "GRANT USAGE, CREATE ON SCHEMA ferry TO ferry;"


def test_who_owns_tables_beside_dmss_trigger_is_said_once_it_is_there() -> None:
    there = EventTrigger("awsdms_intercept_ddl", "ddl_command_end", "O", "awsdms_intercept_ddl")

    assert [
        each.level
        for each in found("dms-ddl-capture", subject(env=environment(), event_triggers=[there]))
    ] == [Level.RIGHT]


STATUS = table("awsdms_status", schema="awsdms_control")
FILLED = table("orders", rows=100, pages=10)


@pytest.mark.parametrize(
    ("recorded", "level"),
    [
        ({"AAAA"}, Level.RIGHT),
        ({"AAAA", "ZZZZ"}, Level.WARNING),  # another task's beside them
        ({"ZZZZ"}, Level.WARNING),
        (set(), Level.WARNING),
    ],
)
def test_dmss_own_tables_of_tasks_that_have_run_are_no_leftovers(
    recorded: set[str], level: Level
) -> None:
    of = subject(
        aurora=catalog(ORDERS, STATUS),
        identifiers={"all": "AAAA"},
        recorded={"awsdms_control": frozenset(recorded)},
    )

    assert [it.level for it in found("leftovers-aurora", of)] == [level]


def test_tables_that_a_task_has_loaded_are_to_hold_rows() -> None:
    (before,) = found("aurora-tables", subject(aurora=catalog(FILLED)))
    ran = subject(
        aurora=catalog(FILLED),
        identifiers={"all": "AAAA"},
        recorded={"x": frozenset({"AAAA"})},
    )
    (after,) = found("aurora-tables", ran)

    assert before.level is Level.WARNING
    assert (after.level, after.what) == (Level.RIGHT, "1 table in Aurora, and task all has run.")
    gone = subject(aurora=UnreadError("Aurora is not asked."), identifiers={"all": "AAAA"})
    assert not gone.has_run(gone.tasks[0])
    assert not gone.are_these_tasks("x")


def test_a_table_that_refers_to_itself_is_emptied_and_dropped_all_the_same() -> None:
    key = Constraint(0, "fk", "f", references=ORDERS.oid)
    of_itself = replace(ORDERS, constraints=(key._replace(relation=ORDERS.oid),))
    truncates = task(target_table_preparation_mode="TRUNCATE_BEFORE_LOAD")

    (finding,) = found("aurora-preparation", subject(aurora=catalog(of_itself), env=truncates))

    assert finding.level is Level.RIGHT
