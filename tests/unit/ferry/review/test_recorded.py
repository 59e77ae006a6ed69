"""Every rule fires in a real plan, and stays silent in another: see recordings.py on how they are made.

A rule is silent where a resource of its type changes and it has nothing to say of that.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from ferry.review import read_plan
from ferry.review.plan.plan import Action
from ferry.review.rules.finding import Finding
from ferry.review.rules.judging import judge
from ferry.review.rules.row import Rule
from ferry.review.rules.table import COMBINED, ROWS
from ferry.review.rules.whole import judge_whole
from tests.unit.ferry.review.recorded import FOLDER, NAMES, account_of, recorded, text
from tests.unit.ferry.review.schema import stack_text

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from ferry.review.rules.row import Combined

RULES = [row for row in ROWS if isinstance(row, Rule)]
MOST_BYTES_OF_ONE = 300_000
MOST_BYTES = 2_200_000
EXAMPLE_ACCOUNTS = {"111122223333", "444455556666"}

NEVER_PLANNED: dict[str, str] = {}
"""Rules, by type and attribute, that no real plan fires, and why the provider never plans it."""


def key(rule: Rule) -> str:
    return f"{rule.resource}.{rule.attribute}"


def name(rule: Rule) -> str:
    return f"{key(rule)}-{rule.danger}"


@cache
def said(plan: str) -> frozenset[tuple[str, str]]:
    """What is said of which types in a plan."""
    return frozenset((it.change.type, it.effect.template) for it in judge(recorded(plan)).findings)


@cache
def changed(plan: str) -> frozenset[str]:
    """The types of what changes in a plan."""
    idle = {Action.NO_OP, Action.READ}
    return frozenset(it.type for it in recorded(plan).changes if it.action not in idle)


def where(rule: Rule) -> set[str]:
    """The plans in which a rule fires."""
    return {plan for plan in NAMES if (rule.resource, rule.effect) in said(plan)}


def silent(fired: AbstractSet[str], types: AbstractSet[str]) -> set[str]:
    """The plans in which something of some types changes and nothing fires."""
    return {plan for plan in NAMES if plan not in fired and types & changed(plan)}


@pytest.mark.parametrize("rule", [it for it in RULES if key(it) not in NEVER_PLANNED], ids=name)
def test_a_rule_fires_in_one_real_plan_and_not_in_another(rule: Rule) -> None:
    """A new rule fails here: add to tests/terraform/recordings.py, and record."""
    assert where(rule)
    assert silent(where(rule), {rule.resource})


def test_a_rule_is_known_by_its_type_and_its_words() -> None:
    assert len({(it.resource, it.effect) for it in RULES}) == len(RULES)


NOT_RECORDED = {
    *(
        "bears_anothers_name",
        "database_is_there",
        "groups_fit",
        "kept_alone",
        "keys_given",
        "keys_let",
        "lacks_company",
        "left_out",
        "log_is_there",
        "made_from_a_snapshot",
    ),
    *("made_beside_itself", "missed_meanwhile", "needs_met", "one_under_two_addresses"),
    *("limits_kept", "moved_into_its_parent", "refused_together", "secrets_open", "tags_are_taken"),
    *("network_carries", "policies_are_taken", "read_by_all", "stands_well", "unlike_its_peers"),
    *("statements_held", "watched_is_the_plans", "told_is_the_plans"),
    *("memory_fits", "protected_in_part", "serverless_instances"),
}
"""What no recorded plan has yet. Made by hand in held/: first_needs.py, one_thing.py, keys.py, wrong.py,
leaving_out.py, refused.py, test_variants.py; in test_serverless.py."""


@pytest.mark.parametrize(
    "combined",
    [it for it in COMBINED if it.__name__ not in NOT_RECORDED],
    ids=lambda it: it.__name__,
)
def test_a_combined_rule_fires_in_one_real_plan_and_not_in_another(combined: Combined) -> None:
    findings = {
        plan: [it for it in combined(recorded(plan)) if isinstance(it, Finding)] for plan in NAMES
    }
    fired = {plan for plan, found in findings.items() if found}
    types = {it.change.type for found in findings.values() for it in found}

    assert fired
    assert silent(fired, types)


def test_what_is_never_planned_has_a_reason_and_a_rule_and_is_not_planned() -> None:
    for rule, reason in NEVER_PLANNED.items():
        assert reason.endswith(".")
        assert [it for it in RULES if key(it) == rule]
    assert [it for it in RULES if key(it) in NEVER_PLANNED and where(it)] == []


def test_what_only_changes_for_the_better_is_safe() -> None:
    """It is planned when Terraform looks for the first time, and finds what its resources made."""
    assert len(recorded("harmless").drift) > 40
    judgement = judge_whole(recorded("harmless"))
    assert judgement.findings == []
    assert judgement.doubts == []


@pytest.mark.parametrize(
    ("plan", "environment"),
    [
        ("everything-new", "staging"),
        ("everything-new-dev", "dev"),
        ("everything-new-prod", "prod"),
    ],
)
def test_a_first_deployment_is_safe(plan: str, environment: str) -> None:
    deployed = read_plan(
        text(plan),
        stack_text=stack_text(environment),
        account_id=account_of(plan),
        region="eu-central-1",
    )
    judgement = judge(deployed)
    assert judgement.findings == []
    assert judgement.doubts == []


@pytest.mark.parametrize("plan", NAMES)
def test_a_recorded_plan_is_small_and_tells_nothing_of_whoever_recorded_it(plan: str) -> None:
    text = (FOLDER / f"{plan}.json").read_text()

    assert len(text) < MOST_BYTES_OF_ONE
    assert set(re.findall(r"(?<=:)\d{12}(?=:)", text)) <= EXAMPLE_ACCOUNTS
    assert re.findall(r"127\.0\.0\.1|localhost|/tmp/|/root/|/home/", text) == []
    assert re.findall(r'"master_password":"|"secret_string":"[^"]', text) == []


def test_the_recorded_plans_are_small_together() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MOST_BYTES
