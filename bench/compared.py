"""Compares a table of two servers and prints the keys that differ: ``python -m bench.compared HOW``.

A program of its own, so that what is measured begins and ends where the peers' do. HOW is `ours`, or
`pgcopydb` for the expression that pgcopydb 0.18 publishes, which tells that tables differ, and no rows.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from ferry.mappings import Mappings
from ferry.migrate.sides import Side, Sides
from ferry.migrate.tasks import MigrationType, Task
from ferry.migrate.verify.verify import look, verify
from ferry.postgres import Server, connect, sql
from harness.postgres import SUPERUSER
from settings.databases import Database

if TYPE_CHECKING:
    from collections.abc import Iterable

TABLE: Final = "wide"
PORTS: Final = ("BENCH_SOURCE_PORT", "BENCH_TARGET_PORT")
PASSWORDS: Final = ("BENCH_SOURCE_PASSWORD", "BENCH_TARGET_PASSWORD")
"""The variables that say where the servers are."""

_MAPPINGS: Final = (
    '{"rules": [{"rule-type": "selection", "rule-id": "1", "rule-name": "1", "rule-action": "include", '
    '"object-locator": {"schema-name": "public", "table-name": "%"}}]}'
)
_SECONDS: Final = 3600.0
_COLUMNS: Final = """
select a.attname::text from pg_catalog.pg_attribute a
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum"""
_PGCOPYDB: Final = """
select count(1), encode(sha256(format('%s-%s', sum(hashtext((row({}))::text)::bigint), count(1))::bytea),
'hex') from only public.{}"""
"""`schema_send_table_checksum` in https://github.com/dimitri/pgcopydb/blob/main/src/bin/pgcopydb/schema.c."""


def servers() -> tuple[Server, Server]:
    """The source and the target."""
    source, target = (
        Server(
            side=side,
            host="127.0.0.1",
            port=int(os.environ[port]),
            database=SUPERUSER,
            username=SUPERUSER,
            password=os.environ[password],
            ssl_mode="none",
        )
        for side, port, password in zip(("the source", "Aurora"), PORTS, PASSWORDS, strict=True)
    )
    return source, target


def sides() -> Sides:
    """The same as ferry reaches them."""
    source, target = servers()
    return Sides(
        source=Side(server=source, dms_user="dms"), target=Side(server=target, dms_user="dms")
    )


def task() -> Task:
    """A task at rest that carries all of schema public."""
    return Task(
        name="all",
        arn="arn:aws:dms:eu-central-1:111122223333:task:bench",
        database=Database(source="app", aurora="app"),
        migration_type=MigrationType.LOAD_AND_CHANGES,
        status="stopped",
        mappings=Mappings.parse(_MAPPINGS),
    )


def ours() -> Iterable[str]:
    """The keys that differ, each with its columns.

    Raises:
        RuntimeError: The table was not compared.
    """
    for result in verify([look("app", sides(), [task()])], settling=lambda _scope, _plan: None):
        if result.compared is None:
            raise RuntimeError(result.why)
        for each in result.compared.found:
            yield f"{each.key[0]} {','.join(each.columns) or each.kind}"


def pgcopydb() -> Iterable[str]:
    """A line where the tables differ."""

    def asked(server: Server) -> list[tuple[object, ...]]:
        with connect(server, purpose="compare") as session:
            columns = [name for (name,) in session.rows(_COLUMNS, [f"public.{TABLE}"])]
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            statement = sql.SQL(_PGCOPYDB).format(names, sql.Identifier(TABLE))
            return session.rows(statement, deadline_seconds=_SECONDS)

    with ThreadPoolExecutor() as pool:
        here, there = pool.map(asked, servers())
    if here != there:
        yield "the table differs"


if __name__ == "__main__":
    print("\n".join({"ours": ours, "pgcopydb": pgcopydb}[sys.argv[1]]()))
