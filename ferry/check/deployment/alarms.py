"""The alarms: what they look at, from where on they tell, and whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts import metrics, outputs
from facts.alarms import ALARMS, Alarm
from facts.metrics import Role
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from types_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect

_MOST_NAMES: Final = 100
"""How many alarms CloudWatch finds by name in one call."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """An alarm that should be there.

    Args:
        alarm: Which one.
        task: The task's name; None where it is not of a task.
    """

    alarm: Alarm
    task: str | None = None


def wanted_alarms(deployed: Deployed) -> Mapping[str, Wanted]:
    """The alarms that should be there, by name."""
    environment = deployed.environment
    wanted = {}
    for alarm in ALARMS:
        if alarm.role is Role.READER and len(environment.aurora.instances) == 1:
            continue
        if alarm.serverless and not environment.aurora.is_serverless:
            continue
        if alarm.name not in environment.alarms.thresholds:
            continue
        if alarm.metric.namespace == metrics.DMS and not environment.has_migration:
            continue
        tasks = [*deployed.task_names] if alarm.is_of_a_task else [None]
        for task in tasks:
            wanted[deployed.names.alarm(alarm.name, task)] = Wanted(alarm=alarm, task=task)
    return wanted


def find_alarms(deployed: Deployed) -> Mapping[str, MetricAlarmTypeDef]:
    """Those of them that are there, by name."""
    names = list(wanted_alarms(deployed))
    return {
        alarm.get("AlarmName", ""): alarm
        for start in range(0, len(names), _MOST_NAMES)
        for alarm in deployed.account.cloudwatch.describe_alarms(
            AlarmNames=names[start : start + _MOST_NAMES], MaxRecords=_MOST_NAMES
        )["MetricAlarms"]
    }


def _pairs(deployed: Deployed) -> Iterator[tuple[str, Wanted, MetricAlarmTypeDef]]:
    """Name, what is wanted, what is there; one that is missing is another check's."""
    wanted, found = wanted_alarms(deployed), find_alarms(deployed)
    return ((name, wanted[name], found[name]) for name in wanted if name in found)


def check_every_metric_has_its_alarm(deployed: Deployed, expect: Expect) -> None:
    """Every alarm is there."""
    missing = ", ".join(sorted(wanted_alarms(deployed).keys() - find_alarms(deployed).keys()))
    expect.that(not missing, f"Alarms that are missing: {missing}.")


def check_alarms_thresholds(deployed: Deployed, expect: Expect) -> None:
    """Every alarm tells from the file's threshold on."""
    thresholds = deployed.environment.alarms.thresholds
    for name, wanted, alarm in _pairs(deployed):
        expect.equal(f"{name}'s threshold", alarm.get("Threshold"), thresholds[wanted.alarm.name])
        comparison = alarm.get("ComparisonOperator")
        expect.equal(f"{name}'s comparison", comparison, wanted.alarm.comparison)
        expect.equal(f"{name}'s statistic", alarm.get("Statistic"), wanted.alarm.statistic)


def check_alarms_treatment_of_missing_data(deployed: Deployed, expect: Expect) -> None:
    """Every alarm takes silence for what it means."""
    for name, wanted, alarm in _pairs(deployed):
        found = alarm.get("TreatMissingData")
        expect.equal(f"What silence means to {name}", found, wanted.alarm.missing_data)


def check_alarms_look_at_what_is_there(deployed: Deployed, expect: Expect) -> None:
    """Every alarm looks at a metric that AWS publishes of what is there."""
    for name, wanted, alarm in _pairs(deployed):
        metric = wanted.alarm.metric
        expect.equal(
            f"What {name} looks at",
            f"{alarm.get('Namespace')} {alarm.get('MetricName')}",
            f"{metric.namespace} {metric.name}",
        )
        dimensions = {one.get("Name"): one.get("Value") for one in alarm.get("Dimensions", [])}
        expect.equal(f"Of what {name} looks at it", dimensions, _dimensions(deployed, wanted))
        expect.equal(f"{name}'s unit, with which it sees no data", alarm.get("Unit"), None)


def _dimensions(deployed: Deployed, wanted: Wanted) -> dict[str, str]:
    role = {metrics.ROLE: str(wanted.alarm.role)} if wanted.alarm.role else {}
    return {
        name: _dimension(deployed, name, wanted) for name in wanted.alarm.metric.dimensions
    } | role


def _dimension(deployed: Deployed, name: str, wanted: Wanted) -> str:
    if name == metrics.CLUSTER:
        return str(deployed.outputs[outputs.CLUSTER_ID])
    if name == metrics.REPLICATION_INSTANCE:
        return deployed.replication_instance.get("ReplicationInstanceIdentifier", "")
    return deployed.task_arn(str(wanted.task)).rpartition(":")[2]


def check_alarms_tell_the_topic(deployed: Deployed, expect: Expect) -> None:
    """Every alarm tells the topic, of good and of bad."""
    topic, silent = deployed.outputs[outputs.ALARM_TOPIC_ARN], []
    for name, _, alarm in _pairs(deployed):
        if not alarm.get("ActionsEnabled"):
            silent.append(name)
        expect.equal(f"Whom {name} tells", alarm.get("AlarmActions"), [topic])
        expect.equal(f"Whom {name} tells that all is well", alarm.get("OKActions"), [topic])
    if silent:
        expect.look(
            f"The actions of {counted(len(silent), 'alarm')} are disabled: {', '.join(silent)}.",
            why="Nobody is told. Somebody disabled them, as for maintenance.",
            remedy=f"After it: aws cloudwatch enable-alarm-actions --alarm-names {' '.join(silent)}",
        )
