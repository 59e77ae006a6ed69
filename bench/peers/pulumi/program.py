"""The nearest Pulumi program, on mocks: ``python program.py STACKS``.

STACKS is the folder with the project's synthesized JSON. Each resource in it of which Pulumi's AWS
package has a counterpart is registered, with those of its arguments that are called the same there
(the package is made from the same Terraform provider). The mocks answer at once, as in Pulumi's own
unit tests: nothing plans, no engine, and no file is written. References are plain text.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from pathlib import Path
from typing import Any

import pulumi  # type: ignore[import-not-found]  # installed for the bench alone

NEAREST = {
    "aws_cloudwatch_dashboard": "cloudwatch.Dashboard",
    "aws_cloudwatch_log_group": "cloudwatch.LogGroup",
    "aws_cloudwatch_metric_alarm": "cloudwatch.MetricAlarm",
    "aws_db_event_subscription": "rds.EventSubscription",
    "aws_db_parameter_group": "rds.ParameterGroup",
    "aws_db_subnet_group": "rds.SubnetGroup",
    "aws_default_security_group": "ec2.DefaultSecurityGroup",
    "aws_dms_certificate": "dms.Certificate",
    "aws_dms_endpoint": "dms.Endpoint",
    "aws_dms_event_subscription": "dms.EventSubscription",
    "aws_dms_replication_instance": "dms.ReplicationInstance",
    "aws_dms_replication_subnet_group": "dms.ReplicationSubnetGroup",
    "aws_dms_replication_task": "dms.ReplicationTask",
    "aws_ec2_transit_gateway_vpc_attachment": "ec2transitgateway.VpcAttachment",
    "aws_eip": "ec2.Eip",
    "aws_flow_log": "ec2.FlowLog",
    "aws_iam_role": "iam.Role",
    "aws_iam_role_policy": "iam.RolePolicy",
    "aws_iam_role_policy_attachment": "iam.RolePolicyAttachment",
    "aws_internet_gateway": "ec2.InternetGateway",
    "aws_kms_alias": "kms.Alias",
    "aws_kms_key": "kms.Key",
    "aws_nat_gateway": "ec2.NatGateway",
    "aws_rds_cluster": "rds.Cluster",
    "aws_rds_cluster_instance": "rds.ClusterInstance",
    "aws_rds_cluster_parameter_group": "rds.ClusterParameterGroup",
    "aws_route": "ec2.Route",
    "aws_route_table": "ec2.RouteTable",
    "aws_route_table_association": "ec2.RouteTableAssociation",
    "aws_secretsmanager_secret": "secretsmanager.Secret",
    "aws_secretsmanager_secret_version": "secretsmanager.SecretVersion",
    "aws_security_group": "ec2.SecurityGroup",
    "aws_sns_topic": "sns.Topic",
    "aws_sns_topic_policy": "sns.TopicPolicy",
    "aws_sns_topic_subscription": "sns.TopicSubscription",
    "aws_subnet": "ec2.Subnet",
    "aws_vpc": "ec2.Vpc",
    "aws_vpc_endpoint": "ec2.VpcEndpoint",
    "aws_vpc_security_group_egress_rule": "vpc.SecurityGroupEgressRule",
    "aws_vpc_security_group_ingress_rule": "vpc.SecurityGroupIngressRule",
}

# What Pulumi calls by another name than Terraform.
RENAMED = {
    ("aws_cloudwatch_metric_alarm", "alarm_name"): "name",
    ("aws_sns_topic_subscription", "topic_arn"): "topic",
}


class Mocks(pulumi.runtime.Mocks):  # type: ignore[misc]  # the same
    """Answers with what was asked for."""

    registered = 0

    def new_resource(self, args: Any) -> tuple[str, dict[str, Any]]:  # noqa: ANN401 (pulumi's)
        """An id and the inputs, as they came."""
        self.registered += 1
        return f"{args.name}-id", args.inputs

    def call(self, args: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002 (the same)
        """Nothing: no function is called."""
        return {}


def arguments(cls: type, type_: str, body: dict[str, Any]) -> dict[str, Any]:
    """Those of a Terraform resource's arguments that the class knows, lists perhaps in plural."""
    known = inspect.signature(cls._internal_init).parameters  # type: ignore[attr-defined]
    found = {}
    for key, value in body.items():
        names = (RENAMED.get((type_, key), key), f"{key}s")
        name = next((name for name in names if name in known), None)
        if name and key not in ("provider", "lifecycle", "depends_on"):
            single = (
                isinstance(value, list) and name == key and value[:1] and not name.endswith("s")
            )
            found[name] = value[0] if single else value
    return found


def register(stacks: Path) -> None:
    """Register all that has a counterpart."""
    for file in sorted(stacks.glob("*/cdk.tf.json")):
        for type_, bodies in json.loads(file.read_text()).get("resource", {}).items():
            if type_ not in NEAREST:
                continue
            module, _, name = NEAREST[type_].partition(".")
            cls = getattr(importlib.import_module(f"pulumi_aws.{module}"), name)
            for logical_id, body in bodies.items():
                cls(f"{file.parent.name}-{logical_id}", **arguments(cls, type_, body))


def main(stacks: Path) -> int:
    """Register on mocks; the number of resources."""
    mocks = Mocks()
    pulumi.runtime.set_mocks(mocks, preview=False)
    pulumi.runtime.test(lambda: register(stacks))()
    return mocks.registered


if __name__ == "__main__":
    print(json.dumps({"resources": main(Path(sys.argv[1]))}))
