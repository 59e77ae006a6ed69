"""Who is told when the migration goes wrong, and where to look."""

from constructs_lib.monitoring.aurora_alarms import AuroraAlarms
from constructs_lib.monitoring.dashboard import MigrationDashboard
from constructs_lib.monitoring.events import EventSubscriptions
from constructs_lib.monitoring.replication_alarms import ReplicationAlarms
from constructs_lib.monitoring.topic import AlarmTopic, OwnTopic

__all__ = [
    "AlarmTopic",
    "AuroraAlarms",
    "EventSubscriptions",
    "MigrationDashboard",
    "OwnTopic",
    "ReplicationAlarms",
]
