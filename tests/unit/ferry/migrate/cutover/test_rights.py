"""The SQL that closes a database and opens it again, by names that are data."""

from __future__ import annotations

import json

import pytest

from ferry.migrate.cutover.rights import PUBLIC, Item, Rights, Saved, closing, opening, script


def rights(*items: tuple[str, str, str], **other: object) -> Rights:
    """Rights on the database `The "app"` of which each item was given by its second word."""
    return Rights(
        database='The "app"',
        owner="owner",
        acl="{...}",
        items=tuple(Item(grantee=a, grantor=b, privilege=c) for a, b, c in items),
        read_only=other.get("read_only", {}),  # type: ignore[arg-type]  # of a test
        settings={},
    )


USUAL = rights(
    (PUBLIC, "owner", "TEMPORARY"),
    (PUBLIC, "owner", "CONNECT"),
    ("owner", "owner", "CREATE"),
    ("owner", "owner", "CONNECT"),
    ("clerk", "boss", "CONNECT"),
    ("dms", "owner", "CONNECT"),
)


def test_connect_goes_from_each_but_the_keepers() -> None:
    assert list(closing(USUAL, ["ferry", "dms"], belt=True)) == [
        'REVOKE CONNECT ON DATABASE "The ""app""" FROM PUBLIC CASCADE',
        'REVOKE CONNECT ON DATABASE "The ""app""" FROM "owner" CASCADE',
        'REVOKE CONNECT ON DATABASE "The ""app""" FROM "clerk" CASCADE',
        'GRANT CONNECT ON DATABASE "The ""app""" TO "ferry"',
        'GRANT CONNECT ON DATABASE "The ""app""" TO "dms"',
        (
            'ALTER ROLE "ferry" IN DATABASE "The ""app""" SET default_transaction_read_only = \'off\''
        ),
        'ALTER ROLE "dms" IN DATABASE "The ""app""" SET default_transaction_read_only = \'off\'',
        'ALTER DATABASE "The ""app""" SET default_transaction_read_only = \'on\'',
    ]


@pytest.mark.parametrize("is_group", [True, False])
def test_a_providers_group_is_its_customers(is_group: bool) -> None:  # noqa: FBT001 - a parameter
    one = Item(grantee="cloudsqlx", grantor="owner", privilege="CONNECT", is_group=is_group)
    found = Rights(database="app", owner="owner", acl="", items=(one,), read_only={}, settings={})

    revoked = [it for it in closing(found, ["ferry"], belt=False) if it.startswith("REVOKE")]

    assert revoked == (
        ['REVOKE CONNECT ON DATABASE "app" FROM "cloudsqlx" CASCADE'] if is_group else []
    )


def test_an_application_s_role_is_shut_out_whatever_its_name_begins_with() -> None:
    one = Item(grantee="aws_etl", grantor="owner", privilege="CONNECT")
    found = Rights(database="app", owner="owner", acl="", items=(one,), read_only={}, settings={})

    revoked = [it for it in closing(found, ["ferry"], belt=False) if it.startswith("REVOKE")]

    assert revoked == ['REVOKE CONNECT ON DATABASE "app" FROM "aws_etl" CASCADE']


def where_there(role: str, statement: str) -> str:
    return (
        f"DO $ferry$BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{role}') "
        f"THEN {statement}; END IF; END$ferry$"
    )


def test_rights_are_given_in_their_order_by_who_gave_them() -> None:
    on = 'ON DATABASE "The ""app"""'
    assert list(opening(USUAL, ["ferry", "dms"], belt=False)) == [
        f"REVOKE ALL {on} FROM PUBLIC CASCADE",
        where_there("ferry", f'REVOKE ALL {on} FROM "ferry" CASCADE'),
        where_there("dms", f'REVOKE ALL {on} FROM "dms" CASCADE'),
        where_there("clerk", f'REVOKE ALL {on} FROM "clerk" CASCADE'),
        where_there("owner", f'REVOKE ALL {on} FROM "owner" CASCADE'),
        f"GRANT TEMPORARY {on} TO PUBLIC",
        f"GRANT CONNECT {on} TO PUBLIC",
        where_there("owner", f'GRANT CREATE {on} TO "owner"'),
        where_there("owner", f'GRANT CONNECT {on} TO "owner"'),
        where_there("boss", 'SET LOCAL ROLE "boss"'),
        where_there("clerk", f'GRANT CONNECT {on} TO "clerk"'),
        "RESET ROLE",
        where_there("dms", f'GRANT CONNECT {on} TO "dms"'),
    ]


def test_what_was_set_is_set_again_and_the_rest_is_reset() -> None:
    found = rights(read_only={PUBLIC: "o'n"})

    assert list(opening(found, ["ferry"], belt=True))[-2:] == [
        'ALTER DATABASE "The ""app""" SET default_transaction_read_only = \'o\'\'n\'',
        where_there(
            "ferry",
            'ALTER ROLE "ferry" IN DATABASE "The ""app""" RESET default_transaction_read_only',
        ),
    ]


SAVED = Saved(
    environment="dev", run="r1", ferry="ferry", dms=("dms", "back"), belt=True, databases=(USUAL,)
)


def test_what_is_kept_comes_back_from_json() -> None:
    assert Saved.of_json(json.loads(json.dumps(SAVED.as_json()))) == SAVED


def test_the_script_changes_the_phase_before_anything_else() -> None:
    lines = script(SAVED).splitlines()

    begins = lines.index("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;")
    assert lines[begins + 2 : begins + 5] == [
        "DO $ferry$",
        "BEGIN",
        '  UPDATE "ferry"."journal" SET phase = \'thawed\'',
    ]
    assert "\\set ON_ERROR_STOP on" in lines[:begins]
    assert lines[begins + 11 : -2] == [f"{each};" for each in SAVED.opens()]
    assert "Not all rights were given back" in lines[-2]
    assert lines[-1] == "COMMIT;"


def test_a_name_cannot_end_its_block() -> None:
    found = rights(("a$ferry$b", "owner", "CONNECT"))

    *_, granted = opening(found, [], belt=False)

    assert granted.startswith("DO $ferry_$BEGIN ")
    assert granted.endswith(" END$ferry_$")


def test_a_name_cannot_leave_its_comment() -> None:
    named = Rights(
        database="a\nDROP TABLE x;",
        owner="owner",
        acl="",
        items=(),
        read_only={},
        settings={},
    )
    saved = Saved(environment="dev", run="r", ferry="f", dms=(), belt=False, databases=(named,))

    assert not any(
        line.startswith("DROP") for line in script(saved).partition("BEGIN")[0].splitlines()
    )
