"""Edits of the key, the roles and the secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.unit.ferry.review.held.base import deployed
from tests.unit.ferry.review.held.edits import (
    ACCOUNTS,
    BLOCKED,
    NOT_SAFE,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    creates,
    deletes,
    forgets,
    policy,
    replaces,
    statements,
    trust,
    updates,
)
from tests.unit.ferry.review.held.names import (
    ALIAS,
    CLUSTER,
    DMS_ROLE,
    DMS_ROLE_POLICY,
    FLOW_LOGS_POLICY,
    KEY,
    KEY_ID,
    MASTER_SECRET,
    MASTER_VERSION,
    MONITORING_POLICY,
    MONITORING_ROLE,
    OTHER_KEY,
    SOURCE_SECRET_ARN,
    STRANGER,
    STRANGERS_KEY,
    TARGET_SECRET,
    TARGET_VERSION,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.values import Json

_USES = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
_ROOT = {"AWS": "arn:aws:iam::111122223333:root"}
_THEIRS = {"AWS": f"arn:aws:iam::{STRANGER}:root"}
_ADMIN = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def _bears(name: str, tags: dict[str, str]) -> dict[str, Any]:
    """What a resource was deployed with, beside the default tags."""
    return {"tags": tags, "tags_all": {**deployed()[name].values["tags_all"], **tags}}


def _said_apart(name: str, type_: str, why: str, /, **to: Json) -> Held:
    """A policy that is a resource of its own, of something that is there."""
    return Held(
        name=name,
        edit=(creates(f"{type_}.new", id=UNKNOWN, **to),),
        expected=SECOND_OR_BLOCKED,
        why=why,
    )


def _via(*services: str) -> dict[str, Any]:
    """The condition of UseThroughServices with these services only."""
    return {
        "Condition": {
            "StringEquals": {
                "kms:CallerAccount": "111122223333",
                "kms:ViaService": [f"{it}.eu-central-1.amazonaws.com" for it in services],
            }
        }
    }


def _key(name: str, why: str, expected: frozenset[int], /, **edit: Json) -> Held:
    """The key's policy, edited."""
    return Held(
        name=f"key-{name}",
        edit=(updates(KEY, policy=policy(KEY, **edit)),),
        expected=expected,
        why=why,
    )


