"""RDS resources, from a subnet group to a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws

PASSWORD = "canary-password-1"


@dataclass(kw_only=True)
class Clusters:
    """Makes clusters and instances, and reads them back."""

    aws: Aws
    subnet_group: str

    def make(self, name: str = "ferry", **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the call's
        cluster: dict[str, Any] = self.aws.rds.create_db_cluster(
            **{
                "DBClusterIdentifier": name,
                "Engine": "aurora-postgresql",
                "EngineVersion": "15.8",
                "MasterUsername": "ferry",
                "MasterUserPassword": PASSWORD,
                "DBSubnetGroupName": self.subnet_group,
                **arguments,
            }
        )["DBCluster"]
        return cluster

    def read(self, name: str = "ferry") -> dict[str, Any]:
        [found] = self.aws.rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
        cluster: dict[str, Any] = found
        return cluster

    def modify(self, name: str = "ferry", **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the call's
        """What reads back after a modification."""
        self.aws.rds.modify_db_cluster(DBClusterIdentifier=name, ApplyImmediately=True, **arguments)
        return self.read(name)

    def instance(self, name: str = "ferry-0", **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the call's
        instance: dict[str, Any] = self.aws.rds.create_db_instance(
            **{
                "DBInstanceIdentifier": name,
                "DBClusterIdentifier": "ferry",
                "DBInstanceClass": "db.r6g.large",
                "Engine": "aurora-postgresql",
                **arguments,
            }
        )["DBInstance"]
        return instance

    def read_instance(self, name: str = "ferry-0") -> dict[str, Any]:
        [found] = self.aws.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
        instance: dict[str, Any] = found
        return instance


@pytest.fixture
def subnet_group(aws: Aws) -> str:
    aws.rds.create_db_subnet_group(
        DBSubnetGroupName="private",
        DBSubnetGroupDescription="d",
        SubnetIds=aws.subnet_ids(),
    )
    return "private"


@pytest.fixture
def clusters(aws: Aws, subnet_group: str) -> Clusters:
    return Clusters(aws=aws, subnet_group=subnet_group)
