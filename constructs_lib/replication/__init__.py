"""The replication: a DMS instance, its two endpoints and the tasks that copy and follow the source.

Nothing here starts a task. A task is started by its operator, after the schema has been carried
over and the endpoints' connections have been tested.
"""

from constructs_lib.replication.certificate import SourceCertificate
from constructs_lib.replication.endpoints import SourceEndpoint, TargetEndpoint
from constructs_lib.replication.instance import ReplicationInstance
from constructs_lib.replication.task import ReplicationTask

__all__ = [
    "ReplicationInstance",
    "ReplicationTask",
    "SourceCertificate",
    "SourceEndpoint",
    "TargetEndpoint",
]
