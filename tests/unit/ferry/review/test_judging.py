"""What cannot be judged, and what leads to which verdict and exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest

import settings.review
from ferry.review import Danger, Verdict
from tests.unit.ferry.review.plans import (
    BLOCKING,
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

CLUSTER = "aws_rds_cluster"
SUBNETS = "aws_db_subnet_group"


def doubts(*changes: dict[str, Any], **parts: Json) -> list[str]:
    found = reviewed(*changes, **parts)
    assert found.exit_code == 3
    assert found.verdict is Verdict.NOT_JUDGED
    return [it.why for it in found.judgement.doubts]


def test_an_empty_plan_is_safe() -> None:
    found = reviewed()
    assert (found.verdict, found.exit_code) == (Verdict.SAFE, 0)


def test_what_stays_is_safe() -> None:
    found = reviewed(stays("unheard_of"))
    assert found.exit_code == 0
    assert found.changes == []


@pytest.mark.parametrize(
    ("type_", "is_judged"),
    [("aws_iam_roles", True), ("aws_region", True), ("aws_iam_policy_document", True),
     ("aws_arn", True), ("external", False), ("http", False), ("aws_lambda_invocation", False), ("terraform_remote_state", False)],
)  # fmt: skip
def test_a_data_source_that_is_read_during_apply_is_judged_by_its_type(
    type_: str, is_judged: bool  # noqa: FBT001 (a parameter)
) -> None:  # fmt: skip
    """External runs a program. What is read while planning has been read."""
    found = reviewed(change(type_, "read", None, {"program": ["sh"]}, mode="data"))
    assert found.verdict is (Verdict.SAFE if is_judged else Verdict.NOT_JUDGED)
    assert [it.why for it in found.judgement.doubts] == (
        []
        if is_judged
        else ["It is read during apply, and no rule knows what this data source does."]
    )


def test_what_changes_nothing_but_a_mark_is_safe() -> None:
    item = change("aws_vpc", "update", {"id": "x"}, {"id": "x"}, after_sensitive={"id": True})
    found = reviewed(item)
    assert found.verdict is Verdict.SAFE
    assert found.judgement.reasons == {
        "aws_vpc.it": ["Nothing changes but what Terraform marks as sensitive."]
    }


@pytest.mark.parametrize(
    ("type_", "successor", "verdict"),
    [
        ("aws_cloudwatch_metric_alarm", "no-op", Verdict.SAFE),
        ("aws_cloudwatch_metric_alarm", "update", Verdict.SAFE),
        ("aws_cloudwatch_metric_alarm", None, Verdict.SECOND_REVIEWER),
        ("aws_rds_cluster_instance", "no-op", Verdict.BLOCKED),
        ("aws_rds_cluster_instance", "delete", Verdict.BLOCKED),
        ("aws_rds_cluster_instance", None, Verdict.BLOCKED),
        ("aws_rds_cluster", "no-op", Verdict.BLOCKED),
        ("aws_kms_key", "no-op", Verdict.BLOCKED),
    ],
)
def test_what_is_left_over_from_a_replacement_may_go_where_its_successor_stands(
    type_: str, successor: str | None, verdict: Verdict
) -> None:
    """A cluster's old copy has the data that the new one has not, and an old writer may still write."""
    items = [change(type_, "delete", {"id": "old"}, deposed="ab12")]
    if successor:
        tagged = {"id": "new", "tags": {"a": "b"}}
        after = (
            None if successor == "delete" else tagged if successor == "update" else {"id": "new"}
        )
        items.append(change(type_, successor, {"id": "new"}, after))
    found = reviewed(*items)
    assert found.verdict is verdict
    if verdict is Verdict.SAFE:
        assert found.judgement.reasons[f"{type_}.it"][0] == (
            "It is left over from an earlier replacement; what took its place stands."
        )


@pytest.mark.parametrize("action", ["no-op", "update"])
def test_what_is_imported_needs_somebody_who_knows_whose_it_was(action: str) -> None:
    after = {"tags": {"a": "b"}} if action == "update" else {"tags": {}}
    item = change("aws_vpc", action, {"tags": {}}, after, importing={"id": "vpc-1"})
    found = reviewed(item)
    assert found.verdict is Verdict.SECOND_REVIEWER
    (finding,) = found.findings
    assert finding.effect.text() == (
        "Terraform takes it over: from now on this stack changes and destroys it. No rule says "
        "whose it was."
    )


def test_an_alarm_at_another_address_is_safe() -> None:
    alarm = {"alarm_name": "a", "dimensions": {"DBClusterIdentifier": "c"}}
    moved = stays("aws_cloudwatch_metric_alarm", **alarm)
    found = reviewed(moved | {"previous_address": "aws_cloudwatch_metric_alarm.was"})
    assert found.verdict is Verdict.SAFE


@pytest.mark.parametrize("action", ["create", "update", "delete", "replace"])
def test_a_type_that_no_rule_knows_cannot_be_judged(action: str) -> None:
    item = change("aws_unheard_of", action, {"a": 1}, {"a": 2})
    assert doubts(item) == ["No rule knows this type of resource."]


