"""What `ferry adopt` shows: import blocks for Terraform, and a person's own steps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.adopt.search import Findings
    from ferry.deployment import State


def import_blocks(imports: Mapping[str, str]) -> str:
    """The imports as Terraform reads them from a file `*.tf` beside the stack's JSON.

    Source: https://developer.hashicorp.com/terraform/language/import
    """
    return "\n".join(
        f"import {{\n  to = {address}\n  id = {json.dumps(id_)}\n}}"
        for address, id_ in imports.items()
    )


def steps(findings: Findings, state: State) -> Iterator[str]:
    """The lines for the person: how much was found, and what has to be done by hand."""
    if findings.imports:
        yield (
            f"{len(findings.imports)} resources exist and are in no state: the import blocks on "
            "standard output bring them in with the next apply."
        )
    else:
        yield "Nothing to import: the state holds all that exists."
    for address in state.tainted:
        yield f"Marked as half made, though it exists; before you apply: terraform untaint {address}"
    for address, ids in findings.ambiguous.items():
        yield (
            f"Several exist for {address}: {', '.join(ids)}. Import the one that is in use: "
            f"terraform import {address} ID; then run this again."
        )
    for address, ids in findings.left_over.items():
        yield (
            f"Left over: {', '.join(ids)} has the name of {address}, which the state holds as "
            "another. Nothing uses it unless somebody made it on purpose: look, then delete it."
        )
    for address in findings.unknown:
        yield f"Not looked for: {address}, a type that ferry does not know."
