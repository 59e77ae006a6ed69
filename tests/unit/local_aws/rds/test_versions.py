from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws

AURORA = "aurora-postgresql"


def versions(aws: Aws, **arguments: object) -> list[dict[str, Any]]:
    return [
        version
        for page in aws.rds.get_paginator("describe_db_engine_versions").paginate(**arguments)
        for version in page["DBEngineVersions"]
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"Engine": AURORA, "EngineVersion": "15.8"}, {"15.8"}),
        ({"Engine": AURORA, "EngineVersion": "15.9"}, set()),
        ({"Engine": "mysql"}, set()),
    ],
)
def test_versions_are_found(aws: Aws, arguments: dict[str, object], expected: set[str]) -> None:
    assert {version["EngineVersion"] for version in versions(aws, **arguments)} == expected


def test_a_major_version_finds_its_minors(aws: Aws) -> None:
    by_major = versions(aws, Engine=AURORA, EngineVersion="16")
    by_family = versions(aws, DBParameterGroupFamily="aurora-postgresql16")
    assert by_major == by_family
    assert {version["MajorEngineVersion"] for version in by_major} == {"16"}


def test_one_is_the_default(aws: Aws) -> None:
    assert len(versions(aws, Engine=AURORA, DefaultOnly=True)) == 1


def test_pages(aws: Aws) -> None:
    whole = versions(aws)
    assert len(whole) > 10
    assert versions(aws, PaginationConfig={"PageSize": 20}) == whole
    first = aws.rds.describe_db_engine_versions(MaxRecords=20)
    if len(whole) > 20:
        assert first["Marker"] == "20"


def test_what_a_version_can_be_upgraded_to(aws: Aws) -> None:
    [version] = versions(aws, Engine=AURORA, EngineVersion="15.10")
    targets = {
        target["EngineVersion"]: target["IsMajorVersionUpgrade"]
        for target in version["ValidUpgradeTarget"]
    }
    assert targets["15.12"] is False
    assert targets["16.6"] is True
    assert "15.8" not in targets
    assert "15.10" not in targets
    # Released before 15.10 was.
    assert "16.4" not in targets
    assert version["ExportableLogTypes"] == ["postgresql"]


def test_orderable_instances(aws: Aws) -> None:
    found = aws.rds.describe_orderable_db_instance_options(
        Engine=AURORA, EngineVersion="15.8", DBInstanceClass="db.r6g.large"
    )["OrderableDBInstanceOptions"]
    [option] = found
    assert [zone["Name"] for zone in option["AvailabilityZones"]] == [
        "eu-central-1a",
        "eu-central-1b",
        "eu-central-1c",
    ]
    assert option["SupportsPerformanceInsights"] is True
    for arguments in (
        {"Engine": "mysql"},
        {"Engine": AURORA, "EngineVersion": "15.9"},
        {"Engine": AURORA, "DBInstanceClass": "db.m1.small"},
    ):
        assert not aws.rds.describe_orderable_db_instance_options(**arguments)[
            "OrderableDBInstanceOptions"
        ]
