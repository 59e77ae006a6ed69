"""Policies: what their changes give to somebody, and what they take from what needs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from ferry.review.plan.statements import Statement
from tests.unit.ferry.review.plans import (
    ACCOUNT,
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
    from ferry.review.rules.review import Review

KEY = "aws_kms_key"
ROLE = "aws_iam_role"
POLICY = "aws_iam_role_policy"
ATTACHMENT = "aws_iam_role_policy_attachment"
SECRET = "aws_secretsmanager_secret"
ENDPOINT = "aws_vpc_endpoint"
TOPIC = "aws_sns_topic_policy"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
OWN = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
THING = f"arn:aws:sns:eu-central-1:{ACCOUNT}:alarms"


def allow(**more: Json) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "sns:Publish", "Resource": THING, **more}


def deny(**more: Json) -> dict[str, Any]:
    return {**allow(Principal="*"), **more, "Effect": "Deny"}


def policy(*found: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(found)})


def changed(type_: str, before: list[Any], after: list[Any], **more: Json) -> Review:
    return reviewed(
        update(type_, {"policy": policy(*before), "id": "it", **more}, policy=policy(*after))
    )


def told(review: Review) -> list[tuple[Danger, str]]:
    return [(it.danger, it.effect.text()) for it in review.findings]


MORE = (
    Danger.WIDER_ACCESS,
    "By its words the policy allows more than before, or denies less; the table has the statements.",
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], [allow(Principal=ROOT)]),
        ([allow(Principal=ROOT, Condition={"Bool": {"a": "b"}})], [allow(Principal=ROOT)]),
        ([allow(Principal=ROOT)], [allow(Principal=ROOT, Resource=[THING, "arn:other"])]),
        ([allow(Principal=ROOT)], [allow(Principal=ROOT, Action=["sns:Publish", "sns:Subscribe"])]),
        ([allow(Principal=ROOT)], [allow(Principal={"AWS": [ACCOUNT, f"{ROOT['AWS'][:-4]}role/a"]})]),
        ([deny()], []),
        ([deny()], [deny(Condition={"Bool": {"a": "b"}})]),
    ],
)  # fmt: skip
def test_more_is_allowed_or_less_denied(before: list[Any], after: list[Any]) -> None:
    assert told(changed(TOPIC, before, after)) == [MORE]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([allow(Principal=ROOT)], [allow(Principal={"AWS": ACCOUNT})]),
        ([allow(Principal=ROOT, Action=["sns:Publish", "sns:Subscribe"])],
         [allow(Principal=ROOT), allow(Principal=ROOT, Action="SNS:Subscribe")]),
        ([], [deny(Condition={"Bool": {"aws:SecureTransport": "false"}})]),
        ([], [deny(Action="sns:DeleteTopic")]),
        ([], [allow(Principal={"Service": "events.rds.amazonaws.com"}, Condition=OWN)]),
    ],
    ids=["written otherwise", "in two", "no plain text", "protected", "one more publisher"],
)  # fmt: skip
def test_what_neither_gives_nor_takes_is_safe(before: list[Any], after: list[Any]) -> None:
    review = changed(TOPIC, before, after)
    assert (told(review), review.exit_code) == ([], 0)


def test_a_policy_that_is_laid_out_otherwise_is_safe() -> None:
    compact = policy(allow(Principal=ROOT))
    spaced = json.dumps(json.loads(compact), indent=2)
    assert reviewed(update(TOPIC, {"policy": compact}, policy=spaced)).exit_code == 0


@pytest.mark.parametrize(
    ("type_", "danger"),
    [
        (TOPIC, Danger.PUBLIC_REACH),
        (KEY, Danger.PUBLIC_REACH),
        (SECRET, Danger.PUBLIC_REACH),
        (ENDPOINT, Danger.WIDER_ACCESS),
    ],
)
def test_everyone_is_let_in(type_: str, danger: Danger) -> None:
    """An endpoint's policy allows nothing that the thing's own does not, so that is not public."""
    start = [allow(Principal=ROOT, Action="x:y")]
    review = changed(type_, start, [*start, allow(Principal="*")])
    assert danger in dangers(review)
    public = (Danger.PUBLIC_REACH, "A statement allows everyone.")
    assert (public in told(review)) is (danger is Danger.PUBLIC_REACH)


@pytest.mark.parametrize(
    "statement",
    [
        allow(Principal={"AWS": "999999999999"}),
        allow(Principal={"AWS": "arn:aws:iam::999999999999:role/x"}),
        allow(Principal="*", Condition={"StringEquals": {"aws:PrincipalAccount": "999999999999"}}),
        allow(Principal={"Service": "cloudwatch.amazonaws.com"},
              Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("action", ["create", "update"])
def test_another_account_is_let_in(statement: dict[str, Any], action: str) -> None:
    before = {"policy": policy(), "arn": THING} if action == "update" else None
    review = reviewed(change(TOPIC, action, before, {"policy": policy(statement), "arn": THING}))
    assert (
        Danger.WIDER_ACCESS,
        "A statement allows 999999999999, which is not of the environment's account.",
    ) in told(review)


KEY_USE = {"Effect": "Allow", "Principal": ROOT, "Resource": "*",
           "Action": ["kms:Decrypt", "kms:CreateGrant"]}  # fmt: skip
ADMINISTRATION = {**KEY_USE, "Action": ["kms:Put*", "kms:ScheduleKeyDeletion"]}
EVERY_USE = (
    "kms:CreateGrant, kms:Decrypt, kms:DescribeKey, kms:Encrypt, kms:GenerateDataKey, "
    "kms:GenerateDataKeyWithoutPlaintext, kms:ReEncryptFrom, kms:ReEncryptTo"
)


def of_key(who: str, actions: str) -> list[tuple[Danger, str]]:
    text = (
        f"{who} may no longer use the key ({actions}): Aurora, DMS, secrets, logs and alarms that "
        "need it fail."
    )
    return [(Danger.OUTAGE, text)]


@pytest.mark.parametrize(
    ("after", "who", "actions"),
    [
        ([KEY_USE, ADMINISTRATION, deny(Action="kms:*", Resource="*")], "*", EVERY_USE),
        ([ADMINISTRATION], f"AWS: {ROOT['AWS']}", "kms:CreateGrant, kms:Decrypt"),
        ([{**KEY_USE, "Condition": OWN}, ADMINISTRATION], f"AWS: {ROOT['AWS']}",
         "kms:CreateGrant, kms:Decrypt"),
        ([KEY_USE, ADMINISTRATION, deny(Action="kms:D*", Resource="*")], "*",
         "kms:Decrypt, kms:DescribeKey"),
    ],
)  # fmt: skip
def test_a_key_that_can_no_longer_be_used(after: list[Any], who: str, actions: str) -> None:
    review = changed(KEY, [KEY_USE, ADMINISTRATION], after)
    assert told(review) == of_key(who, actions)
    assert review.exit_code == 4


def test_a_key_that_gives_no_new_grants() -> None:
    use = {**KEY_USE, "Action": "kms:Decrypt"}
    ((danger, text),) = told(changed(KEY, [KEY_USE, ADMINISTRATION], [use, ADMINISTRATION]))
    assert danger is Danger.OUTAGE
    assert text == (
        f"AWS: {ROOT['AWS']} may no longer use the key (kms:CreateGrant): what needs a new grant, such "
        "as a new or restored instance of Aurora or DMS, fails. Grants that are there go on."
    )


def test_a_key_that_one_role_may_no_longer_use() -> None:
    role = "arn:aws:iam::111122223333:role/reads"
    use = {**KEY_USE, "Principal": {"AWS": role}, "Action": "kms:Decrypt"}
    ((_, text),) = told(changed(KEY, [ADMINISTRATION, use], [ADMINISTRATION]))
    assert text == (
        f"AWS: {role} may no longer use the key (kms:Decrypt): what they do with it fails, services "
        "that use it for them included."
    )


def test_a_key_that_may_be_used_until_a_date() -> None:
    until = {"DateLessThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}}
    review = changed(
        KEY, [KEY_USE, ADMINISTRATION], [{**KEY_USE, "Condition": until}, ADMINISTRATION]
    )
    (found,) = [it for it in review.findings if it.danger is Danger.OUTAGE]
    assert found.effect.text().endswith("Where a statement has a date, from then on.")
    assert not found.when.text()


def test_a_pattern_that_is_spelt_out_takes_nothing_that_is_needed() -> None:
    """What it takes, such as the administration of the key, no row calls harmless."""
    all_ = {**KEY_USE, "Action": "kms:*"}
    spelt = {**KEY_USE, "Action": EVERY_USE.split(", ")}
    assert dangers(changed(KEY, [all_], [spelt])) == {Danger.UNCLEAR}


def test_a_key_that_cannot_be_deleted_is_safe() -> None:
    kept = deny(Action=["kms:ScheduleKeyDeletion", "kms:DisableKey"], Resource="*")
    assert changed(KEY, [KEY_USE], [KEY_USE, kept]).exit_code == 0


SERVICE_USE = {**KEY_USE, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"]}
HERE = stays("aws_cloudwatch_log_group", arn=f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:l")


@pytest.mark.parametrize(
    ("service", "condition", "safe"),
    [
        ("logs.eu-central-1.amazonaws.com", OWN, True),
        ("logs.us-east-1.amazonaws.com", OWN, False),
        ("logs.eu-central-1.amazonaws.com",
         {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:r:{ACCOUNT}:*"}}, True),
        ("cloudwatch.amazonaws.com", OWN, True),
        ("cloudwatch.amazonaws.com", {}, False),
        ("ec2.amazonaws.com", OWN, False),
        ("cloudwatch.amazonaws.com.attacker.example", OWN, False),
    ],
)  # fmt: skip
def test_a_service_that_may_use_the_key_for_the_account(
    service: str,
    condition: dict[str, Any],
    safe: bool,  # noqa: FBT001 (a parameter)
) -> None:
    more = {**SERVICE_USE, "Principal": {"Service": service}, "Condition": condition}
    item = update(KEY, {"policy": policy(KEY_USE)}, policy=policy(KEY_USE, more))
    assert told(reviewed(item, HERE)) == ([] if safe else [MORE])


@pytest.mark.parametrize(
    ("type_", "actions", "safe"),
    [
        (KEY, ["kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"], True),
        (KEY, ["kms:*"], False),
        (KEY, ["kms:Decrypt", "kms:PutKeyPolicy"], False),
        (KEY, ["kms:D*"], False),
        (TOPIC, ["SNS:Publish"], True),
        (TOPIC, ["sns:*"], False),
        (TOPIC, ["sns:Publish", "sns:DeleteTopic"], False),
    ],
)
def test_a_service_is_allowed_what_it_needs(
    type_: str,
    actions: list[str],
    safe: bool,  # noqa: FBT001 (a parameter)
) -> None:
    more = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": actions,
        "Resource": "*",
        "Condition": OWN,
    }
    review = changed(type_, [KEY_USE], [KEY_USE, more])
    assert told(review) == ([] if safe else [MORE])
    made = reviewed(change(type_, "create", None, {"policy": policy(KEY_USE, more), "arn": THING}))
    wide = f"Service: cloudwatch.amazonaws.com may {', '.join(sorted(actions))}: more than a service needs."
    assert ((Danger.WIDER_ACCESS, wide) in told(made)) is not safe


def test_a_key_whose_policy_is_removed_gets_that_of_aws() -> None:
    """By which the account's own policies say who uses it."""
    own = policy({**KEY_USE, "Action": "kms:*"})
    assert reviewed(update(KEY, {"policy": own}, policy=None)).exit_code == 0
    service = policy({**KEY_USE, "Principal": {"Service": "logs.eu-central-1.amazonaws.com"}})
    assert Danger.UNWATCHED in dangers(reviewed(update(KEY, {"policy": service}, policy=None)))


