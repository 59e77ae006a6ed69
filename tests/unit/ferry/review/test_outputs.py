"""Where outputs lead, by what the configuration refers to; by values see held/outputs.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import masked, read_plan
from ferry.review.rules.outputs import where_outputs_lead
from tests.unit.ferry.review.plans import UNKNOWN, change, plan_text, stays

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

READER = "aws_rds_cluster_instance"
ENDPOINT = "aws_dms_endpoint"
MADE = (
    change(READER, "create", None, {"identifier": UNKNOWN, "arn": UNKNOWN}, name="r"),
    change(READER, "create", None, {"identifier": UNKNOWN}, name="n")
    | {"address": f"{READER}.n[0]"},
    change(ENDPOINT, "create", None, {"secrets_manager_arn": UNKNOWN, "endpoint_arn": UNKNOWN}),
    stays("aws_vpc", "it", id="vpc-1"),
)
LOCAL: dict[str, Any] = {
    "address": f"{ENDPOINT}.it",
    "expressions": {"secrets_manager_arn": {"references": ["local.source"]}},
}


def told(name: str, *references: str, before: Json = None) -> list[list[str]]:
    """What is said of an output that is not known yet, of a plan and of what is left of it masked."""
    unknown = {"before": before, "after": None, "after_unknown": True}
    outputs = {name: {"expression": {"references": list(references)}}}
    text = plan_text(
        *MADE,
        output_changes={name: {"actions": ["update" if before else "create"], **unknown}},
        configuration={"root_module": {"outputs": outputs, "resources": [LOCAL]}},
    )
    return [
        [it.effect.text() for it in where_outputs_lead(read_plan(one))]
        for one in (text, masked(text))
    ]


@pytest.mark.parametrize(
    ("name", "references"),
    [
        ("writer_instance_id", [f"{READER}.r.identifier", f"{READER}.r"]),
        ("reader_instance_12_id", [f"{READER}.n[0].identifier", f"{READER}.n[0]", f"{READER}.n"]),
        ("source_secret_arn", ["local.source"]),
        ("of_one_s_own", ["var.anything"]),
    ],
)
def test_what_refers_to_what_its_name_says_is_right(name: str, references: list[str]) -> None:
    assert told(name, *references) == [[], []]


@pytest.mark.parametrize(
    ("name", "references"),
    [
        ("writer_instance_id", []),
        ("writer_instance_id", [f"{READER}.r.arn", f"{READER}.r"]),
        ("writer_instance_id", [f"{READER}.gone.identifier", f"{READER}.gone"]),
        ("writer_instance_id", ["aws_vpc.it.id", "aws_vpc.it"]),
        ("writer_instance_id", [f"{READER}.r.identifier", f"{READER}.r", "var.other"]),
        ("vpc_id", ["aws_vpc.it.id", "aws_vpc.it"]),
        ("source_secret_arn", ["local.another"]),
        ("source_secret_arn", [f"{ENDPOINT}.it.endpoint_arn", f"{ENDPOINT}.it"]),
    ],
)
def test_what_refers_to_something_else_is_told(name: str, references: list[str]) -> None:
    said = told(name, *references)
    assert [len(it) for it in said] == [1, 1]
    assert said[0][0].startswith("Nothing that it should name is known to be (known after apply).")


def test_one_of_one_s_own_follows_what_it_refers_to() -> None:
    """What it named goes nowhere: it is another one from now on."""
    assert (
        told("mine", f"{READER}.r.identifier", f"{READER}.r", before="vpc-1")
        == [
            [
                (
                    'It leads elsewhere: to (known after apply), where it led to "vpc-1", and nothing that it '
                    "names became that. Applications and ferry go by it."
                )
            ]
        ]
        * 2
    )
