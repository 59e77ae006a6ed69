"""How a row is hashed, so that both sides come to the same where, and only where, it is the same. Pure.

A whole row hashed as it is tells neither: arrays and enums hash by OIDs, which differ between servers,
and numeric scale, -0, case and blanks are passed over. Many types' own hash is no better: it has to be
the same for what is equal, and no more than that. A numeric's leaves out the sign; 64 bits, such as an
int8's and a timestamp's, are folded into 32 before they are hashed: 1 and 2^32 are the same. So each
column is written as its type wants it, and hashed with the others as one record.

Sources: https://www.postgresql.org/docs/15/catalog-pg-type.html, and in PostgreSQL's src/backend:
`hash_record_extended` (utils/adt/rowtypes.c), which exists since 14, `hash_numeric_extended`
(utils/adt/numeric.c), `hashint8extended` (access/hash/hashfunc.c).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

from ferry.migrate.ways import Direction
from ferry.postgres import sql

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ferry.mappings import CarriedColumn, CarriedTable
    from ferry.migrate.verify.tables import Table
    from ferry.postgres.catalog.rows import Column

SEED: Final = 7
"""Never 0: with 0, values that hash to 0, such as 0.0 and {}, hash as NULL does."""

MOST_ENTRIES: Final = 1600
"""A record takes 1,664: https://www.postgresql.org/docs/15/limits.html."""

_HASHES_RECORDS: Final = 14
"""The first release with `hash_record_extended`."""
_WRITES_SHORTEST: Final = 12
"""The first that writes a float with as few digits as tell it apart."""


class Form(StrEnum):
    """How a record is hashed; on both sides alike."""

    RECORD = "record"
    """By its columns' own hash functions."""
    TEXT = "text"
    """As text, twice as dear: for servers that lack the former, or disagree about it."""
    OLD_TEXT = "old text"
    """As text, where a side is PostgreSQL 11, which writes floats with other digits: a float is compared
    as it is sent, and one within an array, a composite, a point and so on up to fifteen digits."""

    @property
    def settings(self) -> Mapping[str, str]:
        """What sessions need beside their usual settings."""
        return {"extra_float_digits": "0"} if self is Form.OLD_TEXT else {}

    @classmethod
    def of(cls, release: int, *, agree: bool) -> Self:
        """The form for two servers.

        Args:
            release: The older one's.
            agree: Whether they hash the same row alike.
        """
        if release < _WRITES_SHORTEST:
            return cls.OLD_TEXT
        return cls.RECORD if release >= _HASHES_RECORDS and agree else cls.TEXT


class Way(StrEnum):
    """How a column stands in the record, `{c}` being the column."""

    AS_IS = "{c}"
    BYTES = '{c} collate pg_catalog."C"'
    BLANKS = "pg_catalog.bpcharsend({c})"
    ZERO = "{c}, case when {c} = 0 then {c}::pg_catalog.text end"
    FLOAT_SENT = (
        "case when {c} <> 'NaN' then pg_catalog.float8send({c}::pg_catalog.float8) end, {c} = 'NaN'"
    )
    INT8 = "pg_catalog.int8send({c}::pg_catalog.int8)"
    XID8 = "pg_catalog.xid8send({c})"
    PG_LSN = "pg_catalog.pg_lsn_send({c})"
    NUMERIC = "pg_catalog.numeric_send({c})"
    """Its scale too."""
    NUMERIC_VALUE = "pg_catalog.numeric_send(pg_catalog.trim_scale({c}))"
    """Its value alone, where Aurora's column has a scale of its own."""
    TIME = "pg_catalog.time_send({c})"
    TIMETZ = "pg_catalog.timetz_send({c})"
    TIMESTAMP = "pg_catalog.timestamp_send({c})"
    TIMESTAMPTZ = "pg_catalog.timestamptz_send({c})"
    INTERVAL = "pg_catalog.interval_send({c})"
    TEXT = '{c}::pg_catalog.text collate pg_catalog."C"'
    OUTPUT = 'case when pg_catalog.num_nulls({c}) = 0 then pg_catalog.concat({c}) end collate pg_catalog."C"'
    """As its output function writes it. A cast would do the same, but for the types that everybody may
    make: a cast of theirs to text may be anything, and would run with the rights of ferry's operator."""
    REGPROC = '{c}::pg_catalog.regprocedure::pg_catalog.text collate pg_catalog."C"'
    """With its arguments: functions of one name are all written alike otherwise."""
    REGOPER = '{c}::pg_catalog.regoperator::pg_catalog.text collate pg_catalog."C"'
    SENT = "pg_catalog.textsend({c})"
    """In the session's encoding, which is the same on both sides where the databases' is not."""
    TEXT_SENT = "pg_catalog.textsend({c}::pg_catalog.text)"
    REGPROC_SENT = "pg_catalog.textsend({c}::pg_catalog.regprocedure::pg_catalog.text)"
    REGOPER_SENT = "pg_catalog.textsend({c}::pg_catalog.regoperator::pg_catalog.text)"
    OUTPUT_SENT = "pg_catalog.textsend(case when pg_catalog.num_nulls({c}) = 0 then pg_catalog.concat({c}) end)"

    @property
    def entries(self) -> int:
        """How many entries of a record it takes."""
        return 2 if self in {Way.ZERO, Way.FLOAT_SENT} else 1


