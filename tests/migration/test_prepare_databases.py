"""Schema ferry, made by SQL that is shown first, in a source and in an Aurora of the tests' own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ferry.account import sign_in
from ferry.cli.app import app
from ferry.deployment import Deployment, outputs_of
from ferry.errors import FerryError
from ferry.postgres import Address
from ferry.prepare.databases import carry_out, plans
from harness.certificates import make_certificate
from harness.postgres import SUPERUSER, Postgres
from tests.migration.databases import Database
from tests.unit.ferry.conftest import (  # noqa: F401 - fixtures
    ACCOUNT,
    REGION,
    aws,
    credentials,
    s3,
    secretsmanager,
)
from tests.unit.ferry.environments import environment, of_several_databases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from typer.testing import Result
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient

    from ferry.prepare.databases import Plan

BUCKET = "aurora-ferry-tfstate-111122223333-eu-central-1"
HOST = "aurora-ferry-dev.cluster-c0.eu-central-1.rds.amazonaws.com"
CERTIFICATE = make_certificate(HOST)
MASTER = environment().aurora.master_username
ROLE = "create role {0} login password '{0}-pw' createdb createrole"


@dataclass(kw_only=True)
class Ground:
    """Both servers, and an environment that is deployed between them."""

    source: Postgres
    target: Postgres
    deployment: Deployment
    ca_file: Path

    def plans(self) -> list[Plan]:
        return plans(
            self.deployment,
            source_address=Address(host="127.0.0.1", port=self.source.port),
            target_address=Address(host="127.0.0.1", port=self.target.port),
            ca_file=self.ca_file,
        )

    def prepare(self) -> list[tuple[str, str]]:
        steps = [step for plan in self.plans() for step in carry_out(plan)]
        return [(step.what, str(step.outcome)) for step in steps]

    def at(self, server: Postgres, database: str) -> Database:
        return Database(server=server, name=database)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Postgres]]:
    pem = tmp_path_factory.mktemp("aurora") / "server.pem"
    pem.write_text(CERTIFICATE.with_key)
    with Postgres() as source, Postgres(certificate=pem) as target:
        for server, role in ((source, "owner"), (source, "dms"), (target, MASTER)):
            Database(server=server, name=SUPERUSER).run(ROLE.format(role))
        yield {"source": source, "target": target}


@pytest.fixture
def ground(
    s3: S3Client,  # noqa: F811 - the fixture
    secretsmanager: SecretsManagerClient,  # noqa: F811 - the fixture
    servers: dict[str, Postgres],
    tmp_path: Path,
) -> Ground:
    """A database at the source, and the one in Aurora that the cluster was made with."""
    of = of_several_databases(app="app")
    of = of.model_copy(
        update={"source": of.migration.source.model_copy(update={"ssl_mode": "none"})}
    )
    (tmp_path / "ca.pem").write_text(CERTIFICATE.authority)
    for name, username in {"operator-source": "owner", "source": "dms", "master": MASTER}.items():
        value = {"username": username, "password": f"{username}-pw"}
        secretsmanager.create_secret(
            Name=f"aurora-ferry-dev/{name}", SecretString=json.dumps(value)
        )
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    values = {**dict.fromkeys(outputs_of(of), "x"), "cluster_endpoint": HOST}
    values["master_secret_arn"] = "aurora-ferry-dev/master"
    state = {"version": 4, "outputs": {name: {"value": each} for name, each in values.items()}}
    s3.put_object(Bucket=BUCKET, Key=of.state_key, Body=json.dumps(state))
    account = sign_in(environment="dev", account_id=ACCOUNT, region=REGION)
    for server in servers.values():
        Database(server=server, name=SUPERUSER).run("drop database if exists app with (force)")
    Database(server=servers["source"], name=SUPERUSER).run("create database app owner owner")
    Database(server=servers["target"], name=SUPERUSER).run(f"create database app owner {MASTER}")
    return Ground(
        **servers,
        deployment=Deployment(environment=of, account=account),
        ca_file=tmp_path / "ca.pem",
    )


def test_it_is_shown_then_made_and_then_there_is_nothing_to_do(ground: Ground) -> None:
    of = of_several_databases(app="app", crm="CRM")
    source = ground.deployment.environment.source
    ground.deployment = Deployment(
        environment=of.model_copy(update={"source": source}), account=ground.deployment.account
    )
    Database(server=ground.source, name=SUPERUSER).run(
        "create database \"CRM\" owner owner template template0 lc_collate 'C' lc_ctype 'C' "
        "locale_provider icu icu_locale 'de-u-kn-true'"
    )
    made = ground.plans()
    assert [plan.lines for plan in made[:1]] == [
        [
            'CREATE SCHEMA "ferry";',
            'GRANT USAGE ON SCHEMA "ferry" TO "dms";',
            (
                'CREATE TABLE "ferry"."access" ("database" text primary key, "acl" text, '
                '"at" timestamptz not null);'
            ),
            'REVOKE ALL ON TABLE "ferry"."access" FROM PUBLIC;',
            'CREATE TABLE "ferry"."fence_app" ("id" bigint primary key, "at" timestamptz not null);',
            'REVOKE ALL ON TABLE "ferry"."fence_app" FROM PUBLIC;',
            'GRANT SELECT ON TABLE "ferry"."fence_app" TO "dms";',
            (
                'CREATE TABLE "ferry"."journal" ("id" text primary key, "run" text not null, "at" '
                'timestamptz not null, "step" text not null, "state" text not null, "phase" text, '
                '"detail" jsonb not null);'
            ),
            'REVOKE ALL ON TABLE "ferry"."journal" FROM PUBLIC;',
        ]
    ]
    crm = made[3]
    assert crm.lines[0] == (
        "CREATE DATABASE \"crm\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' "
        "LOCALE_PROVIDER icu ICU_LOCALE 'de-u-kn-true';"
    )
    assert 'CREATE TABLE "ferry"."fence_crm"' in crm.lines[4]
    assert [plan.title.split(", as ")[0].split(", ")[-1] for plan in made] == [
        "database app", "database CRM", "database app", "database crm",
    ]  # fmt: skip
    for database in ("app", "CRM"):
        nothing = ground.at(ground.source, database)
        assert nothing.value("select count(*) from pg_namespace where nspname = 'ferry'") == 0

    assert ground.prepare() == [
        ("the source, database app: schema ferry", "set"),
        ("the source, database CRM: schema ferry", "set"),
        ("Aurora, database app: schema ferry", "set"),
        ("database crm", "created"),
        ("Aurora, database crm: schema ferry", "set"),
    ]
    assert [plan.lines for plan in ground.plans()] == [[], [], [], []]
    assert {outcome for _, outcome in ground.prepare()} == {"nothing to do"}


def test_dms_reads_the_markers_and_everybody_else_nothing(ground: Ground) -> None:
    app = ground.at(ground.source, "app")
    app.run("alter default privileges for role owner grant all on tables to public")
    app.run("alter default privileges for role owner grant usage on schemas to public")

    ground.prepare()

    for role, table, right, wanted in (
        ("dms", "fence_app", "SELECT", True),
        ("dms", "fence_app", "INSERT", False),
        ("dms", "access", "SELECT", False),
        ("pg_monitor", "fence_app", "SELECT", False),
        ("pg_monitor", "access", "SELECT", False),
        ("dms", "journal", "SELECT", False),
    ):
        asked = f"select has_table_privilege('{role}', 'ferry.{table}', '{right}')"
        assert app.value(asked) is wanted, (role, table, right)
    ground.prepare()
    assert app.value("select has_schema_privilege('pg_monitor', 'ferry', 'USAGE')") is False


def test_a_right_that_was_taken_is_given_back(ground: Ground) -> None:
    ground.prepare()
    app = ground.at(ground.source, "app")
    app.run("revoke all on ferry.fence_app from dms", "grant select on ferry.fence_app to public")

    assert [line for plan in ground.plans() for line in plan.lines] == [
        'REVOKE ALL ON TABLE "ferry"."fence_app" FROM PUBLIC;',
        'GRANT SELECT ON TABLE "ferry"."fence_app" TO "dms";',
    ]
    ground.prepare()
    assert app.value("select has_table_privilege('dms', 'ferry.fence_app', 'SELECT')") is True
    assert (
        app.value("select has_table_privilege('pg_monitor', 'ferry.fence_app', 'SELECT')") is False
    )


@pytest.mark.parametrize(
    ("there", "is_"),
    [
        ("create table ferry.fence_app (id int primary key, at timestamptz not null)",
         "id integer primary key, at timestamptz not null"),
        ("create table ferry.fence_app (id bigint not null, at timestamptz not null)",
         "id bigint not null, at timestamptz not null"),
        ("create unlogged table ferry.fence_app (id bigint primary key, at timestamptz not null)",
         "no plain table"),
        ("create view ferry.fence_app as select 1::bigint id, now() at", "no plain table"),
        ("create sequence ferry.fence_app", "no plain table"),
    ],
)  # fmt: skip
def test_what_has_the_name_and_is_something_else_is_left_alone(
    ground: Ground, there: str, is_: str
) -> None:
    ground.at(ground.source, "app").run("create schema ferry authorization owner", there)

    with pytest.raises(FerryError) as refused:
        ground.plans()

    assert str(refused.value) == (
        f"ferry.fence_app is there already and is something else: {is_}. It has to be id bigint "
        "primary key, at timestamptz not null. Look whose it is, rename or drop it, then run this "
        "again."
    )


def test_a_marker_that_may_refuse_hide_or_change_rows_is_refused(ground: Ground) -> None:
    ground.prepare()
    source = ground.at(ground.source, "app")
    source.run(
        "create function ferry.f() returns trigger language plpgsql as 'begin return null; end'",
        "create trigger t before insert on ferry.fence_app for each row execute function ferry.f()",
        "alter table ferry.fence_app add constraint c check (id > 7)",
        "alter table ferry.fence_app enable row level security",
        "alter table ferry.fence_app alter id add generated always as identity",
        "create rule r as on delete to ferry.fence_app do instead nothing",
    )

    with pytest.raises(FerryError) as refused:
        ground.plans()

    assert str(refused.value) == (
        "ferry.fence_app is there already and has what may refuse, hide or change rows of it: "
        "constraint c, default or identity of id, row level security, rule r, trigger t. Drop that, or "
        "the whole table, then run this again."
    )


@pytest.mark.parametrize(
    "publication",
    ["create publication everything for all tables",
     "create publication everything for tables in schema ferry"],
)  # fmt: skip
def test_a_publication_that_takes_everything_along_stops_it(
    ground: Ground, publication: str
) -> None:
    ground.at(ground.source, "app").run("create schema ferry authorization owner", publication)

    with pytest.raises(FerryError) as refused:
        ground.plans()

    assert "has publications that take every table along, or schema ferry: everything." in str(
        refused.value
    )
    accepted = {"accepted_publications": ("everything",)}
    of = ground.deployment.environment
    source = of.migration.source.model_copy(update=accepted)
    ground.deployment = Deployment(
        environment=of.model_copy(update={"source": source}),
        account=ground.deployment.account,
    )
    assert ("the source, database app: schema ferry", "set") in ground.prepare()


def test_a_publication_of_named_tables_is_nobodys_business(ground: Ground) -> None:
    ground.at(ground.source, "app").run(
        "create table mine (id int primary key)", "create publication mine for table mine"
    )

    assert ("the source, database app: schema ferry", "set") in ground.prepare()


def test_a_refused_statement_leaves_nothing_half_made(ground: Ground) -> None:
    made = ground.plans()
    app = ground.at(ground.source, "app")
    app.run(
        "create function refuse() returns event_trigger language plpgsql as"
        " $$ begin if tg_tag = 'GRANT' then raise 'not today'; end if; end $$",
        "create event trigger refuses on ddl_command_end execute function refuse()",
    )

    with pytest.raises(FerryError, match=r"The source could not make schema ferry: not today"):
        list(carry_out(made[0]))

    assert app.value("select count(*) from pg_namespace where nspname = 'ferry'") == 0


def test_a_right_that_is_somebody_elses_to_give_is_not_told_as_given(ground: Ground) -> None:
    app = ground.at(ground.source, "app")
    app.run("create schema ferry", "grant usage, create on schema ferry to owner")

    with pytest.raises(FerryError) as refused:
        list(carry_out(ground.plans()[0]))

    assert str(refused.value) == (
        'The source did not run it: GRANT USAGE ON SCHEMA "ferry" TO "dms"; no privileges were granted '
        'for "ferry". What it is about is not owner\'s, who may not grant it. Look whose it is: run it '
        "as that role, or give what is ferry's away, then run this again."
    )
    assert app.value("select count(*) from pg_class where relname = 'fence_app'") == 0


def test_who_writes_back_gets_what_that_takes_and_no_more(ground: Ground) -> None:
    of = ground.deployment.environment
    assert of.dms is not None
    of = of.model_copy(update={"dms": of.dms.model_copy(update={"rollback": True})})
    ground.deployment = Deployment(environment=of, account=ground.deployment.account)
    value = json.dumps({"username": "back", "password": "back-pw"})
    client = ground.deployment.account.secretsmanager
    client.create_secret(Name="aurora-ferry-dev/reverse", SecretString=value)
    app = ground.at(ground.source, "app")
    with pytest.raises(FerryError, match="The source has no role 'back', as which DMS writes back"):
        ground.plans()
    app.run(
        "create role back login password 'back-pw'",
        "set role owner",
        "create schema other",
        "create table public.orders (id int primary key)",
        "create table other.orders (id int primary key)",
    )

    made, _ = (plan.lines for plan in ground.plans())

    assert made[-5:] == [
        'CREATE SCHEMA "awsdms_control";',
        'GRANT USAGE, CREATE ON SCHEMA "awsdms_control" TO "back";',
        'GRANT USAGE ON SCHEMA "ferry" TO "back";',
        (
            'GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLE "ferry"."fence_app_back" TO '
            '"back";'
        ),
        'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."orders" TO "back";',
    ]
    ground.prepare()
    assert [plan.lines for plan in ground.plans()] == [[], []]
    asked = "select has_table_privilege('back', '{}', 'INSERT')"
    assert app.value(asked.format("public.orders")) is True
    assert app.value(asked.format("ferry.fence_app_back")) is True
    assert app.value(asked.format("other.orders")) is False
    assert app.value(asked.format("ferry.fence_app")) is False


def test_a_superuser_lets_it_set_session_replication_role(ground: Ground) -> None:
    of = ground.deployment.environment
    assert of.dms is not None
    of = of.model_copy(update={"dms": of.dms.model_copy(update={"rollback": True})})
    ground.deployment = Deployment(environment=of, account=ground.deployment.account)
    app = ground.at(ground.source, "app")
    app.run("create role back_too login password 'back-pw'", "alter role owner superuser")
    client = ground.deployment.account.secretsmanager
    value = json.dumps({"username": "back_too", "password": "back-pw"})
    client.create_secret(Name="aurora-ferry-dev/reverse", SecretString=value)
    try:
        plan, _ = ground.plans()
        assert plan.lines[-1] == 'GRANT SET ON PARAMETER session_replication_role TO "back_too";'
        ground.prepare()
        assert [it.lines for it in ground.plans()] == [[], []]
        app.run("set role back_too", "set session_replication_role = 'replica'")
    finally:
        app.run("alter role owner nosuperuser")


def test_dms_without_a_role_is_told_before_anything_is_made(ground: Ground) -> None:
    ground.deployment.account.secretsmanager.put_secret_value(
        SecretId="aurora-ferry-dev/source",
        SecretString=json.dumps({"username": "nobody", "password": "x"}),
    )

    with pytest.raises(FerryError, match="The source has no role 'nobody', as which DMS signs in"):
        ground.plans()


def test_an_address_that_leads_to_the_other_side_is_refused(ground: Ground) -> None:
    Database(server=ground.target, name=SUPERUSER).run(
        "drop role if exists owner", ROLE.format("owner")
    )
    of = ground.deployment.environment
    source = of.migration.source.model_copy(update={"ssl_mode": "require"})
    there = Address(host="127.0.0.1", port=ground.target.port)
    deployment = Deployment(
        environment=of.model_copy(update={"source": source}), account=ground.deployment.account
    )

    with pytest.raises(FerryError, match="are one and the same database"):
        plans(deployment, source_address=there, target_address=there, ca_file=ground.ca_file)


def test_no_password_stands_in_what_is_shown(ground: Ground) -> None:
    shown = repr([(plan, plan.title, plan.lines) for plan in ground.plans()])

    assert "-pw" not in shown


@pytest.fixture
def ferry(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, of the environment and the account of these tests."""
    monkeypatch.setattr("ferry.environments.find", lambda _: ground.deployment.environment)
    monkeypatch.setattr("ferry.account.account_of", lambda _: ground.deployment.account)
    options = [
        "--source-address", f"127.0.0.1:{ground.source.port}",
        "--target-address", f"127.0.0.1:{ground.target.port}",
        "--target-ca", str(ground.ca_file),
    ]  # fmt: skip
    return lambda *more, given="": CliRunner().invoke(
        app, ["prepare-databases", "dev", *options, *more], input=given
    )


