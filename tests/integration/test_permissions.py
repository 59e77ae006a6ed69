"""The policies of docs/policies allow every call of the checks."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest

from ferry.check.deployment.checks import findings
from harness.deployment import ROOT
from tests.integration.options import Where

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed

# What IAM calls S3's operations, where it is not by their name.
ACTIONS = {
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
}


@pytest.mark.only(Where.OWN_LOCAL_AWS, reason="local AWS alone tells what it was asked")
def test_whoever_validates_may_ask_all_that_is_asked(deployed: Deployed) -> None:
    before = len(calls(deployed))
    assert list(findings(replace(deployed)))
    asked = {f"{call['service']}:{call['operation']}" for call in calls(deployed)[before:]}

    allowed = [action for name in ("plan", "check") for action in actions(name)]
    denied = {
        action
        for action in {ACTIONS.get(one, one) for one in asked}
        if not any(fnmatchcase(action, one) for one in allowed)
    }
    assert denied == set()


def calls(deployed: Deployed) -> list[dict[str, str]]:
    url = deployed.account.sts.meta.endpoint_url
    with urllib.request.urlopen(f"{url}/local-aws/calls") as answer:  # noqa: S310 - 127.0.0.1
        found: list[dict[str, str]] = json.load(answer)["calls"]
        return found


def actions(policy: str) -> list[str]:
    document = json.loads((ROOT / "docs" / "policies" / f"{policy}.json").read_text())
    found = [statement["Action"] for statement in document["Statement"]]
    return [one for it in found for one in (it if isinstance(it, list) else [it])]
