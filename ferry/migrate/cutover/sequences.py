"""Sequences, whose values DMS carries not: raised at the side that follows, never lowered.

`pg_sequences` locks each sequence until the end, and shows nothing of one that was never called; the
sequences themselves are read. A value that is ahead already stays: it does no harm.

Source: https://www.postgresql.org/docs/15/sql-createsequence.html, Notes
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from facts.dms import OWN_TABLES
from facts.ferry_schema import SCHEMA
from ferry.errors import FerryError
from ferry.postgres import sql
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ferry.postgres import Session

_T = TypeVar("_T")

_AT_ONCE: Final = 500
"""How many are read by one statement."""

# What DMS makes for itself it numbers by sequences, which the other side lacks.
COUNTED: Final = """
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S' and c.relpersistence <> 't' and n.nspname !~ '^pg_'
  and n.nspname <> all (array['information_schema', %s])
  and not exists (
    select from pg_catalog.pg_depend d left join pg_catalog.pg_class t on t.oid = d.refobjid
      and d.refclassid = d.classid and d.refobjsubid > 0
    where d.objid = c.oid and d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
      and (d.deptype = 'e' or (d.deptype in ('a', 'i') and t.relname = any (%s::text[]))))"""
"""The sequences that both sides have, by `OF`: all but ferry's, those of extensions and of DMS's tables."""

OF: Final = (SCHEMA, sorted(OWN_TABLES))

_NAMES: Final = f"select n.nspname::text, c.relname::text {COUNTED} order by 1, 2"
_VALUE: Final = sql.SQL("select {}::text, {}::text, last_value, is_called from {}")
_WANTED: Final = """
with wanted as (
  select * from rows from (pg_catalog.unnest(%s::text[]), pg_catalog.unnest(%s::text[]),
                           pg_catalog.unnest(%s::int8[]), pg_catalog.unnest(%s::bool[])) w (s, n, v, c)
), here (s, n, v, c) as ({values}), behind as (
  select q.seqrelid, w.v, w.c from wanted w join here h using (s, n)
  join pg_catalog.pg_namespace p on p.nspname = w.s
  join pg_catalog.pg_class r on r.relname = w.n and r.relnamespace = p.oid
  join pg_catalog.pg_sequence q on q.seqrelid = r.oid
  where (h.v = w.v and w.c and not h.c) or (q.seqincrement > 0 and h.v < w.v)
     or (q.seqincrement < 0 and h.v > w.v)
)
select {result} from behind"""
_RAISE: Final = sql.SQL("pg_catalog.count(pg_catalog.setval(seqrelid::pg_catalog.regclass, v, c))")
_COUNT: Final = sql.SQL("pg_catalog.count(*)")


class Value(NamedTuple):
    """Where a sequence stands.

    Args:
        schema: Its schema.
        name: Its name.
        last: Its last value.
        is_called: Whether that was given out; otherwise it is the next.
    """

    schema: str
    name: str
    last: int
    is_called: bool


def read(session: Session) -> tuple[Value, ...]:
    """Where all sequences of a database stand that both sides have.

    Raises:
        PostgresError: The server refuses, such as where SELECT on one is missing.
    """
    names = session.rows(_NAMES, OF)
    return tuple(Value(*row) for some in _parts(names) for row in session.rows(_values(some)))


def raise_to(session: Session, wanted: Iterable[Value]) -> int:
    """Raise a database's sequences to values, and see that none is behind. Return how many were raised.

    Args:
        session: A session that may write, in the database that has them.
        wanted: The values.

    Raises:
        PostgresError: The server refuses.
        FerryError: One is not there, or is behind still.
    """
    values = list(wanted)
    there = set(session.rows(_NAMES, OF))
    if missing := [it for it in values if (it.schema, it.name) not in there]:
        raise FerryError(
            f"{session.server.subject} has not {counted(len(missing), 'sequence')}, such as "
            f"{missing[0].schema}.{missing[0].name}.",
            "Both sides need them; those of the source are carried by: ferry schema ENV before-cutover",
        )
    raised = 0
    for some in _parts(values):
        raised += _ask(session, some, _RAISE)
        if left := _ask(session, some, _COUNT):
            raise FerryError(
                f"Of {session.server.side} {counted(left, 'sequence')} stayed behind the other side's."
            )
    return raised


def _ask(session: Session, some: Sequence[Value], result: sql.SQL) -> int:
    values = _values([(it.schema, it.name) for it in some])
    statement = sql.SQL(_WANTED).format(values=values, result=result)
    columns = [list(column) for column in zip(*some, strict=True)]
    ((count,),) = session.rows(statement, columns)
    return int(count)


def _values(names: Iterable[tuple[str, str]]) -> sql.Composed:
    return sql.SQL(" union all ").join(
        _VALUE.format(sql.Literal(schema), sql.Literal(name), sql.Identifier(schema, name))
        for schema, name in names
    )


def _parts(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (values[first : first + _AT_ONCE] for first in range(0, len(values), _AT_ONCE))
