"""What can be read as a plan, and what is said of the rest."""

from __future__ import annotations

import json

import pytest

from ferry.review import PlanError, read_plan, stack_name
from ferry.review.plan.plan import Action
from tests.unit.ferry.review.plans import UNKNOWN, change, plan_text, stack_of, stays

HOW = "Make one with 'terraform plan -out=FILE' and 'terraform show -json FILE > plan.json'."


def refusal(text: str, stack: str | None = None) -> str:
    with pytest.raises(PlanError) as caught:
        read_plan(text, stack_text=stack)
    assert caught.value.exit_code == 3
    return str(caught.value)


def test_a_plan_that_is_cut_off_is_refused() -> None:
    """Wherever it is cut; test_garbage tries every place."""
    text = plan_text(stays("aws_vpc", cidr_block="10.0.0.0/16"))[:200]
    assert refusal(text).startswith("The plan is not JSON, or is cut off: ")
    assert refusal(text).endswith(HOW)


@pytest.mark.parametrize("text", ["", " \n", "\t"])
def test_an_empty_file_is_no_plan(text: str) -> None:
    assert refusal(text) == f"The plan is empty. {HOW}"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("9" * 10_000, "a number has too many digits"),
        ("1e999", "a number is too large"),
        ("9" * 400, "a number is too large"),
        ("NaN", "NaN is no number of JSON's"),
        ("-Infinity", "-Infinity is no number of JSON's"),
        ('{"canary": 1, "canary": 2}', "a name stands twice in one object"),
    ],
)
def test_json_of_more_than_one_meaning_is_refused(raw: str, why: str) -> None:
    text = plan_text(stays("aws_vpc", x="HERE")).replace('"HERE"', raw)
    assert refusal(text) == f"The plan is not JSON, or is cut off: {why}. {HOW}"


def test_changes_that_stand_twice_are_refused() -> None:
    text = plan_text(stays("aws_vpc"))[:-1] + ', "resource_changes": []}'
    assert refusal(text) == "The plan is not Terraform's: resource_changes stands in it twice."


@pytest.mark.parametrize(
    ("mode", "managed"), [("managed", True), ("data", False), ("new", True), (None, True)]
)
def test_what_is_no_data_source_is_judged(mode: object, managed: bool) -> None:  # noqa: FBT001 (a parameter)
    (found,) = read_plan(plan_text(change("aws_vpc", "create", None, {}, mode=mode))).changes
    assert found.managed is managed


@pytest.mark.parametrize("text", ["[]", "null", "x", '{"a": 1} {}', '{"a" 1}', "{1: 2}"])
def test_what_is_no_object_of_json_is_refused(text: str) -> None:
    assert "not JSON, or is cut off" in refusal(text)


def test_no_value_of_a_broken_plan_is_shown() -> None:
    text = plan_text(stays("aws_vpc", password="canary-1"))[:-3] + "?"
    assert "canary" not in refusal(text)


def test_the_log_of_a_plan_is_no_plan() -> None:
    text = '{"@level": "info", "@message": "Terraform 1.11.4"}'
    assert refusal(text) == f"This is the log of 'terraform plan -json', not a plan. {HOW}"


def test_a_log_of_several_lines_is_known_by_its_first() -> None:
    text = '{"@level": "info", "type": "version"}\n{"@level": "info", "type": "planned_change"}'
    assert refusal(text) == f"This is the log of 'terraform plan -json', not a plan. {HOW}"


@pytest.mark.parametrize(
    "state",
    [
        {"format_version": "1.0", "terraform_version": "1.11.4", "values": {}},
        {"version": 4, "serial": 7, "lineage": "x", "outputs": {}, "resources": []},
    ],
)
def test_a_state_is_no_plan(state: dict[str, object]) -> None:
    """What `terraform show -json` says of one, and the file itself."""
    assert refusal(json.dumps(state)) == (
        f"This is a Terraform state: it has no format_version and planned_values. {HOW}"
    )


@pytest.mark.parametrize("text", ["{}", '{"format_version": "1.2"}', '{"planned_values": {}}'])
def test_another_document_is_no_plan(text: str) -> None:
    assert refusal(text).startswith("This is something else than a plan: ")


@pytest.mark.parametrize("version", ["2.0", "0.1", "1", "one", "1.²", "1." + "9" * 5_000])
def test_a_format_that_is_not_known_is_refused(version: str) -> None:
    assert refusal(plan_text(format_version=version)) == (
        f"The plan has format_version '{version[:20]}'; this review knows 1.x, which Terraform 1.x"
        f" writes. {HOW}"
    )


def test_a_format_that_steers_a_terminal_is_not_shown() -> None:
    assert "'unprintable'" in refusal(plan_text(format_version="\x1b[2J"))


@pytest.mark.parametrize("errored", [True, "yes", 1])
def test_a_plan_of_a_failed_run_is_refused(errored: object) -> None:
    assert refusal(plan_text(errored=errored)) == (
        "The plan was left by a 'terraform plan' that failed: it is not whole. Mend what it "
        "complained of, then plan again."
    )


