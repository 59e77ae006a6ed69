"""What the monitoring is put upon in tests, in the place of the real, larger constructs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

TOPIC_ARN = "arn:aws:sns:eu-central-1:111122223333:aurora-ferry-dev-alarms"


def topic() -> Any:  # noqa: ANN401 (stands for the construct)
    return SimpleNamespace(arn=TOPIC_ARN)


def cluster(*, readers: int = 2) -> Any:  # noqa: ANN401 (stands for the construct)
    return SimpleNamespace(
        cluster_identifier="aurora-ferry-dev",
        cluster=SimpleNamespace(cluster_identifier="aurora-ferry-dev"),
        writer=SimpleNamespace(identifier="aurora-ferry-dev-writer"),
        readers=[
            SimpleNamespace(identifier=f"aurora-ferry-dev-reader-{number}")
            for number in range(1, readers + 1)
        ],
    )


def instance() -> Any:  # noqa: ANN401 (stands for the construct)
    return SimpleNamespace(
        identifier="aurora-ferry-dev",
        instance=SimpleNamespace(replication_instance_id="aurora-ferry-dev"),
    )


def tasks(*names: str) -> dict[str, Any]:
    """Tasks whose resource identifier is not their identifier, as it is with long names."""
    return {
        name: SimpleNamespace(
            identifier=f"aurora-ferry-dev-{name}",
            resource_identifier=f"arn-of-{name}",
            task=SimpleNamespace(replication_task_id=f"aurora-ferry-dev-{name}"),
        )
        for name in names
    }
