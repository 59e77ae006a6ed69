"""Small stacks and plans, for tests that have no Terraform."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ferry.findings import ExitStatus
from pull_requests.planning import Planned
from pull_requests.reviewing import Reviewed
from pull_requests.stacks import Change, Kind, Stack

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCOUNT = "111122223333"
ACCOUNT_STACK = "account-111122223333"
COMMIT = "a" * 40


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


def plan_json(*, after: str = "2", action: str = "update", **more: Any) -> str:  # noqa: ANN401
    """What `terraform show -json` says of one resource that changes."""
    change = {
        "actions": [action],
        "before": {"input": "1"} if action == "update" else None,
        "after": {"input": after},
        "after_unknown": {},
        "before_sensitive": {},
        "after_sensitive": {},
    }
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "applyable": True,
            "complete": True,
            "errored": False,
            "resource_changes": [
                {
                    "address": "terraform_data.it",
                    "mode": "managed",
                    "type": "terraform_data",
                    "name": "it",
                    "change": {**change, **more},
                }
            ],
            "output_changes": {},
        }
    )


def planned(
    of: Stack | None = None,
    /,
    *,
    kind: str = "changed",
    moved_from: str = "",
    **changed: Any,  # noqa: ANN401
) -> Planned:
    change = Change(stack=of or stack(), kind=Kind(kind), moved_from=moved_from)
    return Planned(change=change, **{"plan": plan_json(), **changed})


def reviewed(
    verdict: ExitStatus = ExitStatus.GOOD,
    *,
    text: str = "## dev: safe\n",
    environments: Sequence[str] = ("dev",),
) -> Reviewed:
    return Reviewed(verdict=verdict, text=text, environments=environments, changes="c0ffee")
