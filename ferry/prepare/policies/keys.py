"""What the policy of a key of one's own has to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts.key_policy import description, uses
from ferry.prepare.policies.statements import Statement

if TYPE_CHECKING:
    from ferry.prepare.policies.statements import Scope


def of_the_key(scope: Scope) -> list[Statement]:
    """What the environment's account and its services do with the key; the rest of it stays as it is."""
    wanted = [description(scope.placement), *uses(scope.names, scope.placement)]
    return [
        Statement(
            sid=each["Sid"],
            principal=each["Principal"],
            actions=[each["Action"]] if isinstance(each["Action"], str) else each["Action"],
            condition=each.get("Condition", {}),
        )
        for each in wanted
    ]
