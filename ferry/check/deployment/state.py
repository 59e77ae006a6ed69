"""Terraform's state: the bucket that keeps it, its lock, and its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from facts import outputs
from ferry.check.deployment.expect import document, equal, items

if TYPE_CHECKING:
    from collections.abc import Callable

    from ferry.check.deployment.deployed import Deployed

_ALWAYS = {
    value
    for name, value in vars(outputs).items()
    if name.isupper() and isinstance(value, str) and not name.startswith("READER_INSTANCE_")
} | {outputs.READER_INSTANCE_IDS}
"""All outputs but those of single readers, of which there may be none."""


def _found(what: str, read: Callable[[], object]) -> None:
    try:
        read()
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        raise AssertionError(f"{what}: there is none ({code})") from None


def check_the_state_bucket_keeps_versions(deployed: Deployed) -> None:
    bucket = deployed.environment.state_bucket
    found = deployed.s3.get_bucket_versioning(Bucket=bucket)
    equal(f"{bucket}'s versioning", found.get("Status"), "Enabled")


def check_the_state_bucket_is_encrypted(deployed: Deployed) -> None:
    bucket = deployed.environment.state_bucket
    _found(
        f"{bucket}'s encryption by default",
        lambda: deployed.s3.get_bucket_encryption(Bucket=bucket),
    )


def check_the_state_bucket_takes_tls_only(deployed: Deployed) -> None:
    bucket = deployed.environment.state_bucket
    _found(f"{bucket}'s policy", lambda: deployed.s3.get_bucket_policy(Bucket=bucket))
    policy = document(deployed.s3.get_bucket_policy(Bucket=bucket)["Policy"])
    refusals = [
        statement
        for statement in items(policy["Statement"])
        if statement["Effect"] == "Deny"
        and statement["Principal"] in ("*", {"AWS": "*"})
        and items(statement["Action"]) == ["s3:*"]
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
        and len(items(statement["Resource"])) > 1
    ]
    assert refusals, f"{bucket}'s policy does not refuse requests without TLS: {policy}"


def check_the_state_bucket_is_not_public(deployed: Deployed) -> None:
    bucket = deployed.environment.state_bucket
    _found(
        f"{bucket}'s public access block",
        lambda: deployed.s3.get_public_access_block(Bucket=bucket),
    )
    found = deployed.s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    equal(f"{bucket}'s public access block", found, dict.fromkeys(names, True))


def check_old_versions_of_states_expire(deployed: Deployed) -> None:
    bucket = deployed.environment.state_bucket
    _found(
        f"{bucket}'s lifecycle",
        lambda: deployed.s3.get_bucket_lifecycle_configuration(Bucket=bucket),
    )
    rules = deployed.s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    expiring = [
        rule
        for rule in rules
        if rule["Status"] == "Enabled"
        and rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays")
        and not (rule.get("Filter") or {}).get("Prefix")
    ]
    assert expiring, f"no rule of {bucket} lets old versions expire: {rules}"


def check_the_state_is_encrypted(deployed: Deployed) -> None:
    environment = deployed.environment
    found = deployed.s3.head_object(Bucket=environment.state_bucket, Key=environment.state_key)
    encryption = found.get("ServerSideEncryption")
    assert encryption in {"AES256", "aws:kms"}, f"the state's encryption is {encryption}"


def check_nobody_holds_the_lock(deployed: Deployed) -> None:
    environment = deployed.environment
    key = f"{environment.state_key}.tflock"
    found = deployed.s3.list_objects_v2(Bucket=environment.state_bucket, Prefix=key)
    held = [one.get("Key") for one in found.get("Contents", [])]
    assert not held, (
        f"the lock s3://{environment.state_bucket}/{key} is held; a deployment runs, or one was"
        " interrupted"
    )


def check_all_outputs_are_there(deployed: Deployed) -> None:
    empty = {name for name, value in deployed.outputs.items() if value in (None, "", {})}
    missing = sorted(_ALWAYS - deployed.outputs.keys() | empty)
    assert not missing, f"outputs that are missing or empty: {missing}"
