"""The CloudWatch dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts import metrics, outputs
from ferry.check.deployment.alarms import wanted_alarms
from ferry.check.deployment.expect import document, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect


def _widgets(deployed: Deployed) -> list[dict[str, Any]]:
    name = deployed.names.dashboard
    body = deployed.account.cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]
    widgets: list[dict[str, Any]] = document(body)["widgets"]
    return widgets


def _lines(widgets: list[dict[str, Any]]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Namespace, metric and dimensions of each line of each graph."""
    for widget in widgets:
        for line in widget["properties"].get("metrics", []):
            namespace, metric, *rest = [part for part in line if isinstance(part, str)]
            yield namespace, metric, dict(zip(rest[::2], rest[1::2], strict=True))


def check_the_dashboards_address(deployed: Deployed, expect: Expect) -> None:
    """The dashboard is where the output leads."""
    found, name = deployed.outputs[outputs.DASHBOARD_URL], deployed.names.dashboard
    beginning = f"https://{deployed.account.region}.{deployed.placement.console_domain}/cloudwatch/"
    expect.that(
        found.startswith(beginning) and found.endswith(f"/{name}"),
        f"The output {outputs.DASHBOARD_URL} is {found}, should begin with {beginning} and end in "
        f"/{name}.",
    )
    _widgets(deployed)


def check_the_dashboard_shows_what_is_there(deployed: Deployed, expect: Expect) -> None:
    """The dashboard shows the metrics of what is there, and of every task."""
    widgets, tasks = _widgets(deployed), _segments(deployed)
    lines = list(_lines(widgets))
    for namespace, metric, dimensions in lines:
        expect.that(
            _is_published(deployed, namespace, dimensions),
            f"The dashboard shows {namespace} {metric} of {shown(dimensions)}, of which CloudWatch "
            "gets no data.",
        )
    on_it = {dimensions.get(metrics.TASK) for _, _, dimensions in lines} - {None}
    expect.equal("The tasks on the dashboard", on_it, tasks)
    namespaces = {line[0] for line in lines}
    dms = {metrics.DMS} if deployed.environment.has_migration else set()
    expect.equal("What the dashboard shows", namespaces, {metrics.AURORA, *dms})
    regions = {widget["properties"].get("region") for widget in widgets} - {None}
    expect.equal("The dashboard's regions", regions, {deployed.account.region})


def _segments(deployed: Deployed) -> set[str]:
    """What the tasks' ARNs end in, by which CloudWatch knows them."""
    return {arn.rpartition(":")[2] for arn in _task_arns(deployed)}


def _task_arns(deployed: Deployed) -> Collection[str]:
    if not deployed.environment.has_migration:
        return ()
    return [deployed.task_arn(name) for name in deployed.task_names]


def _is_published(deployed: Deployed, namespace: str, dimensions: dict[str, str]) -> bool:
    """Whether AWS publishes metrics of a namespace with exactly these dimensions."""
    rest = dict(dimensions)
    if namespace == metrics.AURORA:
        instance, role = rest.pop(metrics.CLUSTER_INSTANCE, None), rest.pop(metrics.ROLE, None)
        if instance is not None:
            return instance in deployed.instances and not rest and role is None
        cluster = {metrics.CLUSTER: deployed.outputs[outputs.CLUSTER_ID]}
        return rest == cluster and role in {None, *metrics.Role}
    task = rest.pop(metrics.TASK, None)
    instance = deployed.replication_instance.get("ReplicationInstanceIdentifier")
    return (
        namespace == metrics.DMS
        and rest == {metrics.REPLICATION_INSTANCE: instance}
        and (task is None or task in _segments(deployed))
    )


def check_the_dashboard_shows_every_alarm(deployed: Deployed, expect: Expect) -> None:
    """The dashboard shows every alarm."""
    shown_there = [
        arn for widget in _widgets(deployed) for arn in widget["properties"].get("alarms", [])
    ]
    wanted = [
        deployed.placement.arn("cloudwatch", f"alarm:{name}") for name in wanted_alarms(deployed)
    ]
    expect.same_items("The alarms on the dashboard", shown_there, wanted)
