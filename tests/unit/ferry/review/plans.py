"""Plans written by hand, as small as a test needs them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ferry.review import Danger, Review, read_plan, review

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

ACCOUNT = "111122223333"
REGION = "eu-central-1"
BLOCKING = frozenset(
    {
        Danger.DATA_LOSS,
        Danger.PROTECTION_LOSS,
        Danger.OUTAGE,
        Danger.REPLICATION_LOSS,
        Danger.PUBLIC_REACH,
        Danger.REFUSED,
    }
)
"""What blocks in an environment whose file says nothing of it."""

UNKNOWN = object()
"""In an attribute's place: known only after apply."""

_ACTIONS = {
    "no-op": ["no-op"],
    "read": ["read"],
    "create": ["create"],
    "update": ["update"],
    "delete": ["delete"],
    "replace": ["delete", "create"],
    "forget": ["forget"],
}


def change(
    type_: str,
    action: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    *,
    name: str = "it",
    **more: Json,
) -> dict[str, Any]:
    """One of a plan's resource_changes; keywords go into its ``change`` or beside it."""
    known = {key: value for key, value in (after or {}).items() if value is not UNKNOWN}
    inner = {
        "actions": _ACTIONS.get(action, [action]),
        "before": before,
        "after": known if after is not None else None,
        "after_unknown": {key: True for key, value in (after or {}).items() if value is UNKNOWN},
        "before_sensitive": more.pop("before_sensitive", {}),
        "after_sensitive": more.pop("after_sensitive", {}),
    }
    for key in ("replace_paths", "importing"):
        if key in more:
            inner[key] = more.pop(key)
    return {"address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name} | {
        **more,
        "change": inner,
    }


def update(type_: str, before: dict[str, Any], /, **after: Json) -> dict[str, Any]:
    """A change in place of the attributes that are named."""
    return change(type_, "update", before, {**before, **after})


def stays(type_: str, name: str = "it", /, **attributes: Json) -> dict[str, Any]:
    """A resource that nothing happens to."""
    return change(type_, "no-op", attributes, attributes, name=name)


def plan_text(*changes: dict[str, Any], **parts: Json) -> str:
    """A plan as ``terraform show -json`` prints it."""
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "planned_values": {"root_module": {}},
            "resource_changes": list(changes),
            **parts,
        }
    )


def configured(**attributes: dict[str, list[str]]) -> dict[str, Any]:
    """A plan's configuration: of each resource, such as ``aws_eip.it``, what its attributes refer to.

    The keywords are addresses with two underscores for the dot.
    """
    return {
        "root_module": {
            "resources": [
                {
                    "address": address.replace("__", "."),
                    "expressions": {
                        name: {"references": [it for ref in named for it in (f"{ref}.id", ref)]}
                        for name, named in expressions.items()
                    },
                }
                for address, expressions in attributes.items()
            ]
        }
    }


def reviewed(
    *changes: dict[str, Any],
    stack: dict[str, Any] | None = None,
    block: frozenset[Danger] = BLOCKING,
    region: str = REGION,
    **parts: Json,
) -> Review:
    """The review of a plan, for an environment that blocks what it blocks by default."""
    plan = read_plan(
        plan_text(*changes, **parts),
        stack_text=None if stack is None else json.dumps(stack),
        account_id=ACCOUNT,
        region=region,
        environment="dev",
        project="aurora-ferry",
    )
    return review(plan, environment="dev", block=block)


def dangers(review_: Review) -> set[Danger]:
    """What the review finds."""
    return {finding.danger for finding in review_.findings}


def effects(review_: Review) -> list[str]:
    """What it says of that."""
    return [finding.effect.text() for finding in review_.findings]


def stack_of(**resources: dict[str, Any]) -> dict[str, Any]:
    """A synthesized stack of one resource each of some types."""
    return {
        "//": {"metadata": {"stackName": "dev", "version": "0.21.0"}},
        "resource": {
            type_: {
                "it": {
                    **body,
                    "//": {"metadata": {"path": f"dev/{type_}/it", "uniqueId": "it"}},
                }
            }
            for type_, body in resources.items()
        },
    }
