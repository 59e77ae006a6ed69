"""What it means that AWS reports another value of what nobody can configure.

In a plan such a value follows from another change, which is judged. Found changed since Terraform's
last run it may be all that tells of another thing under the same name, another address or version.
So it is told, unless a row says that it is good or that AWS changes it by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ferry.review.plan.objects import texts
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.row import Reported
from ferry.review.rules.table import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change

_DMS: Final = "https://docs.aws.amazon.com/dms/latest"
_RDS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest"
_VPC: Final = "https://docs.aws.amazon.com/vpc/latest"
_SNS: Final = "https://docs.aws.amazon.com/sns/latest"
_IAM: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"

When = Callable[[object, object], bool]
"""Whether it holds of a value before and after; of one that is not known it does not."""


def _always(_before: object, _after: object) -> bool:
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Bad:
    """What it means that AWS reports another value.

    Args:
        danger: What kind of effect it is.
        what: What the effect is, in a sentence or two.
        source: Where that is written.
        when: For which values before and after; by default for each.
    """

    danger: Danger
    what: str
    source: str
    when: When = _always


@dataclass(frozen=True, kw_only=True, slots=True)
class ByItself:
    """AWS changes it by itself, and nobody has to do anything.

    Args:
        because: Why, in a sentence.
        source: Where that is written.
        when: For which values before and after; by default for each.
    """

    because: str
    source: str
    when: When = _always


def becomes_other_than(*good: str) -> When:
    """It is none of the good values afterwards."""
    return lambda _before, after: not (isinstance(after, str) and after in good)


def _is_not_false(_before: object, after: object) -> bool:
    return after is not False


def _is_set(value: object) -> bool:
    return any(texts(value))


def _no_longer_runs(before: object, after: object) -> bool:
    """A task that ran does not, or it is in none of the states before its start."""
    if before == "running":
        return after != "running"
    waits = ("creating", "modifying", "moving", "ready", "running", "starting", "testing")
    return not (isinstance(after, str) and after in waits)


def _gets_the_first(before: object, after: object) -> bool:
    return not _is_set(before) and _is_set(after)


def _loses_the_last(before: object, after: object) -> bool:
    return bool(before) and not after


def _holds_the_same(before: object, after: object) -> bool:
    sides = [sorted(map(repr, it)) if isinstance(it, list) else None for it in (before, after)]
    return None not in sides and sides[0] == sides[1]


_UNTOLD: Final = Bad(
    danger=Danger.UNCLEAR,
    what="No rule says that AWS changes it by itself: it may be another thing than Terraform made.",
    source="https://developer.hashicorp.com/terraform/tutorials/state/resource-drift",
)
"""What is said where no row is of the attribute."""

_ANOTHER_ADDRESS: Final = Bad(
    danger=Danger.REPLICATION_STOP,
    what="A source whose firewall admits the former address refuses this one.",
    source=f"{_VPC}/userguide/vpc-nat-gateway.html",
)
_ANOTHER_CLUSTER: Final = Bad(
    danger=Danger.DATA_LOSS,
    what="It is another cluster under the same name, restored or new: its data is not what it was. DMS "
    "goes on at a position that this data may not have.",
    source=f"{_RDS}/APIReference/API_DBCluster.html",
)
_ANOTHER_INSTANCE: Final = Bad(
    danger=Danger.INTERRUPTION,
    what="It is another instance under the same name: the former one was deleted, and its connections "
    "with it.",
    source=f"{_RDS}/APIReference/API_DBInstance.html",
)
_UPGRADED: Final = Bad(
    danger=Danger.INTERRUPTION,
    what="The engine was changed, which restarts it. RDS refuses to go back: the environment's file must "
    "name this version.",
    source=f"{_RDS}/AuroraUserGuide/USER_UpgradeDBInstance.PostgreSQL.html",
)
_ANOTHER_PORT: Final = Bad(
    danger=Danger.OUTAGE,
    what="Nobody listens where clients and DMS connect.",
    source=f"{_RDS}/AuroraUserGuide/Aurora.Modifying.html",
)
_ELSEWHERE: Final = Bad(
    danger=Danger.OUTAGE,
    what="Clients and DMS that know the former address reach nothing.",
    source=f"{_RDS}/AuroraUserGuide/Aurora.Overview.Endpoints.html",
)
_DECRYPTED: Final = Bad(
    danger=Danger.PROTECTION_LOSS,
    what="Its storage is encrypted otherwise, which only another cluster can be.",
    source=f"{_RDS}/AuroraUserGuide/Overview.Encryption.html",
)
_ANOTHER_ROLE: Final = Bad(
    danger=Danger.REPLICATION_STOP,
    what="The role was deleted and made again: who admits it by its id (policies of keys, secrets and "
    "other roles) no longer does, and it has the policies only that it was given anew.",
    source=f"{_IAM}/reference_identifiers.html",
)
_OTHER_ROUTES: Final = Bad(
    danger=Danger.REPLICATION_STOP,
    what="Subnets without a route table of their own get other routes.",
    source=f"{_VPC}/userguide/VPC_Route_Tables.html",
)
_ANOTHER_TASK: Final = Bad(
    danger=Danger.REPLICATION_LOSS,
    what="It is another task under the same name: the former one's position is gone, and its "
    "replication slot may stay at the source and keep its WAL until the disk is full.",
    source=f"{_DMS}/APIReference/API_DeleteReplicationTask.html",
)
_ITS_TASKS_ARE_GONE: Final = Bad(
    danger=Danger.REPLICATION_LOSS,
    what="It is another one under the same name: the tasks of the former are gone, and their positions: "
    "new ones start with the full load.",
    source=f"{_DMS}/userguide/CHAP_Introduction.AWS.ARN.html",
)
_NOT_REACHED: Final = Bad(
    danger=Danger.REPLICATION_STOP,
    what="Whoever reads secrets or keys through it reaches nothing.",
    source=f"{_VPC}/privatelink/concepts.html",
)

FOUND: Final[Mapping[str, Mapping[str, tuple[Bad | ByItself, ...]]]] = {
    "aws_dms_endpoint": {"endpoint_arn": (_ITS_TASKS_ARE_GONE,)},
    "aws_dms_replication_instance": {
        "replication_instance_arn": (_ITS_TASKS_ARE_GONE,),
        "replication_instance_private_ips": (
            ByItself(
                because="Its other half takes over by itself, with an address of its own.",
                source=f"{_DMS}/userguide/CHAP_ReplicationInstance.html",
            ),
        ),
        "replication_instance_public_ips": (
            Bad(
                danger=Danger.PUBLIC_REACH,
                what="It has an address of the internet, where it had none.",
                source=f"{_DMS}/userguide/CHAP_ReplicationInstance.PublicPrivate.html",
                when=_gets_the_first,
            ),
            _ANOTHER_ADDRESS,
        ),
    },
    "aws_dms_replication_task": {
        "replication_task_arn": (_ANOTHER_TASK,),
        "status": (
            Bad(
                danger=Danger.REPLICATION_STOP,
                what="It copies nothing, and the source keeps its WAL for it, unless it had only a full "
                "load to do.",
                source=f"{_DMS}/APIReference/API_ReplicationTask.html",
                when=_no_longer_runs,
            ),
            ByItself(
                because="It is in one of the states that a task goes through.",
                source=f"{_DMS}/APIReference/API_ReplicationTask.html",
            ),
        ),
    },
    "aws_eip": {"public_dns": (_ANOTHER_ADDRESS,), "public_ip": (_ANOTHER_ADDRESS,)},
    "aws_iam_role": {"create_date": (_ANOTHER_ROLE,), "unique_id": (_ANOTHER_ROLE,)},
    "aws_nat_gateway": {"public_ip": (_ANOTHER_ADDRESS,)},
    "aws_rds_cluster": {
        "ca_certificate_valid_till": (
            ByItself(
                because="RDS renews server certificates by itself.",
                source=f"{_RDS}/AuroraUserGuide/UsingWithRDS.SSL.html",
            ),
        ),
        "cluster_resource_id": (_ANOTHER_CLUSTER,),
        "endpoint": (_ELSEWHERE,),
        "engine_version_actual": (_UPGRADED,),
        "reader_endpoint": (_ELSEWHERE,),
    },
    "aws_rds_cluster_instance": {
        "dbi_resource_id": (_ANOTHER_INSTANCE,),
        "endpoint": (_ANOTHER_INSTANCE,),
        "engine_version_actual": (_UPGRADED,),
        "kms_key_id": (_DECRYPTED,),
        "port": (_ANOTHER_PORT,),
        "storage_encrypted": (_DECRYPTED,),
        "writer": (
            ByItself(
                because="Aurora makes a reader the writer by itself where the writer fails.",
                source=f"{_RDS}/AuroraUserGuide/Concepts.AuroraHighAvailability.html",
            ),
        ),
    },
    "aws_route": {
        "state": (
            Bad(
                danger=Danger.INTERRUPTION,
                what="What is sent there is dropped.",
                source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html",
                when=becomes_other_than("active"),
            ),
            ByItself(
                because="What it leads to is there again.",
                source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html",
            ),
        ),
    },
    "aws_sns_topic": {
        "beginning_archive_time": (
            ByItself(
                because="What a topic has archived goes by age.",
                source=f"{_SNS}/dg/message-archiving-and-replay-topic-owner.html",
            ),
        ),
    },
    "aws_sns_topic_subscription": {
        "confirmation_was_authenticated": (
            ByItself(
                because="It says how the receiver has confirmed.",
                source=f"{_SNS}/api/API_GetSubscriptionAttributes.html",
            ),
        ),
        "pending_confirmation": (
            Bad(
                danger=Danger.UNWATCHED,
                what="Nobody is told there until it is confirmed.",
                source=f"{_SNS}/dg/sns-email-notifications.html",
                when=_is_not_false,
            ),
            ByItself(
                because="The receiver has confirmed.",
                source=f"{_SNS}/dg/sns-email-notifications.html",
            ),
        ),
    },
    "aws_vpc": {
        "dhcp_options_id": (
            Bad(
                danger=Danger.REPLICATION_STOP,
                what="Names are asked of other servers: what they do not know is not found.",
                source=f"{_VPC}/userguide/VPC_DHCP_Options.html",
            ),
        ),
        "main_route_table_id": (_OTHER_ROUTES,),
    },
    "aws_vpc_endpoint": {
        "cidr_blocks": (
            ByItself(
                because="The ranges of a service of AWS's change.",
                source=f"{_VPC}/userguide/working-with-aws-managed-prefix-lists.html",
            ),
        ),
        "dns_entry": (
            replace(_NOT_REACHED, when=_loses_the_last),
            ByItself(
                because="AWS names them in no order.",
                source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html",
                when=_holds_the_same,
            ),
        ),
        "state": (
            replace(_NOT_REACHED, when=becomes_other_than("available", "pending")),
            ByItself(
                because="AWS has made it.",
                source=f"{_VPC}/privatelink/concepts.html",
            ),
        ),
    },
}
"""By type and attribute: the first that holds speaks."""


def is_reported(type_: str, attribute: str) -> bool:
    """Whether nobody can configure an attribute; ids are AWS's in every type."""
    rows = TABLE.get(type_, {}).get(attribute, ())
    return attribute == "id" or any(isinstance(it, Reported) for it in rows)


def what_was_found(type_: str, attribute: str, before: object, after: object) -> Bad | ByItself:
    """What a change of an attribute that nobody can configure means."""
    for it in FOUND.get(type_, {}).get(attribute, ()):
        if it.when(before, after):
            return it
    return _UNTOLD


def reported(change: Change) -> Iterator[Finding]:
    """What it tells that AWS reports other values; each thing once."""
    told: set[int] = set()
    for name in change.changed():
        if not is_reported(change.type, name):
            continue
        found = what_was_found(change.type, name, change.before.get(name), change.after.get(name))
        if isinstance(found, ByItself) or (found is not _UNTOLD and id(found) in told):
            continue
        told.add(id(found))
        yield Finding(
            danger=found.danger,
            change=change,
            attribute=name,
            effect=Phrase(
                f"AWS reports {{after}}, where it was {{before}}: {found.what}",
                {"before": change.shown_before(name), "after": change.shown_after(name)},
            ),
            source=found.source,
        )
