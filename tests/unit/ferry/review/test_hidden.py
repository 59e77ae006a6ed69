"""What is sensitive is judged like all else; what a masked plan hides may be anything."""

from __future__ import annotations

import json

import pytest

from ferry.findings import ExitStatus
from ferry.review import Danger, Review, masked, read_plan, review
from tests.unit.ferry.review.plans import BLOCKING
from tests.unit.ferry.review.recorded import NAMES, account_of, text

READ_BY_MANY = frozenset({"alarm_description", "dashboard_body", "input", "triggers_replace"})


def marked(plan: str) -> str:
    """A plan in which everything is sensitive."""
    document = json.loads(plan)
    for item in (*document["resource_changes"], *document.get("resource_drift", ())):
        item["change"]["before_sensitive"] = item["change"]["after_sensitive"] = True
    return json.dumps(document)


def judged(plan: str, name: str) -> Review:
    found = read_plan(plan, account_id=account_of(name))
    return review(found, environment="dev", block=BLOCKING)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_sensitive_is_judged_as_if_it_were_not(name: str) -> None:
    """But for one thing: what is sensitive and stands where many read it is told to them."""
    plain, hidden = judged(text(name), name), judged(marked(text(name)), name)
    told = [it for it in hidden.findings if it.attribute in READ_BY_MANY]

    assert {it.danger for it in told} <= {Danger.UNCLEAR}
    assert [
        (it.danger, it.change.address, it.attribute) for it in hidden.findings if it not in told
    ] == [(it.danger, it.change.address, it.attribute) for it in plain.findings]
    assert [(it.change.address, it.why, it.attributes) for it in hidden.judgement.doubts] == [
        (it.change.address, it.why, it.attributes) for it in plain.judgement.doubts
    ]
    assert told or hidden.verdict == plain.verdict


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_safe_because_a_masked_plan_hides_it(name: str) -> None:
    plain = judged(text(name), name)
    hidden = judged(masked(marked(text(name))), name)

    assert hidden.exit_code is not ExitStatus.GOOD or plain.exit_code is ExitStatus.GOOD
