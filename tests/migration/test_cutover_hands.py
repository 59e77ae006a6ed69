"""What a cutover does within its window, each by itself, between two servers."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import psycopg
import pytest
from psycopg.sql import SQL

from ferry.errors import FerryError
from ferry.mappings import TableName
from ferry.migrate.cutover import comparing, fence, leg_slots, sequences, unfreezing
from ferry.migrate.cutover.comparing import Comparison, compare
from ferry.migrate.cutover.fence import Stream
from ferry.migrate.cutover.unfreezing import GivenUpError, OpenedError
from ferry.migrate.verify import comparing as in_tables
from ferry.migrate.verify import kept, newer
from ferry.migrate.verify import verify as comparing_tables
from ferry.migrate.verify.comparing import Settled, Verdict
from ferry.migrate.verify.verify import verify
from ferry.migrate.ways import Direction
from ferry.postgres import PostgresError, Session, connect
from harness.postgres import SUPERUSER
from tests.migration.databases import eventually
from tests.migration.test_verify import seen, server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from psycopg.pq.abc import PGconn

    from ferry.migrate.verify.comparing import Suspect
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.sessions import Sessions
    from tests.migration.databases import Database, Pair


@contextmanager
def session(database: Database, side: str = "Aurora") -> Iterator[Session]:
    """A session of ferry's, as the first superuser."""
    with connect(server(database, side), purpose="test it", read_only=False) as made:
        yield made


SEQUENCES = (
    'create schema "The shop"',
    "create table orders (id bigint generated always as identity primary key)",
    'create sequence "The shop"."it\'s"',
    "create sequence down increment -5 maxvalue 100 start 100",
    "create sequence never",
    "create sequence first start 7",
    "create sequence ahead",
    "create sequence far increment 10 minvalue -50 maxvalue 9000",
    "create temporary sequence gone",
    "create schema ferry",
    "create sequence ferry.own",
)
OF_DMS = (
    "create table awsdms_ddl_audit (c_key bigserial primary key)",
    "create table awsdms_heartbeat (hb_key serial primary key)",
    "create table apart (id bigint generated always as identity primary key)",
    "alter table apart rename to awsdms_validation_failures_v2",
)
"""What DMS makes of its own at one side alone."""
SET = (
    "select setval('orders_id_seq', 41)",
    "select setval('\"The shop\".\"it''s\"', 9223372036854775807)",
    "select setval('down', 25)",
    "select setval('first', 7, true)",
    "select setval('ahead', 5)",
    "select setval('far', -40, false)",
    "select setval('ferry.own', 99)",
)


def test_sequences_are_raised_and_never_lowered(pair: Pair) -> None:
    pair.on_both(*SEQUENCES)
    pair.source.run(*SET, *OF_DMS)
    pair.target.run("select setval('ahead', 9)", "select setval('down', 90)")
    with session(pair.source, "the source") as source, session(pair.target) as target:
        values = sequences.read(source)
        assert len(values) == 7
        assert sequences.raise_to(target, values) == 5
        assert sequences.raise_to(target, values) == 0
        kept = {it.name: (it.last, it.is_called) for it in sequences.read(target)}
    assert kept == {
        "orders_id_seq": (41, True),
        "it's": (9223372036854775807, True),
        "down": (25, True),
        "never": (1, False),
        "first": (7, True),
        "ahead": (9, True),
        "far": (-40, False),
    }
    for name, following in (("orders_id_seq", 42), ("down", 20), ("first", 8), ("far", -40)):
        assert pair.target.value(f"select nextval('{name}')") == following
    assert pair.target.value("select last_value from ferry.own") == 1


def test_more_sequences_than_one_statement_reads(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequences, "_AT_ONCE", 2)
    made = [f"create sequence s{number}" for number in range(5)]
    pair.on_both(*made)
    pair.source.run(*(f"select setval('s{number}', {number + 10})" for number in range(5)))
    with session(pair.source, "the source") as source, session(pair.target) as target:
        assert sequences.raise_to(target, sequences.read(source)) == 5
        assert sequences.raise_to(target, ()) == 0
    assert pair.target.value("select last_value from s4") == 14


