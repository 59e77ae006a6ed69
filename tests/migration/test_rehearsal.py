"""The rehearsal's migration without Terraform: what it would deploy is made by AWS's calls instead.

Tables, rows, writers, ledger and comparison are those of `make rehearsal`, and so are the mappings,
settings and endpoints, which are read from the Terraform JSON of its environment.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from harness.aurora import aurora
from harness.deployment import synthesize
from harness.rehearsal import by_hand
from harness.rehearsal.comparing import NotEqualError, Sides
from harness.rehearsal.database import Database
from harness.rehearsal.project import DATABASE, ENVIRONMENT, HOST, write_project
from harness.rehearsal.source import DMS_USER, source
from harness.rehearsal.writers import Writers, wrongs
from tests.migration.databases import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.rehearsal.source import Source
    from harness.rehearsal.writers import Ledger
    from harness.server import LocalAws
    from tests.unit.local_aws.aws import Aws

SEED = 20261127
"""From which rows and writes follow; it stands in what fails."""
ROWS = 60
TABLES = 60
CLUSTER = "aurora-ferry-rehearsal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cloud:
    """Local AWS in this process, as the harness speaks to the one that it starts."""

    aws: Aws

    def get(self, path: str) -> Any:  # noqa: ANN401 (JSON)
        return self.aws.get(f"/local-aws/{path}")

    def post(self, path: str, document: object) -> Any:  # noqa: ANN401 (JSON)
        return self.aws.post(f"/local-aws/{path}", document)


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployed:
    """What Terraform would have made, and both databases."""

    aws: Aws
    source: Source
    target: Database

    @property
    def sides(self) -> Sides:
        return Sides(source=self.source.superuser, target=self.target)


def _secret(aws: Aws, name: str, **value: object) -> str:
    made = aws.secretsmanager.create_secret(Name=name, SecretString=json.dumps(value))
    return str(made["ARN"])


def _make_endpoint(aws: Aws, given: dict[str, Any], secret: str, certificate: str) -> str:
    made = aws.dms.create_endpoint(
        EndpointIdentifier=given["endpoint_id"],
        EndpointType=given["endpoint_type"],
        EngineName=given["engine_name"],
        DatabaseName=given["database_name"],
        ExtraConnectionAttributes=given["extra_connection_attributes"],
        SslMode=given["ssl_mode"],
        PostgreSQLSettings={"SecretsManagerSecretId": secret},
        **({"CertificateArn": certificate} if "certificate_arn" in given else {}),
    )
    return str(made["Endpoint"]["EndpointArn"])


@pytest.fixture
def deployed(aws: Aws, instance_arn: str, tmp_path: Path) -> Iterator[Deployed]:
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
            cluster=CLUSTER,
            folder=folders["aurora"],
        ) as to,
    ):
        authority = from_.superuser.authority
        project = write_project(folders["project"], source_authority=authority)
        output = synthesize(folders["project"], project=project)
        stack = json.loads((output / "stacks" / ENVIRONMENT / "cdk.tf.json").read_text())
        made = stack["resource"]
        [cluster] = made["aws_rds_cluster"].values()
        password = secrets.token_urlsafe(20)
        host = aws.rds.create_db_cluster(
            DBClusterIdentifier=cluster["cluster_identifier"],
            Engine=cluster["engine"],
            EngineVersion=cluster["engine_version"],
            DatabaseName=cluster["database_name"],
            MasterUsername=cluster["master_username"],
            MasterUserPassword=password,
        )["DBCluster"]["Endpoint"]
        aws.post("/local-aws/addresses", {HOST: {"port": from_.superuser.port}})
        certificate = aws.dms.import_certificate(
            CertificateIdentifier="source-ca", CertificatePem=authority.read_text()
        )["Certificate"]["CertificateArn"]
        sides = {
            "source": _secret(
                aws, "source", host=HOST, username=DMS_USER, password=from_.dms.password
            ),
            "target": _secret(
                aws, "target", host=host, username=cluster["master_username"], password=password
            ),
        }
        ends = {
            each["endpoint_type"]: _make_endpoint(
                aws, each, sides[each["endpoint_type"]], certificate
            )
            for each in made["aws_dms_endpoint"].values()
        }
        for task in made["aws_dms_replication_task"].values():
            aws.dms.create_replication_task(
                ReplicationTaskIdentifier=task["replication_task_id"],
                SourceEndpointArn=ends["source"],
                TargetEndpointArn=ends["target"],
                ReplicationInstanceArn=instance_arn,
                MigrationType=task["migration_type"],
                TableMappings=task["table_mappings"],
                ReplicationTaskSettings=task["replication_task_settings"],
            )
        target = Database(
            name=host,
            port=to.port,
            authority=to.authority,
            database=DATABASE,
            username=cluster["master_username"],
            password=password,
        )
        eventually(
            lambda: (
                {it["Status"] for it in aws.dms.describe_replication_tasks()["ReplicationTasks"]}
                == {"ready"}
            )
        )
        yield Deployed(aws=aws, source=from_, target=target)
        by_hand.stop(aws.dms, prefix=CLUSTER)


def test_all_rows_of_all_types_arrive_while_writers_go_on_and_none_is_lost_or_doubled(
    deployed: Deployed,
) -> None:
    dms, source_, target = deployed.aws.dms, deployed.source, deployed.target
    shown: list[str] = []
    by_hand.prepare_databases(source_.superuser, target, dms_user=DMS_USER)
    by_hand.make_schema_before_load(target)
    with Writers(source=source_.application, seed=SEED) as writers:
        by_hand.start(dms, prefix=CLUSTER)
        by_hand.wait_until_loaded(dms, prefix=CLUSTER, tables=TABLES, show=shown.append)
        by_hand.make_schema_after_load(target)
        before = writers.commits
        deployed.sides.compare()
        assert writers.commits > before
        _a_lost_row_is_seen_while_writers_go_on(deployed)
        writers.stop()
    deployed.sides.wait_until_arrived()
    rows = deployed.sides.compare()
    assert rows > ROWS * (TABLES - 6)
    assert wrongs(writers.ledgers, target) == [], f"seed {SEED}"
    assert shown[-1].startswith(f"{TABLES} of {TABLES} tables, ")
    assert target.rows('select * from awsdms_control."awsdms_apply_exceptions"') == []
    _what_the_ledger_knows_better_is_seen(writers.ledgers, target)


def _a_lost_row_is_seen_while_writers_go_on(deployed: Deployed) -> None:
    """The comparison is worth something: it finds what it is to find."""
    lost = "types.t04 where id = 5"
    deployed.target.run(f"create table kept as select * from {lost}", f"delete from {lost}")
    with pytest.raises(NotEqualError, match=r"^types.t04 5: \w{32} at the source, nothing at the"):
        deployed.sides.compare()
    deployed.target.run("insert into types.t04 select * from kept", "drop table kept")
    deployed.sides.compare()


def _what_the_ledger_knows_better_is_seen(ledgers: list[Ledger], target: Database) -> None:
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
            f"update shop.counters set value = value - 1 where id = {counter}",
            f"counters, {counter}: ",
        ),
    ):
        target.run(harm)
        assert wrongs(ledgers, target)[-1].startswith(message)
