"""Asks both servers: the only part of the check that reaches anything."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from facts.outputs import DMS_TASK_ARNS
from ferry.check.source.measuring import key_range, measured
from ferry.check.source.server import SECONDS_WATCHED
from ferry.check.source.subject import End, Subject, Unreadable
from ferry.check.source.suggested import loadable
from ferry.deployment import Deployment
from ferry.deployment.servers import source_server, source_user_of_dms, target_server
from ferry.environments import migration_of
from ferry.errors import FerryError
from ferry.postgres import PostgresError, UnreachableError, connect, sql
from ferry.postgres.catalog import AT_ONCE, UnreadError, last_values, read, wal_position

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ferry.account import Account
    from ferry.check.source.measure import Measured
    from ferry.postgres import Address, Server, Session
    from ferry.postgres.catalog import Catalog
    from settings.databases import Database
    from settings.environment import Environment

_PURPOSE: Final = "say what it holds"
_OF_EACH_TASK: Final = frozenset({"awsdms_status", "awsdms_txn_state"})
"""DMS's control tables that have a row for each task. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """Where the servers are reached; by default at their own names.

    Args:
        source: The source's address.
        target: Aurora's.
        target_ca: The certificates of RDS's authorities.
        to_aurora: Whether Aurora is asked at all.
    """

    source: Address | None = None
    target: Address | None = None
    target_ca: Path | None = None
    to_aurora: bool = True


def subjects(
    environment: Environment, account: Account, way: Way, *, deep_seconds: float | None = None
) -> Iterator[Subject | Unreadable]:
    """Each database that is carried, read at both ends.

    Aurora may be missing, and what is judged by it is then not known. A database that cannot be read at
    the source says so, and leaves the others to be judged; without any there is nothing to judge.

    Args:
        environment: The environment.
        account: Its account.
        way: Where the servers are reached.
        deep_seconds: For how long the rows of each database may be read; None reads none.

    Raises:
        InputError: The environment carries nothing.
        FerryError: The source cannot be reached, or no database of it be read.
    """
    migration_of(environment)
    dms_user = _dms_user(environment, account)
    identifiers = _identifiers(environment, account) if way.to_aurora else {}
    unreadable: list[Unreadable] = []
    for database in environment.carried:
        server = source_server(environment, account, database, address=way.source)
        try:
            subject = subject_of(
                environment,
                database,
                source=server,
                target=_target(environment, account, database, way),
                dms_user=dms_user,
                identifiers=identifiers,
            )
        except UnreachableError:  # so are the others: they are on the same server
            raise
        except FerryError as error:
            unreadable.append(Unreadable(database=database, error=error))
            continue
        if deep_seconds is None:
            yield with_rows_of_before(subject, server)
        else:
            yield with_rows(subject, server, seconds=deep_seconds)
    if unreadable and len(unreadable) == len(environment.carried):
        raise unreadable[0].error
    yield from unreadable


def with_rows(subject: Subject, server: Server, *, seconds: float) -> Subject:
    """The same, with what the rows say that can be read in a time."""
    found: Measured | UnreadError
    try:
        found = measured(subject, server, seconds=seconds)
    except UnreadError as error:
        found = error
    except FerryError as error:
        found = UnreadError(error.why, error.remedy)
    return replace(subject, measured=found, key_ranges=_key_ranges(subject, server))


def with_rows_of_before(subject: Subject, server: Server) -> Subject:
    """The same, with what earlier runs have read of the rows, where that is all of it."""
    try:
        found = measured(subject, server, seconds=0)
    except FerryError:  # It is only not known whether there was an earlier run.
        return subject
    is_whole = found.earlier and not found.missing
    return replace(subject, measured=found) if is_whole else subject


def _key_ranges(subject: Subject, server: Server) -> dict[int, tuple[int, int]] | UnreadError:
    """The ends of large tables' keys, from their indexes."""
    try:
        wanted = loadable(subject)
        if not wanted:
            return {}
        with connect(server, purpose="look for the ends of keys") as session:
            found = {
                relation.oid: key_range(session, relation, column) for relation, column in wanted
            }
    except UnreadError as error:
        return error
    except FerryError as error:
        return UnreadError(error.why, error.remedy)
    return {oid: ends for oid, ends in found.items() if ends is not None}


