"""Sentences are true of what they are said of: what is new was nothing before, and one is one."""

from __future__ import annotations

import re

import pytest

from ferry.review.plan.plan import Action
from ferry.review.plan.shown import ours
from ferry.review.rules.combined.connection_options import OPTIONS
from ferry.review.rules.combined.settings import Setting, effects
from ferry.review.rules.combined.task_settings import SETTINGS
from ferry.review.rules.finding import Phrase
from ferry.review.rules.row import Rule
from ferry.review.rules.table import ROWS

OF_BEFORE = re.compile(
    r"\{before|no longer|in place of|any more|where it was|until now|stays as it is now|another way"
)
"""What nobody can say of something that is new."""
TABLES = {"source": OPTIONS["source"], "target": OPTIONS["target"], "task": SETTINGS}
ONES = [(of, name) for of, table in TABLES.items() for name in table]


@pytest.mark.parametrize(("of", "name"), ONES)
def test_of_a_new_setting_nothing_is_said_of_what_it_was(of: str, name: str) -> None:
    row: Setting = TABLES[of][name]
    bad = [it for it in (*row.effects, "no value", [], -1, 10**9) if not row.harmless(it)]
    assert bad
    for value in bad:
        said = effects(TABLES[of], None, {name: value}).said.values()
        sentences = [text for group in said for it, text in group if it == name]
        assert sentences
        assert [it for it in sentences if OF_BEFORE.search(it)] == []


@pytest.mark.parametrize(
    "rule",
    [it for it in ROWS if isinstance(it, Rule) and Action.CREATE in it.on],
    ids=lambda it: f"{it.resource}.{it.attribute}",
)
def test_of_a_new_resource_nothing_is_said_of_what_it_was(rule: Rule) -> None:
    assert not OF_BEFORE.search(rule.effect)


@pytest.mark.parametrize(
    "unit", ["day", "minute", "second", "byte", "connection", "period", "hour"]
)
def test_one_is_one(unit: str) -> None:
    phrase = Phrase(
        f"Kept for {{after}} {unit}s, not {{before}} {unit}s.",
        {"after": ours("1"), "before": ours("11")},
    )
    assert phrase.text() == f"Kept for 1 {unit}, not 11 {unit}s."
    assert phrase.text(lambda it: f"`{it}`") == f"Kept for `1` {unit}, not `11` {unit}s."
    assert Phrase(f"In {{n}} {unit}s.", {"n": ours('"1"')}).text() == f'In "1" {unit}.'
    assert Phrase(f"In {{n}} {unit}s.", {"n": ours("(not set)")}).text() == f"In (not set) {unit}s."
