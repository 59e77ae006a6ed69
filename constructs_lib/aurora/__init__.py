"""The Aurora PostgreSQL cluster that the source is carried into."""

from constructs_lib.aurora.cluster import AuroraCluster

__all__ = ["AuroraCluster"]
