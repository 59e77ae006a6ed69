"""Validation: which tables are compared, and what is said of rows that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.migration.databases import CONTROL, Worker, eventually
from tests.migration.test_worker import LIMITED_TO_1_KB, ORDERS, arrived, with_marker
from tests.migration.test_worker_filters import OF_2020
from tests.migration.test_worker_filters import ORDERS as ORDERS_OF_YEARS
from tests.migration.test_worker_recovery import COUNTED, Writer

if TYPE_CHECKING:
    from tests.migration.databases import Pair

VALIDATES = {"ValidationSettings": {"EnableValidation": True}}
FAILURES = (
    'select "KEY", "FAILURE_TYPE" from {}.awsdms_validation_failures_{} '
    'where "TABLE_NAME" = \'orders\' order by "KEY"'
)


def validation(worker: Worker, table: str = "orders") -> dict[str, Any]:
    found: dict[str, Any] = worker.table(table)["validation"]
    return found


def becomes(worker: Worker, state: str, table: str = "orders") -> None:
    eventually(lambda: validation(worker, table)["state"] == state)


@pytest.mark.parametrize(("version", "failures"), [("3.5.4", "v1"), ("3.6.1", "v2")])
def test_rows_that_differ_are_told_and_rows_that_move_are_not(
    pair: Pair, version: str, failures: str
) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("insert into orders select n, 'x', now() from generate_series(1, 500) n")
    with Worker(job=pair.job(settings=VALIDATES, engine_version=version)) as worker:
        worker.wait_running()
        becomes(worker, "Validated")
        pair.target.run(
            "update orders set what = 'y' where id = 1",
            "delete from orders where id = 2",
            "insert into orders values (501, 'x', null)",
        )
        pair.source.run("update orders set what = 'z' where id > 400")  # so it is compared again
        becomes(worker, "Mismatched records")
        assert validation(worker) == {"state": "Mismatched records", "pending": 0, "failed": 3}
        assert pair.target.rows(FAILURES.format(CONTROL, failures)) == [
            ("{1}", "RECORD_DIFF"),
            ("{2}", "MISSING_TARGET"),
            ("{501}", "MISSING_SOURCE"),
        ]
        pair.target.run("delete from orders where id = 501")
        pair.source.run(
            "update orders set what = 'z' where id = 1",
            "delete from orders where id = 2",
        )
        becomes(worker, "Validated")
        assert pair.target.rows(FAILURES.format(CONTROL, failures)) == []
        worker.stop()


def test_what_is_carried_otherwise_is_compared_as_it_is_carried(pair: Pair) -> None:
    pair.on_both(
        *with_marker(
            ORDERS_OF_YEARS,
            "create table values_ (id integer primary key, t text, n numeric, d date)",
        )
    )
    pair.source.run(
        "insert into orders values (1, 2019, 'x'), (2, 2020, 'x')",
        "insert into values_ values (1, repeat('x', 2000), 1.23456789, 'infinity')",
    )
    settings = {**VALIDATES, **LIMITED_TO_1_KB}
    rules = [*pair.job()["mappings"]["rules"], OF_2020]
    with Worker(job=pair.job(rules=rules, settings=settings)) as worker:
        worker.wait_running()
        becomes(worker, "Validated")
        becomes(worker, "Validated", "values_")
        worker.stop()
    assert pair.target.value("select count(*) from orders") == 1


def test_tables_that_cannot_be_compared_say_why(pair: Pair) -> None:
    pair.on_both(
        *with_marker(
            "create table keyless (a integer)",
            "create table listed (a integer[])",
            "create table unlike (id integer primary key, t varchar(9))",
        )
    )
    pair.target.run("alter table unlike drop column id", "alter table unlike add id integer")
    pair.source.run("insert into unlike values (1, 'x')")
    with Worker(job=pair.job(settings=VALIDATES)) as worker:
        worker.wait_running()
        becomes(worker, "No primary key", "keyless")
        becomes(worker, "Table error", "listed")
        becomes(worker, "Validated", "unlike")
        pair.target.run("alter table unlike drop column t")
        pair.source.run("delete from unlike")
        becomes(worker, "Error", "unlike")
        worker.stop()


def test_a_task_of_the_full_load_alone_is_validated_before_it_ends(pair: Pair) -> None:
    pair.on_both(ORDERS)
    pair.source.run("insert into orders values (1, 'x', null)")
    pair.target.run("insert into orders values (2, 'there before', null)")
    job = pair.job(settings=VALIDATES, migration_type="full-load")
    with Worker(job=job) as worker:
        worker.end()
    assert validation(worker) == {"state": "Mismatched records", "pending": 0, "failed": 1}


def test_large_objects_may_be_left_out_of_it(pair: Pair) -> None:
    pair.on_both(*with_marker("create table documents (id integer primary key, t text)"))
    pair.source.run("insert into documents values (1, 'x')")
    skipping = {"ValidationSettings": {"EnableValidation": True, "SkipLobColumns": True}}
    with Worker(job=pair.job(settings=skipping)) as worker:
        worker.wait_running()
        becomes(worker, "Validated", "documents")
        pair.target.run("update documents set t = 'y'")
        pair.source.run("insert into documents values (2, 'x')")
        arrived(pair)
        eventually(lambda: worker.table("documents")["counts"]["Inserts"] == 1)
        becomes(worker, "Validated", "documents")
        worker.stop()
    assert validation(worker, "documents")["failed"] == 0


def test_nothing_is_told_as_different_while_writers_go_on(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS, COUNTED))
    pair.source.run("insert into orders values (1, 'x', null)")
    with Worker(job=pair.job(settings=VALIDATES)) as worker:
        worker.wait_running()
        with Writer(pair.source):
            becomes(worker, "Validated")
            eventually(lambda: validation(worker, "counted")["state"] != "Pending validation")
        becomes(worker, "Validated", "counted")
        worker.stop()
    states = {event["validation"]["state"] for event in worker.said("table")}
    assert "Mismatched records" not in states
