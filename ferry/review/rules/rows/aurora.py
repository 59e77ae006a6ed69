"""The Aurora cluster and its instances."""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

from typing import Final

from facts.aurora import ENGINE
from facts.instance_classes import AURORA_CLASS
from facts.windows import is_daily, is_weekly
from ferry.review.plan.plan import Action
from ferry.review.rules.combined.aurora import cluster_goes, instance_goes, made_from_a_snapshot
from ferry.review.rules.combined.keys import passwords_change
from ferry.review.rules.combined.serverless import capacity_changes, serverless_instances
from ferry.review.rules.conditions import (
    all_of,
    always,
    any_of,
    at_a_reader,
    at_a_writer,
    becomes,
    becomes_one,
    between,
    changed_once_set,
    goes_down_in,
    holds_only,
    is_boolean,
    is_false,
    left_out,
    loses_items,
    lowered,
    major_version_goes_up,
    matches,
    minor_version_goes_up,
    off,
    on,
    one_of,
    raised,
    raised_from_some,
    refers_to,
    removed,
    stays_unset,
    turned_off,
    turned_on,
    unset,
    version_goes_down,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.row import (
    CREATED,
    DESTROYED,
    HOWEVER_MADE,
    MADE,
    Harmless,
    Judged,
    Replaces,
    Reported,
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
_DATABASE_INSIGHTS: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Database-Insights.html"
)
_MONITORING: Final = f"{_GUIDE}/USER_Monitoring.OS.html"
_FAILING_OVER: Final = f"{_GUIDE}/Concepts.AuroraHighAvailability.html"
_IAM: Final = f"{_GUIDE}/UsingWithRDS.IAMDBAuth.html"
_GROUPS: Final = f"{_GUIDE}/USER_WorkingWithParamGroups.html"
_CERTIFICATES: Final = f"{_GUIDE}/UsingWithRDS.SSL-certificate-rotation.html"
_REACH: Final = f"{_GUIDE}/USER_VPC.WorkingWithRDSInstanceinaVPC.html"
_LOGS: Final = f"{_GUIDE}/AuroraPostgreSQL.CloudWatch.html"

_FAILOVER: Final = "about a minute with a reader to fail over to, about ten without"
_UPGRADE: Final = "seconds to a few minutes on each instance"
_MAJOR_UPGRADE: Final = "twenty minutes to hours; try it on a clone"

_VERSION: Final = matches(r"[0-9]{2}(\.[0-9]{1,2})?")
_DAILY: Final = any_of(becomes_one(lambda it: isinstance(it, str) and is_daily(it)), left_out)
_WEEKLY: Final = any_of(
    becomes_one(lambda it: isinstance(it, str) and is_weekly(it.lower())), left_out
)
_ENGINE: Final = one_of(ENGINE)
_OUR_KEY_OR_AWS: Final = any_of(refers_to("aws_kms_key"), left_out)
_KEPT_DAYS: Final = one_of(7, 731, *(31 * months for months in range(1, 24)))
"""What Performance Insights takes. Source:
https://docs.aws.amazon.com/performance-insights/latest/APIReference/API_Operations.html"""

def _measured(resource: str, whose: str) -> tuple[Row, ...]:
    """Performance Insights, which clusters and instances have alike."""
    return (
        Rule(resource, "performance_insights_enabled", turned_off, Danger.UNWATCHED,
             "Performance Insights is off, and what it has kept is lost.", source=_INSIGHTS),
        Harmless(resource, ("performance_insights_enabled",), f"{whose} load is measured.",
                 when=on),
        Harmless(resource, ("performance_insights_enabled",), "It was never measured.",
                 when=any_of(is_false, left_out), on=frozenset({Action.CREATE})),
        Rule(resource, "performance_insights_retention_period", lowered, Danger.UNWATCHED,
             "What Performance Insights has kept for more than {after} days goes, of {before}.",
             source=_INSIGHTS),
        Harmless(resource, ("performance_insights_retention_period",), "It is kept for longer.",
                 when=any_of(all_of(raised, _KEPT_DAYS), left_out)),
        Rule(resource, "performance_insights_kms_key_id", changed_once_set, Danger.REFUSED,
             "The key of Performance Insights cannot be changed once it is on.", source=_INSIGHTS),
        Harmless(resource, ("performance_insights_kms_key_id",),
                 "Encrypted with the environment's key, or AWS's.", when=_OUR_KEY_OR_AWS),
    )


CLUSTER: Final[tuple[Row, ...]] = (
    Harmless(_CLUSTER, (CREATED,), "A new cluster takes nothing from what is there.", when=always),
    Judged(_CLUSTER, (DESTROYED,), by=cluster_goes),
    Replaces(_CLUSTER, ("availability_zones", "cluster_identifier", "cluster_identifier_prefix",
             "cluster_scalability_type", "database_name", "db_subnet_group_name", "engine",
             "engine_mode", "kms_key_id", "master_username", "restore_to_point_in_time",
             "snapshot_identifier", "source_region", "storage_encrypted")),
    Harmless(_CLUSTER, ("cluster_identifier", "cluster_identifier_prefix"),
             "The new cluster's own names.", when=always, on=MADE),
    Harmless(_CLUSTER, ("database_name",), "The new cluster's own database.",
             when=any_of(matches("[A-Za-z][A-Za-z0-9_]{0,62}"), left_out), on=MADE),
    Harmless(_CLUSTER, ("master_username",), "The new cluster's own user.",
             when=any_of(matches("[A-Za-z][A-Za-z0-9_]{0,15}"), left_out), on=MADE),
    Judged(_CLUSTER, ("snapshot_identifier",), by=made_from_a_snapshot),
    Harmless(_CLUSTER, ("snapshot_identifier",), "It begins empty.", when=left_out, on=MADE),
    Harmless(_CLUSTER, ("availability_zones", "cluster_scalability_type"),
             "Aurora spreads the storage over three zones by itself.", when=left_out, on=MADE),
    Harmless(_CLUSTER, ("backtrack_window", "iops"), "Aurora PostgreSQL has none.",
             when=one_of(None, 0), on=MADE),
    Harmless(_CLUSTER, ("db_subnet_group_name",), "The environment's own subnets.",
             when=refers_to("aws_db_subnet_group"), on=MADE),
    Harmless(_CLUSTER, ("engine",), "Aurora PostgreSQL.", when=_ENGINE, on=MADE),
    Harmless(_CLUSTER, ("engine_mode",), "Instances of its own, as all clusters here.",
             when=one_of("provisioned"), on=MADE),
    Harmless(_CLUSTER, ("kms_key_id",), "Encrypted with the environment's key.",
             when=refers_to("aws_kms_key"), on=MADE),
    Harmless(_CLUSTER, ("storage_encrypted",), "What it holds is encrypted.", when=on,
             on=MADE),
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
    Harmless(_CLUSTER, ("engine_version",), "The version of a new cluster.", when=_VERSION, on=MADE),
    Rule(_CLUSTER, "allow_major_version_upgrade", turned_on, Danger.UNCLEAR,
         "RDS no longer refuses a major upgrade, which cannot be undone: another number in "
         "engine_version is enough.", source=_MAJOR),
    Harmless(_CLUSTER, ("allow_major_version_upgrade",), "RDS refuses a major upgrade.",
             when=off),
    Harmless(_CLUSTER, ("allow_major_version_upgrade",), "A new cluster has its version.",
             when=is_boolean, on=MADE),
    Harmless(_CLUSTER, ("db_instance_parameter_group_name",),
             "No group is named for the instances of a major upgrade.", when=unset),
    Harmless(_CLUSTER, ("db_instance_parameter_group_name",),
             "The environment's own parameters, which are judged.",
             when=refers_to("aws_db_parameter_group"), on=MADE),
    Rule(_CLUSTER, "engine_lifecycle_support", always, Danger.REFUSED,
         "RDS takes it when a cluster is made or restored, never later: {before} stays.",
         source=_LIFECYCLE),
    Harmless(_CLUSTER, ("engine_lifecycle_support",),
             "What becomes of a major version when its years are over.",
             when=any_of(matches("open-source-rds-extended-support(-disabled)?"), left_out), on=MADE),
    # What restarts
    Rule(_CLUSTER, "port", always, Danger.OUTAGE,
         "All instances restart and listen at {after}, no longer at {before}: clients and DMS must "
         "follow.", timing=Timing.NOW, lasts=_UPGRADE, source=_MODIFYING),
    Harmless(_CLUSTER, ("port",), "The port of a new cluster.",
             when=any_of(between(1150, 65535), left_out), on=MADE),
    Rule(_CLUSTER, "db_cluster_parameter_group_name", always, Danger.INTERRUPTION,
         "The parameters of {after} are in force only after a restart of all instances.",
         timing=Timing.RESTART, lasts=_UPGRADE, source=_GROUPS),
    Harmless(_CLUSTER, ("db_cluster_parameter_group_name",),
             "The environment's own parameters, which are judged.",
             when=refers_to("aws_rds_cluster_parameter_group"), on=MADE),
    Rule(_CLUSTER, "storage_type", always, Danger.INTERRUPTION,
         "Storage is billed in another way ({before} to {after}). To I/O-Optimized RDS changes it "
         "once in 30 days, back at any time.", timing=Timing.AS_SET,
         lasts="no outage, but for instances of NVMe classes, which restart", source=_STORAGE),
    Harmless(_CLUSTER, ("storage_type",), "How a new cluster's storage is billed.",
             when=any_of(one_of("aurora", "aurora-iopt1"), left_out), on=MADE),
    Rule(_CLUSTER, "apply_immediately", turned_on, Danger.INTERRUPTION,
         "All that waits for the maintenance window is done with the next change, restarts "
         "included; a plan does not show what waits.", timing=Timing.NOW, lasts="not known",
         remedy="See what waits: aws rds describe-pending-maintenance-actions and "
         "PendingModifiedValues.", source=_MODIFYING),
    Harmless(_CLUSTER, ("apply_immediately",), "Changes wait for the maintenance window.",
             when=off),
    Harmless(_CLUSTER, ("apply_immediately",), "Nothing waits at a new cluster.",
             when=any_of(on, left_out), on=MADE),
    Rule(_CLUSTER, "preferred_maintenance_window", always, Danger.INTERRUPTION,
         "What waits for the window is done in {after}; a window that has begun is begun at once.",
         timing=Timing.NOW, lasts="not known", source=_MAINTENANCE),
    Harmless(_CLUSTER, ("preferred_maintenance_window",), "A new cluster's own window.",
             when=_WEEKLY, on=MADE),
    Judged(_CLUSTER, ("serverlessv2_scaling_configuration",), by=capacity_changes),
    # Data
    Rule(_CLUSTER, "deletion_protection", turned_off, Danger.PROTECTION_LOSS,
         "RDS will no longer refuse to delete the cluster.", timing=Timing.NOW, source=_DELETING),
    Harmless(_CLUSTER, ("deletion_protection",), "RDS refuses to delete the cluster.",
             when=on),
    Rule(_CLUSTER, "skip_final_snapshot", turned_on, Danger.PROTECTION_LOSS,
         "No snapshot will be taken when the cluster is deleted.", source=_DELETING),
    Harmless(_CLUSTER, ("skip_final_snapshot",), "It is not deleted without a snapshot.",
             when=off),
    Rule(_CLUSTER, "final_snapshot_identifier", removed, Danger.PROTECTION_LOSS,
         "The snapshot at deletion has no name any more.", source=_DELETING),
    Harmless(_CLUSTER, ("final_snapshot_identifier",),
             "It names a snapshot that is not taken yet.", when=always),
    Rule(_CLUSTER, "backup_retention_period", lowered, Danger.PROTECTION_LOSS,
         "The backups that are older than {after} days go, where {before} days were kept.",
         timing=Timing.NOW, source=_BACKUPS),
    Harmless(_CLUSTER, ("backup_retention_period",), "Backups are kept for longer.",
             when=all_of(raised, between(1, 35))),
    Rule(_CLUSTER, "delete_automated_backups", turned_on, Danger.PROTECTION_LOSS,
         "The automated backups will go with the cluster.", source=_BACKUPS),
    Harmless(_CLUSTER, ("delete_automated_backups",), "Backups outlive the cluster.",
             when=is_false),
    Harmless(_CLUSTER, ("deletion_protection", "skip_final_snapshot", "delete_automated_backups"),
             "A new cluster holds nothing yet that could be lost.", when=is_boolean,
             on=frozenset({Action.CREATE})),
    Harmless(_CLUSTER, ("preferred_backup_window",),
             "Aurora backs up without load on the instances, whenever it is.", when=_DAILY),
    Rule(_CLUSTER, "copy_tags_to_snapshot", turned_off, Danger.UNCLEAR,
         "New snapshots bear none of the cluster's tags: what keeps or deletes snapshots by their "
         "tags overlooks them.", source=_BACKUPS),
    Harmless(_CLUSTER, ("copy_tags_to_snapshot",), "Snapshots bear the cluster's tags.", when=on),
    Harmless(_CLUSTER, ("copy_tags_to_snapshot",), "A new cluster has no snapshots.",
             when=is_boolean, on=MADE),
    # Who gets in
    Judged(_CLUSTER, ("master_password_wo", "master_password_wo_version", "master_password"),
           by=passwords_change),
    Harmless(_CLUSTER, ("master_password_wo_version",), "The password that its secret holds.",
             when=refers_to("aws_secretsmanager_secret_version"), on=MADE),
    Rule(_CLUSTER, "manage_master_user_password", always, Danger.REPLICATION_STOP,
         "RDS keeps the password in a secret of its own: DMS's secret no longer holds it.",
         timing=Timing.NOW, lasts="until DMS's secret holds the new one",
         source=f"{_GUIDE}/rds-secrets-manager.html"),
    Harmless(_CLUSTER, ("manage_master_user_password",), "The password is not kept by RDS.",
             when=is_false, on=MADE),
    Rule(_CLUSTER, "iam_database_authentication_enabled", turned_off, Danger.INTERRUPTION,
         "Clients that sign in with IAM tokens are refused.", timing=Timing.NOW, lasts="for good",
         source=_IAM),
    Harmless(_CLUSTER, ("iam_database_authentication_enabled",),
             "One more way to sign in, which each database user must be granted.",
             when=on),
    Harmless(_CLUSTER, ("iam_database_authentication_enabled",), "One way less to sign in.",
             when=is_false, on=MADE),
    Rule(_CLUSTER, "vpc_security_group_ids", always, Danger.WIDER_ACCESS,
         "Other security groups say who reaches the cluster: {after} in place of {before}.",
         timing=Timing.NOW, source=_REACH),
    Harmless(_CLUSTER, ("vpc_security_group_ids",), "Groups whose rules are judged one by one.",
             when=refers_to("aws_security_group"), on=MADE),
    Rule(_CLUSTER, "iam_roles", always, Danger.WIDER_ACCESS,
         "The cluster may act in other roles: {after} in place of {before}.", source=_MODIFYING),
    Harmless(_CLUSTER, ("iam_roles",), "The cluster acts in no role.",
             when=any_of(unset, left_out), on=MADE),
    Rule(_CLUSTER, "enable_http_endpoint", turned_on, Danger.WIDER_ACCESS,
         "The Data API reaches the cluster from outside of the VPC.", on=HOWEVER_MADE,
         source=_MODIFYING),
    Harmless(_CLUSTER, ("enable_http_endpoint",), "The Data API is closed.",
             when=off, on=MADE),
    Harmless(_CLUSTER, ("enable_global_write_forwarding", "enable_local_write_forwarding"),
             "Readers forward no writes.", when=off, on=MADE),
    # What is watched
    Rule(_CLUSTER, "enabled_cloudwatch_logs_exports", loses_items, Danger.UNWATCHED,
         "PostgreSQL's log no longer goes to CloudWatch.", timing=Timing.NOW, source=_LOGS),
    Harmless(_CLUSTER, ("enabled_cloudwatch_logs_exports",), "More logs go to CloudWatch.",
             when=holds_only("iam-db-auth-error", "instance", "postgresql")),
    Rule(_CLUSTER, "database_insights_mode", goes_down_in(("standard", "advanced")),
         Danger.UNWATCHED, "Database Insights keeps less: {after} in place of {before}.",
         source=_DATABASE_INSIGHTS),
    Harmless(_CLUSTER, ("database_insights_mode",), "As much is kept as before, or more.",
             when=any_of(one_of("standard", "advanced"), left_out)),
    *_measured(_CLUSTER, "The cluster's"),
    Harmless(_CLUSTER, ("monitoring_interval", "monitoring_role_arn"),
             "The instances say how they are monitored.", when=any_of(stays_unset, left_out)),
    # What RDS decides where the file says nothing
    Harmless(_CLUSTER, ("allocated_storage", "ca_certificate_identifier", "cluster_members",
             "db_system_id", "master_user_secret_kms_key_id", "network_type"),
             "RDS decides.", when=left_out),
    Reported(_CLUSTER, ("arn", "ca_certificate_valid_till", "cluster_resource_id", "endpoint",
             "engine_version_actual", "hosted_zone_id", "master_user_secret", "reader_endpoint")),
)

INSTANCE: Final[tuple[Row, ...]] = (
    Harmless(_INSTANCE, (CREATED,), "A new instance joins as a reader.", when=always),
    Judged(_INSTANCE, (DESTROYED, "cluster_identifier"), by=instance_goes),
    Replaces(_INSTANCE, ("availability_zone", "cluster_identifier", "custom_iam_instance_profile",
             "db_subnet_group_name", "engine", "identifier", "identifier_prefix")),
    Harmless(_INSTANCE, ("identifier", "identifier_prefix"), "The new instance's own name.",
             when=always, on=MADE),
    Harmless(_INSTANCE, ("cluster_identifier",), "It joins the environment's own cluster.",
             when=refers_to(_CLUSTER), on=MADE),
    Harmless(_INSTANCE, ("availability_zone",), "The zone that it stands in.",
             when=any_of(matches("[a-z]{2}(-[a-z]+)+-[0-9][a-z]"), left_out), on=MADE),
    Harmless(_INSTANCE, ("db_subnet_group_name",), "The cluster's own subnets.",
             when=any_of(refers_to("aws_db_subnet_group", _CLUSTER), left_out), on=MADE),
    Harmless(_INSTANCE, ("engine",), "Aurora PostgreSQL.", when=_ENGINE, on=MADE),
    Rule(_INSTANCE, "instance_class", at_a_writer, Danger.OUTAGE,
         "The writer, or what may be the writer, is stopped and started as {after}, no longer {before}.",
         timing=Timing.AS_SET, lasts=_FAILOVER, source=_MODIFYING,
         remedy="Change the readers first and fail over to one of them by hand."),
    Rule(_INSTANCE, "instance_class", at_a_reader, Danger.INTERRUPTION,
         "A reader is stopped and started as {after}, no longer {before}; all readers of one plan "
         "at the same time.", timing=Timing.AS_SET, lasts="about ten minutes", source=_MODIFYING),
    Judged(_INSTANCE, ("instance_class",), by=serverless_instances),
    Harmless(_INSTANCE, ("instance_class",), "A new instance's class.",
             when=matches(AURORA_CLASS.pattern), on=MADE),
    Rule(_INSTANCE, "engine_version", always, Danger.OUTAGE,
         "The instance is upgraded from {before} to {after} and restarts.", timing=Timing.AS_SET,
         lasts=_UPGRADE, source=_MINOR),
    Harmless(_INSTANCE, ("engine_version",), "The cluster's version.",
             when=any_of(left_out, refers_to(_CLUSTER)), on=MADE),
    Rule(_INSTANCE, "ca_cert_identifier", always, Danger.OUTAGE,
         "The certificate is signed by {after}; clients must trust it. Versions that cannot take "
         "it up without a restart restart.", timing=Timing.AS_SET, lasts=_UPGRADE,
         source=_CERTIFICATES),
    Harmless(_INSTANCE, ("ca_cert_identifier",), "An authority that AWS's bundle holds.",
             when=any_of(one_of("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"),
                         left_out), on=MADE),
    Rule(_INSTANCE, "db_parameter_group_name", always, Danger.INTERRUPTION,
         "The parameters of {after} are in force only after a restart of the instance.",
         timing=Timing.RESTART, lasts=_UPGRADE, source=_GROUPS),
    Harmless(_INSTANCE, ("db_parameter_group_name",),
             "The environment's own parameters, which are judged.",
             when=refers_to("aws_db_parameter_group"), on=MADE),
    Rule(_INSTANCE, "apply_immediately", turned_on, Danger.INTERRUPTION,
         "All that waits for the maintenance window is done at once, restarts included; a plan "
         "does not show what waits.", timing=Timing.NOW, lasts="not known",
         remedy="See what waits: PendingModifiedValues of aws rds describe-db-instances.",
         source=_MODIFYING),
    Harmless(_INSTANCE, ("apply_immediately",), "Changes wait for the maintenance window.",
             when=off),
    Harmless(_INSTANCE, ("apply_immediately",), "Nothing waits at a new instance.",
             when=any_of(on, left_out), on=MADE),
    Rule(_INSTANCE, "preferred_maintenance_window", always, Danger.INTERRUPTION,
         "What waits for the window is done in {after}; a window that has begun is begun at once.",
         timing=Timing.NOW, lasts="not known", source=_MAINTENANCE),
    Harmless(_INSTANCE, ("preferred_maintenance_window",), "A new instance's own window.",
             when=_WEEKLY, on=MADE),
    Rule(_INSTANCE, "publicly_accessible", turned_on, Danger.PUBLIC_REACH,
         "The instance gets a public address.", on=HOWEVER_MADE, source=_REACH),
    Harmless(_INSTANCE, ("publicly_accessible",), "The instance has no public address, and had none.",
             when=stays_unset),
    Rule(_INSTANCE, "auto_minor_version_upgrade", turned_on, Danger.INTERRUPTION,
         "AWS upgrades the instance in its window, behind Terraform's back; the next plan asks for "
         "a downgrade, which RDS refuses.", on=HOWEVER_MADE, source=_MINOR),
    Harmless(_INSTANCE, ("auto_minor_version_upgrade",), "The version changes only in a plan.",
             when=is_false),
    Rule(_INSTANCE, "monitoring_interval", becomes(0), Danger.UNWATCHED,
         "Enhanced monitoring is off.", source=_MONITORING),
    Rule(_INSTANCE, "monitoring_interval", raised_from_some, Danger.UNWATCHED,
         "Enhanced monitoring looks every {after} seconds, no longer every {before}.",
         source=_MONITORING),
    Harmless(_INSTANCE, ("monitoring_interval",), "The operating system is measured.",
             when=one_of(1, 5, 10, 15, 30, 60)),
    Harmless(_INSTANCE, ("monitoring_interval",), "It was never measured.", when=one_of(0),
             on=frozenset({Action.CREATE})),
    Harmless(_INSTANCE, ("monitoring_role_arn",), "A role of the environment's, which is judged.",
             when=any_of(refers_to("aws_iam_role"), left_out)),
    *_measured(_INSTANCE, "The instance's"),
    Rule(_INSTANCE, "promotion_tier", always, Danger.INTERRUPTION,
         "Should the writer fail, another instance may take over: this one stands at {after}, no "
         "longer at {before}.", timing=Timing.NOW, lasts="about a minute, should it take over",
         source=_FAILING_OVER),
    Harmless(_INSTANCE, ("promotion_tier",), "Where it stands, should the writer fail.",
             when=between(0, 15), on=MADE),
    Harmless(_INSTANCE, ("copy_tags_to_snapshot",), "The cluster's own says what snapshots bear.",
             when=is_boolean),
    Harmless(_INSTANCE, ("preferred_backup_window",), "The cluster's own says when it is backed up.",
             when=_DAILY),
    Harmless(_INSTANCE, ("force_destroy",), "It is deleted as any other.", when=off),
    Reported(_INSTANCE, ("arn", "dbi_resource_id", "endpoint", "engine_version_actual",
             "kms_key_id", "network_type", "port", "storage_encrypted", "writer")),
)

ROWS: Final[tuple[Row, ...]] = (*CLUSTER, *INSTANCE)
