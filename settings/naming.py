"""Names that the stacks give and the operator's commands find again."""

from typing import Final

ACCOUNT_STATE_KEY: Final = "account/terraform.tfstate"
"""The key of the account's own state in the account's bucket."""

PLANS_PREFIX: Final = "plans/"
"""What the keys of kept plans begin with, in the same bucket."""

PLAN_DAYS: Final = 14
"""How long a plan of a pull request is kept, and may be applied."""


def prefix(project: str, environment: str) -> str:
    """Return what every name in an environment begins with, such as `aurora-ferry-dev`."""
    return f"{project}-{environment}"


def state_bucket(project: str, account_id: str, region: str) -> str:
    """Return the name of an account's state bucket; 56 of S3's 63 characters at most."""
    return f"{project}-tfstate-{account_id}-{region}"


def environment_state_key(environment: str) -> str:
    """Return the key of an environment's state in its account's bucket."""
    return f"environments/{environment}/terraform.tfstate"


def kept_plan(stack: str, digest: str) -> str:
    """Return the key of a stack's kept plan; the digest is that of its content, SHA-256 in hex."""
    return f"{PLANS_PREFIX}{stack}/{digest}.tar"


def account_stack(account_id: str) -> str:
    """Return the name of an account's stack, as `cdktf deploy` takes it."""
    return f"account-{account_id}"


def migration_stack(environment: str) -> str:
    """Return the name of an environment's stack: the environment's own.

    No environment can be named like an account's stack: names end at 16 characters.
    """
    return environment


def source_secret(project: str, environment: str) -> str:
    """Return the name of the secret that `ferry secret source` writes."""
    return f"{prefix(project, environment)}/source"


def master_secret(project: str, environment: str) -> str:
    """Return the name of the secret that holds the master user's password."""
    return f"{prefix(project, environment)}/master"


def target_secret(project: str, environment: str) -> str:
    """Return the name of the secret with which DMS connects to Aurora."""
    return f"{prefix(project, environment)}/target"
