"""A key's policy lets those use it who have to. What the stacks' own says is in held/first_needs.py."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review.report import as_markdown
from tests.unit.ferry.review.plans import ACCOUNT, change, configured, effects, reviewed, stays

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
LOG = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group"
ALL = {"Effect": "Allow", "Principal": ROOT, "Action": "kms:*", "Resource": "*"}
OF_LOGS = {
    **ALL,
    "Principal": {"Service": "logs.eu-central-1.amazonaws.com"},
    "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:Gener*", "kms:Describe*"],
}
ADMINISTERS = "The account may not administer the key"
LOGS = "The key's policy does not let CloudWatch Logs use it: no log group can be made with it."
TOPIC = (
    "The key's policy does not let cloudwatch.amazonaws.com use it: what they are to tell by a topic "
    "that is encrypted with it reaches nobody."
)
UNTOLD = (
    "Whether the key's policy lets those use it who have to cannot be told: the plan does not tell its "
    "region."
)


def policy(*them: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(them)})


def for_logs(*arns: str) -> dict[str, Any]:
    return {**OF_LOGS, "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": list(arns)}}}


def key(*them: dict[str, Any]) -> dict[str, Any]:
    return change("aws_kms_key", "create", None, {"policy": policy(*them), "key_id": "k"})


def log(name: Json) -> dict[str, Any]:
    values = {"name": name, "kms_key_id": "k"}
    return change("aws_cloudwatch_log_group", "create", None, values, name=f"log-{name}")


def said(*changes: dict[str, Any], region: str = "eu-central-1", named: Json = None) -> list[str]:
    """What is said of a key, and begins with what this test is about."""
    found = reviewed(*changes, region=region, configuration=configured(**(named or {}))).findings
    said = [it.effect.text() for it in found if it.change.type.startswith("aws_kms_key")]
    return [it for it in said if it.startswith(("The account may not", "The key's pol", "Whether"))]


@pytest.mark.parametrize(
    ("statement", "logs", "told"),
    [
        (OF_LOGS, ["a"], []),
        (for_logs(f"{LOG}:*"), ["a", "b"], []),
        (for_logs(f"{LOG}:a", f"{LOG}:b"), ["a", "b"], []),
        (for_logs(f"{LOG}:a"), ["a", "b"], [LOGS]),
        (for_logs(f"{LOG}:a"), [None], [LOGS]),
        (for_logs(*(f"{LOG}:{it}" for it in range(200))), range(200), []),
        (for_logs(*(f"{LOG}:{it}" for it in range(201))), range(201), [LOGS]),
    ],
    ids=[
        "all",
        "the account's",
        "each",
        "one of two",
        "of no name",
        "200",
        "more than are looked at",
    ],
)
def test_logs_use_it(statement: dict[str, Any], logs: list[Json], told: list[str]) -> None:
    named = [log(str(it) if isinstance(it, int) else it) for it in logs]
    assert said(key(ALL, statement), *named) == told


def test_a_policy_of_its_own_takes_the_place_of_the_keys() -> None:
    new = change("aws_kms_key", "create", None, {"enable_key_rotation": True})
    of_it = {"aws_kms_key_policy__it": {"key_id": ["aws_kms_key.it"]}}
    for statement, told in ((ALL, False), ({**ALL, "Action": "kms:Decrypt"}, True)):
        own = change("aws_kms_key_policy", "create", None, {"policy": policy(statement)})
        found = said(new, own, named=of_it)
        assert [it.startswith(ADMINISTERS) for it in found] == [True] * told


def test_a_region_that_nobody_knows() -> None:
    assert said(key(ALL, OF_LOGS), region="") == []
    assert said(key(ALL, OF_LOGS), log("a"), region="") == [UNTOLD]


@pytest.mark.parametrize(
    ("statement", "used_by", "told"),
    [
        (for_logs(f"{LOG}:a"), [log("a")], []),
        (for_logs(f"{LOG}:a"), [log("b")], [LOGS]),
        (for_logs(f"{LOG}:a"), [stays("aws_cloudwatch_log_group", name="b", kms_key_id="k")], []),
        ({**ALL, "Action": "kms:Describe*"}, [], []),
    ],
    ids=["let", "not let", "there as well", "nobody new"],
)
def test_of_a_key_that_is_there_what_is_new_is_asked_for(
    statement: dict[str, Any], used_by: list[dict[str, Any]], told: list[str]
) -> None:
    values = {"policy": policy(statement), "key_id": "k", "arn": "arn:k"}
    there = change("aws_kms_key", "no-op", values, values)
    assert said(there, *used_by) == told
    shown = as_markdown(reviewed(there, *used_by))
    assert ("does not let CloudWatch Logs use it" in shown) is bool(told)


def test_a_topic_of_no_name() -> None:
    for_one = {**ALL, "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "kms:*"}
    for_one["Condition"] = {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": "arn:t"}}
    alarm = change("aws_cloudwatch_metric_alarm", "create", None, {"alarm_actions": ["arn:t"]})
    for arn, told in (("arn:t", False), (None, True)):
        topic = {"kms_master_key_id": "k", "arn": arn, "id": "arn:t"}
        found = said(key(ALL, for_one), change("aws_sns_topic", "create", None, topic), alarm)
        assert [it for it in found if "cloudwatch.amazonaws.com use it" in it] == [TOPIC] * told


ALARM = f"arn:aws:cloudwatch:eu-central-1:{ACCOUNT}:alarm"


@pytest.mark.parametrize(
    ("named", "alarms", "told"),
    [
        (["*"], ["a", None], False),
        (["a", "b"], ["a", "b"], False),
        (["a"], ["a", "b"], True),
        (["a"], [None], True),
        (range(200), range(200), False),
        (range(201), range(201), True),
    ],
    ids=["all", "each", "one of two", "of no name", "200", "more than are looked at"],
)
@pytest.mark.unfollowed
def test_alarms_that_policies_name_one_by_one(
    named: list[Json],
    alarms: list[Json],
    told: bool,  # noqa: FBT001
) -> None:
    arns: dict[str, Any] = {"ArnLike": {"aws:SourceArn": [f"{ALARM}:{it}" for it in named]}}
    may = {**ALL, "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Condition": arns}
    publish = {**may, "Action": "sns:Publish", "Resource": "arn:t"}
    at = {"kms_master_key_id": "k", "arn": "arn:t", "id": "arn:t"}
    found = effects(
        reviewed(
            key(ALL, may),
            change("aws_sns_topic", "create", None, at),
            change(
                "aws_sns_topic_policy", "create", None, {"arn": "arn:t", "policy": policy(publish)}
            ),
            *(
                change(
                    "aws_cloudwatch_metric_alarm",
                    "create",
                    None,
                    {"alarm_actions": ["arn:t"], "alarm_name": None if it is None else str(it)},
                    name=f"alarm-{it}",
                )
                for it in alarms
            ),
        )
    )
    assert (TOPIC in found) is told
    assert any(it.startswith("cloudwatch.amazonaws.com may not publish") for it in found) is told