@pytest.mark.parametrize(
    ("who", "danger", "said"),
    [
        ("logs.eu-central-1.amazonaws.com", Danger.UNWATCHED, "what they write or tell with it"),
        ("events.rds.amazonaws.com", Danger.UNWATCHED, "what they write or tell with it"),
        ("cloudwatch.amazonaws.com", Danger.UNWATCHED, "what they write or tell with it"),
        ("rds.amazonaws.com", Danger.OUTAGE, "Aurora, DMS, secrets, logs and alarms"),
    ],
)
def test_what_fails_without_a_key_is_told_by_who_loses_it(
    who: str, danger: Danger, said: str
) -> None:
    loses = policy({**KEY_USE, "Principal": {"Service": who}, "Action": "kms:Decrypt"})
    found = reviewed(update(KEY, {"policy": loses}, policy=policy(KEY_USE))).findings
    assert [it.danger for it in found if said in it.effect.text()] == [danger]


@pytest.mark.parametrize(
    ("who", "danger", "said"),
    [
        ("monitoring.rds.amazonaws.com", Danger.UNWATCHED, "RDS's enhanced monitoring ends."),
        ("dms.amazonaws.com", Danger.REPLICATION_STOP, "may no longer take the role"),
    ],
)
def test_who_no_longer_takes_a_role_says_what_ends(who: str, danger: Danger, said: str) -> None:
    trust = policy(allow(Principal={"Service": who}, Action="sts:AssumeRole"))
    found = reviewed(
        update("aws_iam_role", {"assume_role_policy": trust}, assume_role_policy=policy())
    ).findings
    assert [it.danger for it in found if said in it.effect.text()] == [danger]


