"""For a reader in a hurry: one sentence for what happens to many, and in which order it does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review.report import as_json, as_markdown, as_text
from tests.unit.ferry.review.plans import change, configured, reviewed, stays, update

if TYPE_CHECKING:
    from ferry.review import Review

INSTANCE = "aws_rds_cluster_instance"
LARGER = {"instance_class": "db.r6g.xlarge"}


def instance(name: str, *, writer: bool = False, **after: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    before = {
        "apply_immediately": True,
        "cluster_identifier": "c",
        "instance_class": "db.r6g.large",
        "writer": writer,
    }
    return {**update(INSTANCE, before, **(after or LARGER)), "address": f"{INSTANCE}.{name}"}


def three(**parts: Any) -> Review:  # noqa: ANN401 - JSON
    return reviewed(instance("a"), instance("b"), instance("w", writer=True), **parts)


WRITER = stays(INSTANCE, "writes", cluster_identifier="c", writer=True)
"""Where nobody is known to write, each may."""


def waits(**others: list[str]) -> dict[str, Any]:
    """The configuration of the three, with what each waits for by ``depends_on``."""
    found = configured(
        aws_rds_cluster_instance__a={},
        aws_rds_cluster_instance__b={},
        aws_rds_cluster_instance__w={},
    )
    for resource in found["root_module"]["resources"]:
        named = others.get(resource["address"].rpartition(".")[2], [])
        resource["depends_on"] = [f"{INSTANCE}.{it}" for it in named]
    return found


def block(review: Review, start: str) -> str:
    """A block of the text's, in one line."""
    text = as_text(review)
    at = text.index(f"\n  {start}")
    return " ".join(text[at : text.index("Source:", at)].split())


# The same of many


def test_what_happens_to_many_is_said_once_with_all_of_them() -> None:
    assert block(three(), "second reviewer, interruption").startswith(
        f"second reviewer, interruption {INSTANCE}.a and {INSTANCE}.b: instance_class What happens: "
        'A reader is stopped and started as "db.r6g.xlarge"'
    )


def test_it_is_one_row_of_the_table_in_markdown() -> None:
    rows = [it for it in as_markdown(three()).splitlines() if "A reader is stopped" in it]
    assert [it.split(" | ")[1] for it in rows if it.startswith("|")] == [
        f"`{INSTANCE}.a` and `{INSTANCE}.b`: `instance_class`"
    ]


def test_what_differs_in_a_value_is_said_of_each() -> None:
    found = reviewed(instance("a"), instance("b", instance_class="db.r6g.8xlarge"), WRITER)
    assert as_text(found).split("Interruptions")[1].count("A reader is stopped and started") == 2


def test_json_names_each_by_itself() -> None:
    assert as_json(three()).count('"attribute": "instance_class"') == 3


def test_of_very_many_ten_are_named_and_the_rest_counted() -> None:
    found = reviewed(*(instance(f"i{number:02}") for number in range(40)), WRITER)
    said = block(found, "second reviewer, interruption")
    assert f"{INSTANCE}.i09 and 30 more: instance_class" in said
    assert f"{INSTANCE}.i10" not in said


def test_the_lead_names_the_first_of_each_danger_with_all_of_its_kind() -> None:
    lead = " ".join(as_text(three()).split("Interruptions")[0].split())
    assert (
        f"Second reviewer: interruption: {INSTANCE}.a and {INSTANCE}.b, each: A reader is stopped"
        in lead
    )


def test_what_is_unclear_of_one_resource_is_said_once() -> None:
    made = {"instance_tenancy": "dedicated", "ipv6_netmask_length": 56}
    found = reviewed(change("aws_vpc", "create", None, made))
    text = " ".join(as_text(found).split("Other effects")[1].split())
    assert text.count("No rule says that these are harmless here:") == 1
    assert 'harmless here: instance_tenancy "dedicated"; ipv6_netmask_length 56.' in text


