"""`ferry start` and `ferry stop` as typed, over local AWS and two PostgreSQL servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.migration.databases import eventually

if TYPE_CHECKING:
    from tests.migration.deployed import Deployed

ORDERS = "create table orders (id bigint primary key, what text)"


def test_a_task_is_started_stopped_and_resumed(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.pair.source.run("insert into orders select n, 'x' from generate_series(1, 10) n")

    started = deployed.reached("start", "dev")

    assert started.stderr == ""
    assert started.stdout.splitlines() == [
        f"Starting the tasks of dev, in account {deployed.aws.account}",
        "  Testing DMS's connections; this takes about a minute.",
        "  The task all: start-replication.",
        "  The task all is running.",
        "Next: ferry watch dev",
    ]
    assert started.exit_code == 0
    eventually(lambda: deployed.pair.target.value("select count(*) from orders") == 10)

    stopped = deployed.ferry("stop", "dev")

    assert stopped.stdout.splitlines()[1:] == [
        "  The task all is stopped: NORMAL",
        "Next: before the source's disk is full of write-ahead logs: ferry start dev",
    ]
    deployed.pair.source.run("insert into orders values (11, 'meanwhile')")

    resumed = deployed.reached("start", "dev")

    assert "  The task all: resume-processing." in resumed.stdout.splitlines()
    assert resumed.exit_code == 0
    eventually(lambda: deployed.pair.target.value("select count(*) from orders") == 11)
