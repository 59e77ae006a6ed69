"""Which roles Aurora gets, with what, and what of them cannot be carried.

Aurora has no superuser: `rds_superuser` may neither make one nor give REPLICATION or BYPASSRLS. A
password cannot be read from a managed server, and its hash would have to pass through here: roles that
sign in are given new ones.

Sources: https://www.postgresql.org/docs/15/sql-createrole.html,
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.rds_superuser.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.providers import is_of_provider
from ferry.findings import blocked
from ferry.migrate.schema.names import quoted, setting, shown, text
from ferry.migrate.schema.sides import Role
from ferry.migrate.schema.steps import Orders, Step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from ferry.findings import Finding
    from ferry.migrate.schema.sides import Side

_OWN: Final = "pg_"
_FROZEN: Final = "default_transaction_read_only="
_TABLESPACES: Final = ("default_tablespace=", "temp_tablespaces=")
_NOT_AURORAS: Final = (
    ("SUPERUSER", "is_superuser"),
    ("REPLICATION", "replicates"),
    ("BYPASSRLS", "passes_row_security"),
)


def carried(source: Side) -> frozenset[str]:
    """The source's roles that are roles of Aurora too, once `roles` has been done.

    Left out are the role that the server was made with and its providers' own: what they own is the
    operator's at Aurora. So is the one that DMS reads the source as, where it is for that alone.

    Args:
        source: The source.
    """
    return frozenset(
        role.name
        for role in source.roles
        if not role.is_first
        and not is_of_provider(role.name, signs_in=role.signs_in)
        and role.name != source.replicator
    )


def is_at_aurora(name: str, names: Collection[str]) -> bool:
    """Whether Aurora has a role that grants name: one that is carried, or PostgreSQL's own.

    Args:
        name: The role.
        names: The roles that are carried.
    """
    return name in names or name.startswith(_OWN)


def roles(
    source: Side, target: Side, owners: Iterable[str], *, writers: Iterable[str] = ()
) -> Orders:
    """Roles, their attributes and settings, who is a member of whom.

    What Aurora has is left alone; that it differs is said.

    Args:
        source: The source.
        target: Aurora.
        owners: Roles that own something: to give it to them, the operator has to be a member.
        writers: Whom DMS signs in as at Aurora: as a member of the owners it may write to their tables,
            and row security does not hide rows from it.
    """
    names = carried(source)
    there = {role.name: role for role in target.roles}
    steps: list[Step] = []
    said: list[str] = []
    for role in source.roles:
        if role.name not in names:
            continue
        if role.name not in there:
            steps.append(Step(what=f"ROLE {role.name}", sql=_create(role)))
        elif _attributes(role) != _attributes(there[role.name]) and role.name != target.user:
            said.append(
                f"Role {role.name} is at Aurora with {_attributes(there[role.name])}, at the source "
                f"with {_attributes(role)}: it is left as it is."
            )
        steps.extend(_settings(role, there.get(role.name, Role(name=role.name))))
    steps.extend(_memberships(source, target, names))
    steps.extend(_joining(target, set(owners) & names, writers))
    return Orders(
        steps=tuple(steps),
        findings=tuple(_circles(target, set(owners) & names, writers)),
        said=tuple(_said(source, names, there)) + tuple(said),
    )


def settings_here(source: Side, target: Side) -> tuple[Step, ...]:
    """What is set for the database, and for roles in it.

    Not whether it is read-only: a source that was frozen is, and Aurora is to be written to.

    Args:
        source: The source.
        target: Aurora.
    """
    names = carried(source)
    there = {role.name: role.settings_here for role in target.roles}
    database = f"DATABASE {quoted(target.database)}"
    steps = [
        Step(what=f"{database} SET {each}", sql=f"ALTER {database} SET {setting(each)};")
        for each in source.settings
        if each not in target.settings and not each.startswith((_FROZEN, *_TABLESPACES))
    ]
    for role in source.roles:
        if role.name in names:
            steps.extend(
                Step(
                    what=f"ROLE {role.name} IN {database} SET {each}",
                    sql=f"ALTER ROLE {quoted(role.name)} IN {database} SET {setting(each)};",
                )
                for each in role.settings_here
                if each not in there.get(role.name, ())
                and not each.startswith((_FROZEN, *_TABLESPACES))
            )
    return tuple(steps)


def _create(role: Role) -> str:
    return f"CREATE ROLE {quoted(role.name)} WITH {_attributes(role)};"


def _attributes(role: Role) -> str:
    """What Aurora takes of a role's attributes, as SQL."""
    words = [
        "LOGIN" if role.signs_in else "NOLOGIN",
        "INHERIT" if role.inherits else "NOINHERIT",
        "CREATEROLE" if role.makes_roles else "NOCREATEROLE",
        "CREATEDB" if role.makes_databases else "NOCREATEDB",
    ]
    if role.connection_limit != -1:
        words.append(f"CONNECTION LIMIT {role.connection_limit}")
    if role.valid_until:
        words.append(f"VALID UNTIL {text(role.valid_until)}")
    return " ".join(words)


