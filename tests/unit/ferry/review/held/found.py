"""What was found changed outside Terraform, and what a plan takes back of it in part.

Written after the review had called some of it safe, before its rules were changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import (
    BLOCKED,
    NOT_SAFE,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    Step,
    drifts,
    updates,
)
from tests.unit.ferry.review.held.names import (
    CLUSTER,
    DMS_ROLE,
    EIP,
    EMAIL,
    NAT,
    POSTGRES_LOG,
    PUBLIC_TABLE,
    READER_1,
    REPLICATION,
    SECRETS_ENDPOINT,
    SOURCE,
    TASK,
    TOPIC,
    VPC,
    WRITER,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

_TAGGED: Final = updates(READER_1, tags={"Name": "aurora-ferry-staging-reader-1", "cost": "4711"})
_ARN: Final = "arn:aws:dms:eu-central-1:111122223333"
_ENTRY: Final = {"dns_name": "vpce-1.example.com", "hosted_zone_id": "Z1"}

_FOUND: Final[dict[str, tuple[Step, frozenset[int], str]]] = {
    "another-cluster": (
        drifts(CLUSTER, cluster_resource_id="cluster-ANOTHERONE"),
        BLOCKED,
        "It was deleted and restored under the same name: the data is another.",
    ),
    "another-instance": (
        drifts(WRITER, dbi_resource_id="db-ANOTHERONE"),
        SECOND_OR_BLOCKED,
        "Another instance has the name.",
    ),
    "another-main-route-table": (
        drifts(VPC, main_route_table_id=PUBLIC_TABLE),
        SECOND_OR_BLOCKED,
        "Subnets without a table of their own lead to the internet.",
    ),
    "other-name-servers": (
        drifts(VPC, dhcp_options_id="dopt-another"),
        SECOND_OR_BLOCKED,
        "The source's name may not be found there.",
    ),
    "another-default-acl": (
        drifts(VPC, default_network_acl_id="acl-another"),
        SECOND_OR_BLOCKED,
        "It is another VPC, or other rules hold in new subnets.",
    ),
    "a-role-made-anew": (
        drifts(DMS_ROLE, unique_id="AROAANOTHER", create_date="2026-11-26T10:00:00Z"),
        SECOND_OR_BLOCKED,
        "Whoever admits it by its id no longer does.",
    ),
    "dms-on-the-internet": (
        drifts(REPLICATION, replication_instance_public_ips=["198.51.100.7"]),
        BLOCKED,
        "It has an address that anyone can reach.",
    ),
    "an-engine-upgraded": (
        drifts(CLUSTER, engine_version_actual="15.10"),
        SECOND_OR_BLOCKED,
        "It restarted, and the file's version is one that RDS does not go back to.",
    ),
    "an-instance-upgraded": (
        drifts(WRITER, engine_version_actual="15.10"),
        SECOND_OR_BLOCKED,
        "It restarted.",
    ),
    "an-instance-s-port": (
        drifts(WRITER, port=6000),
        SECOND_OR_BLOCKED,
        "Nobody listens where clients connect.",
    ),
    "an-instance-decrypted": (
        drifts(WRITER, storage_encrypted=False),
        SECOND_OR_BLOCKED,
        "Only another instance can be in clear text.",
    ),
    "another-endpoint-of-the-cluster": (
        drifts(CLUSTER, endpoint="another.cluster-x.eu-central-1.rds.amazonaws.com"),
        SECOND_OR_BLOCKED,
        "Clients reach nothing, or something else.",
    ),
    "an-endpoint-without-names": (
        drifts(SECRETS_ENDPOINT, dns_entry=[]),
        SECOND_OR_BLOCKED,
        "DMS does not find Secrets Manager.",
    ),
    "an-endpoint-by-other-names": (
        drifts(SECRETS_ENDPOINT, dns_entry=[_ENTRY]),
        SECOND_OR_BLOCKED,
        "It is another endpoint, or reached otherwise.",
    ),
    "another-task": (
        drifts(TASK, replication_task_arn=f"{_ARN}:task:ANOTHER"),
        SECOND_OR_BLOCKED,
        "The former task's position is gone.",
    ),
    "another-endpoint-of-dms": (
        drifts(SOURCE, endpoint_arn=f"{_ARN}:endpoint:ANOTHER"),
        SECOND_OR_BLOCKED,
        "The former one's tasks went with it.",
    ),
    "another-instance-of-dms": (
        drifts(REPLICATION, replication_instance_arn=f"{_ARN}:rep:ANOTHER"),
        SECOND_OR_BLOCKED,
        "The former one's tasks went with it.",
    ),
    "another-owner-of-the-topic": (
        drifts(TOPIC, owner="999988887777"),
        SECOND_OR_BLOCKED,
        "Somebody else's topic.",
    ),
    "an-address-borne-by-something-else": (
        drifts(EIP, association_id="eipassoc-another", private_ip="10.0.0.99"),
        SECOND_OR_BLOCKED,
        "The NAT gateway no longer sends from it.",
    ),
    "another-interface-of-the-nat-gateway": (
        drifts(NAT, network_interface_id="eni-another"),
        SECOND_OR_BLOCKED,
        "It is another NAT gateway, or stands elsewhere.",
    ),
    "a-certificate-that-ends-earlier": (
        Step(
            action="update",
            name=CLUSTER,
            drift=True,
            was={"ca_certificate_valid_till": "2061-05-28T22:00:00Z"},
            to={"ca_certificate_valid_till": "2026-12-01T00:00:00Z"},
        ),
        SECOND_OR_BLOCKED,
        "Somebody put in one that ends in a week.",
    ),
    "a-certificate-without-an-end": (
        Step(
            action="update",
            name=CLUSTER,
            drift=True,
            was={"ca_certificate_valid_till": "2061-05-28T22:00:00Z"},
            to={"ca_certificate_valid_till": None},
        ),
        SECOND_OR_BLOCKED,
        "Nobody can tell when it ends.",
    ),
    "fewer-zones": (
        drifts(CLUSTER, availability_zones=["eu-central-1a"]),
        NOT_SAFE,
        "A cluster of Aurora's stores in three zones: it is another one.",
    ),
    "other-zones": (
        Step(
            action="update",
            name=CLUSTER,
            drift=True,
            was={"availability_zones": ["eu-central-1a", "eu-central-1d"]},
            to={"availability_zones": ["eu-central-1a", "eu-central-1b", "eu-central-1c"]},
        ),
        NOT_SAFE,
        "One of the zones went.",
    ),
    "dms-without-an-address": (
        drifts(REPLICATION, replication_instance_private_ips=[]),
        SECOND_OR_BLOCKED,
        "It reaches nothing.",
    ),
    "dms-alone-at-another-address": (
        Step(
            action="update",
            name=REPLICATION,
            drift=True,
            was={"multi_az": False},
            to={"multi_az": False, "replication_instance_private_ips": ["10.21.6.99"]},
        ),
        SECOND_OR_BLOCKED,
        "There is no other half: it is another instance, or moved, and firewalls know the former address.",
    ),
    "nobody-who-writes": (
        drifts(WRITER, writer=False),
        SECOND_OR_BLOCKED,
        "No reader took over.",
    ),
    "a-second-who-writes": (
        drifts(READER_1, writer=True),
        SECOND_OR_BLOCKED,
        "Aurora has one writer: it is another cluster's, or the first is forgotten.",
    ),
    "an-endpoint-that-waits": (
        drifts(SECRETS_ENDPOINT, state="pending"),
        SECOND_OR_BLOCKED,
        "It was available: DMS does not reach Secrets Manager meanwhile.",
    ),
    "a-receiver-whom-anybody-can-take-off": (
        drifts(EMAIL, confirmation_was_authenticated=False),
        SECOND_OR_BLOCKED,
        "The link in each mail ends the subscription, for everybody whom it is forwarded to.",
    ),
    "a-task-that-starts-again": (
        drifts(TASK, status="starting"),
        SECOND_OR_BLOCKED,
        "It ran: somebody or something stopped it.",
    ),
}

_TOPIC_OF_OTHERS: Final = "arn:aws:sns:eu-central-1:111122223333:other"
_HALF: Final[dict[str, tuple[str, str, Json, Json, str]]] = {
    "an-alarm": (WRITER_CPU, "threshold", 1000, 99, "It was 80: it tells later than it did."),
    "an-alarm-s-receiver": (
        *(WRITER_CPU, "alarm_actions", [], [_TOPIC_OF_OTHERS]),
        "It was our topic: those who were told are not.",
    ),
    "backups": (CLUSTER, "backup_retention_period", 1, 2, "It was 7: older backups are gone."),
    "logs": (POSTGRES_LOG, "retention_in_days", 1, 3, "It was 30: the older log is gone."),
}

ROWS: Final = (
    *(
        Held(name=f"found-{name}", edit=(_TAGGED, step), expected=expected, why=why)
        for name, (step, expected, why) in _FOUND.items()
    ),
    *(
        Held(
            name=f"taken-back-in-half-{name}",
            edit=(drifts(of, **{attribute: found}), updates(of, **{attribute: planned})),
            expected=SECOND_OR_BLOCKED,
            why=why,
        )
        for name, (of, attribute, found, planned, why) in _HALF.items()
    ),
    Held(
        name="taken-back-to-what-nobody-knows-yet",
        edit=(
            drifts(WRITER_CPU, alarm_actions=[]),
            updates(WRITER_CPU, alarm_actions=UNKNOWN),
        ),
        expected=SECOND_OR_BLOCKED,
        why="It was our topic, and may be any.",
    ),
)
