"""Where hosts are on this machine, and only where told.

`POST /local-aws/addresses` with `{"db.example.com": {"port": 40001}}` says that the name is a
PostgreSQL server on 127.0.0.1. A host that nobody named has no data behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "127.0.0.1"
_PORTS: dict[str, int] = {}


def place_addresses(document: Mapping[str, Any]) -> None:
    """Say where hosts are; those named before keep their addresses.

    Raises:
        ValueError: An address without a port, or with something else.
    """
    for host, address in document.items():
        if set(address) != {"port"} or not isinstance(address["port"], int):
            raise ValueError(f"{host}: give port, a number, and nothing else")
    _PORTS.update({host: address["port"] for host, address in document.items()})


def port_of(host: str) -> int | None:
    """The port of 127.0.0.1 that a host is; None where it is nowhere on this machine."""
    return _PORTS.get(host)


def forget_address(host: str) -> None:
    """The host is nowhere any more."""
    _PORTS.pop(host, None)


def any_address() -> bool:
    """Whether anything is on this machine."""
    return bool(_PORTS)
