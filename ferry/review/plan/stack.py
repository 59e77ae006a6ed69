"""Reads a synthesized stack, ``cdk.tf.json``: its name, its resources, their constructs' paths."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.objects import members, objects
from ferry.review.plan.plan import PlanError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.review.plan.values import Json

_NOTHING: Final[tuple[Any, ...]] = (None, [], {})
_NO_ARGUMENTS: Final = frozenset(
    {
        *("//", "connection", "count", "depends_on", "dynamic", "for_each", "lifecycle"),
        *("provider", "provisioner"),
    }
)
"""What stands among a resource's arguments in JSON and not among the expressions of a plan."""

_NO_RESOURCES: Final = ("data.", "module.")
"""What a masked plan has beside a stack's own resources."""

_NAME: Final = re.compile(r"([a-z0-9-]+(?:_[a-z0-9-]+)*)_[0-9A-F]{8}")


def stack_name(stack_text: str) -> str:
    """The name of a synthesized stack; empty where it does not say.

    Raises:
        PlanError: The text is not a synthesized stack.
    """
    name = _metadata(_stack(stack_text)).get("stackName")
    return name if isinstance(name, str) else ""


def _stack(text: str) -> dict[str, Any]:
    try:
        stack = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanError(
            f"The stack is not JSON: {error}. Give the cdk.tf.json of this plan."
        ) from None
    if not isinstance(stack, dict) or not _metadata(stack):
        raise PlanError(
            "The stack was not synthesized by CDKTF: it has no '//'.metadata. Give the "
            "cdk.tf.json of this plan."
        )
    return stack


def resources(text: str) -> dict[str, dict[str, Any]]:
    """The stack's resources by address."""
    found = _stack(text).get("resource")
    return {
        f"{type_}.{name}": resource
        for type_, named in (found.items() if isinstance(found, dict) else ())
        if isinstance(named, dict)
        for name, resource in named.items()
        if isinstance(resource, dict)
    }


def unlike(stack: Mapping[str, Mapping[str, Any]], configuration: Json) -> list[str]:
    """The addresses of which a stack and a plan's configuration say different things.

    Of a stack in JSON Terraform repeats every argument as it is written, expressions included, as
    ``constant_value``, and blocks as lists of arguments. What a plan does not repeat, as one that
    was masked does not, is not compared; nor is a configuration without resources: it destroys
    all, and the stack only names what goes.

    Source: https://developer.hashicorp.com/terraform/internals/json-format#expression-representation

    Args:
        stack: The stack's resources by address.
        configuration: A plan's ``configuration``.
    """
    root = members(configuration).get("root_module")
    if not isinstance(root, dict):
        return []
    planned = {
        address: members(it.get("expressions"))
        for it in objects(root.get("resources"))
        if isinstance(address := it.get("address"), str)
        and it.get("mode", "managed") == "managed"
        and not address.startswith(_NO_RESOURCES)
    }
    if not planned:
        return []
    both = planned.keys() & stack.keys()
    differ = {it for it in both if _differ_in_a_block(stack[it], planned[it])}
    return sorted(differ | (planned.keys() ^ stack.keys()))


def _differ(written: Json, planned: Json) -> bool:
    """Whether an argument, or a block, is another one in a plan's configuration."""
    if isinstance(planned, dict) and planned.keys() & {"constant_value", "references"}:
        return "constant_value" in planned and bool(planned["constant_value"] != written)
    if written in _NOTHING or planned in _NOTHING:
        return (written in _NOTHING) is not (planned in _NOTHING)
    if isinstance(planned, list):
        blocks = written if isinstance(written, list) else [written]
        return len(blocks) != len(planned) or any(map(_differ_in_a_block, blocks, planned))
    return _differ_in_a_block(written, planned)


def _differ_in_a_block(written: Json, planned: Json) -> bool:
    if not (isinstance(written, dict) and isinstance(planned, dict)):
        return True
    names = (written.keys() | planned.keys()) - _NO_ARGUMENTS
    return any(_differ(written.get(it), planned.get(it)) for it in names)


def _metadata(part: Mapping[str, Any]) -> dict[str, Any]:
    comment = part.get("//")
    metadata = comment.get("metadata") if isinstance(comment, dict) else None
    return metadata if isinstance(metadata, dict) else {}


def path_in_name(name: Json) -> str:
    """The path that CDKTF made a resource's name of, for one that is no longer in the stack.

    The name is the ids of the path, joined by underscores, and a hash; this project's ids have
    hyphens only. Source:
    https://developer.hashicorp.com/terraform/cdktf/concepts/constructs#unique-ids
    """
    match = _NAME.fullmatch(name) if isinstance(name, str) else None
    return match[1].replace("_", "/") if match else ""


def path(resource: Mapping[str, Any]) -> str:
    """A construct's path without its stack, which is the same for all."""
    found = _metadata(resource).get("path")
    return found.partition("/")[2] or found if isinstance(found, str) else ""
