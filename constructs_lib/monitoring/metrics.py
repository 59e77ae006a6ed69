"""The dimensions under which an environment's metrics are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import metrics

if TYPE_CHECKING:
    from facts.metrics import Metric, Role
    from facts.names import Names


def dimensions(
    metric: Metric, names: Names, *, role: Role | None = None, task_name: str | None = None
) -> dict[str, str]:
    """What a metric is measured of, in the words of CloudWatch.

    Args:
        metric: The metric.
        names: The environment's names.
        role: Which of the cluster's instances; all by default, so that ``Maximum`` and ``Minimum``
            speak of the instance that is worst off.
        task_name: Which task, where the metric is a task's.
    """
    values = {
        metrics.CLUSTER: names.cluster,
        metrics.REPLICATION_INSTANCE: names.replication_instance,
    }
    if task_name is not None:
        values[metrics.TASK] = names.task_resource_identifier(task_name)
    found = {dimension: values[dimension] for dimension in metric.dimensions}
    return found if role is None else {**found, metrics.ROLE: role.value}
