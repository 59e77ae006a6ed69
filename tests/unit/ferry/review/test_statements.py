"""Statements of policies: how they are read, whom they reach, and which covers which."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.review.plan import said as module
from ferry.review.plan.patterns import Patterns, covers, disjoint
from ferry.review.plan.policy_documents import statements
from ferry.review.plan.said import Said, shift
from ferry.review.plan.statements import Statement
from ferry.review.plan.values import UNKNOWN, Hidden
from tests.unit.ferry.review.plans import ACCOUNT

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/dms"


def read(**parts: Json) -> Statement:
    return read_all({"Effect": "Allow", "Action": "x:y", **parts})[0]


def read_all(*parts: dict[str, Any]) -> list[Statement]:
    found = statements(json.dumps({"Version": "2012-10-17", "Statement": list(parts)}))
    assert found is not None
    return found


def when(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values)}}}


def test_a_statement_is_the_same_however_it_is_written() -> None:
    one = read(Principal={"AWS": ["b", "a"]}, Action="x", Resource=["r"])
    other = read(Principal={"AWS": ["a", "b"]}, Action=["x"], Resource="r")
    assert one == other
    assert one.principals.texts == {"AWS: a", "AWS: b"}


def test_what_is_denied_with_not_is_told_apart() -> None:
    statement = read_all(
        {"Effect": "Deny", "NotPrincipal": "*", "NotAction": ["x"], "NotResource": "r"}
    )[0]
    assert not statement.allows
    assert statement.principals.texts == {"not *"}
    assert statement.actions.texts == {"not x"}
    assert statement.resources.texts == {"not r"}


def test_conditions_are_flat() -> None:
    statement = read(Condition={"StringEquals": {"aws:SourceAccount": ["2", "1"]}})
    assert [it.texts for it in statement.conditions] == [
        ("StringEquals", "aws:SourceAccount", "1, 2")
    ]


@pytest.mark.parametrize(
    ("document", "count"),
    [
        (None, 0),
        ("", 0),
        ("{}", 0),
        ({"Statement": {"Effect": "Allow", "Action": "x"}}, 1),
        ('{"Statement": [{"Effect": "Allow", "Action": "x"}, {"Effect": "Deny", "Action": "y"}]}', 2),
        ('{"Statement": [], "Id": "x", "Version": "2012-10-17"}', 0),
        ("broken", None),
        ("[" * 100_000, None),
        ("[]", None),
        ({"Statement": ["x"]}, None),
        (UNKNOWN, None),
        (Hidden("x"), None),
    ],
)  # fmt: skip
def test_what_is_a_policy(document: Json, count: int | None) -> None:
    found = statements(document)
    assert (None if found is None else len(found)) == count


@pytest.mark.parametrize(
    "part",
    [
        {"Effect": "allow", "Action": "x"},
        {"Action": "x"},
        {"Effect": "Allow"},
        {"Effect": "Allow", "Action": []},
        {"Effect": "Allow", "Action": 7},
        {"Effect": "Allow", "Action": "x", "NotAction": "y"},
        {"Effect": "Allow", "Action": "x", "Principal": {}},
        {"Effect": "Allow", "Action": "x", "Condition": "always"},
        {"Effect": "Allow", "Action": "x", "Condition": {"Bool": 7}},
        {"Effect": "Allow", "Action": "x", "Condition": {"Bool": {"k": [{}]}}},
        {"Effect": "Allow", "Action": "x", "Unless": "y"},
        {"Effect": "Allow", "Action": "x", "Resource": "${aws:username}"},
    ],
)
def test_what_aws_would_refuse_or_take_otherwise_cannot_be_read(part: dict[str, Any]) -> None:
    """The last is a text in a policy that has no version, and a variable in any later one."""
    assert statements({"Statement": [part]}) is None


@pytest.mark.parametrize(
    ("parts", "public"),
    [
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": [ROOT, "*"]}}, True),
        ({"NotPrincipal": {"AWS": "a"}}, True),
        ({"Principal": {"AWS": ROOT}}, False),
        ({"Principal": {"Service": "dms.amazonaws.com"}}, False),
        ({"Principal": "*", "Effect": "Deny"}, False),
        ({"Principal": "*", **when("StringEquals", "aws:SourceAccount", "1")}, False),
        ({"Principal": "*", **when("StringEquals", "aws:PrincipalOrgID", "o")}, False),
        ({"Principal": "*", **when("ForAnyValue:StringLike", "aws:SourceVpc", "v")}, False),
        ({"Principal": "*", **when("ArnLike", "aws:SourceArn", f"arn:aws:rds:*:{ACCOUNT}:*")}, False),
        ({"Principal": "*", **when("ArnLike", "aws:SourceArn", "arn:aws:rds:*:*:*")}, True),
        ({"Principal": "*", **when("StringLike", "aws:SourceArn", f"arn:aws:s:*:{ACCOUNT}:*")}, True),
        ({"Principal": "*", **when("StringLike", "aws:PrincipalAccount", "*")}, True),
        ({"Principal": "*", **when("StringLike", "aws:PrincipalAccount", ACCOUNT, "1*")}, True),
        ({"Principal": "*", **when("StringNotEquals", "aws:SourceAccount", "1")}, True),
        ({"Principal": "*", **when("StringEqualsIfExists", "aws:SourceAccount", "1")}, True),
        ({"Principal": "*", **when("ForAllValues:StringEquals", "aws:SourceAccount", "1")}, True),
        ({"Principal": "*", **when("Bool", "aws:SecureTransport", "true")}, True),
    ],
)  # fmt: skip
def test_who_is_everyone(parts: dict[str, Any], public: bool) -> None:  # noqa: FBT001 (a parameter)
    assert read(**parts).is_public is public


@pytest.mark.parametrize(
    ("parts", "boundless"),
    [
        ({"Action": "*", "Resource": "*"}, True),
        ({"Action": "*:*", "Resource": "*"}, True),
        ({"Action": ["iam:*"], "Resource": "*"}, True),
        ({"Action": ["IAM:*"], "Resource": "**"}, True),
        ({"Action": "i*", "Resource": "*"}, True),
        ({"Action": "*", "NotResource": "r"}, True),
        ({"Action": "*", "Resource": "r"}, False),
        ({"Action": "sns:*", "Resource": "*"}, False),
        ({"Action": "*", "Resource": "*", "Effect": "Deny"}, False),
        ({"Action": "*", "Resource": "*", "Principal": {"AWS": "a"}}, False),
    ],
)
def test_what_is_everything(parts: dict[str, Any], boundless: bool) -> None:  # noqa: FBT001 (a parameter)
    assert read(**parts).is_boundless is boundless


def test_all_but_some_actions_is_everything() -> None:
    (statement,) = read_all({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    assert statement.is_boundless


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"Principal": {"AWS": ROOT}}, []),
        ({"Principal": {"AWS": ACCOUNT}}, []),
        ({"Principal": {"AWS": ROLE}}, []),
        ({"Principal": {"AWS": "${aws_iam_role.it.arn}"}}, []),
        ({"Principal": {"AWS": ["arn:aws:iam::999999999999:root", "888888888888"]}},
         ["888888888888", "999999999999"]),
        ({"Principal": {"AWS": "AIDAEXAMPLE"}}, ["AIDAEXAMPLE"]),
        ({"Principal": {"Federated": "accounts.google.com"}}, ["accounts.google.com"]),
        ({"Principal": {"Service": "sns.amazonaws.com"}}, []),
        ({"Principal": {"Service": "a"}, **when("StringEquals", "aws:SourceAccount", "999999999999")},
         ["999999999999"]),
        ({"Principal": {"Service": "a"}, **when("StringEquals", "aws:SourceAccount", ACCOUNT)}, []),
        ({"Principal": "*", **when("StringEquals", "aws:PrincipalAccount", ACCOUNT)}, []),
        ({"Principal": "*", **when("StringEquals", "kms:CallerAccount", ACCOUNT, "999999999999")},
         [ACCOUNT, "999999999999"]),
        ({"Principal": "*", **when("StringEquals", "aws:PrincipalOrgID", "o-1")}, ["o-1"]),
        ({"Effect": "Deny", "Principal": {"AWS": "999999999999"}}, []),
    ],
)  # fmt: skip
def test_who_is_of_another_account(parts: dict[str, Any], found: list[str]) -> None:
    assert read(**parts).strangers(ACCOUNT) == found


def test_where_the_own_account_is_not_known_every_account_is_another() -> None:
    assert read(Principal={"AWS": ROOT}).strangers("") == [ACCOUNT]


LOGS = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group"


@pytest.mark.parametrize(
    ("action", "resource", "limited"),
    [
        ("logs:PutLogEvents", f"{LOGS}:/aws/vpc/flow-logs/staging:*", True),
        ("logs:DescribeLogGroups", f"{LOGS}:*", True),
        ("logs:PutLogEvents", f"{LOGS}:*", False),
        ("kms:GenerateDataKey*", "${aws_kms_key.it.arn}", True),
        ("s3:GetObject", "arn:aws:s3:::bucket/*", True),
        ("s3:GetObject", "arn:aws:s3:::*", False),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:r:{ACCOUNT}:secret:own/*", True),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:r:{ACCOUNT}:secret:*", False),
        (
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:r:999999999999:secret:own",
            False,
        ),
        (
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:r:{ACCOUNT}:secret:${{x}}",
            False,
        ),
        ("secretsmanager:*", "${aws_secretsmanager_secret.it.arn}", False),
        ("secretsmanager:Get?ecretValue", "${aws_secretsmanager_secret.it.arn}", False),
        ("iam:PassRole", ROLE, False),
        ("sts:AssumeRole", ROLE, False),
        ("*", ROLE, False),
        ("sns:Publish", "*", False),
        ("sns:ListTopics", "*", False),
    ],
)
def test_what_is_limited_to_a_few_things_of_the_account(
    action: str,
    resource: str,
    limited: bool,  # noqa: FBT001 (a parameter)
) -> None:
    assert read(Action=action, Resource=resource).is_limited(ACCOUNT) is limited


def test_what_is_said_of_all_but_some_things_is_not_limited() -> None:
    (statement,) = read_all({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "r"})
    assert not statement.is_limited(ACCOUNT)


@pytest.mark.parametrize(
    ("pattern", "other", "covered"),
    [
        ("*", "anything", True),
        ("kms:*", "kms:decrypt", True),
        ("kms:*", "kms:*", True),
        ("kms:d*", "kms:*", False),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c", False),
        ("a*a", "a", False),
        ("a?", "ab", False),
        ("kms:decrypt", "kms:encrypt", False),
        ("arn:${x}:*", "arn:y:z", False),
        ("*a" * 2_000, "a" * 2_000, False),
    ],
)
def test_a_pattern_covers_another(pattern: str, other: str, covered: bool) -> None:  # noqa: FBT001 (a parameter)
    """What cannot be told (question marks, variables, more than an ARN) counts as not covered."""
    assert covers(pattern, other) is covered


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("a", "b", True),
        ("a", "a", False),
        ("a*", "b*", True),
        ("a*", "ab", False),
        ("*a", "*b", True),
        ("*", "b", False),
        ("a*z", "a", True),
        ("${x}", "b", False),
    ],
)
def test_two_patterns_have_nothing_in_common(one: str, other: str, apart: bool) -> None:  # noqa: FBT001 (a parameter)
    assert disjoint(one, other) is disjoint(other, one) is apart


ALLOWED = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:Decrypt", "Resource": "*"}
DENIED = {"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
OF_THE_ACCOUNT = when("StringEquals", "aws:SourceAccount", ACCOUNT)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (ALLOWED, {**ALLOWED, "Action": "kms:*"}),
        (ALLOWED, {**ALLOWED, "Action": "KMS:dECRYPT"}),
        (ALLOWED, {**ALLOWED, "Action": ["kms:Encrypt", "kms:Decrypt"]}),
        (ALLOWED, {**ALLOWED, "Principal": {"AWS": ACCOUNT}}),
        (ALLOWED, {**ALLOWED, "Principal": "*"}),
        ({**ALLOWED, "Principal": {"AWS": "*"}}, {**ALLOWED, "Principal": "*"}),
        ({**ALLOWED, "Principal": {"Service": "dms.amazonaws.com"}}, {**ALLOWED, "Principal": "*"}),
        ({**ALLOWED, "Resource": "arn:a"}, {**ALLOWED, "Resource": "arn:*"}),
        ({**ALLOWED, **OF_THE_ACCOUNT}, ALLOWED),
        (
            {**ALLOWED, **when("StringEquals", "k", "a")},
            {**ALLOWED, **when("StringEquals", "K", "a", "b")},
        ),
        (
            {**ALLOWED, **when("StringEquals", "k", "a")},
            {**ALLOWED, **when("StringEqualsIfExists", "k", "a")},
        ),
        (
            {**ALLOWED, **when("StringEquals", "k", "ab")},
            {**ALLOWED, **when("StringLike", "k", "a*")},
        ),
        (
            {**ALLOWED, **when("ArnEquals", "k", "arn:aws:x")},
            {**ALLOWED, **when("ArnLike", "k", "arn:*")},
        ),
        (
            {**ALLOWED, **when("StringNotEquals", "k", "a", "b")},
            {**ALLOWED, **when("StringNotEquals", "k", "a")},
        ),
        ({**DENIED, "Principal": {"AWS": ROLE}}, {**DENIED, "Principal": {"AWS": ROOT}}),
    ],
)
def test_a_statement_covers_another(narrow: dict[str, Any], wide: dict[str, Any]) -> None:
    """As sets of requests: whatever the narrow one matches the wide one matches too."""
    (one,), (other,) = read_all(narrow), read_all(wide)
    assert one.is_within(other)
    assert one.is_within(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ALLOWED, DENIED),
        (ALLOWED, {**ALLOWED, "Action": "kms:Encrypt"}),
        ({**ALLOWED, "Action": "kms:*"}, ALLOWED),
        ({**ALLOWED, "Principal": {"AWS": ROLE}}, ALLOWED),
        (ALLOWED, {**ALLOWED, "Principal": {"AWS": ROLE}}),
        (ALLOWED, {**ALLOWED, **OF_THE_ACCOUNT}),
        (
            {**ALLOWED, **when("StringEquals", "k", "a")},
            {**ALLOWED, **when("StringEquals", "k", "b")},
        ),
        (
            {**ALLOWED, **when("StringNotEquals", "k", "a")},
            {**ALLOWED, **when("StringNotEquals", "k", "a", "b")},
        ),
        (
            {**ALLOWED, **when("StringEqualsIfExists", "k", "a")},
            {**ALLOWED, **when("StringEquals", "k", "a")},
        ),
    ],
)
def test_a_statement_does_not_cover_another(one: dict[str, Any], other: dict[str, Any]) -> None:
    """An account that is allowed something has still to allow it to its roles."""
    (narrow,), (wide,) = read_all(one), read_all(other)
    assert not narrow.is_within(wide)


NOT = {"Effect": "Allow", "Resource": "*"}


@pytest.mark.parametrize(
    ("narrow", "wide", "covered"),
    [
        ({"NotAction": ["iam:*", "kms:*"]}, {"NotAction": "iam:*"}, True),
        ({"NotAction": "iam:*"}, {"NotAction": ["iam:*", "kms:*"]}, False),
        ({"NotAction": "i*"}, {"NotAction": "iam:*"}, True),
        ({"Action": "kms:Decrypt"}, {"NotAction": "iam:*"}, True),
        ({"Action": "IAM:PassRole"}, {"NotAction": "iam:*"}, False),
        ({"Action": "*"}, {"NotAction": "iam:*"}, False),
        ({"NotAction": "iam:*"}, {"Action": "*"}, True),
        ({"NotAction": "iam:*"}, {"Action": "kms:*"}, False),
    ],
)
def test_all_but_some_actions(narrow: dict[str, Any], wide: dict[str, Any], covered: bool) -> None:  # noqa: FBT001 (a parameter)
    (one,), (other,) = read_all({**NOT, **narrow}), read_all({**NOT, **wide})
    assert one.is_within(other) is covered


@pytest.mark.parametrize(
    ("narrow", "wide", "covered"),
    [
        ({"NotPrincipal": {"AWS": ROLE}}, {"Principal": "*"}, True),
        ({"NotPrincipal": {"AWS": ROLE}}, {"Principal": {"AWS": ROOT}}, False),
        ({"Principal": {"AWS": ROOT}}, {"NotPrincipal": {"AWS": ROLE}}, False),
        ({"NotPrincipal": {"AWS": ROLE}}, {"NotPrincipal": {"AWS": ROLE}}, True),
    ],
)
def test_all_but_some_principals(
    narrow: dict[str, Any],
    wide: dict[str, Any],
    covered: bool,  # noqa: FBT001 (a parameter)
) -> None:
    base = {"Effect": "Deny", "Action": "x:y"}
    (one,), (other,) = read_all({**base, **narrow}), read_all({**base, **wide})
    assert one.is_within(other) is covered


def moved(before: list[Any], after: list[Any]) -> tuple[list[set[str]], list[set[str]]]:
    """The actions that a change gives, and that it takes."""
    found = shift(read_all(*before), read_all(*after))
    gives, takes = ([set(it.actions.texts) for it in side] for side in (found.gives, found.takes))
    return gives, takes


def test_a_statement_is_covered_by_several_together() -> None:
    both = {**ALLOWED, "Action": ["kms:Decrypt", "kms:Encrypt"]}
    each = [ALLOWED, {**ALLOWED, "Action": "kms:Encrypt"}]
    assert moved([both], each) == moved(each, [both]) == ([], [])


def test_of_a_statement_what_no_other_covers_is_told() -> None:
    both = {**ALLOWED, "Action": ["kms:Decrypt", "kms:Encrypt"]}
    assert moved([both], [ALLOWED]) == ([], [{"kms:Encrypt"}])
    assert moved([ALLOWED], [both]) == ([{"kms:Encrypt"}], [])


def test_what_is_denied_is_taken_and_what_is_denied_no_longer_given() -> None:
    assert moved([ALLOWED], [ALLOWED, DENIED]) == ([], [{"kms:Decrypt"}])
    assert moved([ALLOWED, DENIED], [ALLOWED]) == ([{"kms:Decrypt"}], [])
    assert moved([DENIED], [{**DENIED, "Action": "kms:*"}]) == ([], [{"kms:*"}])


def test_what_other_policies_say_as_well_is_neither_given_nor_taken() -> None:
    (own,) = read_all(ALLOWED)
    assert shift([own], [], all_before=Said([own, own]), all_after=Said([own])).takes == []
    assert shift([], [own], all_before=Said([own]), all_after=Said([own, own])).gives == []


def test_more_statements_than_a_policy_has_are_each_given_and_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each comparison counts: they are as many as the statements, never their product."""
    many = [read(Action=f"a:{number}*") for number in range(300)]
    others = [read(Action=f"b:{number}*") for number in range(300)]
    compared = 0
    is_within = Statement.is_within

    def counted(self: Statement, other: Statement) -> bool:
        nonlocal compared
        compared += 1
        return is_within(self, other)

    monkeypatch.setattr(Statement, "is_within", counted)
    found = shift(many, others)
    assert (len(found.gives), len(found.takes)) == (300, 300)
    assert compared <= module.MOST_COMPARISONS


