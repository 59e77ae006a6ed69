"""Clusters and credentials to test, as an environment's stack would make them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from constructs_lib.aurora import AuroraCluster
from constructs_lib.credentials import MasterCredentials
from tests.unit.constructs_lib.examples import NAMES, environment_key

if TYPE_CHECKING:
    from cdktf import TerraformStack

    from constructs_lib.encryption import EnvironmentKey
    from facts.placement import Placement


def master_credentials(
    stack: TerraformStack,
    key: EnvironmentKey,
    *,
    version: int = 1,
    recovery_window_days: int = 30,
    prevent_destroy: bool = True,
) -> MasterCredentials:
    return MasterCredentials(
        stack,
        "credentials",
        names=NAMES,
        key=key,
        username="ferry_admin",
        version=version,
        recovery_window_days=recovery_window_days,
        prevent_destroy=prevent_destroy,
    )


def instances(*classes: str) -> list[SimpleNamespace]:
    """A writer and two readers, or instances of these classes."""
    return [
        SimpleNamespace(instance_class=it, promotion_tier=tier)
        for tier, it in enumerate(classes or ("db.r6g.large",) * 3)
    ]


def aurora_cluster(
    stack: TerraformStack,
    placement: Placement,
    **different: Any,  # noqa: ANN401 (any of the construct's arguments)
) -> AuroraCluster:
    """An ordinary cluster, but for what is said to be different."""
    key = different.pop("key", None) or environment_key(stack, placement)
    credentials = different.pop("master_user", None) or master_credentials(stack, key)
    arguments: dict[str, Any] = {
        "names": NAMES,
        "placement": placement,
        "subnet_ids": ("subnet-a1", "subnet-a2"),
        "security_group_id": "sg-aurora",
        "key": key,
        "master_user": credentials,
        "database_name": "app",
        "engine_version": "15.8",
        "instances": instances(),
        "capacity": None,
        "port": 5432,
        "storage_type": "aurora",
        "snapshot_identifier": None,
        "log_statement": "all",
        "log_min_duration_statement_ms": 1000,
        "parameters": {},
        "instance_parameters": {},
        "performance_insights_retention_days": 7,
        "database_insights_mode": "standard",
        "monitoring_interval_seconds": 60,
        "log_retention_days": 30,
        "backup_retention_days": 7,
        "backup_window": "01:00-02:00",
        "maintenance_window": "sun:03:00-sun:04:00",
        "apply_immediately": False,
        "allow_major_version_upgrade": False,
        "engine_lifecycle_support": "open-source-rds-extended-support-disabled",
        "ca_certificate_identifier": "rds-ca-rsa2048-g1",
        "prevent_destroy": True,
        "deletion_protection": True,
        "final_snapshot": True,
        **different,
    }
    return AuroraCluster(stack, "aurora", **arguments)


def only_name(resources: dict[str, Any]) -> str:
    """The local name of the only resource."""
    (name,) = resources
    return name
