"""What a migration has left in its databases: what is dropped, and what only looks like it. Pure.

Each thing that is dropped is known by its exact name, in the schema where the file has it, and by what it is
made of: a name that only begins like one of DMS's may be somebody's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from facts.dms import DDL_AUDIT, HEARTBEAT, INTERCEPT_DDL, OWN_TABLES
from facts.ferry_schema import MARKER_COLUMNS, SCHEMA, TABLES
from facts.identifiers import identifier, literal
from ferry.migrate.slots import whose
from ferry.migrate.ways import Direction
from ferry.own_tables.shape import oddity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.migrate.slots import Slot
    from ferry.migrate.tasks import Task
    from ferry.own_tables.shape import OwnTable
    from settings.databases import Database

_PUBLIC: Final = "public"
_OF_WHO_READS: Final = (DDL_AUDIT, HEARTBEAT)
"""What all tasks of DMS that read a database have in common there."""


class Kind(StrEnum):
    """What is dropped, in the order in which it is. The value is PostgreSQL's word for it."""

    SLOT = "replication slot"
    EVENT_TRIGGER = "event trigger"
    FUNCTION = "function"
    TABLE = "table"
    SCHEMA = "schema"


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation:
    """A table, or what has the name of one.

    Args:
        oid: Its number.
        schema: Its schema.
        name: Its name.
        is_table: Whether it is a plain table.
        word: What SQL calls it, such as `VIEW`.
        owner: Whose it is.
        may_drop: Whether ferry's role may drop it, and read it before.
        columns: Its columns, in lower case.
        tasks: The identifiers of the tasks that its rows name.
    """

    oid: int
    schema: str
    name: str
    is_table: bool
    word: str
    owner: str
    may_drop: bool
    columns: frozenset[str] = frozenset()
    tasks: frozenset[str] = frozenset()

    @property
    def sql(self) -> str:
        """Its name as SQL has it."""
        return f"{identifier(self.schema)}.{identifier(self.name)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """An event trigger that is called as DMS's, or runs a function that is.

    Args:
        name: Its name.
        function: The schema and the name of its function.
        owner: Whose it is.
        may_drop: Whether ferry's role may drop it.
    """

    name: str
    function: tuple[str, str]
    owner: str
    may_drop: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """A function of an event trigger that is called as DMS's.

    Args:
        schema: Its schema.
        is_of_audit: Whether it names DMS's table of DDL.
        owner: Whose it is.
        may_drop: Whether ferry's role may drop it.
    """

    schema: str
    is_of_audit: bool
    owner: str
    may_drop: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """A schema that is for DMS's own tables.

    Args:
        name: Its name.
        owner: Whose it is.
        may_drop: Whether ferry's role may drop it.
        holds: What is in it, each in words, with the number of the table that it is, or is a part of.
    """

    name: str
    owner: str
    may_drop: bool
    holds: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What the migration makes in a database of a side, by the file and by DMS.

    Args:
        tasks: The tasks whose slots are there, each of those that read there.
        slots: Slots of the legs, by their exact names.
        beside: All tasks of the environment.
        markers: The markers.
        places: By each of DMS's own tables, the schemas in which it may be.
        audit: The schema of DMS's table of DDL, its trigger's function beside it; None where it captures
            none there.
        schemas: The schemas for DMS's own tables.
        roles: The roles of ferry and DMS, whose such a schema may be.
    """

    tasks: tuple[Task, ...] = ()
    slots: frozenset[str] = frozenset()
    beside: tuple[Task, ...] = ()
    markers: frozenset[str] = frozenset()
    places: Mapping[str, frozenset[str]] = field(default_factory=dict)
    audit: str | None = None
    schemas: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """What a database of a side has.

    Args:
        of: The database.
        direction: That whose changes are read there: forward at the source.
        role: As whom ferry signs in.
        wanted: What the migration makes there.
        slots: Its logical slots by DMS's plugins.
        drops_slots: Whether ferry's role may drop replication slots.
        relations: Relations in schema ferry, and those that begin as DMS's own do.
        markers: What there is in schema ferry, as it is made.
        triggers: Event triggers as DMS's.
        functions: Functions as DMS's.
        schemas: The schemas for DMS's own tables that are there.
        nodes: The names of pglogical's nodes.
    """

    of: Database
    direction: Direction
    role: str
    wanted: Wanted
    slots: tuple[Slot, ...] = ()
    drops_slots: bool = True
    relations: tuple[Relation, ...] = ()
    markers: Mapping[str, OwnTable] = field(default_factory=dict)
    triggers: tuple[Trigger, ...] = ()
    functions: tuple[Function, ...] = ()
    schemas: tuple[Holder, ...] = ()
    nodes: tuple[str, ...] = ()

    @property
    def at_source(self) -> bool:
        """Whether it is the source's."""
        return self.direction is Direction.FORWARD

    @property
    def where(self) -> str:
        """Which database it is, such as `of app in Aurora`."""
        name = self.of.source if self.at_source else self.of.aurora
        return f"of {name} {self.direction.at[0]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Drop:
    """Something that goes.

    Args:
        kind: What it is.
        name: Its name, as SQL has it; a slot's as it is.
        sql: The statement that drops it.
        owner: Whose it is, where ferry's role may not drop it; empty where it may.
    """

    kind: Kind
    name: str
    sql: str
    owner: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """Something that looks like the migration's, and stays.

    Args:
        what: It, with what it is.
        why: Why it stays, the end of a sentence.
        sql: What drops it, for whoever knows that nobody needs it.
    """

    what: str
    why: str
    sql: str


