"""Route 53 on local AWS: ids of zones, changes that take a moment, and where a CNAME may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local_aws.aws import refused

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws


@pytest.fixture
def zone(aws: Aws) -> str:
    made = aws.route53.create_hosted_zone(Name="example.com", CallerReference=aws.account)
    return str(made["HostedZone"]["Id"]).rpartition("/")[2]


def change(aws: Aws, zone: str, *changes: tuple[str, str, str, str]) -> Any:  # noqa: ANN401 - any answer
    return aws.route53.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={
            "Changes": [
                {
                    "Action": action,
                    "ResourceRecordSet": {
                        "Name": name,
                        "Type": kind,
                        "TTL": 60,
                        "ResourceRecords": [{"Value": value}],
                    },
                }
                for action, name, kind, value in changes
            ]
        },
    )["ChangeInfo"]


def test_a_change_takes_a_moment(aws: Aws, zone: str) -> None:
    made = change(aws, zone, ("UPSERT", "DB.example.com", "CNAME", "old.example.com"))

    assert zone.startswith("Z")
    assert made["Status"] == "PENDING"
    asked = [aws.route53.get_change(Id=made["Id"])["ChangeInfo"]["Status"] for _ in range(3)]
    assert asked == ["PENDING", "INSYNC", "INSYNC"]
    (found,) = aws.route53.list_resource_record_sets(
        HostedZoneId=zone, StartRecordName="db.example.com"
    )["ResourceRecordSets"]
    assert (found["Name"], found["TTL"]) == ("db.example.com.", 60)
    with refused("NoSuchChange", "Could not find resource with ID: C0"):
        aws.route53.get_change(Id="C0")


def test_a_cname_is_alone_at_its_name_and_not_at_the_zones(aws: Aws, zone: str) -> None:
    change(aws, zone, ("UPSERT", "db.example.com", "A", "192.0.2.1"))

    with refused("InvalidChangeBatch", "CNAME with DNS name db.example.com. is not permitted as"):
        change(aws, zone, ("UPSERT", "db.example.com", "CNAME", "old.example.com"))
    with refused("InvalidChangeBatch", "is not permitted at apex in zone example.com."):
        change(aws, zone, ("UPSERT", "example.com", "CNAME", "old.example.com"))

    # in one batch the other goes and it comes
    change(
        aws,
        zone,
        ("DELETE", "db.example.com", "A", "192.0.2.1"),
        ("CREATE", "db.example.com", "CNAME", "old.example.com"),
    )
    with refused("InvalidChangeBatch", "RRSet of type A with DNS name db.example.com."):
        change(aws, zone, ("CREATE", "db.example.com", "A", "192.0.2.1"))
