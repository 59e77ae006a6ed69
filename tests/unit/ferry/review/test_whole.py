"""What a plan says beside its changes: whose it is, what is put off, invoked, run, checked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferry.review import Plan, PlanError, Verdict, masked, read_plan
from ferry.review.plan.whole import Check, Identity
from tests.unit.ferry.review.plans import UNKNOWN, change, plan_text, reviewed, stays, update

AWS = "registry.terraform.io/hashicorp/aws"
SAFE = update("aws_vpc", {"tags": {}}, tags={"a": "b"})
NEWER = (
    "The plan has format_version {}, which is newer than what this review knows (1.2): it may say "
    "more than is read."
)
ARN = "arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-1"


def unread(plan: Plan) -> list[str]:
    """What of a plan is not judged, in words."""
    return [it.why.format(name=it.name) for it in plan.unread]


def configured(*resources: dict[str, Any], **providers: dict[str, Any]) -> dict[str, Any]:
    """A plan's configuration; providers are named as it names them, with `__` for the dot."""
    return {
        "provider_config": {
            key.replace("__", "."): {
                "name": "aws",
                "full_name": AWS,
                **({"alias": key.partition("__")[2]} if "__" in key else {}),
                "expressions": expressions,
            }
            for key, expressions in providers.items()
        },
        "root_module": {"resources": list(resources)},
    }


def constant(value: object) -> dict[str, object]:
    return {"constant_value": value}


OWN = {
    "region": constant("eu-central-1"),
    "allowed_account_ids": constant(["111122223333"]),
    "default_tags": [{"tags": constant({"environment": "dev", "project": "aurora-ferry"})}],
}
"""The arguments of the provider in this project's stacks."""


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"complete": True, "applyable": True, "errored": False, "timestamp": "2026-11-26"}, []),
        ({"relevant_attributes": [{}], "variables": {"a": {"value": 1}}}, []),
        ({"something_new": [1]}, ["something_new is a part of the plan that this review does not know."]),
        ({"something_new": False}, ["something_new is a part of the plan that this review does not know."]),
        ({"something_new": [], "another": None, "third": {}}, []),
        ({"format_version": "1.2"}, []),
        ({"format_version": "1.3"},
         [NEWER.format("1.3")]),
        ({"format_version": "1.10"},
         [NEWER.format("1.10")]),
        ({"complete": False},
         ["Terraform says that this plan is not all that there is to do (complete)."]),
        ({"complete": "no"},
         ["Terraform says that this plan is not all that there is to do (complete)."]),
        ({"complete": False, "deferred_changes": [
            {"reason": "unknown", "resource_change": {"address": "aws_vpc.later"}}]},
         ["aws_vpc.later is put off to a later plan (deferred_changes)."]),
        ({"deferred_changes": [{"reason": "x"}]},
         ["deferred_changes is put off to a later plan (deferred_changes)."]),
        ({"deferred_changes": True},
         ["deferred_changes is put off to a later plan (deferred_changes)."]),
        ({"action_invocations": [{"address": "action.aws_lambda_invoke.x", "type": "aws_lambda_invoke"}]},
         ["action.aws_lambda_invoke.x is an action that is invoked: what it does is not in the plan."]),
        ({"deferred_action_invocations": [
            {"reason": "x", "action_invocation": {"address": "action.aws_lambda_invoke.x"}}]},
         ["action.aws_lambda_invoke.x is an action that is put off to a later plan."]),
    ],
)  # fmt: skip
def test_parts_that_cannot_be_judged_are_told_by_name(
    parts: dict[str, Any], told: list[str]
) -> None:
    plan = plan_text(SAFE, **parts)
    assert unread(read_plan(plan)) == told
    assert unread(read_plan(masked(plan))) == told
    verdict = reviewed(SAFE, **parts).verdict
    assert verdict is (Verdict.NOT_JUDGED if told else Verdict.SAFE)


