"""Makes the pictures in docs/pictures: reviews as GitHub shows them in a pull request.

    python -m tools.pictures [FOLDER]

Needs Chromium and pngquant (Debian: `apt-get install chromium pngquant`), which no other part of
the project needs.
GitHub's Markdown is rendered by markdown-it-py, which the tests use as well; its alerts and style
sheet are approximated. The plans are written by hand after real ones: prod's addresses, paths and
values, as few attributes as the picture needs.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
WIDTH = 1012
"""Pixels of a comment's text beside the sidebar of a pull request, and the margins."""

Attributes = Mapping[str, Any]

STYLE = """
body { margin: 0; padding: 16px; font: 14px/1.5 "Noto Sans", "DejaVu Sans", Helvetica, Arial,
  sans-serif; color: #1f2328; background: #fff; word-wrap: break-word; }
h2 { font-size: 1.5em; } h3 { font-size: 1.25em; }
h2, h3 { margin: 24px 0 16px; font-weight: 600; line-height: 1.25; }
h2 { padding-bottom: .3em; border-bottom: 1px solid #d1d9e0b3; margin-top: 0; }
p, ul, table, details { margin: 0 0 16px; } ul { padding-left: 2em; }
details details, details p { margin: 0 0 4px; } li + li { margin-top: .25em; }
summary { cursor: pointer; }
code { padding: .2em .4em; font: 85% "DejaVu Sans Mono", monospace; background: #818b981f;
  border-radius: 6px; white-space: break-spaces; }
table { display: block; width: max-content; max-width: 100%; overflow: auto;
  border-collapse: collapse; }
th { font-weight: 600; } th, td { padding: 6px 13px; border: 1px solid #d1d9e0; }
tr:nth-child(2n) { background: #f6f8fa; } a { color: #0969da; text-decoration: underline; }
.alert { padding: .5rem 1rem; margin-bottom: 16px; border-left: .25em solid #cf222e; }
.alert b { color: #cf222e; display: block; } .alert p { margin: 0; }
"""


def change(
    type_: str, name: str, actions: str, before: Attributes | None, after: Attributes | None,
    **more: Any,  # noqa: ANN401 - any JSON
) -> dict[str, Any]:  # fmt: skip
    """One of a plan's resource_changes; what is None in after is known after apply."""
    known = {key: value for key, value in (after or {}).items() if value is not None}
    return {
        "address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name,
        "action_reason": more.get("reason", ""),
        "change": {
            "actions": actions.split(), "before": before, "after": None if after is None else known,
            "after_unknown": {key: True for key, value in (after or {}).items() if value is None},
            "before_sensitive": {}, "after_sensitive": more.get("sensitive", {}),
            "replace_paths": more.get("replace_paths", []),
        },
    }  # fmt: skip


