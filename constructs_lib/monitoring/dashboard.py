"""One page for the whole migration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from constructs_lib.monitoring.console import console_url, dashboard_url, log_group_url
from constructs_lib.monitoring.graphs import aurora_graphs, instance_graphs, task_graphs
from constructs_lib.monitoring.widgets import alarm_states, lay_out, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.aurora import AuroraCluster
    from constructs_lib.replication import ReplicationInstance, ReplicationTask
    from facts.placement import Placement

_WHAT_TO_LOOK_AT = """\
# {name}: from PostgreSQL to Aurora

| While | Look at |
| --- | --- |
| tables are loaded | rows by the second; the replication instance's memory, swap and storage; the \
writer's CPU |
| changes follow | both latencies, which fall to a few seconds; changes on disk, which DMS could not \
apply in time |
| cutting over | both latencies near zero and no row waiting for validation or failed. The source's \
latency is zero too where there is nothing to read |

{links}
"""


class MigrationDashboard(Construct):
    """The CloudWatch dashboard ``NAME``: what to look at, all alarms, then DMS and Aurora in graphs.

    Tasks are in the order of their names, so that the order of the settings changes nothing.
    A dashboard does not wait for what it shows; what has no data yet is an empty graph.

    Source:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html

    Args:
        scope: The parent.
        id_: The construct's id.
        name: The environment's prefix, such as ``aurora-ferry-dev``.
        placement: The account and region.
        cluster: The Aurora cluster.
        instance: The replication instance.
        tasks: Its tasks by their own names, such as ``orders``.
        alarm_names: The alarms whose states it shows.
    """

    url: str
    """Where the console shows it."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        placement: Placement,
        cluster: AuroraCluster,
        instance: ReplicationInstance,
        tasks: Mapping[str, ReplicationTask],
        alarm_names: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        self.url = dashboard_url(placement, name)
        alarm_arns = [placement.arn("cloudwatch", f"alarm:{alarm}") for alarm in alarm_names]
        body = lay_out(
            [
                [text(_markdown(name, placement, cluster, instance), height=7)],
                *([widget] for widget in alarm_states("Alarms", alarm_arns)),
                *task_graphs(placement.region, instance, dict(sorted(tasks.items()))),
                instance_graphs(placement.region, instance),
                *aurora_graphs(placement.region, cluster),
            ]
        )
        CloudwatchDashboard(
            self, "dashboard", dashboard_name=name, dashboard_body=json.dumps(body, sort_keys=True)
        )


def _markdown(
    name: str, placement: Placement, cluster: AuroraCluster, instance: ReplicationInstance
) -> str:
    cluster_page = f"database:id={cluster.cluster_identifier};is-cluster=true"
    postgresql_log = f"/aws/rds/cluster/{cluster.cluster_identifier}/postgresql"
    links = {
        "DMS tasks": console_url(placement, "dms/v2", "tasks"),
        "DMS task logs": log_group_url(placement, f"dms-tasks-{instance.identifier}"),
        "Aurora cluster": console_url(placement, "rds", cluster_page),
        "PostgreSQL log": log_group_url(placement, postgresql_log),
    }
    return _WHAT_TO_LOOK_AT.format(
        name=name, links=" | ".join(f"[{label}]({url})" for label, url in links.items())
    )
