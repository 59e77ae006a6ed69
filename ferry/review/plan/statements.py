"""Statements of IAM policies: what each allows or denies to whom, and which covers which.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from ferry.review.plan.patterns import covers
from ferry.review.plan.policy_elements import ARN, Condition, Element, account_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_SERVICE: Final = "Service: "
_ROOT: Final = re.compile(r"AWS: (?:arn:[a-z-]+:iam::)?([0-9]{12})(?::root)?")
_READS_NAMES: Final = ("describe", "list")
_OF_IDENTITIES: Final = frozenset(
    {"iam", "identitystore", "organizations", "sso", "sso-directory", "sts"}
)
"""The services whose actions give permissions, whatever resource they are limited to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One statement of a policy, in an order that does not depend on how it was written.

    Args:
        allows: Whether it allows; otherwise it denies.
        principals: Who, such as ``AWS: *``; nobody is named in a policy of an identity.
        actions: What.
        resources: On what; nothing is named in a role's trust.
        conditions: When.
    """

    allows: bool
    principals: Element
    actions: Element
    resources: Element
    conditions: frozenset[Condition]

    @property
    def is_public(self) -> bool:
        """Whether it allows everyone, in every account, and no condition limits who."""
        return (
            self.allows and self._names_everyone and not any(it.tells_who for it in self.conditions)
        )

    @property
    def _names_everyone(self) -> bool:
        return self.principals.all_but or any(one_way(it) == "*" for it in self.principals.names)

    @property
    def is_boundless(self) -> bool:
        """Whether it allows an identity every action, or all of IAM, on everything."""
        if not self.allows or self.principals.names:
            return False
        wide = self.actions.all_but or any(
            covers(action.lower(), "iam:*") for action in self.actions.names
        )
        return wide and self.is_for_all

    @property
    def is_for_all(self) -> bool:
        """Whether it is about every resource, those of other accounts included."""
        return bool(self.resources.all_but) or any(covers(it, "*") for it in self.resources.names)

    @property
    def is_of_plain_text(self) -> bool:
        """Whether it denies what is not encrypted on its way, which AWS's own services always do."""
        return not self.allows and any(
            it.operator.lower() in {"bool", "boolifexists"}
            and it.key.lower() == "aws:securetransport"
            and it.values == {"false"}
            for it in self.conditions
        )

    def strangers(self, account_id: str) -> list[str]:
        """Whom it allows beside the account's own identities and AWS's services.

        Other accounts, identities of a provider, and whatever cannot be told to be the account's
        own. A service that acts for another account is that account.

        Args:
            account_id: The account's own number; where it is not known, every account is another.
        """
        if not self.allows or not self.principals.names or self.is_public:
            return []
        limits = [it for it in self.conditions if it.tells_who]
        named = [it.accounts for it in limits]
        if any(accounts == {account_id} for accounts in named):
            # whoever is named must be of the account as well
            return []
        found = {value for it in limits for value in it.values} if self._names_everyone else set()
        found |= {
            account for accounts in named for account in accounts if account not in {"", account_id}
        }
        for name in self.principals.names if not self.principals.all_but else ():
            kind, _, who = name.partition(": ")
            if one_way(name) != "*" and kind != "Service" and not is_reference(who):
                account = account_of(who)
                if account != account_id or not account:
                    found.add(account or who)
        return sorted(found)

    @property
    def services(self) -> frozenset[str]:
        """The AWS services that it names as principals."""
        return frozenset(
            it.removeprefix(_SERVICE) for it in self.principals.names if it.startswith(_SERVICE)
        )

    @property
    def names_services_alone(self) -> bool:
        """Whether all whom it names are services of AWS."""
        return not self.principals.all_but and all(
            it.startswith(_SERVICE) for it in self.principals.names
        )

    def acts_for(self, account_id: str) -> bool:
        """Whether a condition holds only where a service acts for an account."""
        return any(it.names_account and it.accounts == {account_id} for it in self.conditions)

    def is_limited(self, account_id: str) -> bool:
        """Whether what it allows an identity is limited to named things of its own account.

        Each action is one, or a few that begin alike; each resource has a name or the beginning of
        one. What only lists and describes may do so for a whole kind of things.
        """
        if self.actions.all_but or self.resources.all_but or not self.resources.names:
            return False
        reads = all(
            it.partition(":")[2].lower().startswith(_READS_NAMES) for it in self.actions.names
        )
        return all(map(_is_limited_action, self.actions.names)) and all(
            _is_named(it, account_id, whole_kind=reads) for it in self.resources.names
        )

    def is_within(self, other: Statement) -> bool:
        """Whether another statement covers all that this one says."""
        same = self.allows == other.allows
        return (
            same
            and other.actions.lowered.covers(self.actions.lowered)
            and other.resources.covers(self.resources)
            and _covers_principals(other.principals, self.principals, allowed=self.allows)
            and all(
                any(it.is_within(wider) for it in self.conditions) for wider in other.conditions
            )
        )

    def parts(self) -> Iterator[Statement]:
        """The statement for each principal, action and resource alone."""
        for principals, actions, resources in product(
            *(_each(it) for it in (self.principals, self.actions, self.resources))
        ):
            yield replace(self, principals=principals, actions=actions, resources=resources)

    @property
    def count(self) -> int:
        """How many parts it has."""
        elements = (self.principals, self.actions, self.resources)
        return prod(1 if it.all_but else len(it.names) or 1 for it in elements)


