"""DMS's quotas: how many of each thing an account may have, and has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_aws.answers import Answer, ResponseMixin

if TYPE_CHECKING:
    from local_aws.services.dms.backend import LocalDmsBackend

# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Limits.html
MAXIMA = {
    "ReplicationInstances": 60,
    "AllocatedStorage": 30_000,
    "ReplicationSubnetGroups": 60,
    "Endpoints": 1000,
    "ReplicationTasks": 600,
}


class Quotas(ResponseMixin):
    """The call that tells how far the quotas are used."""

    dms_backend: LocalDmsBackend

    def describe_account_attributes(self) -> Answer:
        """DescribeAccountAttributes."""
        backend = self.dms_backend
        instances = backend.instances.all()
        used = {
            "ReplicationInstances": len(instances),
            "AllocatedStorage": sum(each.data["AllocatedStorage"] for each in instances),
            "ReplicationSubnetGroups": len(backend.subnet_groups.all()),
            "Endpoints": len(backend.endpoint_shelf.all()),
            "ReplicationTasks": len(backend.tasks.all()),
        }
        quotas: list[dict[str, Any]] = [
            {"AccountQuotaName": name, "Used": used[name], "Max": maximum}
            for name, maximum in MAXIMA.items()
        ]
        return Answer({"AccountQuotas": quotas})
