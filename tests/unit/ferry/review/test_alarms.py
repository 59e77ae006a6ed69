"""Alarms: what goes unwatched, whom they tell, and thresholds that mean nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger, read_plan
from ferry.review.rules.combined.alarms import alarms_told
from ferry.review.rules.combined.thresholds import thresholds_out_of_reach
from tests.unit.ferry.review.plans import (
    UNKNOWN,
    change,
    configured,
    dangers,
    effects,
    plan_text,
    reviewed,
    stays,
    update,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

ALARM = "aws_cloudwatch_metric_alarm"
TASK = "aws_dms_replication_task"
CLUSTER = "aws_rds_cluster"
INSTANCE = "aws_rds_cluster_instance"
REPLICATION = "aws_dms_replication_instance"
GIB = 1024**3


TOPIC = "arn:aws:sns:eu-central-1:111122223333:alarms"
BELOW = {"FreeableMemory", "FreeStorageSpace"}


def alarm(
    metric: str = "CPUUtilization", threshold: Json = 80, **dimensions: Json
) -> dict[str, Any]:
    """An alarm of ours: below a threshold where less is worse."""
    return {
        "namespace": "AWS/DMS" if "ReplicationInstanceIdentifier" in dimensions else "AWS/RDS",
        "metric_name": metric,
        "threshold": threshold,
        "comparison_operator": "LessThanThreshold" if metric in BELOW else "GreaterThanThreshold",
        "dimensions": dimensions,
        "alarm_actions": [TOPIC],
    }


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
        {"metric_name": "DatabaseConnections"},
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


def thresholds(alarm_: dict[str, Any], *instances: dict[str, Any]) -> list[str]:
    return effects(reviewed(stays(ALARM, **alarm_), *instances))


def aurora(class_: Json, before: str = "db.r6g.large", **more: Json) -> dict[str, Any]:
    known = {"cluster_identifier": "c", "identifier": "w", "writer": False, **more}
    return update(INSTANCE, {**known, "instance_class": before}, instance_class=class_)


def test_a_threshold_that_is_always_passed() -> None:
    told = thresholds(alarm("FreeableMemory", 4 * GIB, DBClusterIdentifier="c"),
                      aurora("db.t4g.medium"))  # fmt: skip
    assert (
        'An instance of "db.t4g.medium" has 4 GiB of memory: below 4 GiB the '
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
        "The replication instance has 50 GiB of storage: below 50 GiB the alarm is always "
        "on." in told
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
    assert (
        'An instance of "db.t4g.medium" accepts about 450 connections: it never reaches 1,000, and '
        "the alarm never goes off." in effects(found)
    )


AT_REST = "above {} while all is well, too: an alarm that is always on tells nothing."


@pytest.mark.parametrize(
    ("metric", "threshold", "comparison", "told"),
    [
        ("CPUUtilization", 100, "GreaterThanThreshold", "never above 100 %: the alarm never goes off."),
        ("CPUUtilization", 100, "GreaterThanOrEqualToThreshold", None),
        ("CPUUtilization", -1, "GreaterThanThreshold", "always above -1: the alarm is always on."),
        ("CPUUtilization", 0, "GreaterThanThreshold", "always above 0 %: the alarm is always on."),
        ("CPUUtilization", 9, "GreaterThanThreshold", AT_REST.format("9 %")),
        ("CPUUtilization", 10, "GreaterThanThreshold", None),
        ("AuroraReplicaLag", 99, "GreaterThanThreshold", AT_REST.format("99 ms")),
        ("AuroraReplicaLag", 100, "GreaterThanThreshold", None),
        ("DatabaseConnections", 0, "GreaterThanThreshold", AT_REST.format(0)),
        ("MaximumUsedTransactionIDs", 2e8, "GreaterThanThreshold", None),
        ("MaximumUsedTransactionIDs", 1e8, "GreaterThanThreshold", AT_REST.format("100,000,000")),
        ("FreeableMemory", 0, "LessThanThreshold", "never below 0 bytes: the alarm never goes off."),
        ("FreeableMemory", 0, "LessThanOrEqualToThreshold", "below 0 bytes when it is too late, or never."),
        ("FreeableMemory", 2**24, "LessThanThreshold", None),
        ("FreeableMemory", 2**24, "GreaterThanThreshold", AT_REST.format("16 MiB")),
        ("CPUUtilization", 80, "LessThanThreshold", AT_REST.format("80 %").replace("above", "below")),
        ("AuroraReplicaLag", 86_400_000, "GreaterThanThreshold", None),
        ("AuroraReplicaLag", 86_400_001, "GreaterThanThreshold",
         "above 86,400,001 ms (1 day) when it is too late, or never."),
        ("TransactionLogsDiskUsage", -1, "GreaterThanThreshold", AT_REST.format(-1)),
        ("TransactionLogsDiskUsage", -2, "GreaterThanThreshold",
         "always above -2: the alarm is always on."),
        ("CommitThroughput", 10**9, "GreaterThanThreshold",
         "above 1,000,000,000 a second when it is too late, or never."),
        ("ReadLatency", 0.02, "GreaterThanThreshold", None),
        ("Deadlocks", 0.008333, "GreaterThanThreshold", None),
        ("MaximumUsedTransactionIDs", 2**31, "GreaterThanThreshold",
         "never above 2,147,483,648: the alarm never goes off."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("action", ["create", "update"])
def test_a_threshold_beyond_what_the_metric_can_be(
    metric: str, threshold: float, comparison: str, told: str | None, action: str
) -> None:
    after = {**alarm(metric, threshold, DBClusterIdentifier="c"), "comparison_operator": comparison}
    found = effects(reviewed(change(ALARM, action, {**after, "threshold": 50}, after)))
    reach = [it for it in found if it.startswith(f'"{metric}" is ')]
    assert reach == ([f'"{metric}" is {told}'] if told else [])


def free(metric: str, threshold: int, class_: str) -> list[str]:
    """What is said of a changed alarm on what an instance has free."""
    name = (
        {"DBClusterIdentifier": "c"}
        if class_[:3] == "db."
        else {"ReplicationInstanceIdentifier": "r"}
    )
    alarm_ = {**alarm(metric, threshold, **name), "comparison_operator": "LessThanThreshold"}
    instance = (
        stays(INSTANCE, cluster_identifier="c", instance_class=class_)
        if class_[:3] == "db."
        else stays(REPLICATION, replication_instance_id="r", replication_instance_class=class_,
                   allocated_storage=100)
    )  # fmt: skip
    return effects(
        reviewed(update(ALARM, {**alarm_, "threshold": 2**24}, threshold=threshold), instance)
    )


@pytest.mark.parametrize(
    ("metric", "gib", "class_", "told"),
    [
        ("FreeableMemory", 8, "db.r6g.large", ""),
        ("FreeableMemory", 9, "db.r6g.large",
         'An instance of "db.r6g.large" has 16 GiB of memory, of which 50 % may be free'),
        ("FreeableMemory", 2, "db.serverless", ""),
        ("FreeableMemory", 3, "db.serverless", "How much an instance has is not known:"),
        ("FreeLocalStorage", 24, "db.r6g.large", ""),
        ("FreeLocalStorage", 25, "db.r6g.large",
         'An instance of "db.r6g.large" has 32 GiB of local storage, of which 75 % may'),
        ("FreeLocalStorage", 30, "db.r6gd.xlarge", "How much an instance has is not known:"),
        ("FreeStorageSpace", 75, "dms.c5.large", ""),
        ("FreeStorageSpace", 76, "dms.c5.large",
         "The replication instance has 100 GiB of storage, of which 75 % may be free"),
        ("FreeableMemory", 3, "dms.c5.large",
         'An instance of "dms.c5.large" has 4 GiB of memory, of which 50 % may be free'),
    ],
)  # fmt: skip
def test_no_instance_has_all_of_it_free(metric: str, gib: int, class_: str, told: str) -> None:
    found = free(metric, gib * GIB, class_)
    assert found[:1] == (
        [] if not told else [it for it in found if it.startswith(told)][:1] or [told]
    )


def test_a_replication_instance_that_does_not_say_its_storage_has_50_gib() -> None:
    made = {"replication_instance_id": "r", "replication_instance_class": "dms.c5.large"}
    instance = change(REPLICATION, "create", None, made)
    for gib, told in ((37, False), (38, True)):
        alarm_ = alarm("FreeStorageSpace", gib * GIB, ReplicationInstanceIdentifier="r")
        found = effects(reviewed(change(ALARM, "create", None, alarm_), instance))
        assert any("has 50 GiB of storage, of which" in it for it in found) is told


def test_a_sum_has_no_limit() -> None:
    after = {**alarm(threshold=500, DBClusterIdentifier="c"), "statistic": "Sum"}
    assert "never" not in str(effects(reviewed(update(ALARM, after, threshold=400))))


@pytest.mark.parametrize(
    ("threshold", "comparison", "told"),
    [
        (-1, "GreaterThanThreshold", True),
        (0, "GreaterThanOrEqualToThreshold", True),
        (0, "GreaterThanThreshold", False),
        (-1, "LessThanThreshold", False),
    ],
)
@pytest.mark.parametrize("statistic", ["Sum", "SampleCount"])
def test_a_sum_is_never_below_zero(
    threshold: int,
    comparison: str,
    told: bool,  # noqa: FBT001 (a parameter)
    statistic: str,
) -> None:
    after = {
        **alarm(threshold=500, DBClusterIdentifier="c"),
        "comparison_operator": comparison,
        "statistic": statistic,
    }
    found = effects(reviewed(update(ALARM, after, threshold=threshold)))
    unit = " %" if statistic == "Sum" and threshold >= 0 else ""
    said = f'"CPUUtilization" is always above {threshold}{unit}: the alarm is always on.'
    assert (said in found) is told


def test_one_more_tag_does_not_ask_again_whether_a_threshold_makes_sense() -> None:
    deaf = alarm(threshold=101, DBClusterIdentifier="c")
    assert reviewed(update(ALARM, deaf, tags={"a": "b"})).exit_code == 0


# ---- alarms that go


def gone(name: str = "old", **more: Json) -> dict[str, Any]:
    """The alarm's attributes, under a name."""
    return {**alarm(DBClusterIdentifier="c"), "alarm_name": name, "period": 60, **more}


