"""IAM's simulation of policies: what a user's or role's policies say of actions.

Local AWS refuses no call for want of a permission; here it can be asked what AWS would do. As far
as the project's own policies go: Allow and Deny, wildcards in actions and resources, the
conditions that compare strings, of one value or of all, and Null. Permissions boundaries and organizations' policies are not there.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from local_aws.answers import Answer, AwsError, ResponseMixin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ARN = re.compile(r"arn:[^:]+:iam::[^:]*:(?P<kind>user|role)/(?:.*/)?(?P<name>[^/]+)")
_STRING_CONDITIONS = frozenset({"stringequals", "stringlike", "arnequals", "arnlike"})


class Simulation(ResponseMixin):
    """The call that simulates."""

    backend: Any

    def simulate_principal_policy(self) -> Answer:
        """SimulatePrincipalPolicy.

        Whoever local AWS has no policies of, because nobody made the user, may do everything.
        """
        parameters = self.parameters()
        statements = list(self._statements(parameters["PolicySourceArn"]))
        context = {
            entry["ContextKeyName"].lower(): entry["ContextKeyValues"]
            for entry in parameters.get("ContextEntries", [])
        }
        return Answer(
            {
                "EvaluationResults": [
                    {
                        "EvalActionName": action,
                        "EvalResourceName": resource,
                        **_evaluated(statements, action, resource, context),
                    }
                    for action in parameters["ActionNames"]
                    for resource in parameters.get("ResourceArns", ["*"])
                ],
                "IsTruncated": False,
            }
        )

    def _statements(self, arn: str) -> Iterator[Mapping[str, Any]]:
        found = _ARN.fullmatch(arn)
        if not found:
            raise AwsError("InvalidInput", f"Invalid Entity Arn: {arn}")
        for document in self._documents(found["kind"], found["name"]):
            yield from _listed(json.loads(document)["Statement"])

    def _documents(self, kind: str, name: str) -> Iterator[str]:
        backend = self.backend
        if kind == "role":
            entity = backend.get_role(name)
        elif name in backend.users:
            entity = backend.users[name]
        else:
            yield '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
            return
        yield from entity.policies.values()
        for policy in entity.managed_policies.values():
            yield from (version.document for version in policy.versions if version.is_default)


def _evaluated(
    statements: Sequence[Mapping[str, Any]],
    action: str,
    resource: str,
    context: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """The decision on one action: what is denied in one statement no other allows."""
    effects: set[str] = set()
    missing: set[str] = set()
    for statement in statements:
        if not (
            _concerns(statement, "Action", action.lower(), lower=True)
            and _concerns(statement, "Resource", resource)
        ):
            continue
        conditions = list(_conditions(statement))
        missing |= {
            key
            for operator, key, _ in conditions
            if key.lower() not in context and not _does_without(operator)
        }
        if all(_holds(*condition, context) for condition in conditions):
            effects.add(statement["Effect"])
    decision = "implicitDeny"
    if effects:
        decision = "explicitDeny" if "Deny" in effects else "allowed"
    return {"EvalDecision": decision, "MissingContextValues": sorted(missing)}


def _concerns(statement: Mapping[str, Any], key: str, value: str, *, lower: bool = False) -> bool:
    negated = f"Not{key}" in statement
    patterns = _listed(statement[f"Not{key}" if negated else key])
    matches = any(_matches(each.lower() if lower else each, value) for each in patterns)
    return matches is not negated


def _conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Operator, key and values of each condition."""
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            yield operator, key, _listed(values)


def _does_without(operator: str) -> bool:
    """Whether a condition is decided also where its key is not given."""
    return (
        operator == "Null"
        or operator.startswith("ForAllValues:")
        or operator.endswith("IfExists")
        or "Not" in operator
    )


def _holds(
    operator: str, key: str, wanted: Sequence[str], context: Mapping[str, Sequence[str]]
) -> bool:
    """Whether a condition holds; one of another kind, or on a key that is not given, does not."""
    given = context.get(key.lower(), [])
    if operator == "Null":
        return (not given) is (wanted == ["true"])
    if not given and _does_without(operator):
        return True
    found = [any(_matches(pattern, value) for pattern in wanted) for value in given]
    matches = all(found) if operator.startswith("ForAllValues:") else any(found)
    kind = operator.lower().removeprefix("forallvalues:").removesuffix("ifexists")
    if kind == "stringnotequals":
        return not matches
    return kind in _STRING_CONDITIONS and matches


def _matches(pattern: str, value: str) -> bool:
    """Whether IAM's pattern, with * and ?, is the whole value."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value) is not None


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - IAM's grammar: one, or a list
    return value if isinstance(value, list) else [value]
