"""One thing in AWS under two of Terraform's addresses: what one of them does undoes the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import COMING, Action
from ferry.review.plan.policies import role_of
from ferry.review.plan.values import UNKNOWN, Hidden, same
from ferry.review.rules.combined.any_type import is_superseded
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan

_REFERENCE: Final = re.compile(r"([\w-]+\.[\w-]+)(?:\.(\w+))?")
_IDLE: Final = frozenset({Action.NO_OP, Action.READ, Action.FORGET})
_EC2: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
_IAM: Final = "https://docs.aws.amazon.com/IAM/latest/APIReference"
_KMS: Final = "https://docs.aws.amazon.com/kms/latest/APIReference"
_DMS: Final = "https://docs.aws.amazon.com/dms/latest/APIReference"
_RDS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference"
_SNS: Final = "https://docs.aws.amazon.com/sns/latest/api"
_WATCH: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference"
_LOGS: Final = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference"
_SECRETS: Final = "https://docs.aws.amazon.com/secretsmanager/latest/apireference"


@dataclass(frozen=True, slots=True)
class _Identity:
    """By what AWS knows a thing.

    Args:
        danger: What comes of two that are one thing; REFUSED where AWS makes no second one.
        attributes: What is AWS's name of it, together.
        source: Where AWS says so: the action that makes it.
        one_of: Attributes that stand in for one another, of which it has one at least.
        drawn: Whether AWS draws an id all the same, by which the old one goes and takes nothing along.
    """

    danger: Danger
    attributes: tuple[str, ...]
    source: str
    one_of: tuple[str, ...] = ()
    drawn: bool = False


_RULE_S_ENDS: Final = (
    *("from_port", "to_port", "cidr_ipv4", "cidr_ipv6", "prefix_list_id"),
    "referenced_security_group_id",
)

IDENTITIES: Final = {
    # What is made a second time takes the place of the first, and goes with either.
    "aws_cloudwatch_dashboard": _Identity(
        Danger.UNWATCHED, ("dashboard_name",), f"{_WATCH}/API_PutDashboard.html"
    ),
    "aws_cloudwatch_metric_alarm": _Identity(
        Danger.UNWATCHED, ("alarm_name",), f"{_WATCH}/API_PutMetricAlarm.html"
    ),
    "aws_iam_role_policy": _Identity(
        Danger.REPLICATION_STOP, ("role", "name"), f"{_IAM}/API_PutRolePolicy.html"
    ),
    "aws_iam_role_policy_attachment": _Identity(
        Danger.REPLICATION_STOP, ("role", "policy_arn"), f"{_IAM}/API_DetachRolePolicy.html"
    ),
    "aws_kms_key_policy": _Identity(Danger.OUTAGE, ("key_id",), f"{_KMS}/API_PutKeyPolicy.html"),
    "aws_route": _Identity(
        Danger.REPLICATION_STOP,
        ("route_table_id",),
        f"{_EC2}/API_DeleteRoute.html",
        one_of=(
            *("destination_cidr_block", "destination_ipv6_cidr_block"),
            "destination_prefix_list_id",
        ),
    ),
    "aws_secretsmanager_secret_policy": _Identity(
        Danger.REPLICATION_STOP, ("secret_arn",), f"{_SECRETS}/API_PutResourcePolicy.html"
    ),
    "aws_secretsmanager_secret_version": _Identity(  # of AWSCURRENT, which no old version loses
        Danger.REPLICATION_STOP,
        ("secret_id",),
        f"{_SECRETS}/API_PutSecretValue.html",
        drawn=True,
    ),
    "aws_sns_topic": _Identity(Danger.UNWATCHED, ("name",), f"{_SNS}/API_CreateTopic.html"),
    "aws_sns_topic_policy": _Identity(
        Danger.UNWATCHED, ("arn",), f"{_SNS}/API_SetTopicAttributes.html"
    ),
    "aws_sns_topic_subscription": _Identity(
        Danger.UNWATCHED, ("topic_arn", "protocol", "endpoint"), f"{_SNS}/API_Subscribe.html"
    ),
    "aws_vpn_gateway_route_propagation": _Identity(
        Danger.REPLICATION_STOP,
        ("vpn_gateway_id", "route_table_id"),
        f"{_EC2}/API_DisableVgwRoutePropagation.html",
    ),
    # A second one is refused.
    **{
        type_: _Identity(Danger.REFUSED, attributes, source)
        for type_, attributes, source in (
            ("aws_cloudwatch_log_group", ("name",), f"{_LOGS}/API_CreateLogGroup.html"),
            ("aws_db_event_subscription", ("name",), f"{_RDS}/API_CreateEventSubscription.html"),
            ("aws_db_parameter_group", ("name",), f"{_RDS}/API_CreateDBParameterGroup.html"),
            ("aws_db_subnet_group", ("name",), f"{_RDS}/API_CreateDBSubnetGroup.html"),
            ("aws_dms_certificate", ("certificate_id",), f"{_DMS}/API_ImportCertificate.html"),
            ("aws_dms_endpoint", ("endpoint_id",), f"{_DMS}/API_CreateEndpoint.html"),
            ("aws_dms_event_subscription", ("name",), f"{_DMS}/API_CreateEventSubscription.html"),
            (
                "aws_dms_replication_instance",
                ("replication_instance_id",),
                f"{_DMS}/API_CreateReplicationInstance.html",
            ),
            (
                "aws_dms_replication_subnet_group",
                ("replication_subnet_group_id",),
                f"{_DMS}/API_CreateReplicationSubnetGroup.html",
            ),
            (
                "aws_dms_replication_task",
                ("replication_task_id",),
                f"{_DMS}/API_CreateReplicationTask.html",
            ),
            (
                "aws_ec2_transit_gateway_vpc_attachment",
                ("transit_gateway_id", "vpc_id"),
                f"{_EC2}/API_CreateTransitGatewayVpcAttachment.html",
            ),
            ("aws_iam_role", ("name",), f"{_IAM}/API_CreateRole.html"),
            ("aws_internet_gateway", ("vpc_id",), f"{_EC2}/API_AttachInternetGateway.html"),
            ("aws_kms_alias", ("name",), f"{_KMS}/API_CreateAlias.html"),
            ("aws_nat_gateway", ("allocation_id",), f"{_EC2}/API_CreateNatGateway.html"),
            ("aws_rds_cluster", ("cluster_identifier",), f"{_RDS}/API_CreateDBCluster.html"),
            ("aws_rds_cluster_instance", ("identifier",), f"{_RDS}/API_CreateDBInstance.html"),
            (
                "aws_rds_cluster_parameter_group",
                ("name",),
                f"{_RDS}/API_CreateDBClusterParameterGroup.html",
            ),
            ("aws_secretsmanager_secret", ("name",), f"{_SECRETS}/API_CreateSecret.html"),
            ("aws_security_group", ("vpc_id", "name"), f"{_EC2}/API_CreateSecurityGroup.html"),
            ("aws_subnet", ("vpc_id", "cidr_block"), f"{_EC2}/API_CreateSubnet.html"),
            (
                "aws_vpc_endpoint",
                ("vpc_id", "service_name", "private_dns_enabled"),
                f"{_EC2}/API_CreateVpcEndpoint.html",
            ),
            (
                "aws_vpc_peering_connection",
                ("vpc_id", "peer_vpc_id"),
                f"{_EC2}/errors-overview.html",
            ),
            (
                "aws_vpn_gateway_attachment",
                ("vpc_id", "vpn_gateway_id"),
                f"{_EC2}/API_AttachVpnGateway.html",
            ),
        )
    },
    "aws_flow_log": _Identity(
        Danger.REFUSED,
        ("traffic_type", "log_destination"),
        f"{_EC2}/API_CreateFlowLogs.html",
        one_of=("vpc_id", "subnet_id", "eni_id"),
    ),
    "aws_route_table_association": _Identity(
        Danger.REFUSED,
        (),
        f"{_EC2}/API_AssociateRouteTable.html",
        one_of=("subnet_id", "gateway_id"),
    ),
    "aws_security_group_rule": _Identity(
        Danger.REFUSED,
        ("security_group_id", "type", "protocol"),
        f"{_EC2}/API_AuthorizeSecurityGroupIngress.html",
        one_of=(
            *("from_port", "to_port", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids"),
            *("self", "source_security_group_id"),
        ),
    ),
    "aws_vpc_security_group_egress_rule": _Identity(
        Danger.REFUSED,
        ("security_group_id", "ip_protocol"),
        f"{_EC2}/API_AuthorizeSecurityGroupEgress.html",
        one_of=_RULE_S_ENDS,
    ),
    "aws_vpc_security_group_ingress_rule": _Identity(
        Danger.REFUSED,
        ("security_group_id", "ip_protocol"),
        f"{_EC2}/API_AuthorizeSecurityGroupIngress.html",
        one_of=_RULE_S_ENDS,
    ),
}
"""What AWS has once, by type."""

DRAWN: Final = frozenset(
    {"aws_default_security_group", "aws_eip", "aws_kms_key", "aws_route_table", "aws_vpc"}
    | {"terraform_data"}
)
"""The types that AWS has any number of, all alike but for an id that it draws."""

_NAMES: Final = frozenset(
    {
        *("alarm_name", "certificate_id", "cluster_identifier", "dashboard_name", "endpoint_id"),
        *("identifier", "name", "replication_instance_id", "replication_subnet_group_id"),
        "replication_task_id",
    }
)
"""Attributes that are a text of the configuration's: what it refers to does not tell what it is."""


