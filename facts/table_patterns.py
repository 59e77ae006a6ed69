"""What the patterns of DMS's selections match: `%`, `_` and `[ ]`.

`%` stands for any characters, `_` for any one, `[ ]` for one of those in it or, as `[a-d]`, between two. Most names of tables
have `_` in them, and so are patterns: `order_items` matches `order-items` too.

Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations_with_replacement, takewhile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

_MANY: Final = "many"
_ONE: Final = "one"
_SOME: Final = "some"
"""One of several characters; which ones, is not looked at."""

_PIECES: Final = re.compile(r"%+|_|\[[^\]]*\]|.", re.DOTALL)
_RANGE: Final = re.compile(r"(.)-(.)|.", re.DOTALL)
_SPECIAL: Final = re.compile(r"[%_\[]")
_SET_OF_ONE: Final = len("[x]")
_MOST_MASKS: Final = 64
"""With more places of any one character than these the patterns of a length are compared one by one."""


@lru_cache(maxsize=50_000)
def _pieces(pattern: str) -> tuple[str, ...]:
    """A pattern's characters, and what stands for others; `[x]` is an x."""
    return tuple(map(_piece, _PIECES.findall(pattern)))


def _piece(text: str) -> str:
    if text == "_":
        return _ONE
    if text[0] == "%":
        return _MANY
    if len(text) == 1:
        return text
    return text[1] if len(text) == _SET_OF_ONE else _SOME


def literal(name: str) -> str:
    """The pattern that matches a name and nothing else."""
    return _SPECIAL.sub(lambda sign: f"[{sign[0]}]", name)


def named(pattern: str) -> str | None:
    """The one name that a pattern is meant for; None where it is of several.

    An underscore is taken for itself: most names have one, and few have another beside them that
    differs by it alone.
    """
    pieces = ["_" if it == _ONE else it for it in _pieces(pattern)]
    return None if {_MANY, _SOME} & set(pieces) else "".join(pieces)


def overlap(one: str, other: str) -> bool:
    """Whether some name may match both patterns; a set is taken for any one character."""
    there = _where(other)
    many, wild = there.get(_MANY, 0), there.get(_ONE, 0) | there.get(_SOME, 0)
    single = _places(other) & ~many
    steps = {it: there.get(it, 0) | wild for it in _pieces(one)} | {_ONE: single, _SOME: single}
    return _fits(one, other, steps, many)


def covers(one: str, other: str) -> bool:
    """Whether every name that the other pattern matches surely matches this one too.

    A set of several characters in this pattern covers nothing but the same pattern.
    """
    if one == other:
        return True
    there = _where(other)
    single = _places(other) & ~there.get(_MANY, 0)
    return _fits(one, other, {**there, _ONE: single, _SOME: 0}, 0)


def _fits(one: str, other: str, steps: Mapping[str, int], many: int) -> bool:
    """Whether two patterns can be read to their ends together, piece by piece.

    The places in the other that can be reached are the bits of a number: patterns come from files,
    and two with sixty `%` would take a thousand times as long to be followed place by place.

    Args:
        one: The pattern whose `%` takes any pieces of the other.
        other: The other pattern.
        steps: At which places of the other a piece of the first can stand; none where it is missing.
        many: At which places a `%` of the other takes pieces of the first.
    """
    end = len(_pieces(other))
    every = (1 << end + 1) - 1
    reached = 1 | (1 & many) << 1
    for piece in _pieces(one):
        if piece == _MANY:
            reached = every & -(reached & -reached)
        else:
            reached = reached & many | (reached & steps.get(piece, 0)) << 1
        reached |= (reached & many) << 1
        if not reached:
            return False
    return bool(reached >> end)


@lru_cache(maxsize=50_000)
def _where(pattern: str) -> Mapping[str, int]:
    """The places of each piece of a pattern, as bits."""
    found: dict[str, int] = {}
    for place, piece in enumerate(_pieces(pattern)):
        found[piece] = found.get(piece, 0) | 1 << place
    return found


