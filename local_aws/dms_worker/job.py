"""What a worker is told on its standard input, and what it says on its standard output.

Both are lines of JSON. The first line in is the job; later ones are commands, such as
`{"reload": [["public", "orders"]]}`. A password comes this way alone: an argument or a variable of
the environment can be read by other processes of the machine.
"""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

TableId = tuple[str, str]
"""A schema and a table's name."""

COMPLETED, ERROR = "Table completed", "Table error"
COUNTS = ("Inserts", "Updates", "Deletes", "AppliedInserts", "AppliedUpdates", "AppliedDeletes")
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
_KEPT = ("state", "valid_from", "rows", "counts")
_speaking = threading.Lock()


class TaskFailed(Exception):  # noqa: N818 - it is what happened
    """The task cannot go on; the message says why."""


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
    of UTC; None for nowhere. `engine_version` is DMS's. `origin` tells tasks apart that are called the
    same, as those of two accounts may be.
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
    origin: str = ""
    tables: Mapping[TableId, TableProgress] = field(default_factory=dict)

    def setting(self, section: str, name: str, default: Any) -> Any:  # noqa: ANN401 - any JSON
        """A task setting, or DMS's default where the task does not name it."""
        return self.settings.get(section, {}).get(name, default)

    @property
    def validates(self) -> bool:
        """Whether rows are compared once they are carried."""
        return bool(self.setting("ValidationSettings", "EnableValidation", default=False))

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Job:
        """The job of a line's JSON.

        Raises:
            KeyError, TypeError: Not a job.
        """
        tables = {
            (each["schema"], each["table"]): TableProgress(**{name: each[name] for name in _KEPT})
            for each in document.pop("tables", [])
        }
        source, target = document.pop("source"), document.pop("target")
        return cls(**document, tables=tables, source=Endpoint(**source), target=Endpoint(**target))


def say(event: str, **fields: Any) -> None:  # noqa: ANN401 - any JSON
    """Say one line; several threads may."""
    with _speaking:
        sys.stdout.write(json.dumps({"event": event, **fields}) + "\n")
        sys.stdout.flush()


def log(severity: Literal["I", "W", "E"], text: str) -> None:
    """Say a line for the task's log, of DMS's severity: information, warning or error."""
    say("log", severity=severity, text=text)


def say_table(table: TableId, progress: TableProgress) -> None:
    """Say where a table stands."""
    say("table", schema=table[0], table=table[1], **asdict(progress))
