"""A PostgreSQL server that ferry reaches: its name, the way to it, and how to sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from ferry.errors import InputError

if TYPE_CHECKING:
    from facts.dms import SslMode

_LARGEST_PORT: Final = 65_535


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where a server is reached when that is not its own name and port: a port forwarding, a VPN.

    Args:
        host: A name or an address, such as `127.0.0.1`.
        port: The TCP port.
    """

    host: str
    port: int

    @classmethod
    def parse(cls, text: str, *, option: str) -> Self:
        """Read HOST:PORT; an IPv6 address stands in brackets.

        Args:
            text: What was given.
            option: The option that it was given with, for the message.

        Raises:
            InputError: It is something else.
        """
        host, colon, port = text.rpartition(":")
        if host.startswith("[") and host.endswith("]"):
            host = host[1:-1]
        elif ":" in host:
            host = ""
        right = port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= _LARGEST_PORT
        if not (colon and host and right) or any(c.isspace() or c == "," for c in host):
            raise InputError(
                f"{option} is '{text}'; it has to be HOST:PORT, such as 127.0.0.1:15432, the port "
                f"from 1 to {_LARGEST_PORT}."
            )
        return cls(host=host, port=int(port))


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A database of a server, and who signs in to it. The password shows in no representation.

    Args:
        side: Which one it is, within a sentence: `the source`, `Aurora`.
        host: The server's own name or address; TLS verifies it.
        port: Its TCP port.
        database: The database.
        username: The role that signs in.
        password: Its password.
        ssl_mode: As DMS names it: `none`, `require`, `verify-ca` or `verify-full`.
        ca_pem: The certificates that the server's is verified with, PEM; None where none is.
        address: Where it is reached instead of `host` and `port`; None, the default, for there.
        way: What to do where it cannot be reached: which group, route or option is missing.
        credentials: What to do where it refuses the credentials.
        authority: What to do where its certificate cannot be verified.
    """

    side: str
    host: str
    port: int
    database: str
    username: str
    password: str = field(repr=False)
    ssl_mode: SslMode = "verify-full"
    ca_pem: str | None = field(default=None, repr=False)
    address: Address | None = None
    way: str = ""
    credentials: str = ""
    authority: str = ""

    @property
    def subject(self) -> str:
        """Which one it is, where a sentence begins with it."""
        return self.side[0].upper() + self.side[1:]

    @property
    def reached_at(self) -> str:
        """Where it is reached, for messages: its own name, and the address where that differs."""
        own = f"{self.host}:{self.port}"
        if self.address is None:
            return own
        host = f"[{self.address.host}]" if ":" in self.address.host else self.address.host
        return f"{own} by {host}:{self.address.port}"
