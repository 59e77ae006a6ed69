"""What a construct under test is given, in the place of the real, larger constructs."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from constructs_lib.encryption import EnvironmentKey
from facts.names import Names

if TYPE_CHECKING:
    from cdktf import TerraformStack

    from facts.placement import Placement

NAMES = Names(project="aurora-ferry", environment="dev")
TOPIC_ARN = "arn:aws:sns:eu-central-1:111122223333:aurora-ferry-dev-alarms"


@dataclass(frozen=True)
class Parameter:
    """A parameter of Aurora."""

    value: str
    apply_method: str | None = None


def topic() -> Any:  # noqa: ANN401 (stands for the construct)
    return SimpleNamespace(arn=TOPIC_ARN)


def environment_key(stack: TerraformStack, placement: Placement) -> EnvironmentKey:
    return EnvironmentKey(
        stack,
        "key",
        names=NAMES,
        placement=placement,
        deletion_window_days=30,
        prevent_destroy=False,
    )
