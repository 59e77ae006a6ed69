"""The conditions that rules are written with.

Each asks whether an attribute changes in a way. A value that is known only after apply may be
anything, so every condition holds for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.values import UNKNOWN, Hidden, Json, holds_unknown, is_set

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ferry.review.plan.plan import Change

    Condition = Callable[[Change, str], bool]
    Comparison = Callable[[Any, Any], bool]

_NUMBER: Final = re.compile(r"[0-9]{1,9}")


def always(_change: Change, _attribute: str) -> bool:
    """The attribute changes, whatever it becomes."""
    return True


def at_a_reader(change: Change, _attribute: str) -> bool:
    """The attribute of an Aurora instance changes, and it is a reader."""
    return change.before.get("writer") is False


def at_a_writer(change: Change, attribute: str) -> bool:
    """The attribute of an Aurora instance changes, and it is the writer or may be."""
    return not at_a_reader(change, attribute)


def compare(comparison: Comparison, *, of: Callable[[Any], bool] | None = None) -> Condition:
    """Make a condition of a comparison, which is called with known values only.

    Args:
        comparison: Whether the step from before to after is one that the rule is about.
        of: What before must be for that to be possible; anything by default.
    """

    def condition(change: Change, attribute: str) -> bool:
        before, after = change.before.get(attribute), change.after.get(attribute)
        if isinstance(before, Hidden):
            return True
        if of is not None and not of(before):
            return False
        if after is UNKNOWN or isinstance(after, Hidden):
            return True
        return holds_unknown(after) or comparison(before, after)

    return condition


def _number(value: Json) -> float | None:
    """A number; None for what is none, true and false included."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _lower(before: Json, after: Json) -> bool:
    old, new = _number(before), _number(after)
    return old is not None and (new is None or new < old)


def version(value: Json) -> tuple[int, ...]:
    """The numbers of a version, such as (15, 8); empty for what is no version."""
    return tuple(map(int, _NUMBER.findall(value))) if isinstance(value, str) else ()


def _older(before: Json, after: Json) -> bool:
    old, new = version(before), version(after)
    return bool(old and new) and new < old[: len(new)]


def _other_major(before: Json, after: Json) -> bool:
    return version(before)[:1] < version(after)[:1]


def _newer_minor(before: Json, after: Json) -> bool:
    return not _older(before, after) and not _other_major(before, after)


lowered: Final = compare(_lower)
"""A number goes down, or is no longer set."""

raised: Final = compare(lambda before, after: _lower(after, before))
"""A number goes up, or is set."""

turned_on: Final = compare(lambda before, after: after is True and before is not True)
"""A boolean becomes true."""

turned_off: Final = compare(lambda _, after: after is not True, of=lambda before: before is True)
"""A boolean is no longer true."""

removed: Final = compare(lambda _, after: not is_set(after), of=is_set)
"""A value is no longer set."""

set_to_another: Final = compare(lambda _, after: is_set(after))
"""A value becomes another one; it is not removed."""

loses_items: Final = compare(lambda before, after: not set(_list(before)) <= set(_list(after)))
"""A list no longer holds all that it held."""

version_goes_up: Final = compare(lambda before, after: not _older(before, after))
"""A version becomes a later one."""

version_goes_down: Final = compare(_older)
"""A version becomes an older one."""

major_version_goes_up: Final = compare(_other_major)
"""A version becomes one of a later major release."""

minor_version_goes_up: Final = compare(_newer_minor)
"""A version becomes a later one of the same major release."""


def goes_down_in(order: Sequence[str]) -> Condition:
    """A value becomes one that stands earlier in an order; one that is not in it is the lowest."""

    def rank(value: Json) -> int:
        return order.index(value) if value in order else -1

    return compare(lambda before, after: rank(after) < rank(before))


def becomes(wanted: Json) -> Condition:
    """A value becomes a certain one."""
    return compare(lambda before, after: after == wanted and before != wanted)


def _list(value: Json) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
