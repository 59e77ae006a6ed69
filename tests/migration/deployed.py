"""An environment as it is after `cdktf deploy`, between two PostgreSQL servers, without Terraform.

What ferry reads of a deployment is made by AWS's calls: the state in its bucket, DMS's secrets,
endpoints, tasks. Its commands are typed as a person types them.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import typer
from botocore.client import ClientCreator
from typer.testing import CliRunner, Result

from constructs_lib.replication.table_mappings import table_mappings
from ferry.cli.app import app
from ferry.environments import find
from ferry.migrate.watching.lines import plain
from ferry.migrate.watching.watcher import Watcher
from harness.certificates import make_certificate
from harness.postgres import SUPERUSER, Postgres
from tests.migration.databases import AS_REPLICA, CONTROL, Database, Pair, databases, eventually
from tests.policies.calls import RECORDED
from tests.unit.ferry.conftest import ACCOUNT, LOADER, client_class
from tests.unit.ferry.environments import DEV

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ferry.migrate.watching.look import Look
    from tests.unit.local_aws.aws import Aws

COMMAND_OF = cache(typer.main.get_command)
INSTANCE = "aurora-ferry-dev"
AURORA = "dev.cluster-c1x2y3z4a5b6.eu-central-1.rds.amazonaws.com"
SOURCE = "192.168.10.15"
PASSWORD = "canary-Pa55word"
SETTINGS: dict[str, Any] = {
    "ControlTablesSettings": {"ControlSchema": CONTROL, "StatusTableEnabled": True},
    "FullLoadSettings": {"TargetTablePrepMode": "DO_NOTHING"},
    "Logging": {"EnableLogging": True},
}


def marker(task: str = "all") -> str:
    """The statement that makes a task's marker."""
    return f'create table ferry."fence_{task}" (id bigint primary key, at timestamptz not null)'


GRANTS = tuple(
    f"grant {right} {schema} to dms"
    for schema in ("public", "ferry")
    for right in ("usage on schema", "select on all tables in schema")
)
"""What DMS's user has at the source."""


def rules(*, task: str = "all", schema: str = "public", table: str = "%") -> list[dict[str, Any]]:
    """The rules of a task that carries tables of one schema, and its marker."""
    selected = (("explicit", "ferry", f"fence_{task}"), ("include", schema, table))
    return [
        {
            "rule-type": "selection",
            "rule-id": str(number),
            "rule-name": str(number),
            "rule-action": action,
            "object-locator": {"schema-name": schema_name, "table-name": table_name},
        }
        for number, (action, schema_name, table_name) in enumerate(selected, start=1)
    ]


