"""Secrets that are known by what stands before them."""

from __future__ import annotations

import json

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
    ],
)
def test_what_only_speaks_of_secrets_is_shown(text: str) -> None:
    assert redacted(text) == text


def test_a_megabyte_that_begins_urls_over_and_over_is_read_once() -> None:
    """Followed from each of its beginnings to the end, it would take an hour."""
    text = "://a:" * 200_000

    assert redacted(text) == text
    assert redacted(f"{text}@db") == "://(sensitive)@db"


@given(st.text(min_size=1, max_size=20).filter(lambda text: text not in "(sensitive)"))
def test_a_password_in_json_is_never_shown_however_deep_the_json(secret: str) -> None:
    secret = f"canary{secret}"
    text = json.dumps({"a": "b", "password": secret, "c": "d"})
    for _ in range(3):
        assert "canary" not in redacted(text)
        text = json.dumps({"inner": text})


@pytest.mark.parametrize(
    "name", ["masterUserPassword", "db_pwd", "clientSecret", "session-token", "SecretAccessKey"]
)
def test_names_of_secrets_in_every_way_of_writing(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize("name", ["kms_key_id", "secret_arn", "token_count", "key", "password_age"])
def test_other_names(name: str) -> None:
    assert not names_a_secret(name)
