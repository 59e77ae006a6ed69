"""AWS's own policies that are attached to a role, and what goes with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.policies import (
    ROLE,
    Policies,
    role_of,
)
from ferry.review.rules.combined.policy_finding import POLICIES_PAGE
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import CREATED, DESTROYED
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

_ATTACHMENT: Final = "aws_iam_role_policy_attachment"
_ATTACHED: Final = "managed_policy_arns"
_KNOWN: Final = re.compile(
    r"arn:aws[a-z-]*:iam::aws:policy/service-role/"
    r"(AmazonDMSCloudWatchLogsRole|AmazonDMSVPCManagementRole|AmazonRDSEnhancedMonitoringRole)"
)
"""AWS's policies that allow a service what it needs for one purpose. Sources:
https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole and
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRDSEnhancedMonitoringRole.html"""


def attachment_findings(plan: Plan) -> Iterator[Finding | Fine]:
    """What AWS's own policies open to the roles that they are attached to, and what goes with them."""
    policies = plan.once(Policies)
    attachments = plan.of(_ATTACHMENT)
    attached = {_pair(it, after=False) for it in attachments if role_of(it, after=False)}
    for change in attachments:
        stays_so = change.comes and _pair(change, after=False) == _pair(change, after=True)
        comes_last = not change.made_first
        if change.goes and stays_so and comes_last and role_of(change, after=True):
            because = "The role gets it again."
            yield Fine(change=change, attribute=DESTROYED, because=because)
        elif change.goes:
            yield _detached(change, "")
        if change.comes and _pair(change, after=True) in attached:
            yield from _fine(change, "The role has this policy already.")
        elif change.comes:
            is_new = policies.is_of_new_role(change)
            yield from _attached(change, [change.after.get("policy_arn")], is_new=is_new)
    for change in plan.of(ROLE):
        if change.action not in {Action.NO_OP, Action.DELETE} and change.changes(_ATTACHED):
            yield from _attached_to_role(change)


def _pair(change: Change, *, after: bool) -> tuple[str, str]:
    side = change.after if after else change.before
    return role_of(change, after=after), repr(side.get("policy_arn"))


def _detached(change: Change, attribute: str) -> Finding:
    return Finding(
        danger=Danger.REPLICATION_STOP,
        change=change,
        attribute=attribute,
        effect=Phrase("The role may no longer do what AWS's policy allowed."),
        when=moment(change, Timing.NOW),
        lasts="for good, or until another is attached",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/"
        "access_policies_manage-attach-detach.html",
    )


def _attached(change: Change, policies: list[Json], *, is_new: bool) -> Iterator[Finding | Fine]:
    for policy in policies:
        if not isinstance(policy, str) or not _KNOWN.fullmatch(policy):
            effect = "The role gets {policy}, which allows more than one purpose needs."
        elif not is_new:
            effect = "A role that exists gets {policy}."
        else:
            continue
        attribute = _ATTACHED if change.type == ROLE else ""
        known = policy if isinstance(policy, str) else "(known after apply)"
        yield Finding(
            danger=Danger.WIDER_ACCESS,
            change=change,
            attribute=attribute,
            effect=Phrase(effect, {"policy": change.shown(known, _ATTACHED, "policy_arn")}),
            source=POLICIES_PAGE,
        )
        return
    yield from _fine(change, "It allows a service what it needs for one purpose.")


def _attached_to_role(change: Change) -> Iterator[Finding | Fine]:
    before, after = change.before.get(_ATTACHED), change.after.get(_ATTACHED)
    left_out = change.references is not None and _ATTACHED not in change.references
    if change.comes and not isinstance(after, list) and left_out:
        yield from _fine(change, "Its policies are resources of their own.")
        return
    old, new = (it if isinstance(it, list) else [] for it in (before, after))
    gone = [it for it in old if it not in new]
    come = [it for it in new if it not in old] if isinstance(after, list) else [after]
    if gone:
        yield _detached(change, _ATTACHED)
    if come:
        yield from _attached(change, come, is_new=change.comes)


def _fine(change: Change, because: str) -> Iterator[Fine]:
    attribute = _ATTACHED if change.type == ROLE else CREATED
    yield Fine(change=change, attribute=attribute, because=because)
