"""RDS's quotas: how many of each thing an account may have, and has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_aws.answers import Answer, ResponseMixin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from local_aws.services.rds.backend import LocalRdsBackend

# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/CHAP_Limits.html
MAXIMA = {
    "DBClusters": 40,
    "DBInstances": 40,
    "DBClusterParameterGroups": 50,
    "DBParameterGroups": 50,
    "DBSubnetGroups": 50,
}


class Quotas(ResponseMixin):
    """The call that tells how far the quotas are used."""

    backend: LocalRdsBackend

    def describe_account_attributes(self) -> Answer:
        """DescribeAccountAttributes."""
        backend: Any = self.backend  # moto's classes are untyped here
        used = {
            "DBClusters": len(backend.clusters),
            "DBInstances": len(backend.databases),
            "DBClusterParameterGroups": _made(backend.db_cluster_parameter_groups),
            "DBParameterGroups": _made(backend.db_parameter_groups),
            "DBSubnetGroups": len(backend.subnet_groups),
        }
        return Answer(
            {
                "AccountQuotas": [
                    {"AccountQuotaName": name, "Used": used[name], "Max": maximum}
                    for name, maximum in MAXIMA.items()
                ]
            }
        )


def _made(names: Iterable[str]) -> int:
    """How many there are beside RDS's own `default.` ones, which do not count."""
    return sum(not name.startswith("default") for name in names)
