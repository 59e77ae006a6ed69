"""What the rehearsal carries, as far as that is told without a server."""

from __future__ import annotations

from collections import Counter
from random import Random

from harness.rehearsal.kinds import KINDS
from harness.rehearsal.shop import KINDS_TABLES, before_load


def test_there_are_sixty_tables_and_each_of_84_types_is_in_several() -> None:
    made = [it for it in before_load() if it.startswith("create table ")]
    assert len(made) == 60
    times = Counter(kind.type for table in KINDS_TABLES for kind in table.kinds)
    assert len(times) == len(KINDS) == 84
    assert min(times.values()) >= 2


def test_keys_are_of_several_shapes_and_some_tables_have_none() -> None:
    shapes = Counter(tuple(type_ for _, type_ in table.key) for table in KINDS_TABLES)
    assert shapes.keys() == {
        (), ("bigint",), ("uuid",), ("varchar(40)",), ("int", "smallint")
    }  # fmt: skip
    assert shapes[()] == 4


def test_rows_follow_from_the_seed_and_their_keys_differ() -> None:
    for table in KINDS_TABLES:
        rows = [table.row(n, Random(7)) for n in range(50)]  # noqa: S311 - a seed
        assert rows == [table.row(n, Random(7)) for n in range(50)]  # noqa: S311 - a seed
        assert rows[0] != table.row(0, Random(8))  # noqa: S311 - a seed
        keys = {tuple(row[: len(table.key)]) for row in rows}
        assert len(keys) == (50 if table.key else 1)
