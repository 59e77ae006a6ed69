"""An endpoint's database on this machine, as its endpoint says that it is reached."""

from __future__ import annotations

import json
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.secretsmanager.models import secretsmanager_backends

from local_aws.addresses import HOST, any_address, port_of
from local_aws.services.dms.attributes import parse_attributes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_aws.services.dms.backend import LocalDmsBackend
    from local_aws.services.dms.shelf import Resource

_TRUE = ("true", "y", "1")
# DMS's words and libpq's. With `none` DMS speaks no TLS.
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html
_SSL_MODES = {"none": "disable", "require": "require", "verify-ca": "verify-ca",
              "verify-full": "verify-full"}  # fmt: skip


def reached(backend: LocalDmsBackend, endpoint: Resource) -> dict[str, Any] | None:
    """An endpoint as a worker takes it; None where its host is nowhere on this machine."""
    settings: Mapping[str, Any] = endpoint.data.get("PostgreSQLSettings", {})
    secret_id = settings.get("SecretsManagerSecretId")
    if not secret_id or not any_address():
        return None
    secrets = secretsmanager_backends[backend.account_id][backend.region_name]
    held = secrets.get_secret_value(secret_id=secret_id, version_id="", version_stage="AWSCURRENT")
    secret = json.loads(held["SecretString"])
    port = port_of(secret["host"])
    if port is None:
        return None
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
            "port": str(port),
            # A caller may give it in either place, as Terraform does among the settings.
            "dbname": endpoint.data.get("DatabaseName") or settings["DatabaseName"],
            "user": secret["username"],
            "password": secret["password"],
            "sslmode": _SSL_MODES[endpoint.data["SslMode"]],
            **_root(backend, endpoint),
        },
        "after_connect": settings.get("AfterConnectScript", ""),
        "fail_on_lob_truncation": bool(settings.get("FailTasksOnLobTruncation")),
        "map_unbounded_numeric_as_string": attributes.get("mapunboundednumericasstring", "").lower()
        in _TRUE,
    }


def _root(backend: LocalDmsBackend, endpoint: Resource) -> dict[str, str]:
    """The file with the endpoint's certificate authority, which libpq reads from no string.

    Tasks that start at the same time share it: it is there whole, or not at all.
    """
    arn = endpoint.data.get("CertificateArn")
    if not arn:
        return {}
    file = Path(_folder().name) / f"{arn.rpartition(':')[2]}.pem"
    part = file.with_suffix(f".{threading.get_ident()}")
    part.write_text(backend.certificates.get(arn).data["CertificatePem"])
    part.replace(file)
    return {"sslrootcert": str(file)}


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Goes when this process ends."""
    return tempfile.TemporaryDirectory(prefix="local-aws-")
