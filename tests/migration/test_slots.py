"""A task that goes on looks at its replication slot first, as `ferry start` and `ferry status` say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from harness.postgres import SUPERUSER
from tests.migration.databases import eventually
from tests.migration.test_start import ORDERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.migration.deployed import Deployed

SLOT = "select slot_name from pg_replication_slots where database = current_database()"


@pytest.fixture
def stopped(deployed: Deployed) -> Deployed:
    """A task that has loaded, and was stopped; the source got a row since."""
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.pair.source.run("insert into orders values (1, 'before')")
    assert deployed.reached("start", "dev").exit_code == 0
    eventually(lambda: deployed.pair.target.value("select count(*) from orders") == 1)
    deployed.end()
    eventually(lambda: deployed.pair.source.value("select count(*) from pg_stat_replication") == 0)
    deployed.pair.source.run("insert into orders values (2, 'meanwhile')")
    return deployed


def made_anew(deployed: Deployed, name: str) -> None:
    deployed.pair.source.run(
        f"select pg_drop_replication_slot('{name}')",
        f"select pg_create_logical_replication_slot('{name}', 'test_decoding')",
    )


def read_on(deployed: Deployed, name: str) -> None:
    deployed.pair.source.run(
        "checkpoint",  # Only what is flushed is read.
        f"select pg_logical_slot_get_changes('{name}', null, null)",
    )


@pytest.mark.parametrize("somebody", [made_anew, read_on])
def test_a_slot_that_somebody_moved_is_not_gone_on_with(
    stopped: Deployed, somebody: Callable[[Deployed, str], None]
) -> None:
    somebody(stopped, stopped.pair.source.value(SLOT))

    refused = stopped.reached("start", "dev")
    status = stopped.reached("status", "dev")

    assert "are no longer in it." in refused.stdout
    assert (
        "ferry start dev --task all --reload; where nothing was written between: " in refused.stdout
    )
    assert refused.stdout.splitlines()[-1] == "No task is started."
    assert refused.exit_code == 4
    assert "are no longer in it." in status.stdout
    assert status.exit_code == 4
    assert stopped.read()["Status"] == "stopped"

    despite = stopped.reached("start", "dev", "--despite-slot")

    assert "  The task all: resume-processing." in despite.stdout.splitlines()


def test_a_slot_that_is_gone_is_told_before_dms_fails(stopped: Deployed) -> None:
    stopped.pair.source.run(f"select pg_drop_replication_slot('{stopped.pair.source.value(SLOT)}')")

    refused = stopped.reached("start", "dev", "--despite-slot")
    reload = stopped.reached("reload", "dev", "public.orders", "--yes")

    assert "The source has no replication slot of the task all any more." in refused.stdout
    assert refused.exit_code == 4
    assert stopped.read()["Status"] == "stopped"
    assert (
        "The task all is stopped; DMS loads tables again of a task that runs. The source has no "
        "replication slot of the task all any more. Load all its tables again: ferry start dev --task "
        "all --reload"
    ) in " ".join(reload.stderr.split())
    assert reload.exit_code == 3

    watched = stopped.reached("watch", "dev", "--every", "0.3")

    assert (
        "the source has no replication slot of the task all any more. Load all its tables again: ferry "
        "start dev --task all --reload"
    ) in watched.stdout
    assert watched.exit_code == 4


def test_a_task_that_stopped_before_its_slot_was_made_says_so(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    source = deployed.pair.source
    parameters: dict[str, Any] = source.connection
    waiting = "select count(*) from pg_locks where locktype = 'transactionid' and not granted"
    with psycopg.connect(**parameters) as writes:
        writes.execute("insert into orders values (1, 'open')")
        deployed.wait("ready")
        shown = deployed.read()
        ends = [shown["SourceEndpointArn"], shown["TargetEndpointArn"]]
        dms = deployed.aws.dms
        for end in ends:
            dms.test_connection(
                ReplicationInstanceArn=shown["ReplicationInstanceArn"], EndpointArn=end
            )
        eventually(
            lambda: all(
                each["Status"] == "successful"
                for each in dms.describe_connections()["Connections"]
                if each["EndpointArn"] in ends
            )
        )
        dms.start_replication_task(
            ReplicationTaskArn=shown["ReplicationTaskArn"],
            StartReplicationTaskType="start-replication",
        )
        eventually(lambda: bool(source.value(waiting)))
        dms.stop_replication_task(ReplicationTaskArn=shown["ReplicationTaskArn"])
        deployed.wait("stopped")
        writes.rollback()
    halted = deployed.ferry("stop", "dev")

    assert halted.stdout.splitlines()[-1] == (
        "Next: see from where they can go on: ferry status dev"
    )
    eventually(lambda: source.value("select count(*) from pg_replication_slots") == 0)
    said = "The task all stopped before it had carried anything, and has no replication slot."
    anew = "oad all its tables again: ferry start dev --task all --reload"

    refused = deployed.reached("start", "dev")
    status = deployed.reached("status", "dev")
    watched = deployed.reached("watch", "dev", "--every", "0.3")

    assert f"blocked     {said}" in refused.stdout
    assert f"remedy: L{anew}" in refused.stdout
    assert f"  wrong      {said}" in status.stdout.splitlines()
    assert f"t{said[1:]} L{anew}" in watched.stdout
    assert [each.exit_code for each in (refused, status, watched)] == [4, 4, 4]

    begun = deployed.reached("start", "dev", "--reload", given="dev\n")

    assert "  The task all is running." in begun.stdout.splitlines()


def test_who_reads_a_slot_is_named(stopped: Deployed) -> None:
    source = stopped.pair.source
    parameters = {
        **source.connection,
        "application_name": "debezium",
        "replication": "database",
    }
    reader = psycopg.pq.PGconn.connect(
        " ".join(f"{name}='{value}'" for name, value in parameters.items()).encode()
    )
    try:
        reader.send_query(f"START_REPLICATION SLOT {source.value(SLOT)} LOGICAL 0/0".encode())
        eventually(lambda: source.value(SLOT.replace("slot_name", "active")))

        refused = stopped.reached("start", "dev")
    finally:
        reader.finish()

    assert f"is being read: by {SUPERUSER}, debezium, 127.0.0.1, process " in refused.stdout
    assert "select pg_terminate_backend(" in refused.stdout
    assert refused.exit_code == 4


def test_a_slot_whose_write_ahead_log_is_gone_is_of_no_use(stopped: Deployed) -> None:
    source = stopped.pair.source
    source.run(
        "alter system set max_slot_wal_keep_size = '1MB'",
        "select pg_reload_conf()",
    )
    try:
        for _ in range(3):
            source.run(
                "select pg_switch_wal()",
                "insert into orders select max(id) + 1 from orders",
                "checkpoint",
            )
        eventually(lambda: source.value("select wal_status from pg_replication_slots") == "lost")

        refused = stopped.reached("start", "dev", "--despite-slot")
    finally:
        source.run("alter system reset max_slot_wal_keep_size", "select pg_reload_conf()")

    assert "has lost changes that were not carried (" in refused.stdout
    assert (
        "Give slots more room in the source's max_slot_wal_keep_size, then load all"
        in refused.stdout
    )
    assert refused.exit_code == 4


def test_a_task_whose_source_was_idle_goes_on(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    # The worker answers within a third of it.
    deployed.pair.source.run(
        f'alter database "{deployed.pair.source.name}" set wal_sender_timeout = 3000'
    )
    assert deployed.reached("start", "dev").exit_code == 0
    before = deployed.pair.source.value("select pg_current_wal_insert_lsn()")
    deployed.pair.source.run("select pg_switch_wal()", "checkpoint")
    # The slot goes on although nothing is carried.
    eventually(
        lambda: deployed.pair.source.value(
            f"select confirmed_flush_lsn > '{before}' from pg_replication_slots "
            "where database = current_database()"
        )
    )
    deployed.end()

    assert deployed.reached("start", "dev").exit_code == 0
