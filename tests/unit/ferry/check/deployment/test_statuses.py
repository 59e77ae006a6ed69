"""The tables of statuses say one thing of each."""

from __future__ import annotations

import pytest

from ferry.check.deployment import statuses
from ferry.check.deployment.statuses import Statuses

TABLES = {name: it for name, it in vars(statuses).items() if isinstance(it, Statuses)}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_each_status_is_of_one_kind(table: Statuses) -> None:
    words = [*table.right.split(), *table.passing.split(), *table.wrong.split()]

    assert len(words) == len(set(words))


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_remedies_are_of_what_is_wrong(table: Statuses) -> None:
    assert set(table.remedies) <= set(table.wrong.split())
