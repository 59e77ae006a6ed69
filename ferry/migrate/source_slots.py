"""Asks a source for its replication slots and what they wait for, Aurora for how far a task has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ferry.migrate.slots import PLUGINS, Slot, against, is_needed, of_task, position, reached
from ferry.migrate.transactions import HeldUp, Transaction
from ferry.postgres import PostgresError, sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.migrate.starting import Refusal, Start, Wish
    from ferry.migrate.tasks import Task
    from ferry.postgres import Session

MAY_MAKE_AND_DROP: Final = """
(exists (select from pg_catalog.pg_roles r where r.rolname = current_user
         and (r.rolsuper or r.rolreplication))
 or exists (select from pg_catalog.pg_roles r where r.rolname = 'rds_replication'
            and pg_catalog.pg_has_role(r.oid, 'usage')))"""
"""Whether who asks may make and drop slots, as SQL. PostgreSQL asks for the attribute, RDS and Aurora for a
role."""

# Invalidated by the WAL's limit a slot is `lost` (13 to 16), by a standby's conflict it is `conflicting`
# (16); since 17 both are invalidation_reason. Read from JSON, as no release has all columns.
_SLOTS: Final = """
select s.slot_name::text, pg_catalog.pg_wal_lsn_diff(s.confirmed_flush_lsn, '0/0')::int8,
       coalesce(j.j->>'invalidation_reason',
                case when s.wal_status = 'lost' then 'wal_status is lost'
                     when j.j->>'conflicting' = 'true' then 'a conflict with recovery' end, ''),
       s.active_pid,
       pg_catalog.concat_ws(', ', a.usename, nullif(a.application_name, ''), pg_catalog.host(a.client_addr)),
       a.backend_start
from pg_catalog.pg_replication_slots s
cross join lateral (select pg_catalog.to_jsonb(s)) j (j)
left join pg_catalog.pg_stat_activity a on a.pid = s.active_pid
where s.slot_type = 'logical' and not s.temporary and s.plugin = any(%s)
  and s.database = pg_catalog.current_database()
order by 1"""

# Of each transaction that has written the one who holds its number's lock: of a prepared one that has no
# process.
_HOLDER: Final = """
coalesce('the prepared transaction ' || pg_catalog.quote_literal(p.gid) || ' of ' || p.owner::text,
         'the open transaction of process ' || h.pid
         || coalesce(', ' || nullif(pg_catalog.concat_ws(', ', a.usename,
                                                         nullif(a.application_name, '')), ''), '')),
coalesce(p.prepared, a.xact_start), coalesce(p.database, a.datname, '')::text, p.gid, h.pid"""
_HELD: Final = """
left join pg_catalog.pg_stat_activity a on a.pid = h.pid
left join pg_catalog.pg_prepared_xacts p on p.transaction = h.transactionid"""
# A slot is made when all transactions that were open have ended; so is the snapshot of a load.
# https://www.postgresql.org/docs/15/logicaldecoding-explanation.html, "Exported Snapshots"
_HELD_UP: Final = f"""
select distinct s.slot_name::text, {_HOLDER}
from pg_catalog.pg_replication_slots s
join pg_catalog.pg_locks w on w.pid = s.active_pid and not w.granted
  and w.locktype = 'transactionid'
join pg_catalog.pg_locks h on h.granted and h.locktype = w.locktype
  and h.transactionid = w.transactionid{_HELD}
where s.database = pg_catalog.current_database() order by 1, 2"""  # noqa: S608 - ferry's own text
_OPEN: Final = f"""
select distinct {_HOLDER} from pg_catalog.pg_locks h{_HELD}
where h.granted and h.locktype = 'transactionid' and h.mode = 'ExclusiveLock'
  and coalesce(p.prepared, a.xact_start)
      < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => %s)
order by 2, 1 limit %s"""  # noqa: S608 - ferry's own text
_SECONDS: Final = 8.0
_SECONDS_OPEN: Final = 5.0
"""How old a transaction is that one is told of before a slot is made: others end in between."""

_TOLD: Final = 5


def read_slots(session: Session) -> tuple[Slot, ...]:
    """The slots of a source's database that DMS may read.

    Raises:
        PostgresError: The server refuses.
    """
    return tuple(
        Slot(
            name=name,
            begins=begins,
            lost=lost,
            reader_pid=pid,
            reader=reader or "somebody",
            since=at,
        )
        for name, begins, lost, pid, reader, at in session.rows(_SLOTS, [list(PLUGINS)])
    )


def held_up(session: Session) -> tuple[HeldUp, ...]:
    """The slots that are being made, and what each waits for just now.

    Raises:
        PostgresError: The server refuses, or does not answer soon.
    """
    return tuple(
        HeldUp(slot=slot, by=_transaction(row))
        for slot, *row in session.rows(_HELD_UP, deadline_seconds=_SECONDS)
    )


def read_open(session: Session) -> tuple[Transaction, ...]:
    """The transactions that a slot made now would wait for, the oldest first, and no more than a few.

    Raises:
        PostgresError: The server refuses, or does not answer soon.
    """
    return tuple(
        _transaction(row)
        for row in session.rows(_OPEN, [_SECONDS_OPEN, _TOLD], deadline_seconds=_SECONDS)
    )


def _transaction(row: Sequence[Any]) -> Transaction:
    by, since, database, gid, pid = row
    return Transaction(by=by, since=since, database=database, gid=gid, pid=pid)


def in_the_slot(
    start: Start, wish: Wish, *, source: Session, target: Session, beside: Sequence[Task]
) -> tuple[Refusal, ...]:
    """What stands against a start in the task's slot; nothing where it needs none.

    Args:
        start: The start.
        wish: What was asked for.
        source: A session at the source's database.
        target: A session at Aurora's.
        beside: All tasks of the environment.

    Raises:
        PostgresError: The source refuses.
    """
    if not is_needed(start):
        return ()
    found = of_task(start.task, read_slots(source), beside=beside)
    return tuple(against(start, found, reached(start, recorded(target, start.task)), wish))


def recorded(target: Session, task: Task) -> int | None:
    """Up to where a task has carried changes, as DMS wrote it into Aurora; None where it is not known."""
    table = sql.Identifier(task.settings.control_schema, "awsdms_txn_state")
    try:
        rows = target.rows(
            sql.SQL('select "CHECKPOINT" from {} where "TASK_NAME" = %s').format(table),
            [task.identifier],
            deadline_seconds=_SECONDS,
        )
    except PostgresError:  # Not there, or not for the operator to read: it is not known then.
        return None
    return max(
        (at for (text,) in rows if (at := position(str(text))) is not None),
        default=None,
    )
