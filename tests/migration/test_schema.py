"""A schema that has everything is carried in three phases between real servers."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import psycopg
import pytest
from typer.testing import CliRunner, Result

from ferry.cli.app import app
from ferry.errors import FerryError
from ferry.findings import Level
from ferry.migrate.schema.carrying import Done, Outcome, carry, closed, look
from ferry.migrate.schema.drift import drift
from ferry.migrate.schema.dumping import dump
from ferry.migrate.schema.order import STOPS, orders
from ferry.migrate.schema.phases import Phase
from ferry.migrate.schema.steps import Step
from ferry.migrate.schema.work import carry_out, works
from ferry.migrate.sides import Side, Sides
from ferry.postgres import Address, Server, UnreachableError, connect
from ferry.postgres.programs import ProgramError, folder_of_programs
from harness.postgres import SUPERUSER, Postgres
from tests.migration.databases import TLS_NAME, Database, as_soon_as, eventually
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.migrate.schema.steps import Orders

EVERYTHING = Path(__file__).with_name("everything.sql").read_text()
ROLES = (
    'create role "App Owner" login connection limit 7',
    "create role reader nologin noinherit",
    "create role writer login createdb valid until '2030-01-01' in role reader",
    "create role boss login superuser replication bypassrls",
    "alter role writer set search_path = app, \"$user\", 'Odd Schema'",
    "alter role writer set work_mem = '9MB'",
    "grant pg_read_all_data to writer with admin option",
)
OPERATOR = "operator"
"""Aurora's master user: no superuser, but the owner of what it makes."""

IN_WINDOW = {
    ("TRIGGER", "app", "parent t2"),
    ("COMMENT", "app", "TRIGGER t2 ON parent"),
    ("ROW SECURITY", "app", "forced"),
}
NOT_CARRIED = {
    "OPERATOR CLASS",
    "OPERATOR FAMILY",
    "FOREIGN DATA WRAPPER",
    "SERVER",
    "USER MAPPING",
    "FOREIGN TABLE",
    "PUBLICATION",
    "PUBLICATION TABLE",
}


@dataclass(frozen=True, kw_only=True)
class Ends:
    """A database at the source and the same in Aurora."""

    source: Database
    target: Database

    @property
    def source_server(self) -> Server:
        return server(self.source, SUPERUSER, self.source.server.password)

    @property
    def target_server(self) -> Server:
        return server(self.target, OPERATOR, OPERATOR, side="Aurora")

    @property
    def sides(self) -> Sides:
        return Sides(
            source=Side(server=self.source_server, dms_user="dms"),
            target=Side(server=self.target_server, dms_user="dms"),
        )

    def reach(self, _: object) -> Sides:
        return self.sides

    def orders(self, phase: Phase) -> Orders:
        return orders(phase, look(self.source_server, self.target_server, keepers=["dms"]))

    def carry(self, *phases: Phase) -> list[Done]:
        done: list[Done] = []
        for phase in phases:
            steps = self.orders(phase).steps
            done += carry(self.source_server, self.target_server, steps)
        return done


def server(database: Database, user: str, password: str, side: str = "the source") -> Server:
    return Server(
        side=side,
        host="127.0.0.1",
        port=database.server.port,
        database=database.name,
        username=user,
        password=password,
        ssl_mode="none",
    )


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Postgres, Postgres]]:
    """A source with roles, and an Aurora whose operator is no superuser."""
    with Postgres() as source, Postgres() as target:
        Database(server=source, name=SUPERUSER).run(*ROLES)
        Database(server=target, name=SUPERUSER).run(
            f"create role {OPERATOR} login createrole createdb password '{OPERATOR}'",
            f"grant pg_read_all_data to {OPERATOR} with admin option",
            "create role dms login password 'dms'",
        )
        yield source, target


@pytest.fixture
def ends(servers: tuple[Postgres, Postgres], request: pytest.FixtureRequest) -> Ends:
    """An empty database at both ends."""
    return make_ends(servers, request.node.name)


def make_ends(servers: tuple[Postgres, Postgres], name: str) -> Ends:
    name = name[-60:]
    source, target = servers
    Database(server=source, name=SUPERUSER).run(f'create database "{name}"')
    Database(server=target, name=SUPERUSER).run(f'create database "{name}" owner {OPERATOR}')
    made = Ends(
        source=Database(server=source, name=name), target=Database(server=target, name=name)
    )
    made.target.run(
        f"set role {OPERATOR}; create schema ferry; create table ferry.access "
        "(database text primary key, acl text, at timestamptz not null)"
    )
    return made


@pytest.fixture(scope="module")
def everything(servers: tuple[Postgres, Postgres]) -> tuple[Ends, dict[Phase, list[Done]], Orders]:
    """A database with everything, carried up to the window; what was done, and what was said first."""
    ends = make_ends(servers, "everything")
    ends.source.run(
        EVERYTHING,
        "alter database everything set work_mem = '8MB'",
        "alter role writer in database everything set work_mem = '7MB'",
        "revoke connect on database everything from public",
        "grant connect on database everything to writer with grant option",
    )
    first = ends.orders(Phase.BEFORE_LOAD)
    done = {phase: ends.carry(phase) for phase in list(Phase)[:3]}
    return ends, done, first


