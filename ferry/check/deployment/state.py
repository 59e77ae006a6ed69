"""Terraform's state: the bucket that keeps it, its lock, and its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from facts.names import LOCK_SUFFIX, environment_stack
from ferry.deployment import outputs_of, state_bucket

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect
    from ferry.deployment.state_bucket import Setting


def check_the_state_bucket_keeps_versions(deployed: Deployed, expect: Expect) -> None:
    """The state's bucket keeps earlier versions."""
    _is_set(deployed, expect, state_bucket.VERSIONING)


def check_the_state_bucket_is_encrypted(deployed: Deployed, expect: Expect) -> None:
    """The state's bucket encrypts what is written without saying how."""
    _is_set(deployed, expect, state_bucket.ENCRYPTION)


def check_the_state_bucket_takes_tls_only(deployed: Deployed, expect: Expect) -> None:
    """The state's bucket refuses requests without TLS."""
    _is_set(deployed, expect, state_bucket.POLICY)


def check_the_state_bucket_is_not_public(deployed: Deployed, expect: Expect) -> None:
    """The state's bucket is closed to the public."""
    _is_set(deployed, expect, state_bucket.PUBLIC_ACCESS)


def check_old_versions_of_states_expire(deployed: Deployed, expect: Expect) -> None:
    """Earlier versions of states are deleted after a time."""
    _is_set(deployed, expect, state_bucket.OLD_VERSIONS)


def _is_set(deployed: Deployed, expect: Expect, setting: Setting) -> None:
    bucket = state_bucket.bucket_of(deployed.environment)
    if setting not in bucket.settings:
        expect.passes("the state's bucket is one's own, and so is this setting")
    elif not setting.is_right(deployed.account.s3, bucket):
        expect.look(
            f"The bucket {bucket.name} is not set up as it should be. Wanted: {setting.what}.",
            why="It holds all that the account's environments are.",
            remedy="Ask whoever has it; ferry leaves it as it is."
            if bucket.is_ones_own
            else f"Run 'ferry bootstrap {deployed.environment.name}': it mends what is wrong.",
        )


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
    """The state holds every output, and none of a migration that the file no longer has."""
    wanted = outputs_of(deployed.environment)
    # Where no task has a way back there are no tasks of it.
    empty = {
        name
        for name, value in deployed.outputs.items()
        if value in (None, "", {}) and name not in outputs.OF_A_WAY_BACK
    }
    missing = sorted(wanted - deployed.outputs.keys() | empty)
    expect.that(not missing, f"Outputs that are missing or empty: {', '.join(missing)}.")
    several = outputs.OF_SEVERAL_DATABASES & deployed.outputs.keys() - wanted
    left = sorted(outputs.OF_A_MIGRATION.intersection(deployed.outputs) - wanted)
    back = outputs.OF_A_WAY_BACK & deployed.outputs.keys() - wanted
    if back and not left:
        expect.differs(
            f"The file has no dms.rollback, and there is a way back: {', '.join(sorted(back))}.",
            why="The file's change is not deployed yet.",
            remedy=f"Deploy it: cdktf deploy {environment_stack(deployed.environment.name)}",
        )
    if several and not left:
        expect.differs(
            "The file has one database, and there are endpoints of several: "
            f"{', '.join(sorted(several))}.",
            why="The file's change is not deployed yet.",
            remedy=f"Deploy it: cdktf deploy {environment_stack(deployed.environment.name)}",
        )
    if left:
        expect.differs(
            f"The file has neither [source] nor [dms], and DMS is still there: {', '.join(left)}.",
            why="The end of the migration is not deployed yet.",
            remedy=f"Deploy it: cdktf deploy {environment_stack(deployed.environment.name)}",
        )
