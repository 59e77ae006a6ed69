"""Route 53: changes that take a moment, the rules of a CNAME, and ids of zones as AWS draws them."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow
from moto.route53.models import Route53Backend
from moto.route53.responses import Route53

from local_aws.answers import Answer, AwsError, BackendMixin, ResponseMixin
from local_aws.services.extension import Extension

if TYPE_CHECKING:
    from moto.route53.models import FakeZone

_CNAME = "CNAME"


def _id(begin: str) -> str:
    return begin + "".join(
        secrets.choice(string.ascii_uppercase + string.digits) for _ in range(20)
    )


def _name(name: str) -> str:
    return f"{name.rstrip('.').lower()}."


class LocalRoute53Backend(BackendMixin, Route53Backend):  # type: ignore[misc]  # moto is untyped here
    """Remembers its changes: moto calls each one INSYNC, one that was never made too.

    Here a change is PENDING when it is asked for once, and INSYNC from then on. Sources:
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html,
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin without changes."""
        super().__init__(region_name, account_id)
        self.pending: dict[str, bool] = {}

    def create_hosted_zone(self, *arguments: Any, **named: Any) -> FakeZone:  # noqa: ANN401 - moto's own
        """CreateHostedZone; an id begins with Z."""
        zone = super().create_hosted_zone(*arguments, **named)
        del self.zones[zone.resource_id]
        zone.resource_id = _id("Z")
        self.zones[zone.resource_id] = zone
        return zone

    def change_resource_record_sets(self, zoneid: str, change_list: list[dict[str, Any]]) -> None:
        """ChangeResourceRecordSets.

        Raises:
            AwsError: InvalidChangeBatch: a CNAME is at the zone's own name, or beside another record.
        """
        zone = self.get_hosted_zone(zoneid)
        gone = {
            (_name(each["ResourceRecordSet"]["Name"]), each["ResourceRecordSet"]["Type"])
            for each in change_list
            if each["Action"] == "DELETE"
        }
        there = {(_name(each.name), each.type) for each in zone.rrsets} - gone
        for change in change_list:
            record = change["ResourceRecordSet"]
            record["Name"] = _name(record["Name"])
            name, kind = record["Name"], record["Type"]
            if change["Action"] == "DELETE":
                continue
            if kind == _CNAME and name == _name(zone.name):
                raise AwsError(
                    "InvalidChangeBatch",
                    f"[RRSet of type CNAME with DNS name {name} is not permitted at apex in zone "
                    f"{zone.name}]",
                )
            if any(other == name and (kind == _CNAME) != (its == _CNAME) for other, its in there):
                raise AwsError(
                    "InvalidChangeBatch",
                    f"[RRSet of type {kind} with DNS name {name} is not permitted as it conflicts with "
                    f"other records with the same DNS name in zone {zone.name}]",
                )
            there.add((name, kind))
        super().change_resource_record_sets(zoneid, change_list)

    def changed(self) -> dict[str, Any]:
        """A new change."""
        made = _id("C")
        self.pending[made] = True
        return {"Id": f"/change/{made}", "Status": "PENDING", "SubmittedAt": utcnow()}

    def get_change(self, change_id: str) -> dict[str, Any]:
        """GetChange.

        Raises:
            AwsError: NoSuchChange.
        """
        key = change_id.rpartition("/")[2]
        if key not in self.pending:
            raise AwsError("NoSuchChange", f"Could not find resource with ID: {key}")
        status = "PENDING" if self.pending[key] else "INSYNC"
        self.pending[key] = False
        return {"Id": f"/change/{key}", "Status": status, "SubmittedAt": utcnow()}


class LocalRoute53(ResponseMixin, Route53):  # type: ignore[misc]  # moto is untyped here
    """Answers with the changes that the backend remembers."""

    def change_resource_record_sets(self) -> Answer:
        """ChangeResourceRecordSets."""
        super().change_resource_record_sets()
        return Answer({"ChangeInfo": self.backend.changed()})

    def get_change(self) -> Answer:
        """GetChange."""
        return Answer({"ChangeInfo": self.backend.get_change(self._get_param("Id"))})


EXTENSION = Extension(package="route53", backend=LocalRoute53Backend, response=LocalRoute53)
