"""All commands of a migration once, one after the other: what they call, and what nobody may see.

`PASSWORD` is the password of everybody who signs in anywhere: of DMS, of the operators, of Aurora's
master user.
"""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from harness.postgres import SUPERUSER
from local_aws.dms_worker.forking import Worker, Workers
from tests.migration.databases import Database
from tests.migration.deployed import PASSWORD, Deployed, standing
from tests.migration.test_faults import COMMANDS as IN_THE_TABLE
from tests.migration.test_faults import PAGE
from tests.policies.calls import RECORDED
from tests.unit.local_aws.aws import Aws, sign_as

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import boto3.session

    from harness.postgres import Postgres
    from tests.unit.local_aws.aws import Clients

ACCOUNT: Final = "888888888888"
CREDENTIALS: Final = json.dumps({"username": "operator", "password": PASSWORD})
OFTEN: Final = ("--every", "0.2")
COMMANDS: Final = (
    ("secret", "operator", "dev", "source"),
    ("prepare-databases", "dev", "--yes"),
    ("check", "source", "dev", "--deep", "--seconds", "1"),
    ("suggest", "tasks", "dev", "--seconds", "1"),
    ("schema", "dev", "before-load", "--yes"),
    ("start", "dev"),
    ("watch", "dev", *OFTEN),
    ("reload", "dev", "public.orders", "--yes", *OFTEN),
    ("schema", "dev", "after-load", "--yes"),
    ("schema", "dev", "before-cutover", "--yes"),
    ("verify", "dev"),
    ("status", "dev"),
    ("cutover", "dev", "--plan"),
    ("rollback", "dev", "--plan"),
    ("finish", "dev", "--plan"),
    ("report", "dev", "--output", PAGE),
    ("stop", "dev"),
)
LOGGED: Final = {"log_statement": "all", "log_connections": "on", "log_line_prefix": "%a %c "}


