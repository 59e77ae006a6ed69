"""Serverless instances: another capacity, and a cluster without any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from ferry.review.rules.review import Verdict
from tests.unit.ferry.review.plans import (
    UNKNOWN,
    change,
    configured,
    dangers,
    effects,
    reviewed,
    stays,
    update,
)

if TYPE_CHECKING:
    from ferry.review import Review

CLUSTER = "aws_rds_cluster"
INSTANCE = "aws_rds_cluster_instance"
ALARM = "aws_cloudwatch_metric_alarm"
NAME = {"cluster_identifier": "c"}
PAUSES = "A serverless instance without connections pauses"
SHRINKS = "Serverless instances may be smaller, or grow less"
WAITS = "max_connections, autovacuum_max_workers and other parameters"
UNCLEAR = "No rule says that serverlessv2_scaling_configuration is harmless"
REFUSED = "RDS makes no serverless instance in a cluster without capacities."


def of(least: object, most: object, pause: int | None = None) -> dict[str, Any]:
    """A cluster of serverless instances."""
    block = {"min_capacity": least, "max_capacity": most, "seconds_until_auto_pause": pause}
    return {**NAME, "serverlessv2_scaling_configuration": [block]}


WITHOUT: dict[str, Any] = {**NAME, "serverlessv2_scaling_configuration": []}


def said(found: Review) -> list[str]:
    """What is said, by its beginning."""
    known = (PAUSES, SHRINKS, WAITS, UNCLEAR)
    return [next((it for it in known if one.startswith(it)), one) for one in effects(found)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (of(2, 16), of(4, 16), []),
        (of(0.5, 1), of(0.5, 2), [WAITS]),
        (of(0.5, 16), of(1, 16), [WAITS]),
        (of(1, 16), of(2, 32), [WAITS]),
        (of(2, 16), of(1, 16), [SHRINKS]),
        (of(2, 16), of(0.5, 16), [SHRINKS, WAITS]),
        (of(2, 16), of(2, 8), [SHRINKS, WAITS]),
        (of(2, 16), of(4, 8), [SHRINKS, WAITS]),
        (of(0.5, 16), of(0, 16, 300), [PAUSES, SHRINKS]),
        (of(0, 16, 300), of(0, 16, 600), [PAUSES]),
        (WITHOUT, of(0.5, 16), []),
        (WITHOUT, of(0, 16), [PAUSES]),
        (of(2, 16), WITHOUT, [UNCLEAR]),
        (of(2, 16), of("2", "many"), [UNCLEAR]),
    ],
)
def test_what_another_capacity_does(
    before: dict[str, Any], after: dict[str, Any], expected: list[str]
) -> None:
    found = reviewed(change(CLUSTER, "update", before, after))

    assert said(found) == expected
    assert dangers(found) <= {Danger.INTERRUPTION, Danger.UNCLEAR}
    assert (found.verdict is Verdict.SAFE) is (not expected)


def test_a_capacity_that_nobody_knows_yet_is_unclear() -> None:
    found = reviewed(
        update(CLUSTER, of(2, 16), serverlessv2_scaling_configuration=UNKNOWN),
    )
    assert said(found) == [UNCLEAR]


def test_less_is_in_force_at_once_and_the_rest_with_a_restart() -> None:
    found = reviewed(update(CLUSTER, of(2, 16), **of(2, 8)))

    assert {it.effect.text().partition(" ")[0]: it.when.text() for it in found.findings} == {
        "Serverless": "at once, when the plan is applied",
        "max_connections,": "when the instances are restarted; Terraform restarts none",
    }


def made(cluster: dict[str, Any] | None, **instance: object) -> Review:
    """The review of a new serverless instance, by its cluster's address."""
    beside = [] if cluster is None else [change(CLUSTER, "create", None, cluster)]
    new = {"cluster_identifier": UNKNOWN, "instance_class": "db.serverless", **instance}
    return reviewed(
        *beside,
        change(INSTANCE, "create", None, new),
        configuration=configured(
            aws_rds_cluster_instance__it={"cluster_identifier": ["aws_rds_cluster.it"]}
        ),
    )


