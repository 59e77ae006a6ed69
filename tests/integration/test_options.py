"""The command line of these tests, and what it says where something is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from harness.deployment import ROOT
from tests.integration.options import Target, Where, read_target
from tests.integration.rollout import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass
class Config:
    """The part of pytest's configuration that is read."""

    options: Mapping[str, object] = field(default_factory=dict)

    def getoption(self, name: str, default: object) -> object:
        return self.options.get(name, default)


def target(options: Mapping[str, object], *, endpoint: str | None = None) -> Target:
    return read_target(
        cast("pytest.Config", Config(options)),
        environments=ROOT / "environments",
        around={} if endpoint is None else {"AWS_ENDPOINT_URL": endpoint},
    )


def refusal(options: Mapping[str, object], *, endpoint: str | None = None) -> str:
    with pytest.raises(pytest.UsageError) as caught:
        target(options, endpoint=endpoint)
    return str(caught.value)


def test_by_default_every_environment_is_deployed_to_a_local_aws_of_the_tests_own() -> None:
    assert target({}) == Target(where=Where.OWN_LOCAL_AWS, names=("dev", "prod", "staging"))


def test_a_real_account_is_asked_for_by_its_environment() -> None:
    assert target({"--live": "prod"}) == Target(where=Where.AWS, names=("prod",))


def test_so_is_what_is_deployed_where_the_variable_points() -> None:
    found = target({"--deployed": "dev"}, endpoint="http://127.0.0.1:1")
    assert found == Target(where=Where.GIVEN_ENDPOINT, names=("dev",))


def test_both_at_once_are_refused() -> None:
    assert refusal({"--live": "dev", "--deployed": "prod"}) == (
        "--live dev and --deployed prod are given; one of the two is allowed: --live for AWS,"
        " --deployed for what is deployed at AWS_ENDPOINT_URL"
    )


def test_a_real_account_behind_another_endpoint_is_refused() -> None:
    assert refusal({"--live": "dev"}, endpoint="http://127.0.0.1:1") == (
        "--live dev is given and AWS_ENDPOINT_URL is http://127.0.0.1:1, which is not AWS; unset"
        " it, or use --deployed dev"
    )


def test_an_endpoint_has_to_be_given() -> None:
    assert refusal({"--deployed": "dev"}) == (
        "--deployed dev is given and AWS_ENDPOINT_URL is not set; set it to where dev is deployed,"
        " or use --live dev for AWS"
    )


def test_several_processes_are_refused() -> None:
    assert refusal({"numprocesses": 2}) == (
        "-n is given; these tests share one deployment in one process: leave -n out"
    )


def test_an_unknown_environment_is_refused() -> None:
    assert refusal({"--live": "qa"}) == (
        "--live qa is given; there are dev, prod, staging; name one of these"
    )


def test_a_wrong_environments_file_is_shown_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text("[aws]\n")
    with pytest.raises(pytest.UsageError, match=r"dev\.toml: aws\.account_id"):
        read_target(cast("pytest.Config", Config()), environments=tmp_path, around={})


def test_a_failed_deployment_shows_the_end_of_terraforms_output_once() -> None:
    failure = Failure(name="dev", output="\n".join(f"line {number}" for number in range(1, 101)))
    lines = failure.full.splitlines()
    assert lines[0] == "dev could not be deployed to local AWS:"
    assert (lines[1], lines[-1], len(lines)) == ("line 41", "line 100", 61)
    assert failure.short == "dev could not be deployed; another test shows Terraform's output"
