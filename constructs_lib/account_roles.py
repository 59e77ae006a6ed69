"""The two IAM roles that AWS DMS looks up by name: made once in an account, then found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import ITerraformDependable, Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_iam_roles import DataAwsIamRoles
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from constructs_lib.policies import trust
from facts.dms import MANAGED_POLICIES
from facts.names import account_stack

if TYPE_CHECKING:
    from facts.placement import Placement


class AccountRoles(Construct):
    """``dms-vpc-role`` and ``dms-cloudwatch-logs-role``, with AWS's managed policies.

    DMS finds both by exactly these names, so there is one of each in an account, and they belong to
    no environment. Terraform refuses to destroy them: every replication in the account would stop.

    The trust has no ``aws:SourceAccount`` condition: DMS uses the role of this name in the account
    that calls it, so nobody can name another account's, and with the condition DMS has been seen
    to write no logs (https://github.com/terraform-aws-modules/terraform-aws-dms/issues/84).

    Where the roles exist already, made by the DMS console or another team, adopt them instead of
    creating them; Terraform then sets their trust, description and tags as stated here, and leaves
    them at the IAM path that they have. After
    ``cdktf synth``, in the account stack's folder ``cdktf.out/stacks/NAME`` (``aws-cn`` and
    ``aws-us-gov`` stand in the ARN where the account is in that partition)::

        terraform init
        terraform import aws_iam_role.dms-vpc-role dms-vpc-role
        terraform import aws_iam_role_policy_attachment.dms-vpc-role dms-vpc-role/arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole
        terraform import aws_iam_role.dms-cloudwatch-logs-role dms-cloudwatch-logs-role
        terraform import aws_iam_role_policy_attachment.dms-cloudwatch-logs-role dms-cloudwatch-logs-role/arn:aws:iam::aws:policy/service-role/AmazonDMSCloudWatchLogsRole

    The addresses are plain because the construct fixes them; hence one AccountRoles in a stack. An
    attachment that does not exist yet is not imported but created by the next apply.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole

    Args:
        scope: The account's stack.
        id_: The construct's id.
        placement: The account; its partition decides the principal and the policies' ARNs.
    """

    def __init__(self, scope: Construct, id_: str, *, placement: Placement) -> None:
        super().__init__(scope, id_)
        for name, policy in MANAGED_POLICIES.items():
            role = IamRole(
                self,
                name,
                name=name,
                description=f"AWS DMS finds this role by its name; it carries {policy}.",
                assume_role_policy=trust(placement.dms_principal),
                tags={"Name": name},
                # One that is adopted stays where it is: IAM moves no role, and DMS finds it by its name.
                lifecycle=TerraformResourceLifecycle(prevent_destroy=True, ignore_changes=["path"]),
            )
            role.override_logical_id(name)
            attachment = IamRolePolicyAttachment(
                self,
                f"{name}-policy",
                role=role.name,
                policy_arn=placement.aws_managed_arn("iam", f"policy/service-role/{policy}"),
                lifecycle=TerraformResourceLifecycle(prevent_destroy=True),
            )
            attachment.override_logical_id(name)


class AccountRolesLookup(Construct):
    """Finds the account's DMS roles, and stops the plan where one is missing.

    Without the check DMS answers late and unclearly: "The IAM Role ... is not configured properly",
    or a task without logs. Needs ``iam:ListRoles``.

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        placement: The account; the error names the stack that makes its roles.
    """

    ready: list[ITerraformDependable]
    """What uses DMS depends on these, so that a missing role is reported before anything is made."""

    def __init__(self, scope: Construct, id_: str, *, placement: Placement) -> None:
        super().__init__(scope, id_)
        self.ready = [
            DataAwsIamRoles(
                self,
                name,
                # Listing answers with nothing where a look-up by name would fail unexplained.
                name_regex=f"^{name}$",
                lifecycle=TerraformResourceLifecycle(
                    postcondition=[
                        Postcondition(
                            condition="${length(self.names) > 0}",
                            error_message=(
                                f"The account has no role {name}, which AWS DMS needs under exactly"
                                f" this name. Run `cdktf deploy {account_stack(placement.account_id)}` first."
                            ),
                        )
                    ]
                ),
            )
            for name in MANAGED_POLICIES
        ]
