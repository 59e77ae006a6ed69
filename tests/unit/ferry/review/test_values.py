"""What is known only after apply, and what nobody may see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.review.plan.values import (
    UNKNOWN,
    Hidden,
    Json,
    both,
    document,
    hide,
    holds_unknown,
    is_set,
    same,
    show,
    with_unknown,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_unknown_is_equal_to_nothing() -> None:
    assert UNKNOWN != UNKNOWN  # noqa: PLR0124 (that is what is tested)
    assert repr(UNKNOWN) == "(known after apply)"
    assert UNKNOWN not in {"a", None}


@pytest.mark.parametrize(
    ("after", "unknown", "shown"),
    [
        ({"a": 1}, {}, '{"a": 1}'),
        ({"a": 1}, {"b": True}, '{"a": 1, "b": "(known after apply)"}'),
        ({"a": 1}, {"b": {"c": False}, "d": [], "e": [False]}, '{"a": 1}'),
        ({"a": {"b": 1}}, {"a": {"c": True}}, '{"a": {"b": 1, "c": "(known after apply)"}}'),
        ({"a": [{"b": 1}]}, {"a": [{"c": True}]}, '{"a": [{"b": 1, "c": "(known after apply)"}]}'),
        ({"a": [1]}, {"a": [False, True]}, '{"a": [1, "(known after apply)"]}'),
        ({"a": [1, 2]}, {"a": [True]}, '{"a": ["(known after apply)", 2]}'),
        ({"a": None}, {"a": [True]}, '{"a": ["(known after apply)"]}'),
        (None, {"a": True}, '{"a": "(known after apply)"}'),
        (7, None, "7"),
    ],
)
def test_unknown_values_are_put_where_they_will_be(after: Json, unknown: Json, shown: str) -> None:
    assert show(with_unknown(after, unknown)) == shown


@pytest.mark.parametrize(
    ("value", "mask"),
    [
        ("canary", True),
        (["canary"], True),
        ({"x": "canary"}, True),
        ({"x": "canary"}, {"x": True}),
        ([{"x": "canary"}], [{"x": True}]),
        ({"x": [["canary"]]}, {"x": [[True]]}),
        ({"x": {"canary": 1}}, {"x": True}),
        ({"x": "canary", "y": 4711}, {"x": True, "y": True}),
    ],
)
def test_what_a_mask_marks_is_hidden_at_any_depth(value: Json, mask: Json) -> None:
    assert "(sensitive)" in show(hide(value, mask))
    assert "canary" not in show(hide(value, mask))
    assert "4711" not in show(hide(value, mask))


@pytest.mark.parametrize(
    "name",
    [
        "password", "master_password", "master_password_wo", "secret_string", "secret_string_wo",
        "secretString", "private_key", "auth_token", "api-key", "ssl_client_key_password",
        "certificate_pem", "Password", "db.password", "passphrase", "access_key", "secret_binary",
    ],
)  # fmt: skip
def test_what_bears_the_name_of_a_secret_is_hidden_without_a_mask(name: str) -> None:
    assert show(hide({name: "canary"}, None)) == f'{{"{name}": "(sensitive)"}}'
    assert "canary" not in show(hide({name: ["canary"]}, {name: False}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("master_password_wo_version", 2),
        ("manage_master_user_password", True),
        ("password", None),
        ("password", ""),
        ("secrets_manager_arn", "arn:aws:secretsmanager:..."),
    ],
)
def test_what_only_speaks_of_secrets_is_shown(name: str, value: Json) -> None:
    assert hide({name: value}, {}) == {name: value}


@pytest.mark.parametrize(
    "value",
    [
        {"password": 4711},
        {"password": {"value": "canary"}},
        {"password": [{"deep": ["canary"]}]},
        {"name": "DB_PASSWORD", "value": "canary"},
        [{"Key": "api-key", "Value": ["canary"]}],
    ],
)
def test_what_stands_below_or_beside_a_secret_s_name_is_hidden(value: Json) -> None:
    shown = show(hide(value, None))
    assert "canary" not in shown
    assert "4711" not in shown
    assert "(sensitive)" in shown


@pytest.mark.parametrize(
    ("value", "mask"),
    [
        ({"x": "canary"}, [{"x": True}]),
        ([{"x": "canary"}], {"x": True}),
        ("canary", {"x": True}),
        ("canary", [True]),
        ("canary", "true"),
        (["y", "canary"], [True]),
        (["canary", "y"], [False, True]),
        ([{"a": 1}, {"x": "canary"}], [{"x": True}, {"a": False}]),
        ([{"x": "canary"}], [{"y": True}, [True]]),
    ],
)
def test_a_mask_that_does_not_fit_hides_more(value: Json, mask: Json) -> None:
    assert "canary" not in show(hide(value, mask))


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ({}, {"a": True}, {"a": True}),
        ({"a": True}, False, {"a": True}),
        ({"a": True}, {"b": [True]}, {"a": True, "b": [True]}),
        ({"a": {"b": True}}, {"a": {"c": True}}, {"a": {"b": True, "c": True}}),
        ([{"a": True}], [{"b": True}], [{"a": True, "b": True}]),
        ({"a": True}, True, True),
        ({"a": True}, [True], True),
        (None, None, None),
    ],
)
def test_masks_are_laid_over_each_other(one: Json, other: Json, together: Json) -> None:
    assert both(one, other) == together


def test_credentials_in_an_address_are_not_shown_and_a_change_of_them_is() -> None:
    before, after = (
        "postgres://ferry:canary-1@db:5432/app",
        "postgres://ferry:canary-2@db:5432/app",
    )
    assert show(before) == show(after) == '"postgres://(sensitive)@db:5432/app"'
    assert not same(hide(before, None), hide(after, None))


def test_a_change_of_what_is_hidden_can_be_told() -> None:
    assert Hidden("a") == Hidden("a")
    assert Hidden("a") != Hidden("b")
    assert Hidden("a") != "a"
    assert len({Hidden({"x": 1}), Hidden({"x": 1})}) == 1


def test_hidden_and_unknown_values_stay_what_they_are() -> None:
    hidden = Hidden("a")
    assert hide(hidden, True) is hidden  # noqa: FBT003 (a mask)
    assert hide(UNKNOWN, True) is UNKNOWN  # noqa: FBT003 (a mask)
    assert hide(None, True) is None  # noqa: FBT003 (a mask)


@given(json_values)
def test_without_mask_and_secret_names_values_stay(value: Json) -> None:
    assert same(hide(value, None), value) or "(sensitive)" in show(hide(value, None))


@given(json_values, json_values)
def test_any_mask_and_any_unknown_part_are_borne(value: Json, mask: Json) -> None:
    assert isinstance(show(hide(with_unknown(value, mask), mask)), str)


@pytest.mark.parametrize(
    ("before", "after", "alike"),
    [
        (None, "", True),
        ([], None, True),
        ({}, "", True),
        (None, False, False),
        (None, 0, False),
        ("a", "a", True),
        ("a", "b", False),
        (UNKNOWN, UNKNOWN, False),
        (None, UNKNOWN, False),
    ],
)
def test_what_is_empty_is_the_same(before: Json, after: Json, alike: bool) -> None:  # noqa: FBT001 (a parameter)
    assert same(before, after) is alike


@pytest.mark.parametrize(
    ("value", "told"), [(None, False), (0, False), (UNKNOWN, True), ("a", True)]
)
def test_whether_a_value_says_anything(value: Json, told: bool) -> None:  # noqa: FBT001 (a parameter)
    assert is_set(value) is told


@pytest.mark.parametrize(
    ("value", "unknown"),
    [(1, False), (UNKNOWN, True), ({"a": [UNKNOWN]}, True), ([{"a": 1}], False)],
)
def test_whether_a_part_is_unknown(value: Json, unknown: bool) -> None:  # noqa: FBT001 (a parameter)
    assert holds_unknown(value) is unknown


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ('{"a": {"b": 1}}', {"a": {"b": 1}}),
        (' {"a": 1} ', {"a": 1}),
        ("{broken", None),
        ("[" * 100_000, None),
        ('{"a":' * 100_000, None),
        ("captureDdls=true;script=SET x='a=b'", {"captureDdls": "true", "script": "SET x='a=b'"}),
        ("one=two", None),
        ("plain text", None),
        (7, None),
    ],
)
def test_texts_that_hold_documents_are_read(value: Json, read: Json) -> None:
    assert document(value) == read


def test_what_a_container_reads_from_a_secret_is_shown_and_a_value_beside_a_name_is_not() -> None:
    container = {
        "secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:ssm:x:y:parameter/z"}],
        "Parameters": [{"ParameterKey": "MasterUserPassword", "ParameterValue": "canary"}],
    }
    assert show(hide(container, None)) == (
        '{"secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:ssm:x:y:parameter/z"}], '
        '"Parameters": [{"ParameterKey": "MasterUserPassword", "ParameterValue": "(sensitive)"}]}'
    )


def test_secrets_in_documents_are_hidden() -> None:
    found = document("user=ferry;password=canary")
    assert show(found) == '{"user": "ferry", "password": "(sensitive)"}'
    assert show(document('{"password": "canary"}')) == '{"password": "(sensitive)"}'
    assert document('{"a": 1, "a": 2}') is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "(not set)"),
        ("ä", '"ä"'),
        (UNKNOWN, "(known after apply)"),
        (Hidden("a"), "(sensitive)"),
        ([UNKNOWN, Hidden("a"), None], '["(known after apply)", "(sensitive)", null]'),
    ],
)
def test_how_values_are_shown(value: Json, shown: str) -> None:
    assert show(value) == shown
