"""What DMS has on offer: engine versions, instance classes, event categories.

An extract, and a snapshot: the dates are those of the release notes at the time of writing.
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReleaseNotes.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from local_aws.answers import Answer, ResponseMixin
from local_aws.services.dms.shelf import page

DEFAULT_ENGINE_VERSION = "3.5.4"
SMALLEST_STORAGE_GIB = 5
LARGEST_STORAGE_GIB = 6144
DEFAULT_STORAGE_GIB = 50

# When no instance can be made of a version any more, and when AWS upgrades those that there are.
_ENDS = {
    "3.5.4": (datetime(2027, 1, 31, tzinfo=UTC), datetime(2027, 3, 31, tzinfo=UTC)),
}
_NO_END = (None, None)

# Version, launched, newer versions that it can be upgraded to.
_VERSIONS: dict[str, tuple[datetime, tuple[str, ...]]] = {
    "3.5.3": (datetime(2024, 5, 17, tzinfo=UTC), ("3.5.4", "3.6.1")),
    "3.5.4": (datetime(2024, 11, 15, tzinfo=UTC), ("3.6.1",)),
    "3.6.1": (datetime(2025, 6, 1, tzinfo=UTC), ()),
}
ENGINE_VERSIONS = tuple(_VERSIONS)
INSTANCE_CLASSES = tuple(
    f"dms.{size}"
    for size in (
        *(f"t3.{s}" for s in ("micro", "small", "medium", "large")),
        *(f"c5.{s}" for s in ("large", "xlarge", "2xlarge", "4xlarge", "9xlarge", "12xlarge")),
        *(f"c6i.{s}" for s in ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge")),
        *(f"r5.{s}" for s in ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge")),
        *(f"r6i.{s}" for s in ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge")),
    )
)

# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html
EVENT_CATEGORIES: dict[str, tuple[str, ...]] = {
    "replication-instance": (
        "configuration change",
        "creation",
        "deletion",
        "failover",
        "failure",
        "low storage",
        "maintenance",
    ),
    "replication-task": (
        "configuration change",
        "creation",
        "deletion",
        "failure",
        "state change",
    ),
}


class Offers(ResponseMixin):
    """The calls that tell what is on offer."""

    region: str

    def describe_engine_versions(self) -> Answer:
        """DescribeEngineVersions."""
        versions = [
            {
                "Version": version,
                "Lifecycle": "DEFAULT" if version == DEFAULT_ENGINE_VERSION else "SUPPORTED",
                "ReleaseStatus": "prod",
                "LaunchDate": launched,
                "DeprecationDate": _ENDS.get(version, _NO_END)[0],
                "ForceUpgradeDate": _ENDS.get(version, _NO_END)[1],
                "AvailableUpgrades": list(upgrades),
            }
            for version, (launched, upgrades) in _VERSIONS.items()
        ]
        found, marker = page(versions, self.parameters())
        return Answer({"EngineVersions": found, "Marker": marker})

    def describe_orderable_replication_instances(self) -> Answer:
        """DescribeOrderableReplicationInstances."""
        orderable: list[dict[str, Any]] = [
            {
                "EngineVersion": version,
                "ReplicationInstanceClass": instance_class,
                "StorageType": "gp2",
                "MinAllocatedStorage": SMALLEST_STORAGE_GIB,
                "MaxAllocatedStorage": LARGEST_STORAGE_GIB,
                "DefaultAllocatedStorage": DEFAULT_STORAGE_GIB,
                "IncludedAllocatedStorage": DEFAULT_STORAGE_GIB,
                "AvailabilityZones": [f"{self.region}{zone}" for zone in "abc"],
                "ReleaseStatus": "prod",
            }
            for version in ENGINE_VERSIONS
            for instance_class in INSTANCE_CLASSES
        ]
        found, marker = page(orderable, self.parameters())
        return Answer({"OrderableReplicationInstances": found, "Marker": marker})

    def describe_event_categories(self) -> Answer:
        """DescribeEventCategories."""
        source_type = self.parameters().get("SourceType")
        return Answer(
            {
                "EventCategoryGroupList": [
                    {"SourceType": kind, "EventCategories": list(categories)}
                    for kind, categories in EVENT_CATEGORIES.items()
                    if source_type in (None, kind)
                ]
            }
        )
