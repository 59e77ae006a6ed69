"""What the patterns of DMS's selections match: `%`, `_` and `[ ]`.

`%` stands for any characters, `_` for any one, `[ ]` for one of those in it. Most names of tables
have `_` in them, and so are patterns: `order_items` matches `order-items` too.

Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

_MANY: Final = "many"
_ONE: Final = "one"
_SOME: Final = "some"
"""One of several characters, which these are not looked at."""

_PIECES: Final = re.compile(r"%|_|\[[^\]]*\]|.", re.DOTALL)
_SPECIAL: Final = re.compile(r"[%_\[]")
_WILDCARDS: Final = {"%": _MANY, "_": _ONE}
_SET_OF_ONE: Final = len("[x]")


@lru_cache(maxsize=50_000)
def _pieces(pattern: str) -> tuple[str, ...]:
    """A pattern's characters, and what stands for others; `[x]` is an x."""
    return tuple(
        _WILDCARDS.get(it, it) if len(it) == 1 else (it[1] if len(it) == _SET_OF_ONE else _SOME)
        for it in _PIECES.findall(pattern)
    )


def literal(name: str) -> str:
    """The pattern that matches a name and nothing else."""
    return _SPECIAL.sub(lambda sign: f"[{sign[0]}]", name)


def overlap(one: str, other: str) -> bool:
    """Whether some name may match both patterns; a set is taken for any one character."""

    def go_on_together(mine: str, theirs: str) -> bool:
        return mine == theirs or not {mine, theirs}.isdisjoint({_ONE, _SOME})

    return _fits(_pieces(one), _pieces(other), go_on_together, both=True)


def covers(one: str, other: str) -> bool:
    """Whether every name that the other pattern matches surely matches this one too.

    A set of several characters in this pattern covers nothing but the same pattern.
    """

    def takes_in(mine: str, theirs: str) -> bool:
        return (mine == _ONE and theirs != _MANY) or (mine == theirs and mine != _SOME)

    return one == other or _fits(_pieces(one), _pieces(other), takes_in, both=False)


def _fits(
    one: tuple[str, ...], other: tuple[str, ...], fits: Callable[[str, str], bool], *, both: bool
) -> bool:
    """Whether two patterns can be read to their ends together, piece by piece.

    Args:
        one: The pattern whose `%` takes any pieces of the other.
        other: The other pattern.
        fits: Whether two pieces can stand for each other.
        both: Whether the other's `%` takes any pieces of the first as well.
    """
    reached = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        here, there = waiting.pop()
        if here == len(one) and there == len(other):
            return True
        mine = one[here] if here < len(one) else None
        theirs = other[there] if there < len(other) else None
        steps = []
        if mine == _MANY:
            steps = [(here + 1, there), *([(here, there + 1)] if theirs is not None else [])]
        if both and theirs == _MANY:
            steps += [(here, there + 1), *([(here + 1, there)] if mine is not None else [])]
        if mine is not None and theirs is not None and fits(mine, theirs):
            steps.append((here + 1, there + 1))
        for step in steps:
            if step not in reached:
                reached.add(step)
                waiting.append(step)
    return False


def length(pattern: str) -> int | None:
    """How many characters a name has that a pattern matches; None where that may be any number."""
    pieces = _pieces(pattern)
    return None if _MANY in pieces else len(pieces)


def mask(pattern: str) -> frozenset[int]:
    """The places at which a pattern stands for more than one character."""
    return frozenset(
        place for place, it in enumerate(_pieces(pattern)) if it in {_ONE, _SOME, _MANY}
    )


def without(pattern: str, places: AbstractSet[int]) -> tuple[str, ...]:
    """A pattern's characters but for some places.

    Two patterns of one length overlap where they are equal without both their masks.
    """
    return tuple(it for place, it in enumerate(_pieces(pattern)) if place not in places)