def made_beside_itself(plan: Plan) -> Iterator[Finding]:
    """A replacement makes the new one first, of something that AWS has once.

    Terraform does so for create_before_destroy, and for whatever such a resource depends on.
    """
    for type_, identity in IDENTITIES.items():
        for change in plan.of(type_) if not identity.drawn else ():
            if change.made_first and _is_still(change, identity):
                yield Finding(
                    danger=identity.danger,
                    change=change,
                    effect=Phrase(
                        "AWS has this once, and the new one is made first: AWS refuses it, or the old "
                        "one, which goes last, takes it along."
                    ),
                    when=moment(change, Timing.NOW),
                    remedy=Phrase(
                        "Give the new one another name, or take create_before_destroy away."
                    ),
                    source=identity.source,
                )


_RULE_IS_MISSED: Final = (
    Danger.INTERRUPTION,
    "It is made anew, the old one goes first: until the new one is there, new connections fail.",
)
_POLICY_IS_MISSED: Final = (
    Danger.REPLICATION_STOP,
    "It is made anew, the old one goes first: until the new one is known everywhere, the role may not.",
)
_MISSED: Final = {
    "aws_iam_role_policy": _POLICY_IS_MISSED,
    "aws_iam_role_policy_attachment": _POLICY_IS_MISSED,
    "aws_route": (
        Danger.REPLICATION_STOP,
        "It is made anew, the old one goes first: until the new one is there, traffic finds no way.",
    ),
    "aws_secretsmanager_secret_version": (
        Danger.REPLICATION_STOP,
        "The value is written anew: a password that is drawn is another one then.",
    ),
    "aws_security_group_rule": _RULE_IS_MISSED,
    "aws_vpc_security_group_egress_rule": _RULE_IS_MISSED,
    "aws_vpc_security_group_ingress_rule": _RULE_IS_MISSED,
}
"""What is missed while it is made anew, and what comes of that."""


