"""When an alarm goes off: whether a changed one does as early as before, and a new one at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from tests.unit.ferry.review.plans import UNKNOWN, change, configured, dangers, effects, reviewed
from tests.unit.ferry.review.plans import update as updated

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

ALARM = "aws_cloudwatch_metric_alarm"
TOPIC = "arn:aws:sns:eu-central-1:111122223333:alarms"
ABOVE, BELOW = "GreaterThanThreshold", "LessThanThreshold"


def cpu(**more: Json) -> dict[str, Any]:
    """The alarm on the writer's CPU, as the stacks make it."""
    return {
        "alarm_name": "cpu",
        "namespace": "AWS/RDS",
        "metric_name": "CPUUtilization",
        "dimensions": {"DBClusterIdentifier": "c", "Role": "WRITER"},
        "statistic": "Maximum",
        "comparison_operator": ABOVE,
        "threshold": 80,
        "period": 60,
        "evaluation_periods": 5,
        "datapoints_to_alarm": 5,
        "treat_missing_data": "missing",
        "alarm_actions": [TOPIC],
        **more,
    }


def on_cache(comparison: str) -> dict[str, Any]:
    """A metric that is bad on the side that a comparison looks at, beside the CPU's."""
    return {"metric_name": "BufferCacheHitRatio"} if comparison.startswith("Less") else {}


def changed(was: dict[str, Any], **after: Json) -> set[Danger]:
    return dangers(reviewed(updated(ALARM, cpu(**was), **after)))


def made(**more: Json) -> set[Danger]:
    return dangers(reviewed(change(ALARM, "create", None, cpu(**more))))


SAFE: set[Danger] = set()
DEAF = {Danger.UNWATCHED}
UNCLEAR = {Danger.UNCLEAR}


@pytest.mark.parametrize(
    ("comparison", "was", "becomes", "found"),
    [
        (ABOVE, 80, 70, SAFE),
        (ABOVE, 80, 90, DEAF),
        (BELOW, 50, 60, SAFE),
        (BELOW, 50, 40, DEAF),
        (ABOVE, 80, UNKNOWN, UNCLEAR),
        (ABOVE, 80, None, UNCLEAR),
        ("LikeThreshold", 80, 70, UNCLEAR),
        ("GreaterThanUpperThreshold", 80, 70, UNCLEAR),
    ],
)
def test_a_threshold_nearer_to_what_is_normal(
    comparison: Json, was: Json, becomes: Json, found: set[Danger]
) -> None:
    assert (
        changed(
            {**on_cache(comparison), "comparison_operator": comparison, "threshold": was},
            threshold=becomes,
        )
        == found
    )


def test_what_is_said_of_a_later_alarm() -> None:
    assert effects(reviewed(updated(ALARM, cpu(), threshold=95))) == [
        "The alarm goes off later: at 95 % in place of 80 %."
    ]


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [
        (ABOVE, "GreaterThanOrEqualToThreshold", SAFE),
        (BELOW, "LessThanOrEqualToThreshold", SAFE),
        ("GreaterThanOrEqualToThreshold", ABOVE, DEAF),
        (ABOVE, BELOW, DEAF),
        (BELOW, ABOVE, DEAF),
        (ABOVE, "LessThanLowerOrGreaterThanUpperThreshold", UNCLEAR),
        (ABOVE, UNKNOWN, UNCLEAR),
    ],
)
def test_the_comparison(was: str, becomes: Json, found: set[Danger]) -> None:
    assert (
        changed({**on_cache(was), "comparison_operator": was}, comparison_operator=becomes) == found
    )


