"""Small stacks and plans, for tests that have no Terraform."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

from ferry.findings import ExitStatus
from pull_requests.bundle import KeptPlan
from pull_requests.planning import Outcome
from pull_requests.stacks import Change, Kind, Stack
from pull_requests.terraform import State

ACCOUNT = "111122223333"
ACCOUNT_STACK = "account-111122223333"
NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
COMMIT, TREE = "a" * 40, "b" * 40
DIGEST = "0123456789abcdef" * 4


def document(
    name: str = "dev",
    *,
    account_id: str = ACCOUNT,
    region: str = "eu-central-1",
    resources: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "//": {"metadata": {"stackName": name}},
        "provider": {"aws": [{"region": region, "allowed_account_ids": [account_id]}]},
        "terraform": {
            "backend": {
                "s3": {
                    "allowed_account_ids": [account_id],
                    "bucket": f"aurora-ferry-tfstate-{account_id}-{region}",
                    "key": f"environments/{name}/terraform.tfstate",
                    "region": region,
                }
            }
        },
        "resource": resources or {"terraform_data": {"it": {"input": 1}}},
        "output": {"it": {"value": "1"}},
    }


def stack(name: str = "dev", **arguments: Any) -> Stack:  # noqa: ANN401 (document's)
    return Stack(name=name, document=document(name, **arguments))


def stacks(*given: Stack) -> dict[str, Stack]:
    return {it.name: it for it in given}


def outcome(
    *,
    kind: Kind = Kind.CHANGED,
    of: Stack | None = None,
    verdict: ExitStatus = ExitStatus.GOOD,
    review: str = "## dev: safe\n",
    failure: str = "",
    digest: str = "",
    moved_from: str = "",
) -> Outcome:
    return Outcome(
        change=Change(stack=of or stack(), kind=kind, environment="dev", moved_from=moved_from),
        commit=COMMIT,
        verdict=verdict,
        review=review,
        failure=failure,
        digest=digest,
    )


def plan_file(configuration: dict[str, Any]) -> bytes:
    """What the checks read of a plan file: a zip archive with the configuration in it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        # An entry made by name alone has the time of day in it.
        entry = zipfile.ZipInfo("tfconfig/m-/cdk.tf.json")
        archive.writestr(entry, json.dumps(configuration))
    return written.getvalue()


def kept_plan(**changed: Any) -> KeptPlan:  # noqa: ANN401 (the plan's)
    fields: dict[str, Any] = {
        "stack": "dev",
        "commit": COMMIT,
        "tree": TREE,
        "made_at": NOW,
        "state": State(lineage="0b2f", serial=7),
        "configuration": json.dumps(document()).encode(),
        "lock": b"the lock file",
        "plan": plan_file(document()),
    }
    return KeptPlan(**{**fields, **changed})
