"""The replication: a DMS instance, its two endpoints and the tasks that copy and follow the source.

Nothing here starts a task. A task is started by its operator, after the schema has been carried
over and the endpoints' connections have been tested.
"""

from constructs_lib.replication.certificate import SourceCertificate
from constructs_lib.replication.endpoint_settings import (
    ReplicationPlugin,
    SourceSettings,
    TargetSettings,
)
from constructs_lib.replication.endpoints import SourceEndpoint, SslMode, TargetEndpoint
from constructs_lib.replication.error_behavior import ErrorBehavior, ErrorPolicy
from constructs_lib.replication.identifiers import task_resource_identifier
from constructs_lib.replication.instance import ReplicationInstance
from constructs_lib.replication.lobs import FullLobs, InlineLobs, LimitedLobs, Lobs
from constructs_lib.replication.phases import (
    AfterFullLoad,
    BatchApply,
    ChangeProcessing,
    FullLoad,
    TargetTablePreparation,
)
from constructs_lib.replication.table_mappings import TableMappings
from constructs_lib.replication.table_rules import (
    RangesParallelLoad,
    Selection,
    SelectionAction,
    TableLobMode,
    TableLobs,
    TableSettings,
    Transformation,
    TransformationAction,
    TransformationTarget,
)
from constructs_lib.replication.task import MigrationType, ReplicationTask
from constructs_lib.replication.task_logging import LogComponent, Logging, LogSeverity
from constructs_lib.replication.task_settings import ControlTables, TaskSettings, Validation

__all__ = [
    "AfterFullLoad",
    "BatchApply",
    "ChangeProcessing",
    "ControlTables",
    "ErrorBehavior",
    "ErrorPolicy",
    "FullLoad",
    "FullLobs",
    "InlineLobs",
    "LimitedLobs",
    "Lobs",
    "LogComponent",
    "LogSeverity",
    "Logging",
    "MigrationType",
    "RangesParallelLoad",
    "ReplicationInstance",
    "ReplicationPlugin",
    "ReplicationTask",
    "Selection",
    "SelectionAction",
    "SourceCertificate",
    "SourceEndpoint",
    "SourceSettings",
    "SslMode",
    "TableLobMode",
    "TableLobs",
    "TableMappings",
    "TableSettings",
    "TargetEndpoint",
    "TargetSettings",
    "TargetTablePreparation",
    "TaskSettings",
    "Transformation",
    "TransformationAction",
    "TransformationTarget",
    "Validation",
    "task_resource_identifier",
]