READ = allow(Action=["secretsmanager:GetSecretValue", "kms:Decrypt"], Resource="*")


def test_a_role_that_may_do_less() -> None:
    review = changed(POLICY, [READ], [{**READ, "Action": "kms:Decrypt"}], role="dms")
    assert told(review) == [
        (Danger.REPLICATION_STOP, "The role may no longer secretsmanager:GetSecretValue.")
    ]
    assert review.exit_code == 1


def test_a_statement_that_moves_to_another_policy_of_the_role_is_safe() -> None:
    before = {"policy": policy(READ, allow()), "role": "dms", "id": "a"}
    moved = [
        change(POLICY, "update", before, {**before, "policy": policy(allow())}, name="a"),
        change(POLICY, "create", None, {"policy": policy(READ), "role": "dms"}, name="b"),
        change(POLICY, "delete", {"policy": policy(READ), "role": "dms"}, name="c"),
    ]
    assert reviewed(*moved).exit_code == 0
    moved[1]["change"]["after"]["role"] = "another"
    assert Danger.REPLICATION_STOP in dangers(reviewed(*moved))


def test_a_policy_that_goes_and_is_in_the_role_s_own_block_is_missed_until_the_next_apply() -> None:
    role = {"name": "dms", "inline_policy": [{"name": "read", "policy": policy(READ)}]}
    gone = change(POLICY, "delete", {"policy": policy(READ), "role": "dms"})
    inside = configured(aws_iam_role__it={"inline_policy": []})
    assert "until the next apply" in {
        it.lasts for it in reviewed(gone, stays(ROLE, **role), configuration=inside).findings
    }
    may_not = (
        Danger.REPLICATION_STOP,
        "The role may no longer kms:Decrypt, secretsmanager:GetSecretValue.",
    )
    assert told(reviewed(gone)) == [may_not]
    for configuration in ({}, configured(aws_iam_role__it={"name": []})):
        found = reviewed(gone, stays(ROLE, **role), configuration=configuration)
        assert told(found) == [may_not]


