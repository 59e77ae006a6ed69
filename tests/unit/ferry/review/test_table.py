"""The table of rules: every row, every attribute of the stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review.plan.plan import Action
from ferry.review.rules import conditions
from ferry.review.rules.combined.ending import database_ends, is_the_tasks_log, migration_ends
from ferry.review.rules.row import (
    ANY,
    CREATED,
    DESTROYED,
    REPLACED,
    Harmless,
    Replaces,
    Reported,
    Rule,
)
from ferry.review.rules.table import FOR_ALL, ROWS, TABLE
from ferry.review.rules.timing import Timing, weighed
from tests.unit.ferry.review.plans import change, reviewed
from tests.unit.ferry.review.schema import SCHEMA, synthesized

if TYPE_CHECKING:
    from collections.abc import Callable

    from ferry.review.plan.values import Json

pytestmark = pytest.mark.unfollowed

RULES = [row for row in ROWS if isinstance(row, Rule)]
OF_ATTRIBUTES = [
    row
    for row in RULES
    if not row.attribute.startswith("(")
    and row.condition not in {conditions.at_a_writer, conditions.at_a_reader}
]
WHOLE = {CREATED, DESTROYED, REPLACED}

# Of each condition: before, an after for which it holds, an after for which it does not.
SAMPLES: dict[Callable[..., bool | None], tuple[Any, Any, Any]] = {
    conditions.always: ("was", "is", "was"),
    conditions.lowered: (30, 7, 35),
    conditions.raised: (30, 35, 7),
    conditions.raised_from_some: (30, 60, 15),
    conditions.turned_on: (False, True, False),
    conditions.turned_off: (True, False, True),
    conditions.removed: ("was", None, "is"),
    conditions.changed_once_set: ("was", "is", "was"),
    conditions.set_to_another: ("was", "is", None),
    conditions.loses_items: (["a", "b"], ["a"], ["a", "b", "c"]),
    conditions.version_goes_down: ("15.8", "15.7", "15.9"),
    conditions.version_goes_up: ("3.5.4", "3.6.1", "3.5.3"),
    conditions.major_version_goes_up: ("15.8", "16.4", "15.9"),
    conditions.minor_version_goes_up: ("15.8", "15.10", "16.4"),
}
MADE_OF_ARGUMENTS = {
    "retention_in_days": (30, 7, 0),
    "database_insights_mode": ("advanced", "standard", "advanced"),
    "ssl_mode": ("verify-full", "require", "verify-full"),
    "monitoring_interval": (60, 0, 30),
    "deletion_window_in_days": (30, 7, 30),
    "recovery_window_in_days": (7, 0, 30),
    "subnet_ids": (["a", "b"], ["a"], ["a", "b", "c"]),
}


def sample(rule: Rule) -> tuple[Any, Any, Any]:
    """Values for which a rule holds and does not."""
    if rule.condition in SAMPLES:
        return SAMPLES[rule.condition]
    return MADE_OF_ARGUMENTS[rule.attribute]


def name(rule: Rule) -> str:
    return f"{rule.resource}.{rule.attribute}-{rule.danger}"


def said(rule: Rule, action: str, before: dict[str, Any] | None, after: Json) -> bool:
    """Whether the review of a change says what the rule says."""
    found = reviewed(change(rule.resource, action, before, after)).findings
    return any(it.effect.template == rule.effect for it in found)


@pytest.mark.parametrize("rule", OF_ATTRIBUTES, ids=name)
def test_a_rule_of_an_attribute_speaks_when_it_holds_and_only_then(rule: Rule) -> None:
    before, holds, does_not = sample(rule)
    assert said(rule, "update", {rule.attribute: before}, {rule.attribute: holds})
    assert not said(rule, "update", {rule.attribute: before}, {rule.attribute: does_not})
    assert not said(rule, "no-op", {rule.attribute: before}, {rule.attribute: before})


@pytest.mark.parametrize("rule", [it for it in RULES if Action.CREATE in it.on], ids=name)
def test_what_is_wrong_however_it_came_about_is_found_in_what_is_made(rule: Rule) -> None:
    _, holds, does_not = sample(rule)
    assert said(rule, "create", None, {rule.attribute: holds})
    assert said(rule, "replace", {rule.attribute: does_not}, {rule.attribute: holds})
    assert not said(rule, "create", None, {rule.attribute: does_not})


OF_THE_END = (migration_ends, database_ends, is_the_tasks_log)
"""Conditions of all that goes at once; test_ending has plans for them."""


@pytest.mark.parametrize(
    "rule",
    [it for it in RULES if it.attribute in WHOLE and it.condition not in OF_THE_END],
    ids=name,
)
def test_a_rule_of_a_whole_resource_speaks_when_it_goes(rule: Rule) -> None:
    assert said(rule, "delete", {"id": "x"}, None) == (rule.attribute == DESTROYED)
    has_own = any(it.resource == rule.resource and it.attribute == REPLACED for it in RULES)
    has_harmless = REPLACED in TABLE[rule.resource] and not has_own
    replaced = rule.attribute == REPLACED or not (has_own or has_harmless)
    assert said(rule, "replace", {"id": "x"}, {"id": "y"}) == replaced
    assert not said(rule, "create", None, {"id": "x"})


@pytest.mark.parametrize("rule", OF_ATTRIBUTES, ids=name)
def test_a_value_that_only_aws_will_say_is_taken_for_the_worst(rule: Rule) -> None:
    before = {rule.attribute: sample(rule)[0]}
    item = change(rule.resource, "update", before, {})
    item["change"]["after_unknown"] = {rule.attribute: True}
    found = reviewed(item)
    assert rule.danger in {it.danger for it in found.findings} or any(
        it.danger is weighed(rule.danger, it.change, rule.timing) for it in found.findings
    )
    assert found.exit_code


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_a_row_says_where_it_is_written_and_when_it_happens(rule: Rule) -> None:
    assert rule.source.startswith("https://")
    assert rule.effect.endswith(".")
    values = {"before": "1", "after": "2"}
    assert "{" not in rule.effect.format_map(values) + rule.remedy.format_map(values)
    if rule.lasts:
        assert rule.timing is not Timing.NONE


@pytest.mark.parametrize("row", [it for it in ROWS if isinstance(it, Harmless)])
def test_what_is_harmless_has_a_reason(row: Harmless) -> None:
    assert row.because.endswith(".")
    assert row.attributes


@pytest.mark.parametrize("type_", sorted(set(TABLE) - {ANY}))
def test_every_type_says_what_comes_of_making_and_destroying_it(type_: str) -> None:
    assert CREATED in TABLE[type_]
    assert DESTROYED in TABLE[type_]


@pytest.mark.parametrize(
    ("type_", "attribute"),
    [
        (type_, attribute)
        for type_, attributes in TABLE.items()
        for attribute, rows in attributes.items()
        if any(isinstance(it, Replaces) for it in rows)
    ],
)
def test_a_change_in_place_of_what_cannot_be_changed_is_not_judged(
    type_: str, attribute: str
) -> None:
    found = reviewed(change(type_, "update", {attribute: "a"}, {attribute: "b"}))
    assert not found.is_judged or attribute in {row.attribute for row in RULES}
    assert found.exit_code != 0


@pytest.mark.parametrize(("type_", "attribute"), synthesized())
def test_every_attribute_of_the_stacks_has_a_rule_or_is_harmless(
    type_: str, attribute: str
) -> None:
    """A new one fails here: add a row for it in ferry/review/rules/rows."""
    assert type_ in TABLE
    rows = TABLE[type_].get(attribute) or FOR_ALL.get(attribute)
    assert rows, f"no row for {type_}.{attribute}"


@pytest.mark.parametrize("row", [it for it in ROWS if isinstance(it, Reported)], ids=repr)
def test_what_is_reported_cannot_be_configured(row: Reported) -> None:
    settable = {it for it in row.attributes if SCHEMA[row.resource][it]["is"] != "computed"}
    assert settable == set()


def test_every_row_is_of_an_attribute_that_the_provider_has() -> None:
    """Where a type is missing from the schema, record it."""
    unheard_of = {
        f"{type_}.{attribute}"
        for type_, attributes in TABLE.items()
        if type_ != ANY
        for attribute in attributes
        if attribute not in WHOLE and attribute not in SCHEMA[type_]
    }
    assert unheard_of == set()
