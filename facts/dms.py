"""What AWS DMS expects under fixed names."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

VPC_ROLE: Final = "dms-vpc-role"
"""With this role DMS places its network interfaces; without it no subnet group can be made."""

LOGS_ROLE: Final = "dms-cloudwatch-logs-role"
"""With this role DMS writes the logs of its tasks."""

MANAGED_POLICIES: Final = {
    VPC_ROLE: "AmazonDMSVPCManagementRole",
    LOGS_ROLE: "AmazonDMSCloudWatchLogsRole",
}
"""AWS's managed policy, below ``service-role/``, of each role that DMS looks up by name. Source:
https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole"""

REJECTED_IN_PASSWORDS: Final = ";:.+"
"""Punctuation that a password in a secret of DMS's must not hold. Source:
https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html"""

SslMode = Literal["none", "require", "verify-ca", "verify-full"]
"""How DMS reaches a database, from open to safest. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html"""

SSL_MODES: Final[tuple[SslMode, ...]] = get_args(SslMode)
"""All of them, in that order."""

VERIFYING: Final[tuple[SslMode, ...]] = ("verify-ca", "verify-full")
"""The modes that check who the other end is, by a certificate."""

AS_REPLICA: Final = "SET session_replication_role='replica'"
"""What keeps foreign keys and triggers of a target from stopping DMS, run on each connection. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.PostgreSQL.html"""

AfterFullLoad = Literal["continue", "stop-before-cached-changes", "stop-after-cached-changes"]
"""What follows a task's full load."""

STOPS: Final[Mapping[str, AfterFullLoad]] = {
    "StopTaskCachedChangesApplied": "stop-after-cached-changes",
    "StopTaskCachedChangesNotApplied": "stop-before-cached-changes",
}
"""The task setting that stops a task there. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.FullLoad.html"""

LogComponent = Literal[
    "ADDONS",
    "COMMON",
    "COMMUNICATION",
    "DATA_STRUCTURE",
    "FILE_FACTORY",
    "FILE_TRANSFER",
    "IO",
    "METADATA_MANAGER",
    "PERFORMANCE",
    "REST_SERVER",
    "SORTER",
    "SOURCE_CAPTURE",
    "SOURCE_UNLOAD",
    "TABLES_MANAGER",
    "TARGET_APPLY",
    "TARGET_LOAD",
    "TASK_MANAGER",
    "TRANSFORMATION",
    "VALIDATOR_EXT",
]
"""A part of DMS that writes to a task's log, under DMS's own name. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.Logging.html"""

LOG_COMPONENTS: Final[tuple[LogComponent, ...]] = get_args(LogComponent)
"""All of them, in the order in which DMS lists them."""

TASK_SETTINGS: Final[Mapping[str, frozenset[str]]] = {
    "ChangeProcessingDdlHandlingPolicy": frozenset(
        {"HandleSourceTableAltered", "HandleSourceTableDropped", "HandleSourceTableTruncated"}
    ),
    "ChangeProcessingTuning": frozenset(
        {
            "BatchApplyMemoryLimit",
            "BatchApplyTimeoutMax",
            "BatchApplyTimeoutMin",
            "BatchSplitSize",
            "CommitTimeout",
            "MemoryKeepTime",
            "MemoryLimitTotal",
            "MinTransactionSize",
            "StatementCacheSize",
        }
    ),
    "ControlTablesSettings": frozenset(
        {
            "ControlSchema",
            "FullLoadExceptionTableEnabled",
            "HistoryTableEnabled",
            "HistoryTimeslotInMinutes",
            "StatusTableEnabled",
            "SuspendedTablesTableEnabled",
        }
    ),
    "ErrorBehavior": frozenset(
        {
            "ApplyErrorDeletePolicy",
            "ApplyErrorInsertPolicy",
            "ApplyErrorUpdatePolicy",
            "DataErrorPolicy",
            "DataTruncationErrorPolicy",
            "FailOnNoTablesCaptured",
            "TableErrorPolicy",
        }
    ),
    "FullLoadSettings": frozenset(
        {
            "CommitRate",
            "MaxFullLoadSubTasks",
            "StopTaskCachedChangesApplied",
            "StopTaskCachedChangesNotApplied",
            "TargetTablePrepMode",
            "TransactionConsistencyTimeout",
        }
    ),
    "Logging": frozenset({"EnableLogging", "LogComponents"}),
    "TargetMetadata": frozenset(
        {
            "BatchApplyEnabled",
            "FullLobMode",
            "InlineLobMaxSize",
            "LimitedSizeLobMode",
            "LobChunkSize",
            "LobMaxSize",
            "SupportLobs",
            "TaskRecoveryTableEnabled",
        }
    ),
    "ValidationSettings": frozenset(
        {
            "EnableValidation",
            "FailureMaxCount",
            "HandleCollationDiff",
            "SkipLobColumns",
            "TableFailureMaxCount",
            "ThreadCount",
        }
    ),
}
"""The settings that every task is given here, by DMS's sections of them."""

REFUSED_TASK_SETTINGS: Final = frozenset({"CloudWatchLogGroup", "CloudWatchLogStream"})
"""What the provider refuses in Logging: they are DMS's to say. Source: provider 5.100.0,
task_settings_json.go."""

