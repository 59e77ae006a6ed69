"""What `make rehearsal ENV=prod SCHEMA=dump` does with a user's own schema: makes it, and makes rows up."""

from __future__ import annotations

import subprocess
from random import Random
from typing import TYPE_CHECKING

import psycopg
import pytest

from ferry.errors import InputError
from harness.postgres import SUPERUSER, find_programs
from harness.rehearsal.dump import read, version_of
from harness.rehearsal.filling import Filling
from harness.rehearsal.source import own_source, schemas_of
from tests.migration.databases import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.postgres import Postgres

ROWS = 30
SCHEMA = """
create extension citext;
create type mood as enum ('a', 'b');
create type pair as (a int, b text);
create domain code as text check (value ~ '^[A-Z]{2}[0-9]+$');
create domain positive as int check (value > 0);
create table country (iso char(2) primary key, name text not null unique, check (iso = upper(iso)));
create table person (
  id bigint generated always as identity primary key,
  email citext not null unique check (email like '%@%'),
  country char(2) not null references country,
  boss bigint references person,
  m mood not null default 'a', c code not null, p positive, both_ pair not null,
  born date not null check (born > '1900-01-01'),
  tags text[] not null, document jsonb not null check (jsonb_typeof(document) = 'object'));
create table selfish (id int primary key, parent int not null references selfish);
create table status (
  s text not null check (s in ('new', 'old')), n smallint unique, a int, b int,
  check (num_nonnulls(a, b) = 1));
create table event (id bigserial, at timestamptz not null, kind text not null,
  primary key (id, at, kind)) partition by range (at);
create table event_1 partition of event for values from ('2026-01-01') to ('2026-02-01');
create table event_2 partition of event for values from ('2026-02-01') to ('2026-03-01')
  partition by list (kind);
create table event_2a partition of event_2 for values in ('x', 'y');
create table booking (during tstzrange not null, exclude using gist (during with &&));
create table hashed (id int, v text) partition by hash (id);
create table hashed_0 partition of hashed for values with (modulus 2, remainder 0);
create table hashed_1 partition of hashed for values with (modulus 2, remainder 1);
create table computed (w int not null, h int not null, area int generated always as (w * h) stored,
  check (w < 1000 and h < 1000 and w > 0));
create table "Odd ""T%" ("c%" int not null, "D d" text);
create table typed (id int primary key, p point not null, x xml not null, n numeric(5, 2) not null,
  at timestamp(3) not null, iv interval not null, u uuid not null, b bytea not null, ip inet not null,
  bits bit(3) not null, v varchar(3) not null, days daterange[] not null, ms mood[] not null);
"""
NEVER = """
create table never (x int not null check (false));
create table sundays (x int);
create function no() returns trigger language plpgsql as $$ begin raise exception 'not on Sundays'; end $$;
create trigger t before insert on sundays for each row execute function no();
create table hen (id int primary key, egg int not null);
create table egg (id int primary key, hen int not null references hen);
alter table hen add foreign key (egg) references egg;
"""


@pytest.fixture
def made(source_server: Postgres) -> Iterator[Database]:
    """A database of one's own."""
    server = Database(server=source_server, name=SUPERUSER)
    server.run("create database made_up")
    yield Database(server=source_server, name="made_up")
    server.run("drop database made_up with (force)")


def filled(made: Database) -> tuple[dict[str, str], dict[str, int]]:
    """What could not be filled, and why; and how many rows each table has."""
    with psycopg.connect(**made.connection, autocommit=True) as connection:  # type: ignore[arg-type]
        filling = Filling(connection=connection, random=Random(7))  # noqa: S311 - a seed
        lacking = {it.table: it.why for it in filling.fill(ROWS)}
        counts = {
            it.name: connection.execute(f"select count(*) from {it.name}".encode()).fetchone()
            for it in filling.tables.values()
        }
    return lacking, {name: row[0] if row else 0 for name, row in counts.items()}


def test_rows_are_made_up_that_keep_every_constraint(made: Database) -> None:
    made.run(*SCHEMA.strip().split(";\n"))
    lacking, counts = filled(made)
    assert lacking == {}
    assert set(counts.values()) == {ROWS}


