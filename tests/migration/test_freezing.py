"""The source is closed to all but ferry and DMS, and opened again to the letter, on a server."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from ferry.errors import FerryError
from ferry.migrate.alone import Doing, alone
from ferry.migrate.cutover import freezing, journal, watchdog
from ferry.migrate.cutover.freezing import ClosedError, OpenError, Thaw
from ferry.migrate.cutover.journal import State
from ferry.migrate.cutover.rights import Saved
from ferry.migrate.cutover.watchdog import Watched, watching
from ferry.postgres import PostgresError, Server, Session, connect
from ferry.postgres.programs import folder_of_programs
from harness.deployment import ROOT
from harness.postgres import SUPERUSER
from tests.migration.databases import SECONDS, Database, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.postgres import Postgres

PASSWORD = "canary-Pa55word"
SHOP, OTHER = "shop", 'The "other"'
ROLES = {
    "z_owner": "",
    "z_ferry": "createrole",
    "z_plain": "",
    "z_dms": "replication",
    "z_back": "",
    "z_app": "",
    "z_boss": "",
    "z_clerk": "",
    "azuresu": "superuser",
    "aws_etl": "",
}
MEMBERS = (
    "grant z_owner, z_boss, pg_monitor, pg_signal_backend to z_ferry, z_plain",
    "grant create on database {0} to z_ferry, z_plain",
)
MADE = (
    "create schema ferry",
    (
        "create table ferry.journal (id text primary key, run text not null, at timestamptz not null, "
        "step text not null, state text not null, phase text, detail jsonb not null)"
    ),
    "grant usage on schema ferry to public",
    "grant all on ferry.journal to public",
    "create table orders (id bigint generated always as identity primary key, writer int, number int)",
    "grant all on orders to public",
)
ACL = "select coalesce(datacl, acldefault('d', datdba))::text from pg_database where datname = '{}'"
SETTINGS = (
    "select setrole, setconfig::text from pg_db_role_setting s join pg_database d on d.oid = setdatabase "
    "where datname = '{}' order by 1"
)


@dataclass(kw_only=True)
class Source:
    """A server with two databases of an owner, and a schema `ferry` in Aurora's place."""

    server: Postgres
    target: Postgres
    folder: Path

    def at(self, name: str = SHOP) -> Database:
        return Database(server=self.server, name=name)

    def way(self, user: str = "z_ferry", *, to: str = "the source") -> Server:
        """How ferry reaches it."""
        server = self.server if to == "the source" else self.target
        return Server(
            side=to,
            host="127.0.0.1",
            port=server.port,
            database=SHOP,
            username=user,
            password=PASSWORD,
            ssl_mode="none",
        )

    @contextmanager
    def ferry(self, user: str = "z_ferry") -> Iterator[Session]:
        """A session of ferry's."""
        with connect(self.way(user), purpose="test it", read_only=False) as session:
            yield session

    @contextmanager
    def journal(self, run: str) -> Iterator[journal.Journal]:
        """The journal of a run, with its sessions."""
        with (
            self.ferry() as source,
            connect(self.way(to="Aurora"), purpose="test it", read_only=False) as target,
        ):
            yield journal.opened("dev", run, source, target)

    def saved(self, run: str) -> tuple[Saved, str]:
        """What is kept of a run, and the record that keeps it."""
        with self.journal(run) as kept:
            saved = freezing.save(
                kept.source,
                environment="dev",
                run=run,
                databases=[SHOP, OTHER],
                dms=["z_dms", "z_back"],
            )
            record = kept.write("save", State.KEPT, **saved.as_json())
        return saved, record.id

    def standing(self) -> list[Any]:
        """Rights and settings of both databases."""
        literal = OTHER.replace("'", "''")
        return [
            self.at().rows(query.format(name))
            for query in (ACL, SETTINGS)
            for name in (SHOP, literal)
        ]


WRITES = "set default_transaction_read_only = off"
"""What a session of others says that writes to a closed database all the same."""


def opened(database: Database, user: str) -> psycopg.Connection[Any]:
    return psycopg.connect(
        **{  # the server's own has its own password
            **database.connection,
            **({} if user == SUPERUSER else {"user": user, "password": PASSWORD}),
        },  # type: ignore[arg-type]
        autocommit=True,
        application_name="of the shop",
    )


