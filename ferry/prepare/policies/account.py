"""Preparing an account: its bucket, its stack, and who may take the workflows' roles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ferry.prepare.policies.reading import BUCKET_SETTINGS, lock, plan_of_run, state
from ferry.prepare.policies.roles import account_roles
from ferry.prepare.policies.statements import Document, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.prepare.policies.statements import Scope

_ISSUER: Final = "token.actions.githubusercontent.com"


def bootstrap(scope: Scope) -> list[Statement]:
    """`ferry bootstrap`: whoever may write the bucket's policy may give himself every state in it."""
    return [
        Statement(
            sid="Bucket",
            actions=[
                "s3:CreateBucket",
                *BUCKET_SETTINGS,
                "s3:ListBucket",
                "s3:PutBucketOwnershipControls",
                "s3:PutBucketPolicy",
                "s3:PutBucketPublicAccessBlock",
                "s3:PutBucketTagging",
                "s3:PutBucketVersioning",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
            ],
            resources=[scope.bucket],
        )
    ]


def account(scope: Scope) -> list[Statement]:
    """The account's stack: its state, and the two roles that DMS looks up."""
    keys = [scope.environment.account_state_key]
    return [
        *state(scope, keys),
        Statement(sid="StateWrite", actions=["s3:PutObject"], resources=scope.objects(*keys)),
        lock(scope, keys),
        plan_of_run(scope, scope.stacks[1]),
        *account_roles(scope),
    ]


def trusts(scope: Scope, *, ids: str, branch: str) -> Iterator[Document]:
    """Who may take the workflows' roles; none where the repository is not one of GitHub's.

    A repository that was made or renamed since July 2026 has its ids in the subject, others have
    not, and names may come to belong to somebody else: so both forms, and the id beside them.
    Sources: https://docs.github.com/en/actions/reference/security/oidc,
    https://aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims/

    Args:
        scope: The environment.
        ids: `OWNER_ID/REPOSITORY_ID`; without it there are no documents.
        branch: The default branch.
    """
    found = re.fullmatch(r"github\.com/([^/]+)/([^/]+)", scope.environment.tags.repository)
    if found is None or not ids:
        return
    owner_id, _, repository_id = ids.partition("/")
    names = f"{found[1]}/{found[2]}", f"{found[1]}@{owner_id}/{found[2]}@{repository_id}"
    ref = f"refs/heads/{branch}"
    applying = {"ref": ref, "job_workflow_ref": f"{names[0]}/.github/workflows/apply.yml@{ref}"}
    environment, account_stack = scope.stacks
    for name, whose, subject, more in (
        ("trust-plan", "pull requests", "pull_request", {}),
        ("trust-review", "the workflow apply, which plans,", f"ref:{ref}", applying),
        ("trust-apply", f"GitHub's {environment}", f"environment:{environment}", applying),
        ("trust-account", f"GitHub's {account_stack}", f"environment:{account_stack}", applying),
    ):
        claims = {
            "aud": "sts.amazonaws.com",
            "repository_id": repository_id,
            "sub": [f"repo:{it}:{subject}" for it in names],
            **more,
        }
        yield Document(
            name=name,
            what=f"for jobs of {whose} to take their role",
            statements=[
                Statement(
                    sid="JobsOfTheRepository",
                    actions=["sts:AssumeRoleWithWebIdentity"],
                    resources=(),
                    principal={
                        "Federated": scope.placement.global_arn("iam", f"oidc-provider/{_ISSUER}")
                    },
                    # Never StringLike: a pattern lets other repositories in.
                    condition={"StringEquals": {f"{_ISSUER}:{it}": claims[it] for it in claims}},
                )
            ],
        )
