"""First deployments whose network does not carry what it has to."""

from __future__ import annotations

import json
from typing import Final

from tests.unit.ferry.review.held.base import configured
from tests.unit.ferry.review.held.edits import NOTHING, SECOND_OR_BLOCKED, Held, part
from tests.unit.ferry.review.held.first import stack_text, synthesized
from tests.unit.ferry.review.held.first_edits import lacks, leads, says
from tests.unit.ferry.review.held.names import (
    AURORA_ASSOCIATION,
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


def _prod_without(name: str, why: str, of: str) -> Held:
    """Production's first deployment, where Aurora's subnets have a way too, without a resource."""
    document = json.loads(stack_text("prod"))
    type_, _, beginning = of.partition(".")
    [local] = [it for it in document["resource"][type_] if it.startswith(beginning)]
    del document["resource"][type_][local]
    return Held(
        name=f"first-of-prod-without-{name}",
        edit=[*synthesized(document), part("configuration", configured(document))],
        expected=SECOND_OR_BLOCKED,
        why=why,
        of=NOTHING,
        environment="prod",
        stack_text=json.dumps(document),
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
    _prod_without(
        "association-of-aurora",
        "An instance that stands there does not answer who comes from beside the source.",
        AURORA_ASSOCIATION,
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
