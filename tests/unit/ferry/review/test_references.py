"""What attributes refer to, by a plan's configuration."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferry.review import masked, read_plan
from ferry.review.plan.references import references
from tests.unit.ferry.review.plans import change, plan_text, stays


def test_each_attribute_refers_to_addresses_without_keys_and_attributes() -> None:
    found = references(
        {
            "root_module": {
                "resources": [
                    {
                        "address": "aws_rds_cluster.c",
                        "expressions": {
                            "kms_key_id": {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]},
                            "subnets": {"references": ['aws_subnet.s["a.b"].id', "aws_subnet.s"]},
                            "engine": {"constant_value": "aurora-postgresql"},
                            "scaling": [{"min": {"references": ["var.min"]}, "max": {}}],
                            "role": {"references": ["data.aws_iam_role.r.arn"]},
                        },
                    }
                ]
            }
        }
    )
    assert found == {
        "aws_rds_cluster.c": {
            "kms_key_id": ("aws_kms_key.k",),
            "subnets": ("aws_subnet.s",),
            "engine": (),
            "scaling": ("var.min",),
            "role": ("data.aws_iam_role.r",),
        }
    }


def test_a_modules_addresses_begin_with_the_module() -> None:
    vpc = {"address": "aws_vpc.v", "expressions": {"x": {"references": ["aws_eip.e.id"]}}}
    module: dict[str, Any] = {"module_calls": {"net": {"module": {"resources": [vpc]}}}}
    assert references({"root_module": module}) == {
        "module.net.aws_vpc.v": {"x": ("module.net.aws_eip.e",)}
    }


@pytest.mark.parametrize(
    "configuration",
    [
        None,
        7,
        {"root_module": 7},
        {"root_module": {"resources": 7, "module_calls": 7}},
        {"root_module": {"resources": [7], "module_calls": {"a": 7, "b": {"module": 7}}}},
    ],
)
def test_what_is_no_configuration_names_nothing(configuration: object) -> None:
    assert references(configuration) == {}


SUBNETS = "aws_db_subnet_group"
CONFIGURATION = {
    "root_module": {
        "resources": [
            {
                "address": "aws_db_subnet_group.it",
                "expressions": {
                    "subnet_ids": {"references": ["aws_subnet.a.id", "aws_subnet.a"]},
                    "name": {"constant_value": "hunter2-hunter2"},
                },
            }
        ]
    }
}


def test_a_change_knows_what_it_refers_to_and_what_stands_beside_it() -> None:
    text = plan_text(
        change(SUBNETS, "create", None, {}), stays("aws_subnet", "a"), configuration=CONFIGURATION
    )
    group, subnet = read_plan(text).changes
    assert group.references == {"subnet_ids": ("aws_subnet.a",), "name": ()}
    assert subnet.references is None
    assert group.neighbours == {"aws_db_subnet_group.it": [group], "aws_subnet.a": [subnet]}


def test_a_masked_plan_keeps_what_refers_to_what_and_no_value() -> None:
    text = plan_text(
        change(SUBNETS, "create", None, {}), stays("aws_subnet", "a"), configuration=CONFIGURATION
    )
    again = masked(text)
    assert "hunter2" not in again
    assert json.loads(again)["configuration"]
    before, after = read_plan(text), read_plan(again)
    assert [it.references for it in after.changes] == [it.references for it in before.changes]


def test_without_a_configuration_no_change_knows_what_it_refers_to() -> None:
    (group,) = read_plan(plan_text(change(SUBNETS, "create", None, {}))).changes
    assert group.references is None
