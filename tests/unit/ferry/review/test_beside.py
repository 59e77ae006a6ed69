"""What a new thing has to have beside it: held/beside.py has what is not there in a whole deployment."""

from __future__ import annotations

from typing import Any

import pytest

from ferry.review import Danger
from ferry.review.rules.combined.beside import BESIDE
from tests.unit.ferry.review.plans import UNKNOWN, change, configured, effects, reviewed

ALARM = "aws_cloudwatch_metric_alarm"
TASK = "aws_dms_replication_task"
REPLICATION = "aws_dms_replication_instance"
CLUSTER = "aws_rds_cluster"
INSTANCE = "aws_rds_cluster_instance"

WATCHED = [
    (CLUSTER, "DBClusterIdentifier", "cluster_identifier",
     ["MaximumUsedTransactionIDs", "FreeLocalStorage", "FreeableMemory", "CPUUtilization",
      "DatabaseConnections", "ReplicationSlotDiskUsage"]),
    (REPLICATION, "ReplicationInstanceIdentifier", "replication_instance_id",
     ["FreeStorageSpace", "FreeableMemory"]),
    (TASK, "ReplicationTaskIdentifier", "resource_identifier", ["CDCLatencySource", "ValidationFailedOverallCount"]),
]  # fmt: skip
TOLD = [
    ("aws_db_event_subscription", CLUSTER, "cluster_identifier", "db-cluster",
     ["failover", "failure"]),
    ("aws_db_event_subscription", INSTANCE, "identifier", "db-instance",
     ["failure", "low storage"]),
    ("aws_dms_event_subscription", REPLICATION, "replication_instance_id", "replication-instance",
     ["failover", "failure", "low storage"]),
    ("aws_dms_event_subscription", TASK, "replication_task_id", "replication-task", ["failure"]),
]  # fmt: skip


def stays(type_: str, name: str = "it", /, **said: object) -> dict[str, Any]:
    """What is there, of which something may be known only after apply."""
    return change(type_, "no-op", {}, said, name=name)


@pytest.mark.parametrize(("type_", "dimension", "attribute", "metrics"), WATCHED)
def test_something_new_is_watched_or_told(
    type_: str, dimension: str, attribute: str, metrics: list[str]
) -> None:
    new = change(type_, "create", None, {attribute: "n"})

    def alarm(metric: object, **dimensions: object) -> dict[str, Any]:
        item = stays(ALARM, str(metric), metric_name=metric, dimensions=dict(dimensions))
        unknown = {key: True for key, value in dimensions.items() if value is UNKNOWN}
        for key in unknown:
            del item["change"]["after"]["dimensions"][key]
        item["change"]["after_unknown"]["dimensions"] = unknown
        return item

    each = [alarm(it, **{dimension: "n"}) for it in metrics]
    query = [{"metric": [{"dimensions": {dimension: "n"}, "metric_name": it}]} for it in metrics]
    for there, missing in (
        ([], metrics),
        (each, []),
        (each[1:], metrics[:1]),
        ([stays(ALARM, metric_query=[*query, {"metric": None}, {"metric": [7]}, 7])], []),
        ([alarm(it, **{dimension: "other"}) for it in metrics], metrics),
        ([alarm(it, **{dimension: "n", "Role": "READER"}) for it in metrics], metrics),
        ([alarm(it, **{dimension: UNKNOWN}) for it in metrics], []),
        ([stays(ALARM, metric_name=UNKNOWN, dimensions=UNKNOWN)], []),
    ):
        told = [it for it in effects(reviewed(new, *there)) if "no alarm watches" in it]
        said = f"It is new, and no alarm watches its {', '.join(missing)}."
        assert told == ([said] if missing else [])