def test_a_name_may_have_what_psycopg_takes_for_a_parameters_place(pair: Pair) -> None:
    pair.on_both('create sequence "100%s of {0} and 5% \\ more"')
    pair.source.run("select nextval('\"100%s of {0} and 5% \\ more\"') from generate_series(1, 3)")
    with session(pair.source, "the source") as source, session(pair.target) as target:
        assert sequences.raise_to(target, sequences.read(source)) == 1
        assert sequences.read(target) == sequences.read(source)


def test_a_sequence_that_aurora_lacks_is_named(pair: Pair) -> None:
    pair.source.run("create sequence missing")
    with (
        session(pair.source, "the source") as source,
        session(pair.target) as target,
        pytest.raises(FerryError, match=r"Aurora has not 1 sequence, such as public\.missing"),
    ):
        sequences.raise_to(target, sequences.read(source))


MARKERS = (
    "create schema ferry",
    *(
        f"create table ferry.fence_{task} (id bigint primary key, at timestamptz not null)"
        for task in ("one", "two")
    ),
)


class Carrier(threading.Thread):
    """Carries markers as a task does, some time later."""

    def __init__(self, pair: Pair, task: str, *, seconds: float) -> None:
        super().__init__()
        self.pair, self.table, self.seconds = pair, f"ferry.fence_{task}", seconds
        self.ends = threading.Event()

    def run(self) -> None:
        while not self.ends.wait(0.02):
            rows = self.pair.source.rows(f"select id, at::text from {self.table}")
            there = {key for (key,) in self.pair.target.rows(f"select id from {self.table}")}
            for key, at in rows:
                if key not in there:
                    time.sleep(self.seconds)
                    self.pair.target.run(f"insert into {self.table} values ({key}, '{at}')")


@contextmanager
def carried(pair: Pair, **seconds: float) -> Iterator[list[Stream]]:
    """The streams of tasks that are so many seconds late."""
    pair.on_both(*MARKERS)
    carriers = [Carrier(pair, task, seconds=late) for task, late in seconds.items()]
    with ExitStack() as stack:
        source = stack.enter_context(session(pair.source, "the source"))
        target = stack.enter_context(session(pair.target))
        for carrier in carriers:
            carrier.start()
        yield [
            Stream(
                task=task,
                marker=TableName("ferry", f"fence_{task}"),
                rows=2 if task == "two" else 1,
                written_at=source,
                seen_at=target,
            )
            for task in ("one", "two")
        ]
        for carrier in carriers:
            carrier.ends.set()
            carrier.join()


def test_each_task_brings_its_own_marker_and_two_with_batch_apply(pair: Pair) -> None:
    with carried(pair, one=0.3, two=0.0) as streams:
        taken = fence.arrive(streams, seconds=60)
    assert taken.keys() == {"one", "two"}
    assert taken["one"] >= 0.3
    for task, rows in (("one", 1), ("two", 2)):
        assert pair.target.value(f"select count(*) from ferry.fence_{task}") == rows


def test_a_task_that_brings_nothing_is_named(pair: Pair) -> None:
    with (
        carried(pair, one=0.0) as streams,
        pytest.raises(FerryError, match=r"has not arrived within 1 s by two\."),
    ):
        fence.arrive(streams, seconds=1)


def test_what_is_checked_meanwhile_ends_the_waiting(pair: Pair) -> None:
    def opened() -> None:
        raise FerryError("opened")

    with carried(pair) as streams, pytest.raises(FerryError, match="opened"):
        fence.arrive(streams, seconds=60, check=opened)


def test_a_slot_begins_where_it_is_made_and_an_older_one_is_dropped(pair: Pair) -> None:
    pair.target.run("create table t (id int)")
    with session(pair.target) as target:
        first = leg_slots.make(target, "ferry_back")
        pair.target.run("insert into t values (1)")
        again = leg_slots.make(target, "ferry_back")
        assert first != again
        pair.target.run("insert into t values (2)", "checkpoint")
        changes = pair.target.rows(
            "select data from pg_logical_slot_get_changes('ferry_back', null, null)"
        )
        assert [it for (it,) in changes if "INSERT" in it] == [
            "table public.t: INSERT: id[integer]:2"
        ]
        assert leg_slots.drop(target, "ferry_back")
        assert not leg_slots.drop(target, "ferry_back")


