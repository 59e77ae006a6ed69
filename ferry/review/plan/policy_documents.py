"""IAM policy documents as they are written, read as statements.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.policy_elements import Condition, Element
from ferry.review.plan.statements import Statement
from ferry.review.plan.strict_json import DECODER
from ferry.review.plan.values import UNKNOWN, Hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.values import Json

_OF_A_DOCUMENT: Final = frozenset({"Version", "Id", "Statement"})
_OF_A_STATEMENT: Final = frozenset(
    {
        *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
        *("Resource", "NotResource", "Condition"),
    }
)
_VERSION_WITH_VARIABLES: Final = "2012-10-17"


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