@pytest.mark.parametrize("name", ["resource_changes", "resource_drift"])
def test_changes_that_are_no_list_are_refused(name: str) -> None:
    assert refusal(plan_text(**{name: {}})) == f"The plan's {name} is not a list. {HOW}"


@pytest.mark.parametrize("item", [None, 7, {}, {"change": None}, {"change": []}])
def test_a_change_without_its_change_is_refused(item: object) -> None:
    text = plan_text(resource_changes=[item])
    assert refusal(text) == f"The plan's resource_changes[0] has no change. {HOW}"


@pytest.mark.parametrize("missing", ["address", "type"])
def test_a_change_without_its_name_is_refused(missing: str) -> None:
    item = stays("aws_vpc")
    del item[missing]
    text = plan_text(stays("aws_vpc"), item)
    assert refusal(text) == (
        f"The plan's resource_changes[1] lacks its address, type or actions. {HOW}"
    )


@pytest.mark.parametrize("side", ["before", "after"])
def test_attributes_that_are_no_attributes_are_refused(side: str) -> None:
    item = stays("aws_vpc")
    item["change"][side] = "canary"
    assert refusal(plan_text(item)) == (
        f"The plan's resource_changes[0] has no attributes in '{side}'. {HOW}"
    )


def test_a_plan_that_is_nested_without_end_is_refused() -> None:
    text = '{"format_version": "1.2", "x": ' + "[" * 100_000
    assert refusal(text) == f"The plan is nested too deeply to be a plan of Terraform's. {HOW}"


def test_an_empty_plan_is_a_plan() -> None:
    assert read_plan(plan_text()).changes == []
    assert read_plan('{"format_version":"1.0","planned_values":{}}').changes == []
    assert read_plan(plan_text(resource_changes=None)).changes == []


@pytest.mark.parametrize(
    ("actions", "action"),
    [
        (["no-op"], Action.NO_OP),
        (["read"], Action.READ),
        (["create"], Action.CREATE),
        (["update"], Action.UPDATE),
        (["delete"], Action.DELETE),
        (["delete", "create"], Action.REPLACE),
        (["create", "delete"], Action.REPLACE),
        (["forget"], Action.FORGET),
        (["create", "forget"], Action.OTHER),
        ([], Action.OTHER),
        ([{}], Action.OTHER),
    ],
)
def test_what_terraform_will_do(actions: list[object], action: Action) -> None:
    item = stays("aws_vpc")
    item["change"]["actions"] = actions
    (found,) = read_plan(plan_text(item)).changes
    assert found.action is action


def test_what_else_is_said_of_a_change() -> None:
    item = change(
        "aws_vpc",
        "replace",
        {"id": "vpc-1"},
        {"id": UNKNOWN, "arn": UNKNOWN},
        replace_paths=[["cidr_block"], ["tags", 0, "x"], "odd"],
        importing={"id": "vpc-1"},
        action_reason="replace_because_tainted",
        previous_address="aws_vpc.was",
        deposed="ab12",
    )
    (found,) = read_plan(plan_text(item)).changes
    assert found.replace_paths == ["cidr_block", "tags.0.x", "odd"]
    assert found.imported
    assert found.deposed
    assert found.reason == "replace_because_tainted"
    assert found.previous_address == "aws_vpc.was"
    assert [repr(found.after[name]) for name in ("id", "arn")] == ["(known after apply)"] * 2


def test_outputs_that_change_are_told() -> None:
    outputs = {
        "a": {"actions": ["no-op"]},
        "b": {"actions": ["update"], "after": "canary"},
        "c": {"actions": None},
        "d": 7,
    }
    found = read_plan(plan_text(output_changes=outputs)).outputs
    assert {name: it.action for name, it in found.items()} == {
        "b": "change",
        "c": "unknown action",
    }
    assert found["b"].after == {"b": "canary"}


def test_an_instance_of_many_has_its_construct_s_path() -> None:
    items = [stays("aws_vpc"), stays("aws_vpc", 'it["a.b"]'), stays("aws_vpc", "other")]
    plan = read_plan(plan_text(*items), stack_text=json.dumps(stack_of(aws_vpc={})))
    assert [it.path for it in plan.changes] == ["aws_vpc/it", "aws_vpc/it", ""]
    assert [it.place for it in plan.changes] == ["aws_vpc/it", "aws_vpc/it", "aws_vpc.other"]


def test_a_resource_without_a_path_is_known_by_its_address() -> None:
    stack = stack_of(aws_vpc={})
    stack["resource"] |= {"aws_eip": {"it": {"//": 7}, "odd": 7}, "aws_route": []}
    stack["resource"]["aws_vpc"]["it"]["//"]["metadata"]["path"] = "whole"
    items = [stays("aws_vpc"), stays("aws_eip")]
    plan = read_plan(plan_text(*items), stack_text=json.dumps(stack))
    assert [it.place for it in plan.changes] == ["whole", "aws_eip.it"]


