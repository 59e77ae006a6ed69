"""When each kind of object is made, and why then.

DMS loads table by table, then applies changes as `session_replication_role = replica`. Before it
starts there have to be the tables and the keys by which it finds rows; whatever slows a load comes
after it, whatever refuses rows that are not complete yet comes last. The kinds are those that pg_dump
writes (`src/bin/pg_dump/pg_dump.c`); one that is not in the table is refused, never guessed.

Sources: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_BestPractices.html,
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.PostgreSQL.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from facts.dms import INTERCEPT_DDL, TABLES_BEGIN_WITH, is_called_after_own_table, is_own_table
from facts.ferry_schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ferry.migrate.schema.archive import Entry


class Phase(StrEnum):
    """A part of the schema, by when it is made. The value is what is typed."""

    BEFORE_LOAD = "before-load"
    """Before DMS loads: what it writes into."""

    AFTER_LOAD = "after-load"
    """After the load, before changes are applied: what would have slowed the load."""

    BEFORE_CUTOVER = "before-cutover"
    """While changes are applied, before the window opens: what checks rows and reacts to them."""

    CUTOVER = "cutover"
    """Within the window, once nothing is applied any more: what would refuse or change DMS's rows."""

    @property
    def place(self) -> int:
        """Which one it is, from 0."""
        return list(Phase).index(self)


@dataclass(frozen=True, slots=True)
class Kind:
    """When objects of a kind are made.

    Args:
        phase: The phase; None where it is that of what it belongs to, or they are not made.
        why: Why then, or why not at all.
        carried: Whether they are made.
    """

    phase: Phase | None
    why: str
    carried: bool = True


def _first(why: str) -> Kind:
    return Kind(Phase.BEFORE_LOAD, why)


def _second(why: str) -> Kind:
    return Kind(Phase.AFTER_LOAD, why)


def _last(why: str) -> Kind:
    return Kind(Phase.BEFORE_CUTOVER, why)


def _with(why: str) -> Kind:
    return Kind(None, why)


def _never(why: str) -> Kind:
    return Kind(None, why, carried=False)


_TYPED: Final = "columns, defaults and keys are made of it"
_SUPERUSER: Final = "only a superuser may make it, and Aurora has none"
_DATA: Final = "it is data, which DMS carries"
_LARGE: Final = "DMS carries no large objects"
_SESSION: Final = "it is a setting of pg_restore's session"
_PUBLISHED: Final = (
    "who reads from the source goes on reading there; make it at Aurora once the source has none"
)

KINDS: Final[Mapping[str, Kind]] = {
    "SCHEMA": _first("everything is in one"),
    "EXTENSION": _first("columns and indexes use its types and operators"),
    "TYPE": _first(_TYPED),
    "SHELL TYPE": _never(f"it becomes a base type: {_SUPERUSER}"),
    "DOMAIN": _first(_TYPED),
    "COLLATION": _first(_TYPED),
    "CONVERSION": _first("functions may use it"),
    "FUNCTION": _first(f"{_TYPED}, and views, and policies"),
    "PROCEDURE": _first("it is made as functions are"),
    "AGGREGATE": _first("views use it"),
    "OPERATOR": _first("indexes, keys and views use it"),
    "OPERATOR FAMILY": _never(_SUPERUSER),
    "OPERATOR CLASS": _never(_SUPERUSER),
    "CAST": _first("defaults and views use it"),
    "TRANSFORM": _first("functions use it"),
    "ACCESS METHOD": _never(_SUPERUSER),
    "PROCEDURAL LANGUAGE": _never(_SUPERUSER),
    "TEXT SEARCH DICTIONARY": _first("text search configurations use it"),
    "TEXT SEARCH CONFIGURATION": _first("generated columns and indexes use it"),
    "TEXT SEARCH PARSER": _never(_SUPERUSER),
    "TEXT SEARCH TEMPLATE": _never(_SUPERUSER),
    "FOREIGN DATA WRAPPER": _never(
        f"{_SUPERUSER}; those that Aurora has come with their extension"
    ),
    "SERVER": _first("foreign tables use it; that Aurora reaches it is yours to see to"),
    "FOREIGN TABLE": _first("views use it; its rows are elsewhere"),
    "USER MAPPING": _never("it may hold a password; make it at Aurora"),
    "TABLE": _first("DMS loads it"),
    "TABLE ATTACH": _first("a row finds its partition"),
    "VIEW": _first("it takes no part in a load, and grants and functions need it"),
    "SEQUENCE": _first("defaults use it; its value is set at the cutover"),
    "SEQUENCE OWNED BY": _first("it goes with its column"),
    "DEFAULT": _first("columns that DMS does not write take it"),
    "CONSTRAINT": _second(
        "a secondary key slows a load; the keys by which DMS finds rows are made before it"
    ),
    "INDEX": _second("it slows a load; the keys by which DMS finds rows are made before it"),
    "INDEX ATTACH": _with("an index of a partition goes with both indexes"),
    "MATERIALIZED VIEW": _second("it is made empty, and filled before the window opens"),
    "STATISTICS": _second("it is of use once there are rows"),
    "CHECK CONSTRAINT": _last(
        "rows that the source holds may not pass it, and would not be loaded"
    ),
    "FK CONSTRAINT": _last("tables are loaded in any order; TRUNCATE of a parent would fail"),
    "RULE": _last("it rewrites what is written"),
    "TRIGGER": _last("what it did at the source is carried as rows already"),
    "ROW SECURITY": _last("it would hide rows from DMS and from ferry"),
    "POLICY": _last("it is of row security"),
    "EVENT TRIGGER": _last("it would fire at each object that ferry makes"),
    "COMMENT": _with("it goes with its object"),
    "ACL": _with("grants go with their object"),
    "ACL LANGUAGE": _with("grants go with their object"),
    "DEFAULT ACL": _first("what its role makes from then on has these grants"),
    "SECURITY LABEL": _never("its provider is none of Aurora's"),
    "PUBLICATION": _never(_PUBLISHED),
    "PUBLICATION TABLE": _never(_PUBLISHED),
    "PUBLICATION TABLES IN SCHEMA": _never(_PUBLISHED),
    "SUBSCRIPTION": _never("two subscribers of one publication would take each other's rows"),
    "SUBSCRIPTION TABLE": _never("it is of a subscription"),
    "TABLE DATA": _never(_DATA),
    "MATERIALIZED VIEW DATA": _never("it is filled before the window opens"),
    "SEQUENCE SET": _never("the cutover sets it, from the value that the source has then"),
    "STATISTICS DATA": _never("Aurora has rows of its own: ANALYZE counts them"),
    "BLOB": _never(_LARGE),
    "BLOBS": _never(_LARGE),
    "BLOB COMMENTS": _never(_LARGE),
    "BLOB METADATA": _never(_LARGE),
    "DATABASE": _never("it is made before its schema is carried"),
    "DATABASE PROPERTIES": _never("its settings are carried apart"),
    "TABLESPACE": _never("Aurora has one storage"),
    "ENCODING": _never(_SESSION),
    "STDSTRINGS": _never(_SESSION),
    "SEARCHPATH": _never(_SESSION),
}
"""Every kind of entry that pg_dump 15 writes, and those of 16 to 18."""