def sort(end: End) -> tuple[list[Drop], list[Left]]:
    """What of a database goes, and what looks like it and stays, each in order.

    Args:
        end: What it has.
    """
    drops: list[Drop] = []
    left: list[Left] = []
    strange = _slots(end, drops, left)
    shared = (
        f"the slot {strange[0].name} is not one of this environment's: another task of DMS may need it"
        if strange
        else ""
    )
    _capture(end, shared, drops, left)
    gone = set()
    for relation in end.relations:
        why = _why_it_stays(end, relation, shared)
        sql = f"DROP {relation.word} {relation.sql};"
        if why is None:
            gone.add(relation.oid)
            owner = "" if relation.may_drop else relation.owner
            drops.append(Drop(kind=Kind.TABLE, name=relation.sql, sql=sql, owner=owner))
        elif why:
            left.append(Left(what=f"{relation.word.lower()} {relation.sql}", why=why, sql=sql))
    for schema in end.schemas:
        _schema(end, schema, gone, drops)
    left += [
        Left(
            what=f"pglogical's node {name}",
            why="who made it is not known; it stops a later upgrade to another major release",
            sql=f"SELECT pglogical.drop_node({literal(name)});",
        )
        for name in end.nodes
    ]
    return drops, left


def _slots(end: End, drops: list[Drop], left: list[Left]) -> list[Slot]:
    """Sort the slots; return those that are not this environment's."""
    wanted = end.wanted
    _, others = whose(end.slots, wanted.tasks, beside=wanted.beside)
    strange = [slot for slot in others if slot.name not in wanted.slots]
    for slot in end.slots:
        sql = f"SELECT pg_drop_replication_slot({literal(slot.name)});"
        if slot not in strange:
            drops.append(Drop(kind=Kind.SLOT, name=slot.name, sql=sql))
            continue
        reader = f", and {slot.reader} reads it" if slot.reader_pid is not None else ""
        left.append(
            Left(
                what=f"replication slot {slot.name}",
                why=f"its name is not one of this environment's tasks'{reader}",
                sql=sql,
            )
        )
    return strange


def _capture(end: End, shared: str, drops: list[Drop], left: list[Left]) -> None:
    """Sort what captures DDL for DMS: the trigger before its function, so that no DDL fails between."""
    own = {
        (it.schema, INTERCEPT_DDL)
        for it in end.functions
        if it.schema == end.wanted.audit and it.is_of_audit
    }
    others = [it for it in end.triggers if it.name != INTERCEPT_DDL or it.function not in own]
    for trigger in end.triggers:
        name = identifier(trigger.name)
        sql = f"DROP EVENT TRIGGER {name};"
        why = "it runs another function than DMS's, or has another name" * (trigger in others)
        if why or shared:
            left.append(Left(what=f"event trigger {name}", why=why or shared, sql=sql))
        else:
            owner = "" if trigger.may_drop else trigger.owner
            drops.append(Drop(kind=Kind.EVENT_TRIGGER, name=name, sql=sql, owner=owner))
    used = {it.function for it in others}
    for function in end.functions:
        key = (function.schema, INTERCEPT_DDL)
        name = f"{identifier(function.schema)}.{INTERCEPT_DDL}()"
        sql = f"DROP FUNCTION {name};"
        why = shared
        if key in used:
            why = "another event trigger runs it"
        elif key not in own:
            why = "it is in another schema than the file's, or is not what DMS makes"
        if why:
            left.append(Left(what=f"function {name}", why=why, sql=sql))
        else:
            owner = "" if function.may_drop else function.owner
            drops.append(Drop(kind=Kind.FUNCTION, name=name, sql=sql, owner=owner))


def _why_it_stays(end: End, relation: Relation, shared: str) -> str | None:
    """Why a relation stays: None where it goes, empty where it stays for good and is told as that."""
    wanted = end.wanted
    if relation.schema == SCHEMA:
        return _why_of_ferrys(end, relation.name, shared)
    if relation.name not in OWN_TABLES:
        return "it is none of DMS's own tables that ferry knows"
    if relation.schema not in wanted.places.get(relation.name, ()):
        return "it is in no schema where the file's tasks have one of this name"
    if not relation.is_table or relation.columns != OWN_TABLES[relation.name]:
        return "it has not the columns that DMS makes: it may be somebody's"
    if others := relation.tasks - {task.identifier for task in wanted.beside}:
        return f"other tasks of DMS write to it: {', '.join(sorted(others))}"
    return shared or None if relation.name in _OF_WHO_READS else None


def _why_of_ferrys(end: End, name: str, shared: str) -> str | None:
    """The same of what is in schema ferry; two environments that carry one source share markers there."""
    if name in TABLES:
        return ""
    if name not in end.wanted.markers:
        return "it is no marker of this file's tasks: of another environment, or somebody's"
    odd = oddity(end.markers[name], MARKER_COLUMNS)
    if odd:
        return f"it {odd.what}"
    return shared or None if end.at_source else None


def _schema(end: End, schema: Holder, gone: set[int], drops: list[Drop]) -> None:
    """A schema goes where DMS or ferry made it, and nothing else is in it."""
    holds = [what for of, what in schema.holds if of not in gone]
    if holds or schema.name in {_PUBLIC, SCHEMA} or schema.owner not in end.wanted.roles:
        return
    name = identifier(schema.name)
    owner = "" if schema.may_drop else schema.owner
    drops.append(Drop(kind=Kind.SCHEMA, name=name, sql=f"DROP SCHEMA {name};", owner=owner))


def in_order(drops: Sequence[Drop]) -> Iterator[Drop]:
    """What goes, each before what it needs."""
    for kind in Kind:
        yield from (it for it in drops if it.kind is kind)
