"""The environments of the project, and a quick way to change one for a test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cdktf import Testing

from settings.reading.loading import load_environments
from stacks.migration_stack import MigrationStack
from tests.unit.template import Template

if TYPE_CHECKING:
    from settings.environment import Environment

ENVIRONMENTS = Path(__file__).resolve().parents[3] / "environments"
NAMES = ("dev", "staging", "prod")


@pytest.fixture(scope="session")
def environments() -> dict[str, Environment]:
    return {environment.name: environment for environment in load_environments(ENVIRONMENTS)}


@pytest.fixture(scope="session")
def templates(environments: dict[str, Environment]) -> dict[str, Template]:
    """The synthesized stack of each environment."""
    return {name: synthesized(environment) for name, environment in environments.items()}


def synthesized(environment: Environment) -> Template:
    return Template.of(MigrationStack(Testing.app(), environment))
