"""First deployments: all that a stack holds is made where nothing is.

Staging's was recorded. Of the other examples there is the synthesized stack: what it writes down is
known, what it takes from another resource is not, and what AWS decides is what staging's plan says
of the type.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from tests.unit.ferry.review.held.base import account, created, deployed, stack
from tests.unit.ferry.review.held.edits import NOTHING, SAFE, UNKNOWN, Held, creates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.review.plan.values import Json
    from tests.unit.ferry.review.held.edits import Step

_LOOKED_UP: Final = re.compile(
    r'startswith\(arn, "(?P<beginning>arn:aws:secretsmanager:[^"]+/source-)"\)'
)
_NO_ARGUMENTS: Final = {"//", "lifecycle", "depends_on", "provider", "provisioner"}


def _recorded(after: Json, unknown: Json) -> Json:
    """A value with UNKNOWN where the recorded plan does not know it."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict):
        known = after or {}
        return {**known, **{key: _recorded(known.get(key), it) for key, it in unknown.items()}}
    if isinstance(unknown, list):
        return [_recorded(value, it) for value, it in zip(after, unknown, strict=True)]
    return after


def _staging() -> tuple[Step, ...]:
    return tuple(
        creates(deployed()[name].address, **_recorded(change["after"], change["after_unknown"]))
        for name, change in created().items()
    )


def _decided_by_aws() -> dict[str, set[str]]:
    """What is not known before, by type, as staging's first plan says it."""
    found: dict[str, set[str]] = {}
    for name, change in created().items():
        unknown = {key for key, value in change["after_unknown"].items() if value is True}
        found.setdefault(name.partition(".")[0], set()).update(unknown)
    return found


def _planned(name: str, value: Json) -> Json:
    """What is written down, UNKNOWN where it comes from something that is not there yet.

    The source's secret is there: a data source finds it while the plan is made. A write-only
    argument is in no plan.
    """
    if isinstance(value, dict):
        return {key: _planned(key, it) for key, it in value.items()}
    if isinstance(value, list):
        return [_planned(name, it) for it in value]
    if found := _LOOKED_UP.search(str(value)):
        return f"{found['beginning']}AbCdEf"
    if not isinstance(value, str) or "${" not in value:
        return value
    return None if name.endswith("_wo") else UNKNOWN


def _arguments(body: Mapping[str, Any], found: Mapping[str, str]) -> dict[str, Any]:
    """The arguments, with what is named by a local in its place."""
    return {
        key: _planned(key, found.get(it, it) if isinstance(it, str) else it)
        for key, it in body.items()
        if key not in _NO_ARGUMENTS
    }


def _synthesized(environment: str) -> tuple[Step, ...]:
    decided = _decided_by_aws()
    found = {f"${{local.{name}}}": it for name, it in stack(environment)["locals"].items()}
    return tuple(
        creates(
            f"{type_}.{name}",
            **dict.fromkeys(decided.get(type_, {"id", "arn"}), UNKNOWN) | _arguments(body, found),
        )
        for type_, bodies in stack(environment)["resource"].items()
        for name, body in bodies.items()
    )


def _of_the_account() -> tuple[Step, ...]:
    decided = ("arn", "id", "create_date", "unique_id")
    return tuple(
        creates(
            it.address,
            **{key: UNKNOWN if key in decided else value for key, value in it.values.items()},
        )
        for it in account().values()
    )


def _stack_text(environment: str) -> str:
    """The environment's cdk.tf.json; its snapshot leaves out what cdktf writes of itself."""
    metadata = {"metadata": {"stackName": environment, "version": "0.21.0"}}
    return json.dumps({"//": metadata, **stack(environment)})


ROWS: Final = (
    Held(
        name="first-deployment-of-staging",
        edit=_staging(),
        expected=SAFE,
        why="Nothing is there that could be lost, and what is made is as the example says.",
        of=NOTHING,
        stack_text=_stack_text("staging"),
    ),
    Held(
        name="first-deployment-of-dev",
        edit=_synthesized("dev"),
        expected=SAFE,
        why="Nothing is there that could be lost, and what is made is as the example says.",
        of=NOTHING,
        environment="dev",
        stack_text=_stack_text("dev"),
    ),
    Held(
        name="first-deployment-of-prod",
        edit=_synthesized("prod"),
        expected=SAFE,
        why="Nothing is there that could be lost, and what is made is as the example says.",
        of=NOTHING,
        environment="prod",
        stack_text=_stack_text("prod"),
    ),
    Held(
        name="first-deployment-of-the-account",
        edit=_of_the_account(),
        expected=SAFE,
        why="The two roles that DMS needs, which trust DMS for this account only.",
        of=NOTHING,
    ),
)
