"""DMS's test of an endpoint whose server is on this machine: it connects, and says what it met."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from harness.certificates import make_certificate
from harness.postgres import SUPERUSER, Postgres
from tests.migration.databases import TLS_NAME, eventually
from tests.unit.local_aws.aws import Aws, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FAILED = (
    "Test Endpoint failed: Application-Status: 1020912, Application-Message: Failed to connect "
    "Network error has occurred, Application-Detailed-Message: RetCode: SQL_ERROR  SqlState: 08001 "
    "NativeError: 101 Message: [unixODBC]"
)
Endpoint = dict[str, Any]


@pytest.fixture(scope="module")
def tls_server(certificate: Path) -> Iterator[Postgres]:
    with Postgres(certificate=certificate) as server:
        yield server


@pytest.fixture
def make_endpoint(aws: Aws, tls_server: Postgres, certificate: Path) -> Callable[..., str]:
    """Makes an endpoint for the server: verified by its name, unless something else is given."""

    def make(
        *,
        password: str | None = None,
        authority: str = certificate.read_text().partition("-----BEGIN PRIVATE")[0],
        **arguments: Any,  # noqa: ANN401 - any of the call's
    ) -> str:
        aws.post("/local-aws/addresses", {TLS_NAME: {"port": tls_server.port}})
        secret = {
            "host": TLS_NAME,
            "username": SUPERUSER,
            "password": password or tls_server.password,
        }
        usual = {
            "EndpointIdentifier": "source",
            "EndpointType": "source",
            "EngineName": "postgres",
            "DatabaseName": "postgres",
            "SslMode": "verify-full",
            "CertificateArn": aws.dms.import_certificate(
                CertificateIdentifier=f"c{uuid.uuid4().hex}", CertificatePem=authority
            )["Certificate"]["CertificateArn"],
            "PostgreSQLSettings": {
                "SecretsManagerSecretId": aws.secretsmanager.create_secret(
                    Name="source", SecretString=json.dumps(secret)
                )["ARN"]
            },
        }
        return str(aws.dms.create_endpoint(**{**usual, **arguments})["Endpoint"]["EndpointArn"])

    return make


def outcome(aws: Aws, instance_arn: str, endpoint_arn: str) -> dict[str, Any]:
    """What the test shows once it has ended."""
    aws.dms.test_connection(ReplicationInstanceArn=instance_arn, EndpointArn=endpoint_arn)
    found: dict[str, Any] = {}

    def ended() -> bool:
        [connection] = aws.dms.describe_connections()["Connections"]
        found.update(connection)
        return bool(connection["Status"] != "testing")

    eventually(ended)
    return found


def test_a_server_that_answers_is_a_success(
    aws: Aws, instance_arn: str, make_endpoint: Callable[..., str]
) -> None:
    found = outcome(aws, instance_arn, make_endpoint())
    assert (found["Status"], found["LastFailureMessage"]) == ("successful", "")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"password": "not-the-password"},
            f'FATAL:  password authentication failed for user "{SUPERUSER}"',
        ),
        ({"DatabaseName": "nowhere"}, 'FATAL:  database "nowhere" does not exist'),
        (
            {"SslMode": "none"},
            'FATAL:  no pg_hba.conf entry for host "127.0.0.1", user "postgres", database "postgres", no encryption',
        ),
    ],
)
def test_a_refusal_is_told_in_the_servers_words(
    aws: Aws,
    instance_arn: str,
    make_endpoint: Callable[..., str],
    given: Endpoint,
    message: str,
) -> None:
    found = outcome(aws, instance_arn, make_endpoint(**given))
    assert (found["Status"], found["LastFailureMessage"]) == ("failed", FAILED + message)


def test_a_certificate_of_another_authority_is_not_trusted(
    aws: Aws,
    instance_arn: str,
    make_endpoint: Callable[..., str],
) -> None:
    another = make_certificate(TLS_NAME).authority
    found = outcome(aws, instance_arn, make_endpoint(authority=another))
    assert found["Status"] == "failed"
    assert "certificate verify failed" in found["LastFailureMessage"]


def test_encryption_alone_trusts_any_certificate(
    aws: Aws, instance_arn: str, make_endpoint: Callable[..., str]
) -> None:
    endpoint = make_endpoint(SslMode="require", CertificateArn="")
    assert outcome(aws, instance_arn, endpoint)["Status"] == "successful"


def test_a_server_that_is_stopped_refuses_until_it_is_there_again(
    aws: Aws, instance_arn: str, make_endpoint: Callable[..., str], tls_server: Postgres
) -> None:
    endpoint = make_endpoint()
    tls_server.stop()
    try:
        found = outcome(aws, instance_arn, endpoint)
    finally:
        tls_server.start()
    assert found["Status"] == "failed"
    assert found["LastFailureMessage"].startswith(FAILED + "Connection refused")
    assert outcome(aws, instance_arn, endpoint)["Status"] == "successful"


def test_no_password_is_shown(
    aws: Aws, instance_arn: str, make_endpoint: Callable[..., str], tls_server: Postgres
) -> None:
    found = outcome(aws, instance_arn, make_endpoint(DatabaseName="nowhere"))
    assert tls_server.password not in str(found)


def test_a_test_that_is_under_way_is_not_begun_again(
    aws: Aws, instance_arn: str, make_endpoint: Callable[..., str]
) -> None:
    endpoint = make_endpoint()
    aws.dms.test_connection(ReplicationInstanceArn=instance_arn, EndpointArn=endpoint)
    with refused("InvalidResourceStateFault", "is being tested"):
        aws.dms.test_connection(ReplicationInstanceArn=instance_arn, EndpointArn=endpoint)
    eventually(lambda: aws.dms.describe_connections()["Connections"][0]["Status"] == "successful")
