"""Prints into a workflow's log, where a line of the form `::name::` is an order to the runner.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from facts.inert import visible_lines
from ferry.redaction.redacting import redacted

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without_orders(stream: TextIO | None = None) -> Iterator[TextIO]:
    """Have the runner take no orders from what is printed meanwhile; elsewhere, do nothing."""
    to = stream or sys.stdout
    if "GITHUB_ACTIONS" not in os.environ:
        yield to
        return
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", file=to, flush=True)
    try:
        yield to
    finally:
        print(f"\n::{token}::", file=to, flush=True)


def inert(text: str) -> str:
    """A text of others without passwords, which steers neither a terminal nor the runner."""
    return visible_lines(redacted(text))


def show(text: str, stream: TextIO | None = None) -> None:
    """Print what others wrote: without passwords, and without orders to the runner."""
    with without_orders(stream) as to:
        print(inert(text), file=to, flush=True)


def summarize(text: str) -> None:
    """Show a text on the page of the workflow's run."""
    _append("GITHUB_STEP_SUMMARY", text)


def give(name: str, value: str) -> None:
    """Give a later step of the workflow a value; outside of a workflow, do nothing."""
    _append("GITHUB_OUTPUT", f"{name}={''.join(value.splitlines())}")


def _append(variable: str, text: str) -> None:
    file = os.environ.get(variable)
    if file:
        with Path(file).open("a") as written:
            written.write(f"{text}\n")
