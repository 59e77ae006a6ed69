"""`ferry verify` while changes run: what differs is told, what is on its way is not."""

from __future__ import annotations

import itertools
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import psycopg
import pytest

from ferry.errors import FerryError
from ferry.mappings import Mappings
from ferry.migrate.tasks import MigrationType, Settings
from ferry.migrate.verify.comparing import Kind, Settled, Verdict
from ferry.migrate.verify.proving import Proving
from ferry.migrate.verify.verify import chosen, look, verify
from ferry.migrate.watching.tables import TableRow
from tests.migration.databases import eventually
from tests.migration.deployed import PASSWORD, marker, rules
from tests.migration.test_verify import arriving, compared, sides
from tests.unit.ferry.environments import DEV
from tests.unit.ferry.migrate.tasks import task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ferry.mappings import TableName
    from ferry.migrate.tasks import Task
    from ferry.migrate.verify.comparing import Settle, Suspect
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.sessions import Sessions
    from ferry.migrate.verify.verify import Result, Scope
    from tests.migration.databases import Database, Pair
    from tests.migration.deployed import Deployed

ROWS = 3000
QUIET = 1000
"""Rows up to this key are left alone by the writers, and are planted upon."""
TABLES = (
    "create table whole (id int primary key, v int, t text)",
    "create table texts (code text primary key, v int)",
    "create table composite (a int, b date, v int, primary key (b, a))",
    "create table keyless (n int, v text)",
    "create table hot (id int primary key, n bigint)",
    "create table other.lagging (id int primary key, v int)",
)
FILLED = (
    f"insert into whole select n, n, 'x' from generate_series(1, {ROWS}) n",
    f"insert into texts select 'K-' || n, n from generate_series(1, {ROWS}) n",
    f"insert into composite select n, date '2024-01-01' + n, 0 from generate_series(1, {ROWS}) n",
    "insert into keyless select n, 'x' from generate_series(1, 300) n",
    "insert into hot values (1, 0), (2, 0)",
    f"insert into other.lagging select n, 0 from generate_series(1, {ROWS}) n",
)
TWO_TASKS = (
    DEV
    + """
[[dms.tasks]]
name = "lagging"
tables = [{ schema = "other" }]
"""
)
PLANTED = (
    ("update whole set v = v + 1 where id in (1, 500)", "public.whole", ("1",), ("v",)),
    ("", "public.whole", ("500",), ("v",)),
    ("delete from whole where id = 2", "public.whole", ("2",), ()),
    ("insert into whole values (-5, 0, 'extra')", "public.whole", ("-5",), ()),
    ("update texts set v = 0 where code = 'K-7'", "public.texts", ("K-7",), ("v",)),
    ("update texts set code = 'k-8' where code = 'K-8'", "public.texts", ("K-8",), ()),
    ("", "public.texts", ("k-8",), ()),
    ("update composite set v = 9 where a = 3", "public.composite", ("2024-01-04", "3"), ("v",)),
    ("update other.lagging set v = 1 where id = 4", "other.lagging", ("4",), ("v",)),
)  # fmt: skip


class Writer:
    """Writes to all but the planted rows, in one thread, until it is ended."""

    def __init__(self, database: Database, seed: int, *, pause_seconds: float = 0.0) -> None:
        self._ended = threading.Event()
        self._connection: psycopg.Connection[Any] = psycopg.connect(
            **database.connection,  # type: ignore[arg-type]
            autocommit=True,
        )
        self._seed = seed
        self._pause_seconds = pause_seconds
        self.committed = 0
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        numbers = itertools.count(self._seed * 1_000)
        while not self._ended.is_set():
            row = QUIET + 1 + next(numbers) * 7919 % (ROWS - QUIET)
            for statement in (
                f"update hot set n = n + 1 where id = {self._seed % 2 + 1}",
                f"update whole set v = v + 1 where id = {row}",
                f"delete from composite where a = {row}",
                (
                    f"insert into composite values ({row}, date '2024-01-01' + {row}, "
                    f"{self.committed}) on conflict do nothing"
                ),
                f"update texts set v = v + 1 where code = 'K-{row}'",
                f"insert into keyless values ({self._seed * 1_000_000 + self.committed}, 'new')",
                f"update other.lagging set v = v + 1 where id = {row}",
            ):
                self._connection.execute(statement.encode())
                self.committed += 1
                self._ended.wait(self._pause_seconds)