@pytest.mark.parametrize(
    "more",
    [{}, {"threshold": 70}, {"ok_actions": []}],
    ids=["the same", "earlier", "what is empty says nothing"],
)
def test_an_alarm_whose_equal_stands_may_go(more: dict[str, Any]) -> None:
    for action in ("no-op", "create"):
        other = change(ALARM, action, gone("new", **more), gone("new", **more), name="new")
        found = effects(reviewed(change(ALARM, "delete", gone()), other))
        assert [it for it in found if it.startswith("The alarm goes")] == []


@pytest.mark.parametrize(
    "more",
    [
        {"threshold": 90},
        {"period": 300},
        {"statistic": "Minimum"},
        {"alarm_actions": []},
        {"actions_enabled": False},
        {"dimensions": {"DBClusterIdentifier": "d"}},
        {"comparison_operator": "LessThanThreshold"},
        {"treat_missing_data": "notBreaching"},
        {"threshold": UNKNOWN},
    ],
)
def test_an_alarm_that_is_less_takes_no_place(more: dict[str, Any]) -> None:
    other = change(ALARM, "create", None, gone("new", **more), name="new")
    found = effects(reviewed(change(ALARM, "delete", gone()), other))
    assert [it for it in found if it.startswith("The alarm goes")]


def test_whoever_deletes_an_alarm_deletes_its_namesake() -> None:
    """PutMetricAlarm overwrites, DeleteAlarms deletes by name, and Terraform does both in any order."""
    found = reviewed(
        change(ALARM, "delete", gone()), change(ALARM, "create", None, gone(), name="new")
    )
    assert [it for it in effects(found) if it.startswith("AWS has")] == [
        f"AWS has this once, and {ALARM}.{other} is it too: what comes last overwrites it, takes it "
        "away, or is refused."
        for other in ("new", "it")
    ]


