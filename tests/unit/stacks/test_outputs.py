"""What a stack says of itself is what the operator's commands wait for, in each shape of an environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from ferry.deployment import outputs_of
from tests.unit.stacks.conftest import NAMES, synthesized

if TYPE_CHECKING:
    from settings.environment import Environment

SHAPES: dict[str, dict[str, Any]] = {
    "as it is": {},
    "with a way back": {"rollback": True},
}


def said_by(environment: Environment) -> set[str]:
    """The names of a stack's outputs, but for those of single readers."""
    said: set[str] = set(synthesized(environment).document["output"])
    return {it for it in said if not re.fullmatch(r"reader_instance_\d+_id", it)}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_a_migration_has_the_outputs_that_are_waited_for(
    name: str, shape: str, environments: dict[str, Environment]
) -> None:
    it = environments[name]
    assert it.dms is not None
    shaped = it.model_copy(update={"dms": it.dms.model_copy(update=SHAPES[shape])})

    assert said_by(shaped) == outputs_of(shaped)


def test_aurora_alone_has_the_outputs_that_are_waited_for(
    environments: dict[str, Environment],
) -> None:
    alone = environments["dev"].model_copy(update={"source": None, "dms": None})

    assert said_by(alone) == outputs_of(alone)