# In which order


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (
            {"a": ["w"], "b": ["w"]},
            f"{INSTANCE}.w, then {INSTANCE}.a and {INSTANCE}.b at the same time.",
        ),
        (
            {"w": ["a", "b"], "b": ["a"]},
            f"{INSTANCE}.a, then {INSTANCE}.b, then {INSTANCE}.w.",
        ),
    ],
)
def test_the_order_of_restarts_is_said(others: dict[str, list[str]], said: str) -> None:
    text = " ".join(as_text(three(configuration=waits(**others))).split())
    assert f"3 instances stop one after another: {said}" in text


def test_what_has_no_order_stops_at_the_same_time() -> None:
    said = f"3 instances stop: {INSTANCE}.a, {INSTANCE}.b and {INSTANCE}.w at the same time."
    assert said in " ".join(as_text(three(configuration=waits())).split())


def test_an_order_that_the_plan_does_not_tell_is_not_made_up() -> None:
    said = "3 instances stop; in which order, this plan does not say."
    assert said in as_text(three())


@pytest.mark.parametrize(
    "changes",
    [
        (instance("a"),),
        (instance("a", instance_class="db.r6g.xlarge", apply_immediately=False),
         instance("b", instance_class="db.r6g.xlarge", apply_immediately=False)),
        (instance("a", tags={"a": "b"}), instance("b", tags={"a": "b"})),
    ],
    ids=["one", "in the window", "none stops"],
)  # fmt: skip
def test_no_order_is_said_where_there_is_none(changes: tuple[dict[str, Any], ...]) -> None:
    assert "instances stop" not in as_text(reviewed(*changes))


# Policies


def policy(*, who: str = "*", actions: list[str], resource: str = "arn:a") -> str:
    return json.dumps(
        {
            "Statement": {
                "Effect": "Allow",
                "Principal": who,
                "Action": actions,
                "Resource": resource,
                "Condition": {"StringEquals": {"aws:SourceAccount": "1"}},
            }
        }
    )


def statements(before: str, after: str) -> list[str]:
    found = reviewed(update("aws_sns_topic_policy", {"policy": before}, policy=after))
    table = as_markdown(found).split("### IAM statements")[1].split("###")[0]
    return [it for it in table.splitlines() if it.startswith("|")][2:]


def test_a_statement_that_changes_in_one_element_says_what_goes_and_comes() -> None:
    old, new = policy(actions=["sns:Publish", "sns:A"]), policy(actions=["sns:Publish", "sns:B"])
    assert statements(old, new) == [
        (
            "| changed | `aws_sns_topic_policy.it` | allow | `*` | no longer `sns:A`; new: `sns:B` | "
            "`arn:a` | `StringEquals aws:SourceAccount 1` |"
        )
    ]


def test_a_statement_that_only_loses_says_so() -> None:
    (row,) = statements(policy(actions=["sns:A", "sns:B"]), policy(actions=["sns:B"]))
    assert " | no longer `sns:A` | " in row


def test_a_statement_that_differs_in_more_is_removed_and_another_added() -> None:
    old, new = policy(actions=["sns:A"]), policy(actions=["sns:B"], resource="arn:b")
    assert [it.split(" | ")[0] for it in statements(old, new)] == ["| removed", "| added"]


# On a terminal


def test_sentences_fit_into_80_columns() -> None:
    lines = as_text(three(configuration=waits())).split("All changes")[0].splitlines()
    assert [it for it in lines if len(it) > 80 and "Source: " not in it] == []


# Terraform's words


@pytest.mark.parametrize(
    ("action", "reason", "said"),
    [
        ("delete", "delete_because_no_resource_config", "because it is gone from the code"),
        ("delete", "delete_because_each_key", "because for_each leaves it out"),
        ("replace", "replace_because_tainted", "because it is tainted"),
        ("replace", "heard_of_by_nobody", "heard_of_by_nobody"),
    ],
)
def test_why_terraform_does_it_is_said_in_words(action: str, reason: str, said: str) -> None:
    after: dict[str, Any] | None = {} if action == "replace" else None
    found = reviewed(change("aws_kms_alias", action, {"name": "a"}, after, action_reason=reason))
    assert f"  {action.replace('delete', 'destroy')} aws_kms_alias.it, {said}" in as_text(found)