@contextmanager
def stalled(database: Database, statement: str) -> Iterator[None]:
    """Hold a lock that the worker needs for a second, again and again."""
    ended = threading.Event()

    def stall() -> None:
        with psycopg.connect(**database.connection) as connection:  # type: ignore[arg-type]
            while not ended.is_set():
                connection.execute(statement.encode())
                ended.wait(1.0)
                connection.commit()
                ended.wait(0.2)

    thread = threading.Thread(target=stall)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def found_in(stdout: str) -> dict[tuple[str, tuple[str, ...]], tuple[str, ...]]:
    """The columns that differ, by table and key."""
    return {
        (table["table"], tuple(each["key"])): tuple(each["columns"])
        for table in json.loads(stdout)["tables"]
        for each in table["keys"]
    }


def test_each_planted_row_is_found_and_no_other_while_writers_run_and_a_task_lags(
    deployed: Deployed,
) -> None:
    lagging = rules(task="lagging", schema="other")
    deployed.make(
        file=TWO_TASKS,
        tasks={"all": {}, "lagging": {"TableMappings": json.dumps({"rules": lagging})}},
    )
    deployed.pair.on_both("create schema other")
    deployed.prepare(*TABLES, tasks=("all", "lagging"))
    deployed.pair.source.run(
        *FILLED,
        "grant usage on schema other to dms",
        "grant select on all tables in schema other to dms",
    )
    for name in ("all", "lagging"):
        started = deployed.reached("start", "dev", "--task", name)
        assert f"The task {name} is running." in started.stdout, started.output
    eventually(lambda: "dev: 6 same" in deployed.reached("verify", "dev").stdout)
    deployed.pair.target.run(*(statement for statement, *_ in PLANTED if statement))

    with (
        Writer(deployed.pair.source, 1) as one,
        Writer(deployed.pair.source, 2) as other,
        stalled(deployed.pair.target, "lock table other.lagging in share mode"),
    ):
        eventually(lambda: min(one.committed, other.committed) > 100)
        told = deployed.reached("verify", "dev", "--json", "--keys")
        eventually(lambda: min(one.committed, other.committed) > 200)

    assert found_in(told.stdout) == {(table, key): columns for _, table, key, columns in PLANTED}
    assert told.exit_code == 4
    verdicts = {it["table"]: it["verdict"] for it in json.loads(told.stdout)["tables"]}
    assert verdicts["public.keyless"] == verdicts["public.hot"] == "same"


RUNNING = task(status="running")


def _completed(_task: Task, name: TableName) -> TableRow:
    return TableRow(name=name, state="Table completed")


def _verified(
    pair: Pair,
    *tasks: Task,
    statistics: Callable[[Task, TableName], TableRow | None] = _completed,
    seconds_of_a_marker: float = 30.0,
    **more: Any,  # noqa: ANN401 - of Proving
) -> Result:
    scope = look("app", sides(pair), tasks)
    settling = Proving(
        tasks=lambda: tasks,
        statistics=statistics,
        seconds_of_a_marker=seconds_of_a_marker,
        **more,
    )
    (found,) = verify(chosen([scope], ["public.t"]), settling=settling)
    return found


def _differing(pair: Pair, *markers: str) -> None:
    pair.on_both(
        "create schema ferry",
        *map(marker, markers or ("all",)),
        "create table t (id int primary key, v int)",
        "insert into t select n, n from generate_series(1, 10) n",
    )
    pair.target.run("update t set v = 0 where id = 3")


def test_a_difference_is_proved_behind_the_markers_of_all_its_tasks(pair: Pair) -> None:
    _differing(pair, "all", "batch")
    batch = task(name="batch", status="running", settings=Settings(batch_apply=True))
    batch = replace(batch, mappings=_mappings_of("batch"))

    with arriving(pair, "fence_all", "fence_batch"):
        found = _verified(pair, RUNNING, batch)

    assert found.verdict is Verdict.DIFFERENT
    assert [(it.key, it.kind) for it in compared(found).found] == [(("3",), Kind.DIFFERENT)]
    assert pair.source.value("select count(*) from ferry.fence_all") == 1
    assert pair.source.value("select count(*) from ferry.fence_batch") == 2


def _mappings_of(name: str) -> Mappings:
    return Mappings.parse(json.dumps({"rules": rules(task=name)}))


