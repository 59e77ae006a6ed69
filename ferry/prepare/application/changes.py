"""Other credentials for Aurora, as they are given; what is not given stays as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ferry.errors import InputError
from ferry.prepare.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHAPE: Final = (
    'standard input is empty, or one JSON object: {"ARN": {"username": "...", "password": "..."}}, '
    "with ARNs of cutover.application_secret_arns; what it leaves out stays as it is"
)
_ANY: Final = "x"
"""In the place of what stays as it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Other credentials than the secret has; the password shows in no representation.

    Args:
        username: The role that signs in to Aurora; empty to keep what is there.
        password: Its password; empty to keep what is there. Line ends at its end are cut off.

    Raises:
        InputError: PostgreSQL would reject one of them. The text never quotes the password.
    """

    username: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what nobody can sign in with."""
        object.__setattr__(self, "password", self.password.rstrip("\r\n"))
        Credentials(username=self.username or _ANY, password=self.password or _ANY)


Given = Mapping[str, Change]
"""Changes by the ARNs of their secrets."""


def parse(given: bytes, arns: Sequence[str]) -> Given:
    """Read the changes from what came on standard input.

    Args:
        given: Nothing, or a JSON object.
        arns: The secrets that the file names.

    Raises:
        InputError: It is something else. The text never quotes what was read.
    """
    if not given.strip():
        return {}
    try:
        document = json.loads(given)
    except (ValueError, RecursionError):
        raise InputError(f"What came on standard input is not JSON; {_SHAPE}.") from None
    if not isinstance(document, dict) or not all(
        isinstance(change, dict)
        and change.keys() <= {"username", "password"}
        and all(isinstance(value, str) for value in change.values())
        for change in document.values()
    ):
        raise InputError(f"What came on standard input has another shape; {_SHAPE}.")
    if not document.keys() <= set(arns):
        raise InputError(f"What came on standard input names a secret that is not there; {_SHAPE}.")
    return {arn: Change(**change) for arn, change in document.items()}
