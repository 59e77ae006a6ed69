from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws


def test_health(aws: Aws) -> None:
    assert aws.get("/local-aws/health") == {"status": "ready"}


def test_what_is_not_there_says_what_is(aws: Aws) -> None:
    answer = aws.get("/local-aws/nothing")
    assert answer["status"] == 404
    assert answer["error"].startswith("GET /local-aws/nothing: there are GET health, GET faults,")
    assert answer["error"].endswith("and POST addresses, aurora, faults, standing")
    assert aws.post("/local-aws/calls", {})["status"] == 404


def test_generated_passwords_are_told(aws: Aws) -> None:
    password = aws.secretsmanager.get_random_password()["RandomPassword"]
    assert password in aws.get("/local-aws/generated-passwords")["passwords"]


def test_calls_are_told_without_secrets(aws: Aws) -> None:
    aws.secretsmanager.create_secret(Name="s", SecretString="canary-password")
    aws.dms.create_endpoint(
        EndpointIdentifier="e",
        EndpointType="source",
        EngineName="postgres",
        Username="u",
        Password="canary-password",
        ExtraConnectionAttributes="heartbeatEnable=true",
        PostgreSQLSettings={"Password": "canary-password", "HeartbeatFrequency": 5},
    )
    calls = aws.get(f"/local-aws/calls?account={aws.account}")["calls"]
    assert "canary-password" not in str(calls)
    assert [(call["service"], call["operation"], call["status"]) for call in calls] == [
        ("secretsmanager", "CreateSecret", 200),
        ("dms", "CreateEndpoint", 200),
    ]
    assert calls[0]["parameters"] == {}
    assert calls[1]["region"] == "eu-central-1"
    assert calls[1]["injected"] is False
    assert calls[1]["parameters"] == {
        "EndpointIdentifier": "e",
        "EndpointType": "source",
        "EngineName": "postgres",
        "Username": "u",
        "Password": "***",
        "ExtraConnectionAttributes": "heartbeatEnable=true",
        "PostgreSQLSettings": {"Password": "***", "HeartbeatFrequency": 5},
    }


def test_calls_can_be_narrowed(aws: Aws) -> None:
    aws.topic_arn()
    aws.sns.list_topics()
    aws.sts.get_caller_identity()
    query = f"/local-aws/calls?account={aws.account}"
    assert len(aws.get(query)["calls"]) == 3
    assert len(aws.get(f"{query}&service=sns")["calls"]) == 2
    assert len(aws.get(f"{query}&service=sns&operation=ListTopics")["calls"]) == 1
