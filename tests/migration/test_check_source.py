"""`ferry check source` with real servers: a source that has everything, and one that has nothing."""

from __future__ import annotations

import codecs
import errno
import json
import os
import re
import stat
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Never, cast

import psycopg
import pytest
from psycopg import errors

from bench import checking
from ferry.check.source import (
    Way,
    asking,
    findings,
    measuring,
    server,
    subjects,
    suggested,
    suggestions,
)
from ferry.check.source.asking import subject_of, with_rows
from ferry.check.source.checks import CHECKS
from ferry.check.source.edits import OfTask
from ferry.check.source.measure import Measure
from ferry.cli.suggest import write_into
from ferry.errors import FerryError
from ferry.findings import Level
from ferry.postgres import NoAnswerError, Server, connect, sql
from ferry.postgres.catalog import UnreadError, read
from harness.postgres import SUPERUSER, Postgres
from settings.databases import Database as Names
from tests.migration.databases import CONTROL, Database, eventually
from tests.unit.ferry.environments import environment, of_several_databases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from typer.testing import Result

    from ferry.account import Account
    from ferry.check.source.subject import Subject, Unreadable
    from ferry.findings import Finding
    from ferry.postgres import Session
    from settings.environment import Environment
    from tests.migration.deployed import Deployed

PASSWORD = "canary-Pa55word"
APP = Names(source="app", aurora="app")
# A server with which a migration would come to nothing.
ILL_SETTINGS = {
    "wal_level": "replica",
    "max_replication_slots": "1",
    "max_wal_senders": "0",
    "max_slot_wal_keep_size": "1MB",
    "wal_sender_timeout": "5s",
    "idle_in_transaction_session_timeout": "1min",
    "max_connections": "24",
}
ILL_ROLES = (
    "create role app_owner",
    "create role dms nologin",
    f"create role ferry login password '{PASSWORD}'",
    "grant pg_monitor to ferry",
    "create role ferry_admin",
)
ILL_SOURCE = (
    "create extension citext",
    "create extension dblink",
    "create extension postgres_fdw",
    "create server billing foreign data wrapper postgres_fdw",
    "create collation loose (provider = icu, locale = 'de', deterministic = false)",
    "create type mood as enum ('good', 'bad')",
    "create type geometry as (x int, y int)",  # PostGIS's, as far as catalogs tell
    """create table everything (id int primary key, body text not null, feeling mood, ip inet,
       place geometry, amount numeric, twice int generated always as (id * 2) stored,
       name varchar(20) collate loose, email varchar(50) unique deferrable, code int)""",
    "create unique index on everything (coalesce(code, 0))",
    "alter table everything owner to app_owner",
    "create table keyless (x int, body text, tags int[])",
    "create table of_text (id text primary key)",
    "create table numbered (id bigint generated always as identity primary key)",
    "create table unnamed (id int primary key)",
    "alter table unnamed replica identity nothing",
    "create table secret (id int primary key)",
    "alter table secret enable row level security",
    "create unlogged table cache (id int primary key)",
    "create table parent (id int primary key)",
    "create table child (primary key (id)) inherits (parent)",
    "create table events (id int primary key) partition by range (id)",
    "create table events_1 partition of events for values from (0) to (10)",
    'create table "Orders" (id int primary key)',
    "create table orders (id int primary key)",
    "create table order_items (id int primary key)",
    'create table "order items" (id int primary key)',
    f"create table {'a' * 60} (id int primary key)",
    "create table dup (id int primary key, x int)",
    "insert into dup values (1, 1), (2, 1)",
    "create table awsdms_apply_exceptions (id int primary key)",
    "create schema other",
    "create table other.left_out (id int primary key)",
    "create table other.awsdms_ddl_audit (id int primary key)",
    "create materialized view totals as select 1 as one",
    "create foreign table elsewhere (x int) server billing",
    "create function fires() returns trigger language plpgsql as 'begin return new; end'",
    "create trigger always before insert on orders for each row execute function fires()",
    "alter table orders enable always trigger always",
    "create rule mirror as on delete to orders do also notify gone",
    "alter table orders enable replica rule mirror",
    "create function guards() returns event_trigger language plpgsql as 'begin end'",
    "create event trigger guard on ddl_command_end execute function guards()",
    "create sequence near as smallint",
    "select setval('near', 32000)",
    "grant select on all sequences in schema public to ferry",
    "select lo_create(0)",
    "alter default privileges for role ferry grant select on tables to public",
    "create publication everything for all tables",
    "create subscription hub connection 'host=127.0.0.1 port=1' publication x with (connect = false)",
)
ILL_AURORA = (
    "create table numbered (id bigint generated always as identity primary key)",
    "create table orders (id int primary key)",
    "insert into orders values (1)",
    "create table refers (id int references orders)",
    "create table awsdms_validation_failures_v2 (id int)",
)
ILL_FILE: Mapping[str, Any] = {
    "source": {"port": 6432, "plugin_name": "pglogical"},
    "dms": {
        "engine_version": "3.5.0",
        "rollback": True,
        "tasks": [
            {
                "name": "all",
                "tables": [
                    {"schema": "public"},
                    {"schema": "public", "table": "order_items"},
                    {
                        "schema": "public",
                        "table": "dup",
                        "parallel_load": {"columns": ["x"], "boundaries": [["5"]]},
                    },
                ],
                "transformations": [
                    {"target": "table", "action": "add-prefix", "schema": "public"}
                    | {"table": "aaa%", "value": "old_"},
                    {"target": "column", "action": "remove-column", "schema": "public"}
                    | {"table": "keyless", "column": "x"},
                ],
                "target_table_preparation_mode": "TRUNCATE_BEFORE_LOAD",
            },
            {
                "name": "second",
                "tables": [{"schema": "public", "table": "everything"}],
                "lob_mode": "full",
            },
            {
                "name": "third",
                "tables": [{"schema": "public", "table": "everything"}],
                "batch_apply": True,
            },
            {"name": "fourth", "tables": [{"schema": "nowhere"}]},
        ],
    },
}
NOT_ON_ONE_MACHINE = {
    "standby",  # below
    "pglogical-nodes",  # pglogical is not installed
    "jobs",  # nor is pg_cron
    "extensions",  # both ends have the same
    "selection-extension",
    "aurora-runs",
}
"""What both of these servers are right with; the unit tests show it."""

