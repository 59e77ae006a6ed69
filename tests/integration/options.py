"""Where the integration checks find what they check: local AWS, or an account of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

import pytest

from ferry.account import account_of
from ferry.check.deployment.deployed import Deployed
from ferry.errors import FerryError
from settings.reading.loading import load_environments
from settings.reading.problem import EnvironmentsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from settings.environment import Environment

LIVE = "--live"
DEPLOYED = "--deployed"


class Where(Enum):
    """Where the environments are."""

    OWN_LOCAL_AWS = auto()
    """On a local AWS that the tests start, and on which defects may be planted."""

    GIVEN_ENDPOINT = auto()
    """Where ``AWS_ENDPOINT_URL`` points; deployed by somebody else, and only read."""

    AWS = auto()
    """In a real account; only read, and the endpoints' connections are tested."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What the command line asks for.

    Args:
        where: Where the environments are.
        names: The environments that are checked.
    """

    where: Where
    names: tuple[str, ...]


TARGET = pytest.StashKey[Target]()


def add_options(parser: pytest.Parser) -> None:
    """Add ``--live`` and ``--deployed``."""
    group = parser.getgroup("integration checks")
    group.addoption(
        LIVE,
        metavar="ENV",
        help="check ENV in the AWS account that the credentials lead to; nothing is deployed or"
        " changed, and DMS tests the endpoints' connections",
    )
    group.addoption(
        DEPLOYED,
        metavar="ENV",
        help="check ENV where AWS_ENDPOINT_URL points; nothing is deployed or changed",
    )


def read_target(config: pytest.Config, *, environments: Path, around: Mapping[str, str]) -> Target:
    """Read what the command line asks for.

    Args:
        config: pytest's.
        environments: The folder with the environments' files.
        around: The environment variables.

    Raises:
        pytest.UsageError: The options contradict each other or the variables, or name an
            environment that does not exist.
    """
    live = config.getoption(LIVE, default=None)
    deployed = config.getoption(DEPLOYED, default=None)
    endpoint = around.get("AWS_ENDPOINT_URL")
    if live and deployed:
        raise pytest.UsageError(
            f"{LIVE} {live} and {DEPLOYED} {deployed} are given; one of the two is allowed:"
            f" {LIVE} for AWS, {DEPLOYED} for what is deployed at AWS_ENDPOINT_URL"
        )
    if live and endpoint:
        raise pytest.UsageError(
            f"{LIVE} {live} is given and AWS_ENDPOINT_URL is {endpoint}, which is not AWS; unset it,"
            f" or use {DEPLOYED} {live}"
        )
    if deployed and not endpoint:
        raise pytest.UsageError(
            f"{DEPLOYED} {deployed} is given and AWS_ENDPOINT_URL is not set; set it to where"
            f" {deployed} is deployed, or use {LIVE} {deployed} for AWS"
        )
    if config.getoption("numprocesses", default=None):
        raise pytest.UsageError(
            "-n is given; these tests share one deployment in one process: leave -n out"
        )
    known = sorted(file.stem for file in environments.glob("*.toml"))
    for option, name in ((LIVE, live), (DEPLOYED, deployed)):
        if name and name not in known:
            raise pytest.UsageError(
                f"{option} {name} is given; there are {', '.join(known)}; name one of these"
            )
    try:
        names = [one.name for one in load_environments(environments, selected=live or deployed)]
    except EnvironmentsError as error:
        raise pytest.UsageError(str(error)) from None
    where = Where.AWS if live else Where.GIVEN_ENDPOINT if deployed else Where.OWN_LOCAL_AWS
    return Target(where=where, names=tuple(names))


def connect(environment: Environment) -> Deployed:
    """An environment that somebody else deployed, by the credentials of the environment variables.

    Raises:
        pytest.UsageError: There are none, or they are another account's.
    """
    try:
        return Deployed(environment=environment, account=account_of(environment))
    except FerryError as error:
        raise pytest.UsageError(str(error)) from None
