"""Records what the provider's schema says of the resources that rules of `ferry review` know.

``python -m tests.terraform.record_schema`` writes tests/unit/ferry/review/schema.json, by which the
unit tests know what can be configured of each resource, without Terraform. A test holds that it is
the provider's. Run it for a resource that gets its first row, or another version of the provider.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ferry.review.rules.row import ANY
from ferry.review.rules.table import TABLE
from harness.deployment import ROOT, synthesize
from harness.surroundings import surroundings
from harness.terraform import Terraform

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE = ROOT / "tests/unit/ferry/review/schema.json"
_FLAGS = ("required", "optional", "computed", "write_only")
_NOWHERE = "http://127.0.0.1:9"
"""The discard port: a schema asks AWS nothing."""


def digest(schema: dict[str, Any], types: Iterable[str]) -> str:
    """Of each type and attribute how it is set, and its type; a line each.

    Args:
        schema: What ``terraform providers schema -json`` printed.
        types: The types to write down; each must be there.
    """
    known = {
        type_: resource["block"]
        for provider in schema["provider_schemas"].values()
        for type_, resource in provider.get("resource_schemas", {}).items()
    }
    parts = [
        f"{json.dumps(type_)}: {{\n"
        + ",\n".join(
            f"  {json.dumps(name)}: {json.dumps(said)}"
            for name, said in sorted(_block(known[type_]).items())
        )
        + "\n}"
        for type_ in sorted(types)
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _block(block: dict[str, Any]) -> dict[str, Any]:
    attributes = {
        name: {"is": " ".join(it for it in _FLAGS if said.get(it)), "type": said.get("type")}
        for name, said in block.get("attributes", {}).items()
    }
    blocks = {
        name: {"is": f"{said['nesting_mode']} of blocks", "type": _block(said["block"])}
        for name, said in block.get("block_types", {}).items()
    }
    return attributes | blocks


def provider_schema(folder: Path) -> dict[str, Any]:
    """What the provider says of itself, asked in the folder of a stack, which loses its backend."""
    file = folder / "cdk.tf.json"
    stack = json.loads(file.read_text())
    del stack["terraform"]["backend"]
    file.write_text(json.dumps(stack))
    around = surroundings(
        url=_NOWHERE, account_id="111122223333", region="eu-central-1", folder=folder
    )
    terraform = Terraform(folder=folder, environment=around)
    terraform.must("init", "-no-color")
    schema: dict[str, Any] = json.loads(terraform.must("providers", "schema", "-json"))
    return schema


def known_types() -> set[str]:
    """The types that rules know."""
    return set(TABLE) - {ANY}


def main() -> None:
    """Write the file anew."""
    with tempfile.TemporaryDirectory() as folder:
        stack = synthesize(Path(folder), names="dev") / "stacks/dev"
        FILE.write_text(digest(provider_schema(stack), known_types()))


if __name__ == "__main__":
    main()
