"""A cluster of local AWS whose data is a PostgreSQL server of this machine."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import psycopg
import pytest

from harness.aurora import RDS_SUPERUSER, SETTINGS
from harness.certificates import make_certificate
from harness.postgres import Postgres
from local_aws.addresses import port_of
from tests.unit.local_aws.aws import Aws, refused
from tests.unit.local_aws.rds.conftest import PASSWORD, Clusters, subnet_group  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANOTHER = "another-password-2"


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """The server that the cluster `ferry` will be."""

    postgres: Postgres
    authority: Path
    endpoint: str

    def connect(
        self, database: str = "app", user: str = "ferry", password: str = PASSWORD, **more: str
    ) -> psycopg.Connection[Any]:
        """A connection as a client of the cluster makes it: by its name, TLS verified."""
        parameters = {
            "host": self.endpoint,
            "hostaddr": "127.0.0.1",
            "port": str(self.postgres.port),
            "dbname": database,
            "user": user,
            "password": password,
            "sslmode": "verify-full",
            "sslrootcert": str(self.authority),
            **more,
        }
        return psycopg.connect(**parameters, autocommit=True)  # type: ignore[arg-type]  # libpq's names


@pytest.fixture
def server(aws: Aws, tmp_path: Path) -> Iterator[Server]:
    named = {"account": aws.account, "region": aws.region, "cluster": "ferry"}
    names = aws.get(f"/local-aws/aurora?{urlencode(named)}")["names"]
    certificate = make_certificate(*names)
    own, authority = tmp_path / "server.pem", tmp_path / "authority.pem"
    own.write_text(certificate.with_key)
    authority.write_text(certificate.authority)
    with Postgres(superuser=RDS_SUPERUSER, certificate=own, settings=SETTINGS) as postgres:
        told = {
            **named,
            "port": postgres.port,
            "username": RDS_SUPERUSER,
            "password": postgres.password,
        }
        assert "status" not in aws.post("/local-aws/aurora", told)
        yield Server(postgres=postgres, authority=authority, endpoint=names[0])


def test_the_master_user_is_no_superuser_and_owns_the_database(
    server: Server, clusters: Clusters
) -> None:
    cluster = clusters.make(DatabaseName="app")
    assert cluster["Endpoint"] == server.endpoint
    with server.connect() as connection:
        assert connection.execute(
            "select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolcanlogin"
            " from pg_roles where rolname = current_user"
        ).fetchall() == [(False, True, True, True, True)]
        assert connection.execute(
            "select datname from pg_database where pg_get_userbyid(datdba) = current_user"
            " order by 1"
        ).fetchall() == [("app",), ("postgres",)]
        for role in ("rds_superuser", "rds_replication", "pg_monitor"):
            assert connection.execute(
                "select pg_has_role(current_user, %s, 'usage')", [role]
            ).fetchone() == (True,)
        connection.execute("create table orders (id int); create role app login")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create role another superuser")


def test_dmss_session_sets_its_replication_role_and_others_do_not(
    server: Server, clusters: Clusters
) -> None:
    clusters.make(DatabaseName="app")
    with server.connect() as connection:
        connection.execute("set session_replication_role = 'replica'")
        connection.execute("create role app login password 'a-password'")
    with (
        server.connect(user="app", password="a-password") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("set session_replication_role = 'replica'")


def test_another_master_password_takes_the_place_of_the_first(
    server: Server, clusters: Clusters
) -> None:
    clusters.make(DatabaseName="app")
    clusters.modify(MasterUserPassword=ANOTHER)
    server.connect(password=ANOTHER).close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        server.connect()


def test_a_change_of_something_else_leaves_the_password(server: Server, clusters: Clusters) -> None:
    clusters.make(DatabaseName="app")
    clusters.modify(BackupRetentionPeriod=3)
    server.connect().close()


def test_it_takes_tls_alone_and_is_known_by_its_name(server: Server, clusters: Clusters) -> None:
    clusters.make(DatabaseName="app")
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        server.connect(sslmode="disable")
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        server.connect(host="another.example.com")
    with server.connect() as connection:
        assert connection.execute("show rds.force_ssl").fetchone() == ("on",)
        assert connection.execute("show listen_addresses").fetchone() == ("127.0.0.1",)


def test_a_deleted_cluster_is_closed_and_its_server_is_empty_for_the_next(
    aws: Aws, server: Server, clusters: Clusters
) -> None:
    clusters.make(DatabaseName="app")
    assert port_of(server.endpoint) == server.postgres.port
    with server.connect() as connection, server.connect("postgres") as other:
        connection.execute("create role app; grant app to ferry; create table orders (id int)")
        connection.execute("create database further owner app")
        other.execute("create table here_too (id int); grant select on here_too to app")
        aws.rds.delete_db_cluster(DBClusterIdentifier="ferry", SkipFinalSnapshot=True)
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            connection.execute("select 1")
    assert port_of(server.endpoint) is None
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        server.connect("postgres")
    clusters.make(DatabaseName="app")
    with server.connect() as connection:
        roles = connection.execute("select rolname from pg_roles where rolname !~ '^pg_'")
        assert {name for (name,) in roles} == {
            "ferry", RDS_SUPERUSER, "rds_password", "rds_replication", "rds_superuser"
        }  # fmt: skip
        assert connection.execute("select to_regclass('orders')").fetchone() == (None,)


def test_a_cluster_without_a_database_has_the_one_that_every_server_has(
    server: Server, clusters: Clusters
) -> None:
    clusters.make()
    with server.connect("postgres") as connection:
        assert connection.execute(
            "select datname from pg_database where not datistemplate"
        ).fetchall() == [("postgres",)]


def test_a_server_that_is_not_there_makes_no_cluster(
    aws: Aws, server: Server, clusters: Clusters
) -> None:
    server.postgres.stop()
    with refused("InternalFailure", "the cluster's server: connection failed"):
        clusters.make(DatabaseName="app")
    server.postgres.start()
    assert aws.rds.describe_db_clusters()["DBClusters"] == []
    clusters.make(DatabaseName="app")


def test_what_is_no_server_is_refused(aws: Aws) -> None:
    whole = {"account": aws.account, "region": aws.region, "cluster": uuid.uuid4().hex, "port": 1,
             "username": "u", "password": "p"}  # fmt: skip
    for wrong in ({}, {**whole, "port": "1"}, {**whole, "host": "elsewhere"}):
        answer = aws.post("/local-aws/aurora", wrong)
        assert answer["status"] == 400
        assert answer["error"] == (
            "give account, region, cluster, port, username, password and nothing else; "
            "port is a number"
        )
