"""The errors that ferry shows as one line, and the exit status each ends with."""

from __future__ import annotations

from typing import ClassVar


class FerryError(Exception):
    """AWS refused, or what is there forbids to go on. The text says what, why, and how to mend it.

    It is shown as it is, so it never holds a secret value.
    """

    exit_code: ClassVar[int] = 1


class InputError(FerryError):
    """What the user gave (an environment, a file, credentials) cannot be used."""

    exit_code: ClassVar[int] = 2
