"""What the branch's code hands over is taken for what anybody may have written."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from ferry.errors import InputError
from ferry.review import Danger
from pull_requests import planning
from pull_requests.guardrails import Guardrail
from tests.unit.pull_requests.examples import ACCOUNT, document, plan_json, planned

if TYPE_CHECKING:
    from pathlib import Path


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    planned().write(tmp_path)

    assert planning.read(tmp_path, stack="dev") == planned()


def test_a_failure_is_handed_over_too(tmp_path: Path) -> None:
    failed = planned(plan="", failure="'terraform init' ended with 1")
    failed.write(tmp_path)

    assert planning.read(tmp_path, stack="dev") == failed


CHANGE: dict[str, Any] = {
    "stack": {"name": "dev", "document": document(), "lock": ""},
    "kind": "changed",
    "moved_from": "",
}
RIGHT: dict[str, Any] = {"change": CHANGE, "plan": plan_json(), "failure": "", "verdict": 0}


def changed(**fields: object) -> str:
    """What is handed over, with something else in the change."""
    return json.dumps({**RIGHT, "change": {**CHANGE, **fields}})


def test_what_is_changed_below_is_right() -> None:
    assert json.loads(changed()) == json.loads(json.dumps(asdict(planned())))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("[]", id="a list"),
        pytest.param("[" * 100_000, id="nested deeply"),
        pytest.param(json.dumps({**RIGHT, "more": "x"}), id="one field more"),
        pytest.param(json.dumps({**RIGHT, "change": 1}), id="no change"),
        pytest.param(json.dumps({**RIGHT, "verdict": "safe"}), id="an unknown verdict"),
        pytest.param(json.dumps({**RIGHT, "verdict": [0]}), id="a list of verdicts"),
        pytest.param(changed(kind="safe"), id="an unknown kind"),
        pytest.param(changed(kind=1), id="a number"),
        pytest.param(changed(moved_from=1), id="moved from a number"),
        pytest.param(changed(stack={"document": {}}), id="no stack"),
        pytest.param(changed(stack={"document": "text"}), id="no document"),
        pytest.param(json.dumps({**RIGHT, "plan": "[]"}), id="no plan"),
        pytest.param(json.dumps({**RIGHT, "plan": "[" * 100_000}), id="no JSON"),
        pytest.param(json.dumps({**RIGHT, "plan": {"a": 1}}), id="an object"),
    ],
)
def test_something_else_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "planned.json").write_text(text)

    with pytest.raises(InputError) as refusal:
        planning.read(tmp_path, stack="dev")

    assert str(refusal.value) == (
        "What the branch's code left as the plan of dev is none, or has more than 32 MB."
    )


def test_what_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "planned.json"
    file.write_text(changed().ljust(32_000_000))
    assert planning.read(tmp_path, stack="dev") == planned()

    file.write_text(changed().ljust(32_000_001))
    with pytest.raises(InputError, match="more than 32 MB"):
        planning.read(tmp_path, stack="dev")


class Planning:
    """Terraform, of which a test says what it plans."""

    def __init__(self, plan: str) -> None:
        self.shown = lambda: plan

    def plan(self) -> None:
        """It says nothing."""


def test_what_is_handed_over_is_masked_and_judged_before(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_json(after="hunter2-Hunter2", after_sensitive={"input": True})
    monkeypatch.setattr(planning, "ready", lambda *_: nullcontext(Planning(plan)))
    lets_through = {"dev": Guardrail(account_id=ACCOUNT, block=frozenset())}
    blocks = {"dev": Guardrail(account_id=ACCOUNT, block=frozenset(Danger))}

    found = planning.plan(planned().change, lets_through, blocks)

    assert found.verdict == 4
    assert json.loads(found.plan)["resource_changes"][0]["change"]["after_sensitive"]
    assert "hunter2" not in json.dumps(asdict(found)) + "".join(capsys.readouterr())
    assert planning.plan(planned().change, lets_through).verdict == 1


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    planned().write(tmp_path)
    (tmp_path / "planned.json").rename(tmp_path / "elsewhere")
    (tmp_path / "planned.json").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(InputError):
        planning.read(tmp_path, stack="dev")


@pytest.mark.parametrize(
    ("changed", "applyable"),
    [
        ({}, True),
        ({"kind": "gone"}, False),
        ({"plan": plan_json().replace('"applyable": true', '"applyable": false')}, False),
        ({"plan": "{}"}, False),
        ({"plan": ""}, False),
    ],
)
def test_what_may_be_applied(changed: dict[str, str], applyable: bool) -> None:  # noqa: FBT001
    assert planned(**changed).applyable is applyable
