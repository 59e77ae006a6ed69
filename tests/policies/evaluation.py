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
        context: The condition keys that hold, and their values; of keys with several values, one.
    """

    action: str
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)


NOT_THE_CALLERS = (
    "aws:ResourceTag/",
    "kms:ResourceAliases",
    "kms:EncryptionContext:SecretARN",
    "aws:Principal",
)
"""Condition keys about the thing, about who calls, or that Secrets Manager says to KMS of the secret it
works on. The caller chooses all others by how he calls."""


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


def satisfied_by_the_caller(statement: Mapping[str, Any]) -> dict[str, str]:
    """What a caller says so that a statement lets him: all its conditions that are his to fulfil.

    Whatever the documents allow somebody, they allow by one statement; so nothing gets further than
    the calls that say for each statement what it asks for.
    """
    said: dict[str, str] = {}
    for operator, keys in sorted(statement.get("Condition", {}).items()):
        for key, wanted in keys.items():
            if key.startswith(NOT_THE_CALLERS) or (wanted == "true" and operator == "Null"):
                continue
            value = _all(wanted)[0].replace("*", "x")
            said.setdefault(key, "x" if operator == "Null" else value)
    return said


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
    # ForAllValues holds as well where the key is not there.
    if operator.endswith("IfExists") or operator.startswith("ForAllValues:"):
        if given is None:
            return True
        operator = operator.removeprefix("ForAllValues:").removesuffix("IfExists")
    match operator:
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