def test_what_takes_no_row_is_told_with_the_reason(made: Database) -> None:
    made.run(*NEVER.strip().split(";\n"))
    lacking, counts = filled(made)
    assert set(counts.values()) == {0}
    assert lacking == {
        "egg": 'insert or update on table "egg" violates foreign key constraint "egg_hen_fkey"',
        "hen": 'insert or update on table "hen" violates foreign key constraint "hen_egg_fkey"',
        "never": 'new row for relation "never" violates check constraint "never_check"',
        "sundays": "not on Sundays",
    }


DUMP = """
-- Dumped from database version 14.9
SET transaction_timeout = 0;
CREATE SCHEMA shop;
ALTER SCHEMA shop OWNER TO "The Owner";
CREATE TABLE shop.orders (id integer NOT NULL);
GRANT SELECT ON TABLE shop.orders TO reader;
"""


def look(folder: Path, text: str) -> None:
    """Make a source of a dump, and see whose its table and its schema are."""
    with own_source(
        folder, host="db.example.org", database="app", text=text, dump="dump.sql", version=None
    ) as made:
        assert schemas_of(made.superuser) == ("public", "shop")
        assert made.superuser.rows(
            "select tableowner, nspowner::regrole::text from pg_tables, pg_namespace"
            " where tablename = 'orders' and nspname = 'shop'"
        ) == [("postgres", '"The Owner"')]


def test_a_dump_is_made_with_the_roles_that_it_names(tmp_path: Path) -> None:
    assert version_of(DUMP) == 14
    look(tmp_path, DUMP)


def test_what_ferry_and_dms_have_made_is_left_out(tmp_path: Path) -> None:
    text = f"""{DUMP}
CREATE SCHEMA ferry;
CREATE TABLE ferry.journal (id text);
CREATE TABLE shop.awsdms_ddl_audit (c_key integer);
CREATE TABLE shop.awsdms_mine (id integer);
CREATE FUNCTION shop.awsdms_intercept_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'begin end';
CREATE EVENT TRIGGER awsdms_intercept_ddl ON ddl_command_end EXECUTE FUNCTION shop.awsdms_intercept_ddl();
"""
    with own_source(
        tmp_path, host="db.example.org", database="app", text=text, dump="dump.sql", version=None
    ) as made:
        tables = "select tablename from pg_tables where schemaname in ('ferry', 'shop') order by 1"
        assert made.superuser.rows(tables) == [("awsdms_mine",), ("orders",)]
        assert made.superuser.rows("select from pg_event_trigger") == []


def test_what_cannot_be_made_is_a_line_each(tmp_path: Path) -> None:
    text = f"{DUMP}CREATE EXTENSION nobody_has_it;\nCREATE TABLE shop.x (a nothing);\n"
    with pytest.raises(InputError) as found:
        look(tmp_path, text)
    assert str(found.value).splitlines() == [
        (
            'dump.sql:8: extension "nobody_has_it" is not available; install nobody_has_it for this '
            "machine's PostgreSQL, or leave it and what uses it out of the dump: pg_dump --schema-only "
            "--exclude-schema, --exclude-table"
        ),
        'dump.sql:9: type "nothing" does not exist',
    ]


def test_pg_dumps_own_format_is_read_and_what_is_none_is_refused(
    made: Database, tmp_path: Path
) -> None:
    made.run("create table orders (id int)")
    programs, file = find_programs(), tmp_path / "dump"
    passwords = tmp_path / "passwords"
    passwords.touch(mode=0o600)
    passwords.write_text(f"*:*:*:*:{made.server.password}\n")
    subprocess.run(
        [programs / "pg_dump", "-Fc", "--schema-only", "-h", "127.0.0.1", "-f", file,
         "-p", str(made.server.port), "-U", SUPERUSER, made.name],
        env={"PGPASSFILE": str(passwords)}, check=True,
    )  # fmt: skip
    assert "CREATE TABLE public.orders" in read(file, programs)
    broken = tmp_path / "broken"
    broken.write_bytes(file.read_bytes()[:5] + b"\x01\xff\x00" + file.read_bytes()[8:])
    for each, said in (
        (broken, "broken cannot be read by "),
        (tmp_path / "gone", "gone cannot be read: No such file or directory."),
    ):
        with pytest.raises(InputError, match=said):
            read(each, programs)
    (tmp_path / "text").write_text("select 1;")
    with pytest.raises(InputError, match="makes no table"):
        read(tmp_path / "text", programs)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="neither SQL in UTF-8 nor"):
        read(tmp_path / "bytes", programs)