def _places(pattern: str) -> int:
    """All places of a pattern, as bits."""
    return (1 << len(_pieces(pattern))) - 1


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


def alike(patterns: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Which patterns may overlap: the numbers of both, the lower one first; all that do are among them.

    Most names have `_` in them and so are patterns, and a file has thousands. They are not compared each
    with each: those of equal length overlap where they are equal but for the places of any one
    character; others where what stands before the first such place begins the other's.

    Args:
        patterns: Each in its parts, such as schema and table.
    """
    whole = ["\0".join(each) for each in patterns]
    firm: dict[int, dict[frozenset[int], list[int]]] = {}
    loose: set[int] = set()
    for number, pattern in enumerate(whole):
        size, places = length(pattern), mask(pattern)
        masks = firm.setdefault(size or 0, {})
        if size is None or (places not in masks and len(masks) == _MOST_MASKS):
            loose.add(number)
        else:
            masks.setdefault(places, []).append(number)
    for masks in firm.values():
        yield from _equal(whole, masks)
    yield from _begun_alike([_beginning(pattern) for pattern in whole], loose)


def _equal(
    whole: Sequence[str], masks: Mapping[frozenset[int], Sequence[int]]
) -> Iterator[tuple[int, int]]:
    """Pairs of patterns of one length that are equal but for the places of any one character."""
    for one, other in combinations_with_replacement(masks, 2):
        known: dict[tuple[str, ...], list[int]] = {}
        for number in masks[one]:
            known.setdefault(without(whole[number], one | other), []).append(number)
        for number in masks[other]:
            for match in known.get(without(whole[number], one | other), ()):
                if match < number or one != other:
                    yield min(match, number), max(match, number)


def _begun_alike(beginnings: Sequence[str], loose: AbstractSet[int]) -> Iterator[tuple[int, int]]:
    """Pairs of which one is loose, and one's beginning begins the other's."""
    of_loose: dict[str, list[int]] = {}
    of_firm: dict[str, list[int]] = {}
    for number, beginning in enumerate(beginnings):
        (of_loose if number in loose else of_firm).setdefault(beginning, []).append(number)
    for number, beginning in enumerate(beginnings):
        for known in (of_loose, of_firm) if number in loose else (of_loose,):
            for end in range(len(beginning) + 1):
                for match in known.get(beginning[:end], ()):
                    # Of two that begin the same the later one finds the other.
                    if end < len(beginning) or match < number:
                        yield min(match, number), max(match, number)


def _beginning(pattern: str) -> str:
    """What stands before the first place of a pattern that is no certain character."""
    pieces = takewhile(lambda it: it not in {_ONE, _SOME, _MANY}, _pieces(pattern))
    return "".join(pieces)


def matches(pattern: str, name: str) -> bool:
    """Whether a name is of a pattern, letter by letter: a set is each of its characters, too.

    A range that falls, as `[d-a]`, is its three characters.
    """
    return re.fullmatch(expression(pattern), name, re.DOTALL) is not None


@lru_cache(maxsize=50_000)
def expression(pattern: str) -> str:
    """The regular expression that a pattern is; `re.DOTALL` goes with it.

    A bracket without its end is itself.
    """
    return "".join(map(_expression, _PIECES.findall(pattern)))


def _expression(piece: str) -> str:
    if piece[0] == "%":
        return ".*"
    if piece == "_":
        return "."
    if len(piece) > 1:
        return f"[{_RANGE.sub(_range, piece[1:-1])}]" if piece[1:-1] else r"\[\]"
    return re.escape(piece)


def _range(found: re.Match[str]) -> str:
    """A range between two characters, or one character that is itself."""
    low, high = found.groups()
    if low is None or low > high:
        return re.escape(found[0])
    return f"{re.escape(low)}-{re.escape(high)}"
