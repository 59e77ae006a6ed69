"""Clusters and instances that read back what they were given."""

from __future__ import annotations

import secrets
import string
from typing import Any

from moto.rds.models import DBCluster, DBInstanceClustered

from local_aws.answers import AwsError
from local_aws.services.rds.server import url_identifier
from local_aws.services.rds.versions import DEFAULT_VERSION, ENGINE, family

_DEFAULT_CA = "rds-ca-rsa2048-g1"
_DEFAULT_RETENTION_DAYS = 7
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.TurningOnAdvanced.html
_ADVANCED_RETENTION_DAYS = 465
_LONGEST_PASSWORD = 128
_SHORTEST_PASSWORD = 8


class _Monitored:
    """Performance Insights, Database Insights and enhanced monitoring, as given.

    The names on the left of each pair are those of the requests, which moto sets as attributes,
    the properties are those of the answers.
    """

    enable_performance_insights: bool
    performance_insights_kms_key_id: str | None
    performance_insights_retention_period: int | None
    database_insights_mode: str

    def take_insights(self, kwargs: dict[str, Any], *, default_key: str) -> None:
        """Take the settings of a create call."""
        self.enable_performance_insights = bool(kwargs.get("enable_performance_insights"))
        self.performance_insights_kms_key_id = kwargs.get("performance_insights_kms_key_id")
        self.performance_insights_retention_period = kwargs.get(
            "performance_insights_retention_period"
        )
        self.database_insights_mode = kwargs.get("database_insights_mode") or "standard"
        self.complete_insights(default_key)

    def complete_insights(self, default_key: str) -> None:
        """Fill in what RDS fills in where Performance Insights is on.

        Raises:
            AwsError: InvalidParameterCombination, for advanced without its retention.
        """
        if self.enable_performance_insights:
            self.performance_insights_kms_key_id = (
                self.performance_insights_kms_key_id or default_key
            )
            self.performance_insights_retention_period = (
                self.performance_insights_retention_period or _DEFAULT_RETENTION_DAYS
            )
        retention = self.performance_insights_retention_period or 0
        if self.database_insights_mode == "advanced" and retention < _ADVANCED_RETENTION_DAYS:
            raise AwsError(
                "InvalidParameterCombination",
                "To enable the Advanced mode of Database Insights, modify your cluster to enable "
                "Performance Insights and set the retention period for Performance Insights to at "
                "least 465 days",
            )

    @property
    def performance_insights_enabled(self) -> bool:
        """What is answered as PerformanceInsightsEnabled."""
        return self.enable_performance_insights


class LocalCluster(_Monitored, DBCluster):  # type: ignore[misc]  # moto is untyped here
    """A cluster, with Aurora's own defaults and every field that the provider reads."""

    def __init__(self, backend: Any, **kwargs: Any) -> None:  # noqa: ANN401 - moto's own types
        """Take what CreateDBCluster was given."""
        engine = kwargs.get("engine", "")
        aurora = engine == ENGINE
        if aurora:
            kwargs["engine_version"] = kwargs.get("engine_version") or DEFAULT_VERSION
            kwargs.setdefault(
                "db_cluster_parameter_group_name", f"default.{family(kwargs['engine_version'])}"
            )
            kwargs.setdefault("license_model", "postgresql-license")
        storage_type = kwargs.pop("storage_type", None)
        super().__init__(backend, **kwargs)
        if aurora:
            self.storage_type = storage_type or "aurora"
            self.allocated_storage = 1
        self.url_identifier = url_identifier(backend.account_id, backend.region_name)
        self.kms_key_id = self._key(kwargs.get("kms_key_id"))
        self.engine_lifecycle_support = (
            kwargs.get("engine_lifecycle_support") or "open-source-rds-extended-support"
        )
        self.monitoring_interval = kwargs.get("monitoring_interval") or 0
        self.monitoring_role_arn = kwargs.get("monitoring_role_arn")
        self.take_insights(kwargs, default_key=default_key_arn(backend))

    def _key(self, given: str | None) -> str | None:
        if not self.storage_encrypted:
            return None
        return given or default_key_arn(self.backend)

    @property
    def master_user_password(self) -> str:
        """The password as it was last set, for tests that compare it with the secret's."""
        return str(self._master_user_password)

    @master_user_password.setter
    def master_user_password(self, value: str) -> None:
        require_password(value)
        self._master_user_password = value

    @property
    def enable_http_endpoint(self) -> bool:
        """Whether the Data API is on, as given."""
        return self._data_api

    @enable_http_endpoint.setter
    def enable_http_endpoint(self, value: bool | None) -> None:
        self._data_api = bool(value)

    @property
    def scaling_configuration_info(self) -> dict[str, Any] | None:
        """Serverless v1 alone has it; an empty one would be a difference in every plan."""
        return super().scaling_configuration_info if self.scaling_configuration else None

    def save_automated_backup(self) -> None:
        """Make none: moto's would outlive the cluster and collide with the next one's."""


class LocalInstance(_Monitored, DBInstanceClustered):  # type: ignore[misc]  # moto is untyped here
    """An instance of a cluster."""

    def __init__(self, backend: Any, **kwargs: Any) -> None:  # noqa: ANN401 - moto's own types
        """Take what CreateDBInstance was given."""
        kwargs.setdefault("ca_certificate_identifier", _DEFAULT_CA)
        super().__init__(backend=backend, **kwargs)
        alphabet = string.ascii_uppercase + string.digits
        self.dbi_resource_id = "db-" + "".join(secrets.choice(alphabet) for _ in range(26))
        self.take_insights(kwargs, default_key=default_key_arn(backend))
        self.publicly_accessible = bool(kwargs.get("publicly_accessible"))

    @property
    def database_insights_mode(self) -> str:
        """Aurora's instances have their cluster's."""
        return str(self.cluster.database_insights_mode)

    @database_insights_mode.setter
    def database_insights_mode(self, value: str) -> None:
        """Nothing to take: an instance inherits it."""

    @property
    def certificate_details(self) -> dict[str, Any]:
        """The server certificate's authority."""
        return {"CAIdentifier": self.ca_certificate_identifier}

    @property
    def enhanced_monitoring_resource_arn(self) -> str | None:
        """The log stream of enhanced monitoring, where it is on."""
        if not self.monitoring_interval:
            return None
        return (
            f"arn:{self.partition}:logs:{self.region}:{self.account_id}:"
            f"log-group:RDSOSMetrics:log-stream:{self.dbi_resource_id}"
        )

    def save_automated_backup(self) -> None:
        """Make none: Aurora backs up clusters, not instances."""


def default_key_arn(backend: Any) -> str:  # noqa: ANN401 - moto's own type
    """The key `aws/rds`, which RDS uses where none is given."""
    return (
        f"arn:{backend.partition}:kms:{backend.region_name}:{backend.account_id}:key/"
        "00000000-0000-0000-0000-000000000001"
    )


def require_password(password: str) -> None:
    """Refuse a master password that RDS refuses.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html

    Raises:
        AwsError: InvalidParameterValue.
    """
    if not _SHORTEST_PASSWORD <= len(password or "") <= _LONGEST_PASSWORD:
        raise AwsError(
            "InvalidParameterValue",
            "The parameter MasterUserPassword is not a valid password: give 8 to 128 characters.",
        )
    if any(c in '/@" ' or not c.isascii() or not c.isprintable() for c in password):
        raise AwsError(
            "InvalidParameterValue",
            "The parameter MasterUserPassword is not a valid password. Only printable ASCII "
            "characters besides '/', '@', '\"', ' ' may be used.",
        )
