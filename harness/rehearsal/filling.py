"""Made-up rows for tables that somebody else has made, such as a user's own: they keep every constraint.

Nothing of what a table refuses is worked out beforehand. A row is made up by the types of its columns, by
rows that are there where a foreign key refers to them, and within the bounds of a partition; PostgreSQL
says what it refuses, and the columns of that constraint are made up otherwise the next time: from what the
constraint itself names, or as NULL. What cannot be filled is told, with PostgreSQL's word for it.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg

from harness.rehearsal.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from random import Random

    Connection = psycopg.Connection[Any]
    Value = str | None
    Hint = Callable[[Random], str]

_TRIES = 40
_TRIES_IN_VAIN = 300
"""A table that has refused so many rows one after the other has those that it takes."""
_NULLS = 0.1
_TABLES = """
select c.oid, c.oid::regclass::text, c.relkind = 'p'
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                  and d.deptype = 'e')
order by 2"""
_COLUMNS = """
select a.attnum, quote_ident(a.attname), a.atttypid, a.atttypmod,
       a.attnotnull or t.typnotnull, a.attidentity = 'a' or a.attgenerated <> '',
       coalesce(pg_get_expr(d.adbin, d.adrelid) ~ '^nextval\\(', false) or a.attidentity <> '',
       case t.typtype when 'd' then t.typname::text else '' end
from pg_attribute a join pg_type t on t.oid = a.atttypid
left join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
where a.attrelid = %s and a.attnum > 0 and not a.attisdropped order by a.attnum"""
_CONSTRAINTS = """
select c.conname, c.contype::text, c.conkey::int[], c.confrelid, c.confkey::int[],
       pg_get_constraintdef(c.oid)
from pg_constraint c where c.conrelid = %s and c.contype in ('c', 'f', 'p', 'u', 'x') order by c.oid"""
_TYPE = """
select t.typtype::text, t.typbasetype, t.typtypmod, t.typelem, t.typcategory = 'A',
       t.typrelid, format_type(t.oid, nullif(%s, -1)), format_type(t.oid, null)
from pg_type t where t.oid = %s"""
_LABELS = "select enumlabel from pg_enum where enumtypid = %s order by enumsortorder"
_DOMAIN_CHECKS = """
select conname, pg_get_constraintdef(oid) from pg_constraint where contypid = %s and contype = 'c'"""
_PARTITIONS = """
select t.relid::oid, t.parentrelid::oid, t.isleaf, pg_get_expr(c.relpartbound, c.oid),
       p.partattrs::int2[]::int[]
from pg_partition_tree(%s::oid::regclass) t join pg_class c on c.oid = t.relid
left join pg_partitioned_table p on p.partrelid = t.parentrelid"""
_STRING = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w.'])-?\d+(?:\.\d+)?")
_LONGEST = 40
_TIME = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a row has to give, or may."""

    number: int
    name: str
    make: Callable[[Random], Value]
    """What makes a value of its type up; gives None where nothing is known of the type."""
    domain: str
    """The name of its domain, or empty."""
    hints: tuple[Hint, ...]
    """What constraints of it, or of its domain, name."""
    not_null: bool
    is_given: bool
    """Whether PostgreSQL gives the value: by a sequence."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: columns of the table, by numbers, and the rows that they may refer to."""

    name: str
    columns: tuple[int, ...]
    to: int
    to_columns: tuple[int, ...]


@dataclass(kw_only=True)
class Table:
    """A table, as far as its rows are made up."""

    oid: int
    name: str
    columns: list[Column]
    references: list[Reference]
    constraints: dict[str, tuple[int, ...]]
    """The columns of each CHECK and each key."""
    bounds: list[dict[int, tuple[str, str]]]
    """Of each partition that can be told: by column the lowest value, and what is above it, if known."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling a table came to: how many rows it has, of how many, and why not more."""

    table: str
    rows: int
    wanted: int
    why: str

    def __str__(self) -> str:
        """One line."""
        if self.rows:
            return f"{self.table}: {self.rows} of {self.wanted} rows; {self.why}"
        return f"{self.table}: no row; {self.why}"


