"""JSON that has another shape than it should: nothing is read from it, and nothing fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ferry.review.plan.values import Json


def members(part: Json) -> dict[str, Any]:
    """An object's members; none where it is no object."""
    return part if isinstance(part, dict) else {}


def objects(part: Json) -> list[dict[str, Any]]:
    """The objects in a list, or among an object's members; none in what is neither."""
    items = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [item for item in items if isinstance(item, dict)]


def texts(part: Json) -> list[str]:
    """The texts in a list; none in what is no list."""
    return [item for item in part if isinstance(item, str)] if isinstance(part, list) else []
