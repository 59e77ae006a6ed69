"""Alarms and events: what goes unwatched, and thresholds that mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from tests.unit.ferry.review.plans import UNKNOWN, change, dangers, effects, reviewed, stays, update

if TYPE_CHECKING:
    from ferry.review import Review
    from ferry.review.plan.values import Json

ALARM = "aws_cloudwatch_metric_alarm"
TASK = "aws_dms_replication_task"
CLUSTER = "aws_rds_cluster"
INSTANCE = "aws_rds_cluster_instance"
REPLICATION = "aws_dms_replication_instance"
RECEIVER = "aws_sns_topic_subscription"
GIB = 1024**3


def alarm(
    metric: str = "CPUUtilization", threshold: Json = 80, **dimensions: Json
) -> dict[str, Any]:
    return {"metric_name": metric, "threshold": threshold, "dimensions": dimensions}


def test_an_alarm_goes_and_what_it_watched_stays() -> None:
    found = reviewed(change(ALARM, "delete", alarm(ReplicationTaskIdentifier="t")))
    assert effects(found) == [
        (
            'The alarm goes; what it watched ("CPUUtilization" {"ReplicationTaskIdentifier": "t"}) '
            "stays."
        )
    ]
    assert found.exit_code == 1


def test_an_alarm_goes_with_what_it_watched() -> None:
    found = reviewed(
        change(ALARM, "delete", alarm(ReplicationTaskIdentifier="t")),
        change(TASK, "delete", {"resource_identifier": "t"}),
    )
    assert Danger.UNWATCHED not in dangers(found)


@pytest.mark.parametrize(("readers", "told"), [(0, False), (1, True)])
def test_an_alarm_on_readers_goes_with_the_last_of_them(readers: int, told: bool) -> None:  # noqa: FBT001 (a parameter)
    found = reviewed(
        change(ALARM, "delete", alarm(DBClusterIdentifier="c", Role="READER")),
        stays(INSTANCE, "writer", cluster_identifier="c", identifier="w"),
        *(stays(INSTANCE, f"reader-{n}", cluster_identifier="c") for n in range(readers)),
    )
    assert (Danger.UNWATCHED in dangers(found)) is told


@pytest.mark.parametrize(
    "after",
    [
        {"metric_name": "FreeableMemory"},
        {"dimensions": {"a": "c"}},
        {"namespace": "other"},
        {"metric_query": [{"id": "m"}]},
    ],
)
def test_an_alarm_watches_something_else(after: dict[str, Any]) -> None:
    found = reviewed(update(ALARM, alarm(a="b"), **after))
    assert effects(found) == [
        'The alarm watches something else; "CPUUtilization" {"a": "b"} is no longer watched by it.'
    ]


@pytest.mark.parametrize(
    ("type_", "dimension", "attribute"),
    [
        (TASK, "ReplicationTaskIdentifier", "resource_identifier"),
        (REPLICATION, "ReplicationInstanceIdentifier", "replication_instance_id"),
        (CLUSTER, "DBClusterIdentifier", "cluster_identifier"),
    ],
)
def test_something_new_is_watched_or_told(type_: str, dimension: str, attribute: str) -> None:
    new = change(type_, "create", None, {attribute: "n"})
    query = {"metric": [{"dimensions": {dimension: "n"}}]}
    assert f'It is new, and no alarm has the dimension {dimension} "n".' in effects(reviewed(new))
    for watching in (
        stays(ALARM, **alarm(**{dimension: "n"})),
        change(ALARM, "create", None, alarm(**{dimension: "n"})),
        stays(ALARM, metric_query=[query, {"metric": None}, 7]),
        change(ALARM, "create", None, {**alarm(), "dimensions": {dimension: UNKNOWN}}),
    ):
        if watching["change"]["after"].get("dimensions") == {dimension: UNKNOWN}:
            watching["change"]["after"]["dimensions"] = {}
            watching["change"]["after_unknown"] = {"dimensions": {dimension: True}}
        assert not is_unwatched(reviewed(new, watching))


def is_unwatched(found: Review) -> bool:
    return any(it.startswith("It is new, and no alarm") for it in effects(found))


def test_alarms_whose_dimensions_are_not_known_may_watch_anything() -> None:
    new = change(TASK, "create", None, {"resource_identifier": "n"})
    unknown = change(ALARM, "create", None, {**alarm(), "dimensions": UNKNOWN})
    assert not is_unwatched(reviewed(new, unknown))


def thresholds(alarm_: dict[str, Any], *instances: dict[str, Any]) -> list[str]:
    return effects(reviewed(stays(ALARM, **alarm_), *instances))


def aurora(class_: Json, before: str = "db.r6g.large", **more: Json) -> dict[str, Any]:
    known = {"cluster_identifier": "c", "identifier": "w", "writer": False, **more}
    return update(INSTANCE, {**known, "instance_class": before}, instance_class=class_)


def test_a_threshold_that_is_always_passed() -> None:
    told = thresholds(alarm("FreeableMemory", 4 * GIB, DBClusterIdentifier="c"),
                      aurora("db.t4g.medium"))  # fmt: skip
    assert (
        'An instance of "db.t4g.medium" has 4,294,967,296 bytes of memory: below 4,294,967,296 the '
        "alarm is always on." in told
    )


def test_a_threshold_that_is_never_passed() -> None:
    told = thresholds(alarm("DatabaseConnections", 1000, DBInstanceIdentifier="w"),
                      aurora("db.t4g.medium"))  # fmt: skip
    assert (
        'An instance of "db.t4g.medium" accepts about 450 connections: it never reaches 1,000, '
        "and the alarm never goes off." in told
    )


def test_a_threshold_above_the_storage() -> None:
    told = thresholds(
        alarm("FreeStorageSpace", 50 * GIB, ReplicationInstanceIdentifier="r"),
        change(REPLICATION, "create", None, {
            "replication_instance_id": "r", "allocated_storage": 50,
            "replication_instance_class": "dms.t3.medium",
        }),
    )  # fmt: skip
    assert (
        "The replication instance has 50 GiB of storage: below 53,687,091,200 bytes the alarm is "
        "always on." in told
    )


@pytest.mark.parametrize(
    ("alarm_", "instance"),
    [
        (alarm("FreeableMemory", GIB, DBClusterIdentifier="c"), aurora("db.t4g.medium")),
        (alarm("FreeableMemory", 10**12, DBClusterIdentifier="x"), aurora("db.t4g.medium")),
        (alarm("FreeableMemory", 10**12, DBClusterIdentifier="c"), aurora("db.unheard-of")),
        (alarm("FreeableMemory", 10**12, DBClusterIdentifier="c"), aurora(UNKNOWN)),
        (alarm("FreeableMemory", None, DBClusterIdentifier="c"), aurora("db.t4g.medium")),
        (alarm("FreeableMemory", 10**12), aurora("db.t4g.medium")),
        (alarm("FreeStorageSpace", 10**12, DBClusterIdentifier="c"), aurora("db.t4g.medium")),
        (
            alarm("FreeableMemory", 10**12, DBClusterIdentifier="c"),
            stays(INSTANCE, cluster_identifier="c", instance_class="db.t4g.medium"),
        ),
    ],
)
def test_thresholds_that_suit_or_cannot_be_told(
    alarm_: dict[str, Any], instance: dict[str, Any]
) -> None:
    assert not any(
        "alarm is always" in it or "never goes off" in it for it in thresholds(alarm_, instance)
    )


def test_a_new_instance_of_a_cluster_that_is_not_known_yet() -> None:
    told = thresholds(
        alarm("FreeableMemory", 10**12, DBClusterIdentifier="c"),
        change(INSTANCE, "create", None, {"cluster_identifier": UNKNOWN, "instance_class": "db.t4g.medium"}),
    )  # fmt: skip
    assert any("alarm is always on" in it for it in told)


def test_a_new_threshold_for_an_instance_that_stays() -> None:
    found = reviewed(
        update(ALARM, alarm("DatabaseConnections", 300, DBClusterIdentifier="c"), threshold=1000),
        stays(INSTANCE, cluster_identifier="c", instance_class="db.t4g.medium"),
    )
    assert dangers(found) == {Danger.UNWATCHED}


def test_another_receiver_takes_the_place() -> None:
    found = reviewed(
        change(RECEIVER, "delete", {"endpoint": "a@b"}),
        change(RECEIVER, "create", None, {"endpoint": "c@d"}, name="new"),
    )
    assert (effects(found), found.exit_code) == ([], 0)


def test_a_receiver_who_is_only_renamed_in_the_state_is_no_loss() -> None:
    gone = change(RECEIVER, "forget", {"endpoint": "a@b"})
    assert effects(reviewed(gone)) == ["It stays in AWS, and Terraform no longer knows of it."]


def test_the_last_receiver_goes() -> None:
    found = reviewed(change(RECEIVER, "delete", {"endpoint": "a@b"}))
    assert effects(found) == ["The last receiver goes: alarms and events reach nobody."]


EVENTS = "aws_dms_event_subscription"


@pytest.mark.parametrize("action", ["update", "replace"])  # DMS changes none in place
@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (["a", "b"], ["a"], ["Events of b are no longer reported."]),
        (["a"], ["a", "b"], []),
        (["a", "gone"], ["a"], []),
        (["a"], [], []),
        ([], ["a"], []),
        (
            ["a"],
            UNKNOWN,
            ["Whose events are reported is known only after apply; until now those of a."],
        ),
        (["gone"], UNKNOWN, []),
    ],
)
def test_events_of_something_are_told_no_more(
    before: list[str], after: Json, told: list[str], action: str
) -> None:
    found = reviewed(
        change(EVENTS, action, {"source_ids": before}, {"source_ids": after}),
        change(TASK, "delete", {"replication_task_id": "gone"}),
    )
    assert [it for it in effects(found) if "events" in it.lower()] == told


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        (["a", "gone"], ["Events of a are no longer reported."]),
        ([], ["Events of everything of this kind are no longer reported."]),
        (["gone"], []),
    ],
)
def test_a_subscription_to_events_goes(sources: list[str], told: list[str]) -> None:
    found = reviewed(
        change(EVENTS, "delete", {"source_ids": sources}),
        change(TASK, "delete", {"replication_task_id": "gone"}),
    )
    assert [it for it in effects(found) if it.startswith("Events of")] == told


def test_what_is_replaced_under_another_name_is_not_told_of_for_that() -> None:
    found = reviewed(
        change(EVENTS, "replace", {"source_ids": ["old"]}, {"source_ids": ["new"]}),
        change(
            REPLICATION,
            "replace",
            {"replication_instance_id": "old"},
            {"replication_instance_id": "new"},
        ),
    )
    assert [it for it in effects(found) if it.startswith("Events of")] == []


@pytest.mark.parametrize(
    ("type_", "attribute", "before", "after"),
    [
        (ALARM, "actions_enabled", True, False),
        (ALARM, "alarm_actions", ["topic"], []),
        (ALARM, "dimensions", {"DBClusterIdentifier": "a"}, {"DBClusterIdentifier": "b"}),
        (EVENTS, "enabled", True, False),
        (EVENTS, "event_categories", ["failure", "deletion"], ["deletion"]),
        (EVENTS, "sns_topic_arn", "topic", "another"),
        (RECEIVER, "filter_policy", None, "{}"),
    ],
)
def test_what_is_made_anew_is_no_way_round_the_rules(
    type_: str, attribute: str, before: Json, after: Json
) -> None:
    """An alarm of another name is a new one: it must tell as much as the old one did."""
    replaced = change(type_, "replace", {attribute: before}, {attribute: after})
    assert dangers(reviewed(replaced)) == {Danger.UNWATCHED}


def test_something_is_tainted() -> None:
    found = reviewed(
        change(REPLICATION, "replace", {"replication_instance_id": "r"},
               {"replication_instance_id": "r"}, action_reason="replace_because_tainted"),
        change("aws_kms_alias", "replace", {"name": "a"}, {"name": "a"}, name="alias",
               action_reason="replace_because_tainted"),
    )  # fmt: skip
    tainted = [it for it in found.findings if it.effect.text().startswith("It is tainted")]
    assert {(it.change.type, it.danger) for it in tainted} == {
        (REPLICATION, Danger.OUTAGE),
        ("aws_kms_alias", Danger.INTERRUPTION),
    }
    assert {it.remedy.text() for it in tainted} == {
        "If it is sound: terraform untaint aws_dms_replication_instance.it",
        "If it is sound: terraform untaint aws_kms_alias.alias",
    }


def test_something_is_forgotten() -> None:
    found = reviewed(change("aws_unheard_of", "forget", {"a": 1}))
    assert effects(found) == ["It stays in AWS, and Terraform no longer knows of it."]
    assert found.exit_code == 1
