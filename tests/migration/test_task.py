"""A task of local AWS's DMS between two PostgreSQL servers, told by DMS's calls alone."""

from __future__ import annotations

import json
import os
import signal
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.migration.databases import AS_REPLICA, CONTROL, EVERYTHING, Database, Pair, eventually
from tests.migration.test_worker import ORDERS, arrived, with_marker
from tests.unit.local_aws.aws import Aws, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SETTINGS = {
    "ControlTablesSettings": {"ControlSchema": CONTROL},
    "FullLoadSettings": {"TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD"},
    "Logging": {"EnableLogging": True},
}
SLOTS = "select active from pg_replication_slots where database = current_database()"


@dataclass(frozen=True, kw_only=True, slots=True)
class DmsTask:
    """A task and the calls about it."""

    aws: Aws
    arn: str

    def read(self) -> dict[str, Any]:
        (found,) = self.aws.dms.describe_replication_tasks(
            Filters=[{"Name": "replication-task-arn", "Values": [self.arn]}]
        )["ReplicationTasks"]
        return dict(found)

    def start(self, kind: str = "start-replication", **more: str) -> None:
        self.aws.dms.start_replication_task(
            ReplicationTaskArn=self.arn, StartReplicationTaskType=kind, **more
        )

    def test_connections(self) -> None:
        """Have DMS test both connections, as it wants it before a start."""
        shown = self.read()
        for end in ("SourceEndpointArn", "TargetEndpointArn"):
            self.aws.dms.test_connection(
                ReplicationInstanceArn=shown["ReplicationInstanceArn"], EndpointArn=shown[end]
            )
        found = self.aws.dms.describe_connections
        eventually(lambda: all(it["Status"] == "successful" for it in found()["Connections"]))

    def wait(self, status: str) -> dict[str, Any]:
        eventually(lambda: self.read()["Status"] == status)
        return self.read()

    def stop(self) -> dict[str, Any]:
        self.aws.dms.stop_replication_task(ReplicationTaskArn=self.arn)
        return self.wait("stopped")

    def table(self, name: str) -> dict[str, Any]:
        found = self.aws.dms.describe_table_statistics(ReplicationTaskArn=self.arn)
        return next((dict(row) for row in found["TableStatistics"] if row["TableName"] == name), {})

    def loaded(self, name: str) -> None:
        eventually(lambda: self.table(name).get("TableState") == "Table completed")


def _endpoint(
    aws: Aws, kind: str, database: Database, *, host: str, slot: str | None = None
) -> str:
    secret = {
        "host": host,
        "port": 5432,
        "username": "postgres",
        "password": database.server.password,
    }
    arn = aws.secretsmanager.create_secret(Name=kind, SecretString=json.dumps(secret))["ARN"]
    aws.post("/local-aws/addresses", {host: {"port": database.server.port}})
    made = aws.dms.create_endpoint(
        EndpointIdentifier=kind,
        EndpointType=kind,
        EngineName="postgres" if kind == "source" else "aurora-postgresql",
        DatabaseName=database.name,
        PostgreSQLSettings={
            "SecretsManagerSecretId": arn,
            **({"AfterConnectScript": AS_REPLICA} if kind == "target" else {}),
        },
        **({"ExtraConnectionAttributes": f"slotName={slot}"} if slot else {}),
    )
    return str(made["Endpoint"]["EndpointArn"])


@pytest.fixture
def make_task(aws: Aws, pair: Pair, instance_arn: str) -> Iterator[Callable[..., DmsTask]]:
    def make(
        *,
        tested: bool = True,
        slot: str | None = None,
        **arguments: Any,  # noqa: ANN401 - any of the call's
    ) -> DmsTask:
        name = uuid.uuid4().hex
        source = _endpoint(aws, "source", pair.source, host=f"{name}.source", slot=slot)
        made = aws.dms.create_replication_task(
            **{
                "ReplicationTaskIdentifier": "orders",
                "SourceEndpointArn": source,
                "TargetEndpointArn": _endpoint(aws, "target", pair.target, host=f"{name}.target"),
                "ReplicationInstanceArn": instance_arn,
                "MigrationType": "full-load-and-cdc",
                "TableMappings": json.dumps({"rules": EVERYTHING}),
                "ReplicationTaskSettings": json.dumps(SETTINGS),
                **arguments,
            }
        )["ReplicationTask"]
        task = DmsTask(aws=aws, arn=made["ReplicationTaskArn"])
        task.wait("ready")
        if tested:
            task.test_connections()
        return task

    yield make
    for task in aws.dms.describe_replication_tasks()["ReplicationTasks"]:
        if task["Status"] == "running":
            DmsTask(aws=aws, arn=task["ReplicationTaskArn"]).stop()


