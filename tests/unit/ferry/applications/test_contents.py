"""What a secret's value says, odd ones too; a table each of what is understood and what is not."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.applications.contents import Contents, says, understand
from ferry.errors import FerryError

HOST, AURORA = "db.example.org", "dev.cluster-c0.eu-central-1.rds.amazonaws.com"
HOSTS: Final = {HOST, "orders.example.org"}
CANARY = "canary-Pa55word"
RDS: Final[dict[str, Any]] = {
    "engine": "postgres",
    "host": HOST,
    "port": 5432,
    "dbname": "app",
    "username": "shop",
    "password": CANARY,
}
TO: Final[Any] = {"host": AURORA, "port": "5433", "database": "shop"}
URL = f"postgresql://shop:{CANARY}@{HOST}:5432/app"


def leading(value: Any, user: str = "shop", password: str = CANARY) -> Any:  # noqa: ANN401 - JSON holds anything
    """The value, leading to Aurora."""
    wanted = {**TO}
    if (user, password) != ("shop", CANARY):
        wanted |= {"user": user, "password": password}
    return understand(json.dumps(value), HOSTS).leading(wanted, cluster="aurora-ferry-dev")


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in RDS.items() if key not in keys}


def of_url(url: str) -> dict[str, str]:
    return {"DATABASE_URL": url}


@pytest.mark.parametrize(
    ("value", "there"),
    [
        (RDS, {**RDS, "host": AURORA, "port": 5433, "dbname": "shop"}),
        # what is a text stays one, what has no role stays as it is
        (
            {**RDS, "port": "5432", "ssl": True, "pool": {"max": 1.5, "hosts": ["a"]}, "empty": None},
            {
                **RDS, "host": AURORA, "port": "5433", "dbname": "shop", "ssl": True,
                "pool": {"max": 1.5, "hosts": ["a"]}, "empty": None,
            },
        ),
        # names of drivers, of libpq, of Docker's image, of Spring
        *(
            (
                dict(zip(names, (HOST.upper() + ".", 5432, "app", "shop", CANARY), strict=True)),
                dict(zip(names, (AURORA, 5433, "shop", "shop", CANARY), strict=True)),
            )
            for names in (
                ("DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD"),
                ("PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD"),
                ("POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD"),
                ("hostname", "port", "database", "user", "pass"),
                ("rds-endpoint", "rds.port", "rds dbname", "rdsUsername", "rdsPassword"),
            )
        ),
        # RDS's identifiers
        (
            {"dbInstanceIdentifier": "orders", **RDS},
            {
                "dbClusterIdentifier": "aurora-ferry-dev",
                **RDS, "host": AURORA, "port": 5433, "dbname": "shop",
            },
        ),
        (
            {**RDS, "dbClusterIdentifier": "orders"},
            {
                **RDS, "host": AURORA, "port": 5433, "dbname": "shop",
                "dbClusterIdentifier": "aurora-ferry-dev",
            },
        ),
        # URLs alone, and beside keys
        *(
            (of_url(url), of_url(there))
            for url, there in (
                (URL, f"postgresql://shop:{CANARY}@{AURORA}:5433/shop"),
                (
                    f"postgres://shop:p%40ss@{HOST}/app?sslmode=require&pool=5",
                    f"postgres://shop:p%40ss@{AURORA}:5433/shop?sslmode=require&pool=5",
                ),
                (
                    f"jdbc:postgresql://{HOST}:5432/app?user=shop&password={CANARY}&ssl=true",
                    f"jdbc:postgresql://{AURORA}:5433/shop?user=shop&password={CANARY}&ssl=true",
                ),
                (
                    f"jdbc:aws-wrapper:postgresql://{HOST}/app?User=shop&password={CANARY}",
                    f"jdbc:aws-wrapper:postgresql://{AURORA}:5433/shop?User=shop&password={CANARY}",
                ),
                (
                    f"postgresql+asyncpg://shop:{CANARY}@{HOST}/app",
                    f"postgresql+asyncpg://shop:{CANARY}@{AURORA}:5433/shop",
                ),
                (
                    f"POSTGRES://shop:{CANARY}@Orders.Example.Org:5432/app",
                    f"POSTGRES://shop:{CANARY}@{AURORA}:5433/shop",
                ),
            )
        ),
        (
            {**RDS, "DB_URL": URL},
            {
                **RDS, "host": AURORA, "port": 5433, "dbname": "shop",
                "DB_URL": f"postgresql://shop:{CANARY}@{AURORA}:5433/shop",
            },
        ),
        # a key of the database's that holds a URL
        ({"database": URL}, {"database": f"postgresql://shop:{CANARY}@{AURORA}:5433/shop"}),
        # two keys that agree
        (
            {**RDS, "DB_HOST": HOST},
            {**RDS, "host": AURORA, "port": 5433, "dbname": "shop", "DB_HOST": AURORA},
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_leads_to_the_source_leads_to_aurora(value: Any, there: Any) -> None:  # noqa: ANN401 - JSON holds anything
    found = leading(value)

    assert found == there
    assert list(found) == list(there)
    assert {key: type(each) for key, each in found.items()} == {
        key: type(each) for key, each in there.items()
    }
    again = understand(json.dumps(found), {AURORA})
    assert again.place == (AURORA, 5433, "shop")
    assert again.leading(TO, cluster="aurora-ferry-dev") == there


def test_other_credentials_stand_wherever_the_old_ones_did() -> None:
    jdbc = f"jdbc:postgresql://{HOST}/app?user=shop&password={CANARY}"

    found = leading({**RDS, "A": URL, "B": jdbc}, user="näme", password="p@s/s%+ &d")

    assert (found["username"], found["password"]) == ("näme", "p@s/s%+ &d")
    assert found["A"] == f"postgresql://n%C3%A4me:p%40s%2Fs%25%2B%20%26d@{AURORA}:5433/shop"
    assert found["B"] == (
        f"jdbc:postgresql://{AURORA}:5433/shop?user=n%C3%A4me&password=p%40s%2Fs%25%2B%20%26d"
    )


@given(user=st.text(min_size=1), password=st.text(min_size=1))
def test_whatever_stands_in_a_url_is_read_again(user: str, password: str) -> None:
    try:
        (user + password).encode()
    except UnicodeEncodeError:
        return
    found = leading(of_url(URL), user=user, password=password)

    again = understand(json.dumps(found), {AURORA}).values
    assert (again["user"], again["password"]) == (user, password)


SECOND = "postgresql://olap:x@olap.example.org/facts"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        # no JSON, or no object
        ("", "it is no JSON object"),
        (CANARY, "it is no JSON object"),
        (URL, "it is no JSON object"),
        (json.dumps([RDS]), "it is no JSON object"),
        (json.dumps(RDS)[:-1], "it is no JSON object"),
        ("[" * 100_000, "it is no JSON object"),
        (json.dumps({**RDS, "x": float("nan")}), "it is no JSON object"),
        (json.dumps({**RDS, "x": 1})[:-2] + "1e999}", "it is no JSON object"),
        (f'{{"host": "{HOST}", "host": "{HOST}"}}', "a key of it stands there twice"),
        # another engine
        ({**RDS, "engine": "mysql"}, "its key engine names another engine than PostgreSQL"),
        ({**RDS, "engine": ["postgres"]}, "its key engine names another engine than PostgreSQL"),
        ({**RDS, "engine": None}, "its key engine names another engine than PostgreSQL"),
        # a key that is missing
        (without("host"), "nothing in it is the host: no key such as host, DB_HOST or PGHOST"),
        (without("port"), "nothing in it is the port"),
        (without("dbname"), "nothing in it is the database"),
        (without("username"), "nothing in it is the user"),
        (without("password"), "nothing in it is the password"),
        ({}, "nothing in it is the host"),
        ({"connection": RDS}, "nothing in it is the host"),
        (of_url(f"postgresql://{HOST}/app"), "nothing in it is the user"),
        (of_url(f"postgresql://shop@{HOST}/app"), "nothing in it is the password"),
        # a key of another type
        ({**RDS, "port": True}, "its key port is no port"),
        ({**RDS, "port": 5432.0}, "its key port is no port"),
        ({**RDS, "port": "0"}, "its key port is no port"),
        ({**RDS, "port": 65_536}, "its key port is no port"),
        ({**RDS, "port": f"5432 {CANARY}"}, "its key port is no port"),
        ({**RDS, "host": [HOST]}, "its key host is no text, or empty"),
        ({**RDS, "dbname": ""}, "its key dbname is no text, or empty"),
        ({**RDS, "password": 12345}, "its key password is no text, or empty"),
        # two candidates
        (
            {**RDS, "DB_HOST": "old.example.org"},
            f"host ({HOST}) and DB_HOST (old.example.org) could each be the host, and differ",
        ),
        (
            {**RDS, "DB_PORT": "6432"},
            "port (5432) and DB_PORT (6432) could each be the port, and differ",
        ),
        (
            {**RDS, "URL": URL.replace("/app", "/crm")},
            "dbname (app) and URL (crm) could each be the database, and differ",
        ),
        ({**RDS, "DB_USER": "owner"}, "username and DB_USER could each be the user, and differ"),
        (
            {**RDS, "URL": URL.replace(CANARY, "other")},
            "password and URL could each be the password, and differ",
        ),
        (
            {"A": SECOND, "B": SECOND.replace("olap.", "oltp.")},
            "A (olap.example.org) and B (oltp.example.org) could each be the host, and differ",
        ),
        # what looks like no name is not shown
        (
            {**RDS, "DB_NAME": f"shop:{CANARY}@x"},
            "dbname (app) and DB_NAME ((not shown)) could each be the database, and differ",
        ),
        # URLs in another form
        *(
            (of_url(url), "its key DATABASE_URL says where a database is, in a form that ferry does not")
            for url in (
                f"postgresql://shop:{CANARY}@{HOST}:5432",
                f"postgresql://shop:{CANARY}@{HOST}:5432/",
                f"postgresql://shop:{CANARY}@{HOST},b.example.org/app",
                f"postgresql://shop:{CANARY}@{HOST}:5432/app#x",
                f"postgresql://shop:p@{CANARY}@{HOST}/app",
                f"postgresql://shop:p/{CANARY}@{HOST}/app",
                f"postgresql://shop:12/{CANARY}?x@{HOST}/app",
                f"postgresql://shop:{CANARY}@[2001:db8::1]/app",
                f"postgresql://shop:{CANARY}@{HOST}:port/app",
                f"postgresql://shop:{CANARY}@/app?host={HOST}",
                f"postgresql://shop:{CANARY}@{HOST}/app?hostaddr=10.0.0.1",
                f"postgresql://shop:{CANARY}@{HOST}/app?user=shop",
                f"jdbc:postgresql://{HOST}/app?user=a&user=b&password={CANARY}",
                f"jdbc:postgresql:app?user=shop&password={CANARY}",
                f"postgresql:///app?user=shop&password={CANARY}",
                f"host={HOST} port=5432 dbname=app user=shop password={CANARY}",
                f"Server=tcp:{HOST};Database=app;User Id=shop;Password={CANARY}",
                f" {URL}",
                f"{URL}\n",
            )
        ),
        # what would still lead to the source
        ({**RDS, "REPLICA": HOST}, "its key REPLICA would still lead to the source"),
        (
            {**RDS, "admin": f"https://{HOST}:8443/?p={CANARY}"},
            "its key admin would still lead to the source",
        ),
        (
            {**RDS, "spare": {"urls": [URL]}, "old": "ORDERS.EXAMPLE.ORG."},
            "its key old and spare.urls would still lead to the source",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_certain_is_refused_and_no_value_is_shown(value: Any, why: str) -> None:  # noqa: ANN401 - JSON holds anything
    text = value if isinstance(value, str) else json.dumps(value)

    with pytest.raises(FerryError) as error:
        understand(text, HOSTS)

    assert error.value.why.startswith(why)
    assert CANARY not in str(error.value)
    assert "shop" not in error.value.why
    assert "cutover.hooks.switch" in error.value.remedy
    assert error.value.__suppress_context__ or error.value.__context__ is None


TEXTS: Final = st.sampled_from(
    [
        "",
        HOST,
        AURORA,
        "app",
        "5432",
        CANARY,
        URL,
        SECOND,
        f"{URL}?password={CANARY}",
        f"host={CANARY}",
    ]
)
VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers(0, 70_000) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
)  # fmt: skip
KEYS: Final = st.sampled_from(
    [
        "engine",
        "dbInstanceIdentifier",
        "db.url",
        "a.b",
        "a",
        "",
        *RDS,
        "DB_HOST",
        "PGUSER",
        "database",
    ]
)


@given(value=st.dictionaries(KEYS, VALUES), whole=st.booleans())
@pytest.mark.unfollowed
def test_whatever_it_holds_it_leads_to_aurora_or_is_refused(
    value: dict[str, Any], *, whole: bool
) -> None:
    given_value = {**RDS, **value} if whole else value
    found: Contents | None
    try:
        found = understand(json.dumps(given_value), HOSTS)
    except FerryError as error:
        said = str(error)
        found = None
    else:
        said = f"{found!r}{found.elsewhere}{found.place_in_words}"

    assert CANARY not in said
    if found and found.place[0] in HOSTS:
        there = found.leading(TO, cluster="c")
        still = {key for key, each in there.items() if HOST in json.dumps(each)}
        assert {found.keys.get(key) for key in still} <= {"user", "password"}


def test_what_leads_to_another_server_stays_and_is_named() -> None:
    near = {"replica": f"replica-{HOST}", "domain": f"{HOST}.example.net", "in": {"url": SECOND}}
    value = {**RDS, "FACTS_URL": SECOND, **near}

    found = understand(json.dumps(value), HOSTS)

    there = found.leading(TO, cluster="c")
    assert {key for key in value if there[key] != value[key]} == {"host", "port", "dbname"}
    assert found.elsewhere == (
        "FACTS_URL: leads to olap.example.org:5432/facts",
        "in.url: leads to olap.example.org:5432/facts",
    )


def test_nothing_of_a_value_shows_in_a_representation() -> None:
    found = understand(json.dumps({**RDS, "URL": URL}), HOSTS)

    assert CANARY not in f"{found!r} {found.urls!r}"


@pytest.mark.parametrize(
    ("value", "is_same"),
    [
        ('{"b": [1], "a": "x"}', True),
        ('{"a": "x", "b": [true]}', False),
        ('{"a": "x"}', False),
        ("{", False),
        ("[" * 100_000, False),
    ],
)
def test_whether_a_value_says_the_same(value: str, *, is_same: bool) -> None:
    assert says(value, {"a": "x", "b": [1]}) is is_same
