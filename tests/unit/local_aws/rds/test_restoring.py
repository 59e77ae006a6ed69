"""Clusters made from a snapshot, or from another as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.local_aws.aws import Aws, refused

if TYPE_CHECKING:
    from tests.unit.local_aws.rds.conftest import Clusters

KEY = "arn:aws:kms:eu-central-1:1:key/k"


def make_snapshot(aws: Aws, clusters: Clusters) -> str:
    clusters.make("old", EngineVersion="15.10", DatabaseName="app", Port=5433)
    arn: str = aws.rds.create_db_cluster_snapshot(
        DBClusterIdentifier="old", DBClusterSnapshotIdentifier="before"
    )["DBClusterSnapshot"]["DBClusterSnapshotArn"]
    return arn


def test_a_snapshot_is_found_by_name_and_by_arn(aws: Aws, clusters: Clusters) -> None:
    arn = make_snapshot(aws, clusters)
    for identifier in ("before", arn):
        [found] = aws.rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=identifier)[
            "DBClusterSnapshots"
        ]
        assert (found["MasterUsername"], found["EngineVersion"]) == ("ferry", "15.10")
    with refused("DBClusterSnapshotNotFoundFault"):
        aws.rds.describe_db_cluster_snapshots(
            DBClusterSnapshotIdentifier=arn.replace("before", "after")
        )


@pytest.mark.parametrize("by_arn", [False, True])
def test_a_restored_cluster_has_the_snapshots_user_and_database(
    aws: Aws, clusters: Clusters, *, by_arn: bool
) -> None:
    arn = make_snapshot(aws, clusters)
    aws.rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier="new",
        SnapshotIdentifier=arn if by_arn else "before",
        Engine="aurora-postgresql",
        EngineVersion="15.12",
        KmsKeyId=KEY,
    )
    found = clusters.read("new")
    assert (found["MasterUsername"], found["DatabaseName"], found["Port"]) == ("ferry", "app", 5433)
    assert (found["StorageEncrypted"], found["KmsKeyId"]) == (True, KEY)
    assert found["EngineVersion"] == "15.12"
    assert found["HttpEndpointEnabled"] is False
    assert found["PerformanceInsightsEnabled"] is False


def test_without_a_key_it_is_encrypted_as_the_snapshot_is(aws: Aws, clusters: Clusters) -> None:
    make_snapshot(aws, clusters)
    aws.rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier="new", SnapshotIdentifier="before", Engine="aurora-postgresql"
    )
    assert clusters.read("new")["StorageEncrypted"] is False


def test_a_cluster_is_restored_to_a_point_in_time(aws: Aws, clusters: Clusters) -> None:
    clusters.make("old", DatabaseName="app", StorageEncrypted=True, KmsKeyId=KEY)
    aws.rds.restore_db_cluster_to_point_in_time(
        DBClusterIdentifier="new",
        SourceDBClusterIdentifier="old",
        UseLatestRestorableTime=True,
    )
    found = clusters.read("new")
    assert (found["MasterUsername"], found["DatabaseName"]) == ("ferry", "app")
    assert found["KmsKeyId"] == KEY


def test_nothing_waits_for_maintenance(aws: Aws) -> None:
    assert aws.rds.describe_pending_maintenance_actions()["PendingMaintenanceActions"] == []
