"""The types of columns that a rehearsal carries, each with values that a migration may spoil.

The list is that on which the comparison of rows was measured: every kind of type of PostgreSQL's own,
its trusted extensions, and types that a database makes itself. Nothing is among the values that DMS is
known to change: no infinite dates, nothing beyond the limit of large objects.
"""

from __future__ import annotations

import json
import string
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

EXTENSIONS = ("citext", "cube", "hstore", "isn", "ltree", "seg")
"""Extensions of PostgreSQL's own that a database's owner may make: trusted ones."""

SCHEMA = "types"
OWN_TYPES = (
    "create type types.mood as enum ('sad', 'ok', 'happy', 'with [brackets] and ''quotes''')",
    "create type types.place as (street text, number int, at point)",
    "create type types.span as range (subtype = float8, multirange_type_name = types.spans)",
    "create domain types.short as varchar(12) check (value <> 'forbidden')",
    "create domain types.price as numeric(10, 3) check (value >= 0)",
    "create collation types.folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
)
_LETTERS = string.ascii_letters + string.digits + " äöüß€漢字\\'\"[]{}(),:;%_\t\n"
_MOODS = ("sad", "ok", "happy", "with [brackets] and 'quotes'")


@dataclass(frozen=True, slots=True)
class Kind:
    """A type as a column declares it, and what makes a value of it, as PostgreSQL reads one."""

    type: str
    value: Callable[[Random], str]


def _text(longest: int) -> Callable[[Random], str]:
    return lambda r: "".join(r.choices(_LETTERS, k=r.randint(0, longest)))


def _word(r: Random) -> str:
    return "".join(r.choices(string.ascii_lowercase, k=r.randint(1, 8)))


def _one(*values: str) -> Callable[[Random], str]:
    return lambda r: r.choice(values)


def _whole(lowest: int, highest: int) -> Callable[[Random], str]:
    return lambda r: str(r.choice((lowest, highest, 0, r.randint(lowest, highest))))


def _bits(length: int) -> Callable[[Random], str]:
    return lambda r: "".join(r.choices("01", k=length))


def _date(r: Random) -> str:
    return f"{r.randint(1, 9999):04}-{r.randint(1, 12):02}-{r.randint(1, 28):02}"


def _time(r: Random) -> str:
    return f"{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}.{r.randint(0, 999_999):06}"


def _zone(r: Random) -> str:
    return r.choice(("+00", "+05:30", "-11", "+13:45"))


def _stamp(r: Random) -> str:
    return f"{_date(r)} {_time(r)}"


def _number(r: Random) -> str:
    return f"{r.randint(-(10**9), 10**9)}.{r.randint(0, 10**6)}{r.choice(('', '0', '00'))}"


def _float(r: Random) -> str:
    return r.choice(("-0", "NaN", "Infinity", "1e-300", repr(r.uniform(-1e12, 1e12))))


def _range(low: Callable[[Random], str]) -> Callable[[Random], str]:
    return lambda r: r.choice(("empty", *(f'{end}"{low(r)}",)' for end in "[(["), "(,)"))


def _whole_range(r: Random) -> str:
    first = r.randint(-1000, 1000)
    return r.choice(("empty", f"[{first},{first + r.randint(1, 50)})", f"({first},)", "(,)"))


def _multi(one: Callable[[Random], str]) -> Callable[[Random], str]:
    return lambda r: "{" + ("" if r.random() < 1 / 4 else one(r)) + "}"


def _list(one: Callable[[Random], str]) -> Callable[[Random], str]:
    def make(r: Random) -> str:
        values = [one(r) for _ in range(r.randint(0, 3))]
        quoted = ['"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"' for v in values]
        return "{" + ",".join([*quoted, *r.choices(("NULL",), k=r.randint(0, 1))]) + "}"

    return make


def _json(r: Random) -> str:
    return json.dumps(
        {_word(r): r.choice(([], {}, None, 1.50, _text(20)(r))), "n": r.randint(0, 9)},
        ensure_ascii=False,
    )


def _point(r: Random) -> str:
    return f"({r.randint(-99, 99)},{r.randint(-99, 99)})"


def _points(r: Random) -> str:
    return ",".join(_point(r) for _ in range(r.randint(3, 5)))


def _place(r: Random) -> str:
    return f'("{_word(r)} street",{r.randint(1, 99)},"{_point(r)}")'


def _interval(r: Random) -> str:
    return r.choice(("1 day", "24 hours", "-1 mon +3 days", f"{r.randint(1, 999)} hours 0.5 sec"))


