"""DMS resources, from the role that DMS wants to a task that is ready."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.unit.local_aws.aws import POLICIES

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws

MAPPINGS = {
    "rules": [
        {
            "rule-type": "selection",
            "rule-id": "1",
            "rule-name": "1",
            "object-locator": {"schema-name": "public", "table-name": table},
            "rule-action": action,
        }
        for table, action in (
            ("orders", "include"),
            ("orders", "include"),
            ("items", "explicit"),
            ("audit", "exclude"),
            ("log_%", "include"),
        )
    ]
    + [{"rule-type": "transformation", "rule-id": "9"}]
}


@pytest.fixture
def vpc_role(aws: Aws) -> None:
    aws.iam.create_role(RoleName="dms-vpc-role", AssumeRolePolicyDocument="{}")
    aws.iam.attach_role_policy(
        RoleName="dms-vpc-role", PolicyArn=f"{POLICIES}/AmazonDMSVPCManagementRole"
    )


@pytest.fixture
def subnet_group(aws: Aws, vpc_role: None) -> str:
    assert vpc_role is None
    aws.dms.create_replication_subnet_group(
        ReplicationSubnetGroupIdentifier="Ferry-Dev",
        ReplicationSubnetGroupDescription="private",
        SubnetIds=aws.subnet_ids(),
        Tags=[{"Key": "project", "Value": "ferry"}],
    )
    return "ferry-dev"


@pytest.fixture
def instance_arn(aws: Aws, subnet_group: str) -> str:
    """An instance that is available."""
    made = aws.dms.create_replication_instance(
        ReplicationInstanceIdentifier="ferry-dev",
        ReplicationInstanceClass="dms.c5.2xlarge",
        ReplicationSubnetGroupIdentifier=subnet_group,
    )["ReplicationInstance"]
    assert made["ReplicationInstanceStatus"] == "creating"
    aws.dms.describe_replication_instances()
    return str(made["ReplicationInstanceArn"])


def make_endpoint(aws: Aws, name: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the call's
    endpoint: dict[str, Any] = aws.dms.create_endpoint(
        **{
            "EndpointIdentifier": name,
            "EndpointType": "source",
            "EngineName": "postgres",
            **arguments,
        }
    )["Endpoint"]
    return endpoint


@pytest.fixture
def endpoint_arns(aws: Aws) -> tuple[str, str]:
    """Source and target."""
    return (
        make_endpoint(aws, "source")["EndpointArn"],
        make_endpoint(aws, "target", EndpointType="target", EngineName="aurora-postgresql")[
            "EndpointArn"
        ],
    )


@dataclass(kw_only=True)
class Tasks:
    """Makes tasks, and says in which state one is."""

    aws: Aws
    instance_arn: str
    endpoint_arns: tuple[str, str]

    def make(self, name: str = "orders", **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the call's
        task: dict[str, Any] = self.aws.dms.create_replication_task(
            **{
                "ReplicationTaskIdentifier": name,
                "SourceEndpointArn": self.endpoint_arns[0],
                "TargetEndpointArn": self.endpoint_arns[1],
                "ReplicationInstanceArn": self.instance_arn,
                "MigrationType": "full-load-and-cdc",
                "TableMappings": json.dumps(MAPPINGS),
                **arguments,
            }
        )["ReplicationTask"]
        return task

    def ready(self, name: str = "orders", **arguments: Any) -> str:  # noqa: ANN401 - any of the call's
        """The ARN of a new task that is ready."""
        arn = self.make(name, **arguments)["ReplicationTaskArn"]
        assert self.read(arn)["Status"] == "ready"
        return str(arn)

    def running(self, name: str = "orders", **arguments: Any) -> str:  # noqa: ANN401 - any of the call's
        """The ARN of a new task that runs."""
        arn = self.ready(name, **arguments)
        self.start(arn)
        assert self.read(arn)["Status"] == "running"
        return arn

    def start(self, arn: str, start_type: str = "start-replication", **arguments: str) -> str:
        answer = self.aws.dms.start_replication_task(
            ReplicationTaskArn=arn, StartReplicationTaskType=start_type, **arguments
        )
        return str(answer["ReplicationTask"]["Status"])

    def stop(self, arn: str) -> str:
        answer = self.aws.dms.stop_replication_task(ReplicationTaskArn=arn)
        return str(answer["ReplicationTask"]["Status"])

    def read(self, arn: str) -> dict[str, Any]:
        [task] = self.aws.dms.describe_replication_tasks(
            Filters=[{"Name": "replication-task-arn", "Values": [arn]}]
        )["ReplicationTasks"]
        found: dict[str, Any] = task
        return found


@pytest.fixture
def tasks(aws: Aws, instance_arn: str, endpoint_arns: tuple[str, str]) -> Tasks:
    return Tasks(aws=aws, instance_arn=instance_arn, endpoint_arns=endpoint_arns)


@pytest.fixture(scope="session")
def pem() -> str:
    """A self-signed certificate that was valid from yesterday."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test CA")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
