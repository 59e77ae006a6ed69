"""RDS: Aurora PostgreSQL clusters as far as this project uses them, on top of moto's."""

from __future__ import annotations

from typing import Any

from moto.rds.models import rds_backends
from moto.rds.responses import RDSResponse

from local_aws.answers import Answer, AwsError, ResponseMixin
from local_aws.services.extension import Extension
from local_aws.services.rds.backend import LocalRdsBackend
from local_aws.services.rds.models import LocalCluster, LocalInstance
from local_aws.services.rds.parameters import Parameters
from local_aws.services.rds.quotas import Quotas
from local_aws.services.rds.subscriptions import Subscriptions
from local_aws.services.rds.versions import Versions


class LocalRdsResponse(
    Parameters,
    Quotas,
    Subscriptions,
    Versions,
    ResponseMixin,
    RDSResponse,  # type: ignore[misc]  # moto is untyped here
):
    """Answers what moto's response class lacks or gets wrong."""

    def delete_db_cluster(self) -> Any:  # noqa: ANN401 - moto's own type
        """DeleteDBCluster, which wants to know about the final snapshot."""
        parameters = self.parameters()
        if not parameters.get("SkipFinalSnapshot") and not parameters.get(
            "FinalDBSnapshotIdentifier"
        ):
            raise AwsError(
                "InvalidParameterCombination",
                "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
            )
        return super().delete_db_cluster()

    def enable_http_endpoint(self) -> Answer:
        """EnableHttpEndpoint: the Data API."""
        return self._data_api(enabled=True)

    def disable_http_endpoint(self) -> Answer:
        """DisableHttpEndpoint."""
        return self._data_api(enabled=False)

    def describe_pending_maintenance_actions(self) -> Answer:
        """DescribePendingMaintenanceActions: nothing waits, since every change acts at once."""
        return Answer({"PendingMaintenanceActions": []})

    def _data_api(self, *, enabled: bool) -> Answer:
        arn = self.parameters()["ResourceArn"]
        self.backend.cluster(arn.rpartition(":")[2]).enable_http_endpoint = enabled
        return Answer({"ResourceArn": arn, "HttpEndpointEnabled": enabled})


def master_passwords() -> list[dict[str, str]]:
    """Every cluster with its master password."""
    return [
        {
            "account": account,
            "region": region,
            "cluster": cluster.db_cluster_identifier,
            "password": cluster.master_user_password,
        }
        for account, region, backend in list(rds_backends.iter_backends())
        for cluster in backend.clusters.values()
    ]


EXTENSION = Extension(
    package="rds",
    backend=LocalRdsBackend,
    response=LocalRdsResponse,
    models={"DBCluster": LocalCluster, "DBInstanceClustered": LocalInstance},
)
