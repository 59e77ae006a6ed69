"""Whether the account has the roles that DMS looks up by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from facts import names
from facts.dms import LOGS_ROLE, MANAGED_POLICIES, VPC_ROLE
from ferry.account import Unanswered, asked, found_or_none
from ferry.check.trust import trusts_dms
from ferry.findings import Finding, Level, blocked, not_judged, right

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from types_boto3_iam import IAMClient

    from ferry.check.account.subject import Subject
    from settings.environment import Environment


@dataclass(frozen=True, kw_only=True, slots=True)
class Needed:
    """A role that DMS looks up by name.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole

    Args:
        role: Its name.
        level: How grave it is where the policy or the trust is wrong.
        why: What happens then.
    """

    role: str
    level: Level
    why: str

    @property
    def check(self) -> str:
        """The check's name."""
        return f"role-{self.role}"

    @property
    def policy(self) -> str:
        """The managed policy of AWS's that it must have."""
        return MANAGED_POLICIES[self.role]


NEEDED: Final = (
    Needed(
        role=VPC_ROLE,
        level=Level.BLOCKED,
        why="DMS makes no subnet group and no replication instance ('The IAM Role ... is not "
        "configured properly').",
    ),
    Needed(role=LOGS_ROLE, level=Level.WARNING, why="The tasks run without a log."),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """A role of the account.

    Args:
        policies: The ARNs of its managed policies.
        trust: Its trust policy.
    """

    policies: tuple[str, ...]
    trust: Mapping[str, Any]


def check(subject: Subject) -> Iterator[Finding]:
    """Ask IAM for each role, and judge it."""
    iam = subject.account.iam
    for needed in NEEDED:
        found = asked(f"read the role {needed.role}", partial(_role, iam, needed.role))
        if isinstance(found, Unanswered):
            yield not_judged(
                needed.check, f"The role {needed.role}", why=found.why, remedy=found.remedy
            )
        else:
            yield judge(subject.environment, needed, found)


def _role(iam: IAMClient, name: str) -> Role | None:
    """A role with its managed policies; None where the account has none of that name."""
    found = found_or_none(lambda: iam.get_role(RoleName=name)["Role"], "NoSuchEntity")
    if found is None:
        return None
    pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
    return Role(
        policies=tuple(
            policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]
        ),
        # boto3 decodes the document, which its stubs do not know
        trust=cast("dict[str, Any]", found["AssumeRolePolicyDocument"]),
    )


def judge(environment: Environment, needed: Needed, role: Role | None) -> Finding:
    """Whether the role is there, DMS may take it, and it has its policy."""
    stack = names.account_stack(environment.aws.account_id)
    if role is None:
        return blocked(
            needed.check,
            f"The account has no role {needed.role}.",
            why="The plan stops: DMS looks the role up by exactly this name.",
            remedy=f"Run 'cdktf deploy {stack}' first, once for the account.",
        )
    remedy = f"Plan the account's stack ('cdktf diff {stack}'): it shows what was changed; deploy."
    if not trusts_dms(role.trust):
        return Finding(
            check=needed.check,
            level=needed.level,
            what=f"The role {needed.role} does not let DMS take it (dms.amazonaws.com).",
            why=needed.why,
            remedy=remedy,
        )
    if not any(arn.endswith(f":aws:policy/service-role/{needed.policy}") for arn in role.policies):
        return Finding(
            check=needed.check,
            level=needed.level,
            what=f"The role {needed.role} lacks its policy {needed.policy}.",
            why=needed.why,
            remedy=remedy,
        )
    return right(needed.check, f"The role {needed.role} is there, with {needed.policy}.")
