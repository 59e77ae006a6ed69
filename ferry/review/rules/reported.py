"""What it means that AWS reports another value of what nobody can configure.

In a plan such a value follows from another change, which is judged. Found changed since Terraform's
last run it may be all that tells of another thing under the same name, another address or version.
So it is told, unless a row says that it is good or that AWS changes it by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ferry.review.rules.conditions import always, becomes, becomes_one, is_false, on, unset
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.reported_steps import (
    becomes_other_than,
    gets_the_first,
    goes_on,
    holds_the_same,
    is_later,
    loses_all,
    loses_all_objects,
    one_writes,
    other_half_takes_over,
    other_ranges_of_a_service,
    other_zone_takes_over,
    shows_three_zones,
)
from ferry.review.rules.row import Reported
from ferry.review.rules.table import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change
    from ferry.review.rules.conditions import Condition

_DMS: Final = "https://docs.aws.amazon.com/dms/latest"
_RDS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest"
_VPC: Final = "https://docs.aws.amazon.com/vpc/latest"
_SNS: Final = "https://docs.aws.amazon.com/sns/latest"
_IAM: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bad:
    """What it means that AWS reports another value.

    Args:
        danger: What kind of effect it is.
        what: What the effect is, in a sentence or two.
        source: Where that is written.
        when: For which values; by default for each. It speaks unless that is known not to hold.
    """

    danger: Danger
    what: str
    source: str
    when: Condition = always


@dataclass(frozen=True, kw_only=True, slots=True)
class ByItself:
    """AWS changes it by itself, and nobody has to do anything.

    Args:
        because: Why, in a sentence.
        source: Where that is written.
        when: For which values. It is silent where that is known to hold alone.
    """

    because: str
    source: str
    when: Condition


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
        "availability_zone": (
            ByItself(
                because="Its other half, in another zone, takes over by itself.",
                source=f"{_DMS}/userguide/CHAP_ReplicationInstance.html",
                when=other_zone_takes_over,
            ),
        ),
        "replication_instance_arn": (_ITS_TASKS_ARE_GONE,),
        "replication_instance_private_ips": (
            Bad(
                danger=Danger.REPLICATION_STOP,
                what="It has no address in its network: it reaches neither side.",
                source=f"{_DMS}/userguide/CHAP_ReplicationInstance.html",
                when=loses_all,
            ),
            ByItself(
                because="Its other half takes over by itself, with an address of its own.",
                source=f"{_DMS}/userguide/CHAP_ReplicationInstance.html",
                when=other_half_takes_over,
            ),
            _ANOTHER_ADDRESS,
        ),
        "replication_instance_public_ips": (
            Bad(
                danger=Danger.PUBLIC_REACH,
                what="It has an address of the internet, where it had none.",
                source=f"{_DMS}/userguide/CHAP_ReplicationInstance.PublicPrivate.html",
                when=gets_the_first,
            ),
            _ANOTHER_ADDRESS,
        ),
    },
    "aws_dms_replication_task": {
        "replication_task_arn": (_ANOTHER_TASK,),
        "status": (
            ByItself(
                because="It comes nearer to its run, or runs.",
                source=f"{_DMS}/APIReference/API_ReplicationTask.html",
                when=goes_on,
            ),
            Bad(
                danger=Danger.REPLICATION_STOP,
                what="It copies nothing, and the source keeps its WAL for it, unless it had only a full "
                "load to do.",
                source=f"{_DMS}/APIReference/API_ReplicationTask.html",
            ),
        ),
    },
    "aws_eip": {"public_dns": (_ANOTHER_ADDRESS,), "public_ip": (_ANOTHER_ADDRESS,)},
    "aws_iam_role": {"create_date": (_ANOTHER_ROLE,), "unique_id": (_ANOTHER_ROLE,)},
    "aws_nat_gateway": {"public_ip": (_ANOTHER_ADDRESS,)},
    "aws_rds_cluster": {
        "availability_zones": (
            ByItself(
                because="Aurora stores in three zones, and RDS names all of them.",
                source="https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/"
                "rds_cluster#availability_zones",
                when=shows_three_zones,
            ),
        ),
        "ca_certificate_valid_till": (
            ByItself(
                because="RDS renews server certificates by itself.",
                source=f"{_RDS}/AuroraUserGuide/UsingWithRDS.SSL.html",
                when=is_later,
            ),
            Bad(
                danger=Danger.INTERRUPTION,
                what="No server certificate that is good for longer was put in: who verifies it refuses "
                "to connect once it has ended.",
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
                when=one_writes,
            ),
            Bad(
                danger=Danger.OUTAGE,
                what="By this plan no instance of its cluster writes, or more than one.",
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
                when=becomes("active"),
            ),
        ),
    },
    "aws_sns_topic": {
        "beginning_archive_time": (
            ByItself(
                because="What a topic has archived goes by age.",
                source=f"{_SNS}/dg/message-archiving-and-replay-topic-owner.html",
                when=is_later,
            ),
            Bad(
                danger=Danger.DATA_LOSS,
                what="What it archived is gone: nobody can have it sent again.",
                source=f"{_SNS}/dg/message-archiving-and-replay-topic-owner.html",
                when=unset,
            ),
        ),
    },
    "aws_sns_topic_subscription": {
        "confirmation_was_authenticated": (
            ByItself(
                because="Who ends the subscription must be known to AWS.",
                source=f"{_SNS}/api/API_ConfirmSubscription.html",
                when=on,
            ),
            Bad(
                danger=Danger.UNWATCHED,
                what="Whoever has the link at the end of a mail can end the subscription.",
                source=f"{_SNS}/api/API_ConfirmSubscription.html",
            ),
        ),
        "pending_confirmation": (
            Bad(
                danger=Danger.UNWATCHED,
                what="Nobody is told there until it is confirmed.",
                source=f"{_SNS}/dg/sns-email-notifications.html",
                when=becomes_one(lambda after: after is not False),
            ),
            ByItself(
                because="The receiver has confirmed.",
                source=f"{_SNS}/dg/sns-email-notifications.html",
                when=is_false,
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
            replace(_NOT_REACHED, when=loses_all),
            ByItself(
                because="The ranges of a service of AWS's change.",
                source=f"{_VPC}/userguide/working-with-aws-managed-prefix-lists.html",
                when=other_ranges_of_a_service,
            ),
        ),
        "dns_entry": (
            replace(_NOT_REACHED, when=loses_all_objects),
            ByItself(
                because="AWS names them in no order.",
                source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html",
                when=holds_the_same,
            ),
        ),
        "state": (
            replace(_NOT_REACHED, when=becomes_other_than("available")),
            ByItself(
                because="AWS has made it.",
                source=f"{_VPC}/privatelink/concepts.html",
                when=becomes("available"),
            ),
        ),
    },
}
"""By type and attribute: the first that holds speaks."""


def is_reported(type_: str, attribute: str) -> bool:
    """Whether nobody can configure an attribute; ids are AWS's in every type."""
    rows = TABLE.get(type_, {}).get(attribute, ())
    return attribute == "id" or any(isinstance(it, Reported) for it in rows)


def what_was_found(change: Change, attribute: str) -> Bad | ByItself:
    """What a change of an attribute that nobody can configure means."""
    for it in FOUND.get(change.type, {}).get(attribute, ()):
        holds = it.when(change, attribute)
        if holds is not False if isinstance(it, Bad) else holds is True:
            return it
    return _UNTOLD


def is_by_itself(change: Change, attribute: str) -> bool:
    """Whether AWS changed an attribute by itself, one that can be configured among them."""
    return isinstance(what_was_found(change, attribute), ByItself)


def reported(change: Change) -> Iterator[Finding]:
    """What it tells that AWS reports other values; each thing once.

    Args:
        change: What was found, among all else as it was found.
    """
    told: set[int] = set()
    for name in change.changed():
        if not is_reported(change.type, name):
            continue
        found = what_was_found(change, name)
        if isinstance(found, ByItself) or (found is not _UNTOLD and id(found) in told):
            continue
        told.add(id(found))
        yield Finding(
            danger=found.danger,
            change=change,
            attribute=name,
            effect=Phrase(
                f"AWS reports {{after}}, where it was {{before}}: {found.what}",
                change.shown_sides(name),
            ),
            source=found.source,
        )
