"""How one table is compared: what of it, by which key, and how each side is read. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from ferry.mappings import Rows
from ferry.mappings.rendering import where
from ferry.migrate.verify.expressions import columns
from ferry.migrate.verify.keys import Key, key
from ferry.migrate.verify.scans import Reading
from ferry.migrate.ways import Direction
from ferry.postgres import sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.mappings import CarriedTable, Inexpressible, TableName
    from ferry.migrate.verify.expressions import Compared, Form, LeftOut
    from ferry.migrate.verify.tables import Table

_BYTES_OF_A_ROW: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A table, and how it is compared.

    Args:
        source: How it is read at the source.
        target: How it is read in Aurora.
        compared: The columns that are compared.
        left_out: Those that are not.
        key: By what rows are told apart; None compares how often each row is there.
        tasks: The names of the tasks that carry it; each of a partitioned table's may carry a part.
        parts: What DMS carries of it, by the names where it reads: itself, or its partitions.
        called: What it is called at the source, its partitions too.
        is_filtered: Whether its tasks carry only some of its rows.
        direction: Where its tasks carry it.
    """

    source: Reading
    target: Reading
    compared: tuple[Compared, ...]
    left_out: tuple[LeftOut, ...]
    key: Key | None
    tasks: tuple[str, ...] = ()
    parts: tuple[TableName, ...] = ()
    called: tuple[TableName, ...] = ()
    is_filtered: bool = False
    direction: Direction = Direction.FORWARD

    def turned(self) -> Self:
        """The same with both sides in each other's place."""
        return replace(
            self,
            source=self.target,
            target=self.source,
            compared=tuple(each.turned() for each in self.compared),
            key=self.key and self.key.turned(),
        )

    @property
    def written_alike(self) -> tuple[str, ...]:
        """The columns of which two values may have the same text, by their names at the source."""
        return tuple(each.source.name for each in self.compared if each.is_written_alike)

    @property
    def name(self) -> TableName:
        """Its name at the source."""
        return self.source.table.name

    @property
    def rows(self) -> int:
        """How many rows are expected: by PostgreSQL's estimates, or by the size where there is none."""
        return max(
            table.rows or table.bytes // _BYTES_OF_A_ROW
            for table in (self.source.table, self.target.table)
        )

    @property
    def bytes(self) -> int:
        """How large the larger side is, as far as that is known."""
        known = (each.table.bytes for each in (self.source, self.target))
        return max(*known, self.rows * _BYTES_OF_A_ROW)


def plan(
    source: Table,
    target: Table,
    carried: Sequence[CarriedTable],
    *,
    form: Form,
    recoded: bool = False,
    tasks: tuple[str, ...] = (),
    parts: tuple[TableName, ...] = (),
    called: tuple[TableName, ...] = (),
    direction: Direction = Direction.FORWARD,
) -> Plan:
    """How a table is compared.

    Args:
        source: It where its tasks read: at the source, or of the way back in Aurora.
        target: It where its tasks write.
        carried: What its tasks make of it: of its columns the same, each of rows of its own.
        form: How rows are hashed.
        recoded: Whether the databases have two encodings.
        tasks: The tasks that carry it.
        parts: What DMS carries of it, by the names where it reads.
        called: What it is called at the source, its partitions too.
        direction: Where its tasks carry it.
    """
    compared, left_out = columns(
        source, target, carried[0], form=form, recoded=recoded, direction=direction
    )
    found = key(source, target, compared)
    by = found.columns if found else ()
    made = Plan(
        source=Reading(
            table=source,
            columns=tuple((each.way, each.source.name) for each in compared),
            key=tuple((each.way, each.source.name, each.source.base) for each in by),
            form=form,
            where=_any([each.at_source for each in carried]),
        ),
        target=Reading(
            table=target,
            columns=tuple((each.way, each.target.name) for each in compared),
            key=tuple((each.way, each.target.name, each.target.base) for each in by),
            form=form,
            where=_any([each.at_target for each in carried]),
        ),
        compared=compared,
        left_out=left_out,
        key=found,
        tasks=tasks,
        parts=parts,
        called=called,
        is_filtered=any(each.is_filtered for each in carried),
        direction=direction,
    )
    return made.turned() if direction is Direction.BACK else made


def _any(rows: Sequence[Rows | Inexpressible]) -> sql.Composable | None:
    """The rows that any of some tasks carries; None for all."""
    known = [each for each in rows if isinstance(each, Rows) and not each.are_all]
    if len(known) < len(rows):
        return None
    return sql.SQL(" or ").join(sql.SQL("({})").format(where(each, of="t")) for each in known)
