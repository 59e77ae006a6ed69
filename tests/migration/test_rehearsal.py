"""The rehearsal's migration without Terraform: what it would deploy is made by AWS's calls instead.

Tables, rows, writers, ledger, comparison and the steps themselves are those of `make rehearsal`, and
so are the mappings, settings and endpoints, which are read from the Terraform JSON of its environment.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from harness.aurora import aurora
from harness.deployment import synthesize
from harness.rehearsal.application import Application, write_secret
from harness.rehearsal.carrying import TABLES, Carrying
from harness.rehearsal.comparing import NotEqualError, Sides
from harness.rehearsal.database import Database
from harness.rehearsal.project import (
    DATABASE,
    ENVIRONMENT,
    HOST,
    name_secret,
    trust_aurora,
    write_project,
)
from harness.rehearsal.shop import KINDS_TABLES
from harness.rehearsal.source import source
from harness.rehearsal.trips import summary
from harness.steps import Steps
from harness.surroundings import signed_in
from tests.migration.databases import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from harness.rehearsal.source import Source
    from harness.rehearsal.trips import Trips
    from harness.server import LocalAws
    from tests.unit.local_aws.aws import Aws

SEED = 20261127
"""From which rows and writes follow; it stands in what fails."""
ROWS = 60
PREFIX = f"aurora-ferry-{ENVIRONMENT}"
OUTPUTS = (
    "dms_source_endpoint_arn",
    "dms_target_endpoint_arn",
    "dms_task_arns",
    "dms_back_task_arns",
    "dms_again_task_arns",
)
"""What refers to endpoints and tasks."""
STILL = {"ready", "stopped", "failed"}
KEYS = {it.name: f"concat_ws(' ', {', '.join(name for name, _ in it.key)})" for it in KINDS_TABLES}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cloud:
    """Local AWS in this process, as the harness speaks to the one that it starts."""

    aws: Aws

    def get(self, path: str) -> Any:  # noqa: ANN401 (JSON)
        return self.aws.get(f"/local-aws/{path}")

    def post(self, path: str, document: object) -> Any:  # noqa: ANN401 (JSON)
        return self.aws.post(f"/local-aws/{path}", document)


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """Types commands, in the rehearsal's copy of the project."""

    aws: Aws
    project: Path
    steps: Steps

    def __call__(
        self,
        *arguments: str,
        given: str = "",
        accepted: tuple[int, ...] = (0,),
        told: Callable[[str], None] | None = None,
    ) -> None:
        around = signed_in(url=self.aws.url, account_id=self.aws.account, region=self.aws.region)
        self.steps.type(
            sys.executable, "-m", "ferry", *arguments, folder=self.project,
            environment={
                "PATH": os.environ["PATH"], "XDG_STATE_HOME": str(self.project.parent), **around
            },
            given=given, accepted=accepted, told=told,
        )  # fmt: skip


