"""A task's last ARN segment is known before DMS has made the task."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.replication.checks import check_identifier
from constructs_lib.replication.identifiers import task_resource_identifier

WORDS = st.text(alphabet=string.ascii_lowercase + string.digits, min_size=1, max_size=12)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(lambda words: "n" + "-".join(words))


def test_a_short_name_is_taken_as_it_is() -> None:
    assert task_resource_identifier("aurora-ferry-dev", "orders") == "aurora-ferry-dev-orders"


def test_31_characters_are_taken_as_they_are() -> None:
    assert task_resource_identifier("a" * 24, "orders") == f"{'a' * 24}-orders"


def test_a_longer_name_keeps_its_beginning_and_gets_a_digest() -> None:
    assert (
        task_resource_identifier("aurora-ferry-staging-blue", "orders")
        == "aurora-ferry-staging-b-ab499151"
    )


def test_a_beginning_that_ends_in_a_hyphen_loses_it() -> None:
    identifier = task_resource_identifier("a" * 21, "orders-and-more")
    assert identifier.startswith(f"{'a' * 21}-")
    assert "--" not in identifier


def test_environments_whose_names_begin_alike_get_different_identifiers() -> None:
    assert task_resource_identifier(
        "aurora-ferry-staging-blue", "orders"
    ) != task_resource_identifier("aurora-ferry-staging-black", "orders")


@given(name=NAMES, task_name=WORDS)
def test_whatever_the_names_dms_takes_the_identifier(name: str, task_name: str) -> None:
    check_identifier("task's", task_resource_identifier(name, task_name), longest=31)


def test_a_name_that_dms_refuses_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"the replication task's resource identifier is 'dev-a_b'"
    ):
        task_resource_identifier("dev", "a_b")
