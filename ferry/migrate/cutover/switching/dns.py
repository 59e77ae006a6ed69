"""The applications' record in Route 53: read, given a low TTL, led to Aurora, and led back.

One UPSERT changes the record of that very name and type and nothing else; which record there was is
returned, to be journalled before. It is asked for in the same form when a cutover is resumed: Route 53 takes
a record that is there already, and the change that comes of it is what is waited for.

Sources: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html,
https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from ferry.account import explained
from ferry.errors import FerryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from settings.cutover import Dns

WAIT_SECONDS: Final = 120.0
"""How long a change is waited for. AWS: generally within 60 seconds it is at all its name servers."""

_TYPE: Final = "CNAME"
_SECONDS_BETWEEN_LOOKS: Final = 1.0
"""Route 53 takes five calls a second of an account:
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html."""
_MOST_SETS: Final = "100"

_BY_HAND: Final = (
    "Make it a plain CNAME that leads to the source, or leave cutover.dns out and change it by a hook: "
    "cutover.hooks.switch."
)


class NotInSyncError(FerryError):
    """Route 53 has taken a change, and has not said in time that all its name servers have it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
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

    def leading(self, to: str, *, ttl_seconds: int | None = None) -> Record:
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

    record: Record
    zone: str
    is_private: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Lowered:
    """That ferry has given the record a low TTL.

    Args:
        before: The record as it was.
        at: When all name servers had the low one.
    """

    before: Record
    at: datetime

    def seconds_left(self, now: datetime) -> float:
        """How long resolvers may still keep the record with its old TTL; 0 where none does."""
        over = self.at + timedelta(seconds=self.before.ttl_seconds)
        return max(0.0, (over - now).total_seconds())

    def as_json(self) -> dict[str, Any]:
        """As the journal keeps it."""
        return {"before": self.before.as_json(), "at": self.at.isoformat()}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """As the journal has kept it."""
        return cls(before=Record.of(kept["before"]), at=datetime.fromisoformat(kept["at"]))


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
        FerryError: It is none that ferry may change.
    """
    name, zone = plain(dns.name), plain(zone)
    if not f".{name}".endswith(f".{zone}"):
        raise FerryError(
            f"The hosted zone {dns.zone_id} is that of {zone}, which does not hold the name {name}.",
            "Correct cutover.dns.zone_id or cutover.dns.name.",
            stays=True,
        )
    if name == zone:
        raise FerryError(
            f"{name} is the name of the hosted zone itself, which can have no CNAME.",
            "Give the applications a name within the zone.",
            stays=True,
        )
    those = [each for each in sets if plain(each["Name"]) == name]
    if not those:
        raise FerryError(
            f"The hosted zone {dns.zone_id} ({zone}) has no record {name}.",
            "Make it, a CNAME that leads to the source, and let the applications use it; or correct "
            "cutover.dns.",
            stays=True,
        )
    for each in those:
        if "SetIdentifier" in each:
            raise FerryError(
                f"The record {name} is one of several that are chosen by weight, latency, place or health "
                f"(SetIdentifier {each['SetIdentifier']}): to change one of them is not to change where the "
                "name leads.",
                _BY_HAND,
                stays=True,
            )
        if "AliasTarget" in each:
            raise FerryError(
                f"The record {name} is an alias (of {plain(each['AliasTarget']['DNSName'])}), which has "
                "no TTL of its own and cannot lead to Aurora's endpoint.",
                _BY_HAND,
                stays=True,
            )
    others = sorted({each["Type"] for each in those} - {_TYPE})
    if others:
        raise FerryError(
            f"The record {name} is of the type {', '.join(others)}, and beside such a one there can be no "
            "CNAME.",
            _BY_HAND,
            stays=True,
        )
    (found,) = those
    return Found(
        record=Record(
            zone_id=dns.zone_id,
            name=name,
            value=plain(found["ResourceRecords"][0]["Value"]),
            ttl_seconds=int(found["TTL"]),
        ),
        zone=zone,
        is_private=is_private,
    )


def read(client: Any, dns: Dns) -> Found:  # noqa: ANN401 - its stubs are not among those installed
    """The record as it stands.

    Args:
        client: Route 53.
        dns: What the file says.

    Raises:
        FerryError: It is none that ferry may change, or AWS refuses.
    """
    with explained(f"read the hosted zone {dns.zone_id}"):
        zone = client.get_hosted_zone(Id=dns.zone_id)["HostedZone"]
    with explained(f"read the record {dns.name}"):
        sets = client.list_resource_record_sets(
            HostedZoneId=dns.zone_id, StartRecordName=dns.name, MaxItems=_MOST_SETS
        )["ResourceRecordSets"]
    is_private = bool(zone.get("Config", {}).get("PrivateZone"))
    return understood(dns, zone["Name"], sets, is_private=is_private)


def change(
    client: Any,  # noqa: ANN401 - as above
    dns: Dns,
    *,
    before: Record,
    after: Record,
    wait_seconds: float = WAIT_SECONDS,
) -> None:
    """Have the record stand as it should, and wait until all of Route 53's name servers have it.

    Args:
        client: Route 53.
        dns: What the file says.
        before: The record that was journalled, or on the way back the one that it was changed to.
        after: The record as it should stand.
        wait_seconds: How long is waited.

    Raises:
        NotInSyncError: It was changed, and whether all name servers have it is not known.
        FerryError: It leads elsewhere by now: somebody has changed it. Or AWS refuses.
    """
    now = read(client, dns).record
    if now.value not in {before.value, after.value}:
        raise FerryError(
            f"The record {now.name} was changed by somebody: it leads to {now.value}, neither to "
            f"{before.value} nor to {after.value}. It is left as it is.",
            f"Find out who did (AWS CloudTrail, ChangeResourceRecordSets), and have it lead to "
            f"{before.value}; then run this again.",
            stays=True,
        )
    with explained(f"change the record {after.name}"):
        made = client.change_resource_record_sets(
            HostedZoneId=after.zone_id,
            ChangeBatch={
                "Changes": [
                    {
                        "Action": "UPSERT",
                        "ResourceRecordSet": {
                            "Name": after.name,
                            "Type": _TYPE,
                            "TTL": after.ttl_seconds,
                            "ResourceRecords": [{"Value": after.value}],
                        },
                    }
                ]
            },
        )["ChangeInfo"]
    _wait(client, after, made, wait_seconds)


def lower_ttl(
    client: Any,  # noqa: ANN401 - as above
    dns: Dns,
    *,
    wait_seconds: float = WAIT_SECONDS,
) -> Lowered | None:
    """Give the record the low TTL; None where it has one that is as low.

    Args:
        client: Route 53.
        dns: What the file says.
        wait_seconds: How long is waited until all name servers have it.

    Raises:
        NotInSyncError: As `change`.
        FerryError: As `change`.
    """
    record = read(client, dns).record
    if record.ttl_seconds <= dns.ttl_seconds:
        return None
    low = replace(record, ttl_seconds=dns.ttl_seconds)
    change(client, dns, before=record, after=low, wait_seconds=wait_seconds)
    return Lowered(before=record, at=datetime.now(UTC))


def _wait(client: Any, record: Record, made: Mapping[str, Any], seconds: float) -> None:  # noqa: ANN401 - as above
    """Wait until a change is INSYNC. A question that is not answered is asked again."""
    until = time.monotonic() + seconds
    status, trouble = made["Status"], ""
    while status != "INSYNC":
        if time.monotonic() >= until:
            raise NotInSyncError(
                f"The record {record.name} leads to {record.value} with a TTL of {record.ttl_seconds} "
                f"seconds, and Route 53 has not said within {seconds:g} seconds that all its name servers "
                f"have it.{f' {trouble}' if trouble else ''}",
                f"Ask for it: aws route53 get-change --id {made['Id'].rpartition('/')[2]}",
            )
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        try:
            with explained("ask for the change"):
                status = client.get_change(Id=made["Id"])["ChangeInfo"]["Status"]
        except FerryError as error:
            if error.stays:
                raise
            trouble = str(error)
