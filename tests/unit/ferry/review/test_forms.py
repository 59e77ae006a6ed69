"""Whatever form the parts of a change have: no fault of ferry's, and never safe for want of knowledge."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ferry.review import PlanError, Verdict, read_plan, review
from ferry.review.plan.masking import masked
from ferry.review.report import as_json, as_markdown, as_text
from tests.unit.ferry.review.plans import BLOCKING, change, plan_text, update

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.review.plan.values import Json

MISSING: Final = "(missing)"
KEY: Final = "aws_kms_key"
BEFORE: Final = {"id": "k", "key_id": "k", "enable_key_rotation": False}
AFTER: Final = {**BEFORE, "enable_key_rotation": True}
FORMS: Final[tuple[Any, ...]] = (
    *(True, False, None, {}, [], MISSING, "x", 7, [True], [{}], {"a": True}),
    {"enable_key_rotation": True},
)
ALL_KNOWN: Final[tuple[Any, ...]] = (None, False, {}, [], [{}], MISSING)
MEMBERS: Final = ("before", "after", "after_unknown", "before_sensitive", "after_sensitive")
ACTIONS: Final = ("create", "update", "delete", "replace", "no-op", "forget", "read", "other")
NEEDS: Final = {
    "create": {"after"},
    "update": {"before", "after"},
    "delete": {"before"},
    "replace": {"before", "after"},
}
forms = st.dictionaries(st.sampled_from(MEMBERS), st.sampled_from(FORMS))


def item(action: str, given_: Mapping[str, Json]) -> dict[str, Any]:
    """A change of a key, some of its members in another form."""
    found = change(
        KEY,
        action,
        None if action == "create" else BEFORE,
        None if action in {"delete", "forget"} else BEFORE if action == "no-op" else AFTER,
    )
    inner = {**found["change"], **given_}
    return {**found, "change": {name: it for name, it in inner.items() if it != MISSING}}


def verdicts(text: str) -> set[Verdict]:
    """Of a plan and of what is left of it once it is masked; none where it is refused."""
    try:
        texts = (text, masked(text))
        found = [review(read_plan(it), environment="dev", block=BLOCKING) for it in texts]
    except PlanError:
        return set()
    for one, form in product(found, (as_json, as_markdown, as_text)):
        assert form(one)
    return {it.verdict for it in found}


def says_enough(action: str, given_: Mapping[str, Json]) -> bool:
    """Whether a change says, as Terraform would, what there is and will be, and all is known."""
    told = all(isinstance(given_.get(it, AFTER), dict) for it in NEEDS.get(action, ()))
    empty = any(given_.get(it, AFTER) in ({}, MISSING) for it in NEEDS.get(action, ()))
    return told and not empty and given_.get("after_unknown") in ALL_KNOWN


def holds(action: str, given_: Mapping[str, Json]) -> None:
    assert Verdict.SAFE not in verdicts(plan_text(item(action, given_))) or says_enough(
        action, given_
    )


def test_what_terraform_writes_is_safe() -> None:
    assert verdicts(plan_text(item("update", {}))) == {Verdict.SAFE}
    assert verdicts(plan_text(item("no-op", {}))) == {Verdict.SAFE}


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_member_may_have_any_form(action: str, member: str) -> None:
    for form in FORMS:
        holds(action, {member: form})


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(ACTIONS), forms)
def test_all_members_may_have_any_form(action: str, given_: dict[str, Any]) -> None:
    holds(action, given_)


@settings(deadline=None, max_examples=60)
@example("read", {"after_unknown": {"a": True}})
@given(st.sampled_from(ACTIONS), forms)
def test_so_may_those_of_what_was_changed_outside(action: str, given_: dict[str, Any]) -> None:
    beside = update("aws_dms_certificate", {"id": "c"}, tags={"a": "b"})
    found = verdicts(plan_text(beside, resource_drift=[item(action, given_)]))
    assert Verdict.SAFE not in found or given_.get("after_unknown") in ALL_KNOWN


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([*FORMS, ["update"], ["create"], ["no-op"], "update"]), forms)
def test_so_may_those_of_an_output(actions: Json, given_: dict[str, Any]) -> None:
    mask = {"before_sensitive": True, "after_sensitive": False}
    output = {"actions": actions, "before": "a", "after": "a", "after_unknown": False, **mask}
    changed = {name: it for name, it in {**output, **given_}.items() if it != MISSING}
    known = actions in (["update"], ["create"], ["no-op"])
    assert given_ or verdicts(plan_text(item("update", {}), output_changes={"o": changed})) == {
        Verdict.SECOND_REVIEWER if known else Verdict.NOT_JUDGED
    }
    verdicts(plan_text(item("update", {}), output_changes={"o": changed}))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("part", ["errored", "applyable", "complete", "checks", "variables"])
def test_so_may_a_part_of_the_plan(part: str, form: Json) -> None:
    verdicts(plan_text(item("update", {}), **{part: form}))


@pytest.mark.parametrize("form", FORMS)
def test_a_mode_of_any_form_is_no_resource_s(form: Json) -> None:
    resources = [{"address": f"{KEY}.it", "mode": form}]
    found = verdicts(
        plan_text(item("update", {}), configuration={"root_module": {"resources": resources}})
    )
    assert found == {Verdict.NOT_JUDGED}
