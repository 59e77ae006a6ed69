"""What Aurora PostgreSQL is called, and what follows from its version."""

from __future__ import annotations

from typing import Final

ENGINE: Final = "aurora-postgresql"
"""The engine, as RDS calls it, and DMS an endpoint of it."""

MONITORING_POLICY: Final = "AmazonRDSEnhancedMonitoringRole"
"""AWS's managed policy, below ``service-role/``, of the role of enhanced monitoring. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.Enabling.html"""

MOST_READERS: Final = 15
"""How many readers a cluster has at most. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html"""

ADVANCED_INSIGHTS_DAYS: Final = 465
"""For how long Performance Insights are kept, at least, with Database Insights' advanced mode. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.TurningOnAdvanced.html"""

_RESERVED_USERS: Final = frozenset({
    "admin", "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "authorization",
    "both", "case", "current_user", "default", "group", "none", "order", "public", "rdsadmin",
    "rdsrepladmin", "rdstopmgr", "rdswriteforwarduser", "select", "session_user", "table", "user",
    "where", "with",
})  # fmt: skip
"""Role names that RDS keeps for itself and reserved words of PostgreSQL (appendix C)."""

_RESERVED_DATABASES: Final = frozenset({"admin", "db", "rdsadmin", "template0", "template1"})


def is_reserved_user(name: str) -> bool:
    """Whether RDS makes no master user of a name, because it or PostgreSQL keeps it."""
    lowered = name.lower()
    return lowered in _RESERVED_USERS or lowered.startswith(("pg_", "rds_"))


def is_reserved_database(name: str) -> bool:
    """Whether RDS makes no database of a name."""
    return name.lower() in _RESERVED_DATABASES


def release(engine_version: str) -> int:
    """The PostgreSQL release of a version, such as 15 of ``15.8``.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Updates.html
    """
    return int(engine_version.partition(".")[0])


LATEST_RELEASE: Final = 17
"""The latest release of PostgreSQL that is known here: its parameters, and what Aurora makes of them."""


def is_of(version: str, wanted: str) -> bool:
    """Whether a version is the wanted one: that very one, or any of the release, such as `16`.

    RDS takes a release alone, and chooses the minor version by itself:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.VersionPolicy.Versioning.html
    """
    return version == wanted or version.startswith(f"{wanted}.")


def parameter_group_family(engine_version: str) -> str:
    """The family that a version's parameter groups belong to, such as ``aurora-postgresql15``."""
    return f"{ENGINE}{release(engine_version)}"
