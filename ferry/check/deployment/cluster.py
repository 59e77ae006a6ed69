"""The Aurora cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment.expect import equal, only, same_items

if TYPE_CHECKING:
    from types_boto3_rds.type_defs import DBClusterTypeDef

    from ferry.check.deployment.deployed import Deployed


def find_cluster(deployed: Deployed) -> DBClusterTypeDef:
    """The cluster that the outputs name."""
    identifier = deployed.outputs[outputs.CLUSTER_ID]
    found = deployed.rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"]
    return only(f"clusters {identifier}", found)


def check_cluster_is_available(deployed: Deployed) -> None:
    cluster = find_cluster(deployed)
    equal("the cluster's status", cluster.get("Status"), "available")
    equal("the cluster's ARN", cluster.get("DBClusterArn"), deployed.outputs[outputs.CLUSTER_ARN])


def check_cluster_engine(deployed: Deployed) -> None:
    aurora, cluster = deployed.environment.aurora, find_cluster(deployed)
    equal("the engine", cluster.get("Engine"), "aurora-postgresql")
    equal("the engine's version", cluster.get("EngineVersion"), aurora.engine_version)
    equal("the engine's mode", cluster.get("EngineMode"), "provisioned")
    equal(
        "the engine's lifecycle support",
        cluster.get("EngineLifecycleSupport"),
        aurora.engine_lifecycle_support,
    )
    storage_type = cluster.get("StorageType") or "aurora"
    equal("the storage type", storage_type, aurora.storage_type)


def check_cluster_database_and_master_user(deployed: Deployed) -> None:
    aurora, cluster = deployed.environment.aurora, find_cluster(deployed)
    equal("the database", cluster.get("DatabaseName"), aurora.database_name)
    equal("the output of it", deployed.outputs[outputs.DATABASE_NAME], aurora.database_name)
    equal("the master user", cluster.get("MasterUsername"), aurora.master_username)


def check_cluster_endpoints(deployed: Deployed) -> None:
    cluster, found = find_cluster(deployed), deployed.outputs
    equal("the endpoint", cluster.get("Endpoint"), found[outputs.CLUSTER_ENDPOINT])
    equal("the reader endpoint", cluster.get("ReaderEndpoint"), found[outputs.READER_ENDPOINT])
    equal("the port", cluster.get("Port"), deployed.environment.aurora.port)
    equal("the output of it", found[outputs.CLUSTER_PORT], deployed.environment.aurora.port)


def check_cluster_is_encrypted_with_the_environments_key(deployed: Deployed) -> None:
    cluster = find_cluster(deployed)
    equal("the storage's encryption", cluster.get("StorageEncrypted"), wanted=True)
    equal("the storage's key", cluster.get("KmsKeyId"), deployed.outputs[outputs.KMS_KEY_ARN])


def check_cluster_takes_iam_authentication(deployed: Deployed) -> None:
    enabled = find_cluster(deployed).get("IAMDatabaseAuthenticationEnabled")
    equal("IAM authentication", enabled, wanted=True)


def check_cluster_deletion_protection(deployed: Deployed) -> None:
    protection = deployed.environment.protection
    protected = find_cluster(deployed).get("DeletionProtection")
    equal("deletion protection", protected, protection.deletion_protection)


def check_cluster_exports_its_log(deployed: Deployed) -> None:
    exports = find_cluster(deployed).get("EnabledCloudwatchLogsExports", [])
    same_items("exported logs", exports, ["postgresql"])


def check_cluster_backups(deployed: Deployed) -> None:
    aurora, cluster = deployed.environment.aurora, find_cluster(deployed)
    days = cluster.get("BackupRetentionPeriod")
    equal("the backups' retention in days", days, aurora.backup_retention_days)
    equal("the backup window", cluster.get("PreferredBackupWindow"), aurora.backup_window)
    equal("tags copied to snapshots", cluster.get("CopyTagsToSnapshot"), wanted=True)


def check_cluster_maintenance_window(deployed: Deployed) -> None:
    window = find_cluster(deployed).get("PreferredMaintenanceWindow")
    equal("the maintenance window", window, deployed.environment.aurora.maintenance_window)


def check_cluster_insights(deployed: Deployed) -> None:
    aurora, cluster = deployed.environment.aurora, find_cluster(deployed)
    equal("Performance Insights", cluster.get("PerformanceInsightsEnabled"), wanted=True)
    equal(
        "Performance Insights' retention in days",
        cluster.get("PerformanceInsightsRetentionPeriod"),
        aurora.performance_insights_retention_days,
    )
    equal(
        "Performance Insights' key",
        cluster.get("PerformanceInsightsKMSKeyId"),
        deployed.outputs[outputs.KMS_KEY_ARN],
    )
    equal(
        "Database Insights' mode",
        cluster.get("DatabaseInsightsMode"),
        aurora.database_insights_mode,
    )


def check_cluster_security_group(deployed: Deployed) -> None:
    groups = find_cluster(deployed).get("VpcSecurityGroups", [])
    same_items(
        "the cluster's security groups",
        [group.get("VpcSecurityGroupId") for group in groups],
        [deployed.outputs[outputs.AURORA_SECURITY_GROUP_ID]],
    )


def check_cluster_subnet_group(deployed: Deployed) -> None:
    name = find_cluster(deployed).get("DBSubnetGroup", "")
    group = only(
        f"subnet groups {name}",
        deployed.rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"],
    )
    equal("the subnet group's VPC", group.get("VpcId"), deployed.outputs[outputs.VPC_ID])
    same_items(
        "the subnet group's subnets",
        [subnet.get("SubnetIdentifier") for subnet in group.get("Subnets", [])],
        deployed.outputs[outputs.AURORA_SUBNET_IDS],
    )
