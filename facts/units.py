"""In which units metrics and parameters count, and how a number of them is said to a person.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html,
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html and
https://www.postgresql.org/docs/15/config-setting.html, by which PostgreSQL's kB, MB and GB are
multiples of 1024, with the page of each parameter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts import metrics
from facts.parameters import WORK_MEM

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER: Final = re.compile(r"[0-9][0-9,]{0,29}(\.[0-9]{1,10})?")
_MANY: Final = 100


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit.

    Args:
        name: As it stands behind a number.
        larger: How many of it larger units have, and their names, the largest first.
        is_long: Whether a number that a larger unit says as exactly is said in that alone.
    """

    name: str
    larger: tuple[tuple[int, str], ...] = ()
    is_long: bool = False

    def said(self, number: str) -> str:
        """A number with its unit, and in a larger one; what is no positive number stays as it is.

        Args:
            number: The number, such as ``65536``, which in kB is ``65536 kB (64 MB)``; with commas
                between its thousands or without.
        """
        if not _NUMBER.fullmatch(number):
            return number
        value = float(number.replace(",", ""))
        size, name = next((it for it in self.larger if value >= it[0]), (0, ""))
        plain = f"{number} {self.name}"
        if not size:
            return plain
        many = value / size
        text = f"{many:,.0f}" if many >= _MANY else f"{many:.3g}"
        larger = f"{text} {'day' if text == '1' and name == 'days' else name}"
        is_exact = float(text.replace(",", "")) * size == value
        return larger if self.is_long and is_exact else f"{plain} ({larger})"


BYTES: Final = Unit("bytes", ((1024**4, "TiB"), (1024**3, "GiB"), (1024**2, "MiB")), is_long=True)
_BYTES_A_SECOND: Final = Unit(
    "bytes/s", tuple((size, f"{name}/s") for size, name in BYTES.larger), is_long=True
)
_PERCENT: Final = Unit("%")
_ACU: Final = Unit("ACU")
_A_SECOND: Final = Unit("a second")
_SECONDS: Final = Unit("s", ((86_400, "days"), (3_600, "h"), (60, "min")))
_MILLISECONDS: Final = Unit(
    "ms", ((86_400_000, "days"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))
)
_MINUTES: Final = Unit("min", ((1_440, "days"), (60, "h")))
_KILOBYTES: Final = Unit("kB", ((1024**2, "GB"), (1024, "MB")))
_PAGES: Final = Unit("x 8 kB", ((128 * 1024, "GB"), (128, "MB")))

METRICS: Final[Mapping[str, Unit]] = {
    metrics.AURORA_ACU.name: _ACU,
    **dict.fromkeys(
        (metrics.AURORA_ACU_SHARE.name, "BufferCacheHitRatio", metrics.AURORA_CPU.name), _PERCENT
    ),
    **dict.fromkeys(
        (
            metrics.DMS_AVAILABLE_MEMORY.name,
            "BackupRetentionPeriodStorageUsed",
            metrics.AURORA_FREE_LOCAL_STORAGE.name,
            metrics.DMS_FREE_STORAGE.name,
            metrics.AURORA_FREEABLE_MEMORY.name,
            metrics.AURORA_SLOT_DISK.name,
            "SnapshotStorageUsed",
            metrics.DMS_SWAP.name,
            "TotalBackupStorageBilled",
            metrics.AURORA_WAL_DISK.name,
            metrics.AURORA_VOLUME.name,
        ),
        BYTES,
    ),
    **dict.fromkeys(
        (
            "NetworkReceiveThroughput",
            "NetworkThroughput",
            "NetworkTransmitThroughput",
            "ReadThroughput",
            "StorageNetworkReceiveThroughput",
            "StorageNetworkThroughput",
            "StorageNetworkTransmitThroughput",
            "WriteThroughput",
        ),
        _BYTES_A_SECOND,
    ),
    **dict.fromkeys(
        (
            metrics.CDC_ROWS_READ.name,
            metrics.CDC_ROWS_WRITTEN.name,
            metrics.AURORA_COMMITS.name,
            metrics.FULL_LOAD_ROWS_WRITTEN.name,
            "ReadIOPS",
            "WriteIOPS",
        ),
        _A_SECOND,
    ),
    **dict.fromkeys(
        (
            metrics.AURORA_REPLICA_LAG.name,
            "AuroraReplicaLagMaximum",
            "AuroraReplicaLagMinimum",
            "CommitLatency",
        ),
        _MILLISECONDS,
    ),
    **dict.fromkeys(
        (metrics.SOURCE_LATENCY.name, metrics.TARGET_LATENCY.name, "EngineUptime"), _SECONDS
    ),
}
"""The units of metrics by their names, which mean the same in Aurora's and in DMS's namespace. What
is not among them is a count, or AWS's pages do not agree on its unit (ReadLatency, WriteLatency)."""

PARAMETERS: Final[Mapping[str, Unit]] = {
    **dict.fromkeys(
        (
            "deadlock_timeout",
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
            "lock_timeout",
            "log_autovacuum_min_duration",
            "log_min_duration_statement",
            "statement_timeout",
            "wal_sender_timeout",
        ),
        _MILLISECONDS,
    ),
    "autovacuum_naptime": _SECONDS,
    "rds.log_retention_period": _MINUTES,
    **dict.fromkeys(
        ("log_temp_files", "logical_decoding_work_mem", "maintenance_work_mem", WORK_MEM),
        _KILOBYTES,
    ),
    **dict.fromkeys(("effective_cache_size", "shared_buffers", "wal_buffers"), _PAGES),
    "track_activity_query_size": Unit("bytes"),
}
"""The units in which parameters are taken where a value names none, as RDS passes them on."""

OFF: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
            "lock_timeout",
            "statement_timeout",
            "wal_sender_timeout",
        ),
        "0",
    ),
    **dict.fromkeys(
        ("log_autovacuum_min_duration", "log_min_duration_statement", "log_temp_files"), "-1"
    ),
}
"""The value with which a parameter does nothing at all."""


def metric_said(name: str, number: str) -> str:
    """A value of a metric as a person reads it.

    Args:
        name: The metric's name, such as ``CPUUtilization``.
        number: The value, such as ``80``.
    """
    return METRICS[name].said(number) if name in METRICS else number


def parameter_said(name: str, value: str) -> str | None:
    """A parameter's value as a person reads it; None where it has no unit, or is no number.

    Args:
        name: The parameter's name, such as ``work_mem``.
        value: The value, such as ``65536``.
    """
    if value == OFF.get(name):
        return f"{value} (off)"
    if name not in PARAMETERS or not _NUMBER.fullmatch(value):
        return None
    return PARAMETERS[name].said(value)