def test_a_policy_that_becomes_narrower_or_wider_than_its_role_shows() -> None:
    """A role shows what Terraform saw last: that says nothing of what it may do afterwards."""
    wide = [allow(), READ]
    role = stays(ROLE, name="dms", inline_policy=[{"name": "p", "policy": policy(*wide)}])
    left_out = configured(aws_iam_role__it={"name": []})
    for before, after, danger in (
        (wide, [allow()], Danger.REPLICATION_STOP),
        ([allow()], wide, Danger.WIDER_ACCESS),
    ):
        was = {"policy": policy(*before), "role": "dms", "id": "dms:p"}
        item = update(POLICY, was, policy=policy(*after))
        assert dangers(reviewed(item, role, configuration=left_out)) == {danger}


def test_what_a_role_shows_is_compared_with_what_it_showed() -> None:
    """Drift: of policies that were made by hand one comes, another stays."""
    shows = {"name": "a", "policy": policy(allow())}
    before = {"name": "dms", "inline_policy": [shows]}
    drift = update(ROLE, before, inline_policy=[shows, {"name": "b", "policy": policy(READ)}])
    (finding,) = reviewed(resource_drift=[drift]).findings
    assert finding.danger is Danger.WIDER_ACCESS
    drift = update(ROLE, before, inline_policy=[{"name": "b", "policy": policy(allow())}])
    assert reviewed(resource_drift=[drift]).exit_code == 0


def test_a_policy_that_is_taken_from_one_role_and_given_to_another() -> None:
    before = {"policy": policy(READ), "role": "dms"}
    review = reviewed(change(POLICY, "replace", before, {**before, "role": "another"}))
    assert dangers(review) == {Danger.REPLICATION_STOP, Danger.WIDER_ACCESS}


def test_a_policy_that_is_made_anew_for_the_same_role_is_safe() -> None:
    before = {"policy": policy(READ), "role": "dms", "name": "a"}
    review = reviewed(change(POLICY, "replace", before, {**before, "name": "b"}))
    assert [it for it in review.findings if it.danger is not Danger.UNCLEAR] == []