def test_a_stack_without_resources_is_a_stack() -> None:
    stack = json.dumps({"//": {"metadata": {"stackName": "dev"}}, "resource": None})
    assert read_plan(plan_text(), stack_text=stack).stack == {}
    assert stack_name(stack) == "dev"


def test_a_stack_that_does_not_say_its_name() -> None:
    assert stack_name(json.dumps({"//": {"metadata": {"stackName": 7}}})) == ""


def test_a_stack_that_is_not_json_is_refused() -> None:
    message = refusal(plan_text(), "{")
    assert message.startswith("The stack is not JSON: ")
    assert message.endswith("Give the cdk.tf.json of this plan.")


@pytest.mark.parametrize("stack", ["[]", "{}", '{"//": 7}', '{"//": {"metadata": {}}}'])
def test_a_stack_that_cdktf_did_not_synthesize_is_refused(stack: str) -> None:
    assert refusal(plan_text(), stack) == (
        "The stack was not synthesized by CDKTF: it has no '//'.metadata. Give the cdk.tf.json of "
        "this plan."
    )


def test_what_stays_is_kept_once() -> None:
    """Two sides of ten thousand resources are mostly alike: that is what they weigh."""
    (found,) = read_plan(
        plan_text(
            change("aws_vpc", "update", {"a": {"b": ["c"]}, "d": 1}, {"a": {"b": ["c"]}, "d": 2})
        )
    ).changes
    assert found.before["a"] is found.after["a"]
    assert found.changed() == ["d"]


@pytest.mark.parametrize("side", ["before_sensitive", "after_sensitive"])
def test_what_is_masked_on_one_side_is_masked_on_both(side: str) -> None:
    """It was secret, or will be: the other side's value is as good to whoever wants it."""
    item = change("aws_vpc", "update", {"a": "canary-1"}, {"a": "canary-2"})
    item["change"][side] = {"a": True}
    (found,) = read_plan(plan_text(item)).changes
    assert [found.before["a"], found.after["a"]] == ["canary-1", "canary-2"]  # judged by these
    assert [found.shown_before("a"), found.shown_after("a")] == ["(sensitive)", "(sensitive)"]
    assert found.changed() == ["a"]


@pytest.mark.parametrize(("before", "after"), [(True, True), (True, {}), (False, True)])
def test_a_resource_that_is_masked_whole(before: object, after: object) -> None:
    (found,) = read_plan(
        plan_text(
            change(
                "aws_vpc",
                "update",
                {"a": "canary", "b": 1},
                {"a": "canary", "b": 2},
                before_sensitive=before,
                after_sensitive=after,
            )
        )
    ).changes
    for shown in (found.shown_before, found.shown_after):
        assert [shown("a"), shown("b")] == ["(sensitive)", "(sensitive)"]
    assert found.changed() == ["b"]


SECRET = "canary-secret"
STATE = {"root_module": {"child_modules": [{"resources": [
    {"values": {"x": [SECRET]}, "sensitive_values": {"x": [True]}},
]}]}}  # fmt: skip


@pytest.mark.parametrize(
    "parts",
    [
        {"resource_drift": [change("aws_eip", "update", {"x": SECRET}, {"x": ""},
                                   before_sensitive={"x": True})]},
        {"output_changes": {"o": {"actions": ["create"], "after": SECRET,
                                  "after_sensitive": True}}},
        {"prior_state": {"values": STATE}},
        {"prior_state": {"values": {"outputs": {"o": {"value": SECRET, "sensitive": True}}}}},
        {"planned_values": STATE},
        {"variables": {"v": {"value": {"deep": SECRET}}},
         "configuration": {"root_module": {"variables": {"v": {"sensitive": True}, "w": {}}}}},
    ],
)  # fmt: skip
def test_a_copy_of_what_is_sensitive_elsewhere_is_hidden(parts: dict[str, object]) -> None:
    item = change("aws_vpc", "create", None, {"copy": SECRET, "in": f"<{SECRET}>", "else": "x"})
    (found,) = read_plan(plan_text(item, **parts)).changes
    assert {name: found.shown_after(name) for name in found.after} == {
        "copy": "(sensitive)", "in": "(sensitive)", "else": '"x"',
    }  # fmt: skip
    (shown,) = read_plan(plan_text(item)).changes
    assert shown.shown_after("copy") == f'"{SECRET}"'


@pytest.mark.parametrize(
    "parts",
    [
        {"prior_state": "x"}, {"prior_state": {"values": []}},
        {"planned_values": {"root_module": {"resources": [7], "child_modules": [7]}}},
        {"variables": [], "configuration": {"root_module": {"variables": {"v": {"sensitive": True}}}}},
        {"variables": {"v": 7}, "configuration": {"root_module": {"variables": {"v": {"sensitive": True}}}}},
        {"configuration": {"root_module": {"variables": {"v": 7}}}}, {"configuration": 7},
        {"output_changes": [7]},
    ],
)  # fmt: skip
def test_parts_of_another_shape_hold_no_secrets(parts: dict[str, object]) -> None:
    assert read_plan(plan_text(**parts)).changes == []
