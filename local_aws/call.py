"""Which service, operation, account and region an HTTP request is for."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from botocore.exceptions import UnknownServiceError
from moto.core.routing import NotFound, get_service_router

if TYPE_CHECKING:
    from moto.core.request import Request

# Services whose name in the signature differs from their name in botocore.
_SIGNING_NAMES = {"monitoring": "cloudwatch", "tagging": "resourcegroupstaggingapi"}
_CREDENTIAL = re.compile(
    r"Credential=(?P<key>[^/,\s]+)/[^/]+/(?P<region>[^/]+)/(?P<service>[^/]+)/"
)
_ACCOUNT = re.compile(r"\d{12}")
# What local AWS draws at random, and SDKs send as tokens: two runs of one plan differ in these
# alone, and the choice of faults must not.
_RANDOM = re.compile(
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    r"|(?<=-)[0-9a-f]{8}(?:[0-9a-f]{9})?(?![0-9a-z])"
    r"|terraform-\d{18}[0-9a-f]{8}"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One API call.

    Attributes:
        service: botocore's name of the service, such as `rds`.
        operation: The operation's name, such as `ModifyDBCluster`; empty where none can be told.
        account: Twelve digits, or None where the access key is not an account's.
        region: As signed.
        content_type: The body's media type, which tells an answer's protocol.
        fingerprint: Hash of the request without what differs from run to run.
        body: The request's body.
    """

    service: str
    operation: str
    account: str | None
    region: str
    content_type: str
    fingerprint: str
    body: bytes

    @property
    def name(self) -> str:
        """`service:Operation`, as IAM writes an action."""
        return f"{self.service}:{self.operation}"

    def json_parameters(self) -> dict[str, Any]:
        """The parameters of a call whose protocol is JSON; empty for another."""
        try:
            parameters = json.loads(self.body)
        except ValueError:
            return {}
        return parameters if isinstance(parameters, dict) else {}


def identify(request: Request, body: bytes) -> Call:
    """Tell what `request`, whose body has been read, asks for.

    An unsigned request counts as S3's, as moto has it.
    """
    signed = _CREDENTIAL.search(request.headers.get("Authorization", ""))
    key, region, service = ("", "us-east-1", "s3")
    if signed:
        key, region, service = signed["key"], signed["region"], signed["service"].lower()
    service = _SIGNING_NAMES.get(service, service)
    return Call(
        service=service,
        operation=_operation(service, request, body),
        account=key if _ACCOUNT.fullmatch(key) else None,
        region=region,
        content_type=request.headers.get("Content-Type", ""),
        fingerprint=_fingerprint(request, body),
        body=body,
    )


def _operation(service: str, request: Request, body: bytes) -> str:
    target: str = request.headers.get("X-Amz-Target", "")
    if target:
        return target.rpartition(".")[2]
    if request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        action = parse_qs(body.decode(errors="replace")).get("Action", [""])[0]
        if action:
            return action
    if request.args.get("Action"):
        return str(request.args["Action"])
    try:
        operation, _ = get_service_router(service).match(request)
    except (NotFound, NotImplementedError, UnknownServiceError):
        return ""
    return str(operation.name)


def _fingerprint(request: Request, body: bytes) -> str:
    query = request.query_string.decode(errors="replace")
    text = f"{request.method} {request.raw_path}?{query}\n{body.decode(errors='replace')}"
    return hashlib.sha256(_RANDOM.sub("*", text).encode()).hexdigest()
