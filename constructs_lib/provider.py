"""What every stack tells Terraform itself: provider, versions, and where the state is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import S3Backend, S3BackendAssumeRoleConfig
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderAssumeRole

from facts.placement import is_known_to_terraform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf import TerraformStack

    from constructs_lib.protocols import AssumedRole
    from facts.placement import Placement

REQUIRED_TERRAFORM = ">= 1.11"
"""Write-only arguments, which keep passwords out of the state, came with Terraform 1.11."""


def configure_terraform(
    stack: TerraformStack,
    *,
    placement: Placement,
    default_tags: Mapping[str, str],
    state_bucket: str,
    state_key: str,
    state_region: str,
    provider_version: str,
    assume_role: AssumedRole | None,
) -> None:
    """Hold a stack to one account, one provider version and one state file.

    The provider and the backend both refuse credentials of another account, so that a wrong
    profile stops at ``terraform init``. Nothing here says where AWS is: the endpoint and the
    credentials come from the environment (``AWS_ENDPOINT_URL`` and the like), which is why the same
    JSON deploys to AWS and to local AWS.

    Of a region that they do not have in their lists both are told not to look it up: they would
    refuse it.

    The provider's ``max_retries`` stays at its default of 25: with its exponential backoff that
    outlasts a throttled quarter of an hour, and a lower number would turn throttling into a failed
    apply.

    Sources: https://developer.hashicorp.com/terraform/language/backend/s3,
    https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs

    Args:
        stack: The stack to configure; call once for each.
        placement: The account and region that the stack's resources are made in.
        default_tags: Tags that the provider adds to every resource that takes tags.
        state_bucket: The S3 bucket of the state, in the same account; it must exist already.
        state_key: The object in that bucket; no two stacks may share one.
        state_region: The bucket's region.
        provider_version: The exact version of hashicorp/aws, or a constraint.
        assume_role: The role that provider and backend take with the credentials that they find;
            None for these credentials themselves.
    """
    # CDKTF passes over it. Its successor cdktn refuses write-only arguments without.
    stack.node.set_context("targetVersions", {"terraform": REQUIRED_TERRAFORM})
    AwsProvider(
        stack,
        "aws",
        region=placement.region,
        skip_region_validation=None if is_known_to_terraform(placement.region) else True,
        allowed_account_ids=[placement.account_id],
        default_tags=[{"tags": dict(default_tags)}],
        assume_role=None
        if assume_role is None
        else [
            AwsProviderAssumeRole(
                role_arn=assume_role.role_arn,
                session_name=assume_role.session_name,
                external_id=assume_role.external_id,
            )
        ],
    )
    backend = S3Backend(
        stack,
        bucket=state_bucket,
        key=state_key,
        region=state_region,
        skip_region_validation=None if is_known_to_terraform(state_region) else True,
        encrypt=True,
        allowed_account_ids=[placement.account_id],
        assume_role=None
        if assume_role is None
        else S3BackendAssumeRoleConfig(
            role_arn=assume_role.role_arn,
            session_name=assume_role.session_name,
            external_id=assume_role.external_id,
        ),
    )
    # cdktf 0.21 does not know the argument. The lock is an object beside the state.
    backend.add_override("use_lockfile", value=True)
    # The bindings ask for exactly the version that they were generated from.
    stack.add_override(
        "terraform.required_providers.aws",
        {"source": "hashicorp/aws", "version": provider_version},
    )
    stack.add_override("terraform.required_version", REQUIRED_TERRAFORM)
