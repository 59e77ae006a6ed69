"""Reads a synthesized stack's JSON in tests; a failed expectation shows the difference."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any

from cdktf import Testing

if TYPE_CHECKING:
    from cdktf import TerraformStack


class Template:
    """The Terraform JSON of one stack, with its validations run.

    ``template.only("aws_rds_cluster")["engine"]`` reads an attribute;
    ``template.has("aws_rds_cluster", engine="aurora-postgresql")`` fails with a diff.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    @classmethod
    def of(cls, stack: TerraformStack) -> Template:
        return cls(json.loads(Testing.synth(stack, True)))  # noqa: FBT003 (jsii takes it by position)

    def block(self, kind: str, type_: str) -> dict[str, dict[str, Any]]:
        """All of a type by their local names; ``kind`` is resource, data or ephemeral."""
        found: dict[str, dict[str, Any]] = self.document.get(kind, {}).get(type_, {})
        return found

    def resources(self, type_: str) -> dict[str, dict[str, Any]]:
        return self.block("resource", type_)

    def data(self, type_: str) -> dict[str, dict[str, Any]]:
        return self.block("data", type_)

    def only(self, type_: str, *, kind: str = "resource") -> dict[str, Any]:
        """The single one of its type; fails naming the others."""
        found = self.block(kind, type_)
        if len(found) != 1:
            message = f"expected one {type_}, found {len(found)}: {', '.join(found) or 'none'}"
            raise AssertionError(message)
        return next(iter(found.values()))

    def where(self, type_: str, *, kind: str = "resource", **attributes: object) -> dict[str, Any]:
        """The single one of its type with these attributes; fails with a diff to each candidate."""
        candidates = self.block(kind, type_)
        matching = [
            body
            for body in candidates.values()
            if all(body.get(name) == value for name, value in attributes.items())
        ]
        if len(matching) == 1:
            return matching[0]
        lines = [f"expected one {type_} with these attributes, found {len(matching)}"]
        for name, body in candidates.items():
            shown = {key: body.get(key) for key in attributes}
            lines.append(f"--- expected\n+++ {type_}.{name}")
            lines += difflib.ndiff(_pretty(attributes), _pretty(shown))
        raise AssertionError("\n".join(lines))

    def has(self, type_: str, *, kind: str = "resource", **attributes: object) -> None:
        """Asserts that one of the type has these attributes."""
        self.where(type_, kind=kind, **attributes)


def _pretty(value: object) -> list[str]:
    return json.dumps(value, indent=2, sort_keys=True, default=str).splitlines()
