"""Roles, grants and who may connect, as they are decided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ferry.migrate.schema import access, roles
from ferry.migrate.schema.names import quoted, setting, text, unquoted
from ferry.migrate.schema.sides import Grant, Membership, Role, Side

FIRST = Role(name="postgres", is_first=True, is_superuser=True, signs_in=True)
ADA = Role(name="ada", signs_in=True, valid_until="2030-01-01 00:00:00+00", connection_limit=3)
SOURCE = Side(version=150018, user="postgres", is_superuser=True, database="app", owner="postgres",
              roles=(FIRST, ADA))  # fmt: skip
AURORA = Side(version=150018, user="master", is_superuser=False, database="shop", owner="master",
              remembers_access=False, roles=(Role(name="master", signs_in=True),))  # fmt: skip


def sql(source: Side, target: Side = AURORA, owners: tuple[str, ...] = ()) -> list[str]:
    return [step.sql for step in roles.roles(source, target, owners).steps]


def test_a_role_is_made_with_what_aurora_takes() -> None:
    assert sql(SOURCE) == [
        (
            'CREATE ROLE "ada" WITH LOGIN INHERIT NOCREATEROLE NOCREATEDB CONNECTION LIMIT 3 '
            "VALID UNTIL '2030-01-01 00:00:00+00';"
        )
    ]


def test_no_password_is_carried_and_that_is_said() -> None:
    assert roles.roles(SOURCE, AURORA, ()).said == (
        (
            r"Passwords cannot be carried; these roles cannot sign in until each has a new one (psql: "
            r"\password ROLE): ada."
        ),
        (
            "Not made at Aurora, because they are the server's own: postgres. What they own is the "
            "operator's there."
        ),
    )


def test_a_role_that_is_there_is_left_as_it_is_and_said() -> None:
    there = replace(AURORA, roles=(*AURORA.roles, Role(name="ada")))

    assert sql(SOURCE, there) == []
    assert roles.roles(SOURCE, there, ()).said[-1] == (
        "Role ada is at Aurora with NOLOGIN INHERIT NOCREATEROLE NOCREATEDB, at the source with LOGIN "
        "INHERIT NOCREATEROLE NOCREATEDB CONNECTION LIMIT 3 VALID UNTIL '2030-01-01 00:00:00+00': it is "
        "left as it is."
    )


@pytest.mark.parametrize(
    "name", ["rdsadmin", "rds_superuser", "cloudsqlsuperuser", "azure_pg_admin", "supabase_admin"]
)
def test_providers_own_roles_stay_where_they_are(name: str) -> None:
    assert roles.carried(replace(SOURCE, roles=(FIRST, Role(name=name)))) == set()


def test_an_application_called_as_a_providers_groups_are_is_carried() -> None:
    etl = Role(name="aws_etl", signs_in=True)
    source = replace(SOURCE, roles=(FIRST, etl), grants=(Grant("aws_etl", "CONNECT"),))
    assert roles.carried(source) == {"aws_etl"}
    assert access.intended(source) == (Grant("aws_etl", "CONNECT"),)

    early = replace(
        AURORA,
        roles=(*AURORA.roles, etl, Role(name="rds_superuser")),
        grants=(Grant("aws_etl", "CONNECT"), Grant("rds_superuser", "CONNECT")),
        remembers_access=True,
        is_reachable_by=("aws_etl", "master", "rdsadmin"),
    )
    (close,) = access.close(source, early, ["master"], environment="dev").steps
    assert [it for it in close.sql.splitlines() if "REVOKE" in it] == [
        'REVOKE CONNECT ON DATABASE "shop" FROM "aws_etl";'
    ]
    assert access.still_in(early, ["master"]) == ["aws_etl"]


def test_memberships_are_carried_and_the_operator_joins_owners() -> None:
    source = replace(
        SOURCE,
        roles=(*SOURCE.roles, Role(name="bob")),
        memberships=(
            Membership("ada", "bob", is_admin=True),
            Membership("pg_monitor", "ada"),
            Membership("rds_superuser", "ada"),
            Membership("ada", "postgres"),
        ),
    )

    assert sql(source, owners=("ada", "postgres"))[2:] == [
        'GRANT "ada" TO "bob" WITH ADMIN OPTION;',
        'GRANT "pg_monitor" TO "ada";',
        'GRANT "ada" TO "master";',
    ]


@pytest.mark.parametrize(("is_admin", "granted"), [(False, True), (True, False)])
def test_who_may_only_be_a_member_at_aurora_gets_admin_too(
    is_admin: bool,  # noqa: FBT001 - parameters of pytest's
    granted: bool,  # noqa: FBT001
) -> None:
    both = (ADA, Role(name="bob"))
    source = replace(
        SOURCE, roles=(FIRST, *both), memberships=(Membership("ada", "bob", is_admin=True),)
    )
    target = replace(AURORA, roles=both, memberships=(Membership("ada", "bob", is_admin=is_admin),))

    made = 'GRANT "ada" TO "bob" WITH ADMIN OPTION;'
    assert (made in sql(source, target)) == granted


@pytest.mark.parametrize(("acts_as", "joins"), [((), True), (("ada",), False)])
def test_an_operator_that_is_a_member_to_administer_alone_joins(
    acts_as: tuple[str, ...],
    joins: bool,  # noqa: FBT001 - a parameter of pytest's
) -> None:
    target = replace(
        AURORA,
        roles=(*AURORA.roles, ADA),
        memberships=(Membership("ada", "master", is_admin=True),),
        acts_as=frozenset(acts_as),
    )

    assert sql(SOURCE, target, owners=("ada",)) == (['GRANT "ada" TO "master";'] if joins else [])


def test_dms_joins_those_whose_tables_it_writes_to() -> None:
    dms = Role(name="dms", signs_in=True)
    target = replace(AURORA, roles=(*AURORA.roles, dms), acts_as=frozenset({"ada"}))

    def joined(target: Side, *writers: str) -> list[str]:
        made = roles.roles(SOURCE, target, ["ada", "postgres"], writers=writers)
        return [step.sql for step in made.steps if step.sql.startswith("GRANT")]

    assert joined(target, "dms", "master") == ['GRANT "ada" TO "dms";', 'GRANT "master" TO "dms";']
    members = (Membership("ada", "dms"), Membership("master", "dms", inherits=False))
    assert joined(replace(target, memberships=members), "dms") == ['GRANT "master" TO "dms";']
    superuser = replace(target, roles=(dms._replace(is_superuser=True),))
    assert joined(superuser, "dms") == []


def test_settings_are_carried_once() -> None:
    ada = ADA._replace(settings=("search_path=app, public",), settings_here=("work_mem=9MB",))
    read_only = "default_transaction_read_only=on"
    source = replace(SOURCE, roles=(FIRST, ada), settings=("app.name=it's", read_only))

    assert sql(source)[1:] == ["ALTER ROLE \"ada\" SET \"search_path\" TO 'app', 'public';"]
    assert [step.sql for step in roles.settings_here(source, AURORA)] == [
        'ALTER DATABASE "shop" SET "app"."name" TO \'it\'\'s\';',
        'ALTER ROLE "ada" IN DATABASE "shop" SET "work_mem" TO \'9MB\';',
    ]
    there = replace(AURORA, roles=(ada,), settings=source.settings)
    assert roles.settings_here(source, there) == ()


@pytest.mark.parametrize(
    ("kept", "sql"),
    [
        ("work_mem=8MB", "\"work_mem\" TO '8MB'"),
        ("a.b=x=y", '"a"."b" TO \'x=y\''),
        ('search_path="$user", public', "\"search_path\" TO '$user', 'public'"),
        ('search_path="a "" b, c"', '"search_path" TO \'a " b, c\''),
        ("search_path=", "\"search_path\" TO ''"),
        ("DateStyle=ISO, MDY", "\"DateStyle\" TO 'ISO, MDY'"),
    ],
)
def test_a_setting_is_written_as_sql(kept: str, sql: str) -> None:
    assert setting(kept) == sql


@pytest.mark.parametrize("name", ["a", "A b", 'x"y', "select", "", 'a"";b'])
def test_a_name_comes_back_from_its_quotes(name: str) -> None:
    assert unquoted(quoted(name)) == name


def test_a_text_keeps_quotes_and_backslashes() -> None:
    assert text(r"it's \n") == r"E'it''s \\n'"


def test_a_database_is_closed_after_it_was_remembered() -> None:
    source = replace(
        SOURCE,
        grants=(
            Grant("public", "TEMPORARY"),
            Grant("ada", "CONNECT", grantable=True),
            Grant("postgres", "CREATE"),
        ),
    )
    target = replace(AURORA, grants=(Grant("public", "CONNECT"), Grant("master", "CONNECT")))

    remember, close = access.close(source, target, ["dms"], environment="dev").steps

    assert remember.sql == (
        'INSERT INTO "ferry"."access" ("database", "acl", "at") VALUES (\n'
        "  pg_catalog.current_database(),\n"
        "  array[\n"
        "    pg_catalog.makeaclitem(0, '\"master\"'::pg_catalog.regrole::pg_catalog.oid, 'TEMPORARY', false),\n"
        "    pg_catalog.makeaclitem('\"ada\"'::pg_catalog.regrole::pg_catalog.oid, "
        "'\"master\"'::pg_catalog.regrole::pg_catalog.oid, 'CONNECT', true)]"
        "::pg_catalog.aclitem[]::pg_catalog.text,\n"
        "  pg_catalog.now());"
    )
    assert close.sql == (
        'REVOKE CONNECT ON DATABASE "shop" FROM PUBLIC;\nGRANT CONNECT ON DATABASE "shop" TO "dms";'
    )
    closed = replace(
        target, remembers_access=True, grants=(Grant("dms", "CONNECT"), Grant("master", "CONNECT"))
    )
    assert access.close(source, closed, ["dms"], environment="dev").steps == ()


def test_rdss_own_roles_are_let_in_and_others_are_found() -> None:
    grants = (Grant("master", "CONNECT"), Grant("rdstopmgr", "CONNECT"))
    target = replace(
        AURORA, remembers_access=True, grants=grants, is_reachable_by=("ada", "master", "rdstopmgr")
    )

    assert access.close(SOURCE, target, ["master"], environment="dev").steps == ()
    assert access.still_in(target, ["master"]) == ["ada"]


def test_a_database_is_not_closed_where_nobody_could_say_who_is_to_come_back() -> None:
    (found,) = access.close(
        SOURCE, replace(AURORA, remembers_access=None), [], environment="dev"
    ).findings

    assert found.what == "Database shop has no table ferry.access in Aurora."
    assert found.remedy == "Make it first: ferry prepare-databases dev"
