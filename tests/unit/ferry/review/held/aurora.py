"""Edits of the Aurora cluster, its instances and its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import (
    BLOCKED,
    NOT_SAFE,
    SECOND,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    creates,
    deletes,
    forgets,
    leaves,
    parameters,
    replaces,
    updates,
)
from tests.unit.ferry.review.held.names import (
    AURORA_SUBNET_IDS,
    AURORA_SUBNETS,
    CLUSTER,
    INSTANCE_PARAMETERS,
    OTHER_KEY,
    OTHERS_GROUP,
    PARAMETERS,
    READER_1,
    READER_2,
    WRITER,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

_NOW = {"apply_immediately": True}
_SERVERLESS: Json = {"instance_class": "db.serverless"}
_CAPACITY = {"max_capacity": 64, "min_capacity": 8, "seconds_until_auto_pause": None}

ENGINE: Final = (
    Held(
        name="minor-version-up-at-once",
        edit=(updates(CLUSTER, was=_NOW, engine_version="15.10"),),
        expected=BLOCKED,
        why="A minor upgrade restarts every instance, and this one does so as it is applied.",
    ),
    Held(
        name="minor-version-up-in-the-window",
        edit=(updates(CLUSTER, engine_version="15.10"),),
        expected=SECOND_OR_BLOCKED,
        why="The same restart, on Sunday at three; somebody has to agree to that too.",
    ),
    Held(
        name="major-version-up",
        edit=(
            updates(
                CLUSTER,
                was=_NOW,
                engine_version="16.6",
                allow_major_version_upgrade=True,
                db_cluster_parameter_group_name="aurora-ferry-staging-aurora-postgresql16",
            ),
        ),
        expected=BLOCKED,
        why="pg_upgrade takes the cluster down for minutes, and refuses while a logical slot exists.",
    ),
    Held(
        name="major-version-up-not-allowed",
        edit=(updates(CLUSTER, engine_version="16.6"),),
        expected=BLOCKED,
        why="AWS refuses a major version without allow_major_version_upgrade.",
    ),
    Held(
        name="version-down",
        edit=(updates(CLUSTER, engine_version="15.6"),),
        expected=BLOCKED,
        why="AWS refuses to go back to an earlier version.",
    ),
    Held(
        name="version-not-known-yet",
        edit=(updates(CLUSTER, engine_version=UNKNOWN),),
        expected=NOT_SAFE,
        why="Any version may come of it, and each is a restart at least.",
    ),
    Held(
        name="engine-mysql",
        edit=(replaces(CLUSTER, engine="aurora-mysql", engine_version="8.0.mysql_aurora.3.08.0"),),
        expected=BLOCKED,
        why="Another engine is another, empty cluster.",
    ),
    Held(
        name="port",
        edit=(updates(CLUSTER, port=5433),),
        expected=BLOCKED,
        why="AWS reboots all instances at once for another port, and every client has the old one.",
    ),
    Held(
        name="network-type-dual",
        edit=(updates(CLUSTER, network_type="DUAL"),),
        expected=NOT_SAFE,
        why="AWS refuses it without IPv6 ranges; with them, another family of addresses gets in.",
    ),
    Held(
        name="storage-type-io-optimized",
        edit=(updates(CLUSTER, storage_type="aurora-iopt1"),),
        expected=NOT_SAFE,
        why="It can be changed back once in 30 days only, and the bill is another one.",
    ),
    Held(
        name="iam-sign-in-off",
        edit=(updates(CLUSTER, iam_database_authentication_enabled=False),),
        expected=SECOND_OR_BLOCKED,
        why="Whoever signs in with a token of IAM cannot any more.",
    ),
    Held(
        name="data-api-on",
        edit=(updates(CLUSTER, enable_http_endpoint=True),),
        expected=SECOND_OR_BLOCKED,
        why="The Data API takes SQL over HTTPS from anywhere that IAM lets in, past the network.",
    ),
    Held(
        name="postgresql-log-not-exported",
        edit=(updates(CLUSTER, enabled_cloudwatch_logs_exports=[]),),
        expected=SECOND_OR_BLOCKED,
        why="The PostgreSQL log no longer reaches CloudWatch; Aurora keeps it for days only.",
    ),
    Held(
        name="apply-immediately-on",
        edit=(updates(CLUSTER, apply_immediately=True),),
        expected=SECOND,
        why="What waits for the window, unseen by the plan, is applied with the next change.",
    ),
    Held(
        name="maintenance-window-elsewhere",
        edit=(updates(CLUSTER, preferred_maintenance_window="thu:09:00-thu:10:00"),),
        expected=SECOND,
        why="What waits is now applied in working hours; or at once, where that is now.",
    ),
    Held(
        name="global-cluster-joined",
        edit=(updates(CLUSTER, global_cluster_identifier="aurora-ferry-global"),),
        expected=NOT_SAFE,
        why="The cluster's writer may be another region's from now on.",
    ),
    Held(
        name="iam-role-of-the-cluster",
        edit=(updates(CLUSTER, iam_roles=["arn:aws:iam::111122223333:role/aurora-export-to-s3"]),),
        expected=NOT_SAFE,
        why="SQL may now do what the role may: write all data to S3.",
    ),
    Held(
        name="managed-master-password",
        edit=(
            updates(
                CLUSTER,
                was={"master_password_wo_version": 1},
                manage_master_user_password=True,
                master_password_wo_version=None,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="RDS draws another password at once, and DMS's secret keeps the old one.",
    ),
    Held(
        name="security-group-elsewhere",
        edit=(updates(CLUSTER, vpc_security_group_ids=[OTHERS_GROUP]),),
        expected=SECOND_OR_BLOCKED,
        why="Neither clients nor DMS are let in by a group that nobody has looked at.",
    ),
    Held(
        name="security-group-not-known-yet",
        edit=(updates(CLUSTER, vpc_security_group_ids=UNKNOWN),),
        expected=NOT_SAFE,
        why="Any group may come of it.",
    ),
    Held(
        name="other-parameter-group",
        edit=(updates(CLUSTER, db_cluster_parameter_group_name="default.aurora-postgresql15"),),
        expected=SECOND_OR_BLOCKED,
        why="The default group has no logical replication and, after a reboot, no forced TLS.",
    ),
    Held(
        name="other-instance-parameter-group",
        edit=(updates(WRITER, db_parameter_group_name="tuned-elsewhere"),),
        expected=SECOND_OR_BLOCKED,
        why="It takes a reboot, and what it holds is not in the plan.",
    ),
)

PROTECTION: Final = (
    Held(
        name="backups-for-a-day",
        edit=(updates(CLUSTER, backup_retention_period=1),),
        expected=BLOCKED,
        why="Six days of restore points are deleted and do not come back.",
    ),
    Held(
        name="backup-retention-written-as-a-text",
        edit=(updates(CLUSTER, was={"backup_retention_period": "30"}, backup_retention_period=1),),
        expected=SECOND_OR_BLOCKED,
        why="Fewer restore points, however the number is written.",
    ),
    Held(
        name="backup-retention-not-known-yet",
        edit=(updates(CLUSTER, backup_retention_period=UNKNOWN),),
        expected=NOT_SAFE,
        why="It may be fewer days.",
    ),
    Held(
        name="deletion-protection-off",
        edit=(updates(CLUSTER, deletion_protection=False),),
        expected=BLOCKED,
        why="The next mistake can delete the cluster.",
    ),
    Held(
        name="deletion-protection-null",
        edit=(updates(CLUSTER, deletion_protection=None),),
        expected=BLOCKED,
        why="Left out, it is off.",
    ),
    Held(
        name="no-final-snapshot",
        edit=(updates(CLUSTER, skip_final_snapshot=True),),
        expected=BLOCKED,
        why="When the cluster is destroyed, nothing is left of it.",
    ),
    Held(
        name="final-snapshot-without-a-name",
        edit=(updates(CLUSTER, final_snapshot_identifier=None),),
        expected=SECOND_OR_BLOCKED,
        why="The provider refuses to destroy then, and people reach for skip_final_snapshot.",
    ),
    Held(
        name="automated-backups-go-with-the-cluster",
        edit=(
            updates(
                CLUSTER, was={"delete_automated_backups": False}, delete_automated_backups=True
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The backups would have outlived the cluster.",
    ),
    Held(
        name="cluster-deleted",
        edit=(deletes(CLUSTER, was={"deletion_protection": False, "skip_final_snapshot": True}),),
        expected=BLOCKED,
        why="All data is gone, without a snapshot.",
    ),
    Held(
        name="cluster-deleted-with-a-snapshot",
        edit=(deletes(CLUSTER, was={"deletion_protection": False}),),
        expected=BLOCKED,
        why="A snapshot is left, and no database.",
    ),
    Held(
        name="cluster-forgotten",
        edit=(forgets(CLUSTER),),
        expected=NOT_SAFE,
        why="It runs on, and nothing that is planned later protects or watches it.",
    ),
    Held(
        name="restored-from-a-snapshot",
        edit=(replaces(CLUSTER, snapshot_identifier="rds:aurora-ferry-staging-2026-11-20"),),
        expected=BLOCKED,
        why="The cluster is made anew, as it was six days ago.",
    ),
    Held(
        name="restored-to-a-point-in-time",
        edit=(
            replaces(
                CLUSTER,
                restore_to_point_in_time=[
                    {
                        "restore_to_time": "2026-11-20T00:00:00Z",
                        "restore_type": "full-copy",
                        "source_cluster_identifier": "aurora-ferry-staging",
                        "source_cluster_resource_id": "",
                        "use_latest_restorable_time": None,
                    }
                ],
            ),
        ),
        expected=BLOCKED,
        why="The cluster that it restores from is destroyed for it.",
    ),
    Held(
        name="not-encrypted",
        edit=(replaces(CLUSTER, storage_encrypted=False, kms_key_id=""),),
        expected=BLOCKED,
        why="Encryption cannot be changed in place: an empty cluster, in clear.",
    ),
    Held(
        name="encrypted-with-another-key",
        edit=(replaces(CLUSTER, kms_key_id=OTHER_KEY),),
        expected=BLOCKED,
        why="Another key is another cluster.",
    ),
    Held(
        name="other-database-name",
        edit=(replaces(CLUSTER, database_name="application"),),
        expected=BLOCKED,
        why="The first database's name is only given to a new cluster.",
    ),
    Held(
        name="other-master-user",
        edit=(replaces(CLUSTER, master_username="postgres"),),
        expected=BLOCKED,
        why="The master user's name is only given to a new cluster.",
    ),
    Held(
        name="two-zones-only",
        edit=(replaces(CLUSTER, availability_zones=["eu-central-1a", "eu-central-1b"]),),
        expected=BLOCKED,
        why="Fewer zones than three replace the cluster.",
    ),
    Held(
        name="other-subnet-group",
        edit=(replaces(CLUSTER, db_subnet_group_name="elsewhere"),),
        expected=BLOCKED,
        why="A cluster does not move: it is made anew.",
    ),
    Held(
        name="deposed-cluster-without-successor",
        edit=(
            deletes(
                CLUSTER,
                was={"deletion_protection": False, "skip_final_snapshot": True},
                beside={"deposed": "0badc0de"},
            ),
            deletes(CLUSTER, was={"deletion_protection": False, "skip_final_snapshot": True}),
        ),
        expected=BLOCKED,
        why="Neither the old cluster nor the new one is left.",
    ),
    Held(
        name="subnet-group-loses-a-subnet",
        edit=(updates(AURORA_SUBNETS, subnet_ids=AURORA_SUBNET_IDS),),
        expected=SECOND_OR_BLOCKED,
        why="AWS refuses it where an instance stands in that zone; a failover loses a zone.",
    ),
)

INSTANCES: Final = (
    Held(
        name="writer-larger-at-once",
        edit=(updates(WRITER, was=_NOW, instance_class="db.r6g.xlarge"),),
        expected=BLOCKED,
        why="The writer restarts on other hardware while it is applied.",
    ),
    Held(
        name="writer-larger-in-the-window",
        edit=(updates(WRITER, instance_class="db.r6g.xlarge"),),
        expected=SECOND_OR_BLOCKED,
        why="The writer restarts on Sunday.",
    ),
    Held(
        name="writer-tiny",
        edit=(updates(WRITER, was=_NOW, instance_class="db.t4g.medium"),),
        expected=BLOCKED,
        why="It restarts, and comes back with a quarter of the memory.",
    ),
    Held(
        name="writer-class-not-known-yet",
        edit=(updates(WRITER, was=_NOW, instance_class=UNKNOWN),),
        expected=NOT_SAFE,
        why="Any class but this one is a restart.",
    ),
    Held(
        name="reader-larger-at-once",
        edit=(updates(READER_1, was=_NOW, instance_class="db.r6g.xlarge"),),
        expected=SECOND_OR_BLOCKED,
        why="The reader's connections break, and for minutes there is one less to fail over to.",
    ),
    Held(
        name="no-writer-known",
        edit=(
            updates(WRITER, was={**_NOW, "writer": False}, instance_class="db.r6g.xlarge"),
            updates(READER_1, was=_NOW, instance_class="db.r6g.xlarge"),
            updates(READER_2, was=_NOW, instance_class="db.r6g.xlarge"),
        ),
        expected=BLOCKED,
        why="One of the three is the writer, whoever it is by now.",
    ),
    Held(
        name="writer-is-what-was-a-reader",
        edit=(
            updates(READER_1, was={**_NOW, "writer": True}, instance_class="db.r6g.xlarge"),
            updates(WRITER, was={"writer": False}, tags={"Name": "aurora-ferry-staging-writer"}),
        ),
        expected=BLOCKED,
        why="After a failover, the instance that is called reader-1 is the one that writes.",
    ),
    Held(
        name="writer-deleted",
        edit=(deletes(WRITER),),
        expected=BLOCKED,
        why="A failover: nothing is written for half a minute or more.",
    ),
    Held(
        name="writer-replaced-for-its-zone",
        edit=(replaces(WRITER, availability_zone="eu-central-1b"),),
        expected=BLOCKED,
        why="The writer is destroyed first.",
    ),
    Held(
        name="writer-tainted",
        edit=(
            replaces(
                WRITER,
                tags={"Name": "aurora-ferry-staging-writer"},
                beside={"action_reason": "replace_because_tainted"},
            ),
        ),
        expected=BLOCKED,
        why="The writer is destroyed and made anew, whatever for.",
    ),
    Held(
        name="writer-renamed",
        edit=(replaces(WRITER, identifier="aurora-ferry-staging-primary"),),
        expected=BLOCKED,
        why="Another name is another instance to the provider: the writer is destroyed first.",
    ),
    Held(
        name="a-reader-less",
        edit=(deletes(READER_2),),
        expected=SECOND_OR_BLOCKED,
        why="Its connections break, and there is one less to fail over to.",
    ),
    Held(
        name="no-reader-left",
        edit=(deletes(READER_1), deletes(READER_2)),
        expected=SECOND_OR_BLOCKED,
        why="Where the writer fails, AWS has to make an instance first: ten minutes, not one.",
    ),
    Held(
        name="reader-promoted-last",
        edit=(updates(READER_1, promotion_tier=15),),
        expected=SECOND,
        why="Another reader takes over in a failover; somebody should say that it can.",
    ),
    Held(
        name="small-reader-promoted-first",
        edit=(
            updates(
                READER_2,
                was={"instance_class": "db.t4g.medium", "promotion_tier": 15},
                promotion_tier=0,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The next failover goes to an instance that cannot carry the load.",
    ),
    Held(
        name="new-reader-public",
        edit=(
            creates(
                "aws_rds_cluster_instance.aurora_reader-3",
                like=READER_2,
                identifier="aurora-ferry-staging-reader-3",
                publicly_accessible=True,
            ),
        ),
        expected=BLOCKED,
        why="A new reader has all the data as well.",
    ),
    Held(
        name="new-reader-small-and-promoted-first",
        edit=(
            creates(
                "aws_rds_cluster_instance.aurora_reader-3",
                like=READER_2,
                identifier="aurora-ferry-staging-reader-3",
                instance_class="db.t4g.medium",
                promotion_tier=0,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The next failover goes to an instance that cannot carry the load.",
    ),
    Held(
        name="new-reader-of-an-unknown-class",
        edit=(
            creates(
                "aws_rds_cluster_instance.aurora_reader-3",
                like=READER_2,
                identifier="aurora-ferry-staging-reader-3",
                instance_class=UNKNOWN,
                promotion_tier=0,
            ),
        ),
        expected=NOT_SAFE,
        why="It may be too small for what it takes over.",
    ),
    Held(
        name="both-readers-larger-no-writer-known",
        edit=(
            leaves(WRITER, was={"writer": False}),
            updates(READER_1, was=_NOW, instance_class="db.r6g.xlarge"),
            updates(READER_2, was=_NOW, instance_class="db.r6g.xlarge"),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Nobody is known to write: it may be one of these two.",
    ),
    Held(
        name="writer-public",
        edit=(updates(WRITER, publicly_accessible=True),),
        expected=BLOCKED,
        why="The database gets an address of the internet.",
    ),
    Held(
        name="reader-public",
        edit=(updates(READER_1, publicly_accessible=True),),
        expected=BLOCKED,
        why="A reader has all the data.",
    ),
    Held(
        name="public-not-known-yet",
        edit=(updates(WRITER, publicly_accessible=UNKNOWN),),
        expected=NOT_SAFE,
        why="It may be true.",
    ),
    Held(
        name="other-certificate-authority",
        edit=(updates(WRITER, ca_cert_identifier="rds-ca-rsa4096-g1"),),
        expected=SECOND_OR_BLOCKED,
        why="Clients that verify need the new one first; where it cannot rotate, it restarts.",
    ),
    Held(
        name="enhanced-monitoring-off",
        edit=(updates(WRITER, monitoring_interval=0, monitoring_role_arn=""),),
        expected=SECOND,
        why="Nobody sees the operating system's figures when they are needed.",
    ),
    Held(
        name="insights-deleted",
        edit=(
            updates(
                WRITER,
                performance_insights_enabled=False,
                performance_insights_kms_key_id="",
                performance_insights_retention_period=0,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The history of the statements is deleted with it.",
    ),
    Held(
        name="insights-kept-for-less",
        edit=(
            updates(
                WRITER,
                was={"performance_insights_retention_period": 731},
                performance_insights_retention_period=7,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Two years of history are deleted.",
    ),
    Held(
        name="unattended-minor-upgrades",
        edit=(updates(WRITER, auto_minor_version_upgrade=True),),
        expected=SECOND,
        why="AWS restarts the writer in some window for a version that the file does not name.",
    ),
    Held(
        name="serverless-writer",
        edit=(
            updates(
                CLUSTER, serverlessv2_scaling_configuration=[{**_CAPACITY, "min_capacity": 0.5}]
            ),
            updates(WRITER, was=_NOW, **_SERVERLESS),
        ),
        expected=BLOCKED,
        why="A class like another: the writer restarts.",
    ),
    Held(
        name="serverless-capacity-cut",
        edit=(
            updates(
                CLUSTER,
                was={"serverlessv2_scaling_configuration": [_CAPACITY]},
                serverlessv2_scaling_configuration=[{**_CAPACITY, "max_capacity": 8}],
            ),
            leaves(WRITER, was=_SERVERLESS),
        ),
        expected=SECOND_OR_BLOCKED,
        why="It applies at once, whatever apply_immediately says, and caps a loaded writer.",
    ),
    Held(
        name="serverless-capacity-raised",
        edit=(
            updates(
                CLUSTER,
                was={"serverlessv2_scaling_configuration": [_CAPACITY]},
                serverlessv2_scaling_configuration=[{**_CAPACITY, "max_capacity": 128}],
            ),
            leaves(WRITER, was=_SERVERLESS),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Parameters that follow from it wait for a restart, which AWS may do in the window.",
    ),
    Held(
        name="serverless-capacity-not-known",
        edit=(
            updates(
                CLUSTER,
                was={"serverlessv2_scaling_configuration": [_CAPACITY]},
                serverlessv2_scaling_configuration=[{**_CAPACITY, "min_capacity": UNKNOWN}],
            ),
            leaves(WRITER, was=_SERVERLESS),
        ),
        expected=NOT_SAFE,
        why="It may be less, or none.",
    ),
    Held(
        name="serverless-without-a-capacity",
        edit=(updates(READER_2, was=_NOW, **_SERVERLESS),),
        expected=BLOCKED,
        why="RDS refuses it in the middle of the apply.",
    ),
    Held(
        name="serverless-pauses",
        edit=(
            updates(
                CLUSTER,
                was={"serverlessv2_scaling_configuration": [_CAPACITY]},
                serverlessv2_scaling_configuration=[
                    {**_CAPACITY, "min_capacity": 0, "seconds_until_auto_pause": 300}
                ],
            ),
            leaves(WRITER, was=_SERVERLESS),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The database sleeps, and the first client waits fifteen seconds or fails.",
    ),
)

_BOOT = "pending-reboot"


def _set(name: str, why: str, /, **more: Json) -> Held:
    """Parameters that are set in the cluster's group."""
    return Held(
        name=f"parameter-{name}",
        edit=(updates(PARAMETERS, parameter=parameters(PARAMETERS, **more)),),
        expected=SECOND_OR_BLOCKED,
        why=why,
    )


