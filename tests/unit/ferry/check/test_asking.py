"""What the questions make of answers that local AWS does not give."""

from __future__ import annotations

from typing import Any

import pytest

from ferry.check.asking.bucket import Looking
from ferry.check.asking.permissions import principal
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


class S3:
    """Answers one call, and fails the test at another."""

    def get_bucket_policy(self) -> str:
        return "read"

    def put_bucket_policy(self, **_: object) -> None:
        pytest.fail("written")


def test_looking_at_a_bucket_writes_nothing() -> None:
    s3: Any = S3()
    looking = Looking(s3)

    assert looking.get_bucket_policy() == "read"
    assert looking.put_bucket_policy(Bucket="b") is None
    with pytest.raises(AttributeError, match="delete_bucket neither reads nor puts a setting"):
        looking.delete_bucket(Bucket="b")
