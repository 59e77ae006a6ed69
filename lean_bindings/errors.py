"""What goes wrong, and how the user is told."""

from __future__ import annotations

import sys

SWITCH = "LEAN_BINDINGS"


class LateImportError(RuntimeError):
    """A submodule was imported after the slimmed bindings were loaded without it.

    Not an ImportError: code that tries an import and goes on without it would build something
    else than it does with the shipped bindings.
    """


def say(message: str) -> None:
    """One line on standard error, where the output of ``cdktf`` and Terraform does not go."""
    print(f"lean_bindings: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201 (as pip does)


def say_shipped(package: str, reason: object) -> None:
    """Says that a package is used as it was installed."""
    say(f"using {package} as shipped, which is slower: {reason}")
