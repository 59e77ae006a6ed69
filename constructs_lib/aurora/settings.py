"""What can be said of a cluster beside its name, size and place, in small groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.aurora.parameters import Parameter

_ADVANCED_RETENTION_DAYS = 465


@dataclass(frozen=True, kw_only=True, slots=True)
class AuroraParameters:
    """PostgreSQL's parameters, beside those that the migration needs.

    Args:
        log_statement: Which statements PostgreSQL logs: ``none``, ``ddl``, ``mod`` or ``all``, which
            is the default. Passwords in statements are logged with them.
        log_min_duration_statement_ms: Statements that take as long, in milliseconds, are logged; 0
            for every one, -1 for none, 1000 by default.
        cluster: Further parameters of the cluster's group; one that is named here as well as by the
            project takes the value given here.
        instances: Parameters of the instances' group, which come before the cluster's; none by
            default.
    """

    log_statement: str = "all"
    log_min_duration_statement_ms: int = 1000
    cluster: Sequence[Parameter] = ()
    instances: Sequence[Parameter] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AuroraMonitoring:
    """What is measured and logged, and for how long it is kept.

    Sources:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.Considerations.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.html

    Args:
        performance_insights_retention_days: 7 (free of charge, the default), 731, or a month's 31
            days times 1 to 23.
        database_insights_mode: ``standard`` by default, or ``advanced``, which is paid for.
        monitoring_interval_seconds: Seconds between two values of enhanced monitoring: 0 (off), 1,
            5, 10, 15, 30 or 60, which is the default.
        log_retention_days: How long CloudWatch keeps PostgreSQL's log, 30 days by default; one of
            the numbers that CloudWatch Logs allows.

    Raises:
        ValueError: The advanced mode keeps too little.
    """

    performance_insights_retention_days: int = 7
    database_insights_mode: str = "standard"
    monitoring_interval_seconds: int = 60
    log_retention_days: int = 30

    def __post_init__(self) -> None:
        """Refuse what RDS refuses only when the cluster is made."""
        days = self.performance_insights_retention_days
        if self.database_insights_mode == "advanced" and days < _ADVANCED_RETENTION_DAYS:
            raise ValueError(
                "database_insights_mode is advanced and performance_insights_retention_days is"
                f" {days}; the advanced mode needs at least {_ADVANCED_RETENTION_DAYS} days. Raise"
                " the retention, or choose the standard mode."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class AuroraBackups:
    """Automated backups.

    Args:
        retention_days: How long they are kept, 1 to 35 days; 7 by default.
        window: When they start every day, in UTC; ``01:00-02:00`` by default.
    """

    retention_days: int = 7
    window: str = "01:00-02:00"


@dataclass(frozen=True, kw_only=True, slots=True)
class AuroraMaintenance:
    """When and how a cluster changes.

    Source:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/extended-support.html

    Args:
        window: When AWS may maintain the cluster, in UTC, apart from the backups' window;
            ``sun:03:00-sun:04:00`` by default.
        apply_immediately: Whether changes are made at once and not in the window, which is the
            default. Until then every plan shows what waits. A change of the password never waits.
        allow_major_version_upgrade: Whether the version may be of another major release than what
            runs; refused by default. Such an upgrade needs ``apply_immediately`` as well: while it
            waits, the parameter groups before it are in use and cannot be deleted.
        engine_lifecycle_support: Whether RDS Extended Support is bought when the release's standard
            support ends: ``open-source-rds-extended-support-disabled`` by default, so that nobody
            pays without having decided to, or ``open-source-rds-extended-support``.
        ca_certificate_identifier: The authority that signs the instances' certificates;
            ``rds-ca-rsa2048-g1`` by default.
    """

    window: str = "sun:03:00-sun:04:00"
    apply_immediately: bool = False
    allow_major_version_upgrade: bool = False
    engine_lifecycle_support: str = "open-source-rds-extended-support-disabled"
    ca_certificate_identifier: str = "rds-ca-rsa2048-g1"


@dataclass(frozen=True, kw_only=True, slots=True)
class AuroraProtection:
    """What stands between a mistake and the data; all of it by default.

    Args:
        prevent_destroy: Whether Terraform refuses to destroy the cluster.
        deletion_protection: Whether RDS refuses to delete it.
        final_snapshot: Whether RDS takes a snapshot before it deletes it.
    """

    prevent_destroy: bool = True
    deletion_protection: bool = True
    final_snapshot: bool = True
