"""Receivers of a topic: whether somebody is told, and who reads along."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger, masked, read_plan, review
from ferry.review.report import as_json, as_markdown, as_text
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

RECEIVER = "aws_sns_topic_subscription"
TOPIC = "arn:aws:sns:eu-central-1:111122223333:alarms"


def email(address: str = "a@example.org", **more: Json) -> dict[str, Any]:
    return {"topic_arn": TOPIC, "protocol": "email", "endpoint": address, **more}


LAST = "The last receiver goes: alarms and events reach nobody."
LAST_FOR_NOW = "The last receiver who has confirmed goes: until a new one does, alarms and events reach nobody."


def test_the_last_receiver_goes() -> None:
    assert effects(reviewed(change(RECEIVER, "delete", email()))) == [LAST]


def test_another_receiver_who_has_to_confirm_takes_the_place() -> None:
    found = reviewed(
        change(RECEIVER, "delete", email()),
        change(RECEIVER, "create", None, email("c@example.org"), name="new"),
    )
    assert effects(found) == [LAST_FOR_NOW]


def test_the_last_receiver_is_somebody_else() -> None:
    replaced = change(RECEIVER, "replace", email(), email("c@example.org"))
    assert effects(reviewed(replaced)) == [LAST_FOR_NOW]


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({}, []),
        ({"topic_arn": TOPIC + "-2"}, [LAST]),
        ({"pending_confirmation": True}, [LAST]),
        ({"filter_policy": '{"a": ["b"]}'}, [LAST]),
    ],
    ids=["told", "another topic's", "not confirmed", "told of some things"],
)
def test_a_receiver_goes_and_another_is_left(other: dict[str, Any], told: list[str]) -> None:
    left = stays(RECEIVER, "other", **email("c@example.org", **other))
    assert effects(reviewed(left, change(RECEIVER, "delete", email()))) == told


ONLY_PAGER = 'The last receiver by "https" goes: whoever it wakes hears of alarms in no other way.'
PAGER = {"protocol": "https", "endpoint": "https://on-call.example.org/in"}
QUEUE = {"protocol": "sqs", "endpoint": "arn:aws:sqs:eu-central-1:111122223333:q"}


@pytest.mark.parametrize(
    ("goes", "left", "told"),
    [
        (PAGER, {"protocol": "http", "endpoint": "http://on-call.example.org"}, set()),
        (PAGER, {}, {Danger.UNWATCHED}),
        (QUEUE, {}, {Danger.UNWATCHED}),
        ({"protocol": "email-json"}, {}, set()),
        ({}, PAGER, set()),
        ({}, QUEUE, {Danger.UNWATCHED}),
    ],
    ids=["a page", "the pager", "the queue", "a mail", "the mail", "the last who reads"],
)
def test_a_receiver_goes_and_another_is_told_in_another_way(
    goes: dict[str, Any], left: dict[str, Any], told: set[Danger]
) -> None:
    stay = stays(RECEIVER, "other", **{**email("c@example.org"), **left})
    found = reviewed(stay, change(RECEIVER, "delete", {**email(), **goes}))
    assert dangers(found) == told


def test_the_way_that_goes_is_told() -> None:
    stay = stays(RECEIVER, "other", **email("c@example.org"))
    found = reviewed(stay, change(RECEIVER, "delete", {**email(), **PAGER}))
    assert effects(found) == [ONLY_PAGER]


def test_a_receiver_who_never_confirmed_may_go() -> None:
    found = reviewed(change(RECEIVER, "delete", email(pending_confirmation=True)))
    assert found.exit_code == 0


def test_a_receiver_goes_with_its_topic() -> None:
    found = reviewed(
        change(RECEIVER, "delete", email()), change("aws_sns_topic", "delete", {"arn": TOPIC})
    )
    assert LAST not in effects(found)


def test_a_receiver_who_is_only_forgotten_is_no_loss() -> None:
    gone = change(RECEIVER, "forget", email())
    assert effects(reviewed(gone)) == ["It stays in AWS, and Terraform no longer knows of it."]


OWN = "eu-central-1:111122223333"
OTHER = "eu-central-1:999988887777"
STRANGERS = {Danger.WIDER_ACCESS}


@pytest.mark.parametrize(
    ("protocol", "endpoint", "found"),
    [
        ("email", "c@example.org", set()),
        ("email-json", "c@example.org", set()),
        ("email", UNKNOWN, {Danger.UNCLEAR}),
        ("email", "a@example.org,b@example.org", {Danger.REFUSED}),
        ("email", "a@example.org b@example.org", {Danger.REFUSED}),
        ("email", "operations", {Danger.REFUSED}),
        ("email-json", "a@b@example.org", {Danger.REFUSED}),
        ("sms", "+491701234567", STRANGERS),
        ("sms", "a@example.org", {Danger.REFUSED}),
        ("sqs", f"arn:aws:sqs:{OWN}:q", set()),
        ("lambda", f"arn:aws:lambda:{OWN}:function:f", set()),
        ("sqs", f"arn:aws:sqs:{OTHER}:q", STRANGERS),
        ("lambda", f"arn:aws:lambda:{OTHER}:function:f", STRANGERS),
        ("firehose", f"arn:aws:firehose:{OTHER}:deliverystream/s", STRANGERS | {Danger.REFUSED}),
        ("application", f"arn:aws:sns:{OTHER}:endpoint/GCM/a/b", STRANGERS),
        ("https", "https://hooks.example.org/in", STRANGERS),
        ("http", "http://hooks.example.org/in", STRANGERS),
        ("http", UNKNOWN, STRANGERS),
        ("https", UNKNOWN, {Danger.UNCLEAR}),
        ("sqs", UNKNOWN, {Danger.UNCLEAR}),
        ("sqs", "q", {Danger.UNCLEAR}),
        (UNKNOWN, "c@example.org", {Danger.UNCLEAR}),
        ("pigeon", "c@example.org", {Danger.UNCLEAR}),
    ],
)
def test_one_more_receiver(protocol: Json, endpoint: Json, found: set[Danger]) -> None:
    new = change(RECEIVER, "create", None, email(endpoint, protocol=protocol))
    assert dangers(reviewed(new)) == found


def test_what_is_said_of_strangers() -> None:
    queue = f"arn:aws:sqs:{OTHER}:q"
    new = change(RECEIVER, "create", None, email(queue, protocol="sqs"))
    assert effects(reviewed(new)) == [
        f'Something of another account is told what goes wrong: "{queue}".'
    ]


@pytest.mark.parametrize("path", ["in/canary", "?key=canary"])
def test_the_path_of_a_page_is_what_lets_one_in(path: str) -> None:
    page = f"https://on-call.example.org/{path}"
    plan = plan_text(change(RECEIVER, "create", None, email(page, protocol="https")))

    for text in (plan, masked(plan)):
        found = review(read_plan(text), environment="dev", block=frozenset())
        assert dangers(found) >= STRANGERS
        assert "canary" not in as_json(found) + as_markdown(found) + as_text(found)
    assert "canary" not in masked(plan)
    said = "is told what goes wrong; the plan does not tell whose page that is."
    found = review(read_plan(plan), environment="dev", block=frozenset())
    assert f'"https://on-call.example.org/(sensitive)" {said}' in effects(found)


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        (f"arn:aws:sns:{OTHER}:t", {Danger.UNCLEAR}),
        ("t", {Danger.UNCLEAR}),
        (UNKNOWN, {Danger.UNCLEAR}),
    ],
)
def test_a_receiver_of_a_topic_that_nobody_knows(topic: Json, found: set[Danger]) -> None:
    assert dangers(reviewed(change(RECEIVER, "create", None, email(topic_arn=topic)))) == found


def test_a_receiver_of_a_new_topic() -> None:
    found = reviewed(
        change(RECEIVER, "create", None, email(topic_arn=UNKNOWN, filter_policy_scope=UNKNOWN)),
        change("aws_sns_topic", "create", None, {"name": "t", "kms_master_key_id": UNKNOWN}),
        stays("aws_kms_key"),
        configuration=configured(
            aws_sns_topic_subscription__it={"topic_arn": ["aws_sns_topic.it"]},
            aws_sns_topic__it={"kms_master_key_id": ["aws_kms_key.it"]},
        ),
    )
    assert (effects(found), found.exit_code) == ([], 0)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, '{"a": ["b"]}', {Danger.UNWATCHED}),
        ('{"a": ["b"]}', '{"a": ["c"]}', {Danger.UNWATCHED}),
        ('{"a": ["b"]}', UNKNOWN, {Danger.UNWATCHED}),
        ('{"a": ["b"]}', None, set()),
        ('{"a": ["b"]}', "", set()),
    ],
)
def test_what_a_receiver_is_told_of(before: Json, after: Json, told: set[Danger]) -> None:
    whole = email(filter_policy=before, filter_policy_scope="MessageBody")
    changed = update(RECEIVER, whole, filter_policy=after, filter_policy_scope="MessageAttributes")
    assert dangers(reviewed(changed)) == told


def test_a_new_receiver_who_is_told_of_some_things_may_be_told_of_none() -> None:
    new = change(RECEIVER, "create", None, email(filter_policy='{"a": ["b"]}'))
    assert dangers(reviewed(new)) == {Danger.UNCLEAR}


def test_a_new_receiver_who_is_told_of_some_things_beside_one_who_is_told_of_all() -> None:
    new = change(RECEIVER, "create", None, email("c@example.org", filter_policy='{"a": ["b"]}'))
    assert reviewed(new, stays(RECEIVER, "other", **email())).exit_code == 0


def dead_letters(account: str) -> str:
    return json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:eu-central-1:{account}:dead"})


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (None, dead_letters("111122223333"), set()),
        (None, dead_letters("999988887777"), {Danger.WIDER_ACCESS}),
        (dead_letters("111122223333"), None, {Danger.UNWATCHED}),
        (dead_letters("111122223333"), UNKNOWN, {Danger.UNCLEAR}),
        (None, "{", {Danger.UNCLEAR}),
    ],
)
def test_what_is_not_delivered(before: Json, after: Json, found: set[Danger]) -> None:
    changed = update(RECEIVER, email(redrive_policy=before), redrive_policy=after)
    assert dangers(reviewed(changed)) == found


@pytest.mark.parametrize(
    ("role", "found"),
    [
        ("arn:aws:iam::111122223333:role/r", set()),
        ("arn:aws:iam::999988887777:role/r", {Danger.WIDER_ACCESS}),
        (UNKNOWN, {Danger.UNCLEAR}),
    ],
)
def test_the_role_that_delivers(role: Json, found: set[Danger]) -> None:
    stream = email(f"arn:aws:firehose:{OWN}:deliverystream/s", protocol="firehose")
    new = change(RECEIVER, "create", None, {**stream, "subscription_role_arn": role})
    assert dangers(reviewed(new)) == found


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("delivery_policy", "{}"), ("replay_policy", "{}"), ("raw_message_delivery", True)],
)
def test_how_a_message_is_delivered_is_not_known_to_be_harmless(
    attribute: str, value: Json
) -> None:
    changed = update(RECEIVER, email(), **{attribute: value})
    assert dangers(reviewed(changed)) == {Danger.UNCLEAR}
