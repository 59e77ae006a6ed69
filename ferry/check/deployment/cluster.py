"""The Aurora cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from facts.aurora import ENGINE
from ferry.check.deployment import statuses
from ferry.check.deployment.expect import as_wanted, only

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect


def check_cluster_is_available(deployed: Deployed, expect: Expect) -> None:
    """The cluster is available."""
    cluster, arn = deployed.cluster, deployed.outputs[outputs.CLUSTER_ARN]
    name = f"The cluster {cluster.get('DBClusterIdentifier')}"
    expect.status(name, cluster.get("Status"), statuses.CLUSTER)
    expect.equal("The cluster's ARN", cluster.get("DBClusterArn"), arn)


def check_cluster_engine(deployed: Deployed, expect: Expect) -> None:
    """The cluster's engine, version, storage and capacities are the file's.

    During an upgrade the cluster keeps its version until the end, and the new one is pending.
    """
    aurora, cluster = deployed.environment.aurora, deployed.cluster
    pending = cluster.get("PendingModifiedValues", {})
    expect.equal("The cluster's engine", cluster.get("Engine"), ENGINE)
    expect.equal(
        "The cluster's version",
        as_wanted(cluster.get("EngineVersion"), aurora.engine_version),
        aurora.engine_version,
        pending=as_wanted(pending.get("EngineVersion"), aurora.engine_version),
    )
    expect.equal("The cluster's mode", cluster.get("EngineMode"), "provisioned")
    expect.equal(
        "The cluster's lifecycle support",
        cluster.get("EngineLifecycleSupport"),
        aurora.engine_lifecycle_support,
    )
    expect.equal(
        "The cluster's storage type",
        cluster.get("StorageType") or "aurora",
        aurora.storage_type,
        pending=pending.get("StorageType"),
    )
    if aurora.serverless is not None:
        found = cluster.get("ServerlessV2ScalingConfiguration", {})
        expect.equal(
            "The cluster's capacities in ACU",
            (found.get("MinCapacity"), found.get("MaxCapacity")),
            (aurora.serverless.min_acu, aurora.serverless.max_acu),
        )


def check_cluster_database_and_master_user(deployed: Deployed, expect: Expect) -> None:
    """The cluster's database and master user are the file's."""
    aurora, cluster = deployed.environment.aurora, deployed.cluster
    expect.equal("The cluster's database", cluster.get("DatabaseName"), aurora.database_name)
    expect.equal(
        f"The output {outputs.DATABASE_NAME}",
        deployed.outputs[outputs.DATABASE_NAME],
        aurora.database_name,
    )
    user = cluster.get("MasterUsername")
    expect.equal("The cluster's master user", user, aurora.master_username)


def check_cluster_endpoints(deployed: Deployed, expect: Expect) -> None:
    """The cluster's endpoints and port are those that the state says.

    Endpoints stay through a failover. Source:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html
    """
    cluster, found = deployed.cluster, deployed.outputs
    port = deployed.environment.aurora.port
    expect.equal("The cluster's endpoint", cluster.get("Endpoint"), found[outputs.CLUSTER_ENDPOINT])
    expect.equal(
        "The cluster's reader endpoint",
        cluster.get("ReaderEndpoint"),
        found[outputs.READER_ENDPOINT],
    )
    expect.equal("The cluster's port", cluster.get("Port"), port)
    expect.equal(f"The output {outputs.CLUSTER_PORT}", found[outputs.CLUSTER_PORT], port)


def check_cluster_is_encrypted_with_the_environments_key(
    deployed: Deployed, expect: Expect
) -> None:
    """The cluster's storage is encrypted with the environment's key."""
    cluster, key = deployed.cluster, deployed.outputs[outputs.KMS_KEY_ARN]
    expect.equal("The cluster's encryption", cluster.get("StorageEncrypted"), wanted=True)
    expect.equal("The cluster's key", cluster.get("KmsKeyId"), key)


def check_cluster_takes_iam_authentication(deployed: Deployed, expect: Expect) -> None:
    """The cluster takes IAM authentication."""
    cluster = deployed.cluster
    expect.equal(
        "The cluster's IAM authentication",
        cluster.get("IAMDatabaseAuthenticationEnabled"),
        wanted=True,
        pending=cluster.get("PendingModifiedValues", {}).get("IAMDatabaseAuthenticationEnabled"),
    )


def check_cluster_deletion_protection(deployed: Deployed, expect: Expect) -> None:
    """The cluster's deletion protection is the file's."""
    expect.equal(
        "The cluster's deletion protection",
        deployed.cluster.get("DeletionProtection"),
        deployed.environment.protection.deletion_protection,
    )


def check_cluster_exports_its_log(deployed: Deployed, expect: Expect) -> None:
    """The cluster exports PostgreSQL's log."""
    exports = deployed.cluster.get("EnabledCloudwatchLogsExports", [])
    expect.same_items("The cluster's exported logs", exports, ["postgresql"])


