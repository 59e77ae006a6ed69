"""The worker when a server is slow, is waited for, or no longer answers."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from local_aws.dms_worker import databases, stream
from local_aws.dms_worker.databases import connect_source
from local_aws.dms_worker.job import Endpoint
from local_aws.dms_worker.stream import Replication
from tests.migration.databases import CONTROL, Worker, eventually
from tests.migration.proxy import Proxy
from tests.migration.test_worker import EXCEPTIONS, ORDERS, arrived, with_marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.migration.databases import Database, Pair

WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


@pytest.fixture
def somebody(pair: Pair) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A session at the target that holds a lock on the orders until it is committed."""
    pair.on_both(*with_marker(ORDERS))
    with psycopg.connect(**pair.target.connection) as connection:  # type: ignore[arg-type]
        yield connection


def through(database: Database, proxy: Proxy) -> dict[str, str]:
    """A connection's parameters by way of a proxy."""
    return {**database.connection, "port": str(proxy.port)}


def read_for_ever(replication: Replication) -> None:
    while True:
        replication.read(0.1)


def test_the_source_is_answered_while_a_transaction_waits_longer_than_its_timeout(
    pair: Pair, somebody: psycopg.Connection[tuple[object, ...]]
) -> None:
    pair.source.run(f"alter database \"{pair.source.name}\" set wal_sender_timeout = '3s'")
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        somebody.execute("lock table orders")
        pair.source.run("insert into orders values (1, 'x', null)")
        eventually(lambda: pair.target.value(WAITING) == 1)
        time.sleep(9)  # three times the timeout
        somebody.commit()
        arrived(pair)
        worker.stop()
    assert worker.said("log") == []
    assert pair.target.value("select count(*) from orders") == 1


@pytest.mark.parametrize("when", ["load", "changes"])
def test_a_stop_does_not_wait_for_somebody_elses_lock_and_loses_nothing(
    pair: Pair, somebody: psycopg.Connection[tuple[object, ...]], when: str
) -> None:
    insert = "insert into orders values (1, 'x', null)"
    if when == "load":
        pair.source.run(insert)
        somebody.execute("lock table orders")
    with Worker(job=pair.job()) as worker:
        if when == "changes":
            worker.wait_running()
            somebody.execute("lock table orders")
            pair.source.run(insert)
        eventually(lambda: pair.target.value(WAITING) == 1)
        assert worker.stop()["reason"] == "Stop Reason NORMAL"
    somebody.commit()
    with Worker(job=worker.resumed()) as again:
        again.wait_running()
        arrived(pair)
        again.stop()
    assert pair.target.value("select count(*) from orders") == 1
    assert pair.target.rows(EXCEPTIONS) == []


def test_a_stop_does_not_wait_for_transactions_that_a_new_slot_waits_for(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    with psycopg.connect(**pair.source.connection) as open_one:  # type: ignore[arg-type]
        open_one.execute("insert into orders values (1, 'x', null)")
        with Worker(job=pair.job()) as worker:
            eventually(lambda: pair.source.value(WAITING) == 1)
            assert worker.stop()["reason"] == "Stop Reason NORMAL"
        open_one.rollback()
    eventually(
        lambda: (
            pair.source.rows(
                "select 1 from pg_replication_slots where database = current_database()"
            )
            == []
        )
    )


def test_connections_that_are_cut_are_made_again(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    with Proxy(pair.source.server.port) as one, Proxy(pair.target.server.port) as other:
        job = pair.job()
        job["source"]["connection"] = through(pair.source, one)
        job["target"]["connection"] = through(pair.target, other)
        with Worker(job=job) as worker:
            worker.wait_running()
            for number, proxy in enumerate((one, other), 1):
                proxy.reset()
                pair.source.run(f"insert into orders values ({number}, 'x', null)")
                arrived(pair, number)
            worker.stop()
    assert len(worker.said("log")) == 2
    assert all(
        event["text"].endswith("; tried again from the last checkpoint")
        for event in worker.said("log")
    )
    assert pair.target.value("select count(*) from orders") == 2
    assert pair.target.rows(EXCEPTIONS) == []


def test_a_source_that_falls_silent_ends_the_replication(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_SECONDS_OF_SILENCE", 3.0)
    with Proxy(pair.source.server.port) as proxy:
        endpoint = Endpoint(connection=through(pair.source, proxy))
        replication = Replication(endpoint, threading.Event())
        begins, _ = replication.create_slot("silent", temporary=True)
        replication.start("silent", begins)
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            assert replication.read(0.1) == []
        proxy.swallow()
        with pytest.raises(
            psycopg.OperationalError, match=r"^the source has not answered for 3 seconds$"
        ):
            read_for_ever(replication)
        replication.close()


def test_a_statement_whose_server_no_longer_answers_fails(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_SECONDS_BETWEEN_PROBES", 0.5)
    with Proxy(pair.source.server.port) as proxy:
        endpoint = Endpoint(connection=through(pair.source, proxy))
        with connect_source(endpoint, threading.Event()) as connection:
            assert connection.execute("select 1 from pg_sleep(2)").fetchall() == [(1,)]
            proxy.swallow()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("select 1")


def test_a_transaction_of_many_rows_is_applied_and_told_as_one(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run("insert into orders select n, 'x', null from generate_series(1, 20000) n")
        os.kill(worker.process.pid, signal.SIGTERM)
        assert worker.end()["reason"] == "Stop Reason NORMAL"
    assert pair.target.value("select count(*) from orders") in (0, 20000)
    with Worker(job=worker.resumed()) as again:
        again.wait_running()
        arrived(pair)
        again.stop()
    assert pair.target.value("select count(*) from orders") == 20000
    assert pair.target.rows(f"select 1 from {CONTROL}.awsdms_apply_exceptions") == []


def test_a_slot_that_is_dropped_under_a_worker_fails_the_task(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        name, pid = pair.source.rows(
            "select slot_name, active_pid from pg_replication_slots where database = current_database()"
        )[0]
        pair.source.run(
            f"select pg_terminate_backend({pid}, 5000)",
            f"select pg_drop_replication_slot('{name}')",
        )
        ended = worker.end()
    assert ended["status"] == "failed"
    assert ended["message"] == f"the replication slot {name} does not exist"
