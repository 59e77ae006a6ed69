"""A source and a target database for one test, and a worker that carries one into the other."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psycopg
import pytest

from harness.postgres import SUPERUSER
from local_aws.dms_worker.forking import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from harness.postgres import Postgres

SECONDS = 900.0
PYTHON: list[str] = [sys.executable]
"""How a worker's Python is started: otherwise where it writes down which of its lines ran."""
WORKERS = Workers(PYTHON)

EVERYTHING = ({"rule-type": "selection", "rule-id": "1", "rule-name": "all",
               "rule-action": "include",
               "object-locator": {"schema-name": "public", "table-name": "%"}},)  # fmt: skip
AS_REPLICA = "set session_replication_role = replica"
CONTROL = "dms_control"
TLS_NAME = "db.example.com"
"""What servers that take TLS are called."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Database:
    """A database of one of the two servers."""

    server: Postgres
    name: str

    @property
    def connection(self) -> dict[str, str]:
        """libpq's parameters."""
        return {
            "host": "127.0.0.1",
            "port": str(self.server.port),
            "dbname": self.name,
            "user": SUPERUSER,
            "password": self.server.password,
        }

    def run(self, *statements: str) -> None:
        """Run statements, each in a transaction of its own."""
        with self._connect() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self._connect() as connection:
            return connection.execute(query.encode()).fetchall()

    def value(self, query: str) -> Any:  # noqa: ANN401 - whatever the query asks for
        """The one value that a query finds."""
        ((value,),) = self.rows(query)
        return value

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(**self.connection, autocommit=True)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A source and a target."""

    source: Database
    target: Database

    def on_both(self, *statements: str) -> None:
        """Run statements at the source and the target."""
        for database in (self.source, self.target):
            database.run(*statements)

    def job(
        self,
        *,
        rules: Sequence[dict[str, Any]] = EVERYTHING,
        settings: Mapping[str, Any] = {},
        source: Mapping[str, Any] = {},
        **other: str,
    ) -> dict[str, Any]:
        """A job that carries tables; `settings` and `source` are laid over what is usual."""
        usual: dict[str, dict[str, Any]] = {
            "ControlTablesSettings": {
                "ControlSchema": CONTROL,
                "StatusTableEnabled": True,
                "SuspendedTablesTableEnabled": True,
            },
        }
        return {
            "task": "4TASK",  # as DMS draws them: a digit may come first
            "server": "instance",
            "migration_type": "full-load-and-cdc",
            "mappings": {"rules": list(rules)},
            "settings": {**usual, **settings},
            "source": {"connection": self.source.connection, **source},
            "target": {
                "connection": self.target.connection,
                "after_connect": AS_REPLICA,
            },
            **other,
        }


BLOCK_BYTES = 8192


@contextmanager
def full_disk(server: Postgres, *, blocks: int = 0) -> Iterator[None]:
    """Let a server's new sessions write no file beyond so many blocks of 8 KiB.

    The block after those is written by half, which PostgreSQL says of a disk that is full: 53100.
    """
    if shutil.which("prlimit") is None:
        pytest.skip("Linux alone changes the limits of a process that runs")
    postmaster = Path(f"/proc/{server.process_id}")

    def limit(process_id: str, octets: str) -> None:
        # as the server's user: it alone may
        subprocess.run(
            ["prlimit", "--pid", process_id, f"--fsize={octets}:"],
            user=postmaster.stat().st_uid,
            check=True,
        )

    limit(postmaster.name, str(blocks * BLOCK_BYTES + BLOCK_BYTES // 2))
    try:
        yield
    finally:
        _lifted(server, postmaster, limit)


def _lifted(server: Postgres, postmaster: Path, limit: Callable[[str, str], None]) -> None:
    """Lift the limit, also of the sessions that have it, and see that the server is there.

    A session that had to write WAL beyond the limit ended all sessions, and with them the server
    where what repairs it had the limit too: it is started again, as after a disk that was full.
    """
    with suppress(FileNotFoundError, subprocess.CalledProcessError):  # it is gone, or just goes
        limit(postmaster.name, "unlimited")
        sessions = postmaster / "task" / postmaster.name / "children"
        for session in sessions.read_text().split():
            with suppress(subprocess.CalledProcessError):  # it has ended
                limit(session, "unlimited")
    eventually(lambda: _answers(server) or not postmaster.exists())
    if not postmaster.exists():
        server.stop()
        server.start()


def _answers(server: Postgres) -> bool:
    try:
        Database(server=server, name=SUPERUSER).run("select 1")
    except psycopg.OperationalError:
        return False
    return True


_SLOTS = "select slot_name, active_pid from pg_replication_slots where database = '{}'"


@contextmanager
def databases(source_server: Postgres, target_server: Postgres, *, name: str) -> Iterator[Pair]:
    """Two empty databases of the same name; the target has the schema of the control tables."""
    servers = [Database(server=each, name=SUPERUSER) for each in (source_server, target_server)]
    for server in servers:
        server.run(f'create database "{name}"')
    source, target = (Database(server=each.server, name=name) for each in servers)
    target.run(f"create schema {CONTROL}")
    yield Pair(source=source, target=target)
    for server in servers:
        for slot, pid in server.rows(_SLOTS.format(name)):
            if pid:
                server.run(f"select pg_terminate_backend({pid}, 10000)")
            server.run(f"select pg_drop_replication_slot('{slot}')")
        server.run(f'drop database "{name}" with (force)')


ENDED = (
    "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
    "where datname = current_database() and pid <> pg_backend_pid()"
)
"""Ends the other sessions of a database."""
_NO_SLOTS = (
    "select pg_drop_replication_slot(slot_name) from pg_replication_slots "
    "where database = current_database()"
)
_EMPTIED = """do $$
declare command text; begin
  for command in
    select format('drop event trigger %I', evtname) from pg_event_trigger
    union all select format('drop publication %I', pubname) from pg_publication
    union all select format('drop schema %I cascade', nspname) from pg_namespace
      where nspname !~ '^pg_' and nspname <> 'information_schema'
    union all select format('select lo_unlink(%s)', oid) from pg_largeobject_metadata
  loop execute command; end loop;
