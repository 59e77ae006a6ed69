"""The Aurora cluster and its instances."""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

from typing import Final

from ferry.review.rules.combined.aurora import cluster_goes, instance_goes
from ferry.review.rules.conditions import (
    always,
    at_a_reader,
    at_a_writer,
    becomes,
    loses_items,
    lowered,
    major_version_goes_up,
    minor_version_goes_up,
    removed,
    turned_off,
    turned_on,
    unexamined,
    version_goes_down,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.row import (
    CREATED,
    DESTROYED,
    HOWEVER_MADE,
    Harmless,
    Judged,
    Replaces,
    Row,
    Rule,
)
from ferry.review.rules.timing import Timing

_CLUSTER: Final = "aws_rds_cluster"
_INSTANCE: Final = "aws_rds_cluster_instance"

_GUIDE: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide"
_MODIFYING: Final = f"{_GUIDE}/Aurora.Modifying.html"
_BACKUPS: Final = f"{_GUIDE}/Aurora.Managing.Backups.html"
_DELETING: Final = f"{_GUIDE}/USER_DeleteCluster.html"
_MAINTENANCE: Final = f"{_GUIDE}/USER_UpgradeDBInstance.Maintenance.html"
_MINOR: Final = f"{_GUIDE}/USER_UpgradeDBInstance.PostgreSQL.MinorUpgrade.html"
_MAJOR: Final = f"{_GUIDE}/USER_UpgradeDBInstance.PostgreSQL.MajorVersion.html"
_STORAGE: Final = f"{_GUIDE}/aurora-storage-type.html"
_LIFECYCLE: Final = f"{_GUIDE}/extended-support.html"
_INSIGHTS: Final = f"{_GUIDE}/USER_PerfInsights.Enabling.html"
_IAM: Final = f"{_GUIDE}/UsingWithRDS.IAMDBAuth.html"
_GROUPS: Final = f"{_GUIDE}/USER_WorkingWithParamGroups.html"
_CERTIFICATES: Final = f"{_GUIDE}/UsingWithRDS.SSL-certificate-rotation.html"
_REACH: Final = f"{_GUIDE}/USER_VPC.WorkingWithRDSInstanceinaVPC.html"
_LOGS: Final = f"{_GUIDE}/AuroraPostgreSQL.CloudWatch.html"

_FAILOVER: Final = "about a minute with a reader to fail over to, about ten without"
_UPGRADE: Final = "seconds to a few minutes on each instance"
_MAJOR_UPGRADE: Final = "twenty minutes to hours; try it on a clone"

CLUSTER: Final[tuple[Row, ...]] = (
    Harmless(_CLUSTER, (CREATED,), "A new cluster takes nothing from what is there.", when=unexamined),
    Judged(_CLUSTER, (DESTROYED,), by=cluster_goes),
    Replaces(_CLUSTER, ("availability_zones", "cluster_identifier", "cluster_identifier_prefix",
             "cluster_scalability_type", "database_name", "db_subnet_group_name", "engine",
             "engine_mode", "kms_key_id", "master_username", "restore_to_point_in_time",
             "snapshot_identifier", "source_region", "storage_encrypted")),
    # Versions
    Rule(_CLUSTER, "engine_version", version_goes_down, Danger.REFUSED,
         "Aurora cannot go back from {before} to {after}; RDS refuses it.",
         remedy="Restore a snapshot of that version into another cluster, or state the version "
         "that runs.", source=_MINOR),
    Rule(_CLUSTER, "engine_version", major_version_goes_up, Danger.OUTAGE,
         "A major upgrade from {before} to {after}: the writer and all readers stop.",
         timing=Timing.AS_SET, lasts=_MAJOR_UPGRADE, source=_MAJOR,
         remedy="Take a snapshot; stop the DMS tasks and drop the replication slots first: RDS "
         "refuses to upgrade over them."),
    Rule(_CLUSTER, "engine_version", major_version_goes_up, Danger.IRREVERSIBLE,
         "There is no way back from {after} to {before} but a snapshot.", source=_MAJOR),
    Rule(_CLUSTER, "engine_version", minor_version_goes_up, Danger.OUTAGE,
         "A minor upgrade from {before} to {after} restarts the writer and the readers.",
         timing=Timing.AS_SET, lasts=_UPGRADE, source=_MINOR),
    Harmless(_CLUSTER, ("allow_major_version_upgrade", "db_instance_parameter_group_name"),
             "It permits a major upgrade and says with which group; the upgrade itself is judged.", when=unexamined),
    Rule(_CLUSTER, "engine_lifecycle_support", always, Danger.REFUSED,
         "RDS takes it when a cluster is made or restored, never later: {before} stays.",
         source=_LIFECYCLE),
    # What restarts
    Rule(_CLUSTER, "port", always, Danger.OUTAGE,
         "All instances restart and listen at {after}, no longer at {before}: clients and DMS must "
         "follow.", timing=Timing.NOW, lasts=_UPGRADE, source=_MODIFYING),
    Rule(_CLUSTER, "db_cluster_parameter_group_name", always, Danger.INTERRUPTION,
         "The parameters of {after} are in force only after a restart of all instances.",
         timing=Timing.RESTART, lasts=_UPGRADE, source=_GROUPS),
    Rule(_CLUSTER, "storage_type", always, Danger.INTERRUPTION,
         "Storage is billed in another way ({before} to {after}), and cannot be changed to "
         "I/O-Optimized again for 30 days.", timing=Timing.AS_SET,
         lasts="no outage, but for instances of NVMe classes, which restart", source=_STORAGE),
    Rule(_CLUSTER, "apply_immediately", turned_on, Danger.INTERRUPTION,
         "All that waits for the maintenance window is done with the next change, restarts "
         "included; a plan does not show what waits.", timing=Timing.NOW, lasts="not known",
         remedy="See what waits: aws rds describe-pending-maintenance-actions and "
         "PendingModifiedValues.", source=_MODIFYING),
    Harmless(_CLUSTER, ("apply_immediately",), "Changes wait for the maintenance window.", when=unexamined),
    Rule(_CLUSTER, "preferred_maintenance_window", always, Danger.INTERRUPTION,
         "What waits for the window is done in {after}; a window that has begun is begun at once.",
         timing=Timing.NOW, lasts="not known", source=_MAINTENANCE),
    # Data
    Rule(_CLUSTER, "deletion_protection", turned_off, Danger.PROTECTION_LOSS,
         "RDS will no longer refuse to delete the cluster.", timing=Timing.NOW, source=_DELETING),
    Harmless(_CLUSTER, ("deletion_protection",), "RDS refuses to delete the cluster.", when=unexamined),
    Rule(_CLUSTER, "skip_final_snapshot", turned_on, Danger.PROTECTION_LOSS,
         "No snapshot will be taken when the cluster is deleted.", source=_DELETING),
    Harmless(_CLUSTER, ("skip_final_snapshot",), "A snapshot is taken when it is deleted.", when=unexamined),
    Rule(_CLUSTER, "final_snapshot_identifier", removed, Danger.PROTECTION_LOSS,
         "The snapshot at deletion has no name any more.", source=_DELETING),
    Harmless(_CLUSTER, ("final_snapshot_identifier",),
             "It names a snapshot that is not taken yet.", when=unexamined),
    Rule(_CLUSTER, "backup_retention_period", lowered, Danger.PROTECTION_LOSS,
         "The backups that are older than {after} days go, where {before} days were kept.",
         timing=Timing.NOW, source=_BACKUPS),
    Harmless(_CLUSTER, ("backup_retention_period",), "Backups are kept for longer.", when=unexamined),
    Rule(_CLUSTER, "delete_automated_backups", turned_on, Danger.PROTECTION_LOSS,
         "The automated backups will go with the cluster.", source=_BACKUPS),
    Harmless(_CLUSTER, ("delete_automated_backups",), "Backups outlive the cluster.", when=unexamined),
    Harmless(_CLUSTER, ("preferred_backup_window", "copy_tags_to_snapshot"),
             "Aurora backs up without load on the instances, whenever it is.", when=unexamined),
    # Who gets in
    Harmless(_CLUSTER, ("master_password_wo", "master_password_wo_version", "master_password"),
             "A new password is set; connections that are open stay, and DMS's secret follows.", when=unexamined),
    Rule(_CLUSTER, "manage_master_user_password", always, Danger.REPLICATION_STOP,
         "RDS keeps the password in a secret of its own: DMS's secret no longer holds it.",
         source=f"{_GUIDE}/rds-secrets-manager.html"),
    Rule(_CLUSTER, "iam_database_authentication_enabled", turned_off, Danger.INTERRUPTION,
         "Clients that sign in with IAM tokens are refused.", timing=Timing.NOW, lasts="for good",
         source=_IAM),
    Harmless(_CLUSTER, ("iam_database_authentication_enabled",),
             "One more way to sign in, which each database user must be granted.", when=unexamined),
    Rule(_CLUSTER, "vpc_security_group_ids", always, Danger.WIDER_ACCESS,
         "Other security groups say who reaches the cluster: {after} in place of {before}.",
         timing=Timing.NOW, source=_REACH),
    Rule(_CLUSTER, "iam_roles", always, Danger.WIDER_ACCESS,
         "The cluster may act in other roles: {after} in place of {before}.", source=_MODIFYING),
    Rule(_CLUSTER, "enable_http_endpoint", turned_on, Danger.WIDER_ACCESS,
         "The Data API reaches the cluster from outside of the VPC.", source=_MODIFYING),
    Harmless(_CLUSTER, ("enable_http_endpoint",), "The Data API is closed.", when=unexamined),
    # What is watched
    Rule(_CLUSTER, "enabled_cloudwatch_logs_exports", loses_items, Danger.UNWATCHED,
         "PostgreSQL's log no longer goes to CloudWatch.", timing=Timing.NOW, source=_LOGS),
    Harmless(_CLUSTER, ("enabled_cloudwatch_logs_exports",), "More logs go to CloudWatch.", when=unexamined),
    Rule(_CLUSTER, "performance_insights_enabled", turned_off, Danger.UNWATCHED,
         "Performance Insights is off, and what it has kept is lost.", source=_INSIGHTS),
    Rule(_CLUSTER, "performance_insights_kms_key_id", always, Danger.REFUSED,
         "The key of Performance Insights cannot be changed once it is on.", source=_INSIGHTS),
    Harmless(_CLUSTER, ("performance_insights_enabled", "performance_insights_retention_period",
             "database_insights_mode", "monitoring_interval", "monitoring_role_arn"),
             "What is measured; nothing restarts.", when=unexamined),
    Harmless(_CLUSTER, ("allocated_storage", "arn", "ca_certificate_identifier",
             "ca_certificate_valid_till", "cluster_members", "cluster_resource_id", "endpoint",
             "master_user_secret_kms_key_id", "engine_version_actual", "hosted_zone_id",
             "master_user_secret", "network_type", "reader_endpoint", "db_system_id"),
             "RDS reports it; nothing is sent.", when=unexamined),
)

INSTANCE: Final[tuple[Row, ...]] = (
    Harmless(_INSTANCE, (CREATED,), "A new instance joins as a reader.", when=unexamined),
    Judged(_INSTANCE, (DESTROYED,), by=instance_goes),
    Replaces(_INSTANCE, ("availability_zone", "cluster_identifier", "custom_iam_instance_profile",
             "db_subnet_group_name", "engine", "identifier", "identifier_prefix")),
    Rule(_INSTANCE, "instance_class", at_a_writer, Danger.OUTAGE,
         "The writer, or what may be the writer, is stopped and started as {after}, no longer {before}.",
         timing=Timing.AS_SET, lasts=_FAILOVER, source=_MODIFYING,
         remedy="Change the readers first and fail over to one of them by hand."),
    Rule(_INSTANCE, "instance_class", at_a_reader, Danger.INTERRUPTION,
         "A reader is stopped and started as {after}, no longer {before}; all readers of one plan "
         "at the same time.", timing=Timing.AS_SET, lasts="about ten minutes", source=_MODIFYING),
    Rule(_INSTANCE, "engine_version", always, Danger.OUTAGE,
         "The instance is upgraded from {before} to {after} and restarts.", timing=Timing.AS_SET,
         lasts=_UPGRADE, source=_MINOR),
    Rule(_INSTANCE, "ca_cert_identifier", always, Danger.OUTAGE,
         "The certificate is signed by {after}; clients must trust it. Versions that cannot take "
         "it up without a restart restart.", timing=Timing.AS_SET, lasts=_UPGRADE,
         source=_CERTIFICATES),
    Rule(_INSTANCE, "db_parameter_group_name", always, Danger.INTERRUPTION,
         "The parameters of {after} are in force only after a restart of the instance.",
         timing=Timing.RESTART, lasts=_UPGRADE, source=_GROUPS),
    Rule(_INSTANCE, "apply_immediately", turned_on, Danger.INTERRUPTION,
         "All that waits for the maintenance window is done at once, restarts included; a plan "
         "does not show what waits.", timing=Timing.NOW, lasts="not known",
         remedy="See what waits: PendingModifiedValues of aws rds describe-db-instances.",
         source=_MODIFYING),
    Harmless(_INSTANCE, ("apply_immediately",), "Changes wait for the maintenance window.", when=unexamined),
    Rule(_INSTANCE, "preferred_maintenance_window", always, Danger.INTERRUPTION,
         "What waits for the window is done in {after}; a window that has begun is begun at once.",
         timing=Timing.NOW, lasts="not known", source=_MAINTENANCE),
    Rule(_INSTANCE, "publicly_accessible", turned_on, Danger.PUBLIC_REACH,
         "The instance gets a public address.", on=HOWEVER_MADE, source=_REACH),
    Harmless(_INSTANCE, ("publicly_accessible",), "The instance has no public address.", when=unexamined),
    Rule(_INSTANCE, "auto_minor_version_upgrade", turned_on, Danger.INTERRUPTION,
         "AWS upgrades the instance in its window, behind Terraform's back; the next plan asks for "
         "a downgrade, which RDS refuses.", on=HOWEVER_MADE, source=_MINOR),
    Harmless(_INSTANCE, ("auto_minor_version_upgrade",), "The version changes only in a plan.", when=unexamined),
    Rule(_INSTANCE, "monitoring_interval", becomes(0), Danger.UNWATCHED,
         "Enhanced monitoring is off.", source=f"{_GUIDE}/USER_Monitoring.OS.html"),
    Rule(_INSTANCE, "performance_insights_enabled", turned_off, Danger.UNWATCHED,
         "Performance Insights is off, and what it has kept is lost.", source=_INSIGHTS),
    Rule(_INSTANCE, "performance_insights_kms_key_id", always, Danger.REFUSED,
         "The key of Performance Insights cannot be changed once it is on.", source=_INSIGHTS),
    Harmless(_INSTANCE, ("monitoring_interval", "monitoring_role_arn",
             "performance_insights_enabled", "performance_insights_retention_period"),
             "What is measured; nothing restarts.", when=unexamined),
    Harmless(_INSTANCE, ("promotion_tier", "copy_tags_to_snapshot", "preferred_backup_window",
             "force_destroy"),
             "It says what happens some day: at a failover, a backup, a deletion.", when=unexamined),
    Harmless(_INSTANCE, ("arn", "dbi_resource_id", "endpoint", "engine_version_actual",
             "kms_key_id", "network_type", "port", "storage_encrypted", "writer"),
             "RDS reports it; nothing is sent.", when=unexamined),
)

ROWS: Final[tuple[Row, ...]] = (*CLUSTER, *INSTANCE)
