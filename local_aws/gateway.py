"""The WSGI application before moto's: accounts, faults, one call at a time, never a 500."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import RLock
from typing import TYPE_CHECKING, Any

from moto.core.request import Request
from werkzeug.test import run_wsgi_app

from local_aws.call import Call, identify
from local_aws.control import PREFIX, Control
from local_aws.errors import Reply, failure, misdirected, unknown_operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

log = logging.getLogger("local_aws")

# moto reads the account from this header before it looks at the access key.
_ACCOUNT_HEADER = "HTTP_X_MOTO_ACCOUNT_ID"

_HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?", re.IGNORECASE)
"""Whom it answers as. A page in a browser can have a name of its own lead to this machine, and would
then be answered as if it came from here; the browser still sends that name."""


@dataclass(kw_only=True, slots=True)
class Gateway:
    """Hands each call to moto's application, and mends what comes back.

    moto's backends are not safe for threads, and calls go from one to another (RDS asks EC2, KMS
    and Secrets Manager), so one call is executed at a time; each takes a few milliseconds.
    """

    application: Callable[..., Iterable[bytes]]
    control: Control
    _one_at_a_time: RLock = field(default_factory=RLock)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's own type
        """Answer one request (PEP 3333)."""
        request = Request(environ)
        if not _is_of_this_machine(environ):
            reply = misdirected()
            start_response(_status_line(reply.status), reply.headers)
            return [reply.body]
        body = request.stream.read()
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        if request.path.startswith(PREFIX):
            reply = self.control.answer(request.method, request.path, request.args, body)
        else:
            reply = self._answer(identify(request, body), environ)
        start_response(_status_line(reply.status), reply.headers)
        return [b"" if request.method == "HEAD" else reply.body]

    def _answer(self, call: Call, environ: dict[str, Any]) -> Reply:
        fault = self.control.faults.strike(call)
        if fault and not fault.executes:
            reply = fault.reply()
        else:
            reply = self._execute(call, environ)
            if fault:
                reply = fault.reply()
        self.control.calls.add(call, status=reply.status, injected=fault is not None)
        log.info(
            "%s %s %s %s%s",
            call.account,
            call.region,
            call.name,
            reply.status,
            " injected" if fault else "",
        )
        return reply

    def _execute(self, call: Call, environ: dict[str, Any]) -> Reply:
        if call.account:
            environ[_ACCOUNT_HEADER] = call.account
        try:
            with self._one_at_a_time:
                chunks, status, headers = run_wsgi_app(self.application, environ, buffered=True)
        except NotImplementedError as error:
            log.warning("%s is not implemented: %s", call.name, error)
            return unknown_operation(call)
        except Exception as error:
            log.exception("%s failed", call.name)
            return failure(call, f"{type(error).__name__}: {error}")
        reply = Reply(
            status=int(status.split()[0]), headers=list(headers.items()), body=b"".join(chunks)
        )
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("moto answered %s to %s", reply.status, call.name)
            return failure(call, f"moto answered {reply.status}")
        return reply


def _is_of_this_machine(environ: dict[str, Any]) -> bool:
    """Whether it was asked by its own name, and by no page of a browser: that sends an origin."""
    return bool(_HOST.fullmatch(environ.get("HTTP_HOST", ""))) and "HTTP_ORIGIN" not in environ


def _status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"
