"""The errors that are shown as they are."""

from __future__ import annotations

from ferry.errors import FerryError


class RefusedError(FerryError):
    """A kept plan must not be applied. The text says why, and what to do instead."""


class ToolError(FerryError):
    """git, gh, cdktf's app or Terraform ended with an error; the text is what it said."""
