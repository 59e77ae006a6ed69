"""What an environment's file names and no deployment makes, for local AWS to have it beforehand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from settings.environment import Environment
    from settings.network import ExistingVpc, RouteToSource

PATH: Final = "standing"
"""Where local AWS is told."""

_ZONES: Final = "abc"
_PASSWORD: Final = "stands-already"  # noqa: S105 - of a secret that local AWS makes up

Document = dict[str, str]


def standing(environment: Environment) -> Iterator[Document]:
    """A document for each thing, as `local_aws.standing` takes them; a VPC before what lies in it."""
    aws, network = environment.aws, environment.network
    here = {"account": aws.account_id, "region": aws.region}
    if aws.state_bucket is not None:
        yield {"kind": "bucket", **here, "region": aws.home_region, "id": aws.state_bucket}
    for arn in filter(None, (aws.kms_key_arn, environment.alarms.topic_arn)):
        yield {"kind": "key" if ":kms:" in arn else "topic", **_of_the_arn(arn)}
    source = environment.source
    if source is not None and source.secret_arn is not None:
        value = {
            "username": "ferry",
            "password": _PASSWORD,
            "host": source.host,
            "port": source.port,
        }
        arn = source.secret_arn
        yield {"kind": "secret", **_of_the_arn(arn), "id": arn, "value": json.dumps(value)}
    vpc = None
    if network.existing_vpc is not None:
        vpc = network.existing_vpc.vpc_id
        yield from _of_the_vpc(network.existing_vpc, here)
    if network.route_to_source is not None:
        for thing in _of_the_route(network.route_to_source, here):
            yield thing
            if vpc is None and thing == {"kind": "vpc", **here, "id": thing["id"]}:
                vpc = thing["id"]
    for group in environment.aurora.client_security_group_ids:
        yield {"kind": "security-group", **here, "id": group} | ({"vpc": vpc} if vpc else {})


def _of_the_arn(arn: str) -> Document:
    *_, region, account, what = arn.split(":", 5)
    return {"account": account, "region": region, "id": what.removeprefix("key/")}


def _of_the_vpc(existing: ExistingVpc, here: Document) -> Iterator[Document]:
    vpc = existing.vpc_id
    yield {"kind": "vpc", **here, "id": vpc}
    for subnets in (existing.aurora_subnet_ids, existing.replication_subnet_ids):
        for letter, subnet in zip(_ZONES, subnets, strict=False):
            zone = f"{here['region']}{letter}"
            yield {"kind": "subnet", **here, "id": subnet, "vpc": vpc, "zone": zone}
    for table in existing.route_table_ids:
        yield {"kind": "route-table", **here, "id": table, "vpc": vpc}
    if existing.secretsmanager_security_group_id is not None:
        group = existing.secretsmanager_security_group_id
        yield {"kind": "security-group", **here, "id": group, "vpc": vpc}


def _of_the_route(route: RouteToSource, here: Document) -> Iterator[Document]:
    if route.transit_gateway_id is not None:
        yield {"kind": "transit-gateway", **here, "id": route.transit_gateway_id}
    if route.virtual_private_gateway_id is not None:
        yield {"kind": "virtual-private-gateway", **here, "id": route.virtual_private_gateway_id}
    if route.peering is not None:
        there = {
            "account": route.peering.account_id or here["account"],
            "region": route.peering.region or here["region"],
        }
        yield {"kind": "vpc", **there, "id": route.peering.vpc_id}