@contextmanager
def read(database: Database, slot: str) -> Iterator[PGconn]:
    """Somebody who reads a slot; he does so by now."""
    parameters = {**database.connection, "replication": "database"}
    reader = psycopg.pq.PGconn.connect(
        " ".join(f"{name}='{value}'" for name, value in parameters.items()).encode()
    )
    try:
        reader.send_query(f"START_REPLICATION SLOT {slot} LOGICAL 0/0".encode())
        at_work = (
            f"select active_pid is not null from pg_replication_slots where slot_name = '{slot}'"
        )
        eventually(lambda: database.value(at_work))
        yield reader
    finally:
        reader.finish()


def test_a_slot_is_dropped_when_its_reader_has_ended(pair: Pair) -> None:
    with session(pair.source, "the source") as source:
        leg_slots.make(source, "ferry_read")
        with read(pair.source, "ferry_read") as reader:
            with pytest.raises(
                FerryError, match=r"ferry_read already, and process [0-9]+ reads it"
            ):
                leg_slots.drop_unread(source, "ferry_read", seconds=1)
            ends = threading.Timer(1.5, reader.finish)
            ends.start()
            assert leg_slots.drop_unread(source, "ferry_read")
            ends.join()
        assert not leg_slots.drop_unread(source, "ferry_read")


def test_a_slot_that_cannot_be_made_in_time_is_not_left_behind(pair: Pair) -> None:
    pair.target.run("create table t (id int)")
    with psycopg.connect(**pair.target.connection) as writes, session(pair.target) as target:  # type: ignore[arg-type]
        writes.execute("insert into t values (1)")
        with pytest.raises(PostgresError):
            leg_slots.make(target, "ferry_back", seconds=1)
        assert pair.target.value("select count(*) from pg_replication_slots") == 0


def test_a_slot_of_another_database_is_left_alone(pair: Pair) -> None:
    with session(pair.target) as target:
        elsewhere = psycopg.connect(
            **{**pair.target.connection, "dbname": SUPERUSER},  # type: ignore[arg-type]
            autocommit=True,
        )
        with elsewhere:
            elsewhere.execute(
                "select pg_create_logical_replication_slot('ferry_back', 'test_decoding')"
            )
            with pytest.raises(
                FerryError, match="ferry_back already, and it is of another database"
            ):
                leg_slots.make(target, "ferry_back")
            elsewhere.execute("select pg_drop_replication_slot('ferry_back')")


ACCESS = (
    "create schema ferry",
    "create table ferry.access (database text primary key, acl text, at timestamptz not null)",
    "create table ferry.journal (id text primary key, run text, phase text)",
)


def opened(target: Session, run: str = "r1") -> int:
    """Open Aurora, as a cutover does."""
    return unfreezing.open_([target], run=run, record_id=f"{run}/x")


def given_up(target: Session, run: str) -> None:
    """Take a cutover back, as far as it stands in Aurora."""
    unfreezing.give_up(
        target,
        databases=[target.server.database],
        keepers=[SUPERUSER],
        run=run,
        record_id=f"{run}/x",
    )


def test_aurora_is_opened_to_whom_was_remembered(pair: Pair) -> None:
    pair.target.run(*ACCESS, "create role h_app login", "create role h_boss")
    try:
        with session(pair.target) as target:
            with pytest.raises(FerryError, match=r"is not known: ferry\.access has nobody"):
                opened(target)
            pair.target.run(
                f'revoke all on database "{pair.target.name}" from public',
                "insert into ferry.access values (current_database(), array["
                "makeaclitem(0, 10, 'TEMPORARY', false), makeaclitem('h_app'::regrole, 10, 'CONNECT', false), "
                "makeaclitem('h_boss'::regrole, 10, 'CREATE', true)]::aclitem[]::text, now())",
            )
            before = unfreezing.acl(target)
            with pytest.raises(FerryError, match="has no record r1/x of the run r1"):
                opened(target)
            pair.target.run(
                "insert into ferry.journal values ('r1/x', 'r1', null), ('r2/x', 'r2', 'frozen')"
            )
            with pytest.raises(FerryError, match="The rollback r2 has closed Aurora"):
                opened(target)
            assert unfreezing.acl(target) == before
            pair.target.run("update ferry.journal set phase = 'thawed' where run = 'r2'")
            assert opened(target) == 3
            acl = unfreezing.acl(target)
            assert opened(target) == 3
            assert unfreezing.acl(target) == acl
        assert before == "{postgres=CTc/postgres}"
        assert acl == ("{postgres=CTc/postgres,=T/postgres,h_app=c/postgres,h_boss=C*/postgres}")
        with psycopg.connect(**pair.target.connection) as other:  # type: ignore[arg-type]
            other.execute("set role h_app")
            with session(pair.target) as clerk:
                clerk.execute("set role h_app")
                with pytest.raises(PostgresError):
                    opened(clerk)
    finally:
        pair.target.run("drop owned by h_app, h_boss", "drop role h_app, h_boss")