def missed_meanwhile(plan: Plan) -> Iterator[Finding]:
    """A replacement of what stays the same takes the old one away first, as by request.

    What is another one afterwards is told by what changes.
    """
    for type_, (danger, effect) in _MISSED.items():
        for change in plan.of(type_):
            if (
                change.action is Action.REPLACE
                and not change.made_first
                and _is_still(change, IDENTITIES[type_])
                and not change.changes("secret_string_wo_version")  # which says that it is meant
            ):
                yield Finding(
                    danger=danger,
                    change=change,
                    effect=Phrase(effect),
                    when=moment(change, Timing.NOW),
                    lasts="seconds to minutes",
                    source=IDENTITIES[type_].source,
                )


def _is_still(change: Change, identity: _Identity) -> bool:
    """Whether a replacement may well be what it was, to AWS."""
    return not any(_differs(change, it) for it in (*identity.attributes, *identity.one_of))


def _differs(change: Change, attribute: str) -> bool:
    """Whether a part of AWS's name is known to be another one.

    A name that is left out is drawn, and so is the id of what is made by the same plan.
    """
    after = change.after.get(attribute)
    if attribute == "role":
        return role_of(change, after=True) not in {"", role_of(change, after=False)}
    if after is not UNKNOWN:
        return not same(change.before.get(attribute), after)
    if attribute in _NAMES:
        is_left_out = change.references is not None and attribute not in change.references
        return is_left_out or bool(change.after.get(f"{attribute}_prefix"))
    groups = change.neighbours.at((change.references or {}).get(attribute, ()))
    return bool(groups) and all(it and it.actions.keys() <= COMING for it in groups)


def one_under_two_addresses(plan: Plan) -> Iterator[Finding]:
    """Something changes that another address of the plan is, too."""
    for type_, identity in IDENTITIES.items():
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
                    source=identity.source,
                )


def _name(change: Change, identity: _Identity, *, after: bool) -> tuple[str, ...]:
    """AWS's name of a thing on one side; empty where it is not there, or its name not known."""
    if not (change.after if after else change.before):
        return ()
    known = []
    for attribute in identity.attributes:
        part = _part(change, attribute, after=after)
        if not part:
            return ()
        known.append(part)
    one_of = [_part(change, it, after=after) for it in identity.one_of]
    if None in one_of or (one_of and not any(one_of)):
        return ()
    return (*known, *filter(None, one_of))


def _part(change: Change, attribute: str, *, after: bool) -> str | None:
    side = change.after if after else change.before
    if attribute == "role":
        return role_of(change, after=after) or None
    value = side.get(attribute)
    if value is UNKNOWN:
        return None if attribute in _NAMES else _referred(change, attribute)
    if isinstance(value, Hidden):
        return value.mark
    if isinstance(value, list):
        return ",".join(sorted(map(repr, value)))
    return None if isinstance(value, dict) else str(value or "")


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
