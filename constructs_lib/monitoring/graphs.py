"""What the dashboard draws of tasks, replication instance and Aurora."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.monitoring.metrics import (
    Metric,
    Role,
    Statistic,
    aurora_metric,
    instance_metric,
    task_metric,
)
from constructs_lib.monitoring.widgets import Widget, graph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.aurora import AuroraCluster
    from constructs_lib.replication import ReplicationInstance, ReplicationTask


def task_graphs(
    region: str, instance: ReplicationInstance, tasks: Mapping[str, ReplicationTask]
) -> list[list[Widget]]:
    """Two rows: how far behind, how fast, what waits, what differs; a line for each task."""

    def of_tasks(**labels: str) -> list[list[Any]]:
        return [
            task_metric(instance, task, metric).line(f"{task_name}: {label}")
            for task_name, task in tasks.items()
            for metric, label in labels.items()
        ]

    return [
        [
            graph(
                "Latency: how far behind",
                of_tasks(CDCLatencySource="source", CDCLatencyTarget="target"),
                region=region,
                unit="seconds",
            ),
            graph(
                "Full load",
                of_tasks(
                    FullLoadThroughputRowsSource="read", FullLoadThroughputRowsTarget="written"
                ),
                region=region,
                unit="rows per second",
            ),
            graph(
                "Changes: throughput",
                of_tasks(CDCThroughputRowsSource="read", CDCThroughputRowsTarget="written"),
                region=region,
                unit="rows per second",
            ),
        ],
        [
            graph(
                "Changes: waiting for Aurora",
                of_tasks(
                    CDCIncomingChanges="incoming",
                    CDCChangesMemoryTarget="in memory",
                    CDCChangesDiskTarget="on disk",
                ),
                region=region,
                unit="rows",
            ),
            graph(
                "Changes: waiting for their commit",
                of_tasks(CDCChangesMemorySource="in memory", CDCChangesDiskSource="on disk"),
                region=region,
                unit="rows",
            ),
            graph(
                "Validation",
                of_tasks(
                    ValidationFailedOverallCount="failed",
                    ValidationPendingOverallCount="pending",
                    ValidationSuspendedOverallCount="suspended",
                ),
                region=region,
                unit="rows",
            ),
        ],
    ]


def instance_graphs(region: str, instance: ReplicationInstance) -> list[Widget]:
    """One row: the machine that the tasks share."""

    def of_instance(**labels: str) -> list[list[Any]]:
        return [instance_metric(instance, metric).line(label) for metric, label in labels.items()]

    return [
        graph(
            "DMS: CPU", of_instance(CPUUtilization="replication instance"), region=region, unit="%"
        ),
        graph(
            "DMS: memory",
            of_instance(FreeableMemory="freeable", AvailableMemory="available", SwapUsage="swap"),
            region=region,
            unit="bytes",
        ),
        graph("DMS: storage", of_instance(FreeStorageSpace="free"), region=region, unit="bytes"),
    ]


def aurora_graphs(region: str, cluster: AuroraCluster) -> list[list[Widget]]:
    """Three rows: load by role, replicas and commits, disk."""
    maximum, minimum = Statistic.MAXIMUM, Statistic.MINIMUM

    def by_role(metric: str, statistic: Statistic) -> list[list[Any]]:
        return [
            aurora_metric(cluster, metric, role=role, statistic=statistic).line(role.lower())
            for role in Role
        ]

    def lines(*metrics: tuple[Metric, str]) -> list[list[Any]]:
        return [metric.line(label) for metric, label in metrics]

    lag = aurora_metric(cluster, "AuroraReplicaLag", role=Role.READER, statistic=maximum)
    slots = aurora_metric(cluster, "ReplicationSlotDiskUsage", statistic=maximum)
    logs = aurora_metric(cluster, "TransactionLogsDiskUsage", statistic=maximum)
    storage = aurora_metric(cluster, "FreeLocalStorage", statistic=minimum)
    volume = aurora_metric(cluster, "VolumeBytesUsed")
    return [
        [
            graph("Aurora: CPU", by_role("CPUUtilization", maximum), region=region, unit="%"),
            graph(
                "Aurora: freeable memory",
                by_role("FreeableMemory", minimum),
                region=region,
                unit="bytes",
            ),
            graph(
                "Aurora: connections",
                by_role("DatabaseConnections", maximum),
                region=region,
                unit="connections",
            ),
        ],
        [
            graph(
                "Aurora: replica lag",
                lines((lag, "slowest reader")),
                region=region,
                unit="milliseconds",
            ),
            graph(
                "Aurora: commits",
                by_role("CommitThroughput", maximum),
                region=region,
                unit="per second",
            ),
            graph(
                "Aurora: deadlocks",
                lines((aurora_metric(cluster, "Deadlocks", role=Role.WRITER), "writer")),
                region=region,
                unit="per second",
            ),
        ],
        [
            graph(
                "Aurora: disk of replication",
                lines((slots, "replication slots"), (logs, "write-ahead logs")),
                region=region,
                unit="bytes",
            ),
            graph(
                "Aurora: free local storage",
                lines((storage, "instance with the least")),
                region=region,
                unit="bytes",
            ),
            graph("Aurora: volume", lines((volume, "used")), region=region, unit="bytes"),
        ],
    ]
