"""Which arguments of Terraform JSON a provider does not have, by the types of its bindings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PAGES: Final = {
    "resource": "resources",
    "data": "data-sources",
    "ephemeral": "ephemeral-resources",
}
"""The provider's pages by the blocks that they are about."""
_OF_ALL: Final = {"//", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}  # fmt: skip
"""What every block may have. Source: https://developer.hashicorp.com/terraform/language/meta-arguments"""
_BUILT_IN: Final = {"terraform_data"}
"""Terraform's own, which no provider has."""
_TITLE: Final = re.compile(r"Represents a \{@link \S+/docs/([a-z-]+)/\w+ (\w+)\}\.")


def unknown(document: Mapping[str, Any], types: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The arguments that the provider does not have, each with its path in the document.

    Args:
        document: Terraform JSON.
        types: The types of the provider's bindings by name, as jsii has them.
    """
    classes = _classes(types)
    found: list[str] = []
    for block, page in _PAGES.items():
        for kind, named in document.get(block, {}).items():
            if kind in _BUILT_IN:
                continue
            if (page, kind) not in classes:
                found.append(f"{block}.{kind}")
                continue
            for name, given in named.items():
                own = {key: value for key, value in given.items() if key not in _OF_ALL}
                found += _unknown(
                    own, f"{classes[page, kind]}Config", types, f"{block}.{kind}.{name}"
                )
    (config,) = (it for it in types if it.endswith(".provider.AwsProviderConfig"))
    for given in document["provider"]["aws"]:
        found += _unknown(given, config, types, "provider.aws")
    return found


def _classes(types: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """The classes by the provider's page and what Terraform calls them."""
    titles = {
        name: _TITLE.fullmatch(it.get("docs", {}).get("summary", "")) for name, it in types.items()
    }
    return {(it[1], it[2]): name for name, it in titles.items() if it}


def _unknown(
    given: Mapping[str, Any], of: str, types: Mapping[str, Mapping[str, Any]], at: str
) -> Iterator[str]:
    properties = {it["name"].lower(): it["type"] for it in types[of].get("properties", [])}
    for argument, value in given.items():
        type_ = properties.get(argument.replace("_", "").lower())
        if type_ is None:
            yield f"{at}.{argument}"
        elif inner := _struct(type_, types):
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict):
                    yield from _unknown(each, inner, types, f"{at}.{argument}")


def _struct(type_: Mapping[str, Any], types: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The type of a block within a block; None where a value stands there."""
    for each in type_["union"]["types"] if "union" in type_ else [type_]:
        if each.get("collection", {}).get("kind") == "map":
            return None
        name = each.get("collection", {}).get("elementtype", each).get("fqn")
        if name in types and types[name].get("datatype"):
            return str(name)
    return None
