"""Keys that a plan names by their ARN."""

from __future__ import annotations

from typing import Any

import pytest

from ferry.review import Danger, read_plan
from ferry.review.rules.combined.given_keys import keys_given
from tests.unit.ferry.review.plans import change, plan_text, reviewed, update

OWN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
FOREIGN = OWN.replace("111122223333", "444455556666")
ENCRYPTED = [
    ("aws_cloudwatch_log_group", "kms_key_id"),
    ("aws_dms_endpoint", "kms_key_arn"),
    ("aws_dms_replication_instance", "kms_key_arn"),
    ("aws_rds_cluster", "kms_key_id"),
    ("aws_rds_cluster", "performance_insights_kms_key_id"),
    ("aws_rds_cluster_instance", "performance_insights_kms_key_id"),
    ("aws_secretsmanager_secret", "kms_key_id"),
    ("aws_sns_topic", "kms_master_key_id"),
]
SAID = (
    f'It is encrypted with "{FOREIGN}", a key of another account: whoever administers that one can end '
    "it, and then nobody reads what is encrypted."
)


def said_of(item: dict[str, Any], attribute: str) -> list[tuple[Danger, str]]:
    """What is said of the key, and of nothing else."""
    found = reviewed(item).findings
    return [(it.danger, it.effect.text()) for it in found if it.attribute == attribute]


@pytest.mark.parametrize(("type_", "attribute"), ENCRYPTED)
def test_a_key_of_the_same_account_is_harmless(type_: str, attribute: str) -> None:
    assert said_of(change(type_, "create", None, {attribute: OWN}), attribute) == []


@pytest.mark.parametrize(("type_", "attribute"), ENCRYPTED)
@pytest.mark.parametrize("action", ["create", "replace"])
def test_a_key_of_another_account_is_told(type_: str, attribute: str, action: str) -> None:
    before = {"create": None, "replace": {attribute: OWN}}[action]
    item = change(type_, action, before, {attribute: FOREIGN})

    assert (Danger.IRREVERSIBLE, SAID) in said_of(item, attribute)


@pytest.mark.parametrize(("type_", "attribute"), ENCRYPTED)
def test_a_key_of_another_region_is_refused(type_: str, attribute: str) -> None:
    elsewhere = OWN.replace("eu-central-1", "us-east-1")
    text = plan_text(change(type_, "create", None, {attribute: elsewhere}))
    for region, said in (("eu-central-1", True), ("us-east-1", False)):
        plan = read_plan(text, account_id="111122223333", region=region)
        told = [it.effect.text() for it in keys_given(plan)]
        effect = (
            f'AWS refuses "{elsewhere}", a key of another region: it encrypts with keys of '
            "eu-central-1 alone."
        )
        assert told == ([effect] if said else [])


@pytest.mark.parametrize(("type_", "attribute"), ENCRYPTED)
@pytest.mark.parametrize(
    "key", [f"{OWN[:-40]}alias/mine", "arn:aws:sns:eu-central-1:111122223333:it", "alias/mine", 7]
)
def test_whatever_is_no_keys_arn_is_not_judged(type_: str, attribute: str, key: str | int) -> None:
    item = change(type_, "create", None, {attribute: key})

    assert [danger for danger, _ in said_of(item, attribute)] == [Danger.UNCLEAR]


@pytest.mark.parametrize(("type_", "attribute"), ENCRYPTED)
def test_what_is_there_does_not_change_its_key_without_a_word(type_: str, attribute: str) -> None:
    other = f"{OWN[:-1]}1"

    assert reviewed(update(type_, {attribute: OWN}, **{attribute: other})).exit_code != 0


@pytest.mark.parametrize("type_", ["aws_rds_cluster", "aws_rds_cluster_instance"])
@pytest.mark.parametrize("before", [None, ""])
def test_performance_insights_gets_a_key_when_it_is_turned_on(
    type_: str, before: str | None
) -> None:
    """As by the second apply after a restore."""
    attribute = "performance_insights_kms_key_id"

    assert said_of(update(type_, {attribute: before}, **{attribute: OWN}), attribute) == []
    assert said_of(update(type_, {attribute: before}, **{attribute: FOREIGN}), attribute) == [
        (Danger.IRREVERSIBLE, SAID)
    ]
