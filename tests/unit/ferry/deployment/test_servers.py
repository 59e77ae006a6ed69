"""Where the databases are and who signs in: from the file, the state and the operator's secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ferry.account import sign_in
from ferry.deployment import Deployment, NotDeployedError, outputs_of
from ferry.deployment.servers import source_server, source_user_of_dms, target_server
from ferry.errors import FerryError, InputError
from ferry.postgres import Address
from harness.certificates import make_certificate
from tests.unit.ferry.conftest import ACCOUNT, REGION
from tests.unit.ferry.environments import environment, of_several_databases

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient

    from settings.environment import Environment

BUCKET = "aurora-ferry-tfstate-111122223333-eu-central-1"
MASTER = "aurora-ferry-dev/master"
CANARY = "canary-Pa55word"
HOST = "aurora-ferry-dev.cluster-c0.eu-central-1.rds.amazonaws.com"
AUTHORITY = make_certificate("rds.example.com")


def deployed(s3: S3Client, of: Environment | None = None, *, whole: bool = True) -> Deployment:
    """An environment whose state has all outputs, or none."""
    it = of or environment()
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    values = dict.fromkeys(outputs_of(it), "x")
    values |= {"cluster_endpoint": HOST, "master_secret_arn": MASTER}
    values |= {"clients_security_group_id": "sg-0c11e"}
    state = {"version": 4, "outputs": {name: {"value": each} for name, each in values.items()}}
    if whole:
        s3.put_object(Bucket=BUCKET, Key=it.state_key, Body=json.dumps(state))
    account = sign_in(environment="dev", account_id=ACCOUNT, region=REGION)
    return Deployment(environment=it, account=account)


def put(client: SecretsManagerClient, name: str, value: object) -> None:
    client.create_secret(Name=name, SecretString=json.dumps(value))


@pytest.fixture
def authorities(tmp_path: Path) -> Path:
    path = tmp_path / "rds-ca.pem"
    path.write_text(AUTHORITY.authority)
    return path


def test_the_source_is_where_the_file_says_and_its_operator_signs_in(
    s3: S3Client, secretsmanager: SecretsManagerClient
) -> None:
    several = of_several_databases(crm="CRM", app="shop")
    put(secretsmanager, "aurora-ferry-dev/operator-source", {"username": "o", "password": CANARY})
    it = deployed(s3, several)
    by = Address(host="127.0.0.1", port=15432)

    server = source_server(several, it.account, several.carried[1], address=by)

    assert (server.side, server.host, server.port) == ("the source", "db.example.org", 5432)
    assert server.database == several.carried[1].source
    assert (server.username, server.password, server.address) == ("o", CANARY, by)
    assert server.ssl_mode == several.migration.source.ssl_mode
    assert CANARY not in repr(server)


def test_aurora_is_where_the_state_says(
    s3: S3Client, secretsmanager: SecretsManagerClient, authorities: Path
) -> None:
    put(secretsmanager, "aurora-ferry-dev/operator-target", {"username": "o", "password": CANARY})
    it = deployed(s3)

    server = target_server(it, it.environment.carried[0], ca_file=authorities)

    assert (server.side, server.host, server.port) == ("Aurora", HOST, 5432)
    assert (server.username, server.database, server.ssl_mode) == ("o", "app", "verify-full")
    assert server.ca_pem == AUTHORITY.authority
    assert "aurora-ferry-dev-aurora lets in the members of sg-0c11e" in server.way


def test_without_a_secret_of_its_own_aurora_is_the_master_users(
    s3: S3Client, secretsmanager: SecretsManagerClient, authorities: Path
) -> None:
    put(secretsmanager, MASTER, {"username": "ferry_admin", "password": CANARY})
    it = deployed(s3)

    server = target_server(it, it.environment.carried[0], ca_file=authorities)

    assert server.username == "ferry_admin"


def test_the_user_of_dms_is_the_one_of_its_secret(
    s3: S3Client, secretsmanager: SecretsManagerClient
) -> None:
    it = deployed(s3)
    with pytest.raises(FerryError, match="There is no secret aurora-ferry-dev/source, or it has"):
        source_user_of_dms(it.environment, it.account)
    put(secretsmanager, "aurora-ferry-dev/source", {"username": "dms", "password": CANARY})

    assert source_user_of_dms(it.environment, it.account) == "dms"


@pytest.mark.parametrize(
    "value", [[], "text", {"username": "o"}, {"username": "", "password": CANARY},
              {"username": 1, "password": CANARY}]
)  # fmt: skip
def test_a_secret_of_another_shape_is_refused_unquoted(
    s3: S3Client, secretsmanager: SecretsManagerClient, value: object
) -> None:
    put(secretsmanager, "aurora-ferry-dev/operator-source", value)
    it = deployed(s3)

    with pytest.raises(FerryError) as refused:
        source_server(it.environment, it.account, it.environment.carried[0])

    assert str(refused.value) == (
        "The secret aurora-ferry-dev/operator-source does not hold a username and a password. "
        "Write it: ferry secret operator dev source"
    )


def test_a_missing_secret_says_what_to_run(s3: S3Client) -> None:
    it = deployed(s3)

    with pytest.raises(FerryError) as refused:
        source_server(it.environment, it.account, it.environment.carried[0])

    assert str(refused.value) == (
        "There is no secret aurora-ferry-dev/operator-source, or it has no value. Write it: ferry "
        "secret operator dev source"
    )
    assert refused.value.exit_code == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "There is no "),
        ("nothing", "Aurora's certificate cannot be verified: rds-ca.pem given, which holds no"),
        (
            AUTHORITY.with_key,
            "Aurora's certificate cannot be verified: rds-ca.pem given, which hol",
        ),
    ],
)
def test_without_authorities_it_says_where_they_are(
    s3: S3Client,
    secretsmanager: SecretsManagerClient,
    tmp_path: Path,
    content: str | None,
    message: str,
) -> None:
    put(secretsmanager, MASTER, {"username": "ferry_admin", "password": CANARY})
    it = deployed(s3)
    if content is not None:
        (tmp_path / "rds-ca.pem").write_text(content)

    with pytest.raises(FerryError) as refused:
        target_server(it, it.environment.carried[0], ca_file=tmp_path / "rds-ca.pem")

    assert str(refused.value).startswith(message)
    assert "curl -o environments/certificates/rds-ca.pem https://truststore" in str(refused.value)


def test_what_is_not_deployed_or_carries_nothing_has_no_server(
    s3: S3Client, authorities: Path
) -> None:
    it = deployed(s3, whole=False)
    with pytest.raises(NotDeployedError):
        target_server(it, it.environment.carried[0], ca_file=authorities)
    alone = environment(source=None, dms=None)
    with pytest.raises(InputError, match="is Aurora alone"):
        source_server(alone, it.account, it.environment.carried[0])
