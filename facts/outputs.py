"""The names of a stack's outputs: what the stacks say and the operator's commands read."""

from typing import Final

CLUSTER_ID: Final = "cluster_id"
CLUSTER_ARN: Final = "cluster_arn"
CLUSTER_ENDPOINT: Final = "cluster_endpoint"
CLUSTER_PORT: Final = "cluster_port"
READER_ENDPOINT: Final = "reader_endpoint"
DATABASE_NAME: Final = "database_name"
WRITER_INSTANCE_ID: Final = "writer_instance_id"
READER_INSTANCE_1_ID: Final = "reader_instance_1_id"
READER_INSTANCE_2_ID: Final = "reader_instance_2_id"
READER_INSTANCE_IDS: Final = "reader_instance_ids"
SECRET_ARN: Final = "secret_arn"  # noqa: S105 -- an output's name
MASTER_SECRET_ARN: Final = "master_secret_arn"  # noqa: S105 -- an output's name
SOURCE_SECRET_ARN: Final = "source_secret_arn"  # noqa: S105 -- an output's name
KMS_KEY_ARN: Final = "kms_key_arn"
DMS_REPLICATION_INSTANCE_ARN: Final = "dms_replication_instance_arn"
DMS_SOURCE_ENDPOINT_ARN: Final = "dms_source_endpoint_arn"
DMS_TARGET_ENDPOINT_ARN: Final = "dms_target_endpoint_arn"
DMS_SOURCE_ENDPOINT_ARNS: Final = "dms_source_endpoint_arns"
DMS_TARGET_ENDPOINT_ARNS: Final = "dms_target_endpoint_arns"
DMS_TASK_ARN: Final = "dms_task_arn"
DMS_TASK_ARNS: Final = "dms_task_arns"
DMS_BACK_TASK_ARNS: Final = "dms_back_task_arns"
DMS_AGAIN_TASK_ARNS: Final = "dms_again_task_arns"
REVERSE_SECRET_ARN: Final = "reverse_secret_arn"  # noqa: S105 -- an output's name
VPC_ID: Final = "vpc_id"
AURORA_SUBNET_IDS: Final = "aurora_subnet_ids"
DMS_SUBNET_IDS: Final = "dms_subnet_ids"
AURORA_SECURITY_GROUP_ID: Final = "aurora_security_group_id"
DMS_SECURITY_GROUP_ID: Final = "dms_security_group_id"
CLIENTS_SECURITY_GROUP_ID: Final = "clients_security_group_id"
ALARM_TOPIC_ARN: Final = "alarm_topic_arn"
DASHBOARD_URL: Final = "dashboard_url"

OF_A_MIGRATION: Final = frozenset(
    {
        SOURCE_SECRET_ARN,
        DMS_REPLICATION_INSTANCE_ARN,
        DMS_SOURCE_ENDPOINT_ARN,
        DMS_TARGET_ENDPOINT_ARN,
        DMS_TASK_ARN,
        DMS_TASK_ARNS,
        DMS_SECURITY_GROUP_ID,
    }
)
"""What Aurora alone has not."""

OF_SEVERAL_DATABASES: Final = frozenset({DMS_SOURCE_ENDPOINT_ARNS, DMS_TARGET_ENDPOINT_ARNS})
"""What there is where several databases are carried: their endpoints by their names in Aurora. The
others name those of the database that the cluster is made with."""


OF_A_WAY_BACK: Final = frozenset({DMS_BACK_TASK_ARNS, DMS_AGAIN_TASK_ARNS, REVERSE_SECRET_ARN})
"""What there is where a way back is deployed: the ARNs of its tasks by the names of the file's."""


def reader_instance_id(number: int) -> str:
    """Return the output with a reader's identifier; readers count from 1."""
    return f"reader_instance_{number}_id"
