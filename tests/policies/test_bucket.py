"""The bucket of the states: who sets it up, and who reaches what in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferry.prepare.policies import documents
from tests.policies.environments import ALL, partition_of
from tests.policies.evaluation import Request, allows
from tests.policies.reference import actions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from settings.environment import Environment

SETTING_UP = {
    "s3:CreateBucket",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
}
STATE, ACCOUNTS = "environments/dev/terraform.tfstate", "account/terraform.tfstate"
PLAN, ACCOUNTS_PLAN = "runs/42/dev.tfplan", "runs/42/account-111122223333.tfplan"
KEYS = (
    *(f"{key}{end}" for key in (STATE, ACCOUNTS) for end in ("", ".tflock", ".backup", "/x")),
    *(f"{key}{end}" for key in (PLAN, ACCOUNTS_PLAN) for end in ("", ".tflock")),
    "environments/prod/terraform.tfstate",
    "environments/prod/terraform.tfstate.tflock",
    "environments/dev-2/terraform.tfstate",
    "environments/dev/another.tfstate",
    "runs/42/prod.tfplan",
    "runs/42/my-dev.tfplan",
    "runs/42/account-444455556666.tfplan",
    "anything",
)
"""What may lie in the bucket: of dev, of its account, and of others."""


def locks(*states: str) -> dict[str, set[str]]:
    """What whoever holds locks does to them."""
    every = {"s3:DeleteObject", "s3:GetObject", "s3:PutObject"}
    return {f"{state}.tflock": every for state in states}


READ, WRITE = {"s3:GetObject"}, {"s3:GetObject", "s3:PutObject"}
REACHED: Mapping[str, Mapping[str, set[str]]] = {
    "bootstrap": {"": SETTING_UP},
    "account": {ACCOUNTS: WRITE, **locks(ACCOUNTS), ACCOUNTS_PLAN: READ},
    "plan": dict.fromkeys((STATE, ACCOUNTS, f"{STATE}.tflock", f"{ACCOUNTS}.tflock"), READ),
    "lock": locks(STATE, ACCOUNTS),
    "review": {key: {"s3:PutObject"} for key in (PLAN, ACCOUNTS_PLAN)},
    "apply-database": {STATE: {"s3:PutObject"}, **locks(STATE), PLAN: READ},
    "check-deployment": {STATE: READ},
    "check-source": {STATE: READ},
    "move": {STATE: READ},
    "operate": {STATE: READ},
}
"""By document and key, what it lets do with S3, but for looking at how the bucket is set up.

The bucket itself has no key. Who may write its policy reaches every state: `bootstrap` alone.
"""

LOOKING = (
    "s3:GetBucket",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:List",
)


@pytest.mark.parametrize("environment", ALL, ids=lambda it: f"{it.name}-{it.aws.region}")
def test_every_document_reaches_these_keys_and_bootstrap_alone_the_bucket(
    environment: Environment,
) -> None:
    bucket = f"arn:{partition_of(environment.aws.region)}:s3:::{environment.state_bucket}"
    below = f"{bucket}/{environment.aws.state_key_prefix}"
    asked = [
        (key, Request(action=action, resource=f"{below}{key}" if key else bucket))
        for action in actions("s3")
        if not action.startswith(LOOKING)
        for key in ("", *KEYS)
    ]
    for document in documents(environment, [environment]):
        about_s3 = [
            statement
            for statement in document.as_json()["Statement"]
            if "s3:" in str(statement["Action"])
        ]
        found: dict[str, set[str]] = {}
        for key, request in asked:
            if allows([{"Statement": about_s3}], request):
                found.setdefault(key, set()).add(request.action)

        assert found == REACHED.get(document.name, {}), document.name
