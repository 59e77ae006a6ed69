"""Secrets that are known by what stands before them."""

from __future__ import annotations

import json
import timeit
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.review.plan.redacting import names_a_secret, redacted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a=b;password=canary", "a=b;password=(sensitive)"),
        ("password=canary", "password=(sensitive)"),
        ("host=x password=canary dbname=y", "host=x password=(sensitive) dbname=y"),
        ("user: a\npassword: canary\nport: 1", "user: a\npassword: (sensitive)\nport: 1"),
        ('{"password": "can ary, \\" canary", "a": 1}', '{"password": "(sensitive)", "a": 1}'),
        ('{"masterUserPassword": 4711}', '{"masterUserPassword": (sensitive)}'),
        ("{'api_key': 'canary'}", "{'api_key': '(sensitive)'}"),
        ('password="canary without end', 'password="(sensitive)'),
        ("https://h/x?auth_token=canary&b=c", "https://h/x?auth_token=(sensitive)&b=c"),
        ("postgres://ferry:canary@db:5432/app", "postgres://(sensitive)@db:5432/app"),
        ("postgres://:canary@db", "postgres://(sensitive)@db"),
        ("postgres://u:can/ary@cana@db/x", "postgres://(sensitive)@db/x"),
        ("a://h:1/b://u:canary@db c://v:canary@e", "a://h:1/b://(sensitive)@db c://(sensitive)@e"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----(sensitive)-----END RSA PRIVATE KEY-----",
        ),
        ("-----BEGIN PRIVATE KEY-----\ncanary", "-----BEGIN PRIVATE KEY-----(sensitive)"),
        ("PGPASSWORD=canary psql", "PGPASSWORD=(sensitive) psql"),
        ("export DB_PASS=canary", "export DB_PASS=(sensitive)"),
        ("password=canary,canary;a=b", "password=(sensitive);a=b"),
        ("password=canary, user=x", "password=(sensitive), user=x"),
        ("Server=x;Password=canary;Port=1", "Server=x;Password=(sensitive);Port=1"),
        ("{ password => canary }", "{ password => (sensitive) }"),
        ('"password":["canary", "canary]"], "a": 1', '"password":(sensitive), "a": 1'),
        ("password <<EOF", "password <<EOF"),
        ("password = <<EOF\ncanary\nEOF\na = b", "password = <<EOF\n(sensitive)\nEOF\na = b"),
        ("token: >-\n  canary\n  canary\na: b", "token: (sensitive)\na: b"),
        ("Authorization: Bearer canary", "Authorization: Bearer (sensitive)"),
        ("curl -H 'x: Bearer canary-4711'", "curl -H 'x: Bearer (sensitive)'"),
        (
            "https://h/?X-Amz-Security-Token=canary&a=b",
            "https://h/?X-Amz-Security-Token=(sensitive)&a=b",
        ),
        ("AWS_SECRET_ACCESS_KEY=canary", "AWS_SECRET_ACCESS_KEY=(sensitive)"),
        ("psql --password canary -h x", "psql --password (sensitive) -h x"),
        ("alter user x password 'canary'", "alter user x password '(sensitive)'"),
        ('{"a": "b\\ntoken: canary"}', '{"a": "b\\ntoken: (sensitive)"}'),
    ],
)
def test_a_secret_in_a_text_is_not_shown(text: str, shown: str) -> None:
    assert redacted(text) == shown
    assert redacted(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "https://example.org/a:b@c",
        "https://example.org:8443/a@b",
        "arn:aws:secretsmanager:eu-central-1:111122223333:secret:dev/source",
        '{"manage_master_user_password": true}',
        '{"password": ""}',
        "password_wo_version=2",
        "Rotates the password.",
        "The token: see the handbook.",
        "A secret for each endpoint, a token for nobody; credentials are elsewhere",
        "Basic monitoring, and the bearer authentication of others",
        "secret=arn:aws:secretsmanager:eu-central-1:111122223333:secret:dev/source",
        '{"secret_arn": "x", "secrets_manager_arn": "y", "token_count": 3, "secret_name": "z"}',
        '{"Action": ["secretsmanager:GetSecretValue", "sts:GetSessionToken"], "Effect": "Allow"}',
        "secretsmanager:GetSecretValue",
        "compass=north;bypass=on",
    ],
)
def test_what_only_speaks_of_secrets_is_shown(text: str) -> None:
    assert redacted(text) == text


def test_a_megabyte_that_begins_urls_over_and_over_is_read_once() -> None:
    """Followed from each of its beginnings to the end, it would take an hour."""
    text = "://a:" * 200_000

    assert redacted(text) == text
    assert redacted(f"{text}@db") == "://(sensitive)@db"


@pytest.mark.parametrize(
    "unit",
    [
        "://:", "://a:", "://:@", "://: ", "password", "password=", "password='", "password\\",
        "password \n", "token: ", "token: |\n ", "token=<<A\n", "password[", 'password:["', "a" * 9,
        "-----BEGIN PRIVATE KEY-----", "secret: {", "Bearer ", "bearer a", "--token, ", "\\npass",
    ],
)  # fmt: skip
def test_a_text_eight_times_as_long_takes_about_eight_times_as_long(unit: str) -> None:
    """Were each beginning followed to the end of the text, it would take 64 times as long."""

    def seconds(text: str) -> float:
        """Of this thread alone: other processes take none of them."""
        return min(timeit.repeat(lambda: redacted(text), timer=thread_time, number=1, repeat=4))

    text = unit * (30_000 // len(unit))
    assert seconds(text * 8) < seconds(text) * 32


@given(st.text(min_size=1, max_size=20).filter(lambda text: text not in "(sensitive)"))
def test_a_password_in_json_is_never_shown_however_deep_the_json(secret: str) -> None:
    secret = f"canary{secret}"
    text = json.dumps({"a": "b", "password": secret, "c": "d"})
    for _ in range(3):
        assert "canary" not in redacted(text)
        text = json.dumps({"inner": text})


@pytest.mark.parametrize(
    "name",
    [
        "masterUserPassword",
        "db_pwd",
        "clientSecret",
        "session-token",
        "SecretAccessKey",
        "PGPASSWORD",
        "DB_PASS",
        "pass",
        "token",
        "secret",
        "signing_key",
        "psk",
        "Authorization",
        "credentials",
        "x-amz-security-token",
        "tunnel1_preshared_key",
        "password_wo",
    ],
)
def test_names_of_secrets_in_every_way_of_writing(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "kms_key_id",
        "secret_arn",
        "token_count",
        "key",
        "password_age",
        "secrets_manager_arn",
        "secret_id",
        "password_wo_version",
        "compass",
        "tokens_left",
        "credentials_parameter",
    ],
)
def test_other_names(name: str) -> None:
    assert not names_a_secret(name)
