"""How long `ferry review` takes, how much memory, and how long its report is, by a plan's size.

Whole processes as a user starts them. The plans are as Terraform writes them: each says everything
four times, in the changes, the planned values, the prior state and the configuration.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.limits import Limit
from bench.measuring import RUNS, Subject, measure
from bench.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CHANGES: Final = (10, 1_000, 10_000)
LIMIT_SECONDS: Final = 2
LIMIT_MB: Final = 300
LIMIT_CHARACTERS: Final = 65_536
"""What GitHub takes as a comment."""

_ROOT: Final = Path(__file__).resolve().parent.parent


def report() -> str:
    """Measure, and say what came out."""
    rows, limits = [], []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for count in CHANGES:
            file = Path(folder) / f"plan-{count}.json"
            write_plan(file, changes=count)
            command = (
                sys.executable, "-m", "ferry", "review", "prod", str(file),
            )  # fmt: skip
            name = f"{count:,}"
            series = measure([Subject(name=name, command=command, folder=_ROOT)])[name]
            said = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
            least, most = series.spread
            rows.append(
                (
                    name,
                    f"{file.stat().st_size / 1e6:.2f}",
                    f"{series.seconds:.2f}",
                    f"{least:.2f}-{most:.2f}",
                    f"{series.cpu_seconds:.2f}",
                    f"{series.peak_mb:.0f}",
                    f"{len(said.stdout):,}",
                )
            )
            if count == CHANGES[-1]:
                limits = [
                    Limit(measure=f"{name} changes", allowed=allowed, unit=unit, measured=measured)
                    for allowed, unit, measured in (
                        (LIMIT_SECONDS, " s", series.seconds),
                        (LIMIT_MB, " MB", series.peak_mb),
                        (LIMIT_CHARACTERS, " characters", len(said.stdout)),
                    )
                ]
    head = ("Changes", "Plan, MB", "Seconds", "Fastest-slowest", "Processor, s", "Peak, MB",
            "Characters")  # fmt: skip
    return (
        f"`ferry review`, median of {RUNS} runs after one to warm up\n\n{table(head, rows)}\n\n"
        f"{table(('Limit', 'Allowed', 'Measured', 'Verdict'), [it.row for it in limits])}"
    )


def write_plan(file: Path, *, changes: int) -> None:
    """Write a plan that changes alarms, log groups and tags, as safe as a plan can be.

    It is written piece by piece: what this process needs would count as what its children need.
    """
    with file.open("w", encoding="utf-8") as plan:
        plan.write('{"format_version": "1.2", "terraform_version": "1.11.4", "complete": true')
        for opening, closing, part in (
            (', "planned_values": {"root_module": {"resources": [', "]}}", _resource),
            (', "resource_changes": [', "]", _change),
            (', "prior_state": {"values": {"root_module": {"resources": [', "]}}}", _resource),
            (', "configuration": {"root_module": {"resources": [', "]}}", _resource),
        ):
            plan.write(opening)
            for text in _separated(json.dumps(part(number)) for number in range(changes)):
                plan.write(text)
            plan.write(closing)
        plan.write("}\n")


def _separated(texts: Iterable[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield f",{text}" if number else text


def _attributes(number: int) -> tuple[str, dict[str, Any]]:
    tags = {"Name": f"aurora-ferry-prod-{number}", "environment": "prod", "owner": "dba"}
    common = {"id": f"r-{number}", "tags": tags, "tags_all": {**tags, "project": "aurora-ferry"}}
    if number % 5 == 0:
        return "aws_cloudwatch_log_group", {
            **common, "name": f"/aws/rds/cluster/prod-{number}/postgresql", "skip_destroy": False,
            "kms_key_id": "arn:aws:kms:eu-central-1:444455556666:key/0f1e2d3c-4b5a-6978-8796",
            "log_group_class": "STANDARD", "name_prefix": "", "retention_in_days": 365,
        }  # fmt: skip
    return "aws_cloudwatch_metric_alarm", {
        **common, "actions_enabled": True, "alarm_name": f"aurora-ferry-prod-latency-{number}",
        "alarm_description": "The task is behind its source by more than it should be. " * 3,
        "alarm_actions": ["arn:aws:sns:eu-central-1:444455556666:aurora-ferry-prod-alarms"],
        "ok_actions": ["arn:aws:sns:eu-central-1:444455556666:aurora-ferry-prod-alarms"],
        "comparison_operator": "GreaterThanThreshold", "datapoints_to_alarm": 5,
        "dimensions": {"ReplicationInstanceIdentifier": "aurora-ferry-prod",
                       "ReplicationTaskIdentifier": f"aurora-ferry-prod-{number}"},
        "evaluation_periods": 5, "insufficient_data_actions": [], "metric_name": "CDCLatencySource",
        "metric_query": [], "namespace": "AWS/DMS", "period": 60, "statistic": "Maximum",
        "threshold": 300, "threshold_metric_id": "", "treat_missing_data": "missing", "unit": "",
    }  # fmt: skip


def _resource(number: int) -> dict[str, Any]:
    type_, attributes = _attributes(number)
    name = f"monitoring_task-{number}-latency_{number:08X}"
    return {
        "address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 1,
        "values": attributes, "sensitive_values": {"tags": {}, "tags_all": {}},
    }  # fmt: skip


def _change(number: int) -> dict[str, Any]:
    type_, before = _attributes(number)
    changed = {"threshold": 600} if "alarm" in type_ else {"retention_in_days": 731}
    sides = {"tags": {}, "tags_all": {}, "dimensions": {}, "alarm_actions": [False]}
    return {
        **{name: part for name, part in _resource(number).items() if "values" not in name},
        "change": {
            "actions": ["update"], "before": before, "after": {**before, **changed},
            "after_unknown": {}, "before_sensitive": sides, "after_sensitive": sides,
        },
    }  # fmt: skip
