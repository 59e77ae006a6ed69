"""A new instance is compared with the cluster's others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import read_plan
from ferry.review.rules.combined.peers import unlike_its_peers
from tests.unit.ferry.review.plans import UNKNOWN, change, plan_text, stays

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

INSTANCE = "aws_rds_cluster_instance"
ALIKE: dict[str, Any] = {
    "cluster_identifier": "c",
    "instance_class": "db.r6g.xlarge",
    "monitoring_interval": 30,
    "performance_insights_enabled": True,
    "performance_insights_retention_period": 31,
    "ca_cert_identifier": "rds-ca-rsa2048-g1",
    "db_parameter_group_name": "ours",
    "preferred_maintenance_window": "sun:03:00-sun:04:00",
}


def said(*others: dict[str, Any], action: str = "create", **new: Json) -> list[str]:
    before = None if action == "create" else {**ALIKE, "id": "x"}
    made = change(INSTANCE, action, before, {**ALIKE, **new}, name="new")
    there = [stays(INSTANCE, f"it{number}", **it) for number, it in enumerate(others)]
    plan = read_plan(plan_text(made, *there))
    return [it.effect.text() for it in unlike_its_peers(plan)]


@pytest.mark.parametrize(
    ("new", "effect"),
    [
        (
            {"instance_class": "db.r6g.large"},
            (
                'The new instance, of "db.r6g.large" with 16 GiB, is smaller than the cluster\'s others, '
                'such as one of "db.r6g.xlarge": the reader endpoint sends it as many connections, and '
                "it may have to take the writer's place."
            ),
        ),
        (
            {"instance_class": "db.serverless"},
            (
                'The new instance is of "db.serverless", the cluster\'s others, for example, of '
                '"db.r6g.xlarge": which of the two is larger is not known here.'
            ),
        ),
        (
            {"monitoring_interval": 0},
            (
                "Enhanced monitoring looks at the cluster's other instances every 30 seconds, at the "
                "new one less often: never."
            ),
        ),
        (
            {"monitoring_interval": 60},
            (
                "Enhanced monitoring looks at the cluster's other instances every 30 seconds, at the "
                "new one less often: 60."
            ),
        ),
        (
            {"performance_insights_enabled": False},
            "Performance Insights is on for the cluster's other instances, and not for the new one.",
        ),
        (
            {"performance_insights_retention_period": 7},
            (
                "Performance Insights keeps what the cluster's other instances do for 31 days, what "
                "the new one does for less: 7."
            ),
        ),
        (
            {"ca_cert_identifier": "rds-ca-ecc384-g1"},
            (
                '"rds-ca-ecc384-g1" signs the new instance\'s certificate, "rds-ca-rsa2048-g1" the '
                "others': clients that trust these alone cannot connect to it."
            ),
        ),
        (
            {"db_parameter_group_name": "another"},
            (
                'The new instance goes by the parameters of "another", the cluster\'s others by those of '
                '"ours": it answers, logs and limits as these say.'
            ),
        ),
        (
            {"preferred_maintenance_window": "wed:12:00-wed:13:00"},
            (
                'The new instance is maintained at another time, "wed:12:00-wed:13:00", than the '
                'cluster\'s others, such as "sun:03:00-sun:04:00": it may restart then.'
            ),
        ),
    ],
)
def test_less_than_the_others_have_is_told(new: dict[str, Any], effect: str) -> None:
    assert said(ALIKE, **new) == [effect]
    assert said(ALIKE, {**ALIKE, **new}, **new) == []
    assert said({**ALIKE, "cluster_identifier": "another"}, **new) == []
    assert said(**new) == []


@pytest.mark.parametrize(
    "new",
    [
        {},
        {"instance_class": "db.r6g.2xlarge"},
        {"monitoring_interval": 1},
        {"performance_insights_retention_period": 93},
        {"ca_cert_identifier": UNKNOWN},
        {"preferred_maintenance_window": UNKNOWN},
        {"cluster_identifier": UNKNOWN, "monitoring_interval": 0},
    ],
)
def test_as_much_as_the_others_or_more_is_not(new: dict[str, Any]) -> None:
    assert said(ALIKE, **new) == []


def test_a_group_that_is_new_is_another_one() -> None:
    (effect,) = said(ALIKE, db_parameter_group_name=UNKNOWN)
    assert effect.startswith("The new instance goes by the parameters of (known after apply)")


def test_of_several_the_one_with_the_least_is_compared() -> None:
    others = [{**ALIKE, "monitoring_interval": it} for it in (1, 60, 5)]
    assert said(*others, monitoring_interval=30) == []
    assert len(said(*others, monitoring_interval=0)) == 1


def test_what_is_made_anew_changes_and_that_is_judged() -> None:
    assert said(ALIKE, action="replace", monitoring_interval=0) == []
