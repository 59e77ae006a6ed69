"""`ferry verify` beside others: it makes way, holds no snapshot for long, ends where a server is silent."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from ferry.errors import FerryError
from ferry.migrate.verify import comparing, gentle, newer, ranges, scans
from ferry.migrate.verify.comparing import Kind, Verdict
from ferry.migrate.verify.kept import opened, where
from ferry.migrate.verify.pace import Pace
from ferry.migrate.verify.verify import Nobody, look, verify
from ferry.postgres import UnreachableError, sql
from ferry.postgres.session import _NETWORK
from harness.postgres import Postgres
from tests.migration.databases import Database, Pair, databases, eventually
from tests.migration.deployed import PASSWORD, marker
from tests.migration.test_verify import at_rest, compared, results, seen, sides
from tests.unit.ferry.migrate.tasks import task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task
    from ferry.migrate.verify.comparing import Compared
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.scans import Reading
    from ferry.migrate.verify.sessions import Sessions
    from ferry.migrate.verify.verify import Result
    from tests.migration.deployed import Deployed

A_TABLE = (
    "create table t (id int primary key, v int)",
    "insert into t select n, n from generate_series(1, 1000) n",
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds takes none."""
    monkeypatch.setattr(gentle, "SECONDS_BETWEEN_LOOKS", 0.05)


