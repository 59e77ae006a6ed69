"""Tasks that select tables both are told apart by what their line says to do."""

import re
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings.notation import toml
from settings.reading.asking import within
from settings.reading.mending import read
from settings.reading.problem import Problem
from tests.unit.settings.files import document

PATTERNS = st.text("ab_%", min_size=1, max_size=4)
SELECTED = st.builds(
    lambda schema, names, name: {"schema": schema, names: name},
    st.sampled_from(["public", "p_blic", "pub%", "publi_"]),
    st.sampled_from(["table", "table", "name"]),
    PATTERNS,
)
MOST_MENDS = 6
NAMED = re.compile(
    r"write (name = .+) in place of table in dms\.tasks\[(\d)\]\.tables\[(\d)\], which is .+"
)
ADDED = re.compile(r"add (\{ .+ \}) to dms\.tasks\[(\d)\]\.tables")


def tasks(*selected: dict[str, str]) -> dict[str, Any]:
    """A file with a task for each selection."""
    return document(
        {"dms.tasks": [{"name": f"t-{n}", "tables": [it]} for n, it in enumerate(selected)]}
    )


def found(held: dict[str, Any]) -> list[Problem]:
    """What the rules say of a file whose settings are right by themselves."""
    return within(read("environments/dev.toml", "dev", held))


def mend(held: dict[str, Any], problem: Problem) -> None:
    """Do what a line says."""
    written = held["dms"]["tasks"]
    if named := NAMED.fullmatch(problem.mend):
        table = written[int(named[2])]["tables"][int(named[3])]
        table.pop("table")
        table.update(tomllib.loads(named[1]))
    else:
        added = ADDED.fullmatch(problem.mend)
        assert added, problem.mend
        written[int(added[2])]["tables"].append(tomllib.loads(f"x = {added[1]}")["x"])


@given(SELECTED, SELECTED)
@pytest.mark.unfollowed
def test_what_the_line_says_tells_two_tasks_apart(
    one: dict[str, str], other: dict[str, str]
) -> None:
    held = tasks(one, other)
    problems = found(held)
    for _ in range(MOST_MENDS):
        if not problems or problems[0].mend == "remove one of the two":
            return
        mend(held, problems[0])
        problems = found(held)
    assert problems == [], toml(held["dms"]["tasks"])


def told(one: dict[str, str], other: dict[str, str]) -> str:
    """The mend of the only line about two tasks."""
    (problem,) = found(tasks(one, other))
    return problem.mend


def test_the_narrower_selection_is_left_out_of_the_wider_one_whichever_comes_first() -> None:
    wide, narrow = {"schema": "public"}, {"schema": "public", "table": "log%"}
    left_out = '{ schema = "public", table = "log%", action = "exclude" }'

    assert told(wide, narrow) == f"add {left_out} to dms.tasks[0].tables"
    assert told(narrow, wide) == f"add {left_out} to dms.tasks[1].tables"


def test_schemas_are_told_apart_as_well() -> None:
    assert told({"schema": "tenant7"}, {"schema": "tenant%"}) == (
        'add { schema = "tenant7", table = "%", action = "exclude" } to dms.tasks[1].tables'
    )


def test_the_name_is_written_where_the_pattern_is() -> None:
    dashed, lined = ({"schema": "public", "table": name} for name in ("a-b", "a_b"))
    exact = (
        'write name = "a_b" in place of table in dms.tasks[{}].tables[0], which is exact: _ in table '
        "stands for any one character"
    )

    assert told(dashed, lined) == exact.format(1)
    assert told(lined, dashed) == exact.format(0)


def test_a_name_is_left_out_by_a_pattern_that_matches_it_alone() -> None:
    named = {"schema": "public", "name": "data_[1]"}

    assert told(named, {"schema": "public"}) == (
        'add { schema = "public", table = "data[_][[]1]", action = "exclude" } to dms.tasks[1].tables'
    )


def test_two_patterns_of_the_same_tables_are_one_too_many() -> None:
    assert (
        told({"schema": "public"}, {"schema": "public", "table": "%%"}) == "remove one of the two"
    )