_VIEWS_RULE: Final = " _RETURN"
FIRES: Final = re.compile(r"^ALTER TABLE .* ENABLE (ALWAYS|REPLICA) (TRIGGER|RULE) ", re.MULTILINE)
"""What fires for DMS too, although it applies as `replica`."""

_FORCED: Final = re.compile(r"^ALTER TABLE ONLY .* FORCE ROW LEVEL SECURITY;$", re.MULTILINE)
_OF_THE_SERVER: Final = ("information_schema", "pg_catalog")
_LANGUAGES: Final = tuple(f"LANGUAGE {name}" for name in ("c", "internal", "plpgsql", "sql"))
_PUBLIC: Final = "SCHEMA public"
OF_EXTENSION: Final = "it is of an extension, and Aurora's operator does not own that"
_BELONGINGS: Final = ("COMMENT", "ACL", "SECURITY LABEL")
_MATTERS: Final = frozenset({"TABLE", "CONSTRAINT", "TYPE", "DOMAIN", "SEQUENCE"})


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and when it is made.

    Args:
        entry: The entry.
        phase: The phase; None where it is not made.
        why: Why then, or why not.
        quiet: Whether nobody misses it at Aurora: ferry's and DMS's own, and data.
    """

    entry: Entry
    phase: Phase | None
    why: str
    quiet: bool = False

    @property
    def matters(self) -> bool:
        """Whether a migration without it is none."""
        return self.entry.kind in _MATTERS


def place(
    entries: Sequence[Entry], *, keys: Collection[int], extensions: Collection[str]
) -> tuple[Placed, ...]:
    """Say of each entry when it is made. Those of a kind that is not known are not made.

    What something earlier needs is made with it: a materialized view under a view before the load. What
    needs something that is not made is not made either.

    Args:
        entries: The source's entries, in pg_dump's order.
        keys: The oids of the keys, as constraints and as indexes, by which DMS finds rows.
        extensions: The extensions that Aurora offers.
    """
    by_number = {each.number: each for each in entries}
    placed: dict[int, Placed] = {}
    for entry in _in_order(by_number):
        placed[entry.number] = _place(entry, placed, keys, extensions)
    _pull(by_number, placed)
    return tuple(placed[each.number] for each in entries)


def _in_order(by_number: Mapping[int, Entry]) -> list[Entry]:
    """The entries, each behind those that it needs."""
    done: dict[int, Entry] = {}
    for first in by_number:
        stack = [(first, False)]
        while stack:
            number, ready = stack.pop()
            if number in done:
                continue
            if ready:
                done[number] = by_number[number]
                continue
            stack.append((number, True))
            needed = [
                each
                for each in by_number[number].needs
                if each in by_number and each not in done and (each, True) not in stack
            ]
            stack.extend((each, False) for each in needed)
    return list(done.values())


def _place(
    entry: Entry,
    placed: Mapping[int, Placed],
    keys: Collection[int],
    extensions: Collection[str],
) -> Placed:
    needed = [placed[each] for each in entry.needs if each in placed]
    return (
        _left(entry, needed, extensions) or _special(entry, needed, keys) or _usual(entry, needed)
    )


def _left(entry: Entry, needed: Sequence[Placed], extensions: Collection[str]) -> Placed | None:
    """That an entry is not made; None where it is."""
    kind = KINDS.get(entry.kind)
    left = next((each for each in needed if each.phase is None), None)
    reasons = (
        (is_of_ferry_or_dms(entry), "it is ferry's or DMS's own", True),
        (kind is None, f"unknown to ferry is the kind {entry.kind}", False),
        (
            kind is not None and not kind.carried,
            "" if kind is None else kind.why,
            kind is not None and kind.why in (_DATA, _SESSION),
        ),
        (
            entry.kind == "EXTENSION" and entry.name not in extensions,
            "Aurora does not offer this extension",
            False,
        ),
        (
            _is_of_the_server(entry),
            "it is of what PostgreSQL brings along, and Aurora's operator does not own that",
            False,
        ),
        (
            entry.kind == "ACL" and _is_of_extension(entry, needed),
            OF_EXTENSION,
            False,
        ),
        (
            entry.kind == "COMMENT" and entry.name.startswith("EXTENSION "),
            "it comes with the extension",
            True,
        ),
        (
            left is not None,
            "" if left is None else f"it needs {left.entry.label}, which is not carried",
            left is not None and (left.quiet or entry.kind in _BELONGINGS),
        ),
    )
    for applies, why, quiet in reasons:
        if applies:
            return Placed(entry, None, why, quiet)
    return None


def _special(entry: Entry, needed: Sequence[Placed], keys: Collection[int]) -> Placed | None:
    """When an entry is made that is made at another time than others of its kind."""
    if entry.oid in keys and entry.kind in ("CONSTRAINT", "INDEX"):
        return Placed(entry, Phase.BEFORE_LOAD, "DMS finds rows by it")
    if entry.kind == "RULE" and entry.name.endswith(_VIEWS_RULE):
        return Placed(entry, Phase.BEFORE_LOAD, "it is what the view shows")
    if entry.kind in ("TRIGGER", "RULE") and (found := FIRES.search(entry.sql)):
        why = f"it is ENABLE {found[1]}: it would react to what DMS applies, a second time"
        return Placed(entry, Phase.CUTOVER, why)
    if entry.kind == "ROW SECURITY" and any(_FORCED.search(each.entry.sql) for each in needed):
        return Placed(entry, Phase.CUTOVER, "it is FORCEd: it would hide rows from DMS")
    return None


def _usual(entry: Entry, needed: Sequence[Placed]) -> Placed:
    """When others of its kind are made, or what it belongs to."""
    kind = KINDS[entry.kind]
    latest = max((each.phase for each in needed if each.phase), key=_place_of, default=None)
    return Placed(entry, kind.phase or latest or Phase.BEFORE_LOAD, kind.why)


def _pull(by_number: Mapping[int, Entry], placed: dict[int, Placed]) -> None:
    """Bring what something earlier needs to that phase."""
    for entry in reversed(_in_order(by_number)):
        phase = placed[entry.number].phase
        if phase is None:
            continue
        for number in entry.needs:
            needed = placed.get(number)
            if needed and needed.phase and needed.phase.place > phase.place:
                why = f"{entry.label} needs it"
                placed[number] = Placed(needed.entry, phase, why)


def _is_of_the_server(entry: Entry) -> bool:
    """Whether it is a grant on something that every database has from the start, but schema public."""
    return entry.kind.startswith("ACL") and (
        entry.schema in _OF_THE_SERVER or entry.name in _LANGUAGES
    )


def _is_of_extension(entry: Entry, needed: Sequence[Placed]) -> bool:
    """Whether a grant is on something that pg_dump does not write: an extension brings it.

    Neither does it write schema public, which each database has.
    """
    return bool(entry.needs) and not needed and entry.name != _PUBLIC


def _place_of(phase: Phase) -> int:
    return phase.place


def is_of_ferry_or_dms(entry: Entry) -> bool:
    """Whether an object is one of ferry's or DMS's own, which are no part of what is carried."""
    return (
        entry.schema == SCHEMA
        or (entry.kind == "SCHEMA" and entry.name == SCHEMA)
        or (entry.kind in _BELONGINGS and entry.name == f"SCHEMA {SCHEMA}")
        or _is_of_dms(entry)
    )


def _is_of_dms(entry: Entry) -> bool:
    """Whether an object is DMS's own by its name. A table that only begins like one is somebody's."""
    kind, name = entry.kind, entry.name
    if kind in _BELONGINGS:
        kind, _, name = name.rpartition(" ")
    if kind == "SCHEMA":
        return name.startswith(TABLES_BEGIN_WITH)
    # What belongs to a table is called `TABLE NAME`, its columns `TABLE.NAME`, a function `NAME()`.
    first = re.split(r"[ .(]", name)[0]
    return first == INTERCEPT_DDL or is_own_table(first) or is_called_after_own_table(first)
