"""What is known of both servers before a schema is carried: roles, the database, its keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Role(NamedTuple):
    """A role of a server.

    Args:
        name: Its name.
        is_first: Whether it is the one that the server was made with, which owns the server.
        signs_in: LOGIN.
        inherits: INHERIT.
        makes_roles: CREATEROLE.
        makes_databases: CREATEDB.
        is_superuser: SUPERUSER.
        replicates: REPLICATION.
        passes_row_security: BYPASSRLS.
        connection_limit: CONNECTION LIMIT; -1 for none.
        valid_until: VALID UNTIL; empty for ever.
        settings: What is set for it in every database, such as `search_path=app, public`.
        settings_here: What is set for it in this database.
        comment: What is said of it; empty for nothing.
    """

    name: str
    is_first: bool = False
    signs_in: bool = False
    inherits: bool = True
    makes_roles: bool = False
    makes_databases: bool = False
    is_superuser: bool = False
    replicates: bool = False
    passes_row_security: bool = False
    connection_limit: int = -1
    valid_until: str = ""
    settings: tuple[str, ...] = ()
    settings_here: tuple[str, ...] = ()
    comment: str = ""


class Membership(NamedTuple):
    """That a role is a member of another.

    Args:
        role: The other role.
        member: The member.
        is_admin: Whether it may make others members.
        inherits: Whether it has the other's rights; since PostgreSQL 16 it may be there without.
    """

    role: str
    member: str
    is_admin: bool = False
    inherits: bool = True


class Grant(NamedTuple):
    """What a role may do with the database: CONNECT, CREATE, TEMPORARY.

    Args:
        grantee: The role; `public` for everybody, which no role is called.
        privilege: The privilege.
        grantable: Whether the role may grant it.
    """

    grantee: str
    privilege: str
    grantable: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """A database and its server, as ferry's operator sees them.

    Args:
        version: `server_version_num`, such as 150008.
        user: Who is signed in.
        is_superuser: Whether that is a superuser.
        database: The database's name.
        owner: Who owns it.
        encoding: Its encoding, such as UTF8.
        collate: The order of its texts.
        ctype: The classes of its characters.
        settings: What is set for the database, such as `work_mem=8MB`.
        grants: What roles may do with it.
        roles: The server's roles, PostgreSQL's own left out.
        memberships: Which of them are members of which, PostgreSQL's own included.
        acts_as: Roles whose objects the one that is signed in may make and alter.
        extensions: The extensions that the server offers.
        keys: The oids of keys by which DMS finds rows, as constraints and as indexes.
        cannot_create: Schemas, and owners of something in them who may make nothing there by a grant;
            whether they may as the database's owner.
        is_reachable_by: The roles that may connect, superusers left out.
        never_analyzed: The tables that were never analyzed, as SQL writes them.
        remembers_access: Whether ferry's own table says who is to connect after the cutover; None
            where there is no such table.
        on_parameters: Who was granted SET or ALTER SYSTEM of which parameters, such as
            `log_statement to ada`.
        commented: The extensions of which something else is said than they say themselves.
        replicator: Whom DMS signs in as at the source, where nothing there is owned by it; empty
            otherwise.
    """

    version: int
    user: str
    is_superuser: bool
    database: str
    owner: str
    encoding: str = "UTF8"
    collate: str = "C"
    ctype: str = "C"
    settings: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    roles: tuple[Role, ...] = ()
    memberships: tuple[Membership, ...] = ()
    acts_as: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()
    keys: frozenset[int] = frozenset()
    cannot_create: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    is_reachable_by: tuple[str, ...] = ()
    never_analyzed: tuple[str, ...] = ()
    remembers_access: bool | None = False
    on_parameters: tuple[str, ...] = ()
    commented: tuple[str, ...] = ()
    replicator: str = ""

    @property
    def release(self) -> int:
        """The major version, such as 15."""
        return self.version // 10_000
