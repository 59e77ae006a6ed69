"""Preparing an account: its bucket, its stack, and who may take the workflows' roles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from facts.names import ACCOUNT_STATE_KEY
from ferry.prepare.policies.reading import BUCKET_SETTINGS, lock, state
from ferry.prepare.policies.roles import account_roles
from ferry.prepare.policies.statements import Document, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.prepare.policies.statements import Scope

_ISSUER: Final = "token.actions.githubusercontent.com"


def account(scope: Scope) -> list[Statement]:
    """`ferry bootstrap` and the account's stack."""
    keys = [ACCOUNT_STATE_KEY]
    return [
        *state(scope, keys),
        Statement(
            sid="StateWrite", actions=["s3:PutObject"], resources=scope.objects(ACCOUNT_STATE_KEY)
        ),
        lock(scope, keys),
        Statement(
            sid="Bucket",
            actions=[
                "s3:CreateBucket",
                *BUCKET_SETTINGS,
                "s3:PutBucketOwnershipControls",
                "s3:PutBucketPolicy",
                "s3:PutBucketPublicAccessBlock",
                "s3:PutBucketTagging",
                "s3:PutBucketVersioning",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
            ],
            resources=[scope.bucket],
        ),
        *account_roles(scope),
    ]


def trusts(scope: Scope) -> Iterator[Document]:
    """Who may take the workflows' roles; none where the repository is not one of GitHub's.

    Source: https://docs.github.com/en/actions/reference/security/oidc
    """
    found = re.fullmatch(r"github\.com/([^/]+/[^/]+)", scope.environment.tags.repository)
    if found is None:
        return
    environment, account_stack = scope.stacks
    for name, what, subject in (
        ("trust-plan", "pull requests take the role that plans", "pull_request"),
        (
            "trust-apply",
            f"jobs of GitHub's environment {environment} take the role that applies",
            f"environment:{environment}",
        ),
        (
            "trust-account",
            f"jobs of GitHub's environment {account_stack} take the account's role",
            f"environment:{account_stack}",
        ),
    ):
        yield Document(
            name=name,
            what=what,
            statements=[
                Statement(
                    sid="JobsOfTheRepository",
                    actions=["sts:AssumeRoleWithWebIdentity"],
                    principal={
                        "Federated": scope.placement.global_arn("iam", f"oidc-provider/{_ISSUER}")
                    },
                    condition={
                        # Never StringLike: a pattern lets other repositories in.
                        "StringEquals": {
                            f"{_ISSUER}:aud": "sts.amazonaws.com",
                            f"{_ISSUER}:sub": f"repo:{found[1]}:{subject}",
                        }
                    },
                )
            ],
        )
