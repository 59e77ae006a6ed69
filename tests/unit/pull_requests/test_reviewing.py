"""What ferry says of a plan, in the process and never in a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.errors import FerryError
from ferry.findings import ExitStatus
from ferry.review import masked
from pull_requests import reviewing
from pull_requests.guardrails import Guardrail
from pull_requests.reviewing import not_reviewed, review
from tests.unit.pull_requests.examples import ACCOUNT_STACK, plan_json, stack

if TYPE_CHECKING:
    from pathlib import Path

LENIENT = {"dev": Guardrail(account_id="111122223333")}
STRICT = {"dev": Guardrail(account_id="111122223333", block=frozenset({"wider-access"}))}
OPENED = json.dumps(
    {
        "format_version": "1.2",
        "resource_changes": [
            {
                "address": "aws_kms_key.it",
                "mode": "managed",
                "type": "aws_kms_key",
                "name": "it",
                "change": {
                    "actions": ["update"],
                    "before": {"policy": '{"Statement": []}'},
                    "after": {
                        "policy": json.dumps(
                            {
                                "Statement": [
                                    {
                                        "Effect": "Allow",
                                        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                                        "Action": "kms:Decrypt",
                                        "Resource": "*",
                                    }
                                ]
                            }
                        )
                    },
                    "after_unknown": {},
                    "before_sensitive": {},
                    "after_sensitive": {},
                },
            }
        ],
    }
)


def test_what_the_environment_blocks_is_blocked() -> None:
    assert review(OPENED, stack(), LENIENT).verdict is ExitStatus.LOOK
    assert review(OPENED, stack(), STRICT).verdict is ExitStatus.STOP


def test_what_a_pull_request_blocks_as_well_is_blocked_and_what_it_lets_through_is_not() -> None:
    assert review(OPENED, stack(), LENIENT, STRICT).verdict is ExitStatus.STOP
    assert review(OPENED, stack(), STRICT, LENIENT).verdict is ExitStatus.STOP


def test_one_environment_blocks_for_all_of_the_account() -> None:
    sides = {**LENIENT, "staging": STRICT["dev"]}

    found = review(OPENED, stack(ACCOUNT_STACK), sides)

    assert found.verdict is ExitStatus.STOP
    assert found.environments == ["dev", "staging"]


def test_plans_with_the_same_changes_have_the_same_hash() -> None:
    one = review(plan_json(), stack(), LENIENT)

    assert review(masked(plan_json()), stack(), LENIENT).changes == one.changes
    assert review(plan_json(after="3"), stack(), LENIENT).changes != one.changes


@pytest.mark.parametrize("plan", ["", "{}", "[" * 100_000, '{"format_version": "9.0"}'])
def test_what_is_no_plan_is_an_error(plan: str) -> None:
    with pytest.raises(FerryError):
        review(plan, stack(), LENIENT)


def test_a_crash_shows_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any, **__: Any) -> None:  # noqa: ANN401
        raise KeyError("hunter2-hunter2")

    monkeypatch.setattr(reviewing, "judge", crash)

    with pytest.raises(FerryError) as error:
        review(plan_json(), stack(), LENIENT)

    assert str(error.value) == "The plan could not be judged: KeyError."
    assert error.value.__suppress_context__


def test_a_plan_is_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So nothing is left of it, whatever kills the process."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    review(plan_json(), stack(), LENIENT)

    assert list(tmp_path.rglob("*")) == []


def test_a_failed_plan_says_why() -> None:
    found = not_reviewed("dev", "'terraform init' ended with 1:\nError: x")

    assert found.verdict is ExitStatus.NOT_DONE
    assert found.text == (
        "## dev: could not be judged\n\nThere is no plan:\n\n```text\n"
        "'terraform init' ended with 1:\nError: x\n```\n"
    )


def test_what_failed_cannot_leave_its_frame_and_shows_no_password() -> None:
    text = not_reviewed(
        "dev",
        "````\n<img src=x>\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}\nMasterUserPassword: hunter2-hunter2",
    ).text

    assert (
        "\n```````text\n````\n<img src=x>\\u001b[31m\\u202e\nMasterUserPassword: (sensitive)\n```````\n"
        in text
    )
