"""Where the hosts that endpoints name can be reached: on this machine, and only where told.

`POST /local-aws/addresses` with `{"db.example.com": {"port": 40001, "sslrootcert": "/path"}}` says
that the name is a PostgreSQL server on 127.0.0.1. With `sslrootcert` its certificate is verified
against the name. A host that nobody named has no data behind it, and its tasks move none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.secretsmanager.models import secretsmanager_backends

from local_aws.services.dms.attributes import parse_attributes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_aws.services.dms.backend import LocalDmsBackend
    from local_aws.services.dms.shelf import Resource

HOST = "127.0.0.1"
_ADDRESSES: dict[str, dict[str, Any]] = {}
_KNOWN = ("port", "sslrootcert")
_TRUE = ("true", "y", "1")


def place_addresses(document: Mapping[str, Any]) -> None:
    """Say where hosts are; those named before keep their addresses.

    Raises:
        ValueError: An address without a port, or with something else.
    """
    for host, address in document.items():
        unknown = sorted(set(address) - set(_KNOWN))
        if unknown or not isinstance(address.get("port"), int):
            raise ValueError(f"{host}: give port, a number, and sslrootcert where TLS is verified")
    _ADDRESSES.update(document)


def reached(backend: LocalDmsBackend, endpoint: Resource) -> dict[str, Any] | None:
    """An endpoint as a worker takes it; None where its host is nowhere on this machine."""
    settings: Mapping[str, Any] = endpoint.data.get("PostgreSQLSettings", {})
    secret_id = settings.get("SecretsManagerSecretId")
    if not secret_id or not _ADDRESSES:
        return None
    secrets = secretsmanager_backends[backend.account_id][backend.region_name]
    held = secrets.get_secret_value(secret_id=secret_id, version_id="", version_stage="AWSCURRENT")
    secret = json.loads(held["SecretString"])
    address = _ADDRESSES.get(secret["host"])
    if address is None:
        return None
    root = address.get("sslrootcert")
    attributes = {
        name.lower(): value
        for name, value in parse_attributes(
            endpoint.data.get("ExtraConnectionAttributes", "")
        ).items()
    }
    return {
        "connection": {
            "host": secret["host"],
            "hostaddr": HOST,
            "port": str(address["port"]),
            "dbname": endpoint.data["DatabaseName"],
            "user": secret["username"],
            "password": secret["password"],
            **({"sslmode": "verify-full", "sslrootcert": root} if root else {}),
        },
        "after_connect": settings.get("AfterConnectScript", ""),
        "fail_on_lob_truncation": bool(settings.get("FailTasksOnLobTruncation")),
        "map_unbounded_numeric_as_string": attributes.get("mapunboundednumericasstring", "").lower()
        in _TRUE,
    }