PARAMETER: Final = (
    _set(
        "read-only",
        "Every write fails from the next connection on.",
        default_transaction_read_only="1",
    ),
    _set(
        "read-only-on",
        "The same, as PostgreSQL also writes it.",
        default_transaction_read_only="on",
    ),
    Held(
        name="parameter-static-at-once",
        edit=(
            updates(
                PARAMETERS,
                parameter=parameters(
                    PARAMETERS, shared_preload_libraries="pg_stat_statements,pg_cron"
                ),
            ),
        ),
        expected=BLOCKED,
        why="AWS refuses 'immediate' for a static parameter, in the middle of the apply.",
    ),
    _set(
        "logical-replication-off",
        "After the next reboot there are no slots and nothing to replicate on from.",
        rds__logical_replication=("0", _BOOT),
    ),
    Held(
        name="parameter-logical-replication-left-out",
        edit=(
            updates(
                PARAMETERS, parameter=parameters(PARAMETERS, without=["rds.logical_replication"])
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="It falls back to Aurora's default, which is off.",
    ),
    _set("tls-not-forced", "Passwords and data may travel in clear.", rds__force_ssl="0"),
    Held(
        name="parameter-tls-left-out",
        edit=(updates(PARAMETERS, parameter=parameters(PARAMETERS, without=["rds.force_ssl"])),),
        expected=SECOND_OR_BLOCKED,
        why="Aurora's default is 0 up to PostgreSQL 16: nobody has to encrypt any more.",
    ),
    _set("few-connections", "Clients are turned away.", max_connections=("20", _BOOT)),
    _set("old-tls", "TLS 1.0 is broken.", ssl_min_protocol_version="TLSv1"),
    _set(
        "no-vacuum", "Transaction ids run out, and PostgreSQL stops taking writes.", autovacuum="0"
    ),
    _set(
        "statements-cut-short", "Long queries, DMS's among them, are cut.", statement_timeout="500"
    ),
    _set(
        "sessions-cut-short",
        "Transactions that wait are ended.",
        idle_in_transaction_session_timeout="1",
    ),
    _set(
        "triggers-off",
        "Foreign keys and triggers no longer hold, for anybody.",
        session_replication_role="replica",
    ),
    _set("weak-passwords", "Passwords are stored as MD5.", password_encryption="md5"),
    _set("asynchronous-commit", "What was committed may be lost.", synchronous_commit="off"),
    _set("too-much-work-mem", "A handful of sorts take all the memory.", work_mem="2147483647"),
    _set(
        "no-slots", "DMS's slot has no place after the reboot.", max_replication_slots=("1", _BOOT)
    ),
    _set(
        "slots-dropped-early",
        "WAL that a slot needs is thrown away: the task cannot go on.",
        max_slot_wal_keep_size="64",
    ),
    _set(
        "no-preloaded-library",
        "pg_stat_statements is gone after the reboot.",
        shared_preload_libraries=("", _BOOT),
    ),
    _set("search-path", "Unqualified names mean other tables.", search_path="audit"),
    _set(
        "everything-logged",
        "Every statement with its parameters is in the log: passwords too.",
        log_min_duration_statement="0",
    ),
    _set("time-zone", "Times without a zone mean others.", timezone="Asia/Tokyo"),
    _set(
        "strings-of-old",
        "Backslashes escape again: SQL injection.",
        standard_conforming_strings="0",
    ),
    _set("locks-cut-short", "Whoever waits for a lock fails at once.", lock_timeout="1"),
    _set("no-audit", "Who did what is no longer written.", pgaudit__log="none"),
    _set("no-index", "No index is used.", enable_indexscan="0"),
    _set(
        "serializable",
        "Transactions fail that did not.",
        default_transaction_isolation="serializable",
    ),
    _set("work-mem-next-to-nothing", "Every sort goes to disk.", work_mem="64"),
    _set("log-of-errors-only", "Warnings are no longer written.", log_min_messages="panic"),
    _set("nobody-knows", "Nobody knows this parameter.", rds__made_up="1"),
    Held(
        name="parameter-not-known-yet",
        edit=(updates(PARAMETERS, parameter=UNKNOWN),),
        expected=NOT_SAFE,
        why="Any parameter may come of it.",
    ),
    Held(
        name="instance-parameter-memory",
        edit=(
            updates(
                INSTANCE_PARAMETERS,
                parameter=[{"apply_method": _BOOT, "name": "shared_buffers", "value": "16384"}],
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="128 MB of buffers where Aurora counts on three quarters of the memory.",
    ),
    Held(
        name="parameter-group-of-another-family",
        edit=(replaces(PARAMETERS, family="aurora-postgresql16"),),
        expected=SECOND_OR_BLOCKED,
        why="AWS refuses to delete a group in use, and the new one fits no PostgreSQL 15.",
    ),
    Held(
        name="parameter-group-deleted",
        edit=(deletes(PARAMETERS),),
        expected=SECOND_OR_BLOCKED,
        why="The cluster uses it: AWS refuses, or it was moved to another one before.",
    ),
)

ROWS: Final = (*ENGINE, *PROTECTION, *INSTANCES, *PARAMETER)
