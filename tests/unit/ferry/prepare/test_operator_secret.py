"""The secrets that ferry signs in with: who, and nothing of where."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ferry.errors import InputError
from ferry.prepare.credentials import Credentials
from ferry.prepare.operator_secret import Side, secret_of
from ferry.prepare.secret import write
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

CREDENTIALS = Credentials(username="owner", password="canary;Pa55:word.+")


@pytest.mark.parametrize(
    ("side", "name", "description"),
    [
        (
            "source",
            "aurora-ferry-dev/operator-source",
            "How ferry signs in to the source db.example.org",
        ),
        (
            "target",
            "aurora-ferry-dev/operator-target",
            "How ferry signs in to the Aurora cluster aurora-ferry-dev",
        ),
    ],
)
def test_it_holds_the_credentials_alone(
    secretsmanager: SecretsManagerClient, side: Side, name: str, description: str
) -> None:
    steps = list(write(secretsmanager, secret_of(environment(), side), CREDENTIALS))

    assert [(step.what, str(step.outcome)) for step in steps] == [(f"secret {name}", "created")]
    assert secretsmanager.describe_secret(SecretId=name)["Description"] == description
    assert json.loads(secretsmanager.get_secret_value(SecretId=name)["SecretString"]) == {
        "username": "owner",
        "password": "canary;Pa55:word.+",
        "engine": "postgres",
    }


def test_other_credentials_are_told_as_that(secretsmanager: SecretsManagerClient) -> None:
    secret = secret_of(environment(), "source")
    list(write(secretsmanager, secret, CREDENTIALS))

    steps = list(write(secretsmanager, secret, Credentials(username="owner", password="other")))

    assert ("credentials", "set") in [(step.what, str(step.outcome)) for step in steps]


def test_aurora_alone_has_nobody_who_carries() -> None:
    with pytest.raises(InputError, match=r"^'dev' is Aurora alone: it has no \[source\]"):
        secret_of(environment(source=None, dms=None), "target")
