"""Making and changing the replication, its key and its secrets.

DMS and KMS draw ids, so what is the environment's own is told by its tags; secrets have names.
Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsdatabasemigrationservice.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.dms import VPC_ROLE
from facts.placement import FLOW_LOGS, RDS_MONITORING
from ferry.prepare.policies.statements import Statement

if TYPE_CHECKING:
    from ferry.prepare.policies.statements import Scope

_KEY_USERS: Final = ("rds", "dms", "secretsmanager")
"""The services that use the key for whoever calls them."""


def replication(scope: Scope) -> list[Statement]:
    """DMS, the environment's key, its secrets, and handing over the roles."""
    return [
        *_dms(scope),
        *_network_interfaces(scope),
        *_key(scope),
        *_secrets(scope),
        _pass_roles(scope),
    ]


def dms_without_resource(_scope: Scope) -> list[Statement]:
    """The two changes for which DMS knows neither resource nor tag: of anybody's in the account."""
    return [
        Statement(
            sid="ModifyOfAnybody",
            actions=["dms:ModifyEventSubscription", "dms:ModifyReplicationSubnetGroup"],
        )
    ]


def _dms(scope: Scope) -> list[Statement]:
    return [
        Statement(
            sid="CreateInDms",
            actions=[
                "dms:CreateEndpoint",
                "dms:CreateEventSubscription",
                "dms:CreateReplicationInstance",
                "dms:CreateReplicationSubnetGroup",
                "dms:ImportCertificate",
            ],
            condition=scope.created,
        ),
        # With the environment's own endpoints and instance: see below.
        Statement(
            sid="CreateTasks",
            actions=["dms:CreateReplicationTask"],
            resources=scope.arns("dms", "task:*"),
            condition=scope.created,
        ),
        Statement(
            sid="TagOnCreationInDms",
            actions=["dms:AddTagsToResource"],
            resources=scope.arns("dms", "*"),
            condition=scope.created_untagged,
        ),
        Statement(
            sid="ChangeWhatIsOwnInDms",
            actions=[
                "dms:AddTagsToResource",
                "dms:CreateReplicationTask",
                "dms:DeleteCertificate",
                "dms:DeleteConnection",
                "dms:DeleteEndpoint",
                "dms:DeleteEventSubscription",
                "dms:DeleteReplicationInstance",
                "dms:DeleteReplicationSubnetGroup",
                "dms:DeleteReplicationTask",
                "dms:ModifyEndpoint",
                "dms:ModifyReplicationInstance",
                "dms:ModifyReplicationTask",
                "dms:RemoveTagsFromResource",
                "dms:StopReplicationTask",
                "dms:TestConnection",
            ],
            resources=scope.arns("dms", "*"),
            condition=scope.own,
        ),
    ]


def _network_interfaces(scope: Scope) -> list[Statement]:
    """What DMS makes in the subnets, without tags; subnets and groups are told by their own."""
    interfaces = scope.arns("ec2", "network-interface/*")
    nobodys = {"Null": {"aws:ResourceTag/project": "true"}}
    return [
        # DMS makes them with a role of its own, and where it did so for whoever calls it, AWS would
        # ask for these.
        Statement(
            sid="NetworkInterfacesOfDms",
            actions=[
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:ModifyNetworkInterfaceAttribute",
            ],
            resources=interfaces,
            condition={**nobodys, "Bool": {"aws:ViaAWSService": "true"}},
        ),
        # Terraform's provider removes those that are left over before it deletes a subnet or a
        # security group. EC2 deletes none that is in use.
        Statement(
            sid="NetworkInterfacesLeftOver",
            actions=["ec2:DeleteNetworkInterface"],
            resources=interfaces,
            condition=nobodys,
        ),
    ]


def _key(scope: Scope) -> list[Statement]:
    """Using the key, and all that is done to one which the stack makes."""
    using = Statement(
        sid="KeyThroughServices",
        actions=[
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ListGrants",
            "kms:ReEncrypt*",
            "kms:RevokeGrant",
        ],
        resources=scope.keys,
        condition=scope.through(*_KEY_USERS),
    )
    return [using] if scope.environment.aws.kms_key_arn else [*_new_key(scope), using]


def _new_key(scope: Scope) -> list[Statement]:
    keys = scope.keys
    return [
        Statement(sid="CreateKey", actions=["kms:CreateKey"], condition=scope.created),
        # A key that has neither a project nor an alias: the new one.
        Statement(
            sid="TagTheNewKey",
            actions=["kms:TagResource"],
            resources=keys,
            condition={
                **scope.created_untagged,
                "Null": {**scope.created_untagged["Null"], "kms:ResourceAliases": "true"},
            },
        ),
        Statement(
            sid="Key",
            actions=[
                "kms:CancelKeyDeletion",
                "kms:CreateAlias",
                "kms:DeleteAlias",
                "kms:DisableKeyRotation",
                "kms:EnableKey",
                "kms:EnableKeyRotation",
                "kms:PutKeyPolicy",
                "kms:ScheduleKeyDeletion",
                "kms:TagResource",
                "kms:UntagResource",
                "kms:UpdateAlias",
                "kms:UpdateKeyDescription",
            ],
            resources=keys,
            condition=scope.own,
        ),
        Statement(
            sid="Alias",
            actions=["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
            resources=scope.arns("kms", scope.names.key_alias),
        ),
    ]


def _secrets(scope: Scope) -> list[Statement]:
    return [
        Statement(
            sid="Secrets",
            actions=[
                "secretsmanager:CreateSecret",
                "secretsmanager:DeleteSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:RestoreSecret",
                "secretsmanager:TagResource",
                "secretsmanager:UntagResource",
                "secretsmanager:UpdateSecret",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            resources=scope.secrets(scope.names.master_secret, scope.names.target_secret),
        )
    ]


def _pass_roles(scope: Scope) -> Statement:
    return Statement(
        sid="PassRoles",
        actions=["iam:PassRole"],
        resources=[*scope.roles, *scope.made_roles(VPC_ROLE)],
        condition={
            "StringLike": {
                "iam:PassedToService": [
                    "dms.*",
                    RDS_MONITORING,
                    FLOW_LOGS,
                ]
            }
        },
    )
