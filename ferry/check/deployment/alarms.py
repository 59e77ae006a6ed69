"""The alarms: what they look at, from where on they tell, and whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment.expect import equal
from ferry.check.deployment.real import real_dimensions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

    from ferry.check.deployment.deployed import Deployed

_MIB = 1024**2
_GIB = 1024**3
_SECONDS_IN_A_MINUTE = 60

_UNKNOWN, _GOOD, _AS_BEFORE = "missing", "notBreaching", "ignore"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """An alarm that should be there.

    Args:
        metric: The metric's name.
        threshold: In the metric's own unit.
        missing_data: What silence means.
        below: Whether it is bad below the threshold; above it by default.
        role: The instances' role in the cluster; all by default.
        task: The last segment of a task's ARN; the whole replication instance by default.
    """

    metric: str
    threshold: float
    missing_data: str = _UNKNOWN
    below: bool = False
    role: str | None = None
    task: str | None = None


def wanted_alarms(deployed: Deployed) -> dict[str, list[Wanted]]:
    """The alarms that should be there, by namespace."""
    return {
        "AWS/RDS": _auroras(deployed),
        "AWS/DMS": _replication_instances(deployed) + _tasks(deployed),
    }


def _auroras(deployed: Deployed) -> list[Wanted]:
    alarms = deployed.environment.alarms
    cpu = alarms.aurora_cpu_percent
    wanted = [
        Wanted(metric="CPUUtilization", threshold=cpu),
        Wanted(metric="CPUUtilization", threshold=cpu, role="WRITER"),
        Wanted(
            metric="FreeableMemory", threshold=alarms.aurora_freeable_memory_mib * _MIB, below=True
        ),
        Wanted(
            metric="FreeLocalStorage",
            threshold=alarms.aurora_free_local_storage_gib * _GIB,
            below=True,
        ),
        Wanted(metric="DatabaseConnections", threshold=alarms.aurora_connections),
        Wanted(
            metric="Deadlocks",
            # By the second and rounded: half a deadlock keeps the line between two of them.
            threshold=round((alarms.aurora_deadlocks_per_minute + 0.5) / _SECONDS_IN_A_MINUTE, 6),
            missing_data=_GOOD,
            role="WRITER",
        ),
        Wanted(metric="MaximumUsedTransactionIDs", threshold=alarms.aurora_transaction_ids),
        Wanted(
            metric="ReplicationSlotDiskUsage",
            threshold=alarms.aurora_replication_slot_disk_gib * _GIB,
            missing_data=_GOOD,
        ),
        Wanted(
            metric="TransactionLogsDiskUsage",
            threshold=alarms.aurora_transaction_logs_disk_gib * _GIB,
            missing_data=_GOOD,
        ),
    ]
    if deployed.environment.aurora.reader_count:
        wanted += [
            Wanted(metric="CPUUtilization", threshold=cpu, role="READER"),
            Wanted(
                metric="AuroraReplicaLag", threshold=alarms.aurora_replica_lag_ms, role="READER"
            ),
        ]
    return wanted


def _replication_instances(deployed: Deployed) -> list[Wanted]:
    alarms = deployed.environment.alarms
    return [
        Wanted(metric="CPUUtilization", threshold=alarms.dms_cpu_percent),
        Wanted(
            metric="FreeableMemory", threshold=alarms.dms_freeable_memory_mib * _MIB, below=True
        ),
        Wanted(metric="SwapUsage", threshold=alarms.dms_swap_mib * _MIB),
        Wanted(metric="FreeStorageSpace", threshold=alarms.dms_free_storage_gib * _GIB, below=True),
    ]


def _tasks(deployed: Deployed) -> list[Wanted]:
    alarms = deployed.environment.alarms
    segments = [arn.rpartition(":")[2] for arn in deployed.outputs[outputs.DMS_TASK_ARNS].values()]
    return [
        wanted
        for segment in segments
        for wanted in (
            Wanted(
                metric="CDCLatencySource",
                threshold=alarms.dms_source_latency_seconds,
                task=segment,
            ),
            Wanted(
                metric="CDCLatencyTarget",
                threshold=alarms.dms_target_latency_seconds,
                task=segment,
            ),
            Wanted(
                metric="ValidationFailedOverallCount",
                threshold=alarms.dms_validation_failures,
                missing_data=_AS_BEFORE,
                task=segment,
            ),
        )
    ]


def find_alarms(deployed: Deployed) -> list[MetricAlarmTypeDef]:
    """The alarms that the environment's tags are on."""
    pages = deployed.cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmTypes=["MetricAlarm"]
    )
    found = []
    for page in pages:
        for alarm in page["MetricAlarms"]:
            answer = deployed.cloudwatch.list_tags_for_resource(
                ResourceARN=alarm.get("AlarmArn", "")
            )
            tags = {tag["Key"]: tag["Value"] for tag in answer["Tags"]}
            if tags.items() >= deployed.tags.items():
                found.append(alarm)
    assert found, f"no alarm has the tags {deployed.tags}"
    return found


