"""The conditions that rows are written with.

Each asks whether an attribute changes in a way, and answers yes, no, or None: it cannot be told, for
a value that is known only after apply, or that is hidden, may be anything. A Rule fires where its
condition may hold, so unless the answer is no; a Harmless row allows where it must hold, so only
where the answer is yes. Of what is made, the value before is None.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.values import UNKNOWN, Json, holds_hidden, holds_unknown, is_set, same
from ferry.review.rules.instances import is_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ferry.review.plan.plan import Change, Group

    Condition = Callable[[Change, str], bool | None]
    Comparison = Callable[[Any, Any], bool | None]

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_STAYING: Final = frozenset({Action.NO_OP, Action.CREATE, Action.UPDATE})


def always(_change: Change, _attribute: str) -> bool:
    """The attribute changes, whatever it becomes."""
    return True


def any_of(*conditions: Condition) -> Condition:
    """One of some conditions holds; none of them does where all say no."""

    def condition(change: Change, attribute: str) -> bool | None:
        answers = [it(change, attribute) for it in conditions]
        return True if True in answers else None if None in answers else False

    return condition


def all_of(*conditions: Condition) -> Condition:
    """All of some conditions hold; they do not where one says no."""

    def condition(change: Change, attribute: str) -> bool | None:
        answers = [it(change, attribute) for it in conditions]
        return False if False in answers else None if None in answers else True

    return condition


def at_a_reader(change: Change, _attribute: str) -> bool:
    """The attribute of an Aurora instance changes, and it is known to be a reader."""
    return is_reader(change)


def at_a_writer(change: Change, attribute: str) -> bool:
    """The attribute of an Aurora instance changes, and it is the writer or may be."""
    return not at_a_reader(change, attribute)


def compare(comparison: Comparison, *, of: Callable[[Any], bool] | None = None) -> Condition:
    """Make a condition of a comparison, which is called with values that are seen only.

    Args:
        comparison: Whether the step from before to after is one that the row is about.
        of: What before must be for that to be possible; anything by default.
    """

    def condition(change: Change, attribute: str) -> bool | None:
        before, after = change.before.get(attribute), change.after.get(attribute)
        if _unseen(before):
            return None
        if of is not None and not of(before):
            return False
        return None if _unseen(after) else comparison(before, after)

    return condition


def becomes_one(comparison: Callable[[Any], bool]) -> Condition:
    """Make a condition of what is asked of the new value alone, and only where that is seen."""

    def condition(change: Change, attribute: str) -> bool | None:
        after = change.after.get(attribute)
        return None if _unseen(after) else comparison(after)

    return condition


def _unseen(value: Json) -> bool:
    """Whether a value, or a part of it, is hidden or known only after apply."""
    return holds_unknown(value) or holds_hidden(value)


def number(value: Json) -> float | None:
    """A number, or a text that is one; None for what is none, true and false included."""
    if isinstance(value, str):
        return float(value) if _DECIMAL.fullmatch(value) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _lower(before: Json, after: Json) -> bool | None:
    """Whether a number goes down, or is no longer set; None where a text is none."""
    old, new = number(before), number(after)
    if any(it and number(it) is None for it in (before, after) if isinstance(it, str)):
        return None
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
    return _newer(before, after) and not _other_major(before, after)


def _newer(before: Json, after: Json) -> bool:
    return bool(version(after)) and not _older(before, after)


lowered: Final = compare(_lower)
"""A number goes down, or is no longer set."""


def lowered_from(default: float) -> Condition:
    """A number goes down, where what is not set is AWS's default."""

    def of(value: Json) -> Json:
        return default if value is None else value

    return compare(lambda before, after: _lower(of(before), of(after)))


raised: Final = compare(lambda before, after: _lower(after, before))
"""A number goes up, or is set."""

raised_from_some: Final = compare(
    lambda before, after: bool(number(before)) and _lower(after, before)
)
"""A number that is set, and is not zero, goes up."""

lowered_or_first: Final = compare(lambda before, after: not number(before) or _lower(before, after))
"""A number goes down, or there was none, zero included."""

turned_on: Final = compare(lambda before, after: after is True and before is not True)
"""A boolean becomes true."""

