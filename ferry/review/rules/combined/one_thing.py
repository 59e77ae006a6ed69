"""One thing in AWS under two of Terraform's addresses: what one of them does undoes the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.policies import role_of
from ferry.review.plan.values import UNKNOWN, Hidden
from ferry.review.rules.combined.any_type import is_superseded
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan

_MOVED: Final = "https://developer.hashicorp.com/terraform/language/modules/develop/refactoring"
_REFERENCE: Final = re.compile(r"([\w-]+\.[\w-]+)(?:\.(\w+))?")
_IDLE: Final = frozenset({Action.NO_OP, Action.READ, Action.FORGET})


@dataclass(frozen=True, slots=True)
class _Identity:
    """By what AWS knows a thing.

    Args:
        danger: What comes of two addresses that are one thing.
        attributes: What is AWS's name of it, together.
    """

    danger: Danger
    attributes: tuple[str, ...]


_RULE: Final = _Identity(
    Danger.REFUSED,
    (
        *("security_group_id", "ip_protocol", "from_port", "to_port", "cidr_ipv4", "cidr_ipv6"),
        *("prefix_list_id", "referenced_security_group_id"),
    ),
)

_IDENTITIES: Final = {
    "aws_cloudwatch_dashboard": _Identity(Danger.UNWATCHED, ("dashboard_name",)),
    "aws_cloudwatch_log_group": _Identity(Danger.REFUSED, ("name",)),
    "aws_iam_role": _Identity(Danger.REFUSED, ("name",)),
    "aws_iam_role_policy": _Identity(Danger.REPLICATION_STOP, ("role", "name")),
    "aws_iam_role_policy_attachment": _Identity(Danger.REPLICATION_STOP, ("role", "policy_arn")),
    "aws_route": _Identity(
        Danger.REPLICATION_STOP,
        (
            *("route_table_id", "destination_cidr_block", "destination_ipv6_cidr_block"),
            "destination_prefix_list_id",
        ),
    ),
    "aws_kms_alias": _Identity(Danger.REFUSED, ("name",)),
    "aws_secretsmanager_secret": _Identity(Danger.REFUSED, ("name",)),
    "aws_secretsmanager_secret_version": _Identity(Danger.REPLICATION_STOP, ("secret_id",)),
    "aws_sns_topic": _Identity(Danger.UNWATCHED, ("name",)),
    "aws_sns_topic_policy": _Identity(Danger.UNWATCHED, ("arn",)),
    "aws_sns_topic_subscription": _Identity(
        Danger.UNWATCHED, ("topic_arn", "protocol", "endpoint")
    ),
    "aws_vpc_security_group_egress_rule": _RULE,
    "aws_vpc_security_group_ingress_rule": _RULE,
}
"""What AWS has once: a second one takes the first one's place, or is refused, and either that goes
takes both along. Sources: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html,
API_DetachRolePolicy.html; https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRoute.html,
API_AuthorizeSecurityGroupIngress.html;
https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html, API_SetTopicAttributes.html,
API_Subscribe.html;
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html; and
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html (AWSCURRENT)"""


def one_under_two_addresses(plan: Plan) -> Iterator[Finding]:
    """Something changes that another address of the plan is, too."""
    for type_, identity in _IDENTITIES.items():
        groups: dict[tuple[str, ...], list[Change]] = {}
        for change in plan.of(type_):
            for name in {_name(change, identity, after=after) for after in (False, True)}:
                if name:
                    groups.setdefault(name, []).append(change)
        for group in groups.values():
            changed = [it for it in group if it.action not in _IDLE]
            for change in changed if len(group) > 1 else ():
                other = next(it for it in group if it is not change)
                # Of what is superseded nothing is told.
                told, beside = (other, change) if is_superseded(change) else (change, other)
                yield Finding(
                    danger=identity.danger,
                    change=told,
                    effect=Phrase(
                        "AWS has this once, and {other} is it too: what comes last overwrites it, "
                        "takes it away, or is refused.",
                        {"other": beside.shown_address},
                    ),
                    when=moment(change, Timing.NOW),
                    remedy=Phrase("Keep one address; a moved block gives it another."),
                    source=_MOVED,
                )


def _name(change: Change, identity: _Identity, *, after: bool) -> tuple[str, ...]:
    """AWS's name of a thing on one side; empty where it is not there, or its name not known.

    Of parts that stand in for one another, such as ranges of IPv4 and IPv6, most are left out.
    """
    parts = [_part(change, it, after=after) for it in identity.attributes]
    known = tuple(it for it in parts if it is not None)
    said = sum(map(bool, known))
    return known if len(known) == len(parts) and said >= min(2, len(parts)) else ()


def _part(change: Change, attribute: str, *, after: bool) -> str | None:
    side = change.after if after else change.before
    if not side:
        return None
    if attribute == "role":
        return role_of(change, after=after) or None
    value = side.get(attribute)
    if value is UNKNOWN:
        return _referred(change, attribute)
    if isinstance(value, Hidden):
        return value.mark
    return None if isinstance(value, list | dict) else str(value or "")


def _referred(change: Change, attribute: str) -> str | None:
    """What a value that is not known yet is: an attribute of the one resource that it refers to."""
    matches = [_REFERENCE.fullmatch(it) for it in (change.references or {}).get(attribute, ())]
    found = {match[1]: match[2] for match in reversed(matches) if match}
    if len(found) != 1 or None in matches:
        return None
    [(address, name)] = found.items()
    those = change.neighbours.get(address, ())
    if len(those) != 1:
        return None
    value = those[0].after.get(name or "id")
    return value if isinstance(value, str) else address
