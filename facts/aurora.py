"""What Aurora PostgreSQL is called, and what follows from its version."""

from __future__ import annotations

from typing import Final

ENGINE: Final = "aurora-postgresql"
"""The engine, as RDS calls it, and DMS an endpoint of it."""

MONITORING_POLICY: Final = "AmazonRDSEnhancedMonitoringRole"
"""AWS's managed policy, below ``service-role/``, of the role of enhanced monitoring. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.Enabling.html"""


def release(engine_version: str) -> int:
    """The PostgreSQL release of a version, such as 15 of ``15.8``.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Updates.html
    """
    return int(engine_version.partition(".")[0])


def parameter_group_family(engine_version: str) -> str:
    """The family that a version's parameter groups belong to, such as ``aurora-postgresql15``."""
    return f"{ENGINE}{release(engine_version)}"
