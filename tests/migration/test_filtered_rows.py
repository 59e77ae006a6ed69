"""The rows that ferry says a filter lets pass are those that local AWS's DMS carries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ferry.mappings import CarriedTable, Inexpressible, Mappings, TableName
from ferry.mappings.rendering import where
from ferry.postgres import sql
from ferry.postgres.catalog.rows import Column
from harness.postgres import SUPERUSER, Postgres
from local_aws.dms_worker import catalog
from local_aws.dms_worker.filters import row_filter
from tests.migration.databases import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

# A column's type, PostgreSQL's name of it, and values, of which each may be compared with each.
TYPES = {
    "smallint": ("int2", ["0", "1", "-1", "32767"]),
    "integer": ("int4", ["9", "10", "-100"]),
    "bigint": ("int8", ["9", "10", "9007199254740993"]),
    "numeric(9,2)": ("numeric", ["1.5", "10", "-0.01"]),
    "real": ("float4", ["0.1", "1.5", "10"]),
    "double precision": ("float8", ["0.1", "1.5", "10"]),
    "boolean": ("bool", ["true", "f"]),
    "date": ("date", ["2019-12-31", "2020-01-01", "0001-01-01"]),
    "time": ("time", ["00:00", "23:59:59.5"]),
    "timestamp": ("timestamp", ["2020-01-01", "2020-01-01 00:00:00.000001", "2020-02-29T12:00"]),
    "timestamptz": ("timestamptz", ["2020-01-01", "2020-01-01 02:00+02", "2020-01-01 00:00:01Z"]),
    "uuid": ("uuid", ["0" * 32, "00000000-0000-0000-0000-00000000000A"]),
    "varchar(9)": ("varchar", ["a", "A", "_", "é", "it's", "50%", "\\x", "", " a", "a "]),
    "char(3)": ("bpchar", ["a", "A", "a ", "é", "%s"]),
}
ONE = ("eq", "noteq", "gte", "lte", "ste")
TWO = ("between", "notbetween")
NEGATIVE = ("noteq", "notbetween", "notnull")
TARGET = "Renamed %"


@st.composite
def conditions(draw: st.DrawFn, type_: str) -> list[dict[str, str]]:
    """The conditions of a filter; one that is negative stands alone."""
    values = st.sampled_from(TYPES[type_][1])
    found = []
    for _ in range(draw(st.integers(1, 3))):
        operator = draw(st.sampled_from([*ONE, *TWO, "null", "notnull"]))
        made = {"filter-operator": operator}
        if operator in ONE:
            made["value"] = draw(values)
        if operator in TWO:
            made["start-value"], made["end-value"] = draw(values), draw(values)
        if operator in NEGATIVE:
            return [made]
        found.append(made)
    return found


@st.composite
def filters(draw: st.DrawFn) -> list[tuple[str, list[dict[str, str]]]]:
    """One to three filters, each of a column of a type."""
    types = draw(st.lists(st.sampled_from(sorted(TYPES)), min_size=1, max_size=3, unique=True))
    return [(type_, draw(conditions(type_))) for type_ in types]


@pytest.fixture(scope="module")
def server(source_server: Postgres) -> Iterator[psycopg.Connection[Any]]:
    """A session in which every type has a table of its values, under the source's and Aurora's name."""
    parameters = Database(server=source_server, name=SUPERUSER).connection
    with psycopg.connect(**parameters, autocommit=True) as made:  # type: ignore[arg-type]
        made.execute("set timezone = 'UTC'; set datestyle = 'ISO, YMD'")
        yield made


def carried(given_filters: list[tuple[str, list[dict[str, str]]]]) -> CarriedTable:
    rule = {
        "rule-type": "selection",
        "rule-action": "include",
        "object-locator": {"schema-name": "public", "table-name": "t"},
        "filters": [
            {"column-name": type_, "filter-conditions": each} for type_, each in given_filters
        ],
    }
    renamed = {
        "rule-type": "transformation",
        "rule-id": "1",
        "rule-target": "column",
        "rule-action": "add-prefix",
        "value": TARGET,
        "object-locator": {"schema-name": "public", "table-name": "t", "column-name": "%"},
    }
    columns = [
        Column(1, number, type_, type_, base, modifier=13)
        for number, (type_, (base, _)) in enumerate(TYPES.items(), start=1)
    ]
    found = Mappings.parse(json.dumps({"rules": [rule, renamed]})).carried(
        TableName("public", "t"), columns
    )
    assert found is not None
    return found


def workers(given_filters: list[tuple[str, list[dict[str, str]]]]) -> sql.Composable:
    columns = [catalog.Column(type_, type_, base) for type_, (base, _) in TYPES.items()]
    table = catalog.Table(("public", "t"), tuple(columns))
    found = row_filter(
        table,
        [{"column-name": type_, "filter-conditions": each} for type_, each in given_filters],
    )
    assert found is not None
    return found.of_the_load()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given_filters=filters())
def test_the_same_rows_pass_at_the_source_at_aurora_and_in_dms(
    server: psycopg.Connection[Any], given_filters: list[tuple[str, list[dict[str, str]]]]
) -> None:
    found = carried(given_filters)
    assert not isinstance(found.at_source, Inexpressible)
    assert not isinstance(found.at_target, Inexpressible)
    names = [type_ for type_, _ in given_filters]
    columns = [
        sql.SQL("(select v::{} from unnest({}::text[]) v) {}").format(
            sql.SQL(type_), sql.Literal([*TYPES[type_][1], None]), sql.Identifier(f"of {type_}")
        )
        for type_ in names
    ]
    rows = sql.SQL(" cross join ").join(
        sql.SQL("{}({})").format(each, sql.Identifier(name))
        for each, name in zip(columns, names, strict=True)
    )
    renamed = sql.SQL(", ").join(
        sql.SQL("{} as {}").format(sql.Identifier(name), sql.Identifier(TARGET + name))
        for name in names
    )

    answers = server.execute(
        sql.SQL(
            "select ({source}) is true, ({target}) is true, ({worker}) is true "
            "from (select *, {renamed} from {rows}) rows"
        ).format(
            source=where(found.at_source),
            target=where(found.at_target),
            worker=workers(given_filters),
            renamed=renamed,
            rows=rows,
        )
    ).fetchall()

    assert answers
    assert all(source == target == worker for source, target, worker in answers)