def test_a_flipped_alarm_is_told_once() -> None:
    flipped = updated(ALARM, cpu(), comparison_operator=BELOW, threshold=20)
    assert effects(reviewed(flipped)) == [
        f'The alarm goes off on the other side of its threshold: "{BELOW}" in place of "{ABOVE}".'
    ]


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [
        ((60, 5, 5), (60, 3, 3), SAFE),
        ((60, 5, 5), (60, 5, 4), SAFE),
        ((60, 5, 5), (60, 6, 5), SAFE),
        ((60, 5, 5), (60, 6, 6), DEAF),
        ((300, 3, 2), (300, 3, 3), DEAF),
        ((300, 3, 2), (300, 1, 1), SAFE),
        ((300, 3, 2), (300, 2, 2), DEAF),  # bad, good, bad went off
        ((60, 10, 4), (60, 5, 2), SAFE),  # one half has two of four
        ((60, 10, 4), (60, 5, 3), DEAF),
        ((300, 3, 3), (60, 3, 3), SAFE),
        ((60, 5, 5), (300, 1, 1), DEAF),
        ((60, 5, 5), (86400, 5, 5), DEAF),
        ((60, 5, None), (60, 5, 5), SAFE),
        ((60, 5, 5), (60, 5, None), SAFE),
        ((60, 5, 3), (60, 5, None), DEAF),
        ((60, 5, 5), (30, 5, 5), DEAF),
        ((60, 5, 5), (UNKNOWN, 5, 5), UNCLEAR),
        ((60, 5, 5), (60, 0, 0), UNCLEAR),
        ((60, 5, 5), (True, 5, 5), UNCLEAR),
    ],
)
def test_how_long_it_has_to_be_bad(
    was: tuple[Json, ...], becomes: tuple[Json, ...], found: set[Danger]
) -> None:
    names = ("period", "evaluation_periods", "datapoints_to_alarm")
    assert changed(
        dict(zip(names, was, strict=True)), **dict(zip(names, becomes, strict=True))
    ) == (found)


def test_what_is_said_of_more_periods() -> None:
    longer = updated(ALARM, cpu(), evaluation_periods=100, datapoints_to_alarm=100)
    assert effects(reviewed(longer)) == [
        (
            "It has to be bad for longer: in 100 of 100 periods of 60 seconds, until now in 5 of 5 "
            "of 60 seconds."
        )
    ]


def test_a_shorter_period_of_a_metric_that_nobody_knows_may_be_without_data() -> None:
    own = {"namespace": "app", "metric_name": "beats", "dimensions": {}}
    assert changed({**own, "period": 300}, period=60) == DEAF


@pytest.mark.parametrize("statistic", ["Sum", "SampleCount"])
def test_a_sum_of_a_shorter_period_is_smaller(statistic: str) -> None:
    assert changed({"statistic": statistic, "period": 300}, period=60) == DEAF


@pytest.mark.parametrize(
    ("comparison", "was", "becomes", "found"),
    [
        (ABOVE, ("Average", ""), ("Maximum", ""), SAFE),
        (ABOVE, ("Minimum", ""), ("Average", ""), SAFE),
        (ABOVE, ("Maximum", ""), ("Average", ""), DEAF),
        (ABOVE, ("Maximum", ""), ("Minimum", ""), DEAF),
        (ABOVE, ("Maximum", ""), ("", "p99"), DEAF),
        (ABOVE, ("", "p90"), ("", "p99.9"), SAFE),
        (ABOVE, ("", "p99"), ("Maximum", ""), SAFE),
        (ABOVE, ("", "p99"), ("", "p1"), DEAF),
        (ABOVE, ("Average", ""), ("", "p99"), DEAF),
        (ABOVE, ("Average", ""), ("Sum", ""), DEAF),
        (ABOVE, ("Average", ""), ("", "tm99"), DEAF),
        (BELOW, ("Average", ""), ("Minimum", ""), SAFE),
        (BELOW, ("Maximum", ""), ("Average", ""), SAFE),
        (BELOW, ("Minimum", ""), ("Average", ""), DEAF),
        (BELOW, ("", "p10"), ("", "p1"), SAFE),
        (ABOVE, ("Average", ""), (UNKNOWN, ""), UNCLEAR),
    ],
)
def test_the_statistic(
    comparison: str, was: tuple[str, str], becomes: tuple[Json, str], found: set[Danger]
) -> None:
    names = ("statistic", "extended_statistic")
    before = {
        **on_cache(comparison),
        "comparison_operator": comparison,
        **dict(zip(names, was, strict=True)),
    }
    assert changed(before, **dict(zip(names, becomes, strict=True))) == found


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [
        ("missing", "breaching", SAFE),
        ("notBreaching", "breaching", SAFE),
        ("notBreaching", "ignore", SAFE),
        ("notBreaching", "missing", SAFE),
        ("missing", None, SAFE),
        ("missing", "ignore", DEAF),
        ("missing", "notBreaching", DEAF),
        (None, "notBreaching", DEAF),
        ("ignore", "notBreaching", DEAF),
        ("breaching", "missing", DEAF),
        ("breaching", None, DEAF),
        ("missing", UNKNOWN, UNCLEAR),
    ],
)
def test_what_silence_means(was: Json, becomes: Json, found: set[Danger]) -> None:
    assert changed({"treat_missing_data": was}, treat_missing_data=becomes) == found


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [(None, "Bytes", DEAF), ("Bytes", None, SAFE), ("Bytes", "", SAFE), (None, UNKNOWN, UNCLEAR)],
)
def test_a_unit(was: Json, becomes: Json, found: set[Danger]) -> None:
    assert changed({"unit": was}, unit=becomes) == found


