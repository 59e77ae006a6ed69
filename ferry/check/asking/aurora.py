"""What RDS has on offer, and what runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ferry.check.judging.aurora import AuroraVersions, RunningCluster

if TYPE_CHECKING:
    from types_boto3_rds import RDSClient

_ENGINE: Final = "aurora-postgresql"
_PLAIN: Final = re.compile(r"\d+\.\d+")
"""A version of Aurora PostgreSQL proper; `16.4-limitless` is another product."""


def versions(rds: RDSClient, *, cluster: str) -> AuroraVersions:
    """The versions of which a cluster can be made, and the environment's cluster.

    Without `IncludeAll`, DescribeDBEngineVersions leaves out what was withdrawn:
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html

    Args:
        rds: A client for RDS.
        cluster: The cluster's identifier.
    """
    pages = rds.get_paginator("describe_db_engine_versions").paginate(Engine=_ENGINE)
    offered = tuple(
        version["EngineVersion"]
        for page in pages
        for version in page["DBEngineVersions"]
        if _PLAIN.fullmatch(version["EngineVersion"])
        and "provisioned" in version.get("SupportedEngineModes", ["provisioned"])
    )
    return AuroraVersions(offered=offered, running=_running(rds, cluster))


def orderable_classes(rds: RDSClient, version: str) -> tuple[str, ...]:
    """The instance classes that can be ordered for a version."""
    pages = rds.get_paginator("describe_orderable_db_instance_options").paginate(
        Engine=_ENGINE, EngineVersion=version
    )
    return tuple(
        {
            option["DBInstanceClass"]: None
            for page in pages
            for option in page["OrderableDBInstanceOptions"]
        }
    )


def _running(rds: RDSClient, cluster: str) -> RunningCluster | None:
    try:
        found = rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"][0]
    except rds.exceptions.DBClusterNotFoundFault:
        return None
    version = found["EngineVersion"]
    described = rds.describe_db_engine_versions(
        Engine=_ENGINE, EngineVersion=version, IncludeAll=True
    )["DBEngineVersions"]
    instances = rds.describe_db_instances(Filters=[{"Name": "db-cluster-id", "Values": [cluster]}])[
        "DBInstances"
    ]
    return RunningCluster(
        version=version,
        upgrade_targets=tuple(
            target["EngineVersion"]
            for each in described
            for target in each.get("ValidUpgradeTarget", [])
            if _PLAIN.fullmatch(target["EngineVersion"])
        ),
        classes=tuple({instance["DBInstanceClass"]: None for instance in instances}),
        instance_count=len(instances),
    )
