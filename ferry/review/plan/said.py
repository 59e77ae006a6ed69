"""What policies say together: what of a statement they cover, and what comes of a change.

Many roles have many policies each, so statements are found by what they name, and not all looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from ferry.review.plan.patterns import Beginnings
from ferry.review.plan.statements import is_account, one_way

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ferry.review.plan.policy_elements import Element
    from ferry.review.plan.statements import Statement

MOST_COMPARISONS: Final = 5_000
"""Parts of statements times the statements that may cover them; beyond, nothing is covered. A policy
has 32 KB at most, and seldom ten statements. Source:
https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html"""

MOST_ALIKE: Final = 60
"""Statements that name the same as another with which it is compared; beyond, it is not covered."""

_FEW: Final = 8
"""So many statements are compared sooner than sorted."""


class _Found:
    """The statements of one effect, found by what they name.

    Args:
        statements: The statements, each once.
    """

    __slots__ = ("_named", "_wide")

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._named: tuple[Beginnings[Statement], ...] = (Beginnings(), Beginnings(), Beginnings())
        self._wide: tuple[list[Statement], ...] = ([], [], [])
        for it in statements:
            for named, wide, element in zip(self._named, self._wide, _elements(it), strict=True):
                # Who is denied to an account is denied to all in it.
                if element.all_but or not element.names or any(map(is_account, element.names)):
                    wide.append(it)
                else:
                    for name in element.names:
                        named.add(name, it)

    def alike(self, it: Statement) -> Iterable[Statement]:
        """The statements that may cover another: by the element of which the fewest are found."""
        found: list[list[list[Statement]]] = []
        for named, wide, element in zip(self._named, self._wide, _elements(it), strict=True):
            name = "*" if element.all_but else min(element.names, default="*")
            found.append([wide, *named.beginning_as(name)])
        fewest = min(found, key=lambda lists: sum(map(len, lists)))
        return chain.from_iterable(fewest)


def _elements(it: Statement) -> tuple[Element, Element, Element]:
    """What a statement names, in the way in which it is compared."""
    return it.actions.lowered, it.resources, it.principals.mapped(one_way)


class Said:
    """What some policies say together.

    Args:
        statements: Their statements.
        beside: What others say beside them; none by default.
    """

    def __init__(self, statements: Iterable[Statement], beside: Said | None = None) -> None:
        self._beside: Final = beside
        self._all: dict[bool, dict[Statement, None]] = {True: {}, False: {}}
        for it in statements:
            self._all[it.allows][it] = None

    def __contains__(self, it: Statement) -> bool:
        return it in self._all[it.allows] or (self._beside is not None and it in self._beside)

    def count(self, *, allows: bool) -> int:
        """How many of the statements allow, or deny."""
        beside = self._beside.count(allows=allows) if self._beside is not None else 0
        return len(self._all[allows]) + beside

    def covers(self, it: Statement) -> bool:
        """Whether one of the statements covers all that another says.

        Of the statements that name the same MOST_ALIKE are looked at: of more, none is taken to cover
        it, so that it counts as given and as taken.
        """
        others = self._all[it.allows]
        if it in others or (self._beside is not None and self._beside.covers(it)):
            return True
        alike = others if len(others) <= _FEW else self._found[it.allows].alike(it)
        return any(map(it.is_within, islice(alike, MOST_ALIKE)))

    @cached_property
    def _found(self) -> dict[bool, _Found]:
        return {allows: _Found(statements) for allows, statements in self._all.items()}

    def left_of(self, it: Statement) -> list[Statement]:
        """What of a statement they do not cover."""
        if not self.count(allows=it.allows):
            return [it]
        if self.covers(it):
            return []
        return [part for part in it.parts() if not self.covers(part)]


_NOTHING: Final = Said(())


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """What comes of a change of statements.

    Args:
        gives: What is allowed and was not, or denied no longer.
        takes: What is allowed no longer, or denied and was not.
    """

    gives: Sequence[Statement] = ()
    takes: Sequence[Statement] = ()


def shift(
    before: Sequence[Statement],
    after: Sequence[Statement],
    *,
    all_before: Said | None = None,
    all_after: Said | None = None,
) -> Shift:
    """What comes of a change of a policy: every part of a statement that the other side does not cover.

    Args:
        before: The policy's statements.
        after: The statements that it will have.
        all_before: What all the policies say that say it to the same, itself among them; by default
            it is alone.
        all_after: What they will say.
    """
    old, new = all_before or Said(before), all_after or Said(after)
    found = [(it, new, not it.allows) for it in before if it not in new]
    found += [(it, old, it.allows) for it in after if it not in old]
    if sum(it.count * side.count(allows=it.allows) for it, side, _ in found) > MOST_COMPARISONS:
        found = [(it, _NOTHING, gives) for it, _, gives in found]
    sides: dict[bool, list[Statement]] = {True: [], False: []}
    for it, side, gives in found:
        sides[gives] += side.left_of(it)
    return Shift(gives=sides[True], takes=sides[False])


def without(these: Iterable[Statement], those: Iterable[Statement]) -> list[Statement]:
    """The statements of one side that the other does not have."""
    known = set(those)
    return [it for it in these if it not in known]
