"""Events of RDS and DMS: whether what was told is told, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
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
    from ferry.review.plan.values import Json

RDS = "aws_db_event_subscription"
DMS = "aws_dms_event_subscription"
TASK = "aws_dms_replication_task"
REPLICATION = "aws_dms_replication_instance"
TOPIC = "arn:aws:sns:eu-central-1:111122223333:alarms"
STRANGER = "arn:aws:sns:eu-central-1:999988887777:t"


def tasks(sources: Json, **more: Json) -> dict[str, Any]:
    """A subscription to events of tasks."""
    return {
        "name": "e",
        "sns_topic_arn": TOPIC,
        "source_type": "replication-task",
        "event_categories": ["deletion", "failure"],
        "source_ids": sources,
        "enabled": True,
        **more,
    }


@pytest.mark.parametrize("action", ["update", "replace"])  # DMS changes no sources in place
@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (["a", "b"], ["a"], ["Events of b are no longer reported."]),
        (["a"], ["a", "b"], []),
        (["a", "gone"], ["a"], []),
        (["a"], [], []),
        (
            [],
            ["a"],
            ['Events of everything of this kind were reported, from now on only those of ["a"].'],
        ),
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
        change(DMS, action, tasks(before), tasks(after)),
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
        change(DMS, "delete", tasks(sources)),
        change(TASK, "delete", {"replication_task_id": "gone"}),
    )
    assert [it for it in effects(found) if it.startswith("Events of")] == told


def test_what_goes_is_known_by_its_kind_too() -> None:
    """A cluster and a replication instance may well have the same name."""
    goes = change(DMS, "delete", tasks(["x"], source_type="replication-instance"))
    found = reviewed(goes, change("aws_rds_cluster", "delete", {"cluster_identifier": "x"}))
    assert "Events of x are no longer reported." in effects(found)


def test_what_is_replaced_under_another_name_is_not_told_of_for_that() -> None:
    kind = {"source_type": "replication-instance"}
    found = reviewed(
        change(DMS, "replace", tasks(["old"], **kind), tasks(["new"], **kind)),
        change(
            REPLICATION,
            "replace",
            {"replication_instance_id": "old"},
            {"replication_instance_id": "new"},
        ),
    )
    assert [it for it in effects(found) if it.startswith("Events of")] == []


@pytest.mark.parametrize(
    ("other", "is_fine"),
    [
        ({}, True),
        ({"event_categories": ["failure", "deletion"]}, True),
        ({"name": "e"}, False),
        ({"enabled": False}, False),
        ({"source_ids": ["b"]}, False),
        ({"event_categories": ["failure"]}, False),
        ({"sns_topic_arn": STRANGER}, False),
    ],
)
def test_another_subscription_tells_the_same(other: dict[str, Any], is_fine: bool) -> None:  # noqa: FBT001 (a parameter)
    new = tasks(["a"], **{"name": "f", **other})
    found = reviewed(change(DMS, "delete", tasks(["a"])), stays(DMS, "other", **new))
    assert (dangers(found) == set()) is is_fine


def test_a_subscription_that_told_nothing_may_go() -> None:
    assert reviewed(change(DMS, "delete", tasks(["a"], enabled=False))).exit_code == 0


@pytest.mark.parametrize("empty", [[], None])
@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (["failure"], ["failure", "deletion"], set()),
        (["failure", "deletion"], ["deletion"], {Danger.UNWATCHED}),
        (["failure"], ..., set()),
        (..., ["failure"], {Danger.UNWATCHED}),
        (["failure"], UNKNOWN, {Danger.UNWATCHED}),
    ],
)
def test_kinds_of_events(empty: Json, before: Json, after: Json, told: set[Danger]) -> None:
    """None at all means all of them; ``...`` stands for none."""
    was, becomes = (empty if it is ... else it for it in (before, after))
    item = update(RDS, {"event_categories": was}, event_categories=becomes)
    assert dangers(reviewed(item)) == told


@pytest.mark.parametrize(
    ("attribute", "before", "after", "told"),
    [
        ("enabled", True, False, {Danger.UNWATCHED}),
        ("enabled", None, False, {Danger.UNWATCHED}),
        ("enabled", False, True, set()),
        ("enabled", True, UNKNOWN, {Danger.UNCLEAR}),
        ("sns_topic", TOPIC, TOPIC + "2", {Danger.UNWATCHED}),
        ("sns_topic", TOPIC, STRANGER, {Danger.UNWATCHED, Danger.WIDER_ACCESS}),
        ("sns_topic", TOPIC, UNKNOWN, {Danger.UNWATCHED}),
        ("source_type", None, "db-cluster", {Danger.UNWATCHED}),
        ("source_type", "db-cluster", None, set()),
        ("source_type", "db-cluster", "db-snapshot", {Danger.UNWATCHED}),
    ],
)
@pytest.mark.parametrize("action", ["update", "replace"])
def test_what_else_of_a_subscription(
    attribute: str, before: Json, after: Json, told: set[Danger], action: str
) -> None:
    item = change(RDS, action, {attribute: before}, {attribute: after})
    assert dangers(reviewed(item)) == told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, set()),
        ({"source_ids": []}, set()),
        ({"enabled": False}, {Danger.UNWATCHED}),
        ({"sns_topic_arn": STRANGER}, {Danger.WIDER_ACCESS}),
        ({"sns_topic_arn": UNKNOWN}, {Danger.UNCLEAR}),
        ({"source_ids": UNKNOWN}, {Danger.UNCLEAR}),
        ({"event_categories": UNKNOWN}, {Danger.UNCLEAR}),
    ],
)
def test_a_new_subscription(more: dict[str, Any], told: set[Danger]) -> None:
    there = stays(TASK, replication_task_id="a")
    assert dangers(reviewed(change(DMS, "create", None, tasks(["a"], **more)), there)) == told


@pytest.mark.parametrize("is_heard", [True, False])
def test_a_new_subscription_to_what_is_new(is_heard: bool) -> None:  # noqa: FBT001 (a parameter)
    """A new topic that nobody subscribes to tells nobody."""
    mail = {"topic_arn": UNKNOWN, "protocol": "email", "endpoint": "a@example.org"}
    receivers = [change("aws_sns_topic_subscription", "create", None, mail)] if is_heard else []
    found = reviewed(
        change(DMS, "create", None, tasks(UNKNOWN, sns_topic_arn=UNKNOWN)),
        stays(TASK, replication_task_id="a"),
        change(
            "aws_sns_topic",
            "create",
            None,
            {"arn": "arn:t", "name": "t", "kms_master_key_id": UNKNOWN},
        ),
        stays("aws_kms_key"),
        stays("aws_sns_topic_policy", arn="arn:t"),
        *receivers,
        configuration=configured(
            aws_dms_event_subscription__it={
                "source_ids": ["aws_dms_replication_task.it"],
                "sns_topic_arn": ["aws_sns_topic.it"],
            },
            aws_sns_topic__it={"kms_master_key_id": ["aws_kms_key.it"]},
            aws_sns_topic_subscription__it={"topic_arn": ["aws_sns_topic.it"]},
        ),
    )
    unheard = "Nobody subscribes to the new topic: what alarms and events tell it, nobody hears."
    assert effects(found) == ([] if is_heard else [unheard])
    assert found.exit_code == (0 if is_heard else 1)


@pytest.mark.parametrize(
    ("type_", "kind", "categories", "strange"),
    [
        (RDS, "db-cluster", ["failover", "creation"], ""),
        (RDS, "db-cluster", ["failover", "low storage"], "low storage"),
        (RDS, "db-instance", ["low storage", "nothing", "more"], "nothing, more"),
        (RDS, None, ["low storage", "failover"], ""),
        (RDS, None, ["nothing"], "nothing"),
        (DMS, "replication-task", ["state change"], ""),
        (DMS, "replication-task", ["low storage"], "low storage"),
    ],
)
def test_categories_that_a_kind_of_source_does_not_have(
    type_: str, kind: str | None, categories: list[str], strange: str
) -> None:
    after = {"name": "e", "source_type": kind, "event_categories": categories}
    expected = (
        f"No rule knows {strange} as a category of this kind of source: AWS refuses what is none."
    )
    made = effects(reviewed(change(type_, "create", None, after)))
    changed = effects(
        reviewed(change(type_, "update", {**after, "event_categories": ["x"]}, after))
    )
    assert [it for it in made if "No rule knows" in it] == ([expected] if strange else [])
    assert [it for it in changed if "No rule knows" in it] == ([expected] if strange else [])
    assert not any(
        "No rule knows" in it for it in effects(reviewed(update(type_, after, enabled=True)))
    )


def test_sources_that_are_not_there() -> None:
    item = update(DMS, tasks(["a"]), source_ids=["a", "b", "c"])
    there = stays(TASK, replication_task_id="b")
    found = effects(reviewed(item, there))
    assert found == ["The plan has no c: where there is none, AWS refuses the subscription."]