def test_a_part_s_name_is_shown_as_it_is_and_does_nothing() -> None:
    plan = plan_text(**{"{why} ::stop-commands::x": [1]})
    assert unread(read_plan(plan)) == [
        "{why} ::stop-commands::x is a part of the plan that this review does not know."
    ]


@pytest.mark.parametrize(
    ("applyable", "parts", "told"),
    [
        (False, {"resource_changes": [SAFE]}, True),
        (False, {"output_changes": {"x": {"actions": ["update"]}}}, True),
        (False, {"resource_changes": [stays("aws_vpc")]}, False),
        (False, {"output_changes": {"x": {"actions": ["no-op"]}}}, False),
        (True, {"resource_changes": [SAFE]}, False),
    ],
)
def test_a_plan_that_terraform_would_not_apply_and_that_changes_something(
    applyable: bool,  # noqa: FBT001 (a parameter)
    parts: dict[str, object],
    told: bool,  # noqa: FBT001 (a parameter)
) -> None:
    found = unread(read_plan(plan_text(applyable=applyable, **parts)))
    assert found == (
        ["Terraform says that it does not apply this plan (applyable), which changes something."]
        if told
        else []
    )


def state(*names: str) -> dict[str, object]:
    return {
        "root_module": {
            "resources": [
                {"address": f"aws_vpc.{it}", "mode": "managed", "type": "aws_vpc", "values": {}}
                for it in names
            ]
            + [{"address": "data.aws_vpc.x", "mode": "data", "type": "aws_vpc"}],
            "child_modules": [{"resources": [{"mode": "managed"}]}],
        }
    }


@pytest.mark.parametrize(
    ("parts", "missing"),
    [
        ({"prior_state": {"values": state("a")}}, "aws_vpc.a"),
        ({"prior_state": {"values": state("a")}, "resource_changes": []}, "aws_vpc.a"),
        ({"planned_values": state("a"), "applyable": False}, "aws_vpc.a"),
        ({"planned_values": state("it", "b"), "resource_changes": [stays("aws_vpc")]}, "aws_vpc.b"),
        ({"prior_state": {"values": state(*"abcdefg")}},
         "aws_vpc.a, aws_vpc.b, aws_vpc.c, aws_vpc.d, aws_vpc.e and 2 more"),
        ({"planned_values": state("it"), "prior_state": {"values": state("it")},
          "resource_changes": [stays("aws_vpc")]}, ""),
        # A plan that only refreshes names no resource but in the prior state.
        ({"prior_state": {"values": state("a")}, "applyable": False}, "aws_vpc.a"),
        ({"prior_state": {"values": state("a")}, "resource_drift": [SAFE]}, ""),
        ({"prior_state": {"values": state("a")},
          "output_changes": {"x": {"actions": ["create"]}}}, ""),
    ],
)  # fmt: skip
def test_what_stands_in_a_state_stands_in_a_change_too(
    parts: dict[str, object], missing: str
) -> None:
    document = {"format_version": "1.2", "planned_values": {"root_module": {}}, **parts}
    assert unread(read_plan(json.dumps(document))) == (
        [f"{missing}: in the plan's states, and in none of its changes."] if missing else []
    )


RUNS = {"provisioners": [{"type": "local-exec"}, {"type": "file"}], "mode": "managed"}


@pytest.mark.parametrize("kind", ["local-exec", "remote-exec", "file"])
@pytest.mark.parametrize(
    ("action", "ran"),
    [("create", True), ("replace", True), ("delete", True), ("new", True), ("update", False),
     ("no-op", False)],
)  # fmt: skip
def test_a_provisioner_is_run_where_its_resource_is_made_or_destroyed(
    kind: str, action: str, ran: bool  # noqa: FBT001 (a parameter)
) -> None:  # fmt: skip
    resource = {"address": "terraform_data.it", "provisioners": [{"type": kind}]}
    item = change("terraform_data", action, {"input": 1}, {"input": 2})
    plan = plan_text(item, configuration=configured(resource))
    told = [f"terraform_data.it ({kind}) runs a provisioner, a program that may do anything."]
    assert unread(read_plan(plan)) == (told if ran else [])
    assert unread(read_plan(masked(plan))) == (told if ran else [])


