"""What the monitoring is put upon in tests, in the place of the real, larger constructs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from facts.names import Names

NAMES = Names(project="aurora-ferry", environment="dev")
TOPIC_ARN = "arn:aws:sns:eu-central-1:111122223333:aurora-ferry-dev-alarms"


def topic() -> Any:  # noqa: ANN401 (stands for the construct)
    return SimpleNamespace(arn=TOPIC_ARN)
