"""Policies: what statements say, which go and come, and what that opens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from ferry.review.plan.statements import Statement, statements
from tests.unit.ferry.review.plans import (
    ACCOUNT,
    UNKNOWN,
    change,
    dangers,
    effects,
    reviewed,
    stack_of,
    stays,
    update,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

ROLE = "aws_iam_role"
POLICY = "aws_iam_role_policy"
ATTACHMENT = "aws_iam_role_policy_attachment"
TOPIC = "aws_sns_topic_policy"


def allow(**more: Json) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:topic", **more}


def policy(*found: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(found)})


def read(**parts: Json) -> Statement:
    (statement,) = statements(policy(parts)) or []
    return statement


def test_a_statement_is_the_same_however_it_is_written() -> None:
    one = read(Effect="Allow", Principal={"AWS": ["b", "a"]}, Action="x", Resource=["r"])
    other = read(Effect="Allow", Principal={"AWS": ["a", "b"]}, Action=["x"], Resource="r")
    assert one == other
    assert one.principals == {"AWS: a", "AWS: b"}


def test_what_is_denied_with_not_is_told_apart() -> None:
    statement = read(Effect="Deny", NotPrincipal="*", NotAction=["x"], NotResource="r")
    assert not statement.allows
    assert statement.principals == {"not *"}
    assert statement.actions == {"not x"}
    assert statement.resources == {"not r"}


def test_conditions_are_flat() -> None:
    statement = read(Condition={"StringEquals": {"aws:SourceAccount": ["2", "1"]}, "Bool": 7})
    assert statement.conditions == {("StringEquals", "aws:SourceAccount", "1, 2")}


@pytest.mark.parametrize(
    ("document", "count"),
    [
        (None, 0),
        ("", 0),
        ("{}", 0),
        ({"Statement": {"Effect": "Allow"}}, 1),
        ('{"Statement": [{}, {}]}', 2),
        ("broken", None),
        ("[" * 100_000, None),
        ("[]", None),
        ({"Statement": ["x"]}, None),
        (UNKNOWN, None),
    ],
)
def test_what_is_a_policy(document: Json, count: int | None) -> None:
    found = statements(document)
    assert (None if found is None else len(found)) == count


@pytest.mark.parametrize(
    ("parts", "public"),
    [
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"NotPrincipal": {"AWS": "a"}}, True),
        ({"Principal": {"AWS": "arn:aws:iam::1:root"}}, False),
        ({"Principal": {"Service": "dms.amazonaws.com"}}, False),
        ({"Principal": "*", "Effect": "Deny"}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o"}}}, False),
        (
            {"Principal": "*", "Condition": {"ForAnyValue:StringLike": {"aws:SourceVpc": "v"}}},
            False,
        ),
        ({"Principal": "*", "Condition": {"StringLike": {"aws:PrincipalAccount": "*"}}}, True),
        ({"Principal": "*", "Condition": {"StringNotEquals": {"aws:SourceAccount": "1"}}}, True),
        ({"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
    ],
)
def test_who_is_everyone(parts: dict[str, Any], public: bool) -> None:  # noqa: FBT001 (a parameter)
    assert read(**{"Effect": "Allow", **parts}).is_public is public


@pytest.mark.parametrize(
    ("parts", "boundless"),
    [
        ({"Action": "*", "Resource": "*"}, True),
        ({"Action": ["iam:*"], "Resource": "*"}, True),
        ({"NotAction": "iam:*", "Resource": "*"}, True),
        ({"Action": "*", "NotResource": "r"}, True),
        ({"Action": "*", "Resource": "r"}, False),
        ({"Action": "sns:*", "Resource": "*"}, False),
        ({"Action": "*", "Resource": "*", "Effect": "Deny"}, False),
        ({"Action": "*", "Resource": "*", "Principal": {"AWS": "a"}}, False),
    ],
)
def test_what_is_everything(parts: dict[str, Any], boundless: bool) -> None:  # noqa: FBT001 (a parameter)
    assert read(**{"Effect": "Allow", **parts}).is_boundless is boundless


@pytest.mark.parametrize(
    ("principal", "own", "found"),
    [
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, ACCOUNT, []),
        ({"AWS": ACCOUNT}, ACCOUNT, []),
        ({"AWS": ["arn:aws:iam::999999999999:root", "888888888888"]}, ACCOUNT,
         ["888888888888", "999999999999"]),
        ({"AWS": "*"}, ACCOUNT, []),
        ({"Service": "a"}, ACCOUNT, []),
        ({"AWS": "999999999999"}, "", []),
    ],
)  # fmt: skip
def test_other_accounts(principal: Json, own: str, found: list[str]) -> None:
    assert read(Effect="Allow", Principal=principal).foreign_accounts(own) == found
    assert read(Effect="Deny", Principal=principal).foreign_accounts(own) == []


def effect_of(before: str, after: str) -> tuple[set[Danger], list[str]]:
    found = reviewed(update(TOPIC, {"policy": before, "arn": "a"}, policy=after))
    return dangers(found), effects(found)


MORE = "More is allowed than before, or less denied; the table has the statements."
DENY = {**allow(Principal="*"), "Effect": "Deny"}


@pytest.mark.parametrize(
    ("before", "after", "wider"),
    [
        ([], [allow()], True),
        ([allow()], [], False),
        ([allow()], [allow(Condition={"Bool": {"aws:SecureTransport": "true"}})], False),
        ([allow(Condition={"Bool": {"a": "b"}})], [allow()], True),
        ([allow(Action=["a", "b"])], [allow(Action="a")], False),
        ([allow(Action="*")], [allow(Action="a")], False),
        ([allow(Resource="r")], [allow(Resource=["r", "s"])], True),
        ([allow(NotAction="a", Action=None)], [allow(NotAction=["a", "b"], Action=None)], True),
        ([DENY], [], True),
        ([DENY], [{**DENY, "Action": "*"}], False),
        ([], [DENY], False),
    ],
)
def test_more_or_less_is_allowed(
    before: list[Any],
    after: list[Any],
    wider: bool,  # noqa: FBT001 (a parameter)
) -> None:
    found, told = effect_of(policy(*before), policy(*after))
    assert (found, told) == (({Danger.WIDER_ACCESS}, [MORE]) if wider else (set(), []))


def test_a_policy_that_lets_everyone_in() -> None:
    found, told = effect_of(policy(), policy(allow(Principal="*")))
    assert Danger.PUBLIC_REACH in found
    assert "A statement allows everyone." in told


def test_a_policy_that_lets_another_account_in() -> None:
    _, told = effect_of(policy(), policy(allow(Principal={"AWS": "999999999999"})))
    assert "A statement allows the account 999999999999, which is not the environment's." in told


def test_a_policy_that_is_written_otherwise_is_safe() -> None:
    compact = policy(allow())
    found, told = effect_of(compact, json.dumps(json.loads(compact), indent=2))
    assert (found, told) == (set(), [])


def test_a_policy_that_nobody_can_read() -> None:
    found = reviewed(update(TOPIC, {"policy": policy()}, policy=UNKNOWN))
    assert effects(found) == ["Its statements are known only after apply: read them in the code."]
    assert found.exit_code == 1


def test_a_policy_that_could_not_be_read_before() -> None:
    assert effect_of("broken", policy(allow()))[1] == [MORE]


def test_the_stack_says_what_the_plan_does_not_know() -> None:
    text = policy(allow(Resource="${aws_sns_topic.it.arn}"))
    found = reviewed(
        change(TOPIC, "create", None, {"policy": UNKNOWN, "arn": UNKNOWN}),
        stack=stack_of(aws_sns_topic_policy={"policy": text}),
    )
    assert found.exit_code == 0
    (statement,) = found.statements
    assert statement.statement.resources == {"${aws_sns_topic.it.arn}"}


def test_a_policy_that_the_stack_leaves_to_aws() -> None:
    found = reviewed(
        change("aws_vpc_endpoint", "create", None, {"policy": UNKNOWN}),
        stack=stack_of(aws_vpc_endpoint={}),
    )
    assert found.exit_code == 0


def test_a_policy_that_is_not_in_the_stack_either() -> None:
    found = reviewed(
        change("aws_vpc_endpoint", "create", None, {"policy": UNKNOWN}),
        stack=stack_of(aws_vpc={}),
    )
    assert found.exit_code == 1


def test_a_new_topic_has_a_policy_of_its_own_resource() -> None:
    assert reviewed(change("aws_sns_topic", "create", None, {"policy": UNKNOWN})).exit_code == 0


TRUST = policy(allow(Principal={"Service": "dms.amazonaws.com"}, Action="sts:AssumeRole"))


def test_a_new_role_for_a_service_is_safe() -> None:
    found = reviewed(
        change(ROLE, "create", None, {"assume_role_policy": TRUST, "name": "r"}),
        change(POLICY, "create", None, {"policy": policy(allow()), "role": "r"}),
        change(POLICY, "create", None, {"policy": policy(allow()), "role": UNKNOWN}, name="b"),
        change(ATTACHMENT, "create", None, {"policy_arn": "arn:Logs", "role": "r"}),
    )
    assert (effects(found), found.exit_code) == ([], 0)
    assert len(found.statements) == 3


def test_a_role_s_trust_that_is_widened() -> None:
    wider = policy(
        *json.loads(TRUST)["Statement"],
        allow(Principal={"AWS": "*"}, Action="sts:AssumeRole"),
    )
    found = reviewed(update(ROLE, {"assume_role_policy": TRUST}, assume_role_policy=wider))
    assert dangers(found) == {Danger.PUBLIC_REACH, Danger.WIDER_ACCESS}


def test_a_role_that_exists_gets_another_policy() -> None:
    found = reviewed(change(POLICY, "create", None, {"policy": policy(allow()), "role": "r"}))
    assert effects(found) == [MORE]


def test_attachments_that_stay_or_go_give_nothing() -> None:
    found = reviewed(stays(ATTACHMENT, policy_arn="arn:aws:iam::aws:policy/AdministratorAccess"))
    assert found.exit_code == 0


def test_a_role_that_exists_gets_a_policy_of_aws() -> None:
    item = change(ATTACHMENT, "create", None, {"policy_arn": "arn:Logs", "role": "r"})
    assert effects(reviewed(item, stays(ROLE, name="r"))) == ["A role that exists gets arn:Logs."]


@pytest.mark.parametrize("arn", ["arn:aws:iam::aws:policy/AdministratorAccess", UNKNOWN])
def test_a_role_gets_more_than_it_needs(arn: Json) -> None:
    found = reviewed(
        change(ROLE, "create", None, {"assume_role_policy": TRUST, "name": "r"}),
        change(ATTACHMENT, "create", None, {"policy_arn": arn, "role": "r"}),
    )
    (effect,) = effects(found)
    assert effect.endswith(", which allows more than one purpose needs.")


def test_an_identity_that_may_do_everything() -> None:
    found = reviewed(
        change(ROLE, "create", None, {"assume_role_policy": TRUST, "name": "r"}),
        change(
            POLICY, "create", None, {"policy": policy(allow(Action="*", Resource="*")), "role": "r"}
        ),
    )
    assert effects(found) == ["A statement allows everything on everything."]


def test_a_policy_that_denied_is_gone() -> None:
    found = reviewed(change(TOPIC, "delete", {"policy": policy(DENY)}))
    assert Danger.WIDER_ACCESS in dangers(found)


def test_a_policy_that_allowed_is_gone() -> None:
    found = reviewed(change(TOPIC, "delete", {"policy": policy(allow())}))
    assert dangers(found) == {Danger.UNWATCHED}
    assert [it.added for it in found.statements] == [False]


def test_an_attachment_that_goes() -> None:
    found = reviewed(change(ATTACHMENT, "delete", {"policy_arn": "arn:Logs", "role": "r"}))
    assert dangers(found) == {Danger.REPLICATION_STOP}


def test_a_policy_that_stays_is_not_in_the_table() -> None:
    assert reviewed(stays(TOPIC, policy=policy(allow()))).statements == []
