"""A CNAME of Route 53: as it stands, as it is journalled, and which ferry may change. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from ferry.errors import FerryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from settings.cutover import Dns

TYPE: Final = "CNAME"
"""The record's type."""

_BY_HAND: Final = (
    "Make it a plain CNAME that leads to the source, or leave cutover.dns out and change it by a hook: "
    "cutover.hooks.switch."
)


class UnfitError(FerryError):
    """The record is none that ferry may change, until somebody mends it or the file."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why, remedy, stays=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cname:
    """A CNAME, as it stood or is to stand.

    Args:
        zone_id: The hosted zone's id.
        name: The record's name, in small letters, without a last point.
        value: Where it leads, likewise.
        ttl_seconds: For how long resolvers may keep it.
    """

    zone_id: str
    name: str
    value: str
    ttl_seconds: int

    def leading(self, to: str, *, ttl_seconds: int | None = None) -> Cname:
        """The record that leads elsewhere; with another TTL where one is given."""
        ttl = self.ttl_seconds if ttl_seconds is None else ttl_seconds
        return replace(self, value=plain(to), ttl_seconds=ttl)

    def as_json(self) -> dict[str, Any]:
        """As the journal keeps it."""
        return {
            "zone_id": self.zone_id,
            "name": self.name,
            "value": self.value,
            "ttl_seconds": self.ttl_seconds,
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """As the journal has kept it."""
        return cls(**{name: kept[name] for name in ("zone_id", "name", "value", "ttl_seconds")})


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What stands in the zone.

    Args:
        record: The record.
        zone: The zone's name.
        is_private: Whether only the VPCs see it that the zone is associated with.
    """

    record: Cname
    zone: str
    is_private: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Lowered:
    """That ferry has given the record a low TTL.

    Args:
        before: The record as it was.
        at: When all name servers had the low one.
    """

    before: Cname
    at: datetime

    def seconds_left(self, now: datetime) -> float:
        """How long resolvers may still keep the record with its old TTL; 0 where none does.

        Never longer than that TTL, whatever became of the clock since.
        """
        over = self.at + timedelta(seconds=self.before.ttl_seconds)
        return min(max(0.0, (over - now).total_seconds()), float(self.before.ttl_seconds))


def plain(name: str) -> str:
    """A domain name in the form in which names are compared."""
    return name.rstrip(".").lower()


def understood(
    dns: Dns, zone: str, sets: Sequence[Mapping[str, Any]], *, is_private: bool = False
) -> Found:
    """The record among the sets of a zone. Pure.

    Args:
        dns: What the file says.
        zone: The zone's name.
        sets: Resource record sets, among them all of the record's name.
        is_private: Whether the zone is private.

    Raises:
        UnfitError: It is none that ferry may change.
    """
    name, zone = plain(dns.name), plain(zone)
    if not f".{name}".endswith(f".{zone}"):
        raise UnfitError(
            f"The hosted zone {dns.zone_id} is that of {zone}, which does not hold the name {name}.",
            "Correct cutover.dns.zone_id or cutover.dns.name.",
        )
    if name == zone:
        raise UnfitError(
            f"{name} is the name of the hosted zone itself, which can have no CNAME.",
            "Give the applications a name within the zone.",
        )
    those = [each for each in sets if plain(each["Name"]) == name]
    if not those:
        raise UnfitError(
            f"The hosted zone {dns.zone_id} ({zone}) has no record {name}.",
            "Make it, a CNAME that leads to the source, and let the applications use it; or correct "
            "cutover.dns.",
        )
    for each in those:
        if "SetIdentifier" in each:
            raise UnfitError(
                f"The record {name} is one of several that are chosen by weight, latency, place or health "
                f"(SetIdentifier {each['SetIdentifier']}): to change one of them is not to change where the "
                "name leads.",
                _BY_HAND,
            )
        if "AliasTarget" in each:
            raise UnfitError(
                f"The record {name} is an alias (of {plain(each['AliasTarget']['DNSName'])}), which has "
                "no TTL of its own and cannot lead to Aurora's endpoint.",
                _BY_HAND,
            )
    others = sorted({each["Type"] for each in those} - {TYPE})
    if others:
        raise UnfitError(
            f"The record {name} is of the type {', '.join(others)}, and beside such a one there can be no "
            "CNAME.",
            _BY_HAND,
        )
    (found,) = those
    return Found(
        record=Cname(
            zone_id=dns.zone_id,
            name=name,
            value=plain(found["ResourceRecords"][0]["Value"]),
            ttl_seconds=int(found["TTL"]),
        ),
        zone=zone,
        is_private=is_private,
    )