@dataclass(kw_only=True)
class Journey:
    """What was seen of it, by where it was seen."""

    deployed: Deployed
    folder: Path
    ended: dict[str, int] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    processes: dict[str, str] = field(default_factory=dict)
    temporary: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By their names the files of temporary folders when those went: mode, content."""
    logged: io.StringIO = field(default_factory=io.StringIO)
    servers: dict[str, str] = field(default_factory=dict)

    def process(self, process: subprocess.Popen[Any], variables: Mapping[str, str]) -> None:
        """Take down a process that was just started, and what the system shows of it."""
        name = repr(process.args)[:200]
        self.processes[name] = f"{process.args!r}{variables!r}{_shown(process.pid)}"

    def worker(self, worker: Worker) -> None:
        """Take down what the system shows of a worker."""
        self.processes[f"dms_worker {worker.pid}"] = _shown(worker.pid)

    def files(self, folder: str) -> None:
        """Take down what is in a temporary folder that is about to go."""
        for file in Path(folder).rglob("*"):
            if file.is_file():
                text = file.read_bytes().decode(errors="replace")
                self.temporary[file.name] = (file.stat().st_mode & 0o777, text)


def _shown(pid: int) -> str:
    """The arguments and variables of a process; empty where the system has no /proc, or it is gone."""
    found = Path("/proc") / str(pid)
    with suppress(OSError):
        return (found / "cmdline").read_text() + (found / "environ").read_text()
    return ""


@pytest.fixture(scope="module")
def journey(
    url: str,
    session: boto3.session.Session,
    clients: Clients,
    ends: tuple[Postgres, Postgres],
    authority: Path,
) -> Iterator[Journey]:
    """It, gone to its end."""
    sign_as(session, ACCOUNT)
    aws = Aws(account=ACCOUNT, url=url, clients=clients)
    with (
        tempfile.TemporaryDirectory() as folder,
        standing(aws, ends, authority, Path(folder)) as deployed,
        _loud(ends),
    ):
        deployed.make()
        deployed.pair.source.run(
            "create table orders (id bigint primary key, what text)",
            "insert into orders select n, 'x' from generate_series(1, 100) n",
            "create index on orders (what)",
            "grant select on orders to dms",
        )
        deployed.aws.secretsmanager.delete_secret(
            SecretId="aurora-ferry-dev/operator-source", ForceDeleteWithoutRecovery=True
        )
        made = Journey(deployed=deployed, folder=Path(folder))
        before = {server: len(server.log) for server in ends}
        with _seen(made):
            for typed in COMMANDS:
                ended = deployed.ferry(*typed, *_ways(deployed, typed), given=CREDENTIALS)
                made.ended[" ".join(typed[:3])] = ended.exit_code
                made.printed[" ".join(typed)] = ended.output
        for name, server in zip(("source", "target"), ends, strict=True):
            made.servers[name] = server.log[before[server] :]
        yield made


def _ways(deployed: Deployed, typed: tuple[str, ...]) -> tuple[str, ...]:
    if typed[0] in {"secret", "stop"}:
        return ()
    return deployed.ways[:2] if typed[0] == "suggest" else deployed.ways


@contextmanager
def _loud(servers: tuple[Postgres, ...]) -> Iterator[None]:
    """Servers that log each connection and each statement with its parameters."""
    databases = [Database(server=server, name=SUPERUSER) for server in servers]
    for database in databases:
        settings = [f"alter system set {name} = '{value}'" for name, value in LOGGED.items()]
        database.run(*settings, "select pg_reload_conf()")
    yield
    for database in databases:
        database.run(*(f"alter system reset {name}" for name in LOGGED), "select pg_reload_conf()")


@contextmanager
def _seen(journey: Journey) -> Iterator[None]:
    """Have a journey see which processes are started, which files go, what is logged."""
    start, leave = subprocess.Popen.__init__, tempfile.TemporaryDirectory.__exit__
    start_worker = Workers.start

    def started(self: subprocess.Popen[Any], *given: Any, **named: Any) -> None:  # noqa: ANN401 - Popen's
        start(self, *given, **named)
        journey.process(self, named.get("env") or os.environ)

    def started_worker(self: Workers) -> Worker:
        worker = start_worker(self)
        journey.worker(worker)
        return worker

    def left(self: tempfile.TemporaryDirectory[str], *given: Any) -> None:  # noqa: ANN401 - as its own
        journey.files(self.name)
        leave(self, *given)

    handler, root = logging.StreamHandler(journey.logged), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", started)
        patch.setattr(Workers, "start", started_worker)
        patch.setattr(tempfile.TemporaryDirectory, "__exit__", left)
        patch.setenv("XDG_STATE_HOME", str(journey.folder / "state"))
        patch.setenv("HOME", str(journey.folder))
        patch.setenv("PGAPPNAME", "of somebody's")
        root.setLevel(logging.DEBUG)
        yield
    root.setLevel(level)
    root.removeHandler(handler)


def test_it_goes_by_each_command_and_comes_to_its_end(journey: Journey) -> None:
    assert set(journey.deployed.called) == {
        "ferry secret operator",
        *(f"ferry {name.partition(' before')[0].partition(' after')[0]}" for name in IN_THE_TABLE),
    }
    # check source and suggest tasks have something to say of any source; no file says how to switch, and
    # it is not cut over
    assert {name for name, status in journey.ended.items() if status} <= {
        "check source dev",
        "suggest tasks dev",
        "schema dev before-load",
        "cutover dev --plan",
        "rollback dev --plan",
        "finish dev --plan",
        "report dev --output",
    }


_OF_A_SWITCH: Final = {
    "dms:StartReplicationTask",
    "dms:StopReplicationTask",
    "route53:ChangeResourceRecordSets",
    "route53:GetChange",
    "route53:GetHostedZone",
    "route53:ListResourceRecordSets",
    "secretsmanager:DescribeSecret",
    "secretsmanager:UpdateSecretVersionStage",
}
_OF_A_WAY_BACK: Final = frozenset({"dms:DescribeConnections", "dms:TestConnection"})
NOT_ON_THIS_WAY: Final = {
    "ferry cutover": {*_OF_A_SWITCH, *_OF_A_WAY_BACK},
    "ferry rollback": {*_OF_A_SWITCH, *_OF_A_WAY_BACK, "dms:DescribeTableStatistics"},
    "ferry finish": {"dms:StopReplicationTask"},
    "ferry verify": {"dms:DescribeTableStatistics"},
}
"""Calls that a journey without a difference, an exception, a way back, an application's secret or record does
not make; the tests of these do."""


def test_the_commands_call_what_is_recorded_and_no_more(journey: Journey) -> None:
    called = journey.deployed.called

    assert called == {
        each: set(RECORDED[each]) - NOT_ON_THIS_WAY.get(each, set()) for each in called
    }


def test_no_password_is_printed_or_logged(journey: Journey) -> None:
    assert [name for name, text in journey.printed.items() if PASSWORD in text] == []
    assert PASSWORD not in journey.logged.getvalue()
    assert "Starting new HTTP connection" in journey.logged.getvalue()


def test_no_process_has_a_password_in_its_arguments_or_variables(journey: Journey) -> None:
    started = " ".join(journey.processes)

    assert [name for name, seen in journey.processes.items() if PASSWORD in seen] == []
    assert "pg_dump" in started
    assert "dms_worker" in started


def test_a_password_is_in_a_file_that_its_user_alone_reads_and_that_is_gone(
    journey: Journey,
) -> None:
    holding = {name: mode for name, (mode, text) in journey.temporary.items() if PASSWORD in text}
    left = [
        str(file.relative_to(journey.folder))
        for file in journey.folder.rglob("*")
        if file.is_file() and PASSWORD.encode() in file.read_bytes()
    ]

    assert holding == {"passwords": 0o600}
    assert {"ca.pem", "schema"} <= journey.temporary.keys()
    assert left == []
    assert list((journey.folder / "state").rglob("*.json"))


def test_no_server_is_told_a_password(journey: Journey) -> None:
    for name, log in journey.servers.items():
        assert PASSWORD not in log, name
        assert "statement: " in log
        assert "application_name=ferry" in log
        assert "of somebody's" not in log