Everything = tuple[Ends, dict[Phase, list[Done]], "Orders"]


def test_all_steps_are_done_but_what_aurora_alone_grants(everything: Everything) -> None:
    _, done, _ = everything

    failed = [each for phase in done.values() for each in phase if each.outcome != Outcome.DONE]

    assert [(each.step.what, each.outcome, each.why) for each in failed] == [
        (
            "EVENT TRIGGER et",
            Outcome.FAILED,
            'Aurora could not make the schema: permission denied to create event trigger "et" (42501).',
        )
    ]
    assert failed[0].remedy == (
        "The operator lacks a right: sign in as Aurora's master user, or grant it. Mend it, then run "
        "this again: what is done already is left alone."
    )


def test_pg_dump_says_the_same_of_both_sides(everything: Everything) -> None:
    ends, _, _ = everything
    given = look(ends.source_server, ends.target_server)
    there = {each.key: each for each in given.there}
    missing, other, owners = set(), set(), set()
    for each in given.wanted:
        if "ferry" in (each.schema, each.name):
            continue
        if each.key not in there:
            missing.add(each.key)
        elif each.sql != there[each.key].sql:
            other.add(each.key)
        elif each.owner != there[each.key].owner:
            owners.add((each.owner, there[each.key].owner))

    missing = {key for key in missing if key[0] not in NOT_CARRIED and "awsdms_" not in key[2]}
    missing.remove(("SCHEMA", "", "public"))  # Aurora's belongs to the database's owner
    assert missing == {("EVENT TRIGGER", "", "et"), *IN_WINDOW}
    identities = {name for kind, _, name in other if kind == "SEQUENCE"}
    assert len(identities) == 2  # BY DEFAULT until the cutover
    assert "parent_id_seq" in identities
    assert {name for kind, _, name in other if kind != "SEQUENCE"} == {
        "worded",
        "worded_a_idx",
        "wording",
    }
    assert owners == {(SUPERUSER, OPERATOR)}


@pytest.mark.parametrize(
    ("phase", "what"),
    [
        (Phase.BEFORE_LOAD, "CONSTRAINT app.part_1 part_1_pkey"),
        (Phase.BEFORE_LOAD, "INDEX ATTACH app.part_1_pkey"),
        (Phase.BEFORE_LOAD, "INDEX app.keyless_key"),
        (Phase.BEFORE_LOAD, "MATERIALIZED VIEW app.mv_under"),
        (Phase.AFTER_LOAD, "MATERIALIZED VIEW app.mv"),
        (Phase.AFTER_LOAD, "CONSTRAINT app.parent parent_code_key"),
        (Phase.AFTER_LOAD, "CONSTRAINT app.deferred deferred_a_key"),
        (Phase.AFTER_LOAD, "INDEX app.keyless_partial"),
        (Phase.AFTER_LOAD, "INDEX ATTACH app.part_1_at_idx"),
        (Phase.AFTER_LOAD, "COMMENT app.INDEX parent_code_key"),
        (Phase.BEFORE_CUTOVER, "CHECK CONSTRAINT app.chk chk_nv"),
        (Phase.BEFORE_CUTOVER, "FK CONSTRAINT app.Child Table Child Table_self_fkey"),
        (Phase.BEFORE_CUTOVER, "rows of FK CONSTRAINT app.Child Table Child Table_self_fkey"),
        (Phase.BEFORE_CUTOVER, "COMMENT app.TRIGGER t1 ON parent"),
    ],
)
def test_each_object_is_made_in_its_phase(everything: Everything, phase: Phase, what: str) -> None:
    _, done, _ = everything

    assert [each for each in Phase if what in [one.step.what for one in done.get(each, [])]] == [
        phase
    ]


def test_done_again_there_is_nothing_to_do(everything: Everything) -> None:
    ends, _, _ = everything

    again = {phase: ends.orders(phase) for phase in list(Phase)[:3]}

    assert [step.what for phase in again.values() for step in phase.steps] == ["EVENT TRIGGER et"]
    assert [finding for phase in again.values() for finding in phase.findings] == []


def test_what_cannot_be_carried_is_said_once_with_its_reason(everything: Everything) -> None:
    _, _, first = everything

    assert first.findings == ()
    of_new_roles = "Passwords cannot be carried"  # another test's database may have made them
    assert {line for line in first.said if not line.startswith(of_new_roles)} == {
        (
            "Not carried: OPERATOR FAMILY app.opc, OPERATOR CLASS app.opc: only a superuser may make it, "
            "and Aurora has none."
        ),
        (
            "Not carried: FOREIGN DATA WRAPPER fdw: only a superuser may make it, and Aurora has none; "
            "those that Aurora has come with their extension."
        ),
        "Not carried: SERVER srv: it needs FOREIGN DATA WRAPPER fdw, which is not carried.",
        "Not carried: FOREIGN TABLE app.ft: it needs SERVER srv, which is not carried.",
        (
            "Not carried: USER MAPPING USER MAPPING public SERVER srv: it may hold a password; make it at "
            "Aurora."
        ),
        (
            "Not carried: PUBLICATION pub, PUBLICATION TABLE app.pub parent: who reads from the source "
            "goes on reading there; make it at Aurora once the source has none."
        ),
        "Aurora gives no role SUPERUSER; without it there: boss.",
        "Aurora gives no role REPLICATION; without it there: boss.",
        "Aurora gives no role BYPASSRLS; without it there: boss.",
        (
            "Not made at Aurora, because they are the server's own: postgres. What they own is the "
            "operator's there."
        ),
    }


