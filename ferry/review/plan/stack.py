"""Reads a synthesized stack, ``cdk.tf.json``: its name, its resources, their constructs' paths."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.plan import PlanError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.review.plan.values import Json

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
