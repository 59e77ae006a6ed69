"""What is made with less protection than every stack has: by its value, or by saying nothing.

An attribute that a new resource does not name is in no plan's change; what AWS does then is told here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts.aurora import is_reserved_database, is_reserved_user
from facts.dms import certificate_digest
from ferry.review.plan.plan import Action
from ferry.review.plan.values import UNKNOWN, Hidden
from ferry.review.rules.conditions import (
    any_of,
    becomes_one,
    between,
    is_false,
    left_out,
    matches,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Neighbours, Plan
    from ferry.review.rules.conditions import Condition

_RDS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest"
_CREATE_CLUSTER: Final = f"{_RDS}/APIReference/API_CreateDBCluster.html"
_DMS: Final = "https://docs.aws.amazon.com/dms/latest/userguide"
_DMS_KEYS: Final = f"{_DMS}/CHAP_Security.html"
_LOGS: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs"
_SHORTEST_LOG_DAYS: Final = 7
"""What environments/dev.toml keeps its logs for, the shortest of the examples: our own judgement."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weaker:
    """A way in which something new is protected less than in every stack.

    Args:
        resource: The resource's type.
        attribute: The attribute.
        when: For which values; it speaks where that is known to hold.
        danger: What kind of effect it is.
        effect: What comes of it; ``{after}`` stands for the value.
        source: Where that is written.
    """

    resource: str
    attribute: str
    when: Condition
    danger: Danger
    effect: str
    source: str


def unsaid(change: Change, attribute: str) -> bool:
    """Nothing is said, so that AWS decides; false and zero say something."""
    value = change.after.get(attribute)
    if value is UNKNOWN:
        return left_out(change, attribute) is True
    return value is None or value in ("", [], {})


def _other_than_its_name(change: Change, attribute: str) -> bool | None:
    """A certificate is not the one whose digest its identifier ends in."""
    pem, name = change.after.get(attribute), change.after.get("certificate_id")
    if isinstance(pem, Hidden) or not isinstance(pem, str) or not isinstance(name, str):
        return None
    return not name.endswith(f"-{certificate_digest(pem)}")


def bears_its_name(change: Change, attribute: str) -> bool | None:
    """A certificate is the one whose digest its identifier ends in, as the stacks name theirs."""
    other = _other_than_its_name(change, attribute)
    return None if other is None else not other


def _is_hidden(change: Change, attribute: str) -> bool:
    """A value is not seen, for the plan is a masked one."""
    return isinstance(change.after.get(attribute), Hidden)


def _is_all_that_is_logged(change: Change, attribute: str) -> bool:
    """A flow log is of some of the traffic, and no other one of its VPC is of all."""
    if change.after.get(attribute) not in ("ACCEPT", "REJECT"):
        return False
    return _network(change) not in change.neighbours.once(_logged_whole)


def _logged_whole(neighbours: Neighbours) -> frozenset[str]:
    """The networks of which a flow log logs all."""
    return frozenset(
        _network(it)
        for it in neighbours.of("aws_flow_log")
        if it.stays and it.after.get("traffic_type") == "ALL"
    )


def _network(flow_log: Change) -> str:
    """The VPC of a flow log: its id, or what the configuration refers to."""
    value = flow_log.after.get("vpc_id")
    if isinstance(value, str):
        return value
    return " ".join((flow_log.references or {}).get("vpc_id", ())) or flow_log.address


_reserved_user: Final = becomes_one(lambda it: isinstance(it, str) and is_reserved_user(it))
_reserved_database: Final = becomes_one(lambda it: isinstance(it, str) and is_reserved_database(it))

_WHO_READS: Final = "who may read it needs no right to a key of the environment's"