@pytest.mark.parametrize(
    ("percentile", "was", "becomes", "found"),
    [
        ("", "", "ignore", SAFE),
        ("p99", "ignore", "evaluate", SAFE),
        ("p99", "evaluate", "ignore", UNCLEAR),
        ("", "", UNKNOWN, SAFE),
        ("p99", "evaluate", UNKNOWN, UNCLEAR),
    ],
)
def test_few_samples_matter_to_percentiles(
    percentile: str, was: str, becomes: Json, found: set[Danger]
) -> None:
    name = "evaluate_low_sample_count_percentiles"
    before = {"statistic": "", "extended_statistic": percentile, name: was}
    assert changed(before, **{name: becomes}) == found


def test_a_band_is_not_judged() -> None:
    assert changed({}, threshold_metric_id="band") == UNCLEAR


# ---- new alarms


def test_a_new_alarm_as_the_stacks_make_it() -> None:
    assert made() == SAFE


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"threshold": 101}, DEAF),
        ({"threshold": UNKNOWN}, UNCLEAR),
        ({"comparison_operator": BELOW, "statistic": "Average"}, DEAF),
        ({"comparison_operator": "GreaterThanUpperThreshold"}, UNCLEAR),
        ({"statistic": "Minimum"}, UNCLEAR),
        ({"statistic": "SampleCount"}, UNCLEAR),
        ({"statistic": None, "extended_statistic": "p99"}, SAFE),
        ({"statistic": None, "extended_statistic": "p1"}, UNCLEAR),
        ({"treat_missing_data": "breaching"}, SAFE),
        ({"treat_missing_data": "notBreaching"}, DEAF),
        ({"period": 30}, UNCLEAR),
        ({"period": 86400}, UNCLEAR),
        ({"unit": "Percent"}, UNCLEAR | DEAF),
        ({"metric_name": "CpuUtilization"}, UNCLEAR),
        ({"metric_name": UNKNOWN}, UNCLEAR),
        ({"dimensions": {"Cluster": "c"}}, DEAF),
        ({"dimensions": {"DBInstanceIdentifier": "i"}}, SAFE),
        ({"dimensions": {"DBClusterIdentifier": "c", "Role": "READER"}}, SAFE),
        ({"dimensions": {"DBClusterIdentifier": "c", "Role": "MASTER"}}, DEAF),
        ({"dimensions": UNKNOWN}, UNCLEAR),
        ({"metric_query": [{"id": "e", "expression": "0"}]}, UNCLEAR),
        ({"threshold_metric_id": "e"}, UNCLEAR),
    ],
)
def test_a_new_alarm_that_may_never_go_off(more: dict[str, Any], found: set[Danger]) -> None:
    assert made(**more) <= found
    assert bool(made(**more)) == bool(found)


@pytest.mark.parametrize(
    ("metric", "silence", "found"),
    [
        ("Deadlocks", "notBreaching", SAFE),
        ("Deadlocks", "ignore", DEAF),
        ("AuroraReplicaLag", "notBreaching", DEAF),
    ],
)
def test_silence_is_good_where_nothing_to_report_is(
    metric: str, silence: str, found: set[Danger]
) -> None:
    assert made(metric_name=metric, treat_missing_data=silence) == found


