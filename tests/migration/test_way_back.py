"""There and back: what is written in Aurora arrives at the source once, and goes forward again.

The mappings are those that the constructs write of a file's legs, the tasks local DMS's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.replication.table_mappings import table_mappings
from settings.dms import Task
from tests.migration.databases import AS_REPLICA, CONTROL, Database, Pair, eventually
from tests.migration.test_task import DmsTask
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from settings.environment import Environment
    from tests.unit.local_aws.aws import Aws

BACK, AGAIN = "ferry_dev_all_back_b41722", "ferry_dev_all_again_b41722"
WRITTEN = {
    "name": "all",
    "tables": [{"schema": "public"}],
    "control_schema": CONTROL,
    "transformations": [
        {
            "target": "table",
            "action": "rename",
            "schema": "public",
            "table": "orders",
            "value": "sales",
        },
        {
            "target": "column",
            "action": "remove-column",
            "schema": "public",
            "table": "orders",
            "column": "total",
        },
    ],
}
TABLE = (
    "create table {} (id bigint primary key, quantity int not null, "
    "total int generated always as (quantity * 10) stored)"
)
MARKERS = (
    "create schema ferry",
    *(
        f"create table ferry.{name} (id bigint primary key, at timestamptz not null)"
        for name in ("fence_all", "fence_all_back")
    ),
)
TRIGGER = (
    """create function refuse() returns trigger language plpgsql as
    'begin raise exception ''not for replicas''; end'""",
    """create trigger refuse before insert or update or delete on orders
    for each row execute function refuse()""",
)
ROWS = "select id, quantity, total from {} order by id"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """An environment's tasks of both directions, each ready."""

    pair: Pair
    forward: DmsTask
    back: DmsTask
    again: DmsTask

    def insert(self, ids: range, *, at: Database) -> None:
        table = "orders" if at is self.pair.source else "sales"
        at.run(*(f"insert into {table} (id, quantity) values ({it}, {it})" for it in ids))

    def fence(self, marker: str, *, at: Database) -> None:
        """Write to a marker at one side, and wait until that is at the other."""
        other = self.pair.target if at is self.pair.source else self.pair.source
        number = at.value(
            f"insert into ferry.{marker} select count(*) + 1, now() from ferry.{marker} returning id"
        )
        found = f"select count(*) from ferry.{marker} where id = {number}"
        eventually(lambda: other.value(found) == 1)

    @staticmethod
    def slot(name: str, *, at: Database) -> str:
        """Make a leg's slot while nobody writes; where it begins."""
        made = (
            f"select lsn::text from pg_create_logical_replication_slot('{name}', 'test_decoding')"
        )
        return str(at.value(made))

    def alike(self) -> list[Any]:
        """The rows, of which both sides have the same."""
        rows = self.pair.source.rows(ROWS.format("orders"))
        assert self.pair.target.rows(ROWS.format("sales")) == rows
        for side in (self.pair.source, self.pair.target):
            failed = f"select * from {CONTROL}.awsdms_apply_exceptions"
            if side.value(f"select to_regclass('{CONTROL}.awsdms_apply_exceptions') is not null"):
                assert side.rows(failed) == []
        return rows


@pytest.fixture
def ground(aws: Aws, pair: Pair, instance_arn: str) -> Iterator[Ground]:
    of = environment(dms={"rollback": True, "tasks": [WRITTEN]})
    pair.source.run(TABLE.format("orders"), *MARKERS, f"create schema if not exists {CONTROL}")
    pair.target.run(TABLE.format("sales"), *MARKERS)
    made = {
        name: _task(aws, pair, instance_arn, name, mappings, **arguments)
        for name, (mappings, arguments) in _written(of).items()
    }
    yield Ground(pair=pair, **made)
    for task in made.values():
        if task.read()["Status"] == "running":
            task.stop()


def _written(of: Environment) -> dict[str, tuple[str, dict[str, Any]]]:
    (database,) = of.carried
    forward = Task.model_validate(WRITTEN)
    found = {
        "forward": (
            table_mappings(
                forward, marker="fence_all", beside=of.migration.beside("fence_all", database)
            ),
            {"MigrationType": "full-load-and-cdc"},
        )
    }
    for leg in of.legs:
        beside = of.migration.beside(leg.marker, database)
        slot = of.names.slot(leg.leg, "all")
        found[leg.leg] = (
            table_mappings(leg.task, marker=leg.marker, beside=beside),
            {"MigrationType": "cdc", "slot": slot},
        )
    return found


