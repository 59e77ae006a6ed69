"""Who may connect to the databases of a side: what is kept, and the SQL that closes and opens them. Pure.

The rights are PostgreSQL's own list, `pg_database.datacl`, item by item and in its order, with who gave
each. Closing takes CONNECT from everybody but the keepers. Opening takes all away and gives again what was
kept, in that order, so that the list is the same text afterwards; both happen in one transaction, and
nobody sees what lies between.

Sources: https://www.postgresql.org/docs/15/ddl-priv.html,
https://www.postgresql.org/docs/15/sql-alterdatabase.html,
https://www.postgresql.org/docs/15/sql-alterrole.html (a role's setting in a database comes before the
database's own)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from facts.ferry_schema import JOURNAL, SCHEMA
from facts.identifiers import literal
from facts.inert import visible
from facts.providers import signs_in_for_provider
from ferry.migrate.ways import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PUBLIC: Final = ""
"""How everybody is called here: no role has an empty name."""

READ_ONLY: Final = "default_transaction_read_only"
"""The second belt: a new session of a database may not write, unless it asks to."""

FROZEN: Final = "frozen"
"""The phase of a run that has closed the side where applications write."""

THAWED: Final = "thawed"
"""The phase of a run whose side was opened again: the run may not go on, or a run of the other direction
has ended what it did."""

SWITCHING: Final = "switching"
"""The phase of a run that is beyond its point of no return, and may not open it any more."""


OPENED: Final = "opened"
"""The phase, by its row in Aurora, of a cutover that has opened Aurora to the applications. There it is
`THAWED` where it was taken back before: it does not open Aurora any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One right of a list, of those that one role gave another.

    Args:
        grantee: Who has it; `PUBLIC` for everybody.
        grantor: Who gave it.
        privilege: Such as `CONNECT`.
        grantable: Whether the grantee may give it on.
        is_group: Whether the grantee cannot sign in: others have the right as its members.
    """

    grantee: str
    grantor: str
    privilege: str
    grantable: bool = False
    is_group: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """Who may do what with a database, and what is set for it, as it was before a cutover.

    Args:
        database: Its name.
        owner: Who owns it.
        acl: The list as PostgreSQL writes it; the defaults written out where there was none.
        items: Its items, in order.
        read_only: What `default_transaction_read_only` is set to: by whom it is set for, `PUBLIC` for the
            database itself and otherwise a role in it; nothing of one for whom it is not set.
        settings: All that is set for the database and for keepers in it, as PostgreSQL keeps it, by whom
            it is set for.
    """

    database: str
    owner: str
    acl: str
    items: tuple[Item, ...]
    read_only: Mapping[str, str]
    settings: Mapping[str, tuple[str, ...]]

    def as_json(self) -> dict[str, Any]:
        """It as the journal keeps it."""
        return {
            "database": self.database,
            "owner": self.owner,
            "acl": self.acl,
            "items": [
                [it.grantee, it.grantor, it.privilege, it.grantable, it.is_group]
                for it in self.items
            ],
            "read_only": dict(self.read_only),
            "settings": {role: list(them) for role, them in self.settings.items()},
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """It as it was kept."""
        return cls(
            database=kept["database"],
            owner=kept["owner"],
            acl=kept["acl"],
            items=tuple(
                Item(grantee=a, grantor=b, privilege=c, grantable=d, is_group=e)
                for a, b, c, d, e in kept["items"]
            ),
            read_only=dict(kept["read_only"]),
            settings={role: tuple(them) for role, them in kept["settings"].items()},
        )


def quoted(name: str) -> str:
    """A name, in quotes whatever it is: right for each, as none is a key word then."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def closing(rights: Rights, keepers: Sequence[str], *, belt: bool) -> Iterator[str]:
    """The statements that close a database to all but the keepers.

    Roles of providers that sign in stay: no application is one. Their groups do not: those who buy the
    service are members, as of `rds_superuser` or `cloudsqlsuperuser`.

    Args:
        rights: What is there.
        keepers: The roles that ferry and DMS sign in as.
        belt: Whether new sessions of others are read-only besides.
    """
    on = f"ON DATABASE {quoted(rights.database)}"
    for grantee in dict.fromkeys(it.grantee for it in rights.items if it.privilege == "CONNECT"):
        stays = grantee in keepers or (
            signs_in_for_provider(grantee)
            and not any(it.is_group for it in rights.items if it.grantee == grantee)
        )
        if not stays:
            yield f"REVOKE CONNECT {on} FROM {_role(grantee)} CASCADE"
    for keeper in keepers:
        yield f"GRANT CONNECT {on} TO {quoted(keeper)}"
    if belt:
        for keeper in keepers:
            yield f"{_of(rights, keeper)} SET {READ_ONLY} = 'off'"
        yield f"{_of(rights, PUBLIC)} SET {READ_ONLY} = 'on'"


