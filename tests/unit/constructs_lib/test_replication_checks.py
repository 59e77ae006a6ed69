"""What DMS would refuse is refused here, with what was given, what is allowed and what to do."""

from __future__ import annotations

import re

import pytest
from cdktf import Token

from constructs_lib.replication.checks import (
    check_attribute_value,
    check_identifier,
    check_postgresql_name,
    check_range,
)


def refusal(message: str) -> str:
    """The whole message, as a pattern."""
    return f"^{re.escape(message)}$"


@pytest.mark.parametrize("value", [1, 5, 10])
def test_a_number_within_its_range_passes_ends_included(value: int) -> None:
    check_range("size_kb", value, lowest=1, highest=10, unit="KB", remedy="Take less")


@pytest.mark.parametrize("value", [0, 11])
def test_a_number_out_of_range_is_refused(value: int) -> None:
    with pytest.raises(
        ValueError, match=refusal(f"size_kb is {value} KB; allowed are 1 to 10 KB. Take less.")
    ):
        check_range("size_kb", value, lowest=1, highest=10, unit="KB", remedy="Take less")


def test_a_number_without_a_unit_is_refused_without_one() -> None:
    with pytest.raises(ValueError, match=refusal("count is 3; allowed are 1 to 2. Take less.")):
        check_range("count", 3, lowest=1, highest=2, remedy="Take less")


@pytest.mark.parametrize("value", ["ab", "aurora-ferry-dev", "a1-2-3", "a" * 63])
def test_an_identifier_that_dms_takes_passes(value: str) -> None:
    check_identifier("replication instance", value, longest=63)


@pytest.mark.parametrize(
    "value", ["a", "1a", "-a", "a-", "a--b", "a_b", "a.b", "Ab", "a b", "", "a" * 64, "ab\n"]
)
def test_an_identifier_that_dms_or_the_provider_refuses_is_refused(value: str) -> None:
    with pytest.raises(
        ValueError,
        match=refusal(
            f"the replication instance identifier is {value!r} ({len(value)} characters); allowed "
            "are 2 to 63 lower-case letters, digits and single hyphens, a letter first and no "
            "hyphen last. Choose other project, environment or task names."
        ),
    ):
        check_identifier("replication instance", value, longest=63)


@pytest.mark.parametrize("value", ["a", "_a", "awsdms_control", "a" * 63])
def test_a_name_that_needs_no_quotes_passes(value: str) -> None:
    check_postgresql_name("schema", value)


@pytest.mark.parametrize("value", ["", "1a", "Aws", "a-b", "a b", "pg_dms", "a" * 64, "a\n"])
def test_a_name_that_needs_quotes_or_is_kept_for_postgresql_is_refused(value: str) -> None:
    with pytest.raises(
        ValueError,
        match=refusal(
            f"schema is {value!r}; allowed are 1 to 63 lower-case letters, digits and underscores, "
            "no digit first, and not pg_ first. Choose a name that needs no quotes."
        ),
    ):
        check_postgresql_name("schema", value)


@pytest.mark.parametrize("value", ["SET session_replication_role='replica'", 'a "b" = c', "1"])
def test_equals_signs_and_quotes_survive_in_an_attribute(value: str) -> None:
    check_attribute_value("script", value)


def test_a_value_that_terraform_resolves_later_passes() -> None:
    check_attribute_value("endpoint", Token.as_string({"anything": ";"}))


@pytest.mark.parametrize("value", ["", "  ", "SET a=b;", "a\nb", "a\rb"])
def test_a_value_that_would_be_cut_is_refused(value: str) -> None:
    with pytest.raises(
        ValueError,
        match=refusal(
            f"script is {value!r}; DMS separates an endpoint's settings by semicolons and knows no "
            "escape, so allowed is a value that is not empty and has neither semicolon nor line "
            "break. Leave out a final semicolon; give one statement only."
        ),
    ):
        check_attribute_value("script", value)
