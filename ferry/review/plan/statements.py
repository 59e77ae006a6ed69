"""IAM policy documents as statements that can be compared and shown in a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.strict_json import DECODER

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

_LIMITS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "kms:calleraccount",
    }
)
"""Condition keys that tell who asks. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""

_MATCHES: Final = frozenset(
    {"stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase"}
)
"""Operators that let only what is named pass."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One statement of a policy, in an order that does not depend on how it was written.

    Args:
        allows: Whether it allows; otherwise it denies.
        principals: Who, such as ``AWS: *``; empty in a policy of an identity. Of a ``Not`` element
            each begins with ``not``, and so with the other two.
        actions: What.
        resources: On what.
        conditions: When, as ``operator key value``.
    """

    allows: bool
    principals: frozenset[str]
    actions: frozenset[str]
    resources: frozenset[str]
    conditions: frozenset[tuple[str, str, str]]

    @property
    def is_public(self) -> bool:
        """Whether it allows everyone, in every account, and no condition limits who."""
        everyone = any(who in {"*", "AWS: *"} or who.startswith("not ") for who in self.principals)
        return self.allows and everyone and not any(_limits(*it) for it in self.conditions)

    @property
    def is_boundless(self) -> bool:
        """Whether it allows an identity every action, or all of IAM, on everything."""
        if not self.allows or self.principals:
            return False
        wide = any(
            action in {"*", "*:*", "iam:*"} or action.startswith("not ") for action in self.actions
        )
        return wide and any(it == "*" or it.startswith("not ") for it in self.resources)

    def foreign_accounts(self, account_id: str) -> list[str]:
        """The accounts beside the environment's own that it allows; none where that is not known."""
        if not (self.allows and account_id):
            return []
        names = [who.removeprefix("AWS: ") for who in self.principals if who.startswith("AWS: ")]
        accounts = {name.split(":")[4] if name.count(":") >= 5 else name for name in names}  # noqa: PLR2004 (arn:partition:service:region:account:resource)
        return sorted(it for it in accounts if it.isdigit() and it != account_id)

    def is_within(self, other: Statement) -> bool:
        """Whether another statement covers all that this one says."""
        return (
            self.allows == other.allows
            and _covered(self.principals, other.principals)
            and _covered(self.actions, other.actions)
            and _covered(self.resources, other.resources)
            and other.conditions <= self.conditions
        )


def statements(policy: Json) -> list[Statement] | None:
    """The statements of a policy document; None of what is none, such as a value not known yet."""
    try:
        return _statements(policy)
    except (ValueError, RecursionError):
        return None


def _statements(policy: Json) -> list[Statement] | None:
    if isinstance(policy, str):
        policy = DECODER.decode(policy) if policy.strip() else {}
    if policy is None:
        return []
    if not isinstance(policy, dict):
        return None
    found = policy.get("Statement", [])
    found = found if isinstance(found, list) else [found]
    if not all(isinstance(item, dict) for item in found):
        return None
    return [_statement(item) for item in found]


def _statement(item: dict[str, Any]) -> Statement:
    return Statement(
        allows=item.get("Effect") != "Deny",
        principals=_either(item, "Principal"),
        actions=_either(item, "Action"),
        resources=_either(item, "Resource"),
        conditions=frozenset(_conditions(item.get("Condition"))),
    )


def _either(item: dict[str, Any], name: str) -> frozenset[str]:
    """An element and its ``Not`` twin, of which a statement has one."""
    return frozenset(_texts(item.get(name))) | frozenset(
        f"not {text}" for text in _texts(item.get(f"Not{name}"))
    )


def _texts(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [f"{kind}: {text}" for kind, part in value.items() for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [] if value is None else [str(value)]


def _conditions(value: Json) -> list[tuple[str, str, str]]:
    if not isinstance(value, dict):
        return []
    return [
        (operator, key, ", ".join(sorted(_texts(wanted))))
        for operator, keys in value.items()
        if isinstance(keys, dict)
        for key, wanted in keys.items()
    ]


def _limits(operator: str, key: str, wanted: str) -> bool:
    operator = operator.lower().removeprefix("foranyvalue:")
    return operator in _MATCHES and key.lower() in _LIMITS and "*" not in wanted.split(", ")


def _covered(these: frozenset[str], those: frozenset[str]) -> bool:
    """Whether all of these are among those; ``not`` lists are compared whole."""
    if any(text.startswith("not ") for text in these | those):
        return these == those
    return these <= those or "*" in those
