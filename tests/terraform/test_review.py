"""`ferry review` of real plans: an edit of an environment each, planned by the real Terraform.

The environments are deployed once, and stay as they are: a plan is made in a copy of the stack's
folder, with the state as it is after the deployment. Nothing is refreshed, for nothing was changed
since; what others change is in test_second_plan.
"""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

import ferry.environments
from ferry.cli.app import app
from ferry.review.rules.review import Verdict
from harness.deployment import ROOT, run_command
from tests.terraform.copies import STACK, copies_of, plan, refreshed
from tests.terraform.review_edits import EDITS
from tests.terraform.synthesize_edits import SELECTED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.terraform.edits import Edit
    from tests.terraform.everything import Everything

SIDE_BY_SIDE = 3
EXIT_CODES = {Verdict.SAFE: 0, Verdict.SECOND_REVIEWER: 1, Verdict.BLOCKED: 4}
DEV_BLOCKS_NOTHING = "block = []\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """An edit that was planned.

    Args:
        environments: The environments' files after the edit.
        stack: The stack that was planned.
        plan: The plan.
    """

    environments: Path
    stack: Path
    plan: Path

    def review(self, name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        """What `ferry review` says of it; the exit status is that of the command."""
        monkeypatch.setattr(ferry.environments, "FOLDER", self.environments)
        result = CliRunner().invoke(
            app,
            [
                *("review", name, str(self.plan)),
                *("--stack", str(self.stack), "--format", "json"),
            ],
            prog_name="ferry",
        )
        review: dict[str, Any] = json.loads(result.stdout)
        return {**review, "exit_status": result.exit_code}


@pytest.fixture(scope="session")
def planned(everything: Everything, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Planned]:
    """The plan of every edit of what is deployed, as Terraform has it once it has looked."""
    deployment, folder = everything.deployment, tmp_path_factory.mktemp("edits")
    written = folder / "written"
    for edit in EDITS:
        write(edit, written / edit.name)
    run_command("-m", "tests.terraform.synthesize_edits", str(written), environment=os.environ)

    def plan_edit(edit: Edit) -> Planned:
        synthesized = written / edit.name / "cdktf.out/stacks" / edit.base
        edited = edit.of_stack(json.loads((synthesized / STACK).read_text()))
        state = states[edit.base]
        copy = copies[edit.base].make(
            edit.name,
            edited,
            state=state if edit.deployed else {**state, "outputs": {}, "resources": []},
        )
        if edit.deleted:
            (written / edit.name / "environments" / f"{edit.base}.toml").unlink()
        return Planned(
            environments=written / edit.name / "environments",
            stack=copy.folder / STACK,
            plan=plan(copy),
        )

    copies = {
        base: copies_of(deployment.terraform(base), folder / base)
        for base in {edit.base for edit in EDITS}
    }
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        states = dict(zip(copies, pool.map(refreshed, copies.values()), strict=True))
        plans = pool.map(plan_edit, EDITS)
        return {edit.name: one for edit, one in zip(EDITS, plans, strict=True)}


def write(edit: Edit, folder: Path) -> None:
    """Write the environments' files after an edit; dev blocks what others block."""
    environments = shutil.copytree(ROOT / "environments", folder / "environments")
    (folder / SELECTED).write_text(edit.base)
    file = environments / f"{edit.base}.toml"
    file.write_text(edit.of_file(file.read_text().replace(DEV_BLOCKS_NOTHING, "")))


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_has_its_verdict_and_its_reason(
    planned: dict[str, Planned], edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = planned[edit.name].review(edit.base, monkeypatch)
    said = [(it["path"], it["effect"]) for it in review["findings"]]
    said += [(it["path"], reason) for it in review["changes"] for reason in it["because"]]

    assert review["verdict"] == edit.verdict, said
    assert review["exit_status"] == EXIT_CODES[edit.verdict]
    assert review["not_judged"] == []
    if edit.path:
        assert any(path == edit.path and edit.says in text for path, text in said), said
    else:
        assert review["changes"] == []


def test_every_change_of_a_safe_edit_has_its_reason(
    planned: dict[str, Planned], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not that of a first deployment: its roles and rules are new, and judged by what they open."""
    unexplained = [
        (edit.name, it["action"], it["path"])
        for edit in EDITS
        if edit.verdict is Verdict.SAFE and edit.deployed
        for it in planned[edit.name].review(edit.base, monkeypatch)["changes"]
        if not it["because"]
    ]
    assert unexplained == []


def test_what_is_blocked_by_default_needs_a_second_reviewer_where_a_file_blocks_nothing(
    planned: dict[str, Planned], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment dev, whose own file says so; what blocked is said all the same."""
    blocked = [it for it in EDITS if it.base == "dev" and it.verdict is Verdict.BLOCKED]
    reviews = {
        edit.name: replace(planned[edit.name], environments=ROOT / "environments").review(
            "dev", monkeypatch
        )
        for edit in blocked
    }

    assert {review["exit_status"] for review in reviews.values()} == {1}
    assert [name for name, review in reviews.items() if not review["findings"]] == []
