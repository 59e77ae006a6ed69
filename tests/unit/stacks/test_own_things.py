"""What a file brings along takes the place of what the stack would make."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cdktf import Testing

from stacks.account_stack import AccountStack
from stacks.migration_stack import MigrationStack
from tests.unit.stacks.conftest import NAMES, synthesized
from tests.unit.template import Template

if TYPE_CHECKING:
    from settings.environment import Environment

KEY = "arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC = "arn:aws:sns:eu-central-1:111122223333:on-call"


def with_own(environment: Environment, **settings: object) -> Environment:
    return environment.model_copy(update={"aws": environment.aws.model_copy(update=dict(settings))})


def made(template: Template) -> set[tuple[str, str]]:
    return {
        (type_, local) for type_, group in template.document["resource"].items() for local in group
    }


@pytest.mark.parametrize("name", NAMES)
def test_an_own_key_takes_the_place_of_the_one_that_is_made(
    name: str, environments: dict[str, Environment], templates: dict[str, Template]
) -> None:
    before, after = templates[name], synthesized(with_own(environments[name], kms_key_arn=KEY))

    assert {type_ for type_, _ in made(before) - made(after)} == {"aws_kms_alias", "aws_kms_key"}
    assert made(after) <= made(before)
    assert after.document["output"]["kms_key_arn"]["value"] == KEY


@pytest.mark.parametrize("name", NAMES)
def test_an_own_key_stands_wherever_the_made_one_did(
    name: str, environments: dict[str, Environment], templates: dict[str, Template]
) -> None:
    [local] = templates[name].resources("aws_kms_key")
    of_the_made = json.dumps(templates[name].document["resource"]).count(
        f"${{aws_kms_key.{local}.arn}}"
    )
    after = synthesized(with_own(environments[name], kms_key_arn=KEY))

    assert json.dumps(after.document["resource"]).count(KEY) == of_the_made


@pytest.mark.parametrize("name", NAMES)
def test_an_own_topic_takes_the_place_of_the_one_that_is_made(
    name: str, environments: dict[str, Environment], templates: dict[str, Template]
) -> None:
    before, alarms = templates[name], environments[name].alarms
    mine = alarms.model_copy(update={"topic_arn": TOPIC, "emails": ()})
    after = synthesized(environments[name].model_copy(update={"alarms": mine}))

    assert {type_ for type_, _ in made(before) - made(after)} == {
        "aws_sns_topic",
        "aws_sns_topic_policy",
        "aws_sns_topic_subscription",
    }
    assert made(after) <= made(before)
    assert after.document["output"]["alarm_topic_arn"]["value"] == TOPIC
    for alarm in after.resources("aws_cloudwatch_metric_alarm").values():
        assert alarm["alarm_actions"] == alarm["ok_actions"] == [TOPIC]
    for type_, attribute in (
        ("aws_db_event_subscription", "sns_topic"),
        ("aws_dms_event_subscription", "sns_topic_arn"),
    ):
        assert {it[attribute] for it in after.resources(type_).values()} == {TOPIC}


@pytest.mark.parametrize("name", NAMES)
def test_the_url_of_a_host_is_nobodys_business_here(
    name: str, environments: dict[str, Environment], templates: dict[str, Template]
) -> None:
    alarms = environments[name].alarms.model_copy(update={"https_hosts": ("events.pagerduty.com",)})
    after = synthesized(environments[name].model_copy(update={"alarms": alarms}))

    assert after.document == templates[name].document


@pytest.mark.parametrize("name", NAMES)
def test_clients_of_ones_own_are_rules_of_auroras_group_and_nothing_else(
    name: str, environments: dict[str, Environment], templates: dict[str, Template]
) -> None:
    mine = environments[name].aurora.model_copy(
        update={
            "client_cidrs": ("10.40.0.0/16",),
            "client_security_group_ids": ("sg-0123456789abcdef0",),
        }
    )
    after = synthesized(environments[name].model_copy(update={"aurora": mine}))

    new = made(after) - made(templates[name])
    assert {type_ for type_, _ in new} == {"aws_vpc_security_group_ingress_rule"}
    assert made(templates[name]) <= made(after)
    rules = [after.document["resource"][type_][local] for type_, local in new]
    assert {rule["from_port"] for rule in rules} == {mine.port}
    assert {rule.get("cidr_ipv4") for rule in rules} == {"10.40.0.0/16", None}


@pytest.mark.parametrize("stack", [MigrationStack, AccountStack])
def test_the_states_are_where_the_file_says(
    stack: type[MigrationStack | AccountStack], environments: dict[str, Environment]
) -> None:
    dev = environments["dev"]
    mine = with_own(dev, state_bucket="platform-states", state_key_prefix="databases/")

    before, after = (
        Template.of(stack(Testing.app(), it)).document["terraform"]["backend"]["s3"]
        for it in (dev, mine)
    )

    assert after == {
        **before,
        "bucket": "platform-states",
        "key": f"databases/{before['key']}",
    }
