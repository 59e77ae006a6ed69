"""The errors that ferry shows as one line, and the exit status each ends with."""

from __future__ import annotations

from typing import ClassVar

from ferry.findings import ExitStatus


class FerryError(Exception):
    """It could not be done: refused, unreadable. The text says what, why, and how to mend it.

    It is shown as it is, so it never holds a secret value.

    Args:
        why: What could not be done, and why, in whole sentences.
        remedy: How to mend it, in whole sentences, where a finding shows it apart.
        stays: Whether it is so until somebody mends it: to ask again is no use. A network that is gone,
            or a server that restarts, passes.
    """

    exit_code: ClassVar = ExitStatus.NOT_DONE

    def __init__(self, why: str, remedy: str = "", *, stays: bool = False) -> None:
        """Join both to the text."""
        super().__init__(f"{why} {remedy}".rstrip())
        self.why = why
        self.remedy = remedy
        self.stays = stays


class InputError(FerryError):
    """What the user gave (an option, an environment, credentials on standard input) is wrong."""

    exit_code: ClassVar = ExitStatus.WRONG_USE


class InterruptedWithinError(FerryError):
    """It was interrupted where something goes on, or is left half done: the text says what.

    Where nothing is, Ctrl-C needs no word.
    """

    exit_code: ClassVar = ExitStatus.INTERRUPTED