def test_an_endpoint_that_lets_less_through() -> None:
    own = allow(Principal="*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})
    review = reviewed(update(ENDPOINT, {"policy": None, "id": "vpce-1"}, policy=policy(own)))
    assert told(review) == [(Danger.REPLICATION_STOP, "* may no longer * through the endpoint.")]


def test_an_endpoint_whose_policy_goes_lets_everything_through() -> None:
    own = allow(Principal="*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})
    review = reviewed(update(ENDPOINT, {"policy": policy(own), "id": "vpce-1"}, policy=None))
    assert told(review) == [MORE]


def test_a_secret_that_can_no_longer_be_read() -> None:
    start = [allow(Principal=ROOT, Action="secretsmanager:GetSecretValue", Resource="*")]
    review = changed(SECRET, start, [*start, deny(Action="secretsmanager:*", Resource="*")])
    assert told(review) == [
        (
            Danger.REPLICATION_STOP,
            (
                "* may no longer read the secret (secretsmanager:DescribeSecret, "
                "secretsmanager:GetSecretValue)."
            ),
        )
    ]


def test_a_topic_that_is_told_nothing_any_more() -> None:
    publisher = allow(Principal={"Service": "cloudwatch.amazonaws.com"}, Condition=OWN)
    assert told(changed(TOPIC, [publisher, allow(Principal=ROOT)], [allow(Principal=ROOT)])) == [
        (
            Danger.UNWATCHED,
            (
                "Service: cloudwatch.amazonaws.com may no longer publish to the topic: what it tells "
                "of reaches nobody."
            ),
        )
    ]


@pytest.mark.parametrize(
    ("arn", "said"),
    [
        (UNKNOWN, "* may not publish to the topic: what it tells of reaches nobody."),
        (THING, "* may no longer publish to the topic: what it tells of reaches nobody."),
    ],
)
def test_nobody_published_yet_to_a_topic_that_is_new(arn: str, said: str) -> None:
    after = {"arn": arn, "policy": policy(allow(Principal=ROOT), deny())}
    found = told(reviewed(change(TOPIC, "create", None, after)))
    assert (Danger.UNWATCHED, said) in found


@pytest.mark.parametrize(
    ("stack", "said"),
    [
        (None, "Its statements are not in the plan: give the stack, which says them, with --stack."),
        (stack_of(aws_kms_alias={}),
         "Its statements are known only after apply: read them in the code."),
    ],
)  # fmt: skip
def test_a_policy_that_nobody_can_read(stack: dict[str, Any] | None, said: str) -> None:
    review = reviewed(update(KEY, {"policy": policy(KEY_USE)}, policy=UNKNOWN), stack=stack)
    assert told(review) == [
        (Danger.OUTAGE, "What the policy no longer allows cannot be told."),
        (Danger.WIDER_ACCESS, said),
    ]
    assert review.exit_code == 4


def test_a_policy_that_could_not_be_read_before() -> None:
    review = reviewed(update(TOPIC, {"policy": "broken"}, policy=policy(allow(Principal=ROOT))))
    assert dangers(review) == {Danger.WIDER_ACCESS, Danger.UNWATCHED}


def test_the_stack_says_what_the_plan_does_not_know() -> None:
    text = policy(allow(Principal=ROOT, Resource="${aws_sns_topic.it.arn}"))
    review = reviewed(
        change(TOPIC, "create", None, {"policy": UNKNOWN}),
        stack=stack_of(aws_sns_topic_policy={"policy": text}),
    )
    assert review.exit_code == 0
    (statement,) = review.statements
    assert statement.statement.resources.texts == {"${aws_sns_topic.it.arn}"}


def test_what_the_plan_knows_stands_in_the_place_of_a_reference() -> None:
    before = policy(allow(Principal=ROOT))
    after = policy(
        allow(Principal=ROOT, Resource=["${aws_sns_topic.it.arn}", "${aws_sns_topic.new.arn}"])
    )
    review = reviewed(
        stays("aws_sns_topic", arn=THING),
        update(TOPIC, {"policy": before}, policy=UNKNOWN),
        stack=stack_of(aws_sns_topic_policy={"policy": after}),
    )
    assert told(review) == [MORE]
    assert [it.statement.resources.texts for it in review.statements if it.added] == [
        {THING, "${aws_sns_topic.new.arn}"}
    ]


def test_a_new_policy_that_is_not_in_the_stack_is_aws_s_own() -> None:
    made = change(ENDPOINT, "create", None, {"policy": UNKNOWN})
    left_out = reviewed(made, configuration=configured(aws_vpc_endpoint__it={}))
    assert [it.effect.text() for it in left_out.findings if it.attribute == "policy"] == [
        "The endpoint lets through every call to its service, in every account: data can leave by it."
    ]
    set_to_something = configured(aws_vpc_endpoint__it={"policy": ["aws_kms_key.it"]})
    for found in (reviewed(made), reviewed(made, configuration=set_to_something)):
        assert [it.danger for it in found.findings if it.attribute == "policy"] == [
            Danger.WIDER_ACCESS
        ]


KEY_POLICY = "aws_kms_key_policy"
USED = allow(Principal={"Service": "logs.amazonaws.com"}, Action="kms:Decrypt", Resource="*")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (stays(KEY, id="k", policy=policy(USED)), set()),
        (stays(KEY, id="k", policy=policy(USED, {**USED, "Action": "kms:Encrypt"})),
         {Danger.UNWATCHED}),
        (stays(KEY, id="k", policy=policy()), {Danger.WIDER_ACCESS}),
        (stays(KEY, id="another", policy=policy(USED)), {Danger.OUTAGE, Danger.WIDER_ACCESS}),
    ],
    ids=["the same", "takes", "gives", "not in the plan"],
)  # fmt: skip
def test_a_policy_of_its_own_takes_the_place_of_the_keys(
    key: dict[str, Any], said: set[Danger]
) -> None:
    made = change(KEY_POLICY, "create", None, {"key_id": "k", "policy": policy(USED)})
    assert dangers(reviewed(key, made)) == said


