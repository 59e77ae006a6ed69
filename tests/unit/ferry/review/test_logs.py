"""Logs, flow logs, topics, dashboards, Terraform's notes, tags: for which values they are harmless."""

from __future__ import annotations

import json
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

LOG = "aws_cloudwatch_log_group"
FLOW_LOG = "aws_flow_log"
TOPIC = "aws_sns_topic"
DASHBOARD = "aws_cloudwatch_dashboard"
NOTE = "terraform_data"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/k"
UNCLEAR = {Danger.UNCLEAR}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (30, 90, set()),
        (30, 0, set()),
        (30, None, set()),
        (0, None, set()),
        (30, 7, {Danger.DATA_LOSS}),
        (0, 3653, {Danger.DATA_LOSS}),
        (None, 3653, {Danger.DATA_LOSS}),
        (30, UNKNOWN, {Danger.DATA_LOSS}),
    ],
)
def test_how_long_a_log_is_kept(before: Json, after: Json, found: set[Danger]) -> None:
    item = update(LOG, {"retention_in_days": before}, retention_in_days=after)
    assert dangers(reviewed(item)) == found


def test_what_is_said_of_a_log_that_is_kept_for_less() -> None:
    assert effects(reviewed(update(LOG, {"retention_in_days": 30}, retention_in_days=7))) == [
        (
            "What is older is deleted: logs are kept for 7 days, until now for 30; 0 and nothing "
            "are for ever."
        )
    ]


@pytest.mark.parametrize(
    ("before", "found"),
    [({}, {Danger.DATA_LOSS}), ({"skip_destroy": False}, {Danger.DATA_LOSS})],
)
def test_a_log_is_deleted(before: dict[str, Any], found: set[Danger]) -> None:
    assert dangers(reviewed(change(LOG, "delete", {"name": "l", **before}))) == found
    renamed = change(LOG, "replace", {"name": "l", **before}, {"name": "m", **before})
    assert dangers(reviewed(renamed)) == found


def test_a_log_that_terraform_only_forgets_is_no_loss_of_data() -> None:
    found = reviewed(change(LOG, "delete", {"name": "l", "skip_destroy": True}))
    assert dangers(found) == UNCLEAR


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, set()),
        ({"kms_key_id": None}, {Danger.WIDER_ACCESS}),
        ({"retention_in_days": 7}, set()),
        ({"retention_in_days": 5}, {Danger.UNWATCHED}),
        ({"kms_key_id": "arn:aws:kms:eu-central-1:999988887777:key/k"}, {Danger.IRREVERSIBLE}),
        ({"retention_in_days": UNKNOWN}, UNCLEAR),
        ({"log_group_class": "STANDARD"}, set()),
        ({"log_group_class": "INFREQUENT_ACCESS"}, UNCLEAR),
        ({"log_group_class": UNKNOWN, "name_prefix": UNKNOWN}, set()),
    ],
)
def test_a_new_log(more: dict[str, Any], found: set[Danger]) -> None:
    references = {"kms_key_id": ["aws_kms_key.it"]}
    if more.get("log_group_class"):
        references |= {"log_group_class": []} if more["log_group_class"] is not UNKNOWN else {}
    new = {"name": "l", "retention_in_days": 30, "kms_key_id": KEY, **more}
    review = reviewed(
        change(LOG, "create", None, new),
        stays("aws_kms_key", arn=KEY),
        configuration=configured(aws_cloudwatch_log_group__it=references),
    )
    assert dangers(review) == found


