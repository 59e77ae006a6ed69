"""What DMS has on offer, and what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.check.judging.replication import DmsOffer, EngineVersion, RunningInstance

if TYPE_CHECKING:
    from types_boto3_dms import DatabaseMigrationServiceClient
    from types_boto3_dms.type_defs import EngineVersionTypeDef


def offer(dms: DatabaseMigrationServiceClient, *, instance: str) -> DmsOffer:
    """The versions and classes of DMS, and the environment's replication instance.

    Args:
        dms: A client for DMS.
        instance: The replication instance's identifier.
    """
    orderable: dict[str, tuple[str, ...]] = {}
    pages = dms.get_paginator("describe_orderable_replication_instances").paginate()
    for page in pages:
        for each in page["OrderableReplicationInstances"]:
            version = each["EngineVersion"]
            orderable[version] = (*orderable.get(version, ()), each["ReplicationInstanceClass"])
    return DmsOffer(
        versions={each["Version"]: _version(each) for each in _versions(dms)},
        orderable=orderable,
        running=_running(dms, instance),
    )


def _versions(dms: DatabaseMigrationServiceClient) -> list[EngineVersionTypeDef]:
    """Every version that DMS describes; botocore has no paginator for this call."""
    answer = dms.describe_engine_versions()
    versions = list(answer["EngineVersions"])
    while answer.get("Marker"):
        answer = dms.describe_engine_versions(Marker=answer["Marker"])
        versions += answer["EngineVersions"]
    return versions


def _version(described: EngineVersionTypeDef) -> EngineVersion:
    withdrawn, forced = described.get("DeprecationDate"), described.get("ForceUpgradeDate")
    return EngineVersion(
        is_beta=described.get("ReleaseStatus") == "beta",
        upgrades=tuple(described.get("AvailableUpgrades", [])),
        withdrawn_on=withdrawn.date() if withdrawn else None,
        forced_upgrade_on=forced.date() if forced else None,
    )


def _running(dms: DatabaseMigrationServiceClient, instance: str) -> RunningInstance | None:
    try:
        found = dms.describe_replication_instances(
            Filters=[{"Name": "replication-instance-id", "Values": [instance]}]
        )["ReplicationInstances"]
    except dms.exceptions.ResourceNotFoundFault:
        return None
    return next(
        (
            RunningInstance(
                version=each["EngineVersion"], instance_class=each["ReplicationInstanceClass"]
            )
            for each in found
        ),
        None,
    )