def test_a_cutover_opens_aurora_or_is_taken_back(pair: Pair) -> None:
    pair.target.run(*ACCESS, "create role h_app login")
    try:
        pair.target.run(
            f'revoke all on database "{pair.target.name}" from public',
            "insert into ferry.access values (current_database(), array["
            "makeaclitem('h_app'::regrole, 10, 'CONNECT', false)]::aclitem[]::text, now())",
            "insert into ferry.journal (id, run) values ('r1/x', 'r1'), ('r2/x', 'r2'), ('r2/y', 'r2')",
        )
        with session(pair.target) as target:
            closed = unfreezing.acl(target)
            given_up(target, "r1")
            given_up(target, "r1")
            with pytest.raises(GivenUpError, match="The cutover r1 was taken back"):
                opened(target)
            # nor by the rights that a rollback before it has kept
            with pytest.raises(GivenUpError), target.transaction():
                unfreezing.opens(target, run="r1", record_id="r1/x")
            assert unfreezing.acl(target) == closed
            with pytest.raises(FerryError, match="has no record r3/x of the run r3"):
                given_up(target, "r3")

            assert opened(target, "r2") == 1
            with pytest.raises(OpenedError, match="The cutover r2 has opened Aurora"):
                given_up(target, "r2")
            # one that an older ferry has opened has no phase
            with pytest.raises(FerryError, match="h_app may connect to "):
                given_up(target, "r1")
        assert pair.target.rows("select id, phase from ferry.journal order by id") == [
            ("r1/x", "thawed"),
            ("r2/x", "opened"),
            ("r2/y", None),
        ]
    finally:
        pair.target.run("drop owned by h_app", "drop role h_app")


