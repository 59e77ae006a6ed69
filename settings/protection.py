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
    """All on by default. Half on is refused: it destroys half of an environment."""

    prevent_destroy: bool = True
    """Whether Terraform refuses to destroy the cluster, its key and its secrets. Default: true."""

    deletion_protection: bool = True
    """Whether RDS refuses to delete the cluster. Default: true."""

    final_snapshot: bool = True
    """Whether RDS takes a snapshot before it deletes the cluster. Default: true. The environment's
    key encrypts it: to use it after the key was destroyed, cancel the key's deletion first."""

    secret_recovery_window_days: Annotated[
        int, AfterValidator(_recovery_window), Allowed(_RECOVERY_IN_WORDS)
    ] = 30
    """Days in which a deleted secret can be restored and its name is taken: 0 (none) or 7 to 30.
    Default: 30."""

    kms_deletion_window_days: int = Field(default=30, ge=7, le=30)
    """Days that a deleted KMS key waits, 7 to 30. Default: 30."""
