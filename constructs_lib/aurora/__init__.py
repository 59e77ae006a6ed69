"""The Aurora PostgreSQL cluster that the source is carried into."""

from constructs_lib.aurora.cluster import AuroraCluster
from constructs_lib.aurora.parameters import ApplyMethod, Parameter
from constructs_lib.aurora.settings import (
    AuroraBackups,
    AuroraMaintenance,
    AuroraMonitoring,
    AuroraParameters,
    AuroraProtection,
)

__all__ = [
    "ApplyMethod",
    "AuroraBackups",
    "AuroraCluster",
    "AuroraMaintenance",
    "AuroraMonitoring",
    "AuroraParameters",
    "AuroraProtection",
    "Parameter",
]
