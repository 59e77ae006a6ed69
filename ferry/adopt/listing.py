"""What `ferry adopt` shows: import blocks for Terraform, and a person's own steps."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from facts.inert import visible
from facts.templates import literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.adopt.search import Found
    from ferry.deployment import State


def import_blocks(imports: Mapping[str, str]) -> str:
    """The imports as Terraform reads them from a file `*.tf` beside the stack's JSON.

    An id is data: Terraform computes nothing in it, and a terminal obeys nothing.

    Source: https://developer.hashicorp.com/terraform/language/import
    """
    return "\n".join(
        f"import {{\n  to = {visible(address)}\n  id = {visible(literal(id_))}\n}}"
        for address, id_ in imports.items()
    )


def summary(found: Found) -> str:
    """How much was found."""
    count = len(found.imports)
    if not count:
        return "Nothing to import: the state holds all that exists."
    exist = "resource exists and is" if count == 1 else "resources exist and are"
    return (
        f"{count} {exist} in no state: the import blocks on standard output bring in what is "
        "missing with the next apply."
    )


def steps(found: Found, state: State) -> Iterator[str]:
    """What a person has to do by hand, a line each."""
    for address in state.tainted:
        yield (
            "Marked as half made, though it exists; before you apply: "
            f"terraform untaint {shlex.quote(address)}"
        )
    for address, ids in found.ambiguous.items():
        yield (
            f"Several exist for {address}: {', '.join(map(shlex.quote, ids))}. Import the one that is "
            f"in use: terraform import {shlex.quote(address)} ID; then run this again."
        )
    for address, ids in found.left_over.items():
        yield (
            f"Left over: {', '.join(ids)} has the name of {address}, which the state holds as "
            "another. Nothing uses it unless somebody made it on purpose: look, then delete it."
        )
    for address in found.unknown:
        yield f"Not looked for: {address}, a type that ferry does not know."