def test_two_alarms_of_one_name() -> None:
    made = change(ALARM, "create", None, gone(), name="new")
    told = effects(reviewed(stays(ALARM, **gone()), made))
    assert any(it.startswith(f"AWS has this once, and {ALARM}.it is it too") for it in told)


def test_an_alarm_on_one_instance_goes_with_it() -> None:
    goes = change(ALARM, "delete", alarm(DBInstanceIdentifier="i"))
    found = reviewed(goes, change(INSTANCE, "delete", {"identifier": "i", "writer": False}))
    assert "The alarm goes" not in str(effects(found))


def test_an_alarm_on_readers_of_a_cluster_that_the_plan_does_not_show_goes() -> None:
    found = reviewed(change(ALARM, "delete", alarm(DBClusterIdentifier="c", Role="READER")))
    assert dangers(found) == {Danger.UNWATCHED}


# ---- whom they tell

OTHER_ACCOUNT = "arn:aws:sns:eu-central-1:999988887777:t"
ONCALL = "arn:aws:sns:eu-central-1:111122223333:oncall"
FUNCTION = "arn:aws:lambda:eu-central-1:111122223333:function:f"


@pytest.mark.parametrize("attribute", ["alarm_actions", "ok_actions", "insufficient_data_actions"])
@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([TOPIC], [TOPIC, ONCALL], set()),
        ([TOPIC], [], {Danger.UNWATCHED}),
        ([TOPIC], None, {Danger.UNWATCHED}),
        ([TOPIC], [ONCALL], {Danger.UNWATCHED}),
        ([TOPIC], [OTHER_ACCOUNT], {Danger.UNWATCHED, Danger.WIDER_ACCESS}),
        ([TOPIC], [TOPIC, OTHER_ACCOUNT], {Danger.WIDER_ACCESS}),
        ([TOPIC], [TOPIC, FUNCTION], {Danger.WIDER_ACCESS}),
        ([TOPIC], [TOPIC, "arn:aws:automate:eu-central-1:ec2:stop"], {Danger.WIDER_ACCESS}),
        ([TOPIC], UNKNOWN, {Danger.UNCLEAR}),
        (None, [TOPIC], set()),
    ],
)
def test_whom_an_alarm_tells(attribute: str, before: Json, after: Json, told: set[Danger]) -> None:
    whole = {**alarm(DBClusterIdentifier="c"), attribute: before}
    assert dangers(reviewed(update(ALARM, whole, **{attribute: after}))) == told


