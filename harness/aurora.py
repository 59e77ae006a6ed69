"""Runs the PostgreSQL server that is an Aurora cluster's data in local AWS."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from facts.parameters import FORCE_SSL, LOGICAL_REPLICATION
from harness.certificates import write_certificate
from harness.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.server import LocalAws

RDS_SUPERUSER = "rdsadmin"
"""RDS's own superuser: nobody else has its password, and no master user is one."""
# What PostgreSQL itself does not know, it takes as it is; here clients may ask for it.
SETTINGS = {FORCE_SSL: "on", LOGICAL_REPLICATION: "on"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Aurora:
    """A cluster's server: where it is, and the certificate authority by which it is known."""

    port: int
    authority: Path


@contextmanager
def aurora(
    cloud: LocalAws, *, account_id: str, region: str, cluster: str, folder: Path
) -> Iterator[Aurora]:
    """Start a server for a cluster that is still to be made, and tell local AWS of it.

    It listens on 127.0.0.1 alone, takes TLS alone, and ends with this process.

    Args:
        cloud: Where the cluster will be made.
        account_id: In which account.
        region: In which region.
        cluster: The cluster's identifier.
        folder: Where its certificate is written.

    Raises:
        PostgresMissingError: The machine has no PostgreSQL server that will do.
    """
    named = {"account": account_id, "region": region, "cluster": cluster}
    names = cloud.get(f"aurora?{urlencode(named)}")["names"]
    own, authority = write_certificate(folder, *names)
    with Postgres(superuser=RDS_SUPERUSER, certificate=own, settings=SETTINGS) as server:
        cloud.post(
            "aurora",
            {
                **named,
                "port": server.port,
                "username": RDS_SUPERUSER,
                "password": server.password,
            },
        )
        yield Aurora(port=server.port, authority=authority)
