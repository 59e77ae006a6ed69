"""What the workflows may do, and that they call what exists; zizmor and actionlint do the rest."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from harness.deployment import ROOT
from pull_requests.command import main, parser, place
from tests.unit.pull_requests.examples import stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GITHUB = ROOT / ".github"
WORKFLOWS = {file.stem: file for file in sorted((GITHUB / "workflows").glob("*.yml"))}
ACTIONS = sorted((GITHUB / "actions").glob("*/action.yml"))
OURS = ("plan", "plan-stack", "apply")
READ = {"contents": "read"}
PULL = {**READ, "pull-requests": "write"}
SIGN_IN = {**READ, "id-token": "write"}
PERMISSIONS = {
    ("apply", "other-branch"): {},
    ("apply", "plan"): {**SIGN_IN, "actions": "read", "pull-requests": "read"},
    ("apply", "apply"): {**SIGN_IN, "actions": "read"},
    ("plan", "changed"): READ,
    # What the workflow that it calls asks for.
    ("plan", "stack"): {**SIGN_IN, "pull-requests": "write"},
    ("plan", "verdict"): PULL,
    ("plan-stack", "plan"): SIGN_IN,
    ("plan-stack", "review"): PULL,
}
DEFAULT_BRANCH = "${{ github.event.repository.default_branch }}"
SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
GIVEN_BY_THE_RUNNER = {"RUNNER_TEMP"}


def read(file: Path) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load(file.read_text())
    return document


def triggers(name: str) -> set[str]:
    on = read(WORKFLOWS[name])[True]  # YAML 1.1 reads `on` as true
    return set(on) if isinstance(on, dict | list) else {on}


def jobs(*names: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name in names:
        for job, document in read(WORKFLOWS[name])["jobs"].items():
            yield name, job, document


def steps() -> Iterator[dict[str, Any]]:
    for _, _, job in jobs(*WORKFLOWS):
        yield from job.get("steps", ())
    for action in ACTIONS:
        yield from read(action)["runs"]["steps"]


def everything_used() -> list[str]:
    found = [step["uses"] for step in steps() if "uses" in step]
    return found + [job["uses"] for _, _, job in jobs(*WORKFLOWS) if "uses" in job]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_workflow_gives_a_strangers_code_the_repositorys_rights(name: str) -> None:
    allowed = {"push", "pull_request", "schedule", "workflow_call", "workflow_dispatch"}

    assert triggers(name) <= allowed


def test_actions_are_pinned_by_hash_with_their_version_beside_it() -> None:
    texts = "".join(file.read_text() for file in (*WORKFLOWS.values(), *ACTIONS))
    lines = [line.strip() for line in texts.splitlines() if re.match(r"\s*(- )?uses:", line)]
    assert len(lines) == len(everything_used())
    foreign = [line for line in lines if "uses: ./" not in line]

    for line in foreign:
        assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line
    pinned = {line.partition("uses: ")[2] for line in foreign}
    assert len({line.partition("@")[0] for line in pinned}) == len(pinned)


def test_what_is_used_of_our_own_exists() -> None:
    for used in everything_used():
        if used.startswith("./"):
            path = ROOT / used
            assert path.is_file() or (path / "action.yml").is_file(), used


@pytest.mark.parametrize("name", OURS)
def test_a_workflow_has_no_permission_of_its_own(name: str) -> None:
    assert read(WORKFLOWS[name])["permissions"] == {}


def test_each_job_has_what_it_needs_and_no_more() -> None:
    found = {(name, job): document["permissions"] for name, job, document in jobs(*OURS)}

    assert found == PERMISSIONS


def checkouts(job: dict[str, Any]) -> list[dict[str, Any]]:
    found = [
        it["with"] for it in job["steps"] if it.get("uses", "").startswith("actions/checkout@")
    ]
    assert all(it["persist-credentials"] is False for it in found)
    return found


def test_a_job_that_runs_the_branchs_code_has_no_token_that_writes() -> None:
    """Whatever the constructs of a pull request do: there is nothing to take."""
    running = 0
    for name, job, document in jobs("plan", "plan-stack", "tests"):
        if "uses" in document:
            continue
        first, *data = checkouts(document)
        permissions = document.get("permissions", read(WORKFLOWS[name])["permissions"])
        if "ref" not in first:
            running += 1
            assert set(permissions.items()) <= set(SIGN_IN.items()), (name, job)
            continue
        # The default branch's code; of the pull request's, settings as data.
        assert first == {"ref": DEFAULT_BRANCH, "persist-credentials": False}
        assert data == [
            {
                "path": "proposed",
                "sparse-checkout": "environments/*.[tT][oO][mM][lL]",
                "sparse-checkout-cone-mode": False,
                "persist-credentials": False,
            }
        ]
        assert "id-token" not in permissions
    assert running == 3


def test_a_job_that_signs_in_to_aws_for_a_pull_request_takes_the_role_that_reads() -> None:
    roles = {
        (name, job): re.findall(r"vars\.(\w+)", str(step))
        for name, job, document in jobs(*OURS)
        for step in document.get("steps", ())
        if "role-to-assume" in step.get("with", {})
    }

    assert roles == {
        ("plan-stack", "plan"): ["PLAN_ROLE_NAME"],
        ("apply", "plan"): ["REVIEW_ROLE_NAME"],
        ("apply", "apply"): ["APPLY_ROLE_NAME"],
    }


def test_the_masked_plan_is_all_that_is_uploaded_and_nothing_is_in_a_cache() -> None:
    uploads = [it for it in steps() if "upload-artifact" in it.get("uses", "")]

    assert [it["with"]["path"] for it in uploads] == ["${{ runner.temp }}/plan/planned.json"]
    assert [it for it in everything_used() if "cache" in it] == []


@pytest.mark.parametrize("file", [*WORKFLOWS.values(), *ACTIONS], ids=lambda it: it.stem)
def test_no_secret_is_used(file: Path) -> None:
    assert "secrets" not in file.read_text()


def test_scripts_know_only_what_they_are_given() -> None:
    for step in steps():
        used = set(re.findall(r"\$\{?([A-Za-z_]+)", step.get("run", "")))
        assert used <= {*step.get("env", {}), *GIVEN_BY_THE_RUNNER}, step


def test_a_forks_code_never_runs_with_a_role() -> None:
    document = read(WORKFLOWS["plan"])["jobs"]
    first = document["changed"]["if"]

    assert SAME_REPOSITORY in first
    assert "||" not in first
    # Where a needed job is skipped, so is the job, unless its condition says otherwise.
    assert document["stack"]["needs"] == "changed"
    assert document["stack"]["if"] == "needs.changed.outputs.stacks != '[]'"


def test_the_required_check_is_never_skipped() -> None:
    """GitHub takes a skipped check for one that passed. What it says: test_verdict.py."""
    job = read(WORKFLOWS["plan"])["jobs"]["verdict"]

    assert job["if"] == "${{ always() }}"
    assert job["needs"] == ["changed", "stack"]
    assert "matrix" not in str(job.get("strategy", ""))


def test_plans_are_made_and_applied_on_the_default_branch_and_applied_behind_the_gate() -> None:
    document = read(WORKFLOWS["apply"])["jobs"]
    condition = "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)"

    assert triggers("apply") == {"workflow_dispatch"}
    assert document["plan"]["if"] == condition
    assert "environment" not in document["plan"]
    assert document["apply"]["needs"] == "plan"
    assert document["apply"]["if"] == "needs.plan.outputs.digest != ''"
    assert document["apply"]["environment"] == "${{ needs.plan.outputs.stack }}"
    assert document["other-branch"]["if"] == condition.replace("==", "!=")
    for job in ("plan", "apply"):
        assert checkouts(document[job]) == [{"persist-credentials": False}]


@pytest.mark.parametrize(("job", "does"), [("plan", "propose"), ("apply", "apply")])
def test_commit_and_gate_are_looked_at_before_anybody_signs_in(job: str, does: str) -> None:
    """When a plan is made, and again when it is applied: a run may wait, or be run again."""
    found = [str(it) for it in read(WORKFLOWS["apply"])["jobs"][job]["steps"]]

    order = [
        next(at for at, step in enumerate(found) if what in step)
        for what in ("pull_requests gate", "role-to-assume", f"pull_requests {does}")
    ]
    assert order == sorted(order)


def test_a_run_applies_its_own_plan() -> None:
    document = read(WORKFLOWS["apply"])["jobs"]
    keeping, applying = document["plan"]["steps"][-1], document["apply"]["steps"][-1]

    assert keeping["env"]["RUN"] == applying["env"]["RUN"] == "${{ github.run_id }}"
    assert applying["env"]["DIGEST"] == "${{ needs.plan.outputs.digest }}"
    assert document["plan"]["outputs"]["digest"] == "${{ steps.propose.outputs.digest }}"


def test_one_apply_of_a_stack_at_a_time_and_none_is_cancelled_half_way() -> None:
    job = read(WORKFLOWS["apply"])["jobs"]["apply"]

    assert "outputs.stack }}" in job["concurrency"]["group"]
    assert job["concurrency"]["cancel-in-progress"] is False


@pytest.mark.parametrize(
    ("name", "job", "document"), list(jobs(*OURS)), ids=lambda it: it if isinstance(it, str) else ""
)
def test_no_job_runs_for_ever(name: str, job: str, document: dict[str, Any]) -> None:
    assert "uses" in document or document["timeout-minutes"] <= 60, (name, job)


def test_a_plan_is_made_applied_and_tested_by_one_version_of_terraform() -> None:
    """There is one step that installs it, in the action that every job takes."""
    installing = [it for it in everything_used() if it.startswith("hashicorp/setup-terraform@")]

    assert len(installing) == 1


def commands() -> list[list[str]]:
    """The commands that the workflows call, their variables as they stand."""
    found = []
    for step in steps():
        _, called, arguments = step.get("run", "").partition("-m pull_requests ")
        if called:
            found.append(shlex.split(arguments))
    return found


@pytest.mark.parametrize("command", commands(), ids=lambda it: it[0])
def test_the_commands_exist_and_take_these_arguments(command: list[str]) -> None:
    values = {
        "$NUMBER": "7",
        "$COMMIT": "a" * 40,
        "$DIGEST": "0" * 64,
        "$RUN": "42",
        "$STACK": "dev",
    }
    given = [values.get(it, it) for it in command]

    assert parser().parse_args(given).run


def test_a_job_that_is_cancelled_interrupts_what_runs_terraform() -> None:
    """GitHub signals a step's first process alone, and a shell does not pass it on."""
    runs = [
        re.findall(r"(\S+) \.venv/bin/python -m pull_requests (\w+)", it.get("run", ""))
        for it in steps()
    ]

    found = {command for ((how, command),) in filter(None, runs) if how == "exec"}
    assert found == {"plan", "propose", "apply"}


def test_every_command_is_called() -> None:
    assert {command[0] for command in commands()} == {
        "apply", "changed", "gate", "plan", "propose", "review", "verdict",
    }  # fmt: skip


def test_what_is_found_of_a_stack_is_what_the_workflows_take() -> None:
    found = set(place(stack()))

    called = read(WORKFLOWS["plan"])["jobs"]["stack"]["with"]
    assert called == {name: f"${{{{ matrix.{name} }}}}" for name in found}
    assert set(read(WORKFLOWS["plan-stack"])[True]["workflow_call"]["inputs"]) == found
    assert set(read(WORKFLOWS["apply"])["jobs"]["plan"]["outputs"]) == {*found, "digest"}


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])

    assert "Apply the plan that this run has kept, and no other." in capsys.readouterr().out