def slow(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Have the first scans take ten minutes, so many of them."""
    made, numbers = scans.Reading.totals, itertools.count()

    def totals(reading: Reading, cut: scans.Buckets) -> sql.Composed:
        if reading.table.name.table != "t" or next(numbers) >= times:
            return made(reading, cut)
        return sql.SQL("select 0, count(*), pg_sleep(600)::text from {}").format(
            sql.Identifier(*reading.table.name)
        )

    monkeypatch.setattr(scans.Reading, "totals", totals)


@contextmanager
def altering(database: Database, table: str = "t") -> Iterator[list[float]]:
    """Somebody who alters a table as soon as it is scanned; how long each time took."""
    ended, took, known = threading.Event(), list[float](), {None}
    # One that was cancelled stands there until its session asks for something else, or is gone.
    scanned = (
        "select max(concat_ws(' ', query_start, pid)) from pg_stat_activity "
        "where application_name = 'ferry' and query like '%pg_sleep(600)%' "
        "and datname = current_database() and pid <> pg_backend_pid()"
    )

    def alter() -> None:
        while not ended.wait(0.02):
            scan = database.value(scanned)
            if scan not in known:
                known.add(scan)
                began = time.monotonic()
                database.run(f"alter table {table} alter v drop default")
                took.append(time.monotonic() - began)

    thread = threading.Thread(target=alter)
    thread.start()
    try:
        yield took
    finally:
        ended.set()
        thread.join()


def test_a_scan_that_somebody_waits_behind_is_cancelled_and_comes_after_the_others(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.on_both(*A_TABLE, "create table u (id int primary key)")
    slow(monkeypatch, 1)
    monkeypatch.setattr("ferry.migrate.verify.verify.SECONDS_BETWEEN_TRIES", (0.01,))
    began = time.monotonic()

    with altering(pair.source) as took:
        found = list(verify([seen(pair)], settling=at_rest))

    assert [(str(it.table), it.verdict) for it in found] == [
        ("public.u", Verdict.SAME),
        ("public.t", Verdict.SAME),
    ]
    assert len(took) == 1
    assert time.monotonic() - began < 600


def test_a_table_that_somebody_always_waits_for_is_not_verified(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.on_both(*A_TABLE)
    slow(monkeypatch, 99)
    monkeypatch.setattr("ferry.migrate.verify.verify.SECONDS_BETWEEN_TRIES", (0.01,))

    with altering(pair.source) as took:
        (found,) = verify([seen(pair)], settling=at_rest)

    assert found.verdict is Verdict.NOT_VERIFIED
    assert found.why == (
        "Somebody waited behind its scan at the source, so the scan was cancelled. "
        "So were all 2 tries."
    )
    assert len(took) == 2


class Pieces(Nobody):
    """Keeps how far tables were."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.reasons: list[str] = []

    def begins(self, _plan: Plan) -> None:
        self.shares.append(0.0)

    def is_at(self, share: float) -> None:
        self.shares.append(share)

    def waits(self, why: str) -> None:
        self.reasons.append(why)


def test_a_giant_table_is_scanned_by_ranges_of_its_key_and_nothing_is_missed(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.on_both(
        "create table t (id bigint primary key, v int)",
        "insert into t select n * n * n, n from generate_series(-1000, 1000) n",
        "insert into t values (-9223372036854775808, 0), (9223372036854775807, 0)",
        "analyze t",
    )
    whole = compared(results(pair)["public.t"])
    pair.target.run(
        "update t set v = 5 where id in (-9223372036854775808, 9223372036854775807, 0, 27)",
        "delete from t where id = 8",
        "insert into t values (9, 9)",
    )
    monkeypatch.setattr(ranges, "BYTES_OF_A_RANGE", 8192 * 3)
    monkeypatch.setattr(ranges, "_MOST_GROWTH", 1.0)
    pieces = Pieces()

    (found,) = verify([seen(pair)], settling=at_rest, listener=pieces)

    assert compared(found).hashes[0] == whole.hashes[0]
    assert compared(found).rows == (2003, 2003)
    assert {it.key[0] for it in compared(found).found} == {
        "-9223372036854775808", "9223372036854775807", "0", "27", "8", "9",
    }  # fmt: skip
    assert len(pieces.shares) > 5
    assert pieces.shares == sorted(pieces.shares)


def in_ranges(monkeypatch: pytest.MonkeyPatch, *, pages: int) -> list[int | None]:
    """Have tables of more pages be scanned by ranges. Return where each that is scanned begins."""
    made, begins = scans.Reading.between, list[int | None]()

    def between(reading: Reading, first: int | None, end: int | None) -> Reading:
        begins.append(first)
        return made(reading, first, end)

    monkeypatch.setattr(scans.Reading, "between", between)
    monkeypatch.setattr(ranges, "BYTES_OF_A_RANGE", 8192 * pages)
    monkeypatch.setattr(ranges, "_MOST_GROWTH", 1.0)
    return begins


GIANT = (
    "create table giant (id bigint primary key, v text)",
    "insert into giant select n * 100, 'canary' from generate_series(1, 4000) n",
    "analyze giant",
)


def interrupted(monkeypatch: pytest.MonkeyPatch, *, after: int) -> None:
    """Have a scan be interrupted once so many have been done; 0 for never."""
    numbers = itertools.count(1)

    def once(*arguments: Any, **more: Any) -> Compared:  # noqa: ANN401
        if next(numbers) == after + 1:
            raise KeyboardInterrupt
        return comparing.compare(*arguments, **more)

    monkeypatch.setattr(ranges, "compare", once if after else comparing.compare)


def test_a_giant_table_is_gone_on_with_where_its_comparison_did_not_end(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(*GIANT)
    begins = in_ranges(monkeypatch, pages=4)
    whole = json.loads(deployed.reached("verify", "dev", "--json").stdout)["tables"][0]
    all_ = begins[::2]
    begins.clear()
    deployed.pair.target.run("update giant set v = 'other' where id = 200")
    interrupted(monkeypatch, after=4)
    assert deployed.reached("verify", "dev").exit_code == 130
    interrupted(monkeypatch, after=0)
    deployed.pair.target.run(
        "update giant set v = 'late' where id = 200000",
        # What was scanned before is not seen again, and that is said.
        f"update giant set v = 'unseen' where id > {all_[1]} and id < {all_[2]}",
    )
    (file,) = (deployed.folder.parent / "state" / "ferry" / "dev").iterdir()
    kept = file.read_text()
    begins.clear()

    found = deployed.reached("verify", "dev", "--keys")
    scanned = begins[::2]
    begins.clear()
    anew = json.loads(deployed.reached("verify", "dev", "--json").stdout)["tables"][0]

    assert len(all_) > 6
    assert all_ == begins[::2]
    assert scanned == [None, *all_[4:]]
    assert "app: The comparison of public.giant did not end: 3 ranges of its key were the same" in (
        found.stdout
    )
    assert f"UTC on: 3 of {len(all_)} ranges of its key before it was interrupted" in found.stdout
    assert [it.split()[0] for it in found.stdout.splitlines() if it.startswith("      (")] == [
        "(200)", "(200000)",
    ]  # fmt: skip
    assert found.exit_code == 4
    assert anew["rows"] == whole["rows"] == {"source": 4000, "target": 4000}
    assert anew["hash"]["source"] == whole["hash"]["source"]
    assert anew["ranges"] == {"all": len(all_), "taken_over": 0}
    assert anew["differences"]["different"] > 2
    assert "canary" not in kept
    assert file.stat().st_mode & 0o777 == 0o600
    # An end of a range is none of a row's key.
    assert all(it is None or it % 256 == 0 for it in all_)


@pytest.mark.parametrize("side", ["source", "target"])
def test_ranges_of_a_table_that_was_emptied_or_is_another_are_scanned_again(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    deployed.make()
    deployed.prepare(*GIANT)
    in_ranges(monkeypatch, pages=4)
    interrupted(monkeypatch, after=4)
    named = ("verify", "dev", "--table", "public.giant", "--json")
    assert deployed.reached(*named).exit_code == 130
    getattr(deployed.pair, side).run("truncate giant")
    interrupted(monkeypatch, after=0)

    (found,) = json.loads(deployed.reached(*named).stdout)["tables"]

    assert (found["ranges"]["taken_over"], found["verdict"]) == (0, "different")
    assert found["rows"][side] == 0


def test_a_table_that_is_named_is_gone_on_with_unless_all_is_to_be_looked_at(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(*GIANT)
    in_ranges(monkeypatch, pages=4)
    named = ("verify", "dev", "--table", "public.giant", "--json")
    for more, taken_over in (((), 4), (("--from-start",), 0)):
        interrupted(monkeypatch, after=4)
        assert deployed.reached(*named).exit_code == 130
        interrupted(monkeypatch, after=0)
        (found,) = json.loads(deployed.reached(*named, *more).stdout)["tables"]
        assert (found["ranges"]["taken_over"], found["verdict"]) == (taken_over, "same")
    assert deployed.reached("verify", "dev", "--delta").exit_code == 0


def test_a_range_that_somebody_waits_behind_is_tried_again_alone(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.on_both(*A_TABLE, "analyze t")
    monkeypatch.setattr(ranges, "BYTES_OF_A_RANGE", 8192)
    monkeypatch.setattr(ranges, "SECONDS_BETWEEN_TRIES", (0.01,))
    slow(monkeypatch, 1)
    pieces = Pieces()

    with altering(pair.source):
        (found,) = verify([seen(pair)], settling=at_rest, listener=pieces)

    assert (found.verdict, compared(found).rows) == (Verdict.SAME, (1000, 1000))
    assert pieces.shares.count(0.0) == 1
    assert pieces.reasons == [
        "Somebody waited behind its scan at the source, so the scan was cancelled.", "",
    ]  # fmt: skip


def test_the_longest_snapshot_of_a_table_is_told(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.on_both(*A_TABLE)
    made = scans.Reading.totals
    monkeypatch.setattr(
        scans.Reading,
        "totals",
        lambda self, cut: sql.SQL("select x.* from (select pg_sleep(0.5)) s, ({}) x").format(
            made(self, cut)
        ),
    )
    pair.source.run("select txid_current()")

    (found,) = verify([seen(pair)], settling=at_rest)

    assert 0.2 < found.held.seconds < 300
    assert found.held.transactions >= 0


@pytest.fixture
def halting(source_server: Postgres) -> Iterator[Pair]:
    """Two databases; the target's server may be halted."""
    # What tries to connect meanwhile is let go soon afterwards: it is not stopped until then.
    settings = {"authentication_timeout": "2s"}
    with (
        Postgres(settings=settings) as server,
        databases(source_server, server, name="halting") as made,
    ):
        yield made


def test_a_server_that_is_halted_ends_the_run_soon(
    halting: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    halting.on_both(*A_TABLE, "create table u (id int primary key)")
    slow(monkeypatch, 99)
    scope = seen(halting)
    halted = list[int]()

    def halt() -> None:
        sleeping = "select pid from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()"
        eventually(lambda: bool(halting.target.rows(sleeping)))
        pids = halting.target.rows("select pid from pg_stat_activity where pid <> pg_backend_pid()")
        halted.extend([halting.target.server.process_id, *(pid for (pid,) in pids)])
        for pid in halted:
            os.kill(pid, signal.SIGSTOP)
        # From here on nothing answers, however long it is waited for; before, a busy machine is slow.
        monkeypatch.setattr("ferry.postgres.session._SECONDS_TO_CANCEL", 1)
        monkeypatch.setitem(_NETWORK, "connect_timeout", 2)

    thread = threading.Thread(target=halt)
    thread.start()
    began = time.monotonic()
    try:
        found = list(verify([scope], settling=at_rest))
    finally:
        thread.join()
        for pid in halted:
            os.kill(pid, signal.SIGCONT)

    assert time.monotonic() - began < 600
    assert [it.verdict for it in found] == [Verdict.NOT_VERIFIED] * 2
    assert "did not answer any more, so its scan was given up" in found[0].why
    assert "nobody answers there" in found[1].why


TABLES = tuple(
    statement
    for name in "abc"
    for statement in (
        f"create table {name} (id bigint primary key, v text)",
        f"insert into {name} select 424242424242400 + n, 'canary' from generate_series(1, 3) n",
    )
)


def fails_at(monkeypatch: pytest.MonkeyPatch, table: str, error: BaseException | None) -> None:
    """Have the comparison of a table fail; None has it go as it does."""

    def failing(sessions: Sessions, plan: Plan, **more: Any) -> Compared:  # noqa: ANN401
        if error is not None and plan.name.table == table:
            raise error
        return comparing.compare(sessions, plan, **more)

    monkeypatch.setattr("ferry.migrate.verify.verify.compare", failing)


@pytest.mark.parametrize(
    ("error", "status"),
    [(KeyboardInterrupt(), 130), (SystemExit(143), 143), (UnreachableError("The line broke."), 3)],
)
def test_a_run_that_did_not_end_is_gone_on_with(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int
) -> None:
    deployed.make()
    deployed.prepare(*TABLES)
    deployed.pair.target.run("update a set v = 'other'")
    fails_at(monkeypatch, "c", error)
    ended = deployed.reached("verify", "dev")
    fails_at(monkeypatch, "c", None)

    again = deployed.reached("verify", "dev")
    anew = deployed.reached("verify", "dev", "--json")

    assert ended.exit_code == (4 if status == 3 else status)
    said = again.stdout.splitlines()
    assert said[0].startswith("app: Goes on with the run of ")
    assert "which did not end: 1 of 3 tables was the same, scanned from " in said[0]
    assert ["public.b: same" in it for it in said] == ["by the run before" in it for it in said]
    assert any("public.a: different" in it for it in said)
    assert [it["taken_over"] for it in json.loads(anew.stdout)["tables"]] == [False] * 3
    (file,) = (deployed.folder.parent / "state" / "ferry" / "dev").iterdir()
    assert "4242424242" not in file.read_text()
    assert "canary" not in file.read_text()


def test_what_is_taken_over_is_what_is_as_it_was(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(*TABLES, "create table d (id int primary key)")
    fails_at(monkeypatch, "d", KeyboardInterrupt())
    assert deployed.reached("verify", "dev").exit_code == 130
    deployed.pair.on_both("alter table a add more int")
    deployed.pair.target.run("truncate b")

    named = deployed.reached("verify", "dev", "--table", "public.c", "--json")
    interrupted = deployed.reached("verify", "dev")
    fails_at(monkeypatch, "d", None)
    gone_on = json.loads(deployed.reached("verify", "dev", "--json").stdout)

    assert not json.loads(named.stdout)["tables"][0]["taken_over"]
    assert interrupted.exit_code == 130
    assert {it["table"]: it["taken_over"] for it in gone_on["tables"]} == {
        "public.a": True,  # by the second run
        "public.b": False,
        "public.c": True,
        "public.d": False,
    }


def test_all_is_looked_at_again_where_that_is_asked_for(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(*TABLES)
    fails_at(monkeypatch, "c", KeyboardInterrupt())
    assert deployed.reached("verify", "dev").exit_code == 130
    fails_at(monkeypatch, "c", None)

    found = deployed.reached("verify", "dev", "--from-start", "--json")

    assert [it["taken_over"] for it in json.loads(found.stdout)["tables"]] == [False] * 3
    assert found.stderr == ""


def test_progress_of_another_server_is_not_taken_over_and_that_is_said(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(*TABLES)
    fails_at(monkeypatch, "c", KeyboardInterrupt())
    assert deployed.reached("verify", "dev").exit_code == 130
    monkeypatch.setattr("ferry.migrate.verify.asking._IDENTITY", "select '1', '2', '3'")
    fails_at(monkeypatch, "c", None)

    found = deployed.reached("verify", "dev")

    assert "app: Nothing of an earlier run is taken over: " in found.stdout
    assert "verify.app.json is of another server or database." in found.stdout
    assert "by the run before" not in found.stdout
    assert found.exit_code == 0


class Waits:
    """Keeps why something waited, and does something about it."""

    def __init__(self, then: Callable[[], object] = lambda: None) -> None:
        self.reasons: list[str] = []
        self._then = then

    def __call__(self, why: str) -> None:
        if why and why not in self.reasons:
            self.reasons.append(why)
            self._then()


def all_verified(pair: Pair, *tasks: Task, waits: Waits, **limits: Any) -> list[Result]:  # noqa: ANN401
    """What tables came to, where a pace is kept."""
    usual = {"tasks": lambda: tasks, "most_lag_seconds": 60.0, "most_active": 50}
    return list(
        verify(
            [look("app", sides(pair), tasks)],
            settling=at_rest,
            pacing=lambda scope: Pace(sides=scope.sides, waits=waits, **{**usual, **limits}),
        )
    )


def verified(pair: Pair, *tasks: Task, waits: Waits, **limits: Any) -> Result:  # noqa: ANN401
    """What the one table came to."""
    (found,) = all_verified(pair, *tasks, waits=waits, **limits)
    return found


def test_a_scan_waits_while_replication_is_late(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ferry.migrate.verify.pace._SECONDS_BETWEEN_LOOKS", 0.01)
    pair.on_both("create schema ferry", marker(), *A_TABLE)

    def arrives() -> None:
        ((key, at),) = pair.source.rows("select id, at::text from ferry.fence_all")
        pair.target.run(f"insert into ferry.fence_all values ({key}, '{at}')")

    waits = Waits(arrives)
    found = verified(pair, task(status="running"), waits=waits, most_lag_seconds=0.0)

    assert found.verdict is Verdict.SAME
    (why,) = waits.reasons
    assert re.fullmatch(
        r"for replication: the marker of all, written \d+ s ago, has not arrived \(--max-lag 0\)",
        why,
    )
    assert verified(pair, task(), waits=waits, most_lag_seconds=0.0).verdict is Verdict.SAME
    assert len(waits.reasons) == 1


def test_a_pace_that_cannot_be_told_keeps_nobody_from_comparing(pair: Pair) -> None:
    pair.on_both(*A_TABLE)
    waits = Waits()

    def denied() -> list[Task]:
        raise FerryError("The credentials have expired.")

    found = [verified(pair, task(status="running"), waits=waits, **it) for it in (
        {}, {"tasks": denied},
    )]  # fmt: skip

    assert [it.verdict for it in found] == [Verdict.SAME] * 2, "there is no marker"
    assert waits.reasons == []


def test_a_scan_waits_while_the_source_has_much_to_do_and_not_for_ever(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ferry.migrate.verify.pace._SECONDS_BETWEEN_LOOKS", 0.01)
    pair.on_both(*A_TABLE, "create table u (id int primary key)")
    sleeping = "select pid from pg_stat_activity where query = 'select pg_sleep(600)'"

    def work() -> None:
        with suppress(psycopg.errors.AdminShutdown):
            pair.source.run("select pg_sleep(600)")

    working = threading.Thread(target=work)
    working.start()
    eventually(lambda: bool(pair.source.rows(sleeping)))
    waits = Waits()
    with monkeypatch.context() as patch:
        patch.setattr("ferry.migrate.verify.pace.MOST_SECONDS", 0.0)
        never = all_verified(pair, task(), waits=waits, most_active=0)
    waits = Waits(lambda: pair.source.run(f"select pg_terminate_backend(pid) from ({sleeping}) x"))
    found = all_verified(pair, task(), waits=waits, most_active=0)
    working.join()

    said = "for the source: sessions at work there: 1 (--max-active 0)"
    assert [it.why for it in never] == [f"Waited 0 s in vain {said}."] * 2
    assert ([it.verdict for it in found], waits.reasons) == ([Verdict.SAME] * 2, [said])


@pytest.fixture
def passed(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., dict[str, Result]]:
    """Verifies, and keeps what it found; with `is_delta`, what is newer alone."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def again(
        *, is_delta: bool = True, by: Sides | None = None, at_once: int = 1
    ) -> dict[str, Result]:
        scope = look("app", by or sides(pair), [task(status="ready")])
        assert not isinstance(scope.identity, str), scope.identity
        kept = opened(
            where("dev", "app", scope.identity),
            scope.plans,
            scope.ways,
            resume=True,
            is_run=not is_delta,
        )
        found = verify(
            [scope], settling=at_rest, kept={"app": kept}, is_delta=is_delta, at_once=at_once
        )
        return {it.table.table: it for it in found if it.table}

    return again


MANY = tuple(
    statement
    for n in range(12)
    for statement in (
        f"create table m{n:02} (id int primary key, v int)",
        f"insert into m{n:02} select g, g from generate_series(1, 100) g",
    )
)


def test_several_tables_at_once_come_to_the_same(
    pair: Pair, passed: Callable[..., dict[str, Result]]
) -> None:
    pair.on_both(*MANY)
    first = passed(is_delta=False, at_once=4)
    assert {name: it.verdict for name, it in first.items()} == {
        f"m{n:02}": Verdict.SAME for n in range(12)
    }
    pair.target.run("update m03 set v = 0 where id = 7", "delete from m08 where id = 9")
    then = {at_once: passed(at_once=at_once) for at_once in (1, 4)}
    for found in then.values():
        unlike = {name: it for name, it in found.items() if it.verdict is not Verdict.SAME}
        assert {name: dict(compared(it).counts) for name, it in unlike.items()} == {
            "m03": {Kind.DIFFERENT: 1},
            "m08": {Kind.MISSING: 1},
        }
        assert len(found) == 12


def test_who_finds_no_room_beside_the_others_leaves_its_tables_to_them(
    pair: Pair, passed: Callable[..., dict[str, Result]]
) -> None:
    """A role may have as many connections as two at once need: each has one to look, and one to watch."""
    pair.on_both(*MANY)
    pair.source.run(
        f"create role narrow login password '{PASSWORD}' connection limit 3",
        "grant pg_read_all_data, pg_monitor to narrow",
        "grant execute on function pg_control_system to narrow",
    )
    try:
        usual = sides(pair)
        server = replace(usual.source.server, username="narrow", password=PASSWORD)
        limited = replace(usual, source=replace(usual.source, server=server))
        found = passed(is_delta=False, by=limited, at_once=4)
        assert {it.verdict for it in found.values()} == {Verdict.SAME}, next(iter(found.values()))
        assert len(found) == 12
    finally:
        pair.source.run("drop owned by narrow", "drop role narrow")


def test_what_was_written_since_on_either_side_is_found(
    pair: Pair, passed: Callable[..., dict[str, Result]]
) -> None:
    partitioned = "create table p (id int primary key, v int) partition by range (id)"
    pair.on_both(
        *A_TABLE,
        partitioned,
        "create table p1 partition of p default",
        "insert into p select n, n from generate_series(1, 300) n",
        'create table texts (a text collate "C", b date, v int, primary key (a, b))',
        "insert into texts select n, date '2024-01-01' + n, n from generate_series(1, 300) n",
        "create table keyless (v int)",
        "insert into keyless values (1), (1)",
        "create table gone (id int primary key)",
        "insert into gone values (1), (2)",
        "create table other (id int primary key, v int)",
        "insert into other values (1, 1), (2, 2)",
    )
    first = passed(is_delta=False)
    unchanged = passed()
    pair.target.run(
        "update t set v = 0 where id = 5", "vacuum freeze t", "delete from gone where id = 1"
    )
    pair.source.run(
        "insert into t values (1001, 1)",
        "update p set v = 0 where id = 7",
        "insert into texts values ('new', '2024-01-01', 1)",
        "insert into keyless values (2)",
    )
    pair.on_both("update other set v = 3 where id = 1")

    found = passed()

    assert {it.verdict for it in (*first.values(), *unchanged.values())} == {Verdict.SAME}
    assert {name for name, it in unchanged.items() if compared(it).newer is None} == {"keyless"}
    keys = {
        name: [(it.key[0], it.kind) for it in compared(each).found] for name, each in found.items()
    }
    assert keys.pop("keyless")
    assert keys == {
        "t": [("1001", Kind.MISSING), ("5", Kind.DIFFERENT)],
        "p": [("7", Kind.DIFFERENT)],
        "texts": [("new", Kind.MISSING)],
        "gone": [("1", Kind.MISSING)],
        "other": [],
    }
    assert compared(found["t"]).newer == (1, 1)
    assert compared(found["other"]).newer == (1, 1)
    assert compared(found["gone"]).newer is None
    assert {compared(it).newer for it in passed().values() if it.verdict is Verdict.DIFFERENT} == {
        None
    }


def test_what_was_being_written_at_the_pass_is_found_afterwards(
    pair: Pair, passed: Callable[..., dict[str, Result]]
) -> None:
    pair.on_both(*A_TABLE)
    with psycopg.connect(**pair.source.connection) as writer:  # type: ignore[arg-type]
        writer.execute("update t set v = -1 where id = 1")
        writer.execute("savepoint a")
        writer.execute("update t set v = -2 where id = 2")
        pair.source.run(*["select txid_current()"] * 3)
        assert passed(is_delta=False)["t"].verdict is Verdict.SAME

    found = compared(passed()["t"])

    assert [it.key for it in found.found] == [("1",), ("2",)]
    assert found.newer == (2, 0)


@pytest.mark.parametrize("type_", ["mood", "mood[]", "holder", "mood_too"])
def test_a_label_that_was_renamed_is_found_where_no_row_is_newer(
    pair: Pair, passed: Callable[..., dict[str, Result]], type_: str
) -> None:
    value = {"mood[]": "{sad}", "holder": "(sad)"}.get(type_, "sad")
    pair.on_both(
        "create type mood as enum ('sad')",
        "create type holder as (m mood)",
        "create domain mood_too as mood",
        f"create table a (id int primary key, v {type_})",
        f"insert into a values (1, '{value}')",
    )
    first = passed(is_delta=False)["a"]
    pair.target.run("alter type mood rename value 'sad' to 'unhappy'")

    found = compared(passed()["a"])

    assert first.verdict is Verdict.SAME
    assert [(it.key, it.columns) for it in found.found] == [(("1",), ("v",))]


@pytest.mark.parametrize("columns", ["id, v", "id, v, secret"])
def test_rows_are_compared_as_a_whole_where_the_operator_has_rights_on_columns_alone(
    pair: Pair, passed: Callable[..., dict[str, Result]], columns: str
) -> None:
    pair.on_both(
        "create table a (id int primary key, v int, secret int)",
        "insert into a values (1, 1, 1)",
    )
    pair.source.run(
        f"create role limited login password '{PASSWORD}'",
        f"grant select ({columns}) on a to limited",
    )
    try:
        usual = sides(pair)
        server = replace(usual.source.server, username="limited", password=PASSWORD)
        limited = replace(usual, source=replace(usual.source, server=server))
        first = passed(is_delta=False, by=limited)["a"]
        pair.target.run("update a set v = 2")

        found = passed(by=limited)["a"]
    finally:
        pair.source.run("drop owned by limited", "drop role limited")

    assert first.verdict is (Verdict.SAME if "secret" in columns else Verdict.IN_PART)
    assert [it.columns for it in compared(found).found] == [("v",)]


NAMES = {
    "regclass": "meant",
    "regclass[]": "{meant}",
    "named": "meant",
    "named[]": "{meant}",
    "held": "(1,meant)",
    "held[]": '{"(1,meant)"}',
    "around": '("(1,meant)",{meant})',
    "other": "(meant)",
}


def test_names_of_other_things_are_compared_as_a_whole(
    pair: Pair, passed: Callable[..., dict[str, Result]]
) -> None:
    pair.on_both(
        "create table meant (id int primary key)",
        "create domain named as regclass",
        "create type held as (id int, at named)",
        "create type around as (one held, all_ regclass[])",
        "create table other (at regclass)",
    )
    for number, (of_type, value) in enumerate(NAMES.items()):
        pair.on_both(
            f"create table t{number} (id int primary key, at {of_type})",
            f"insert into t{number} values (1, '{value}')",
        )
    tables = [f"t{number}" for number in range(len(NAMES))]
    first = passed(is_delta=False)
    assert {first[it].verdict for it in tables} == {Verdict.SAME}
    pair.target.run("alter table meant rename to another")

    second = passed()

    found = {it: compared(second[it]) for it in tables}
    assert {it: [each.columns for each in of.found] for it, of in found.items()} == {
        it: [("at",)] for it in tables
    }
    assert {of.newer for of in found.values()} == {None}


@pytest.mark.parametrize("patched", ["_MOST_AGE", "MOST_NEWER"])
def test_all_is_compared_where_what_is_newer_cannot_be_told_or_is_too_much(
    pair: Pair,
    passed: Callable[..., dict[str, Result]],
    monkeypatch: pytest.MonkeyPatch,
    patched: str,
) -> None:
    pair.on_both(*A_TABLE)
    passed(is_delta=False)
    pair.on_both("update t set v = 1 where id < 3")
    monkeypatch.setattr(newer, patched, 1)

    assert compared(passed()["t"]).newer is None


def test_a_log_is_told_how_far_it_is(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    deployed.make()
    deployed.prepare(*TABLES)
    monkeypatch.setattr("ferry.cli.verify_progress.SECONDS_BETWEEN_LINES", 0.01)

    lines = deployed.reached("verify", "dev").stdout
    programs = deployed.reached("verify", "dev", "--json")

    said = re.compile(r"^\d+% of \d+ B, .*/s, \d+s to go; public\.[bc]$", re.MULTILINE)
    assert said.search(lines)
    assert said.search(programs.stderr)
    assert json.loads(programs.stdout)["exit_code"] == 0
