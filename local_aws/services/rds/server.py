"""The PostgreSQL server that is a cluster's data, where the machine has one for it.

`GET /local-aws/aurora?account=A&region=R&cluster=C` says what the cluster's endpoints are or will be
called, for the server's certificate. `POST /local-aws/aurora` with `{"account": A, "region": R,
"cluster": C, "port": 40001, "username": "rdsadmin", "password": "..."}` says that it is the server
on that port of 127.0.0.1, which takes TLS, is empty, and has this superuser. On it CreateDBCluster
makes what Aurora's server begins with, ModifyDBCluster changes the master user's password, and
DeleteDBCluster leaves it as empty as it was. A cluster that nobody told of has no data.

It is a server of PostgreSQL's own: Aurora's storage, its failover, its replicas (each name of the
cluster is this one server), its snapshots and its parameter groups are not there, nor its
extensions: a master user may make those alone that PostgreSQL calls trusted. Where Aurora lets the
members of rds_replication make slots, PostgreSQL wants the attribute REPLICATION: the master user
has it here, and no other member.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from local_aws.addresses import HOST
from local_aws.answers import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMED = ("account", "region", "cluster")
_TOLD = (*_NAMED, "port", "username", "password")
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.rds_superuser.html
_ROLES = """
create role rds_superuser;
create role rds_replication;
create role rds_password;
grant pg_monitor, pg_signal_backend, rds_replication, rds_password to rds_superuser with admin option
"""
# What DMS's session at the target sets. From 15 on PostgreSQL knows such rights.
_SETTING = "grant set on parameter session_replication_role to rds_superuser"
_KNOWS_SETTINGS = 150000
_MASTER = "create role {} login createdb createrole replication valid until 'infinity'"
_END_SESSIONS = """
select pg_catalog.pg_terminate_backend(pid, 10000) from pg_catalog.pg_stat_activity
where pid <> pg_catalog.pg_backend_pid() and backend_type in ('client backend', 'walsender')
"""
_DROP_SLOTS = (
    "select pg_catalog.pg_drop_replication_slot(slot_name) from pg_catalog.pg_replication_slots"
)
_DATABASES = (
    "select datname from pg_catalog.pg_database where not datistemplate and datname <> 'postgres'"
)
_MADE_ROLES = "select rolname from pg_catalog.pg_roles where not rolsuper and rolname !~ '^pg_'"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterServer:
    """The server of a cluster, and its superuser."""

    port: int
    username: str
    password: str

    def make(self, *, master: str, password: str, database: str | None) -> None:
        """Make Aurora's roles, the master user, and the cluster's first database, which it owns.

        Raises:
            AwsError: InternalFailure, where the server cannot be reached or is not empty.
        """
        with self._connect() as server:
            server.execute(_ROLES)
            if server.info.server_version >= _KNOWS_SETTINGS:
                server.execute(_SETTING)
            name = sql.Identifier(master)
            server.execute(sql.SQL(_MASTER).format(name))
            server.execute(sql.SQL("grant rds_superuser to {} with admin option").format(name))
            self._set_password(server, master, password)
            server.execute(sql.SQL("alter database postgres owner to {}").format(name))
            if database:
                server.execute(
                    sql.SQL("create database {} owner {}").format(sql.Identifier(database), name)
                )

    def set_password(self, master: str, password: str) -> None:
        """Give the master user another password."""
        with self._connect() as server:
            self._set_password(server, master, password)

    def empty(self) -> None:
        """End every session, and drop every database, slot and role that is not PostgreSQL's own."""
        with self._connect() as server:
            server.execute(
                sql.SQL("alter database postgres owner to {}").format(sql.Identifier(self.username))
            )
            server.execute(_END_SESSIONS)
            server.execute(_DROP_SLOTS)
            for (name,) in server.execute(_DATABASES).fetchall():
                server.execute(
                    sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
                )
            roles = sql.SQL(", ").join(
                sql.Identifier(name) for (name,) in server.execute(_MADE_ROLES).fetchall()
            )
            server.execute(sql.SQL("drop owned by {} cascade").format(roles))
            server.execute(sql.SQL("drop role {}").format(roles))

    def _connect(self) -> psycopg.Connection[Any]:
        try:
            return psycopg.connect(
                host=HOST,
                port=self.port,
                user=self.username,
                password=self.password,
                dbname="postgres",
                sslmode="require",
                connect_timeout=10,
                application_name="rdsadmin",
                autocommit=True,
            )
        except psycopg.Error as error:
            raise AwsError("InternalFailure", f"the cluster's server: {error}") from error

    @staticmethod
    def _set_password(server: psycopg.Connection[Any], user: str, password: str) -> None:
        """Its verifier alone goes to the server, whose log would show a statement that failed."""
        server.pgconn.change_password(user.encode(), password.encode())


_SERVERS: dict[tuple[str, str, str], ClusterServer] = {}


def place_server(document: Mapping[str, Any]) -> None:
    """Say which server a cluster is.

    Raises:
        ValueError: Something is missing, or there is something else.
    """
    if set(document) != set(_TOLD) or not isinstance(document["port"], int):
        raise ValueError(f"give {', '.join(_TOLD)} and nothing else; port is a number")
    account, region, cluster = (document[key] for key in _NAMED)
    _SERVERS[account, region, cluster] = ClusterServer(
        port=document["port"], username=document["username"], password=document["password"]
    )


def server_of(account: str, region: str, cluster: str) -> ClusterServer | None:
    """The server that a cluster is; None where nobody told of one."""
    return _SERVERS.get((account, region, cluster))


def names_of(query: Mapping[str, str]) -> dict[str, list[str]]:
    """What a cluster's endpoints are called: the writer's and the readers'."""
    account, region, cluster = (query.get(key, "") for key in _NAMED)
    own = url_identifier(account, region)
    return {
        "names": [
            f"{cluster}.{kind}-{own}.{region}.rds.amazonaws.com"
            for kind in ("cluster", "cluster-ro")
        ]
    }


def url_identifier(account: str, region: str) -> str:
    """What an account's endpoints in a region have in common, as at AWS."""
    return "c" + hashlib.sha256(f"{account} {region}".encode()).hexdigest()[:11]
