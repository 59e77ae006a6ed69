"""First deployments of the examples in which one new thing leaves out what the stack sets."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from tests.unit.ferry.review.held.base import configured, stack
from tests.unit.ferry.review.held.edits import NOTHING, SECOND_OR_BLOCKED, UNKNOWN, Held, part
from tests.unit.ferry.review.held.first import synthesized
from tests.unit.ferry.review.schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.ferry.review.held.edits import Step

EXAMPLES: Final = ("dev", "staging", "prod")
_META: Final = frozenset({"//", "lifecycle", "depends_on", "provider", "provisioner"})
_BLOCK: Final = "blocks"


def optional() -> Iterator[tuple[str, str, str]]:
    """Example, address and attribute of all that the examples set and Terraform would not ask for."""
    for example in EXAMPLES:
        for type_, bodies in stack(example)["resource"].items():
            for name, body in bodies.items():
                for attribute in body:
                    how = SCHEMA[type_].get(attribute, {}).get("is", "required")
                    if attribute not in _META and how != "required" and "write_only" not in how:
                        yield example, f"{type_}.{name}", attribute


@cache
def _steps(example: str) -> tuple[Step, ...]:
    """What is made; its outputs would say what is left out."""
    return tuple(it for it in synthesized(stack(example)) if it.action == "create")


def leaving_out(example: str, address: str, attribute: str) -> Held:
    """An example's first deployment, in which a resource does not set an attribute."""
    type_, _, name = address.partition(".")
    how = SCHEMA[type_][attribute]["is"]
    unset: Any = UNKNOWN if "computed" in how else [] if how.endswith(_BLOCK) else None
    document = deepcopy(stack(example))
    del document["resource"][type_][name][attribute]
    return Held(
        name=f"{example}-{address}-without-{attribute}",
        edit=[
            *(
                replace(it, to={**it.to, attribute: unset}) if it.name == address else it
                for it in _steps(example)
            ),
            part("configuration", configured(document)),
        ],
        expected=SECOND_OR_BLOCKED,
        why="What a new thing leaves out AWS decides.",
        of=NOTHING,
        environment=example,
        stack_text=json.dumps(
            {"//": {"metadata": {"stackName": example, "version": "0.21.0"}}, **document}
        ),
    )
