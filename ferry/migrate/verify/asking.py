"""Asks both sides what there is to compare."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.migrate.verify.expressions import CONSTANT, Form
from ferry.migrate.verify.pairing import Database
from ferry.postgres.catalog import UnreadError, read

if TYPE_CHECKING:
    from ferry.migrate.verify.sessions import Sessions
    from ferry.postgres import Session

_UNREADABLE: Final = """
select a.attrelid, a.attname::text from pg_catalog.pg_attribute a
where a.attrelid = any(%s::oid[]) and a.attnum > 0 and not a.attisdropped
  and not pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'select')"""
_SECONDS: Final = 120.0


def database(session: Session) -> Database:
    """A database of one side.

    Raises:
        FerryError: It does not answer, or does not show what tables it has.
    """
    with session.transaction(snapshot=True):
        catalog = read(session)
        user = catalog.server.user
        unreadable: defaultdict[int, set[str]] = defaultdict(set)
        try:
            tables = [
                each.oid
                for each in catalog.relations
                if each.kind in {"r", "p"} and user not in each.readable_by
            ]
            for part in (catalog.columns, catalog.indexes, catalog.collations):
                iter(part)
        except UnreadError as error:
            raise FerryError(error.why, error.remedy) from None
        for oid, column in session.rows(_UNREADABLE, [tables], deadline_seconds=_SECONDS):
            unreadable[oid].add(column)
    return Database(
        catalog=catalog,
        unreadable={oid: frozenset(columns) for oid, columns in unreadable.items()},
    )


def form(sessions: Sessions, source: Database, target: Database) -> Form:
    """How both sides hash rows alike.

    Raises:
        PostgresError: A server refuses.
    """
    release = min(each.catalog.server.release for each in (source, target))
    if Form.of(release, agree=True) is not Form.RECORD:
        return Form.of(release, agree=False)
    agree = sessions.source.rows(CONSTANT) == sessions.target.rows(CONSTANT)
    return Form.of(release, agree=agree)