@pytest.mark.parametrize(
    ("tasks", "statistics", "why"),
    [
        (
            [task(status="stopped")],
            _completed,
            "The task all is stopped: what was written at the source since then is not in Aurora.",
        ),
        (
            [task(status="starting")],
            _completed,
            "The task all is starting: what is unlike may be on its way.",
        ),
        (
            [task(status="running", migration_type=MigrationType.LOAD)],
            _completed,
            "The task all is loading: what is unlike may be on its way.",
        ),
        (
            [RUNNING],
            lambda _task, name: TableRow(name=name, state="Table is being reloaded"),
            (
                "DMS says 'Table is being reloaded' of public.t: what is unlike may be on its way. "
                "DMS says 'Table is being reloaded' of ferry.fence_all, by which all is proved to "
                "have caught up."
            ),
        ),
        (
            [RUNNING],
            lambda _task, name: None if name.is_ferrys else _completed(_task, name),
            "DMS says nothing of ferry.fence_all, by which all is proved to have caught up.",
        ),
        ([RUNNING], _completed, "The marker of all has not arrived within 0 s."),
    ],
)
def test_nothing_is_called_different_that_no_marker_proves(
    pair: Pair, tasks: list[Task], statistics: Callable[..., TableRow | None], why: str
) -> None:
    _differing(pair)

    found = _verified(pair, *tasks, statistics=statistics, seconds_of_a_marker=0.2)

    assert (found.verdict, compared(found).moving, compared(found).found) == (
        Verdict.NOT_PROVED,
        1,
        (),
    )
    assert [it.key for it in compared(found).unproved] == [("3",)]
    assert compared(found).why == why


def test_a_task_without_a_marker_proves_nothing(pair: Pair) -> None:
    _differing(pair)
    old = replace(RUNNING, mappings=_mappings_of("elsewhere"))

    assert compared(_verified(pair, old)).why == (
        "The task all carries no marker: docs/upgrading.md says how it gets one."
    )


@pytest.mark.parametrize("status", ["stopped", "failed"])
def test_a_task_that_carries_no_changes_is_at_rest_behind_its_load(pair: Pair, status: str) -> None:
    _differing(pair)
    loaded = task(status=status, migration_type=MigrationType.LOAD)

    assert _verified(pair, loaded).verdict is Verdict.DIFFERENT


def test_a_table_that_was_loaded_again_meanwhile_is_not_called_different(pair: Pair) -> None:
    _differing(pair)
    asked: list[TableName] = []

    def again(_task: Task, name: TableName) -> TableRow:
        asked.append(name)
        row = TableRow(name=name, state="Table completed")
        return replace(row, rows=1) if len(asked) <= 2 else replace(row, state="Full load")

    with arriving(pair, "fence_all"):
        found = _verified(pair, RUNNING, statistics=again)

    assert (found.verdict, compared(found).why) == (
        Verdict.NOT_PROVED,
        "It was loaded again meanwhile.",
    )


def test_dms_that_does_not_answer_proves_nothing(pair: Pair) -> None:
    _differing(pair)

    def silent(_task: Task, _name: TableName) -> TableRow:
        raise FerryError("DMS does not answer.", "Try again.")

    assert compared(_verified(pair, RUNNING, statistics=silent)).why.startswith(
        "DMS does not answer."
    )


def test_what_moves_through_all_rounds_is_still_moving(pair: Pair) -> None:
    _differing(pair)
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            pair.source.run("update t set v = v + 1 where id = 5")
            time.sleep(0.001)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with arriving(pair, "fence_all"):
            found = _verified(pair, RUNNING, rounds=2)
    finally:
        ended.set()
        writer.join()

    # Row 3 differs for good; row 5 is written at the source all the time, and never at Aurora.
    assert [it.key for it in compared(found).found] == [("3",)]
    assert [it.key for it in compared(found).unproved] == [("5",)]
    assert compared(found).why == "Still moving after 2 rounds."
    assert found.verdict is Verdict.DIFFERENT


def test_rows_of_a_table_without_a_key_are_proved_by_how_often_they_are_there(pair: Pair) -> None:
    pair.on_both(
        "create schema ferry",
        marker(),
        "create table t (v int)",
        "insert into t select n % 3 from generate_series(1, 9) n",
    )
    pair.target.run("insert into t values (1), (7)", "delete from t where v = 0")

    with arriving(pair, "fence_all"):
        found = _verified(pair, RUNNING)

    assert compared(found).counts == {Kind.MISSING: 3, Kind.COUNT: 1, Kind.EXTRA: 1}
    assert sorted(it.times or () for it in compared(found).found) == [(0, 1), (3, 0), (3, 4)]