@dataclass(kw_only=True)
class Deployed:
    """The environment dev, deployed; `make` deploys it."""

    aws: Aws
    pair: Pair
    folder: Path
    ca: Path
    task_arns: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    called: dict[str, set[str]] = field(default_factory=dict)
    """What each command called so far, as `service:Operation`."""

    def make(
        self,
        *,
        file: str = DEV,
        tasks: dict[str, dict[str, Any]] | None = None,
        beside: dict[str, Pair] | None = None,
    ) -> None:
        """Deploy it.

        Args:
            file: The environment's file.
            tasks: What is changed of each task's call, by the task's name; `all` by default.
            beside: The databases of tasks that carry another one, by the task's name.
        """
        self.folder.mkdir(exist_ok=True)
        (self.folder / "dev.toml").write_text(
            file.replace(ACCOUNT, self.aws.account).replace('"require"', '"none"')
        )
        source = self._endpoint("source", SOURCE, "dms")
        target = self._endpoint("target", AURORA, "ferry_admin")
        for name in ("operator-source", "operator-target"):
            self._secret(name, {"username": "operator", "password": PASSWORD})
        instance = self._instance()
        for name, changed in (tasks or {"all": {}}).items():
            made = self.aws.dms.create_replication_task(
                **{
                    "ReplicationTaskIdentifier": f"{INSTANCE}-{name}",
                    "ResourceIdentifier": f"{INSTANCE}-{name}",
                    "SourceEndpointArn": source,
                    "TargetEndpointArn": target,
                    "ReplicationInstanceArn": instance,
                    "MigrationType": "full-load-and-cdc",
                    "TableMappings": json.dumps({"rules": rules(task=name)}),
                    "ReplicationTaskSettings": json.dumps(SETTINGS),
                    **self._ends(name, (beside or {}).get(name)),
                    **changed,
                }
            )["ReplicationTask"]
            self.task_arns[name] = made["ReplicationTaskArn"]
        self.state(
            dms_replication_instance_arn=instance,
            dms_source_endpoint_arn=source,
            dms_target_endpoint_arn=target,
            dms_task_arns=self.task_arns,
            cluster_endpoint=AURORA,
            clients_security_group_id="sg-1",
        )

    def make_legs(self, *, beside: dict[str, Pair] | None = None, user: str | None = None) -> None:
        """Deploy what `dms.rollback` of the file asks for: each task's legs, as the constructs make them.

        Args:
            beside: The databases of tasks that carry another one, by the task's name.
            user: As whom DMS writes to the source, for whom ferry prepares it; None for a superuser.
        """
        of = find("dev")
        self._secret("reverse", {"username": user or "reverse", "password": PASSWORD})
        arns: dict[str, dict[str, str]] = {"back": {}, "again": {}}
        for leg in of.legs:
            back, pair = leg.leg == "back", (beside or {}).get(leg.of.name, self.pair)
            control = leg.task.control_schema if user else CONTROL
            if user is None:
                pair.source.run(f"create schema if not exists {control}")
            name, slot = f"-{leg.task.name}", of.names.slot(leg.leg, leg.of.name)
            reads, writes = (AURORA, SOURCE) if back else (SOURCE, AURORA)
            reader, writer = ("ferry_admin", user or "reverse") if back else ("dms", "ferry_admin")
            made = self.aws.dms.create_replication_task(
                ReplicationTaskIdentifier=f"{INSTANCE}{name}",
                ResourceIdentifier=f"{INSTANCE}{name}",
                SourceEndpointArn=self._endpoint(
                    "source", reads, reader, pair=pair, name=name, slot=slot
                ),
                TargetEndpointArn=self._endpoint("target", writes, writer, pair=pair, name=name),
                ReplicationInstanceArn=self.outputs["dms_replication_instance_arn"],
                MigrationType="cdc",
                TableMappings=table_mappings(
                    leg.task,
                    marker=leg.marker,
                    beside=of.migration.beside(leg.marker, leg.database),
                ),
                ReplicationTaskSettings=json.dumps(
                    {
                        **SETTINGS,
                        "ControlTablesSettings": {
                            **SETTINGS["ControlTablesSettings"],
                            "ControlSchema": control,
                        },
                    }
                ),
            )["ReplicationTask"]
            arns[leg.leg][leg.of.name] = self.task_arns[leg.task.name] = made["ReplicationTaskArn"]
        self.state(dms_back_task_arns=arns["back"], dms_again_task_arns=arns["again"])

    def start_leg(self, name: str, pair: Pair | None = None) -> None:
        """Start a leg from a slot that is made now, where it reads."""
        (leg,) = [it for it in find("dev").legs if it.task.name == name]
        pair = pair or self.pair
        slot = find("dev").names.slot(leg.leg, leg.of.name)
        begins = (pair.target if leg.leg == "back" else pair.source).value(
            f"select lsn::text from pg_create_logical_replication_slot('{slot}', 'test_decoding')"
        )
        self.test_leg(name)
        self.aws.dms.start_replication_task(
            ReplicationTaskArn=self.task_arns[name],
            StartReplicationTaskType="start-replication",
            CdcStartPosition=begins,
        )
        self.wait("running", name)

    def test_leg(self, name: str) -> None:
        """Have DMS test both endpoints of a leg: what was not tested is not started."""
        shown = self.read(name)
        for end in ("SourceEndpointArn", "TargetEndpointArn"):
            self.aws.dms.test_connection(
                ReplicationInstanceArn=shown["ReplicationInstanceArn"], EndpointArn=shown[end]
            )
        found = self.aws.dms.describe_connections
        eventually(lambda: all(it["Status"] == "successful" for it in found()["Connections"]))

    def state(self, **outputs: object) -> None:
        """Write the state that Terraform would have written, with what was written before."""
        bucket = f"aurora-ferry-tfstate-{self.aws.account}-eu-central-1"
        if not self.outputs:
            self.aws.s3.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
            )
        self.outputs |= outputs
        document = {
            "version": 4,
            "resources": [],
            "outputs": {name: {"value": value} for name, value in self.outputs.items()},
        }
        self.aws.s3.put_object(
            Bucket=bucket, Key="environments/dev/terraform.tfstate", Body=json.dumps(document)
        )

    def prepare(
        self, *statements: str, tasks: tuple[str, ...] = ("all",), pair: Pair | None = None
    ) -> None:
        """Make the markers and what else the statements make, on both sides; of `pair` by default."""
        pair = pair or self.pair
        made = ("create schema ferry", *map(marker, tasks), *statements)
        pair.source.run(*made, *GRANTS)
        # As ferry makes them: what the source's first role owns is the operator's in Aurora.
        pair.target.run("set role operator", *made, *GRANTS)

    def ferry(self, *arguments: str, given: str | None = None) -> Result:
        """What a command prints and ends with."""
        before = len(self._calls())
        result = CliRunner().invoke(app, arguments, input=given, prog_name="ferry")
        typed = " ".join(("ferry", *arguments, ""))
        command = next(each for each in RECORDED if typed.startswith(f"{each} "))
        self.called.setdefault(command, set()).update(self._calls()[before:])
        return result

    def reached(self, *arguments: str, given: str | None = None) -> Result:
        """As `ferry`, with the options that say where both servers are."""
        return self.ferry(*arguments, *self.ways, given=given)

    @property
    def ways(self) -> tuple[str, ...]:
        """The options that say where both servers are."""
        return (
            "--source-address",
            f"127.0.0.1:{self.pair.source.server.port}",
            "--target-address",
            f"127.0.0.1:{self.pair.target.server.port}",
            "--target-ca",
            str(self.ca),
        )

    def read(self, task: str = "all") -> dict[str, Any]:
        """What DMS says of a task."""
        (found,) = self.aws.dms.describe_replication_tasks(
            Filters=[{"Name": "replication-task-arn", "Values": [self.task_arns[task]]}]
        )["ReplicationTasks"]
        return dict(found)

    def wait(self, status: str, task: str = "all") -> None:
        """Until a task is in a status."""

        def is_so() -> bool:
            found = self.read(task)
            failure = found.get("LastFailureMessage", "")
            assert status == "failed" or found["Status"] != "failed", failure
            return bool(found["Status"] == status)

        eventually(is_so)

    def end(self) -> None:
        """Stop all tasks that run."""
        for name, arn in self.task_arns.items():
            if self.read(name)["Status"] == "running":
                self.aws.dms.stop_replication_task(ReplicationTaskArn=arn)
                self.wait("stopped", name)

    def _calls(self) -> list[str]:
        """All calls of its account so far."""
        calls = self.aws.get(f"/local-aws/calls?account={self.aws.account}")["calls"]
        return [f"{call['service']}:{call['operation']}" for call in calls]

    def _instance(self) -> str:
        self.aws.iam.create_role(RoleName="dms-vpc-role", AssumeRolePolicyDocument="{}")
        self.aws.iam.attach_role_policy(
            RoleName="dms-vpc-role",
            PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole",
        )
        self.aws.dms.create_replication_subnet_group(
            ReplicationSubnetGroupIdentifier=INSTANCE,
            ReplicationSubnetGroupDescription="private",
            SubnetIds=self.aws.subnet_ids(),
        )
        made = self.aws.dms.create_replication_instance(
            ReplicationInstanceIdentifier=INSTANCE,
            ReplicationInstanceClass="dms.c5.2xlarge",
            ReplicationSubnetGroupIdentifier=INSTANCE,
        )["ReplicationInstance"]
        self.aws.dms.describe_replication_instances()
        return str(made["ReplicationInstanceArn"])

    def _secret(self, name: str, held: dict[str, Any]) -> str:
        made = self.aws.secretsmanager.create_secret(
            Name=f"aurora-ferry-dev/{name}", SecretString=json.dumps(held)
        )
        return str(made["ARN"])

    def _ends(self, task: str, pair: Pair | None) -> dict[str, str]:
        """The endpoints of a task of its own; none where it carries what all others do."""
        if pair is None:
            return {}
        return {
            "SourceEndpointArn": self._endpoint(
                "source", SOURCE, "dms", pair=pair, name=f"-{task}"
            ),
            "TargetEndpointArn": self._endpoint(
                "target", AURORA, "ferry_admin", pair=pair, name=f"-{task}"
            ),
        }

    def _endpoint(
        self,
        kind: str,
        host: str,
        user: str,
        *,
        pair: Pair | None = None,
        name: str = "",
        slot: str = "",
    ) -> str:
        pair, is_aurora = pair or self.pair, host == AURORA
        port = (pair.target if is_aurora else pair.source).server.port
        secret = {"host": host, "port": 5432, "username": user, "password": PASSWORD}
        self.aws.post("/local-aws/addresses", {host: {"port": port}})
        made = self.aws.dms.create_endpoint(
            EndpointIdentifier=f"{kind}{name}",
            EndpointType=kind,
            EngineName="aurora-postgresql" if is_aurora else "postgres",
            DatabaseName=pair.source.name,
            SslMode="require" if is_aurora else "none",
            **({"ExtraConnectionAttributes": f"slotName={slot}"} if slot else {}),
            PostgreSQLSettings={
                "SecretsManagerSecretId": self._secret(f"{kind}{name}", secret),
                **({"AfterConnectScript": AS_REPLICA} if kind == "target" else {}),
            },
        )
        return str(made["Endpoint"]["EndpointArn"])


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the certificate of Aurora's name, and the authority's alone."""
    folder = tmp_path_factory.mktemp("aurora")
    made = make_certificate(AURORA)
    (folder / "server.pem").write_text(made.with_key)
    (folder / "ca.pem").write_text(made.authority)
    return folder


@pytest.fixture(scope="session")
def aurora(authority: Path) -> Iterator[Postgres]:
    """A server that takes TLS alone, under Aurora's name."""
    with Postgres(certificate=authority / "server.pem") as server:
        yield server


