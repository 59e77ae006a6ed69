"""A task of changes alone begins at a position of a slot that somebody made for it, on every trip.

The endpoint names the slot, and each start says where in it: `start-replication` with
CdcStartPosition, nothing else. What DMS refuses, local AWS does:
https://docs.aws.amazon.com/dms/latest/APIReference/API_PostgreSQLSettings.html, SlotName
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.migration.databases import eventually
from tests.migration.test_task import make_task
from tests.migration.test_worker import ORDERS, with_marker
from tests.unit.local_aws.aws import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.migration.databases import Database, Pair
    from tests.migration.test_task import DmsTask

__all__ = ["make_task"]

NAME = "ferry_dev_orders_back"
MADE = f"select lsn::text from pg_create_logical_replication_slot('{NAME}', 'test_decoding')"
THERE = f"select confirmed_flush_lsn::text from pg_replication_slots where slot_name = '{NAME}'"
TAKEN = f"select pg_drop_replication_slot('{NAME}')"


def slot(source: Database) -> str:
    """Make the slot; where it begins."""
    return str(source.value(MADE))


def insert(pair: Pair, number: int) -> None:
    pair.source.run(f"insert into orders values ({number}, 'x', null)")


@pytest.fixture
def task(pair: Pair, make_task: Callable[..., DmsTask]) -> DmsTask:
    pair.on_both(*with_marker(ORDERS))
    return make_task(slot=NAME, MigrationType="cdc")


def reached(pair: Pair) -> None:
    """Until what is written now has arrived."""
    number = pair.source.value("insert into marker select count(*) + 1 from marker returning id")
    eventually(lambda: pair.target.value(f"select count(*) from marker where id = {number}") == 1)


def carried(pair: Pair) -> list[int]:
    reached(pair)
    return [row[0] for row in pair.target.rows("select id from orders order by id")]


def test_each_trip_begins_where_its_start_says(pair: Pair, task: DmsTask) -> None:
    insert(pair, 1)
    begins = slot(pair.source)
    insert(pair, 2)
    task.start(CdcStartPosition=begins)
    assert carried(pair) == [2]
    task.stop()
    pair.source.run(TAKEN)
    insert(pair, 3)  # of another trip: nobody carries it
    begins = slot(pair.source)
    insert(pair, 4)
    task.start(CdcStartPosition=begins)
    assert carried(pair) == [2, 4]
    task.stop()
    insert(pair, 5)
    task.start("resume-processing")
    assert carried(pair) == [2, 4, 5]


def test_a_slot_that_is_missing_fails_the_task_and_takes_nothing_away(
    pair: Pair, task: DmsTask
) -> None:
    begins = slot(pair.source)
    task.start(CdcStartPosition=begins)
    insert(pair, 1)
    assert carried(pair) == [1]
    task.stop()
    pair.source.run(TAKEN)

    task.start(CdcStartPosition=begins)

    failed = task.wait("failed")
    assert failed["LastFailureMessage"] == f"the replication slot {NAME} does not exist"
    assert pair.target.value("select count(*) from dms_control.awsdms_txn_state") == 1


def test_a_position_before_the_slots_own_fails_the_task(pair: Pair, task: DmsTask) -> None:
    """PostgreSQL would begin later without a word: the changes between would be missing."""
    before = pair.source.value("select pg_current_wal_insert_lsn()::text")
    insert(pair, 1)
    slot(pair.source)
    stands = pair.source.value(THERE)

    task.start(CdcStartPosition=before)

    failed = task.wait("failed")
    assert failed["LastFailureMessage"] == (
        f"position {before} is before {stands}, from which the replication slot {NAME} has the "
        "changes"
    )
    task.start(CdcStartPosition=stands)
    insert(pair, 2)
    assert carried(pair) == [2]


def test_a_task_is_not_modified_while_it_runs(pair: Pair, task: DmsTask) -> None:
    begins = slot(pair.source)
    task.start(CdcStartPosition=begins)
    reached(pair)
    position = {"ReplicationTaskArn": task.arn, "CdcStartPosition": begins}

    with refused("InvalidResourceStateFault"):
        task.aws.dms.modify_replication_task(**position)

    task.stop()
    task.aws.dms.modify_replication_task(**position)
    eventually(lambda: task.read()["Status"] == "stopped")


def test_a_slot_that_was_there_before_the_task_stays(pair: Pair, task: DmsTask) -> None:
    task.start(CdcStartPosition=slot(pair.source))
    reached(pair)
    task.stop()

    task.aws.dms.delete_replication_task(ReplicationTaskArn=task.arn)

    assert pair.source.value(THERE)
