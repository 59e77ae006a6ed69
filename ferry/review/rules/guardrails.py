"""Which dangers block a plan in an environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ferry.review.rules.dangers import Danger

STRICT: Final = frozenset(
    {
        Danger.DATA_LOSS,
        Danger.PROTECTION_LOSS,
        Danger.OUTAGE,
        Danger.REPLICATION_LOSS,
        Danger.PUBLIC_REACH,
        Danger.REFUSED,
    }
)
"""What blocks unless an environment's file says otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guardrails:
    """What blocks; every other danger asks for a second reviewer.

    Args:
        block: The dangers that block; STRICT by default. An environment in which nothing is to be
            lost blocks fewer, or none.
    """

    block: frozenset[Danger] = STRICT

    def blocks(self, danger: Danger) -> bool:
        """Whether a danger blocks the plan."""
        return danger in self.block
