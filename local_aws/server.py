"""The HTTP server on 127.0.0.1."""

from __future__ import annotations

import logging
import os
import socket
from typing import TYPE_CHECKING, Any

# moto reads these when an account is first used: AWS's managed policies exist, its machine images
# are not wanted here and take most of the time.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server

from local_aws import registry
from local_aws.control import Control
from local_aws.faults import Faults
from local_aws.gateway import Gateway
from local_aws.record import CallLog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

log = logging.getLogger("local_aws")

HOST = "127.0.0.1"
_WAITING_CONNECTIONS = 128


class _QuietHandler(MotoRequestHandler):  # type: ignore[misc]  # moto is untyped here
    """moto's request handler, without a line on stderr for each request."""

    def log_request(self, *_: Any) -> None:  # noqa: ANN401 - http.server's own types
        """Say nothing; the gateway logs each call by its operation."""

    def connection_dropped(self, error: BaseException, environ: object = None) -> None:  # noqa: ARG002 - werkzeug's
        """Say that a client went away before it had its answer: it may ask for the same again."""
        log.warning("a client went away before its answer: %s", error)


class _Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]  # moto has no types
    """Looks once which backend a host is of: moto goes through its folders for each call."""

    def __init__(self, create_app: Callable[[str], object]) -> None:
        super().__init__(create_app)
        self._backends: dict[str | None, str | None] = {}

    def get_backend_for_host(self, host: str | None) -> str | None:
        """The name of the backend; None where there is none."""
        if host not in self._backends:
            self._backends[host] = super().get_backend_for_host(host)
        return self._backends[host]


def make_local_aws(*, port: int = 0, faults: Mapping[str, Any] | None = None) -> BaseWSGIServer:
    """Make a server that is bound and not yet serving; `serve_forever()` serves.

    There is one state for a process: two servers in it would share their resources.

    Args:
        port: The TCP port; 0 takes a free one, `server.port` tells which.
        faults: Rules in force from the start, as `local_aws.faults` describes.

    Raises:
        ValueError: Rules that cannot be read.
        OSError: The port is taken.
    """
    registry.register_all()
    rules = Faults()
    rules.replace(faults or {})
    gateway = Gateway(
        application=_Dispatcher(create_backend_app),
        control=Control(faults=rules, calls=CallLog()),
    )
    # Bound here, because werkzeug ends the process where a port is taken.
    with socket.create_server((HOST, port), backlog=_WAITING_CONNECTIONS) as bound:
        return make_server(
            HOST, port, gateway, threaded=True, request_handler=_QuietHandler, fd=bound.fileno()
        )