def opening(rights: Rights, keepers: Sequence[str], *, belt: bool) -> Iterator[str]:
    """The statements that make of a closed database what it was.

    A role that was dropped meanwhile is left out: it would keep out all others.

    Args:
        rights: What it was.
        keepers: The roles that ferry and DMS sign in as.
        belt: Whether closing it made sessions read-only.
    """
    on = f"ON DATABASE {quoted(rights.database)}"
    there = (PUBLIC, rights.owner, *keepers, *(it.grantee for it in rights.items))
    # The owner's own last: what others gave goes with what they had from the owner.
    for grantee in sorted(dict.fromkeys(there), key=lambda it: it == rights.owner):
        yield _where_there(grantee, f"REVOKE ALL {on} FROM {_role(grantee)} CASCADE")
    for it in rights.items:
        granted = f"GRANT {it.privilege} {on} TO {_role(it.grantee)}"
        if it.grantable:
            granted += " WITH GRANT OPTION"
        if it.grantor == rights.owner:
            yield _where_there(it.grantee, granted)
        else:
            yield _where_there(it.grantor, f"SET LOCAL ROLE {quoted(it.grantor)}")
            yield _where_there(it.grantee, granted)
            yield "RESET ROLE"
    if belt:
        for role in (PUBLIC, *keepers):
            known = rights.read_only.get(role)
            set_ = f"RESET {READ_ONLY}" if known is None else f"SET {READ_ONLY} = {literal(known)}"
            yield _where_there(role, f"{_of(rights, role)} {set_}")


def _where_there(role: str, statement: str) -> str:
    """A statement that is left out where a role is not there."""
    if role == PUBLIC:
        return statement
    there = f"EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal(role)})"
    return _block(f"BEGIN IF {there} THEN {statement}; END IF; END")


def _block(body: str) -> str:
    """A block of PL/pgSQL, whatever names it has."""
    tag = "$ferry$"
    while tag in body:
        tag = f"{tag[:-1]}_$"
    return f"DO {tag}{body}{tag}"


def _given(databases: Sequence[Rights]) -> Iterator[str]:
    """The block that fails where a right was not given back: to GRANT without a right is a warning alone."""
    wanted = ", ".join(
        f"({literal(each.database)}, {literal(it.grantee)}, {literal(it.privilege)})"
        for each in databases
        for it in each.items
    )
    if wanted:
        yield _block(
            f"BEGIN IF EXISTS (SELECT FROM (VALUES {wanted}) w (d, r, p) "  # noqa: S608 - of literals
            "JOIN pg_catalog.pg_database b ON b.datname = w.d "
            "LEFT JOIN pg_catalog.pg_roles o ON o.rolname = w.r "
            "WHERE (w.r = '' OR o.oid IS NOT NULL) AND NOT EXISTS (SELECT FROM "
            "pg_catalog.aclexplode(coalesce(b.datacl, pg_catalog.acldefault('d', b.datdba))) a "
            "WHERE a.grantee = coalesce(o.oid, 0) AND a.privilege_type = w.p)) "
            "THEN RAISE EXCEPTION 'Not all rights were given back, and nothing is changed: run this as a "
            "role with the rights of the owners of the databases, or as a superuser.'; END IF; END"
        )


def _role(grantee: str) -> str:
    return "PUBLIC" if grantee == PUBLIC else quoted(grantee)


