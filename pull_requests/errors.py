"""The errors that are shown as they are."""

from __future__ import annotations

from typing import ClassVar

from ferry.errors import FerryError
from ferry.findings import ExitStatus


class RefusedError(FerryError):
    """Nothing may be applied. The text says why, and what to do instead."""

    exit_code: ClassVar = ExitStatus.STOP


class ToolError(FerryError):
    """git, gh, cdktf's app or Terraform ended with an error; the text is what it said."""


class StoppedError(FerryError):
    """A signal has ended what was going on; the text says how far it came."""

    exit_code: ClassVar = ExitStatus.INTERRUPTED
