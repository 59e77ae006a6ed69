"""What stands in an account before an environment is deployed, under the id that its file names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.ec2.models import ec2_backends

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEEDED = ("account", "region", "id")


def place_transit_gateway(document: Mapping[str, str]) -> None:
    """Put a transit gateway into an account; one that is there already stays.

    moto draws ids at random, and an environment's file names one.

    Args:
        document: ``account``, ``region`` and ``id``.

    Raises:
        ValueError: One of the three is missing.
    """
    missing = [key for key in _NEEDED if not document.get(key)]
    if missing:
        raise ValueError(f"{', '.join(missing)} missing; give {', '.join(_NEEDED)}")
    backend = ec2_backends[document["account"]][document["region"]]
    if document["id"] in backend.transit_gateways:
        return
    gateway = backend.create_transit_gateway(
        description="stands already", options={"AmazonSideAsn": "64512"}
    )
    del backend.transit_gateways[gateway.id]
    gateway.id = document["id"]
    backend.transit_gateways[gateway.id] = gateway
