"""Keys and secrets: what can no longer be read, and passwords that two sides must agree on."""

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
    stack_of,
    stays,
    update,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

KEY = "aws_kms_key"
ALIAS = "aws_kms_alias"
SECRET = "aws_secretsmanager_secret"
VERSION = "aws_secretsmanager_secret_version"
CLUSTER = "aws_rds_cluster"


def test_a_password_that_changes_everywhere_is_safe() -> None:
    review = reviewed(
        update(CLUSTER, {"master_password_wo_version": 1}, master_password_wo_version=UNKNOWN),
        update(VERSION, {"secret_string_wo_version": 1}, secret_string_wo_version=2),
        update(VERSION, {"secret_string_wo_version": 5}, secret_string_wo_version=UNKNOWN)
        | {"address": f"{VERSION}.another"},
    )
    assert (effects(review), review.exit_code) == ([], 0)


ROTATED = {
    CLUSTER: update(CLUSTER, {"master_password_wo_version": 1}, master_password_wo_version=2),
    VERSION: update(VERSION, {"secret_string_wo_version": 1}, secret_string_wo_version=2),
}
KEPT = {
    CLUSTER: stays(CLUSTER, "kept", master_password_wo_version=1),
    VERSION: stays(VERSION, "kept", secret_string_wo_version=1),
}


@pytest.mark.parametrize("rotated", [CLUSTER, VERSION])
@pytest.mark.parametrize("kept", [CLUSTER, VERSION])
def test_a_password_that_changes_on_one_side_alone(rotated: str, kept: str) -> None:
    review = reviewed(ROTATED[rotated], KEPT[kept])
    assert effects(review) == [
        f"A password changes here and not in {kept}.kept: who signs in with the other one fails."
    ]
    assert dangers(review) == {Danger.REPLICATION_STOP}


def test_a_password_of_which_only_aws_will_say_whether_it_changes() -> None:
    """As when a cluster is replaced: its secret gets a value anew, with the same password or not."""
    item = update(VERSION, {"secret_string_wo_version": 1}, secret_string_wo_version=UNKNOWN)
    (effect,) = effects(reviewed(item, KEPT[CLUSTER]))
    assert effect.startswith(f"A password may change here and not in {CLUSTER}.kept: ")


def test_a_secret_that_follows_a_cluster_that_is_made_anew() -> None:
    """The cluster is blocked; its password is the one that the secret holds."""
    cluster = {"master_password_wo_version": 1, "endpoint": "a"}
    anew = change(CLUSTER, "replace", cluster, {**cluster, "endpoint": UNKNOWN}, name="anew")
    master = stays(VERSION, "master", secret_string_wo_version=1)
    target = {"secret_string_wo_version": 5, "arn": "a"}
    for item in (
        update(VERSION, target, secret_string_wo_version=UNKNOWN),
        change(VERSION, "replace", target, {"secret_string_wo_version": UNKNOWN, "arn": UNKNOWN}),
    ):
        found = [it for it in reviewed(anew, master, item).findings if it.change.type == VERSION]
        assert found == []
    known = update(VERSION, target, secret_string_wo_version=6)
    (said,) = [it for it in effects(reviewed(anew, master, known)) if "password" in it]
    assert said.startswith(f"A password changes here and not in {VERSION}.master: ")


def test_a_password_of_the_cluster_and_no_secret_in_the_plan() -> None:
    assert effects(reviewed(ROTATED[CLUSTER])) == [
        "The password changes here, and in no secret: who signs in by one fails."
    ]


@pytest.mark.parametrize("stages", [["AWSPENDING"], ["AWSPREVIOUS"], [], UNKNOWN])
def test_a_value_that_is_no_longer_the_current_one(stages: Json) -> None:
    item = update(VERSION, {"version_stages": ["AWSCURRENT"]}, version_stages=stages)
    assert effects(reviewed(item)) == [
        (
            "Who reads the secret gets what is AWSCURRENT, which this value is not: the one before, though "
            "the database may have this one by then."
        )
    ]


def test_a_value_that_is_current_and_something_else_is_safe() -> None:
    item = update(VERSION, {"version_stages": ["AWSCURRENT"]}, version_stages=["AWSCURRENT", "A"])
    assert reviewed(item).exit_code == 0