_AS_IS: Final = (
    "int2", "int4", "bool", "oid", "xid", "tid", "date", "uuid", "bytea", "inet", "cidr", "macaddr",
    "macaddr8", "name", "char", "text", "varchar", "bpchar",
)  # fmt: skip
"""Types whose hash is made of all their bits."""
_WAYS: Final[Mapping[str, Way]] = {
    **dict.fromkeys(_AS_IS, Way.AS_IS),
    "int8": Way.INT8,
    "xid8": Way.XID8,
    "pg_lsn": Way.PG_LSN,
    "numeric": Way.NUMERIC,
    "float4": Way.ZERO,
    "float8": Way.ZERO,
    "time": Way.TIME,
    "timetz": Way.TIMETZ,
    "timestamp": Way.TIMESTAMP,
    "timestamptz": Way.TIMESTAMPTZ,
    "interval": Way.INTERVAL,
    # Its output function leaves out a declaration that says no more than the default; a cast does not.
    # Who carries rows by what servers send, as DMS does, cannot carry it: utils/adt/xml.c, xml_out.
    "xml": Way.OUTPUT,
    "regproc": Way.REGPROC,
    "regoper": Way.REGOPER,
}
"""By the base type; of any other it is the text: exact for all, and the hash of many is not."""

_ANYBODYS: Final = frozenset({"c", "e", "r", "m"})
"""`typtype` of the types that need no superuser. An array may be of such."""

_TEXTS: Final = frozenset({"text", "varchar", "bpchar"})
_SENT: Final[Mapping[Way, Way]] = {
    Way.BYTES: Way.SENT,
    Way.TEXT: Way.TEXT_SENT,
    Way.OUTPUT: Way.OUTPUT_SENT,
    Way.REGPROC: Way.REGPROC_SENT,
    Way.REGOPER: Way.REGOPER_SENT,
}
"""How what is text is written where the databases have two encodings."""
_FUNCTIONS: Final = frozenset({Way.REGPROC, Way.REGOPER, Way.REGPROC_SENT, Way.REGOPER_SENT})
_WRITTEN_ALIKE: Final = frozenset({"seg", "_seg", "_regproc", "_regoper"})
"""Types of which the text alone is to be had, and may be that of two values: the extension seg writes six
digits of its numbers (`seg_out` of its seg.c), and functions of one name are written without arguments."""
_FAMILIES: Final = {"int2": "int8", "int4": "int8", "varchar": "text"}
"""Types that hash an equal value alike."""

