"""The environment's key, and that everything is encrypted with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts import outputs
from ferry.check.deployment.expect import document, equal, items, only, same_items
from ferry.check.deployment.logs import find_log_groups

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed


def find_key_statements(deployed: Deployed) -> dict[str, dict[str, Any]]:
    """The statements of the key's policy by their ids."""
    key_arn = deployed.outputs[outputs.KMS_KEY_ARN]
    policy = document(deployed.kms.get_key_policy(KeyId=key_arn, PolicyName="default")["Policy"])
    return {statement.get("Sid", ""): statement for statement in policy["Statement"]}


def check_the_key_is_enabled_and_rotates(deployed: Deployed) -> None:
    key_arn = deployed.outputs[outputs.KMS_KEY_ARN]
    key = deployed.kms.describe_key(KeyId=key_arn)["KeyMetadata"]
    equal("the key's state", key.get("KeyState"), "Enabled")
    equal("the key's manager", key.get("KeyManager"), "CUSTOMER")
    rotation = deployed.kms.get_key_rotation_status(KeyId=key_arn)
    equal("the key's rotation", rotation.get("KeyRotationEnabled"), wanted=True)
    only("aliases of the key", deployed.kms.list_aliases(KeyId=key_arn)["Aliases"])


def check_the_key_admits_what_delivers(deployed: Deployed) -> None:
    statements = find_key_statements(deployed).values()
    services = [
        service
        for statement in statements
        for service in items(statement["Principal"].get("Service", []))
    ]
    same_items(
        "services that the key's policy admits",
        services,
        [
            f"logs.{deployed.region}.amazonaws.com",
            "cloudwatch.amazonaws.com",
            "events.rds.amazonaws.com",
            "dms.amazonaws.com",
        ],
    )
    for statement in statements:
        publisher = statement["Principal"].get("Service", "")
        if publisher and not publisher.startswith("logs."):
            condition = statement.get("Condition", {}).get("StringEquals", {})
            account_id = condition.get("aws:SourceAccount")
            equal(f"the account that {publisher} acts for", account_id, deployed.account_id)


def check_the_key_serves_its_account_through_services(deployed: Deployed) -> None:
    through = [
        statement.get("Condition", {}).get("StringEquals", {})
        for statement in find_key_statements(deployed).values()
        if "kms:Decrypt" in items(statement["Action"]) and "AWS" in statement["Principal"]
    ]
    condition = only("statements that let the account decrypt", through)
    equal("the caller's account", condition.get("kms:CallerAccount"), deployed.account_id)
    same_items(
        "services through which the account decrypts",
        items(condition.get("kms:ViaService", [])),
        [
            f"{service}.{deployed.region}.amazonaws.com"
            for service in ("rds", "dms", "secretsmanager", "logs")
        ],
    )


def check_log_groups_are_encrypted(deployed: Deployed) -> None:
    key_arn = deployed.outputs[outputs.KMS_KEY_ARN]
    for name, group in find_log_groups(deployed).items():
        equal(f"the key of {name}", group.get("kmsKeyId"), key_arn)


def check_the_environments_secrets_are_encrypted(deployed: Deployed) -> None:
    key_arn = deployed.outputs[outputs.KMS_KEY_ARN]
    for output in (outputs.MASTER_SECRET_ARN, outputs.SECRET_ARN):
        secret = deployed.secretsmanager.describe_secret(SecretId=deployed.outputs[output])
        equal(f"the key of {output}", secret.get("KmsKeyId"), key_arn)


def check_dms_is_encrypted(deployed: Deployed) -> None:
    key_arn = deployed.outputs[outputs.KMS_KEY_ARN]
    instances = deployed.dms.describe_replication_instances(
        Filters=[
            {
                "Name": "replication-instance-arn",
                "Values": [deployed.outputs[outputs.DMS_REPLICATION_INSTANCE_ARN]],
            }
        ]
    )["ReplicationInstances"]
    instance = only("replication instances", instances)
    equal("the replication instance's key", instance.get("KmsKeyId"), key_arn)
    endpoints = deployed.dms.describe_endpoints(
        Filters=[
            {
                "Name": "endpoint-arn",
                "Values": [
                    deployed.outputs[outputs.DMS_SOURCE_ENDPOINT_ARN],
                    deployed.outputs[outputs.DMS_TARGET_ENDPOINT_ARN],
                ],
            }
        ]
    )["Endpoints"]
    for endpoint in endpoints:
        equal(f"the key of {endpoint.get('EndpointIdentifier')}", endpoint.get("KmsKeyId"), key_arn)