def deploy(
    aws: Aws, ferry: Operator, stack: dict[str, Any], *, from_: Source, instance_arn: str
) -> Database:
    """Make what ferry and DMS need of what Terraform would make; Aurora, for its master user."""
    made = stack["resource"]
    ferry("bootstrap", ENVIRONMENT)
    for side, who in (("source", from_.dms), ("reverse", from_.back), ("operator", from_.owner)):
        ferry(
            "secret", side, ENVIRONMENT, *(["source"] if side == "operator" else []),
            given=json.dumps({"username": who.username, "password": who.password}),
        )  # fmt: skip
    [cluster] = made["aws_rds_cluster"].values()
    master = {"username": cluster["master_username"], "password": secrets.token_urlsafe(20)}
    host = aws.rds.create_db_cluster(
        DBClusterIdentifier=cluster["cluster_identifier"],
        Engine=cluster["engine"],
        EngineVersion=cluster["engine_version"],
        DatabaseName=cluster["database_name"],
        MasterUsername=master["username"],
        MasterUserPassword=master["password"],
    )["DBCluster"]["Endpoint"]
    held = {name: json.dumps(master | {"host": host}) for name in ("master", "target")}
    arns = {
        name: aws.secretsmanager.create_secret(Name=f"{PREFIX}/{name}", SecretString=text)["ARN"]
        for name, text in held.items()
    }
    for name in ("source", "reverse"):
        arns[name] = aws.secretsmanager.describe_secret(SecretId=f"{PREFIX}/{name}")["ARN"]
    [certificate] = made["aws_dms_certificate"].values()
    imported = aws.dms.import_certificate(
        CertificateIdentifier=certificate["certificate_id"],
        CertificatePem=certificate["certificate_pem"],
    )["Certificate"]["CertificateArn"]
    known = {
        f"${{aws_dms_endpoint.{name}.endpoint_arn}}": _make_endpoint(aws, each, arns, imported)
        for name, each in made["aws_dms_endpoint"].items()
    }
    for name, task in made["aws_dms_replication_task"].items():
        known[f"${{aws_dms_replication_task.{name}.replication_task_arn}}"] = (
            aws.dms.create_replication_task(
                ReplicationTaskIdentifier=task["replication_task_id"],
                SourceEndpointArn=known[task["source_endpoint_arn"]],
                TargetEndpointArn=known[task["target_endpoint_arn"]],
                ReplicationInstanceArn=instance_arn,
                MigrationType=task["migration_type"],
                TableMappings=task["table_mappings"],
                ReplicationTaskSettings=task["replication_task_settings"],
            )["ReplicationTask"]["ReplicationTaskArn"]
        )
    given = {name: it["value"] for name, it in stack["output"].items() if name in OUTPUTS}
    _write_state(
        aws,
        cluster_endpoint=host,
        master_secret_arn=arns["master"],
        clients_security_group_id="sg-1",
        dms_replication_instance_arn=instance_arn,
        **{
            name: {of: known[it] for of, it in value.items()}
            if isinstance(value, dict)
            else known[value]
            for name, value in given.items()
        },
    )
    found = aws.dms.describe_replication_tasks
    eventually(lambda: all(it["Status"] == "ready" for it in found()["ReplicationTasks"]))
    return Database(name=host, port=0, authority=from_.owner.authority, database=DATABASE, **master)


def _make_endpoint(
    aws: Aws, given: dict[str, Any], secrets: dict[str, str], certificate: str
) -> str:
    kind, is_aurora = given["endpoint_type"], given["engine_name"] != "postgres"
    secret = "target" if is_aurora else "source" if kind == "source" else "reverse"
    made = aws.dms.create_endpoint(
        EndpointIdentifier=given["endpoint_id"],
        EndpointType=kind,
        EngineName=given["engine_name"],
        ExtraConnectionAttributes=given["extra_connection_attributes"],
        SslMode=given["ssl_mode"],
        PostgreSQLSettings={
            "SecretsManagerSecretId": secrets[secret],
            "DatabaseName": given["database_name"],
        },
        **({"CertificateArn": certificate} if "certificate_arn" in given else {}),
    )
    return str(made["Endpoint"]["EndpointArn"])


def _write_state(aws: Aws, **outputs: object) -> None:
    aws.s3.put_object(
        Bucket=f"aurora-ferry-tfstate-{aws.account}-{aws.region}",
        Key=f"environments/{ENVIRONMENT}/terraform.tfstate",
        Body=json.dumps(
            {
                "version": 4,
                "resources": [],
                "outputs": {name: {"value": value} for name, value in outputs.items()},
            }
        ),
    )