@pytest.mark.parametrize(("subscription", "type_", "attribute", "kind", "needed"), TOLD)
def test_events_of_something_new_are_told_or_said_to_be_missing(
    subscription: str, type_: str, attribute: str, kind: str, needed: list[str]
) -> None:
    new = change(type_, "create", None, {attribute: "n"})
    refers = configured(**{f"{subscription}__it": {"source_ids": [f"{type_}.it"]}})
    for said, missing in (
        (None, needed),
        ({"source_type": kind}, []),
        ({"source_type": kind, "source_ids": ["n"], "event_categories": needed}, []),
        ({"source_type": kind, "source_ids": UNKNOWN, "event_categories": needed}, []),
        ({"source_type": kind, "event_categories": needed[1:] or ["creation"]}, needed[:1]),
        ({"source_type": kind, "source_ids": ["other"]}, needed),
        ({"source_type": "another-kind"}, needed),
        ({"source_type": kind, "enabled": False}, needed),
    ):
        there = [] if said is None else [stays(subscription, **said)]
        found = effects(reviewed(new, *there, configuration=refers))
        told = [it for it in found if "nobody is told of its events" in it]
        effect = (
            f"It is new, and nobody is told of its events of these kinds: {', '.join(missing)}."
        )
        assert told == ([effect] if missing else [])


def test_what_is_made_anew_under_its_name_is_not_new() -> None:
    before = {"replication_task_id": "t", "resource_identifier": "t"}
    for after, is_new in ((before, False), ({**before, "resource_identifier": "u"}, True)):
        found = effects(reviewed(change(TASK, "replace", before, after)))
        assert any("no alarm watches" in it for it in found) is is_new


@pytest.mark.parametrize(
    ("new", "there", "told"),
    [
        ((CLUSTER, {"cluster_identifier": "c"}), (INSTANCE, {"cluster_identifier": "c"}),
         "The new cluster has no instance: nobody can connect to it."),
        ((REPLICATION, {"replication_instance_arn": "arn:r"}),
         (TASK, {"replication_instance_arn": "arn:r"}),
         "The new replication instance has no task: nothing is carried."),
        ((REPLICATION, {"replication_instance_id": "r"}),
         ("aws_cloudwatch_log_group", {"name": "dms-tasks-r"}),
         "DMS makes the tasks' log itself: without the environment's key, and kept for ever."),
        (("aws_vpc", {"id": "vpc-1"}), ("aws_flow_log", {"vpc_id": "vpc-1"}),
         "The new VPC has no flow log of its own: nobody can look up who came in."),
    ],
)  # fmt: skip
def test_a_new_thing_alone(
    new: tuple[str, dict[str, object]], there: tuple[str, dict[str, object]], told: str
) -> None:
    made = change(new[0], "create", None, new[1])
    type_, said = there
    other = {name: f"{value}-other" for name, value in said.items()}
    assert told in effects(reviewed(made))
    assert told in effects(reviewed(made, stays(type_, **other)))
    assert told not in effects(reviewed(made, stays(type_, **said)))


def test_a_cluster_of_several_zones_has_instances_of_its_own() -> None:
    own = {"cluster_identifier": "c", "db_cluster_instance_class": "db.r6gd.large"}
    found = effects(reviewed(change(CLUSTER, "create", None, own)))
    assert "The new cluster has no instance: nobody can connect to it." not in found


def test_a_topic_that_alarms_alone_tell_needs_no_policy() -> None:
    told = "The new topic has no policy that lets RDS and DMS publish: their events reach nobody."
    new = change("aws_sns_topic", "create", None, {"arn": "arn:t", "name": "t"})
    rings = stays(ALARM, alarm_actions=["arn:t"])
    events_ = stays("aws_db_event_subscription", sns_topic="arn:t")
    assert told not in effects(reviewed(new, rings))
    assert told in effects(reviewed(new, rings, events_))
    assert told not in effects(reviewed(new, events_, stays("aws_sns_topic_policy", arn="arn:t")))


def test_a_row_says_where_it_is_written() -> None:
    assert all(it.source.startswith("https://docs.aws.amazon.com/") for it in BESIDE)
    assert {it.danger for it in BESIDE} > {Danger.OUTAGE, Danger.UNWATCHED}
