"""What the resources' attributes refer to, by a plan's configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.objects import members, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.review.plan.values import Json

    References = Mapping[str, Mapping[str, Sequence[str]]]

DEPENDS_ON: Final = "depends_on"
"""Stands among the attributes, with what a resource waits for and does not refer to."""

_ADDRESS: Final = re.compile(r"(?:module\.[\w-]+\.)*(?:data\.)?[\w-]+\.[\w-]+")


def references(configuration: Json) -> References:
    """Of each resource, by its address without a key: what each attribute refers to.

    An attribute that is configured without a reference has none; one that is not configured is
    absent. A resource stands there by its address, anything else (``var.x``) by its first two words.
    DEPENDS_ON is among the attributes.

    Source: https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation

    Args:
        configuration: A plan's ``configuration``.
    """
    root = configuration.get("root_module") if isinstance(configuration, dict) else None
    return dict(_in_module(root, ""))


def _in_module(module: Json, prefix: str) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    modules = [(module, prefix)]
    while modules:
        module, prefix = modules.pop()
        if not isinstance(module, dict):
            continue
        for resource in _objects(module.get("resources")):
            address, expressions = resource.get("address"), members(resource.get("expressions"))
            if resource.get("depends_on"):
                expressions = {**expressions, DEPENDS_ON: {"references": resource["depends_on"]}}
            yield (
                f"{prefix}{address}",
                {
                    name: tuple(dict.fromkeys(f"{prefix}{it}" for it in _referred(expression)))
                    for name, expression in expressions.items()
                },
            )
        calls = module.get("module_calls")
        for name, call in members(calls).items():
            if isinstance(call, dict):
                modules.append((call.get("module"), f"{prefix}module.{name}."))


def output_references(configuration: Json) -> Mapping[str, Sequence[str]]:
    """Of each output of the root module: what it refers to, as the configuration writes it.

    Source: https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation

    Args:
        configuration: A plan's ``configuration``.
    """
    found = members(members(members(configuration).get("root_module")).get("outputs"))
    return {
        name: texts(members(members(output).get("expression")).get("references"))
        for name, output in found.items()
    }


def address_in(reference: str) -> str:
    """The address that a reference begins with; empty where there is none."""
    match = _ADDRESS.match(reference)
    return match.group() if match else ""


def _referred(expression: Json) -> Iterator[str]:
    """The addresses in an expression, or in the expressions of a block, at any depth."""
    parts: list[Any] = [expression]
    while parts:
        part = parts.pop()
        if isinstance(part, list):
            parts += part
        elif isinstance(part, dict):
            named = part.get("references")
            if isinstance(named, list):
                for text in named:
                    if isinstance(text, str) and (match := _ADDRESS.match(text)):
                        yield match.group()
            else:
                parts += part.values()


def _objects(part: Json) -> list[dict[str, Any]]:
    return [item for item in part if isinstance(item, dict)] if isinstance(part, list) else []
