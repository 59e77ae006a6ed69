"""Sessions of ferry's own with real servers: each statement ends, each failure has its words."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, LiteralString

import pytest

from ferry.postgres import (
    Address,
    NoAnswerError,
    PostgresError,
    Server,
    Session,
    UnreachableError,
    connect,
    session,
    sql,
)
from harness import postgres
from harness.certificates import make_certificate
from harness.postgres import SUPERUSER, Postgres
from tests.migration.databases import TLS_NAME
from tests.migration.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PURPOSE = "say what it holds"
OTHER_AUTHORITY = make_certificate("other.example.com").authority
NEVER = "pA55word-that-nobody-may-see"


def of(server: Postgres, **changes: Any) -> Server:  # noqa: ANN401 - as replace's
    """The server, as its superuser, without TLS."""
    usual = Server(
        side="the source",
        host="127.0.0.1",
        port=server.port,
        database=SUPERUSER,
        username=SUPERUSER,
        password=server.password,
        ssl_mode="none",
        way="Run ferry in the VPC.",
        credentials="Write them again.",
        authority="Fetch the bundle.",
    )
    return replace(usual, **changes)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres(settings={"max_connections": "20"}) as started:
        with connect(of(started), purpose=PURPOSE, read_only=False) as session:
            session.execute("create role closed_out login password 'x'")
            session.execute("create database closed")
            session.execute("revoke connect on database closed from public")
            session.execute("create table public.kept (id int primary key)")
        yield started


def test_a_name_may_hold_what_looks_like_a_place_for_a_value(server: Postgres) -> None:
    """To psycopg `%` is one, within a name too, as soon as there are values."""
    name = sql.Identifier("100%s of %(all)s %%")
    with connect(of(server), purpose=PURPOSE, read_only=False) as session, session.transaction():
        session.execute(sql.SQL("create table public.{} (id int, {} text)").format(name, name))
        session.execute(
            sql.SQL("insert into public.{} values (%s, 'a %% of it')").format(name), [1]
        )
        found = session.rows(
            sql.SQL("select {}, {}, '%%' from public.{} where id = %s").format(
                name, sql.Literal("5 %s"), name
            ),
            [1],
        )
        session.execute(sql.SQL("drop table public.{}").format(name))

    assert found == [("a % of it", "5 %s", "%")]


def test_rows_come_as_tuples_and_values_are_data(server: Postgres) -> None:
    with connect(of(server), purpose=PURPOSE) as session:
        assert session.rows("select %s::text, 1", ["'; drop table kept; --"]) == [
            ("'; drop table kept; --", 1)
        ]
        assert session.rows("select '100%'") == [("100%",)]
        name = sql.Identifier('a "name"')
        assert session.rows(sql.SQL("select 1 as {}").format(name)) == [(1,)]


def test_names_are_found_by_no_search_path(server: Postgres) -> None:
    with (
        connect(of(server), purpose=PURPOSE) as session,
        pytest.raises(PostgresError, match=r'relation "kept" does not exist \(42P01\)'),
    ):
        session.rows("select * from kept")


REFUSED: dict[str, tuple[LiteralString, LiteralString]] = {
    "schema": ("select * from closed.rows", "GRANT USAGE ON SCHEMA closed TO denied;"),
    "ferry's schema": (
        "insert into ferry.fence_all values (1)",
        "GRANT ALL ON SCHEMA ferry TO denied; GRANT ALL ON ALL TABLES IN SCHEMA ferry TO denied;",
    ),
    "table": ("select * from public.kept", "GRANT pg_read_all_data TO denied;"),
    "database": ("create schema made", "GRANT CREATE ON DATABASE {database} TO denied;"),
    "owner": ("alter table public.kept add more int", "GRANT OWNER TO denied;"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_right_that_is_missing_is_given_by_the_statement_that_is_told(
    server: Postgres, what: str
) -> None:
    statement, grant = REFUSED[what]
    told = grant.replace("{database}", SUPERUSER)
    denied = of(server, username="denied", password="x")
    with connect(of(server), purpose=PURPOSE, read_only=False) as session:
        session.execute("create role denied login password 'x'")
        session.execute("create schema closed")
        session.execute("create table closed.rows ()")
        session.execute("grant select on closed.rows to denied")
        session.execute("create schema ferry")
        session.execute("create table ferry.fence_all (id bigint)")
        try:
            with (
                connect(denied, purpose=PURPOSE, read_only=False) as other,
                pytest.raises(PostgresError, match=r"\(42501\)") as refused,
            ):
                other.execute(statement)
            assert told in refused.value.remedy

            owner = SUPERUSER
            for each in told.replace("OWNER", owner).split("; "):
                session.execute(sql.SQL(each))
            with connect(denied, purpose=PURPOSE, read_only=False) as other:
                other.execute(statement)
        finally:
            session.execute("alter table public.kept drop if exists more")
            session.execute("drop schema if exists made, closed, ferry cascade")
            session.execute("drop owned by denied")
            session.execute("drop role denied")


def test_texts_of_a_database_without_an_encoding_are_texts(server: Postgres) -> None:
    made = (
        "create database plain template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'"
    )
    with connect(of(server), purpose=PURPOSE, read_only=False) as session:
        session.execute(sql.SQL(made))
    with connect(of(server, database="plain"), purpose=PURPOSE) as session:
        assert session.rows("select 'é'::text") == [("é",)]


def test_a_session_that_reads_cannot_write(server: Postgres) -> None:
    with (
        connect(of(server), purpose=PURPOSE) as session,
        pytest.raises(PostgresError, match="read-only transaction") as refused,
    ):
        session.execute("insert into public.kept values (1)")
    assert refused.value.sqlstate == "25006"


def test_what_a_database_sets_for_its_sessions_does_not_end_ferrys(server: Postgres) -> None:
    with connect(of(server), purpose=PURPOSE, read_only=False) as session:
        for setting, value in (
            ("idle_session_timeout", "300ms"),
            ("default_transaction_isolation", "serializable"),
        ):
            session.execute(sql.SQL(f"alter database {SUPERUSER} set {setting} = '{value}'"))
    try:
        with connect(of(server), purpose=PURPOSE) as session:
            assert session.rows(
                "select pg_catalog.current_setting('idle_session_timeout'), "
                "pg_catalog.current_setting('transaction_isolation')"
            ) == [("0", "read committed")]
    finally:
        with connect(of(server), purpose=PURPOSE, read_only=False) as session:
            session.execute(sql.SQL(f"alter database {SUPERUSER} reset all"))


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("select 'secret'::int", r"invalid text representation \(22P02\)"),
        ("select '3000000000'::int", r"numeric value out of range \(22003\)"),
        ("select convert_from('\\xe9', 'UTF8')", r"character not in repertoire \(22021\)"),
    ],
)
def test_a_value_that_a_server_does_not_take_is_not_told(
    server: Postgres, statement: LiteralString, why: str
) -> None:
    with (
        connect(of(server), purpose=PURPOSE) as session,
        pytest.raises(PostgresError, match=f"The source could not {PURPOSE}: {why}"),
    ):
        session.rows(statement)


def _twice(session: Session, number: int) -> None:
    with session.transaction():
        session.execute("insert into public.kept values (%s)", [number], deadline_seconds=300)
        session.execute("insert into public.kept values (%s)", [number], deadline_seconds=20)


def test_a_transaction_happens_whole_or_not_at_all(server: Postgres) -> None:
    with connect(of(server), purpose=PURPOSE, read_only=False) as session:
        with pytest.raises(PostgresError, match="duplicate key"):
            _twice(session, 7)
        assert session.rows("select count(*) from public.kept") == [(0,)]
        with session.transaction():
            assert session.execute("insert into public.kept values (8)") == 1
        assert session.execute("delete from public.kept") == 1


def test_a_refusal_quotes_no_row(server: Postgres) -> None:
    with connect(of(server), purpose=PURPOSE, read_only=False) as session, session.transaction():
        session.execute("create table public.held (id text primary key)")
        session.execute("insert into public.held values (%s)", [NEVER])
        with pytest.raises(PostgresError) as refused:
            session.execute("insert into public.held values (%s)", [NEVER])
        assert NEVER not in str(refused.value)
        session.execute("rollback")


@pytest.mark.parametrize(
    ("changes", "message", "reached"),
    [
        (
            {"password": NEVER},
            "it does not accept the password of user 'postgres'. Write them again.",
            True,
        ),
        ({"database": "none"}, "there is no database 'none', or no user 'postgres'", True),
        (
            {"database": "closed", "username": "closed_out", "password": "x"},
            "user 'closed_out' may not connect to database 'closed'. As its owner: GRANT CONNECT",
            True,
        ),
        ({"host": "db.invalid"}, "the name 'db.invalid' leads to no address here. Run", False),
        ({"ssl_mode": "require"}, "it does not speak TLS. Turn ssl on", True),
        (
            {"address": Address(host="nowhere.invalid", port=1)},
            "the name 'nowhere.invalid' leads to no address here. Run ferry in the VPC.",
            False,
        ),
        (
            {"address": Address(host="127.0.0.1", port=1)},
            r"by 127.0.0.1:1): nobody answers there. Run ferry in the VPC.",
            False,
        ),
    ],
)
def test_why_there_is_no_connection(
    server: Postgres, changes: dict[str, Any], message: str, *, reached: bool
) -> None:
    with (
        pytest.raises(PostgresError, match=r"^Could not connect to the source") as refused,
        connect(of(server, **changes), purpose=PURPOSE),
    ):
        pass
    assert message in str(refused.value)
    assert isinstance(refused.value, UnreachableError) is not reached
    assert NEVER not in str(refused.value) + repr(of(server, **changes))
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_server_that_is_full_is_named_as_that() -> None:
    with Postgres(settings={"max_connections": "5"}) as full:
        with connect(of(full), purpose=PURPOSE, read_only=False) as session:
            session.execute("create role somebody login password 'x'")
        somebody = of(full, username="somebody", password="x")
        with (
            connect(somebody, purpose=PURPOSE),
            connect(somebody, purpose=PURPOSE),
            pytest.raises(PostgresError, match="all its connections are taken"),
            connect(somebody, purpose=PURPOSE),
        ):
            pass


@pytest.fixture(scope="module")
def tls(certificate: Path) -> Iterator[Postgres]:
    with Postgres(certificate=certificate) as started:
        yield started


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_a_server_is_verified_by_its_own_name_wherever_it_is_reached(
    tls: Postgres, certificate: Path, mode: str
) -> None:
    there = of(
        tls,
        host=TLS_NAME,
        ssl_mode=mode,
        ca_pem=None if mode == "require" else certificate.read_text(),
        address=Address(host="localhost", port=tls.port),
    )
    with connect(there, purpose=PURPOSE) as session:
        assert session.rows("select ssl from pg_stat_ssl where pid = pg_backend_pid()") == [(True,)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"host": "another.example.com"}, "its certificate is for another name than 'another.ex"),
        ({"ca_pem": None}, "there is no CA certificate to verify its own with. Fetch the bundle."),
        ({"ca_pem": OTHER_AUTHORITY}, "signed by nobody in the CA file, or has ended. Fetch"),
        ({"ssl_mode": "none"}, "it takes encrypted connections alone, and this one was not"),
    ],
)
def test_a_server_that_is_not_the_right_one_is_refused(
    tls: Postgres, certificate: Path, changes: dict[str, Any], message: str
) -> None:
    there = of(
        tls,
        host=TLS_NAME,
        ssl_mode="verify-full",
        ca_pem=certificate.read_text(),
        address=Address(host="127.0.0.1", port=tls.port),
    )
    with (
        pytest.raises(PostgresError, match=re.escape(message)),
        connect(replace(there, **changes), purpose=PURPOSE),
    ):
        pass


def test_a_statement_that_takes_too_long_is_cancelled_and_the_session_lives(
    server: Postgres,
) -> None:
    with connect(of(server), purpose=PURPOSE) as session:
        with pytest.raises(NoAnswerError, match=r"no answer within 0.2 seconds"):
            session.rows("select pg_sleep(60)", deadline_seconds=0.2)
        assert session.rows("select 1") == [(1,)]


def test_a_lock_is_not_waited_for(server: Postgres) -> None:
    with (
        connect(of(server), purpose=PURPOSE, read_only=False) as holder,
        connect(of(server), purpose=PURPOSE) as other,
        holder.transaction(),
    ):
        holder.execute("lock table public.kept")
        other.execute("set lock_timeout = '50ms'")
        with pytest.raises(PostgresError, match="lock timeout") as refused:
            other.rows("select * from public.kept")
        assert refused.value.sqlstate == "55P03"


def test_a_line_that_swallows_bytes_ends_at_the_deadline(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_SECONDS_TO_CANCEL", 1)
    with Proxy(server.port) as proxy:
        there = of(server, address=Address(host="127.0.0.1", port=proxy.port))
        with connect(there, purpose=PURPOSE) as open_session:
            proxy.swallow()
            began = time.monotonic()
            with pytest.raises(NoAnswerError, match=r"no answer within 0.5 seconds"):
                open_session.rows("select 1", deadline_seconds=0.5)
            assert time.monotonic() - began < 300  # not for ever: it is no measurement


def test_a_line_that_is_cut_is_named(server: Postgres) -> None:
    with Proxy(server.port) as proxy:
        there = of(server, address=Address(host="127.0.0.1", port=proxy.port))
        with connect(there, purpose=PURPOSE) as open_session:
            cut = threading.Timer(0.3, proxy.reset)
            cut.start()
            with pytest.raises(UnreachableError, match="the connection ended before the answer"):
                open_session.rows("select pg_sleep(30)")
            cut.join()
            with pytest.raises(UnreachableError, match="the connection ended before the answer"):
                open_session.rows("select 1")


def test_a_server_that_is_halted_ends_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "_SECONDS_TO_CANCEL", 1)
    with Postgres() as own, connect(of(own), purpose=PURPOSE) as open_session:
        ((pid,),) = open_session.rows("select pg_backend_pid()")
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(NoAnswerError):
                open_session.rows("select 1", deadline_seconds=0.5)
        finally:
            os.kill(pid, signal.SIGCONT)


def test_a_server_with_a_session_that_is_halted_stops_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres, "_SECONDS_TO_STOP", 10)
    with Postgres() as own:
        with connect(of(own), purpose=PURPOSE) as halted:
            ((pid,),) = halted.rows("select pg_backend_pid()")
            os.kill(pid, signal.SIGSTOP)
            own.stop()
        own.start()
        with connect(of(own), purpose=PURPOSE) as after:
            assert after.rows("select 1") == [(1,)]


def test_what_another_thread_cancels_ends_even_where_the_server_is_halted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "_SECONDS_TO_CANCEL", 1)
    with Postgres() as own, connect(of(own), purpose=PURPOSE) as open_session:
        ((pid,),) = open_session.rows("select pg_backend_pid()")
        open_session.cancel()  # Nothing is asked.
        assert open_session.rows("select 1") == [(1,)]
        ended = threading.Event()

        def cancel() -> None:  # again and again: at first it may be that nothing is asked
            while not ended.wait(0.1):
                open_session.cancel()

        cancels = threading.Thread(target=cancel)
        os.kill(pid, signal.SIGSTOP)
        try:
            cancels.start()
            with pytest.raises(NoAnswerError):
                open_session.rows("select 1", deadline_seconds=600)
        finally:
            ended.set()
            os.kill(pid, signal.SIGCONT)
            cancels.join()


def test_a_deadline_may_be_longer_than_postgresql_can_be_told(server: Postgres) -> None:
    with connect(of(server), purpose=PURPOSE) as open_session:
        assert open_session.rows("show statement_timeout", deadline_seconds=10**8) == [
            ("2147483647ms",)
        ]


def test_a_server_that_stops_is_named() -> None:
    with Postgres() as own, connect(of(own), purpose=PURPOSE) as open_session:
        own.stop()
        with pytest.raises(UnreachableError, match="the connection ended before the answer came"):
            open_session.rows("select 1")
        with (
            pytest.raises(UnreachableError, match="nobody answers there"),
            connect(of(own), purpose=PURPOSE),
        ):
            pass
        own.start()