def test_a_topic_of_this_plan_is_told() -> None:
    made = change(ALARM, "create", None, {**new_alarm(), "alarm_actions": UNKNOWN})
    topic = change("aws_sns_topic", "create", None, {"name": "t", "kms_master_key_id": UNKNOWN})
    key = stays("aws_kms_key")
    mail = {"topic_arn": UNKNOWN, "protocol": "email", "endpoint": "a@example.org"}
    receiver = change("aws_sns_topic_subscription", "create", None, mail)
    configured_ = configured(
        aws_cloudwatch_metric_alarm__it={"alarm_actions": ["aws_sns_topic.it"]},
        aws_sns_topic__it={"kms_master_key_id": ["aws_kms_key.it"]},
        aws_sns_topic_subscription__it={"topic_arn": ["aws_sns_topic.it"]},
    )
    assert reviewed(made, topic, key, receiver, configuration=configured_).exit_code == 0
    assert Danger.UNCLEAR in dangers(reviewed(made, topic, key, receiver))
    unheard = reviewed(made, topic, key, configuration=configured_)
    assert [it.change.type for it in unheard.findings] == ["aws_sns_topic"]


def test_what_is_not_known_is_no_topic_that_stays() -> None:
    """Its ARN would be known."""
    made = change(ALARM, "create", None, {**new_alarm(), "alarm_actions": UNKNOWN})
    configured_ = configured(
        aws_cloudwatch_metric_alarm__it={"alarm_actions": ["aws_sns_topic.it"]}
    )
    found = reviewed(made, stays("aws_sns_topic", name="t"), configuration=configured_)
    assert dangers(found) == {Danger.UNCLEAR}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (False, True, set()),
        (True, None, set()),
        (True, False, {Danger.UNWATCHED}),
        (None, False, {Danger.UNWATCHED}),
        (True, UNKNOWN, {Danger.UNCLEAR}),
    ],
)
def test_whether_it_tells_anybody(before: Json, after: Json, told: set[Danger]) -> None:
    whole = {**alarm(DBClusterIdentifier="c"), "actions_enabled": before}
    assert dangers(reviewed(update(ALARM, whole, actions_enabled=after))) == told