def is_reference(text: str) -> bool:
    """Whether a text is one reference of Terraform's, such as ``${aws_kms_key.it.arn}``."""
    return text.startswith("${") and text.find("}") == len(text) - 1


def _each(element: Element) -> list[Element]:
    if element.all_but or len(element.names) <= 1:
        return [element]
    return [Element(frozenset({it})) for it in sorted(element.names)]


def one_way(name: str) -> str:
    """A principal in one way of writing it: everyone is ``*``, an account its number."""
    if name in {"*", "AWS: *"}:
        return "*"
    match = _ROOT.fullmatch(name)
    return f"AWS: {match[1]}" if match else name


def is_account(principal: str) -> bool:
    """Whether a principal is an account, whole."""
    return _ROOT.fullmatch(principal) is not None


def _covers_principals(wider: Element, narrower: Element, *, allowed: bool) -> bool:
    """Whether one list of principals is among another; ``NotPrincipal`` is compared whole.

    An account that is allowed something has still to allow it to each of its identities, so it does
    not cover them; what is denied to an account is denied to all in it. Source:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    if wider == narrower or not (wider.names or wider.all_but):
        return True
    if wider.all_but:
        return False
    names = wider.mapped(one_way).names
    if "*" in names:
        return True
    if narrower.all_but or not narrower.names:
        return False
    left = narrower.mapped(one_way).names - names
    return not left or (not allowed and all(_whole_account(it) in names for it in left))


def _whole_account(principal: str) -> str | None:
    """The account that an identity is of, as a principal; None where it says none."""
    account = account_of(principal[5:]) if principal.startswith("AWS: ") else ""
    return f"AWS: {account}" if account else None


def _is_limited_action(action: str) -> bool:
    service, _, name = action.lower().partition(":")
    return (
        service not in _OF_IDENTITIES
        and name.rstrip("*") != ""
        and not re.search(r"[*?]|\$\{", service + name.rstrip("*"))
    )


def _is_named(resource: str, account_id: str, *, whole_kind: bool) -> bool:
    if is_reference(resource):
        return True
    match = ARN.fullmatch(resource)
    if not match or match[1] not in {account_id, ""} or "${" in resource:
        return False
    name = resource.split(":", 5)[5]
    kind = re.match(r"[a-z-]+[:/]", name) if ":s3:" not in resource else None
    return whole_kind or not name[kind.end() if kind else 0 :].startswith(("*", "?"))
