"""Answers that refuse a call, in the shape that its service's protocol gives an error.

moto's serializers do the same for the codes that botocore's models list; AWS answers others too,
and so does local AWS for what it lacks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from botocore.exceptions import UnknownServiceError
from moto.core.request import determine_request_protocol
from moto.core.utils import get_service_model

if TYPE_CHECKING:
    from local_aws.call import Call


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def misdirected() -> Reply:
    """To whom asks for another host, or from a page of a browser; no SDK does."""
    return Reply(
        status=HTTPStatus.MISDIRECTED_REQUEST,
        headers=[("Content-Type", "text/plain")],
        body=b"Local AWS answers at http://127.0.0.1 and http://localhost alone.\n",
    )


def error_reply(
    *, service: str, content_type: str, code: str, message: str, status: int = 400
) -> Reply:
    """An error that the SDK of `service` reads as `code` and `message`.

    Whether an SDK tries again depends on the code and the status: it does for 5xx and for the
    codes of throttling, so what must not be tried again is answered with 4xx.

    Args:
        service: botocore's name of the service.
        content_type: The request's media type: some services speak several protocols.
        code: The code as it is on the wire.
        message: The text that people read.
        status: The HTTP status.
    """
    protocol = _protocol(service, content_type)
    if protocol in ("json", "rest-json"):
        return Reply(
            status=status,
            headers=[("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)],
            body=json.dumps({"__type": code, "message": message}).encode(),
        )
    fault = "Sender" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "Receiver"
    code_and_message = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    match protocol:
        case "ec2":
            text = (
                f"<Response><Errors><Error>{code_and_message}</Error></Errors>"
                "<RequestID>local-aws</RequestID></Response>"
            )
        case "rest-xml":
            text = f"<Error>{code_and_message}<RequestId>local-aws</RequestId></Error>"
        case _:
            text = (
                f"<ErrorResponse><Error><Type>{fault}</Type>{code_and_message}</Error>"
                "<RequestId>local-aws</RequestId></ErrorResponse>"
            )
    return Reply(
        status=status,
        headers=[("Content-Type", "text/xml"), ("x-amzn-RequestId", "local-aws")],
        body=f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(),
    )


def _protocol(service: str, content_type: str) -> str:
    try:
        model = get_service_model(service)
        return str(determine_request_protocol(model, content_type))
    except UnknownServiceError:
        return "json"
    except NotImplementedError:
        return str(model.protocol)


def refusal(call: Call, *, code: str, message: str, status: int = 400) -> Reply:
    """Refuse `call`, as `error_reply` says."""
    return error_reply(
        service=call.service,
        content_type=call.content_type,
        code=code,
        message=message,
        status=status,
    )


def unknown_operation(call: Call) -> Reply:
    """Refuse a call that neither moto nor local AWS implements, naming it."""
    return refusal(
        call,
        code="LocalAwsNotImplemented",
        message=f"local AWS does not implement {call.name}; "
        "add it to local_aws/services or use a call that is there",
    )


def failure(call: Call, reason: str) -> Reply:
    """Refuse a call at which moto or local AWS itself failed; the log has the traceback."""
    return refusal(
        call,
        code="LocalAwsFailure",
        message=f"local AWS failed at {call.name}: {reason}; see its log for the traceback",
    )
