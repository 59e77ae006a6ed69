"""IAM's evaluation of documents, as far as the project's own go: what is denied, what is allowed.

Local AWS refuses nothing, and its simulation is the deployer's question; here every document can be
asked about every call. A condition that is not known here is an error. Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, kw_only=True)
class Request:
    """A call, as IAM sees it for one resource.

    Args:
        action: The action.
        resource: The resource's ARN; `*` where the service knows none.
        context: The condition keys that hold, and their values.
    """

    action: str
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)


def allows(documents: Iterable[Mapping[str, Any]], request: Request) -> bool:
    """Whether a role with these documents may: one allows it, none denies it."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in document["Statement"]
        if _concerns(statement, request)
    }
    return effects == {"Allow"}


def allows_within(
    boundary: Mapping[str, Any], documents: Iterable[Mapping[str, Any]], request: Request
) -> bool:
    """Whether a role with these documents and that permissions boundary may."""
    return allows(documents, request) and allows([boundary], request)


def _concerns(statement: Mapping[str, Any], request: Request) -> bool:
    return (
        any(_matches(each.lower(), request.action.lower()) for each in _all(statement["Action"]))
        and any(
            _matches(each, request.resource) for each in _filled(statement["Resource"], request)
        )
        and all(
            _holds(operator, _filled(wanted, request), request.context.get(key))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _filled(values: str | list[str], request: Request) -> list[str]:
    """Values with the policy variables filled in; without those whose key the call does not have.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    found = []
    for value in _all(values):
        keys = re.findall(r"\$\{([^}]+)\}", value)
        if all(key in request.context for key in keys):
            found.append(re.sub(r"\$\{([^}]+)\}", lambda it: request.context[it[1]], value))
    return found


def _holds(operator: str, wanted: list[str], given: str | None) -> bool:
    if operator == "Null":
        return (given is None) is (wanted == ["true"])
    if operator.endswith("IfExists") and given is None:
        return True
    match operator.removesuffix("IfExists"):
        case "StringEquals" | "Bool":
            return given in wanted
        case "StringNotEquals":
            return given not in wanted  # which holds as well where the key is not there
        case "StringLike" | "ArnLike" | "ArnEquals":
            return given is not None and any(_matches(each, given) for each in wanted)
        case _:
            raise NotImplementedError(operator)


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."))


def _matches(pattern: str, value: str) -> bool:
    return _expression(pattern).fullmatch(value) is not None


def _all(values: str | list[str]) -> list[str]:
    return [values] if isinstance(values, str) else values