end $$"""
_AS_MADE = (
    "create schema public authorization pg_database_owner",
    "grant usage on schema public to public",
    "alter database {0} reset all",
    "revoke all on database {0} from public",
    "grant connect, temporary on database {0} to public",
)


def empty(pair: Pair) -> None:
    """Make both databases as `databases` made them, in a fraction of the time."""
    for database in (pair.source, pair.target):
        database.run(ENDED, _NO_SLOTS)
        prepared = "select gid from pg_prepared_xacts where database = current_database()"
        database.run(*(f"rollback prepared '{gid}'" for (gid,) in database.rows(prepared)))
        database.run(_EMPTIED, *(each.format(f'"{database.name}"') for each in _AS_MADE))
    pair.target.run(f"create schema {CONTROL}")


@dataclass(kw_only=True)
class Worker:
    """A worker's process, and what it said so far."""

    job: dict[str, Any]
    events: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.process = WORKERS.start()
        self.tell(self.job)
        self._heard = threading.Condition(threading.RLock())
        self._reader = threading.Thread(target=self._listen)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def tell(self, command: dict[str, Any]) -> None:
        """Write a line to its standard input."""
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def wait(self, what: Callable[[dict[str, Any]], bool], *, since: int = 0) -> dict[str, Any]:
        """The first event that is so, of those from a position on."""
        deadline = time.monotonic() + SECONDS
        with self._heard:
            while True:
                for event in self.events[since:]:
                    if what(event):
                        return event
                left = deadline - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self._reader.is_alive()):
                    raise AssertionError(f"not heard; the worker said {self.events}")
                self._heard.wait(min(left, 0.5))

    def wait_running(self) -> None:
        """Until the load has ended and changes are read."""
        self.wait(lambda event: event["event"] == "running")

    def end(self) -> dict[str, Any]:
        """The event with which it ends by itself."""
        ended = self.wait(lambda event: event["event"] == "ended")
        self.process.wait(SECONDS)
        return ended

    def stop(self) -> dict[str, Any]:
        """Stop it as StopReplicationTask does; the event with which it ends."""
        self.process.terminate()
        return self.end()

    def kill(self) -> None:
        """End it at once, wherever it is."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        with self.process:
            pass

    def table(self, name: str, schema: str = "public") -> dict[str, Any]:
        """Where a table stands by the last that was said of it."""
        with self._heard:
            return next(
                event
                for event in reversed(self.events)
                if (event["event"], event.get("schema"), event.get("table"))
                == ("table", schema, name)
            )

    def said(self, event: str) -> list[dict[str, Any]]:
        """All events of a name so far."""
        with self._heard:
            return [each for each in self.events if each["event"] == event]

    def resumed(self) -> dict[str, Any]:
        """The job with which the task is resumed after this run."""
        tables = {(each["schema"], each["table"]): each for each in self.job.get("tables", [])}
        for event in self.said("table"):
            told = {key: value for key, value in event.items() if key != "event"}
            tables[event["schema"], event["table"]] = told
        if not self.said("begun") and self.job.get("start") != "resume":
            return self.job
        return {**self.job, "start": "resume", "tables": list(tables.values())}

    def _listen(self) -> None:
        for line in self.process.stdout:
            with self._heard:
                self.events.append(json.loads(line))
                self._heard.notify_all()


_LONGEST_PAUSE_SECONDS = 0.2


def eventually(check: Callable[[], bool]) -> None:
    """Wait until something is so; fail where it is not within a quarter of an hour.

    It is looked at often at first, and then five times a second: most looks are a connection each.
    """
    deadline, pause = time.monotonic() + SECONDS, 0.02
    while not check():
        if time.monotonic() > deadline:
            raise AssertionError("it never was so")
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)


def as_soon_as(check: Callable[[], bool], then: Callable[[], object]) -> threading.Thread:
    """A thread that does something as soon as something else is so, however long that takes."""

    def wait() -> None:
        eventually(check)
        then()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread
