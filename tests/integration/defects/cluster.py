"""Defects of the cluster."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from facts import outputs
from ferry.check.deployment import cluster as checks
from tests.integration.defects.planting import another_key, defect, outputs_changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.deployment.deployed import Deployed


@contextmanager
def _modified(deployed: Deployed, wrong: dict[str, Any], right: dict[str, Any]) -> Iterator[None]:
    """Modify the cluster, and back."""
    cluster_id = deployed.outputs[outputs.CLUSTER_ID]
    modify = deployed.rds.modify_db_cluster
    modify(DBClusterIdentifier=cluster_id, ApplyImmediately=True, **wrong)
    yield
    modify(DBClusterIdentifier=cluster_id, ApplyImmediately=True, **right)


@contextmanager
def _setting(deployed: Deployed, name: str, wrong: object) -> Iterator[None]:
    """Modify one setting of the cluster that goes by the same name when it is read."""
    right = dict(checks.find_cluster(deployed))[name]
    with _modified(deployed, {name: wrong}, {name: right}):
        yield


@defect(checks.check_cluster_is_available)
def stopped_cluster(deployed: Deployed) -> Iterator[None]:
    cluster_id = deployed.outputs[outputs.CLUSTER_ID]
    deployed.rds.stop_db_cluster(DBClusterIdentifier=cluster_id)
    yield
    deployed.rds.start_db_cluster(DBClusterIdentifier=cluster_id)


@defect(checks.check_cluster_engine)
def other_storage_type(deployed: Deployed) -> Iterator[None]:
    with _modified(deployed, {"StorageType": "aurora-iopt1"}, {"StorageType": "aurora"}):
        yield


@defect(checks.check_cluster_database_and_master_user)
def output_of_another_database(deployed: Deployed) -> Iterator[None]:
    with outputs_changed(deployed, **{outputs.DATABASE_NAME: "other"}):
        yield


@defect(checks.check_cluster_endpoints)
def other_port(deployed: Deployed) -> Iterator[None]:
    with _setting(deployed, "Port", 5433):
        yield


@defect(checks.check_cluster_is_encrypted_with_the_environments_key)
def cluster_of_another_key(deployed: Deployed) -> Iterator[None]:
    # A cluster's key cannot be changed; that of the environment can be said to be another.
    with (
        another_key(deployed) as key_arn,
        outputs_changed(deployed, **{outputs.KMS_KEY_ARN: key_arn}),
    ):
        yield


@defect(checks.check_cluster_takes_iam_authentication)
def no_iam_authentication(deployed: Deployed) -> Iterator[None]:
    with _modified(
        deployed,
        {"EnableIAMDatabaseAuthentication": False},
        {"EnableIAMDatabaseAuthentication": True},
    ):
        yield


@defect(checks.check_cluster_deletion_protection)
def other_deletion_protection(deployed: Deployed) -> Iterator[None]:
    wrong = not deployed.environment.protection.deletion_protection
    with _setting(deployed, "DeletionProtection", wrong):
        yield


@defect(checks.check_cluster_exports_its_log)
def log_not_exported(deployed: Deployed) -> Iterator[None]:
    with _modified(
        deployed,
        {"CloudwatchLogsExportConfiguration": {"DisableLogTypes": ["postgresql"]}},
        {"CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["postgresql"]}},
    ):
        yield


@defect(checks.check_cluster_backups)
def backups_kept_longer(deployed: Deployed) -> Iterator[None]:
    wrong = deployed.environment.aurora.backup_retention_days + 1
    with _setting(deployed, "BackupRetentionPeriod", wrong):
        yield


@defect(checks.check_cluster_maintenance_window)
def other_maintenance_window_of_the_cluster(deployed: Deployed) -> Iterator[None]:
    with _setting(deployed, "PreferredMaintenanceWindow", "tue:10:00-tue:11:00"):
        yield


@defect(checks.check_cluster_insights)
def insights_kept_longer(deployed: Deployed) -> Iterator[None]:
    with _setting(deployed, "PerformanceInsightsRetentionPeriod", 731):
        yield


@defect(checks.check_cluster_security_group)
def cluster_with_the_clients_group(deployed: Deployed) -> Iterator[None]:
    with _modified(
        deployed,
        {"VpcSecurityGroupIds": [deployed.outputs[outputs.CLIENTS_SECURITY_GROUP_ID]]},
        {"VpcSecurityGroupIds": [deployed.outputs[outputs.AURORA_SECURITY_GROUP_ID]]},
    ):
        yield


@defect(checks.check_cluster_subnet_group)
def cluster_in_fewer_subnets(deployed: Deployed) -> Iterator[None]:
    subnets = deployed.outputs[outputs.AURORA_SUBNET_IDS]
    name = checks.find_cluster(deployed).get("DBSubnetGroup", "")
    modify = deployed.rds.modify_db_subnet_group
    modify(DBSubnetGroupName=name, SubnetIds=subnets[:2])
    yield
    modify(DBSubnetGroupName=name, SubnetIds=subnets)