@dataclass(kw_only=True)
class Filling:
    """Makes rows up.

    Args:
        connection: The database, as somebody who may do everything; each statement a transaction.
        random: From which all follows.
    """

    connection: Connection
    random: Random
    tables: dict[int, Table] = field(default_factory=dict)
    _there: dict[tuple[int, tuple[int, ...]], list[tuple[Value, ...]]] = field(default_factory=dict)

    def fill(self, rows: int) -> list[Filled]:
        """Fill all tables, those first to which others refer; what of it could not be done."""
        for oid, name, is_partitioned in self._rows(_TABLES):
            self.tables[oid] = self._table(oid, name, is_partitioned=is_partitioned)
        return [it for table in self._ordered() if (it := self._fill(table, rows)) is not None]

    def insert(
        self, table: Table, connection: Connection, returning: str
    ) -> tuple[Any, ...] | None:
        """Insert a row, whatever it takes; what it returns, or None where none is taken.

        Args:
            table: Into which.
            connection: By which, as somebody who may write.
            returning: What is returned of the row `r`.

        Raises:
            OperationalError: The session has ended.
        """
        for _ in range(_TRIES):
            with suppress(psycopg.IntegrityError, psycopg.DataError):
                return self._insert(table, connection, returning)
        return None

    # reading

    def _rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode(), parameters).fetchall()

    def _table(self, oid: int, name: str, *, is_partitioned: bool) -> Table:
        hints: dict[int, list[Hint]] = {}
        references, constraints = [], {}
        for constraint, kind, columns, to, to_columns, definition in self._rows(_CONSTRAINTS, oid):
            numbers = tuple(columns or ())
            if kind == "f":
                references.append(Reference(constraint, numbers, to, tuple(to_columns)))
                continue
            constraints[constraint] = numbers
            for number in numbers if kind == "c" else ():
                hints.setdefault(number, []).extend(_named(definition))
        made = []
        for number, column, type_, modifier, not_null, is_theirs, is_given, domain in self._rows(
            _COLUMNS, oid
        ):
            if is_theirs:
                continue
            make, of_domain = self._maker(type_, modifier)
            found = (*hints.get(number, ()), *of_domain)
            made.append(Column(number, column, make, domain, found, not_null, is_given))
        bounds = list(self._bounds(oid)) if is_partitioned else []
        return Table(
            oid=oid,
            name=name,
            columns=made,
            references=references,
            constraints=constraints,
            bounds=bounds,
        )

    def _maker(self, type_: int, modifier: int) -> tuple[Callable[[Random], Value], list[Hint]]:
        """What makes a value of a type up, and what checks of its domains name."""
        ((kind, base, base_modifier, element, is_array, composite, full, name),) = self._rows(
            _TYPE, modifier, type_
        )
        if kind == "d":
            make, hints = self._maker(base, base_modifier)
            for _, definition in self._rows(_DOMAIN_CHECKS, type_):
                hints = [*hints, *_named(definition)]
            return make, hints
        if kind == "e":
            labels = [label for (label,) in self._rows(_LABELS, type_)]
            return (lambda r: r.choice(labels) if labels else None), []
        if kind == "c":
            return self._composite(composite), []
        if is_array:
            one, _ = self._maker(element, modifier)
            return (lambda r: _array([one(r) for _ in range(r.randint(0, 3))])), []
        return _of_type(full, name), []

    def _composite(self, relation: int) -> Callable[[Random], Value]:
        makes = [self._maker(it[2], it[3])[0] for it in self._rows(_COLUMNS, relation)]
        return lambda r: f"({','.join(_quoted(make(r), empty='') for make in makes)})"

    def _bounds(self, root: int) -> Iterator[dict[int, tuple[str, str]]]:
        """Of each partition without partitions of its own, what its rows have in the key's columns."""
        tree = {oid: row for oid, *row in self._rows(_PARTITIONS, root)}
        for oid, (_, is_leaf, _, _) in tree.items():
            found: dict[int, tuple[str, str]] = {}
            at, is_known = oid, is_leaf
            while is_known and at != root:
                parent, _, bound, columns = tree[at]
                for number, value in zip(columns, _of_bound(bound), strict=False):
                    found.setdefault(number, value)
                at, is_known = parent, 0 not in columns
            if is_known:
                yield {number: value for number, value in found.items() if value[0]}

    def _ordered(self) -> list[Table]:
        """The tables, those first to which others refer; of those in a circle any."""
        left, made = dict(self.tables), list[Table]()
        while left:
            free = [
                it
                for it in left.values()
                if all(one.to not in left or one.to == it.oid for one in it.references)
            ] or [min(left.values(), key=lambda it: len(it.references))]
            for each in free:
                made.append(left.pop(each.oid))
        return made

    # writing

    def _fill(self, table: Table, rows: int) -> Filled | None:
        done, in_vain, refused = 0, 0, Counter[str]()
        while in_vain < _TRIES_IN_VAIN:
            try:
                self._insert(table, self.connection, "1")
            except psycopg.Error as error:
                refused[_why(error)] += 1
                in_vain += 1
                continue
            done, in_vain = done + 1, 0
            if done == rows:
                return None
        ((why, _),) = refused.most_common(1) or [("", 0)]
        return Filled(table.name, done, rows, why)

    def _insert(self, table: Table, connection: Connection, returning: str) -> tuple[Any, ...]:
        """Insert a row; what a constraint refuses of it is made up otherwise, and nothing else.

        Raises:
            Error: It is refused whatever is tried.
        """
        row, changed = self._row(table), set[int]()
        for tried in range(_TRIES):
            try:
                return _write(table, connection, returning, row)
            except (psycopg.IntegrityError, psycopg.DataError) as error:
                # What no type takes is what was made up last, or what is computed of it.
                hinted = {it.number for it in table.columns if it.hints}
                is_data = isinstance(error, psycopg.DataError)
                found = changed or hinted if is_data else _of(table, error)
                if not found or tried == _TRIES - 1:
                    raise
                changed = found
                for column in table.columns:
                    if column.number in changed and column.number in row:
                        row[column.number] = self._value(column, is_suspect=True)
        return ()

    def _row(self, table: Table) -> dict[int, Value]:
        """The values of a row, by the columns' numbers; without those that PostgreSQL gives."""
        r = self.random
        values: dict[int, Value] = {}
        for column in table.columns:
            if column.is_given and r.random() < 1 - _NULLS / 2:
                continue
            if column.is_given and column.not_null:
                continue
            values[column.number] = self._value(column, is_suspect=False)
        if table.bounds:
            for number, bound in r.choice(table.bounds).items():
                if number in values:
                    values[number] = _within(bound, r)
        for reference in table.references:
            self._refer(table, reference, values)
        return values

    def _value(self, column: Column, *, is_suspect: bool) -> Value:
        r = self.random
        chance = 1 / 3 if is_suspect else _NULLS
        if not column.not_null and r.random() < chance:
            return None
        if is_suspect and column.hints and r.random() < 2 / 3:
            return r.choice(column.hints)(r)
        return column.make(r)

    def _refer(self, table: Table, reference: Reference, values: dict[int, Value]) -> None:
        """Have a row refer to one that is there; to none where there is none and it may."""
        by_number = {it.number: it for it in table.columns}
        free = [it for it in reference.columns if it in by_number and not by_number[it].not_null]
        there = self._referable(reference)
        if there and not (free and self.random.random() < _NULLS):
            chosen = self.random.choice(there)
        elif free:
            chosen = (None,) * len(reference.columns)
        elif reference.to == table.oid:  # a first row can refer to none but itself
            chosen = tuple(values.get(it) for it in reference.to_columns)
        else:
            return
        values |= {
            number: value
            for number, value in zip(reference.columns, chosen, strict=True)
            if number in by_number and (value is not None or number in free)
        }

    def _referable(self, reference: Reference) -> list[tuple[Value, ...]]:
        """The keys to which a foreign key may refer, those that were there when it was first asked."""
        place = (reference.to, reference.to_columns)
        if not self._there.get(place):
            names = dict(
                self._rows(
                    "select attnum, quote_ident(attname) from pg_attribute where attrelid = %s",
                    reference.to,
                )
            )
            wanted = ", ".join(f"{names[number]}::text" for number in reference.to_columns)
            them = " and ".join(f"{names[number]} is not null" for number in reference.to_columns)
            ((table,),) = self._rows("select %s::oid::regclass::text", reference.to)
            self._there[place] = self._rows(f"select {wanted} from {table} where {them} limit 1000")
        return self._there[place]


