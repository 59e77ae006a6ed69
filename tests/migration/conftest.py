from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.certificates import make_certificate
from harness.postgres import Postgres
from tests.migration.databases import PYTHON, TLS_NAME, WORKERS, Pair, databases, empty
from tests.migration.deployed import aurora, authority, deployed, ends  # noqa: F401 - fixtures
from tests.unit.local_aws.conftest import account, aws, clients, session, url  # noqa: F401 - fixtures
from tests.unit.local_aws.dms.conftest import instance_arn, subnet_group, vpc_role  # noqa: F401 - fixtures
from tests.unit.local_aws.rds.conftest import clusters  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--seeds", type=int, default=1, help="how often the rehearsal goes and returns"
    )
    parser.addoption("--covering", metavar="FILE", help="write down which lines workers run")


def pytest_configure(config: pytest.Config) -> None:
    if file := config.getoption("--covering"):
        PYTHON[1:] = [
            "-m",
            "coverage",
            "run",
            "--branch",
            "--parallel-mode",
            f"--data-file={file}",
            "--include=local_aws/dms_worker/*",
        ]


def pytest_unconfigure() -> None:
    WORKERS.close()


@pytest.fixture(scope="session")
def source_server() -> Iterator[Postgres]:
    with Postgres(wal_segment_mib=1) as server:  # smaller than what `full_disk` lets be written
        yield server


@pytest.fixture(scope="session")
def target_server() -> Iterator[Postgres]:
    with Postgres(wal_segment_mib=1) as server:  # smaller than what `full_disk` lets be written
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for TLS_NAME, with its authority's and its key."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_text(make_certificate(TLS_NAME).with_key)
    return path


@pytest.fixture(scope="session")
def kept_pair(source_server: Postgres, target_server: Postgres) -> Iterator[Pair]:
    """The databases of `pair`."""
    with databases(source_server, target_server, name="kept pair") as made:
        yield made


@pytest.fixture
def pair(kept_pair: Pair) -> Iterator[Pair]:
    """Two empty databases of the same name; the target has the schema of the control tables.

    They are emptied after each test, which takes a tenth of what making them anew does.
    """
    yield kept_pair
    empty(kept_pair)
