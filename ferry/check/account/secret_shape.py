"""What can be said of a secret's value without saying the value."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from facts.dms import REJECTED_IN_PASSWORDS

KEYS: Final = ("username", "password", "host", "port")
"""What DMS reads; other keys are ignored.

https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
"""

_LAST_PORT: Final = 65535


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A secret's shape. It holds no value.

    Args:
        is_object: Whether the value is text, and a JSON object.
        missing: The keys that DMS reads and the value lacks, or has nothing at.
        mistyped: The keys whose values are of a kind that DMS cannot take.
        holds_rejected: Whether the password holds punctuation that DMS rejects.
        names_source: Whether host and port are those of the environment's file.
    """

    is_object: bool = True
    missing: tuple[str, ...] = ()
    mistyped: tuple[str, ...] = ()
    holds_rejected: bool = False
    names_source: bool = True


def shape_of(text: str | None, *, host: str, port: int) -> Shape:
    """Look at a secret's value.

    Args:
        text: The value; None where it is binary.
        host: The source's host, as the environment's file says.
        port: The source's port, as the environment's file says.
    """
    value = _object(text)
    if value is None:
        return Shape(is_object=False)
    missing = tuple(key for key in KEYS if value.get(key) in (None, ""))
    mistyped = tuple(key for key in KEYS if key not in missing and not _is_fit(key, value[key]))
    unfit = {*missing, *mistyped}
    return Shape(
        missing=missing,
        mistyped=mistyped,
        holds_rejected="password" not in unfit
        and any(character in REJECTED_IN_PASSWORDS for character in value["password"]),
        names_source=bool(unfit & {"host", "port"})
        or (value["host"].lower(), int(value["port"])) == (host.lower(), port),
    )


def _object(text: str | None) -> dict[str, Any] | None:
    try:
        value = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_fit(key: str, value: object) -> bool:
    if key != "port":
        return isinstance(value, str)
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value[: len(str(_LAST_PORT)) + 1])
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LAST_PORT
