"""What AWS takes one by one and refuses together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from ferry.review.rules.combined.refused import TOGETHER
from tests.unit.ferry.review.plans import UNKNOWN, change, effects, reviewed, stays, update

if TYPE_CHECKING:
    from ferry.review import Review

CLUSTER = "aws_rds_cluster"
INSTANCE = "aws_rds_cluster_instance"
ALARM = "aws_cloudwatch_metric_alarm"
BACKUP, MAINTENANCE = "preferred_backup_window", "preferred_maintenance_window"
MODE, DAYS = "database_insights_mode", "performance_insights_retention_period"
ON, SECONDS, ROLE = "performance_insights_enabled", "monitoring_interval", "monitoring_role_arn"
TOPICS = [f"arn:aws:sns:eu-central-1:111122223333:t{it}" for it in range(6)]


def refused(found: Review) -> list[str]:
    """What AWS refuses, by the rows of this table."""
    beginnings = ("RDS refuses a backup", "RDS refuses advanced", "RDS refuses enhanced",
                  "CloudWatch refuses an alarm that", "A cluster has one writer")  # fmt: skip
    return [
        it.effect.text()
        for it in found.findings
        if it.danger is Danger.REFUSED and it.effect.template.startswith(beginnings)
    ]


MEETS = (
    'RDS refuses a backup window ("03:30-04:30") that meets the maintenance window '
    '("{0}:03:00-{0}:04:00").'
)
KEPT = (
    "RDS refuses advanced Database Insights without Performance Insights that are kept for 465 "
    "days; here it is {}."
)
SAMPLES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    (ALARM, {"evaluation_periods": 5}, {"datapoints_to_alarm": 6},
     "CloudWatch refuses an alarm that wants 6 bad periods of 5."),
    (ALARM, {"evaluation_periods": 5}, {"datapoints_to_alarm": 5}, ""),
    (ALARM, {"evaluation_periods": UNKNOWN}, {"datapoints_to_alarm": 6}, ""),
    (CLUSTER, {MAINTENANCE: "sun:03:00-sun:04:00"}, {BACKUP: "03:30-04:30"},
     MEETS.format("sun")),
    (CLUSTER, {BACKUP: "03:30-04:30"}, {MAINTENANCE: "Sun:03:00-Sun:04:00"},
     MEETS.format("Sun")),
    (CLUSTER, {MAINTENANCE: "sun:03:00-sun:04:00"}, {BACKUP: "02:00-03:00"}, ""),
    (CLUSTER, {}, {BACKUP: "02:00-03:00"}, ""),
    (CLUSTER, {MAINTENANCE: UNKNOWN}, {BACKUP: "02:00-03:00"}, ""),
    (CLUSTER, {MODE: "standard", DAYS: 7}, {MODE: "advanced"},
     KEPT.format(7)),
    (CLUSTER, {MODE: "advanced", DAYS: 731}, {DAYS: 31},
     KEPT.format(31)),
    (CLUSTER, {MODE: "advanced", DAYS: 465, ON: True}, {ON: False},
     KEPT.format(465)),
    (CLUSTER, {MODE: "standard", DAYS: 465, ON: True}, {MODE: "advanced"}, ""),
    (CLUSTER, {MODE: "standard"}, {DAYS: 7}, ""),
    (INSTANCE, {ROLE: ""}, {SECONDS: 60},
     "RDS refuses enhanced monitoring every 60 seconds without a role."),
    (INSTANCE, {SECONDS: 60, ROLE: "arn:aws:iam::111122223333:role/r"}, {ROLE: None},
     "RDS refuses enhanced monitoring every 60 seconds without a role."),
    (INSTANCE, {ROLE: UNKNOWN}, {SECONDS: 60}, ""),
    (INSTANCE, {ROLE: "", SECONDS: 60}, {SECONDS: 0}, ""),
    (CLUSTER, {ROLE: None}, {SECONDS: 30},
     "RDS refuses enhanced monitoring every 30 seconds without a role."),
    *(
        (ALARM, {}, {name: topics}, told)
        for name in ("alarm_actions", "ok_actions", "insufficient_data_actions")
        for topics, told in (
            (TOPICS, "CloudWatch refuses an alarm that tells more than 5 in one state."),
            (TOPICS[:5], ""),
        )
    ),
]  # fmt: skip
"""Type, what stays, what changes, and what is said of it."""


@pytest.mark.parametrize(("type_", "there", "becomes", "says"), SAMPLES)
def test_what_aws_refuses_together(
    type_: str, there: dict[str, Any], becomes: dict[str, Any], says: str
) -> None:
    before = dict.fromkeys(becomes) | {
        it: value for it, value in there.items() if value is not UNKNOWN
    }
    item = change(type_, "update", before, {**there, **becomes})
    assert refused(reviewed(item)) == ([says] if says else [])
    made = change(type_, "create", None, {**there, **becomes})
    assert refused(reviewed(made)) == ([says] if says else [])


def test_what_does_not_change_is_not_told_again() -> None:
    before = {MODE: "advanced", DAYS: 7, BACKUP: "03:00-04:00", MAINTENANCE: "sun:03:00-sun:04:00"}
    assert refused(reviewed(update(CLUSTER, before, deletion_protection=True))) == []


def test_every_row_has_a_sample_and_a_page() -> None:
    said = " ".join(it[3] for it in SAMPLES)
    for row in TOGETHER:
        assert row.source.startswith("https://")
        assert row.effect.partition("{")[0].strip(" (") in said


@pytest.mark.parametrize("cluster", ["c", UNKNOWN])
@pytest.mark.parametrize(
    ("there", "made", "says"), [(16, 0, 0), (15, 1, 0), (16, 1, 1), (1, 16, 1)]
)
def test_a_cluster_has_fifteen_readers(there: int, made: int, says: int, cluster: object) -> None:
    if cluster is UNKNOWN:
        there, made = 0, there + made if made else 0
    found = reviewed(
        *(stays(INSTANCE, f"i{it}", cluster_identifier="c") for it in range(there)),
        *(
            change(INSTANCE, "create", None, {"cluster_identifier": cluster}, name=f"n{it}")
            for it in range(made)
        ),
        stays(INSTANCE, "of_another", cluster_identifier="another"),
    )
    told = "A cluster has one writer and 15 readers at most: RDS refuses more."
    assert refused(found) == [told] * says


@pytest.mark.parametrize(
    ("window", "backup", "told"),
    [
        ("sun:01:15-sun:01:45", "01:00-02:00", True),
        ("sun:02:00-sun:02:30", "01:00-02:00", False),
        (UNKNOWN, "01:00-02:00", False),
        ("sun:01:15-sun:01:45", UNKNOWN, False),
    ],
)
def test_an_instance_is_not_maintained_while_it_is_backed_up(
    window: object, backup: object, *, told: bool
) -> None:
    says = (
        'RDS refuses a maintenance window of an instance ("sun:01:15-sun:01:45") that meets its '
        'cluster\'s backup window ("01:00-02:00").'
    )
    instance = {"cluster_identifier": "c", MAINTENANCE: window}
    cluster = {"cluster_identifier": "c", BACKUP: backup}
    known = [it for it in (window, backup) if it is not UNKNOWN]
    new = [change(INSTANCE, "create", None, instance), change(CLUSTER, "create", None, cluster)]
    assert (says in effects(reviewed(*new))) is told
    if len(known) == 2:
        moved = change(CLUSTER, "update", {**cluster, BACKUP: "09:00-10:00"}, cluster)
        assert (says in effects(reviewed(stays(INSTANCE, **instance), moved))) is told
    assert says not in effects(
        reviewed(
            change(INSTANCE, "create", None, {**instance, "cluster_identifier": "other"}),
            change(CLUSTER, "create", None, cluster),
        )
    )
