"""The worker and servers that take TLS alone, as Aurora does with rds.force_ssl."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from harness.postgres import SUPERUSER, Postgres
from tests.migration.databases import Database, Pair, Worker
from tests.migration.test_worker import ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "db.example.com"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for NAME, its own authority, with its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture(scope="module")
def tls_server(certificate: Path) -> Iterator[Postgres]:
    with Postgres(certificate=certificate) as server:
        yield server


def test_the_servers_own_name_is_verified(
    pair: Pair, tls_server: Postgres, certificate: Path
) -> None:
    verified = {"host": NAME, "hostaddr": "127.0.0.1", "sslmode": "verify-full",
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
    job["source"]["connection"] |= {"host": NAME, "hostaddr": "127.0.0.1", "sslmode": "verify-full",
                                    "sslrootcert": str(certificate), **change}  # fmt: skip
    with Worker(job=job) as worker:
        ended = worker.end()
    assert ended["status"] == "failed"
    assert message in ended["message"]
