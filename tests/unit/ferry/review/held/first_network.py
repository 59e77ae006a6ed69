"""First deployments whose network does not carry what it has to."""

from __future__ import annotations

from typing import Final

from tests.unit.ferry.review.held.first_edits import lacks, leads, says
from tests.unit.ferry.review.held.names import (
    AURORA_SUBNET,
    AURORA_SUBNETS,
    CLIENTS_IN,
    CLIENTS_OUT,
    DMS_ASSOCIATION,
    DMS_SUBNET,
    DMS_SUBNETS,
    DMS_TO_INTERNET,
    EMAIL,
    SECRETS_ENDPOINT,
    SOURCE_OUT,
)

_ROUTES: Final = [f"aws_route.nat_dms-{it}-to-internet" for it in (1, 2, 3)]

ROWS: Final = (
    says("subnet-of-eight", AURORA_SUBNET, "AWS takes 16 at the least.", cidr_block="10.21.0.0/29"),
    says("subnet-too-wide", AURORA_SUBNET, "AWS takes a /16 at the most.", cidr_block="10.0.0.0/8"),
    says("subnet-outside-the-vpc", DMS_SUBNET, "It is no part of it.", cidr_block="10.99.4.0/24"),
    leads(
        "aurora-in-one-subnet",
        AURORA_SUBNETS,
        "RDS wants two zones.",
        "subnet_ids",
        AURORA_SUBNET,
        many=True,
    ),
    leads(
        "dms-in-one-subnet",
        DMS_SUBNETS,
        "DMS wants two zones.",
        "subnet_ids",
        DMS_SUBNET,
        many=True,
    ),
    leads(
        "aurora-and-dms-in-one-zone",
        AURORA_SUBNETS,
        "RDS wants two zones.",
        "subnet_ids",
        AURORA_SUBNET,
        DMS_SUBNET,
        many=True,
    ),
    lacks("association", "DMS's subnet has no way to the source.", DMS_ASSOCIATION),
    lacks("route-of-one-subnet", "DMS's subnet has no way to the source.", DMS_TO_INTERNET),
    lacks("routes", "DMS has no way to the source.", *_ROUTES),
    says(
        "route-to-another-range",
        DMS_TO_INTERNET,
        "DMS's subnet has no way to the source.",
        destination_cidr_block="198.51.100.0/24",
    ),
    lacks("a-way-to-secrets", "DMS reads no secret.", SECRETS_ENDPOINT, SOURCE_OUT, *_ROUTES),
    lacks("endpoint", "DMS's groups lead to it alone, and it reads no secret.", SECRETS_ENDPOINT),
    lacks("a-way-to-the-source", "DMS reads nothing.", SOURCE_OUT),
    lacks("a-rule-that-lets-clients-in", "No application reaches it.", CLIENTS_IN),
    lacks("a-rule-that-lets-clients-out", "No application reaches it.", CLIENTS_OUT),
    lacks("clients-rules", "No application reaches it.", CLIENTS_IN, CLIENTS_OUT),
    lacks("receiver", "Nobody hears what alarms tell.", EMAIL),
)
