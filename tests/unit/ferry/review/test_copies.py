"""Copies of sensitive values, where Terraform does not mark them."""

from __future__ import annotations

import itertools
import json
import timeit
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.review.plan.copies import SHORTEST, Copies, sensitive_texts
from ferry.review.plan.values import Hidden, Json, show, unmarked

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
    assert Copies(secrets).in_text(text) or not any(form in text for form in forms)


@given(st.lists(st.text("abc", min_size=SHORTEST)), st.text("abc", max_size=60))
def test_it_finds_nothing_else(secrets: list[str], text: str) -> None:
    """Of texts that are the same in JSON; base64 of these has other letters."""
    assert Copies(secrets).in_text(text) == any(it in text for it in secrets)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('a["canary-1"].b', 'a["(sensitive)"].b'),
        ("canary-1canary-1 canary-2", "(sensitive)(sensitive) (sensitive)"),
        ("canary-1-and-longer", "(sensitive)"),
        (r"canary\u002d1", "(sensitive)"),
        ("canary", "canary"),
    ],
)
def test_of_an_address_only_the_copy_is_hidden(text: str, shown: str) -> None:
    copies = Copies(["canary-1", "canary-1-and-longer", "canary-2"])
    assert unmarked(copies.replaced(text)) == shown


def test_two_secrets_in_an_address_are_told_apart() -> None:
    copies = Copies(["canary-1", "canary-2"])
    assert copies.replaced("a[canary-1]") != copies.replaced("a[canary-2]")


def test_what_a_masked_plan_says_is_no_secret() -> None:
    assert not Copies(["(sensitive-0123456789ab)"])


def seconds(copies: Copies, text: str) -> float:
    """The least of some runs, of this thread alone: other processes take none of them."""
    texts = (f"{text}{next(_OTHER)}" for _ in range(4))
    run = lambda: copies.replaced(next(texts))  # noqa: E731
    return min(timeit.repeat(run, timer=thread_time, number=1, repeat=4))


_OTHER = itertools.count()
"""So that no text is known already."""


@pytest.mark.parametrize(
    "unit",
    ["canary-1 ", "x", "canary-", r"\\", r"\u0063", "%63", '"', "AAAAAAAA"],
)
@pytest.mark.unfollowed
def test_a_text_eight_times_as_long_takes_about_eight_times_as_long(unit: str) -> None:
    """Were each part compared with all that follows, it would take 64 times as long."""
    secrets = [f"canary-{number}-{'a' * number}" for number in range(300)]
    copies = Copies([*secrets, "canary-1", "A" * 200 + "B"])
    size = 40_000 // len(unit)
    short, long = (seconds(copies, unit * size * times) for times in (1, 8))
    assert long < short * 32


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
        # Of a secret with members, each but what is plainly public, numbers too.
        (
            '{"username":"u","host":"h","port":5432,"pin":"x","n":{"a":47,"arn":"arn:aws:s3:::b"}}',
            True,
            [
                '{"username":"u","host":"h","port":5432,"pin":"x","n":{"a":47,"arn":"arn:aws:s3:::b"}}',
                "x",
                "47",
            ],
        ),
        # Of AWS's documents what is named as a secret alone: half of the plan is spelt as they are.
        ('{"Statement":[{"Action":"s3:x"}]}', True, ['{"Statement":[{"Action":"s3:x"}]}']),
        ('[{"name":"a","pw":"x"}]', True, ['[{"name":"a","pw":"x"}]', "x", "x"]),
    ],
)
def test_the_texts_that_a_mask_marks(value: Json, mask: Json, texts: list[str]) -> None:
    assert list(sensitive_texts(value, mask)) == texts