OF_A_VPC = configured(
    aws_flow_log__it={"vpc_id": ["data.aws_vpc.it"], "iam_role_arn": ["aws_iam_role.it"]}
)
ROLE_OF_LOGS = stays(
    "aws_iam_role",
    arn="arn:logs",
    name="logs",
    assume_role_policy=json.dumps(
        {
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        }
    ),
    inline_policy=[
        {
            "name": "write",
            "policy": json.dumps(
                {"Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}
            ),
        }
    ],
)


def new_flow_log(**more: Json) -> dict[str, Any]:
    made = {"vpc_id": "vpc-1", "traffic_type": "ALL", "iam_role_arn": "arn:logs", **more}
    return change(FLOW_LOG, "create", None, made)


@pytest.mark.parametrize(
    ("attribute", "value", "found"),
    [
        ("traffic_type", "ALL", set()),
        ("traffic_type", "REJECT", {Danger.UNWATCHED}),
        ("max_aggregation_interval", 60, set()),
        ("vpc_id", "vpc-1", set()),
        ("log_destination", "arn:aws:s3:::somewhere", UNCLEAR),
        ("deliver_cross_account_role", "arn:aws:iam::999988887777:role/r", UNCLEAR),
        ("log_format", "${start}", UNCLEAR),
        ("iam_role_arn", "arn:aws:iam::999988887777:role/r", UNCLEAR),
    ],
)
def test_a_new_flow_log(attribute: str, value: Json, found: set[Danger]) -> None:
    review = reviewed(new_flow_log(**{attribute: value}), ROLE_OF_LOGS, configuration=OF_A_VPC)
    assert (dangers(review) == found) or not review.is_judged
    assert (review.exit_code == 0) is (found == set())


def test_a_flow_log_that_sees_less() -> None:
    fewer = change(FLOW_LOG, "replace", {"traffic_type": "ALL"}, {"traffic_type": "ACCEPT"})
    assert dangers(reviewed(fewer)) == {Danger.UNWATCHED}


def test_a_flow_log_beside_one_that_sees_all() -> None:
    made = new_flow_log(traffic_type="REJECT")
    there = stays(FLOW_LOG, "all", traffic_type="ALL", vpc_id="vpc-1")
    elsewhere = stays(FLOW_LOG, "all", traffic_type="ALL", vpc_id="vpc-2")
    assert reviewed(made, there, ROLE_OF_LOGS, configuration=OF_A_VPC).exit_code == 0
    assert effects(reviewed(made, elsewhere, ROLE_OF_LOGS, configuration=OF_A_VPC)) == [
        'Of the VPC\'s traffic "REJECT" alone is logged.'
    ]


@pytest.mark.parametrize(
    ("attribute", "value", "found"),
    [
        ("name", "t", set()),
        ("fifo_topic", False, set()),
        ("fifo_topic", True, UNCLEAR),
        ("kms_master_key_id", KEY, set()),
        ("kms_master_key_id", "alias/aws/sns", UNCLEAR),
        ("signature_version", 2, set()),
        ("signature_version", 1, UNCLEAR),
        ("delivery_policy", "{}", UNCLEAR),
        ("archive_policy", "{}", UNCLEAR),
        ("tracing_config", "Active", set()),
        ("lambda_success_feedback_sample_rate", 0, set()),
        ("lambda_failure_feedback_role_arn", "arn:aws:iam::999988887777:role/r", UNCLEAR),
        ("content_based_deduplication", False, set()),
        ("content_based_deduplication", True, UNCLEAR),
    ],
)
def test_a_new_topic(attribute: str, value: Json, found: set[Danger]) -> None:
    of_a_key = {} if value == "alias/aws/sns" else {"kms_master_key_id": ["aws_kms_key.it"]}
    review = reviewed(
        change(TOPIC, "create", None, {"name": "t", "kms_master_key_id": KEY, attribute: value}),
        stays("aws_kms_key", arn=KEY),
        configuration=configured(aws_sns_topic__it={attribute: [], **of_a_key}),
    )
    assert (dangers(review), review.is_judged) == (found, True)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('{"widgets": []}', set()),
        ('{"widgets": [{"type": "metric"}, {"type": "text"}]}', set()),
        ('{"widgets": [{"type": "custom", "properties": {"endpoint": "f"}}]}', UNCLEAR),
        ('{"widgets": [{"type": "c\\u0075stom"}]}', UNCLEAR),
        ("{}", UNCLEAR),
        ("[", UNCLEAR),
        (UNKNOWN, UNCLEAR),
    ],
)
@pytest.mark.parametrize("action", ["create", "update"])
def test_a_dashboard_is_a_picture(body: Json, found: set[Danger], action: str) -> None:
    before = {"dashboard_body": '{"widgets":[]}'} if action == "update" else None
    assert dangers(reviewed(change(DASHBOARD, action, before, {"dashboard_body": body}))) == found


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [
        ("metric", "alarm", set()),
        ("text", "text", set()),
        ("metric", "text", UNCLEAR),
    ],
)
def test_a_dashboard_goes_on_showing_more_than_texts(
    was: str, becomes: str, found: set[Danger]
) -> None:
    before, after = (json.dumps({"widgets": [{"type": it}]}) for it in (was, becomes))
    review = reviewed(update(DASHBOARD, {"dashboard_body": before}, dashboard_body=after))
    assert dangers(review) == found