def test_only_a_difference_that_was_proved_can_be_accepted(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    pair.on_both(
        "create table same (id int primary key, a text)",
        "create table differs (id int primary key, a text)",
        "create table lacks (id int primary key, a text)",
        "insert into same values (1, 'x')",
    )
    pair.source.run("insert into differs values (1, 'x')")
    pair.target.run("drop table lacks")
    tables = [TableName("public", name) for name in ("differs", "lacks")]

    def compared(*accepted: TableName) -> Comparison:
        return compare(
            [seen(pair)],
            environment="dev",
            direction=Direction.FORWARD,
            accepted=accepted,
            mend=lambda result: str(result.verdict),
        )

    # what could not be compared stays refused, with its reason
    with pytest.raises(FerryError, match=r"public\.lacks is not verified: .*public\.lacks\. not"):
        compared(*tables)
    pair.source.run("drop table lacks")
    with pytest.raises(FerryError, match=r"public\.differs is different\. different"):
        compared(tables[1])
    found = compared(tables[0])
    assert found.accepted == ("public.differs",)
    assert found.said == "1 table is the same; not the same, and accepted: public.differs"
    assert {it["verdict"] for it in found.tables} == {"same", "different"}


def test_for_what_was_the_same_there_may_be_no_time_and_for_nothing_else(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    pair.on_both(
        *(f"create table {name} (id int primary key, a text)" for name in ("big", "small", "new")),
        "insert into big select n, 'x' from generate_series(1, 5000) n",
        "insert into small values (1, 'x')",
    )
    scope = seen(pair)
    assert not isinstance(scope.identity, str)
    where = kept.where("dev", scope.database, scope.identity, Direction.FORWARD)
    before = kept.opened(where, scope.plans, scope.ways, resume=True, is_run=False)
    known = replace(scope, plans=tuple(it for it in scope.plans if it.name.table != "new"))
    list(verify([known], settling=lambda *_: None, kept={scope.database: before}))

    def compared(
        *, seconds: float | None = None, most_seconds: float | None = None, kept_back: str = ""
    ) -> Comparison:
        return compare(
            [scope],
            environment="dev",
            direction=Direction.FORWARD,
            accepted=[TableName("public", "big")],
            mend=lambda result: str(result.verdict),
            seconds=seconds,
            most_seconds=most_seconds,
            may_be_left=lambda plan, _at: plan.name.table != kept_back,
        )

    # what nobody has compared before is, whatever the time; the others are left, and named
    found = compared(seconds=0)
    assert [it["table"][1] for it in found.tables] == ["new"]
    assert found.left == ((scope.database, TableName("public", "small")), (scope.database, TableName("public", "big")))  # fmt: skip
    assert found.said == "1 table is the same; no time was left for public.small, public.big"
    # nor is one that was the same and may not be left
    found = compared(seconds=0, kept_back="small")
    assert [it["table"][1] for it in found.tables] == ["small"]
    assert {table.table for _, table in found.left} == {"big", "new"}
    with pytest.raises(FerryError, match=r"to compare public\.new, public\.small, public\.big"):
        compared(most_seconds=0)
    found = compared(seconds=60)
    assert (len(found.tables), found.left) == (3, ())

    # what is seen to differ is not left, and cannot be accepted: by the counts, by newer rows, by a sum of all
    def asleep(sessions: Sessions, *_: object, **__: object) -> NoReturn:
        sleep = SQL("select pg_sleep(60)").format()
        sessions.both(sleep, sleep, seconds=90)
        raise AssertionError

    def is_told() -> None:
        with pytest.raises(FerryError, match=r"public\.big is not verified: Both sides differ, and no time"):  # fmt: skip
            compared(seconds=2)

    pair.target.run("delete from big where id = 1")
    with monkeypatch.context() as patch:
        patch.setattr(comparing_tables, "compare", asleep)
        is_told()
    pair.target.run("insert into big values (1, 'y')")
    with monkeypatch.context() as patch:
        patch.setattr(newer, "conclude", asleep)
        is_told()
    with monkeypatch.context() as patch:
        patch.setattr(comparing_tables, "compare_newer", lambda *_, **__: None)
        patch.setattr(in_tables, "_descend", asleep)
        is_told()


def test_rows_that_were_on_their_way_are_compared_first_by_their_keys(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    pair.on_both(
        "create table a_quiet (id int primary key, a text)",
        "create table moves (id int, of text, a text, primary key (id, of))",
        "insert into moves select n, 'x', 'y' from generate_series(1, 50) n",
    )
    pair.source.run("update moves set a = 'z' where id in (3, 7)")
    scope = seen(pair)
    assert not isinstance(scope.identity, str)
    where = kept.where("dev", scope.database, scope.identity, Direction.FORWARD)

    def opened(*, is_run: bool) -> kept.Kept:
        return kept.opened(where, scope.plans, scope.ways, resume=True, is_run=is_run)

    def moving(_sessions: Sessions, _plan: Plan, suspects: Sequence[Suspect]) -> Settled:
        return Settled(moving=tuple(suspects), why="Still moving.")

    found = verify([scope], settling=lambda *_: moving, kept={scope.database: opened(is_run=True)})
    assert {str(it.table): str(it.verdict) for it in found} == {
        "public.a_quiet": "same",
        "public.moves": "not proved",
    }
    (plan,) = [it for it in scope.plans if it.name.table == "moves"]
    passed, last = opened(is_run=False).last_pass(plan), opened(is_run=False).last_found(plan)
    assert passed is not None
    assert set(passed.moving) == {("3", "x"), ("7", "x")}
    assert last is not None
    assert last[0] is Verdict.NOT_PROVED
    assert "z" not in (tmp_path / "ferry/dev/verify.app.json").read_text().split('"moving"')[1]

    def compared() -> Comparison:
        return compare(
            [scope],
            environment="dev",
            direction=Direction.FORWARD,
            accepted=(),
            mend=lambda result: str(result.verdict),
        )

    # neither side has written them since
    with pytest.raises(FerryError, match=r"public\.moves is different\. different"):
        compared()
    list(verify([scope], settling=lambda *_: moving, kept={scope.database: opened(is_run=True)}))
    pair.target.run("update moves set a = 'z' where id in (3, 7)")
    # one at a time: of several, the quick one ends first, whichever began first
    monkeypatch.setattr(comparing, "_AT_ONCE", 1)
    tables = compared().tables
    assert [it["table"][1] for it in tables] == ["moves", "a_quiet"]
    assert [it["verdict"] for it in tables] == ["same", "same"]
    # as what was written since, and not as a whole
    assert tables[0]["newer"] == [0, 2]
    assert opened(is_run=False).moving == {}
