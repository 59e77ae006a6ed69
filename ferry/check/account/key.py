"""Whether the key that `aws.kms_key_arn` names encrypts, and admits who uses it here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from facts.key_policy import description, of_the_data, of_the_topic
from facts.placement import Placement
from ferry.account import Unanswered, asked, found_or_none
from ferry.check.account.admitted import missing, statements_of
from ferry.findings import Finding, blocked, not_judged, right, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from types_boto3_kms import KMSClient

    from ferry.check.account.subject import Subject
    from settings.environment import Environment

KEY: Final = "key"
POLICY: Final = "key-policy"

_NONE: Final = "NotFoundException"
_ENABLED: Final = "Enabled"
_FAILS: Final = "Aurora, DMS, the secrets and the log groups cannot be made with it."


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnKey:
    """A key as it is.

    Args:
        state: Such as `Enabled`, `Disabled`, `PendingDeletion`.
        spec: `SYMMETRIC_DEFAULT`, or what only signs or exchanges.
        usage: `ENCRYPT_DECRYPT`, or something else.
        manager: `CUSTOMER`, or `AWS` for a key such as aws/rds, whose policy nobody can change.
        expires: When its imported material expires; empty where it never does.
    """

    state: str = _ENABLED
    spec: str = "SYMMETRIC_DEFAULT"
    usage: str = "ENCRYPT_DECRYPT"
    manager: str = "CUSTOMER"
    expires: str = ""


def check(subject: Subject) -> Iterator[Finding]:
    """Look at the key, and at its policy where it is of this account."""
    environment, kms = subject.environment, subject.account.kms
    arn = environment.aws.kms_key_arn
    if arn is None:
        return
    found = asked(f"look at the key {arn}", partial(_key, kms, arn))
    if isinstance(found, Unanswered):
        yield not_judged(KEY, f"The key {arn}", why=found.why, remedy=found.remedy)
        return
    yield from judge(environment, found)
    if found is None:
        return
    if arn.split(":")[4] != environment.aws.account_id:
        yield of_another_account(environment)
        return
    policy = asked(f"read the policy of the key {arn}", partial(_policy, kms, arn))
    if isinstance(policy, Unanswered):
        yield not_judged(
            POLICY, f"The policy of the key {arn}", why=policy.why, remedy=policy.remedy
        )
    else:
        yield judge_policy(environment, policy)


def _key(kms: KMSClient, arn: str) -> OwnKey | None:
    found = found_or_none(lambda: kms.describe_key(KeyId=arn)["KeyMetadata"], _NONE)
    if found is None:
        return None
    expires = found.get("ValidTo")
    return OwnKey(
        state=found.get("KeyState", ""),
        spec=found.get("KeySpec", ""),
        usage=found.get("KeyUsage", ""),
        manager=found.get("KeyManager", ""),
        expires="" if expires is None else f"{expires:%Y-%m-%d}",
    )


def _policy(kms: KMSClient, arn: str) -> list[dict[str, Any]]:
    return statements_of(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])


def judge(environment: Environment, key: OwnKey | None) -> Iterator[Finding]:
    """Whether the key is there, encrypts, and goes on doing so."""
    arn = environment.aws.kms_key_arn
    give = f"Give another key in aws.kms_key_arn of {environment.name}.toml, or none: one is made."
    if key is None:
        yield blocked(KEY, f"There is no key {arn}.", why=_FAILS, remedy=give)
        return
    if key.state != _ENABLED:
        yield blocked(
            KEY,
            f"The key {arn} is in the state {key.state}.",
            why=_FAILS,
            remedy="Have it enabled ('aws kms enable-key', after 'aws kms cancel-key-deletion' where "
            "it waits for its deletion).",
        )
    if (key.spec, key.usage) != ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"):
        yield blocked(
            KEY,
            f"The key {arn} is of the kind {key.spec}, for {key.usage}.",
            why="RDS, DMS, Secrets Manager, CloudWatch Logs and SNS take symmetric keys that encrypt.",
            remedy=give,
        )
    if key.manager != "CUSTOMER":
        yield blocked(
            KEY,
            f"The key {arn} is one of AWS's own.",
            why="Nobody can change its policy, so neither logs nor alarms could use it.",
            remedy=give,
        )
    if key.expires:
        yield warning(
            KEY,
            f"The material of the key {arn} expires on {key.expires}.",
            why="From then on nothing that it encrypted can be read, and Aurora stops.",
            remedy="Have it imported anew before that, without a date or with a later one.",
        )
    if key == OwnKey():
        yield right(KEY, f"The key {arn} is enabled, symmetric, and its policy can be changed.")


def of_another_account(environment: Environment) -> Finding:
    """Its policy is read in its own account alone.

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
    """
    arn = environment.aws.kms_key_arn or ""
    return warning(
        POLICY,
        f"The key {arn} is of account {arn.split(':')[4]}, where alone its policy can be read.",
        why="Where something is missing in it, the deployment fails half-way, or alarms are lost "
        "without a word.",
        remedy=f"Have its administrators compare it with what 'ferry policies {environment.name} key' "
        "writes.",
    )


def judge_policy(environment: Environment, statements: Sequence[dict[str, Any]]) -> Finding:
    """Whether each who uses the key is admitted by some statement; no condition is judged."""
    arn, aws = environment.aws.kms_key_arn, environment.aws
    placement = Placement(account_id=aws.account_id, region=aws.region)
    wanted = [description(placement), *of_the_data(placement)]
    if environment.alarms.topic_arn is None:
        wanted += of_the_topic(environment.names, placement)
    lacking = missing(wanted, statements)
    if lacking:
        return blocked(
            POLICY,
            f"The policy of the key {arn} does not say what these statements do: "
            f"{', '.join(lacking)}.",
            why="The deployment fails half-way, or alarms and events are lost without a word.",
            remedy=f"Have added to it what 'ferry policies {environment.name} key' writes.",
        )
    return right(
        POLICY,
        f"The policy of the key {arn} admits the account and the services that deliver; its "
        "conditions are not judged.",
    )
