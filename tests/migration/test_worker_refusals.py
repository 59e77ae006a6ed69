"""The worker and a target that refuses: whose rights are taken away, or whose disk is full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.migration.databases import (
    CONTROL,
    ENDED,
    Worker,
    eventually,
    full_disk,
)
from tests.migration.test_worker import EXCEPTIONS, ORDERS, arrived, with_marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.migration.databases import Pair

FULL = "could not extend file"
LARGE = "insert into orders select n, repeat('x', 100), null from generate_series(1, 20000) n"


@pytest.fixture
def user(pair: Pair) -> Iterator[str]:
    """A user of the target who owns nothing and may write the orders and the control tables."""
    name = f"dms of {pair.target.name}"[:63]
    pair.on_both(*with_marker(ORDERS))
    pair.target.run(
        f"create role \"{name}\" login password 'canary'",
        f'grant set on parameter session_replication_role to "{name}"',
        f'grant all on all tables in schema public to "{name}"',
        f'grant usage, create on schema {CONTROL} to "{name}"',
    )
    yield name
    pair.target.run(f'drop owned by "{name}" cascade', f'drop role "{name}"')


def job_of(pair: Pair, user: str) -> dict[str, Any]:
    job = pair.job()
    job["target"]["connection"] |= {"user": user, "password": "canary"}
    return job


def test_a_right_that_is_taken_away_costs_the_rows_of_its_table_alone(
    pair: Pair, user: str
) -> None:
    with Worker(job=job_of(pair, user)) as worker:
        worker.wait_running()
        pair.target.run(f'revoke insert on orders from "{user}"')
        pair.source.run("insert into orders values (1, 'x', null)")
        arrived(pair)
        pair.target.run(f'grant insert on orders to "{user}"')
        pair.source.run("insert into orders values (2, 'x', null)")
        arrived(pair, 2)
        assert worker.stop()["status"] == "stopped"
    assert pair.target.rows("select id from orders") == [(2,)]
    assert pair.target.rows(EXCEPTIONS) == [("orders", "permission denied for table orders")]


def test_without_the_right_to_its_own_tables_a_task_fails_and_loses_nothing(
    pair: Pair, user: str
) -> None:
    state = f"{CONTROL}.awsdms_txn_state"
    with Worker(job=job_of(pair, user)) as worker:
        worker.wait_running()
        pair.target.run(f'revoke update on {state} from "{user}"')
        pair.source.run("insert into orders values (1, 'x', null)")
        ended = worker.end()
    assert (ended["status"], ended["message"]) == (
        "failed",
        "permission denied for table awsdms_txn_state",
    )
    assert pair.target.value("select count(*) from orders") == 0
    pair.target.run(f'grant update on {state} to "{user}"')
    with Worker(job=worker.resumed()) as again:
        again.wait_running()
        arrived(pair)
        again.stop()
    assert pair.target.value("select count(*) from orders") == 1
    assert pair.target.rows(EXCEPTIONS) == []


def test_without_the_right_to_connect_a_task_that_is_cut_off_fails(pair: Pair, user: str) -> None:
    with Worker(job=job_of(pair, user)) as worker:
        worker.wait_running()
        pair.target.run(
            f'revoke connect on database "{pair.target.name}" from public',
            f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{user}'",
        )
        pair.source.run("insert into orders values (1, 'x', null)")
        ended = worker.end()
    assert ended["status"] == "failed"
    assert "permission denied for database" in ended["message"]
    assert "canary" not in str(worker.events)


@pytest.mark.parametrize("when", ["load", "changes"])
def test_a_full_disk_is_told_and_waited_for(pair: Pair, when: str) -> None:
    pair.on_both(*with_marker(ORDERS))
    if when == "load":
        pair.source.run(LARGE)
    with Worker(job=pair.job()) as worker:
        if when == "changes":
            worker.wait_running()
        with full_disk(pair.target.server, blocks=256):
            if when == "changes":
                pair.target.run(ENDED)  # a session that was there before may write on
                pair.source.run(LARGE)
            worker.wait(
                lambda event: (
                    event.get("severity") == "E"
                    and event["text"].startswith(FULL)
                    and event["text"].endswith("; tried again from the last checkpoint")
                )
            )
            assert worker.stop()["status"] == "stopped"
            assert pair.target.value("select count(*) from orders") == 0
            with Worker(job=worker.resumed()) as again:
                again.wait(lambda event: event.get("text", "").startswith(FULL))
    with Worker(job=again.resumed()) as last:
        last.wait_running()
        arrived(pair)
        eventually(lambda: last.table("orders")["state"] == "Table completed")
        last.stop()
    assert pair.target.value("select count(*) from orders") == 20000
    assert pair.target.rows(EXCEPTIONS) == []
