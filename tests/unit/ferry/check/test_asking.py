"""What the questions make of answers that local AWS does not give."""

from __future__ import annotations

from typing import Any

import pytest

from ferry.check.asking.permissions import decisions, principal
from ferry.check.judging.permissions import Decision, Question
from ferry.errors import FerryError


class Iam:
    """Knows one role."""

    def get_role(self, *, RoleName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        assert RoleName == "deployer"
        return {"Role": {"Arn": "arn:aws:iam::1:role/teams/deployer"}}


@pytest.mark.parametrize(
    ("caller", "who"),
    [
        (
            "arn:aws:sts::1:assumed-role/deployer/me@example.org",
            "arn:aws:iam::1:role/teams/deployer",
        ),
        ("arn:aws-cn:iam::1:user/teams/me", "arn:aws-cn:iam::1:user/teams/me"),
    ],
)
def test_policies_are_those_of_the_user_or_role(caller: str, who: str) -> None:
    iam: Any = Iam()

    assert principal(iam, caller) == who


@pytest.mark.parametrize("caller", ["arn:aws:iam::1:root", "arn:aws:sts::1:federated-user/me"])
def test_nobody_else_can_be_simulated(caller: str) -> None:
    iam: Any = Iam()

    with pytest.raises(FerryError) as error:
        principal(iam, caller)

    assert str(error.value) == (
        f"IAM simulates users and roles, and {caller} is neither; sign in as one, or name who "
        "deploys: --deployer ARN."
    )


class Simulator:
    """Allows what reads; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def simulate_principal_policy(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's own
        self.asked.append(asked)
        [action] = asked["ActionNames"]  # AWS refuses some actions together
        decision = "allowed" if ":Get" in action else "explicitDeny"
        return {"EvaluationResults": [{"EvalActionName": action, "EvalDecision": decision}]}


def test_actions_are_asked_one_by_one() -> None:
    iam: Any = Simulator()
    questions = [
        Question(actions=("s3:GetObject", "s3:PutObject"), resource="arn:aws:s3:::b/k"),
        Question(actions=("iam:PassRole",), context=(("iam:PassedToService", "dms"),)),
    ]

    decided = decisions(iam, "arn:aws:iam::1:role/r", questions)

    assert decided == {
        "s3:GetObject": Decision(is_allowed=True),
        "s3:PutObject": Decision(is_allowed=False),
        "iam:PassRole": Decision(is_allowed=False),
    }
    assert iam.asked[-1] == {
        "PolicySourceArn": "arn:aws:iam::1:role/r",
        "ActionNames": ["iam:PassRole"],
        "ResourceArns": ["*"],
        "ContextEntries": [
            {
                "ContextKeyName": "iam:PassedToService",
                "ContextKeyValues": ["dms"],
                "ContextKeyType": "string",
            }
        ],
    }
    assert iam.asked[0]["ResourceArns"] == ["arn:aws:s3:::b/k"]
