"""A masked plan holds nothing sensitive, and is reviewed as the plan itself is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferry.review import Danger, masked, read_plan, review
from ferry.review.report import as_json, as_markdown
from tests.unit.ferry.review.recorded import NAMES, account_of, text

SECRET = "hunter2-hunter2-hunter2"


def reviewed(
    plan: str, stack: str | None = None, account_id: str = "111122223333"
) -> tuple[str, str]:
    found = review(
        read_plan(plan, stack_text=stack, account_id=account_id),
        environment="dev",
        block=frozenset({Danger.DATA_LOSS}),
    )
    return as_markdown(found), as_json(found)


def plan_of(before: Any, after: Any, **change: Any) -> str:  # noqa: ANN401 - JSON
    document = {
        "format_version": "1.2",
        "applyable": True,
        "prior_state": {"values": {"root_module": {"resources": []}}},
        "resource_changes": [
            {
                "address": "aws_dms_endpoint.it",
                "mode": "managed",
                "type": "aws_dms_endpoint",
                "name": "it",
                "change": {
                    "actions": ["update"],
                    "before": before,
                    "after": after,
                    "after_unknown": {},
                    "before_sensitive": {},
                    "after_sensitive": {},
                    **change,
                },
            }
        ],
    }
    return json.dumps(document)


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        pytest.param({"a": SECRET}, {"a": "x"}, {"before_sensitive": {"a": True}}, id="marked"),
        pytest.param({"a": [SECRET]}, {"a": []}, {"after_sensitive": {"a": [True]}}, id="a list"),
        pytest.param({"password": SECRET}, {"password": "y"}, {}, id="by its name"),
        pytest.param(
            {"a": f"host=x;password={SECRET}"}, {"a": "host=x;password=other"}, {}, id="in a text"
        ),
        pytest.param(
            {"a": SECRET, "copy": f"x {SECRET} y"},
            {"a": SECRET, "copy": f"z {SECRET}"},
            {"before_sensitive": {"a": True}},
            id="a copy of it",
        ),
        pytest.param({"n": 1}, {"n": None}, {"after_unknown": {"n": True}}, id="not known yet"),
    ],
)
def test_nothing_sensitive_is_left_and_the_review_is_the_same(
    before: dict[str, Any], after: dict[str, Any], more: dict[str, Any]
) -> None:
    plan = plan_of(before, after, **more)

    found = masked(plan)

    assert SECRET not in found
    assert reviewed(found) == reviewed(plan)
    assert "| `" in reviewed(found)[0]  # the change is told, whatever it is


def test_marks_tell_a_change_and_cannot_be_compared_with_guesses() -> None:
    found = masked(plan_of({"password": SECRET, "b": 1}, {"password": SECRET, "b": 2}))
    (change,) = json.loads(found)["resource_changes"]

    assert change["change"]["before"]["password"] == change["change"]["after"]["password"]
    assert change["change"]["before"]["password"].startswith("(sensitive-")


CERTIFIED = {"everything-new", "everything-new-prod"}
"""The plans that make a certificate, which the provider marks as sensitive."""


@pytest.mark.parametrize("name", sorted(CERTIFIED))
def test_a_certificate_that_is_hidden_is_told_of(name: str) -> None:
    report, _ = reviewed(masked(text(name)), account_id=account_of(name))
    assert "Whether it is the certificate that its name tells cannot be seen in a masked" in report


@pytest.mark.parametrize("name", sorted(set(NAMES) - CERTIFIED))
def test_a_real_plan_is_reviewed_as_before(name: str) -> None:
    account_id = account_of(name)
    assert reviewed(masked(text(name)), account_id=account_id) == reviewed(
        text(name), account_id=account_id
    )


@pytest.mark.parametrize("word", ["root_module", "resources"])
def test_a_secret_that_is_a_word_of_terraforms_own_breaks_nothing(word: str) -> None:
    plan = plan_of({"a": word}, {"a": "x"}, before_sensitive={"a": True})
    assert reviewed(masked(plan)) == reviewed(plan)


def test_what_is_not_judged_stays_so() -> None:
    whole = {**json.loads(plan_of({}, {})), "deferred_changes": [1], "complete": False}

    assert reviewed(masked(json.dumps(whole))) == reviewed(json.dumps(whole))
