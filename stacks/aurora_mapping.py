"""Settings to Aurora: what can be said of a cluster, in the construct's small groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.aurora import (
    ApplyMethod,
    AuroraBackups,
    AuroraMaintenance,
    AuroraMonitoring,
    AuroraParameters,
    AuroraProtection,
    Parameter,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from settings import aurora
    from settings.protection import Protection


def parameters(cluster: aurora.Aurora) -> AuroraParameters:
    """The parameters of the cluster and its instances."""
    return AuroraParameters(
        log_statement=cluster.log_statement,
        log_min_duration_statement_ms=cluster.log_min_duration_statement_ms,
        cluster=_parameters(cluster.parameters),
        instances=_parameters(cluster.instance_parameters),
    )


def monitoring(cluster: aurora.Aurora) -> AuroraMonitoring:
    """What is measured and logged."""
    return AuroraMonitoring(
        performance_insights_retention_days=cluster.performance_insights_retention_days,
        database_insights_mode=cluster.database_insights_mode,
        monitoring_interval_seconds=cluster.monitoring_interval_seconds,
        log_retention_days=cluster.log_retention_days,
    )


def backups(cluster: aurora.Aurora) -> AuroraBackups:
    """Automated backups."""
    return AuroraBackups(retention_days=cluster.backup_retention_days, window=cluster.backup_window)


def maintenance(cluster: aurora.Aurora) -> AuroraMaintenance:
    """When and how the cluster changes."""
    return AuroraMaintenance(
        window=cluster.maintenance_window,
        apply_immediately=cluster.apply_immediately,
        allow_major_version_upgrade=cluster.allow_major_version_upgrade,
        engine_lifecycle_support=cluster.engine_lifecycle_support,
        ca_certificate_identifier=cluster.ca_certificate_identifier,
    )


def protection(wanted: Protection) -> AuroraProtection:
    """What stands between a mistake and the data."""
    return AuroraProtection(
        prevent_destroy=wanted.prevent_destroy,
        deletion_protection=wanted.deletion_protection,
        final_snapshot=wanted.final_snapshot,
    )


def _parameters(wanted: Mapping[str, aurora.Parameter]) -> list[Parameter]:
    return [
        Parameter(
            name=name,
            value=parameter.value,
            apply_method=(
                None if parameter.apply_method is None else ApplyMethod(parameter.apply_method)
            ),
        )
        for name, parameter in sorted(wanted.items())
    ]