@pytest.mark.parametrize("attribute", ["secret_string", "secret_binary"])
def test_a_value_in_clear(attribute: str) -> None:
    item = change(VERSION, "create", None, {attribute: "canary"})
    assert effects(reviewed(item)) == [
        "The secret's value stands in the plan and in the state, in clear."
    ]


OF_A_KEY = configured(
    aws_secretsmanager_secret__it={"kms_key_id": ["aws_kms_key.it"]},
    aws_kms_alias__it={"target_key_id": ["aws_kms_key.it"]},
)


@pytest.mark.parametrize(("type_", "attribute"), [(SECRET, "kms_key_id"), (ALIAS, "target_key_id")])
@pytest.mark.parametrize(("key", "safe"), [(UNKNOWN, True), ("key-1", False)])
def test_a_key_of_the_same_code_is_safe(
    type_: str,
    attribute: str,
    key: Json,
    safe: bool,  # noqa: FBT001 (a parameter)
) -> None:
    review = reviewed(
        stays(KEY, id="key-2", arn="key-2"),
        change(type_, "create", None, {attribute: key}),
        configuration=OF_A_KEY,
    )
    assert (dangers(review) == set()) is safe


@pytest.mark.parametrize(
    ("attribute", "value", "danger"),
    [
        ("key_usage", "ENCRYPT_DECRYPT", None),
        ("key_usage", "SIGN_VERIFY", Danger.UNCLEAR),
        ("multi_region", True, Danger.UNCLEAR),
        ("is_enabled", False, Danger.UNCLEAR),
        ("enable_key_rotation", True, None),
        ("enable_key_rotation", False, Danger.UNCLEAR),
        ("enable_key_rotation", None, Danger.UNCLEAR),
        ("rotation_period_in_days", 90, None),
        ("rotation_period_in_days", 2560, Danger.UNCLEAR),
        ("deletion_window_in_days", 7, None),
        ("bypass_policy_lockout_safety_check", False, None),
        ("bypass_policy_lockout_safety_check", True, Danger.PROTECTION_LOSS),
    ],
)
def test_a_new_key(attribute: str, value: Json, danger: Danger | None) -> None:
    new = {"enable_key_rotation": True, attribute: value}
    found = dangers(reviewed(change(KEY, "create", None, new)))
    assert found == ({danger} if danger else set())


def deleted_outside(type_: str, **attributes: Json) -> dict[str, Any]:
    return {"resource_drift": [change(type_, "delete", attributes)]}


@pytest.mark.parametrize(
    ("type_", "danger"), [(KEY, Danger.DATA_LOSS), (SECRET, Danger.REPLICATION_STOP)]
)
def test_what_was_deleted_outside_is_made_anew(type_: str, danger: Danger) -> None:
    made = change(type_, "create", None, {"description": "x"})
    assert danger not in dangers(reviewed(made))
    assert danger in dangers(reviewed(made, **deleted_outside(type_, description="x")))


@pytest.mark.parametrize(
    ("action", "replica", "stack", "safe"),
    [
        ("create", UNKNOWN, stack_of(aws_secretsmanager_secret={}), True),
        ("create", UNKNOWN, stack_of(aws_secretsmanager_secret={"dynamic": {}}), False),
        ("create", UNKNOWN, None, False),
        ("create", [{"region": "us-east-1"}], None, False),
        ("update", [{"region": "us-east-1"}], None, False),
    ],
)
def test_a_secret_in_another_region(
    action: str,
    replica: Json,
    stack: dict[str, Any] | None,
    safe: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Of blocks the stack alone tells that there is none: a plan leaves out dynamic ones."""
    before: dict[str, Any] | None = {"replica": []} if action == "update" else None
    review = reviewed(change(SECRET, action, before, {"replica": replica}), stack=stack)
    found = [it for it in review.findings if it.attribute == "replica"]
    assert {it.danger for it in found} == (set() if safe else {Danger.WIDER_ACCESS})


def test_a_value_that_goes_is_told_whoever_reads_it() -> None:
    gone = change("aws_secretsmanager_secret_version", "delete", {"secret_id": "s"})
    said = "The secret loses this value; where none is left, nobody signs in by it."
    assert said in effects(reviewed(gone))
