"""What a plan says of itself as a whole, beside its changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

NEWEST_FORMAT: Final = "1.2"
"""What Terraform 1.5 and later write; a newer one may say what this review does not read."""


class Why(StrEnum):
    """Why a part of a plan cannot be judged. The value is a sentence about a name in the plan."""

    PART = "{name} is a part of the plan that this review does not know."
    FORMAT = (
        "The plan has format_version {name}, which is newer than what this review knows "
        f"({NEWEST_FORMAT}): it may say more than is read."
    )
    INCOMPLETE = "Terraform says that this plan is not all that there is to do ({name})."
    NOT_APPLYABLE = (
        "Terraform says that it does not apply this plan ({name}), which changes something."
    )
    DEFERRED = "{name} is put off to a later plan (deferred_changes)."
    ACTION = "{name} is an action that is invoked: what it does is not in the plan."
    DEFERRED_ACTION = "{name} is an action that is put off to a later plan."
    PROVISIONER = "{name} runs a provisioner, a program that may do anything."
    FORM = "{name}: the plan does not say, or not in a form that Terraform writes, what it is and will be."
    MODE = "{name} is neither a resource nor a data source."
    STATES = "{name}: in the plan's states, and in none of its changes."
    PROVIDER = "{name} is not a provider that the rules were written for."
    ACCOUNT = (
        "Nothing holds the provider {name} to an account (allowed_account_ids), and nothing is there that "
        "tells which it is: whoever applies the plan with other credentials makes it in theirs."
    )
    ARGUMENT = "{name} is set for the provider: no rule knows what comes of that."
    STACK = (
        "The stack that was given is not the one that was planned: it is another commit's, or another "
        "environment's. They differ in {name}."
    )
    ELSEWHERE = "{name}: in another account or region than the environment."


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """A part of a plan that cannot be judged.

    Args:
        why: Why.
        name: What it is called in the plan.
    """

    why: Why
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a review was asked for. What is empty is not known.

    Args:
        environment: The environment's name.
        account_id: Its account.
        region: Its region.
        project: The project, with which its names begin.
    """

    environment: str = ""
    account_id: str = ""
    region: str = ""
    project: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What a plan tells of itself. What is empty it does not tell.

    Args:
        account_id: The account.
        region: The region.
        environment: The environment; `account` for the stack of an account.
        terraform: Terraform's version.
        provider: The version of hashicorp/aws that is asked for.
        elsewhere: What is in another account or region than was asked for.
    """

    account_id: str = ""
    region: str = ""
    environment: str = ""
    terraform: str = ""
    provider: str = ""
    elsewhere: Sequence[Unread] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A check of Terraform's that did not pass: of a `check` block, a resource or an output.

    Args:
        name: What Terraform calls it, such as ``check.source``.
        status: ``fail``, ``error`` or ``unknown``.
        messages: What it says.
    """

    name: str
    status: str
    messages: Sequence[str] = ()