KINDS = (
    Kind("int2", _whole(-(2**15), 2**15 - 1)),
    Kind("int4", _whole(-(2**31), 2**31 - 1)),
    Kind("int8", _whole(-(2**63), 2**63 - 1)),
    Kind("bool", _one("true", "false")),
    Kind("oid", _whole(0, 2**32 - 1)),
    Kind("xid", _whole(0, 2**32 - 1)),
    Kind("xid8", _whole(0, 2**63)),
    Kind("tid", lambda r: f"({r.randint(0, 999)},{r.randint(1, 99)})"),
    Kind("pg_lsn", lambda r: f"{r.randint(0, 255):X}/{r.randint(0, 2**32 - 1):X}"),
    Kind("date", _date),
    Kind("time", _time),
    Kind("timetz", lambda r: _time(r) + _zone(r)),
    Kind("timestamp", _stamp),
    Kind("timestamptz", lambda r: _stamp(r) + _zone(r)),
    Kind("timestamp(3)", _stamp),
    Kind("interval", _interval),
    Kind("uuid", lambda r: str(uuid.UUID(int=r.getrandbits(128)))),
    Kind("bytea", lambda r: "\\x" + r.randbytes(r.randint(0, 40)).hex()),
    Kind("inet", lambda r: f"10.{r.randint(0, 255)}.0.{r.randint(0, 255)}/{r.randint(8, 32)}"),
    Kind("cidr", lambda r: f"10.{r.randint(0, 255)}.0.0/16"),
    Kind("macaddr", lambda r: r.randbytes(6).hex(":")),
    Kind("macaddr8", lambda r: r.randbytes(8).hex(":")),
    Kind("name", _word),
    Kind('"char"', _one("a", "Z", "7")),
    Kind("text", _text(200)),
    Kind("varchar", _text(40)),
    Kind("varchar(20)", _text(20)),
    Kind("char(8)", lambda r: _word(r)[:8]),
    Kind("bpchar", lambda r: _word(r) + " " * r.randint(0, 3)),
    Kind("text collate types.folded", _one("case", "Case", "CASE")),
    Kind('text collate "C"', _text(30)),
    Kind("numeric(12,2)", lambda r: f"{r.randint(-(10**9), 10**9)}.{r.randint(0, 99):02}"),
    Kind("numeric", _number),
    Kind("float4", _one("-0", "NaN", "1.5", "-3.4e38", "1e-30")),
    Kind("float8", _float),
    Kind("int4range", _whole_range),
    Kind("int8range", _whole_range),
    Kind("numrange", _range(_number)),
    Kind("daterange", _range(_date)),
    Kind("tsrange", _range(_stamp)),
    Kind("tstzrange", _range(lambda r: _stamp(r) + _zone(r))),
    Kind("types.span", _range(lambda r: repr(r.uniform(-1e6, 1e6)))),
    Kind("int4multirange", _multi(_whole_range)),
    Kind("int8multirange", _multi(_whole_range)),
    Kind("nummultirange", _multi(_range(_number))),
    Kind("datemultirange", _multi(_range(_date))),
    Kind("tsmultirange", _multi(_range(_stamp))),
    Kind("tstzmultirange", _multi(_range(lambda r: _stamp(r) + _zone(r)))),
    Kind("types.mood", _one(*_MOODS)),
    Kind("types.mood[]", _list(_one(*_MOODS))),
    Kind("types.place", _place),
    Kind("types.place[]", _list(_place)),
    Kind("types.short", _text(12)),
    Kind("types.price", lambda r: f"{r.randint(0, 10**6)}.{r.randint(0, 999):03}"),
    Kind("int4[]", _list(_whole(-5, 5))),
    Kind("int4[][]", _one("{{1,2},{3,NULL}}", "{{7}}", "{}")),
    Kind("text[]", _list(_text(15))),
    Kind("numeric[]", _list(_number)),
    Kind("timestamptz[]", _list(lambda r: _stamp(r) + _zone(r))),
    Kind("json", _json),
    Kind("jsonb", _json),
    Kind("jsonb[]", _list(_json)),
    Kind("xml", lambda r: f"<a b='{_word(r)}'>{_word(r)}<!-- c --></a>"),
    Kind("money", lambda r: f"{r.randint(-(10**6), 10**6)}.{r.randint(0, 99):02}"),
    Kind("bit(8)", _bits(8)),
    Kind("varbit", lambda r: _bits(r.randint(0, 30))(r)),
    Kind("point", _point),
    Kind("line", lambda r: f"{{{r.randint(1, 9)},{r.randint(-9, 9)},{r.randint(-9, 9)}}}"),
    Kind("lseg", lambda r: f"[{_point(r)},{_point(r)}]"),
    Kind("box", lambda r: f"{_point(r)},{_point(r)}"),
    Kind("path", lambda r: r.choice(("[{}]", "({})")).format(_points(r))),
    Kind("polygon", lambda r: f"({_points(r)})"),
    Kind("circle", lambda r: f"<{_point(r)},{r.randint(0, 9)}>"),
    Kind("tsvector", lambda r: f"'{_word(r)}':1A '{_word(r)}':2,5B"),
    Kind("tsquery", lambda r: f"'{_word(r)}' & !'{_word(r)}':*"),
    Kind("regclass", _one("pg_catalog.pg_class", "pg_catalog.pg_type")),
    Kind("jsonpath", _one('$."a"[*]?(@ > 1)', "$", 'strict $."b"')),
    Kind("pg_snapshot", _one("10:20:10,14", "5:5:")),
    Kind("citext", _one("case", "Case", "CASE")),
    Kind("hstore", lambda r: f'"{_word(r)}"=>"{_word(r)}", "n"=>NULL'),
    Kind("ltree", lambda r: f"{_word(r)}.{_word(r)}"),
    Kind("cube", lambda r: f"({r.randint(0, 9)}, {r.randint(0, 9)})"),
    Kind("seg", _one("1.0", "1.00", "1 .. 2.50", "<3")),
    Kind("isbn", _one("0-306-40615-2", "978-0-306-40615-7")),
)
"""The types, each with how a value is made."""
