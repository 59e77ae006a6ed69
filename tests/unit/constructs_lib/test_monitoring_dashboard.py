"""One page for the whole migration: what is on it, and that it stays as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_aws.provider import AwsProvider

from constructs_lib.monitoring import MigrationDashboard
from constructs_lib.monitoring.widgets import alarm_states, graph, lay_out, text
from tests.unit.constructs_lib.examples import NAMES
from tests.unit.template import Template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facts.placement import Placement

ALARMS = ["aurora-cpu-utilization-dev", "dms-cpu-utilization-dev"]


def dashboard(placement: Placement, *task_names: str) -> tuple[MigrationDashboard, str, Any]:
    """The construct, the dashboard's name, its body."""
    stack = TerraformStack(Testing.app(), "test")
    AwsProvider(stack, "aws", region="eu-central-1")
    made = MigrationDashboard(
        stack,
        "dashboard",
        names=NAMES,
        placement=placement,
        task_names=task_names,
        alarm_names=ALARMS,
    )
    written = Template.of(stack).only("aws_cloudwatch_dashboard")
    return made, written["dashboard_name"], json.loads(written["dashboard_body"])


def widgets(placement: Placement, type_: str, *task_names: str) -> list[dict[str, Any]]:
    body = dashboard(placement, *task_names)[2]
    return [widget["properties"] for widget in body["widgets"] if widget["type"] == type_]


def lines(placement: Placement, *task_names: str) -> list[list[Any]]:
    """The lines of all graphs."""
    graphs = widgets(placement, "metric", *task_names)
    return [line for one in graphs for line in one["metrics"]]


def test_its_name_and_its_address(placement: Placement) -> None:
    made, name, _ = dashboard(placement, "orders")
    assert name == "aurora-ferry-dev"
    assert made.url == (
        "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1"
        "#dashboards/dashboard/aurora-ferry-dev"
    )


def test_it_says_what_to_look_at_and_where_the_logs_are(placement: Placement) -> None:
    (said,) = widgets(placement, "text", "orders")
    markdown = said["markdown"]
    assert markdown.startswith("# aurora-ferry-dev: from PostgreSQL to Aurora\n")
    console = "https://eu-central-1.console.aws.amazon.com"
    home = "home?region=eu-central-1"
    group = f"{console}/cloudwatch/{home}#logsV2:log-groups/log-group"
    for link in (
        f"[DMS tasks]({console}/dms/v2/{home}#tasks)",
        f"[DMS task logs]({group}/dms-tasks-aurora-ferry-dev)",
        f"[Aurora cluster]({console}/rds/{home}#database:id=aurora-ferry-dev;is-cluster=true)",
        f"[PostgreSQL log]({group}/$252Faws$252Frds$252Fcluster$252Faurora-ferry-dev$252Fpostgresql)",
    ):
        assert link in markdown


def test_it_shows_the_states_of_the_alarms(placement: Placement) -> None:
    assert widgets(placement, "alarm", "orders") == [
        {
            "title": "Alarms",
            "alarms": [
                "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:aurora-cpu-utilization-dev",
                "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:dms-cpu-utilization-dev",
            ],
        }
    ]


@pytest.mark.parametrize(
    "metric",
    [
        "CDCLatencySource",
        "CDCLatencyTarget",
        "FullLoadThroughputRowsTarget",
        "CDCThroughputRowsSource",
        "CDCThroughputRowsTarget",
        "CDCIncomingChanges",
        "CDCChangesMemorySource",
        "CDCChangesMemoryTarget",
        "CDCChangesDiskSource",
        "CDCChangesDiskTarget",
        "ValidationFailedOverallCount",
        "ValidationPendingOverallCount",
        "ValidationSuspendedOverallCount",
    ],
)
def test_a_tasks_metric_is_drawn_for_each_task(placement: Placement, metric: str) -> None:
    drawn = [line for line in lines(placement, "orders", "rest") if line[1] == metric]
    assert [line[:-1] for line in drawn] == [
        [
            "AWS/DMS",
            metric,
            "ReplicationInstanceIdentifier",
            "aurora-ferry-dev",
            "ReplicationTaskIdentifier",
            f"aurora-ferry-dev-{task}",
        ]
        for task in ("orders", "rest")
    ]
    assert [line[-1]["stat"] for line in drawn] == ["Maximum", "Maximum"]
    assert [line[-1]["label"].split(":")[0] for line in drawn] == ["orders", "rest"]


@pytest.mark.parametrize(
    "metric",
    ["CPUUtilization", "FreeableMemory", "AvailableMemory", "SwapUsage", "FreeStorageSpace"],
)
def test_a_metric_of_the_replication_instance_is_drawn(placement: Placement, metric: str) -> None:
    drawn = [line[:-1] for line in lines(placement, "orders") if line[:2] == ["AWS/DMS", metric]]
    assert drawn == [["AWS/DMS", metric, "ReplicationInstanceIdentifier", "aurora-ferry-dev"]]


