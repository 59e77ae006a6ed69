"""What a resource has inline, and what it only shows of parts that are resources of their own.

A part, such as a rule of a security group, may be written into its parent or be a resource of its own.
A parent that leaves its attribute out shows there what AWS reports of all its parts, as it was when
Terraform last looked. Such a report says nothing of what is there after a plan: of a part that goes it
still tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.review.plan.plan import Change

_RULES: Final = {
    "ingress": ("aws_vpc_security_group_ingress_rule", "aws_security_group_rule"),
    "egress": ("aws_vpc_security_group_egress_rule", "aws_security_group_rule"),
}
_BEARERS: Final = ("aws_nat_gateway", "aws_eip_association")

PARTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "aws_default_security_group": _RULES,
    "aws_eip": {
        "association_id": _BEARERS,
        "instance": ("aws_eip_association",),
        "network_interface": _BEARERS,
        "private_dns": _BEARERS,
        "private_ip": _BEARERS,
    },
    "aws_iam_role": {
        "inline_policy": ("aws_iam_role_policy",),
        "managed_policy_arns": ("aws_iam_role_policy_attachment", "aws_iam_policy_attachment"),
    },
    "aws_internet_gateway": {"vpc_id": ("aws_internet_gateway_attachment",)},
    "aws_kms_key": {"policy": ("aws_kms_key_policy",)},
    "aws_rds_cluster": {
        "cluster_members": ("aws_rds_cluster_instance",),
        "iam_roles": ("aws_rds_cluster_role_association",),
    },
    "aws_route_table": {
        "propagating_vgws": ("aws_vpn_gateway_route_propagation",),
        "route": ("aws_route",),
    },
    "aws_secretsmanager_secret": {"policy": ("aws_secretsmanager_secret_policy",)},
    "aws_security_group": _RULES,
    "aws_sns_topic": {"policy": ("aws_sns_topic_policy",)},
    "aws_vpc_endpoint": {
        "policy": ("aws_vpc_endpoint_policy",),
        "route_table_ids": ("aws_vpc_endpoint_route_table_association",),
        "security_group_ids": ("aws_vpc_endpoint_security_group_association",),
        "subnet_ids": ("aws_vpc_endpoint_subnet_association",),
    },
}
"""Of a type, the attributes that show parts, and the types of the resources that a part may be. All are
computed in the provider's schema, and most are optional. Source: the page of each type, such as
https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/security_group"""


def is_inline(change: Change, attribute: str) -> bool | None:
    """Whether a resource's own configuration says what an attribute of PARTS holds.

    Then it is all that the resource has of it. Otherwise it shows what AWS reports. None where the
    plan's configuration does not have the resource.
    """
    if attribute not in PARTS[change.type]:
        raise KeyError(attribute)
    return None if change.references is None else attribute in change.references