def test_roles_have_what_aurora_takes_of_them(everything: Everything) -> None:
    ends, _, _ = everything
    roles = """select rolname, rolcanlogin, rolinherit, rolcreatedb, rolconnlimit, rolvaliduntil,
        array(select unnest(setconfig) from pg_db_role_setting s left join pg_database d
              on d.oid = s.setdatabase where setrole = r.oid and coalesce(datname, 'everything') =
              'everything' order by 1),
        array(select roleid::regrole::text || admin_option from pg_auth_members where member = r.oid
              order by 1)
        from pg_roles r where rolname in ('App Owner', 'reader', 'writer', 'boss') order by 1"""

    assert ends.target.rows(roles) == ends.source.rows(roles)
    assert ends.target.rows("select rolname from pg_roles where rolsuper") == [(SUPERUSER,)]


def test_the_databases_settings_are_carried(everything: Everything) -> None:
    ends, _, _ = everything

    assert ends.target.value("show work_mem") == "8MB"


def test_an_owner_that_may_make_nothing_more_in_a_schema_is_let_in_for_a_moment(
    everything: Everything,
) -> None:
    ends, _, _ = everything

    assert (
        ends.target.value("select tableowner from pg_tables where tablename = 'kept'")
        == "App Owner"
    )
    assert not ends.target.value("select has_schema_privilege('App Owner', 'locked', 'create')")


def test_the_database_is_closed_and_who_is_to_connect_is_remembered(everything: Everything) -> None:
    ends, _, _ = everything

    granted = ends.target.rows(
        """select grantee::regrole::text from pg_database, aclexplode(datacl)
           where datname = current_database() and privilege_type = 'CONNECT' order by 1"""
    )
    assert granted == [("dms",), (OPERATOR,)]
    assert closed(ends.target_server, ["dms"]) == []
    assert ends.target.rows("select database, acl from ferry.access") == [
        ("everything", f"{{=T/{OPERATOR},writer=c*/{OPERATOR}}}")
    ]


def test_dms_may_write_to_the_tables_of_every_owner(everything: Everything) -> None:
    ends, _, _ = everything

    for table in ('app."Child Table"', "app.parent", "app.part_1"):
        for right in ("insert", "update", "delete", "truncate"):
            asked = f"select has_table_privilege('dms', '{table}', '{right}')"
            assert ends.target.value(asked) is True, (table, right)
    ends.target.run("set role dms; set row_security = off; table app.parent")  # or it is refused


def test_a_database_that_stays_open_is_found(ends: Ends) -> None:
    ends.target.run(f'alter database "{ends.target.name}" owner to {SUPERUSER}')

    (found,) = closed(ends.target_server, [])

    assert found.level is Level.BLOCKED
    assert found.what.startswith(f"Database {ends.target.name} is open at Aurora: ")
    assert "dms" in found.what


def test_a_session_from_before_is_found_though_the_database_is_closed(ends: Ends) -> None:
    ends.target.run(f"create role early login password '{OPERATOR}'")
    ends.target.run(f'grant connect on database "{ends.target.name}" to early')
    early = server(ends.target, "early", OPERATOR)
    with connect(early, purpose="write too early"):
        ends.target.run(
            f'revoke connect on database "{ends.target.name}" from public, early, dms',
        )
        (found,) = closed(ends.target_server, ["dms"])
    eventually(lambda: not closed(ends.target_server, ["dms"]))
    ends.target.run("drop role early")

    assert found.level is Level.BLOCKED
    assert found.what == (
        f"Sessions from before are still connected to {ends.target.name} at Aurora: early (1)."
    )


def test_both_schemas_are_alike_by_the_phase_that_was_reached(everything: Everything) -> None:
    ends, _, _ = everything
    given = look(ends.source_server, ends.target_server)

    (found,) = drift(Phase.AFTER_LOAD, given)
    assert (found.check, found.level) == ("schema-drift", Level.RIGHT)
    (missing,) = drift(Phase.BEFORE_CUTOVER, given)
    assert missing.what == "Missing at Aurora: EVENT TRIGGER et."


