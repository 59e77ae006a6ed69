"""Policies that AWS refuses as they are written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.ferry.review.plans import change, effects, reviewed, stays, update

ROLE, INLINE, KEY = "aws_iam_role", "aws_iam_role_policy", "aws_kms_key"
TRUST = "assume_role_policy"
TOPIC, ENDPOINT = "aws_sns_topic", "aws_vpc_endpoint"
TWICE = "AWS refuses a policy with two statements of one Sid, A."
OTHER_VERSION = "AWS refuses a policy of another version than 2008-10-17 and 2012-10-17."
OF_A_ROLE = "IAM refuses more than 10,240 characters of a role's inline policies."


def policy(*sids: str | None, size: int = 0, version: str | None = "2012-10-17") -> str:
    """A policy; of a size, it has that many bytes without blanks."""
    said: dict[str, Any] = {
        "Statement": [
            {"Effect": "Deny", "Action": "*"} | ({"Sid": it} if it else {}) for it in sids
        ]
    }
    if version:
        said["Version"] = version
    if size:
        said["Id"] = ""
        said["Id"] = "x" * (size - len(json.dumps(said, separators=(",", ":"))))
    return json.dumps(said, indent=2)


def refused(*changes: dict[str, Any], **parts: Any) -> list[str]:  # noqa: ANN401 (JSON)
    beginnings = ("AWS refuses a policy", "IAM refuses")
    return [it for it in effects(reviewed(*changes, **parts)) if it.startswith(beginnings)]


SAMPLES: list[tuple[str, str, str, str]] = [
    *(
        (type_, "policy", policy(size=most + more),
         f"AWS refuses a policy of more than {most:,} bytes." if more else "")
        for type_, most in (
            (KEY, 32_768), ("aws_kms_key_policy", 32_768), ("aws_secretsmanager_secret", 20_480),
            ("aws_secretsmanager_secret_policy", 20_480), (TOPIC, 30_720),
            ("aws_sns_topic_policy", 30_720), (ENDPOINT, 20_480),
        )
        for more in (0, 1)
    ),
    (KEY, "policy", policy("A", "B", None, None), ""),
    (KEY, "policy", policy("A", "A"), TWICE),
    (INLINE, "policy", policy("A", "A"), TWICE),
    (INLINE, "policy", policy("A", "B2"), ""),
    *(
        (type_, attribute, policy(sid),
         f"IAM refuses the Sid {sid}: it takes letters from a to z and digits alone.")
        for type_, attribute in ((INLINE, "policy"), (ROLE, TRUST))
        for sid in ("a-b", "a b", "ü")
    ),
    (KEY, "policy", policy("Allow use of the key"), ""),
    (KEY, "policy", policy(version="2008-10-17"), ""),
    (KEY, "policy", policy(version=None), ""),
    (KEY, "policy", policy(version="2026-01-01"), OTHER_VERSION),
    (ROLE, TRUST, policy(version="2012-10-18"), OTHER_VERSION),
    (KEY, "policy", '{"Statement": {"Sid": "A", "Effect": "Deny"}}', ""),
    (KEY, "policy", "[]", ""),
    (KEY, "policy", "no JSON", ""),
]  # fmt: skip
"""Type, attribute, policy, and what is said of it."""


@pytest.mark.parametrize(("type_", "attribute", "text", "says"), SAMPLES)
def test_policies_that_aws_refuses(type_: str, attribute: str, text: str, says: str) -> None:
    expected = [says] if says else []
    assert refused(change(type_, "create", None, {attribute: text})) == expected
    item = update(type_, {attribute: policy()}, **{attribute: text})
    assert refused(item) == expected
    assert refused(resource_drift=[item]) == []


@pytest.mark.parametrize(
    ("sizes", "role", "told"),
    [([10_240], "r", 0), ([10_241], "r", 1), ([5_000, 6_000], "r", 1), ([5_000, 6_000], "o", 0)],
)
def test_the_policies_of_a_role_are_counted_together(
    sizes: list[int], role: str, told: int
) -> None:
    first, *others = sizes
    found = refused(
        change(INLINE, "create", None, {"role": "r", "policy": policy(size=first)}),
        *(stays(INLINE, f"p{it}", role=role, policy=policy(size=it)) for it in others),
        stays(INLINE, "no_role", policy=policy(size=20_000)),
    )
    assert found == [OF_A_ROLE] * told


def test_what_does_not_change_is_not_counted_again() -> None:
    assert refused(stays(INLINE, role="r", policy=policy(size=11_000))) == []