def test_a_dashboard_that_goes_is_missed() -> None:
    review = reviewed(change(DASHBOARD, "delete", {"dashboard_body": "{}"}))
    assert effects(review) == [
        "What the database and its replication do is no longer seen on one page."
    ]
    assert dangers(review) == {Danger.UNWATCHED}


def test_a_secret_on_a_dashboard() -> None:
    version = change("aws_secretsmanager_secret_version", "no-op", {"secret_string": "correct-horse"},
                     {"secret_string": "correct-horse"}, after_sensitive={"secret_string": True},
                     before_sensitive={"secret_string": True})  # fmt: skip
    shown = update(DASHBOARD, {"dashboard_body": '{"widgets": []}'},
                   dashboard_body='{"widgets": [], "x": "correct-horse"}')  # fmt: skip
    assert dangers(reviewed(version, shown)) == UNCLEAR
    assert dangers(reviewed(shown)) == set()


@pytest.mark.parametrize("attribute", ["input", "triggers_replace"])
def test_terraforms_own_notes(attribute: str) -> None:
    assert reviewed(change(NOTE, "create", None, {attribute: {"a": "b"}})).exit_code == 0
    secret = change(NOTE, "create", None, {attribute: {"PGPASSWORD": "correct-horse"}})
    assert dangers(reviewed(secret)) == UNCLEAR
    marked = change(NOTE, "create", None, {attribute: "x"}, after_sensitive={attribute: True})
    assert dangers(reviewed(marked)) == UNCLEAR


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"team": "a"}, {"team": "b"}, set()),
        (None, {"team": "b"}, set()),
        ({"project": "a"}, {"project": "b"}, UNCLEAR),
        ({"project": "a"}, None, UNCLEAR),
        ({"environment": "dev"}, {}, UNCLEAR),
        ({"team": "a"}, UNKNOWN, UNCLEAR),
    ],
)
def test_tags_that_policies_ask_for(before: Json, after: Json, found: set[Danger]) -> None:
    """The operator may touch what bears the project's and the environment's tags, and nothing else."""
    assert dangers(reviewed(update("aws_vpc", {"tags_all": before}, tags_all=after))) == found
    assert reviewed(change("aws_eip", "create", None, {"tags": before})).exit_code == 0


@pytest.mark.parametrize("action", ["create", "update"])
@pytest.mark.parametrize(
    ("unknown", "tags", "safe"),
    [
        ({"tags": {"of": True}, "tags_all": True}, {"project": "a"}, True),
        ({"tags": {"project": True}, "tags_all": True}, {}, False),
        ({"tags": True, "tags_all": True}, None, False),
        ({"tags_all": True}, {"project": "a", "of": "it"}, False),
    ],
)
def test_tags_of_which_one_is_not_known_yet(
    unknown: Json,
    tags: Json,
    safe: bool,  # noqa: FBT001 (a parameter)
    action: str,
) -> None:
    """All tags are not known before the value of one is; whose they are may be."""
    of_ours = {"tags": {"project": "a"}, "tags_all": {"project": "a", "environment": "dev"}}
    item = change("aws_eip", action, of_ours if action == "update" else None, {"tags": tags})
    item["change"]["after_unknown"] = unknown
    is_new = action == "create" and "tags" in unknown and unknown["tags"] is not True
    assert (dangers(reviewed(item)) == set()) is (safe or is_new)


