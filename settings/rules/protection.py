"""Rules about [protection]: half of it would destroy half of an environment."""

from collections.abc import Iterator

from settings.environment import Environment
from settings.notation import toml
from settings.protection import Protection
from settings.rules.rule import Finding, Rule

_DEFAULT_DAYS = Protection().secret_recovery_window_days


def terraform_and_rds_agree(environment: Environment) -> Iterator[Finding]:
    """Terraform and RDS both protect, or neither.

    With deletion protection alone, Terraform schedules the key and the secrets for deletion and
    only then fails at the cluster; with prevent_destroy alone, the console deletes the cluster.
    """
    protection = environment.protection
    if protection.prevent_destroy != protection.deletion_protection:
        yield Finding(
            setting="protection.deletion_protection",
            given=f"{toml(protection.deletion_protection)} given with prevent_destroy = "
            f"{toml(protection.prevent_destroy)}",
            allowed="the same for both",
            mend=f"set deletion_protection = {toml(protection.prevent_destroy)}, or "
            f"prevent_destroy = {toml(protection.deletion_protection)}",
        )


def protected_data_is_kept(environment: Environment) -> Iterator[Finding]:
    """What is protected is not deleted without a last snapshot."""
    protection = environment.protection
    if protection.deletion_protection and not protection.final_snapshot:
        yield Finding(
            setting="protection.final_snapshot",
            given="false given with deletion_protection = true",
            allowed="true while deletion_protection = true",
            mend="set final_snapshot = true, or lift all protection",
        )


def protected_secrets_can_be_restored(environment: Environment) -> Iterator[Finding]:
    """What is protected leaves time to restore its secrets."""
    protection = environment.protection
    if protection.prevent_destroy and not protection.secret_recovery_window_days:
        yield Finding(
            setting="protection.secret_recovery_window_days",
            given="0 given with prevent_destroy = true",
            allowed="a recovery window while prevent_destroy = true",
            mend=f"set secret_recovery_window_days = {_DEFAULT_DAYS}, or lift all protection",
        )


_P = "protection."

RULES = (
    Rule(terraform_and_rds_agree, (f"{_P}prevent_destroy", f"{_P}deletion_protection")),
    Rule(protected_data_is_kept, (f"{_P}deletion_protection", f"{_P}final_snapshot")),
    Rule(
        protected_secrets_can_be_restored,
        (f"{_P}prevent_destroy", f"{_P}secret_recovery_window_days"),
    ),
)
