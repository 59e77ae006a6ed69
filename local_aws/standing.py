"""What stands in an account before an environment is deployed, under the id that its file names.

moto draws ids at random, and an environment's file names them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NEEDED: Final = ("kind", "account", "region", "id")
_NETWORK: Final = "100.64.0.0/16"
"""Of every VPC that stands; each of its subnets is a /24 of it."""


def place(document: Mapping[str, Any]) -> None:
    """Put a thing into an account; one that is there already stays.

    Args:
        document: ``kind``, one of `KINDS`, ``account``, ``region`` and ``id``, which is a name or
            what ends an ARN, and a secret's whole ARN; of what lies in a VPC ``vpc``, of a subnet
            ``zone``, such as `eu-central-1a`, of a secret ``value``.

    Raises:
        ValueError: One of the first four is missing, or there is no such kind.
    """
    missing = [key for key in _NEEDED if not document.get(key)]
    if missing:
        raise ValueError(f"{', '.join(missing)} missing; give {', '.join(_NEEDED)}")
    if document["kind"] not in KINDS:
        raise ValueError(f"no kind {document['kind']}; give one of {', '.join(KINDS)}")
    KINDS[document["kind"]](document)


def _in_ec2(
    document: Mapping[str, Any],
    *,
    module: str,
    there: str,
    make: Callable[[Any, Mapping[str, Any]], object],
) -> None:
    """Make a thing with the id that a document gives, where moto would draw one.

    Args:
        document: The document.
        module: The module of moto's models that draws it, and what it draws: `vpcs.random_vpc_id`.
        there: Where the backend keeps such things, by id.
        make: Makes one.
    """
    backend = ec2_backends[document["account"]][document["region"]]
    if document["id"] not in getattr(backend, there):
        with patch(f"moto.ec2.models.{module}", return_value=document["id"]):
            make(backend, document)


def _group(document: Mapping[str, Any]) -> None:
    backend = ec2_backends[document["account"]][document["region"]]
    vpc = document.get("vpc") or backend.default_vpc.id
    if document["id"] not in backend.groups[vpc]:
        with patch(
            "moto.ec2.models.security_groups.random_security_group_id",
            return_value=document["id"],
        ):
            backend.create_security_group(document["id"], "stands already", vpc_id=vpc)


def _subnet(backend: Any, document: Mapping[str, Any]) -> object:  # noqa: ANN401 - moto is untyped here
    number = sum(it.vpc_id == document["vpc"] for it in _subnets(backend))
    cidr = _NETWORK.replace(".0.0/16", f".{number}.0/24")
    return backend.create_subnet(document["vpc"], cidr, availability_zone=document["zone"])


def _subnets(backend: Any) -> list[Any]:  # noqa: ANN401 - the same
    return [subnet for zone in backend.subnets.values() for subnet in zone.values()]


def _place_subnet(document: Mapping[str, Any]) -> None:
    backend = ec2_backends[document["account"]][document["region"]]
    if document["id"] not in {it.id for it in _subnets(backend)}:
        with patch("moto.ec2.models.subnets.random_subnet_id", return_value=document["id"]):
            _subnet(backend, document)


def _bucket(document: Mapping[str, Any]) -> None:
    backend = s3_backends[document["account"]]["aws"]
    if document["id"] not in backend.buckets:
        backend.create_bucket(document["id"], document["region"])


def _secret(document: Mapping[str, Any]) -> None:
    backend = secretsmanager_backends[document["account"]][document["region"]]
    name = document["id"].split(":", 6)[6].rpartition("-")[0]
    if not backend.secrets.get(name):
        backend.create_secret(name, document["value"], None, None, [], None, None, [], False)  # noqa: FBT003 - moto's own order
        backend.secrets.get(name).arn = document["id"]


def _key(document: Mapping[str, Any]) -> None:
    backend = kms_backends[document["account"]][document["region"]]
    if document["id"] not in backend.keys:
        with patch("moto.kms.models.generate_key_id", return_value=document["id"]):
            backend.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "stands already", [])


def _topic(document: Mapping[str, Any]) -> None:
    backend = sns_backends[document["account"]][document["region"]]
    if not any(it.name == document["id"] for it in backend.topics.values()):
        backend.create_topic(document["id"])


KINDS: Final[Mapping[str, Callable[[Mapping[str, Any]], None]]] = {
    "bucket": _bucket,
    "key": _key,
    "route-table": partial(
        _in_ec2,
        module="route_tables.random_route_table_id",
        there="route_tables",
        make=lambda backend, it: backend.create_route_table(it["vpc"]),
    ),
    "secret": _secret,
    "security-group": _group,
    "subnet": _place_subnet,
    "topic": _topic,
    "transit-gateway": partial(
        _in_ec2,
        module="transit_gateway.random_transit_gateway_id",
        there="transit_gateways",
        make=lambda backend, _: backend.create_transit_gateway(
            description="stands already", options={"AmazonSideAsn": "64512"}
        ),
    ),
    "virtual-private-gateway": partial(
        _in_ec2,
        module="vpn_gateway.random_vpn_gateway_id",
        there="vpn_gateways",
        make=lambda backend, _: backend.create_vpn_gateway(),
    ),
    "vpc": partial(
        _in_ec2,
        module="vpcs.random_vpc_id",
        there="vpcs",
        make=lambda backend, _: backend.create_vpc(_NETWORK),
    ),
}
"""How each kind is made."""
