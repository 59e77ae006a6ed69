"""The environment's key, and that everything is encrypted with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from facts import outputs
from facts.placement import CLOUDWATCH_ALARMS, KEY_SERVICES, RDS_EVENTS
from ferry.check.deployment import statuses
from ferry.check.deployment.expect import document, items, only
from ferry.check.deployment.logs import find_log_groups

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect


_OWN: Final = "the key is one's own, and so is its policy; 'ferry check aws' compares it with what is used here"


def find_key_statements(deployed: Deployed) -> list[dict[str, Any]]:
    """The statements of the key's policy."""
    key_arn = deployed.outputs[outputs.KMS_KEY_ARN]
    answer = deployed.account.kms.get_key_policy(KeyId=key_arn, PolicyName="default")
    return items(document(answer["Policy"])["Statement"])


def check_the_key_is_enabled_and_rotates(deployed: Deployed, expect: Expect) -> None:
    """The environment's key is enabled, and rotated every year where it is not one's own."""
    key_arn, kms = deployed.outputs[outputs.KMS_KEY_ARN], deployed.account.kms
    own = deployed.environment.aws.kms_key_arn
    key = kms.describe_key(KeyId=key_arn)["KeyMetadata"]
    expect.status(f"The key {key_arn}", key.get("KeyState"), statuses.KEY)
    expect.equal("The key's manager", key.get("KeyManager"), "CUSTOMER")
    if own is not None:
        expect.equal("The environment's key", key_arn, own)
        return
    rotation = kms.get_key_rotation_status(KeyId=key_arn)
    expect.equal("The key's rotation", rotation.get("KeyRotationEnabled"), wanted=True)
    aliases = [one.get("AliasName") for one in kms.list_aliases(KeyId=key_arn)["Aliases"]]
    expect.that(
        deployed.names.key_alias in aliases,
        f"The key does not have the alias {deployed.names.key_alias}.",
    )


def check_the_key_admits_what_delivers(deployed: Deployed, expect: Expect) -> None:
    """The key's policy admits the services that deliver logs, alarms and events, and no others."""
    if deployed.environment.aws.kms_key_arn is not None:
        expect.passes(_OWN)
        return
    statements = find_key_statements(deployed)
    services = [
        service
        for statement in statements
        for service in items(statement["Principal"].get("Service", []))
    ]
    expect.same_items(
        "Services that the key's policy admits",
        services,
        [
            deployed.placement.regional_principal("logs"),
            CLOUDWATCH_ALARMS,
            RDS_EVENTS,
            deployed.placement.dms_principal,
        ],
    )
    for statement in statements:
        publisher = statement["Principal"].get("Service", "")
        condition = statement.get("Condition", {}).get("StringEquals", {})
        if publisher.startswith("dms."):
            expect.equal(
                f"The topic for which the key's policy admits {publisher}",
                condition.get("kms:EncryptionContext:aws:sns:topicArn"),
                deployed.outputs[outputs.ALARM_TOPIC_ARN],
            )
        elif publisher and not publisher.startswith("logs."):
            expect.equal(
                f"The account for which the key's policy admits {publisher}",
                condition.get("aws:SourceAccount"),
                deployed.account.account_id,
            )


def check_the_key_serves_its_account_through_services(deployed: Deployed, expect: Expect) -> None:
    """The key decrypts for its account, and only through the services that hold the data."""
    if deployed.environment.aws.kms_key_arn is not None:
        expect.passes(_OWN)
        return
    through = [
        statement.get("Condition", {}).get("StringEquals", {})
        for statement in find_key_statements(deployed)
        if "kms:Decrypt" in items(statement["Action"]) and "AWS" in statement["Principal"]
    ]
    condition = only("Statements of the key's policy that let the account decrypt", through)
    expect.equal(
        "The account that the key decrypts for",
        condition.get("kms:CallerAccount"),
        deployed.account.account_id,
    )
    expect.same_items(
        "Services through which the key decrypts",
        items(condition.get("kms:ViaService", [])),
        [deployed.placement.regional_principal(service) for service in KEY_SERVICES],
    )


def check_log_groups_are_encrypted(deployed: Deployed, expect: Expect) -> None:
    """The log groups are encrypted with the key."""
    key_arn = deployed.outputs[outputs.KMS_KEY_ARN]
    for name, group in find_log_groups(deployed).items():
        expect.equal(f"The key of {name}", group.get("kmsKeyId"), key_arn)


def check_the_environments_secrets_are_encrypted(deployed: Deployed, expect: Expect) -> None:
    """The environment's secrets are encrypted with the key."""
    key_arn = deployed.outputs[outputs.KMS_KEY_ARN]
    for output in (outputs.MASTER_SECRET_ARN, outputs.SECRET_ARN):
        secret = deployed.account.secretsmanager.describe_secret(SecretId=deployed.outputs[output])
        expect.equal(f"The key of the secret {secret.get('Name')}", secret.get("KmsKeyId"), key_arn)


def check_dms_is_encrypted(deployed: Deployed, expect: Expect) -> None:
    """The replication instance and its endpoints are encrypted with the key."""
    key_arn = deployed.outputs[outputs.KMS_KEY_ARN]
    instance = deployed.replication_instance
    expect.equal("The replication instance's key", instance.get("KmsKeyId"), key_arn)
    for endpoint in deployed.endpoints:
        expect.equal(f"{endpoint.what}, its key", endpoint.found.get("KmsKeyId"), key_arn)