def test_what_is_left_for_the_window_is_said_and_done_there(
    servers: tuple[Postgres, Postgres],
) -> None:
    ends = make_ends(servers, "window")
    ends.source.run(
        "create table a (id int generated always as identity primary key)",
        "create function f() returns trigger language plpgsql as $$ begin return new; end $$",
        "create trigger t before insert on a for each row execute function f()",
        "alter table a enable always trigger t",
        "create table lobs (id int primary key, \"A doc\" text default 'x' not null, b jsonb not null)",
    )
    ends.carry(Phase.BEFORE_LOAD, Phase.AFTER_LOAD)
    ends.target.run('alter table lobs alter "A doc" drop not null')
    (nullable,) = drift(Phase.AFTER_LOAD, look(ends.source_server, ends.target_server))
    assert nullable.level is Level.WARNING
    assert nullable.what == 'TABLE public.lobs at Aurora: "A doc" may be null.'
    said = ends.orders(Phase.BEFORE_CUTOVER).said
    ends.carry(Phase.BEFORE_CUTOVER)

    assert said == (
        (
            "Left for the window: TRIGGER public.a t: it is ENABLE ALWAYS: it would react to what DMS "
            "applies, a second time."
        ),
        'Left for the window: NOT NULL of "A doc" in TABLE public.lobs.',
        (
            "Left for the window: GENERATED ALWAYS of SEQUENCE public.a_id_seq: until then these are BY "
            "DEFAULT, because DMS's inserts would be refused (428C9)."
        ),
    )
    ends.target.run("insert into a (id) values (7)")
    ends.carry(Phase.CUTOVER)
    assert ends.target.rows("select attidentity::text from pg_attribute where attname = 'id' and "
                            "attrelid = 'a'::regclass") == [("a",)]  # fmt: skip
    (found,) = drift(Phase.CUTOVER, look(ends.source_server, ends.target_server))
    assert found.level is Level.RIGHT


def test_who_owns_the_sources_database_owns_what_is_in_schema_public(ends: Ends) -> None:
    ends.source.run(
        "create role of_database",
        f'alter database "{ends.source.name}" owner to of_database',
        "set role of_database; create table a (id int primary key); create view v as table a",
    )

    done = ends.carry(Phase.BEFORE_LOAD)

    assert {each.outcome for each in done} == {Outcome.DONE}
    owners = "select distinct relowner::regrole::text from pg_class where relname in ('a', 'v')"
    assert ends.target.rows(owners) == [("of_database",)]
    ends.target.run("set role of_database; create table made_by_its_migrations ()")
    assert ends.orders(Phase.BEFORE_LOAD).steps == ()


def test_rows_of_the_source_that_nobody_may_see_end_no_phase(ends: Ends) -> None:
    ends.source.run(
        "create table p (id int primary key)",
        "create table c (id int primary key, p int references p)",
        "create table d (id int primary key, p int references p)",
        "alter table c enable row level security",
        "create role bound_by_policies login password 'bound'",
        "grant pg_read_all_data to bound_by_policies",
    )
    ends.carry(Phase.BEFORE_LOAD, Phase.AFTER_LOAD)
    ends.target.run("insert into c values (1, 7)")
    steps = ends.orders(Phase.BEFORE_CUTOVER).steps
    bound = server(ends.source, "bound_by_policies", "bound")

    done = {each.step.what: each for each in carry(bound, ends.target_server, steps)}
    ends.source.run("drop role bound_by_policies")

    of_c = done["rows of FK CONSTRAINT public.c c_p_fkey"]
    assert of_c.why.endswith("Rows that point at nothing: id = 1, p = 7.")
    assert of_c.remedy.startswith(
        "Whether the source has some too could not be told: The source could not look for rows that "
        'point at nothing: query would be affected by row-level security policy for table "c" (42501).'
    )
    assert done["rows of FK CONSTRAINT public.d d_p_fkey"].outcome is Outcome.DONE
    assert done["ROW SECURITY public.c"].outcome is Outcome.DONE


def test_an_owner_who_may_make_nothing_in_his_own_schema_gets_his_keys_and_indexes(
    ends: Ends,
) -> None:
    ends.source.run(
        "create schema shut authorization writer",
        "set role writer; create table shut.orders (id int primary key generated by default as identity, "
        "at int unique, what text); create index on shut.orders (what)",
        "revoke create on schema shut from writer",
    )

    done = ends.carry(*list(Phase)[:3])

    assert [(each.step.what, each.why) for each in done if each.outcome != Outcome.DONE] == []
    assert (
        drift(Phase.BEFORE_CUTOVER, look(ends.source_server, ends.target_server, keepers=["dms"]))[
            0
        ].level
        is Level.RIGHT
    )
    assert not ends.target.value("select has_schema_privilege('writer', 'shut', 'create')")


