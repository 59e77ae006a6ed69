"""[review]: what a plan may not do in this environment."""

from typing import Literal

from pydantic import Field

from settings.section import List, Section

Danger = Literal[
    "data-loss",
    "protection-loss",
    "irreversible",
    "outage",
    "interruption",
    "replication-loss",
    "replication-stop",
    "public-reach",
    "wider-access",
    "unwatched",
    "refused",
    "unclear",
]
"""What a change can do, in the words of `ferry review`."""


class Review(Section):
    """The guardrails of `ferry review`."""

    block: List[Danger] = Field(
        default=(
            "data-loss",
            "protection-loss",
            "outage",
            "replication-loss",
            "public-reach",
            "refused",
        ),
        examples=[["data-loss"]],
    )
    """The dangers that block a plan; every other one asks for a second reviewer."""
