"""Service Quotas: moto knows the VPC's; here is EC2's for Elastic IP addresses too."""

from __future__ import annotations

from typing import Any

from moto.servicequotas.models import ServiceQuotasBackend

from local_aws.answers import BackendMixin
from local_aws.services.extension import Extension

# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
_QUOTAS = {
    ("ec2", "L-0263D0A3"): ("Amazon Elastic Compute Cloud (Amazon EC2)", "EC2-VPC Elastic IPs", 5.0)
}


class LocalServiceQuotasBackend(BackendMixin, ServiceQuotasBackend):  # type: ignore[misc]  # moto is untyped here
    """The default quotas, which nobody has had raised."""

    def get_service_quota(self, service_code: str, quota_code: str) -> dict[str, Any]:
        """GetServiceQuota."""
        if (service_code, quota_code) not in _QUOTAS:
            found: dict[str, Any] = super().get_service_quota(service_code, quota_code)
            return found
        service_name, quota_name, value = _QUOTAS[service_code, quota_code]
        return {
            "ServiceCode": service_code,
            "ServiceName": service_name,
            "QuotaCode": quota_code,
            "QuotaName": quota_name,
            "Value": value,
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }


EXTENSION = Extension(package="servicequotas", backend=LocalServiceQuotasBackend)
