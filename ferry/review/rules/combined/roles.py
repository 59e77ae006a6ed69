"""Roles: who may apply a plan that changes one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.shown import joined
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.finding import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

_ROLE: Final = "aws_iam_role"
_PARTS: Final = ("aws_iam_role_policy", "aws_iam_role_policy_attachment")
OWN_POLICY: Final = r"arn:aws[a-z-]*:iam::[0-9]{12}:policy/.+"
"""A policy that an account has made. A boundary is of the role's own account. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"""

_IDLE: Final = (Action.NO_OP, Action.READ)


def administrator_notes(plan: Plan) -> Iterator[Phrase]:
    """Say that an administrator applies the plan, where it changes a role without a boundary.

    By the IAM documents of `ferry policies` nobody else may. A policy whose role is not known yet
    comes with the role, which is told of.
    """
    roles = plan.of(_ROLE)
    bounded = {_now(role, "name") for role in roles if _is_bounded(role)}
    changed = [
        *((role, _now(role, "name")) for role in roles),
        *((part, _now(part, "role")) for part in plan.of(*_PARTS)),
    ]
    names = {
        name: change.shown(name, "name", "role")
        for change, name in changed
        if change.action not in _IDLE and isinstance(name, str) and name not in bounded
    }
    if names:
        yield Phrase(
            "An administrator applies this one: it changes {roles}, and no permissions boundary "
            "(aws.permissions_boundary_arn) holds what such a role may do.",
            {"roles": joined(it for _, it in sorted(names.items()))},
        )


def _is_bounded(role: Change) -> bool:
    """Whether a policy of the account's holds what the role may do."""
    boundary = _now(role, "permissions_boundary")
    return isinstance(boundary, str) and bool(re.fullmatch(OWN_POLICY, boundary))


def _now(change: Change, attribute: str) -> Json:
    """An attribute as it will be; as it is where the resource goes."""
    value = (change.after or change.before).get(attribute)
    return None if value is UNKNOWN else value
