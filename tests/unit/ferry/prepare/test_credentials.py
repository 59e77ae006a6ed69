"""What the source's credentials may be. No message ever quotes what was given."""

from __future__ import annotations

import json

import pytest

from ferry.errors import InputError
from ferry.prepare.credentials import Credentials, parse, refuse_what_dms_rejects

CANARY = "canary-Pa55word"


def test_reads_one_json_object() -> None:
    given = json.dumps({"username": "dms", "password": CANARY}).encode()

    assert parse(given) == Credentials(username="dms", password=CANARY)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_reads_what_other_systems_shells_pipe(encoding: str) -> None:
    given = '{"username": "dms", "password": "schlüssel"}'.encode(encoding)

    assert parse(given).password == "schlüssel"


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(b"", id="empty"),
        pytest.param(CANARY.encode(), id="a bare password"),
        pytest.param(b'{"username": "dms", "password": "' + CANARY.encode(), id="cut off"),
        pytest.param(b"\xff" + CANARY.encode(), id="no Unicode"),
        pytest.param(b"[" * 100_000, id="nested without end"),
    ],
)
def test_refuses_what_is_not_json(given: bytes) -> None:
    with pytest.raises(InputError) as error:
        parse(given)

    assert str(error.value) == (
        "The credentials are not JSON; standard input must be one JSON object: "
        '{"username": "...", "password": "..."}.'
    )
    assert error.value.__suppress_context__


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(CANARY, id="a string"),
        pytest.param(["dms", CANARY], id="a list"),
        pytest.param({"password": CANARY}, id="no user name"),
        pytest.param({"username": "dms", "password": 5432}, id="a number"),
        pytest.param({"username": "dms", "password": CANARY, "host": "db"}, id="one key more"),
    ],
)
def test_refuses_another_shape(given: object) -> None:
    with pytest.raises(InputError) as error:
        parse(json.dumps(given).encode())

    assert str(error.value) == (
        "The credentials have another shape; standard input must be one JSON object: "
        '{"username": "...", "password": "..."}, both strings, and no other key: host, port and '
        "database come from the environment's file."
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_cuts_line_ends_off_the_password(end: str) -> None:
    assert Credentials(username="dms", password=CANARY + end).password == CANARY


def test_leaves_spaces_and_other_punctuation_alone() -> None:
    password = " !\"#$%&'()*,-/<=>?@[\\]^_`{|}~ "

    assert Credentials(username="dms", password=password).password == password


@pytest.mark.parametrize("character", [";", ":", ".", "+"])
def test_refuses_for_dms_a_password_with_punctuation_that_it_rejects(character: str) -> None:
    credentials = Credentials(username="dms", password=f"canary{character}Pa55word")

    with pytest.raises(InputError) as error:
        refuse_what_dms_rejects(credentials)

    assert str(error.value) == (
        "The password holds punctuation that DMS rejects: none of ; : . + may occur. Give the user "
        "another password on the source (ALTER ROLE ... PASSWORD), then run this again."
    )


@pytest.mark.parametrize("password", ["", "\n"])
def test_refuses_an_empty_password(password: str) -> None:
    with pytest.raises(
        InputError, match=r"^The password is empty; nobody can sign in without one\.$"
    ):
        Credentials(username="dms", password=password)


@pytest.mark.parametrize("character", ["\0", "\t", "\n", "\x7f", "\ud800"])
def test_refuses_a_password_with_control_characters(character: str) -> None:
    with pytest.raises(InputError) as error:
        Credentials(username="dms", password=f"canary{character}Pa55word")

    assert str(error.value) == (
        "The password holds control characters, such as a tab or a line end in its middle; give it "
        "without them."
    )


def test_refuses_an_empty_user_name() -> None:
    with pytest.raises(InputError) as error:
        Credentials(username="", password=CANARY)

    assert str(error.value) == ("The user name is empty; give the PostgreSQL role that signs in.")


@pytest.mark.parametrize("username", ["dms\n", "d\0ms", "d\ud800ms"])
def test_refuses_a_user_name_with_control_characters(username: str) -> None:
    with pytest.raises(InputError) as error:
        Credentials(username=username, password=CANARY)

    assert str(error.value) == "The user name holds control characters; give it without them."


def test_refuses_a_user_name_that_postgresql_would_cut_off() -> None:
    assert Credentials(username="ü" * 31 + "x", password=CANARY)

    with pytest.raises(InputError, match=r"^The user name has 64 bytes; PostgreSQL allows 63\.$"):
        Credentials(username="ü" * 32, password=CANARY)


def test_shows_no_password_in_its_representation() -> None:
    assert repr(Credentials(username="dms", password=CANARY)) == "Credentials(username='dms')"
