"""The applications' record in Route 53: read, given a low TTL, led to Aurora, and led back.

One UPSERT changes the record of that very name and type and nothing else; which record there was is
returned, to be journalled before. It is asked for in the same form when a cutover is resumed: Route 53 takes
a record that is there already, and the change that comes of it is what is waited for.

Sources: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html,
https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ferry.account import explained
from ferry.errors import FerryError
from ferry.migrate.cutover.switching.cname import TYPE, understood

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.migrate.cutover.switching.cname import Cname, Found
    from settings.cutover import Dns

WAIT_SECONDS: Final = 120.0
"""How long a change is waited for. AWS: generally within 60 seconds it is at all its name servers."""

_SECONDS_BETWEEN_LOOKS: Final = 1.0
"""Route 53 takes five calls a second of an account:
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html."""
_MOST_SETS: Final = "100"


class NotInSyncError(FerryError):
    """Route 53 has taken a change, and has not said in time that all its name servers have it."""


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
    before: Cname,
    after: Cname,
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
    look(client, dns, before=before, after=after)
    _wait(client, after, _upsert(client, after), wait_seconds)


def set_ttl(client: Any, record: Cname, ttl_seconds: int) -> None:  # noqa: ANN401 - as above
    """Give a record another TTL, and do not wait until all name servers have it.

    Args:
        client: Route 53.
        record: The record as it stands.
        ttl_seconds: The TTL.

    Raises:
        FerryError: AWS refuses.
    """
    _upsert(client, replace(record, ttl_seconds=ttl_seconds))


def _upsert(client: Any, record: Cname) -> Mapping[str, Any]:  # noqa: ANN401 - as above
    """Put a record in the place of the one that there is; what Route 53 says of the change."""
    with explained(f"change the record {record.name}"):
        made: Mapping[str, Any] = client.change_resource_record_sets(
            HostedZoneId=record.zone_id,
            ChangeBatch={
                "Changes": [
                    {
                        "Action": "UPSERT",
                        "ResourceRecordSet": {
                            "Name": record.name,
                            "Type": TYPE,
                            "TTL": record.ttl_seconds,
                            "ResourceRecords": [{"Value": record.value}],
                        },
                    }
                ]
            },
        )["ChangeInfo"]
    return made


def look(client: Any, dns: Dns, *, before: Cname, after: Cname) -> None:  # noqa: ANN401 - as above
    """See that the record leads where it did before a change, or after it.

    Args:
        client: Route 53.
        dns: What the file says.
        before: The record before the change.
        after: The record after it.

    Raises:
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


def _wait(client: Any, record: Cname, made: Mapping[str, Any], seconds: float) -> None:  # noqa: ANN401 - as above
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
