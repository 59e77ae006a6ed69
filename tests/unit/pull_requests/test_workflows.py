"""What the workflows may do, and that they call what exists; zizmor and actionlint do the rest."""

from __future__ import annotations

import re
import shlex
import subprocess
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
PERMISSIONS = {
    ("apply", "other-branch"): {},
    ("apply", "find"): READ,
    ("apply", "apply"): {**READ, "id-token": "write"},
    ("plan", "no-plan"): {},
    ("plan", "changed"): READ,
    # What the workflow that it calls asks for.
    ("plan", "stack"): {**READ, "id-token": "write", "pull-requests": "write"},
    ("plan", "verdict"): {},
    ("plan", "settle"): {**READ, "pull-requests": "write"},
    ("plan-stack", "plan"): {**READ, "id-token": "write", "pull-requests": "write"},
    ("plan-stack", "verdict"): {**READ, "pull-requests": "read"},
}
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
    allowed = {"push", "pull_request", "workflow_call", "workflow_dispatch"}

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


def test_nothing_is_uploaded_or_kept_in_a_cache() -> None:
    assert [it for it in everything_used() if "artifact" in it or "cache" in it] == []


@pytest.mark.parametrize("file", [*WORKFLOWS.values(), *ACTIONS], ids=lambda it: it.stem)
def test_no_secret_is_used(file: Path) -> None:
    assert "secrets" not in file.read_text()


def test_scripts_know_only_what_they_are_given() -> None:
    for step in steps():
        used = set(re.findall(r"\$\{?([A-Za-z_]+)", step.get("run", "")))
        assert used <= {*step.get("env", {}), *GIVEN_BY_THE_RUNNER}, step


def test_a_fork_gets_no_plan_and_is_told() -> None:
    document = read(WORKFLOWS["plan"])["jobs"]
    first = document["changed"]["if"]

    assert SAME_REPOSITORY in first
    assert "||" not in first
    for name in set(document) - {"no-plan", "changed", "verdict"}:
        # Where a needed job is skipped, so is the job, unless its condition says otherwise.
        assert document[name]["needs"] == "changed"
        assert not re.search(r"always|failure|cancelled", document[name].get("if", ""))
    assert SAME_REPOSITORY.replace("==", "!=") in document["no-plan"]["if"]
    assert "A pull request of a fork gets no plan" in document["no-plan"]["steps"][0]["run"]


@pytest.mark.parametrize(
    ("changed", "stacks", "code", "said"),
    [
        ("success", "success", 0, ""),
        ("success", "skipped", 0, "::notice::No stack changes."),
        ("success", "failure", 1, "::error::The plan of a stack needs a second reviewer"),
        ("success", "cancelled", 1, "::error::The plan of a stack needs a second reviewer"),
        ("failure", "skipped", 1, "::error::What changes is not known"),
        ("cancelled", "skipped", 1, "::error::What changes is not known"),
    ],
)
def test_one_check_speaks_for_all_stacks(changed: str, stacks: str, code: int, said: str) -> None:
    job = read(WORKFLOWS["plan"])["jobs"]["verdict"]
    (step,) = job["steps"]

    finished = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        env={"CHANGED": changed, "STACKS": stacks},
        capture_output=True,
        text=True,
        check=False,
    )

    assert job["needs"] == ["changed", "stack"]
    assert job["if"] == "${{ !cancelled() && needs.changed.result != 'skipped' }}"
    assert finished.returncode == code
    assert finished.stdout.startswith(said)


def test_plans_are_applied_from_the_default_branch_in_the_stacks_environment() -> None:
    document = read(WORKFLOWS["apply"])["jobs"]
    condition = "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)"

    assert document["find"]["if"] == condition
    assert document["apply"]["needs"] == "find"
    assert document["apply"]["environment"] == "${{ needs.find.outputs.stack }}"
    assert document["other-branch"]["if"] == condition.replace("==", "!=")


def test_one_run_a_stack_at_a_time_and_none_is_cancelled_half_way() -> None:
    deploying = [read(WORKFLOWS["plan-stack"])["jobs"]["plan"]]
    deploying += [read(WORKFLOWS["apply"])["jobs"]["apply"]]

    for job in deploying:
        assert ".stack }}" in job["concurrency"]["group"].replace("outputs.stack", ".stack")
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
    given = ["7" if it == "$NUMBER" else it for it in command]

    assert parser().parse_args(given).run


def test_every_command_is_called() -> None:
    assert {command[0] for command in commands()} == {
        "apply", "changed", "comment", "find", "plan", "settle", "verdict",
    }  # fmt: skip


def test_what_is_found_of_a_stack_is_what_the_workflows_take() -> None:
    found = set(place(stack()))

    called = read(WORKFLOWS["plan"])["jobs"]["stack"]["with"]
    assert called == {name: f"${{{{ matrix.{name} }}}}" for name in found}
    assert set(read(WORKFLOWS["plan-stack"])[True]["workflow_call"]["inputs"]) == found
    assert set(read(WORKFLOWS["apply"])["jobs"]["find"]["outputs"]) == found


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])

    assert "apply a kept plan if nothing moved since" in capsys.readouterr().out