def test_a_policy_of_its_own_that_goes_leaves_awss_default() -> None:
    gone = change(KEY_POLICY, "delete", {"key_id": "k", "policy": policy(USED)})
    found = reviewed(stays(KEY, id="k"), gone)
    assert Danger.UNWATCHED in dangers(found)
    assert ["AWS: 111122223333"] in [
        sorted(it.statement.principals.texts) for it in found.statements if it.added
    ]


@pytest.mark.parametrize(
    ("type_", "of", "attribute"),
    [(KEY_POLICY, KEY, "key_id"), ("aws_secretsmanager_secret_policy", SECRET, "secret_arn")],
)
def test_a_policy_of_its_own_of_something_new(type_: str, of: str, attribute: str) -> None:
    administers = [f"kms:{it}*" for it in ("Describe", "Enable", "Get", "List", "Put")]
    own = allow(Principal=ROOT, Action=administers, Resource="*")
    new = change(of, "create", None, {"enable_key_rotation": True, "kms_key_id": "x"})
    named = configured(**{f"{type_}__it": {attribute: [f"{of}.it"]}})
    for more, expected in (([], set()), ([allow(Principal="*")], {Danger.PUBLIC_REACH})):
        values = {attribute: UNKNOWN, "policy": policy(own, *more)}
        found = reviewed(new, change(type_, "create", None, values), configuration=named)
        said = {it.danger for it in found.findings if it.change.type == type_}
        assert said == expected


def trust(service: str, **more: Json) -> str:
    return policy(
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more}
    )


def role(service: str = "dms.amazonaws.com", **more: Json) -> dict[str, Any]:
    trusted = trust(service, Condition=OWN)
    return change(ROLE, "create", None, {"assume_role_policy": trusted, "name": "r", **more})


TARGET = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:target-a1b2c3"
MONITORING = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.mark.parametrize(
    "service",
    [
        "dms.amazonaws.com",
        "dms.eu-central-1.amazonaws.com",
        "monitoring.rds.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
        "dms.amazonaws.com.cn",
    ],
)
def test_a_new_role_for_one_purpose_is_safe(service: str) -> None:
    reads = policy(allow(Action="secretsmanager:GetSecretValue", Resource=TARGET))
    review = reviewed(
        role(service),
        stays(SECRET, arn=TARGET),
        change(POLICY, "create", None, {"policy": reads, "role": "r"}),
        change(POLICY, "create", None, {"policy": reads, "role": UNKNOWN}, name="b"),
        change(ATTACHMENT, "create", None, {"policy_arn": MONITORING, "role": "r"}),
        configuration=configured(aws_iam_role_policy__b={"role": ["aws_iam_role.it"]}),
    )
    assert (told(review), review.exit_code) == ([], 0)
    assert len(review.statements) == 3


@pytest.mark.parametrize(
    ("trusted", "effect"),
    [
        (trust("ec2.amazonaws.com"),
         "A statement allows ec2.amazonaws.com, a service that has no part in an environment."),
        (policy(allow(Principal={"AWS": "999999999999"}, Action="sts:AssumeRole")),
         "A statement allows 999999999999, which is not of the environment's account."),
        (policy(allow(Principal={"Federated": "accounts.google.com"}, Action="sts:AssumeRole")),
         "A statement allows accounts.google.com, which is not of the environment's account."),
        (policy(allow(Principal="*", Action="sts:AssumeRole")), "A statement allows everyone."),
        (policy(allow(Principal=ROOT, Action="sts:AssumeRole")),
         ("AWS: arn:aws:iam::111122223333:root may take a new role: those of an environment are for "
         "AWS's services alone.")),
    ],
)  # fmt: skip
def test_a_new_role_that_somebody_else_may_take(trusted: str, effect: str) -> None:
    assert effect in effects(reviewed(role(assume_role_policy=trusted)))