def _of(rights: Rights, role: str) -> str:
    """For whom something is set in a database."""
    if role == PUBLIC:
        return f"ALTER DATABASE {quoted(rights.database)}"
    return f"ALTER ROLE {quoted(role)} IN DATABASE {quoted(rights.database)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """What is kept before a side is closed, and opens it again.

    Args:
        environment: The environment's name.
        run: The run's id.
        ferry: The role that ferry signs in as there.
        dms: Those that DMS signs in as.
        belt: Whether new sessions of others are read-only too. It takes the right to set that for the
            keepers, who have to write.
        databases: The rights on each database; the first one's journal has the run's phase.
        direction: Where changes are carried: the side is closed that they come from.
    """

    environment: str
    run: str
    ferry: str
    dms: tuple[str, ...]
    belt: bool
    databases: tuple[Rights, ...]
    direction: Direction = Direction.FORWARD

    @property
    def side(self) -> str:
        """Which side is closed, within a sentence."""
        return self.direction.ends[0]

    @property
    def at(self) -> str:
        """The same with the word before it."""
        return self.direction.at[0]

    @property
    def script_name(self) -> str:
        """What the script is called that opens it without ferry."""
        return script_name(self.environment, self.direction)

    @property
    def again(self) -> str:
        """The command that begins anew, or goes on."""
        return f"ferry {self.direction.command} {self.environment}"

    @property
    def keepers(self) -> tuple[str, ...]:
        """Who may still connect."""
        return tuple(dict.fromkeys((self.ferry, *self.dms)))

    def closes(self) -> list[str]:
        """All statements that close it."""
        return [each for it in self.databases for each in closing(it, self.keepers, belt=self.belt)]

    def opens(self) -> list[str]:
        """All statements that open it again."""
        return [each for it in self.databases for each in opening(it, self.keepers, belt=self.belt)]

    def as_json(self) -> dict[str, Any]:
        """It as the journal keeps it."""
        return {
            "environment": self.environment,
            "run": self.run,
            "ferry": self.ferry,
            "dms": list(self.dms),
            "belt": self.belt,
            "databases": [it.as_json() for it in self.databases],
            "direction": self.direction,
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """It as it was kept."""
        return cls(
            environment=kept["environment"],
            run=kept["run"],
            ferry=kept["ferry"],
            dms=tuple(kept["dms"]),
            belt=kept["belt"],
            databases=tuple(map(Rights.of_json, kept["databases"])),
            direction=Direction(kept["direction"]),
        )


def script_name(environment: str, direction: Direction) -> str:
    """What the script is called that opens the side that changes come from: `thaw-ENV.sql` of the source."""
    aurora = "-aurora" if direction is Direction.BACK else ""
    return f"thaw-{environment}{aurora}.sql"


def script(saved: Saved) -> str:
    """What opens a side again without ferry: plain SQL for psql, one transaction.

    It begins with the same change of the run's phase as ferry's own opening, and does nothing where that
    changes no row: the run has opened it already, or is beyond its point of no return.

    Args:
        saved: What was kept.
    """
    first = saved.databases[0].database
    journal = f"{quoted(SCHEMA)}.{quoted(JOURNAL)}"
    refusal = (
        f"The run {saved.run} has not closed {saved.side}, has opened it again, or is beyond its point of "
        "no return. Nothing is changed."
    )
    lines = [
        f"-- Opens {saved.side} of {saved.environment} again, as it was before it was closed.",
        "-- Where ferry cannot do it, run it as ferry's role or as a superuser, in the database",
        f"-- {visible(first)}:",
        f"--   psql -X -h HOST -p PORT -U USER -d DATABASE -f {saved.script_name}",
        "\\set ON_ERROR_STOP on",
        "SET client_encoding = 'UTF8';",
        "SET standard_conforming_strings = on;",
        "SET search_path = '';",
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;",
        "SET LOCAL synchronous_commit = on;",
        "DO $ferry$",
        "BEGIN",
        f"  UPDATE {journal} SET phase = {literal(THAWED)}",  # noqa: S608 - names of this file
        f"  WHERE run = {literal(saved.run)} AND phase = {literal(FROZEN)};",
        "  IF NOT FOUND THEN",
        f"    RAISE EXCEPTION {literal(refusal)};",
        "  END IF;",
        "END",
        "$ferry$;",
        *(f"{each};" for each in (*saved.opens(), *_given(saved.databases))),
        "COMMIT;",
    ]
    return "\n".join(lines) + "\n"