def update(type_: str, name: str, before: Attributes, **after: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A change in place of the attributes that are named."""
    return change(type_, name, "update", before, {**before, **after})


ALARM = {"namespace": "AWS/DMS", "metric_name": "CDCLatencySource", "actions_enabled": True,
         "comparison_operator": "GreaterThanThreshold",
         "dimensions": {"ReplicationInstanceIdentifier": "prod-ferry",
                        "ReplicationTaskIdentifier": "prod-orders"},
         "alarm_actions": ["arn:aws:sns:eu-central-1:444455556666:prod-alarms"]}  # fmt: skip


def small() -> list[dict[str, Any]]:
    """An alarm's threshold, a log's retention, a tag."""
    return [
        update("aws_cloudwatch_metric_alarm", "monitoring_orders-source-latency_6FB2A1C0",
               {**ALARM, "threshold": 300}, threshold=200),
        update("aws_cloudwatch_log_group", "aurora_log_0B51B2D3",
               {"name": "/aws/rds/cluster/prod-ferry/postgresql", "retention_in_days": 365},
               retention_in_days=731),
        update("aws_vpc", "network_vpc_53E7C9A1", {"tags": {"owner": "dba"}},
               tags={"owner": "platform"}),
    ]  # fmt: skip


def dangerous() -> list[dict[str, Any]]:
    """The cluster moved to another key, and what else an afternoon brings."""
    window = {"preferred_maintenance_window": "sun:03:00-sun:04:00", "apply_immediately": False}
    cluster = {
        **window, "id": "prod-ferry", "cluster_identifier": "prod-ferry", "engine_version": "15.8",
        "deletion_protection": True, "skip_final_snapshot": False,
        "final_snapshot_identifier": "prod-ferry-final", "backup_retention_period": 35,
        "kms_key_id": "arn:aws:kms:eu-central-1:444455556666:key/0f1e2d3c-old",
    }  # fmt: skip
    task = {
        "replication_task_id": "prod-orders", "status": "running", "migration_type":
        "full-load-and-cdc", "table_mappings": json.dumps({"rules": [{"rule-id": "1",
        "rule-type": "selection", "object-locator": {"schema-name": "orders"}}]}),
    }  # fmt: skip
    statement = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*",
                 "Principal": {"Service": "cloudwatch.amazonaws.com"},
                 "Condition": {"StringEquals": {"aws:SourceAccount": "444455556666"}}}  # fmt: skip
    return [
        change("aws_rds_cluster", "aurora_cluster_8E3F11D0", "delete create", cluster,
               {**cluster, "kms_key_id": "arn:aws:kms:eu-central-1:444455556666:key/99aa-new",
                "id": None, "cluster_identifier": "prod-ferry"},
               replace_paths=[["kms_key_id"]], reason="replace_because_cannot_update"),
        update("aws_rds_cluster_instance", "aurora_instance-1_41C0F2AB",
               {**window, "identifier": "prod-ferry-1", "writer": True,
                "instance_class": "db.r6g.2xlarge"}, instance_class="db.r6g.4xlarge"),
        update("aws_dms_replication_task", "dms_orders_task_D40091E7", task,
               table_mappings=task["table_mappings"].replace("orders", "billing")),
        change("aws_vpc_security_group_ingress_rule", "aurora_from-anywhere_77AA00C1", "create",
               None, {"security_group_id": "sg-0a1b2c3d4e5f60718", "cidr_ipv4": "0.0.0.0/0",
                      "ip_protocol": "tcp", "from_port": 5432, "to_port": 5432,
                      "description": "BI tool, ask Tom"}),
        update("aws_sns_topic_policy", "monitoring_topic-policy_20C4B6F3",
               {"policy": json.dumps({"Statement": [statement]})},
               policy=json.dumps({"Statement": [{**statement, "Principal": "*",
                                                 "Condition": {}}]})),
        change("aws_cloudwatch_metric_alarm", "monitoring_orders-source-latency_6FB2A1C0",
               "delete", ALARM, None),
        update("aws_dms_endpoint", "dms_source_endpoint_1D2C3B4A",
               {"endpoint_id": "prod-source", "extra_connection_attributes":
                "captureDdls=N;heartbeatEnable=true"},
               extra_connection_attributes="captureDdls=N;heartbeatEnable=true;password=tiger"),
        update("aws_vpc", "network_vpc_53E7C9A1", {"tags": {"owner": "dba"}},
               tags={"owner": "<b>@platform</b> #12"}),
    ]  # fmt: skip


def huge() -> list[dict[str, Any]]:
    """Ten thousand changes, and one among them that matters."""
    alarms = [
        update("aws_cloudwatch_metric_alarm", f"monitoring_task-{number:05}-latency_6FB2A1C0",
               {**ALARM, "threshold": 300}, threshold=200)
        for number in range(9_999)
    ]  # fmt: skip
    return [*alarms, update("aws_rds_cluster", "aurora_cluster_8E3F11D0",
                            {"deletion_protection": True}, deletion_protection=False)]  # fmt: skip


def comment(changes: list[dict[str, Any]]) -> str:
    """What `ferry review` says of a plan of these changes."""
    drift = [update("aws_cloudwatch_log_group", "aurora_log_0B51B2D3",
                    {"retention_in_days": 365}, retention_in_days=30)]  # fmt: skip
    plan = {
        "format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {},
        "resource_changes": changes, "resource_drift": drift if len(changes) < 10 else [],  # noqa: PLR2004 (not the huge one)
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.json"
        file.write_text(json.dumps(plan))
        command = [sys.executable, "-m", "ferry", "review", "prod", str(file)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if not done.stdout:
        sys.exit(done.stderr)
    return done.stdout


def page(markdown: str, *, unfolded: bool) -> str:
    """The page that GitHub would make of it."""
    body = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(markdown)
    body = re.sub(
        r"<blockquote>\s*<p>\[!(\w+)\]\s*(.*?)</p>\s*</blockquote>",
        lambda match: f'<div class="alert"><b>{match[1].title()}</b><p>{match[2]}</p></div>',
        body,
        flags=re.DOTALL,
    )
    if unfolded:
        body = body.replace("<details>", "<details open>", 3)
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{body}"


def photograph(html: str, file: Path, *, height: int) -> None:
    """Write a page's picture, as high as is said."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(html)
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             f"--user-data-dir={folder}/profile", f"--window-size={WIDTH},{height}",
             f"--screenshot={file}", source.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    subprocess.run(["pngquant", "--force", "--ext", ".png", str(file)], check=True)


def main() -> None:
    """Make them all."""
    folder = Path(sys.argv[1]).resolve() if sys.argv[1:] else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, changes, height in (
        ("small", small(), 760),
        ("dangerous", dangerous(), 2980),
        ("huge", huge(), 650),
    ):
        markdown = comment(changes)
        photograph(page(markdown, unfolded=name == "small"), folder / f"review-{name}.png",
                   height=height)  # fmt: skip
        print(f"{name}: {len(markdown):,} characters")


if __name__ == "__main__":
    main()
