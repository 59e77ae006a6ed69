"""Schema `ferry` in the databases of both sides: what is missing, and its making.

`plans` looks and decides: nothing is changed before somebody has seen the SQL. `carry_out` runs it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from facts import ferry_schema
from facts.names import BACK
from ferry.deployment.servers import (
    source_server,
    source_user_of_dms,
    source_user_of_way_back,
    target_server,
)
from ferry.environments import migration_of
from ferry.errors import FerryError
from ferry.own_tables.shape import APPLYING, LOADING
from ferry.postgres import apart, connect, sql
from ferry.prepare import way_back
from ferry.prepare.ferry_schema import Found, look, statements
from ferry.prepare.steps import Outcome, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ferry.deployment.deployment import Deployment
    from ferry.postgres import Address, Server, Session
    from settings.databases import Database
    from settings.environment import Environment

_PURPOSE: Final = "make schema ferry"
# What a release has not yet is null as JSON; since 17 the locale of ICU is called datlocale.
_LOCALE: Final = """
    select pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype,
           row ->> 'datlocprovider', coalesce(row ->> 'daticulocale', row ->> 'datlocale')
    from pg_catalog.pg_database d, pg_catalog.to_jsonb(d) row
    where datname = pg_catalog.current_database()"""
_PROVIDERS: Final = {"i": "icu ICU_LOCALE", "b": "builtin BUILTIN_LOCALE"}
"""How CREATE DATABASE calls those that are not the machine's own, libc: since PostgreSQL 15, and 17."""
_THERE: Final = "select 1 from pg_catalog.pg_database where datname = %s"
_SECONDS_TO_CREATE: Final = 120.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What one database needs.

    Args:
        server: The database, and who signs in to it.
        statements: The SQL within it, one transaction; none where all is as it should be.
        creation: What makes the database itself; None where it is there.
        beside: The database from which it is made.
    """

    server: Server
    statements: tuple[sql.Composed, ...]
    creation: sql.Composed | None = None
    beside: Server | None = None

    @property
    def title(self) -> str:
        """Where, and as whom."""
        server = self.server
        return (
            f"{server.subject} {server.reached_at}, database {server.database}, as "
            f"{server.username}"
        )

    @property
    def lines(self) -> list[str]:
        """The SQL, a line for each statement."""
        created = [] if self.creation is None else [self.creation]
        return [f"{each.as_string()};" for each in (*created, *self.statements)]


def plans(
    deployment: Deployment,
    *,
    source_address: Address | None = None,
    target_address: Address | None = None,
    ca_file: Path | None = None,
) -> list[Plan]:
    """What each database needs, those of the source first. Nothing is changed.

    Args:
        deployment: The environment as it is deployed.
        source_address: Where the source is reached instead.
        target_address: Where Aurora is reached instead.
        ca_file: The certificates of RDS's authorities; by default those of the project.

    Raises:
        InputError: The environment carries nothing.
        FerryError: A server cannot be reached; DMS's role is not there; something of a name of
            ferry's is something else; a publication would take its tables along; or both addresses
            lead to one database.
    """
    environment, account = deployment.environment, deployment.account
    databases = migration_of(environment).databases
    dms_user = source_user_of_dms(environment, account)
    back_user = source_user_of_way_back(environment, account) if environment.legs else None
    sources = [
        source_server(environment, account, database, address=source_address)
        for database in databases
    ]
    targets = [
        target_server(deployment, database, address=target_address, ca_file=ca_file)
        for database in databases
    ]
    with (
        connect(sources[0], purpose=_PURPOSE) as one,
        connect(targets[0], purpose=_PURPOSE) as other,
    ):
        apart(one, other)
    made, locales = [], {}
    for database, server in zip(databases, sources, strict=True):
        with connect(server, purpose=_PURPOSE) as session:
            plan = _plan(environment, database, session, dms_user, LOADING)
            if back_user is not None:
                plan = _with_way_back(plan, environment, database, session, back_user)
            made.append(plan)
            ((*locales[database],),) = session.rows(_LOCALE)
    master = environment.aurora.master_username
    with connect(targets[0], purpose=_PURPOSE) as session:
        there = [bool(session.rows(_THERE, [target.database])) for target in targets]
    for database, server, is_there in zip(databases, targets, there, strict=True):
        if not is_there:
            nothing = Found(dms_user=None if server.username == master else master)
            wanted = statements(nothing, _tables(environment, database), rights=APPLYING)
            made.append(
                Plan(
                    server=server,
                    statements=tuple(wanted),
                    creation=_creation(server.database, locales[database]),
                    beside=targets[0],
                )
            )
            continue
        with connect(server, purpose=_PURPOSE) as session:
            made.append(_plan(environment, database, session, master, APPLYING))
    return made


def carry_out(plan: Plan) -> Iterator[Step]:
    """Run what a database needs: all of it, or nothing but the database itself.

    Yields:
        Each step as it is done.

    Raises:
        PostgresError: The server refuses it.
        FerryError: A right is somebody else's to give; within the database nothing is done.
    """
    if plan.creation is not None and plan.beside is not None:
        with connect(plan.beside, purpose=_PURPOSE, read_only=False) as session:
            session.execute(plan.creation, deadline_seconds=_SECONDS_TO_CREATE)
        yield Step(what=f"database {plan.server.database}", outcome=Outcome.CREATED)
    what = f"{plan.server.side}, database {plan.server.database}: schema ferry"
    if plan.statements:
        with (
            connect(plan.server, purpose=_PURPOSE, read_only=False) as session,
            session.transaction(),
        ):
            for statement in plan.statements:
                session.execute(statement)
                if session.ungranted:
                    raise FerryError(
                        f"{plan.server.subject} did not run it: {statement.as_string()}; "
                        f"{', '.join(session.ungranted)}.",
                        f"What it is about is not {plan.server.username}'s, who may not grant it. Look "
                        "whose it is: run it as that role, or give what is ferry's away, then run this "
                        "again.",
                    )
    yield Step(what=what, outcome=Outcome.SET if plan.statements else Outcome.RIGHT)


def _plan(
    environment: Environment,
    database: Database,
    session: Session,
    dms_user: str,
    rights: Sequence[str],
) -> Plan:
    server = session.server
    found = look(session, dms_user, owner=server.username)
    if found.missing_user:
        raise FerryError(
            f"{server.subject} has no role '{dms_user}', as which DMS signs in.",
            f"Make it, or write another into its secret: ferry secret source {environment.name}.",
        )
    _refuse_publications(environment, server, found)
    wanted = statements(found, _tables(environment, database), rights=rights)
    return Plan(server=server, statements=tuple(wanted))


def _with_way_back(
    plan: Plan, environment: Environment, database: Database, session: Session, user: str
) -> Plan:
    """A plan of the source with what DMS needs to write back to it."""
    found = way_back.look(session, environment, database, user=user)
    if found.missing_user:
        raise FerryError(
            f"{session.server.subject} has no role '{user}', as which DMS writes back.",
            f"Make it: CREATE ROLE {sql.Identifier(user).as_string()} LOGIN PASSWORD '...'; or write "
            f"another into its secret: ferry secret reverse {environment.name}.",
        )
    legs = [it for it in environment.legs if it.leg == BACK and it.database == database]
    control = sorted({leg.task.control_schema for leg in legs})
    more = way_back.statements(found, control)
    return replace(plan, statements=(*plan.statements, *more))


def _tables(environment: Environment, database: Database) -> dict[str, tuple[tuple[str, str], ...]]:
    """The tables that one database has, on either side."""
    markers = dict.fromkeys(environment.migration.markers(database), ferry_schema.MARKER_COLUMNS)
    return {
        ferry_schema.ACCESS: ferry_schema.ACCESS_COLUMNS,
        ferry_schema.JOURNAL: ferry_schema.JOURNAL_COLUMNS,
        **markers,
    }


def _creation(name: str, locale: Sequence[str | None]) -> sql.Composed:
    """As the source's: another encoding takes other text, another collation sorts it otherwise."""
    *usual, provider, of_provider = locale
    created = sql.SQL(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}"
    ).format(sql.Identifier(name), *map(sql.Literal, usual))
    if provider not in _PROVIDERS:
        return created
    return sql.SQL("{} LOCALE_PROVIDER {} {}").format(
        created, sql.SQL(_PROVIDERS[provider]), sql.Literal(of_provider)
    )


def _refuse_publications(environment: Environment, server: Server, found: Found) -> None:
    """Refuse to make tables that a publication would take along to subscribers without them.

    Source: https://www.postgresql.org/docs/15/logical-replication-subscription.html
    """
    accepted = environment.migration.source.accepted_publications
    open_ = [each for each in found.publications if each not in accepted]
    if open_:
        names = ", ".join(open_)
        raise FerryError(
            f"{server.subject}, database {server.database}, has publications that take every table "
            f"along, or schema ferry: {names}. A subscriber that does not have ferry's tables stops "
            "at their first row.",
            "Make the same tables at each subscriber first, then name the publications in "
            "source.accepted_publications.",
        )
