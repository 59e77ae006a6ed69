"""Staging's first deployment, in which something is otherwise than the stacks make it."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.unit.ferry.review.held.base import configuration, deployed, stack
from tests.unit.ferry.review.held.edits import (
    NOTHING,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    Step,
    part,
)
from tests.unit.ferry.review.held.first import recorded_steps, stack_text

if TYPE_CHECKING:
    from ferry.review.plan.values import Json


def address(name: str) -> str:
    return deployed()[name].address


def refers(name: str, attribute: str, *to: str) -> Step:
    """The configuration, in which an attribute refers to something else, or to nothing."""
    found = deepcopy(configuration())
    [resource] = [it for it in found["root_module"]["resources"] if it["address"] == address(name)]
    named = [text for it in to for text in (f"{address(it)}.id", address(it))]
    resource["expressions"][attribute] = {"references": named}
    return part("configuration", found)


def held(name: str, of: str, why: str, more: tuple[Step, ...], /, **to: Json) -> Held:
    steps = [
        replace(it, to={**it.to, **to}) if it.name == address(of) else it for it in recorded_steps()
    ]
    return Held(
        name=f"first-{name}",
        edit=[*steps, *more],
        expected=SECOND_OR_BLOCKED,
        why=why,
        of=NOTHING,
        stack_text=stack_text("staging"),
    )


def says(name: str, of: str, why: str, /, **to: Json) -> Held:
    """Staging's first deployment, in which a resource says something else."""
    return held(name, of, why, (), **to)


def leads(name: str, of: str, why: str, attribute: str, /, *to: str, many: bool = False) -> Held:
    """Staging's first deployment, in which an attribute refers to another of the plan's things."""
    value = [UNKNOWN] if many else UNKNOWN
    return held(name, of, why, (refers(of, attribute, *to),), **{attribute: value})


def lacks(name: str, why: str, /, *of: str) -> Held:
    """Staging's first deployment without some of its resources."""
    gone = {address(it) for it in of}
    found = deepcopy(configuration())
    resources = found["root_module"]["resources"]
    found["root_module"]["resources"] = [it for it in resources if it["address"] not in gone]
    synthesized = deepcopy(stack("staging"))
    for it in gone:
        type_, _, id_ = it.partition(".")
        del synthesized["resource"][type_][id_]
    metadata = {"metadata": {"stackName": "staging", "version": "0.21.0"}}
    return Held(
        name=f"first-without-{name}",
        edit=[
            *(it for it in recorded_steps() if it.name not in gone),
            part("configuration", found),
        ],
        expected=SECOND_OR_BLOCKED,
        why=why,
        of=NOTHING,
        stack_text=json.dumps({"//": metadata, **synthesized}),
    )
