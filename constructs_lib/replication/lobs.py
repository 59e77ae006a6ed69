"""How a task carries large objects: the three modes that DMS has, each with its own size.

DMS counts text, citext, bytea, json, jsonb, xml, arrays, composites and hstore as large objects.
There is no mode that leaves them out: DMS would then drop those columns without a word.
Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.LOBSupport.html and
CHAP_Tasks.CustomizingTasks.TaskSettings.TargetMetadata.html
"""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.replication.checks import check_range

LARGEST_LOB_KB = 102_400
"""The largest size, 100 MB, that DMS takes for limited and inline mode."""

_CHUNK_REMEDY = "AWS recommends 64 KB; more can fail the task"


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitedLobs:
    """The fastest mode: every LOB travels with its row, up to a size.

    A larger one fails the task, because the source endpoint says so; it is never cut.

    Args:
        max_size_kb: The largest LOB, in KB, 1 to 102400; 32 by default. DMS counts two bytes a
            character, four where characters need them.

    Raises:
        ValueError: The size is out of range.
    """

    max_size_kb: int = 32

    def __post_init__(self) -> None:
        check_range(
            "lobs.max_size_kb",
            self.max_size_kb,
            lowest=1,
            highest=LARGEST_LOB_KB,
            unit="KB",
            remedy="Use full or inline LOB mode for larger ones",
        )

    def document(self) -> dict[str, object]:
        """The LOB keys of DMS's ``TargetMetadata``."""
        return {
            "SupportLobs": True,
            "FullLobMode": False,
            "LimitedSizeLobMode": True,
            "LobMaxSize": self.max_size_kb,
            "LobChunkSize": 64,
            "InlineLobMaxSize": 0,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class FullLobs:
    """The mode without a limit: each LOB is looked up on its own, which is much slower.

    Target columns must be nullable, and tables need a primary key.

    Args:
        chunk_size_kb: How much of a LOB is read at a time, in KB, 1 to 64; 64 by default.

    Raises:
        ValueError: The size is out of range.
    """

    chunk_size_kb: int = 64

    def __post_init__(self) -> None:
        check_range(
            "lobs.chunk_size_kb",
            self.chunk_size_kb,
            lowest=1,
            highest=64,
            unit="KB",
            remedy=_CHUNK_REMEDY,
        )

    def document(self) -> dict[str, object]:
        """The LOB keys of DMS's ``TargetMetadata``."""
        return {
            "SupportLobs": True,
            "FullLobMode": True,
            "LimitedSizeLobMode": False,
            "LobMaxSize": 0,
            "LobChunkSize": self.chunk_size_kb,
            "InlineLobMaxSize": 0,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class InlineLobs:
    """Small LOBs travel with their row during the full load, larger ones as in full mode.

    Args:
        inline_max_size_kb: The largest LOB that travels with its row, in KB, 1 to 102400; 32 by
            default.
        chunk_size_kb: How much of a larger one is read at a time, in KB, 1 to 64; 64 by default.

    Raises:
        ValueError: A size is out of range.
    """

    inline_max_size_kb: int = 32
    chunk_size_kb: int = 64

    def __post_init__(self) -> None:
        check_range(
            "lobs.inline_max_size_kb",
            self.inline_max_size_kb,
            lowest=1,
            highest=LARGEST_LOB_KB,
            unit="KB",
            remedy="Larger ones are looked up one by one, whatever this says",
        )
        check_range(
            "lobs.chunk_size_kb",
            self.chunk_size_kb,
            lowest=1,
            highest=64,
            unit="KB",
            remedy=_CHUNK_REMEDY,
        )

    def document(self) -> dict[str, object]:
        """The LOB keys of DMS's ``TargetMetadata``."""
        return {
            "SupportLobs": True,
            "FullLobMode": True,
            "LimitedSizeLobMode": False,
            "LobMaxSize": 0,
            "LobChunkSize": self.chunk_size_kb,
            "InlineLobMaxSize": self.inline_max_size_kb,
        }


Lobs = LimitedLobs | FullLobs | InlineLobs
"""One of the three modes."""
