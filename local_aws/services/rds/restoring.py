"""Clusters that are made from what is left of another: a snapshot, or a point in time.

No data is in any of them. What a restored cluster takes over follows
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterFromSnapshot.html and
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterToPointInTime.html
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import RDSBackend

_LEFT_TO_ASK = ("snapshot_identifier", "source_db_cluster_identifier", "restore_type",
                "restore_to_time", "use_latest_restorable_time")  # fmt: skip


class RestoringBackend(RDSBackend):  # type: ignore[misc]  # moto is untyped here
    """Snapshots by name or ARN, and what is made of them; moto's restore fails on its own names."""

    def describe_db_cluster_snapshots(
        self,
        db_cluster_identifier: str | None,
        db_snapshot_identifier: str | None,
        snapshot_type: str | None = None,
        filters: Any = None,  # noqa: ANN401 - moto's own type
    ) -> Any:  # noqa: ANN401 - moto's own type
        """DescribeDBClusterSnapshots, which takes a snapshot's ARN for its name."""
        name = (db_snapshot_identifier or "").partition(":cluster-snapshot:")[2]
        return super().describe_db_cluster_snapshots(
            db_cluster_identifier, name or db_snapshot_identifier, snapshot_type, filters
        )

    def restore_db_cluster_from_snapshot(
        self,
        from_snapshot_id: str,
        overrides: Any,  # noqa: ANN401 - moto's own type
    ) -> Any:  # noqa: ANN401 - moto's own type
        """RestoreDBClusterFromSnapshot."""
        [snapshot] = self.describe_db_cluster_snapshots(None, from_snapshot_id)
        return self.create_db_cluster(_restored(snapshot.cluster, overrides))

    def restore_db_cluster_to_point_in_time(
        self,
        db_cluster_identifier: str,
        source_db_cluster_identifier: str,
        restore_type: str = "full-copy",
        restore_to_time: Any = None,  # noqa: ANN401 - moto's own type
        use_latest_restorable_time: bool = False,  # noqa: FBT001, FBT002 - moto's own signature
        **overrides: Any,  # noqa: ANN401 - moto's own type
    ) -> Any:  # noqa: ANN401 - moto's own type
        """RestoreDBClusterToPointInTime, to whatever point: it is as it is now."""
        del restore_type, restore_to_time, use_latest_restorable_time
        name = source_db_cluster_identifier.rpartition(":")[2]
        [source] = self.describe_db_clusters(db_cluster_identifier=name)
        given = overrides | {"db_cluster_identifier": db_cluster_identifier}
        return self.create_db_cluster(_restored(source, given))


def _restored(source: Any, given: Any) -> dict[str, Any]:  # noqa: ANN401 - moto's own types
    """What a cluster is made with: what was asked for, and of the other what nobody can ask for."""
    asked_for = {
        name: value
        for name, value in given.items()
        if name not in _LEFT_TO_ASK and value is not None
    }
    encrypted = source.storage_encrypted or "kms_key_id" in asked_for
    return {
        "engine_version": source.engine_version,
        "port": source.port,
        "kms_key_id": source.kms_key_id,
        "db_subnet_group_name": source.db_subnet_group_name,
        "backup_retention_period": source.backup_retention_period,
        **asked_for,
        "engine": source.engine,
        "master_username": source.master_username,
        "master_user_password": source.master_user_password,
        "database_name": source.database_name,
        "storage_encrypted": encrypted,
    }
