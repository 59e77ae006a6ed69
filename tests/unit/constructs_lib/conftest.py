"""A stack to put a construct under test into."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_aws.provider import AwsProvider

from facts.placement import Placement


@pytest.fixture
def stack() -> TerraformStack:
    stack = TerraformStack(Testing.app(), "test")
    AwsProvider(stack, "aws", region="eu-central-1")
    return stack


@pytest.fixture
def placement() -> Placement:
    return Placement(account_id="111122223333", region="eu-central-1")
