"""Signing in to Aurora as the applications will: a real server that is closed to them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from ferry.errors import FerryError
from ferry.migrate.cutover.switching.signed import SignIn
from ferry.migrate.cutover.switching.signing_in import sign_in
from ferry.postgres import Server, connect
from harness.postgres import SUPERUSER, Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_secretsmanager import SecretsManagerClient

ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-AbCdEf"
PASSWORD, WRONG = "canary-Pa55word", "other-canary-Pa55word"


class Secret:
    """Secrets Manager with one secret, whose next version has a value."""

    def __init__(self, value: object) -> None:
        self.value = value if isinstance(value, str) else json.dumps(value)

    def get_secret_value(self, **asked: str) -> dict[str, Any]:
        assert asked == {"SecretId": ARN, "VersionStage": "ferry-next"}
        return {"SecretString": self.value}


@pytest.fixture(scope="module")
def aurora() -> Iterator[Server]:
    """A database that is closed, and another to which nothing is known of who could connect."""
    with Postgres() as started:
        own = Server(
            side="Aurora",
            host="127.0.0.1",
            port=started.port,
            database="app",
            username=SUPERUSER,
            password=started.password,
            ssl_mode="none",
        )
        with connect(replace(own, database=SUPERUSER), purpose="begin", read_only=False) as session:
            for statement in (
                "create role shop login password 'canary-Pa55word'",
                "create role clerks",
                "create role clerk login password 'canary-Pa55word' in role clerks",
                "create role nobody login password 'canary-Pa55word'",
                "create role hidden password 'canary-Pa55word'",
                "create database app",
                "revoke connect on database app from public",
            ):
                session.execute(statement)
        with connect(own, purpose="begin", read_only=False) as session:
            session.execute("create schema ferry")
            session.execute("create table ferry.access (database text primary key, acl text)")
        yield own


def value(aurora: Server, **changes: object) -> dict[str, object]:
    usual = {
        "host": "127.0.0.1",
        "port": aurora.port,
        "dbname": "app",
        "username": "shop",
        "password": PASSWORD,
    }
    return {**usual, **changes}


def signed(aurora: Server, **changes: object) -> SignIn:
    return _signed(aurora, value(aurora, **changes))


def _signed(aurora: Server, said: object) -> SignIn:
    return sign_in(cast("SecretsManagerClient", Secret(said)), ARN, [aurora])


def saved(aurora: Server, acl: str | None) -> None:
    with connect(aurora, purpose="begin", read_only=False) as session:
        session.execute("delete from ferry.access")
        session.execute("insert into ferry.access values ('app', %s)", [acl])


def test_a_right_password_is_told_though_aurora_is_closed(aurora: Server) -> None:
    with connect(aurora, purpose="begin", read_only=False) as session:
        session.execute("delete from ferry.access")

    assert signed(aurora) == SignIn(database="app", may_connect=None)


def test_whether_it_may_connect_later_is_read_from_what_was_saved(aurora: Server) -> None:
    may = {}
    for acl in (f"{{{SUPERUSER}=CTc/{SUPERUSER},shop=c/{SUPERUSER},clerks=c/{SUPERUSER}}}", None):
        saved(aurora, acl)
        may[acl is None] = [
            signed(aurora, username=name).may_connect for name in ("shop", "clerk", "nobody")
        ]
    saved(aurora, f"{{=c/{SUPERUSER}}}")

    assert may == {False: [True, True, False], True: [True, True, True]}
    assert signed(aurora, username="nobody").may_connect is True


def test_a_password_that_is_right_where_aurora_is_open(aurora: Server) -> None:
    assert signed(aurora, username=SUPERUSER, password=aurora.password).refused == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": WRONG}, "it does not accept the password of the applications' user."),
        ({"username": "unknown"}, "it does not accept the password of the applications' user."),
        ({"username": "hidden"}, "there is no database 'app', or no such user that may log in."),
        ({"dbname": "other"}, "it leads to 127.0.0.1:"),
        ({"port": 1}, "it leads to 127.0.0.1:1/app, which is no database of Aurora that is"),
    ],
)
def test_what_aurora_refuses_is_said_without_user_and_password(
    aurora: Server, changes: dict[str, object], said: str
) -> None:
    found = signed(aurora, **changes)

    assert said in found.refused
    assert found.may_connect is None
    assert not [each for each in ("unknown", "hidden", PASSWORD, WRONG) if each in str(found)]


@pytest.mark.parametrize("said", ["{}", "", "no JSON"])
def test_a_version_that_is_not_certain_is_not_judged(aurora: Server, said: str) -> None:
    with pytest.raises(FerryError, match="What the version under ferry-next of the secret arn:"):
        _signed(aurora, said)


def test_where_nobody_answers_it_is_not_known(aurora: Server) -> None:
    gone = replace(aurora, port=1)

    with pytest.raises(FerryError, match="nobody answers there") as raised:
        _signed(gone, value(gone))

    assert not [each for each in ("'shop'", PASSWORD) if each in str(raised.value)]
