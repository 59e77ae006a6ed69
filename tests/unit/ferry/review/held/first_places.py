"""First deployments in which something stands where AWS does not make it, or where one zone takes all."""

from __future__ import annotations

from typing import Final

from tests.unit.ferry.review.held.edits import creates, edited
from tests.unit.ferry.review.held.first_stack import fine, first, put, ref
from tests.unit.ferry.review.held.names import (
    AURORA_SUBNET,
    DMS_SUBNET,
    PUBLIC_TO_INTERNET,
    READER_1,
    READER_2,
    REPLICATION,
    SECRETS_ENDPOINT,
    SOURCE_OUT,
    VPC,
    WRITER,
)

_ZONE: Final = "${terraform_data.network_zones_remembered_0F297353.input.zones[1]}"
_INSTANCES: Final = (WRITER, READER_1, READER_2)
_ELSEWHERE: Final = "It is no zone of the region."
_INSIDE: Final = "The route that is local wins: DMS never leaves the VPC."
_SUBNETS: Final = tuple(
    f"aws_subnet.network_{group}-{number}" for group in ("aurora", "dms") for number in (1, 2, 3)
)
_ROUTE: Final = "The NAT gateway does not lead to the source."


def _moved(number: int) -> str:
    return f"192.168.{number}.0/24"


_AS_THE_SOURCE: Final = (
    put(VPC, cidr_block="192.168.0.0/20"),
    *(
        put(name, cidr_block=_moved(number + number // 4))
        for number, name in enumerate(_SUBNETS, start=1)
    ),
)

ROWS: Final = (
    first("vpc-with-the-sources-range", _INSIDE, *_AS_THE_SOURCE, environment="dev"),
    first(
        "vpc-within-the-sources-range",
        _INSIDE,
        *_AS_THE_SOURCE,
        put(SOURCE_OUT, cidr_ipv4="192.168.0.0/16"),
        environment="dev",
    ),
    first("subnets-overlap", "EC2 refuses it.", put(AURORA_SUBNET, cidr_block="10.21.0.0/23")),
    first(
        "two-dms-subnets-in-a-zone",
        "An endpoint takes one subnet of a zone.",
        put("aws_subnet.network_dms-3", availability_zone=_ZONE),
    ),
    first(
        "subnet-in-another-region", _ELSEWHERE, put(AURORA_SUBNET, availability_zone="us-east-1a")
    ),
    first(
        "subnet-in-a-local-zone",
        _ELSEWHERE,
        put(DMS_SUBNET, availability_zone="eu-central-1-ham-1a"),
    ),
    first("endpoint-in-one-zone", "It fails.", put(SECRETS_ENDPOINT, subnet_ids=[ref(DMS_SUBNET)])),
    first(
        "endpoint-for-gateways",
        "Secrets Manager has none of that type.",
        put(SECRETS_ENDPOINT, vpc_endpoint_type="Gateway"),
    ),
    first(
        "instances-in-one-zone",
        "It fails, and all are gone.",
        *(put(it, availability_zone="eu-central-1a") for it in _INSTANCES),
    ),
    first(
        "writer-in-a-zone-without-a-subnet",
        "RDS refuses it.",
        put(WRITER, availability_zone="eu-central-1f"),
    ),
    first("writer-in-another-region", _ELSEWHERE, put(WRITER, availability_zone="us-east-1a")),
    first(
        "dms-in-a-zone-and-in-two",
        "DMS refuses it.",
        put(REPLICATION, availability_zone="eu-central-1a"),
    ),
    first(
        "dms-in-another-region",
        _ELSEWHERE,
        put(REPLICATION, availability_zone="us-east-1a", multi_az=False),
    ),
    first("way-out-to-half", _ROUTE, put(PUBLIC_TO_INTERNET, destination_cidr_block="0.0.0.0/1")),
    edited(
        "added-subnet-that-overlaps",
        "EC2 refuses it.",
        creates("aws_subnet.more", like=AURORA_SUBNET, cidr_block="10.21.0.128/25"),
    ),
    edited(
        "added-subnet-in-another-region",
        _ELSEWHERE,
        creates(
            "aws_subnet.more",
            like=AURORA_SUBNET,
            cidr_block="10.21.9.0/24",
            availability_zone="us-east-1a",
        ),
    ),
    edited(
        "added-reader-in-another-region",
        _ELSEWHERE,
        creates(
            "aws_rds_cluster_instance.more",
            like=READER_1,
            identifier="aurora-ferry-staging-more",
            availability_zone="us-east-1a",
        ),
    ),
)
FINE: Final = (
    fine(
        "a-zone-an-instance",
        "Zones stated, one each.",
        *(
            put(it, availability_zone=f"eu-central-1{zone}")
            for it, zone in zip(_INSTANCES, "abc", strict=True)
        ),
    ),
    fine(
        "way-out-to-the-half-of-the-source",
        "The source is in it.",
        put(PUBLIC_TO_INTERNET, destination_cidr_block="128.0.0.0/1"),
    ),
    fine(
        "dms-in-a-zone",
        "Without a standby it stands in one.",
        put(REPLICATION, availability_zone="eu-central-1a"),
        environment="dev",
    ),
)
