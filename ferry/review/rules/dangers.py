"""What a change can do that somebody should know, and the part of the report it stands in."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Danger(StrEnum):
    """What a change can do. Each of these needs a second reviewer at least."""

    DATA_LOSS = "data-loss"
    """Data goes, or can no longer be read."""

    PROTECTION_LOSS = "protection-loss"
    """What keeps data from being lost goes; nothing is lost yet."""

    IRREVERSIBLE = "irreversible"
    """It cannot be taken back."""

    OUTAGE = "outage"
    """The database stops as soon as the plan is applied."""

    INTERRUPTION = "interruption"
    """The database stops in its maintenance window or at a restart, or a part of it stops."""

    REPLICATION_LOSS = "replication-loss"
    """A task loses its position: the full load starts again."""

    REPLICATION_STOP = "replication-stop"
    """The replication stops, or copies something else, and can go on where it was."""

    PUBLIC_REACH = "public-reach"
    """Anyone can reach it."""

    WIDER_ACCESS = "wider-access"
    """Somebody may do or reach more than before."""

    UNWATCHED = "unwatched"
    """Something goes wrong and nobody is told."""

    REFUSED = "refused"
    """AWS refuses it in the middle of the apply, or it never reaches AWS."""

    UNCLEAR = "unclear"
    """A rule knows what changes, and none says that it is harmless with this value."""


class Section(StrEnum):
    """The report's parts in which effects stand, in their order."""

    DATA = "Data at risk"
    INTERRUPTIONS = "Interruptions"
    REPLICATION = "Replication (DMS)"
    SECURITY = "Security"
    OTHER = "Other effects"


_SECTIONS: Final = {
    Danger.DATA_LOSS: Section.DATA,
    Danger.PROTECTION_LOSS: Section.DATA,
    Danger.IRREVERSIBLE: Section.DATA,
    Danger.OUTAGE: Section.INTERRUPTIONS,
    Danger.INTERRUPTION: Section.INTERRUPTIONS,
    Danger.REPLICATION_LOSS: Section.REPLICATION,
    Danger.REPLICATION_STOP: Section.REPLICATION,
    Danger.PUBLIC_REACH: Section.SECURITY,
    Danger.WIDER_ACCESS: Section.SECURITY,
    Danger.UNWATCHED: Section.OTHER,
    Danger.REFUSED: Section.OTHER,
    Danger.UNCLEAR: Section.OTHER,
}


def section(danger: Danger, resource_type: str) -> Section:
    """Where an effect stands: what concerns a DMS resource is found with DMS."""
    if danger is Danger.REFUSED and resource_type.startswith("aws_dms_"):
        return Section.REPLICATION
    return _SECTIONS[danger]
