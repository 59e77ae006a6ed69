"""Whether a policy admits whom it has to, as far as that can be told without its conditions."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Statement = dict[str, Any]


def statements_of(policy: str) -> list[Statement]:
    """The statements of a policy."""
    return _listed(json.loads(policy)["Statement"])


def missing(wanted: Iterable[Statement], policy: Sequence[Statement]) -> list[str]:
    """The ids of those statements of which a policy does not allow the principal each action.

    Args:
        wanted: Statements with one principal each.
        policy: A policy's statements; under which conditions they allow is not asked.
    """
    return [each["Sid"] for each in wanted if not _is_admitted(each, policy)]


def _is_admitted(wanted: Statement, policy: Sequence[Statement]) -> bool:
    [(kind, who)] = wanted["Principal"].items()
    allowed = [
        action
        for statement in policy
        if statement.get("Effect") == "Allow" and _names(statement.get("Principal"), kind, who)
        for action in _listed(statement.get("Action", []))
    ]
    return all(
        any(fnmatchcase(action.lower(), pattern.lower()) for pattern in allowed)
        for action in _listed(wanted["Action"])
    )


def _names(principal: object, kind: str, who: str) -> bool:
    """Whether a statement's principal is, or holds, the one that is asked for."""
    if principal == "*":
        return True
    named = _listed(principal.get(kind, [])) if isinstance(principal, dict) else []
    # An account's root may be written as the account's id.
    return bool({"*", who, *([who.split(":")[4]] if kind == "AWS" else [])} & set(named))


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - IAM's lists may be written as their only item
    return value if isinstance(value, list) else [value]
