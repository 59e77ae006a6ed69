from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from harness.postgres import SUPERUSER, Postgres
from tests.migration.certificates import TLS_NAME, make_certificate
from tests.migration.databases import CONTROL, COVERING, Database, Pair
from tests.unit.local_aws.conftest import account, aws, clients, session, url  # noqa: F401 - fixtures
from tests.unit.local_aws.dms.conftest import instance_arn, subnet_group, vpc_role  # noqa: F401 - fixtures
from tests.unit.local_aws.rds.conftest import clusters  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--covering", metavar="FILE", help="write down which lines workers run")


def pytest_configure(config: pytest.Config) -> None:
    if file := config.getoption("--covering"):
        COVERING[:] = [
            "-m",
            "coverage",
            "run",
            "--branch",
            "--parallel-mode",
            f"--data-file={file}",
        ]


_SLOTS = "select slot_name, active_pid from pg_replication_slots where database = '{}'"


@pytest.fixture(scope="session")
def source_server() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def target_server() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for TLS_NAME, its own authority, with its key."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_text(make_certificate(TLS_NAME).with_key)
    return path


@pytest.fixture
def pair(
    source_server: Postgres, target_server: Postgres, request: pytest.FixtureRequest
) -> Iterator[Pair]:
    """Two empty databases of the same name; the target has the schema of the control tables."""
    name = re.sub(r"\W", "_", request.node.name.lower())[-60:]
    servers = [Database(server=each, name=SUPERUSER) for each in (source_server, target_server)]
    for server in servers:
        server.run(f'create database "{name}"')
    source, target = (Database(server=each.server, name=name) for each in servers)
    target.run(f"create schema {CONTROL}")
    yield Pair(source=source, target=target)
    for server in servers:
        for slot, pid in server.rows(_SLOTS.format(name)):
            if pid:
                server.run(f"select pg_terminate_backend({pid}, 10000)")
            server.run(f"select pg_drop_replication_slot('{slot}')")
        server.run(f'drop database "{name}" with (force)')
