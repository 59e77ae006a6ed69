"""One local AWS for all tests, in a thread of this process so that coverage sees it."""

from __future__ import annotations

import itertools
import os
import threading
from typing import TYPE_CHECKING

import boto3
import pytest

from local_aws.server import make_local_aws
from tests.unit.local_aws.aws import Aws, Clients, sign_as

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.serving import BaseWSGIServer

# Each test has an account of its own, so that none sees what another left.
_ACCOUNTS = itertools.count(100_000_000_000 + os.getpid() % 1000 * 1_000_000)


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    yield from _serving(make_local_aws())


def _serving(server: BaseWSGIServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def session() -> boto3.session.Session:
    return boto3.session.Session(aws_access_key_id="0", aws_secret_access_key="any")


@pytest.fixture(scope="session")
def clients(url: str, session: boto3.session.Session) -> Iterator[Clients]:
    """One client for each service: making one takes longer than most tests."""
    with Clients(session=session, url=url) as made:
        yield made


@pytest.fixture
def account(session: boto3.session.Session) -> str:
    """The account of this test; every client signs with it from here on."""
    number = str(next(_ACCOUNTS))
    sign_as(session, number)
    return number


@pytest.fixture
def aws(account: str, url: str, clients: Clients) -> Aws:
    return Aws(account=account, url=url, clients=clients)