@pytest.mark.parametrize("more", [{"alarm_actions": []}, {"actions_enabled": False}])
def test_a_new_alarm_that_tells_nobody(more: dict[str, Any]) -> None:
    found = reviewed(change(ALARM, "create", None, {**new_alarm(), **more}))
    assert dangers(found) == {Danger.UNWATCHED}
    assert all(it.endswith("goes off and tells nobody.") for it in effects(found))


def test_a_hidden_threshold_is_judged_and_not_shown() -> None:
    deaf = change(ALARM, "update", {**new_alarm(), "threshold": 80}, {**new_alarm(), "threshold": 101},
                  after_sensitive={"threshold": True}, before_sensitive={"threshold": True})  # fmt: skip
    found = reviewed(deaf)
    assert dangers(found) == {Danger.UNWATCHED}
    assert "101" not in str(effects(found))


def new_alarm(**more: Json) -> dict[str, Any]:
    """An alarm as the stacks make them."""
    return {
        **alarm(DBClusterIdentifier="c"),
        "actions_enabled": True,
        "alarm_name": "cpu",
        "statistic": "Maximum",
        "period": 60,
        "evaluation_periods": 5,
        "datapoints_to_alarm": 5,
        "treat_missing_data": "missing",
        **more,
    }


def test_as_many_alarms_as_instances_take_no_longer_each() -> None:
    """Each instance and each alarm is looked at a few times, however many there are of the other."""
    looked_at = []
    for count in (50, 100):
        plan = read_plan(
            plan_text(
                *(
                    change(
                        ALARM,
                        "delete",
                        gone(f"a{n}", dimensions={"DBClusterIdentifier": "c"}),
                        name=f"a{n}",
                    )
                    for n in range(count)
                ),
                *(
                    update(ALARM, gone(f"b{n}", metric_name="FreeableMemory"), threshold=n)
                    | {"address": f"{ALARM}.b{n}"}
                    for n in range(count)
                ),
                *(
                    stays(
                        INSTANCE,
                        f"i{n}",
                        cluster_identifier="c",
                        instance_class=f"db.r6g.{n + 1}xlarge",
                    )
                    for n in range(count)
                ),
            ),
            account_id="111122223333",
        )
        calls = 0

        def count_calls(_frame: object, event: str, _argument: object) -> None:
            nonlocal calls
            calls += event == "call"

        sys.setprofile(count_calls)
        try:
            for function in (alarms_told, thresholds_out_of_reach):
                list(function(plan))
        finally:
            sys.setprofile(None)
        looked_at.append(calls)
    assert looked_at[1] < 2.2 * looked_at[0]


def test_something_is_tainted() -> None:
    found = reviewed(
        change(REPLICATION, "replace", {"replication_instance_id": "r"},
               {"replication_instance_id": "r"}, action_reason="replace_because_tainted"),
        change("aws_eip", "replace", {"domain": "a"}, {"domain": "a"}, name="alias",
               action_reason="replace_because_tainted"),
    )  # fmt: skip
    tainted = [it for it in found.findings if it.effect.text().startswith("It is tainted")]
    assert {(it.change.type, it.danger) for it in tainted} == {
        (REPLICATION, Danger.OUTAGE),
        ("aws_eip", Danger.INTERRUPTION),
    }
    assert {it.remedy.text() for it in tainted} == {
        "If it is sound: terraform untaint aws_dms_replication_instance.it",
        "If it is sound: terraform untaint aws_eip.alias",
    }


def test_something_is_forgotten() -> None:
    found = reviewed(change("aws_unheard_of", "forget", {"a": 1}))
    assert effects(found) == ["It stays in AWS, and Terraform no longer knows of it."]
    assert found.exit_code == 1