def test_a_tag_by_which_backups_go_is_told_though_another_is_not_known_yet() -> None:
    was = {"tags": {"backup": "daily"}, "tags_all": {"backup": "daily"}}
    for tags, told in (({"backup": "daily"}, False), ({"backup": "never"}, True), ({}, True)):
        item = change("aws_eip", "update", was, {"tags": tags})
        item["change"]["after_unknown"] = {"tags": {"of": True}, "tags_all": True}
        assert (
            any("Backups or a schedule may go by" in it for it in effects(reviewed(item))) is told
        )


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("Backup", "daily", "Backups or a schedule may go by Backup, which"),
        ("stop-at-night", "yes", "Backups or a schedule may go by stop-at-night, which"),
        ("knights", "yes", None),
        ("Auto_Delete", "yes", "What cleans up accounts may go by Auto_Delete, which"),
        ("state", "stop@2026/12/01", "What cleans up accounts may go by state, which"),
        ("state", "mail@example.org", None),
        (
            "karpenter.sh/discovery",
            "x",
            "Kubernetes and its like go by karpenter.sh/discovery, which",
        ),
        ("cost/centre", "4711", None),
    ],
)
def test_a_tag_by_which_something_acts_is_told(key: str, value: str, said: str | None) -> None:
    found = effects(reviewed(change("aws_vpc", "update", {"tags": {}}, {"tags": {key: value}})))
    assert len(found) == (said is not None)
    assert not said or found[0].startswith(said)


@pytest.mark.parametrize(
    ("refers_to", "found"),
    [
        (["aws_rds_cluster.it"], set()),
        (["aws_rds_cluster.it", "aws_cloudwatch_metric_alarm.more"], set()),
        (["aws_lambda_function.it"], UNCLEAR),
        (["aws_rds_cluster.gone"], UNCLEAR),
        ([], UNCLEAR),
    ],
)
def test_a_dashboard_that_waits_for_what_it_draws(refers_to: list[str], found: set[Danger]) -> None:
    there = [
        stays("aws_rds_cluster"),
        stays("aws_cloudwatch_metric_alarm", "more"),
        stays("aws_lambda_function"),
    ]
    drawn = update(DASHBOARD, {"dashboard_body": '{"widgets":[]}'}, dashboard_body=UNKNOWN)
    configuration = configured(aws_cloudwatch_dashboard__it={"dashboard_body": refers_to})
    assert dangers(reviewed(drawn, *there, configuration=configuration)) == found


@pytest.mark.parametrize(
    ("before", "after", "safe"),
    [(False, True, True), (None, True, True), (True, False, False), (True, None, False)],
)
def test_whether_a_log_is_kept_some_day(
    before: bool | None,  # noqa: FBT001 (a parameter)
    after: bool | None,  # noqa: FBT001
    safe: bool,  # noqa: FBT001
) -> None:
    found = reviewed(update(LOG, {"skip_destroy": before}, skip_destroy=after))
    assert (found.exit_code == 0) is safe


@pytest.mark.parametrize(
    ("type_", "timeouts", "found"),
    [
        ("aws_route", {"create": "5m", "delete": None, "update": "2m"}, set()),
        ("aws_route", {"create": "4m59s"}, UNCLEAR),
        ("aws_route", UNKNOWN, UNCLEAR),
        ("aws_nat_gateway", {"create": "10m", "delete": "30m"}, set()),
        ("aws_nat_gateway", {"create": "30m", "delete": "10m"}, UNCLEAR),
        ("aws_dms_replication_instance", {"create": "40m", "update": "30m"}, set()),
        ("aws_rds_cluster", {"update": "2h"}, set()),
        ("aws_rds_cluster", {"update": "119m"}, UNCLEAR),
        ("aws_rds_cluster", None, set()),
    ],
)
def test_terraform_waits_as_long_as_by_default(
    type_: str, timeouts: Json, found: set[Danger]
) -> None:
    assert dangers(reviewed(update(type_, {"timeouts": {}}, timeouts=timeouts))) == found
