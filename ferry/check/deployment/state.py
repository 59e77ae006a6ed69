"""Terraform's state: the bucket that keeps it, its lock, and its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts import outputs
from facts.names import LOCK_SUFFIX
from ferry.check.deployment.expect import document, items

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect

_ALWAYS: Final = {
    value
    for name, value in vars(outputs).items()
    if name.isupper() and isinstance(value, str) and not name.startswith("READER_INSTANCE_")
} | {outputs.READER_INSTANCE_IDS}
"""All outputs but those of single readers, of which there may be none."""


def check_the_state_bucket_keeps_versions(deployed: Deployed, expect: Expect) -> None:
    """The state's bucket keeps earlier versions."""
    bucket = deployed.environment.state_bucket
    found = deployed.account.s3.get_bucket_versioning(Bucket=bucket)
    expect.equal(f"{bucket}'s versioning", found.get("Status"), "Enabled")


def check_the_state_bucket_is_encrypted(deployed: Deployed, expect: Expect) -> None:
    """The state's bucket encrypts what is written without saying how."""
    bucket = deployed.environment.state_bucket
    found = deployed.account.s3.get_bucket_encryption(Bucket=bucket)
    rules = found["ServerSideEncryptionConfiguration"]["Rules"]
    expect.that(rules, f"{bucket} has no rule for encryption by default.")


def check_the_state_bucket_takes_tls_only(deployed: Deployed, expect: Expect) -> None:
    """The state's bucket refuses requests without TLS."""
    bucket = deployed.environment.state_bucket
    policy = document(deployed.account.s3.get_bucket_policy(Bucket=bucket)["Policy"])
    refusals = [
        statement
        for statement in items(policy["Statement"])
        if statement["Effect"] == "Deny"
        and statement["Principal"] in ("*", {"AWS": "*"})
        and items(statement["Action"]) == ["s3:*"]
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
        and len(items(statement["Resource"])) > 1
    ]
    expect.that(refusals, f"{bucket}'s policy does not refuse requests without TLS.")


def check_the_state_bucket_is_not_public(deployed: Deployed, expect: Expect) -> None:
    """The state's bucket is closed to the public."""
    bucket = deployed.environment.state_bucket
    found = deployed.account.s3.get_public_access_block(Bucket=bucket)
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    expect.equal(
        f"{bucket}'s public access block",
        found["PublicAccessBlockConfiguration"],
        dict.fromkeys(names, True),
    )


def check_old_versions_of_states_expire(deployed: Deployed, expect: Expect) -> None:
    """Earlier versions of states are deleted after a time."""
    bucket = deployed.environment.state_bucket
    expiring = [
        rule
        for rule in deployed.account.s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        if rule["Status"] == "Enabled"
        and rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays")
        and not (rule.get("Filter") or {}).get("Prefix")
    ]
    expect.that(expiring, f"No rule of {bucket} lets earlier versions expire.")


def check_the_state_is_encrypted(deployed: Deployed, expect: Expect) -> None:
    """The state is encrypted."""
    environment = deployed.environment
    found = deployed.account.s3.head_object(
        Bucket=environment.state_bucket, Key=environment.state_key
    )
    encryption = found.get("ServerSideEncryption")
    expect.that(encryption in {"AES256", "aws:kms"}, f"The state's encryption is {encryption}.")


def check_nobody_holds_the_lock(deployed: Deployed, expect: Expect) -> None:
    """No deployment runs, and none that was interrupted left its lock.

    What else is found may be half made while one runs.
    """
    environment = deployed.environment
    key = f"{environment.state_key}{LOCK_SUFFIX}"
    found = deployed.account.s3.list_objects_v2(Bucket=environment.state_bucket, Prefix=key)
    if found.get("Contents"):
        expect.look(
            f"The state's lock s3://{environment.state_bucket}/{key} is held.",
            why="A deployment runs, and other findings may be of what it has half made; or one was "
            "interrupted, and the next is refused.",
            remedy="Wait for its end; if none runs, docs/recovery.md, 'Error acquiring the state "
            "lock'.",
        )


def check_nothing_is_tainted(deployed: Deployed, expect: Expect) -> None:
    """Nothing in the state waits to be replaced.

    Terraform marks what it began and did not end as tainted. Source:
    https://developer.hashicorp.com/terraform/cli/state/taint
    """
    for address in deployed.state.tainted:
        expect.differs(
            f"{address} is tainted: the next deployment destroys it and makes it again.",
            why="Making it did not end.",
            remedy="docs/recovery.md, 'is tainted, so must be replaced'.",
        )


def check_all_outputs_are_there(deployed: Deployed, expect: Expect) -> None:
    """The state holds every output."""
    empty = {name for name, value in deployed.outputs.items() if value in (None, "", {})}
    missing = sorted(_ALWAYS - deployed.outputs.keys() | empty)
    expect.that(not missing, f"Outputs that are missing or empty: {', '.join(missing)}.")
