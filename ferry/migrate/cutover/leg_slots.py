"""The replication slots from which the other direction is read: made while nobody writes at either side.

What is written after a slot was made is in it, and what was before is not. So it is made behind the last
marker, or rows that DMS has just brought would be carried back; and before the first row of the other
side, or that row is lost to whoever goes back.

PostgreSQL makes a slot when all transactions that were open have ended, a prepared one among them. Where
that takes too long it is given up, and what was half made is dropped.

Source: https://www.postgresql.org/docs/15/functions-admin.html#FUNCTIONS-REPLICATION
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.migrate.slots import position
from ferry.migrate.starting import StartType
from ferry.postgres import PostgresError

if TYPE_CHECKING:
    from types_boto3_dms.type_defs import StartReplicationTaskMessageTypeDef

    from ferry.migrate.tasks import Task
    from ferry.postgres import Session

PLUGIN: Final = "test_decoding"
"""What DMS decodes by where pglogical is not installed. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, PluginName"""

SECONDS: Final = 10.0
"""For how long one may take: nobody writes, and transactions that are open end within the window."""

SECONDS_FOR_READERS: Final = 120.0
"""For how long a slot is waited for whose task has stopped: the server notices that its reader is gone."""

_SECONDS_BETWEEN_LOOKS: Final = 0.5
_IN_USE: Final = "55006"
"""Object in use: https://www.postgresql.org/docs/15/errcodes-appendix.html"""

_THERE: Final = (
    "select active_pid, database = pg_catalog.current_database() "
    "from pg_catalog.pg_replication_slots where slot_name = %s"
)
_MAKE: Final = "select lsn::text from pg_catalog.pg_create_logical_replication_slot(%s, %s)"
_DROP: Final = "select pg_catalog.pg_drop_replication_slot(%s)"


def make(session: Session, name: str, *, seconds: float = SECONDS) -> str:
    """Make a slot anew, and return the position from which it is read.

    One that is there is of an earlier run, and begins too early: it is dropped.

    Args:
        session: A session in the database whose changes are read; it may write, and its role has
            REPLICATION, or is a member of `rds_replication`.
        name: The slot's name.
        seconds: For how long it may take.

    Raises:
        FerryError: Somebody reads it, it is of another database, or it could not be made.
    """
    drop(session, name)
    try:
        ((position,),) = session.rows(_MAKE, [name, PLUGIN], deadline_seconds=seconds)
    except PostgresError:
        with suppress(FerryError):
            drop(session, name)
        raise
    return str(position)


def drop(session: Session, name: str) -> bool:
    """Drop a slot; return whether there was one.

    Raises:
        FerryError: Somebody reads it, or it is of another database.
    """
    rows = session.rows(_THERE, [name])
    if not rows:
        return False
    ((reader, is_here),) = rows
    why = f"process {reader} reads it" if is_here else "it is of another database"
    if is_here and reader is None:
        try:
            session.rows(_DROP, [name])
        except PostgresError as error:
            if error.sqlstate != _IN_USE:
                raise
            why = "somebody has just begun to read it"
        else:
            return True
    raise FerryError(
        f"{session.server.subject} has the replication slot {name} already, and {why}.",
        "Look whose it is. The task that reads it is stopped first; a slot that nobody needs is dropped: "
        f"select pg_drop_replication_slot('{name}')",
    )


def drop_unread(session: Session, name: str, *, seconds: float = SECONDS_FOR_READERS) -> bool:
    """Drop a slot whose reader has ended, or is about to; return whether there was one.

    Args:
        session: A session in the slot's database; it may write.
        name: The slot's name.
        seconds: For how long its reader is waited for.

    Raises:
        FerryError: Somebody reads it still, or it is of another database; or the server refuses.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            return drop(session, name)
        except PostgresError:
            raise
        except FerryError:
            if time.monotonic() > until:
                raise
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def how_to_start(task: Task, begins: str) -> StartReplicationTaskMessageTypeDef:
    """What StartReplicationTask is given for a task that reads a slot.

    One that has read in the slot and has stopped or failed goes on from where it stands: from the beginning
    it would apply again what it has applied. A checkpoint of an earlier trip lies before the slot, which was
    made after it. Source:
    https://docs.aws.amazon.com/dms/latest/APIReference/API_StartReplicationTask.html

    Args:
        task: The task, by DMS's word.
        begins: The position from which the slot is read.
    """
    stands, first = position(task.checkpoint), position(begins)
    if task.was_started and stands is not None and first is not None and stands > first:
        return {
            "ReplicationTaskArn": task.arn,
            "StartReplicationTaskType": StartType.RESUME.value,
        }
    return {
        "ReplicationTaskArn": task.arn,
        "StartReplicationTaskType": StartType.FIRST.value,
        "CdcStartPosition": begins,
    }