def test_the_command_shows_its_sql_and_makes_nothing_without_an_answer(
    ground: Ground, ferry: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = ferry()

    port = ground.source.port
    shown = result.stdout.splitlines()
    assert shown[0] == (
        f"The source db.example.org:5432 by 127.0.0.1:{port}, database app, as owner"
    )
    assert shown[1] == '  CREATE SCHEMA "ferry";'
    assert result.stderr == "Nobody can be asked here: look at the SQL, then add --yes.\n"
    assert result.exit_code == 2
    monkeypatch.setattr("ferry.cli.prepare_databases.at_terminal", lambda: True)
    assert ferry(given="n\n").exit_code == 130
    there = "select count(*) from pg_namespace where nspname = 'ferry'"
    assert ground.at(ground.source, "app").value(there) == 0

    result = ferry(given="y\n")

    assert "Run it? [y/N]: y" in result.stdout
    assert "  set            the source, database app: schema ferry" in result.stdout
    assert result.exit_code == 0
    assert ground.at(ground.source, "app").value(there) == 1


def test_the_command_asks_nothing_where_nothing_is_missing(ferry: Callable[..., Result]) -> None:
    assert ferry("--yes").exit_code == 0

    result = ferry()

    assert "Nothing to do: all is as it should be." in result.stdout
    assert (result.stderr, result.exit_code) == ("", 0)