@pytest.mark.parametrize(
    ("metric", "threshold", "found"),
    [
        ("AuroraReplicaLag", 86_400_000, SAFE),
        ("AuroraReplicaLag", 86_400_001, DEAF),
    ],
)
def test_no_new_alarm_waits_until_something_is_a_day_late(
    metric: str, threshold: int, found: set[Danger]
) -> None:
    assert made(metric_name=metric, threshold=threshold) == found


@pytest.mark.parametrize("threshold", [-1, 0, 100])
@pytest.mark.parametrize("action", ["create", "update"])
def test_an_alarm_on_a_metric_that_no_rule_knows(action: str, threshold: float) -> None:
    queue = {"namespace": "AWS/SQS", "metric_name": "x", "dimensions": {"QueueName": "q"}}
    item = change(ALARM, action, cpu(**queue, threshold=200), cpu(**queue, threshold=threshold))
    assert dangers(reviewed(item)) == UNCLEAR


@pytest.mark.parametrize(
    ("metric", "threshold", "silence", "found"),
    [
        ("CommitLatency", 50, "missing", SAFE),
        ("CommitLatency", 50, "notBreaching", SAFE),
        ("CommitLatency", 50, "breaching", SAFE),
        ("CommitLatency", 0.5, "missing", DEAF),
        ("ReadLatency", 0.05, "missing", SAFE),
        ("WriteLatency", 20, "missing", SAFE),
        ("DiskQueueDepth", 64, "missing", SAFE),
        ("DiskQueueDepth", 64, "sometimes", DEAF),
        ("AuroraReplicaLagMaximum", 1_000, "missing", SAFE),
        ("AuroraReplicaLagMaximum", 1_000, "breaching", DEAF),
        ("ReplicationSlotDiskUsage", 2**30, "breaching", DEAF),
        ("Deadlocks", 1, "breaching", DEAF),
    ],
)
def test_a_new_alarm_on_what_no_stack_watches(
    metric: str, threshold: float, silence: str, found: set[Danger]
) -> None:
    assert made(metric_name=metric, threshold=threshold, treat_missing_data=silence) == found


@pytest.mark.parametrize(
    ("namespace", "metric", "found"),
    [
        ("AWS/RDS", "CPUUtilization", SAFE),
        ("AWS/RDS", "ReplicationSlotDiskUsage", DEAF),
        ("AWS/DMS", "CDCLatencyTarget", DEAF),
        ("AWS/SQS", "x", UNCLEAR),
    ],
)
def test_silence_becomes_a_bad_sign_of_what_is_often_silent(
    namespace: str, metric: str, found: set[Danger]
) -> None:
    of = {"namespace": namespace, "metric_name": metric}
    assert changed(of, treat_missing_data="breaching") == found


def test_a_new_alarm_on_a_task_whose_name_aws_decides() -> None:
    dimensions = {"ReplicationInstanceIdentifier": "r"}
    item = change(ALARM, "create", None, cpu(
        namespace="AWS/DMS", metric_name="CDCLatencySource", dimensions=dimensions))  # fmt: skip
    item["change"]["after_unknown"] = {"dimensions": {"ReplicationTaskIdentifier": True}}
    task = change("aws_dms_replication_task", "create", None, {"replication_task_id": "t"})
    configuration = configured(
        aws_cloudwatch_metric_alarm__it={"dimensions": ["aws_dms_replication_task.it"]}
    )
    found = reviewed(item, task, configuration=configuration)
    assert [it for it in found.findings if it.change.type == ALARM] == []
    found = reviewed(item, task)
    assert [it.danger for it in found.findings if it.change.type == ALARM] == [Danger.UNCLEAR]


def test_an_alarm_of_another_name_is_compared_with_the_one_whose_place_it_takes() -> None:
    later = change(ALARM, "replace", cpu(), cpu(alarm_name="new", threshold=95))
    assert effects(reviewed(later)) == ["The alarm goes off later: at 95 % in place of 80 %."]
    earlier = change(ALARM, "replace", cpu(), cpu(alarm_name="new", threshold=70))
    assert reviewed(earlier).exit_code == 0
