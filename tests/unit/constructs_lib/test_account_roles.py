import json

import pytest
from cdktf import TerraformStack

from constructs_lib.account_roles import AccountRoles, AccountRolesLookup
from facts.placement import Placement
from tests.unit.constructs_lib.network_examples import resolved
from tests.unit.template import Template

POLICIES = {
    "dms-vpc-role": "AmazonDMSVPCManagementRole",
    "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
}


@pytest.mark.parametrize(("name", "policy"), POLICIES.items())
def test_the_role_has_the_name_that_dms_looks_for_and_cannot_be_destroyed(
    stack: TerraformStack, placement: Placement, name: str, policy: str
) -> None:
    AccountRoles(stack, "roles", placement=placement)

    role = Template.of(stack).resources("aws_iam_role")[name]
    assert role["name"] == name
    assert role["description"] == f"AWS DMS finds this role by its name; it carries {policy}."
    assert role["tags"] == {"Name": name}
    assert role["lifecycle"] == {"prevent_destroy": True, "ignore_changes": ["path"]}


@pytest.mark.parametrize("name", POLICIES)
def test_the_role_trusts_dms_alone(stack: TerraformStack, placement: Placement, name: str) -> None:
    AccountRoles(stack, "roles", placement=placement)

    role = Template.of(stack).resources("aws_iam_role")[name]
    assert json.loads(role["assume_role_policy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "dms.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


@pytest.mark.parametrize(("name", "policy"), POLICIES.items())
def test_the_role_carries_the_policy_that_aws_manages_and_keeps_it(
    stack: TerraformStack, placement: Placement, name: str, policy: str
) -> None:
    AccountRoles(stack, "roles", placement=placement)

    assert Template.of(stack).resources("aws_iam_role_policy_attachment")[name] == {
        "role": f"${{aws_iam_role.{name}.name}}",
        "policy_arn": f"arn:aws:iam::aws:policy/service-role/{policy}",
        "lifecycle": {"prevent_destroy": True},
    }


def test_there_are_two_roles_and_no_more(stack: TerraformStack, placement: Placement) -> None:
    AccountRoles(stack, "roles", placement=placement)

    template = Template.of(stack)
    assert set(template.resources("aws_iam_role")) == set(POLICIES)
    assert set(template.resources("aws_iam_role_policy_attachment")) == set(POLICIES)


def test_the_addresses_do_not_depend_on_where_the_roles_are_used(
    stack: TerraformStack, placement: Placement
) -> None:
    AccountRoles(stack, "another-id", placement=placement)

    assert set(Template.of(stack).resources("aws_iam_role")) == set(POLICIES)


@pytest.mark.parametrize(("name", "policy"), POLICIES.items())
def test_the_commands_that_adopt_a_role_name_what_is_synthesized(
    stack: TerraformStack, placement: Placement, name: str, policy: str
) -> None:
    AccountRoles(stack, "roles", placement=placement)

    written = AccountRoles.__doc__ or ""
    template = Template.of(stack)
    role = template.resources("aws_iam_role")[name]
    attachment = template.resources("aws_iam_role_policy_attachment")[name]
    assert f"terraform import aws_iam_role.{name} {role['name']}\n" in written
    assert (
        f"terraform import aws_iam_role_policy_attachment.{name}"
        f" {role['name']}/{attachment['policy_arn']}\n"
    ) in written
    assert policy in attachment["policy_arn"]


def test_principal_and_policies_follow_the_partition(stack: TerraformStack) -> None:
    AccountRoles(
        stack, "roles", placement=Placement(account_id="111122223333", region="cn-north-1")
    )

    template = Template.of(stack)
    trust = json.loads(template.resources("aws_iam_role")["dms-vpc-role"]["assume_role_policy"])
    assert trust["Statement"][0]["Principal"] == {"Service": "dms.amazonaws.com.cn"}
    attachment = template.resources("aws_iam_role_policy_attachment")["dms-vpc-role"]
    assert attachment["policy_arn"] == (
        "arn:aws-cn:iam::aws:policy/service-role/AmazonDMSVPCManagementRole"
    )


@pytest.mark.parametrize("name", POLICIES)
def test_a_missing_role_stops_the_plan_and_names_the_command(
    stack: TerraformStack, placement: Placement, name: str
) -> None:
    AccountRolesLookup(stack, "account-roles", placement=placement)

    found = Template.of(stack).where("aws_iam_roles", kind="data", name_regex=f"^{name}$")
    assert found["lifecycle"]["postcondition"] == [
        {
            "condition": "${length(self.names) > 0}",
            "error_message": (
                f"The account has no role {name}, which AWS DMS needs under exactly this name."
                " Run `cdktf deploy account-111122223333` first."
            ),
        }
    ]


def test_what_uses_dms_can_wait_for_both_checks(
    stack: TerraformStack, placement: Placement
) -> None:
    lookup = AccountRolesLookup(stack, "account-roles", placement=placement)

    found = Template.of(stack).data("aws_iam_roles")
    assert {resolved(check.fqn, stack) for check in lookup.ready} == {
        f"${{data.aws_iam_roles.{name}}}" for name in found
    }
