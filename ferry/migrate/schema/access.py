"""Who may connect to Aurora's databases until the cutover: ferry, DMS, and whoever owns them.

What the source lets connect is kept in ferry's own table first, and is given back at the cutover:
applications that find Aurora too early would write to it, and their rows would be lost.

Source: https://www.postgresql.org/docs/15/ddl-priv.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.ferry_schema import ACCESS, ACCESS_COLUMNS, SCHEMA
from facts.providers import is_of_provider, signs_in_for_provider
from ferry.findings import blocked
from ferry.migrate.schema.names import quoted, text
from ferry.migrate.schema.roles import carried, is_at_aurora
from ferry.migrate.schema.steps import Orders, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.migrate.schema.sides import Grant, Side

PUBLIC: Final = "public"
"""How everybody is called here: no role can be called so."""


def close(source: Side, target: Side, keepers: Sequence[str], *, environment: str) -> Orders:
    """Keep what the source grants, then let nobody in but the keepers and the database's owner.

    Args:
        source: The source.
        target: Aurora.
        keepers: Whom ferry and DMS sign in as there.
        environment: The environment's name, for messages.
    """
    if target.remembers_access is None:
        return Orders(
            findings=(
                blocked(
                    "schema-unprepared",
                    f"Database {target.database} has no table {SCHEMA}.{ACCESS} in Aurora.",
                    why="Who may connect after the cutover is remembered there, before it is closed.",
                    remedy=f"Make it first: ferry prepare-databases {environment}",
                ),
            )
        )
    needed = {*keepers, target.user}
    # The owner is let be, and not let in: a rollback has closed Aurora to him too.
    kept = {*needed, target.owner}
    steps = []
    if not target.remembers_access:
        steps.append(
            Step(
                what=f"remember who may connect to {target.database} after the cutover",
                sql=_remembered(intended(source), target),
            )
        )
    database = f"DATABASE {quoted(target.database)}"
    signing_in = {role.name for role in target.roles if role.signs_in}
    statements = [
        f"REVOKE {each.privilege} ON {database} FROM {_role(each.grantee)};"
        for each in target.grants
        if each.privilege == "CONNECT"
        and each.grantee not in kept
        and not is_of_provider(each.grantee, signs_in=each.grantee in signing_in)
    ]
    connects = {each.grantee for each in target.grants if each.privilege == "CONNECT"}
    statements += [
        f"GRANT CONNECT ON {database} TO {quoted(role)};" for role in sorted(needed - connects)
    ]
    if statements:
        others = ", ".join(sorted(kept))
        steps.append(Step(what=f"close {database} to all but {others}", sql="\n".join(statements)))
    return Orders(steps=tuple(steps))


def intended(source: Side) -> tuple[Grant, ...]:
    """What roles are to have on the database after the cutover: what they have at the source."""
    names = carried(source)
    return tuple(
        each
        for each in source.grants
        if each.grantee == PUBLIC or is_at_aurora(each.grantee, names)
    )


def still_in(target: Side, keepers: Sequence[str]) -> list[str]:
    """Who may connect although the database is closed; superusers and RDS's own are not among them.

    REVOKE by one who is not the owner changes nothing and fails with a warning alone.
    """
    kept = {*keepers, target.owner, target.user}
    return [
        name
        for name in target.is_reachable_by
        if name not in kept and not signs_in_for_provider(name)
    ]


def _remembered(grants: Sequence[Grant], target: Side) -> str:
    """The statement that keeps them, as an ACL that PostgreSQL itself writes."""
    columns = ", ".join(quoted(name) for name, _ in ACCESS_COLUMNS)
    items = "".join(
        f"\n    pg_catalog.makeaclitem({_oid(each.grantee)}, {_oid(target.owner)}, "
        f"{text(each.privilege)}, {str(each.grantable).lower()}),"
        for each in grants
    )
    return (
        f"INSERT INTO {quoted(SCHEMA)}.{quoted(ACCESS)} ({columns}) VALUES (\n"  # noqa: S608 - quoted
        f"  pg_catalog.current_database(),\n  array[{items.removesuffix(',')}]"
        "::pg_catalog.aclitem[]::pg_catalog.text,\n  pg_catalog.now());"
    )


def _oid(role: str) -> str:
    if role == PUBLIC:
        return "0"
    return f"{text(quoted(role))}::pg_catalog.regrole::pg_catalog.oid"


def _role(grantee: str) -> str:
    return "PUBLIC" if grantee == PUBLIC else quoted(grantee)