@pytest.mark.parametrize(
    "address",
    ["module.m.aws_vpc.it", 'module.m["a.b]\\"["].aws_vpc.it[0]', "module.m[1].aws_vpc.it"],
)
def test_a_provisioner_in_a_module_is_found(address: str) -> None:
    part = {
        "root_module": {
            "module_calls": {"m": {"module": {"resources": [{"address": "aws_vpc.it", **RUNS}]}}}
        }
    }
    item = change("aws_vpc", "create", None, {"id": UNKNOWN}) | {"address": address}
    assert unread(read_plan(plan_text(item, configuration=part))) == [
        "module.m.aws_vpc.it (local-exec, file) runs a provisioner, a program that may do anything."
    ]


@pytest.mark.parametrize(
    ("configuration", "told"),
    [
        (configured(aws=OWN), []),
        (configured(aws={**OWN, "max_retries": constant(3)}), []),
        (configured(aws={**OWN, "allowed_account_ids": constant(["111122223333"]),
                         "assume_role": [{"role_arn": constant("arn:aws:iam::111122223333:role/a")}]}), []),
        (configured(aws={"region": constant("eu-central-1"), "endpoints": [{}], "assume_role": [{}]}),
         ["aws.assume_role is set for the provider: no rule knows what comes of that.",
          "aws.endpoints is set for the provider: no rule knows what comes of that."]),
        # Nothing uses it.
        (configured(aws=OWN, aws__west={"region": constant("us-west-2")}), []),
        (configured({"provider_config_key": "aws.west"}, aws=OWN,
                    aws__west={"region": constant("us-west-2")}),
         ["provider aws.west (us-west-2): in another account or region than the environment."]),
        (configured({"provider_config_key": "aws.other"}, aws=OWN,
                    aws__other={"allowed_account_ids": constant(["444455556666"])}),
         ["provider aws.other (444455556666): in another account or region than the environment."]),
        (configured({"provider_config_key": "aws.same"}, aws=OWN,
                    aws__same={"region": constant("eu-central-1")}), []),
        ({"provider_config": {"null": {"name": "null", "full_name": "registry.terraform.io/hashicorp/null"},
                              "terraform": {"full_name": "terraform.io/builtin/terraform"}}},
         ["null (registry.terraform.io/hashicorp/null) is not a provider that the rules were written for."]),
        ({"root_module": {"resources": [{"address": "aws_x.it", "mode": "ephemeral"}]}},
         ["aws_x.it is neither a resource nor a data source."]),
        ([7], []), ({"provider_config": [7], "root_module": {"resources": 7, "module_calls": [7]}}, []),
    ],
)  # fmt: skip
def test_providers_that_the_rules_were_not_written_for_are_told(
    configuration: object, told: list[str]
) -> None:
    plan = plan_text(SAFE, configuration=configuration)
    asked = {"account_id": "111122223333", "region": "eu-central-1", "environment": "dev"}
    assert unread(read_plan(plan, **asked)) == told
    assert unread(read_plan(masked(plan), **asked)) == told


def test_a_resource_of_another_provider_is_told() -> None:
    plan = plan_text(SAFE | {"provider_name": "example.org/evil/aws"})
    told = ["example.org/evil/aws is not a provider that the rules were written for."]
    assert unread(read_plan(plan)) == told
    assert unread(read_plan(masked(plan))) == told
    assert unread(read_plan(plan_text(SAFE | {"provider_name": AWS}))) == []