def test_what_aurora_does_not_take_of_roles_and_extensions_is_said_and_the_rest_carried(
    ends: Ends,
) -> None:
    name = ends.source.name
    ends.source.run(
        "create extension pgcrypto",
        "revoke execute on function digest(text, text) from public",
        "grant execute on function digest(text, text) to reader",
        "comment on extension pgcrypto is 'ours'",
        "create role reads_for_dms login",
        "comment on role reader is 'It reads''s all.'",
        f'alter database "{name}" set default_tablespace = pg_default',
        "grant set on parameter log_statement to reader",
        "create table orders (id int primary key)",
        "grant select on orders to reads_for_dms",
    )
    try:
        given = look(ends.source_server, ends.target_server, reader="reads_for_dms")
        first = orders(Phase.BEFORE_LOAD, given)
        done = list(carry(ends.source_server, ends.target_server, first.steps))

        assert [(it.check, it.level, it.what) for it in first.findings] == [
            (
                "schema-extension",
                Level.WARNING,
                "Not carried: ACL public.FUNCTION digest(text, text).",
            )
        ]
        for line in (
            "Not made at Aurora, because DMS alone reads the source as it: reads_for_dms.",
            (
                "Aurora has one storage; settings of tablespaces are left out: "
                "default_tablespace=pg_default."
            ),
            "Grants on parameters are left out, make them by hand: log_statement to reader.",
            "Comments on extensions are left out, make them by hand: pgcrypto.",
        ):
            assert line in first.said
        assert [(each.step.what, each.why) for each in done if each.outcome != Outcome.DONE] == []
        assert (
            ends.target.value("select shobj_description('reader'::regrole, 'pg_authid')")
            == "It reads's all."
        )
        after = look(ends.source_server, ends.target_server, reader="reads_for_dms")
        assert drift(Phase.BEFORE_LOAD, after)[0].level is Level.RIGHT
        assert orders(Phase.BEFORE_LOAD, after).steps == ()
    finally:
        ends.source.run(
            "drop owned by reads_for_dms; drop role reads_for_dms",
            "revoke set on parameter log_statement from reader",
            "comment on role reader is null",
        )


def test_an_owner_whom_dms_signs_in_as_at_aurora_is_refused_before_anything_is_done(
    ends: Ends,
) -> None:
    ends.source.run(
        "create role dms",
        "create table orders (id int primary key)",
        "alter table orders owner to dms",
    )
    try:
        found = {it.check: it for it in ends.orders(Phase.BEFORE_LOAD).findings}["schema-circle"]
    finally:
        ends.source.run("drop owned by dms; drop role dms")

    assert found.level is Level.BLOCKED
    assert found.check in STOPS
    assert found.what == "dms owns something at the source, and DMS signs in to Aurora as dms."


def test_rows_that_point_at_nothing_are_named_and_the_rest_is_made(ends: Ends) -> None:
    ends.source.run(
        "create table p (id int primary key)",
        "create table c (id int primary key, p int references p, a int, b text, unique (a, b))",
        "create table d (a int, b text, foreign key (a, b) references c (a, b))",
        "create table e (k int, at int, primary key (k, at)) partition by range (at)",
        "create table e1 partition of e default",
        "alter table e add foreign key (k) references p",
        "create table f (id int primary key, a int, b text)",
        "alter table f add foreign key (a, b) references c (a, b) match full",
    )
    ends.carry(Phase.BEFORE_LOAD, Phase.AFTER_LOAD)
    ends.target.run(
        "insert into c values (1, 7, 1, 'x'), (2, null, 2, 'y')",
        "insert into d values (1, 'x'), (3, null), (4, 'z')",
        "insert into e values (9, 1)",
        "insert into f values (1, 1, null), (2, null, null)",
    )
    ends.source.run("set session_replication_role = replica; insert into d values (4, 'z')")

    done = {each.step.what: each for each in ends.carry(Phase.BEFORE_CUTOVER)}

    of_c = done["rows of FK CONSTRAINT public.c c_p_fkey"]
    assert of_c.outcome is Outcome.FAILED
    assert of_c.why.endswith("(23503). Rows that point at nothing: id = 1, p = 7.")
    assert of_c.remedy.startswith(
        "The source has none: the task that carries the other table is behind"
    )
    of_d = done["rows of FK CONSTRAINT public.d d_a_b_fkey"]
    assert of_d.why.endswith("Rows that point at nothing: a = 4, b = z.")
    assert of_d.remedy.startswith(
        "The source has some too (a = 4, b = z): delete or mend them there"
    )
    of_e = done["FK CONSTRAINT public.e e_k_fkey"]
    assert of_e.why.endswith("Rows that point at nothing: k = 9, at = 1.")

    of_f = done["rows of FK CONSTRAINT public.f f_a_b_fkey"]
    assert of_f.why.endswith("Rows that point at nothing: id = 1, a = 1, b = None.")

    ends.target.run("insert into p values (7), (9)", "delete from d where a = 4", "truncate f")
    again = ends.carry(Phase.BEFORE_CUTOVER)
    assert [(each.step.what, each.outcome) for each in again] == [
        ("rows of FK CONSTRAINT public.c c_p_fkey", Outcome.DONE),
        ("rows of FK CONSTRAINT public.d d_a_b_fkey", Outcome.DONE),
        ("FK CONSTRAINT public.e e_k_fkey", Outcome.DONE),
        ("rows of FK CONSTRAINT public.f f_a_b_fkey", Outcome.DONE),
    ]


