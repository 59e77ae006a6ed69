"""What local AWS adds to moto, a module for each service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.services.cloudwatch import EXTENSION as CLOUDWATCH
from local_aws.services.dms import EXTENSION as DMS
from local_aws.services.ec2 import EXTENSION as EC2
from local_aws.services.iam import EXTENSION as IAM
from local_aws.services.kms import EXTENSION as KMS
from local_aws.services.rds import EXTENSION as RDS
from local_aws.services.route53 import EXTENSION as ROUTE53
from local_aws.services.s3 import EXTENSION as S3
from local_aws.services.secretsmanager import EXTENSION as SECRETSMANAGER
from local_aws.services.servicequotas import EXTENSION as SERVICEQUOTAS

if TYPE_CHECKING:
    from local_aws.services.extension import Extension

EXTENSIONS: tuple[Extension, ...] = (
    CLOUDWATCH,
    DMS,
    EC2,
    IAM,
    KMS,
    RDS,
    ROUTE53,
    S3,
    SECRETSMANAGER,
    SERVICEQUOTAS,
)