@pytest.mark.parametrize(("others", "covered"), [(60, True), (61, False)])
def test_of_many_statements_that_name_the_same_the_last_are_not_taken_to_cover(
    others: int,
    covered: bool,  # noqa: FBT001 (what is expected)
) -> None:
    """What is not looked at may cover it or not, so it counts as given: never safe by it."""
    elsewhere = [when("StringEquals", "aws:SourceAccount", f"{it}") for it in range(others - 1)]
    said = Said([*(read(**it) for it in elsewhere), read()])
    here = read(**when("StringEquals", "aws:SourceVpc", "vpc-1"))
    assert said.left_of(here) == ([] if covered else [here])


@pytest.mark.parametrize(("others", "covered"), [(200, True), (201, False)])
def test_of_many_patterns_that_begin_alike_the_last_are_not_taken_to_cover(
    others: int,
    covered: bool,  # noqa: FBT001 (what is expected)
) -> None:
    patterns = Patterns([*(f"a*{it:03}" for it in range(others - 1)), "a*z"])
    assert patterns.cover(["a-z"]) is covered


@pytest.mark.parametrize(("left_out", "covered"), [(50, True), (51, False)])
def test_of_many_names_that_are_left_out_nothing_is_taken_to_be_covered(
    left_out: int,
    covered: bool,  # noqa: FBT001 (what is expected)
) -> None:
    wide = read_all({"Effect": "Allow", "NotAction": [f"a:{it}" for it in range(left_out)]})
    assert read(Action=[f"b:{it}" for it in range(100)]).is_within(wide[0]) is covered


