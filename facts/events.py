"""The events of RDS and DMS that an environment subscribes to, by the kind of their source.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html,
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html
"""

from __future__ import annotations

from typing import Final

CLUSTER: Final = "db-cluster"
CLUSTER_INSTANCE: Final = "db-instance"
PARAMETER_GROUP: Final = "db-parameter-group"
REPLICATION_INSTANCE: Final = "replication-instance"
TASK: Final = "replication-task"

CATEGORIES: Final = {
    # Low storage is an event of the cluster's instances.
    CLUSTER: (
        "configuration change",
        "deletion",
        "failover",
        "failure",
        "maintenance",
        "notification",  # stopped, started, patched
    ),
    # A failover is an event of the cluster.
    CLUSTER_INSTANCE: (
        "availability",  # shut down, restarted
        "configuration change",
        "deletion",
        "failure",
        "low storage",
        "maintenance",
        "notification",
        "recovery",
    ),
    REPLICATION_INSTANCE: (
        "configuration change",
        "deletion",
        "failover",
        "failure",
        "low storage",
        "maintenance",
    ),
    TASK: (
        "configuration change",
        "deletion",
        "failure",
        "state change",  # started, stopped, reading paused for want of disk
    ),
}
"""The categories that are subscribed to, by AWS's word for the kind of source."""

NEEDED: Final = {
    CLUSTER: ("failover", "failure"),
    CLUSTER_INSTANCE: ("failure", "low storage"),
    REPLICATION_INSTANCE: ("failover", "failure", "low storage"),
    TASK: ("failure",),
}
"""Those without which nobody hears that it fails: this project's own judgement."""

ALL_CATEGORIES: Final = {
    CLUSTER: frozenset({*CATEGORIES[CLUSTER], "creation", "migration"}),
    CLUSTER_INSTANCE: frozenset(
        {
            *CATEGORIES[CLUSTER_INSTANCE],
            *("backtrack", "backup", "creation", "failover", "read replica", "restoration"),
            *("security", "security patching"),
        }
    ),
    PARAMETER_GROUP: frozenset({"configuration change"}),
    REPLICATION_INSTANCE: frozenset({*CATEGORIES[REPLICATION_INSTANCE], "creation"}),
    TASK: frozenset({*CATEGORIES[TASK], "creation"}),
}
"""The categories that AWS is known to have, of these kinds of sources: DescribeEventCategories, as
https://docs.aws.amazon.com/cli/latest/reference/rds/describe-event-categories.html and the pages above
show it. DMS's own page could not be read again in November 2026."""