def _task(
    aws: Aws,
    pair: Pair,
    instance: str,
    name: str,
    mappings: str,
    *,
    slot: str | None = None,
    **arguments: Any,  # noqa: ANN401 - any of the call's
) -> DmsTask:
    sides = (pair.target, pair.source) if name == "back" else (pair.source, pair.target)
    ends = {
        f"{end.capitalize()}EndpointArn": _endpoint(aws, f"{name}-{end}", end, side, slot)
        for end, side in zip(("source", "target"), sides, strict=True)
    }
    settings = {"ControlTablesSettings": {"ControlSchema": CONTROL}}
    made = aws.dms.create_replication_task(
        ReplicationTaskIdentifier=name,
        ReplicationInstanceArn=instance,
        TableMappings=mappings,
        ReplicationTaskSettings=json.dumps(settings),
        **ends,
        **arguments,
    )["ReplicationTask"]
    task = DmsTask(aws=aws, arn=made["ReplicationTaskArn"])
    task.wait("ready")
    task.test_connections()
    return task


def _endpoint(aws: Aws, name: str, end: str, side: Database, slot: str | None) -> str:
    host = f"{name}.example.org"
    aws.post("/local-aws/addresses", {host: {"port": side.server.port}})
    secret = {"host": host, "port": 5432, "username": "postgres", "password": side.server.password}
    arn = aws.secretsmanager.create_secret(Name=name, SecretString=json.dumps(secret))["ARN"]
    script = {"AfterConnectScript": AS_REPLICA} if end == "target" else {}
    made = aws.dms.create_endpoint(
        EndpointIdentifier=name,
        EndpointType=end,
        EngineName="postgres",
        DatabaseName=side.name,
        PostgreSQLSettings={"SecretsManagerSecretId": arn, **script},
        **({"ExtraConnectionAttributes": f"slotName={slot}"} if slot and end == "source" else {}),
    )
    return str(made["Endpoint"]["EndpointArn"])


def test_there_and_back_twice_each_row_once(ground: Ground) -> None:
    pair = ground.pair
    source, aurora = pair.source, pair.target
    ground.insert(range(1, 4), at=source)
    ground.forward.start()
    ground.forward.loaded("orders")
    ground.insert(range(4, 6), at=source)
    ground.fence("fence_all", at=source)
    assert len(ground.alike()) == 5

    # The cutover: nobody writes at the source, the slot is made, and then Aurora is written to.
    begins = ground.slot(BACK, at=aurora)
    ground.insert(range(10, 14), at=aurora)
    ground.forward.stop()
    source.run(*TRIGGER)
    ground.back.start(CdcStartPosition=begins)
    aurora.run("update sales set quantity = 7 where id = 1", "delete from sales where id = 2")
    ground.fence("fence_all_back", at=aurora)
    assert [row[0] for row in ground.alike()] == [1, 3, 4, 5, 10, 11, 12, 13]
    assert source.value("select total from orders where id = 1") == 70

    # The way back: nobody writes in Aurora, then the source is open again.
    ground.back.stop()
    source.run("drop trigger refuse on orders")
    begins = ground.slot(AGAIN, at=source)
    ground.insert(range(20, 22), at=source)
    ground.again.start(CdcStartPosition=begins)
    ground.fence("fence_all", at=source)
    assert [row[0] for row in ground.alike()][-3:] == [13, 20, 21]

    # And once more, from new slots.
    ground.again.stop()
    aurora.run(f"select pg_drop_replication_slot('{BACK}')")
    begins = ground.slot(BACK, at=aurora)
    ground.insert(range(30, 32), at=aurora)
    ground.back.start(CdcStartPosition=begins)
    ground.fence("fence_all_back", at=aurora)
    assert [row[0] for row in ground.alike()][-4:] == [20, 21, 30, 31]
    assert source.value("select count(*) from ferry.fence_all") == 2
    assert aurora.value("select count(*) from ferry.fence_all_back") == 2
