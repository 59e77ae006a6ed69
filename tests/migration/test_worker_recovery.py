"""The worker when something ends it, or what it talks to; and what it lets others see."""

from __future__ import annotations

import os
import random
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psycopg
import pytest

from harness.postgres import Postgres
from tests.migration.databases import (
    CONTROL,
    EVERYTHING,
    SECONDS,
    Database,
    Pair,
    Worker,
    eventually,
)
from tests.migration.test_worker import EXCEPTIONS, ORDERS, arrived, with_marker

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLS = 12
SLOTS = (
    "select slot_name, active, confirmed_flush_lsn from pg_replication_slots "
    "where database = current_database()"
)
COUNTED = "create table counted (id bigint primary key, n bigint, written bigint)"


class Writer:
    """Inserts, updates and deletes rows, each in a transaction of its own, until it is left."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        chance = random.Random(4)  # noqa: S311 - the same changes each time
        with psycopg.connect(**self._database.connection, autocommit=True) as connection:  # type: ignore[arg-type]
            number = 0
            while not self._stop.wait(0.001):
                number += 1
                key = chance.randrange(1, 200)
                connection.execute(
                    "insert into counted values (%s, 1, %s) on conflict (id) "
                    "do update set n = counted.n + 1, written = excluded.written",
                    [key, number],
                )
                if chance.random() < 0.1:
                    connection.execute("delete from counted where id = %s", [key])


def test_a_source_that_is_gone_for_a_while_is_waited_for(pair: Pair) -> None:
    with Postgres() as server:
        admin = Database(server=server, name="postgres")
        admin.run(f'create database "{pair.source.name}"')
        own = Pair(source=Database(server=server, name=pair.source.name), target=pair.target)
        own.on_both(*with_marker(ORDERS))
        with Worker(job=own.job()) as worker:
            worker.wait_running()
            server.stop()
            worker.wait(lambda event: "tried again" in event.get("text", ""))
            server.start()
            own.source.run("insert into orders values (1, 'afterwards', null)")
            arrived(own)
            worker.stop()
    assert own.target.rows("select what from orders") == [("afterwards",)]
    assert worker.said("log")[0]["text"].startswith("the source ended the replication")


def test_killed_at_any_moment_nothing_is_lost_or_applied_twice(pair: Pair) -> None:
    pair.on_both(*with_marker(COUNTED))
    chance = random.Random(5)  # noqa: S311 - the same moments each time
    job = pair.job()
    with Writer(pair.source):
        for _ in range(KILLS):
            with Worker(job=job) as worker:
                worker.wait(lambda _: True)
                threading.Event().wait(chance.random() / 2)
                worker.kill()
            job = worker.resumed()
    with Worker(job=job) as worker:
        worker.wait_running()
        arrived(pair)
        worker.stop()
    everything = "select * from counted order by id"
    assert pair.target.rows(everything) == pair.source.rows(everything)
    assert pair.target.rows(EXCEPTIONS) == []


def test_a_stopped_task_keeps_its_slot_and_goes_on_from_its_checkpoint(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        arrived(pair)
        worker.stop()
    ((name, active, _),) = pair.source.rows(SLOTS)
    assert not active
    checkpoint = pair.target.value(f'select "CHECKPOINT" from {CONTROL}.awsdms_txn_state')
    assert checkpoint.startswith("checkpoint:V1#34#0")
    pair.source.run("insert into orders values (1, 'while it was stopped', null)")
    with Worker(job=worker.resumed()) as again:
        again.wait_running()
        arrived(pair, 2)
        again.stop()
    assert pair.target.rows("select what from orders") == [("while it was stopped",)]
    assert [row[0] for row in pair.source.rows(SLOTS)] == [name]


def test_two_tasks_start_beside_each_other_each_with_a_slot_of_its_own(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    jobs = [
        {**pair.job(rules=[{**EVERYTHING[0], "object-locator": {
            "schema-name": "public", "table-name": table}}]), "task": f"TASK-{table}"}
        for table in ("orders", "marker")
    ]  # fmt: skip
    with Worker(job=jobs[0]) as one, Worker(job=jobs[1]) as other:
        for worker in (one, other):
            worker.wait_running()
        pair.source.run("insert into orders values (1, 'x', null)")
        arrived(pair)
        eventually(lambda: pair.target.value("select count(*) from orders") == 1)
        for worker in (one, other):
            worker.stop()
    assert len(pair.source.rows(SLOTS)) == 2
    tasks = f'select "TASK_NAME" from {CONTROL}.awsdms_txn_state order by 1'
    assert pair.target.rows(tasks) == [("TASK-marker",), ("TASK-orders",)]


def test_two_tasks_of_one_name_start_beside_each_other_too(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    schemas = ("dms_one", "dms_other")
    pair.target.run(*(f"create schema {it}" for it in schemas))
    jobs = [
        pair.job(
            settings={"ControlTablesSettings": {"ControlSchema": it}},
            migration_type="cdc",
            origin=it,
        )
        for it in schemas
    ]
    with Worker(job=jobs[0]) as one, Worker(job=jobs[1]) as other:
        for worker in (one, other):
            worker.wait_running()
        assert len(pair.source.rows(SLOTS)) == 2
        for worker in (one, other):
            worker.stop()


def test_a_slot_that_somebody_else_reads_fails_the_task_in_postgresqls_words(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run(f'alter database "{pair.source.name}" set wal_sender_timeout = 2000')
    made = "select lsn::text from pg_create_logical_replication_slot('shared', 'test_decoding')"
    jobs = [
        pair.job(migration_type="cdc", slot="shared", position=begins, task=task)
        # Nothing has to be in the slot that comes before the other's position.
        for task, begins in (("ONE", str(pair.source.value(made))), ("OTHER", "FF/0"))
    ]
    with Worker(job=jobs[0]) as one:
        one.wait_running()
        with Worker(job=jobs[1]) as other:
            ended = other.end()
        assert ended["status"] == "failed"
        assert ended["message"].startswith('replication slot "shared" is active for PID ')
        one.stop()


def test_a_fresh_start_makes_the_slot_anew(pair: Pair) -> None:
    settings = {"FullLoadSettings": {"TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD"}}
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("insert into orders values (1, 'x', null)")
    for _ in range(2):
        with Worker(job=pair.job(settings=settings)) as worker:
            worker.wait_running()
            worker.stop()
    assert len(pair.source.rows(SLOTS)) == 1
    assert pair.target.value("select count(*) from orders") == 1


def test_without_its_slot_a_task_cannot_be_resumed(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        worker.stop()
    ((name, _, _),) = pair.source.rows(SLOTS)
    pair.source.run(f"select pg_drop_replication_slot('{name}')")
    with Worker(job=worker.resumed()) as again:
        ended = again.end()
    assert ended["message"] == f"the replication slot {name} does not exist"


def test_a_slot_that_nobody_moves_does_not_hold_the_wal_while_a_worker_reads(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("create table elsewhere (id integer)")
    exclude = {"rule-type": "selection", "rule-id": "2", "rule-name": "2", "rule-action": "exclude",
               "object-locator": {"schema-name": "public", "table-name": "elsewhere"}}  # fmt: skip
    job = pair.job()
    job["mappings"]["rules"].append(exclude)
    with Worker(job=job) as worker:
        worker.wait_running()
        pair.source.run("insert into elsewhere select generate_series(1, 1000)")
        end = pair.source.value("select pg_current_wal_lsn()::text")
        eventually(
            lambda: pair.source.value(
                f"select confirmed_flush_lsn >= '{end}'::pg_lsn from pg_replication_slots "
                "where database = current_database()"
            )
        )
        worker.stop()


def test_a_named_table_that_is_missing_is_told_until_the_task_is_resumed(pair: Pair) -> None:
    pair.on_both(*with_marker())
    rules = [
        {"rule-type": "selection", "rule-id": str(number), "rule-name": str(number),
         "rule-action": "include", "object-locator": {"schema-name": "public", "table-name": name}}
        for number, name in enumerate(("marker", "late"), 1)
    ]  # fmt: skip
    with Worker(job=pair.job(rules=rules)) as worker:
        worker.wait_running()
        assert worker.table("late")["state"] == "Table does not exist"
        pair.on_both("create table late (id integer primary key)")
        pair.source.run("insert into late values (1)")
        arrived(pair)
        worker.stop()
    assert pair.target.value("select count(*) from late") == 0
    with Worker(job=worker.resumed()) as again:
        again.wait_running()
        pair.source.run("insert into late values (2)")
        arrived(pair, 2)
        again.stop()
    assert pair.target.rows("select id from late order by id") == [(1,), (2,)]


def test_no_table_at_all_fails_the_task_where_the_settings_say_so(pair: Pair) -> None:
    with Worker(
        job=pair.job(settings={"ErrorBehavior": {"FailOnNoTablesCaptured": True}})
    ) as worker:
        ended = worker.end()
    assert ended["status"] == "failed"
    assert ended["message"].startswith("No tables were found at task initialization.")


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("StopTaskCachedChangesNotApplied", "Stop Reason STOPPED_AFTER_FULL_LOAD"),
        ("StopTaskCachedChangesApplied", "Stop Reason STOPPED_AFTER_CACHED_EVENTS"),
    ],
)
def test_a_task_may_stop_between_the_load_and_the_changes(
    pair: Pair, setting: str, reason: str
) -> None:
    pair.on_both(*with_marker(COUNTED))
    pair.source.run("insert into counted select n, 0, 0 from generate_series(1, 1000) n")
    with Worker(job=pair.job(settings={"FullLoadSettings": {setting: True}})) as worker:
        assert worker.end()["reason"] == reason
    pair.source.run("update counted set n = 1")
    with Worker(job=worker.resumed()) as again:
        again.wait_running()
        arrived(pair)
        again.stop()
    assert pair.target.value("select sum(n) from counted") == 1000


def test_a_table_is_loaded_again_while_changes_go_on(pair: Pair) -> None:
    settings = {"FullLoadSettings": {"TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD"}}
    pair.on_both(*with_marker(COUNTED))
    with Worker(job=pair.job(settings=settings)) as worker:
        worker.wait_running()
        with Writer(pair.source):
            pair.target.run("truncate counted")
            worker.tell({"reload": [["public", "counted"]]})
            worker.wait(lambda event: event.get("state") == "Table is being reloaded")
            since = len(worker.events)
            worker.wait(
                lambda event: (
                    (event.get("table"), event.get("state")) == ("counted", "Table completed")
                ),
                since=since,
            )
        arrived(pair)
        worker.stop()
    everything = "select * from counted order by id"
    assert pair.target.rows(everything) == pair.source.rows(everything)
    assert pair.target.rows(EXCEPTIONS) == []


def test_a_worker_ends_with_whoever_started_it(pair: Pair) -> None:
    pair.on_both(*with_marker())
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        assert worker.process.stdin is not None
        worker.process.stdin.close()
        assert worker.process.wait(SECONDS) == 1
    eventually(lambda: pair.source.rows(SLOTS)[0][1] is False)


@pytest.fixture
def restarted(pair: Pair) -> Iterator[tuple[Pair, Postgres]]:
    """A pair whose target is on a server of its own, which may be stopped."""
    with Postgres() as server:
        admin = Database(server=server, name="postgres")
        admin.run(f'create database "{pair.target.name}"')
        target = Database(server=server, name=pair.target.name)
        target.run(f"create schema {CONTROL}")
        yield Pair(source=pair.source, target=target), server


def test_a_target_that_is_gone_for_a_while_is_waited_for(
    restarted: tuple[Pair, Postgres],
) -> None:
    pair, server = restarted
    pair.on_both(*with_marker(ORDERS))
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        server.stop()
        pair.source.run("insert into orders values (1, 'while it was gone', null)")
        worker.wait(lambda event: "tried again" in event.get("text", ""))
        server.start()
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select what from orders") == [("while it was gone",)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"password": "not-the-canary"}, "password authentication failed"),
        ({"dbname": "nowhere"}, 'database "nowhere" does not exist'),
    ],
)
def test_a_refusal_that_stays_fails_the_task_with_the_servers_words(
    pair: Pair, change: dict[str, str], message: str
) -> None:
    pair.on_both(*with_marker())
    job = pair.job()
    job["source"]["connection"] |= change
    with Worker(job=job) as worker:
        ended = worker.end()
    assert ended["status"] == "failed"
    assert message in ended["message"]
    assert "canary" not in str(worker.events)


def test_a_source_without_logical_wal_fails_the_task_with_its_words(pair: Pair) -> None:
    with Postgres(settings={"wal_level": "replica"}) as server:
        plain = Database(server=server, name="postgres")
        plain.run(ORDERS)
        job = Pair(source=plain, target=pair.target).job()
        with Worker(job=job) as worker:
            ended = worker.end()
    assert ended["status"] == "failed"
    assert "logical decoding requires wal_level >= logical" in ended["message"]


def test_the_password_is_in_no_argument_no_variable_and_no_word(pair: Pair) -> None:
    pair.on_both(*with_marker())
    password = pair.source.server.password
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        process = Path("/proc") / str(worker.process.pid)
        seen = (process / "cmdline").read_text() + (process / "environ").read_text()
        worker.stop()
    assert password not in seen
    assert password not in str(worker.events)


def test_what_is_no_command_ends_a_worker(pair: Pair) -> None:
    pair.on_both(*with_marker())
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        assert worker.process.stdin is not None
        worker.process.stdin.write("reload everything\n")
        worker.process.stdin.flush()
        assert worker.process.wait(SECONDS) == 1


def test_a_table_is_told_as_loaded_while_a_larger_one_is_not(pair: Pair) -> None:
    pair.on_both(*with_marker(COUNTED))
    pair.source.run("insert into counted select n, 0, 0 from generate_series(1, 100000) n")
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        worker.stop()
    told = [each["table"] for each in worker.said("table") if each["state"] == "Table completed"]
    assert told == ["marker", "counted"]


def test_what_is_no_job_is_told_in_a_line() -> None:
    with Worker(job={"task": "TASK"}) as worker:
        ended = worker.end()
    assert ended["status"] == "failed"
    assert ended["message"].startswith("not a job: ")


def test_a_signal_to_stop_during_the_load_leaves_the_rest_for_later(pair: Pair) -> None:
    pair.on_both(*with_marker(COUNTED))
    pair.source.run("insert into counted select n, 0, 0 from generate_series(1, 200000) n")
    with Worker(job=pair.job()) as worker:
        worker.wait(lambda event: event.get("state") == "Full load")
        os.kill(worker.process.pid, signal.SIGTERM)
        assert worker.end()["reason"] == "Stop Reason NORMAL"
    with Worker(job=worker.resumed()) as again:
        again.wait_running()
        again.stop()
    assert pair.target.value("select count(*) from counted") == 200000
