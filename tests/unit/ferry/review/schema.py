"""What can be configured of a resource, and what the environments' stacks configure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

_SNAPSHOTS: Final = Path(__file__).parents[2] / "stacks/__snapshots__/test_snapshots"
_META: Final = frozenset(
    {"//", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
)

SCHEMA: Final[dict[str, dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "schema.json").read_text()
)
"""Of each type and attribute how it is set, and its type, as the provider says it:
``python -m tests.terraform.record_schema``."""


def synthesized() -> list[tuple[str, str]]:
    """Type and attribute of everything in the environments' synthesized stacks."""
    files = sorted(_SNAPSHOTS.glob("test_the_stack_is_as_reviewed*.json"))
    assert len(files) >= 3
    return sorted(
        {
            (type_, attribute)
            for file in files
            for type_, bodies in json.loads(file.read_text())["resource"].items()
            for body in bodies.values()
            for attribute in body
            if attribute not in _META
        }
    )


def stack_text(environment: str) -> str:
    """An environment's ``cdk.tf.json``; its snapshot leaves out what cdktf writes of itself."""
    snapshot = (_SNAPSHOTS / f"test_the_stack_is_as_reviewed[{environment}].json").read_text()
    metadata = {"metadata": {"stackName": environment, "version": "0.21.0"}}
    return json.dumps({"//": metadata, **json.loads(snapshot)})
