"""The role that DMS wants before it touches a VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.iam.models import iam_backends

from local_aws.answers import AwsError

if TYPE_CHECKING:
    from local_aws.services.dms.backend import LocalDmsBackend

_ROLE = "dms-vpc-role"
_POLICY = "AmazonDMSVPCManagementRole"


def require_vpc_role(backend: LocalDmsBackend) -> None:
    """Refuse what DMS refuses while `dms-vpc-role` is missing or lacks AWS's managed policy.

    The one check of IAM here, as each deployment into a new account meets it.
    https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole

    Raises:
        AwsError: AccessDeniedFault.
    """
    role = next(
        (
            role
            for role in iam_backends[backend.account_id][backend.partition].roles.values()
            if role.name == _ROLE
        ),
        None,
    )
    if role is None or not any(arn.endswith(f"/{_POLICY}") for arn in role.managed_policies):
        raise AwsError(
            "AccessDeniedFault",
            f"The IAM Role arn:{backend.partition}:iam::{backend.account_id}:role/{_ROLE} "
            "is not configured properly.",
        )
