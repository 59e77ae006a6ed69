"""`ferry check deployment dev`, as a person and as a program sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from ferry.check.deployment import checks
from ferry.check.deployment.checks import Check
from ferry.cli.app import app
from ferry.deployment import State
from tests.unit.ferry.check.deployment.conftest import STATE, deployed

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect


def ferry(*options: str) -> Result:
    arguments = ("check", "deployment", "dev", *options)
    return CliRunner().invoke(app, arguments, prog_name="ferry")


@pytest.fixture
def _dev(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment of which two checks are made: one is right, and one is not."""

    def port(_: Deployed, __: Expect) -> None:
        """The port is the file's."""

    def user(_: Deployed, expect: Expect) -> None:
        expect.equal("The user", "somebody", "admin")

    table = [Check(name=it.__name__, area="cluster", function=it) for it in (port, user)]
    monkeypatch.setattr(checks, "CHECKS", table)
    monkeypatch.setattr(checks, "AREAS", {"port": "cluster", "user": "cluster"})
    monkeypatch.setattr("ferry.account.account_of", lambda _: deployed().account)
    monkeypatch.setattr("ferry.check.deployment.deployed.Deployed.state", STATE)


@pytest.mark.usefixtures("_dev")
def test_a_person_is_shown_areas_and_what_is_not_right() -> None:
    result = ferry()

    assert result.stdout.splitlines() == [
        "What is deployed of dev, in account 111122223333, eu-central-1",
        '  blocked     The user: found "somebody", should be "admin".',
        "              why: dev.toml says otherwise, or the deployment did not end.",
        (
            "              remedy: Deploy what 'cdktf diff dev' shows of it; mend the rest by hand, "
            "or let dev.toml say what is there."
        ),
        "  right       cluster (1)",
        "1 blocked, 1 right. What is deployed is not what the file says, or does not work.",
    ]
    assert result.exit_code == 4


@pytest.mark.usefixtures("_dev")
def test_a_program_gets_every_finding() -> None:
    result = ferry("--json")

    document = json.loads(result.stdout)
    assert [(it["check"], it["level"]) for it in document["findings"]] == [
        ("port", "right"),
        ("user", "blocked"),
    ]
    assert document["exit_code"] == result.exit_code == 4


@pytest.mark.usefixtures("_dev")
def test_what_was_never_deployed_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ferry.check.deployment.deployed.Deployed.state", State())

    result = ferry()

    assert result.exit_code == 3
    assert "  not judged  What is deployed of dev could not be judged.\n" in result.stdout
    assert "Deploy it first: cdktf deploy dev\n" in result.stdout
    assert result.stdout.endswith("1 not judged. Nothing could be judged.\n")
