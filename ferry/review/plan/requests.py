"""What somebody asks of AWS, and whether the statements of a policy let it be done.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ferry.review.plan.patterns import covers, disjoint
from ferry.review.plan.statements import is_reference, one_way

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from ferry.review.plan.policy_elements import Condition, Element
    from ferry.review.plan.statements import Statement

_ARN_PARTS: Final = 6
_MOST_NAMES: Final = 200
"""Names of an element that are looked at, and statements of a policy: all that AWS takes of a role's.
Of more it cannot be told. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

_ANYTHING: Final = "*"
_ALWAYS: Final = {"aws:securetransport": "true"}
"""AWS's services, and Terraform, ask over TLS alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What somebody asks of AWS.

    Args:
        who: The principals that stand for who asks: a service, or an account of which it is somebody.
            None where a role's own policy is asked.
        action: What is asked for.
        of: What it is asked of, by every name that a statement may have for it; none in a role's trust.
        context: What AWS says of the request, by condition key in lower case. A pattern stands for all
            that matches it.
    """

    who: frozenset[str] | None = None
    action: str
    of: frozenset[str] = frozenset()
    context: Mapping[str, str] = field(default_factory=dict)


def lets(said: Collection[Statement], request: Request) -> bool:
    """Whether statements are known to let a request through: one allows it, and none may deny it."""
    allowed = False
    if len(said) > _MOST_NAMES:
        return False
    for it in said:
        meets = _meets(it, request)
        if it.allows and meets:
            allowed = True
        if not it.allows and meets is not False:
            return False
    return allowed


def _meets(it: Statement, request: Request) -> bool | None:
    """Whether a statement is about a request; None where that cannot be told."""
    return _all(_answers(it, request))


def _answers(it: Statement, request: Request) -> Iterator[bool | None]:
    """Whether each part of a statement is about a request."""
    yield _is_among(it.actions.lowered, _is_of(request.action.lower()))
    if request.who is not None:
        yield _is_who(it.principals, request.who)
    if request.of and it.resources.names:
        yield _is_among(it.resources, _is_one_of(request.of))
    for condition in it.conditions:
        yield _holds(condition, request)


def _all(answers: Iterable[bool | None]) -> bool | None:
    """Whether all hold; the first that does not is enough."""
    found: bool | None = True
    for it in answers:
        if it is False:
            return False
        found = found and it
    return found


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Whether one holds; the first that does is enough."""
    found: bool | None = False
    for it in answers:
        if it:
            return True
        found = None if it is None else found
    return found


def _is_among(element: Element, is_it: Callable[[str], bool | None]) -> bool | None:
    if len(element.names) > _MOST_NAMES:
        return None
    answer = _any(map(is_it, element.names))
    return not answer if element.all_but and answer is not None else answer


def _is_of(text: str) -> Callable[[str], bool | None]:
    """Whether a pattern is of a text."""

    def is_it(pattern: str) -> bool | None:
        return True if covers(pattern, text) else False if disjoint(pattern, text) else None

    return is_it


def _is_one_of(things: frozenset[str]) -> Callable[[str], bool | None]:
    """Whether a name is that of a thing, which bears several.

    A reference to another of the plan's resources is another thing.
    """

    def is_it(name: str) -> bool | None:
        if is_reference(name):
            is_known = name in things or name.startswith("${aws_")
            return name in things if is_known else True
        if name == _ANYTHING:
            return True
        return _any(_is_of(it)(name) for it in things if not is_reference(it))

    return is_it


def _is_who(principals: Element, who: frozenset[str]) -> bool | None:
    """Whether an element names who asks. Of an account it may be anybody, so one of them may be it."""

    def is_it(name: str) -> bool | None:
        name = one_way(name)
        if name in who or name == "*":
            return True
        kind = name.partition(": ")[0]
        if kind == "Service" or not any(it.startswith("AWS: ") for it in who):
            return any(covers(name, it) for it in who)
        own = {it.removeprefix("AWS: ") for it in who}
        return None if is_reference(name[5:]) or any(f":{it}:" in name for it in own) else False

    return _is_among(principals, is_it)


def _holds(condition: Condition, request: Request) -> bool | None:
    """Whether a condition holds of a request; None where AWS says nothing known of its key."""
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    value = {**_ALWAYS, **request.context}.get(condition.key.lower())
    if value is None:
        return None
    operator = operator.removesuffix("ifexists")
    match = _OPERATORS.get(operator.replace("not", ""))
    if match is None:
        return None
    answer = _any(match(it, value) for it in condition.values)
    return not answer if "not" in operator and answer is not None else answer


def _equal(wanted: str, value: str) -> bool | None:
    if "*" in value:
        return False if disjoint(wanted, value) else None
    return wanted == value


def _like(wanted: str, value: str) -> bool | None:
    return _is_of(value)(wanted)


def _arn_like(wanted: str, value: str) -> bool | None:
    """As `_like`, each of an ARN's parts alone: a wildcard ends at a colon."""
    parts, values = (it.split(":", _ARN_PARTS - 1) for it in (wanted, value))
    if len(parts) != _ARN_PARTS:
        return False
    return _all(_like(*pair) for pair in zip(parts, values, strict=True))


_OPERATORS: Final[Mapping[str, Callable[[str, str], bool | None]]] = {
    "stringequals": _equal,
    "stringequalsignorecase": lambda wanted, value: _equal(wanted.lower(), value.lower()),
    "stringlike": _like,
    "arnequals": _arn_like,
    "arnlike": _arn_like,
    "bool": lambda wanted, value: wanted.lower() == value,
}