@pytest.fixture(scope="module")
def servers(
    source_server: Postgres, target_server: Postgres
) -> Iterator[tuple[Postgres, Postgres]]:
    """Both servers with the roles."""
    for server in (source_server, target_server):
        Database(server=server, name=SUPERUSER).run(
            *(
                f"create role {name} login {what} password '{PASSWORD}'"
                for name, what in ROLES.items()
            )
        )
    yield source_server, target_server
    for server in (source_server, target_server):
        for name in ROLES:
            Database(server=server, name=SUPERUSER).run(
                f"drop owned by {name}", f"drop role {name}"
            )


@pytest.fixture
def source(
    servers: tuple[Postgres, Postgres], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Source]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = Source(server=servers[0], target=servers[1], folder=tmp_path / "state/ferry/dev")
    names = {servers[0]: (SHOP, OTHER), servers[1]: (SHOP,)}
    for server, databases in names.items():
        for name in databases:
            quoted = '"' + name.replace('"', '""') + '"'
            Database(server=server, name=SUPERUSER).run(
                f"create database {quoted} owner z_owner",
                *(each.format(quoted) for each in MEMBERS),
            )
        Database(server=server, name=SHOP).run(*MADE)
    made.at(OTHER).run("create table things (id int)", "grant all on things to public")
    yield made
    for server, databases in names.items():
        for name in databases:
            quoted = '"' + name.replace('"', '""') + '"'
            Database(server=server, name=SUPERUSER).run(f"drop database {quoted} with (force)")


ODD = (
    # boss before owner, a right given on, one without PUBLIC, settings of three kinds
    'revoke all on database "The ""other""" from public',
    'grant temporary on database "The ""other""" to z_app',
    'grant connect on database "The ""other""" to z_boss with grant option',
    'grant connect on database "The ""other""" to z_app, z_back',
    "alter database shop set work_mem = '5MB'",
    "alter database shop set default_transaction_read_only = 'off'",
    "alter database shop set statement_timeout = '1h'",
    "alter role z_dms in database shop set default_transaction_read_only = 'off'",
    "alter role z_app in database shop set work_mem = '6MB'",
)


@pytest.mark.parametrize("odd", [False, True])
def test_the_source_is_closed_and_opened_again_to_the_letter(source: Source, *, odd: bool) -> None:
    if odd:
        source.at().run(*ODD)
        with opened(source.at(OTHER), "z_boss") as boss:
            boss.execute('grant connect on database "The ""other""" to z_clerk')
    before = source.standing()
    saved, record = source.saved("r1")
    assert source.standing() == before
    assert saved.belt

    with (
        opened(source.at(), "z_app"),
        opened(source.at(OTHER), "z_owner"),
        opened(source.at(), "aws_etl"),
        opened(source.at(), "z_dms") as dms,
        opened(source.at(), "azuresu") as provider,
        source.ferry() as session,
    ):
        freezing.freeze(session, saved, record_id=record)
        assert freezing.end_sessions(session, saved) == 3
        assert freezing.prove_silence(session, saved) == "no transaction anywhere on the server"
        freezing.stay_closed(session, saved)

        out = ((SHOP, "z_app"), (SHOP, "z_owner"), (OTHER, "z_boss"), (SHOP, "aws_etl"))
        for name, user in out:
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                opened(source.at(name), user)
        for connection in (dms, provider):
            connection.execute("insert into orders (writer, number) values (0, 0)")
        with opened(source.at(), "z_back") as back:
            back.execute("insert into orders (writer, number) values (0, 0)")
        with (
            opened(source.at(), "azuresu") as anew,
            pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        ):
            anew.execute("insert into orders (writer, number) values (0, 0)")
        assert freezing.phase(session, "r1") == "frozen"
        # what is closed already stays so
        freezing.freeze(session, saved, record_id=record)

        assert freezing.thaw(session, saved, record_id=record) is Thaw.OPENED
        assert source.standing() == before
        assert freezing.thaw(session, saved, record_id=record) is Thaw.WAS_OPEN
        assert source.standing() == before
        with pytest.raises(OpenError, match="its phase there is thawed"):
            freezing.freeze(session, saved, record_id=record)
        with pytest.raises(OpenError, match="The source was opened again"):
            freezing.go_beyond(session, saved)
        with pytest.raises(OpenError):
            freezing.stay_closed(session, saved)
    with opened(source.at(), "z_app") as app:
        app.execute("insert into orders (writer, number) values (1, 1)")


