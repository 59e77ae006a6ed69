"""What a group's rules let through together.

A group lets through what any of its rules does, so a rule is judged beside all others of its group,
those that stay included. Source:
https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from itertools import islice
from typing import Final

from ferry.review.plan.ranges import Network, Ranges, is_worldwide
from ferry.review.plan.security_groups import ANYTHING, Traffic

_MOST_COMPARED: Final = 60
"""Protocols and ports of a group that one rule is compared with: as many as a group has rules unless
AWS allows more. Source:
https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups"""


def _is_way_within(
    narrow: tuple[str, tuple[int, int] | None], wide: tuple[str, tuple[int, int] | None]
) -> bool:
    """Whether a protocol and its ports are among others."""
    if ANYTHING in {narrow[0], wide[0]} or narrow[1] is None or wide[1] is None:
        return False
    if wide[0] == "all" or narrow == wide:
        return True
    return (
        narrow[0] == wide[0] in {"tcp", "udp"}
        and wide[1][0] <= narrow[1][0]
        and narrow[1][1] <= wide[1][1]
    )


class LetThrough:
    """All that a group lets through in one direction.

    Args:
        traffic: What each of its rules lets through.
    """

    __slots__ = ("_known", "_parts", "_peers", "_ranges", "_traffic", "_whole")

    def __init__(self, traffic: list[Traffic]) -> None:
        self._traffic = traffic
        self._known: set[tuple[object, ...]] | None = None
        self._peers: dict[str, set[tuple[str, tuple[int, int] | None]]] = {}
        self._ranges: dict[tuple[str, tuple[int, int] | None], Ranges] = {}
        self._whole: Ranges | None = None
        self._parts: dict[tuple[str, tuple[int, int] | None] | None, Ranges] = {}

    def _read(self) -> set[tuple[object, ...]]:
        """Read the rules, the first time that something is asked of them."""
        known: set[tuple[object, ...]] = set()
        networks: dict[tuple[str, tuple[int, int] | None], list[Network]] = {}
        for it in self._traffic:
            if it.is_open:
                continue
            known.add((*it.way, it.peer))
            if it.range_ is not None:
                networks.setdefault(it.way, []).append(it.range_)
            else:
                self._peers.setdefault(it.peer, set()).add(it.way)
        self._ranges = {way: Ranges(found) for way, found in networks.items()}
        self._whole = Ranges(range_ for found in networks.values() for range_ in found)
        parts = {
            way: [it for it in found if not is_worldwide(it)] for way, found in networks.items()
        }
        self._parts = {way: Ranges(found) for way, found in parts.items()}
        self._parts[None] = Ranges(range_ for found in parts.values() for range_ in found)
        self._known = known
        return known

    def covers(self, traffic: Traffic) -> bool:
        """Whether it lets all of some traffic through. What cannot be told is not let through."""
        known = self._known if self._known is not None else self._read()
        if traffic.is_open or traffic.protocol == ANYTHING or traffic.span is None:
            return False
        if (*traffic.way, traffic.peer) in known:
            return True
        range_ = traffic.range_
        if range_ is None:
            ways = islice(self._peers.get(traffic.peer, ()), _MOST_COMPARED)
            return any(_is_way_within(traffic.way, way) for way in ways)
        own = self._ranges.get(traffic.way)
        if own is not None and own.covers(range_):
            return True
        return any(
            _is_way_within(traffic.way, way) and ranges.covers(range_)
            for way, ranges in islice(self._ranges.items(), _MOST_COMPARED)
        )

    def is_worldwide(self, way: tuple[str, tuple[int, int] | None] | None = None) -> bool:
        """Whether its ranges are the internet together, those of one way alone or all."""
        if self._known is None:
            self._read()
        ranges = self._whole if way is None else self._ranges.get(way)
        return ranges is not None and ranges.is_worldwide

    def is_made_up(self, way: tuple[str, tuple[int, int] | None] | None = None) -> bool:
        """Whether ranges of it none of which is the internet are that together."""
        if self._known is None:
            self._read()
        ranges = self._parts.get(way)
        return ranges is not None and ranges.is_worldwide
