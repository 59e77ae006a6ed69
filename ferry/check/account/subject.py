"""What is checked: an environment, its account, and what runs there already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from facts.aurora import ENGINE
from ferry.account import found_or_none

if TYPE_CHECKING:
    from datetime import date

    from ferry.account import Account
    from settings.environment import Environment

PLAIN_VERSION: Final = re.compile(r"\d+\.\d+")
"""A version of Aurora PostgreSQL proper; `16.4-limitless` is another product."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningCluster:
    """The environment's cluster, where it is there already.

    Args:
        version: What it runs.
        upgrade_targets: The versions that RDS upgrades it to.
        classes: The classes of its instances.
        instance_count: How many instances it has.
    """

    version: str
    upgrade_targets: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    instance_count: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningInstance:
    """The environment's replication instance, where it is there already.

    Args:
        version: What it runs.
        instance_class: Its class.
    """

    version: str
    instance_class: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An environment in its account.

    Args:
        environment: The environment.
        account: Its account.
        today: The date by which ends are judged.
        deployer_arn: The user or role that deploys; whoever is signed in where it is None.
    """

    environment: Environment
    account: Account
    today: date
    deployer_arn: str | None = None

    @cached_property
    def cluster(self) -> RunningCluster | None:
        """The environment's cluster; None where there is none. Asks RDS, once."""
        rds, cluster = self.account.rds, self.environment.names.cluster
        found = found_or_none(
            lambda: rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"],
            "DBClusterNotFoundFault",
        )
        if not found:
            return None
        version = found[0]["EngineVersion"]
        described = rds.describe_db_engine_versions(
            Engine=ENGINE, EngineVersion=version, IncludeAll=True
        )["DBEngineVersions"]
        instances = rds.describe_db_instances(
            Filters=[{"Name": "db-cluster-id", "Values": [cluster]}]
        )["DBInstances"]
        return RunningCluster(
            version=version,
            upgrade_targets=tuple(
                target["EngineVersion"]
                for each in described
                for target in each.get("ValidUpgradeTarget", [])
                if PLAIN_VERSION.fullmatch(target["EngineVersion"])
            ),
            classes=tuple({instance["DBInstanceClass"]: None for instance in instances}),
            instance_count=len(instances),
        )

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """The region's zones that take subnets, without Local Zones, sorted. Asks EC2, once."""
        described = self.account.ec2.describe_availability_zones(
            Filters=[
                {"Name": "zone-type", "Values": ["availability-zone"]},
                {"Name": "state", "Values": ["available"]},
            ]
        )["AvailabilityZones"]
        return tuple(sorted(zone["ZoneName"] for zone in described))

    @cached_property
    def replication_instance(self) -> RunningInstance | None:
        """The environment's replication instance; None where there is none. Asks DMS, once."""
        dms, instance = self.account.dms, self.environment.names.replication_instance
        found = found_or_none(
            lambda: dms.describe_replication_instances(
                Filters=[{"Name": "replication-instance-id", "Values": [instance]}]
            )["ReplicationInstances"],
            "ResourceNotFoundFault",
        )
        if not found:
            return None
        return RunningInstance(
            version=found[0]["EngineVersion"],
            instance_class=found[0]["ReplicationInstanceClass"],
        )
