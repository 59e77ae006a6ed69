"""Suggestions, written into a file: what they say is there, and nothing else has changed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.check.source.edits import Edit, LineOfTask, OfDms, OfTable, OfTask, edited

ENVIRONMENTS = sorted((Path(__file__).resolve().parents[5] / "environments").glob("*.toml"))

SMALL = """\
[dms]
instance_class = "dms.t3.medium" # small

# Everything in one.
[[dms.tasks]]
name = "all" # its name
tables = [
    { schema = "public" }, # all of it
    { schema = "shop", name = "orders" },
]

[tags] # who owns it
repository = "github.com/example/aurora-ferry"
"""
UNLIMITED = {"lob": {"mode": "unlimited"}}


def test_a_setting_that_was_not_there_stands_in_its_section() -> None:
    after = edited(SMALL, [OfDms(key="allocated_storage_gib", value=120)])

    assert tomllib.loads(after)["dms"]["allocated_storage_gib"] == 120
    assert after.replace("allocated_storage_gib = 120\n", "") == SMALL


def test_a_tasks_setting_stands_in_its_task() -> None:
    after = edited(SMALL, [OfTask(task="all", key="lob_max_size_kb", value=64)])

    assert tomllib.loads(after)["dms"]["tasks"][0]["lob_max_size_kb"] == 64
    assert "# its name" in after
    assert "# Everything in one." in after


def test_a_setting_that_was_there_has_its_new_value_and_its_comment() -> None:
    before = "[dms]\nallocated_storage_gib = 50 # as agreed\ntasks = []\n"

    after = edited(before, [OfDms(key="allocated_storage_gib", value=120)])

    assert after == before.replace("50", "120")


def test_a_table_gets_a_line_of_its_own_and_the_others_stay() -> None:
    after = edited(SMALL, [OfTable(task="all", schema="public", name="docs", more=UNLIMITED)])

    assert tomllib.loads(after)["dms"]["tasks"][0]["tables"] == [
        {"schema": "public"},
        {"schema": "shop", "name": "orders"},
        {"schema": "public", "name": "docs", "lob": {"mode": "unlimited"}},
    ]
    assert "# all of it" in after


def test_lines_end_as_in_the_rest_of_the_file() -> None:
    edits: list[Edit] = [
        OfDms(key="allocated_storage_gib", value=120),
        OfTask(task="all", key="lob_max_size_kb", value=64),
        OfTable(task="all", schema="shop", name="orders", more=UNLIMITED),
    ]

    after = edited(SMALL.replace("\n", "\r\n"), edits)

    assert after == edited(SMALL, edits).replace("\n", "\r\n")


def test_a_table_that_has_a_line_gets_more_of_it() -> None:
    after = edited(SMALL, [OfTable(task="all", schema="shop", name="orders", more=UNLIMITED)])

    assert tomllib.loads(after)["dms"]["tasks"][0]["tables"] == [
        {"schema": "public"},
        {"schema": "shop", "name": "orders", "lob": {"mode": "unlimited"}},
    ]


def test_tables_may_be_written_as_sections() -> None:
    before = '[[dms.tasks]]\nname = "all"\n[[dms.tasks.tables]]\nschema = "public"\n'

    after = edited(before, [OfTable(task="all", schema="a", name="b", more=UNLIMITED)])

    assert tomllib.loads(after)["dms"]["tasks"][0]["tables"] == [
        {"schema": "public"},
        {"schema": "a", "name": "b", "lob": {"mode": "unlimited"}},
    ]


LEFT_OUT = {"schema": "public", "table": "events", "action": "exclude"}
BEHIND = {"target": "column", "action": "remove-column", "schema": "a", "table": "b", "column": "c"}


def test_a_list_that_was_not_there_begins_with_its_first_line() -> None:
    another = {**BEHIND, "column": "d"}
    edits = [LineOfTask(task="all", key="transformations", line=it) for it in (BEHIND, another)]

    after = edited(SMALL, edits)

    assert tomllib.loads(after)["dms"]["tasks"][0]["transformations"] == [BEHIND, another]
    assert "# all of it" in after
    assert edited(after, edits) == after


@pytest.mark.parametrize("named", ['name = "events", load_order = 1', 'table = "events"'])
def test_a_line_that_is_left_out_is_not_included_as_well(named: str) -> None:
    before = SMALL.replace(
        '    { schema = "shop"',
        f'    {{ schema = "public", {named} }}, # by day\n    {{ schema = "shop"',
    )

    after = edited(before, [LineOfTask(task="all", key="tables", line=LEFT_OUT)])

    assert tomllib.loads(after)["dms"]["tasks"][0]["tables"] == [
        {"schema": "public"},
        LEFT_OUT,
        {"schema": "shop", "name": "orders"},
    ]
    assert "# by day" in after


def test_lists_may_be_written_as_sections() -> None:
    before = """\
