"""What the constructs write of a task's marker, carried by DMS: its own, and no other's."""

from __future__ import annotations

import json

from constructs_lib.replication.table_mappings import table_mappings
from tests.migration.databases import Pair, Worker, eventually
from tests.unit.constructs_lib.replication_examples import Table, Task

COLUMNS = "(id bigint primary key, at timestamptz not null)"
ITEMS = "create table items (id integer primary key)"
FERRYS = (
    "create schema ferry",
    f'create table ferry."fence_orders-archive" {COLUMNS}',
    f"create table ferry.fence_crm {COLUMNS}",
    "create table ferry.access (database text primary key)",
)
RULES = json.loads(
    table_mappings(
        Task(name="orders-archive", tables=[Table("%")]),
        marker="fence_orders-archive",
        beside=["fence_crm", "fence_orders"],
    )
)["rules"]


def fenced(pair: Pair, id_: int) -> None:
    """Write a row into the marker at the source, and wait until it is at the target."""
    marker = 'ferry."fence_orders-archive"'
    pair.source.run(f"insert into {marker} values ({id_}, now())")
    eventually(lambda: pair.target.value(f"select count(*) from {marker} where id = {id_}") == 1)


def test_a_task_of_every_schema_carries_its_own_marker_and_nothing_else_of_ferrys(
    pair: Pair,
) -> None:
    pair.on_both(*FERRYS, ITEMS)
    pair.source.run("insert into items values (1)", "insert into ferry.access values ('app')")
    with Worker(job=pair.job(rules=RULES)) as worker:
        worker.wait_running()
        pair.source.run(
            "insert into items values (2)", "insert into ferry.fence_crm values (1, now())"
        )
        fenced(pair, 1)
        assert {(it["schema"], it["table"]) for it in worker.said("table")} == {
            ("public", "items"),
            ("ferry", "fence_orders-archive"),
        }
    assert pair.target.value("select count(*) from items") == 2
    assert pair.target.value("select count(*) from ferry.fence_crm") == 0
    assert pair.target.value("select count(*) from ferry.access") == 0


def test_a_marker_that_is_not_there_at_the_start_is_carried_from_the_next_resume_on(
    pair: Pair,
) -> None:
    pair.on_both(ITEMS)
    pair.source.run("insert into items values (1)")
    with Worker(job=pair.job(rules=RULES)) as worker:
        worker.wait_running()
        missing = worker.table("fence_orders-archive", schema="ferry")
        assert missing["state"] == "Table does not exist"
        pair.on_both(*FERRYS)
        pair.source.run("insert into items values (2)")
        worker.stop()
        job = worker.resumed()
    with Worker(job=job) as worker:
        worker.wait_running()
        fenced(pair, 1)
    assert pair.target.value("select count(*) from items") == 2
