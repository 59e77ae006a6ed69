"""How long `ferry verify` takes of a large table and of many small ones, and what it and others find.

Two PostgreSQL servers of their own, whose OIDs differ. Whole processes, one after the other in turns:
processor seconds of the process and of both servers together, so that what else the machine does counts
less. The others are pgcopydb's published expression, and namidiff and reladiff where the folder of their
environment is given (bench/NOTES.md).
"""

from __future__ import annotations

import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.compared import PASSWORDS, PORTS, TABLE, sides, task
from bench.limits import Limit
from bench.tables import table
from ferry.migrate.verify.comparing import Verdict
from ferry.migrate.verify.verify import look, verify
from ferry.postgres import Server, connect
from harness.postgres import SUPERUSER, Postgres

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from ferry.postgres import Session

ROWS: Final = 4_000_000
TABLES: Final = 10_000
PEERS: Final = "BENCH_PEERS"
"""The variable with the folder of the peers' environment."""
TURNS: Final = 3
OURS: Final = "ours"
EXPRESSION: Final = "pgcopydb's expression"

LIMIT_PGCOPYDB: Final = 0.9
LIMIT_PEERS: Final = 0.6
"""How many times the processor time of pgcopydb's expression, of `ROWS`, and of the faster peer."""
LIMIT_MS: Final = 10
"""Of a small table, in milliseconds of all processors."""

_AT_ONCE: Final = 500
_SECONDS: Final = 3600.0
_ROOT: Final = Path(__file__).resolve().parent.parent
_MOODS: Final = ("sad", "fine", "happy")
_MAKE: Final = """
create table public.wide (id bigint primary key, a int not null, b text, c bytea, at timestamptz, f float8,
  n numeric, money numeric(12,2), j jsonb, mood public.mood, length interval, tags text[], u uuid,
  paid boolean, note varchar(200), code bpchar)"""
_FILL: Final = """
insert into public.wide select id, (id %% 1000)::int, case when id %% 7 = 0 then null else 'b' || id end,
  decode(md5(id::text), 'hex'), timestamptz '2024-01-01 00:00+00' + id * interval '1 s', id / 3.0, 1.5, 19.99,
  jsonb_build_object('a', 1.0, 'id', id, 'name', md5(id::text)), 'happy', '1 day',
  array['a', 'b'], md5(id::text)::uuid, id %% 2 = 0, repeat(md5(id::text), 3), 'ab '
from generate_series(1, %s) id"""

_PLANTED: Final[Sequence[tuple[str, str]]] = (
    ("an integer and the next", "update public.wide set a = a + 1 where id = %s"),
    ("NULL and ''", "update public.wide set b = case when b is null then '' end where id = %s"),
    ("a row that is missing", "delete from public.wide where id = %s"),
    (
        "a row too many",
        (
            "insert into public.wide select 1000000000 + id, a, b, c, at, f, n, money, j, mood, length, tags, u, "
            "paid, note, code from public.wide where id = %s"
        ),
    ),
    ("one bit", "update public.wide set c = set_bit(c, 0, 1 - get_bit(c, 0)) where id = %s"),
    ("a microsecond", "update public.wide set at = at + interval '1 us' where id = %s"),
    (
        "the last place of a float",
        "update public.wide set f = f + f * 2.220446049250313e-16 where id = %s",
    ),
    ("a numeric's scale", "update public.wide set n = 1.50 where id = %s"),
    ("a trailing blank", "update public.wide set code = 'ab' where id = %s"),
    ("a scale within jsonb", "update public.wide set j = j || '{\"a\": 1.00}' where id = %s"),
    ("a label of an enum", "update public.wide set mood = 'sad' where id = %s"),
    ("a day and 24 hours", "update public.wide set length = '24 hours' where id = %s"),
    ("an array's dimensions", "update public.wide set tags = '{{a,b}}' where id = %s"),
    (
        "values of two rows swapped",
        (
            "update public.wide one set u = other.u from public.wide other "
            "where one.id in (%s, %s) and other.id in (%s, %s) and one.id <> other.id"
        ),
    ),
)
"""Each ten times, in this order along the key."""
_QUICKEST: Final = ("--assume-unique-key", "--skip-sort-results")
"""Options of the peers. When it sorts, reladiff 0.6.0 ends at a NULL, with status 0."""
_PEERS_KEY: Final = re.compile(r'\["[-+]", \["(\d+)"')
_EACH: Final = 10
_MINUS_ZERO: Final = 5
"""How many -0 there are, at keys of which both sides have a float that is 0."""

