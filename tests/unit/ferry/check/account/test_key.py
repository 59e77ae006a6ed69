"""What is said of a key of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.check.account.key import OwnKey, judge, judge_policy, of_another_account
from ferry.findings import Level, blocked, right, warning
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
FOREIGN = KEY.replace("111122223333", "444455556666")
DEV = environment(aws={"kms_key_arn": KEY})
FAILS = "Aurora, DMS, the secrets and the log groups cannot be made with it."
GIVE = "Give another key in aws.kms_key_arn of dev.toml, or none: one is made."


def test_a_key_as_it_should_be() -> None:
    assert list(judge(DEV, OwnKey())) == [
        right("key", f"The key {KEY} is enabled, symmetric, and its policy can be changed.")
    ]


def test_there_is_no_key() -> None:
    assert list(judge(DEV, None)) == [
        blocked("key", f"There is no key {KEY}.", why=FAILS, remedy=GIVE)
    ]


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion", "PendingImport", "Unavailable"])
def test_a_key_that_is_not_enabled(state: str) -> None:
    assert list(judge(DEV, OwnKey(state=state))) == [
        blocked(
            "key",
            f"The key {KEY} is in the state {state}.",
            why=FAILS,
            remedy="Have it enabled ('aws kms enable-key', after 'aws kms cancel-key-deletion' where "
            "it waits for its deletion).",
        )
    ]


@pytest.mark.parametrize(
    ("spec", "usage"),
    [("RSA_2048", "ENCRYPT_DECRYPT"), ("HMAC_256", "GENERATE_VERIFY_MAC"), ("", "")],
)
def test_a_key_of_another_kind(spec: str, usage: str) -> None:
    assert list(judge(DEV, OwnKey(spec=spec, usage=usage))) == [
        blocked(
            "key",
            f"The key {KEY} is of the kind {spec}, for {usage}.",
            why="RDS, DMS, Secrets Manager, CloudWatch Logs and SNS take symmetric keys that encrypt.",
            remedy=GIVE,
        )
    ]


def test_a_key_of_awss_own() -> None:
    assert list(judge(DEV, OwnKey(manager="AWS"))) == [
        blocked(
            "key",
            f"The key {KEY} is one of AWS's own.",
            why="Nobody can change its policy, so neither logs nor alarms could use it.",
            remedy=GIVE,
        )
    ]


def test_a_key_whose_material_expires() -> None:
    assert list(judge(DEV, OwnKey(expires="2027-01-31"))) == [
        warning(
            "key",
            f"The material of the key {KEY} expires on 2027-01-31.",
            why="From then on nothing that it encrypted can be read, and Aurora stops.",
            remedy="Have it imported anew before that, without a date or with a later one.",
        )
    ]


def test_the_policy_of_another_accounts_key_is_read_there() -> None:
    assert of_another_account(environment(aws={"kms_key_arn": FOREIGN})) == warning(
        "key-policy",
        f"The key {FOREIGN} is of account 444455556666, where alone its policy can be read.",
        why="Where something is missing in it, the deployment fails half-way, or alarms are lost "
        "without a word.",
        remedy="Have its administrators compare it with what 'ferry policies dev key' writes.",
    )


# --- the policy

ROOT = "arn:aws:iam::111122223333:root"
SERVICES = [
    "logs.eu-central-1.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "events.rds.amazonaws.com",
    "dms.amazonaws.com",
]


def allows(principal: object, *actions: str, effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": list(actions), "Resource": "*"}


def missing(statements: Sequence[dict[str, Any]]) -> list[str]:
    """The statements that are said to be missing."""
    finding = judge_policy(DEV, statements)
    if finding.level is Level.RIGHT:
        assert finding == right(
            "key-policy",
            f"The policy of the key {KEY} admits the account and the services that deliver; its "
            "conditions are not judged.",
        )
        return []
    before, _, names = finding.what.partition(" do: ")
    assert before == f"The policy of the key {KEY} does not say what these statements"
    assert finding == blocked(
        "key-policy",
        finding.what,
        why="The deployment fails half-way, or alarms and events are lost without a word.",
        remedy="Have added to it what 'ferry policies dev key' writes.",
    )
    return names.removesuffix(".").split(", ")


EVERYTHING = [allows({"AWS": ROOT, "Service": SERVICES}, "kms:*")]


@pytest.mark.parametrize(
    "statements",
    [
        EVERYTHING,
        [allows("*", "*")],
        [allows({"AWS": "*"}, "kms:*"), allows({"Service": SERVICES}, "KMS:*")],
        [allows({"AWS": ["111122223333"]}, "kms:*"), allows({"Service": SERVICES}, "kms:*")],
        [
            {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*"},
            *(allows({"Service": each}, "kms:*") for each in SERVICES),
        ],
    ],
)
def test_a_policy_that_admits_everybody_who_uses_the_key(
    statements: Sequence[dict[str, Any]],
) -> None:
    assert missing(statements) == []


def test_awss_default_policy_admits_no_service() -> None:
    assert missing([allows({"AWS": ROOT}, "kms:*")]) == [
        "LogGroups",
        "CloudWatchAlarms",
        "RdsEvents",
        "DmsEvents",
    ]


@pytest.mark.parametrize(
    "statements",
    [
        [],
        [allows({"AWS": ROOT, "Service": SERVICES}, "kms:*", effect="Deny")],
        [{"Effect": "Allow", "NotPrincipal": "*", "Action": "kms:*"}],
        [{"Effect": "Allow", "Principal": {"AWS": ROOT}, "NotAction": "kms:PutKeyPolicy"}],
        [allows({"AWS": ROOT.replace("1", "4"), "Service": "s3.amazonaws.com"}, "kms:*")],
    ],
)
def test_a_policy_that_admits_nobody_here(statements: Sequence[dict[str, Any]]) -> None:
    assert len(missing(statements)) == 7


def test_each_action_is_asked_for() -> None:
    assert missing([*EVERYTHING[1:], allows({"AWS": ROOT, "Service": SERVICES}, "kms:D*")]) == [
        "UseThroughServices",
        "GrantsToServices",
        "LogGroups",
        "CloudWatchAlarms",
        "RdsEvents",
        "DmsEvents",
    ]
