"""How far `ferry verify` is: a bar on a terminal, lines in a log."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from ferry.migrate.verify.plan import Plan

SECONDS_BETWEEN_LINES: Final = 30.0
_WIDTH: Final = 20


class Display:
    """Is told what is being compared, and shows it.

    Args:
        whole: The bytes of all tables.
        console: The terminal; None for a log.
        tell: Writes a line of a log.
    """

    def __init__(self, *, whole: int, console: Console | None, tell: Callable[[str], None]) -> None:
        self._whole = whole
        self._console = console
        self._tell = tell
        self._began = time.monotonic()
        self._done, self._bytes, self._share = 0, 0, 0.0
        self._table = self._waits = ""

    def begins(self, plan: Plan, /) -> None:
        """A table is looked at now; the one before is done."""
        self._done += self._bytes
        self._table, self._bytes, self._share = str(plan.name), plan.bytes, 0.0

    def is_at(self, share: float, /) -> None:
        """So much of it has been scanned."""
        self._share = share

    def waits(self, why: str, /) -> None:
        """It waits, and for what; an empty text when it goes on."""
        self._waits = f"waits {why}" if why else ""

    @property
    def done(self) -> int:
        """The bytes of what has been scanned."""
        return min(self._whole, self._done + int(self._share * self._bytes))

    def said(self) -> str:
        """How far it is."""
        from ferry.migrate.verify.lines import progress  # noqa: PLC0415 - as in `verify`

        return progress(
            done=self.done,
            whole=self._whole,
            seconds=time.monotonic() - self._began,
            table=self._table,
            waits=self._waits,
        )

    @contextmanager
    def shown(self) -> Iterator[None]:
        """For as long as tables are compared."""
        ended = threading.Event()
        show = self._lines if self._console is None else self._bar
        thread = threading.Thread(target=show, args=(ended,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _lines(self, ended: threading.Event) -> None:
        while not ended.wait(SECONDS_BETWEEN_LINES):
            self._tell(self.said())

    def _bar(self, ended: threading.Event) -> None:
        from rich.live import Live  # noqa: PLC0415 - as in `verify`
        from rich.progress_bar import ProgressBar  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        def drawn() -> Table:
            table = Table.grid(padding=(0, 1, 0, 0))
            bar = ProgressBar(total=max(self._whole, 1), completed=self.done, width=_WIDTH)
            table.add_row(bar, Text(self.said(), overflow="fold"))
            return table

        with Live(
            get_renderable=drawn, console=self._console, transient=True, refresh_per_second=4
        ):
            ended.wait()
