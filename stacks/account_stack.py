"""What exists once in an AWS account, whatever the number of environments in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformStack

from constructs_lib.account_roles import AccountRoles
from constructs_lib.permissions_boundary import bound_roles
from constructs_lib.provider import configure_terraform
from constructs_lib.role_path import place_roles
from facts import names
from facts.placement import Placement

if TYPE_CHECKING:
    from constructs import Construct

    from settings.environment import Environment


class AccountStack(TerraformStack):
    """The roles that AWS DMS looks up by name; deployed before any environment of the account.

    The rules of the settings see to it that the environments of one account agree on all that is
    taken from them here.

    Args:
        scope: The app.
        environment: Any environment of the account.
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        aws = environment.aws
        super().__init__(scope, names.account_stack(aws.account_id))
        placement = Placement(account_id=aws.account_id, region=aws.home_region)
        configure_terraform(
            self,
            placement=placement,
            provider_version=aws.provider_version,
            assume_role=aws.assume_role,
            default_tags={
                "project": environment.tags.project,
                "environment": "account",
                "repository": environment.tags.repository,
            },
            state_bucket=environment.state_bucket,
            state_key=environment.account_state_key,
            state_region=aws.home_region,
        )
        AccountRoles(self, "roles", placement=placement)
        place_roles(self, path=aws.role_path)
        if aws.permissions_boundary_arn is not None:
            bound_roles(self, policy_arn=aws.permissions_boundary_arn)
