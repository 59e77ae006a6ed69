"""What a check says where it finds something else than it should."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_T = TypeVar("_T")


def equal(what: str, found: object, wanted: object) -> None:
    """Fail unless both are equal, naming what it is."""
    assert found == wanted, f"{what}: found {found!r}, should be {wanted!r}"


def same_items(what: str, found: Iterable[object], wanted: Iterable[object]) -> None:
    """Fail unless both hold the same things as often, in whatever order; name the differences."""
    rest = list(found)
    missing = []
    for item in wanted:
        if item in rest:
            rest.remove(item)
        else:
            missing.append(item)
    assert not missing, f"{what}: missing {missing!r}; found instead {rest!r}"
    assert not rest, f"{what}: found {rest!r}, which should not be there"


def includes(what: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Fail unless everything wanted is found, at every depth; more may be there."""
    for name, value in wanted.items():
        there = found.get(name)
        if isinstance(value, dict) and isinstance(there, dict):
            includes(f"{what}.{name}", there, value)
        else:
            equal(f"{what}.{name}", there, value)


def only(what: str, found: Iterable[_T]) -> _T:
    """The one thing that should be there."""
    items = list(found)
    assert len(items) == 1, f"{what}: found {len(items)}, should be exactly one: {items!r}"
    return items[0]


def document(text: str) -> dict[str, Any]:
    """A JSON document."""
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def items(value: object) -> list[Any]:
    """IAM's lists, which may be written as their only item."""
    return list(value) if isinstance(value, list) else [value]
