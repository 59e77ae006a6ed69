"""A user's own tables, filled and rehearsed: what of them is compared, and what is written to."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from facts.ferry_schema import SCHEMA, fence, fence_back
from ferry.errors import InputError
from ferry.mappings import Mappings, TableName
from harness.rehearsal.comparing import What
from harness.rehearsal.filling import Filled, Filling
from harness.rehearsal.own import OwnLoad
from settings.way_back import NoWayBack

if TYPE_CHECKING:
    from harness.rehearsal.database import Database
    from settings.environment import Environment

_TABLES = """
select c.oid::regclass::text, n.nspname, c.relname, coalesce(pg_partition_root(c.oid)::oid, c.oid)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'"""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnTables:
    """A user's tables with made-up rows.

    Attributes:
        what: What of them is compared by means of the rehearsal's own.
        load: What is written to them.
        filled: What could not be filled, or not as far as was wanted.
        is_all: Whether all that is carried is compared so.
        has_way_back: Whether all of them have a way back.
    """

    what: What
    load: OwnLoad
    filled: list[Filled]
    is_all: bool
    has_way_back: bool


def fill(
    source: Database,
    environment: Environment,
    schemas: tuple[str, ...],
    *,
    rows: int,
    seed: int,
) -> OwnTables:
    """Fill a user's tables.

    Args:
        source: The source, for a superuser.
        environment: The user's environment.
        schemas: The database's schemas.
        rows: How many rows each table gets.
        seed: From which they follow.

    Raises:
        InputError: None of the tables that are carried takes a row.
    """
    with source.connect() as connection:
        filling = Filling(connection=connection, random=Random(seed))  # noqa: S311 - a seed
        filled = filling.fill(rows)
    migration = environment.migration
    mappings = [(task, Mappings.of(task)) for task, _ in migration.tasks]
    carried, only, apart = dict[int, bool](), set[str](), False
    for name, schema, table, root in source.rows(_TABLES):
        own = TableName(schema, table)
        by = [(task, it) for task, it in mappings if it.selects(own)]
        # A filter, or a column that is another in Aurora, is ferry verify's to judge.
        is_plain = bool(by) and not any(
            it.is_filtered(own) or it.target(own) != own or task.transformations for task, it in by
        )
        apart = apart or (bool(by) and not is_plain)
        carried[root] = carried.get(root, True) and is_plain
        if is_plain:
            only.add(name)
    empty = {it.table for it in filled if not it.rows}
    tables = [
        it for it in filling.tables.values() if carried.get(it.oid, False) and it.name not in empty
    ]
    if not tables:
        raise InputError(
            "None of the tables that are carried takes a made-up row: "
            + ("; ".join(map(str, filled[:5])) or "the tasks select none of them plainly")
        )
    has_way_back = migration.dms.rollback and not any(
        isinstance(found, NoWayBack) for *_, found in migration.ways_back
    )
    names = [task.name for task, _ in migration.tasks]
    return OwnTables(
        what=What(
            schemas=tuple(it.strip('"').replace('""', '"') for it in schemas),
            markers=tuple(f'{SCHEMA}."{fence(it)}"' for it in names),
            markers_back=tuple(f'{SCHEMA}."{fence_back(it)}"' for it in names)
            if has_way_back
            else (),
            only=frozenset(only),
        ),
        load=OwnLoad(filling=filling, tables=tables),
        filled=filled,
        is_all=not apart,
        has_way_back=has_way_back,
    )
