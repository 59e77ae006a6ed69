"""Address ranges: what several cover together, and how much of that is the internet."""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NOT_THE_INTERNET: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "224.0.0.0/3",
            "::1/128",
            "fc00::/7",
            "fe80::/10",
            "ff00::/8",
        ),
    )
)
"""What is not routed in the internet. Source:
https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml, and of
IPv6 .../iana-ipv6-special-registry. Ranges for documentation count as the internet."""

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""Behind which NAT64 reaches all of IPv4. Source: RFC 6052, section 2.1, and
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html"""

_WORLDWIDE: Final = {4: 2**24, 6: 2**112}
"""As many addresses of the internet are more than one owner's: a /8 of IPv4, a /16 of IPv6."""


@lru_cache(maxsize=10_000)
def network(text: str) -> Network | None:
    """An address range; None of what is none."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def is_public(range_: Network) -> bool:
    """Whether any of its addresses is one of the internet."""
    return _public_size(range_.version, *_bounds(range_)) > 0


def is_worldwide(range_: Network) -> bool:
    """Whether a range is the internet, or more of it than any one owner has."""
    behind = _behind_nat64(range_)
    if behind is None and range_.num_addresses < _WORLDWIDE[range_.version]:
        return False
    return _public_size(range_.version, *_bounds(range_)) >= _WORLDWIDE[range_.version] or (
        behind is not None and is_worldwide(behind)
    )


def _behind_nat64(range_: Network) -> Network | None:
    """The range of IPv4 that NAT64 reaches by a range; None where it reaches none."""
    if not isinstance(range_, ipaddress.IPv6Network) or not range_.overlaps(_NAT64):
        return None
    length = max(0, range_.prefixlen - _NAT64.prefixlen)
    first = int(range_.network_address) & 0xFFFFFFFF if length else 0
    return ipaddress.IPv4Network((first, length))


class Ranges:
    """What some ranges cover together.

    Args:
        networks: The ranges, in any order, overlapping or not.
    """

    __slots__ = ("_ends", "_starts", "is_worldwide")

    def __init__(self, networks: Iterable[Network]) -> None:
        self._starts: dict[int, list[int]] = {4: [], 6: []}
        self._ends: dict[int, list[int]] = {4: [], 6: []}
        for version, first, last in sorted((it.version, *_bounds(it)) for it in networks):
            starts, ends = self._starts[version], self._ends[version]
            if ends and first <= ends[-1] + 1:
                ends[-1] = max(ends[-1], last)
            else:
                starts.append(first)
                ends.append(last)
        self.is_worldwide: Final = any(
            sum(self._ends[version]) - sum(self._starts[version]) + len(self._ends[version]) >= size
            and sum(
                _public_size(version, first, last)
                for first, last in zip(self._starts[version], self._ends[version], strict=True)
            )
            >= size
            for version, size in _WORLDWIDE.items()
        )
        """Whether they are the internet together, or more of it than any one owner has."""

    def covers(self, range_: Network) -> bool:
        """Whether all of a range is among them."""
        first, last = _bounds(range_)
        at = bisect_right(self._starts[range_.version], first) - 1
        return at >= 0 and self._ends[range_.version][at] >= last


def _bounds(range_: Network) -> tuple[int, int]:
    first = int(range_.network_address)
    return first, first + (1 << (range_.max_prefixlen - range_.prefixlen)) - 1


_NOT_PUBLIC: Final = {
    version: [_bounds(it) for it in _NOT_THE_INTERNET if it.version == version]
    for version in _WORLDWIDE
}


def _public_size(version: int, first: int, last: int) -> int:
    """How many addresses between two are of the internet."""
    size = last - first + 1
    for start, end in _NOT_PUBLIC[version]:
        size -= max(0, min(last, end) - max(first, start) + 1)
    return size
