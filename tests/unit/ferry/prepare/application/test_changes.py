"""Other credentials for Aurora: what is given, and what nobody can sign in with."""

from __future__ import annotations

import json

import pytest

from ferry.errors import InputError
from ferry.prepare.application import Change, parse

CANARY = "canary-Pa55word"
ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-AbCdEf"


@pytest.mark.parametrize("given", [b"", b" \n", b"{}"])
def test_where_nothing_is_given_all_stays(given: bytes) -> None:
    assert parse(given, [ARN]) == {}


def test_what_is_given_is_of_its_secret() -> None:
    assert parse(json.dumps({ARN: {"password": f"{CANARY}\n"}}).encode(), [ARN]) == {
        ARN: Change(password=CANARY)
    }
    assert parse(json.dumps({ARN: {}}).encode(), [ARN]) == {ARN: Change()}


def test_a_password_shows_in_no_representation() -> None:
    assert CANARY not in repr(Change(username="shop", password=CANARY))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (CANARY, "What came on standard input is not JSON; standard input is empty, or one JSON"),
        ("[" * 100_000, "What came on standard input is not JSON"),
        (json.dumps([CANARY]), "What came on standard input has another shape"),
        (json.dumps({ARN: CANARY}), "What came on standard input has another shape"),
        (json.dumps({ARN: {"pass": CANARY}}), "What came on standard input has another shape"),
        (json.dumps({ARN: {"password": 1}}), "What came on standard input has another shape"),
        (json.dumps({CANARY: {}}), "What came on standard input names a secret that is not there"),
        (json.dumps({ARN: {"username": "x" * 64}}), "The user name has 64 bytes"),
        (json.dumps({ARN: {"password": f"{CANARY}\t"}}), "The password holds control characters"),
    ],
)
def test_what_else_is_given_is_refused_unquoted(given: str, why: str) -> None:
    with pytest.raises(InputError) as error:
        parse(given.encode(), [ARN])

    assert str(error.value).startswith(why)
    assert CANARY not in str(error.value)