def test_a_function_that_names_another_without_its_schema_is_to_get_a_search_path(
    ends: Ends,
) -> None:
    ends.source.run(
        "create function one(int) returns int immutable language sql as 'select $1'",
        "create function two(int) returns int immutable language sql as 'select one($1)'",
        "create table a (id int primary key)",
        "create index at_two on a (two(id))",
    )

    (failed,) = [
        it
        for it in ends.carry(Phase.BEFORE_LOAD, Phase.AFTER_LOAD)
        if it.outcome is not Outcome.DONE
    ]

    assert failed.step.what == "INDEX public.at_two"
    assert "function one(integer) does not exist" in failed.why
    assert (
        "give that function a search_path at the source and at Aurora (ALTER FUNCTION ... SET "
        "search_path = ...), or name the schema in its body at both." in failed.remedy
    )

    for end in (ends.source, ends.target):
        end.run("alter function two(int) set search_path = public")

    assert {it.outcome for it in ends.carry(Phase.AFTER_LOAD)} == {Outcome.DONE}


def test_what_needs_a_failed_step_is_not_tried_and_a_second_run_goes_on(ends: Ends) -> None:
    ends.source.run("create table a (id int primary key)", "create table b (id int primary key)")
    ends.target.run("create type public.a as (x int)")

    done = ends.carry(Phase.BEFORE_LOAD)

    of_a = [(each.step.what, each.outcome) for each in done if "public.a" in each.step.what]
    assert of_a == [
        ("TABLE public.a", Outcome.FAILED),
        ("CONSTRAINT public.a a_pkey", Outcome.LEFT),
    ]
    assert ends.target.value("select to_regclass('public.b_pkey')") is not None

    ends.target.run("drop type public.a")
    again = ends.carry(Phase.BEFORE_LOAD)
    assert [each.step.what for each in again] == ["TABLE public.a", "CONSTRAINT public.a a_pkey"]
    assert {each.outcome for each in again} == {Outcome.DONE}


def test_a_grant_that_changes_nothing_is_not_told_as_done(ends: Ends) -> None:
    ends.source.run(
        "create extension hstore",
        "revoke execute on function hstore_to_json(hstore) from public",
        "revoke execute on function pg_sleep(float8) from public",
    )

    told = ends.orders(Phase.BEFORE_LOAD)
    done = ends.carry(Phase.BEFORE_LOAD)
    revoke = Step(
        what="by hand",
        sql="revoke execute on function public.hstore_to_json(public.hstore) from public;",
    )
    (of_extension,) = carry(ends.source_server, ends.target_server, [revoke])

    assert of_extension.outcome is Outcome.FAILED
    assert of_extension.why == (
        'Aurora warns: no privileges could be revoked for "hstore_to_json".'
    )
    assert of_extension.remedy.startswith(
        "The operator may not grant this: do it as who owns it. Mend it, then run this again"
    )
    assert {each.outcome for each in done} == {Outcome.DONE}
    assert (
        "Not carried: ACL pg_catalog.FUNCTION pg_sleep(double precision): it is of what PostgreSQL "
        "brings along, and Aurora's operator does not own that."
    ) in told.said


def test_what_is_there_and_differs_is_left_alone_and_found(ends: Ends) -> None:
    ends.source.run(
        "create table a (id int primary key, b varchar(20) not null)", "create view v as select 1"
    )
    ends.target.run(
        "create table a (id int primary key, b text)",
        f"alter table a owner to {OPERATOR}",
        "create view v as select 2",
        f"alter view v owner to {OPERATOR}",
        "create table only_here (id int)",
        f"alter table only_here owner to {OPERATOR}",
    )

    told = ends.orders(Phase.BEFORE_LOAD)

    assert [(each.level, each.what, each.why) for each in told.findings] == [
        (
            Level.BLOCKED,
            "TABLE public.a is at Aurora, and is another.",
            "missing there: b character varying(20) NOT NULL; only there: b text.",
        ),
        (
            Level.WARNING,
            "VIEW public.v is at Aurora, and is another.",
            'missing there: SELECT 1 AS "?column?";; only there: SELECT 2 AS "?column?";.',
        ),
    ]
    assert not [step for step in told.steps if "public.a" in step.what]
    (*_, more) = drift(Phase.BEFORE_LOAD, look(ends.source_server, ends.target_server))
    assert more.what == "Only at Aurora: TABLE public.only_here."


def test_a_phase_asks_for_the_earlier_ones(ends: Ends) -> None:
    ends.source.run("create table a (id int primary key)")

    (found,) = ends.orders(Phase.AFTER_LOAD).findings

    assert found.level is Level.BLOCKED
    assert found.what == "Missing at Aurora: TABLE public.a, CONSTRAINT public.a a_pkey."
    assert found.remedy == "Carry it first: ferry schema ENV before-load"


def test_a_role_that_may_not_read_all_tables_hears_which(ends: Ends) -> None:
    ends.source.run("create role blind login password 'blind'", "create table hidden (id int)")

    with pytest.raises(FerryError, match="permission denied for table hidden") as refused:
        look(server(ends.source, "blind", "blind"), ends.target_server)

    assert refused.value.remedy == "blind needs SELECT on every table and USAGE on every schema."
    ends.source.run("drop role blind")


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        (
            "statement timeout pg_dump: detail: Query was: LOCK TABLE a",
            "Somebody changes a table, or waits to",
        ),
        ("error: invalid number of parents 0", "Mend that, then run this again."),
    ],
)
def test_what_pg_dump_says_has_its_own_remedy(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, said: str, remedy: str
) -> None:
    def fails(*_: object, **__: object) -> str:
        raise ProgramError(f"pg_dump failed: {said}")

    monkeypatch.setattr("ferry.postgres.programs.run", fails)

    with pytest.raises(FerryError, match=said) as refused:
        dump(ends.source_server, folder=Path())

    assert refused.value.remedy.startswith(remedy)


