"""Proves that all that was written before is at the other side: the last marker of each task arrives.

Written when nobody else may write any more, so that nothing is behind it. Each task reads a slot of its
own and carries a marker of its own. With batch apply a second one follows the first: see
`markers.rows_of_a_proof`. DMS's heartbeat may go on: what is waited for is these very rows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.migrate import markers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ferry.mappings import TableName
    from ferry.postgres import Session

_SECONDS_BETWEEN_LOOKS: Final = 0.02


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """What one task carries, and by which sessions it is seen.

    Args:
        task: The task's name.
        marker: Its marker.
        rows: How many markers, one after the other, prove it: `markers.rows_of_a_proof`.
        written_at: A session at the side that it reads; it may write.
        seen_at: One at the side that it writes.
    """

    task: str
    marker: TableName
    rows: int
    written_at: Session
    seen_at: Session


def arrive(
    streams: Sequence[Stream], *, seconds: float, check: Callable[[], None] = lambda: None
) -> dict[str, float]:
    """Write each task's marker and wait until all have arrived. Return each one's seconds.

    Args:
        streams: The tasks.
        seconds: For how long they are waited for, together.
        check: Is called at each look; what it raises ends the waiting.

    Raises:
        FerryError: One has not arrived in time, a marker is gone, or a server refuses.
    """
    began = time.monotonic()
    written = {it.task: markers.write(it.written_at, it.marker) for it in streams}
    left = {it.task: it.rows for it in streams}
    taken: dict[str, float] = {}
    while True:
        waited = time.monotonic() - began
        for it in streams:
            # One behind the other: a marker that is there was not in the batch of the next.
            if left[it.task] and markers.has_arrived(it.seen_at, it.marker, written[it.task]):
                left[it.task] -= 1
                if left[it.task]:
                    written[it.task] = markers.write(it.written_at, it.marker)
                else:
                    taken[it.task] = time.monotonic() - began
        late = sorted(task for task, rows in left.items() if rows)
        if not late:
            return taken
        if waited > seconds:
            raise FerryError(
                f"What was written last has not arrived within {seconds:.0f} s by "
                f"{', '.join(late)}.",
                "See why that task is late: ferry watch ENV. Then run this again.",
            )
        check()
        time.sleep(_SECONDS_BETWEEN_LOOKS)
