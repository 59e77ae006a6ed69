"""Waits before a scan while replication is late or the source has much to do, and says why.

How late replication is, is measured by each task's marker, written at the source at most every ten
seconds and looked for in Aurora: nothing waits for one that arrives in time. On the way back the two have
changed places: it is Aurora that applications write to.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.migrate import markers
from ferry.postgres import apart, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ferry.migrate.markers import Written
    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task
    from ferry.migrate.verify.sessions import Sessions

MOST_SECONDS: Final = 600.0
"""For how long is waited on end; the scans after that do not wait as long again."""

_SECONDS_BETWEEN_LOOKS: Final = 1.0
_SECONDS_BETWEEN_MARKERS: Final = 10.0
_SECONDS_BETWEEN_TASKS: Final = 30.0
# Without pg_read_all_stats the states of others are not shown, and none is counted.
_ACTIVE: Final = """
select pg_catalog.count(*) from pg_catalog.pg_stat_activity
where state = 'active' and backend_type = 'client backend' and application_name <> 'ferry'"""


@dataclass(kw_only=True, slots=True)
class Pace:
    """Waits before the scans of one database.

    Args:
        sides: How both ends are reached; as source where applications write.
        tasks: Reads the database's tasks as they are now.
        waits: Is told what is waited for; an empty text when that has ended.
        most_lag_seconds: How late replication may be.
        most_active: How many sessions of others may be at work where applications write.
    """

    sides: Sides
    tasks: Callable[[], Iterable[Task]]
    waits: Callable[[str], None]
    most_lag_seconds: float
    most_active: int
    _known: tuple[Task, ...] | None = None
    _known_at: float = 0.0
    _looked_at: float = 0.0
    _since: float = 0.0
    _markers: dict[str, tuple[Written, float]] = field(default_factory=dict)
    _written_at: float = 0.0

    def hold(self, sessions: Sessions) -> None:
        """Come back when a scan may begin.

        Args:
            sessions: A session at each side, as `sides` has them.

        Raises:
            FerryError: It might not for ten minutes, of this scan or those before.
        """
        now = time.monotonic()
        if not self._since and self._looked_at and now - self._looked_at < _SECONDS_BETWEEN_LOOKS:
            return
        try:
            while why := self._why(sessions):
                self._since = self._since or time.monotonic()
                if time.monotonic() - self._since > MOST_SECONDS:
                    raise FerryError(f"Waited {MOST_SECONDS:,.0f} s in vain {why}.")
                self.waits(why)
                time.sleep(_SECONDS_BETWEEN_LOOKS)
            self._since = 0.0
        finally:
            self.waits("")
            self._looked_at = time.monotonic()

    def _why(self, sessions: Sessions) -> str:
        """What is waited for; empty where nothing is, or where it cannot be measured.

        A marker that may not be read, or AWS that does not answer, keeps nobody from comparing: where
        rows are unlike, proving says so.
        """
        for measured in (self._late, self._busy):
            with suppress(FerryError):
                if why := measured(sessions):
                    return why
        return ""

    def _late(self, sessions: Sessions) -> str:
        """Which task's marker is late; empty for none."""
        now = time.monotonic()
        tasks = {task.name: task for task in self._carrying(now)}
        self._markers = {
            name: marker
            for name, marker in self._markers.items()
            if name in tasks
            and not markers.has_arrived(sessions.target, tasks[name].marker, marker[0])
        }
        missing = [task for name, task in tasks.items() if name not in self._markers]
        if missing and (not self._written_at or now - self._written_at > _SECONDS_BETWEEN_MARKERS):
            self._write(sessions, missing)
        for name, (_, at) in self._markers.items():
            if (late := time.monotonic() - at) > self.most_lag_seconds:
                return (
                    f"for replication: the marker of {name}, written {late:,.0f} s ago, has not "
                    f"arrived (--max-lag {self.most_lag_seconds:g})"
                )
        return ""

    def _write(self, sessions: Sessions, tasks: Iterable[Task]) -> None:
        self._written_at = time.monotonic()
        with connect(self.sides.source.server, purpose="write a marker", read_only=False) as writer:
            apart(writer, sessions.target)
            for task in tasks:
                written = markers.write(writer, task.marker)
                self._markers[task.name] = (written, self._written_at)

    def _carrying(self, now: float) -> tuple[Task, ...]:
        """The tasks that carry changes and a marker."""
        if self._known is None or now - self._known_at > _SECONDS_BETWEEN_TASKS:
            self._known_at = now
            self._known = tuple(
                task
                for task in self.tasks()
                if task.status == "running"
                and task.carries_changes
                and task.mappings.selects(task.marker)
            )
        return self._known

    def _busy(self, sessions: Sessions) -> str:
        """That the server has much to do that applications write to; empty where it has not."""
        ((active,),) = sessions.source.rows(_ACTIVE)
        if active <= self.most_active:
            return ""
        side = sessions.source.server.side
        return f"for {side}: sessions at work there: {active:,} (--max-active {self.most_active})"
