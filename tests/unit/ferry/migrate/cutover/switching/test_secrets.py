"""AWSCURRENT goes to the version that leads to Aurora and back, from the version that is journalled."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from ferry.errors import FerryError
from ferry.migrate.cutover.switching.secrets import Move, Moved, carry_out, outcome, planned, read

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/orders-AbCdEf"
OLD, NEW, THIRD = "o" * 32, "n" * 32, "t" * 32
MOVE = Move(arn=ARN, before=OLD, after=NEW)


def made(client: SecretsManagerClient, name: str) -> str:
    """A secret whose next version is prepared."""
    arn = client.create_secret(Name=name, SecretString="old", ClientRequestToken=OLD)["ARN"]
    client.put_secret_value(
        SecretId=arn, SecretString="new", ClientRequestToken=NEW, VersionStages=["ferry-next"]
    )
    return arn


def labels(client: SecretsManagerClient, arn: str) -> dict[str, str]:
    found = client.describe_secret(SecretId=arn)["VersionIdsToStages"]
    return {label: version for version, each in found.items() for label in each}


@pytest.fixture
def client(secretsmanager: SecretsManagerClient) -> SecretsManagerClient:
    return secretsmanager


def test_it_goes_there_and_back_and_each_time_once(client: SecretsManagerClient) -> None:
    arn = made(client, "shop/orders")

    (move,) = read(client, [arn])

    assert move == Move(arn=arn, before=OLD, after=NEW)
    assert Move.of(json.loads(json.dumps(move.as_json()))) == move
    for way, current, previous in ((move, NEW, OLD), (move.back, OLD, NEW), (move, NEW, OLD)):
        assert carry_out(client, way) is Moved.NOW
        there = {"AWSCURRENT": current, "AWSPREVIOUS": previous, "ferry-next": NEW}
        assert labels(client, arn) == there
        assert carry_out(client, way) is Moved.ALREADY
        assert labels(client, arn) == there


@pytest.mark.parametrize("is_back", [False, True])
def test_a_secret_that_somebody_changed_is_refused_by_name_and_left(
    client: SecretsManagerClient, *, is_back: bool
) -> None:
    arn = made(client, "shop/orders")
    (move,) = read(client, [arn])
    if is_back:
        carry_out(client, move)
    client.put_secret_value(SecretId=arn, SecretString="rotated", ClientRequestToken=THIRD)
    before = labels(client, arn)

    with pytest.raises(FerryError, match=f"The secret {re.escape(arn)} was changed by") as raised:
        carry_out(client, move.back if is_back else move)

    assert f"is on version {THIRD}, neither" in raised.value.why
    assert raised.value.stays
    assert labels(client, arn) == before


def test_all_that_cannot_be_switched_are_named_and_none_is_planned(
    client: SecretsManagerClient,
) -> None:
    bare = client.create_secret(Name="bare", SecretString="old")["ARN"]
    switched = made(client, "switched")
    carry_out(client, *read(client, [switched]))

    with pytest.raises(FerryError) as raised:
        read(client, [bare, switched, made(client, "right")])

    lines = str(raised.value).splitlines()
    assert lines[0].startswith(f"The secret {bare} has no version under ferry-next.")
    assert lines[1].startswith(f"The version of the secret {switched} under ferry-next is under ")
    assert len(lines) == 2


def test_a_secret_without_a_current_version_is_refused() -> None:
    with pytest.raises(FerryError, match=r"has no version under AWSCURRENT\."):
        planned(ARN, {"ferry-next": NEW})
    with pytest.raises(FerryError, match="is on version None"):
        outcome(MOVE, {"ferry-next": NEW})


UPDATE = {
    "SecretId": ARN,
    "VersionStage": "AWSCURRENT",
    "RemoveFromVersionId": OLD,
    "MoveToVersionId": NEW,
}


def described(current: str) -> tuple[dict[str, Any], dict[str, str]]:
    return {"VersionIdsToStages": {current: ["AWSCURRENT"]}}, {"SecretId": ARN}


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (NEW, None),
        (OLD, "AWS refused UpdateSecretVersionStage"),
        (THIRD, "was changed by somebody"),
    ],
    ids=["the answer was lost", "refused", "changed in between"],
)
def test_where_aws_refuses_what_the_secret_has_then_decides(
    client: SecretsManagerClient, after: str, said: str | None
) -> None:
    with Stubber(client) as stubber:
        stubber.add_response("describe_secret", *described(OLD))
        stubber.add_client_error(
            "update_secret_version_stage", "InvalidParameterException", expected_params=UPDATE
        )
        stubber.add_response("describe_secret", *described(after))
        if said is None:
            assert carry_out(client, MOVE) is Moved.NOW
        else:
            with pytest.raises(FerryError, match=said):
                carry_out(client, MOVE)
        stubber.assert_no_pending_responses()
