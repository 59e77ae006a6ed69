"""[protection]: what keeps an environment from being destroyed by mistake."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from settings.section import Allowed, Section, refuse

_RECOVERY_IN_WORDS: Final = "0 (deleted at once) or 7 to 30 days"


def _recovery_window(value: int) -> int:
    if value and not 7 <= value <= 30:  # noqa: PLR2004 -- DeleteSecret's RecoveryWindowInDays
        refuse(_RECOVERY_IN_WORDS)
    return value


class Protection(Section):
    """What keeps an environment from being destroyed by mistake.

    Half of it is refused: it would destroy half of an environment.
    """

    prevent_destroy: bool = True
    """Whether Terraform refuses to destroy the cluster, its key and its secrets."""

    deletion_protection: bool = True
    """Whether RDS refuses to delete the cluster."""

    final_snapshot: bool = True
    """Whether RDS takes a snapshot before it deletes the cluster. The environment's key encrypts
    it: to use it later, cancel the key's deletion first."""

    secret_recovery_window_days: Annotated[
        int, AfterValidator(_recovery_window), Allowed(_RECOVERY_IN_WORDS)
    ] = 30
    """Days in which a deleted secret can be restored. Until then its name is taken."""

    kms_deletion_window_days: int = Field(default=30, ge=7, le=30)
    """How long a deleted KMS key waits, and can be brought back; not of a key of your own
    (`aws.kms_key_arn`), which is never deleted here."""