def test_a_count_that_the_source_passes_through_clears_nothing(pair: Pair) -> None:
    """Aurora has one row too many, and as many as the source in the middle of its inserts."""
    pair.on_both(
        "create schema ferry",
        marker(),
        "create table t (v int)",
        "insert into t values (1), (1)",
    )
    pair.target.run("insert into t values (1)")

    def goes_on(why: str) -> None:
        if not why:
            pair.source.run("insert into t values (1)")

    with arriving(pair, "fence_all"):
        found = _verified(pair, RUNNING, rounds=2, waits=goes_on)

    assert (found.verdict, compared(found).why) == (
        Verdict.NOT_PROVED,
        "Still moving after 2 rounds.",
    )


@pytest.mark.parametrize("columns", ["id, v", "id, v, w"])
def test_who_may_read_columns_alone_is_told_that_nothing_is_proved(
    pair: Pair, columns: str
) -> None:
    pair.on_both(
        "create schema ferry",
        marker("all"),
        "create table t (id int primary key, v int, w int)",
        "insert into t select n, n, n from generate_series(1, 10) n",
    )
    pair.source.run(
        f"create role limited login password '{PASSWORD}'",
        f"grant select ({columns}) on t to limited",
    )
    usual = sides(pair)
    server = replace(usual.source.server, username="limited", password=PASSWORD)
    limited = replace(usual, source=replace(usual.source, server=server))

    def found() -> Result:
        scope = look("app", limited, [RUNNING])
        settling = Proving(tasks=lambda: [RUNNING], statistics=_completed)
        (it,) = verify(chosen([scope], ["public.t"]), settling=settling)
        return it

    try:
        alike = found()
        pair.target.run("update t set v = 0 where id = 3")
        unlike = found()
    finally:
        pair.source.run("drop owned by limited", "drop role limited")

    assert alike.verdict is (Verdict.SAME if "w" in columns else Verdict.IN_PART)
    assert (unlike.verdict, compared(unlike).moving) == (Verdict.NOT_PROVED, 1)
    assert "xmin, which limited may not read of the source's public.t" in compared(unlike).why


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_row_that_a_damaged_index_hides_is_not_taken_for_one_on_its_way(
    pair: Pair, side: str
) -> None:
    pair.on_both(
        "create schema ferry",
        marker("all"),
        "create table t (id int primary key, v int)",
        "insert into t select n, 1 from generate_series(1, 2000) n",
    )
    ready = "update pg_index set indisready = {} where indexrelid = 't_pkey'::regclass"
    one: Database = getattr(pair, side)
    one.run(ready.format("false"), "insert into t values (3000, 1)", ready.format("true"))

    with arriving(pair, "fence_all"):
        found = _verified(pair, RUNNING)

    assert found.verdict is Verdict.NOT_VERIFIED
    where = {"source": "at the source", "target": "in Aurora"}[side]
    assert f"Of the rows looked at {where} there are" in found.why
    assert "REINDEX the table" in found.why


def test_a_row_that_a_damaged_index_hides_is_not_proved_to_be_missing(pair: Pair) -> None:
    pair.on_both(
        "create schema ferry",
        marker("all"),
        "create table t (code text primary key, v int)",
        "insert into t select n, 1 from generate_series(1, 2000) n",
    )
    ready = "update pg_index set indisready = {} where indexrelid = 't_pkey'::regclass"
    pair.source.run(ready.format("false"), "insert into t values ('k', 2)", ready.format("true"))
    pair.target.run("insert into t values ('k', 1)", "insert into t values ('extra', 1)")
    proving = Proving(tasks=lambda: [RUNNING], statistics=_completed)

    def arrived(scope: Scope, plan: Plan) -> Settle | None:
        """Settles the suspects when the row has arrived that was on its way."""
        settle = proving(scope, plan)
        assert settle is not None
        pair.target.run("update t set v = 1 where code = 'k'")

        def settled(sessions: Sessions, plan: Plan, suspects: Sequence[Suspect]) -> Settled:
            pair.target.run("update t set v = 2 where code = 'k'")
            return settle(sessions, plan, suspects)

        return settled

    def found() -> Result:
        with arriving(pair, "fence_all"):
            (it,) = verify([look("app", sides(pair), [RUNNING])], settling=arrived)
        return it

    damaged = found()
    pair.source.run("reindex table t")
    mended = found()

    assert damaged.verdict is Verdict.NOT_VERIFIED
    assert "The index of its key does not lead to 1 row at the source" in damaged.why
    assert [it.key for it in compared(mended).found] == [("extra",)]