def test_an_attribute_that_no_rule_knows_cannot_be_judged() -> None:
    found = reviewed(update(CLUSTER, {"b": 1}, a=1, b=2))
    (doubt,) = found.judgement.doubts
    assert doubt.why == "No rule knows what comes of a change of {attributes}."
    assert doubt.attributes == ["b", "a"]
    assert found.exit_code == 3


def test_an_attribute_that_is_made_without_a_rule_cannot_be_judged() -> None:
    assert doubts(change("aws_eip", "create", None, {"unheard_of": 1}))
    assert doubts(change("aws_eip", "create", None, {"unheard_of": False}))


IN_SUBNETS = configured(aws_db_subnet_group__it={"subnet_ids": ["aws_subnet.a", "aws_subnet.b"]})


def test_what_is_made_is_judged_by_each_attribute_as_a_change_from_nothing() -> None:
    subnets = [
        stays("aws_subnet", zone, id=f"subnet-{zone}", availability_zone=f"eu-central-1{zone}")
        for zone in "ab"
    ]
    there = ["subnet-a", "subnet-b"]
    ours = change(SUBNETS, "create", None, {"name": "aurora", "subnet_ids": there})
    another = change(
        SUBNETS, "create", None, {"name": "aurora", "subnet_ids": [*there, "subnet-c"]}
    )

    assert reviewed(*subnets, ours, configuration=IN_SUBNETS).exit_code == 0
    found = reviewed(*subnets, another, configuration=IN_SUBNETS)
    assert effects(found) == [
        'No rule says that subnet_ids is harmless with ["subnet-a", "subnet-b", "subnet-c"].'
    ]
    assert [(it.danger, it.attribute) for it in found.findings] == [(Danger.UNCLEAR, "subnet_ids")]
    assert (found.verdict, found.exit_code) == (Verdict.SECOND_REVIEWER, 1)


def test_a_value_that_a_rule_knows_and_none_allows_is_unclear() -> None:
    found = reviewed(update(SUBNETS, {"subnet_ids": ["a"]}, subnet_ids=["a", "b"]))
    assert effects(found) == [
        'No rule says that subnet_ids is harmless with ["a", "b"]; it was ["a"].'
    ]
    assert found.is_judged


def test_where_a_rule_speaks_nothing_is_unclear_beside() -> None:
    found = reviewed(update(SUBNETS, {"subnet_ids": ["a", "b"]}, subnet_ids=["c"]))
    assert dangers(found) == {Danger.REFUSED}


def test_false_and_zero_of_what_is_made_need_a_rule_as_well() -> None:
    assert doubts(change(SUBNETS, "create", None, {"name": "aurora", "unheard_of": False}))


def test_what_is_made_anew_is_judged_by_what_changes() -> None:
    before = {"name": "a", "subnet_ids": ["a"]}
    found = reviewed(change(SUBNETS, "replace", before, {"name": "b", "subnet_ids": ["a"]}))
    assert dangers(found) == {Danger.REFUSED}
    found = reviewed(change(SUBNETS, "replace", before, {"name": "b", "subnet_ids": ["a", "b"]}))
    assert dangers(found) == {Danger.REFUSED, Danger.UNCLEAR}


def test_an_attribute_that_goes_with_its_resource_needs_no_rule() -> None:
    assert reviewed(change("terraform_data", "delete", {"unheard_of": 1})).exit_code == 0


def test_a_change_in_place_of_what_must_be_replaced_cannot_be_judged() -> None:
    assert doubts(update(CLUSTER, {}, engine="x"))


def test_an_action_that_is_not_known_cannot_be_judged() -> None:
    assert doubts(change(CLUSTER, "invent")) == [
        "This review does not know what Terraform will do with it."
    ]


def test_a_change_that_shows_nothing_cannot_be_judged() -> None:
    assert doubts(update(CLUSTER, {"port": 1})) == [
        "The plan says that it changes, and shows nothing that does."
    ]


def test_parts_of_the_plan_that_are_not_known_cannot_be_judged() -> None:
    found = reviewed(complete=False)
    assert (found.verdict, found.exit_code) == (Verdict.NOT_JUDGED, 3)


def test_a_plan_that_is_blocked_is_called_so_whether_it_is_judged_whole_or_not() -> None:
    found = reviewed(
        update(CLUSTER, {"port": 1}, port=2), change("aws_unheard_of", "create", {}, {})
    )
    assert (found.verdict, found.exit_code, found.is_judged) == (Verdict.BLOCKED, 4, False)


def test_what_needs_a_second_reviewer_and_is_not_judged_whole_is_not_judged() -> None:
    found = reviewed(
        update(CLUSTER, {"storage_type": "a"}, storage_type="b"), change("odd", "create", {}, {})
    )
    assert (found.verdict, found.exit_code) == (Verdict.NOT_JUDGED, 3)


