"""Keys, secrets and roles."""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

from typing import Final

from ferry.review.plan.plan import Action
from ferry.review.rules.combined.attachments import attachment_findings
from ferry.review.rules.combined.ending import (
    WITH_THE_MIGRATION,
    goes_with_the_migration,
    is_needed,
)
from ferry.review.rules.combined.exclusive import kept_alone
from ferry.review.rules.combined.given_keys import GIVEN_KEYS, KEY_ARN, LATER, keys_given
from ferry.review.rules.combined.keys import keys_go, passwords_change, secrets_go
from ferry.review.rules.combined.policies import policy_findings
from ferry.review.rules.combined.roles import OWN_POLICY
from ferry.review.rules.conditions import (
    all_of,
    always,
    any_of,
    between,
    left_out,
    lowered,
    lowered_from,
    lowered_or_first,
    matches,
    off,
    on,
    one_of,
    raised,
    refers_to,
    turned_off,
    turned_on,
    unset,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.row import (
    CHANGED_OR_REPLACED,
    CREATED,
    DESTROYED,
    HOWEVER_MADE,
    MADE,
    REPLACED,
    Harmless,
    Judged,
    Replaces,
    Reported,
    Row,
    Rule,
)
from ferry.review.rules.timing import Timing

_KEY: Final = "aws_kms_key"
_ALIAS: Final = "aws_kms_alias"
_SECRET: Final = "aws_secretsmanager_secret"  # noqa: S105 (a resource type)
_VERSION: Final = "aws_secretsmanager_secret_version"
_KEY_POLICY: Final = "aws_kms_key_policy"
_SECRET_POLICY: Final = "aws_secretsmanager_secret_policy"  # noqa: S105 (a resource type)
_ROLE: Final = "aws_iam_role"
_ROLE_POLICY: Final = "aws_iam_role_policy"
_ATTACHMENT: Final = "aws_iam_role_policy_attachment"

_KMS: Final = "https://docs.aws.amazon.com/kms/latest/developerguide"
_SECRETS: Final = "https://docs.aws.amazon.com/secretsmanager/latest/userguide"
_IAM: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"

ROWS: Final[tuple[Row, ...]] = (
    Judged(_KEY, (CREATED, DESTROYED), by=keys_go),
    Judged(_KEY, ("policy",), by=policy_findings),
    *(
        row
        for it, attribute in GIVEN_KEYS
        for row in (
            Judged(it, (attribute,), by=keys_given),
            Harmless(it, (attribute,), "A key of the account's own, which the plan leaves as it is.",
                     when=matches(KEY_ARN), on=HOWEVER_MADE if attribute in LATER else MADE),
        )
    ),
    Replaces(_KEY, ("custom_key_store_id", "customer_master_key_spec", "key_usage", "multi_region",
             "xks_key_id")),
    Harmless(_KEY, ("customer_master_key_spec", "key_usage"), "An ordinary key of KMS's.",
             when=one_of("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"), on=MADE),
    Harmless(_KEY, ("multi_region",), "It stays in its region.", when=any_of(off, left_out),
             on=MADE),
    Rule(_KEY, "is_enabled", turned_off, Danger.OUTAGE,
         "A disabled key decrypts nothing: Aurora stops the cluster, DMS and the secrets fail.",
         timing=Timing.NOW, lasts="until it is enabled, and the cluster started",
         source=f"{_KMS}/enabling-keys.html"),
    Harmless(_KEY, ("is_enabled",), "The key works.", when=on),
    Rule(_KEY, "enable_key_rotation", turned_off, Danger.PROTECTION_LOSS,
         "The key's material is no longer changed every year.", source=f"{_KMS}/rotate-keys.html"),
    Harmless(_KEY, ("enable_key_rotation",),
             "Rotation keeps the old material: all stays readable.", when=on),
    Harmless(_KEY, ("rotation_period_in_days",), "Once a year, or sooner.",
             when=any_of(all_of(lowered_or_first, between(90, 365)), left_out)),
    Rule(_KEY, "deletion_window_in_days", lowered_from(30), Danger.PROTECTION_LOSS,
         "A deleted key can be rescued for {after} days only; until now it was {before}.",
         source=f"{_KMS}/deleting-keys.html"),
    Harmless(_KEY, ("deletion_window_in_days",), "A deleted key can be rescued for days.",
             when=between(7, 30)),
    Rule(_KEY, "bypass_policy_lockout_safety_check", turned_on, Danger.PROTECTION_LOSS,
         "A policy that locks everyone out of the key is not refused.", on=HOWEVER_MADE,
         source=f"{_KMS}/key-policy-default.html"),
    Harmless(_KEY, ("bypass_policy_lockout_safety_check",),
             "A policy that locks everyone out is refused.", when=off),
    Harmless(_KEY, ("description",), "A description.", when=always),
    Reported(_KEY, ("arn", "key_id")),
    Harmless(_ALIAS, (CREATED,), "A name for a key.", when=always),
    Rule(_ALIAS, DESTROYED, always, Danger.INTERRUPTION,
         "Whoever names the key by this alias no longer finds it; what is encrypted keeps the key, by "
         "its id.", timing=Timing.NOW, lasts="for good, or until there is another",
         source=f"{_KMS}/kms-alias.html"),
    Replaces(_ALIAS, ("name", "name_prefix")),
    Harmless(_ALIAS, ("name", "name_prefix"), "A name for a key.", when=always, on=MADE),
    Harmless(_ALIAS, ("target_key_id",), "A name for a key of the same code.",
             when=refers_to(_KEY), on=MADE),
    Reported(_ALIAS, ("target_key_arn", "arn")),
    Judged(_SECRET, (CREATED, DESTROYED), by=secrets_go),
    Judged(_SECRET, ("policy",), by=policy_findings),
    Replaces(_SECRET, ("name", "name_prefix")),
    Harmless(_SECRET, ("name", "name_prefix"), "Nothing reads it yet.", when=always, on=MADE),
    Rule(_SECRET, "kms_key_id", always, Danger.REPLICATION_STOP,
         "The secret's next version is encrypted with {after}; who reads it, DMS's role among "
         "them, must be allowed to decrypt with that key.", timing=Timing.NOW,
         source=f"{_SECRETS}/security-encryption.html"),
    Harmless(_SECRET, ("kms_key_id",), "A key of the same code.", when=refers_to(_KEY), on=MADE),
    Rule(_SECRET, "recovery_window_in_days", lowered_from(30), Danger.PROTECTION_LOSS,
         "Once deleted, the secret can be restored for {after} days; until now it was {before}.",
         source=f"{_SECRETS}/manage_delete-secret.html"),
    Harmless(_SECRET, ("recovery_window_in_days",), "How long it can be restored once it is "
             "deleted; nothing is deleted yet.", when=between(0, 30)),
    Judged(_SECRET, ("replica",), by=secrets_go),
    Harmless(_SECRET, ("description",), "A description.", when=always),
    Harmless(_SECRET, ("force_overwrite_replica_secret",), "No secret is overwritten.", when=off),
    Reported(_SECRET, ("arn",)),
    *(
        row
        for policy, of in ((_KEY_POLICY, "key_id"), (_SECRET_POLICY, "secret_arn"))
        for row in (
            Harmless(policy, (CREATED,), "What it says is judged.", when=always),
            Judged(policy, (DESTROYED, "policy"), by=policy_findings),
            Replaces(policy, (of,)),
            Harmless(policy, (of,), "What it says is judged.", when=always, on=MADE),
        )
    ),
    Harmless(_KEY_POLICY, ("bypass_policy_lockout_safety_check",),
             "A policy that locks everyone out is refused.", when=off),
    Harmless(_SECRET_POLICY, ("block_public_policy",), "A policy for everyone is refused.", when=on),
    Harmless(_SECRET_POLICY, ("block_public_policy",), "What it says is judged.", when=off, on=MADE),
    Judged(_VERSION, (CREATED, REPLACED, "secret_string_wo", "secret_string_wo_version",
           "secret_string", "secret_binary", "version_stages"), by=passwords_change),
    Rule(_VERSION, DESTROYED, always, Danger.REPLICATION_STOP,
         "The secret loses this value; where none is left, nobody signs in by it.", timing=Timing.NOW,
         lasts="until a value is written", source=f"{_SECRETS}/getting-started.html"),
    Replaces(_VERSION, ("secret_id",)),
    Harmless(_VERSION, ("secret_id",), "A value for a secret of the same code.",
             when=refers_to(_SECRET), on=MADE),
    Harmless(_VERSION, ("version_stages",), "Its readers get this value.", when=left_out, on=MADE),
    Reported(_VERSION, ("arn", "has_secret_string_wo", "version_id")),
    Harmless(_ROLE, (CREATED,), "Its trust and its policies are judged.", when=always),
    Harmless(_ROLE, (DESTROYED,), WITH_THE_MIGRATION, when=goes_with_the_migration),
    Rule(_ROLE, DESTROYED, is_needed, Danger.REPLICATION_STOP,
         "What acts in this role (DMS, flow logs, monitoring) cannot any more.", timing=Timing.NOW,
         lasts="for good, or until the new role is known everywhere",
         source=f"{_IAM}/id_roles.html"),
    Judged(_ROLE, ("assume_role_policy", "inline_policy"), by=policy_findings),
    Judged(_ROLE, ("managed_policy_arns",), by=attachment_findings),
    Judged(_ROLE, ("inline_policy", "managed_policy_arns"), by=kept_alone),
    Replaces(_ROLE, ("name", "name_prefix", "path")),
    Harmless(_ROLE, ("name", "name_prefix", "path"), "Who takes it is judged.", when=always,
             on=MADE),
    Rule(_ROLE, "permissions_boundary", always, Danger.WIDER_ACCESS,
         "Another boundary holds the role: {after} in place of {before}.",
         on=CHANGED_OR_REPLACED, source=f"{_IAM}/access_policies_boundaries.html"),
    Harmless(_ROLE, ("permissions_boundary",), "A boundary only narrows what a new role may do.",
             when=matches(OWN_POLICY), on=frozenset({Action.CREATE})),
    Rule(_ROLE, "max_session_duration", raised, Danger.WIDER_ACCESS,
         "Who takes the role keeps it for up to {after} seconds at a time, no longer {before}.",
         source=f"{_IAM}/id_roles_update-role-settings.html"),
    Harmless(_ROLE, ("max_session_duration",), "An hour, which is AWS's default, or shorter.",
             when=any_of(unset, left_out, between(1, 3600), lowered)),
    Harmless(_ROLE, ("force_detach_policies", "description"), "It gives no permission.",
             when=always),
    Reported(_ROLE, ("arn", "create_date", "unique_id")),
    Harmless(_ROLE_POLICY, (CREATED,), "What it says is judged.", when=always),
    Harmless(_ROLE_POLICY, (REPLACED,), "What the policy no longer says is judged.", when=always),
    Judged(_ROLE_POLICY, (DESTROYED, "policy"), by=policy_findings),
    Replaces(_ROLE_POLICY, ("name", "name_prefix", "role")),
    Harmless(_ROLE_POLICY, ("name", "name_prefix", "role"), "What it says, and of whom, is judged.",
             when=always, on=MADE),
    Judged(_ATTACHMENT, (CREATED, DESTROYED), by=attachment_findings),
    Harmless(_ATTACHMENT, ("policy_arn", "role"), "What it allows, and to whom, is judged.",
             when=always, on=MADE),
    Replaces(_ATTACHMENT, ("policy_arn", "role")),
)
