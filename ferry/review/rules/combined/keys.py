"""Keys and secrets: what can no longer be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.policies import is_left_out
from ferry.review.plan.shown import joined, ours
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.combined.endpoints import secrets_in_use
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import CREATED, REPLACED
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown

_KMS: Final = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"
_SECRETS: Final = (
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html"
)
_REPLICAS: Final = (
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/"
    "create-manage-multi-region-secrets.html"
)
_ROTATION: Final = (
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html"
)
_STAGES: Final = (
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html"
)
_WRITE_ONLY: Final = "https://developer.hashicorp.com/terraform/language/manage-sensitive-data"
_SECRET: Final = "aws_secretsmanager_secret"  # noqa: S105 (a resource type)
_VERSION: Final = "aws_secretsmanager_secret_version"
_MOST_NAMED: Final = 5
_IN_CLEAR: Final = ("secret_string", "secret_binary")
_VALUES: Final = ("secret_string_wo", "secret_string_wo_version", *_IN_CLEAR)
_PASSWORD: Final = "master_password"  # noqa: S105 (an attribute)
_PASSWORDS: Final = (_PASSWORD, "master_password_wo", "master_password_wo_version")


def keys_go(plan: Plan) -> Iterator[Finding | Fine]:
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
        elif change.comes:
            because = "Nothing is encrypted with it yet."
            yield Fine(change=change, attribute=CREATED, because=because)
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
            yield Finding(
                danger=Danger.OUTAGE,
                change=change,
                effect=Phrase(
                    "A key that waits for its deletion decrypts nothing: Aurora stops the cluster, "
                    "DMS and the secrets fail."
                ),
                when=moment(change, Timing.NOW),
                lasts="until the deletion is cancelled, the key enabled, and the cluster started",
                remedy=Phrase("aws kms cancel-key-deletion and enable-key, while it waits"),
                source=_KMS,
            )


def secrets_go(plan: Plan) -> Iterator[Finding | Fine]:
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
    yield from _made(plan)
    yield from _copied(plan)
    yield from secrets_in_use(plan)


def _made(plan: Plan) -> Iterator[Finding | Fine]:
    """A secret is made; again, where it was deleted outside Terraform: of another ARN, and empty."""
    gone = {it.address for it in plan.drift if it.action is Action.DELETE}
    for change in plan.of(_SECRET):
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
        elif change.comes:
            yield Fine(change=change, attribute=CREATED, because="Nothing reads it yet.")


def _copied(plan: Plan) -> Iterator[Finding | Fine]:
    """A secret is copied to other regions, or no longer.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/create-manage-multi-region-secrets.html
    """
    for change in plan.of(_SECRET):
        if change.action in {Action.NO_OP, Action.DELETE, Action.FORGET}:
            continue
        if not change.changes("replica"):
            continue
        if change.after.get("replica") is UNKNOWN and is_left_out(plan, change, "replica"):
            yield Fine(change=change, attribute="replica", because="It stays in its region.")
            continue
        yield Finding(
            danger=Danger.WIDER_ACCESS,
            change=change,
            attribute="replica",
            effect=Phrase(
                "Whether the secret is copied to other regions is known only after apply: a plan's "
                "configuration does not show blocks that Terraform makes itself."
                if plan.stack
                else "Whether the secret is copied to other regions is not in the plan: give the "
                "stack, which says it, with --stack."
            )
            if change.comes and change.after.get("replica") is UNKNOWN
            else Phrase(
                "The secret is copied to other regions, or no longer: {after} in place of {before}.",
                change.shown_sides("replica"),
            ),
            source=_REPLICAS,
        )


def passwords_change(plan: Plan) -> Iterator[Finding | Fine]:
    """A password changes: at the cluster and in every secret together, or who reads one fails."""
    versions = plan.of(_VERSION)
    there = [it for it in (*versions, *plan.of("aws_rds_cluster")) if it.before and it.stays]
    anew = any(it.type != _VERSION and it.comes for it in there)
    changed = [it for it in there if _any(it, _of(it)) and not (anew and _follows(it))]
    told = {id(it) for it in changed}
    left = [
        it
        for it in there
        if not it.comes and not _any(it, _of(it)) and any(map(it.before.get, _of(it)))
    ]
    others = _named(left)
    for change in changed:
        if left or (change.type != _VERSION and not versions):
            yield _alone(change, others)
        elif change.type != _VERSION:
            for name in filter(change.changes, _PASSWORDS):
                yield Fine(change=change, attribute=name, because="A rotation: all get it.")
    yield from _given_in_clear(plan)
    for change in versions:
        if change.action not in {Action.NO_OP, Action.DELETE, Action.FORGET}:
            in_clear = [it for it in _IN_CLEAR if change.after.get(it) and change.changes(it)]
            if in_clear:
                yield _in_clear(change, in_clear)
            yield from _stages(change)
            if not (id(change) in told and left):
                because = (
                    "A rotation: all get the new value." if change.before else "A first value."
                )
                for name in {CREATED, REPLACED, *_VALUES} - {*in_clear}:
                    yield Fine(change=change, attribute=name, because=because)


def _follows(change: Change) -> bool:
    """Whether a secret is written again with the address of a cluster that is made anew."""
    return change.type == _VERSION and not _says_so(change)


def _says_so(change: Change) -> bool:
    """Whether a password is known to change, and not only to be written again."""
    return any(change.changes(it) and change.after.get(it) is not UNKNOWN for it in _of(change))


def _named(changes: Sequence[Change]) -> Shown:
    """The first of some resources by their places, and how many more there are."""
    names = [it.shown_place for it in changes[:_MOST_NAMED]]
    if len(changes) > _MOST_NAMED:
        names.append(ours(f"{len(changes) - _MOST_NAMED:,} more"))
    return joined(names)


def _of(change: Change) -> tuple[str, ...]:
    """What says that a password changes."""
    return _VALUES if change.type == _VERSION else _PASSWORDS


def _alone(change: Change, others: Shown) -> Finding:
    """A password changes, or may, and others keep the old one."""
    verb = "changes" if _says_so(change) else "may change"
    return Finding(
        danger=Danger.REPLICATION_STOP,
        change=change,
        attribute=", ".join(it for it in _of(change) if change.changes(it)),
        effect=Phrase(
            f"A password {verb} here and not in {{others}}: who signs in with the other one fails."
            if others
            else f"The password {verb} here, and in no secret: who signs in by one fails.",
            {"others": others},
        ),
        when=moment(change, Timing.NOW),
        lasts="until all hold the same password",
        remedy=Phrase("Raise master_password_version, which changes all of them."),
        source=_ROTATION,
    )


def _given_in_clear(plan: Plan) -> Iterator[Finding]:
    """A cluster is given its password in clear."""
    for change in plan.of("aws_rds_cluster"):
        if change.stays and change.after.get(_PASSWORD) and change.changes(_PASSWORD):
            yield _in_clear(change, [_PASSWORD])


def _in_clear(change: Change, attributes: Sequence[str]) -> Finding:
    what, instead = (
        ("secret's value", "secret_string_wo")
        if change.type == _VERSION
        else ("password", "master_password_wo")
    )
    return Finding(
        danger=Danger.WIDER_ACCESS,
        change=change,
        attribute=", ".join(attributes),
        effect=Phrase(f"The {what} stands in the plan and in the state, in clear."),
        remedy=Phrase(f"Give it as {instead}, which Terraform keeps nowhere."),
        source=_WRITE_ONLY,
    )


def _stages(change: Change) -> Iterator[Finding | Fine]:
    """The stages of a value that is there: who reads a secret gets what is AWSCURRENT."""
    stages = change.after.get("version_stages")
    if not change.before or not change.changes("version_stages"):
        return
    if isinstance(stages, list) and "AWSCURRENT" in stages:
        yield Fine(change=change, attribute="version_stages", because="Readers get this value.")
    elif not (change.comes and stages is UNKNOWN):
        yield Finding(
            danger=Danger.REPLICATION_STOP,
            change=change,
            attribute="version_stages",
            effect=Phrase(
                "Who reads the secret gets what is AWSCURRENT, which this value is not: the one "
                "before, though the database may have this one by then."
            ),
            when=moment(change, Timing.NOW),
            source=_STAGES,
        )


def _any(change: Change, names: Iterable[str]) -> bool:
    return any(change.changes(name) for name in names)