CONSTANT: Final = sql.SQL(
    "select pg_catalog.hash_record_extended(row(1::int2, -2::int4, true, 4::oid, '5'::xid, '(7,8)'::tid, "
    "'2024-02-29'::date, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, '\\xdeadbeef'::bytea, "
    "'10.1.2.3/8'::inet, '2001:db8::/32'::cidr, '08:00:2b:01:02:03'::macaddr, "
    "'08:00:2b:01:02:03:04:05'::macaddr8, 'n'::name, 'c'::\"char\", 'Zoë'::text, 'v'::varchar, "
    "'b'::char(3), 'b '::text collate \"C\", 1.5::float4, '-0'::float8, 'NaN'::float8, null::text), {})"
).format(sql.Literal(SEED))
"""One row of all types that are hashed as they are; PostgreSQL does not promise that releases agree."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A column that is compared.

    Args:
        source: It at the source.
        target: It in Aurora.
        way: How it stands in the record, on both sides.
    """

    source: Column
    target: Column
    way: Way

    @property
    def is_written_alike(self) -> bool:
        """Whether two values of it may have the same text, which is what is compared."""
        return self.source.base in _WRITTEN_ALIKE

    def turned(self) -> Self:
        """The same of sides that have changed places."""
        return replace(self, source=self.target, target=self.source)


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """A column that is not compared.

    Args:
        column: Its name at the source, or Aurora's where the source has none.
        why: Why, as it follows on the name.
        is_meant: Whether the task's mappings want it so; otherwise the table is not wholly compared.
    """

    column: str
    why: str
    is_meant: bool = False


def columns(
    source: Table,
    target: Table,
    carried: CarriedTable,
    *,
    form: Form,
    recoded: bool = False,
    direction: Direction = Direction.FORWARD,
) -> tuple[tuple[Compared, ...], tuple[LeftOut, ...]]:
    """Which columns are compared, and which are not.

    Args:
        source: The table where its task reads.
        target: It where its task writes.
        carried: What its task makes of it.
        form: How rows are hashed.
        recoded: Whether the databases have two encodings.
        direction: Where its task carries it.
    """
    is_back = direction is Direction.BACK
    compared: list[Compared] = []
    left_out: list[LeftOut] = []
    there = {column.name: column for column in target.columns}
    makes = {column.name: column for column in carried.columns}
    taken = {column.target for column in carried.columns}
    left_behind = {name: column for name, column in there.items() if name not in taken}
    for column in source.columns:
        made = makes[column.name]
        if made.target is None and column.name in left_behind:
            alike = left_behind[column.name]
            if alike.generated:  # It is computed there, of what the task carries.
                made = replace(made, target=column.name)
            else:
                del there[column.name]
        other = None if made.target is None else there.pop(made.target, None)
        why = _why_not((source, target), made, column, other, direction)
        if other is None or why:
            meant = made.target is None or bool(made.changed)
            name = (made.target if is_back else None) or column.name
            left_out.append(LeftOut(column=name, why=why, is_meant=meant))
            continue
        way = _way(column, other, source.nondeterministic, target.nondeterministic)
        if way is Way.NUMERIC and form is Form.RECORD:  # 13 brought `trim_scale`.
            way = _numeric(column, other, is_back=is_back)
        if form is Form.OLD_TEXT and way is Way.ZERO:
            way = Way.FLOAT_SENT
        if recoded:
            way = _sent(column, way)
        compared.append(Compared(source=column, target=other, way=way))
    left_out += [
        LeftOut(
            column=name,
            why=f"{direction.ends[0]} has no such column",
            is_meant=name in carried.added,
        )
        for name in there
    ]
    return tuple(compared), tuple(left_out)


def written(way: Way, name: str) -> sql.Composable:
    """A column in the record; always with the table's alias, as a column may be called `t` too."""
    return sql.SQL(way.value).format(c=sql.Identifier("t", name))