def test_a_plan_tells_whose_it_is() -> None:
    configuration = configured(aws=OWN)
    configuration["provider_config"]["aws"]["version_constraint"] = "5.100.0"
    plan = plan_text(SAFE, configuration=configuration)
    told = Identity(
        account_id="111122223333",
        region="eu-central-1",
        environment="dev",
        terraform="1.11.4",
        provider="5.100.0",
    )
    assert read_plan(plan).identity == told
    assert read_plan(masked(plan)).identity == told
    assert read_plan(plan_text(SAFE)).identity == Identity(terraform="1.11.4")


def test_what_the_provider_does_not_tell_arns_and_tags_do() -> None:
    item = stays("aws_vpc", arn=ARN, tags_all={"environment": "dev"})
    told = read_plan(plan_text(item)).identity
    assert (told.account_id, told.region, told.environment) == (
        "111122223333", "eu-central-1", "dev",
    )  # fmt: skip


ASKED = {
    "account_id": "111122223333",
    "region": "eu-central-1",
    "environment": "dev",
    "project": "aurora-ferry",
}


@pytest.mark.parametrize(
    ("items", "expressions", "message"),
    [
        ([], {**OWN, "allowed_account_ids": constant(["444455556666"])},
         "account: it is of 444455556666, as provider aws says, and was to be reviewed for 111122223333"),
        ([], {**OWN, "region": constant("us-east-1")},
         "region: it is of us-east-1, as provider aws says, and was to be reviewed for eu-central-1"),
        ([], {**OWN, "default_tags": [{"tags": constant({"environment": "prod"})}]},
         "environment: it is of prod, as provider aws says, and was to be reviewed for dev"),
        ([stays("aws_vpc", arn=ARN.replace("1111", "4444"))], {},
         "account: it is of 444422223333, as aws_vpc.it says, and was to be reviewed for 111122223333"),
        ([stays("aws_vpc", arn=ARN.replace("eu-central-1", "eu-west-1"))], {},
         "region: it is of eu-west-1, as aws_vpc.it says, and was to be reviewed for eu-central-1"),
        ([stays("aws_vpc", tags_all={"environment": "prod"})], {},
         "environment: it is of prod, as aws_vpc.it says, and was to be reviewed for dev"),
        ([stays("aws_rds_cluster", cluster_identifier="aurora-ferry-prod")], {},
         "environment: it is of prod, as aws_rds_cluster.it says, and was to be reviewed for dev"),
    ],
)  # fmt: skip
def test_the_plan_of_another_is_refused(
    items: list[dict[str, Any]], expressions: dict[str, Any], message: str
) -> None:
    plan = plan_text(*items, configuration=configured(aws=expressions))
    asked_for = message.rpartition(" ")[2]
    for text in (plan, masked(plan)):
        with pytest.raises(PlanError) as caught:
            read_plan(text, **ASKED)
        assert str(caught.value) == (
            f"This is the plan of another {message}. Give the plan of {asked_for}, or the "
            "environment that it is of."
        )
        assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    "items",
    [
        [],
        [stays("aws_vpc", tags_all={"environment": "dev"})],
        # The stack of the account, in which all its environments are.
        [stays("aws_iam_role", tags_all={"environment": "account"}, name="dms-vpc-role")],
        [stays("aws_rds_cluster", cluster_identifier="aurora-ferry-dev")],
        [stays("aws_iam_role", "r", name="aurora-ferry-dev-dms"),
         stays("aws_sns_topic", "t", name="aurora-ferry-shared")],
        [stays("aws_iam_role", name="another", arn="arn:aws:iam::111122223333:role/another")],
        [stays("aws_rds_cluster", arn="arn:aws:rds:eu-central-1:111122223333:cluster:x")],
        # A data source may show what is another's.
        [stays("aws_vpc", arn=ARN.replace("1111", "4444")) | {"mode": "data"}],
    ],
)  # fmt: skip
def test_a_plan_of_one_s_own_is_read(items: list[dict[str, Any]]) -> None:
    assert unread(read_plan(plan_text(*items), **ASKED)) == []


