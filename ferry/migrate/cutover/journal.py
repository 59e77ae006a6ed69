"""What a cutover or a rollback writes down: a line a record on this machine, and the same in both databases.

It is evidence, and holds what cannot be found again: the source's rights before they are taken, ids,
how far a run is. Never a value of a row, never a secret. Everything else is read from what is there.

A record is on the disk before it is in a database, and there before anything is done: one that is on the
disk alone may stand for something that was not begun, and none is missing for something that was.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from facts.ferry_schema import JOURNAL, JOURNAL_COLUMNS, SCHEMA
from ferry import progress
from ferry.errors import FerryError
from ferry.postgres import sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ferry.postgres import Session

_FILE: Final = "cutover.jsonl"
_MODE: Final = 0o600
_TABLE: Final = sql.Identifier(SCHEMA, JOURNAL)
_RUN: Final = "%Y%m%dT%H%M%SZ"

_INSERT: Final = sql.SQL(
    "insert into {} ({}) values (%s, %s, %s, %s, %s, null, %s::jsonb) on conflict do nothing"
).format(_TABLE, sql.SQL(", ").join(sql.Identifier(name) for name, _ in JOURNAL_COLUMNS))
_SELECT: Final = sql.SQL("select id, run, at, step, state, detail::text from {}").format(_TABLE)


class State(StrEnum):
    """How far a step is."""

    BEGUN = "begun"
    """It is about to be done."""

    KEPT = "kept"
    """What cannot be found again afterwards is in the details."""

    DONE = "done"
    """It is done."""

    FAILED = "failed"
    """It could not be done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What happened.

    Args:
        number: Which record of the environment's it is, from 1 on. A clock may be set back.
        writer: The process that wrote it. One that was killed may have written a number to its machine's
            disk alone, which another machine then gives again.
        run: The run's id.
        at: When, by that machine's clock.
        step: The step's name.
        state: How far it is.
        detail: Names, rights and ids.
    """

    number: int
    writer: str
    run: str
    at: datetime
    step: str
    state: State
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its key."""
        return f"{self.number}/{self.writer}"

    def line(self) -> str:
        """It as the file has it."""
        return json.dumps(
            {
                "id": self.id,
                "run": self.run,
                "at": self.at.isoformat(),
                "step": self.step,
                "state": self.state,
                "detail": dict(self.detail),
            }
        )


@dataclass(kw_only=True, slots=True)
class Journal:
    """The records of an environment's cutovers and rollbacks.

    Args:
        environment: The environment's name.
        run: The run that writes; `new_run` makes an id.
        source: A session at the source, in its first database that is carried; it may write.
        target: One in Aurora.
        records: All that are known, of all runs, as they happened.
    """

    environment: str
    run: str
    source: Session
    target: Session
    records: list[Record]
    _writer: str = field(default_factory=lambda: secrets.token_hex(4))

    def write(self, step: str, state: State, **detail: Any) -> Record:  # noqa: ANN401 - what JSON has
        """Write down a record: on the disk, then at the source, then in Aurora.

        Args:
            step: The step's name.
            state: How far it is.
            detail: Names, rights and ids; what JSON has.

        Raises:
            FerryError: The file cannot be written, or a server refuses.
        """
        record = Record(
            number=max((it.number for it in self.records), default=0) + 1,
            writer=self._writer,
            run=self.run,
            at=datetime.now(UTC),
            step=step,
            state=state,
            detail=detail,
        )
        _append(file_of(self.environment), [record])
        self.records.append(record)
        for session in (self.source, self.target):
            _insert(session, [record])
        return record

    def last(self, step: str, state: State, *, run: str = "") -> Record | None:
        """A run's last record of a step; None where it has none.

        Args:
            step: The step's name.
            state: How far it was.
            run: Whose; empty for the run that writes.
        """
        return last(self.records, run or self.run, step, state)


def last(records: Iterable[Record], run: str, step: str, state: State) -> Record | None:
    """A run's last record of a step; None where it has none."""
    own = [it for it in records if it.run == run and it.step == step and it.state is state]
    return own[-1] if own else None


def new_run() -> str:
    """An id for a run: when it began, and what tells it from another that began then."""
    return f"{datetime.now(UTC):{_RUN}}-{secrets.token_hex(3)}"


def file_of(environment: str) -> Path:
    """Where an environment's journal is on this machine; its folder is there.

    Raises:
        FerryError: The folder cannot be made.
    """
    return progress.folder(environment) / _FILE


