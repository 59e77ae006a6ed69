"""What a worker is told on its standard input, and what it says on its standard output.

Both are lines of JSON. The first line in is the job; later ones are commands, such as
`{"reload": [["public", "orders"]]}`. A password comes this way alone: an argument or a variable of
the environment can be read by other processes of the machine.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

# Nothing may hang: a server that is gone is noticed within about half a minute.
_NETWORK = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "gssencmode": "disable",
    "client_encoding": "UTF8",
}


COUNTS = ("Inserts", "Updates", "Deletes", "AppliedInserts", "AppliedUpdates", "AppliedDeletes")


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """A database, and how DMS's endpoint says that it is used."""

    connection: Mapping[str, str]
    after_connect: str = ""
    fail_on_lob_truncation: bool = False
    map_unbounded_numeric_as_string: bool = False

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of libpq."""
        return {**_NETWORK, "application_name": "AWS DMS", **self.connection}


@dataclass(kw_only=True, slots=True)
class TableProgress:
    """Where a table stands. Changes that were committed up to `valid_from` are in it already."""

    state: str
    valid_from: int = 0
    rows: int = 0
    validation: dict[str, Any] = field(
        default_factory=lambda: {"state": "Not enabled", "pending": 0, "failed": 0}
    )
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A task that is started.

    `start` is `fresh` for start-replication and reload-target, `resume` for resume-processing;
    `tables` is where a resumed task's tables stood. `position` is where a task of changes alone
    begins, a log sequence number or a checkpoint; `slot` is the slot that it reads, or None for one
    of its own. `stop_position` is where changes end, as `server_time:` or `commit_time:` and a time
    of UTC; None for nowhere. `engine_version` is DMS's.
    """

    task: str
    server: str
    migration_type: Literal["full-load", "cdc", "full-load-and-cdc"]
    mappings: Mapping[str, Any]
    settings: Mapping[str, Mapping[str, Any]]
    source: Endpoint
    target: Endpoint
    start: Literal["fresh", "resume"] = "fresh"
    position: str | None = None
    slot: str | None = None
    stop_position: str | None = None
    engine_version: str = "3.5.4"
    tables: Mapping[tuple[str, str], TableProgress] = field(default_factory=dict)

    def setting(self, section: str, name: str, default: Any) -> Any:  # noqa: ANN401 - any JSON
        """A task setting, or DMS's default where the task does not name it."""
        return self.settings.get(section, {}).get(name, default)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Job:
        """The job of a line's JSON.

        Raises:
            KeyError, TypeError: Not a job.
        """
        tables = {
            (each["schema"], each["table"]): TableProgress(
                state=each["state"],
                valid_from=each["valid_from"],
                rows=each["rows"],
                counts=each["counts"],
            )
            for each in document.pop("tables", [])
        }
        source, target = document.pop("source"), document.pop("target")
        return cls(**document, tables=tables, source=Endpoint(**source), target=Endpoint(**target))


class Voice:
    """Writes what happens, a line each; several threads may speak."""

    def __init__(self, out: TextIO) -> None:
        """Speak to a stream."""
        self._out = out
        self._lock = threading.Lock()

    def say(self, event: str, **fields: Any) -> None:  # noqa: ANN401 - any JSON
        """One line."""
        line = json.dumps({"event": event, **fields})
        with self._lock:
            self._out.write(line + "\n")
            self._out.flush()

    def log(self, severity: Literal["I", "W", "E"], text: str) -> None:
        """A line for the task's log, of DMS's severity: information, warning or error."""
        self.say("log", severity=severity, text=text)

    def table(self, schema: str, table: str, progress: TableProgress) -> None:
        """Where a table stands."""
        self.say(
            "table",
            schema=schema,
            table=table,
            state=progress.state,
            valid_from=progress.valid_from,
            rows=progress.rows,
            validation=progress.validation,
            counts=progress.counts,
        )
