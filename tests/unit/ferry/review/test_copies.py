"""Copies of sensitive values, where Terraform does not mark them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.review.plan.copies import SHORTEST, Copies, sensitive_texts
from ferry.review.plan.values import Hidden, Json, show

SECRET = 'canary "1"'


@pytest.mark.parametrize(
    "text",
    [SECRET, f"x{SECRET}y", json.dumps({"a": SECRET}), json.dumps(["ä", "canary-ä-1"])],
)
def test_a_text_that_holds_a_secret_is_hidden_whole(text: str) -> None:
    hidden = Copies([SECRET, "canary-ä-1"]).hidden({"a": [text, 7], "b": None})
    assert show(hidden) == '{"a": ["(sensitive)", 7], "b": null}'
    assert hidden["a"][0] == Hidden(text)


def test_what_holds_none_stays_the_very_same() -> None:
    value = {"a": ["canary", {"b": "shown"}, 7, True, None]}
    assert Copies([SECRET]).hidden(value) is value


def test_short_secrets_are_not_looked_for() -> None:
    """They would hide "true", ports and the like everywhere."""
    assert not Copies(["x" * (SHORTEST - 1)])
    assert Copies(["x" * SHORTEST])


@given(st.lists(st.text(min_size=SHORTEST, max_size=12)), st.text(max_size=60))
def test_it_finds_what_a_plain_search_finds(secrets: list[str], text: str) -> None:
    forms = {form for it in secrets for form in (it, json.dumps(it)[1:-1])}
    forms |= {json.dumps(it, ensure_ascii=False)[1:-1] for it in secrets}
    assert Copies(secrets).in_text(text) == any(form in text for form in forms)


@pytest.mark.parametrize(
    ("value", "mask", "texts"),
    [
        ({"a": "x", "b": "y"}, {"a": True}, ["x"]),
        ({"a": {"b": "x", "c": 7}}, {"a": True}, ["x", "7"]),
        ({"a": [{"b": "x"}, {"b": "y"}]}, {"a": [{"b": False}, {"b": True}]}, ["x", "y"]),
        (["x", ["y"]], True, ["x", "y"]),
        ("x", False, []),
        ({"a": "x"}, {}, []),
        ({"a-b": "x", "c": "y"}, True, ["a-b", "x", "y"]),
        ('{"user": "u", "pass": "p"}', True, ['{"user": "u", "pass": "p"}', "p", "p"]),
        ('["p", "q"]', True, ['["p", "q"]', "p", "q"]),
        ("postgres://u:p@db", True, ["postgres://u:p@db", "u:p", "p"]),
        ("{broken", True, ["{broken"]),
    ],
)
def test_the_texts_that_a_mask_marks(value: Json, mask: Json, texts: list[str]) -> None:
    assert list(sensitive_texts(value, mask)) == texts
