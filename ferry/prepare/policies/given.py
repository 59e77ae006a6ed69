"""What the policies of a key and a topic have to say that are not made here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts import key_policy
from facts.topic_policy import publishers
from ferry.prepare.policies.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.prepare.policies.statements import Scope


def of_the_key(scope: Scope) -> list[Statement]:
    """What the environment's account and its services do with the key; the rest of it stays as it is."""
    wanted = [key_policy.description(scope.placement), *key_policy.of_the_data(scope.placement)]
    if scope.environment.alarms.topic_arn is None:
        wanted += key_policy.of_the_topic(scope.names, scope.placement)
    return _as_statements(wanted)


def of_the_topic(scope: Scope) -> list[Statement]:
    """Who publishes to the topic; the rest of its policy stays as it is."""
    return _as_statements(publishers(scope.topic, scope.placement))


def _as_statements(wanted: Sequence[dict[str, Any]]) -> list[Statement]:
    return [
        Statement(
            sid=each["Sid"],
            principal=each["Principal"],
            actions=[each["Action"]] if isinstance(each["Action"], str) else each["Action"],
            resources=[each["Resource"]],
            condition=each.get("Condition", {}),
        )
        for each in wanted
    ]