@pytest.mark.parametrize(
    ("statement", "effect"),
    [
        (allow(Action="*", Resource="*"), "A statement allows everything on everything."),
        (allow(Resource="*"),
         "A new role may sns:Publish on *: more than a few things of this account."),
        (allow(Action="sns:*"),
         f"A new role may sns:* on {THING}: more than a few things of this account."),
        (allow(Action="iam:PassRole", Resource="arn:aws:iam::111122223333:role/x"),
         ("A new role may iam:PassRole on arn:aws:iam::111122223333:role/x: more than a few things "
         "of this account.")),
        (allow(Action="rds:DeleteDBCluster", Resource=f"arn:aws:rds:eu-central-1:{ACCOUNT}:cluster:c"),
         ("A new role may rds:DeleteDBCluster on arn:aws:rds:eu-central-1:111122223333:cluster:c: "
         "no role of an environment does, or they are not of this one.")),
        (allow(Action="secretsmanager:GetSecretValue", Resource=TARGET),
         ("A new role may secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-central-1:"
         "111122223333:secret:target-a1b2c3: no role of an environment does, or they are not of "
         "this one.")),
    ],
)  # fmt: skip
def test_a_new_role_that_may_do_more_than_one_purpose_needs(
    statement: dict[str, Any], effect: str
) -> None:
    as_resource = change(POLICY, "create", None, {"policy": policy(statement), "role": "r"})
    as_block = [{"name": "all", "policy": policy(statement)}]
    assert effects(reviewed(role(), as_resource)) == [effect]
    assert effects(reviewed(role(inline_policy=as_block))) == [effect]


def test_a_new_role_that_administers() -> None:
    found = effects(reviewed(role(managed_policy_arns=[MONITORING, ADMIN])))
    assert found == [f"The role gets {ADMIN}, which allows more than one purpose needs."]


def test_a_role_s_trust_that_is_widened() -> None:
    wider = policy(
        *json.loads(trust("dms.amazonaws.com"))["Statement"],
        allow(Principal={"AWS": "*"}, Action="sts:AssumeRole"),
    )
    before = {"assume_role_policy": trust("dms.amazonaws.com")}
    review = reviewed(update(ROLE, before, assume_role_policy=wider))
    assert dangers(review) == {Danger.PUBLIC_REACH, Danger.WIDER_ACCESS}


def test_a_role_that_dms_may_no_longer_take() -> None:
    before = {"assume_role_policy": trust("dms.amazonaws.com")}
    after = trust("dms.amazonaws.com", Condition=OWN)
    assert told(reviewed(update(ROLE, before, assume_role_policy=after))) == [
        (
            Danger.REPLICATION_STOP,
            "Service: dms.amazonaws.com may no longer take the role (sts:AssumeRole).",
        )
    ]


def test_a_role_that_exists_gets_another_policy() -> None:
    review = reviewed(change(POLICY, "create", None, {"policy": policy(allow()), "role": "r"}))
    assert told(review) == [MORE]


def test_attachments_that_stay_give_nothing() -> None:
    assert reviewed(stays(ATTACHMENT, policy_arn=ADMIN)).exit_code == 0


def test_a_role_that_exists_gets_a_policy_of_aws() -> None:
    item = change(ATTACHMENT, "create", None, {"policy_arn": MONITORING, "role": "r"})
    assert effects(reviewed(item, stays(ROLE, name="r"))) == [
        f"A role that exists gets {MONITORING}."
    ]


@pytest.mark.parametrize(
    "arn",
    [
        ADMIN,
        UNKNOWN,
        "arn:aws:iam::aws:policy/AmazonS3FullAccess",
        f"arn:aws:iam::{ACCOUNT}:policy/own",
        f"arn:aws:iam::{ACCOUNT}:policy/service-role/AmazonRDSEnhancedMonitoringRole",
    ],
)
def test_a_role_gets_more_than_it_needs(arn: Json) -> None:
    item = change(ATTACHMENT, "create", None, {"policy_arn": arn, "role": "r"})
    (effect,) = effects(reviewed(role(), item))
    assert effect.endswith(", which allows more than one purpose needs.")


def test_an_attachment_that_goes() -> None:
    gone = change(ATTACHMENT, "delete", {"policy_arn": MONITORING, "role": "r"})
    assert dangers(reviewed(gone)) == {Danger.REPLICATION_STOP}


def test_an_attachment_that_is_made_anew_is_missed_meanwhile() -> None:
    pair = {"policy_arn": MONITORING, "role": "r"}
    assert effects(reviewed(change(ATTACHMENT, "replace", pair, pair))) == [
        (
            "It is made anew, the old one goes first: until the new one is known everywhere, the role may "
            "not."
        )
    ]


