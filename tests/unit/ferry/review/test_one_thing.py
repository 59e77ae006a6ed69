"""What AWS has once: under two addresses, or made anew beside itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from ferry.review import read_plan, review
from ferry.review.plan.masking import masked
from ferry.review.rules.combined.one_thing import DRAWN, IDENTITIES
from ferry.review.rules.row import ANY
from ferry.review.rules.table import TABLE
from tests.unit.ferry.review.held.base import ENVIRONMENT, deployed
from tests.unit.ferry.review.plans import (
    BLOCKING,
    UNKNOWN,
    change,
    configured,
    effects,
    plan_text,
    stays,
)

if TYPE_CHECKING:
    from ferry.review import Review

OF_TYPE: Final = {it.type: dict(it.values) for it in reversed(list(deployed().values()))}
ONCE: Final = sorted(it for it, identity in IDENTITIES.items() if not identity.drawn)
DEPLOYED: Final = sorted(OF_TYPE.keys() & set(ONCE))
BESIDE: Final = (
    "AWS has this once, and the new one is made first: AWS refuses it, or the old one, which goes "
    "last, takes it along."
)


def anew(type_: str, *actions: str, **to: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Something that is deployed is made anew; what is named becomes another."""
    before = OF_TYPE[type_]
    found = change(type_, "replace", before, {**before, "id": UNKNOWN, **to})
    found["change"]["actions"] = list(actions)
    return found


def reviewed(*changes: dict[str, Any], **parts: Any) -> Review:  # noqa: ANN401 - JSON
    """The review of a plan of the environment that is deployed."""
    return review(read_plan(plan_text(*changes, **parts)), environment=ENVIRONMENT, block=BLOCKING)


def told(found: Review) -> bool:
    return BESIDE in effects(found)


def test_of_every_type_it_is_said_whether_aws_has_it_once() -> None:
    assert set(IDENTITIES) | DRAWN == TABLE.keys() - {ANY}
    assert set(IDENTITIES) & DRAWN == set()


@pytest.mark.parametrize("type_", sorted(IDENTITIES))
def test_rows_know_what_aws_calls_it_by(type_: str) -> None:
    named = {*IDENTITIES[type_].attributes, *IDENTITIES[type_].one_of}
    assert named
    assert named <= TABLE[type_].keys()


@pytest.mark.parametrize("type_", DEPLOYED)
def test_the_new_one_is_made_beside_itself(type_: str) -> None:
    assert told(reviewed(anew(type_, "create", "delete")))


@pytest.mark.parametrize("type_", DEPLOYED)
def test_the_old_one_goes_first(type_: str) -> None:
    assert not told(reviewed(anew(type_, "delete", "create")))


@pytest.mark.parametrize("actions", [("create", "delete"), ("delete", "create")])
def test_a_masked_plan_says_which_goes_first(actions: tuple[str, str]) -> None:
    text = masked(plan_text(anew("aws_iam_role_policy", *actions)))
    found = review(read_plan(text), environment=ENVIRONMENT, block=BLOCKING)
    assert told(found) is (actions[0] == "create")


@pytest.mark.parametrize("type_", DEPLOYED)
def test_another_one_is_made_beside_it(type_: str) -> None:
    identity = IDENTITIES[type_]
    names = (*identity.attributes, *(it for it in identity.one_of if OF_TYPE[type_].get(it)))
    for name in names:
        assert not told(reviewed(anew(type_, "create", "delete", **{name: "another"})))


def test_what_is_not_known_may_be_the_same() -> None:
    item = anew("aws_cloudwatch_log_group", "create", "delete", name=UNKNOWN)
    assert told(reviewed(item))


def test_a_name_that_is_left_out_or_has_a_prefix_is_drawn() -> None:
    group = "aws_cloudwatch_log_group"
    prefix = anew(group, "create", "delete", name=UNKNOWN, name_prefix="a-")
    assert not told(reviewed(prefix))
    item = anew(group, "create", "delete", name=UNKNOWN)
    left_out = configured(aws_cloudwatch_log_group__it={"retention_in_days": []})
    assert not told(reviewed(item, configuration=left_out))
    stated = configured(aws_cloudwatch_log_group__it={"name": ["terraform_data.x"]})
    assert told(reviewed(item, stays("terraform_data", "x", id="x"), configuration=stated))


@pytest.mark.parametrize(("action", "is_told"), [("create", False), ("no-op", True)])
def test_a_route_in_a_table_that_is_new(action: str, is_told: bool) -> None:  # noqa: FBT001 (a parameter)
    item = anew("aws_route", "create", "delete", route_table_id=UNKNOWN)
    table = change(
        "aws_route_table",
        action,
        None if action == "create" else {"id": "rtb-1"},
        {"id": UNKNOWN if action == "create" else "rtb-1"},
    )
    refers = configured(aws_route__it={"route_table_id": ["aws_route_table.it"]})
    assert told(reviewed(item, table, configuration=refers)) is is_told


@pytest.mark.parametrize("name", ["same", "other"])
def test_a_policy_of_a_role_that_is_another(name: str) -> None:
    old = {"name": "read", "role": "same", "policy": "{}", "id": "same:read"}
    item = change("aws_iam_role_policy", "replace", old, {**old, "role": name, "id": UNKNOWN})
    item["change"]["actions"] = ["create", "delete"]
    assert told(reviewed(item)) is (name == "same")


def test_a_version_of_a_secret_has_an_id_of_its_own() -> None:
    """The provider leaves AWSCURRENT where it is when it deletes one."""
    version = {"id": "s|1", "secret_id": "s", "version_stages": ["AWSCURRENT"]}
    item = change("aws_secretsmanager_secret_version", "replace", version, {"secret_id": "s"})
    item["change"]["actions"] = ["create", "delete"]
    assert not told(reviewed(item))


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("aws_cloudwatch_log_group", "name"),
        ("aws_dms_endpoint", "endpoint_id"),
        ("aws_cloudwatch_metric_alarm", "alarm_name"),
        ("aws_kms_alias", "name"),
    ],
)
def test_a_name_that_is_taken(type_: str, name: str) -> None:
    there = stays(type_, "there", **{**OF_TYPE[type_], "id": "there"})
    new = change(type_, "create", None, {name: OF_TYPE[type_][name]})
    (sentence,) = [it for it in effects(reviewed(there, new)) if it.startswith("AWS has this once")]
    assert f"and {type_}.there is it too" in sentence
    other = change(type_, "create", None, {name: "another"})
    unknown = change(type_, "create", None, {name: UNKNOWN})
    for item in (other, unknown):
        assert not any(it.startswith("AWS has this once") for it in effects(reviewed(there, item)))