def test_one_resource_of_another_account_is_told() -> None:
    items = [
        stays("aws_vpc", "a", arn=ARN),
        stays("aws_vpc", "b", arn=ARN.replace("1111", "4444").replace("eu-central", "us-east")),
    ]
    assert unread(read_plan(plan_text(*items), **ASKED)) == [
        "aws_vpc.b (444422223333, us-east-1): in another account or region than the environment."
    ]


@pytest.mark.parametrize(
    ("attributes", "where"),
    [
        ({"owner_id": "444455556666"}, "444455556666"),
        ({"region": "us-east-1"}, "us-east-1"),
        ({"id": "arn:aws:sns:us-east-1:111122223333:t"}, "us-east-1"),
        ({"endpoint_arn": "arn:aws:dms:eu-central-1:444455556666:endpoint:X"}, "444455556666"),
        ({"owner_id": "111122223333", "region": "eu-central-1"}, ""),
        ({"owner_id": 7, "region": None, "arn": ["x"]}, ""),
    ],
)
def test_what_a_resource_tells_of_where_it_is(attributes: dict[str, Any], where: str) -> None:
    items = [stays("aws_vpc", arn=ARN), stays("aws_x", "other", **attributes)]
    assert unread(read_plan(plan_text(*items), **ASKED)) == (
        [f"aws_x.other ({where}): in another account or region than the environment."]
        if where
        else []
    )


def check(status: str, *messages: str, kind: str = "check") -> dict[str, Any]:
    """A check as Terraform 1.11 writes it."""
    name = {"kind": kind, "name": "source", "to_display": "check.source"}
    one: dict[str, Any] = {"address": {"to_display": "check.source"}, "status": status}
    if messages:
        one["problems"] = [{"message": it} for it in messages]
    return {"address": name, "status": status, "instances": [one]}


@pytest.mark.parametrize("status", ["fail", "error", "unknown", "new"])
def test_a_check_that_did_not_pass_is_known_with_what_it_says(status: str) -> None:
    plan = plan_text(checks=[check(status, "not ready", "nor will it be"), check("pass")])
    found = [Check(name="check.source", status=status, messages=["not ready", "nor will it be"])]
    assert read_plan(plan).checks == found
    assert read_plan(masked(plan)).checks == found


def test_a_check_without_instances_speaks_for_itself() -> None:
    name = {"to_display": "output.x"}
    plan = plan_text(
        checks=[{"address": name, "status": "error"}, {"address": name, "status": "pass"}, 7]
    )
    assert read_plan(plan).checks == [Check(name="output.x", status="error")]


def test_a_check_s_message_shows_no_secret() -> None:
    plan = plan_text(
        change("aws_eip", "create", None, {"x": "canary-secret"}, after_sensitive={"x": True}),
        checks=[check("fail", "it is canary-secret"), check("fail", "it is not")],
    )
    assert "canary" not in masked(plan)


@pytest.mark.parametrize(
    ("sensitive", "unknown", "after", "only"),
    [
        ({"a": True}, {}, {"a": "x"}, True),
        ({}, {}, {"a": "x"}, False),
        (False, {}, {"a": "x"}, False),
        ({"a": True}, {"b": True}, {"a": "x"}, False),
        ({"a": True}, {}, {"a": "y"}, False),
    ],
)
def test_a_change_of_what_is_sensitive_alone(
    sensitive: object, unknown: object, after: object, only: bool  # noqa: FBT001 (a parameter)
) -> None:  # fmt: skip
    item = change("aws_vpc", "update", {"a": "x"}, {"a": "x"}, after_sensitive=sensitive)
    item["change"] |= {"after": after, "after_unknown": unknown}
    for text in (plan_text(item), masked(plan_text(item))):
        (found,) = read_plan(text).changes
        assert found.only_marks is only