WEAKER: Final = (
    Weaker(
        resource="aws_cloudwatch_log_group",
        attribute="kms_key_id",
        when=unsaid,
        danger=Danger.WIDER_ACCESS,
        effect=f"The log is encrypted with AWS's own key: {_WHO_READS}.",
        source=f"{_LOGS}/encrypt-log-data-kms.html",
    ),
    Weaker(
        resource="aws_cloudwatch_log_group",
        attribute="retention_in_days",
        when=between(1, _SHORTEST_LOG_DAYS - 1),
        danger=Danger.UNWATCHED,
        effect="The log is kept for {after} days only: what happened before nobody can look up.",
        source=f"{_LOGS}/Working-with-log-groups-and-streams.html",
    ),
    Weaker(
        resource="aws_sns_topic",
        attribute="kms_master_key_id",
        when=unsaid,
        danger=Danger.WIDER_ACCESS,
        effect="What the topic carries is not encrypted with a key of the account's.",
        source="https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
    ),
    Weaker(
        resource="aws_secretsmanager_secret",
        attribute="kms_key_id",
        when=unsaid,
        danger=Danger.WIDER_ACCESS,
        effect=f"The secret is encrypted with AWS's own key: {_WHO_READS}.",
        source="https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
    ),
    Weaker(
        resource="aws_kms_key",
        attribute="enable_key_rotation",
        when=any_of(unsaid, is_false),
        danger=Danger.UNCLEAR,
        effect="The key's material is never changed.",
        source="https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
    ),
    Weaker(
        resource="aws_iam_role",
        attribute="permissions_boundary",
        when=matches(r"arn:aws[a-z-]*:iam::aws:policy/.+"),
        danger=Danger.WIDER_ACCESS,
        effect="The boundary {after} is AWS's own policy: what it holds the role to nobody here "
        "decides.",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    ),
    Weaker(
        resource="aws_rds_cluster",
        attribute="enabled_cloudwatch_logs_exports",
        when=unsaid,
        danger=Danger.UNWATCHED,
        effect="PostgreSQL's log does not go to CloudWatch: the instances keep it for days.",
        source=f"{_RDS}/AuroraUserGuide/AuroraPostgreSQL.CloudWatch.html",
    ),
    Weaker(
        resource="aws_rds_cluster",
        attribute="kms_key_id",
        when=unsaid,
        danger=Danger.IRREVERSIBLE,
        effect="The cluster is encrypted with AWS's own key, for as long as it is there: its "
        "snapshots can be shared with no other account.",
        source=f"{_RDS}/AuroraUserGuide/Overview.Encryption.html",
    ),
    Weaker(
        resource="aws_rds_cluster",
        attribute="master_username",
        when=_reserved_user,
        danger=Danger.REFUSED,
        effect="RDS makes no master user {after}: it or PostgreSQL keeps that name.",
        source=_CREATE_CLUSTER,
    ),
    Weaker(
        resource="aws_rds_cluster",
        attribute="database_name",
        when=_reserved_database,
        danger=Danger.REFUSED,
        effect="RDS makes no database {after}: it or PostgreSQL keeps that name.",
        source=_CREATE_CLUSTER,
    ),
    Weaker(
        resource="aws_dms_replication_instance",
        attribute="kms_key_arn",
        when=unsaid,
        danger=Danger.IRREVERSIBLE,
        effect="What the instance stores is encrypted with AWS's own key, for as long as it is "
        "there.",
        source=_DMS_KEYS,
    ),
    Weaker(
        resource="aws_dms_endpoint",
        attribute="kms_key_arn",
        when=unsaid,
        danger=Danger.IRREVERSIBLE,
        effect="What the endpoint holds is encrypted with AWS's own key, for as long as it is "
        "there.",
        source=_DMS_KEYS,
    ),
    Weaker(
        resource="aws_dms_certificate",
        attribute="certificate_pem",
        when=_other_than_its_name,
        danger=Danger.WIDER_ACCESS,
        effect="By its name the certificate is another one than the file has: DMS takes whoever "
        "holds its key for the source.",
        source=f"{_DMS}/CHAP_Security.SSL.html",
    ),
    Weaker(
        resource="aws_dms_certificate",
        attribute="certificate_pem",
        when=_is_hidden,
        danger=Danger.UNCLEAR,
        effect="Whether it is the certificate that its name tells cannot be seen in a masked plan.",
        source=f"{_DMS}/CHAP_Security.SSL.html",
    ),
    Weaker(
        resource="aws_flow_log",
        attribute="traffic_type",
        when=_is_all_that_is_logged,
        danger=Danger.UNWATCHED,
        effect="Of the VPC's traffic {after} alone is logged.",
        source="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
    ),
)


def weaker_than_the_stacks(plan: Plan) -> Iterator[Finding]:
    """Something is made with less protection than every stack has, or with a name that AWS refuses."""
    for it in WEAKER:
        for change in plan.of(it.resource):
            made = change.action is Action.CREATE or (change.comes and change.changes(it.attribute))
            if made and it.when(change, it.attribute) is True:
                yield Finding(
                    danger=it.danger,
                    change=change,
                    attribute=it.attribute,
                    effect=Phrase(it.effect, {"after": change.shown_after(it.attribute)}),
                    source=it.source,
                )