def _write(
    table: Table, connection: Connection, returning: str, row: Mapping[int, Value]
) -> tuple[Any, ...]:
    given = [it for it in table.columns if it.number in row]
    names, holders = ", ".join(it.name for it in given), ", ".join(["%s"] * len(given))
    what = f"({names}) values" if given else "default values"
    query = f"insert into {table.name} as r {what}".replace("%", "%%")
    query += f" ({holders})" if given else ""
    query += f" returning {returning}"
    found = connection.execute(query.encode(), [row[it.number] for it in given]).fetchone()
    return found or ()


def _of(table: Table, error: psycopg.Error) -> set[int]:
    """The columns of what refuses a row; none where it is not told."""
    said = error.diag
    if said.constraint_name in table.constraints and not said.datatype_name:
        return set(table.constraints[said.constraint_name])
    if said.datatype_name:
        return {it.number for it in table.columns if it.domain == said.datatype_name}
    return set()


def _of_type(full: str, name: str) -> Callable[[Random], Value]:
    """What makes a value of a type up by its name, with its length or precision."""
    if made := _MAKERS.get(full) or _MAKERS.get(name):
        return made
    length = re.search(r"\((\d+)(?:,(\d+))?\)", full)
    if name in {"character varying", "text", "character", "bpchar", "citext", "name"}:
        most = min(int(length[1]) if length else _LONGEST, _LONGEST)
        return lambda r: "".join(r.choices(_LETTERS, k=r.randint(1, most)))
    if name == "numeric":
        digits, scale = (int(length[1]), int(length[2] or 0)) if length else (8, 2)
        whole = min(digits - scale, 9)
        return lambda r: f"{r.randint(0, 10**whole - 1) if whole > 0 else 0}{_fraction(r, scale)}"
    if name in {"bit", "bit varying"}:
        most = int(length[1]) if length else 8
        return lambda r: "".join(r.choices("01", k=most))
    if bare := _MAKERS.get(re.sub(r"\(\d+\)", "", full)):
        return bare
    return lambda _: None