def opened(environment: str, run: str, source: Session, target: Session) -> Journal:
    """The journal, for a run that writes.

    What one of the three places has and another has not is given to it: a run may have ended between,
    or have begun on another machine.

    Args:
        environment: The environment's name.
        run: The run's id.
        source: A session at the source, in its first database that is carried; it may write.
        target: One in Aurora.

    Raises:
        FerryError: The file cannot be read or written; a server refuses; or a record was changed.
    """
    places = _places(environment, source, target)
    records = _merged(environment, places)
    lacking = [[it for it in records if it.id not in {one.id for one in place}] for place in places]
    _append(file_of(environment), lacking[0])
    _insert(source, lacking[1])
    _insert(target, lacking[2])
    return Journal(environment=environment, run=run, source=source, target=target, records=records)


def known(environment: str, source: Session, target: Session) -> list[Record]:
    """All records, of all runs, as they happened; nothing is written.

    Raises:
        FerryError: As `opened`.
    """
    return _merged(environment, _places(environment, source, target))


def _places(environment: str, source: Session, target: Session) -> list[list[Record]]:
    return [read(file_of(environment)), of_database(source), of_database(target)]


def _merged(environment: str, places: Iterable[Iterable[Record]]) -> list[Record]:
    found: dict[str, Record] = {}
    for place in places:
        for record in place:
            if found.setdefault(record.id, record) != record:
                raise FerryError(
                    f"The journals of {environment} tell different things of the record {record.id}: "
                    f"{file_of(environment)}, and {SCHEMA}.{JOURNAL} of both databases.",
                    "One of the three was changed by hand. Look which is right before anything goes on.",
                )
    return own(environment, found.values())


def own(environment: str, records: Iterable[Record]) -> list[Record]:
    """An environment's records, as they happened: two environments may carry the same source.

    A record that keeps rights says whose its run is, and so does the one of who begins it.
    """
    known = list(records)
    others = {it.run for it in known if it.detail.get("environment", environment) != environment}
    return sorted((it for it in known if it.run not in others), key=lambda it: (it.number, it.at))


def read(file: Path) -> list[Record]:
    """The records of a file; none where there is no file.

    A last line that was not written to its end is none: what it stands for was not begun.

    Raises:
        FerryError: It cannot be read, or is not ferry's.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise FerryError(f"{file} cannot be read: {error.strerror}.") from None
    whole, _, _ = content.rpartition(b"\n")
    return [_record(file, line) for line in whole.splitlines()]


def _record(file: Path, line: bytes) -> Record:
    try:
        found = json.loads(line)
        number, _, writer = found["id"].partition("/")
        return Record(
            number=int(number),
            writer=writer,
            run=found["run"],
            at=datetime.fromisoformat(found["at"]),
            step=found["step"],
            state=State(found["state"]),
            detail=found["detail"],
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise FerryError(
            f"{file} has a line that is not ferry's, or of a newer ferry.",
            f"Look at it. Where {SCHEMA}.{JOURNAL} of either database has all records, move the file "
            "away: it is written anew.",
        ) from None


def of_database(session: Session) -> list[Record]:
    """The records of a database.

    Raises:
        PostgresError: The server refuses, or has no such table.
        FerryError: A newer ferry has written them.
    """
    try:
        return [
            Record(
                number=int(key.partition("/")[0]),
                writer=key.partition("/")[2],
                run=run,
                at=at,
                step=step,
                state=State(state),
                detail=json.loads(detail),
            )
            for key, run, at, step, state, detail in session.rows(_SELECT)
        ]
    except ValueError:
        raise FerryError(
            f"{SCHEMA}.{JOURNAL} of {session.server.side} has a record that is not ferry's, or of a newer "
            "ferry.",
            "Look at it, or use that ferry.",
        ) from None


def _insert(session: Session, records: Iterable[Record]) -> None:
    """Add records to a database: on its disk afterwards, whatever its `synchronous_commit` says."""
    new = list(records)
    if not new:
        return
    with session.transaction():
        session.execute("select pg_catalog.set_config('synchronous_commit', 'on', true)")
        for it in new:
            session.execute(
                _INSERT, [it.id, it.run, it.at, it.step, it.state, json.dumps(dict(it.detail))]
            )


def _append(file: Path, records: Iterable[Record]) -> None:
    """Add lines to the file; they are on the disk afterwards.

    Raises:
        FerryError: It cannot be written.
    """
    text = "".join(f"{it.line()}\n" for it in records).encode()
    if not text:
        return
    try:
        is_new = not file.exists()
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, _MODE)
        with closing(os.fdopen(descriptor, "r+b", buffering=0)) as stream:
            os.fchmod(descriptor, _MODE)
            content = stream.read()
            # What a killed ferry did not write to its end is no record.
            stream.truncate(content.rfind(b"\n") + 1)
            written = 0
            while written < len(text):
                written += stream.write(text[written:]) or 0
            os.fsync(descriptor)
        if is_new:
            _settle(file.parent)
    except OSError as error:
        raise FerryError(f"{file} cannot be written: {error.strerror}.") from None


def _settle(folder: Path) -> None:
    """Have a folder's list of files on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