turned_off: Final = compare(lambda _, after: after is not True, of=lambda before: before is True)
"""A boolean is no longer true."""

removed: Final = compare(lambda _, after: not is_set(after), of=is_set)
"""A value is no longer set."""

changed_once_set: Final = compare(lambda *_: True, of=is_set)
"""A value that is set becomes another one, or is removed."""

set_to_another: Final = compare(lambda _, after: is_set(after))
"""A value becomes another one; it is not removed."""

loses_items: Final = compare(lambda before, after: not set(_list(before)) <= set(_list(after)))
"""A list no longer holds all that it held."""

version_goes_up: Final = compare(_newer)
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


def one_of(*values: Json) -> Condition:
    """The new value is one of some; None among them stands for all that says nothing."""
    return becomes_one(lambda after: any(same(after, it) for it in values))


is_false: Final = becomes_one(lambda after: after is False)
"""The new value is false."""

is_boolean: Final = becomes_one(lambda after: after is None or isinstance(after, bool))
"""The new value is true, false, or says nothing."""


def holds_only(*items: str) -> Condition:
    """The new value is a list that holds some items and nothing else."""
    return becomes_one(lambda after: isinstance(after, list) and all(it in items for it in after))


def between(low: float, high: float) -> Condition:
    """The new value is a number within bounds, both included; so is a text that is one."""

    def within(after: Json) -> bool:
        found = number(after)
        return found is not None and low <= found <= high

    return becomes_one(within)


def matches(pattern: str) -> Condition:
    """The new value is a text that a regular expression matches whole."""
    compiled = re.compile(pattern)
    return becomes_one(lambda after: isinstance(after, str) and bool(compiled.fullmatch(after)))


on: Final = becomes_one(lambda after: after is True)
"""The new value is true."""

off: Final = becomes_one(lambda after: after is False or after is None)
"""The new value is false, or says nothing."""

unset: Final = one_of(None)
"""The new value says nothing: null, or empty."""


stays_unset: Final = compare(lambda before, after: not is_set(before) and not is_set(after))
"""Nothing was said, zero included, and nothing is."""


def left_out(change: Change, attribute: str) -> bool | None:
    """AWS or the provider decides: the value is not known, and the configuration does not name it.

    For attributes alone, never for blocks: a plan's configuration leaves out dynamic ones.
    """
    if change.after.get(attribute) is not UNKNOWN:
        return False
    return None if change.references is None else attribute not in change.references


def refers_to(*types: str) -> Condition:
    """The value is that of resources of some types which are Terraform's own and stay, or are made.

    By the plan's configuration the attribute refers to such resources alone, and what is known of
    its value is an attribute of one of them.
    """
    return _refers(types, _STAYING)


def refers_to_new(*types: str) -> Condition:
    """As `refers_to`, where the plan makes each of the resources."""
    return _refers(types, frozenset({Action.CREATE}))


def looked_up(*types: str) -> Condition:
    """The value is that of data sources of some types: what exists, as the configuration names it."""
    begin = tuple(f"data.{it}." for it in types)

    def condition(change: Change, attribute: str) -> bool | None:
        if change.references is None:
            return None
        named = change.references.get(attribute, ())
        return bool(named) and all(it.startswith(begin) for it in named)

    return condition


def _refers(types: Iterable[str], actions: frozenset[Action]) -> Condition:
    wanted = frozenset(types)

    def condition(change: Change, attribute: str) -> bool | None:
        after = change.after.get(attribute)
        if change.references is None or holds_hidden(after):
            return None
        groups = change.neighbours.at(change.references.get(attribute, ()))
        if not groups or not all(
            it and it.managed and it.types <= wanted and it.actions.keys() <= actions
            for it in groups
        ):
            return False
        items = after if isinstance(after, list) else [after]
        return all(it is UNKNOWN or _is_of(it, groups) for it in items)

    return condition


def _is_of(value: Json, groups: Iterable[Group | None]) -> bool:
    """Whether a text or a number is an attribute of one of some resources."""
    return (
        isinstance(value, str | int | float)
        and is_set(value)
        and any(value in it.values for it in groups if it)
    )


def _list(value: Json) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