_MANY: Final = """
do $$ begin for number in %s..%s loop
  execute format('create table public.t%%s (id bigint primary key, a int, name varchar(80), body text,
    attributes jsonb, amount numeric(12,2), paid boolean, created_at timestamptz)', number);
  execute format('insert into public.t%%s select n, n, ''name'', ''body'', ''{"a": 1}'', n, true,
    ''2024-01-01'' from generate_series(1, 20) n', number);
end loop; end $$"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """What runs of one program came to."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    lines: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ends:
    """Both servers."""

    source: Postgres
    target: Postgres

    @property
    def variables(self) -> Mapping[str, str]:
        """Where they are, as `bench.compared` reads it."""
        return dict(
            zip(
                (*PORTS, *PASSWORDS),
                (str(self.source.port), str(self.target.port), self.source.password, self.target.password),
                strict=True,
            )
        )  # fmt: skip

    def on_both(self, *statements: str) -> None:
        """Run statements at both, at one after the other."""
        for server in (self.source, self.target):
            with _session(server) as session:
                for statement in statements:
                    session.execute(statement, deadline_seconds=_SECONDS)


def sizes(wanted: Sequence[str]) -> tuple[int, int]:
    """How many rows and how many tables are asked for, `ROWS` and `TABLES` unless they are.

    Raises:
        ValueError: These are no two numbers.
    """
    if len(wanted) > len((ROWS, TABLES)) or not all(it.isascii() and it.isdigit() for it in wanted):
        raise ValueError(
            f"{' '.join(wanted)!r} given; a number of rows and one of tables are allowed"
        )
    rows, tables = (*map(int, wanted), *(ROWS, TABLES)[len(wanted) :])
    return rows, tables


def report(rows: int, tables: int) -> str:
    """Measure, and say what came out.

    Args:
        rows: How many rows the large table has; 0 measures none.
        tables: How many small ones there are; 0 measures none.
    """
    parts = []
    if rows:
        with Postgres() as source, Postgres() as target:
            parts.append(_large(_Ends(source=source, target=target), rows))
    if tables:
        with Postgres() as source, Postgres() as target:
            parts.append(_small(_Ends(source=source, target=target), tables))
    return "\n\n".join(parts)


def _large(ends: _Ends, rows: int) -> str:
    planted = _fill(ends, rows)
    peers = os.environ.get(PEERS)
    programs: dict[str, Sequence[str]] = {
        OURS: (sys.executable, "-m", "bench.compared", "ours"),
        EXPRESSION: (sys.executable, "-m", "bench.compared", "pgcopydb"),
    }
    if peers:
        addresses = [
            part
            for server in (ends.source, ends.target)
            for part in (
                f"postgresql://{SUPERUSER}:{server.password}@127.0.0.1:{server.port}/{SUPERUSER}",
                TABLE,
            )
        ]
        for name in ("namidiff", "reladiff"):
            options = ("-k", "id", "-c", "%", "-j", "2", "--json", *_QUICKEST)
            programs[name] = (str(Path(peers) / "bin" / name), *addresses, *options)
    found = {name: _Found() for name in programs}
    for turn in range(TURNS + 1):
        for name, command in programs.items():
            found[name] = _run(ends, command, found[name], keep=turn > 0)
    ours, expression, *others = (statistics.median(it.processor) for it in found.values())
    seconds = {name: statistics.median(it.seconds) for name, it in found.items()}
    lines = [
        (
            name,
            f"{seconds[name]:.1f}",
            f"{statistics.median(it.processor):.1f}",
            f"{statistics.median(it.processor) / ours:.1f}",
            _told(name, it.lines, planted),
        )
        for name, it in found.items()
    ]
    limits = [
        Limit(
            measure="against pgcopydb's expression",
            allowed=LIMIT_PGCOPYDB,
            measured=ours / expression,
        ),
        Limit(
            measure="against the faster peer",
            allowed=LIMIT_PEERS,
            measured=ours / min(others) if others else None,
        ),
    ]
    return (
        f"{rows:,} rows of 16 columns, {sum(map(len, planted.values()))} of which differ; medians of "
        f"{TURNS} runs after one to warm up\n\n"
        f"{table(('Program', 'Seconds', 'Processors, s', 'Ratio', 'Finds'), lines)}\n\n"
        f"{table(('Limit', 'Allowed', 'Measured', 'Verdict'), [it.row for it in limits])}"
    )