def _fraction(r: Random, scale: int) -> str:
    return f".{r.randrange(10**scale):0{scale}}" if scale > 0 else ""


def _moment(r: Random) -> datetime:
    return datetime(2020, 1, 1) + timedelta(seconds=r.randrange(6 * 365 * 86_400))  # noqa: DTZ001 - of no zone


_LETTERS = string.ascii_lowercase + string.digits
_ALIASES = {
    "int2": "smallint", "int4": "integer", "int8": "bigint", "bool": "boolean",
    "float4": "real", "float8": "double precision", "timetz": "time with time zone",
    "time": "time without time zone",
}  # fmt: skip
_OWN = ("types.", "text", "varchar", "char", "bpchar", "numeric", "name", "citext", "bit", "varbit")
_MAKERS: Mapping[str, Callable[[Random], Value]] = {
    **{
        _ALIASES.get(kind.type, kind.type): kind.value
        for kind in KINDS
        if not kind.type.startswith(_OWN) and not kind.type.endswith("]")
    },
    # Of numbers and times those that an application has.
    "smallint": lambda r: str(r.randint(1, 30_000)),
    "integer": lambda r: str(r.randint(1, 2_000_000_000)),
    "bigint": lambda r: str(r.randint(1, 10**15)),
    "real": lambda r: str(r.randint(0, 9999)),
    "double precision": lambda r: repr(r.uniform(0, 1e6)),
    "date": lambda r: f"{_moment(r):%Y-%m-%d}",
    "timestamp without time zone": lambda r: f"{_moment(r):{_TIME}}",
    "timestamp with time zone": lambda r: f"{_moment(r):{_TIME}}+00",
    "interval": lambda r: f"{r.randint(1, 999)} hours",
    "int4range": lambda r: _range(r.randint(1, 10**8)),
    "int8range": lambda r: _range(r.randint(1, 10**12)),
    "numrange": lambda r: _range(r.randint(1, 10**8)),
    "daterange": lambda r: f"[{(day := _moment(r)):%Y-%m-%d},{day + timedelta(days=2):%Y-%m-%d})",
    "tsrange": lambda r: _times(r, ""),
    "tstzrange": lambda r: _times(r, "+00"),
}


def _range(first: int) -> str:
    return f"[{first},{first + 5})"


def _times(r: Random, zone: str) -> str:
    first = _moment(r)
    return f'["{first:{_TIME}}{zone}","{first + timedelta(minutes=30):{_TIME}}{zone}")'


def _array(values: Sequence[Value]) -> str:
    return "{" + ",".join(_quoted(it, empty="NULL") for it in values) + "}"