def subject_of(
    environment: Environment,
    database: Database,
    *,
    source: Server,
    target: Server | UnreadError,
    dms_user: str | UnreadError,
    identifiers: Mapping[str, str] | None = None,
) -> Subject:
    """One database, read at both ends.

    Args:
        environment: The environment.
        database: Which of those that it carries.
        source: It at the source.
        target: It in Aurora; why it is not known where that is.
        dms_user: Whom DMS signs in as at the source; why that is not known.
        identifiers: By which names DMS's own tables know the tasks, where these are deployed.

    Raises:
        FerryError: The source cannot be reached or read.
    """
    with connect(source, purpose=_PURPOSE) as session:
        began = _wal_position(session)
        catalog = _read(session, *([] if isinstance(dms_user, UnreadError) else [dms_user]))
        values = _last_values(session, catalog)
        aurora = _aurora(target, environment.aurora.master_username)
        rate = _rate(session, began)
    return Subject(
        environment=environment,
        database=database,
        source=End(catalog=catalog, dms_user=dms_user),
        target=aurora,
        wal_bytes_per_second=rate,
        identifiers=identifiers or {},
        last_values=values,
    )


def _dms_user(environment: Environment, account: Account) -> str | UnreadError:
    try:
        return source_user_of_dms(environment, account)
    except FerryError as error:
        return UnreadError(error.why, error.remedy)


def _identifiers(environment: Environment, account: Account) -> dict[str, str]:
    """What the ARNs of the tasks end in, by their names; nothing where they are not deployed."""
    try:
        arns = Deployment(environment=environment, account=account).outputs[DMS_TASK_ARNS]
    except FerryError:
        return {}
    return {name: arn.rpartition(":")[2] for name, arn in arns.items()}


def _target(
    environment: Environment, account: Account, database: Database, way: Way
) -> Server | UnreadError:
    if not way.to_aurora:
        return UnreadError("Aurora is not asked.")
    try:
        deployment = Deployment(environment=environment, account=account)
        return target_server(deployment, database, address=way.target, ca_file=way.target_ca)
    except FerryError as error:
        return UnreadError(error.why, error.remedy)


def _aurora(target: Server | UnreadError, user: str) -> End | UnreadError:
    """Aurora's catalogs; DMS signs in as its master user."""
    if isinstance(target, UnreadError):
        return target
    try:
        with connect(target, purpose=_PURPOSE) as session:
            catalog = _read(session, user)
            return End(catalog=catalog, dms_user=user, recorded=_recorded(session, catalog))
    except FerryError as error:
        return UnreadError(error.why, error.remedy)


def _recorded(session: Session, catalog: Catalog) -> dict[str, frozenset[str]]:
    """Which tasks DMS's own tables name: those that have a row for each task."""
    found: dict[str, set[str]] = {}
    for each in catalog.relations:
        if each.name not in _OF_EACH_TASK:
            continue
        try:
            # The one has its columns' names in capitals, the other has not.
            names = session.rows(
                sql.SQL(
                    "select distinct coalesce(j->>'TASK_NAME', j->>'task_name', '') from only {} t "
                    "cross join lateral pg_catalog.to_jsonb(t) j"
                ).format(sql.Identifier(each.schema, each.name))
            )
        except PostgresError:  # Not for this user to read: whose they are is not known then.
            names = [("",)]
        found.setdefault(each.schema, set()).update(name for (name,) in names)
    return {schema: frozenset(names) for schema, names in found.items()}


def _read(session: Session, *roles: str) -> Catalog:
    with session.transaction(snapshot=True):
        return read(session, roles=roles)


def _last_values(session: Session, catalog: Catalog) -> dict[int, int | None] | UnreadError:
    """The sequences' last values, some at a time: each is locked while its transaction lasts."""
    found: dict[int, int | None] = {}
    try:
        oids = [sequence.oid for sequence in catalog.sequences]
        for first in range(0, len(oids), AT_ONCE):
            with session.transaction():
                found |= last_values(session, oids[first : first + AT_ONCE])
    except UnreadError as error:
        return error
    except FerryError as error:
        return UnreadError(error.why, error.remedy)
    return found


def _wal_position(session: Session) -> tuple[int, float] | UnreadError:
    try:
        return wal_position(session)
    except FerryError as error:
        return UnreadError(error.why, error.remedy)


def _rate(session: Session, began: tuple[int, float] | UnreadError) -> float | UnreadError:
    """How many bytes of WAL a second were written since; waits until that was long enough."""
    if isinstance(began, UnreadError):
        return began
    now = _wal_position(session)
    if not isinstance(now, UnreadError) and now[1] - began[1] < SECONDS_WATCHED:
        time.sleep(SECONDS_WATCHED - (now[1] - began[1]))
        now = _wal_position(session)
    if isinstance(now, UnreadError):
        return now
    return (now[0] - began[0]) / (now[1] - began[1])
