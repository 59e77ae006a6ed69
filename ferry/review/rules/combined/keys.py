"""Keys and secrets: what can no longer be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.rules.combined.replication import secrets_in_use
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Plan

_KMS: Final = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"
_SECRETS: Final = (
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html"
)


def keys_go(plan: Plan) -> Iterator[Finding]:
    """A key is destroyed or replaced: what it encrypted is lost when its waiting time is over."""
    gone = {it.address for it in plan.drift if it.action is Action.DELETE}
    for change in plan.of("aws_kms_key"):
        if change.action is Action.CREATE and change.address in gone:
            yield Finding(
                danger=Danger.DATA_LOSS,
                change=change,
                effect=Phrase(
                    "The key was deleted outside Terraform and is made anew: the new one decrypts "
                    "nothing of what the old one encrypted."
                ),
                when=moment(change, Timing.NOW),
                remedy=Phrase("aws kms cancel-key-deletion, while the key waits for its deletion"),
                source=_KMS,
            )
        if change.goes:
            yield Finding(
                danger=Danger.DATA_LOSS,
                change=change,
                effect=Phrase(
                    "The key is deleted after {days} days. Whatever it encrypted, snapshots and "
                    "backups included, can never be read again.",
                    {"days": change.shown_before("deletion_window_in_days")},
                ),
                when=moment(change, Timing.NOW),
                remedy=Phrase("Copy the snapshots under another key; keep the key in the code."),
                source=_KMS,
            )


def secrets_go(plan: Plan) -> Iterator[Finding]:
    """A secret is destroyed or replaced: its value, and for a time its name."""
    for change in plan.of("aws_secretsmanager_secret"):
        if not change.goes:
            continue
        days = change.before.get("recovery_window_in_days")
        yield Finding(
            danger=Danger.DATA_LOSS,
            change=change,
            effect=Phrase("The secret and its value are deleted at once (no recovery window).")
            if days == 0
            else Phrase(
                "The secret is deleted; its value can be restored for {days} days.",
                {"days": change.shown_before("recovery_window_in_days")},
            ),
            when=moment(change, Timing.NOW),
            remedy=Phrase("aws secretsmanager restore-secret") if days else Phrase(""),
            source=_SECRETS,
        )
        same_name = change.before.get("name") == change.after.get("name")
        if change.action is Action.REPLACE and same_name and days != 0:
            yield Finding(
                danger=Danger.REFUSED,
                change=change,
                effect=Phrase(
                    "The name {name} is taken until the recovery window is over: the new secret "
                    "cannot be made.",
                    {"name": change.shown_before("name")},
                ),
                remedy=Phrase("Apply with recovery_window_in_days = 0 first, or change the name."),
                source=_SECRETS,
            )
    yield from _made_anew(plan)
    yield from secrets_in_use(plan)


def _made_anew(plan: Plan) -> Iterator[Finding]:
    """A secret that was deleted outside Terraform is made again: of another ARN, and without a value."""
    gone = {it.address for it in plan.drift if it.action is Action.DELETE}
    for change in plan.of("aws_secretsmanager_secret"):
        if change.action is Action.CREATE and change.address in gone:
            yield Finding(
                danger=Danger.REPLICATION_STOP,
                change=change,
                effect=Phrase(
                    "The secret was deleted outside Terraform and is made anew: what reads it, DMS "
                    "among them, finds another ARN."
                ),
                when=moment(change, Timing.NOW),
                remedy=Phrase("aws secretsmanager restore-secret"),
                source=_SECRETS,
            )
