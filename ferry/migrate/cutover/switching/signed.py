"""What signing in as the applications came to. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class SignIn:
    """What came of it.

    Args:
        database: The database in Aurora.
        refused: Why Aurora does not let the applications in; empty where their password is right.
        may_connect: Whether their role may connect when Aurora is open; None where nothing was saved.
    """

    database: str
    refused: str = ""
    may_connect: bool | None = None