def text(way: Way, name: str) -> sql.Composable:
    """A column as text."""
    if way is Way.NUMERIC_VALUE:
        return sql.SQL("pg_catalog.trim_scale({c})::pg_catalog.text").format(
            c=sql.Identifier("t", name)
        )
    if way in _FUNCTIONS:
        return written(Way.REGPROC if "regprocedure" in way else Way.REGOPER, name)
    is_output = way in {Way.OUTPUT, Way.OUTPUT_SENT}
    return written(Way.OUTPUT if is_output else Way.TEXT, name)


def row_hash(entries: Sequence[tuple[Way, str]], form: Form) -> sql.Composable:
    """The hash of a row, a bigint, such that sums of them tell rows apart.

    A record's does not: it is the sum of its columns', each times a constant. Where two rows have
    swapped their values the sum over both stays what it was.

    Args:
        entries: The columns, each with its way.
        form: How it is hashed.
    """
    return sql.SQL("pg_catalog.hashtextextended({}::pg_catalog.text, {})").format(
        record_hash(entries, form), sql.Literal(SEED)
    )


def record_hash(entries: Sequence[tuple[Way, str]], form: Form) -> sql.Composable:
    """The hash of a record of columns, a bigint. It is not to be summed: see `row_hash`.

    Args:
        entries: The columns, each with its way.
        form: How it is hashed.
    """
    parts: list[list[sql.Composable]] = [[]]
    size = 0
    for way, name in entries:
        if size + way.entries > MOST_ENTRIES:
            parts.append([])
            size = 0
        parts[-1].append(written(way, name))
        size += way.entries
    hashes = [_hashed(part, form) for part in parts]
    return hashes[0] if len(hashes) == 1 else _hashed(hashes, form)


def _hashed(entries: Sequence[sql.Composable], form: Form) -> sql.Composable:
    made = (
        "pg_catalog.hash_record_extended(row({}), {})"
        if form is Form.RECORD
        else "pg_catalog.hashtextextended(row({})::pg_catalog.text, {})"
    )
    return sql.SQL(made).format(sql.SQL(", ").join(entries), sql.Literal(SEED))


def _why_not(
    tables: tuple[Table, Table],
    made: CarriedColumn,
    column: Column,
    other: Column | None,
    direction: Direction,
) -> str:
    (source, target), (reads, writes), at = tables, direction.ends, direction.at
    if made.target is None:
        return "the task leaves it behind"
    if made.changed:
        return f"the task changes it ({', '.join(sorted(made.changed))})"
    if other is None:
        return f"{writes} has no such column"
    if _family(column) != _family(other):
        return f"it is {column.type} {at[0]} and {other.type} {at[1]}"
    if column.name in source.unreadable:
        return f"{reads}'s operator has no SELECT on it"
    return f"{writes}'s operator has no SELECT on it" if other.name in target.unreadable else ""


def _family(column: Column) -> str:
    return _FAMILIES.get(column.base, column.base)


def _way(one: Column, other: Column, weak: frozenset[int], weak_there: frozenset[int]) -> Way:
    base = one.base
    anybodys = one.type_kind in _ANYBODYS or one.category == "A"
    way = _WAYS.get(base, Way.OUTPUT if anybodys else Way.TEXT)
    if way is Way.AS_IS and other.base == "int8":
        return Way.INT8  # Of a smaller integer too.
    if base == "bpchar" and -1 in {one.modifier, other.modifier}:
        return Way.BLANKS  # Its own hash passes over blanks, and no length pads it.
    if base in _TEXTS and (one.collation in weak or other.collation in weak_there):
        return Way.BYTES
    return way


def _numeric(one: Column, other: Column, *, is_back: bool) -> Way:
    """Who is written to pads what it is given to the scale that its column has.

    On the way back both were written to, Aurora before.
    """
    is_padded = one.modifier != other.modifier and (is_back or other.modifier != -1)
    return Way.NUMERIC_VALUE if is_padded else Way.NUMERIC


def _sent(column: Column, way: Way) -> Way:
    if column.base == "bpchar":
        return Way.BLANKS  # As it is sent.
    if column.base in _TEXTS:
        return Way.SENT
    return Way.TEXT_SENT if column.base == "name" else _SENT.get(way, way)
