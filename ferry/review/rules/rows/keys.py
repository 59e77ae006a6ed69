"""Keys, secrets and roles."""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

from typing import Final

from ferry.review.rules.combined.keys import keys_go, secrets_go
from ferry.review.rules.combined.policies import attachment_findings, policy_findings
from ferry.review.rules.conditions import (
    always,
    lowered,
    removed,
    turned_off,
    unexamined,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.row import (
    CREATED,
    DESTROYED,
    MADE,
    REPLACED,
    Harmless,
    Judged,
    Replaces,
    Row,
    Rule,
)
from ferry.review.rules.timing import Timing

_KEY: Final = "aws_kms_key"
_ALIAS: Final = "aws_kms_alias"
_SECRET: Final = "aws_secretsmanager_secret"  # noqa: S105 (a resource type)
_VERSION: Final = "aws_secretsmanager_secret_version"
_ROLE: Final = "aws_iam_role"
_ROLE_POLICY: Final = "aws_iam_role_policy"
_ATTACHMENT: Final = "aws_iam_role_policy_attachment"

_KMS: Final = "https://docs.aws.amazon.com/kms/latest/developerguide"
_SECRETS: Final = "https://docs.aws.amazon.com/secretsmanager/latest/userguide"
_IAM: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"

ROWS: Final[tuple[Row, ...]] = (
    Harmless(_KEY, (CREATED,), "Nothing is encrypted with it yet.", when=unexamined),
    Judged(_KEY, (DESTROYED,), by=keys_go),
    Judged(_KEY, ("policy",), by=policy_findings),
    Replaces(_KEY, ("custom_key_store_id", "customer_master_key_spec", "key_usage", "multi_region",
             "xks_key_id")),
    Rule(_KEY, "is_enabled", turned_off, Danger.OUTAGE,
         "A disabled key decrypts nothing: Aurora stops the cluster, DMS and the secrets fail.",
         timing=Timing.NOW, lasts="until it is enabled, and the cluster started",
         source=f"{_KMS}/enabling-keys.html"),
    Harmless(_KEY, ("is_enabled",), "The key works.", when=unexamined),
    Rule(_KEY, "enable_key_rotation", turned_off, Danger.PROTECTION_LOSS,
         "The key's material is no longer changed every year.", source=f"{_KMS}/rotate-keys.html"),
    Harmless(_KEY, ("enable_key_rotation", "rotation_period_in_days"),
             "Rotation keeps the old material: all stays readable.", when=unexamined),
    Rule(_KEY, "deletion_window_in_days", lowered, Danger.PROTECTION_LOSS,
         "A deleted key can be rescued for {after} days only, not {before}.",
         source=f"{_KMS}/deleting-keys.html"),
    Harmless(_KEY, ("deletion_window_in_days",), "A deleted key can be rescued for longer.", when=unexamined),
    Rule(_KEY, "bypass_policy_lockout_safety_check", always, Danger.PROTECTION_LOSS,
         "A policy that locks everyone out of the key is no longer refused.",
         source=f"{_KMS}/key-policy-default.html"),
    Harmless(_KEY, ("description", "arn", "key_id"), "A description, and what KMS reports.", when=unexamined),
    Harmless(_ALIAS, (CREATED,), "A name for a key.", when=unexamined),
    Harmless(_ALIAS, (DESTROYED,), "A name only: AWS keeps using the key by its id.", when=unexamined),
    Replaces(_ALIAS, ("name", "name_prefix")),
    Harmless(_ALIAS, ("target_key_id", "target_key_arn", "arn"),
             "What is encrypted names its key by ARN, not by this alias.", when=unexamined),
    Harmless(_SECRET, (CREATED,), "Nothing reads it yet.", when=unexamined),
    Judged(_SECRET, (DESTROYED,), by=secrets_go),
    Judged(_SECRET, ("policy",), by=policy_findings),
    Replaces(_SECRET, ("name", "name_prefix")),
    Rule(_SECRET, "kms_key_id", always, Danger.REPLICATION_STOP,
         "The secret's next version is encrypted with {after}; who reads it, DMS's role among "
         "them, must be allowed to decrypt with that key.", timing=Timing.NOW,
         source=f"{_SECRETS}/security-encryption.html"),
    Rule(_SECRET, "recovery_window_in_days", lowered, Danger.PROTECTION_LOSS,
         "Once deleted, the secret can be restored for {after} days, not {before}.",
         source=f"{_SECRETS}/manage_delete-secret.html"),
    Harmless(_SECRET, ("recovery_window_in_days",), "Once deleted, it can be restored for longer.", when=unexamined),
    Rule(_SECRET, "replica", always, Danger.WIDER_ACCESS,
         "The secret is copied to other regions, or no longer: {after} in place of {before}.",
         source=f"{_SECRETS}/create-manage-multi-region-secrets.html"),
    Harmless(_SECRET, ("description", "force_overwrite_replica_secret", "arn"),
             "A description, and what Secrets Manager reports.", when=unexamined),
    Harmless(_VERSION, (CREATED,), "A value is written; nobody sees it, here or in the state.", when=unexamined),
    Rule(_VERSION, DESTROYED, always, Danger.REPLICATION_STOP,
         "The secret loses this value; where none is left, DMS cannot sign in.", timing=Timing.NOW,
         lasts="until a value is written", source=f"{_SECRETS}/getting-started.html"),
    Harmless(_VERSION, (REPLACED,), "A rotation: the new value takes the old one's place at once.", when=unexamined),
    Replaces(_VERSION, ("secret_id",)),
    Harmless(_VERSION, ("secret_string_wo", "secret_string_wo_version", "secret_string",
             "secret_binary"), "A rotation: readers get the new value at their next connection.", when=unexamined),
    Rule(_VERSION, "version_stages", removed, Danger.REPLICATION_STOP,
         "Readers of AWSCURRENT get another value.", source=f"{_SECRETS}/getting-started.html"),
    Harmless(_VERSION, ("version_stages", "arn", "has_secret_string_wo", "version_id"),
             "Secrets Manager reports it.", when=unexamined),
    Harmless(_ROLE, (CREATED,), "Its trust and its policies are judged.", when=always),
    Rule(_ROLE, DESTROYED, always, Danger.REPLICATION_STOP,
         "What acts in this role (DMS, flow logs, monitoring) cannot any more.", timing=Timing.NOW,
         lasts="for good, or until the new role is known everywhere",
         source=f"{_IAM}/id_roles.html"),
    Judged(_ROLE, ("assume_role_policy", "inline_policy"), by=policy_findings),
    Judged(_ROLE, ("managed_policy_arns",), by=attachment_findings),
    Replaces(_ROLE, ("name", "name_prefix", "path")),
    Rule(_ROLE, "permissions_boundary", always, Danger.WIDER_ACCESS,
         "Another boundary holds the role: {after} in place of {before}.",
         source=f"{_IAM}/access_policies_boundaries.html"),
    Harmless(_ROLE, ("max_session_duration", "force_detach_policies", "description", "arn",
             "create_date", "unique_id"), "It gives no permission.", when=unexamined),
    Harmless(_ROLE_POLICY, (CREATED,), "What it says is judged.", when=always),
    Harmless(_ROLE_POLICY, (REPLACED,), "What the policy no longer says is judged.", when=always),
    Judged(_ROLE_POLICY, (DESTROYED, "policy"), by=policy_findings),
    Replaces(_ROLE_POLICY, ("name", "name_prefix", "role")),
    Judged(_ATTACHMENT, (CREATED, DESTROYED), by=attachment_findings),
    Harmless(_ATTACHMENT, ("policy_arn", "role"), "What it allows, and to whom, is judged.",
             when=always, on=MADE),
    Replaces(_ATTACHMENT, ("policy_arn", "role")),
)
