"""What a deployment calls is in the recording that tests/policies holds the IAM documents against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.policies.calls import RECORDED

if TYPE_CHECKING:
    from harness.deployment import Deployment


def test_deploying_planning_and_destroying_call_nothing_else(ready: Deployment) -> None:
    terraform = ready.terraform("dev")
    seen = len(calls(ready))

    def made() -> set[str]:
        nonlocal seen
        every = calls(ready)
        new, seen = set(every[seen:]), len(every)
        return new

    terraform.apply()
    assert made() - set(RECORDED["first plan"]) - set(RECORDED["deploy"]) == set()
    terraform.plan()
    assert made() - set(RECORDED["plan"]) == set()
    terraform.destroy()
    assert made() - set(RECORDED["destroy"]) == set()


def calls(deployment: Deployment) -> list[str]:
    """All calls so far, as `service:Operation`."""
    return [
        f"{call['service']}:{call['operation']}" for call in deployment.cloud.get("calls")["calls"]
    ]