def test_no_argument_and_no_variable_of_pg_dump_has_the_password(
    ends: Ends, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    real = str(folder_of_programs(15))
    fake = tmp_path / "bin"
    fake.mkdir()
    for name in ("pg_dump", "pg_restore"):
        (fake / name).write_text(
            f"#!{sys.executable}\n"
            "import json, os, sys\n"
            "passwords = os.environ.get('PGPASSFILE', '')\n"
            f"with open({str(seen)!r}, 'a') as file:\n"
            "    json.dump([sys.argv, dict(os.environ), passwords and oct(os.stat(passwords).st_mode)],"
            " file)\n"
            "    file.write('\\n')\n"
            f"real = {real!r} + '/' + os.path.basename(sys.argv[0])\n"
            "os.execv(real, [real, *sys.argv[1:]])\n"
        )
        (fake / name).chmod(0o755)
    monkeypatch.setattr("ferry.postgres.programs._PLACES", (str(tmp_path / "bin"),))
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "7")

    look(ends.source_server, ends.target_server)

    calls = [json.loads(line) for line in seen.read_text().splitlines()]
    dumps = [call for call in calls if call[0][0].endswith("pg_dump")]
    assert len(dumps) == 2
    for arguments, variables, mode in dumps:
        assert mode == "0o100600"
        assert "PGCONNECT_TIMEOUT" not in variables
        assert not Path(variables["PGPASSFILE"]).exists()
        for password in (ends.source.server.password, f"password={OPERATOR}"):
            assert password not in json.dumps([arguments, variables])


