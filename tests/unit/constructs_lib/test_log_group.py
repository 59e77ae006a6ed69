from typing import Any

import pytest
from cdktf import TerraformStack

from constructs_lib.log_group import make_log_group
from facts.placement import Placement
from tests.unit.constructs_lib.examples import environment_key
from tests.unit.constructs_lib.network_examples import acknowledged
from tests.unit.template import Template


def log_group(
    stack: TerraformStack, placement: Placement, *, retention_days: int
) -> dict[str, Any]:
    make_log_group(
        stack,
        "log",
        name="/ferry",
        key=environment_key(stack, placement),
        retention_days=retention_days,
        reason="it is of use while it lasts",
    )
    return Template.of(stack).only("aws_cloudwatch_log_group")


def test_it_is_encrypted_and_forgets(stack: TerraformStack, placement: Placement) -> None:
    group = log_group(stack, placement, retention_days=30)

    (key,) = Template.of(stack).resources("aws_kms_key")
    assert group == {
        "name": "/ferry",
        "retention_in_days": 30,
        "kms_key_id": f"${{aws_kms_key.{key}.arn}}",
    }


@pytest.mark.parametrize(("days", "findings"), [(364, {"test/log": ["CKV_AWS_338"]}), (365, {})])
def test_less_than_a_year_is_acknowledged(
    stack: TerraformStack, placement: Placement, days: int, findings: dict[str, list[str]]
) -> None:
    log_group(stack, placement, retention_days=days)

    assert acknowledged(stack) == findings
