"""The roles that DMS looks up by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ferry.check.judging.roles import Role

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient


def role(iam: IAMClient, name: str) -> Role | None:
    """A role with its managed policies; None where the account has none of that name."""
    try:
        found = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
    return Role(
        policies=tuple(
            policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]
        ),
        # boto3 decodes the document, which its stubs do not know
        trust=cast("dict[str, Any]", found["AssumeRolePolicyDocument"]),
    )
