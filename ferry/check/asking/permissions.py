"""What IAM's simulation says of whoever deploys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.check.judging.permissions import Decision
from ferry.errors import FerryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from types_boto3_iam import IAMClient

    from ferry.check.judging.permissions import Question


def principal(iam: IAMClient, caller_arn: str) -> str:
    """The user or role behind a caller: what policies are attached to.

    A session's ARN names its role without the role's path, which is therefore looked up.

    Args:
        iam: A client for IAM.
        caller_arn: What GetCallerIdentity says.

    Raises:
        FerryError: Nobody can be simulated: the root user, a federated user.
    """
    _, partition, _, _, account_id, resource = caller_arn.split(":", 5)
    kind, _, name = resource.partition("/")
    if kind == "assumed-role":
        return iam.get_role(RoleName=name.partition("/")[0])["Role"]["Arn"]
    if kind == "user":
        return f"arn:{partition}:iam::{account_id}:{resource}"
    raise FerryError(
        f"IAM simulates users and roles, and {caller_arn} is neither; sign in as one, or name who "
        "deploys: --deployer ARN."
    )


def decisions(iam: IAMClient, who: str, questions: Sequence[Question]) -> dict[str, Decision]:
    """What the simulation says, by action.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html

    Args:
        iam: A client for IAM.
        who: The ARN of a user or role.
        questions: What is asked.
    """
    return {
        action: _decision(iam, who, question, action)
        for question in questions
        for action in question.actions
    }


def _decision(iam: IAMClient, who: str, question: Question, action: str) -> Decision:
    """What the simulation says of one action.

    One action in a call: IAM refuses some together, as they "require different authorization
    information", and does not say beforehand which.
    """
    [result] = iam.simulate_principal_policy(
        PolicySourceArn=who,
        ActionNames=[action],
        ResourceArns=[question.resource],
        ContextEntries=[
            {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
            for key, value in question.context
        ],
    )["EvaluationResults"]
    return Decision(
        is_allowed=result["EvalDecision"] == "allowed",
        missing=tuple(result.get("MissingContextValues", [])),
    )
