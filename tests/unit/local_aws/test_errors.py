from __future__ import annotations

import json

import pytest

from local_aws.errors import error_reply


@pytest.mark.parametrize(
    ("service", "content_type"),
    [
        ("dms", "application/x-amz-json-1.1"),
        ("cloudwatch", "application/x-amz-json-1.0"),
        ("lightsail", "application/x-amz-json-1.1"),
        ("no-such-service", "text/plain"),
    ],
)
def test_json(service: str, content_type: str) -> None:
    reply = error_reply(service=service, content_type=content_type, code="C", message="m <&>")
    assert reply.status == 400
    assert json.loads(reply.body) == {"__type": "C", "message": "m <&>"}


@pytest.mark.parametrize(
    ("service", "content_type", "body"),
    [
        (
            "rds",
            "application/x-www-form-urlencoded",
            (
                b"<ErrorResponse><Error><Type>Sender</Type><Code>C</Code><Message>m &lt;&amp;&gt;</Message>"
                b"</Error><RequestId>local-aws</RequestId></ErrorResponse>"
            ),
        ),
        (
            "cloudwatch",
            "application/x-www-form-urlencoded",
            (
                b"<ErrorResponse><Error><Type>Sender</Type><Code>C</Code><Message>m &lt;&amp;&gt;</Message>"
                b"</Error><RequestId>local-aws</RequestId></ErrorResponse>"
            ),
        ),
        (
            "ec2",
            "application/x-www-form-urlencoded",
            (
                b"<Response><Errors><Error><Code>C</Code><Message>m &lt;&amp;&gt;</Message></Error></Errors>"
                b"<RequestID>local-aws</RequestID></Response>"
            ),
        ),
        (
            "s3",
            "",
            (
                b"<Error><Code>C</Code><Message>m &lt;&amp;&gt;</Message>"
                b"<RequestId>local-aws</RequestId></Error>"
            ),
        ),
    ],
)
def test_xml(service: str, content_type: str, body: bytes) -> None:
    reply = error_reply(service=service, content_type=content_type, code="C", message="m <&>")
    assert reply.body == b'<?xml version="1.0" encoding="UTF-8"?>\n' + body


def test_a_5xx_is_the_receivers_fault() -> None:
    reply = error_reply(service="rds", content_type="", code="C", message="m", status=503)
    assert b"<Type>Receiver</Type>" in reply.body


def test_a_content_type_that_the_service_does_not_speak_gives_its_own_protocol() -> None:
    reply = error_reply(service="rds", content_type="application/json", code="C", message="m")
    assert reply.body.startswith(b"<?xml")
