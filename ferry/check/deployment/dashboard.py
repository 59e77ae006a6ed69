"""The CloudWatch dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts import outputs
from ferry.check.deployment.alarms import find_alarms
from ferry.check.deployment.expect import document, equal, same_items
from ferry.check.deployment.real import real_dimensions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.deployment.deployed import Deployed


def dashboard_name(deployed: Deployed) -> str:
    """The dashboard that the output's address leads to."""
    name: str = deployed.outputs[outputs.DASHBOARD_URL].rpartition("/")[2]
    return name


def _widgets(deployed: Deployed) -> list[dict[str, Any]]:
    body = deployed.cloudwatch.get_dashboard(DashboardName=dashboard_name(deployed))
    widgets: list[dict[str, Any]] = document(body["DashboardBody"])["widgets"]
    return widgets


def _lines(widgets: list[dict[str, Any]]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Namespace, metric and dimensions of each line of each graph."""
    for widget in widgets:
        for line in widget["properties"].get("metrics", []):
            namespace, metric, *rest = [part for part in line if isinstance(part, str)]
            yield namespace, metric, dict(zip(rest[::2], rest[1::2], strict=True))


def check_the_dashboards_address(deployed: Deployed) -> None:
    url = deployed.outputs[outputs.DASHBOARD_URL]
    beginning = f"https://{deployed.region}.console.aws.amazon.com/cloudwatch/"
    assert url.startswith(beginning), f"{url} does not start with {beginning}"
    names = [
        one.get("DashboardName")
        for page in deployed.cloudwatch.get_paginator("list_dashboards").paginate()
        for one in page["DashboardEntries"]
    ]
    name = dashboard_name(deployed)
    assert name in names, f"{url} leads to the dashboard {name}; there are {names}"


def check_the_dashboard_shows_what_is_there(deployed: Deployed) -> None:
    real, widgets = real_dimensions(deployed), _widgets(deployed)
    lines = list(_lines(widgets))
    for namespace, metric, dimensions in lines:
        assert real.are_dimensions_of(namespace, dimensions), (
            f"the dashboard shows {namespace} {metric} of {dimensions}, of which CloudWatch gets"
            " no data"
        )
    equal(
        "tasks on the dashboard",
        {dimensions.get("ReplicationTaskIdentifier") for _, _, dimensions in lines} - {None},
        set(real.tasks),
    )
    equal("what the dashboard shows", {line[0] for line in lines}, {"AWS/RDS", "AWS/DMS"})
    regions = {widget["properties"].get("region") for widget in widgets} - {None}
    equal("regions of the dashboard", regions, {deployed.region})


def check_the_dashboard_shows_every_alarm(deployed: Deployed) -> None:
    shown = [arn for widget in _widgets(deployed) for arn in widget["properties"].get("alarms", [])]
    same_items(
        "alarms on the dashboard", shown, [alarm.get("AlarmArn") for alarm in find_alarms(deployed)]
    )