def test_a_lock_is_waited_for_again_and_again_and_told_where_it_stays(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends.target.run("create table a (id int)", f"alter table a owner to {OPERATOR}")
    step = Step(what="an index", sql="create index on public.a (id)")
    server = ends.target.server
    refused, before = "canceling statement due to lock timeout", len(server.log)

    with psycopg.connect(**ends.target.connection) as writer:  # type: ignore[arg-type]
        writer.execute("lock table a in row exclusive mode")
        released = as_soon_as(lambda: refused in server.log[before:], writer.commit)
        (waited,) = carry(ends.source_server, ends.target_server, [step])
        released.join()
        writer.execute("lock table a in row exclusive mode")
        monkeypatch.setattr("ferry.migrate.schema.carrying._TRIES", 2)
        (never,) = carry(ends.source_server, ends.target_server, [step])

    assert waited.outcome is Outcome.DONE
    assert never.outcome is Outcome.FAILED
    assert "canceling statement due to lock timeout (55P03)" in never.why
    assert never.remedy.startswith(
        "Somebody held a lock on it: run this again in a quieter moment."
    )


def test_a_setting_that_aurora_gives_nobody_has_its_own_remedy(ends: Ends) -> None:
    set_it = Step(what="log all", sql=f"alter role {OPERATOR} set log_statement = 'all'")

    (refused,) = carry(ends.source_server, ends.target_server, [set_it])

    assert refused.why == (
        'Aurora could not make the schema: permission denied to set parameter "log_statement" (42501).'
    )
    assert refused.remedy.startswith(
        "Aurora has no superuser: set it in the cluster's parameters, or do without it at the source."
    )


def test_a_session_that_is_ended_ends_all(ends: Ends) -> None:
    steps = [
        Step(what="the end", sql="select pg_terminate_backend(pg_backend_pid())"),
        Step(what="more", sql="select 1"),
    ]

    with pytest.raises(UnreachableError, match="the connection ended before the answer came"):
        list(carry(ends.source_server, ends.target_server, steps))


def test_a_database_that_is_carried_is_alike_and_closed_and_dms_has_its_own_schema(
    ends: Ends,
) -> None:
    ends.source.run("create table a (id int primary key)")
    (work,) = works(environment(), ends.reach)

    done = list(carry_out([(work, work.orders(Phase.BEFORE_LOAD))], Phase.BEFORE_LOAD))
    ends.target.run("set role dms; create table awsdms_control.of_dms (id int)")

    assert {each.outcome for each in done} == {Outcome.DONE}
    (alike,) = work.drift(Phase.BEFORE_CUTOVER)
    assert alike.level is Level.RIGHT
    assert work.closed() == []


def test_roles_that_one_database_brought_are_there_for_the_next(
    servers: tuple[Postgres, Postgres],
) -> None:
    databases = [make_ends(servers, name) for name in ("of_two_a", "of_two_b")]
    Database(server=servers[0], name=SUPERUSER).run("create role of_both login")
    for ends in databases:
        ends.source.run("create table a (id int primary key)", "alter table a owner to of_both")
    decided = []
    for ends in databases:
        (work,) = works(environment(), ends.reach)
        decided.append((work, work.orders(Phase.BEFORE_LOAD)))

    done = list(carry_out(decided, Phase.BEFORE_LOAD))

    assert {each.outcome for each in done} == {Outcome.DONE}
    assert [each.step.what for each in done].count("ROLE of_both") == 1
    for ends in databases:
        assert (
            ends.target.value("select tableowner from pg_tables where tablename = 'a'") == "of_both"
        )


def test_pg_dump_goes_the_same_way_as_ferry_and_verifies_the_servers_name(
    certificate: Path,
) -> None:
    with Postgres(certificate=certificate) as tls:
        Database(server=tls, name=SUPERUSER).run("create table a (id int primary key)")
        right = Server(
            side="Aurora",
            host=TLS_NAME,
            port=5432,
            database=SUPERUSER,
            username=SUPERUSER,
            password=tls.password,
            ca_pem=certificate.read_text().partition("-----BEGIN PRIVATE")[0],
            address=Address(host="127.0.0.1", port=tls.port),
        )
        folder = folder_of_programs(15)

        assert [each.label for each in dump(right, folder=folder)] == [
            "TABLE public.a",
            "CONSTRAINT public.a a_pkey",
        ]
        odd = "pa:ss\\word"
        Database(server=tls, name=SUPERUSER).run(
            f"create role odd login superuser password E'{odd.replace(chr(92), chr(92) * 2)}'"
        )
        assert len(dump(replace(right, username="odd", password=odd), folder=folder)) == 2
        with pytest.raises(FerryError, match="does not match host name"):
            dump(replace(right, host="other.example.com"), folder=folder)
        with pytest.raises(FerryError, match="password authentication failed") as refused:
            dump(replace(right, password=odd), folder=folder)
        assert "pa:ss" not in str(refused.value)


# --- the command


@pytest.fixture
def ferry(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, with this test's databases as those of the environment."""
    deployed = SimpleNamespace(environment=environment())
    monkeypatch.setattr("ferry.cli.migration.deployment_of", lambda _: deployed)
    monkeypatch.setattr("ferry.cli.migration.Ways.of_database", lambda *_: ends.sides)
    return lambda *more, given="": CliRunner().invoke(app, ["schema", "dev", *more], input=given)


def test_the_command_shows_a_plan_asks_and_does_it(
    ends: Ends, ferry: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends.source.run("create table a (id int primary key)", "create index i on a (id)")
    database = ends.target.name
    title = f"Aurora 127.0.0.1:{ends.target.server.port}, database {database}, as {OPERATOR}: "

    plan = ferry("before-load", "--plan")

    assert title in plan.stdout.splitlines()[0]
    assert (
        "\n-- TABLE public.a\nCREATE TABLE public.a (\n    id integer NOT NULL\n);" in plan.stdout
    )
    assert plan.stdout.rstrip().endswith(f'GRANT CONNECT ON DATABASE "{database}" TO "dms";')
    assert plan.exit_code == 0

    nobody = ferry("before-load")
    assert nobody.stderr == "Nobody can be asked here: look at --plan, then add --yes.\n"
    assert nobody.exit_code == 2
    monkeypatch.setattr("ferry.cli.schema.at_terminal", lambda: True)
    assert ferry("before-load", given="n\n").exit_code == 130
    assert ends.target.value("select to_regclass('public.a')") is None

    done = ferry("before-load", given="y\n")
    assert "  done       TABLE public.a\n" in done.stdout
    assert "  done       CONSTRAINT public.a a_pkey\n" in done.stdout
    assert done.stdout.endswith("Next: ferry start dev\n")
    assert done.exit_code == 0

    again = ferry("before-load")
    assert again.stdout.splitlines()[0] == f"{title}0 to do, 2 there already"
    assert again.exit_code == 0

    for phase, following in (
        ("after-load", "whether a task waits for it: ferry status dev"),
        ("before-cutover", "ferry verify dev; the window's own steps are the cutover's"),
    ):
        assert ferry(phase, "--yes").stdout.endswith(f"Next: {following}\n")


def test_the_command_ends_with_3_where_a_step_failed_and_says_why(
    ends: Ends, ferry: Callable[..., Result]
) -> None:
    ends.source.run("create table a (id int primary key)")
    ends.target.run("create type public.a as (x int)")

    result = ferry("before-load", "--yes")

    assert (
        "  failed     TABLE public.a\n"
        '             why: Aurora could not make the schema: relation "a" already exists (42P07).\n'
    ) in result.stdout
    assert "  not tried  CONSTRAINT public.a a_pkey\n" in result.stdout
    assert result.exit_code == 3


def test_the_command_does_nothing_where_something_stops_it(
    ends: Ends, ferry: Callable[..., Result]
) -> None:
    ends.source.run("create table a (id int primary key)")

    result = ferry("after-load", "--yes")

    missing = "Missing at Aurora: TABLE public.a, CONSTRAINT public.a a_pkey."
    assert missing in result.stdout
    assert "remedy: Carry it first: ferry schema dev before-load" in result.stdout
    assert result.stdout.endswith("Nothing is done.\n")
    assert result.exit_code == 4