def test_beyond_the_point_nobody_opens_it(source: Source) -> None:
    saved, record = source.saved("r1")
    file = freezing.write_script(saved)
    with source.ferry() as session:
        with pytest.raises(OpenError, match="is gone"):
            freezing.go_beyond(session, saved)
        freezing.freeze(session, saved, record_id=record)
        freezing.go_beyond(session, saved)
        closed = source.standing()
        freezing.go_beyond(session, saved)

        with pytest.raises(ClosedError):
            freezing.thaw(session, saved, record_id=record)
        assert run(source, file).returncode == 3
        assert source.standing() == closed
        assert freezing.phase(session, "r1") == "switching"


def test_a_run_that_was_given_up_closes_nothing_later(source: Source) -> None:
    before = source.standing()
    saved, record = source.saved("r1")
    with source.ferry() as session:
        assert freezing.thaw(session, saved, record_id=record) is Thaw.NEVER_CLOSED
        with pytest.raises(OpenError, match="its phase there is thawed"):
            freezing.freeze(session, saved, record_id=record)
        with pytest.raises(FerryError, match="has no record 9/x of the run r9"):
            freezing.thaw(session, replace(saved, run="r9"), record_id="9/x")
    assert source.standing() == before


def test_a_run_has_one_phase_whichever_record_has_it(source: Source) -> None:
    saved, record = source.saved("r1")
    _, other = source.saved("r1")
    assert other != record
    with source.ferry() as session:
        freezing.freeze(session, saved, record_id=record)
        freezing.freeze(session, saved, record_id=other)
        freezing.go_beyond(session, saved)
        closed = source.standing()
        with pytest.raises(ClosedError):
            freezing.thaw(session, saved, record_id=other)
        with pytest.raises(OpenError, match="its phase there is switching"):
            freezing.freeze(session, saved, record_id=other)
    assert source.standing() == closed
    assert source.at().rows("select id from ferry.journal where phase is not null") == [(record,)]


def test_rights_that_were_given_since_are_not_lost(source: Source) -> None:
    saved, record = source.saved("r1")
    source.at().run("grant create on database shop to public")
    before = source.standing()
    with source.ferry() as session, pytest.raises(FerryError, match="were changed since"):
        freezing.freeze(session, saved, record_id=record)
    assert source.standing() == before
    assert phase_of(source) is None


