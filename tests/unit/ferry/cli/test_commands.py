"""The commands as a person types them: what they print, and how they end."""

from __future__ import annotations

import json
import logging
import os
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from ferry.cli import secret as secret_command
from ferry.cli.app import app
from ferry.prepare import state_bucket
from settings.reading.loading import load_environments
from settings.reading.problem import EnvironmentsError
from tests.aurora_alone import aurora_alone
from tests.unit.ferry.conftest import ACCOUNT
from tests.unit.ferry.environments import DEV

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient

CANARY = "canary-Pa55word"
GIVEN = json.dumps({"username": "dms", "password": CANARY})
BUCKET = f"aurora-ferry-tfstate-{ACCOUNT}-eu-central-1"
SECRET = "aurora-ferry-dev/source"


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the one environment that these tests know."""
    file = tmp_path / "environments" / "dev.toml"
    file.parent.mkdir()
    file.write_text(DEV)
    monkeypatch.setattr("ferry.environments.FOLDER", file.parent)
    return file


def ferry(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=given, prog_name="ferry")


# --- ferry bootstrap


@pytest.mark.usefixtures("dev")
def test_bootstrap_shows_each_step_and_what_comes_next(s3: S3Client) -> None:
    result = ferry("bootstrap", "dev")

    assert result.stdout.splitlines() == [
        f"The states of account {ACCOUNT}, in eu-central-1",
        f"  created        bucket {BUCKET}",
        "  set            public access: blocked",
        "  set            ownership: the bucket's owner, no ACLs",
        "  set            policy: TLS only",
        "  set            encryption: on",
        "  set            versioning: on",
        "  set            lifecycle: earlier versions expire after 90 days",
        "  set            lifecycle: plans of runs expire after 7 days",
        "  set            tags",
        f"Next: cdktf deploy account-{ACCOUNT}",
    ]
    assert result.stderr == ""
    assert result.exit_code == 0
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]


@pytest.mark.usefixtures("aws")
def test_after_bootstrap_aurora_alone_needs_no_stack_of_its_account(dev: Path) -> None:
    dev.write_text(aurora_alone(DEV))

    assert ferry("bootstrap", "dev").stdout.splitlines()[-1] == "Next: cdktf deploy dev"


@pytest.mark.usefixtures("dev", "aws")
def test_bootstrap_says_that_there_is_nothing_to_do() -> None:
    ferry("bootstrap", "dev")

    result = ferry("bootstrap", "dev")

    assert "  nothing to do  versioning: on" in result.stdout.splitlines()
    assert "Nothing to do: all is as it should be." in result.stdout.splitlines()
    assert result.exit_code == 0


def test_bootstrap_follows_the_states_region(dev: Path, s3: S3Client) -> None:
    dev.write_text(DEV.replace("[network.vpc]", 'state_region = "eu-west-1"\n[network.vpc]'))

    assert ferry("bootstrap", "dev").exit_code == 0

    bucket = f"aurora-ferry-tfstate-{ACCOUNT}-eu-west-1"
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] == "eu-west-1"


@pytest.mark.usefixtures("dev")
def test_bootstrap_gives_tags_that_the_accounts_environments_agree_on(s3: S3Client) -> None:
    ferry("bootstrap", "dev")

    assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == [
        {"Key": "project", "Value": "aurora-ferry"},
        {"Key": "repository", "Value": "github.com/example/aurora-ferry"},
    ]


def test_bootstrap_refuses_another_account(dev: Path, s3: S3Client) -> None:
    dev.write_text(DEV.replace(ACCOUNT, "444455556666"))

    result = ferry("bootstrap", "dev")

    assert result.stdout == ""
    assert result.stderr.startswith("You are signed in to account 123456789012 ")
    assert result.exit_code == 3
    assert s3.list_buckets()["Buckets"] == []


# --- ferry secret source


@pytest.mark.usefixtures("dev", "secretsmanager")
def test_a_standard_input_that_is_closed_holds_no_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(secret_command, "sys", SimpleNamespace(stdin=None))

    result = ferry("secret", "source", "dev")

    assert result.exit_code == 2
    assert result.stderr == (
        "The credentials are not JSON; standard input must be one JSON object: "
        '{"username": "...", "password": "..."}.\n'
    )


@pytest.mark.usefixtures("dev")
def test_secret_source_writes_what_standard_input_says(
    secretsmanager: SecretsManagerClient,
) -> None:
    result = ferry("secret", "source", "dev", given=GIVEN)

    assert result.stdout.splitlines() == [
        f"The source's credentials of dev, in account {ACCOUNT}, eu-central-1",
        f"  created        secret {SECRET}",
        (
            "Next: cdktf deploy dev; DMS tasks that run already take new credentials when they are "
            "stopped and resumed"
        ),
    ]
    assert result.stderr == ""
    assert result.exit_code == 0
    written = secretsmanager.get_secret_value(SecretId=SECRET)["SecretString"]
    assert json.loads(written) == {
        "username": "dms",
        "password": CANARY,
        "engine": "postgres",
        "host": "192.168.10.15",
        "port": 5432,
        "dbname": "app",
    }


@pytest.mark.usefixtures("dev")
def test_secret_source_gives_the_environments_tags(secretsmanager: SecretsManagerClient) -> None:
    ferry("secret", "source", "dev", given=GIVEN)

    tags = secretsmanager.describe_secret(SecretId=SECRET)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        "project": "aurora-ferry",
        "environment": "dev",
        "repository": "github.com/example/aurora-ferry",
        "team": "payments",
    }


def test_secret_source_follows_a_changed_host(
    dev: Path, secretsmanager: SecretsManagerClient
) -> None:
    ferry("secret", "source", "dev", given=GIVEN)
    dev.write_text(DEV.replace("192.168.10.15", "192.168.10.16"))

    result = ferry("secret", "source", "dev", given=GIVEN)

    assert "  set            credentials, host, port, database" in result.stdout.splitlines()
    written = secretsmanager.get_secret_value(SecretId=SECRET)["SecretString"]
    assert json.loads(written)["host"] == "192.168.10.16"


@pytest.mark.usefixtures("dev")
def test_secret_source_asks_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, secretsmanager: SecretsManagerClient
) -> None:
    monkeypatch.setattr(secret_command, "at_terminal", lambda: True)

    result = ferry("secret", "source", "dev", given=f"dms\n{CANARY}\n{CANARY}\n")

    assert result.exit_code == 0
    assert CANARY not in result.output
    written = secretsmanager.get_secret_value(SecretId=SECRET)["SecretString"]
    assert json.loads(written)["password"] == CANARY


@pytest.mark.usefixtures("dev", "aws")
def test_secret_source_ends_quietly_where_the_question_is_not_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(secret_command, "at_terminal", lambda: True)

    result = ferry("secret", "source", "dev", given="")

    assert result.exit_code == 130
    assert result.stderr == ""


@pytest.mark.usefixtures("dev")
def test_secret_source_refuses_what_dms_rejects(secretsmanager: SecretsManagerClient) -> None:
    given = json.dumps({"username": "dms", "password": "canary;Pa55word"})

    result = ferry("secret", "source", "dev", given=given)

    assert result.stderr.startswith("The password holds punctuation that DMS rejects: ")
    assert "canary" not in result.output
    assert result.exit_code == 2
    assert secretsmanager.list_secrets()["SecretList"] == []


@pytest.mark.usefixtures("aws")
def test_secret_source_leaves_a_secret_of_the_users_own_alone(dev: Path) -> None:
    own = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:source-AbCdEf"
    dev.write_text(DEV.replace("[aurora]", f'secret_arn = "{own}"\n[aurora]'))

    result = ferry("secret", "source", "dev", given=GIVEN)

    assert result.stderr == (
        f"'dev' brings its own secret (source.secret_arn = {own}), and ferry leaves it alone. It "
        "must hold JSON with the keys username, password, host and port; 'aws secretsmanager "
        "put-secret-value --secret-id ... --secret-string file://...' writes it. To let ferry keep "
        "the credentials, remove secret_arn from dev.toml.\n"
    )
    assert result.exit_code == 2


@pytest.mark.usefixtures("aws")
def test_secret_source_without_a_source(dev: Path) -> None:
    dev.write_text(aurora_alone(DEV))

    result = ferry("secret", "source", "dev", given=GIVEN)

    assert result.stderr == (
        "'dev' is Aurora alone: it has no [source], and nothing is carried. Add [source] and [dms] "
        "to dev.toml to begin a migration.\n"
    )
    assert result.exit_code == 2


@pytest.mark.usefixtures("dev")
def test_secret_operator_writes_who_ferry_signs_in_as(
    secretsmanager: SecretsManagerClient,
) -> None:
    result = ferry("secret", "operator", "dev", "source", given=GIVEN)

    assert result.stdout.splitlines() == [
        f"The operator's credentials of dev, source, in account {ACCOUNT}, eu-central-1",
        "  created        secret aurora-ferry-dev/operator-source",
        "Next: ferry prepare-databases dev",
    ]
    assert result.exit_code == 0
    written = secretsmanager.get_secret_value(SecretId="aurora-ferry-dev/operator-source")
    assert json.loads(written["SecretString"]) == {
        "username": "dms",
        "password": CANARY,
        "engine": "postgres",
    }


@pytest.mark.usefixtures("dev")
def test_secret_reverse_writes_who_writes_back_to_the_source(
    secretsmanager: SecretsManagerClient,
) -> None:
    result = ferry("secret", "reverse", "dev", given=GIVEN)

    assert result.stdout.splitlines() == [
        f"The credentials of dev's way back, in account {ACCOUNT}, eu-central-1",
        "  created        secret aurora-ferry-dev/reverse",
        "Next: cdktf deploy dev; then: ferry prepare-databases dev",
    ]
    assert result.exit_code == 0
    written = secretsmanager.get_secret_value(SecretId="aurora-ferry-dev/reverse")
    assert json.loads(written["SecretString"])["host"] == "192.168.10.15"


@pytest.mark.usefixtures("dev", "aws")
def test_secret_operator_is_of_one_side() -> None:
    result = ferry("secret", "operator", "dev", "middle", given=GIVEN)

    assert "Invalid value for 'SIDE'" in result.stderr
    assert result.exit_code == 2


@pytest.mark.usefixtures("dev", "aws")
def test_secret_source_takes_no_password_as_an_argument() -> None:
    result = ferry("secret", "source", "dev", "--password", CANARY)

    assert result.exit_code == 2
    assert CANARY not in result.output


@pytest.mark.usefixtures("dev", "aws")
def test_no_log_holds_the_password(caplog: pytest.LogCaptureFixture) -> None:
    """botocore logs whole requests at DEBUG; ferry keeps that level from it."""
    caplog.set_level(logging.DEBUG)

    ferry("secret", "source", "dev", given=GIVEN)

    assert CANARY not in caplog.text


# --- how commands end


@pytest.mark.parametrize("arguments", [("bootstrap",), ("secret", "source")])
@pytest.mark.parametrize("name", ["test", "", "dev,staging", "../environments/dev"])
def test_an_unknown_environment_is_refused_with_those_that_are_known(
    dev: Path, arguments: tuple[str, ...], name: str
) -> None:
    dev.with_name("staging.toml").write_text(DEV)

    result = ferry(*arguments, name)

    assert result.stderr == (
        f"There is no environment '{name}'; the files in environments/ are those of dev, staging. "
        "Name one of these, or add environments/NAME.toml.\n"
    )
    assert result.exit_code == 2


@pytest.mark.parametrize("folder", ["empty", "missing", "a file"])
def test_without_files_the_line_is_that_of_synthesis(dev: Path, folder: str) -> None:
    dev.unlink()
    if folder != "empty":
        dev.parent.rmdir()
    if folder == "a file":
        dev.parent.touch()

    result = ferry("bootstrap", "dev")

    with pytest.raises(EnvironmentsError) as error:
        load_environments(dev.parent, selected="dev")
    assert result.stderr == f"{error.value}\n"
    assert result.exit_code == 2


@pytest.mark.usefixtures("aws")
def test_an_ending_in_capitals_is_taken_as_synthesis_takes_it(dev: Path) -> None:
    """Windows and macOS write and find dev.TOML as dev.toml."""
    dev.rename(dev.with_name("dev.TOML"))

    assert ferry("bootstrap", "dev").exit_code == 0


@pytest.mark.parametrize("arguments", [("bootstrap",), ("secret", "source")])
def test_problems_of_a_file_are_shown_as_synthesis_shows_them(
    dev: Path, arguments: tuple[str, ...]
) -> None:
    dev.write_text(DEV.replace(ACCOUNT, "12345").replace("instance_class", "instance_classs"))

    result = ferry(*arguments, "dev")

    with pytest.raises(EnvironmentsError) as error:
        load_environments(dev.parent, selected="dev")
    assert result.stderr == f"{error.value}\n"
    assert len(result.stderr.splitlines()) > 1
    assert result.exit_code == 2


def test_a_pipe_in_a_files_place_is_one_line_and_no_waiting(dev: Path) -> None:
    dev.unlink()
    os.mkfifo(dev)

    result = ferry("bootstrap", "dev")

    assert len(result.stderr.splitlines()) == 1
    assert "environments/dev.toml: cannot be read (not a regular file)" in result.stderr
    assert result.exit_code == 2


def test_what_others_wrote_steers_neither_terminal_nor_workflow(dev: Path) -> None:
    hostile = "\x1b[2J ##[group]x\n::add-mask::y"
    dev.with_name(f"{hostile}.toml").write_text("")

    result = ferry("bootstrap", hostile.replace("/", ""))

    assert r"\u001b[2J \u0023#[group]x\n::add-mask::y" in result.stderr
    assert len(result.stderr.splitlines()) > 1
    assert all(line.startswith("environments/") for line in result.stderr.splitlines())
    assert all(line.isprintable() and "##[" not in line for line in result.stderr.splitlines())
    assert result.exit_code == 2


@pytest.mark.usefixtures("dev")
def test_a_fault_of_ferrys_own_steers_neither_terminal_nor_workflow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def find(_: str) -> None:
        raise RuntimeError("\x1b[2J\n::add-mask::x")

    monkeypatch.setattr("ferry.environments.find", find)

    lines = ferry("bootstrap", "dev").stderr.splitlines()

    assert lines[-2:] == [r"RuntimeError: \u001b[2J", r"\u003a:add-mask::x"]


@pytest.mark.usefixtures("dev", "aws")
def test_ctrl_c_ends_a_command_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(state_bucket, "prepare", interrupt)

    result = ferry("bootstrap", "dev")

    assert result.exit_code == 130
    assert result.output == ""


@pytest.mark.usefixtures("dev")
def test_a_fault_of_ferrys_own_could_not_be_done_and_shows_no_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def find(_: str) -> None:
        password = CANARY
        raise RuntimeError("a bug" if password else "")

    monkeypatch.setattr("ferry.environments.find", find)

    result = ferry("secret", "source", "dev")

    assert "RuntimeError: a bug" in result.stderr
    assert CANARY not in result.output
    assert result.exit_code == 3
