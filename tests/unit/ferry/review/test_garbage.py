"""Whatever stands in a plan: a review, or one clear refusal, and never a secret."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ferry.cli.app import app
from ferry.review import PlanError, read_plan
from ferry.review.rules.table import TABLE
from tests.unit.ferry.review.plans import change, plan_text

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

SECRET = "canary-4711"
FORMS = ("markdown", "text", "json")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5) | st.sampled_from(["db.r6g.large", "15.4", "0.0.0.0/0", "running", "{}"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)  # fmt: skip


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """A change of a type that rules know, with any values in the attributes that they look at."""
    type_ = draw(st.sampled_from(sorted(TABLE)))
    names = st.sampled_from([*sorted(TABLE[type_]), "id", "arn", "status", "dimensions", "policy"])
    side = st.none() | st.dictionaries(names, json_values, max_size=4)
    flags = st.dictionaries(names, st.booleans() | json_values, max_size=2)
    return {
        "address": f"{type_}.it",
        "type": type_,
        "name": draw(json_values),
        "action_reason": draw(json_values),
        "previous_address": draw(json_values),
        "change": {
            "actions": draw(
                st.sampled_from(
                    [
                        ["create"],
                        ["update"],
                        ["delete"],
                        ["delete", "create"],
                        ["no-op"],
                        ["forget"],
                    ]
                )
            ),
            "before": draw(side),
            "after": draw(side),
            "after_unknown": draw(flags),
            "before_sensitive": draw(flags),
            "after_sensitive": draw(flags),
            "replace_paths": draw(json_values),
        },
    }


def said(text: str, form: str) -> str:
    """What `ferry review` prints of a plan, on either stream. It ends with a status of its own."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "plan.json"
        file.write_text(text)
        result = CliRunner().invoke(
            app,
            ["review", "dev", str(file), "--format", form],
            prog_name="ferry",
        )
    assert isinstance(result.exception, SystemExit | None)
    assert result.exit_code in {0, 1, 3, 4}
    assert result.stdout or (result.exit_code == 3 and len(result.stderr.splitlines()) == 1)
    return result.output


@settings(deadline=None, max_examples=30)  # the first example takes longer
@given(st.lists(changes(), max_size=4), st.lists(changes(), max_size=1), st.sampled_from(FORMS))
def test_any_values_in_known_attributes_end_in_words(
    items: list[dict[str, Any]], drift: list[dict[str, Any]], form: str
) -> None:
    said(plan_text(*items, resource_drift=drift), form)


@settings(deadline=None, max_examples=30)
@given(st.dictionaries(
    st.sampled_from(["format_version", "resource_changes", "resource_drift", "output_changes",
                     "prior_state", "planned_values", "configuration", "variables", "complete"]),
    json_values,
), st.sampled_from(FORMS))  # fmt: skip
def test_any_part_of_a_plan_may_be_anything(parts: dict[str, Json], form: str) -> None:
    said(plan_text(**parts), form)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=30) | st.binary(max_size=30).map(lambda it: it.decode("latin-1")))
def test_any_text_is_no_plan(text: str) -> None:
    with pytest.raises(PlanError):
        read_plan(text)


@st.composite
def hidden_values(draw: st.DrawFn) -> tuple[Json, Json]:
    """A value with the secret in it at any depth, and the mask that marks it."""
    value: Json = SECRET
    mask: Json = True
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["list", "dict", "whole"]))
        if kind == "list":
            others = draw(st.lists(st.just("x"), max_size=2))
            value, mask = [*others, value], [*(False for _ in others), mask]
        elif kind == "dict":
            value, mask = {"k": value, "o": 1}, {"k": mask}
        else:
            value, mask = {SECRET: value}, True
    return value, mask


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from([(type_, name) for type_, rows in TABLE.items() for name in rows]),
    st.sampled_from(["create", "update", "delete", "replace"]),
    hidden_values(),
    st.sampled_from(["before", "after"]),
    st.sampled_from(FORMS),
)
def test_what_is_marked_on_one_side_is_shown_nowhere(
    attribute: tuple[str, str], action: str, hidden: tuple[Json, Json], side: str, form: str
) -> None:
    """Whatever the attribute, the action and the depth: in tables, differences and findings."""
    type_, name = attribute
    value, mask = hidden
    before, after = {name: value, "copy": SECRET}, {name: value, "changed": [SECRET]}
    item = change(
        type_,
        action,
        None if action == "create" and side == "after" else before,
        None if action == "delete" and side == "before" else after,
    )
    item["change"][f"{side}_sensitive"] = {name: mask}
    assert SECRET not in said(plan_text(item, resource_drift=[item]), form)


def test_a_truncated_plan_is_refused_wherever_it_ends() -> None:
    text = plan_text({"address": "a.b", "type": "a", "change": {"actions": [], "after": {"x": 1}}})
    for end in range(len(text) - 1):
        with pytest.raises(PlanError):
            read_plan(text[:end])
    assert json.loads(text)
