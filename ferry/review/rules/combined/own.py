"""Whose an ARN is: of the environment's own account and region, or of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ferry.review.plan.plan import Plan
    from ferry.review.plan.values import Json

_PARTS: Final = 6  # arn:partition:service:region:account:resource


def account_in(arn: Json, service: str) -> str:
    """The account in the ARN of something of a service; empty for whatever is no such ARN."""
    parts = arn.split(":", _PARTS - 1) if isinstance(arn, str) else []
    is_one = len(parts) == _PARTS and parts[0] == "arn" and parts[2] == service and parts[5]
    return parts[4] if is_one else ""


def region_in(arn: Json) -> str:
    """The region in an ARN; empty for what is of every region, and for whatever is no ARN."""
    parts = arn.split(":", _PARTS - 1) if isinstance(arn, str) else []
    return parts[3] if len(parts) == _PARTS else ""


def is_own(plan: Plan, arn: Json, service: str) -> bool:
    """Whether an ARN is of a service and of the account that the plan is for."""
    account = account_in(arn, service)
    return bool(account) and account == (plan.account_id or plan.identity.account_id)


def is_here(plan: Plan, arn: Json, service: str) -> bool:
    """Whether an ARN is of that account, and of the plan's region as far as it tells its own."""
    return is_own(plan, arn, service) and plan.region in ("", str(arn).split(":")[3])