def test_a_task_loads_applies_changes_and_counts_them(
    pair: Pair, make_task: Callable[..., DmsTask]
) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("insert into orders select n, 'x', now() from generate_series(1, 50) n")
    validating = SETTINGS | {"ValidationSettings": {"EnableValidation": True}}
    task = make_task(ReplicationTaskSettings=json.dumps(validating))
    task.start()
    task.loaded("orders")
    assert task.table("orders")["FullLoadRows"] == 50
    eventually(lambda: task.table("orders")["ValidationState"] == "Validated")
    pair.source.run("update orders set what = 'y' where id = 1", "delete from orders where id = 2")
    arrived(pair)
    eventually(lambda: task.table("orders")["AppliedDeletes"] == 1)
    eventually(lambda: task.table("orders")["AppliedUpdates"] == 1)
    stopped = task.stop()
    assert stopped["StopReason"] == "Stop Reason NORMAL"
    assert stopped["RecoveryCheckpoint"].startswith("checkpoint:V1#34#")
    assert stopped["ReplicationTaskStats"]["TablesLoaded"] == 2
    assert stopped["ReplicationTaskStats"]["FullLoadProgressPercent"] == 100
    everything = "select * from orders order by id"
    assert pair.target.rows(everything) == pair.source.rows(everything)


def test_a_task_starts_once_its_connections_are_tested(
    pair: Pair, make_task: Callable[..., DmsTask]
) -> None:
    pair.on_both(*with_marker())
    task = make_task(tested=False)
    untested = (
        "Test connection for replication instance and endpoint should be successful for starting "
        "the replication task"
    )
    with refused("InvalidResourceStateFault", untested):
        task.start()
    task.test_connections()
    task.aws.dms.modify_endpoint(EndpointArn=task.read()["SourceEndpointArn"], ServerName="x")
    with refused("InvalidResourceStateFault", untested):
        task.start()
    assert task.read()["Status"] == "ready"
    task.test_connections()
    task.start()
    task.loaded("marker")


def test_a_task_is_resumed_and_started_anew(pair: Pair, make_task: Callable[..., DmsTask]) -> None:
    pair.on_both(*with_marker(ORDERS))
    task = make_task()
    task.start()
    task.loaded("orders")
    task.stop()
    pair.source.run("insert into orders values (1, 'while it was stopped', null)")
    task.start("resume-processing")
    arrived(pair)
    assert pair.target.value("select count(*) from orders") == 1
    eventually(lambda: task.table("orders")["AppliedInserts"] == 1)
    task.stop()
    task.start("reload-target")
    eventually(lambda: task.table("orders").get("FullLoadRows") == 1)
    assert pair.target.value("select count(*) from orders") == 1


def test_a_worker_that_is_killed_is_recovered_and_the_task_runs_on(
    pair: Pair, make_task: Callable[..., DmsTask]
) -> None:
    pair.on_both(*with_marker(ORDERS))
    task = make_task()
    task.start()
    task.loaded("orders")
    arrived(pair)
    for pid in workers():
        os.kill(pid, signal.SIGKILL)
    pair.source.run("insert into orders values (1, 'meanwhile', null)")
    arrived(pair, 2)
    assert task.read()["Status"] == "running"
    assert pair.target.value("select count(*) from orders") == 1


def test_a_reload_that_a_killed_worker_did_not_hear_is_done_by_the_next(
    pair: Pair, make_task: Callable[..., DmsTask]
) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("insert into orders values (1, 'x', null)")
    task = make_task()
    task.start()
    task.loaded("orders")
    arrived(pair)
    pair.target.run("delete from orders")
    for signal_ in (signal.SIGSTOP, signal.SIGKILL):
        for pid in workers():
            os.kill(pid, signal_)
        if signal_ == signal.SIGSTOP:
            task.aws.dms.reload_tables(
                ReplicationTaskArn=task.arn,
                TablesToReload=[{"SchemaName": "public", "TableName": "orders"}],
            )
    eventually(lambda: pair.target.value("select count(*) from orders") == 1)
    task.loaded("orders")