def _quoted(value: Value, *, empty: str) -> str:
    """A value within an array or a row."""
    if value is None:
        return empty
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _named(definition: str) -> Iterator[Hint]:
    """What a constraint names: its texts and what they take as patterns, its numbers and what is near."""
    for text in (it.replace("''", "'") for it in _STRING.findall(definition)):
        yield partial(_same, text)
        if "%" in text:
            yield partial(_of_like, text)
        elif not text.isalnum():
            yield partial(_of_pattern, text)
    for number in (float(it) for it in _NUMBER.findall(_STRING.sub("", definition))):
        yield partial(_near, number)
        if 0 < number <= _LONGEST:
            yield partial(_long, int(number))
    yield from _USUAL


def _same(text: str, _: Random) -> str:
    return text


def _near(number: float, r: Random) -> str:
    """A number, one beside it, or one between it and zero."""
    if number != int(number):
        return str(number)
    between = r.randint(*sorted((0, int(number))))
    return str(r.choice((int(number) - 1, int(number), int(number) + 1, between)))


def _long(length: int, r: Random) -> str:
    return "".join(r.choices(r.choice((_LETTERS, _LETTERS.upper(), string.digits)), k=length))


def _of_like(text: str, r: Random) -> str:
    """A text that a pattern of LIKE takes."""
    made = re.sub("%+", lambda _: _long(r.randint(1, 8), r), text)
    return made.replace("_", "x")


def _of_pattern(pattern: str, r: Random) -> str:
    """A text that a plain regular expression takes: classes and repetitions, of alternatives the first."""
    made = ""
    for it in _PARTS.finditer(pattern.split("|", maxsplit=1)[0].strip("^$")):
        counted = re.match(r"\{(\d+)", it["times"] or "")
        times = int(counted[1]) if counted else r.randint(1, 4) if it["times"] in {"+", "*"} else 1
        made += "".join(r.choice(_signs(it["unit"])) for _ in range(times))
    return made


def _signs(unit: str) -> str:
    """The signs that a part of a regular expression takes, some of them."""
    if unit.startswith("["):
        inner = re.sub(r"\\(.)", lambda it: _CLASSES.get(it[0], it[1]), unit[1:-1])
        return re.sub(
            r"(.)-(.)", lambda it: "".join(map(chr, range(ord(it[1]), ord(it[2]) + 1))), inner
        )
    return _CLASSES.get(unit, unit[-1])


_PARTS = re.compile(r"(?P<unit>\[[^\]]+\]|\\.|[^()^$])(?P<times>\{\d+(?:,\d*)?\}|[*+?])?")
_CLASSES = {"\\d": string.digits, "\\w": _LETTERS, "\\s": " ", ".": _LETTERS}
_USUAL: tuple[Hint, ...] = (
    lambda r: f"{_long(6, r)}@example.org",
    lambda r: f"https://example.org/{_long(6, r)}",
    lambda r: str(r.randint(0, 100)),
    lambda _: "{}",
    lambda _: "[]",
)
"""What columns with constraints often hold."""


def _of_bound(bound: str) -> list[tuple[str, str]]:
    """What the columns of a partition's key have in it: the lowest value, and what is above it."""
    if found := re.match(r"FOR VALUES IN \((.*)\)$", bound):
        listed = [_literal(it) for it in _items(found[1])]
        return [(listed[0], "")] if listed else []
    if found := re.match(r"FOR VALUES FROM \((.*)\) TO \((.*)\)$", bound):
        lowest, above = (list(map(_literal, _items(it))) for it in found.groups())
        return list(zip(lowest, above, strict=True))
    return []  # by hash, or what no other takes


def _items(text: str) -> list[str]:
    return [it.strip() for it in re.findall(r"'(?:[^']|'')*'|[^,]+", text) if it.strip()]


def _literal(item: str) -> str:
    """A bound's value; empty for one without an end."""
    if item in {"MINVALUE", "MAXVALUE", "NULL"}:
        return ""
    return item[1:-1].replace("''", "'") if item.startswith("'") else item


def _within(bound: tuple[str, str], r: Random) -> str:
    """A value from the lowest on, below what is above it where both are numbers or times."""
    lowest, above = bound
    with suppress(ValueError):
        return str(r.randrange(int(lowest), int(above)))
    with suppress(ValueError, TypeError):
        first, last = datetime.fromisoformat(lowest), datetime.fromisoformat(above)
        return str(first + timedelta(seconds=int((last - first).total_seconds() * r.random())))
    return lowest


def _why(error: psycopg.Error) -> str:
    return (error.diag.message_primary or str(error)).strip()
