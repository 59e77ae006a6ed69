"""Values as a sentence says them: of long ones, what differs on the two sides, and how much does not.

A text that holds JSON is shown as what it holds, without escapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.differences import key_of
from ferry.review.plan.values import document, same, show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ferry.review.plan.values import Json

_SHORT: Final = 60
"""Characters of what is shown whole."""

_MOST: Final = 4
"""Items of a list, or members of an object, of which no other side says which of them matter."""


def brief(value: Json) -> str:
    """A value alone: all of a short one, the beginning of a long one."""
    value = _read(value)
    whole = show(value)
    return whole if len(whole) <= _SHORT else _alone(value)


def brief_sides(before: Json, after: Json) -> tuple[str, str]:
    """A value before and after: both whole where they are short, what differs where they are not.

    Args:
        before: The value that is there.
        after: The value that will be there.
    """
    before, after = _read(before), _read(after)
    whole = show(before), show(after)
    return whole if max(map(len, whole)) <= _SHORT else _sides(before, after)


def _read(value: Json) -> Json:
    """A value, or what a text of it says that is an object of JSON."""
    found = document(value) if isinstance(value, str) and value.lstrip().startswith("{") else None
    return value if found is None else found


def _sides(before: Json, after: Json) -> tuple[str, str]:
    if not before or not after:
        return _alone(before), _alone(after)
    if isinstance(before, dict) and isinstance(after, dict):
        return _members_that_differ(before, after)
    if isinstance(before, list) and isinstance(after, list):
        if len(before) == len(after) == 1:
            one, other = _sides(before[0], after[0])
            return f"[{one}]", f"[{other}]"
        return _items_that_differ(before, after)
    return _alone(before), _alone(after)


def _members_that_differ(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, str]:
    differ = dict.fromkeys(
        it for it in {**before, **after} if not same(before.get(it), after.get(it))
    )
    alike = sum(it not in differ and _says(value) for it, value in before.items())
    told: tuple[list[str], list[str]] = ([], [])
    for name in differ:
        texts = _sides(before.get(name), after.get(name))
        for said, side, text in zip(told, (before, after), texts, strict=True):
            if name in side:
                said.append(f"{show(name)}: {text}")
    one, other = (_cut(it, "the same", alike) for it in told)
    return f"{{{one}}}", f"{{{other}}}"


def _items_that_differ(before: Sequence[Json], after: Sequence[Json]) -> tuple[str, str]:
    old, new = ({key_of(it): it for it in items} for items in (before, after))
    alike = len(old.keys() & new.keys())
    gone = [_alone(it) for key, it in old.items() if key not in new]
    come = [_alone(it) for key, it in new.items() if key not in old]
    if not gone and not come:  # another order, or another count
        return _alone(before), _alone(after)
    return f"[{_cut(gone, 'the same', alike)}]", f"[{_cut(come, 'the same', alike)}]"


def _alone(value: Json) -> str:
    """A long value by itself: what of it is set, and the first of that."""
    if isinstance(value, dict):
        members = [f"{show(name)}: {_alone(it)}" for name, it in value.items() if _says(it)]
        return f"{{{_cut(members[:_MOST], 'more', len(members[_MOST:]))}}}"
    if isinstance(value, list):
        return f"[{_cut([*map(_alone, value[:_MOST])], 'more', len(value[_MOST:]))}]"
    return show(value)


def _says(value: Json) -> bool:
    """Whether a member says anything: zero and false do."""
    return not same(None, value)


def _cut(texts: Sequence[str], word: str, count: int) -> str:
    """Some texts, and how many there are beside."""
    shown = [*texts[: 2 * _MOST]]
    left = len(texts) - len(shown)
    shown += [f"… {left:,} more"] if left else []
    return ", ".join([*shown, f"… {count:,} {word}"] if count else shown)
