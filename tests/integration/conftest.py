"""Deploys the environments to local AWS, or connects to what is deployed elsewhere.

pytest tests/integration                    all environments, on a local AWS of the tests' own
pytest tests/integration --deployed dev     what is deployed where AWS_ENDPOINT_URL points
pytest tests/integration --live prod        what is deployed in AWS; nothing is changed
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT, synthesize
from harness.server import LocalAws
from settings.reading.loading import load_environments
from tests.integration.options import TARGET, Where, add_options, connect, read_target
from tests.integration.rollout import Failure, roll_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ferry.check.deployment.deployed import Deployed

ENVIRONMENTS = ROOT / "environments"


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TARGET] = read_target(config, environments=ENVIRONMENTS, around=os.environ)
    config.addinivalue_line("markers", "only(where, reason): skipped where it makes no sense")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "deployed" in metafunc.fixturenames:
        names = metafunc.config.stash[TARGET].names
        metafunc.parametrize("deployed", names, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    where = config.stash[TARGET].where
    for item in items:
        only = item.get_closest_marker("only")
        if only and where is not only.args[0]:
            item.add_marker(pytest.mark.skip(reason=only.kwargs["reason"]))


@pytest.fixture(scope="session")
def environments(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Deployed | Failure]]:
    """Every environment that is checked, deployed, or why it is not."""
    target = request.config.stash[TARGET]
    found = load_environments(ENVIRONMENTS, selected=",".join(target.names))
    if target.where is not Where.OWN_LOCAL_AWS:
        yield {environment.name: connect(environment) for environment in found}
        return
    folder = tmp_path_factory.mktemp("deployment")
    output = synthesize(folder)
    with LocalAws(log=folder / "local-aws.log") as cloud:
        yield roll_out(found, cloud=cloud, output=output, folder=folder)


@pytest.fixture(scope="session")
def get_deployed(
    environments: Mapping[str, Deployed | Failure],
) -> Callable[[str], Deployed]:
    """Finds a deployed environment; tells in full once, then in short, why one is not there."""
    told: set[str] = set()

    def get(name: str) -> Deployed:
        found = environments[name]
        if isinstance(found, Failure):
            message = found.short if name in told else found.full
            told.add(name)
            pytest.fail(message, pytrace=False)
        return found

    return get


@pytest.fixture
def deployed(request: pytest.FixtureRequest, get_deployed: Callable[[str], Deployed]) -> Deployed:
    """Each environment in turn."""
    return get_deployed(request.param)
