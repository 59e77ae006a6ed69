from __future__ import annotations

import json

from local_aws.call import Call
from local_aws.record import CallLog


def record(operation: str, document: object) -> dict[str, object]:
    log = CallLog()
    call = Call(
        service="dms",
        operation=operation,
        account=None,
        region="eu-central-1",
        content_type="",
        fingerprint="",
        body=json.dumps(document).encode(),
    )
    log.add(call, status=200, injected=False)
    parameters: dict[str, object] = log.calls()[0]["parameters"]
    return parameters


def test_a_call_that_changes_keeps_its_parameters() -> None:
    assert record("ModifyEndpoint", {"Port": 5432, "Tags": [{"Key": "a"}]}) == {
        "Port": 5432,
        "Tags": [{"Key": "a"}],
    }


def test_a_call_that_asks_does_not() -> None:
    assert record("DescribeEndpoints", {"MaxRecords": 100}) == {}


def test_secrets_are_masked_wherever_they_are() -> None:
    assert record(
        "CreateEndpoint",
        {
            "Password": "p",
            "S": [{"SslClientPrivateKeyPassword": "p", "SslClientPrivateKey": "k"}],
            "CertificateWallet": "w",
            "ExtraConnectionAttributes": "x=1;Password=p",
        },
    ) == {
        "Password": "***",
        "S": [{"SslClientPrivateKeyPassword": "***", "SslClientPrivateKey": "***"}],
        "CertificateWallet": "***",
        "ExtraConnectionAttributes": "***",
    }
