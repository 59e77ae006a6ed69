"""Pull requests that change several things, and plans on the morning after somebody used the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import deployed
from tests.unit.ferry.review.held.edits import (
    SAFE,
    UNKNOWN,
    Held,
    creates,
    deletes,
    drifts,
    edited,
    forgets,
    ingress,
    replaces,
    statements,
    updates,
    value_of,
    vanishes,
)
from tests.unit.ferry.review.held.names import (
    AURORA_GROUP,
    CLUSTER,
    CLUSTER_EVENTS,
    DMS_ROLE,
    DMS_STORAGE,
    DMS_TO_INTERNET,
    EIP,
    EMAIL,
    KEY,
    MASTER_SECRET,
    NAT,
    OTHERS_ADDRESS,
    OTHERS_TRANSIT,
    PUBLIC_SUBNET,
    READER_1,
    READER_2,
    REPLICATION,
    SLOT_DISK,
    SOURCE_LATENCY,
    TARGET,
    TARGET_LATENCY,
    TARGET_SECRET,
    TASK,
    TASK_LOG,
    TOPIC_ARN,
    WRITER,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from tests.unit.ferry.review.held.edits import Step

_ALARMS: Final = "aws_cloudwatch_metric_alarm"
_ANYTHING: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_COPY: Final = {
    "region": "us-east-1",
    "kms_key_id": "alias/aws/secretsmanager",
    "last_accessed_date": "",
    "status": "InSync",
    "status_message": "",
}


def _day(name: str, why: str, /, *edit: Step) -> Held:
    return Held(name=name, edit=edit, expected=SAFE, why=why)


DANGEROUS: Final = (
    edited(
        "nat-per-zone",
        "DMS comes from an address that the source's firewall does not know.",
        creates(
            "aws_subnet.nat_public-2",
            like=PUBLIC_SUBNET,
            cidr_block="10.21.9.0/24",
            availability_zone="eu-central-1b",
        ),
        creates("aws_eip.nat_address-2", like=EIP),
        creates("aws_nat_gateway.nat_nat-2", like=NAT, allocation_id=UNKNOWN, subnet_id=UNKNOWN),
        updates("aws_route.nat_dms-2-to-internet", nat_gateway_id=UNKNOWN),
    ),
    edited(
        "nat-of-two-addresses",
        "Connections also come from one that the source's firewall does not know.",
        updates(NAT, secondary_allocation_ids=[OTHERS_ADDRESS]),
    ),
    edited(
        "half-of-the-internet-elsewhere",
        "A route that is more specific than the default takes DMS's way to the source.",
        creates(
            "aws_route.half",
            like=DMS_TO_INTERNET,
            destination_cidr_block="128.0.0.0/1",
            nat_gateway_id=None,
            transit_gateway_id=OTHERS_TRANSIT,
        ),
    ),
    edited(
        "nobody-is-mailed",
        "The receiver goes, and the alarms tell nobody.",
        deletes(EMAIL),
        *(updates(it, alarm_actions=[], ok_actions=[]) for it in (WRITER_CPU, SLOT_DISK)),
    ),
    edited(
        "one-instance-left",
        "There is nothing to fail over to.",
        deletes(READER_1),
        deletes(READER_2),
    ),
    edited(
        "threshold-in-gib",
        "It is 20 bytes: the alarm never goes off.",
        updates(DMS_STORAGE, threshold=20),
    ),
    edited(
        "alarm-in-gigabytes",
        "RDS publishes bytes: the alarm finds no data.",
        updates(f"{_ALARMS}.aurora-alarms_transaction-logs-disk-usage", unit="Gigabytes"),
    ),
    edited(
        "alarm-that-acts",
        "A function drops the slot that DMS reads.",
        updates(
            SLOT_DISK,
            alarm_actions=[
                TOPIC_ARN,
                "arn:aws:lambda:eu-central-1:111122223333:function:drop-inactive-slots",
            ],
        ),
    ),
    edited(
        "emergency-storage-taken-back",
        "Somebody enlarged it; DMS refuses to make it smaller.",
        updates(REPLICATION, was={"allocated_storage": 300}, allocated_storage=100),
    ),
    edited(
        "emergency-class-taken-back",
        "Somebody enlarged the writer; it restarts, with a sixteenth of its memory.",
        updates(WRITER, was={"instance_class": "db.r6g.8xlarge"}, instance_class="db.r6g.large"),
    ),
    edited(
        "backups-kept-on-purpose-taken-back",
        "Four weeks of backups go.",
        updates(CLUSTER, was={"backup_retention_period": 35}, backup_retention_period=7),
    ),
    edited(
        "address-that-is-gone",
        "The next one is another, and the source's firewall does not know it.",
        vanishes(EIP),
        creates(EIP, like=EIP),
        replaces(NAT, "allocation_id", allocation_id=UNKNOWN, public_ip=UNKNOWN),
    ),
    edited(
        "secret-that-is-gone",
        "The next one is another, and DMS signs in by it.",
        vanishes(TARGET_SECRET),
        creates(TARGET_SECRET, like=TARGET_SECRET),
        updates(TARGET, secrets_manager_arn=UNKNOWN),
    ),
    edited(
        "task-let-go-and-another",
        "Two tasks write the same rows.",
        forgets(TASK),
        creates(
            "aws_dms_replication_task.task-new_task",
            like=TASK,
            replication_task_id="aurora-ferry-staging-new",
            resource_identifier="aurora-ferry-staging-new",
        ),
    ),
    edited(
        "role-given-more-by-hand",
        "DMS's role may do anything, and the plan leaves it so.",
        drifts(
            DMS_ROLE,
            inline_policy=[
                *deployed()[DMS_ROLE].values["inline_policy"],
                {"name": "debug", "policy": statements(_ANYTHING)},
            ],
        ),
    ),
    edited(
        "secret-copied-by-hand",
        "The master password is in another region, and the plan leaves it there.",
        drifts(MASTER_SECRET, replica=[_COPY]),
    ),
    edited(
        "group-opened-by-hand",
        "Everybody reaches Aurora, and the plan leaves it so.",
        drifts(
            AURORA_GROUP,
            ingress=[*deployed()[AURORA_GROUP].values["ingress"], ingress("0.0.0.0/0")],
        ),
    ),
)
EVERYDAY: Final = (
    _day(
        "alarms-earlier-and-one-more-receiver",
        "All of them speak sooner, to more people.",
        *(
            updates(f"{_ALARMS}.aurora-alarms_{name}", threshold=threshold)
            for name, threshold in (
                ("cpu-utilization", 70),
                ("database-connections", 800),
                ("free-local-storage", 10_737_418_240),
                ("replica-lag", 1000),
            )
        ),
        updates(SOURCE_LATENCY, threshold=120),
        updates(TARGET_LATENCY, threshold=120),
        creates(
            "aws_sns_topic_subscription.alarm-topic_email-night",
            like=EMAIL,
            endpoint="night@example.org",
        ),
    ),
    _day(
        "cost-centre-everywhere",
        "A tag by which bills are told apart.",
        *(
            updates(name, tags_all={**tags, "cost-centre": "4711"})
            for name, it in deployed().items()
            if (tags := it.values.get("tags_all"))
        ),
    ),
    _day(
        "switched-off-by-hand-and-on-again",
        "What somebody took away comes back.",
        updates(SLOT_DISK, was={"actions_enabled": False}, actions_enabled=True),
        updates(CLUSTER_EVENTS, was={"enabled": False}, enabled=True),
        updates(KEY, was={"enable_key_rotation": False}, enable_key_rotation=True),
        updates(TASK_LOG, was={"kms_key_id": ""}, kms_key_id=value_of(KEY, "arn")),
    ),
    _day(
        "key-rotated-twice-a-year",
        "More often than by default.",
        updates(KEY, was={"rotation_period_in_days": 365}, rotation_period_in_days=180),
    ),
    _day(
        "dms-stands-in-the-other-zone",
        "It failed over, and that is over.",
        drifts(REPLICATION, availability_zone="eu-central-1a"),
    ),
)
