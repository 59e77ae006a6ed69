from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.dms_worker.test_decoding import Begin, Change, Commit, Unchanged, parse

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
VALUES = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"))


def test_the_ends_of_a_transaction() -> None:
    assert parse("BEGIN 741") == Begin()
    assert parse("COMMIT 741 (at 2026-11-27 03:00:00.123456+00)") == Commit(
        at="2026-11-27 03:00:00.123456+00"
    )


def test_an_insert_of_values_of_all_forms() -> None:
    line = (
        "table public.orders: INSERT: id[bigint]:-1 price[numeric]:1.50 paid[boolean]:true "
        "what[character varying]:'it''s' flags[bit varying]:B'101' none[text]:null "
        "text[text]:'null' list[text[]]:'{a,\"b c\"}'"
    )
    assert parse(line) == Change(
        table=("public", "orders"),
        kind="INSERT",
        new={
            "id": "-1",
            "price": "1.50",
            "paid": "true",
            "what": "it's",
            "flags": "101",
            "none": None,
            "text": "null",
            "list": '{a,"b c"}',
        },
    )


def test_an_update_that_changes_the_key_and_one_that_does_not() -> None:
    line = "table a.b: UPDATE: old-key: id[integer]:1 new-tuple: id[integer]:2 t[text]:'x new-tuple: y'"
    assert parse(line) == Change(
        table=("a", "b"),
        kind="UPDATE",
        old={"id": "1"},
        new={"id": "2", "t": "x new-tuple: y"},
    )
    assert parse("table a.b: UPDATE: id[integer]:1 t[text]:unchanged-toast-datum") == Change(
        table=("a", "b"), kind="UPDATE", new={"id": "1", "t": Unchanged.TOAST}
    )


def test_a_deletion_with_and_without_a_key() -> None:
    assert parse("table a.b: DELETE: id[integer]:1") == Change(
        table=("a", "b"), kind="DELETE", old={"id": "1"}
    )
    assert parse("table a.b: DELETE: (no-tuple-data)") == Change(table=("a", "b"), kind="DELETE")


@pytest.mark.parametrize(
    "line",
    [
        'table a.b, a."c, d": TRUNCATE: restart_seqs cascade',
        "table a.b: TRUNCATE: (no-flags)",
        "message: transactional: 0 prefix: x, sz: 3 content:abc",
    ],
)
def test_what_is_no_row_is_passed_over(line: str) -> None:
    assert parse(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "table a.b: MERGE: id[integer]:1",
        "table a.b: INSERT: id[integer]",
        "table a.b: UPDATE: old-key: id[integer]:1",
        "COMMIT 741",
    ],
)
def test_what_test_decoding_does_not_write_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a line of test_decoding: "):
        parse(line)


@given(schema=NAMES, table=NAMES, row=st.dictionaries(NAMES, VALUES, min_size=1), kind=NAMES)
def test_any_names_types_and_values_come_back(
    schema: str, table: str, row: dict[str, str | None], kind: str
) -> None:
    columns = "".join(
        f" {_quoted(name)}[{_quoted(kind)}]:" + ("null" if value is None else _literal(value))
        for name, value in row.items()
    )
    line = f"table {_quoted(schema)}.{_quoted(table)}: INSERT:{columns}"
    assert parse(line) == Change(table=(schema, table), kind="INSERT", new=row)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _literal(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
