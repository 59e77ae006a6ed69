"""First deployments with dynamic blocks of what is not known yet: they may be anything."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from tests.unit.ferry.review.held.base import configured, deployed, stack
from tests.unit.ferry.review.held.edits import NOTHING, SECOND_OR_BLOCKED, UNKNOWN, Held, part
from tests.unit.ferry.review.held.first import recorded_steps, stack_text
from tests.unit.ferry.review.held.names import (
    AURORA_GROUP,
    CLUSTER,
    DMS_ROLE,
    DMS_ROUTES,
    PARAMETERS,
    SOURCE,
    TARGET_SECRET,
    WRITER_CPU,
)


def _dynamic(of: str, block: str) -> tuple[Held, ...]:
    """Staging's first deployment with a dynamic block that nobody knows yet, and without its stack."""
    address = deployed()[of].address
    type_, _, name = address.partition(".")
    document = json.loads(stack_text("staging"))
    body = document["resource"][type_][name]
    body.pop(block, None)
    body["dynamic"] = {block: {"for_each": "${local.blocks}", "content": {}}}
    found = configured({**stack("staging"), "resource": document["resource"]})
    for it in found["root_module"]["resources"]:
        it["expressions"].pop("dynamic", None)
    held = Held(
        name=f"first-dynamic-{type_}-{block}",
        edit=[
            *(
                replace(it, to={**it.to, block: UNKNOWN}) if it.name == address else it
                for it in recorded_steps()
            ),
            part("configuration", found),
        ],
        expected=SECOND_OR_BLOCKED,
        why="It may be anything: rules open to all, other parameters, other permissions.",
        of=NOTHING,
        stack_text=json.dumps(document),
    )
    return held, replace(held, name=f"{held.name}-without-the-stack", stack_text=None)


ROWS: Final = tuple(
    it
    for of, block in (
        (AURORA_GROUP, "ingress"),
        (AURORA_GROUP, "egress"),
        (CLUSTER, "serverlessv2_scaling_configuration"),
        (DMS_ROLE, "inline_policy"),
        (PARAMETERS, "parameter"),
        (SOURCE, "postgres_settings"),
        (TARGET_SECRET, "replica"),
        (DMS_ROUTES, "route"),
        (WRITER_CPU, "metric_query"),
    )
    for it in _dynamic(of, block)
)
