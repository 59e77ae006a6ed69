"""Roles that keep the policies that they name themselves, and no others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

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
    from ferry.review import Review

ROLE: Final = "aws_iam_role"
POLICY: Final = "aws_iam_role_policy"
ATTACHMENT: Final = "aws_iam_role_policy_attachment"
READS: Final = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:a",
            }
        ]
    }
)
BLOCK: Final = {"name": "read", "policy": READS}
BESIDE: Final = stays(POLICY, role="r", name="read", policy=READS)
NOTHING: Final = {"name": "", "policy": ""}
ALONE: Final = "aws_iam_role.it keeps what its {} names, and nothing else: {} goes, with this apply or the next."


def role(*blocks: dict[str, Any], was: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return update(ROLE, {"name": "r", "inline_policy": list(was)}, inline_policy=list(blocks))


def told(found: Review) -> list[str]:
    return [it for it in effects(found) if "aws_iam_role.it" in it and "allow" not in it]


@pytest.mark.parametrize("block", [BLOCK, NOTHING, {**BLOCK, "name": "other"}])
def test_a_block_keeps_nothing_beside_itself(block: dict[str, Any]) -> None:
    found = reviewed(role(block), BESIDE)
    assert told(found) == [ALONE.format("inline_policy", "aws_iam_role_policy.it")]
    assert Danger.REPLICATION_STOP in dangers(found)


def test_the_policy_of_another_role_is_not_touched() -> None:
    found = reviewed(role(BLOCK), stays(POLICY, role="another", name="read", policy=READS))
    assert told(found) == []


@pytest.mark.parametrize(("blocks", "is_told"), [((NOTHING,), True), ((BLOCK,), False)])
def test_an_empty_block_deletes_what_nobody_knows(
    blocks: tuple[dict[str, Any], ...],
    is_told: bool,  # noqa: FBT001 (a parameter)
) -> None:
    assert told(reviewed(role(*blocks))) == [
        "An empty inline_policy deletes every inline policy of aws_iam_role.it, whoever made it."
    ] * int(is_told)


def test_a_block_that_goes_takes_its_namesake_along() -> None:
    (sentence,) = told(reviewed(role(was=(BLOCK,)), BESIDE))
    assert sentence == (
        "IAM has one policy of a name in a role: with the block of aws_iam_role.it goes "
        "aws_iam_role_policy.it."
    )
    other = stays(POLICY, role="r", name="other", policy=READS)
    assert told(reviewed(role(was=(BLOCK,)), other)) == []


def test_a_policy_that_is_new_beside_the_blocks() -> None:
    there = stays(ROLE, name="r", inline_policy=[BLOCK])
    new = change(POLICY, "create", None, {"role": "r", "name": "new", "policy": READS})
    blocks = configured(aws_iam_role__it={"inline_policy": []})
    assert told(reviewed(there, new, configuration=blocks)) == [
        ALONE.format("inline_policy", "aws_iam_role_policy.it")
    ]
    # What the provider found the role to have is no block.
    found = reviewed(there, new, configuration=configured(aws_iam_role__it={"name": []}))
    assert told(found) == []


def test_managed_policies_keep_nothing_beside_themselves() -> None:
    monitoring = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    keeps = update(ROLE, {"name": "r", "managed_policy_arns": []}, managed_policy_arns=[monitoring])
    found = reviewed(keeps, stays(ATTACHMENT, role="r", policy_arn="arn:other"))
    assert ALONE.format("managed_policy_arns", "aws_iam_role_policy_attachment.it") in told(found)


def test_a_role_that_is_made_anew_loses_nothing_by_its_blocks() -> None:
    old = {"name": "r", "inline_policy": [BLOCK]}
    anew = change(ROLE, "replace", old, {"name": "s", "inline_policy": UNKNOWN})
    assert told(reviewed(anew, stays(POLICY, role="s", name="read", policy=READS))) == []


def test_what_was_found_in_a_role_does_not_make_others_go() -> None:
    everything = READS.replace("secretsmanager:GetSecretValue", "secretsmanager:*")
    found = reviewed(BESIDE, resource_drift=[role({"name": "other", "policy": everything})])
    assert dangers(found) == {Danger.WIDER_ACCESS}
