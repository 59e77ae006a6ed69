"""The IAM path of the roles that a stack makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.iam_role import IamRole

if TYPE_CHECKING:
    from constructs import Construct


def place_roles(scope: Construct, *, path: str) -> None:
    """Make every role of a stack below a path; IAM's default, ``/``, is not stated.

    By looking for them when all are made, so that no construct can forget it.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html

    Args:
        scope: The stack, after the last of its constructs.
        path: The path, with a slash at both ends.
    """
    if path == "/":
        return
    for construct in scope.node.find_all():
        if isinstance(construct, IamRole):
            construct.path = path
