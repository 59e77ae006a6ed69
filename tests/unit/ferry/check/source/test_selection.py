"""Tables are found by the length of their names: the same ones as by each pattern on its own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.check.source.selection import Selectable
from ferry.postgres.catalog.rows import Relation
from tests.unit.ferry.check.source.built import task

NAMES = st.text(alphabet="ab_%[", min_size=1, max_size=4)
PATTERNS = st.lists(
    st.sampled_from(["a", "b", "_", "%", "[ab]", "[_]", "[%]", "[[]"]), min_size=1, max_size=5
).map("".join)
SIGNS = {"_": ".", "%": ".*", "[ab]": "[ab]", "[_]": "_", "[%]": "%", "[[]": r"\["}
SELECTIONS = st.lists(
    st.tuples(PATTERNS, PATTERNS, st.sampled_from(["include", "exclude"])), min_size=1, max_size=4
)


def matches(pattern: str, name: str) -> bool:
    pieces = re.findall(r"\[.\]|\[ab\]|.", pattern)
    return re.fullmatch("".join(SIGNS.get(each, each) for each in pieces), name) is not None


@given(st.lists(st.tuples(NAMES, NAMES), max_size=8, unique=True), SELECTIONS)
@pytest.mark.unfollowed
def test_a_task_carries_what_its_patterns_take_and_none_of_them_leaves_out(
    names: list[tuple[str, str]], selections: list[tuple[str, str, str]]
) -> None:
    relations = [Relation(oid, *name) for oid, name in enumerate(names)]
    of = task(
        tables=[
            {"schema": schema, "table": table, "action": action}
            for schema, table, action in selections
        ]
    )

    def taken(relation: Relation, action: str) -> bool:
        return any(
            matches(schema, relation.schema) and matches(table, relation.name)
            for schema, table, which in selections
            if which == action
        )

    assert Selectable(relations).carried(of.tasks[0]) == {
        relation.oid
        for relation in relations
        if taken(relation, "include") and not taken(relation, "exclude")
    }
    assert Selectable(relations).left_out(of.tasks[0]) == {
        relation.oid for relation in relations if taken(relation, "exclude")
    }