def test_without_tasks_there_is_nothing_of_dms(placement: Placement) -> None:
    assert {line[0] for line in lines(placement)} == {"AWS/RDS"}
    (head,) = widgets(placement, "text")
    assert head["markdown"].startswith("# aurora-ferry-dev: Aurora\n")
    assert "dms" not in head["markdown"].lower()


@pytest.mark.parametrize(
    ("metric", "roles", "statistic"),
    [
        ("CPUUtilization", ["WRITER", "READER"], "Maximum"),
        ("FreeableMemory", ["WRITER", "READER"], "Minimum"),
        ("DatabaseConnections", ["WRITER", "READER"], "Maximum"),
        ("CommitThroughput", ["WRITER", "READER"], "Maximum"),
        ("AuroraReplicaLag", ["READER"], "Maximum"),
        ("Deadlocks", ["WRITER"], "Average"),
        ("ReplicationSlotDiskUsage", [None], "Maximum"),
        ("TransactionLogsDiskUsage", [None], "Maximum"),
        ("FreeLocalStorage", [None], "Minimum"),
        ("VolumeBytesUsed", [None], "Average"),
    ],
)
def test_a_metric_of_aurora_is_drawn(
    placement: Placement, metric: str, roles: Sequence[str | None], statistic: str
) -> None:
    drawn = [line for line in lines(placement) if line[:2] == ["AWS/RDS", metric]]
    assert [line[:-1] for line in drawn] == [
        [
            "AWS/RDS",
            metric,
            "DBClusterIdentifier",
            "aurora-ferry-dev",
            *(["Role", role] if role else []),
        ]
        for role in roles
    ]
    assert {line[-1]["stat"] for line in drawn} == {statistic}


def test_each_graph_names_its_region_and_its_unit(placement: Placement) -> None:
    graphs = widgets(placement, "metric", "orders")
    assert {one["region"] for one in graphs} == {"eu-central-1"}
    assert {one["title"]: one["yAxis"]["left"]["label"] for one in graphs} == {
        "Latency: how far behind": "seconds",
        "Full load": "rows per second",
        "Changes: throughput": "rows per second",
        "Changes: waiting for Aurora": "rows",
        "Changes: waiting for their commit": "rows",
        "Validation": "rows",
        "DMS: CPU": "%",
        "DMS: memory": "bytes",
        "DMS: storage": "bytes",
        "Aurora: CPU": "%",
        "Aurora: freeable memory": "bytes",
        "Aurora: connections": "connections",
        "Aurora: replica lag": "milliseconds",
        "Aurora: commits": "per second",
        "Aurora: deadlocks": "per second",
        "Aurora: disk of replication": "bytes",
        "Aurora: free local storage": "bytes",
        "Aurora: volume": "bytes",
    }


def test_the_order_of_the_tasks_changes_nothing(placement: Placement) -> None:
    assert (
        dashboard(placement, "orders", "billing")[2] == dashboard(placement, "billing", "orders")[2]
    )


def test_no_two_widgets_overlap_and_none_is_outside(placement: Placement) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in dashboard(placement, "orders")[2]["widgets"]:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        assert all(0 <= x < 24 for x, _ in cells)
        taken |= cells


def test_a_row_shares_its_width_and_the_next_is_under_the_highest() -> None:
    low, high = text("low", height=2), text("high", height=5)
    placed = lay_out([[low, high], [low]])["widgets"]
    assert [(one["x"], one["y"], one["width"], one["height"]) for one in placed] == [
        (0, 0, 12, 2),
        (12, 0, 12, 5),
        (0, 5, 24, 2),
    ]


def test_cloudwatch_takes_a_hundred_alarms_in_a_widget() -> None:
    arns = [f"arn:{number}" for number in range(101)]
    first, second = alarm_states("Alarms", arns)
    assert first.properties == {"title": "Alarms", "alarms": arns[:100]}
    assert first.height == 26
    assert second.properties == {"title": "Alarms", "alarms": ["arn:100"]}
    assert second.height == 2


def test_without_alarms_there_is_no_widget_for_them() -> None:
    assert alarm_states("Alarms", []) == []


def test_a_graph_is_a_time_series_from_zero() -> None:
    drawn = graph("Latency", [["AWS/DMS", "CDCLatencySource"]], region="eu-west-1", unit="seconds")
    assert drawn.properties == {
        "title": "Latency",
        "region": "eu-west-1",
        "view": "timeSeries",
        "period": 60,
        "metrics": [["AWS/DMS", "CDCLatencySource"]],
        "yAxis": {"left": {"label": "seconds", "showUnits": False, "min": 0}},
    }