def run(source: Source, file: Path, user: str = "z_ferry") -> subprocess.CompletedProcess[str]:
    """Run a script as somebody does who has psql alone."""
    psql = folder_of_programs(15) / "psql"
    return subprocess.run(
        [psql, "-X", "-h", "127.0.0.1", "-p", str(source.server.port), "-U", user, "-d", SHOP, "-f", file],
        env={"PGPASSWORD": PASSWORD, "PGSSLMODE": "disable", "PGCLIENTENCODING": "LATIN1"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize("user", ["z_ferry", "azuresu"])
def test_the_script_opens_it_without_ferry_and_once(source: Source, user: str) -> None:
    source.at().run(*ODD)
    before = source.standing()
    saved, record = source.saved("r1")
    file = freezing.write_script(saved)
    assert file == source.folder / "thaw-dev.sql"
    assert file.stat().st_mode & 0o777 == 0o600
    assert run(source, file, user).returncode == 3
    with source.ferry() as session:
        freezing.freeze(session, saved, record_id=record)
        freezing.end_sessions(session, saved)
    assert source.standing() != before

    done = run(source, file, user)

    assert done.returncode == 0, done.stderr
    assert source.standing() == before
    again = run(source, file, user)
    assert again.returncode == 3
    assert "The run r1 has not closed the source" in again.stderr
    with source.ferry() as session:
        assert freezing.thaw(session, saved, record_id=record) is Thaw.WAS_OPEN


STRANGE = ("z_é", 'z "q" :a :"b" \\ $ferry$', "z line\n\\q\nnext", "z 100%s {0} ", "Z-'it''s'; --")
"""Names of roles that some reader of SQL takes for something else."""


@pytest.mark.parametrize("by_script", [False, True])
def test_roles_are_given_their_rights_whatever_they_are_called_and_one_is_gone(
    source: Source, *, by_script: bool
) -> None:
    names = [psycopg.sql.Identifier(name).as_string() for name in STRANGE]
    make = "create role {0} login; grant connect on database shop to {0}"
    source.at().run(*(make.format(name) for name in names))
    source.at().run("create role z_gone login", "create role z_giver", "grant z_giver to z_ferry")
    source.at().run("grant connect on database shop to z_gone")
    source.at().run("grant connect on database shop to z_giver with grant option")
    source.at().run("set role z_giver; grant connect on database shop to z_clerk; reset role")
    try:
        before = source.standing()
        saved, record = source.saved("r1")
        file = freezing.write_script(saved)
        with source.ferry() as session:
            freezing.freeze(session, saved, record_id=record)
            source.at().run(
                WRITES, "drop role z_gone", "drop owned by z_giver", "drop role z_giver"
            )
            if by_script:
                done = run(source, file)
                assert done.returncode == 0, done.stderr
            else:
                assert freezing.thaw(session, saved, record_id=record) is Thaw.OTHERWISE
            # of a giver who is gone it is the owner who gives
            acl, was = (str(it[0][0][0]) for it in (source.standing(), before))
            assert set(acl[1:-1].split(",")) == {
                each.replace("z_clerk=c/z_giver", "z_clerk=c/z_owner")
                for each in was[1:-1].split(",")
                if not each.startswith(("z_gone=", "z_giver="))
            }
            assert freezing.phase(session, "r1") == "thawed"
    finally:
        source.at().run(WRITES, *(f"drop owned by {name}; drop role {name}" for name in names))


def test_the_script_changes_nothing_where_a_right_cannot_be_given(source: Source) -> None:
    with source.ferry() as session:
        saved = freezing.save(session, environment="dev", run="r1", databases=[SHOP], dms=["z_dms"])
        saved = replace(saved, belt=False)  # whose setting is refused by an error
        with source.journal("r1") as kept:
            record = kept.write("save", State.KEPT, **saved.as_json()).id
        file = freezing.write_script(saved)
        freezing.freeze(session, saved, record_id=record)
        closed = source.standing()
        source.at().run("grant connect on database shop to z_app")
        done = run(source, file, "z_app")
        assert done.returncode == 3
        assert "Not all rights were given back, and nothing is changed" in done.stderr
        source.at().run("revoke connect on database shop from z_app")
        assert source.standing() == closed
        assert freezing.phase(session, "r1") == "frozen"


def test_of_two_who_open_and_go_beyond_one_does(source: Source) -> None:
    won = set()
    for number in range(6):
        saved, record = source.saved(f"r{number}")
        with source.ferry() as one, source.ferry() as other:
            freezing.freeze(one, saved, record_id=record)
            freezing.end_sessions(one, saved)
            start = threading.Barrier(2)
            failed: list[type[FerryError]] = []

            def do(what: Any, session: Session) -> None:  # noqa: ANN401 - either
                start.wait()  # noqa: B023 - of this round
                try:
                    what(session)
                except FerryError as error:
                    failed.append(type(error))  # noqa: B023 - of this round

            threads = [
                threading.Thread(target=do, args=each)
                for each in (
                    (partial(freezing.thaw, saved=saved, record_id=record), one),
                    (partial(freezing.go_beyond, saved=saved), other),
                )
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            phase = freezing.phase(one, saved.run)
            assert (phase, failed) in [("thawed", [OpenError]), ("switching", [ClosedError])]
            won.add(phase)
            if phase == "switching":
                source.at().run(
                    WRITES,
                    f"update ferry.journal set phase = 'frozen' where run = '{saved.run}' and phase = 'switching'",
                )
                assert freezing.thaw(one, saved, record_id=record) is Thaw.OPENED
    assert won <= {"thawed", "switching"}


def test_who_may_not_set_what_others_do_leaves_the_second_belt_out(source: Source) -> None:
    before = source.standing()
    with source.ferry("z_plain") as session:
        saved = freezing.save(
            session, environment="dev", run="r1", databases=[SHOP, OTHER], dms=["z_dms"]
        )
    assert source.standing() == before
    assert not saved.belt
    assert not any("ALTER" in it for it in [*saved.closes(), *saved.opens()])


def test_who_does_not_own_it_closes_nothing(source: Source) -> None:
    before = source.standing()
    with (
        source.ferry("z_app") as session,
        pytest.raises(PostgresError, match=r"did not run it"),
    ):
        freezing.save(session, environment="dev", run="r1", databases=[SHOP], dms=["z_dms"])
    assert source.standing() == before


def test_members_of_ferrys_role_are_found_before_anything_is_closed(source: Source) -> None:
    before = source.standing()
    source.at().run("grant z_dms to z_clerk")
    with source.ferry() as session, pytest.raises(FerryError) as refused:
        freezing.save(session, environment="dev", run="r1", databases=[SHOP], dms=["z_dms"])
    source.at().run("revoke z_dms from z_clerk")
    assert "others may still connect to the source: z_clerk to shop." in refused.value.why
    assert source.standing() == before


def test_a_right_that_was_given_meanwhile_does_not_keep_it_closed(source: Source) -> None:
    saved, record = source.saved("r1")
    with source.ferry() as session:
        freezing.freeze(session, saved, record_id=record)
        source.at().run(WRITES, "grant connect on database shop to z_clerk")
        with pytest.raises(FerryError, match="others may still connect"):
            freezing.go_beyond(session, saved)
        assert freezing.phase(session, "r1") == "frozen"
        assert freezing.thaw(session, saved, record_id=record) is Thaw.OTHERWISE
    with opened(source.at(), "z_app"):
        pass


def test_superusers_and_others_of_ferrys_role_are_named(source: Source) -> None:
    saved, record = source.saved("r1")
    with source.ferry() as session:
        freezing.freeze(session, saved, record_id=record)
        with opened(source.at(), SUPERUSER), pytest.raises(FerryError) as superuser:
            freezing.end_sessions(session, saved, seconds=0.5)
        assert f"may not be ended: {SUPERUSER}, " in superuser.value.why

        going = threading.Event()

        def back_again() -> None:
            while not going.is_set():
                with suppress(psycopg.Error), opened(source.at(), "z_ferry") as connection:
                    connection.execute("select pg_sleep(60)")

        thread = threading.Thread(target=back_again)
        thread.start()
        try:
            eventually(lambda: bool(freezing.others(session, saved)))
            with pytest.raises(FerryError, match="come back for 0 s: z_ferry, of the shop, shop"):
                _end_until_they_come_back(session, saved)
        finally:
            going.set()
            source.at().run(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where application_name = 'of the shop'"
            )
            thread.join()
        freezing.thaw(session, saved, record_id=record)


def _end_until_they_come_back(session: Session, saved: Saved) -> None:
    while True:  # it returns where the other is slow to come back
        freezing.end_sessions(session, saved, seconds=0.3)


def test_a_session_that_was_let_in_before_and_is_listed_only_later_is_ended(source: Source) -> None:
    saved, record = source.saved("r1")
    slow = {**source.at().connection, "user": "z_app", "password": PASSWORD}
    wrote = []

    def come_late() -> None:
        with (
            suppress(psycopg.OperationalError),
            psycopg.connect(**slow, options="-c post_auth_delay=15", autocommit=True) as connection,  # type: ignore[arg-type]
        ):
            connection.execute("select pg_sleep(1)")
            wrote.append(connection.execute("insert into orders (writer, number) values (9, 9)"))

    thread = threading.Thread(target=come_late)
    thread.start()
    try:
        being_made = "select count(*) from pg_locks where locktype = 'object' and objid = {}"
        shop = source.at().value("select oid from pg_database where datname = current_database()")
        eventually(lambda: source.at().value(being_made.format(shop)) == 1)
        with source.ferry() as session:
            freezing.freeze(session, saved, record_id=record)
            with pytest.raises(FerryError, match=r"still being made after 0 s: process [0-9]"):
                freezing.end_sessions(session, saved, seconds=0.1)
            assert freezing.end_sessions(session, saved) == 1
            freezing.prove_silence(session, saved)
            freezing.go_beyond(session, saved)
    finally:
        thread.join()
    assert not wrote
    assert source.at().value("select count(*) from orders") == 0


def test_a_session_for_replication_that_reads_no_slot_is_ended(source: Source) -> None:
    source.at().run("alter role z_app replication")
    saved, record = source.saved("r1")
    way = {**source.at().connection, "user": "z_app", "password": PASSWORD}
    try:
        with (
            psycopg.connect(**way, replication="database", autocommit=True) as connection,  # type: ignore[arg-type]
            source.ferry() as session,
        ):
            connection.execute("insert into orders (writer, number) values (8, 8)")
            freezing.freeze(session, saved, record_id=record)
            assert freezing.end_sessions(session, saved) == 1
            with pytest.raises(psycopg.OperationalError):
                connection.execute("insert into orders (writer, number) values (9, 9)")
    finally:
        source.at().run(WRITES, "alter role z_app noreplication")


def test_silence_is_proved_by_locks_where_others_go_on(source: Source) -> None:
    saved, record = source.saved("r1")
    elsewhere = Database(server=source.server, name=SUPERUSER)
    elsewhere.run("create table if not exists busy (id int)")
    done = threading.Event()

    def work() -> None:
        with psycopg.connect(**elsewhere.connection, autocommit=True) as connection:  # type: ignore[arg-type]
            while not done.is_set():
                connection.execute("insert into busy values (1)")

    thread = threading.Thread(target=work)
    with source.ferry() as session:
        freezing.freeze(session, saved, record_id=record)
        freezing.end_sessions(session, saved)
        thread.start()
        try:
            eventually(lambda: bool(elsewhere.value("select count(*) from busy")))
            with opened(source.at(), "azuresu") as provider, provider.transaction():
                provider.execute("set transaction read write")
                provider.execute("insert into orders (writer, number) values (0, 0)")
                assert freezing.prove_silence(session, saved).startswith("no lock for writing ")
            with opened(source.at(), SUPERUSER) as superuser, superuser.transaction():
                superuser.execute("set transaction read write")
                superuser.execute("insert into orders (writer, number) values (0, 0)")
                with pytest.raises(FerryError, match=f"writes at the source .*: {SUPERUSER}, "):
                    freezing.prove_silence(session, saved)
        finally:
            done.set()
            thread.join()
            elsewhere.run("drop table busy")
        with (
            pytest.raises(FerryError, match="connected to the source again"),
            opened(source.at(), SUPERUSER),
        ):
            freezing.prove_silence(session, saved)
        freezing.thaw(session, saved, record_id=record)


def test_what_is_prepared_is_no_silence(source: Source) -> None:
    saved, record = source.saved("r1")
    source.at(OTHER).run("begin; insert into things values (1); prepare transaction 'later'")
    with source.ferry() as session:
        freezing.freeze(session, saved, record_id=record)
        freezing.end_sessions(session, saved)
        with pytest.raises(FerryError, match="A transaction is prepared at the source: later"):
            freezing.prove_silence(session, saved)
        source.at(OTHER).run("rollback prepared 'later'")
        freezing.thaw(session, saved, record_id=record)


@dataclass
class Writer(threading.Thread):
    """Writes, reconnects whenever it is thrown out, and counts what was acknowledged."""

    database: Database
    number: int
    ends: threading.Event
    acknowledged: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def __hash__(self) -> int:
        return self.number

    def run(self) -> None:
        at = 0
        while not self.ends.is_set():
            try:
                with opened(self.database, "z_app") as connection:
                    while not self.ends.is_set():
                        at += 1
                        connection.execute(
                            "insert into orders (writer, number) values (%s, %s)", [self.number, at]
                        )
                        self.acknowledged.append(at)
            except psycopg.Error:
                time.sleep(0.005)


def test_nothing_is_written_between_silence_and_opening(source: Source) -> None:
    ends = threading.Event()
    writers = [Writer(source.at(), number, ends) for number in range(1, 4)]
    for writer in writers:
        writer.start()
    try:
        count = "select count(*) from orders"
        for round_ in range(3):
            eventually(lambda: all(len(it.acknowledged) > 20 for it in writers))
            saved, record = source.saved(f"r{round_}")
            with source.ferry() as session:
                freezing.freeze(session, saved, record_id=record)
                freezing.end_sessions(session, saved)
                freezing.prove_silence(session, saved)
                told = sum(len(it.acknowledged) for it in writers)
                there = source.at().value(count)
                time.sleep(0.3)
                assert source.at().value(count) == there
                # of one that was thrown out it may not know that it was committed
                assert told <= there <= told + len(writers) * (round_ + 1)
                freezing.stay_closed(session, saved)
                assert freezing.thaw(session, saved, record_id=record) is Thaw.OPENED
    finally:
        ends.set()
        for writer in writers:
            writer.join()
    kept = set(source.at().rows("select writer, number from orders"))
    assert {(it.number, each) for it in writers for each in it.acknowledged} <= kept
    assert len(kept) == source.at().value(count)


def test_another_machine_reads_what_is_kept_from_the_databases(source: Source) -> None:
    before = source.standing()
    saved, record = source.saved("r1")
    with source.ferry() as session:
        freezing.freeze(session, saved, record_id=record)
    file = source.folder / "cutover.jsonl"
    assert file.stat().st_mode & 0o777 == 0o600
    lines = file.read_text()
    assert PASSWORD not in lines
    file.unlink()
    source.at().run(WRITES, "truncate ferry.journal")  # Aurora has it still
    with source.journal("r1") as kept:
        found = kept.last("save", State.KEPT)
        assert found is not None
        assert Saved.of_json(found.detail) == saved
        # the phase is not, and the rights tell that it is closed
        assert freezing.thaw(kept.source, saved, record_id=found.id) is Thaw.OPENED
    assert [json.loads(it) for it in file.read_text().splitlines()] == [json.loads(lines)]
    assert source.standing() == before


def test_a_line_that_was_not_written_to_its_end_is_none(source: Source) -> None:
    with source.journal("r1") as kept:
        kept.write("gate", State.DONE)
    file = source.folder / "cutover.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole + b'{"id": "2/torn", "ru')
    with source.journal("r1") as kept:
        assert [it.step for it in kept.records] == ["gate"]
        kept.write("save", State.BEGUN, what='a "name"')
    steps = [json.loads(line)["step"] for line in file.read_text().splitlines()]
    assert steps == ["gate", "save"]
    with source.journal("r2") as kept:
        assert [(it.number, it.run) for it in kept.records] == [(1, "r1"), (2, "r1")]
        assert kept.last("save", State.BEGUN) is None
        assert kept.write("gate", State.DONE).number == 3
    source.at().run("update ferry.journal set step = 'other' where step = 'save'")
    with (
        pytest.raises(FerryError, match="tell different things of the record 2/"),
        source.journal("r2"),
    ):
        pass


def test_one_runs_at_a_time(source: Source) -> None:
    both = [source.way(), source.way(to="Aurora")]
    with alone(both, Doing.CUTOVER, command="cutover dev") as held:
        with (
            pytest.raises(
                FerryError, match="Somebody else is at it in the database shop of the source"
            ),
            alone(both, Doing.CUTOVER, command="cutover dev"),
        ):
            pass
        held.still()
        Database(server=source.target, name=SHOP).run(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
            "where application_name like 'ferry: cutover%'"
        )
        with pytest.raises(PostgresError):
            held.still()


CUTOVER = """
import json, sys, time
from ferry.migrate.cutover import freezing
from ferry.migrate.cutover.watchdog import Watched, watching
from ferry.postgres import connect
watched = Watched.of_json(json.loads(sys.stdin.readline()))
with connect(watched.server, purpose="test it", read_only=False) as session, watching(watched) as dog:
    for step in sys.stdin.readline().split():
        if step == "freeze":
            freezing.freeze(session, watched.saved, record_id=watched.record_id)
            freezing.end_sessions(session, watched.saved)
        elif step == "beyond":
            freezing.go_beyond(session, watched.saved)
        elif step == "dismiss":
            dog.dismiss()
        elif step == "fail":
            sys.exit(1)
    print("there", flush=True)
    sys.stdin.readline()
    try:
        freezing.go_beyond(session, watched.saved)
    except freezing.OpenError:
        print("was opened", flush=True)
    dog.dismiss()
"""
"""A ferry that does some steps, and waits."""


@contextmanager
def cutover(
    source: Source,
    *steps: str,
    seconds: float = 600,
    silence: float = 600,
    way: Server | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """A cutover in a process of its own, at the end of some steps."""
    saved, record = source.saved("r1")
    watched = Watched(
        server=way or source.way(),
        saved=saved,
        record_id=record,
        seconds=seconds,
        silence_seconds=silence,
    )
    process = subprocess.Popen(
        [sys.executable, "-c", CUTOVER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(f"{json.dumps(watched.as_json())}\n{' '.join(steps)}\n")
        process.stdin.flush()
        if "fail" not in steps:
            assert process.stdout.readline() == "there\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def phase_of(source: Source) -> str | None:
    phase = source.at().value("select phase from ferry.journal where step = 'save'")
    return None if phase is None else str(phase)


@pytest.mark.parametrize("steps", [(), ("freeze",)])
def test_where_ferry_is_killed_the_source_opens_by_itself(
    source: Source, steps: tuple[str, ...]
) -> None:
    before = source.standing()
    with cutover(source, *steps) as process:
        assert phase_of(source) == ("frozen" if steps else None)
        process.kill()
        eventually(lambda: phase_of(source) == "thawed")
    assert source.standing() == before


def test_it_opens_though_the_password_is_another_by_now(source: Source) -> None:
    before = source.standing()
    change = "alter role z_ferry password '{}'"
    with cutover(source, "freeze") as process:
        source.at().run(WRITES, change.format("another"))
        try:
            process.kill()
            eventually(lambda: phase_of(source) == "thawed")
        finally:
            source.at().run(WRITES, change.format(PASSWORD))
    assert source.standing() == before


def test_it_opens_though_nothing_can_be_written_on_this_machine(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = source.standing()
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    way = replace(source.way(), ca_pem="of an authority")  # libpq reads it from a file
    with cutover(source, "freeze", way=way) as process:
        shutil.rmtree(folder)
        process.kill()
        eventually(lambda: phase_of(source) == "thawed")
    assert source.standing() == before


def test_where_ferry_fails_the_source_opens_by_itself(source: Source) -> None:
    before = source.standing()
    with cutover(source, "freeze", "fail") as process:
        assert process.wait(SECONDS) == 1
    assert phase_of(source) == "thawed"
    assert source.standing() == before


@pytest.mark.parametrize("steps", [("freeze", "beyond"), ("freeze", "beyond", "dismiss")])
def test_beyond_the_point_it_stays_closed_where_ferry_is_killed(
    source: Source, steps: tuple[str, ...]
) -> None:
    with cutover(source, *steps) as process:
        closed = source.standing()
        process.kill()
        process.wait()
        watchdogs = "select count(*) from pg_stat_activity where usename = 'z_ferry'"
        eventually(lambda: source.at().value(watchdogs) == 0)
    time.sleep(2)
    assert phase_of(source) == "switching"
    assert source.standing() == closed


@pytest.mark.parametrize(("seconds", "silence", "halted"), [(600, 10, True), (10, 600, False)])
def test_ferry_that_comes_to_itself_does_not_go_on(
    source: Source, seconds: float, silence: float, *, halted: bool
) -> None:
    before = source.standing()
    with cutover(source, "freeze", seconds=seconds, silence=silence) as process:
        assert process.stdin
        assert process.stdout
        if halted:
            process.send_signal(signal.SIGSTOP)
        eventually(lambda: phase_of(source) == "thawed")
        assert source.standing() == before
        if halted:
            process.send_signal(signal.SIGCONT)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "was opened\n"
        assert process.wait(SECONDS) == 0
    assert source.standing() == before


def test_a_watchdog_that_is_halted_is_noticed_and_ends(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "_SECONDS_TO_END", 1.0)
    saved, record = source.saved("r1")
    watched = Watched(
        server=source.way(), saved=saved, record_id=record, seconds=600, silence_seconds=3
    )
    with watching(watched) as dog:
        began = time.monotonic()
        # it is called, and answers
        eventually(lambda: time.monotonic() - began > 4 and dog.watches())
        dog.process.send_signal(signal.SIGSTOP)
        eventually(lambda: not dog.watches())
        dog.dismiss()
    assert dog.process.returncode == -signal.SIGKILL


def test_without_a_watchdog_nothing_is_closed(source: Source) -> None:
    saved, record = source.saved("r1")
    wrong = replace(source.way(), password="wrong")
    watched = Watched(server=wrong, saved=saved, record_id=record, seconds=600)
    with (
        pytest.raises(FerryError, match=r"could not begin: .* password") as refused,
        watching(watched),
    ):
        pass
    assert "wrong" not in refused.value.why.replace("wrong password", "")
