"""IAM's patterns, ``*`` for any characters and ``?`` for one: whether one covers another.

What cannot be told counts as not covered and as not disjoint, which a reviewer hears of. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

Item = TypeVar("Item")

_LONGEST: Final = 2048
"""Characters of the longest ARN; what is longer is compared as it is written."""

_MOST_ALIKE: Final = 200
"""Patterns that begin alike with which a text is compared; beyond, none covers it."""

_FEW: Final = 8
"""So many patterns are compared sooner than sorted."""

_VARIABLE: Final = "${"
"""What begins a policy variable, whose value nobody knows here, or one of Terraform's."""

_WILDCARD: Final = re.compile(r"[*?]")


def covers(pattern: str, other: str) -> bool:
    """Whether a pattern matches all that another matches.

    Args:
        pattern: The one that may be wider.
        other: The one that may be narrower.
    """
    if pattern in {other, "*"}:
        return True
    if _VARIABLE in pattern or "?" in pattern or max(len(pattern), len(other)) > _LONGEST:
        return False
    first, *between = pattern.split("*")
    if not between:
        return False
    *between, last = between
    if len(other) < len(first) + len(last) or not (
        other.startswith(first) and other.endswith(last)
    ):
        return False
    at, end = len(first), len(other) - len(last)
    for part in between:
        found = other.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def disjoint(one: str, other: str) -> bool:
    """Whether nothing matches both: they begin or end in different ways."""
    if _VARIABLE in one or _VARIABLE in other:
        return False
    parts, others = _WILDCARD.split(one), _WILDCARD.split(other)
    if len(parts) == len(others) == 1:
        return one != other
    start = min(len(parts[0]), len(others[0]))
    end = min(len(parts[-1]), len(others[-1]))
    if len(parts) == 1 or len(others) == 1:
        pattern, text = (other, one) if len(parts) == 1 else (one, other)
        first, last = _WILDCARD.split(pattern)[0], _WILDCARD.split(pattern)[-1]
        return not (text.startswith(first) and text.endswith(last))
    return parts[0][:start] != others[0][:start] or (
        end > 0 and parts[-1][-end:] != others[-1][-end:]
    )


class Beginnings(Generic[Item]):
    """Items by patterns; those whose pattern may cover another are found by how it begins."""

    __slots__ = ("_beginnings", "_lengths", "_whole")

    def __init__(self) -> None:
        self._whole: dict[str, list[Item]] = {}
        self._beginnings: dict[str, list[Item]] = {}
        self._lengths: set[int] = set()

    def add(self, pattern: str, item: Item) -> None:
        """Add an item by a pattern."""
        first, star, _ = pattern.partition("*")
        if star and "?" not in pattern and _VARIABLE not in pattern:
            self._beginnings.setdefault(first, []).append(item)
            self._lengths.add(len(first))
        else:
            self._whole.setdefault(pattern, []).append(item)

    def beginning_as(self, other: str) -> list[list[Item]]:
        """The items of all patterns that may cover another, and of some that do not."""
        beginnings = (other[:it] for it in self._lengths if it <= len(other))
        found = [self._beginnings[it] for it in beginnings if it in self._beginnings]
        return [self._whole[other], *found] if other in self._whole else found


class Patterns:
    """Some patterns together.

    Args:
        patterns: The patterns.
    """

    __slots__ = ("_all", "_found")

    def __init__(self, patterns: Iterable[str]) -> None:
        self._all = frozenset(patterns)
        self._found: Beginnings[str] = Beginnings()
        for it in sorted(self._all) if len(self._all) > _FEW else ():
            self._found.add(it, it)

    def cover(self, others: Iterable[str]) -> bool:
        """Whether each of some other patterns is covered by one of these.

        Of the patterns that begin alike _MOST_ALIKE are looked at: of more, none is taken to cover it.
        """
        return all(it in self._all or self._covers(it) for it in others)

    def _covers(self, other: str) -> bool:
        alike: Iterable[str] = self._all
        if len(self._all) > _FEW:
            alike = islice(chain.from_iterable(self._found.beginning_as(other)), _MOST_ALIKE)
        return any(covers(it, other) for it in alike)
