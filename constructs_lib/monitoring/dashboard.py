"""One page for the whole environment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from constructs_lib.monitoring.console import console_url, dashboard_url, log_group_url
from constructs_lib.monitoring.graphs import graphs
from constructs_lib.monitoring.widgets import alarm_states, lay_out, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.monitoring.widgets import Widget
    from facts.names import Names
    from facts.placement import Placement

_AURORA_ALONE = """\
# {name}: Aurora

{links}
"""
_MIGRATION = """\
# {name}: from PostgreSQL to Aurora

| While | Look at |
| --- | --- |
| tables are loaded | rows per second; the replication instance's memory, swap and storage; the \
writer's CPU |
| changes follow | both latencies, which fall to a few seconds; changes on disk, which DMS could not \
apply in time |
| cutting over | both latencies near zero and no row waiting for validation or failed. The source's \
latency is zero too where there is nothing to read |

{links}
"""


class MigrationDashboard(Construct):
    """A CloudWatch dashboard: what to look at, all alarms, then DMS and Aurora in graphs.

    Tasks are in the order of their names, so that the order of the settings changes nothing.
    A dashboard does not wait for what it shows; what has no data yet is an empty graph.

    Source:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html

    Args:
        scope: The parent.
        id_: The construct's id.
        names: The environment's names.
        placement: The account and region.
        task_names: The tasks' own names, such as ``orders``; none where there is no replication.
        alarm_names: The alarms whose states it shows.
    """

    url: str
    """Where the console shows it."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        placement: Placement,
        task_names: Sequence[str],
        alarm_names: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        self.url = dashboard_url(placement, names.dashboard)
        alarm_arns = [placement.arn("cloudwatch", f"alarm:{alarm}") for alarm in alarm_names]
        body = lay_out(
            [
                [_head(names, placement) if task_names else _head_of_aurora(names, placement)],
                *([widget] for widget in alarm_states("Alarms", alarm_arns)),
                *graphs(names, region=placement.region, task_names=sorted(task_names)),
            ]
        )
        CloudwatchDashboard(
            self,
            "dashboard",
            dashboard_name=names.dashboard,
            dashboard_body=json.dumps(body, sort_keys=True),
        )


def _head(names: Names, placement: Placement) -> Widget:
    links = {
        "DMS tasks": console_url(placement, "dms/v2", "tasks"),
        "DMS task logs": log_group_url(placement, names.task_log_group),
        **_links_of_aurora(names, placement),
    }
    return text(_MIGRATION.format(name=names.prefix, links=_line(links)), height=7)


def _head_of_aurora(names: Names, placement: Placement) -> Widget:
    links = _links_of_aurora(names, placement)
    return text(_AURORA_ALONE.format(name=names.prefix, links=_line(links)), height=3)


def _links_of_aurora(names: Names, placement: Placement) -> dict[str, str]:
    cluster_page = f"database:id={names.cluster};is-cluster=true"
    return {
        "Aurora cluster": console_url(placement, "rds", cluster_page),
        "PostgreSQL log": log_group_url(placement, names.postgresql_log_group),
    }


def _line(links: dict[str, str]) -> str:
    return " | ".join(f"[{label}]({url})" for label, url in links.items())
