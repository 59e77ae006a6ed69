"""The roles: whom they trust, and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts import outputs
from ferry.check.deployment.expect import document, equal, items, only, same_items
from ferry.check.deployment.instances import find_instances
from ferry.check.deployment.network import in_the_vpc, new_vpc
from ferry.check.deployment.replication import find_endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.check.deployment.deployed import Deployed

ACCOUNT_ROLES = {
    "dms-vpc-role": "AmazonDMSVPCManagementRole",
    "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
}
"""DMS itself looks for them by these names."""


def find_trust(deployed: Deployed, role_name: str) -> dict[str, Any]:
    """The only statement of a role's trust policy."""
    found: Any = deployed.iam.get_role(RoleName=role_name)["Role"]["AssumeRolePolicyDocument"]
    policy = document(found) if isinstance(found, str) else found
    statement: dict[str, Any] = only(
        f"statements of {role_name}'s trust", items(policy["Statement"])
    )
    return statement


def find_inline_statements(deployed: Deployed, role_name: str) -> list[dict[str, Any]]:
    """All statements of a role's own policies."""
    statements = []
    for name in deployed.iam.list_role_policies(RoleName=role_name)["PolicyNames"]:
        answer = deployed.iam.get_role_policy(RoleName=role_name, PolicyName=name)
        found: Any = answer["PolicyDocument"]
        policy = document(found) if isinstance(found, str) else found
        statements += items(policy["Statement"])
    return statements


def find_attached(deployed: Deployed, role_name: str) -> list[str]:
    """The names of the policies attached to a role."""
    attached = deployed.iam.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]
    return [policy.get("PolicyName", "") for policy in attached]


def _name(role_arn: str | None) -> str:
    assert role_arn, "there is no role"
    return role_arn.rpartition("/")[2]


def _trusts(
    deployed: Deployed, role_name: str, principal: str, condition: Mapping[str, Any] | None
) -> None:
    statement = find_trust(deployed, role_name)
    equal(f"whom {role_name} trusts", statement["Principal"], {"Service": principal})
    equal(f"{role_name}'s trust", statement["Effect"], "Allow")
    equal(f"what {role_name} is for", items(statement["Action"]), ["sts:AssumeRole"])
    equal(f"the condition of {role_name}'s trust", statement.get("Condition"), condition)


def secrets_role_name(deployed: Deployed) -> str:
    """The role with which DMS reads the endpoints' secrets."""
    arns = {
        find_endpoint(deployed, output)
        .get("PostgreSQLSettings", {})
        .get("SecretsManagerAccessRoleArn")
        for output in (outputs.DMS_SOURCE_ENDPOINT_ARN, outputs.DMS_TARGET_ENDPOINT_ARN)
    }
    return _name(only("roles that read the endpoints' secrets", arns))


def flow_logs_role_name(deployed: Deployed) -> str:
    """The role that delivers the flow logs."""
    found = deployed.ec2.describe_flow_logs(Filters=in_the_vpc(deployed, "resource-id"))["FlowLogs"]
    return _name(only("flow logs", found).get("DeliverLogsPermissionArn"))


def monitoring_role_name(deployed: Deployed) -> str | None:
    """The role of enhanced monitoring; none where it is off."""
    if not deployed.environment.aurora.monitoring_interval_seconds:
        return None
    arns = {instance.get("MonitoringRoleArn") for instance in find_instances(deployed)}
    return _name(only("roles of enhanced monitoring", arns))


def check_the_accounts_roles_are_trusted_to_dms(deployed: Deployed) -> None:
    for role_name in ACCOUNT_ROLES:
        _trusts(deployed, role_name, "dms.amazonaws.com", None)


def check_the_accounts_roles_carry_awss_policies(deployed: Deployed) -> None:
    for role_name, policy in ACCOUNT_ROLES.items():
        same_items(f"policies of {role_name}", find_attached(deployed, role_name), [policy])
        equal(f"{role_name}'s own policies", find_inline_statements(deployed, role_name), [])


def check_the_secrets_role_is_trusted_to_the_regions_dms(deployed: Deployed) -> None:
    _trusts(
        deployed,
        secrets_role_name(deployed),
        f"dms.{deployed.region}.amazonaws.com",
        {"StringEquals": {"aws:SourceAccount": deployed.account_id}},
    )


def check_the_secrets_role_reads_the_two_secrets_alone(deployed: Deployed) -> None:
    role_name, source_key = (
        secrets_role_name(deployed),
        deployed.environment.source.secret_kms_key_arn,
    )
    equal("attached policies", find_attached(deployed, role_name), [])
    allowed = [
        (action, resource)
        for statement in find_inline_statements(deployed, role_name)
        for action in items(statement["Action"])
        for resource in items(statement["Resource"])
    ]
    secrets = [
        deployed.outputs[outputs.SOURCE_SECRET_ARN],
        deployed.outputs[outputs.SECRET_ARN],
    ]
    keys = [deployed.outputs[outputs.KMS_KEY_ARN], *([source_key] if source_key else [])]
    same_items(
        f"what {role_name} may do",
        allowed,
        [
            *((f"secretsmanager:{what}", arn) for what in _READING for arn in secrets),
            *((f"kms:{what}", arn) for what in ("Decrypt", "DescribeKey") for arn in keys),
        ],
    )


_READING = ("GetSecretValue", "DescribeSecret")


def check_the_secrets_role_decrypts_through_secretsmanager_alone(deployed: Deployed) -> None:
    role_name = secrets_role_name(deployed)
    decrypting = [
        statement
        for statement in find_inline_statements(deployed, role_name)
        if "kms:Decrypt" in items(statement["Action"])
    ]
    statement = only("statements that let decrypt", decrypting)
    equal(
        f"the condition under which {role_name} decrypts",
        statement.get("Condition"),
        {"StringEquals": {"kms:ViaService": f"secretsmanager.{deployed.region}.amazonaws.com"}},
    )


def check_the_monitoring_role(deployed: Deployed) -> None:
    role_name = monitoring_role_name(deployed)
    if role_name is None:
        return
    statement = find_trust(deployed, role_name)
    equal(
        f"whom {role_name} trusts",
        statement["Principal"],
        {"Service": "monitoring.rds.amazonaws.com"},
    )
    account_id = statement.get("Condition", {}).get("StringEquals", {}).get("aws:SourceAccount")
    equal("the account that RDS acts for", account_id, deployed.account_id)
    same_items(
        f"policies of {role_name}",
        find_attached(deployed, role_name),
        ["AmazonRDSEnhancedMonitoringRole"],
    )
    equal(f"{role_name}'s own policies", find_inline_statements(deployed, role_name), [])


def check_the_flow_logs_role(deployed: Deployed) -> None:
    if not new_vpc(deployed):
        return
    role_name = flow_logs_role_name(deployed)
    statement = find_trust(deployed, role_name)
    equal(
        f"whom {role_name} trusts",
        statement["Principal"],
        {"Service": "vpc-flow-logs.amazonaws.com"},
    )
    account_id = statement.get("Condition", {}).get("StringEquals", {}).get("aws:SourceAccount")
    equal("the account that flow logs act for", account_id, deployed.account_id)
    found = deployed.ec2.describe_flow_logs(Filters=in_the_vpc(deployed, "resource-id"))["FlowLogs"]
    group = only("flow logs", found).get("LogDestination", "").removesuffix(":*")
    writable = [
        resource
        for statement in find_inline_statements(deployed, role_name)
        if "logs:PutLogEvents" in items(statement["Action"])
        for resource in items(statement["Resource"])
    ]
    same_items(f"where {role_name} may write", writable, [f"{group}:*"])