@pytest.fixture
def carrying(
    aws: Aws, instance_arn: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Carrying]:
    seeds = request.config.getoption("--seeds")
    cloud: LocalAws = Cloud(aws=aws)  # type: ignore[assignment]  # as far as `aurora` speaks to it
    folders = {name: tmp_path / name for name in ("source", "aurora", "project")}
    for folder in folders.values():
        folder.mkdir()
    with (
        source(folders["source"], host=HOST, database=DATABASE, seed=SEED, rows=ROWS) as from_,
        aurora(
            cloud,
            account_id=aws.account,
            region=aws.region,
            cluster=PREFIX,
            folder=folders["aurora"],
        ) as to,
    ):
        project = write_project(folders["project"], source=from_.owner, account_id=aws.account)
        trust_aurora(project, to.authority)
        secret = write_secret(aws.secretsmanager, from_.application)
        name_secret(project, secret)
        output = synthesize(folders["project"], project=project)
        stack = json.loads((output / "stacks" / ENVIRONMENT / "cdk.tf.json").read_text())
        cloud.post("addresses", {HOST: {"port": from_.owner.port}})
        steps = Steps(console=Console(file=io.StringIO()), log=tmp_path / "log")
        ferry = Operator(aws=aws, project=project, steps=steps)
        target = deploy(aws, ferry, stack, from_=from_, instance_arn=instance_arn)
        yield Carrying(
            steps=steps,
            ferry=ferry,
            sides=Sides(
                source=from_.superuser,
                target=replace(target, port=to.port, authority=to.authority),
            ),
            source=from_,
            application=Application(
                secrets=aws.secretsmanager,
                arn=secret,
                reached={
                    HOST: (from_.owner.port, from_.owner.authority),
                    target.name: (to.port, to.authority),
                },
            ),
            seed=SEED,
            seconds_of_writing=1,
            rows=ROWS,
            spoilt=KINDS_TABLES[::4] if seeds == 1 else (),
            seeds=seeds,
        )


def test_to_aurora_and_back_and_there_again_no_row_of_any_type_is_lost_doubled_or_changed(
    carrying: Carrying, aws: Aws, tmp_path: Path
) -> None:
    carrying.prepare()
    try:
        trips = carrying.carry()
        assert trips.made[-1].rows > ROWS * (TABLES - 6)
        for sides in (carrying.sides, carrying.sides.turned()):
            exceptions = 'select * from awsdms_control."awsdms_apply_exceptions"'
            assert sides.target.rows(exceptions) == []
        carrying.finish()
        carrying.report(tmp_path / "report.html")
        _a_lost_row_is_seen(carrying.sides.turned())
        _what_the_ledger_knows_better_is_seen(trips, carrying.sides.target)
    finally:
        _stop(aws, carrying.steps)
    carrying.steps.keep("\n".join(summary(trips.made)))
    log = (tmp_path / "log").read_text()
    for database in (carrying.sides.target, carrying.source.owner, carrying.source.dms):
        assert database.password not in log


def _stop(aws: Aws, steps: Steps) -> None:
    """Stop what runs, as the servers end; what has failed says why."""
    tasks = aws.dms.describe_replication_tasks
    for task in tasks()["ReplicationTasks"]:
        if task["Status"] == "failed":
            steps.keep(f"{task['ReplicationTaskIdentifier']}: {task.get('LastFailureMessage')}")
        if task["Status"] == "running":
            aws.dms.stop_replication_task(ReplicationTaskArn=task["ReplicationTaskArn"])
    eventually(lambda: {it["Status"] for it in tasks()["ReplicationTasks"]} <= STILL)


def _a_lost_row_is_seen(sides: Sides) -> None:
    """The comparison is worth something: it finds what it is to find."""
    sides.target.run("delete from types.t04 where id = 5")
    with pytest.raises(
        NotEqualError, match=r"^types.t04 5: \w{32} in Aurora, nothing at the source; 1 such rows$"
    ):
        sides.compare(at_rest=True)


def _what_the_ledger_knows_better_is_seen(trips: Trips, target: Database) -> None:
    ledgers = trips.writers.ledgers
    table, rows = next((table, rows) for table, rows in ledgers[0].rows.items() if rows)
    first = min(ledgers[0].placed)
    counter = min(ledgers[0].counted)
    for harm, message in (
        (
            f"delete from shop.events where (writer, n) = (1, {first})",
            f"events of writer 1, {first}: 1 was acknowledged, nothing is there",
        ),
        (
            f"insert into shop.events values (1, {first}, 'placed'), (1, {first}, 'placed')",
            f"events of writer 1, {first}: 1 was acknowledged, 2 is there",
        ),
        (
            f"delete from {table} r where {KEYS[table]} = '{min(rows)}'",
            f"{table}, {min(rows)}: {rows[min(rows)]} was acknowledged, nothing is there",
        ),
        (
            f"update shop.counters set value = value - 1 where id = {counter}",
            f"counters, {counter}: ",
        ),
    ):
        target.run(harm)
        assert [it for it in trips.writers.load.wrongs(ledgers, target) if it.startswith(message)]
