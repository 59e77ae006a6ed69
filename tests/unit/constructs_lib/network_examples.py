"""Networks to put a construct under test into."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdktf import DefaultTokenResolver, StringConcat, Testing, Tokenization

from constructs_lib.network import NewVpc
from tests.unit.constructs_lib.examples import NAMES, environment_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformStack

    from facts.placement import Placement


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainNetwork:
    """A network whose ids are plain strings."""

    vpc_id: str = "vpc-1"
    aurora_subnet_ids: tuple[str, ...] = ("subnet-a1", "subnet-a2")
    dms_subnet_ids: tuple[str, ...] = ("subnet-d1", "subnet-d2")


def new_vpc(
    stack: TerraformStack,
    placement: Placement,
    *,
    zones: int | Sequence[str] = 3,
    cidr: str = "10.20.0.0/16",
    flow_log_retention_days: int = 365,
) -> NewVpc:
    return NewVpc(
        stack,
        "network",
        names=NAMES,
        placement=placement,
        key=environment_key(stack, placement),
        cidr=cidr,
        zones=zones,
        flow_log_retention_days=flow_log_retention_days,
    )


def resolved(value: object, stack: TerraformStack) -> Any:  # noqa: ANN401 (as Terraform reads it)
    """A token, or a list of them, as it appears in the stack's JSON."""
    resolver = DefaultTokenResolver(StringConcat())
    return Tokenization.resolve(value, preparing=False, resolver=resolver, scope=stack)


def acknowledged(stack: TerraformStack) -> dict[str, list[str]]:
    """The accepted findings by the path of the resource; Testing.synth leaves comments out."""
    folder = Path(Testing.full_synth(stack)) / "stacks" / "test"
    document: dict[str, Any] = json.loads((folder / "cdk.tf.json").read_text())
    return {
        body["//"]["metadata"]["path"]: list(body["//"]["acknowledged"])
        for kind in ("data", "resource")
        for bodies in document.get(kind, {}).values()
        for body in bodies.values()
        if "acknowledged" in body["//"]
    }
