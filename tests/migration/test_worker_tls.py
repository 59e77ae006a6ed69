"""The worker and servers that take TLS alone, as Aurora does with rds.force_ssl."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from harness.postgres import SUPERUSER, Postgres
from local_aws.dms_worker.job import Endpoint
from local_aws.dms_worker.stream import Replication
from tests.migration.databases import SECONDS, TLS_NAME, Database, Pair, Worker, eventually
from tests.migration.test_worker import ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def tls_server(certificate: Path) -> Iterator[Postgres]:
    with Postgres(certificate=certificate) as server:
        yield server


def test_the_servers_own_name_is_verified(
    pair: Pair, tls_server: Postgres, certificate: Path
) -> None:
    verified = {"host": TLS_NAME, "hostaddr": "127.0.0.1", "sslmode": "verify-full",
                "sslrootcert": str(certificate)}  # fmt: skip
    source = Database(server=tls_server, name=SUPERUSER)
    source.run(f"drop table if exists orders; {ORDERS}", "insert into orders values (1, 'x', null)")
    pair.target.run(ORDERS)
    job = Pair(source=source, target=pair.target).job(migration_type="full-load")
    job["source"]["connection"] |= verified
    with Worker(job=job) as worker:
        assert worker.end()["reason"] == "Stop Reason FULL_LOAD_ONLY_FINISHED"
    assert pair.target.value("select count(*) from orders") == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"host": "another.example.com"}, 'does not match host name "another.example.com"'),
        ({"sslmode": "disable"}, "no encryption"),
    ],
)
def test_another_name_and_no_tls_fail_the_task(
    pair: Pair,
    tls_server: Postgres,
    certificate: Path,
    change: dict[str, str],
    message: str,
) -> None:
    source = Database(server=tls_server, name=SUPERUSER)
    job = Pair(source=source, target=pair.target).job()
    job["source"]["connection"] |= {"host": TLS_NAME, "hostaddr": "127.0.0.1", "sslmode": "verify-full",
                                    "sslrootcert": str(certificate), **change}  # fmt: skip
    with Worker(job=job) as worker:
        ended = worker.end()
    assert ended["status"] == "failed"
    assert message in ended["message"]


def test_what_the_source_has_to_send_is_read_at_once_though_tls_holds_it_in_pieces(
    tls_server: Postgres,
) -> None:
    source = Database(server=tls_server, name=SUPERUSER)
    source.run("drop table if exists many; create table many (id int primary key)")
    endpoint = Endpoint(connection={**source.connection, "sslmode": "require"})
    with closing(Replication(endpoint, threading.Event())) as stream:
        begins, _ = stream.create_slot("many")
        source.run(*(f"insert into many values ({number})" for number in range(200)))
        written = source.value("select pg_current_wal_insert_lsn()")
        stream.start("many", begins)
        eventually(lambda: source.value(f"select sent_lsn >= '{written}' from pg_stat_replication"))
        assert len(stream.read(SECONDS)) == 200
    source.run("select pg_drop_replication_slot('many')")
