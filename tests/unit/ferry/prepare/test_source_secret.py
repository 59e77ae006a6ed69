"""The secret with the source's credentials: made, changed, restored, left alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber

from ferry.errors import FerryError
from ferry.prepare.credentials import Credentials
from ferry.prepare.secret import write
from ferry.prepare.source_secret import SourceSecret, reverse_secret_of, secret_of
from tests.unit.ferry.environments import of_several_databases

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

NAME = "aurora-ferry-dev/source"
CANARY = "canary-Pa55word"
SECRET = SourceSecret(
    name=NAME,
    description="How DMS signs in to the source of aurora-ferry-dev",
    host="db.example.org",
    port=5432,
    database_name="orders",
    tags={"project": "aurora-ferry", "environment": "dev"},
)
CREDENTIALS = Credentials(username="dms", password=CANARY)
VALUE = "credentials, host, port, database"


def run(
    client: SecretsManagerClient, credentials: Credentials = CREDENTIALS
) -> list[tuple[str, str]]:
    return [(step.what, str(step.outcome)) for step in write(client, SECRET, credentials)]


def value(client: SecretsManagerClient) -> object:
    return json.loads(client.get_secret_value(SecretId=NAME)["SecretString"])


def versions(client: SecretsManagerClient) -> int:
    return len(client.list_secret_version_ids(SecretId=NAME, IncludeDeprecated=True)["Versions"])


def test_of_several_databases_it_names_the_one_that_the_cluster_is_made_with() -> None:
    several = of_several_databases(crm="CRM", app="shop")

    assert secret_of(several).database_name == "shop"


def test_that_of_the_way_back_is_of_the_same_server() -> None:
    several = of_several_databases(crm="CRM", app="shop")

    back = reverse_secret_of(several)

    assert (back.name, back.host, back.port, back.database_name) == (
        "aurora-ferry-dev/reverse",
        secret_of(several).host,
        secret_of(several).port,
        "shop",
    )


def test_makes_the_secret(secretsmanager: SecretsManagerClient) -> None:
    assert run(secretsmanager) == [(f"secret {NAME}", "created")]


def test_the_secret_holds_the_keys_that_dms_reads(secretsmanager: SecretsManagerClient) -> None:
    run(secretsmanager)

    assert value(secretsmanager) == {
        "username": "dms",
        "password": CANARY,
        "engine": "postgres",
        "host": "db.example.org",
        "port": 5432,
        "dbname": "orders",
    }


def test_the_secret_says_what_it_is(secretsmanager: SecretsManagerClient) -> None:
    run(secretsmanager)

    described = secretsmanager.describe_secret(SecretId=NAME)
    assert described["Description"] == "How DMS signs in to the source of aurora-ferry-dev"
    assert described["Tags"] == [
        {"Key": "project", "Value": "aurora-ferry"},
        {"Key": "environment", "Value": "dev"},
    ]


def test_the_secret_is_encrypted_with_the_accounts_own_key(
    secretsmanager: SecretsManagerClient,
) -> None:
    run(secretsmanager)

    # without an answer, Secrets Manager uses aws/secretsmanager
    assert "KmsKeyId" not in secretsmanager.describe_secret(SecretId=NAME)


def test_a_second_run_finds_nothing_to_do(secretsmanager: SecretsManagerClient) -> None:
    run(secretsmanager)

    assert run(secretsmanager) == [
        (f"secret {NAME}", "nothing to do"),
        (VALUE, "nothing to do"),
        ("tags", "nothing to do"),
    ]
    assert versions(secretsmanager) == 1


def test_another_password_becomes_a_new_version(secretsmanager: SecretsManagerClient) -> None:
    run(secretsmanager)

    steps = run(secretsmanager, Credentials(username="dms", password="another-canary"))

    assert (VALUE, "set") in steps
    assert value(secretsmanager) == {
        "username": "dms",
        "password": "another-canary",
        "engine": "postgres",
        "host": "db.example.org",
        "port": 5432,
        "dbname": "orders",
    }
    assert versions(secretsmanager) == 2


def test_a_secret_without_a_version_gets_one(secretsmanager: SecretsManagerClient) -> None:
    secretsmanager.create_secret(Name=NAME)

    assert (VALUE, "set") in run(secretsmanager)
    assert versions(secretsmanager) == 1


def test_missing_and_wrong_tags_are_mended_and_others_stay(
    secretsmanager: SecretsManagerClient,
) -> None:
    run(secretsmanager)
    secretsmanager.untag_resource(SecretId=NAME, TagKeys=["project"])
    secretsmanager.tag_resource(
        SecretId=NAME,
        Tags=[{"Key": "environment", "Value": "prod"}, {"Key": "team", "Value": "payments"}],
    )

    assert ("tags", "mended") in run(secretsmanager)

    tags = secretsmanager.describe_secret(SecretId=NAME)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        "project": "aurora-ferry",
        "environment": "dev",
        "team": "payments",
    }


def test_a_secret_scheduled_for_deletion_is_restored(secretsmanager: SecretsManagerClient) -> None:
    run(secretsmanager)
    secretsmanager.delete_secret(SecretId=NAME)

    assert run(secretsmanager) == [
        (f"secret {NAME}", "restored"),
        (VALUE, "nothing to do"),
        ("tags", "nothing to do"),
    ]
    assert "DeletedDate" not in secretsmanager.describe_secret(SecretId=NAME)


def test_goes_on_where_the_secret_came_to_exist_meanwhile(
    secretsmanager: SecretsManagerClient,
) -> None:
    with Stubber(secretsmanager) as stubber:
        stubber.add_client_error("describe_secret", "ResourceNotFoundException")
        stubber.add_client_error("create_secret", "ResourceExistsException")
        stubber.add_response("describe_secret", {"Name": NAME})
        first = next(write(secretsmanager, SECRET, CREDENTIALS))

    assert (first.what, first.outcome) == (f"secret {NAME}", "nothing to do")


@pytest.mark.parametrize("operation", ["create_secret", "put_secret_value"])
def test_a_refusal_that_quotes_the_secret_is_not_shown(
    secretsmanager: SecretsManagerClient, operation: str
) -> None:
    with Stubber(secretsmanager) as stubber:
        if operation == "create_secret":
            stubber.add_client_error("describe_secret", "ResourceNotFoundException")
        else:
            stubber.add_response("describe_secret", {"Name": NAME})
            stubber.add_response("get_secret_value", {"SecretString": "{}"})
        stubber.add_client_error(
            operation, "ValidationException", f"1 error: value '{CANARY}' at 'secretString'"
        )
        with pytest.raises(FerryError) as error:
            run(secretsmanager)

    verb, name = {
        "create_secret": ("create", "CreateSecret"),
        "put_secret_value": ("write", "PutSecretValue"),
    }[operation]
    assert str(error.value) == (
        f"Could not {verb} the secret {NAME}: AWS refused {name} (ValidationException); its "
        "message is not shown, as it may quote the secret. AWS CloudTrail has the call."
    )
    assert error.value.__suppress_context__


@pytest.mark.parametrize(
    ("operation", "doing"),
    [
        ("describe_secret", f"read the secret {NAME}"),
        ("restore_secret", f"restore the secret {NAME}"),
        ("tag_resource", f"tag the secret {NAME}"),
    ],
)
def test_says_what_failed(secretsmanager: SecretsManagerClient, operation: str, doing: str) -> None:
    with Stubber(secretsmanager) as stubber:
        if operation == "restore_secret":
            stubber.add_response("describe_secret", {"DeletedDate": "2026-01-01T00:00:00Z"})
        if operation == "tag_resource":
            stubber.add_response("describe_secret", {"Name": NAME})
            stubber.add_response("get_secret_value", {"SecretString": SECRET.value(CREDENTIALS)})
        stubber.add_client_error(operation, "InvalidRequestException", "not now")
        with pytest.raises(FerryError) as error:
            run(secretsmanager)

    name = "".join(word.capitalize() for word in operation.split("_"))
    assert str(error.value) == (
        f"Could not {doing}: AWS refused {name} (InvalidRequestException): not now"
    )
