"""What is said of the secrets; never a value."""

from __future__ import annotations

import json
from datetime import date

import pytest

from ferry.account import Unanswered
from ferry.check.account.secret_shape import Shape, shape_of
from ferry.check.account.secrets import (
    Secret,
    judge_name,
    judge_reverse,
    judge_source,
    source_secret_id,
)
from ferry.findings import Finding, Level, blocked, right, warning
from tests.unit.ferry.environments import environment

NAME = "aurora-ferry-dev/source"
ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:mine-AbCdEf"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555"
DELETED = date(2026, 12, 24)
RIGHT = {"username": "u", "password": "canary", "host": "db.example.org", "port": 5432}
FAILS = "The connection test of the source's endpoint fails, and with it every task."


def source(secret: Secret | None, **settings: str) -> list[Finding]:
    return judge_source(environment(source=settings), secret)


def fails(
    what: str, *, why: str = FAILS, remedy: str = "Run 'ferry secret source dev'."
) -> Finding:
    return blocked("source-secret", what, why=why, remedy=remedy)


# --- the shape of a value


def shape(**changes: object) -> Shape:
    return shape_of(json.dumps({**RIGHT, **changes}), host="db.example.org", port=5432)


def test_a_value_as_dms_needs_it() -> None:
    assert shape() == Shape()
    assert shape(port="5432", host="DB.example.org", engine="postgres") == Shape()


@pytest.mark.parametrize(
    "text", [None, "", "canary", '["canary"]', '"canary"', '{"password": "canary"', "[" * 100_000]
)
def test_a_value_that_is_no_object(text: str | None) -> None:
    assert shape_of(text, host="h", port=1) == Shape(is_object=False)


def test_keys_that_are_missing_or_empty() -> None:
    assert shape_of("{}", host="h", port=1).missing == ("username", "password", "host", "port")
    assert shape(username="", host=None).missing == ("username", "host")


@pytest.mark.parametrize("key", ["username", "password", "host"])
@pytest.mark.parametrize("value", [1, True, ["canary"], {}])
def test_values_that_are_no_text(key: str, value: object) -> None:
    assert shape(**{key: value}).mistyped == (key,)


@pytest.mark.parametrize(
    "port", [0, 65536, -1, True, 5432.5, "0", "65536", "54x", "-1", "\u0665", [5432], "9" * 5000]
)
def test_ports_that_are_none(port: object) -> None:
    assert shape(port=port).mistyped == ("port",)


@pytest.mark.parametrize("character", ";:.+")
def test_passwords_that_dms_rejects(character: str) -> None:
    assert shape(password=f"can{character}ary").holds_rejected


def test_another_source_than_the_files() -> None:
    assert not shape(host="other.example.org").names_source
    assert not shape(port=5433).names_source
    assert not shape(port="5433").names_source


def test_a_shape_holds_no_value() -> None:
    assert "canary" not in repr(shape(username="", password="canary;", host="canary"))


# --- the source's secret


def test_a_secret_as_it_should_be() -> None:
    expected = right(
        "source-secret",
        f"The secret {NAME} is there, and shaped as DMS needs it (username, password, host, port).",
    )

    assert source(Secret(shape=Shape())) == [expected]
    default = "arn:aws:kms:eu-central-1:111122223333:alias/aws/secretsmanager"
    assert source(Secret(shape=Shape(), key_id=default)) == [expected]


def test_no_secret() -> None:
    assert source(None) == [
        fails(
            f"There is no secret {NAME}.",
            why="The plan stops: DMS reads the source's user and password there.",
        )
    ]


def test_no_secret_of_the_users_own() -> None:
    [finding] = source(None, secret_arn=ARN)

    assert finding.what == f"There is no secret {ARN}."
    assert finding.remedy == (
        "Write JSON with username, password, host, port into it ('aws secretsmanager "
        "put-secret-value --secret-id ... --secret-string file://...')."
    )


def test_a_secret_that_is_scheduled_for_deletion() -> None:
    what = f"The secret {NAME} is scheduled for deletion on 2026-12-24."
    why = "The plan stops: such a secret is not listed, and DMS cannot read it."

    assert source(Secret(deleted_on=DELETED)) == [
        fails(what, why=why, remedy="Run 'ferry secret source dev': it restores the secret.")
    ]
    [own] = source(Secret(deleted_on=DELETED), secret_arn=ARN)
    assert own.remedy == (f"Restore it: 'aws secretsmanager restore-secret --secret-id {ARN}'.")


def test_a_secret_without_a_value() -> None:
    assert source(Secret()) == [fails(f"The secret {NAME} has no value.")]


def test_a_secret_that_is_no_object() -> None:
    assert source(Secret(shape=Shape(is_object=False))) == [
        fails(f"The value of the secret {NAME} is not a JSON object.")
    ]