def read_dimensions(alarm: MetricAlarmTypeDef) -> Mapping[str, str]:
    """An alarm's dimensions by name."""
    return {one.get("Name", ""): one.get("Value", "") for one in alarm.get("Dimensions", [])}


def _matching(
    deployed: Deployed, alarms: list[MetricAlarmTypeDef], namespace: str, wanted: Wanted
) -> MetricAlarmTypeDef:
    real = real_dimensions(deployed)
    dimensions = dict(real.cluster if namespace == "AWS/RDS" else real.replication_instance)
    if wanted.role:
        dimensions["Role"] = wanted.role
    if wanted.task:
        dimensions["ReplicationTaskIdentifier"] = wanted.task
    matching = [
        alarm
        for alarm in alarms
        if (alarm.get("Namespace"), alarm.get("MetricName")) == (namespace, wanted.metric)
        and read_dimensions(alarm) == dimensions
    ]
    assert len(matching) == 1, (
        f"{len(matching)} alarms look at {namespace} {wanted.metric} of {dimensions}; one should:"
        f" {[alarm.get('AlarmName') for alarm in matching]}"
    )
    return matching[0]


def check_every_metric_has_its_alarm(deployed: Deployed) -> None:
    alarms = find_alarms(deployed)
    for namespace, all_wanted in wanted_alarms(deployed).items():
        for wanted in all_wanted:
            _matching(deployed, alarms, namespace, wanted)


def check_alarms_thresholds(deployed: Deployed) -> None:
    alarms = find_alarms(deployed)
    for namespace, all_wanted in wanted_alarms(deployed).items():
        for wanted in all_wanted:
            alarm = _matching(deployed, alarms, namespace, wanted)
            name = alarm.get("AlarmName")
            equal(f"{name}'s threshold", alarm.get("Threshold"), wanted.threshold)
            operator = "LessThanThreshold" if wanted.below else "GreaterThanThreshold"
            equal(f"{name}'s comparison", alarm.get("ComparisonOperator"), operator)


def check_alarms_treatment_of_missing_data(deployed: Deployed) -> None:
    alarms = find_alarms(deployed)
    for namespace, all_wanted in wanted_alarms(deployed).items():
        for wanted in all_wanted:
            alarm = _matching(deployed, alarms, namespace, wanted)
            found = alarm.get("TreatMissingData")
            equal(f"what silence means to {alarm.get('AlarmName')}", found, wanted.missing_data)


def check_alarms_look_at_what_is_there(deployed: Deployed) -> None:
    real = real_dimensions(deployed)
    for alarm in find_alarms(deployed):
        name, dimensions = alarm.get("AlarmName"), read_dimensions(alarm)
        namespace = alarm.get("Namespace", "")
        assert real.are_dimensions_of(namespace, dimensions), (
            f"{name} looks at {dimensions} in {namespace}, of which CloudWatch gets no data"
        )
        equal(f"{name}'s unit, with which it would see no data", alarm.get("Unit"), None)


def check_alarms_names(deployed: Deployed) -> None:
    ending = f"-{deployed.environment.name}"
    beginnings = {"AWS/RDS": "aurora-", "AWS/DMS": "dms-"}
    for alarm in find_alarms(deployed):
        name, beginning = alarm.get("AlarmName", ""), beginnings[alarm.get("Namespace", "")]
        assert name.startswith(beginning), f"{name} does not start with {beginning}"
        assert name.endswith(ending), f"{name} does not end with {ending}"


def check_alarms_tell_the_topic(deployed: Deployed) -> None:
    topic = deployed.outputs[outputs.ALARM_TOPIC_ARN]
    for alarm in find_alarms(deployed):
        name = alarm.get("AlarmName")
        equal(f"{name}'s actions are enabled", alarm.get("ActionsEnabled"), wanted=True)
        equal(f"whom {name} tells", alarm.get("AlarmActions"), [topic])
        equal(f"whom {name} tells that all is well again", alarm.get("OKActions"), [topic])