@pytest.fixture(scope="session")
def ends(source_server: Postgres, aurora: Postgres) -> tuple[Postgres, Postgres]:
    """Source and Aurora, with those who sign in: DMS, the master user, operators."""
    for server, statements in (
        (
            source_server,
            (
                "create role dms login replication",
                "create role operator superuser login",
                "create role reverse superuser login",
            ),
        ),
        (
            aurora,
            (
                "create role dms login",
                "create role ferry_admin superuser login",
                "create role operator superuser login",
            ),
        ),
    ):
        database = Database(server=server, name=SUPERUSER)
        database.run(*(f"{statement} password '{PASSWORD}'" for statement in statements))
    return source_server, aurora


@pytest.fixture
def deployed(
    aws: Aws,
    ends: tuple[Postgres, Postgres],
    authority: Path,
    tmp_path: Path,
) -> Iterator[Deployed]:
    """The environment dev between two servers, not deployed yet, and ferry's way to it."""
    with standing(aws, ends, authority, tmp_path) as made:
        yield made


def told_by_looks(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], bool]:
    """Tells whether `watch` or `reload` has seen something since this was called, in its words."""
    look, said = Watcher.look, list[str]()

    def read(self: Watcher) -> Look:
        found = look(self)
        said.extend(plain(found))
        return found

    monkeypatch.setattr(Watcher, "look", read)
    return lambda words: any(words in line for line in said)


@contextmanager
def standing(
    aws: Aws, ends: tuple[Postgres, Postgres], authority: Path, folder: Path
) -> Iterator[Deployed]:
    """What `deployed` is, for as long as somebody wants."""
    with pytest.MonkeyPatch.context() as patch, databases(*ends, name="app") as pair:
        patch.setattr("ferry.environments.FOLDER", folder / "environments")
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ENDPOINT_URL", aws.url)
        patch.setenv("AWS_ACCESS_KEY_ID", aws.account)
        patch.setenv("AWS_SECRET_ACCESS_KEY", "any")
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        # What does not change from command to command is made once: it takes as long as the rest.
        patch.setattr("typer.testing._get_command", COMMAND_OF)
        patch.setattr("botocore.session.create_loader", lambda *_: LOADER)
        patch.setattr(ClientCreator, "_create_client_class", client_class)
        made = Deployed(aws=aws, pair=pair, folder=folder / "environments", ca=authority / "ca.pem")
        yield made
        made.end()
    # tests/policies holds the IAM documents against what is recorded
    assert {each: called - set(RECORDED[each]) for each, called in made.called.items()} == {
        each: set() for each in made.called
    }
