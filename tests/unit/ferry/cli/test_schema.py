"""A step of the schema is said to be at work where it is for longer than a moment."""

from __future__ import annotations

import time
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console

from ferry.cli import schema
from ferry.migrate.schema.steps import Step

if TYPE_CHECKING:
    import pytest

INDEX = Step(what="INDEX public.orders by_day", sql="create index", rows_checked=True)


def test_what_is_done_within_a_moment_has_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_SECONDS_OF_A_MOMENT", 3600.0)
    shown = StringIO()
    begun = schema.Begun(Console(file=shown))

    begun.tell(INDEX)
    begun.end()

    assert shown.getvalue() == ""


def test_what_takes_longer_says_that_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_SECONDS_OF_A_MOMENT", 0.0)
    shown = StringIO()
    begun = schema.Begun(Console(file=shown))

    begun.tell(INDEX)
    ends = time.monotonic() + 60
    while not shown.getvalue().endswith("\n") and time.monotonic() < ends:
        time.sleep(0.01)
    begun.end()

    assert shown.getvalue() == "  reads      INDEX public.orders by_day\n"
