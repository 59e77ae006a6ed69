"""A mapping that is turned round takes each table back to where it came from, and no other anywhere."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from ferry.mappings import Mappings, TableName
from settings.dms import Task
from settings.environment import Environment
from settings.rules.tables import things_are_transformed_once
from settings.way_back import TurnedRound, turned_round
from tests.unit.settings.files import document

SCHEMAS = ["a", "b", "a_c", "d"]
NAMES = ["t", "u", "p_t", "p_u", "t_", "v"]
SCHEMA = st.sampled_from([*SCHEMAS, "%", "a%"])
TABLE = st.sampled_from([*NAMES, "%", "p_%", "%t"])
SELECTIONS = st.one_of(
    st.fixed_dictionaries(
        {"schema": SCHEMA, "table": TABLE, "action": st.sampled_from(["include", "exclude"])}
    ),
    st.fixed_dictionaries({"schema": st.sampled_from(SCHEMAS), "name": st.sampled_from(NAMES)}),
)
RULES = st.one_of(
    st.fixed_dictionaries(
        {
            "target": st.just("schema"),
            "action": st.just("rename"),
            "schema": SCHEMA,
            "value": st.sampled_from(SCHEMAS),
        }
    ),
    st.fixed_dictionaries(
        {
            "target": st.just("table"),
            "action": st.sampled_from(["rename", "add-prefix", "add-suffix", "convert-uppercase"]),
            "schema": SCHEMA,
            "table": TABLE,
            "value": st.sampled_from([*NAMES, "p_"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "target": st.just("column"),
            "action": st.sampled_from(["rename", "remove-column"]),
            "schema": SCHEMA,
            "table": TABLE,
            "column": st.sampled_from(["x", "y"]),
            "value": st.sampled_from(["y", "z"]),
        }
    ),
)
TASKS = st.fixed_dictionaries(
    {
        "name": st.just("all"),
        "tables": st.lists(SELECTIONS, min_size=1, max_size=3),
        "transformations": st.lists(RULES, max_size=3),
    }
)


EVERY = [
    TableName(schema, made)
    for schema in SCHEMAS
    for name in NAMES
    for made in {
        name,
        name.upper(),
        *(it for by in (*NAMES, "p_") for it in (by + name, name + by)),
    }
]
"""Names that something may have in Aurora."""


def once(task: dict[str, Any]) -> bool:
    """Whether no thing is transformed twice, which the rules refuse of a file."""
    content = {**document({"dms.tasks": [task]}), "name": "dev"}
    return not list(things_are_transformed_once(Environment.model_validate(content)))


SAME: dict[str, Any] = {
    "name": "all",
    "tables": [{"schema": "a", "table": "%", "action": "include"}],
    "transformations": [{"target": "schema", "action": "rename", "schema": "a", "value": "a"}],
}
"""A schema that is renamed to what it is called already, which is seldom drawn."""


@example(SAME, {TableName("a", "t")})
@given(TASKS, st.sets(st.sampled_from(EVERY), min_size=1, max_size=12))
def test_what_is_carried_back_is_what_was_carried_and_nothing_else(
    written: dict[str, Any], source: set[TableName]
) -> None:
    task = Task.model_validate(written)
    found = turned_round(task)
    assume(isinstance(found, TurnedRound) and once(written))
    assert isinstance(found, TurnedRound)
    forward = Mappings.of(task)
    back = Mappings(selections=found.tables, transformations=found.transformations)

    for table in EVERY:
        if back.selects(table):
            assert forward.selects(back.target(table))
            assert forward.target(back.target(table)) == table
    carried = {table: forward.target(table) for table in source if forward.selects(table)}
    assume(len(set(carried.values())) == len(carried))  # two that become one are broken already
    for table, there in carried.items():
        assert back.selects(there)
        assert back.target(there) == table
        for column in ("x", "y", "w"):
            name = forward.target_column(table, column)
            if name is not None and name not in {"x", "y", "w"}:
                assert back.target_column(there, name) == column
            if name is None:
                assert back.target_column(there, column) is None