_DENY = {"Sid": "Denied", "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}

KEYS: Final = (
    _key(
        "denied-to-all",
        "Nobody decrypts: the database stops with its storage.",
        BLOCKED,
        more=[_DENY],
    ),
    _key(
        "decrypt-denied",
        "Decrypting is denied to the account, so to RDS and DMS too.",
        BLOCKED,
        more=[{**_DENY, "Principal": _ROOT, "Action": "kms:Decrypt"}],
    ),
    _key(
        "denied-through-rds",
        "RDS cannot use it any more.",
        BLOCKED,
        more=[
            {
                **_DENY,
                "Condition": {"StringEquals": {"kms:ViaService": "rds.eu-central-1.amazonaws.com"}},
            }
        ],
    ),
    _key(
        "denied-by-exception",
        "A Deny with NotPrincipal denies everybody else.",
        BLOCKED,
        more=[
            {
                "Effect": "Deny",
                "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:user/jo"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    ),
    _key(
        "use-taken",
        "Services keep what their grants give them, and get no more: no snapshot, no new instance, no secret.",
        SECOND_OR_BLOCKED,
        without=["UseThroughServices"],
    ),
    _key(
        "rds-taken",
        "Aurora may not use its key.",
        SECOND_OR_BLOCKED,
        UseThroughServices=_via("dms", "secretsmanager", "logs"),
    ),
    _key(
        "dms-taken",
        "The replication instance may not use its storage's key.",
        SECOND_OR_BLOCKED,
        UseThroughServices=_via("rds", "secretsmanager", "logs"),
    ),
    _key(
        "secrets-taken",
        "No secret can be read: DMS cannot sign in.",
        SECOND_OR_BLOCKED,
        UseThroughServices=_via("rds", "dms", "logs"),
    ),
    _key(
        "decrypt-taken",
        "What is encrypted stays so.",
        SECOND_OR_BLOCKED,
        UseThroughServices={"Action": ["kms:Encrypt", "kms:DescribeKey"]},
    ),
    _key(
        "caller-account-another",
        "The condition holds for no caller of this account.",
        SECOND_OR_BLOCKED,
        UseThroughServices={"Condition": {"StringEquals": {"kms:CallerAccount": STRANGER}}},
    ),
    _key(
        "grants-taken",
        "RDS and DMS use the key by grants: none for new instances, or after a restart.",
        SECOND_OR_BLOCKED,
        without=["GrantsToServices"],
    ),
    _key(
        "logs-taken",
        "CloudWatch Logs takes no line and shows none.",
        SECOND_OR_BLOCKED,
        without=["LogGroups"],
    ),
    _key(
        "alarms-taken",
        "Alarms cannot publish to the encrypted topic: nobody hears of them.",
        SECOND_OR_BLOCKED,
        without=["CloudWatchAlarms"],
    ),
    _key(
        "rds-events-taken",
        "RDS's events no longer reach the topic.",
        SECOND_OR_BLOCKED,
        without=["RdsEvents"],
    ),
    _key(
        "dms-events-taken",
        "DMS's events no longer reach the topic.",
        SECOND_OR_BLOCKED,
        without=["DmsEvents"],
    ),
    _key(
        "administration-taken",
        "Nobody can change the key's policy again, but AWS's support.",
        SECOND_OR_BLOCKED,
        without=["Administration"],
    ),
    _key(
        "opened-to-an-account",
        "Another account decrypts what this one keeps.",
        SECOND_OR_BLOCKED,
        more=[{"Effect": "Allow", "Principal": _THEIRS, "Action": list(_USES), "Resource": "*"}],
    ),
    _key(
        "opened-to-all",
        "Everybody's account may use the key.",
        SECOND_OR_BLOCKED,
        more=[{"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}],
    ),
    _key(
        "grants-to-an-account",
        "They may grant it to whom they like.",
        SECOND_OR_BLOCKED,
        more=[
            {"Effect": "Allow", "Principal": _THEIRS, "Action": "kms:CreateGrant", "Resource": "*"}
        ],
    ),
    _key(
        "condition-dropped",
        "Use no longer goes through the services only: whoever IAM lets decrypts directly.",
        SECOND_OR_BLOCKED,
        UseThroughServices={"Condition": {}},
    ),
    Held(
        name="key-policy-not-known-yet",
        edit=(updates(KEY, policy=UNKNOWN),),
        expected=NOT_SAFE,
        why="Any policy may come of it.",
    ),
    Held(
        name="key-lockout-check-bypassed",
        edit=(updates(KEY, bypass_policy_lockout_safety_check=True),),
        expected=SECOND_OR_BLOCKED,
        why="A policy that locks everybody out will now be taken.",
    ),
    Held(
        name="key-disabled",
        edit=(updates(KEY, is_enabled=False),),
        expected=BLOCKED,
        why="Aurora stops within hours, secrets at once.",
    ),
    Held(
        name="key-enabled-not-known-yet",
        edit=(updates(KEY, is_enabled=UNKNOWN),),
        expected=NOT_SAFE,
        why="It may be false.",
    ),
    Held(
        name="key-not-rotated",
        edit=(updates(KEY, enable_key_rotation=False),),
        expected=SECOND_OR_BLOCKED,
        why="A protection less.",
    ),
    Held(
        name="key-shorter-window-after-an-import",
        edit=(updates(KEY, was={"deletion_window_in_days": None}, deletion_window_in_days=7),),
        expected=SECOND_OR_BLOCKED,
        why="Unset is AWS's default of 30 days.",
    ),
    Held(
        name="key-shorter-window",
        edit=(updates(KEY, was={"deletion_window_in_days": 30}, deletion_window_in_days=7),),
        expected=SECOND_OR_BLOCKED,
        why="A deleted key, and all data with it, can be had back for a week only.",
    ),
    Held(
        name="key-deleted",
        edit=(deletes(KEY),),
        expected=BLOCKED,
        why="All that it encrypts is lost.",
    ),
    Held(
        name="key-made-anew",
        edit=(replaces(KEY, multi_region=True),),
        expected=BLOCKED,
        why="The old key goes, and with it what it encrypts.",
    ),
    Held(
        name="key-forgotten",
        edit=(forgets(KEY),),
        expected=NOT_SAFE,
        why="Nobody's file keeps its policy any more.",
    ),
    Held(
        name="deposed-key",
        edit=(deletes(KEY, beside={"deposed": "0badc0de"}),),
        expected=SECOND_OR_BLOCKED,
        why="Snapshots and logs of before may still be encrypted with it.",
    ),
    Held(
        name="alias-of-another-key",
        edit=(updates(ALIAS, target_key_id=OTHER_KEY),),
        expected=SECOND_OR_BLOCKED,
        why="Whoever names the alias now encrypts with another key.",
    ),
    Held(
        name="alias-destroyed",
        edit=(deletes(ALIAS),),
        expected=SECOND_OR_BLOCKED,
        why="Whoever names the key by it no longer finds it.",
    ),
    Held(
        name="alias-renamed",
        edit=(replaces(ALIAS, name="alias/other"),),
        expected=SECOND_OR_BLOCKED,
        why="Whoever names the key by it no longer finds it.",
    ),
    Held(
        name="tag-of-the-backup-plan-removed",
        edit=(updates(CLUSTER, was=_bears(CLUSTER, {"backup-plan": "daily"}), tags={}),),
        expected=SECOND_OR_BLOCKED,
        why="AWS Backup selects by tags: the cluster is in no plan any more.",
    ),
    Held(
        name="tag-of-the-backup-plan-changed",
        edit=(updates(CLUSTER, was=_bears(CLUSTER, {"Backup": "daily"}), tags={"Backup": "none"}),),
        expected=SECOND_OR_BLOCKED,
        why="AWS Backup selects by tags: it is another plan, or none.",
    ),
    Held(
        name="tag-of-the-scheduler-added",
        edit=(updates(CLUSTER, tags={"Name": "aurora-ferry-staging", "Schedule": "office"}),),
        expected=SECOND_OR_BLOCKED,
        why="AWS's Instance Scheduler stops clusters that bear it.",
    ),
    Held(
        name="tag-of-the-secrets-backup-removed",
        edit=(updates(TARGET_SECRET, was=_bears(TARGET_SECRET, {"aws-backup": "yes"}), tags={}),),
        expected=SECOND_OR_BLOCKED,
        why="Whoever selects by it no longer finds the secret.",
    ),
    _said_apart(
        "keys-policy-for-an-account",
        "aws_kms_key_policy",
        "Another account decrypts.",
        key_id=KEY_ID,
        policy=policy(KEY, more=[{**_ADMIN, "Action": "kms:Decrypt", "Principal": _THEIRS}]),
    ),
    _said_apart(
        "keys-policy-of-the-account-alone",
        "aws_kms_key_policy",
        "Alarms and logs may no longer use the key.",
        key_id=KEY_ID,
        policy=statements({**_ADMIN, "Action": "kms:*", "Principal": _ROOT}),
    ),
    _said_apart(
        "policy-of-another-key",
        "aws_kms_key_policy",
        "Which rights it takes nobody sees.",
        key_id=OTHER_KEY,
        policy=policy(KEY),
    ),
    _said_apart(
        "secrets-policy-for-everyone",
        "aws_secretsmanager_secret_policy",
        "Everyone reads the password.",
        secret_arn=str(deployed()[TARGET_SECRET].values["arn"]),
        policy=statements({**_ADMIN, "Action": "secretsmanager:GetSecretValue", "Principal": "*"}),
    ),
    _said_apart(
        "secrets-policy-for-a-stranger",
        "aws_secretsmanager_secret_policy",
        "Another account reads the password.",
        secret_arn=str(deployed()[TARGET_SECRET].values["arn"]),
        policy=statements(
            {**_ADMIN, "Action": "secretsmanager:GetSecretValue", "Principal": _THEIRS}
        ),
    ),
    _said_apart(
        "secrets-policy-that-denies",
        "aws_secretsmanager_secret_policy",
        "DMS can no longer read the password.",
        secret_arn=str(deployed()[TARGET_SECRET].values["arn"]),
        policy=statements(
            {
                "Effect": "Deny",
                "Action": "secretsmanager:*",
                "Resource": "*",
                "Principal": "*",
            }
        ),
    ),
    Held(
        name="grant-to-an-account",
        edit=(
            creates(
                "aws_kms_grant.theirs",
                key_id=KEY_ID,
                grantee_principal=f"arn:aws:iam::{STRANGER}:role/reader",
                operations=["Decrypt", "CreateGrant"],
            ),
        ),
        expected=NOT_SAFE,
        why="Another account's role decrypts.",
    ),
)


def _reads(name: str, why: str, /, **edit: Json) -> Held:
    """What DMS's role may, edited."""
    return Held(
        name=f"role-{name}",
        edit=(updates(DMS_ROLE_POLICY, policy=policy(DMS_ROLE_POLICY, **edit)),),
        expected=SECOND_OR_BLOCKED,
        why=why,
    )


def _trusts(name: str, why: str, /, **changed: Json) -> Held:
    """Whom DMS's role trusts, edited."""
    return Held(
        name=f"trust-{name}",
        edit=(updates(DMS_ROLE, assume_role_policy=trust(DMS_ROLE, **changed)),),
        expected=SECOND_OR_BLOCKED,
        why=why,
    )


_READS: Final = {
    "name": "read-secrets",
    "policy": deployed()[DMS_ROLE_POLICY].values["policy"],
}


def _keeps_alone() -> Iterator[Held]:
    """Blocks of a role, beside its policy that is a resource of its own."""
    other = {**_READS, "name": "other"}
    for name, edit, why in (
        (
            "an-empty-block",
            (updates(DMS_ROLE, inline_policy=[{"name": "", "policy": ""}]),),
            "Every inline policy of the role is deleted.",
        ),
        (
            "an-empty-block-of-nulls",
            (updates(DMS_ROLE, inline_policy=[{"name": None, "policy": None}]),),
            "Every inline policy of the role is deleted.",
        ),
        (
            "no-block-any-more",
            (updates(DMS_ROLE, was={"inline_policy": [_READS]}, inline_policy=[]),),
            "It is the policy that is a resource too.",
        ),
        (
            "a-block-of-another-name",
            (updates(DMS_ROLE, inline_policy=[other]),),
            "The policy that is a resource is not among the blocks, and is deleted.",
        ),
        (
            "a-block-of-the-same-name",
            # Where the role shows the policy already, Terraform changes nothing for such a block.
            (updates(DMS_ROLE, was={"inline_policy": []}, inline_policy=[_READS]),),
            "One policy under two addresses.",
        ),
        (
            "an-empty-block-and-no-policy-of-the-plan",
            (updates(MONITORING_ROLE, inline_policy=[{"name": "", "policy": ""}]),),
            "Somebody else's policies of the role are deleted.",
        ),
        (
            "a-new-role-s-block",
            (
                creates("aws_iam_role.n", like=DMS_ROLE, name="n", inline_policy=[other]),
                creates("aws_iam_role_policy.n", like=DMS_ROLE_POLICY, name="b", role="n"),
            ),
            "The next plan deletes the policy that is a resource.",
        ),
        (
            "managed-policies",
            (
                updates(
                    MONITORING_ROLE,
                    managed_policy_arns=[
                        "arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole"
                    ],
                ),
            ),
            "What is attached by a resource is detached.",
        ),
    ):
        yield Held(name=f"role-keeps-{name}", edit=edit, expected=SECOND_OR_BLOCKED, why=why)


ROLES: Final = (
    _trusts(
        "everybody",
        "Everybody may read the database's passwords.",
        Principal={"AWS": "*"},
        Condition=None,
    ),
    _trusts("an-account", "Another account may read them.", Principal=_THEIRS, Condition=None),
    _trusts(
        "own-account",
        "Whoever may assume roles here may read the passwords.",
        Principal=_ROOT,
        Condition=None,
    ),
    _trusts("no-source-account", "DMS may be talked into it by another account.", Condition=None),
    _trusts(
        "another-region",
        "DMS here cannot assume it: no task signs in.",
        Principal={"Service": "dms.eu-west-1.amazonaws.com"},
    ),
    _trusts(
        "another-source-account",
        "DMS acts for this account, and is no longer let in.",
        Condition={"StringEquals": {"aws:SourceAccount": STRANGER}},
    ),
    _trusts("denied", "Nobody can assume it.", Effect="Deny"),
    _trusts(
        "one-more-condition",
        "Whatever has no such source ARN is no longer let in.",
        Condition={
            "StringEquals": {"aws:SourceAccount": "111122223333"},
            "ArnLike": {"aws:SourceArn": "arn:aws:dms:eu-central-1:111122223333:task:NONE"},
        },
    ),
    _trusts(
        "federated",
        "Anybody whom the identity provider signs in may.",
        Principal={"Federated": "arn:aws:iam::111122223333:saml-provider/office"},
        Action="sts:AssumeRoleWithSAML",
        Condition=None,
    ),
    Held(
        name="trust-not-known-yet",
        edit=(updates(DMS_ROLE, assume_role_policy=UNKNOWN),),
        expected=NOT_SAFE,
        why="It may trust anybody, or nobody.",
    ),
    _reads("secrets-taken", "DMS cannot sign in anywhere.", without=["ReadSecrets"]),
    _reads("decrypt-taken", "DMS gets the secret's ciphertext only.", without=["DecryptSecrets"]),
    _reads(
        "one-secret-only",
        "The target's secret is no longer read.",
        ReadSecrets={"Resource": [SOURCE_SECRET_ARN]},
    ),
    _reads(
        "describe-only",
        "Describing a secret does not read it.",
        ReadSecrets={"Action": ["secretsmanager:DescribeSecret"]},
    ),
    _reads(
        "denied",
        "A Deny wins.",
        more=[{"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"}],
    ),
    _reads(
        "denied-but-for",
        "Everything but describing is denied.",
        more=[{"Effect": "Deny", "NotAction": "secretsmanager:DescribeSecret", "Resource": "*"}],
    ),
    _reads(
        "on-a-condition",
        "From no address of DMS's is the secret read.",
        ReadSecrets={"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.1/32"}}},
    ),
    _reads("admin", "DMS's role may do everything.", more=[_ADMIN]),
    _reads(
        "all-but-iam",
        "NotAction allows whatever it does not name.",
        more=[{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
    ),
    _reads(
        "all-but-one",
        "NotResource allows whatever it does not name.",
        more=[
            {
                "Effect": "Allow",
                "Action": "secretsmanager:GetSecretValue",
                "NotResource": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:x",
            }
        ],
    ),
    _reads("every-secret", "It reads every secret of the account.", ReadSecrets={"Resource": "*"}),
    _reads(
        "passes-roles",
        "Whoever has this role can hand itself any other.",
        more=[{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}],
    ),
    _reads(
        "star-in-the-action",
        "`s*:Get*` is every Get of every service with an s.",
        more=[{"Effect": "Allow", "Action": "s*:Get*", "Resource": "*"}],
    ),
    Held(
        name="role-policy-not-known-yet",
        edit=(updates(DMS_ROLE_POLICY, policy=UNKNOWN),),
        expected=NOT_SAFE,
        why="It may allow everything, or nothing.",
    ),
    Held(
        name="role-policy-deleted",
        edit=(deletes(DMS_ROLE_POLICY),),
        expected=SECOND_OR_BLOCKED,
        why="The role may do nothing: DMS cannot sign in.",
    ),
    Held(
        name="role-policy-of-another-role",
        edit=(replaces(DMS_ROLE_POLICY, role="aurora-ferry-staging-flow-logs"),),
        expected=SECOND_OR_BLOCKED,
        why="DMS's role loses it, and another one can read the passwords.",
    ),
    Held(
        name="role-deleted",
        edit=(deletes(DMS_ROLE),),
        expected=SECOND_OR_BLOCKED,
        why="DMS cannot sign in.",
    ),
    Held(
        name="role-renamed",
        edit=(replaces(DMS_ROLE, name="dms-reads-secrets"),),
        expected=SECOND_OR_BLOCKED,
        why="The endpoints hold the old one's ARN.",
    ),
    Held(
        name="role-without-boundary",
        edit=(
            updates(
                DMS_ROLE,
                was={"permissions_boundary": "arn:aws:iam::111122223333:policy/workload"},
                permissions_boundary="",
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="What the boundary kept from it, it may now be given.",
    ),
    Held(
        name="role-with-another-boundary",
        edit=(
            updates(DMS_ROLE, permissions_boundary="arn:aws:iam::111122223333:policy/read-nothing"),
        ),
        expected=SECOND_OR_BLOCKED,
        why="A boundary takes away whatever it does not allow, and is not in the plan.",
    ),
    Held(
        name="role-inline-admin",
        edit=(updates(DMS_ROLE, inline_policy=[{"name": "all", "policy": statements(_ADMIN)}]),),
        expected=SECOND_OR_BLOCKED,
        why="The same as a policy of its own.",
    ),
    *_keeps_alone(),
    Held(
        name="role-managed-admin",
        edit=(
            updates(
                MONITORING_ROLE,
                managed_policy_arns=["arn:aws:iam::aws:policy/AdministratorAccess"],
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="RDS's monitoring may do everything.",
    ),
    Held(
        name="admin-attached",
        edit=(
            creates(
                "aws_iam_role_policy_attachment.admin",
                role="aurora-ferry-staging-dms-secrets",
                policy_arn="arn:aws:iam::aws:policy/AdministratorAccess",
                id=UNKNOWN,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="DMS's role may do everything.",
    ),
    Held(
        name="unknown-policy-attached",
        edit=(
            creates(
                "aws_iam_role_policy_attachment.some",
                role="aurora-ferry-staging-dms-secrets",
                policy_arn=UNKNOWN,
                id=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="Nobody knows what it allows.",
    ),
    Held(
        name="monitoring-policy-detached",
        edit=(deletes(MONITORING_POLICY),),
        expected=SECOND_OR_BLOCKED,
        why="Enhanced monitoring stops.",
    ),
    Held(
        name="flow-logs-policy-narrowed",
        edit=(
            updates(FLOW_LOGS_POLICY, policy=policy(FLOW_LOGS_POLICY, without=["WriteToTheGroup"])),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Flow logs are no longer written.",
    ),
    Held(
        name="new-role-of-an-admin",
        edit=(
            creates(
                "aws_iam_role.helper",
                name="helper",
                assume_role_policy=statements(
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "ec2.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ),
                inline_policy=[{"name": "all", "policy": statements(_ADMIN)}],
                managed_policy_arns=["arn:aws:iam::aws:policy/AdministratorAccess"],
                arn=UNKNOWN,
                id=UNKNOWN,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="A new role that may do everything is as dangerous as a changed one.",
    ),
    Held(
        name="new-role-that-trusts-all",
        edit=(
            creates(
                "aws_iam_role.open",
                name="open",
                assume_role_policy=statements(
                    {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
                ),
                arn=UNKNOWN,
                id=UNKNOWN,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Everybody may be it.",
    ),
    Held(
        name="new-role-that-trusts-an-account",
        edit=(
            creates(
                "aws_iam_role.theirs",
                name="theirs",
                assume_role_policy=statements(
                    {"Effect": "Allow", "Principal": _THEIRS, "Action": "sts:AssumeRole"}
                ),
                arn=UNKNOWN,
                id=UNKNOWN,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Another account comes in by it.",
    ),
    Held(
        name="new-user-with-a-key",
        edit=(
            creates("aws_iam_user.jo", name="jo", arn=UNKNOWN, id=UNKNOWN),
            creates("aws_iam_access_key.jo", user="jo", secret=UNKNOWN, id=UNKNOWN),
        ),
        expected=NOT_SAFE,
        why="A key that does not run out.",
    ),
    Held(
        name="account-vpc-role-deleted",
        edit=(deletes("aws_iam_role.dms-vpc-role"),),
        expected=SECOND_OR_BLOCKED,
        why="DMS no longer reaches any VPC of the account.",
        of=ACCOUNTS,
    ),
    Held(
        name="account-vpc-policy-detached",
        edit=(deletes("aws_iam_role_policy_attachment.dms-vpc-role"),),
        expected=SECOND_OR_BLOCKED,
        why="The role is there, and may do nothing.",
        of=ACCOUNTS,
    ),
    Held(
        name="account-vpc-role-trusts-another",
        edit=(
            updates(
                "aws_iam_role.dms-vpc-role",
                assume_role_policy=trust(
                    "aws_iam_role.dms-vpc-role", Principal={"Service": "ec2.amazonaws.com"}
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="DMS cannot assume it.",
        of=ACCOUNTS,
    ),
    Held(
        name="account-logs-role-of-an-admin",
        edit=(
            creates(
                "aws_iam_role_policy_attachment.admin",
                role="dms-cloudwatch-logs-role",
                policy_arn="arn:aws:iam::aws:policy/AdministratorAccess",
                id=UNKNOWN,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="DMS's role for its logs may do everything.",
        of=ACCOUNTS,
    ),
    Held(
        name="account-logs-policy-another",
        edit=(
            replaces(
                "aws_iam_role_policy_attachment.dms-cloudwatch-logs-role",
                policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess",
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="No task of the account logs any more, and the role reads everything.",
        of=ACCOUNTS,
    ),
)


def _secret_policy(*them: dict[str, Any]) -> str:
    return statements(*them)


SECRETS: Final = (
    Held(
        name="secret-read-by-an-account",
        edit=(
            updates(
                TARGET_SECRET,
                policy=_secret_policy(
                    {
                        "Effect": "Allow",
                        "Principal": _THEIRS,
                        "Action": "secretsmanager:GetSecretValue",
                        "Resource": "*",
                    }
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Another account reads the database's password.",
    ),
    Held(
        name="secret-denied",
        edit=(
            updates(
                TARGET_SECRET,
                policy=_secret_policy(
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "secretsmanager:GetSecretValue",
                        "Resource": "*",
                    }
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="DMS cannot sign in.",
    ),
    Held(
        name="secret-policy-not-known-yet",
        edit=(updates(MASTER_SECRET, policy=UNKNOWN),),
        expected=NOT_SAFE,
        why="It may let in anybody.",
    ),
    Held(
        name="secret-policy-is-new",
        edit=(
            creates(
                "aws_secretsmanager_secret_policy.open",
                secret_arn=deployed()[MASTER_SECRET].values["arn"],
                policy=_secret_policy(
                    {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "secretsmanager:GetSecretValue",
                        "Resource": "*",
                    }
                ),
                block_public_policy=False,
                id=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="Everybody reads the master's password.",
    ),
    Held(
        name="secret-in-another-region",
        edit=(
            updates(
                MASTER_SECRET,
                replica=[
                    {
                        "kms_key_id": "",
                        "last_accessed_date": UNKNOWN,
                        "region": "us-east-1",
                        "status": UNKNOWN,
                        "status_message": UNKNOWN,
                    }
                ],
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The master's password leaves the region, under that region's default key.",
    ),
    Held(
        name="secret-with-another-key",
        edit=(updates(TARGET_SECRET, kms_key_id=OTHER_KEY),),
        expected=SECOND_OR_BLOCKED,
        why="DMS's role may not decrypt with it.",
    ),
    Held(
        name="secret-with-their-key",
        edit=(updates(MASTER_SECRET, kms_key_id=STRANGERS_KEY),),
        expected=SECOND_OR_BLOCKED,
        why="Another account decides whether the password can be read.",
    ),
    Held(
        name="secret-key-not-known-yet",
        edit=(updates(TARGET_SECRET, kms_key_id=UNKNOWN),),
        expected=NOT_SAFE,
        why="DMS's role may not be allowed that key.",
    ),
    Held(
        name="secret-without-recovery-after-an-import",
        edit=(
            updates(
                MASTER_SECRET, was={"recovery_window_in_days": None}, recovery_window_in_days=0
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Unset is AWS's default of 30 days; a deleted secret is gone at once.",
    ),
    Held(
        name="secret-without-recovery",
        edit=(updates(MASTER_SECRET, recovery_window_in_days=0),),
        expected=SECOND_OR_BLOCKED,
        why="A deleted secret is gone at once.",
    ),
    Held(
        name="target-secret-deleted",
        edit=(deletes(TARGET_SECRET), deletes(TARGET_VERSION)),
        expected=SECOND_OR_BLOCKED,
        why="DMS cannot sign in to Aurora.",
    ),
    Held(
        name="master-secret-deleted",
        edit=(deletes(MASTER_SECRET), deletes(MASTER_VERSION)),
        expected=SECOND_OR_BLOCKED,
        why="Nobody knows the master's password any more.",
    ),
    Held(
        name="secret-renamed",
        edit=(
            replaces(TARGET_SECRET, name="aurora-ferry-staging/aurora"),
            replaces(TARGET_VERSION, secret_id=UNKNOWN),
        ),
        expected=SECOND_OR_BLOCKED,
        why="DMS's role and endpoint hold the old one's ARN.",
    ),
    Held(
        name="version-pending",
        edit=(updates(TARGET_VERSION, version_stages=["AWSPENDING"]),),
        expected=SECOND_OR_BLOCKED,
        why="DMS reads what is AWSCURRENT, which is now another password.",
    ),
    Held(
        name="version-of-before",
        edit=(updates(MASTER_VERSION, version_stages=["AWSPREVIOUS"]),),
        expected=SECOND_OR_BLOCKED,
        why="What is current is no longer the cluster's password.",
    ),
    Held(
        name="version-deleted",
        edit=(deletes(TARGET_VERSION),),
        expected=SECOND_OR_BLOCKED,
        why="The secret has no value.",
    ),
    Held(
        name="password-of-the-cluster-only",
        edit=(updates(CLUSTER, master_password_wo_version=1233824083),),
        expected=SECOND_OR_BLOCKED,
        why="DMS's secret holds the old one.",
    ),
    Held(
        name="password-of-the-target-secret-only",
        edit=(updates(TARGET_VERSION, secret_string_wo_version=1371083361, version_id=UNKNOWN),),
        expected=SECOND_OR_BLOCKED,
        why="The cluster holds the old one.",
    ),
    Held(
        name="password-of-the-master-secret-only",
        edit=(updates(MASTER_VERSION, secret_string_wo_version=2, version_id=UNKNOWN),),
        expected=SECOND_OR_BLOCKED,
        why="Neither the cluster nor DMS's secret follows.",
    ),
    Held(
        name="password-not-to-dms",
        edit=(
            updates(MASTER_VERSION, secret_string_wo_version=2, version_id=UNKNOWN),
            updates(CLUSTER, master_password_wo_version=UNKNOWN),
        ),
        expected=SECOND_OR_BLOCKED,
        why="DMS's secret is left with the old one.",
    ),
    Held(
        name="password-in-clear",
        edit=(
            updates(
                TARGET_VERSION,
                secret_string='{"username": "ferry_admin", "password": "hunter2"}',
                secret_string_wo_version=None,
                has_secret_string_wo=False,
                version_id=UNKNOWN,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="It is in the state from now on, and the cluster's is another.",
    ),
    Held(
        name="rotation-by-a-function",
        edit=(
            creates(
                "aws_secretsmanager_secret_rotation.target",
                secret_id=deployed()[TARGET_SECRET].values["arn"],
                rotation_lambda_arn=("arn:aws:lambda:eu-central-1:111122223333:function:rotate"),
                rotate_immediately=True,
                rotation_rules=[{"automatically_after_days": 30}],
                id=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="A function that nobody has looked at changes the password of the running task.",
    ),
)

ROWS: Final = (*KEYS, *ROLES, *SECRETS)
