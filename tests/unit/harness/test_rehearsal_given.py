"""A user's own environment, as it is rehearsed on one machine."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ferry.errors import InputError
from harness.rehearsal.__main__ import main
from harness.rehearsal.given import ENVIRONMENTS, given
from settings.reading.loading import load_environments
from settings.reading.problem import EnvironmentsError
from tests.unit.ferry.environments import DEV

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of environments with the certificates of the project's own."""
    shutil.copytree(ENVIRONMENTS / "certificates", tmp_path / "certificates")
    return tmp_path


def test_what_is_otherwise_than_in_the_file_is_said_and_the_rest_is_as_it_was(folder: Path) -> None:
    shutil.copy(ENVIRONMENTS / "prod.toml", folder)
    made = given("prod", folder)
    assert made.otherwise == (
        "source: postgres.dc1.example.org is a PostgreSQL server of this machine, with verify-full",
        "source.capture_ddls: false; changes of tables are not carried here",
        "dms.rollback is false: there is no way back to rehearse",
        "network: your VPC and your way to the source are made up in local AWS",
    )
    (folder / "prod.toml").write_text(made.own(port=40001).text)
    (here,) = load_environments(folder)
    there = made.environment
    assert here.migration.source.port == 40001
    assert (here.aws, here.aurora, here.network) == (there.aws, there.aurora, there.network)
    assert here.migration.dms == there.migration.dms


def test_secrets_records_and_hooks_are_the_rehearsals(folder: Path) -> None:
    secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/orders-AbCdEf"
    cutover = f"""[cutover]
application_secret_arns = ["{secret}"]
max_outage_seconds = 30

[cutover.dns]
zone_id = "Z0123456789ABCDEFGHIJ"
name = "db.example.org"

[cutover.hooks]
switch = ["./ours"]

[alarms]"""
    (folder / "dev.toml").write_text(DEV.replace("[alarms]", cutover))
    made = given("dev", folder)
    assert [line for line in made.otherwise if line.startswith("cutover")] == [
        f"cutover.{key}: a secret and a hook of the rehearsal's in its place"
        for key in ("application_secret_arns", "dns", "hooks")
    ]
    text = made.own(port=40001).text
    assert "shop/orders" not in text
    assert "./ours" not in text
    (folder / "dev.toml").write_text(text)
    (here,) = load_environments(folder)
    assert here.cutover is not None
    assert here.cutover.dns is None
    assert here.cutover.max_outage_seconds == 30


def test_what_cannot_be_rehearsed_is_refused(folder: Path) -> None:
    (folder / "dev.toml").write_text(DEV)
    with pytest.raises(EnvironmentsError, match="nobody"):
        given("nobody", folder)
    several = """tables = [{ schema = "public" }]
database = "app"

[[dms.tasks]]
name = "other"
database = "other"
tables = [{ schema = "public" }]

[[databases]]
source = "app"
aurora = "app"

[[databases]]
source = "other"
aurora = "other"
"""
    text = DEV.replace('host = "192.168.10.15"\ndatabase = "app"', 'host = "192.168.10.15"')
    text = text.replace('tables = [{ schema = "public" }]\n', several)
    (folder / "dev.toml").write_text(text)
    with pytest.raises(InputError, match=r"dev\.toml carries 2 databases"):
        given("dev", folder)


def test_one_without_the_other_and_what_is_not_there_end_with_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--environment", "prod"])
    assert ended.value.code == 2
    assert "ENV=prod SCHEMA=dump.sql" in capsys.readouterr().err
    for arguments, said in (
        (["--environment", "nobody", "--schema", "x"], "nobody"),
        (["--environment", "prod", "--schema", str(tmp_path / "x")], "cannot be read"),
    ):
        assert main(arguments) == 2
        assert said in capsys.readouterr().out