def test_an_attachment_that_gets_another_address_may_be_detached_last() -> None:
    pair = {"policy_arn": MONITORING, "role": "r"}
    review = reviewed(
        change(ATTACHMENT, "delete", pair, name="a"), change(ATTACHMENT, "create", None, pair)
    )
    assert effects(review) == [
        "The role may no longer do what AWS's policy allowed.",
        (
            "AWS has this once, and aws_iam_role_policy_attachment.it is it too: what comes last "
            "overwrites it, takes it away, or is refused."
        ),
        (
            "AWS has this once, and aws_iam_role_policy_attachment.a is it too: what comes last "
            "overwrites it, takes it away, or is refused."
        ),
    ]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([MONITORING], [], {Danger.REPLICATION_STOP}),
        ([], [MONITORING], {Danger.WIDER_ACCESS}),
        ([MONITORING], [ADMIN], {Danger.REPLICATION_STOP, Danger.WIDER_ACCESS}),
        ([MONITORING], UNKNOWN, {Danger.REPLICATION_STOP, Danger.WIDER_ACCESS}),
    ],
)
def test_a_role_s_own_list_of_policies(before: Json, after: Json, found: set[Danger]) -> None:
    item = update(ROLE, {"managed_policy_arns": before}, managed_policy_arns=after)
    assert dangers(reviewed(item)) == found


def test_a_policy_that_denied_is_gone() -> None:
    assert Danger.WIDER_ACCESS in dangers(
        reviewed(change(TOPIC, "delete", {"policy": policy(deny())}))
    )


def test_a_policy_that_allowed_is_gone() -> None:
    review = reviewed(change(TOPIC, "delete", {"policy": policy(allow())}))
    assert dangers(review) == {Danger.UNWATCHED}
    assert [it.added for it in review.statements] == [False]


def test_a_policy_that_stays_is_not_in_the_table() -> None:
    assert reviewed(stays(TOPIC, policy=policy(allow()))).statements == []


def test_what_one_role_of_a_for_each_may_is_not_known_of_another() -> None:
    """The new policy's role is one of the two: what the first may already, the second gets anew."""
    wide = policy(allow(Action="s3:*", Resource="*"))
    review = reviewed(
        *(
            stays(ROLE, name=f"role-{key}", assume_role_policy=trust("dms.amazonaws.com"))
            | {"address": f'{ROLE}.it["{key}"]'}
            for key in ("a", "b")
        ),
        stays(POLICY, name="first", role="role-a", policy=wide) | {"address": f'{POLICY}.it["a"]'},
        change(POLICY, "create", None, {"name": "second", "role": UNKNOWN, "policy": wide})
        | {"address": f'{POLICY}.it["b"]'},
        configuration=configured(
            aws_iam_role__it={}, aws_iam_role_policy__it={"role": ["aws_iam_role.it"]}
        ),
    )
    assert told(review) == [
        (Danger.WIDER_ACCESS,
         "By its words the policy allows more than before, or denies less; the table has the statements.")
    ]  # fmt: skip


def test_a_policy_of_a_new_role_of_a_for_each_is_one_of_a_new_role() -> None:
    reads = policy(allow(Action="secretsmanager:GetSecretValue", Resource=TARGET))
    review = reviewed(
        *(role(name=key) | {"address": f'{ROLE}.it["{key}"]'} for key in ("a", "b")),
        stays(SECRET, arn=TARGET),
        *(
            change(POLICY, "create", None, {"policy": reads, "role": UNKNOWN, "name": key})
            | {"address": f'{POLICY}.it["{key}"]'}
            for key in ("a", "b")
        ),
        configuration=configured(
            aws_iam_role__it={}, aws_iam_role_policy__it={"role": ["aws_iam_role.it"]}
        ),
    )
    assert told(review) == []


@pytest.mark.unfollowed
def test_each_policy_of_many_is_read_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps, not time: twice as many policies of one role take no more than twice as many."""

    def steps(count: int) -> int:
        found = 0
        is_within = Statement.is_within

        def counted(self: Statement, other: Statement) -> bool:
            nonlocal found
            found += 1
            return is_within(self, other)

        monkeypatch.setattr(Statement, "is_within", counted)
        reviewed(
            *(
                update(POLICY, {"role": "r", "policy": policy(allow(Action=f"a:{it}"))},
                       policy=policy(allow(Action=f"b:{it}")))
                | {"address": f"{POLICY}.it[{it}]"}
                for it in range(count)
            )
        )  # fmt: skip
        monkeypatch.setattr(Statement, "is_within", is_within)
        return found

    assert steps(800) <= 2 * steps(400)
