"""What AWS DMS expects under fixed names."""

from __future__ import annotations

from typing import Final

VPC_ROLE: Final = "dms-vpc-role"
"""With this role DMS places its network interfaces; without it no subnet group can be made."""

LOGS_ROLE: Final = "dms-cloudwatch-logs-role"
"""With this role DMS writes the logs of its tasks."""

MANAGED_POLICIES: Final = {
    VPC_ROLE: "AmazonDMSVPCManagementRole",
    LOGS_ROLE: "AmazonDMSCloudWatchLogsRole",
}
"""AWS's managed policy, below ``service-role/``, of each role that DMS looks up by name. Source:
https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole"""

REJECTED_IN_PASSWORDS: Final = ";:.+"
"""Punctuation that a password in a secret of DMS's must not hold. Source:
https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html"""
