"""Filters that DMS does not take; which rows pass is seen in tests/migration."""

from __future__ import annotations

import pytest

from local_aws.dms_worker.catalog import Column, Table
from local_aws.dms_worker.filters import row_filter
from local_aws.dms_worker.mappings import MappingError

ORDERS = Table(
    ("public", "orders"),
    (Column("id", "integer", "int4"), Column("note", "text", "text", is_lob=True)),
)


@pytest.mark.parametrize(
    ("name", "condition", "message"),
    [
        ("nothing", {"filter-operator": "null"}, "there is no such column"),
        ("note", {"filter-operator": "null"}, "DMS filters by no column of large objects"),
        ("id", {"filter-operator": "gte"}, "gte needs value"),
        ("id", {"filter-operator": "between", "start-value": "1"}, "between needs end-value"),
        (
            "id",
            {"filter-operator": "like", "value": "1"},
            (
                "the operator like is not there: eq, noteq, gte, lte, ste, between, notbetween, "
                "null, notnull are"
            ),
        ),
    ],
)
def test_a_filter_that_dms_does_not_take_is_refused_with_a_word(
    name: str, condition: dict[str, str], message: str
) -> None:
    with pytest.raises(MappingError) as refused:
        row_filter(ORDERS, [{"column-name": name, "filter-conditions": [condition]}])
    assert str(refused.value) == f"the filter of public.orders by {name}: {message}"


def test_a_table_without_filters_has_none() -> None:
    assert row_filter(ORDERS, []) is None