def check_cluster_backups(deployed: Deployed, expect: Expect) -> None:
    """The cluster's backups are kept and made as the file says."""
    aurora, cluster = deployed.environment.aurora, deployed.cluster
    expect.equal(
        "The cluster's backup retention in days",
        cluster.get("BackupRetentionPeriod"),
        aurora.backup_retention_days,
        pending=cluster.get("PendingModifiedValues", {}).get("BackupRetentionPeriod"),
    )
    window, copied = cluster.get("PreferredBackupWindow"), cluster.get("CopyTagsToSnapshot")
    expect.equal("The cluster's backup window", window, aurora.backup_window)
    expect.equal("The cluster's tags are copied to snapshots", copied, wanted=True)


def check_cluster_maintenance_window(deployed: Deployed, expect: Expect) -> None:
    """The cluster's maintenance window is the file's."""
    window = deployed.cluster.get("PreferredMaintenanceWindow")
    wanted = deployed.environment.aurora.maintenance_window
    expect.equal("The cluster's maintenance window", window, wanted)


def check_cluster_insights(deployed: Deployed, expect: Expect) -> None:
    """The cluster's Performance Insights and Database Insights are the file's."""
    aurora, cluster = deployed.environment.aurora, deployed.cluster
    what = "The cluster's Performance Insights"
    expect.equal(what, cluster.get("PerformanceInsightsEnabled"), wanted=True)
    expect.equal(
        f"{what}, the retention in days",
        cluster.get("PerformanceInsightsRetentionPeriod"),
        aurora.performance_insights_retention_days,
    )
    expect.equal(
        f"{what}, the key",
        cluster.get("PerformanceInsightsKMSKeyId"),
        deployed.outputs[outputs.KMS_KEY_ARN],
    )
    mode = cluster.get("DatabaseInsightsMode")
    expect.equal("The cluster's Database Insights", mode, aurora.database_insights_mode)


def check_cluster_security_group(deployed: Deployed, expect: Expect) -> None:
    """The cluster is in Aurora's security group alone."""
    groups = deployed.cluster.get("VpcSecurityGroups", [])
    expect.same_items(
        "The cluster's security groups",
        [group.get("VpcSecurityGroupId") for group in groups],
        [deployed.outputs[outputs.AURORA_SECURITY_GROUP_ID]],
    )


def check_cluster_subnet_group(deployed: Deployed, expect: Expect) -> None:
    """The cluster's subnets are Aurora's."""
    name = deployed.cluster.get("DBSubnetGroup", "")
    found = deployed.account.rds.describe_db_subnet_groups(DBSubnetGroupName=name)
    group = only(f"Subnet groups {name}", found["DBSubnetGroups"])
    vpc_id, wanted = (
        deployed.outputs[outputs.VPC_ID],
        deployed.outputs[outputs.AURORA_SUBNET_IDS],
    )
    expect.equal("The cluster's subnet group's VPC", group.get("VpcId"), vpc_id)
    subnets = [subnet.get("SubnetIdentifier") for subnet in group.get("Subnets", [])]
    expect.same_items("The cluster's subnets", subnets, wanted)