ENDPOINT_ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "source": frozenset(
        {
            "captureDdls",
            "ddlArtifactsSchema",
            "executeTimeout",
            "failTasksOnLobTruncation",
            "heartbeatEnable",
            "heartbeatFrequency",
            "heartbeatSchema",
            "mapBooleanAsBoolean",
            "mapUnboundedNumericAsString",
            "pluginName",
            "secretsManagerEndpointOverride",
            "slotName",
        }
    ),
    "target": frozenset(
        {
            "afterConnectScript",
            "executeTimeout",
            "mapBooleanAsBoolean",
            "mapUnboundedNumericAsString",
            "maxFileSize",
            "secretsManagerEndpointOverride",
        }
    ),
}
"""The connection attributes that an endpoint is given here, by its end."""

CONNECTION_ATTRIBUTES: Final = frozenset(
    {
        "authenticationMethod",
        "databaseName",
        "port",
        "serverName",
        "serviceAccessRoleArn",
        "sslMode",
        "username",
    }
)
"""What says where an endpoint leads and as whom, as attributes: the endpoint's other arguments and its
secret say it here. Source: https://docs.aws.amazon.com/dms/latest/APIReference/API_PostgreSQLSettings.html"""

_DIGEST_LENGTH: Final = 8


def certificate_digest(certificate_pem: str) -> str:
    """What the identifier of a certificate ends in: a digest of its text, as it is imported."""
    return hashlib.sha256(certificate_pem.encode("utf-8", "surrogatepass")).hexdigest()[
        :_DIGEST_LENGTH
    ]


READS_FROM: Final[Mapping[int, tuple[int, int, int]]] = {
    13: (3, 4, 3),
    14: (3, 4, 7),
    15: (3, 5, 1),
    16: (3, 5, 3),
    17: (3, 6, 1),
}
"""The first version of DMS that reads a source of a PostgreSQL release; older releases are read by all,
and of a later one AWS says nothing yet. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html"""

READS_STANDBYS: Final = ((3, 6, 1), 16)
"""The first version of DMS that reads changes from a read replica, and the replica's first release."""

INTERCEPT_DDL: Final = "awsdms_intercept_ddl"
"""The event trigger that DMS makes at the source where it captures DDL, and its function."""

DDL_AUDIT: Final = "awsdms_ddl_audit"
"""The table that this trigger writes to."""

HEARTBEAT: Final = "awsdms_heartbeat"
"""The table that DMS writes to at intervals, so that the slot of an idle source moves on."""

TABLES_BEGIN_WITH: Final = "awsdms_"
"""What the names of all tables begin with that DMS makes for itself."""

_FAILURES: Final = (
    "task_name", "table_owner", "table_name", "failure_time", "key_type", "key", "failure_type", "details",
)  # fmt: skip
OWN_TABLES: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(columns)
    for name, columns in {
        "awsdms_apply_exceptions": (
            "task_name", "table_owner", "table_name", "error_time", "statement", "error",
        ),
        DDL_AUDIT: (
            "c_key", "c_time", "c_user", "c_txn", "c_tag", "c_oid", "c_name", "c_schema", "c_ddlqry",
        ),
        HEARTBEAT: (
            "hb_key", "hb_created_at", "hb_created_by", "hb_last_heartbeat_at", "hb_last_heartbeat_by",
        ),
        "awsdms_history": (
            "server_name", "task_name", "timeslot_type", "timeslot", "timeslot_duration",
            "timeslot_latency", "timeslot_records", "timeslot_volume",
        ),
        "awsdms_status": (
            "server_name", "task_name", "task_status", "status_time", "pending_changes",
            "disk_swap_size", "task_memory", "source_current_position", "source_current_timestamp",
            "source_tail_position", "source_tail_timestamp", "source_timestamp_applied",
        ),
        "awsdms_suspended_tables": (
            "server_name", "task_name", "table_owner", "table_name", "suspend_reason",
            "suspend_timestamp",
        ),
        "awsdms_txn_state": ("server_name", "task_name", "state_time", "checkpoint"),
        "awsdms_validation_failures_v1": _FAILURES,
        "awsdms_validation_failures_v2": (
            *_FAILURES, "resync_id", "resync_result", "resync_time", "resync_action",
        ),
    }.items()
}  # fmt: skip
"""Those whose names are known, each with the names of its columns in lower case: DMS writes some of them
in capitals. Another table whose name begins so may be somebody's. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html
and CHAP_Source.PostgreSQL.html, CHAP_Validating.html beside it; those of the heartbeat as PostgreSQL dumps
of sources have them."""

_OF_BATCHES: Final = "awsdms_changes"
"""What the names of the tables begin with that hold the changes of a batch."""


def is_own_table(name: str) -> bool:
    """Whether a table is one that DMS makes for itself, as far as its name tells."""
    return name in OWN_TABLES or name.startswith(_OF_BATCHES)


def is_called_after_own_table(name: str) -> bool:
    """Whether an index, a sequence or a constraint is called as PostgreSQL calls those of DMS's tables."""
    return any(name.startswith(f"{table}_") for table in OWN_TABLES) and name.endswith(
        ("_pkey", "_key", "_idx", "_seq")
    )


def version_of(text: str) -> tuple[int, int, int]:
    """A version of DMS such as `3.5.4`, to be compared."""
    first, second, third = map(int, text.split("."))
    return first, second, third
