"""`ferry review`: its files, its exit status, its words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.text import Text
from typer.testing import CliRunner, Result

from ferry.cli.app import app
from tests.unit.ferry.review.plans import change, plan_text, stack_of, update

if TYPE_CHECKING:
    from typing import Any

ROOT = Path(__file__).resolve().parents[4]
SAFE = update("aws_vpc", {"tags": {}}, tags={"a": "b"})
DANGEROUS = update("aws_rds_cluster", {"engine_version": "15.8"}, engine_version="15.7")
DOUBTFUL = change("aws_unheard_of", "create", None, {})
RISKY = update("aws_rds_cluster", {"storage_type": "aurora"}, storage_type="aurora-iopt1")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return written(tmp_path, SAFE)


def written(folder: Path, *changes: dict[str, Any]) -> Path:
    file = folder / "plan.json"
    file.write_text(plan_text(*changes))
    return file


def run(*arguments: str | Path, environment: str = "prod") -> Result:
    return CliRunner().invoke(app, ["review", environment, *map(str, arguments)], prog_name="ferry")


@pytest.mark.parametrize(
    ("item", "status", "verdict"),
    [
        (SAFE, 0, "safe"),
        (RISKY, 1, "needs a second reviewer"),
        (DOUBTFUL, 3, "could not be judged"),
        (DANGEROUS, 4, "blocked"),
    ],
)
def test_the_exit_status_says_the_verdict(
    tmp_path: Path, item: dict[str, Any], status: int, verdict: str
) -> None:
    result = run(written(tmp_path, item))
    assert result.exit_code == status
    assert result.stdout.startswith(f"## `prod`: {verdict}\n")


@pytest.mark.parametrize(
    ("form", "start"),
    [("markdown", "## `prod`"), ("text", "prod: safe\n"), ("json", '{\n "format')],
)
def test_the_form_can_be_chosen(plan: Path, form: str, start: str) -> None:
    assert run(plan, "--format", form).stdout.startswith(start)


def test_the_review_can_be_written_to_a_file(plan: Path, tmp_path: Path) -> None:
    file = tmp_path / "review.md"
    result = run(plan, "--output", file)
    assert (result.exit_code, result.stdout) == (0, "")
    assert file.read_text().startswith("## `prod`: safe\n")


def test_the_stack_names_the_constructs(plan: Path, tmp_path: Path) -> None:
    stack = tmp_path / "cdk.tf.json"
    stack.write_text(json.dumps(stack_of(aws_vpc={})).replace('"dev', '"prod'))
    assert "aws_vpc/it" in run(plan, "--stack", stack, "--format", "text").stdout


def test_the_account_s_stack_is_reviewed_for_its_environments(plan: Path, tmp_path: Path) -> None:
    stack = tmp_path / "cdk.tf.json"
    stack.write_text(json.dumps(stack_of()).replace('"dev"', '"account-444455556666"'))
    assert run(plan, "--stack", stack).exit_code == 0


def said(result: Result, *, status: int = 3) -> str:
    """What stands on standard error, as one line."""
    assert result.exit_code == status
    assert result.stdout == ""
    return " ".join(result.stderr.split())


def test_the_stack_of_another_environment_is_refused(plan: Path, tmp_path: Path) -> None:
    stack = tmp_path / "cdk.tf.json"
    stack.write_text(json.dumps(stack_of()))
    assert said(run(plan, "--stack", stack), status=2) == (
        f"{stack} is the stack 'dev'; the environment 'prod' has 'prod' and "
        "'account-444455556666'. Give the cdk.tf.json of the stack that was planned."
    )


def test_the_plan_of_another_environment_is_refused(tmp_path: Path) -> None:
    cluster = change(
        "aws_rds_cluster",
        "delete",
        {
            "cluster_identifier": "aurora-ferry-prod",
            "arn": "arn:aws:rds:eu-central-1:444455556666:cluster:aurora-ferry-prod",
        },
    )
    assert said(run(written(tmp_path, cluster), environment="dev")) == (
        "This is the plan of another account: it is of 444455556666, as aws_rds_cluster.it says, "
        "and was to be reviewed for 111122223333. Give the plan of 111122223333, or the "
        "environment that it is of."
    )
    assert run(written(tmp_path, cluster)).exit_code == 4


def test_an_environment_without_a_file_gets_the_default_guardrails(tmp_path: Path) -> None:
    result = run(written(tmp_path, DANGEROUS), environment="gone")
    assert result.exit_code == 4
    assert (
        "- There is no `environments/gone.toml`, so the default guardrails hold, and neither the "
        "environment's account nor its region is known: the plan may be of another.\n"
        in result.stdout
    )


def test_a_stack_of_an_environment_without_a_file(plan: Path, tmp_path: Path) -> None:
    stack = tmp_path / "cdk.tf.json"
    stack.write_text(json.dumps(stack_of()))
    assert said(run(plan, "--stack", stack, environment="gone"), status=2)


def test_a_name_that_leads_elsewhere_is_no_environment(plan: Path) -> None:
    result = run(plan, environment="../settings/x")
    assert "There is no `environments/../settings/x.toml`" in result.stdout


def test_an_environment_s_file_with_problems_is_told(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "environments"
    folder.mkdir()
    (folder / "prod.toml").write_text("x = 1")
    monkeypatch.setattr("ferry.environments.FOLDER", folder)
    assert "environments/prod.toml" in said(run(plan), status=2)


def test_a_plan_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "no.json"
    assert said(run(file)) == f"{file} cannot be read: No such file or directory."


@pytest.mark.parametrize("option", ["plan", "stack"])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_regular_file_is_not_even_opened(
    plan: Path, tmp_path: Path, kind: str, option: str
) -> None:
    """A pipe would wait for its other end, and /dev/zero has none."""
    if kind == "pipe":
        os.mkfifo(tmp_path / "pipe")
    file = {"pipe": tmp_path / "pipe", "device": Path("/dev/zero"), "folder": tmp_path}[kind]
    result = run(file) if option == "plan" else run(plan, "--stack", file)
    assert said(result) == (
        f"{file} cannot be read: not a regular file. Give a regular file of 1,000 MB at most."
    )


def test_a_plan_is_read_up_to_a_size(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ferry.cli.review._LARGEST_MB", 1)
    plan.write_text(plan.read_text().ljust(1_000_000))
    assert run(plan).exit_code == 0
    plan.write_text(plan.read_text() + " ")
    assert said(run(plan)) == (
        f"{plan} cannot be read: larger than 1 MB. Give a regular file of 1 MB at most."
    )


def test_a_plan_file_of_terraform_s_own_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.tfplan"
    file.write_bytes(b"PK\x03\x04\xff\xfe")
    assert said(run(file)) == (
        f"{file} is not text in UTF-8. Give what 'terraform show -json' prints, not the plan file "
        "itself."
    )


def test_a_plan_in_utf_16_is_told_how_to_be_written(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(plan_text(SAFE), encoding="utf-16")
    assert said(run(file)) == (
        f"{file} is in UTF-16, as older PowerShell's > writes it. Write it in UTF-8: terraform show"
        " -json FILE | Out-File -Encoding utf8 plan.json"
    )


def test_a_plan_that_is_nested_deeply_ends_in_words(tmp_path: Path) -> None:
    levels = 10_000
    file = tmp_path / "plan.json"
    text = plan_text(update("aws_vpc", {"tags": {}}, tags="HERE"))
    file.write_text(text.replace('"HERE"', "[" * levels + "]" * levels))
    assert said(run(file)).startswith("The plan is nested too deeply to be a plan of Terraform's.")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("canary"), "The plan could not be judged: KeyError in test_command.py, line "),
        (RecursionError(), "The plan is nested too deeply to be a plan of Terraform's."),
    ],
)
def test_a_fault_of_the_review_s_own_never_passes_for_a_verdict(
    plan: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    """Python ends with status 1 by itself, which says: a second reviewer is enough."""

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("ferry.review.review", fails)
    assert said(run(plan)).startswith(words)
    assert "canary" not in said(run(plan))


def test_a_byte_order_mark_is_borne(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(plan_text(SAFE), encoding="utf-8-sig")
    assert run(file).exit_code == 0


def test_a_report_that_cannot_be_written(plan: Path, tmp_path: Path) -> None:
    file = tmp_path / "no" / "review.md"
    assert said(run(plan, "--output", file)) == (
        f"{file} cannot be written: No such file or directory."
    )


@pytest.mark.parametrize("arguments", [[], ["--environment", "prod"]])
def test_the_environment_is_the_first_argument(plan: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["review", str(plan), *arguments], prog_name="ferry")
    assert result.exit_code == 2
    assert "Usage: ferry review [OPTIONS] {ENV} {PLAN.json}" in Text.from_ansi(result.stderr).plain


MEASURE = """
import re, sys
from pathlib import Path
from ferry.cli.app import app
try:
    app(["review", "dev", sys.argv[1]], standalone_mode=True)
