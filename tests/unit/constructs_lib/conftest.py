"""A stack to put a construct under test into."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack, Testing

from constructs_lib.placement import Placement


@pytest.fixture
def stack() -> TerraformStack:
    return TerraformStack(Testing.app(), "test")


@pytest.fixture
def placement() -> Placement:
    return Placement(account_id="111122223333", region="eu-central-1")