[[dms.tasks]]
name = "all"
[[dms.tasks.tables]]
schema = "public" # all of it
[[dms.tasks.transformations]]
target = "schema"
action = "rename"
schema = "public"
value = "app" # as agreed

[[dms.tasks]]
name = "other"
[dms.tasks.validation]
enabled = true
"""
    edits = [
        LineOfTask(task="all", key="tables", line=LEFT_OUT),
        LineOfTask(task="all", key="transformations", line=BEHIND),
        LineOfTask(task="other", key="transformations", line=BEHIND),
    ]

    after = edited(before, edits)

    one, other = tomllib.loads(after)["dms"]["tasks"]
    assert one["tables"] == [{"schema": "public"}, LEFT_OUT]
    assert one["transformations"][1:] == [BEHIND]
    assert other == {
        "name": "other",
        "validation": {"enabled": True},
        "transformations": [BEHIND],
    }
    assert "# all of it" in after
    assert "# as agreed" in after


NUMBERS = st.integers(1, 100_000)


def edits_of(tasks: list[dict[str, Any]]) -> st.SearchStrategy[Edit]:
    names = st.sampled_from([task["name"] for task in tasks])
    text = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=8)
    segments = st.fixed_dictionaries(
        {"parallel_load": st.fixed_dictionaries({"columns": st.just(["id"]),
                                                 "boundaries": st.just([["7"], ["9"]])})}
    )  # fmt: skip
    return st.one_of(
        st.builds(OfDms, key=st.sampled_from(["allocated_storage_gib"]), value=NUMBERS),
        st.builds(OfTask, task=names, key=st.just("lob_max_size_kb"), value=NUMBERS),
        st.builds(LineOfTask, task=names, key=st.just("transformations"),
                  line=st.builds(lambda name: {**BEHIND, "column": name}, text)),
        st.builds(OfTable, task=names, schema=text, name=text,
                  more=st.one_of(st.just(UNLIMITED), segments)),
    )  # fmt: skip


def changed(document: dict[str, Any], edits: list[Edit]) -> dict[str, Any]:
    """What a file says after edits, without its text."""
    dms = document["dms"]
    for edit in edits:
        if isinstance(edit, OfDms):
            dms[edit.key] = edit.value
            continue
        [task] = [each for each in dms["tasks"] if each["name"] == edit.task]
        if isinstance(edit, OfTask):
            task[edit.key] = edit.value
            continue
        if isinstance(edit, LineOfTask):
            lines = task.setdefault(edit.key, [])
            lines += [edit.line] if edit.line not in lines else []
            continue
        is_it = (edit.schema, edit.name)
        line = next(
            (
                each
                for each in task["tables"]
                if (each["schema"], each.get("name", each.get("table"))) == is_it
            ),
            None,
        )
        if line is None:
            task["tables"].append(line := {"schema": edit.schema, "name": edit.name})
        line.update(edit.more)
    return document


@pytest.mark.parametrize("text", [*[it.read_text() for it in ENVIRONMENTS], SMALL],
                         ids=[*[it.stem for it in ENVIRONMENTS], "small"])  # fmt: skip
@given(data=st.data())
@pytest.mark.unfollowed
def test_a_file_says_what_was_written_and_every_comment_stays(
    text: str, data: st.DataObject
) -> None:
    tasks = tomllib.loads(text)["dms"]["tasks"]
    edits = data.draw(st.lists(edits_of(tasks), max_size=5))

    after = edited(text, edits)

    assert tomllib.loads(after) == changed(tomllib.loads(text), edits)
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in after.splitlines() if line.startswith("#")] == comments