def test_a_table_is_loaded_again(pair: Pair, make_task: Callable[..., DmsTask]) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("insert into orders values (1, 'x', null)")
    task = make_task()
    task.start()
    task.loaded("orders")
    arrived(pair)
    pair.target.run("delete from orders")
    tables = [{"SchemaName": "public", "TableName": "orders"}]
    task.aws.dms.reload_tables(ReplicationTaskArn=task.arn, TablesToReload=tables)
    eventually(lambda: pair.target.value("select count(*) from orders") == 1)
    assert task.table("orders")["FullLoadReloaded"] is True
    with refused("InvalidParameterValueException"):
        task.aws.dms.reload_tables(
            ReplicationTaskArn=task.arn,
            TablesToReload=[{"SchemaName": "public", "TableName": "nowhere"}],
        )


def test_a_task_that_fails_says_why_and_shows_no_password(
    pair: Pair, make_task: Callable[..., DmsTask]
) -> None:
    task = make_task(MigrationType="cdc", CdcStartPosition="server_time:2026-01-01T00:00:00")
    task.start()
    failed = task.wait("failed")
    assert failed["StopReason"] == "Stop Reason FATAL_ERROR"
    assert failed["LastFailureMessage"] == (
        "a position needs a slot that is there, and a task of changes alone"
    )
    assert pair.source.server.password not in str(failed)


def test_latency_is_a_metric_and_warnings_stand_in_the_tasks_log(
    pair: Pair, make_task: Callable[..., DmsTask]
) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.target.run("alter table orders drop column what")
    task = make_task()
    task.start()
    task.loaded("orders")
    aws, resource = task.aws, task.arn.rpartition(":")[2]
    now = datetime.now(UTC)

    def measured() -> bool:
        points = aws.cloudwatch.get_metric_statistics(
            Namespace="AWS/DMS",
            MetricName="CDCLatencyTarget",
            Dimensions=[
                {"Name": "ReplicationInstanceIdentifier", "Value": "ferry-dev"},
                {"Name": "ReplicationTaskIdentifier", "Value": resource},
            ],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=5),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return bool(points)

    eventually(measured)
    lines = aws.logs.get_log_events(
        logGroupName="dms-tasks-ferry-dev", logStreamName=f"dms-task-{resource}"
    )["events"]
    assert lines[0]["message"].endswith(
        "]W:  public.orders: column what is removed: the target does not have it"
    )


def test_a_task_that_is_deleted_takes_its_slot_along(
    pair: Pair, make_task: Callable[..., DmsTask]
) -> None:
    pair.on_both(*with_marker())
    task = make_task()
    task.start()
    task.loaded("marker")
    arrived(pair)
    task.stop()
    assert pair.source.rows(SLOTS) == [(False,)]
    task.aws.dms.delete_replication_task(ReplicationTaskArn=task.arn)
    assert pair.source.rows(SLOTS) == []


def test_a_task_moves_nothing_where_its_hosts_are_nowhere(
    aws: Aws, pair: Pair, make_task: Callable[..., DmsTask]
) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("insert into orders values (1, 'x', null)")
    task = make_task()
    aws.secretsmanager.put_secret_value(
        SecretId="source",
        SecretString=json.dumps({"host": "elsewhere", "username": "u", "password": "p"}),
    )
    task.start()
    task.wait("running")
    task.stop()
    assert pair.target.value("select count(*) from orders") == 0


def test_an_address_without_a_port_is_refused(aws: Aws) -> None:
    for address in ({}, {"port": "5432"}, {"port": 5432, "sslrootcert": "elsewhere"}):
        answer = aws.post("/local-aws/addresses", {"db.example.com": address})
        assert (answer["status"], answer["error"]) == (
            400,
            "db.example.com: give port, a number, and nothing else",
        )


def workers() -> list[int]:
    """The worker processes that came of one that this process started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if "local_aws.dms_worker" in (stat.parent / "cmdline").read_text():
                parents[int(stat.parent.name)] = parent
    return [pid for pid, parent in parents.items() if parents.get(parent) == os.getpid()]
