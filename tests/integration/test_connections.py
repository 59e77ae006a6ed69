"""In a real account DMS itself tries the endpoints; local AWS has no databases behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, WaiterError

from tests.integration.options import Where

if TYPE_CHECKING:
    from types_boto3_dms.type_defs import FilterTypeDef

    from ferry.check.deployment.deployed import Deployed

_SECONDS_BETWEEN_LOOKS = 5
_LOOKS = 120  # ten minutes


@pytest.mark.only(Where.AWS, reason="no database is behind local AWS's endpoints; use --live ENV")
@pytest.mark.parametrize("end", ["source", "target"])
def test_dms_connects(deployed: Deployed, end: str) -> None:
    failures = [
        f"{endpoint.what}: {failure}"
        for endpoint in deployed.endpoints
        if endpoint.end == end
        and (failure := connection_failure(deployed, endpoint.found["EndpointArn"]))
    ]
    if failures:
        pytest.fail(f"{deployed.environment.name}: {'; '.join(failures)}", pytrace=False)


def connection_failure(deployed: Deployed, endpoint_arn: str) -> str | None:
    """Let DMS try an endpoint; what it says where it cannot connect.

    DMS writes nothing for it; it only keeps the result, which a task needs before it starts.
    """
    instance_arn = deployed.outputs["dms_replication_instance_arn"]
    try:
        deployed.account.dms.test_connection(
            ReplicationInstanceArn=instance_arn, EndpointArn=endpoint_arn
        )
    except ClientError as error:
        # Somebody else has just begun the same test: its result is as good.
        if error.response.get("Error", {}).get("Code") != "InvalidResourceStateFault":
            raise
    filters: list[FilterTypeDef] = [
        {"Name": "replication-instance-arn", "Values": [instance_arn]},
        {"Name": "endpoint-arn", "Values": [endpoint_arn]},
    ]
    try:
        deployed.account.dms.get_waiter("test_connection_succeeds").wait(
            Filters=filters,
            WaiterConfig={"Delay": _SECONDS_BETWEEN_LOOKS, "MaxAttempts": _LOOKS},
        )
    except WaiterError:
        found = deployed.account.dms.describe_connections(Filters=filters)["Connections"]
        return "; ".join(
            f"{one.get('Status')}: {one.get('LastFailureMessage', 'no message')}" for one in found
        )
    return None