def test_a_secret_that_lacks_keys() -> None:
    assert source(Secret(shape=Shape(missing=("host", "port")))) == [
        fails(f"The secret {NAME} lacks host, port.")
    ]


def test_a_secret_with_values_of_another_kind() -> None:
    assert source(Secret(shape=Shape(mistyped=("port",)))) == [
        fails(f"The secret {NAME} holds something else than text, or no port number, at port.")
    ]


def test_a_password_that_dms_rejects() -> None:
    assert source(Secret(shape=Shape(holds_rejected=True))) == [
        fails(
            f"The password in the secret {NAME} holds punctuation that DMS rejects: none of ; : . "
            "+ may occur.",
            remedy="Give the user another password on the source (ALTER ROLE ... PASSWORD). Then "
            "run 'ferry secret source dev'.",
        )
    ]


def test_a_secret_that_names_another_source() -> None:
    assert source(Secret(shape=Shape(names_source=False))) == [
        warning(
            "source-secret",
            f"The secret {NAME} names another host or port than dev.toml.",
            why="DMS connects to where the secret says, while the file opens the security groups.",
            remedy="Run 'ferry secret source dev', or correct source.host and source.port.",
        )
    ]


def test_a_secret_that_may_not_be_read() -> None:
    assert source(Secret(shape=Unanswered("AWS denied it.", "Have it allowed."))) == [
        Finding(
            check="source-secret",
            level=Level.UNJUDGED,
            what=f"What the secret {NAME} holds could not be judged.",
            why="AWS denied it.",
            remedy="Have it allowed.",
        )
    ]


def test_a_secret_under_a_key_that_the_file_does_not_name() -> None:
    assert source(Secret(shape=Shape(), key_id=KEY)) == [
        warning(
            "source-secret",
            f"The secret {NAME} is encrypted with the key {KEY}, which "
            "source.secret_kms_key_arn does not name.",
            why="DMS's role is given no permission to decrypt with it, so unless the key's own "
            "policy does, the connection test fails.",
            remedy="Set source.secret_kms_key_arn to the key's ARN in dev.toml.",
        )
    ]


@pytest.mark.parametrize(
    ("key_id", "level"),
    [
        (KEY, Level.RIGHT),
        (KEY.rpartition("/")[2], Level.RIGHT),
        ("alias/mine", Level.RIGHT),  # which key it means is not told
        ("", Level.RIGHT),
        (KEY.replace("1", "2"), Level.WARNING),
    ],
)
def test_a_secret_under_the_key_that_the_file_names(key_id: str, level: Level) -> None:
    secret = Secret(shape=Shape(), key_id=key_id)

    [finding] = source(secret, secret_arn=ARN, secret_kms_key_arn=KEY)

    assert finding.level is level


def test_all_that_is_wrong_is_said() -> None:
    wrong = Shape(missing=("username",), mistyped=("port",), holds_rejected=True)

    assert len(source(Secret(shape=wrong, key_id=KEY))) == 4


# --- the other secrets' names


def test_the_secret_is_ferrys_or_the_users_own() -> None:
    assert source_secret_id(environment()) == NAME
    assert source_secret_id(environment(source={"secret_arn": ARN})) == ARN


def test_a_name_that_is_free_or_used() -> None:
    free = judge_name("master-secret", "n", None)
    used = judge_name("master-secret", "n", Secret())

    assert free == right("master-secret", "The name n is free.")
    assert used == right("master-secret", "The secret n is there.")


def test_a_name_that_a_deleted_secret_holds() -> None:
    assert judge_name("target-secret", "n", Secret(deleted_on=DELETED)) == blocked(
        "target-secret",
        "The name n is taken by a secret that is scheduled for deletion on 2026-12-24.",
        why="CreateSecret is refused until then ('already scheduled for deletion').",
        remedy="Restore it and bring it in: 'aws secretsmanager restore-secret --secret-id n'; "
        "docs/recovery.md has the way.",
    )


# --- the way back's secret


def test_the_secret_of_the_way_back() -> None:
    name, dev = "aurora-ferry-dev/reverse", environment(dms={"rollback": True})

    assert judge_reverse(dev, Secret()) == right("reverse-secret", f"The secret {name} is there.")
    assert judge_reverse(dev, None) == blocked(
        "reverse-secret",
        f"There is no secret {name}.",
        why="The plan stops: DMS reads there as whom it writes back to the source.",
        remedy="Run 'ferry secret reverse dev'.",
    )
    assert judge_reverse(dev, Secret(deleted_on=DELETED)) == blocked(
        "reverse-secret",
        f"The secret {name} is scheduled for deletion on 2026-12-24.",
        why="The plan stops: such a secret is not listed, and DMS cannot read it.",
        remedy="Run 'ferry secret reverse dev': it restores the secret.",
    )
