"""Elements of a policy's statements, and the conditions: which covers which.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ferry.review.plan.patterns import Patterns, covers, disjoint

if TYPE_CHECKING:
    from collections.abc import Callable

_TELLS_WHO: Final = frozenset(
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

_LETS_PASS: Final = frozenset(
    {"stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase"}
)
"""Operators that let only what is named pass, and nothing where the key is missing."""

_CONTEXT: Final = "kms:encryptioncontext:"
"""What a service says of the thing that it encrypts; CloudWatch Logs, the log group's ARN. Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"""

_MOST_PAIRS: Final = 5_000
"""Pairs of names of which one is left out of the other's list."""

_ACCOUNT: Final = re.compile(r"[0-9]{12}")
ARN: Final = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:([^:]*):.+", re.DOTALL)
_ARN_LIKE: Final = re.compile(r"arn:[a-z*-]+:[a-z0-9.*-]+:[a-z0-9*-]*:([^:]*):.+", re.DOTALL)
"""As the Arn operators take it, whose wildcards end at a colon."""


@dataclass(frozen=True, slots=True)
class Element:
    """What an element of a statement names.

    Args:
        names: The names, patterns among them; none where the statement has no such element.
        all_but: Whether it is a ``Not`` element: it stands for everything but the names.
    """

    names: frozenset[str] = frozenset()
    all_but: bool = False

    @property
    def texts(self) -> frozenset[str]:
        """The names as a person reads them."""
        return frozenset(f"not {it}" for it in self.names) if self.all_but else self.names

    def covers(self, other: Element) -> bool:
        """Whether all that another element stands for is among what this one stands for.

        What would take more than _MOST_PAIRS comparisons of names is not.
        """
        if not self.names or self == other:
            return True
        if self.all_but:
            if other.all_but:  # this leaves out no more than the other
                return _patterns(other.names).cover(self.names)
            return 0 < len(other.names) <= _MOST_PAIRS // len(self.names) and all(
                disjoint(mine, it) for mine in self.names for it in other.names
            )
        if other.all_but or not other.names:
            return any(covers(mine, "*") for mine in self.names)
        return _patterns(self.names).cover(other.names)

    @property
    def lowered(self) -> Element:
        """The element in lower case: IAM's actions are the same in both."""
        return self.mapped(str.lower)

    def mapped(self, way: Callable[[str], str]) -> Element:
        """The element with its names written in another way."""
        return Element(_mapped(self.names, way), self.all_but)


@lru_cache(maxsize=1_024)
def _mapped(names: frozenset[str], way: Callable[[str], str]) -> frozenset[str]:
    """Names in another way of writing; a long list is written once, and compared many times."""
    return frozenset(map(way, names))


@lru_cache(maxsize=1_024)
def _patterns(names: frozenset[str]) -> Patterns:
    """Names as patterns; a long list is sorted once, and compared many times."""
    return Patterns(names)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a statement; all of them must hold.

    Args:
        operator: The operator, such as ``StringEquals``.
        key: The key, such as ``aws:SourceAccount``.
        values: The values, one of which must match.
    """

    operator: str
    key: str
    values: frozenset[str]

    @property
    def texts(self) -> tuple[str, str, str]:
        """The condition as a person reads it: operator, key and values."""
        return self.operator, self.key, ", ".join(sorted(self.values))

    @property
    def tells_who(self) -> bool:
        """Whether it lets nobody pass but whom it names."""
        return (
            self._lets_pass
            and self.key.lower() in _TELLS_WHO
            and bool(self.values)
            and all(("*" not in it and "?" not in it) or self._account(it) for it in self.values)
        )

    @property
    def names_account(self) -> bool:
        """Whether it lets nothing pass but what is of the accounts that it names."""
        key = self.key.lower()
        return self._lets_pass and (key in _TELLS_WHO or key.startswith(_CONTEXT))

    @property
    def names_account_if_told(self) -> bool:
        """As `names_account`, where AWS need not say for which account it asks."""
        operator = re.sub("ifexists$", "", self.operator, flags=re.IGNORECASE)
        return replace(self, operator=operator).names_account

    @property
    def names_service_between(self) -> bool:
        """Whether it lets nobody pass who does not ask through a service that it names.

        Source:
        https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
        """
        named = bool(self.values) and not any("*" in it or "?" in it for it in self.values)
        return self._lets_pass and self.key.lower() == "kms:viaservice" and named

    @property
    def _lets_pass(self) -> bool:
        return self.operator.lower().removeprefix("foranyvalue:") in _LETS_PASS

    @property
    def accounts(self) -> set[str]:
        """The accounts that its values are of; an empty text for a value that says none."""
        return {self._account(it) for it in self.values}

    def _account(self, value: str) -> str:
        return account_of(value, _ARN_LIKE if "arn" in self.operator.lower() else ARN)

    def is_within(self, other: Condition) -> bool:
        """Whether all that passes this condition passes another."""
        operator = self.operator.lower().replace("arnequals", "arnlike")
        wider = other.operator.lower().replace("arnequals", "arnlike")
        if wider.endswith("ifexists"):
            operator, wider = operator.removesuffix("ifexists"), wider.removesuffix("ifexists")
        if self.key.lower() != other.key.lower() or wider not in {
            operator,
            operator.replace("stringequals", "stringlike"),
        }:
            return False
        if "not" in operator:
            return other.values <= self.values
        match = covers if "like" in wider else str.__eq__
        return all(any(match(it, mine) for it in other.values) for mine in self.values)


def account_of(who: str, arn: re.Pattern[str] = ARN) -> str:
    """The account that an ARN, or an account's number, is of; empty where it says none."""
    if _ACCOUNT.fullmatch(who):
        return who
    match = arn.fullmatch(who)
    return match[1] if match and _ACCOUNT.fullmatch(match[1]) else ""
