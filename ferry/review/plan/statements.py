"""IAM policy documents as statements: what each allows or denies to whom, and which covers which.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.patterns import Patterns, covers, disjoint
from ferry.review.plan.strict_json import DECODER
from ferry.review.plan.values import UNKNOWN, Hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.review.plan.values import Json

_OF_A_DOCUMENT: Final = frozenset({"Version", "Id", "Statement"})
_OF_A_STATEMENT: Final = frozenset(
    {
        *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
        *("Resource", "NotResource", "Condition"),
    }
)
_VERSION_WITH_VARIABLES: Final = "2012-10-17"

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

_SERVICE: Final = "Service: "
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_ARN: Final = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:([^:]*):.+", re.DOTALL)
_ARN_LIKE: Final = re.compile(r"arn:[a-z*-]+:[a-z0-9.*-]+:[a-z0-9*-]*:([^:]*):.+", re.DOTALL)
"""As the Arn operators take it, whose wildcards end at a colon."""

_ROOT: Final = re.compile(r"AWS: (?:arn:[a-z-]+:iam::)?([0-9]{12})(?::root)?")
_READS_NAMES: Final = ("describe", "list")
_OF_IDENTITIES: Final = frozenset(
    {"iam", "identitystore", "organizations", "sso", "sso-directory", "sts"}
)
"""The services whose actions give permissions, whatever resource they are limited to."""


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
        return _account(value, _ARN_LIKE if "arn" in self.operator.lower() else _ARN)

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
                account = _account(who)
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
        return len(self.services) == len(self.principals.names) and not self.principals.all_but

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


def statements(policy: Json) -> list[Statement] | None:
    """The statements of a policy document; None of what is none, such as a value not known yet.

    What AWS would refuse (two effects, no action, an element that is not IAM's) is none either.
    """
    try:
        return _statements(policy)
    except (ValueError, TypeError, RecursionError):
        return None


def _statements(policy: Json) -> list[Statement] | None:
    if policy is UNKNOWN or isinstance(policy, Hidden):
        return None
    if isinstance(policy, str):
        policy = DECODER.decode(policy.strip()) if policy.strip() else {}
    if policy is None:
        return []
    if not isinstance(policy, dict) or not policy.keys() <= _OF_A_DOCUMENT:
        return None
    found = policy.get("Statement", [])
    found = found if isinstance(found, list) else [found]
    if policy.get("Version") != _VERSION_WITH_VARIABLES and "${" in str(found):
        return None  # an older version takes them as they are written
    return [_statement(item) for item in found]


def _statement(item: Json) -> Statement:
    if (
        not isinstance(item, dict)
        or not item.keys() <= _OF_A_STATEMENT
        or item.get("Effect") not in {"Allow", "Deny"}
    ):
        raise ValueError("not a statement")
    found = Statement(
        allows=item["Effect"] == "Allow",
        principals=_element(item, "Principal"),
        actions=_element(item, "Action"),
        resources=_element(item, "Resource"),
        conditions=frozenset(_conditions(item.get("Condition"))),
    )
    if not found.actions.names:
        raise ValueError("no action")
    return found


def _element(item: dict[str, Any], name: str) -> Element:
    """An element or its ``Not`` twin, of which a statement has one at most."""
    twin = f"Not{name}"
    if name in item and twin in item:
        raise ValueError("both of an element and its twin")
    if name not in item and twin not in item:
        return Element()
    value = item.get(name, item.get(twin))
    names = frozenset(_principals(value) if name == "Principal" else _texts(value))
    if not names:
        raise ValueError("an element that names nothing")
    return Element(names, all_but=twin in item)


def _principals(value: Json) -> Iterator[str]:
    if not isinstance(value, dict):
        yield from _texts(value)
        return
    for kind, part in value.items():
        for text in _texts(part):
            yield f"{kind}: {text}"


def _texts(value: Json) -> Iterator[str]:
    for it in value if isinstance(value, list) else [value]:
        if not isinstance(it, str):
            raise TypeError("not a text")
        yield it


def _conditions(value: Json) -> Iterator[Condition]:
    if value is None:
        return
    if not isinstance(value, dict):
        raise TypeError("not conditions")
    for operator, keys in value.items():
        if not isinstance(keys, dict):
            raise TypeError("not a condition")
        for key, wanted in keys.items():
            values = wanted if isinstance(wanted, list) else [wanted]
            if not all(isinstance(it, str | int | float) for it in values):
                raise TypeError("not values of a condition")
            texts = (it if isinstance(it, str) else str(it).lower() for it in values)
            yield Condition(operator, key, frozenset(texts))


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
    account = _account(principal[5:]) if principal.startswith("AWS: ") else ""
    return f"AWS: {account}" if account else None


def _account(who: str, arn: re.Pattern[str] = _ARN) -> str:
    """The account that an ARN, or an account's number, is of; empty where it says none."""
    if _ACCOUNT.fullmatch(who):
        return who
    match = arn.fullmatch(who)
    return match[1] if match and _ACCOUNT.fullmatch(match[1]) else ""


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
    match = _ARN.fullmatch(resource)
    if not match or match[1] not in {account_id, ""} or "${" in resource:
        return False
    name = resource.split(":", 5)[5]
    kind = re.match(r"[a-z-]+[:/]", name) if ":s3:" not in resource else None
    return whole_kind or not name[kind.end() if kind else 0 :].startswith(("*", "?"))
