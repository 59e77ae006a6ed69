"""The environments whose documents are looked at: every way to the source, every partition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from settings.environment import Environment

EXISTING = {
    "vpc": None,
    "existing_vpc": {
        "vpc_id": "vpc-11111111",
        "aurora_subnet_ids": [f"subnet-1111111{number}" for number in range(3)],
        "dms_subnet_ids": [f"subnet-2222222{number}" for number in range(3)],
        "route_table_ids": [f"rtb-3333333{number}" for number in range(3)],
    },
}


def partition_of(region: str) -> str:
    """The partition of a region, as ARNs call it."""
    begins = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    return next((begins[each] for each in begins if region.startswith(each)), "aws")


def _in(region: str, **sections: Any) -> Environment:  # noqa: ANN401 - an environment's sections
    return environment(aws={"region": region}, **sections)


DEV = environment()
EXISTING_VPC = environment(
    network={**EXISTING, "route_to_source": {"virtual_private_gateway_id": "vgw-11111111"}}
)
GATEWAY = environment(
    network={
        "vpc": {"cidr": "10.20.0.0/20"},
        "route_to_source": {"transit_gateway_id": "tgw-11111111"},
    },
)
OWN_SECRET = {
    "secret_arn": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:source-AbCdEf",
    "secret_kms_key_arn": "arn:aws:kms:eu-central-1:111122223333:key/1234abcd",
}
PEERED = environment(
    network={
        "vpc": {"cidr": "10.20.0.0/20"},
        "route_to_source": {"peering": {"vpc_id": "vpc-99999999"}},
    },
    source=OWN_SECRET,
    aurora={"snapshot_identifier": "arn:aws:rds:eu-central-1:111122223333:cluster-snapshot:a"},
)
CHINA = _in("cn-north-1")
GOVERNMENT = _in("us-gov-west-1")
BOUNDARY = "arn:aws:iam::111122223333:policy/aurora-ferry-boundary"
BOUNDED = environment(aws={"permissions_boundary_arn": BOUNDARY})


ZONE = "Z0123456789ABCDEFGHIJ"


def applications(region: str, *names: str, record: str = "DB.shop.example.com.") -> dict[str, Any]:
    """A [cutover] with secrets and a record of applications, whose names nobody of the project gives."""
    begin = f"arn:{partition_of(region)}:secretsmanager:{region}:111122223333:secret:"
    return {
        "application_secret_arns": [f"{begin}{name}-AbCdEf" for name in names],
        "dns": {"zone_id": ZONE, "name": record},
    }


def boundary_of(region: str) -> str:
    """The ARN of the boundary, as the region's partition has it."""
    return BOUNDARY.replace("arn:aws:", f"arn:{partition_of(region)}:")


def side(name: str, region: str, *, bounded: bool) -> Environment:
    """An environment of this name, in this region, with or without a boundary."""
    boundary = {"permissions_boundary_arn": boundary_of(region)} if bounded else {}
    return environment(
        aws={"region": region, **boundary}, cutover=applications(region, "shop/orders")
    ).model_copy(update={"name": name})


SIDES = {
    f"{name}, {partition_of(region)}, {'with' if bounded else 'without'} boundary": side(
        name, region, bounded=bounded
    )
    for name in ("dev", "prod")
    for region in ("eu-central-1", "cn-north-1")
    for bounded in (False, True)
}
"""Each of two environments, in two partitions, with and without a boundary."""

OWN_KEY = environment(
    aws={
        "permissions_boundary_arn": BOUNDARY,
        "kms_key_arn": "arn:aws:kms:eu-central-1:444455556666:key/1234abcd",
    }
)

PLACED = environment(aws={"permissions_boundary_arn": BOUNDARY, "role_path": "/databases/"})
ELSEWHERE = environment(aws={"state_bucket": "platform-states", "state_key_prefix": "databases/"})
OWN_TOPIC = environment(alarms={"topic_arn": "arn:aws:sns:eu-central-1:111122223333:on-call"})
ON_CALL = environment(alarms={"https_hosts": ["events.pagerduty.com"]})

ALL = (
    DEV,
    EXISTING_VPC,
    GATEWAY,
    PEERED,
    CHINA,
    GOVERNMENT,
    BOUNDED,
    OWN_KEY,
    OWN_TOPIC,
    ON_CALL,
    PLACED,
    ELSEWHERE,
)

LONGEST = environment(
    aws={
        "region": "us-gov-west-1",
        "permissions_boundary_arn": f"arn:aws-us-gov:iam::111122223333:policy/{'c' * 128}",
        "kms_key_arn": f"arn:aws-us-gov:kms:us-gov-west-1:444455556666:key/mrk-{'1' * 32}",
    },
    network={**EXISTING, "route_to_source": {"virtual_private_gateway_id": "vgw-11111111"}},
    source=OWN_SECRET,
    tags={"project": "a" * 20},
    cutover=applications(
        "us-gov-west-1",
        *(f"{number:050}" for number in range(20)),
        record=f"{f'{61 * chr(100)}.' * 4}com",
    ),
).model_copy(update={"name": "b" * 16})