@pytest.mark.parametrize(
    ("cluster", "instance", "expected"),
    [
        (of(0.5, 16), {}, None),
        (of(0.5, 16), {"cluster_identifier": "c"}, None),
        (WITHOUT, {}, REFUSED),
        (of(None, 16), {}, "No rule says that instance_class is harmless"),
        (None, {}, "No rule says that instance_class is harmless"),
        (of(0.5, 16), {"instance_class": "db.of.another.kind"}, "No rule says that instance_class"),
    ],
)
def test_a_new_serverless_instance_needs_capacities(
    cluster: dict[str, Any] | None, instance: dict[str, Any], expected: str | None
) -> None:
    found = [it for it in made(cluster, **instance).findings if it.attribute == "instance_class"]

    assert [it.effect.text()[: len(expected or "")] for it in found] == (
        [] if expected is None else [expected]
    )


@pytest.mark.parametrize(("cluster", "is_refused"), [(of(0.5, 16), False), (WITHOUT, True)])
def test_so_does_one_that_becomes_serverless(cluster: dict[str, Any], *, is_refused: bool) -> None:
    instance = {**NAME, "instance_class": "db.r6g.large", "writer": False}
    found = reviewed(
        stays(CLUSTER, **cluster),
        stays(INSTANCE, "writer", **{**instance, "writer": True}),
        update(INSTANCE, instance, instance_class="db.serverless"),
    )

    assert (REFUSED in effects(found)) is is_refused
    assert any(it.startswith("A reader is stopped and started") for it in effects(found))


def test_one_of_another_plan_s_cluster_is_left_to_the_other_rules() -> None:
    instance = {"cluster_identifier": "elsewhere", "instance_class": "db.r6g.large"}
    found = reviewed(update(INSTANCE, instance, instance_class="db.serverless"))

    assert REFUSED not in effects(found)
    assert dangers(found) == {Danger.INTERRUPTION}


def alarmed(before: dict[str, Any], after: dict[str, Any], threshold: int) -> list[str]:
    """What is said of an alarm on connections that stays, when the capacity does not."""
    alarm = {
        "namespace": "AWS/RDS",
        "metric_name": "DatabaseConnections",
        "dimensions": {"DBClusterIdentifier": "c"},
        "statistic": "Maximum",
        "threshold": threshold,
        "comparison_operator": "GreaterThanThreshold",
    }
    found = reviewed(
        change(CLUSTER, "update", before, after),
        stays(INSTANCE, **NAME, instance_class="db.serverless"),
        stays(ALARM, **alarm),
    )
    return [it for it in effects(found) if "accepts about" in it]


def test_an_alarm_is_held_against_what_the_capacity_allows() -> None:
    assert alarmed(of(1, 16), of(1, 4), 1000) == [
        (
            'An instance of "db.serverless" accepts about 823 connections: it never reaches 1,000, and '
            "the alarm never goes off."
        )
    ]
    assert alarmed(of(1, 16), of(1, 8), 1000) == []
    assert alarmed(of(1, 4), {**of(1, 4), "backup_retention_period": 9}, 1000) == []


def test_sorts_are_held_against_the_memory_of_the_largest() -> None:
    group = "aws_rds_cluster_parameter_group"
    sorts = {"name": "work_mem", "value": "16384", "apply_method": "immediate"}

    def said_of(cluster: dict[str, Any]) -> list[str]:
        return effects(
            reviewed(
                stays(CLUSTER, **cluster),
                stays(INSTANCE, **NAME, instance_class="db.serverless"),
                change(group, "update", {"parameter": []}, {"parameter": [sorts]}),
            )
        )

    assert "the 2 GiB of the smallest instance" in str(said_of(of(1, 1)))
    assert said_of(of(1, 16)) == []
