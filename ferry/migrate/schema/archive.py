"""What is in an archive of pg_dump's: its entries, each with its SQL.

pg_restore lists an archive (`--list`) and writes it out as SQL (`--file=- --verbose`), each entry
below a header of its own. A function's body could hold what looks like such a header, and the rest of
it would be run as something else: what is written has to be what is listed, each entry once.

Source: https://www.postgresql.org/docs/15/app-pgrestore.html
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ferry.errors import FerryError
from ferry.migrate.schema.names import NAME, unquoted

SPECIAL: Final = frozenset({"ENCODING", "STDSTRINGS", "SEARCHPATH"})
"""Kinds that are settings of a session, listed by some releases and written without a header."""

_LISTED: Final = re.compile(r"^(\d+); (\d+) (\d+) (.*)$", re.MULTILINE)
_HEADER: Final = re.compile(
    r"^--\n"
    r"-- TOC entry (?P<number>\d+) \(class (?P<catalog>\d+) OID (?P<oid>\d+)\)\n"
    r"(?:-- Dependencies:(?P<needs>[ \d]*)\n)?"
    r"-- (?:Data for )?Name: (?P<name>.*); Type: (?P<kind>[A-Z ]+); "
    r"Schema: (?P<schema>.*); Owner: (?P<owner>.*)\n"
    r"(?:-- Data Pos: \d+\n)?"
    r"--\n",
    re.MULTILINE,
)
_OPERAND: Final = re.compile(r"^ *(LEFT|RIGHT)ARG = (.*?),?$", re.MULTILINE)
_OWNER: Final = re.compile(rf" OWNER TO ({NAME});\Z")
_FOOTER: Final = "\n--\n-- PostgreSQL database dump complete\n--\n"
_COMPLETED: Final = re.compile(r"\n-- Completed on [^\n]*\s*\Z")


class Entry(NamedTuple):
    """An object of the archive, or something that is said of one.

    Args:
        number: By which other entries name it.
        oid: Its oid at its server; 0 for what has none.
        kind: What it is, in pg_dump's words, such as `FK CONSTRAINT`.
        schema: Its schema; empty for none.
        name: Its name as pg_dump lists it, such as `orders orders_pkey` for a table's constraint.
        owner: Who owns it; empty for nobody.
        needs: The numbers of the entries that it needs, some of which are no longer listed.
        sql: What makes it, without its owner.
        owner_sql: What gives it its owner; empty where nothing does.
    """

    number: int
    oid: int
    kind: str
    schema: str
    name: str
    owner: str = ""
    needs: tuple[int, ...] = ()
    sql: str = ""
    owner_sql: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """By which the same object is found at another server."""
        return self.kind, self.schema, self.name + self._which

    @property
    def label(self) -> str:
        """How it is called in messages."""
        name = self.name + self._which
        return f"{self.kind} {self.schema}.{name}" if self.schema else f"{self.kind} {name}"

    @property
    def _which(self) -> str:
        """What tells apart objects that pg_dump lists by the same name."""
        if self.kind == "OPERATOR":
            sides = dict(_OPERAND.findall(self.sql))
            return f" ({sides.get('LEFT', 'NONE')}, {sides.get('RIGHT', 'NONE')})"
        return f" OF {self.owner}" if self.kind == "DEFAULT ACL" else ""


class ForgedError(FerryError):
    """What pg_restore wrote is not what it listed."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The schema could not be read: {why}.",
            "Look for a function, a view or a comment that holds the text '-- TOC entry', and take it "
            "out there.",
        )


def entries(*, listed: str, written: str, with_owners: str) -> tuple[Entry, ...]:
    """The archive's entries, in the order in which pg_dump lists them.

    Args:
        listed: What `pg_restore --list` says.
        written: What `pg_restore --verbose --no-owner --file=-` writes.
        with_owners: The same without `--no-owner`.

    Raises:
        ForgedError: The list, and what is written, are not of the same entries.
    """
    pieces, owned = _pieces(written), _pieces(with_owners)
    found = []
    for number, catalog, oid, rest in _LISTED.findall(listed):
        kind = next((each for each in SPECIAL if rest.startswith(f"{each} ")), None)
        if kind is not None:
            continue
        if int(number) not in pieces or int(number) not in owned:
            raise ForgedError(f"entry {number} ({rest}) has no SQL, or its header is hidden")
        (header, sql), (owner_header, owner_sql) = pieces.pop(int(number)), owned.pop(int(number))
        same = (header["catalog"], header["oid"]) == (catalog, oid)
        if not (same and rest.startswith(f"{header['kind']} ") and owner_sql.startswith(sql)):
            raise ForgedError(f"entry {number} is listed as {rest}, and written as something else")
        found.append(
            Entry(
                number=int(number),
                oid=int(oid),
                kind=header["kind"],
                schema="" if header["schema"] == "-" else header["schema"],
                name=header["name"],
                owner=_owner(owner_header["owner"], owner_sql),
                needs=tuple(dict.fromkeys(map(int, (header["needs"] or "").split()))),
                sql=sql,
                owner_sql=owner_sql[len(sql) :].strip(),
            )
        )
    if pieces or owned:
        raise ForgedError(f"entry {min({*pieces, *owned})} is written and not listed")
    return tuple(found)


def _owner(listed: str, sql: str) -> str:
    """Who owns an entry: a header has a blank where a name has the end of a line."""
    found = _OWNER.search(sql.strip())
    return unquoted(found[1]) if found else listed


def _pieces(written: str) -> dict[int, tuple[dict[str, str], str]]:
    """Headers and SQL by number."""
    body, footer, _ = written.rpartition(_FOOTER)
    if not footer:
        raise ForgedError("what pg_restore wrote has no end")
    body = _COMPLETED.sub("", body)
    headers = list(_HEADER.finditer(body))
    ends = [each.start() for each in headers[1:]]
    pieces: dict[int, tuple[dict[str, str], str]] = {}
    for header, end in zip(headers, [*ends, len(body)], strict=False):
        number = int(header["number"])
        if number in pieces:
            raise ForgedError(f"entry {number} is written twice")
        pieces[number] = (header.groupdict(), body[header.end() : end].strip())
    return pieces