def _fill(ends: _Ends, rows: int) -> dict[str, set[int]]:
    """Make the table on both sides, and plant what differs: its keys, by kind."""
    for server, labels in ((ends.source, _MOODS), (ends.target, (*_MOODS, "one more"))):
        with _session(server) as session:
            if len(labels) > len(_MOODS):  # So that OIDs differ.
                session.rows("select lo_create(0) from generate_series(1, 500)")
            quoted = ", ".join(f"'{it}'" for it in labels)
            session.execute(f"create type public.mood as enum ({quoted})")
    ends.on_both(_MAKE, _FILL % rows, "vacuum analyze public.wide")
    planted: dict[str, set[int]] = {}
    places = iter(range(1, _EACH * len(_PLANTED) + _MINUS_ZERO + 1))

    def next_key() -> int:
        # Never the last of a range of 256, so that the next is of the same.
        return rows * next(places) // (_EACH * len(_PLANTED) + _MINUS_ZERO + 1) & ~1

    with _session(ends.target) as session:
        for kind, statement in _PLANTED:
            if "other" in statement:
                pairs = [(key, key + 1) for key in (next_key() for _ in range(_EACH // 2))]
                for pair in pairs:
                    session.execute(statement % (*pair, *pair))
                planted[kind] = {key for pair in pairs for key in pair}
                continue
            keys = [next_key() for _ in range(_EACH)]
            for key in keys:
                session.execute(statement % key)
            planted[kind] = {key + 10**9 * ("10000000" in statement) for key in keys}
        zeros = [next_key() for _ in range(_MINUS_ZERO)]
    for server, zero in ((ends.source, "0"), (ends.target, "-0")):
        with _session(server) as session:
            for key in zeros:
                session.execute("update public.wide set f = %s where id = %s", [zero, key])
    return {**planted, "0 and -0": set(zeros)}


def _run(ends: _Ends, command: Sequence[str], found: _Found, *, keep: bool) -> _Found:
    """Run a program once.

    Raises:
        RuntimeError: It failed.
    """
    before = _used(ends), time.perf_counter()
    done = subprocess.run(
        command,
        cwd=_ROOT,
        env={**os.environ, **ends.variables, "COLUMNS": "1000000"},  # The peers' JSON is wrapped.
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - before[1]
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}")
    if not keep:
        return found
    return _Found(
        seconds=[*found.seconds, seconds],
        processor=[*found.processor, _used(ends) - before[0]],
        lines=done.stdout.splitlines(),
    )


def _told(name: str, lines: Sequence[str], planted: Mapping[str, set[int]]) -> str:
    """How much of what is planted a program found, and what it missed."""
    if name == EXPRESSION:
        return "that it differs" if lines else "nothing"
    keys = {
        int(it)
        for line in lines
        for it in (line.split()[:1] if name == OURS else _PEERS_KEY.findall(line))
    }
    wanted = set().union(*planted.values())
    missed = Counter({kind: len(it - keys) for kind, it in planted.items()})
    told = f"{len(wanted & keys)} of {len(wanted)}"
    if false := len(keys - wanted):
        told += f", {false} false"
    return told + "".join(f"; not {kind}" for kind, number in missed.items() if number)


def _small(ends: _Ends, tables: int) -> str:
    ends.on_both(
        *(
            _MANY % (first, min(first + _AT_ONCE, tables) - 1)
            for first in range(0, tables, _AT_ONCE)
        ),
        "analyze",
    )
    os.environ.update(ends.variables)
    began = time.perf_counter()
    scope = look("app", sides(), [task()])
    looked = time.perf_counter() - began
    used, began = _used(ends), time.perf_counter()
    same = sum(
        result.verdict is Verdict.SAME
        for result in verify([scope], settling=lambda _scope, _plan: None)
    )
    seconds, used = time.perf_counter() - began, _used(ends) - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    limit = Limit(
        measure="processors, of a table",
        allowed=LIMIT_MS,
        unit=" ms",
        measured=used / tables * 1000,
    )
    return (
        f"{same:,} tables of 20 rows, all the same: {looked:.1f} s to see what there is, {seconds:.1f} s "
        f"to compare, {tables / seconds:.0f} tables a second, {peak:.0f} MB\n\n"
        f"{table(('Limit', 'Allowed', 'Measured', 'Verdict'), [limit.row])}"
    )


def _session(server: Postgres) -> AbstractContextManager[Session]:
    return connect(
        Server(
            side="the server",
            host="127.0.0.1",
            port=server.port,
            database=SUPERUSER,
            username=SUPERUSER,
            password=server.password,
            ssl_mode="none",
        ),
        purpose="make what is compared",
        read_only=False,
    )


def _used(ends: _Ends) -> float:
    """Processor seconds so far of this process, of those it has waited for, and of both servers."""
    used = sum(os.times()[:4])
    for server in (ends.source, ends.target):
        with _session(server) as session:
            [(pid,)] = session.rows("select pg_read_file('postmaster.pid', 0, 20)")
        file = Path(f"/proc/{pid.split()[0]}/stat")
        if file.exists():  # Linux: proc_pid_stat(5), with the sessions that have ended.
            fields = file.read_text().rpartition(")")[2].split()
            used += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return used
