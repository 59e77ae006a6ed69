"""The credentials of a database: how they are given, and what they may be."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from facts.dms import REJECTED_IN_PASSWORDS
from ferry.errors import InputError

MAX_USERNAME_BYTES: Final = 63
"""PostgreSQL cuts longer names off (chapter 4.1.1, Identifiers and Key Words)."""

_SHAPE: Final = 'standard input must be one JSON object: {"username": "...", "password": "..."}'


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """A database user and its password; the password shows in no representation.

    Args:
        username: The PostgreSQL role that signs in, 1 to 63 bytes.
        password: Its password. Line ends at its end are cut off: `$(cat file)` and editors add
            them.

    Raises:
        InputError: PostgreSQL would reject one of them. The text never quotes the password.
    """

    username: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        """Cut line ends off the password, then refuse what cannot be used."""
        object.__setattr__(self, "password", self.password.rstrip("\r\n"))
        _refuse_username(self.username)
        _refuse_password(self.password)


def parse(given: bytes) -> Credentials:
    """Read the credentials from what came on standard input.

    Args:
        given: A JSON object with exactly the keys `username` and `password`, both strings.

    Raises:
        InputError: It is something else. The text never quotes what was read.
    """
    try:
        document = json.loads(given)
    except (ValueError, RecursionError):
        raise InputError(f"The credentials are not JSON; {_SHAPE}.") from None
    if (
        not isinstance(document, dict)
        or document.keys() != {"username", "password"}
        or not all(isinstance(value, str) for value in document.values())
    ):
        raise InputError(
            f"The credentials have another shape; {_SHAPE}, both strings, and no other key: host, "
            "port and database come from the environment's file."
        )
    return Credentials(username=document["username"], password=document["password"])


def refuse_what_dms_rejects(credentials: Credentials) -> None:
    """Refuse punctuation in a password that PostgreSQL takes and DMS does not.

    Raises:
        InputError: There is some. The text never quotes the password.
    """
    if any(character in REJECTED_IN_PASSWORDS for character in credentials.password):
        raise InputError(
            "The password holds punctuation that DMS rejects: none of "
            f"{' '.join(REJECTED_IN_PASSWORDS)} may occur. Give the user another password on the source "
            "(ALTER ROLE ... PASSWORD), then run this again."
        )


def _refuse_username(username: str) -> None:
    if not username:
        raise InputError("The user name is empty; give the PostgreSQL role that signs in.")
    if _holds_control_characters(username):
        raise InputError("The user name holds control characters; give it without them.")
    size_bytes = len(username.encode())
    if size_bytes > MAX_USERNAME_BYTES:
        raise InputError(
            f"The user name has {size_bytes} bytes; PostgreSQL allows {MAX_USERNAME_BYTES}."
        )


def _refuse_password(password: str) -> None:
    if not password:
        raise InputError("The password is empty; nobody can sign in without one.")
    if _holds_control_characters(password):
        raise InputError(
            "The password holds control characters, such as a tab or a line end in its middle; "
            "give it without them."
        )


def _holds_control_characters(text: str) -> bool:
    """Whether it holds control characters, or halves of a character, which UTF-8 cannot carry."""
    return any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)
