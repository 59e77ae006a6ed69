from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws


def test_engine_versions(aws: Aws) -> None:
    versions = {
        version["Version"]: version
        for version in aws.dms.describe_engine_versions()["EngineVersions"]
    }
    assert versions["3.5.4"]["Lifecycle"] == "DEFAULT"
    assert versions["3.5.4"]["AvailableUpgrades"] == ["3.6.1"]
    assert versions["3.6.1"]["Lifecycle"] == "SUPPORTED"


def test_the_end_of_a_version_has_dates(aws: Aws) -> None:
    versions = {
        version["Version"]: version
        for version in aws.dms.describe_engine_versions()["EngineVersions"]
    }
    assert str(versions["3.5.4"]["DeprecationDate"].date()) == "2027-01-31"
    assert str(versions["3.5.4"]["ForceUpgradeDate"].date()) == "2027-03-31"
    assert "DeprecationDate" not in versions["3.6.1"]


def test_orderable_instances_in_pages(aws: Aws) -> None:
    paginator = aws.dms.get_paginator("describe_orderable_replication_instances")
    found = [
        (each["EngineVersion"], each["ReplicationInstanceClass"])
        for page in paginator.paginate()
        for each in page["OrderableReplicationInstances"]
    ]
    assert len(found) == len(set(found))
    assert ("3.5.4", "dms.c5.2xlarge") in found


def test_event_categories(aws: Aws) -> None:
    groups = aws.dms.describe_event_categories()["EventCategoryGroupList"]
    assert [group["SourceType"] for group in groups] == ["replication-instance", "replication-task"]
    [task] = aws.dms.describe_event_categories(SourceType="replication-task")[
        "EventCategoryGroupList"
    ]
    assert "state change" in task["EventCategories"]