except SystemExit:
    pass
# Not getrusage: what it tells begins with the memory of the process that this one came from.
status = Path("/proc/self/status").read_text()
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) // 1024, file=sys.stderr)
"""


@pytest.mark.unfollowed
def test_a_plan_of_ten_thousand_changes_takes_little_memory(tmp_path: Path) -> None:
    """As large as a real one: 45 MB, most of which says the same again."""
    attributes = {
        "alarm_description": "words " * 40, "alarm_name": "nHERE", "comparison_operator": "GreaterThanThreshold",
        "dimensions": {"ReplicationTaskIdentifier": "t", "ReplicationInstanceIdentifier": "i"},
        "metric_name": "CDCLatencySource", "namespace": "AWS/DMS", "statistic": "Maximum",
        "alarm_actions": ["arn:aws:sns:eu-central-1:111122223333:topic"], "metric_query": [],
        "tags": {"Name": "x"}, "tags_all": {"Name": "x", "environment": "dev"}, "threshold": 300,
        "treat_missing_data": "missing", "period": 60, "evaluation_periods": 3,
    }  # fmt: skip
    # Written once and repeated: to write it ten thousand times takes longer than the review.
    item = update("aws_cloudwatch_metric_alarm", attributes, threshold=200)
    one = json.dumps(item | {"address": "aws_cloudwatch_metric_alarm.nHERE"})
    same = ",".join([json.dumps(attributes)] * 10_000)
    file = tmp_path / "plan.json"
    file.write_text(
        plan_text(prior_state="SAME", configuration="SAME")
        .replace('"SAME"', f'{{"root_module": {{"resources": [{same}]}}}}')
        .replace(
            '"resource_changes": []',
            f'"resource_changes": [{",".join(one.replace("HERE", str(n)) for n in range(10_000))}]',
        )
    )
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file)],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stdout) < 65_536
    assert done.stdout.startswith("## `dev`: safe\n")
    assert "- Resources: 10,000 to change.\n" in done.stdout
    assert int(done.stderr) < 300