OF_AURORA = {
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
"""What is not judged where Aurora is not there."""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what was measured of rows is kept: of each test its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The source's WAL is watched for a moment only."""
    monkeypatch.setattr(asking, "SECONDS_WATCHED", 0.001)


def of(
    where: Postgres, database: str, *, user: str = SUPERUSER, side: str = "the source"
) -> Server:
    return Server(
        side=side,
        host="127.0.0.1",
        port=where.port,
        database=database,
        username=user,
        password=where.password if user == SUPERUSER else PASSWORD,
        ssl_mode="none",
    )


def subject(env: Environment, source: Server, target: Server | UnreadError) -> Subject:
    return subject_of(env, APP, source=source, target=target, dms_user="dms")


@pytest.fixture(scope="module")
def ill() -> Iterator[Postgres]:
    """A server whose databases `app` and `aurora` have everything that a check looks for."""
    with Postgres(settings=ILL_SETTINGS) as started:
        started_with = Database(server=started, name=SUPERUSER)
        latin = "encoding 'LATIN1' locale 'C' template template0"
        started_with.run(*ILL_ROLES, f"create database app {latin}", "create database aurora")
        started_with.run("select pg_create_physical_replication_slot('standby_1', true)")
        source = Database(server=started, name="app")
        source.run(*ILL_SOURCE)
        with pytest.raises(psycopg.Error, match="could not create unique index"):
            source.run("create unique index concurrently broken on dup (x)")
        with psycopg.connect(**source.connection) as connection:  # type: ignore[arg-type] # as text
            connection.execute("insert into orders values (1)")
            connection.execute("prepare transaction 'left behind'")
        Database(server=started, name="aurora").run(*ILL_AURORA)
        yield started


@pytest.fixture(scope="module")
def well() -> Iterator[Postgres]:
    """A server whose databases `app` and `aurora` are as they should be."""
    with Postgres() as started:
        Database(server=started, name=SUPERUSER).run(
            "create role dms superuser login",
            "create role ferry_admin superuser login",
            "create database app",
            "create database aurora",
            "revoke connect on database aurora from public",
        )
        for name in ("app", "aurora"):
            Database(server=started, name=name).run(
                "create table orders (id bigint primary key, at timestamptz not null)"
            )
        yield started


@contextmanager
def open_transaction(where: Postgres) -> Iterator[None]:
    with psycopg.connect(**Database(server=where, name="app").connection) as connection:  # type: ignore[arg-type]
        connection.execute("select 1")
        yield


@pytest.fixture(scope="module")
def found(ill: Postgres) -> list[Finding]:
    with pytest.MonkeyPatch.context() as patched, open_transaction(ill):
        patched.setattr(server, "_LONG_SECONDS", -1)
        ends = of(ill, "app", user="ferry"), of(ill, "aurora", user="ferry", side="Aurora")
        return list(findings([subject(environment(**ILL_FILE), *ends)]))


@pytest.mark.parametrize(
    "check", [each.name for each in CHECKS if each.name not in NOT_ON_ONE_MACHINE]
)
def test_a_source_has_it(found: list[Finding], check: str) -> None:
    levels = {each.level for each in found if each.check == check}

    assert levels & {Level.BLOCKED, Level.WARNING}
    assert Level.UNJUDGED not in levels


_STATEMENT = re.compile(r"(?:ALTER|CREATE|DROP|GRANT|REINDEX|ROLLBACK|TRUNCATE) [^;]*;")
NOT_HERE = {
    "CREATE EXTENSION pglogical;": errors.FeatureNotSupported,  # it is not installed
    "CREATE EXTENSION postgis;": errors.FeatureNotSupported,
    "GRANT rds_superuser TO ferry_admin;": errors.UndefinedObject,  # this is not Aurora
    "GRANT rds_superuser TO ferry;": errors.UndefinedObject,
    "GRANT rds_replication TO ferry_admin;": errors.UndefinedObject,
    # Aurora has not the table, which another finding says, or not its trigger.
    "ALTER TABLE public.everything ALTER COLUMN body DROP NOT NULL;": errors.UndefinedTable,
    "ALTER TABLE public.orders DISABLE TRIGGER always;": errors.UndefinedObject,
}
"""Statements of remedies that these servers cannot take, and how they refuse them."""


def test_the_statements_of_the_remedies_can_be_typed(found: list[Finding], ill: Postgres) -> None:
    refused = {}
    typed = 0
    for finding in found:
        in_aurora = "Aurora" in f"{finding.what} {finding.remedy.partition(';')[0]}"
        database = Database(server=ill, name="aurora" if in_aurora else "app")
        for statement in _STATEMENT.findall(finding.remedy):
            if "..." in statement:
                continue
            typed += 1
            with psycopg.connect(**database.connection) as connection:  # type: ignore[arg-type]
                try:
                    connection.execute(statement)
                except errors.ActiveSqlTransaction:
                    pass  # it is taken outside of a transaction alone, in which this is rolled back
                except psycopg.Error as error:
                    refused[statement] = type(error)
                connection.rollback()

    assert typed > 30
    assert refused == NOT_HERE


def test_a_source_has_none_of_it(well: Postgres) -> None:
    env = environment(source={"port": well.port})

    seen = list(findings([subject(env, of(well, "app"), of(well, "aurora", side="Aurora"))]))

    assert [each for each in seen if each.level is not Level.RIGHT] == []
    assert {each.check for each in seen} == {each.name for each in CHECKS}


def test_a_partitioned_table_that_was_analyzed_has_no_rows_for_it(well: Postgres) -> None:
    made = (
        "create table parts (id int primary key) partition by range (id)",
        "create table part partition of parts default",
        "analyze parts",
    )
    ends = [Database(server=well, name=name) for name in ("app", "aurora")]
    for end in ends:
        end.run(*made)
    try:
        seen = findings([subject(environment(), of(well, "app"), of(well, "aurora"))])

        assert [each.what for each in seen if each.check == "aurora-tables"] == [
            "3 tables in Aurora, and empty."
        ]
    finally:
        for end in ends:
            end.run("drop table parts")


def test_updates_are_counted_of_tables_without_a_key(well: Postgres) -> None:
    source = Database(server=well, name="app")
    source.run("create table log (x int)", "insert into log values (1)")
    try:
        with psycopg.connect(**source.connection, autocommit=True) as connection:  # type: ignore[arg-type]
            connection.execute("update log set x = 2")
            connection.execute("select pg_stat_force_next_flush()")
        seen = findings([subject(environment(), of(well, "app"), of(well, "aurora"))])

        assert [each.what for each in seen if each.check == "primary-key"] == [
            "1 table without a primary key, with rows that are updated or deleted: public.log."
        ]
    finally:
        source.run("drop table log")


def test_aurora_that_cannot_be_reached_leaves_the_source_to_be_judged(well: Postgres) -> None:
    nowhere = replace(of(well, "aurora", side="Aurora"), port=1)

    seen = list(findings([subject(environment(), of(well, "app"), nowhere)]))

    assert {each.check for each in seen if each.level is Level.UNJUDGED} == OF_AURORA
    assert [each.why for each in seen if each.check == "aurora-runs"] == [
        "Could not connect to Aurora (127.0.0.1:1): nobody answers there."
    ]


def test_a_source_that_cannot_be_reached_is_an_error(well: Postgres) -> None:
    with pytest.raises(FerryError, match="Could not connect to the source"):
        subject(environment(), replace(of(well, "app"), port=1), UnreadError("No."))


def databases_of(where: Postgres, **names: str) -> list[Subject | Unreadable]:
    """What is read of several databases, whose source is this server."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(asking, "source_user_of_dms", lambda *_: "dms")
        patched.setattr(asking, "source_server", lambda *given, **_: of(where, given[2].source))
        unused = cast("Account", None)
        return list(subjects(of_several_databases(**names), unused, Way(to_aurora=False)))


def test_a_database_that_cannot_be_read_leaves_the_others_to_be_judged(well: Postgres) -> None:
    seen = list(findings(databases_of(well, gone="gone", app="app")))

    assert seen[0].what == "The database gone could not be judged."
    assert "there is no database 'gone'" in seen[0].why
    assert seen[0].level is Level.UNJUDGED
    assert "app: The tasks carry 1 table, and leave none by mistake." in [
        each.what for each in seen
    ]


def test_where_no_database_can_be_read_nothing_is_judged(well: Postgres) -> None:
    with pytest.raises(FerryError, match="there is no database 'gone'"):
        databases_of(well, gone="gone", away="away")


# --- reading


@pytest.fixture
def opened(well: Postgres) -> Iterator[Session]:
    with connect(of(well, "app"), purpose="say what it holds") as made:
        yield made


def test_reading_locks_nothing_of_users(opened: Session) -> None:
    with opened.transaction(snapshot=True):
        read(opened)
        locked = opened.rows(
            "select relation::regclass::text from pg_locks where pid = pg_backend_pid() "
            "and relation >= 16384"
        )

    assert locked == []


def test_reading_waits_for_no_lock_on_a_table(well: Postgres, opened: Session) -> None:
    with psycopg.connect(**Database(server=well, name="app").connection) as other:  # type: ignore[arg-type]
        other.execute("lock table orders in access exclusive mode")
        began = time.monotonic()
        with opened.transaction(snapshot=True):
            catalog = read(opened)

    assert [each.name for each in catalog.relations] == ["orders"]
    assert time.monotonic() - began < 300


def test_a_part_that_is_locked_is_not_known_and_the_others_are(
    well: Postgres, opened: Session
) -> None:
    with psycopg.connect(**Database(server=well, name="app").connection) as other:  # type: ignore[arg-type]
        other.execute("lock table pg_subscription in access exclusive mode")
        with opened.transaction(snapshot=True):
            catalog = read(opened)

    with pytest.raises(UnreadError, match=r"Reading the subscriptions failed: .*lock timeout"):
        list(catalog.subscriptions)
    assert list(catalog.publications) == []
    assert [each.name for each in catalog.relations] == ["orders"]


def test_what_other_sessions_do_is_not_known_without_the_right(well: Postgres) -> None:
    maintenance = Database(server=well, name=SUPERUSER)
    maintenance.run(f"create role stranger login password '{PASSWORD}'")
    try:
        with (
            connect(of(well, "app", user="stranger"), purpose="look") as opened,
            opened.transaction(snapshot=True),
        ):
            catalog = read(opened)
        with pytest.raises(UnreadError, match="stranger may not see what other") as refused:
            list(catalog.sessions)

        assert refused.value.remedy == "GRANT pg_monitor TO stranger;"
        assert [each.name for each in catalog.relations] == ["orders"]
    finally:
        maintenance.run("drop role stranger")


def test_a_connection_that_ends_is_an_error(well: Postgres, opened: Session) -> None:
    [(pid,)] = opened.rows("select pg_backend_pid()")

    def read_without_it() -> None:
        with opened.transaction(snapshot=True):
            Database(server=well, name=SUPERUSER).run(f"select pg_terminate_backend({pid}, 5000)")
            read(opened)

    with pytest.raises(FerryError, match="the connection ended"):
        read_without_it()


def test_a_sequence_that_may_not_be_read_is_not_good(well: Postgres) -> None:
    source = Database(server=well, name="app")
    source.run("create sequence unseen", f"create role stranger login password '{PASSWORD}'")
    try:
        seen = subject(environment(), of(well, "app", user="stranger"), UnreadError("Not asked."))

        [_, last] = [each for each in findings([seen]) if each.check == "sequences"]
        assert last.level is Level.UNJUDGED
        assert last.why == "stranger may not read 1 sequence: public.unseen."
        assert last.remedy == "GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO stranger;"
    finally:
        source.run("drop sequence unseen", "drop role stranger")


def test_rights_count_however_they_are_given(well: Postgres) -> None:
    source = Database(server=well, name="app")
    source.run(
        "create role reader",
        "create role owner",
        "grant owner to reader",
        "create table by_column (id int primary key, x int)",
        "grant select (id, x) on by_column to reader",
        "create table by_half (id int primary key, x int)",
        "grant select (id) on by_half to reader",
        "create table owned (id int primary key)",
        "alter table owned owner to owner, enable row level security",
        "create table forced (id int primary key)",
        "alter table forced owner to owner, enable row level security, force row level security",
    )
    try:
        seen = subject_of(
            environment(),
            APP,
            source=of(well, "app"),
            target=UnreadError("Not asked."),
            dms_user="reader",
        )
        found = {each.check: each.what for each in findings([seen]) if each.level is Level.BLOCKED}

        assert found["dms-select"] == "reader may not read 2 tables: public.by_half, public.orders."
        assert found["row-security"] == (
            "1 table with row security, which reader does not pass: public.forced."
        )
    finally:
        source.run(
            "drop table by_column, by_half, owned, forced", "drop role reader", "drop role owner"
        )


INTERCEPT = """
create function awsdms_intercept_ddl() returns event_trigger language plpgsql as $$ begin
  insert into awsdms_ddl_audit (c_time) values (current_timestamp);
  delete from awsdms_ddl_audit;
end $$"""


def test_with_the_remedy_applications_pass_the_trigger_of_dms(well: Postgres) -> None:
    source = Database(server=well, name="app")
    source.run(
        "create role app_owner",
        "grant create, usage on schema public to app_owner",
        "create table awsdms_ddl_audit (c_key bigserial primary key, c_time timestamp)",
        INTERCEPT,
        "create table of_app (id int primary key)",
        "alter table of_app owner to app_owner",
        "create event trigger awsdms_intercept_ddl on ddl_command_end"
        " execute function awsdms_intercept_ddl()",
    )
    as_owner = "set role app_owner", "alter table of_app add column if not exists x int"
    try:
        seen = subject(environment(), of(well, "app"), UnreadError("Not asked."))
        [denied] = [each for each in findings([seen]) if each.check == "dms-ddl-capture"]
        grants = [
            f"{each};" for each in denied.remedy.split(";") if each.strip().startswith("GRANT")
        ]
        with pytest.raises(psycopg.Error, match="permission denied for table awsdms_ddl_audit"):
            source.run(*as_owner)
        source.run("drop event trigger awsdms_intercept_ddl", *grants)
        source.run(
            "create event trigger awsdms_intercept_ddl on ddl_command_end"
            " execute function awsdms_intercept_ddl()"
        )

        source.run(*as_owner)

        seen = subject(environment(), of(well, "app"), UnreadError("Not asked."))
        assert [each.level for each in findings([seen]) if each.check == "dms-ddl-capture"] == [
            Level.RIGHT
        ]
    finally:
        source.run(
            "drop event trigger awsdms_intercept_ddl",
            "drop function awsdms_intercept_ddl()",
            "drop table awsdms_ddl_audit, of_app",
            "drop owned by app_owner",
            "drop role app_owner",
        )


NEAR_THE_END = (
    "create table numbered (id serial primary key)",
    "create table numbered (id int generated by default as identity primary key)",
    # As every serial was before PostgreSQL 10: pg_upgrade leaves it so.
    "create table numbered (id serial primary key); alter sequence numbered_id_seq as bigint",
)


@pytest.mark.parametrize("made", NEAR_THE_END, ids=["serial", "identity", "old-serial"])
def test_with_the_remedy_a_sequence_goes_on(well: Postgres, made: str) -> None:
    source = Database(server=well, name="app")
    source.run(*made.split("; "), "select setval('numbered_id_seq', 2147483647)")
    try:
        seen = subject(environment(), of(well, "app"), UnreadError("Not asked."))
        near = next(each for each in findings([seen]) if each.check == "sequences")
        source.run(*re.findall(r"ALTER [^;]*;", near.remedy))

        source.run("insert into numbered default values")

        assert near.what == "1 sequence near the end: public.numbered_id_seq (100%)."
        assert source.value("select id from numbered") == 2147483648
    finally:
        source.run("drop table numbered")


def test_the_rate_of_wal_is_measured(well: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SECONDS_WATCHED", server.SECONDS_WATCHED)
    source = Database(server=well, name="app")
    writer = psycopg.connect(**source.connection, autocommit=True)  # type: ignore[arg-type]
    with writer:
        began = time.monotonic()
        writer.execute("select pg_logical_emit_message(false, 'x', repeat('x', 100))")
        seen = subject(environment(), of(well, "app"), UnreadError("Not asked."))

    assert time.monotonic() - began >= 2
    assert isinstance(seen.wal_bytes_per_second, float)
    assert 0 <= seen.wal_bytes_per_second < 10**6


def test_a_standby_is_read_and_said() -> None:
    with Postgres() as standby:
        Database(server=standby, name=SUPERUSER).run(
            "create role dms superuser login",
            "create table orders (id serial primary key)",
            "insert into orders default values",
            # A server that finds this file follows another one, or waits for it.
            """do $$ begin execute format('copy (select) to %L',
               current_setting('data_directory') || '/standby.signal'); end $$""",
        )
        standby.stop()
        standby.start()

        seen = subject(environment(), of(standby, SUPERUSER), UnreadError("Not asked."))

    levels = {each.check: each.level for each in findings([seen])}
    assert levels["standby"] is Level.BLOCKED
    unjudged = {check for check, level in levels.items() if level is Level.UNJUDGED}
    assert unjudged == OF_AURORA
    assert list(seen.last_values.values()) == [1]  # type: ignore[union-attr]


# --- rows


DOCUMENTS = (
    """create table documents (id int primary key, body text, scan bytea, data jsonb, tags text[],
       at timestamptz, day date, share float8, amount numeric(10, 2), code bpchar)""",
    "insert into documents (id, body, tags) select n, 'x', '{a}' from generate_series(1, 2000) n",
    """insert into documents values (0, repeat('ä', 100000), decode(repeat('00', 50000), 'hex'),
       jsonb_build_object('key', repeat('y', 70000)), array[repeat('z', 60000)], 'infinity',
       '-infinity', 'NaN', 1, 'a  ')""",
)


@pytest.fixture
def documents(well: Postgres) -> Iterator[Subject]:
    """A table whose first page alone has what is looked for."""
    source = Database(server=well, name="app")
    source.run(*DOCUMENTS)
    yield subject(environment(), of(well, "app"), UnreadError("Not asked."))
    source.run("drop table documents")


@pytest.mark.parametrize("reads_ranges", [14, 99])
@pytest.mark.parametrize("pages", [1, 16_384])
def test_what_rows_hold_is_measured_in_any_number_of_pieces(
    well: Postgres,
    documents: Subject,
    monkeypatch: pytest.MonkeyPatch,
    pages: int,
    reads_ranges: int,
) -> None:
    monkeypatch.setattr(measuring, "_READS_RANGES", reads_ranges)
    monkeypatch.setattr(measuring, "_MOST_PAGES", pages)

    seen = with_rows(documents, of(well, "app"), seconds=60)

    by_name = {
        column.name: seen.measured.columns[relation.oid, column.number]  # type: ignore[union-attr]
        for relation, column in seen.columns
        if relation.name == "documents" and column.name != "id"
    }
    assert by_name == {
        "body": Measure(octets=200_000),
        "scan": Measure(octets=50_000),
        "data": Measure(octets=70_011),
        "tags": Measure(octets=60_002),
        "at": Measure(infinite=1),
        "day": Measure(infinite=1),
        "share": Measure(no_numbers=1),
        "amount": Measure(),
        "code": Measure(blanks=1),
    }
    assert seen.measured.missing == {}  # type: ignore[union-attr]
    levels = {each.check: each.level for each in findings([seen])}
    assert levels["lob-sizes"] is Level.BLOCKED
    assert levels["infinities"] is Level.BLOCKED
    assert levels["char-blanks"] is Level.WARNING


def test_what_there_is_no_time_for_is_said(well: Postgres, documents: Subject) -> None:
    seen = with_rows(documents, of(well, "app"), seconds=0)

    [finding] = [each for each in findings([seen]) if each.check == "infinities"]
    assert finding.level is Level.UNJUDGED
    assert finding.why == (
        "2 tables not read to the end: public.documents, public.orders. The time was up."
    )


@pytest.fixture
def days(well: Postgres) -> Iterator[Database]:
    """The source with a table of several pages, whose first has what is looked for."""
    source = Database(server=well, name="app")
    source.run(
        "create table days (id int primary key, day date)",
        "insert into days values (0, 'infinity')",
        "insert into days select n, '2026-01-01' from generate_series(1, 1000) n",
    )
    yield source
    source.run("drop table days")


def of_days(well: Postgres, *, seconds: float = 60) -> Subject:
    """What a run reads of `days`."""
    tables = [{"schema": "public", "table": "days"}]
    env = environment(dms={"tasks": [{"name": "all", "tables": tables}]})
    source = of(well, "app")
    return with_rows(subject(env, source, UnreadError("Not asked.")), source, seconds=seconds)


def write(days: Database, statement: str) -> None:
    """Write rows, and have PostgreSQL count them before this ends."""
    days.run(statement, "select pg_stat_force_next_flush()")


def said(seen: Subject, check: str) -> list[tuple[Level, str, str]]:
    return [(it.level, it.what, it.why) for it in findings([seen]) if it.check == check]


class RestsToTheEnd:
    """A clock by which a rest takes all the time that there is."""

    def __init__(self) -> None:
        self._rested = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._rested

    def sleep(self, seconds: float) -> None:
        self._rested += seconds


def one_piece(well: Postgres) -> Subject:
    """A run for which the time is up after the first page."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(measuring, "_MOST_PAGES", 1)
        patched.setattr(measuring, "_REST", 1e9)
        patched.setattr(measuring, "time", RestsToTheEnd())
        return of_days(well, seconds=600)


INFINITE = "1 column with infinite dates or times: public.days.day (1 row)."


@pytest.mark.usefixtures("days")
def test_what_was_found_before_the_time_was_up_is_not_lost(well: Postgres) -> None:
    infinite, rest = said(one_piece(well), "infinities")

    assert infinite[:2] == (Level.BLOCKED, INFINITE)
    assert rest[2] == (
        "1 table not read to the end: public.days. The time was up after 20 % of public.days."
    )


@pytest.mark.usefixtures("days")
def test_the_next_run_goes_on_where_one_ended(
    well: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_piece(well)
    read_from = []
    where = measuring._where  # noqa: SLF001

    def noted(of: Subject, first: int, pages: int, *, is_last: bool) -> Any:  # noqa: ANN401
        read_from.append(first)
        return where(of, first, pages, is_last=is_last)

    monkeypatch.setattr(measuring, "_where", noted)
    second = of_days(well)
    third = of_days(well)

    assert read_from == [1]
    assert [it[1] for it in said(second, "infinities")] == [INFINITE]
    assert [it[1] for it in said(third, "infinities")] == [INFINITE]
    [(level, what, _)] = said(third, "rows-read")
    assert level is Level.RIGHT
    assert re.fullmatch(
        r"1 table read earlier, from 2\d{3}-\d\d-\d\d \d\d:\d\d UTC on, and not written to since\.",
        what,
    )


def test_what_was_mended_is_read_again(well: Postgres, days: Database) -> None:
    assert [it[1] for it in said(of_days(well), "infinities")] == [INFINITE]

    write(days, "update days set day = null where not isfinite(day)")

    seen = of_days(well)
    assert [it[0] for it in said(seen, "infinities")] == [Level.RIGHT]
    assert [it[0] for it in said(seen, "rows-read")] == [Level.RIGHT]


def test_what_was_written_and_not_read_again_is_said(well: Postgres, days: Database) -> None:
    of_days(well)
    write(days, "insert into days values (-1, 'infinity')")

    late = of_days(well, seconds=0)

    assert [it[1] for it in said(late, "infinities")] == [INFINITE]
    [(level, what, why)] = said(late, "rows-read")
    assert level is Level.WARNING
    assert what.startswith("1 table read earlier, and written to since: public.days (2")
    assert why == "What was written since may not be seen. The time was up."
    assert "(2 rows)" in said(of_days(well), "infinities")[0][1]


@pytest.mark.parametrize(
    "statements",
    [
        ("truncate days",),
        ("alter table days alter day type timestamp",),
        ("drop table days", "create table days (id int primary key, day date)"),
    ],
)
def test_a_table_that_was_made_anew_is_read_anew(
    well: Postgres, days: Database, statements: tuple[str, ...]
) -> None:
    of_days(well)
    days.run(*statements)

    assert [it[0] for it in said(of_days(well, seconds=0), "infinities")] == [Level.UNJUDGED]


@pytest.mark.usefixtures("days")
def test_what_nobody_counts_may_have_been_written(well: Postgres) -> None:
    maintenance = Database(server=well, name=SUPERUSER)
    maintenance.run("alter database app set track_counts = off")
    try:
        of_days(well)
        late = of_days(well, seconds=0)
    finally:
        maintenance.run("alter database app reset track_counts")

    assert [it[0] for it in said(late, "rows-read")] == [Level.WARNING]


def kept_of_days(state: Path) -> Path:
    return state / "ferry/dev/check-source.app.json"


@pytest.mark.usefixtures("days")
def test_what_is_kept_holds_no_value_of_a_row(well: Postgres, state: Path) -> None:
    of_days(well)

    text = kept_of_days(state).read_text()
    assert "public.days" in text
    assert "infinity" not in text
    assert "2026-01-01" not in text


@pytest.mark.usefixtures("days")
def test_what_is_kept_and_torn_is_begun_anew(well: Postgres, state: Path) -> None:
    of_days(well)
    kept_of_days(state).write_text("{")

    [(level, what, why)] = said(of_days(well), "rows-read")

    assert (level, what) == (
        Level.WARNING,
        "What an earlier run has read of the rows is not used.",
    )
    assert why == f"{kept_of_days(state)} is torn, or not ferry's."
    assert [it[0] for it in said(of_days(well), "rows-read")] == [Level.RIGHT]


@pytest.mark.usefixtures("days")
def test_what_a_newer_ferry_has_kept_stays(
    well: Postgres, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(measuring, "VERSION", 1000)
        of_days(well)
    before = kept_of_days(state).read_bytes()

    [(level, what, why)] = said(of_days(well), "rows-read")

    assert (level, what) == (
        Level.WARNING,
        "What was read of the rows is not kept for the next run.",
    )
    assert "was written by a newer ferry" in why
    assert kept_of_days(state).read_bytes() == before


@pytest.mark.usefixtures("days")
def test_where_nothing_can_be_kept_the_rows_are_read_all_the_same(
    well: Postgres, state: Path
) -> None:
    state.write_text("a file in the way")

    seen = of_days(well)

    assert [it[1] for it in said(seen, "infinities")] == [INFINITE]
    [(level, _, why)] = said(seen, "rows-read")
    assert level is Level.WARNING
    assert why == f"{kept_of_days(state)} cannot be read: Not a directory."


@pytest.mark.usefixtures("days")
def test_a_disk_that_is_full_is_said(well: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> Never:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("ferry.files.os.fsync", full)
    seen = of_days(well)

    assert [it[1] for it in said(seen, "infinities")] == [INFINITE]
    [(level, _, why)] = said(seen, "rows-read")
    assert level is Level.WARNING
    assert why.endswith("check-source.app.json cannot be written: No space left on device.")


@pytest.mark.usefixtures("days")
def test_what_was_read_is_kept_where_the_source_goes_meanwhile(
    well: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = measuring._where  # noqa: SLF001
    ends_others = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'ferry'"

    def goes(of: Subject, first: int, pages: int, *, is_last: bool) -> Any:  # noqa: ANN401
        if first:
            Database(server=well, name=SUPERUSER).run(ends_others)
        return where(of, first, pages, is_last=is_last)

    with monkeypatch.context() as going:
        going.setattr(measuring, "_MOST_PAGES", 1)
        going.setattr(measuring, "_where", goes)
        gone = of_days(well)

    [(level, _, why)] = said(gone, "infinities")
    assert level is Level.UNJUDGED
    assert why.endswith("the connection ended before the answer came.")
    infinite, rest = said(of_days(well, seconds=0), "infinities")
    assert infinite[1] == INFINITE
    assert rest[2].endswith("The time was up after 20 % of public.days.")


@pytest.mark.usefixtures("days")
def test_a_server_that_does_not_say_which_it_is_is_read_without_keeping(
    well: Postgres, monkeypatch: pytest.MonkeyPatch, state: Path
) -> None:
    monkeypatch.setattr(measuring, "_SYSTEM", "select 1 / 0")

    [(level, _, why)] = said(of_days(well), "rows-read")

    assert level is Level.WARNING
    assert why == "The source could not read its rows: division by zero (22012)."
    assert not state.exists()


@pytest.mark.usefixtures("days")
def test_what_was_read_is_kept_when_it_is_interrupted(
    well: Postgres, monkeypatch: pytest.MonkeyPatch, state: Path
) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(measuring, "_MOST_PAGES", 1)
    monkeypatch.setattr("ferry.check.source.measuring.time.sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        of_days(well)

    assert '"pages": 1' in kept_of_days(state).read_text()


@pytest.mark.usefixtures("days")
def test_a_piece_that_takes_too_long_is_read_in_smaller_ones(
    well: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "_LONGEST_SECONDS", 0.1)
    monkeypatch.setattr(measuring, "_FIRST_PAGES", 8)
    monkeypatch.setattr(measuring, "_NO_NUMBER", measuring._NONE)  # noqa: SLF001
    # A page takes forty milliseconds; eight of them, at once, more than a tenth of a second.
    monkeypatch.setattr(
        measuring,
        "_INFINITE",
        sql.SQL(
            "count(*) filter (where not isfinite({0})) + "
            "0 * count(pg_sleep(case when ctid::text like '%,1)' then 0.04 end))"
        ),
    )

    assert [it[1] for it in said(of_days(well), "infinities")] == [INFINITE]


def test_rows_of_partitions_that_no_task_names_are_not_known(well: Postgres) -> None:
    source = Database(server=well, name="app")
    source.run(
        "create table days (id int, day date, primary key (id)) partition by range (id)",
        "create table days_1 partition of days for values from (0) to (10)",
        "insert into days values (1, 'infinity')",
    )
    try:
        [(level, _, why)] = said(of_days(well), "infinities")
    finally:
        source.run("drop table days")

    assert level is Level.UNJUDGED
    assert why == (
        "1 table not read to the end: public.days. Its rows are read where its partitions are "
        "carried by their names."
    )


def test_a_table_that_may_not_be_read_is_said(well: Postgres, documents: Subject) -> None:
    maintenance = Database(server=well, name="app")
    maintenance.run(
        f"create role stranger login password '{PASSWORD}'", "grant select on orders to stranger"
    )
    try:
        seen = with_rows(documents, of(well, "app", user="stranger"), seconds=60)
    finally:
        maintenance.run("drop owned by stranger", "drop role stranger")

    [finding] = [each for each in findings([seen]) if each.check == "infinities"]
    assert finding.why == (
        "1 table not read to the end: public.documents. The source could not read its rows: permission denied "
        "for table documents (42501). As its owner: GRANT SELECT ON documents TO stranger; with its schema "
        "before the name; or of all, since PostgreSQL 14: GRANT pg_read_all_data TO stranger;"
    )


def test_a_source_that_goes_while_its_rows_are_read_is_said(
    well: Postgres, documents: Subject
) -> None:
    seen = with_rows(documents, replace(of(well, "app"), port=1), seconds=60)

    [finding] = [each for each in findings([seen]) if each.check == "lob-sizes"]
    assert finding.level is Level.UNJUDGED
    assert "nobody answers there" in finding.why


def test_the_ends_of_large_tables_keys_are_read(
    well: Postgres, documents: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggested, "LARGE_BYTES", 0)

    seen = with_rows(documents, of(well, "app"), seconds=60)

    names = {relation.oid: relation.name for relation in seen.carried}
    assert isinstance(seen.key_ranges, dict)
    # orders is empty.
    assert {names[oid]: ends for oid, ends in seen.key_ranges.items()} == {"documents": (0, 2000)}
    [finding] = [each for each in suggestions([seen]) if each.check == "suggest-lob-limit"]
    assert finding.what == "Task all: lob_max_size_kb is 32; 496 would do."


# --- the command


def test_the_command_says_what_is_in_the_way(deployed: Deployed) -> None:
    deployed.make()
    deployed.pair.source.run(
        "create table log (x int, body text)", "create table days (id int primary key, day date)"
    )
    deployed.pair.source.run("insert into days values (1, 'infinity')")

    shown = deployed.reached("check", "source", "dev", "--json", "--deep", "--seconds", "30")

    assert shown.stderr == "Reading the rows of dev's source: 30 seconds a database at most.\n"
    document = json.loads(shown.stdout)
    by_check = {each["check"]: each for each in document["findings"]}
    assert document["verdict"] == "blocked"
    assert by_check["lob-without-key"]["what"] == (
        "1 LOB column in tables without a primary key: public.log.body."
    )
    assert by_check["aurora-runs"]["level"] == "right"
    assert by_check["infinities"]["what"] == (
        "1 column with infinite dates or times: public.days.day (1 row)."
    )
    assert PASSWORD not in shown.stdout
    assert shown.exit_code == 4


def test_the_command_shows_what_is_right_by_area(deployed: Deployed) -> None:
    deployed.make()
    for end in (deployed.pair.source, deployed.pair.target):
        end.run("create table orders (id bigint primary key)")

    shown = deployed.reached("check", "source", "dev")

    lines = shown.stdout.splitlines()
    assert lines[0] == f"What dev carries, in account {deployed.aws.account}, eu-central-1"
    assert "  right       Keys (7)" in lines
    assert lines[-1].endswith("The migration would fail, or lose something.")


def test_after_the_load_what_is_measured_and_these_tasks_own_is_no_warning(
    deployed: Deployed,
) -> None:
    deployed.make()
    deployed.prepare("create table orders (id bigint primary key, what text)")
    deployed.pair.source.run("insert into orders values (1, 'x')")
    checks = ("lob-limit", "rows-read", "leftovers-aurora")

    def levels(*options: str) -> dict[str, str]:
        shown = deployed.reached("check", "source", "dev", "--json", *options)
        found = json.loads(shown.stdout)["findings"]
        return {each["check"]: each["level"] for each in found if each["check"] in checks}

    assert levels() == {"lob-limit": "warning", "leftovers-aurora": "right"}
    levels("--deep", "--seconds", "30")
    deployed.reached("start", "dev")
    eventually(lambda: deployed.pair.target.value("select count(*) from orders") == 1)
    named = f"select count(*) from {CONTROL}.awsdms_txn_state"
    eventually(lambda: deployed.pair.target.value(named) == 1)

    assert levels() == dict.fromkeys(checks, "right")

    deployed.pair.target.run(f"update {CONTROL}.awsdms_txn_state set \"TASK_NAME\" = 'another'")

    assert levels()["leftovers-aurora"] == "warning"


def test_a_source_that_nobody_reaches_is_said_and_nothing_is_judged(deployed: Deployed) -> None:
    deployed.make()

    shown = deployed.ferry("check", "source", "dev", "--source-address", "127.0.0.1:1")

    assert shown.stdout == ""
    assert "nobody answers there" in shown.stderr
    assert shown.exit_code == 3


@pytest.mark.parametrize("command", [("check", "source"), ("suggest", "tasks")])
def test_what_is_no_document_is_nothing_and_the_reason_beside_it(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch, command: tuple[str, str]
) -> None:
    deployed.make()
    there = f"127.0.0.1:{deployed.pair.source.server.port}"

    def ends(*, at: str = there, by: BaseException | None = None) -> Result:
        def ended(*_: object, **__: object) -> Never:
            assert by is not None
            raise by

        with monkeypatch.context() as patched:
            if by is not None:
                patched.setattr(asking, "_read", ended)
            return deployed.ferry(*command, "dev", "--json", "--source-address", at)

    no_way = ends(at="127.0.0.1:1")
    late = ends(by=NoAnswerError("The source could not say what it holds: no answer."))
    interrupted = ends(by=KeyboardInterrupt())
    deployed.aws.secretsmanager.put_secret_value(
        SecretId="aurora-ferry-dev/operator-source",
        SecretString=json.dumps({"username": "operator", "password": "another"}),
    )
    wrong_password = ends()

    assert [each.stdout for each in (no_way, late, interrupted, wrong_password)] == [""] * 4
    assert [each.exit_code for each in (no_way, late, interrupted, wrong_password)] == [
        3,
        3,
        130,
        3,
    ]
    assert "nobody answers there" in no_way.stderr
    assert "no answer" in late.stderr
    assert "does not accept the password of user 'operator'" in wrong_password.stderr
    assert "another" not in wrong_password.stderr


def test_the_bench_of_it_holds_locks_of_catalogs_alone() -> None:
    shown = checking.report(tables=30)

    assert "`ferry check source`, 30 tables of twelve columns" in shown
    [locks] = [line for line in shown.splitlines() if line.startswith("| locks")]
    assert locks.endswith(" met |")


def test_suggestions_are_lines_for_the_file(deployed: Deployed) -> None:
    deployed.make()
    deployed.pair.source.run(
        "create table docs (id int primary key, body text)",
        "insert into docs values (1, repeat('x', 100000))",
    )
    port = deployed.pair.source.server.port

    shown = deployed.ferry("suggest", "tasks", "dev", "--source-address", f"127.0.0.1:{port}")

    assert shown.stderr == "Reading the rows of dev's source: 60 seconds a database at most.\n"
    assert shown.stdout.splitlines()[1:4] == [
        "  warning     Task all: lob_max_size_kb is 32; 248 would do.",
        (
            "              why: The largest value of its 1 LOB column has 97.7 KiB. A larger one than "
            "the limit fails the task."
        ),
        "              remedy: Set lob_max_size_kb = 248 for the task in dev.toml.",
    ]
    assert shown.exit_code == 1


def test_suggestions_are_written_into_the_file_where_that_is_wished(deployed: Deployed) -> None:
    deployed.make()
    deployed.pair.source.run(
        "create table docs (id int primary key, body text)",
        "insert into docs values (1, repeat('x', 100000))",
        "create table sums (id int primary key, a int, twice int generated always as (a * 2) stored)",
        "create table days (id int, at date, primary key (id, at)) partition by range (at)",
        "create table days_2026 partition of days for values from ('2026-01-01') to ('2027-01-01')",
    )
    port = deployed.pair.source.server.port
    suggest = ("suggest", "tasks", "dev", "--write", "--source-address", f"127.0.0.1:{port}")

    shown = deployed.ferry(*suggest)

    assert shown.stderr.splitlines()[1:] == [
        "Written into dev.toml; look at it, then: cdktf diff dev"
    ]
    assert shown.exit_code == 4
    assert "generated column: public.sums.twice" in shown.stdout
    assert "by the root and its partitions: public.days." in shown.stdout
    assert "lob_max_size_kb = 248" in (deployed.folder / "dev.toml").read_text()
    again = deployed.ferry(*suggest)
    assert "twice" not in again.stdout
    assert "days" not in again.stdout
    assert again.stderr.splitlines()[1:] == ["Nothing to write into dev.toml."]
    assert "lob_max_size_kb is" not in again.stdout


MORE = [OfTask(task="all", key="lob_max_size_kb", value=64)]


def test_a_file_is_written_as_its_editor_began_it(deployed: Deployed) -> None:
    deployed.make()
    file = deployed.folder / "dev.toml"
    file.write_bytes(codecs.BOM_UTF8 + file.read_bytes())
    file.chmod(0o640)

    write_into("dev", MORE)

    assert file.read_bytes().startswith(codecs.BOM_UTF8)
    assert b"lob_max_size_kb = 64" in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize("where", ["ferry.files.os.fsync", "ferry.environments.find"])
def test_a_file_is_one_or_the_other_whenever_writing_is_interrupted(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    deployed.make()
    file = deployed.folder / "dev.toml"
    before = file.read_bytes()
    interrupts = iter([KeyboardInterrupt()])

    def interrupted(*_: object) -> None:
        for interrupt in interrupts:
            raise interrupt

    monkeypatch.setattr(where, interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_into("dev", MORE)

    assert file.read_bytes() == before
    assert [each.name for each in deployed.folder.iterdir()] == ["dev.toml"]


def test_a_file_that_would_not_be_valid_is_left_as_it_was(deployed: Deployed) -> None:
    deployed.make()
    file = deployed.folder / "dev.toml"
    before = file.read_bytes()

    with pytest.raises(FerryError, match=r"dev.toml is left as it was: .*lob_max_size_kb"):
        write_into("dev", [OfTask(task="all", key="lob_max_size_kb", value=-1)])

    assert file.read_bytes() == before