@pytest.mark.parametrize("danger", sorted(Danger))
def test_every_danger_needs_a_second_reviewer_where_it_does_not_block(danger: Danger) -> None:
    examples = {
        Danger.DATA_LOSS: change("aws_kms_key", "delete", {"id": "k"}),
        Danger.PROTECTION_LOSS: update(
            CLUSTER, {"deletion_protection": True}, deletion_protection=False
        ),
        Danger.IRREVERSIBLE: update(CLUSTER, {"engine_version": "15.8"}, engine_version="16.4"),
        Danger.OUTAGE: update(CLUSTER, {"port": 1}, port=2),
        Danger.INTERRUPTION: update(CLUSTER, {"storage_type": "a"}, storage_type="b"),
        Danger.REPLICATION_LOSS: change("aws_dms_replication_task", "delete", {"id": "t"}),
        Danger.REPLICATION_STOP: update(
            "aws_dms_replication_task", {"table_mappings": "{}"}, table_mappings='{"a": 1}'
        ),
        Danger.PUBLIC_REACH: update(
            "aws_rds_cluster_instance", {"id": "i"}, publicly_accessible=True
        ),
        Danger.WIDER_ACCESS: update(CLUSTER, {"id": "c"}, enable_http_endpoint=True),
        Danger.UNWATCHED: update(
            "aws_cloudwatch_metric_alarm", {"actions_enabled": True}, actions_enabled=False
        ),
        Danger.REFUSED: update(CLUSTER, {"engine_version": "15.8"}, engine_version="15.7"),
        Danger.UNCLEAR: update(SUBNETS, {"subnet_ids": ["a"]}, subnet_ids=["a", "b"]),
    }
    lenient = reviewed(examples[danger], block=frozenset())
    strict = reviewed(examples[danger], block=frozenset(Danger))
    assert danger in dangers(lenient)
    assert (lenient.verdict, lenient.exit_code) == (Verdict.SECOND_REVIEWER, 1)
    assert (strict.verdict, strict.exit_code) == (Verdict.BLOCKED, 4)


def test_a_file_can_name_every_danger() -> None:
    assert set(get_args(settings.review.Danger)) == set(Danger)


def test_a_file_that_says_nothing_blocks_by_default() -> None:
    assert set(settings.review.Review().block) == BLOCKING


def test_what_blocks_comes_first() -> None:
    found = reviewed(
        update(
            "aws_rds_cluster_instance",
            {"db_parameter_group_name": "a"},
            db_parameter_group_name="b",
        ),
        update(CLUSTER, {"port": 1}, port=2),
    )
    assert [it.danger for it in found.findings] == [Danger.OUTAGE, Danger.INTERRUPTION]


_CPU = {
    "namespace": "AWS/RDS",
    "metric_name": "CPUUtilization",
    "comparison_operator": "GreaterThanThreshold",
}


@pytest.mark.parametrize(
    ("type_", "before", "after"),
    [
        ("aws_vpc", {"tags": {"a": "1"}}, {"tags": {"a": "2"}, "tags_all": {"a": "2"}}),
        ("aws_cloudwatch_metric_alarm", {**_CPU, "threshold": 80}, {**_CPU, "threshold": 70}),
        ("aws_cloudwatch_log_group", {"retention_in_days": 7}, {"retention_in_days": 30}),
        (CLUSTER, {"backup_retention_period": 7}, {"backup_retention_period": 14}),
        (CLUSTER, {"deletion_protection": False}, {"deletion_protection": True}),
        (CLUSTER, {"performance_insights_retention_period": 7},
         {"performance_insights_retention_period": 31}),
        ("aws_cloudwatch_dashboard", {"dashboard_body": "{}"},
         {"dashboard_body": '{"widgets": [{"type": "metric"}]}'}),
    ],
)  # fmt: skip
def test_safe_changes_are_safe(type_: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    found = reviewed(change(type_, "update", before, after))
    assert (effects(found), found.exit_code) == ([], 0)
    assert found.judgement.reasons


@pytest.mark.parametrize(
    "successor",
    [
        [],
        [stays("aws_cloudwatch_metric_alarm", id="old")],  # the same thing in AWS
        [change("aws_cloudwatch_metric_alarm", "create", None, {"id": UNKNOWN, "alarm_name": "a"})],
        [change("aws_cloudwatch_metric_alarm", "delete", {"id": "new"})],
    ],
)
def test_what_is_left_over_is_judged_where_no_successor_stands(
    successor: list[dict[str, Any]],
) -> None:
    left_over = change("aws_cloudwatch_metric_alarm", "delete", {"id": "old"}, deposed="0badc0de")
    assert Danger.UNWATCHED in dangers(reviewed(left_over, *successor))


def test_what_is_moved_or_imported_is_listed() -> None:
    moved = stays("aws_vpc", "a")
    moved["previous_address"] = "aws_vpc.b"
    imported = stays("aws_eip", "c")
    imported["change"]["importing"] = {"id": "x"}
    found = reviewed(moved, imported, stays("aws_vpc", "d"))
    assert [it.address for it in found.changes] == ["aws_eip.c", "aws_vpc.a"]
    assert [it.change.address for it in found.findings] == ["aws_eip.c"]
