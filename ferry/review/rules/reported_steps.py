"""For which values AWS changes by itself what nobody can configure.

As the conditions of other rows, each answers yes, no, or None where it cannot be told.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from ferry.review.plan.objects import texts
from ferry.review.plan.ranges import is_public, is_worldwide, network
from ferry.review.rules.conditions import all_of, becomes_one, compare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ferry.review.plan.plan import Change, Neighbours
    from ferry.review.rules.conditions import Condition

_INSTANCE: Final = "aws_rds_cluster_instance"
_ZONE: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+[a-z]")
_ZONES: Final = 3
_RUNS: Final = frozenset({"running", "starting"})
_BEFORE_IT_RUNS: Final = frozenset({"modifying", "moving", "ready", "testing"})


def becomes_other_than(*good: str) -> Condition:
    """It is none of the good values afterwards."""
    return becomes_one(lambda after: not (isinstance(after, str) and after in good))


def _date(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC) if found else None


def _is_later(before: object, after: object) -> bool:
    old, new = _date(before), _date(after)
    return old is not None and new is not None and old < new


def _goes_on(before: object, after: object) -> bool:
    """A task that ran does, or one that did not comes nearer to it."""
    if before == "running":
        return False
    if isinstance(after, str) and after in _RUNS:
        return True
    return before != "starting" and isinstance(after, str) and after in _BEFORE_IT_RUNS


def _gets_the_first(before: object, after: object) -> bool:
    return not any(texts(before)) and any(texts(after))


def _holds_the_same(before: object, after: object) -> bool:
    sides = [sorted(map(repr, it)) if isinstance(it, list) else None for it in (before, after)]
    return None not in sides and sides[0] == sides[1]


def _is_a_services(ranges: object) -> bool:
    """Whether ranges are addresses of the internet that one owner may have."""
    found = [network(it) for it in texts(ranges)]
    return bool(found) and all(it and is_public(it) and not is_worldwide(it) for it in found)


def _has_two_halves(change: Change, _attribute: str) -> bool:
    return change.before.get("multi_az") is True and change.after.get("multi_az") is True


def _one_writes(change: Change, _attribute: str) -> bool:
    cluster = change.after.get("cluster_identifier")
    return (
        isinstance(cluster, str)
        and change.before.get("cluster_identifier") == cluster
        and change.neighbours.once(_writers)[cluster] == 1
    )


def _writers(neighbours: Neighbours) -> Counter[str]:
    """How many instances of each cluster are its writer."""
    clusters: Iterable[object] = (
        it.after.get("cluster_identifier")
        for it in neighbours.of(_INSTANCE)
        if it.after.get("writer") is True
    )
    return Counter(it for it in clusters if isinstance(it, str))


is_later: Final = compare(_is_later)
"""A date becomes a later one."""

goes_on: Final = compare(_goes_on)
"""A task's status is one that leads to its run."""

gets_the_first: Final = compare(_gets_the_first)
"""A list without anything gets something."""

loses_all: Final = becomes_one(lambda after: not any(texts(after)))
"""A list of texts holds none."""

loses_all_objects: Final = becomes_one(lambda after: not after)
"""A list holds nothing."""

holds_the_same: Final = compare(_holds_the_same)
"""A list holds the same in another order."""

other_ranges_of_a_service: Final = compare(
    lambda before, after: _is_a_services(before) and _is_a_services(after)
)
"""Ranges of a service of AWS's become others."""

shows_three_zones: Final = compare(
    lambda before, after: (
        bool(texts(before))
        and len(set(texts(after))) == _ZONES
        and after == texts(after)
        and set(texts(before)) < set(texts(after))
        and len({it[:-1] for it in texts(after)}) == 1
    )
)
"""A list of some zones becomes one of three of the same region, those among them."""

other_half_takes_over: Final = all_of(
    _has_two_halves, compare(lambda before, after: any(texts(before)) and any(texts(after)))
)
"""What has a half in another zone gets an address in place of another."""

other_zone_takes_over: Final = all_of(
    _has_two_halves,
    compare(
        lambda before, after: (
            isinstance(before, str)
            and isinstance(after, str)
            and _ZONE.fullmatch(before) is not None
            and _ZONE.fullmatch(after) is not None
            and before[:-1] == after[:-1]
        )
    ),
)
"""What has a half in another zone of the region stands there."""

one_writes: Final = all_of(_one_writes, becomes_one(lambda after: isinstance(after, bool)))
"""Another instance becomes the writer, and the cluster has one."""
