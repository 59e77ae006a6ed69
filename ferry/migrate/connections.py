"""Tests of DMS's connections: asked for, and waited for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from ferry.account import explained, found_or_none
from ferry.migrate.starting import Connection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_dms import DatabaseMigrationServiceClient

SECONDS: Final = 300.0
"""For how long a test is waited for; DMS takes about a minute."""

_SECONDS_BETWEEN_LOOKS: Final = 3.0
_UNDER_WAY: Final = "InvalidResourceStateFault"
"""DMS's word where a test of the same connection is under way: that one's end will do."""


def outcomes(
    dms: DatabaseMigrationServiceClient,
    *,
    instance_arn: str,
    endpoints: Mapping[str, str],
    seconds: float = SECONDS,
    pause_seconds: float = _SECONDS_BETWEEN_LOOKS,
) -> dict[str, Connection]:
    """Test the connections to endpoints, and say how each test ended, by the endpoint's ARN.

    Args:
        dms: DMS.
        instance_arn: The replication instance that connects.
        endpoints: The side of each endpoint, `the source` or `Aurora`, by its ARN.
        seconds: For how long the tests are waited for, together.
        pause_seconds: How long to wait between two looks: DMS allows four calls a second.

    Raises:
        FerryError: DMS does not answer.
    """
    ends = time.monotonic() + seconds
    with explained("test DMS's connections"):
        for arn in endpoints:
            found_or_none(
                lambda arn=arn: dms.test_connection(  # type: ignore[misc]  # the loop's own
                    ReplicationInstanceArn=instance_arn, EndpointArn=arn
                ),
                _UNDER_WAY,
            )
        while True:
            found = _read(dms, instance_arn, endpoints)
            if all(it.status != "testing" for it in found.values()) or time.monotonic() > ends:
                return found
            time.sleep(pause_seconds)


def _read(
    dms: DatabaseMigrationServiceClient, instance_arn: str, endpoints: Mapping[str, str]
) -> dict[str, Connection]:
    pages = dms.get_paginator("describe_connections").paginate(
        Filters=[{"Name": "replication-instance-arn", "Values": [instance_arn]}]
    )
    shown = {
        connection.get("EndpointArn", ""): connection
        for page in pages
        for connection in page.get("Connections", [])
    }
    return {
        arn: Connection(
            side=side,
            status=shown[arn].get("Status", "testing") if arn in shown else "testing",
            said=" ".join(shown[arn].get("LastFailureMessage", "").split()) if arn in shown else "",
        )
        for arn, side in endpoints.items()
    }
