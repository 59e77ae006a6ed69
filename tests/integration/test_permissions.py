"""What the checks call is in the recording that tests/policies holds the IAM documents against."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ferry.check.deployment.checks import findings
from tests.integration.options import Where
from tests.policies.calls import RECORDED

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed


@pytest.mark.only(Where.OWN_LOCAL_AWS, reason="local AWS alone tells what it was asked")
def test_whoever_validates_may_ask_all_that_is_asked(deployed: Deployed) -> None:
    before = len(calls(deployed))
    assert list(findings(replace(deployed)))

    asked = {f"{call['service']}:{call['operation']}" for call in calls(deployed)[before:]}
    assert asked - set(RECORDED["ferry check deployment"]) == set()


def calls(deployed: Deployed) -> list[dict[str, str]]:
    url = deployed.account.sts.meta.endpoint_url
    with urllib.request.urlopen(f"{url}/local-aws/calls") as answer:  # noqa: S310 - 127.0.0.1
        found: list[dict[str, str]] = json.load(answer)["calls"]
        return found