def _settings(role: Role, known: Role) -> Iterator[Step]:
    """What is set for a role and said of it, and is not at Aurora."""
    for each in role.settings:
        if each not in known.settings and not each.startswith(_TABLESPACES):
            yield Step(
                what=f"ROLE {role.name} SET {each}",
                sql=f"ALTER ROLE {quoted(role.name)} SET {setting(each)};",
            )
    if role.comment not in ("", known.comment):
        yield Step(
            what=f"COMMENT ON ROLE {role.name}",
            sql=f"COMMENT ON ROLE {quoted(role.name)} IS {text(role.comment)};",
        )


def _memberships(source: Side, target: Side, names: frozenset[str]) -> Iterator[Step]:
    there = {(each.role, each.member): each.is_admin for each in target.memberships}
    for each in source.memberships:
        is_admin = there.get((each.role, each.member))
        known = is_at_aurora(each.role, names) and each.member in names
        if known and (is_admin is None or each.is_admin > is_admin):
            admin = " WITH ADMIN OPTION" if each.is_admin else ""
            yield Step(
                what=f"{each.member} is a member of {each.role}",
                sql=f"GRANT {quoted(each.role)} TO {quoted(each.member)}{admin};",
            )


def _joining(target: Side, owners: AbstractSet[str], writers: Iterable[str]) -> Iterator[Step]:
    """What makes the operator and DMS members of those whose objects they make and write to."""
    if not target.is_superuser:
        for owner in sorted(owners - target.acts_as):
            yield _join(owner, target.user, "whose objects it makes")
    effective = {(each.role, each.member) for each in target.memberships if each.inherits}
    free = {each.name for each in target.roles if each.is_superuser} | {target.user}
    for writer in dict.fromkeys(writers):
        if writer not in free:
            for owner in sorted(owners | {target.user}):
                if owner != writer and (owner, writer) not in effective:
                    yield _join(owner, writer, "whose tables DMS writes to")


def _circles(target: Side, owners: AbstractSet[str], writers: Iterable[str]) -> Iterator[Finding]:
    """Owners as which DMS signs in at Aurora: each would have to be a member of the other (0LP01)."""
    for writer in dict.fromkeys(writers):
        if writer in owners and writer != target.user and not target.is_superuser:
            yield blocked(
                "schema-circle",
                f"{writer} owns something at the source, and DMS signs in to Aurora as {writer}.",
                why=(
                    f"{target.user} makes what it owns as a member of it, and it writes to the tables of "
                    f"{target.user} as a member of that: PostgreSQL refuses roles in a circle (0LP01)."
                ),
                remedy=f"At the source give it to another: REASSIGN OWNED BY {quoted(writer)} TO another "
                f"role; or sign in as {writer} at Aurora with ferry secret operator.",
            )


def _join(role: str, member: str, why: str) -> Step:
    return Step(
        what=f"{member} is a member of {role}, {why}",
        sql=f"GRANT {quoted(role)} TO {quoted(member)};",
    )


def _said(source: Side, names: frozenset[str], there: dict[str, Role]) -> Iterator[str]:
    for word, attribute in _NOT_AURORAS:
        having = [
            each.name for each in source.roles if each.name in names and getattr(each, attribute)
        ]
        if having:
            yield f"Aurora gives no role {word}; without it there: {shown(having)}."
    new = [
        each.name
        for each in source.roles
        if each.name in names and each.signs_in and each.name not in there
    ]
    if new:
        yield (
            "Passwords cannot be carried; these roles cannot sign in until each has a new one (psql: "
            f"\\password ROLE): {shown(new)}."
        )
    if any(each.name == source.replicator for each in source.roles):
        yield (
            f"Not made at Aurora, because DMS alone reads the source as it: {source.replicator}."
        )
    of_tablespaces = [
        each
        for each in (
            *source.settings,
            *(each for role in source.roles for each in (*role.settings, *role.settings_here)),
        )
        if each.startswith(_TABLESPACES)
    ]
    for what, those in (
        ("Aurora has one storage; settings of tablespaces are left out", of_tablespaces),
        ("Grants on parameters are left out, make them by hand", source.on_parameters),
        ("Comments on extensions are left out, make them by hand", source.commented),
    ):
        if those:
            yield f"{what}: {shown(list(dict.fromkeys(those)))}."
    left = [
        each.name
        for each in source.roles
        if each.name not in names and each.name != source.replicator
    ]
    if left:
        yield (
            f"Not made at Aurora, because they are the server's own: {shown(left)}. What they own is the "
            "operator's there."
        )