PATTERNS = st.lists(st.text("ab*?", min_size=1, max_size=4), min_size=9, max_size=20)


@given(PATTERNS, st.text("ab*?", min_size=1, max_size=4))
def test_the_patterns_that_cover_another_are_found(patterns: list[str], other: str) -> None:
    assert Patterns(patterns).cover([other]) is any(covers(it, other) for it in patterns)


NAMES = st.sampled_from(["*", "a*", "*b", "a*b", "a", "b", "ab", "A", "aB", "a?"])
CONDITIONS = st.dictionaries(
    st.sampled_from(
        ["StringEquals", "StringLike", "StringNotEquals", "StringEqualsIfExists", "StringNotLike"]
    ),
    st.fixed_dictionaries({"k": st.lists(st.sampled_from(["a", "ab", "b", "a*"]), min_size=1)}),
    max_size=2,
)


@st.composite
def _statements(draw: st.DrawFn) -> dict[str, Any]:
    part: dict[str, Any] = {"Effect": "Allow", "Condition": draw(CONDITIONS)}
    for name in ("Action", "Resource"):
        twin = draw(st.sampled_from(["", "Not"]))
        part[f"{twin}{name}"] = draw(st.lists(NAMES, min_size=1, max_size=3))
    return part


def answers(part: dict[str, Any], action: str, resource: str, value: str | None) -> bool:
    """Whether a statement speaks of a request, by IAM's own words and not by this project's."""

    def named(name: str, text: str, *, lower: bool) -> bool:
        twin = f"Not{name}" in part
        patterns: list[str] = part[f"Not{name}" if twin else name]
        found = any(
            fnmatchcase(text.lower(), it.lower()) if lower else fnmatchcase(text, it)
            for it in patterns
        )
        return found is not twin

    def holds(operator: str, wanted: list[str]) -> bool:
        if value is None:
            return "Not" in operator or operator.endswith("IfExists")
        like = "Like" in operator
        found = any(fnmatchcase(value, it) if like else value == it for it in wanted)
        return found is not ("Not" in operator)

    return (
        named("Action", action, lower=True)
        and named("Resource", resource, lower=False)
        and all(holds(operator, keys["k"]) for operator, keys in part["Condition"].items())
    )


@given(
    _statements(),
    _statements(),
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "ab", "aab", "abb", "B", "c"]),
            st.sampled_from(["a", "b", "ab", "aab", "A", "c"]),
            st.sampled_from([None, "a", "ab", "b", "a*", "c"]),
        ),
        min_size=20,
    ),
)
def test_what_is_covered_speaks_of_nothing_that_the_other_does_not(
    one: dict[str, Any], other: dict[str, Any], requests: list[tuple[str, str, str | None]]
) -> None:
    (narrow,), (wide,) = read_all(one), read_all(other)
    if narrow.is_within(wide):
        assert [it for it in requests if answers(one, *it) and not answers(other, *it)] == []


@given(st.lists(_statements(), min_size=9, max_size=20), _statements())
def test_the_statements_that_cover_another_are_found(
    parts: list[dict[str, Any]], other: dict[str, Any]
) -> None:
    many, (it,) = read_all(*parts), read_all(other)
    assert Said(many).covers(it) is any(it.is_within(wide) for wide in many)
