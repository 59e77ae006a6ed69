"""The statuses of AWS's things: which are right, which pass by themselves, which do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Statuses:
    """What a kind of thing may be; words, separated by spaces.

    Args:
        source: The page that has them.
        right: In which it works.
        passing: Which pass by themselves, and end well.
        wrong: Which need somebody.
        remedies: What he does, where it is no matter of a deployment.
    """

    source: str
    right: str = "available"
    passing: str
    wrong: str = ""
    remedies: Mapping[str, str] = field(default_factory=dict)


GONE: Final = frozenset({"deleted", "deleting"})
"""The states, in small letters, of what EC2 shows for about an hour after it was deleted."""

_NO_KEY: Final = (
    "RDS cannot use the environment's KMS key: see that it is enabled, and that its policy still "
    "lets RDS use it."
)
_START: Final = "Start the cluster: aws rds start-db-cluster --db-cluster-identifier IDENTIFIER."
_OF_AURORA: Final = {
    "inaccessible-encryption-credentials": _NO_KEY,
    "inaccessible-encryption-credentials-recoverable": _NO_KEY,
    "stopped": _START,
    "stopping": _START,
}

CLUSTER: Final = Statuses(
    source="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Status.html",
    passing="backing-up backtracking configuring-enhanced-monitoring configuring-iam-database-auth "
    "creating failing-over maintenance migrating modifying preparing-data-migration promoting "
    "rebooting renaming resetting-master-credentials scaling-compute scaling-storage starting "
    "storage-optimization update-iam-db-auth upgrading",
    wrong="cloning-failed deleting inaccessible-encryption-credentials "
    "inaccessible-encryption-credentials-recoverable migration-failed stopped stopping",
    remedies=_OF_AURORA,
)
"""Some that pass are not on the page; Terraform's provider waits for their end:
https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/rds/consts.go
"""

CLUSTER_INSTANCE: Final = Statuses(
    source="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.DBInstance.Status.html",
    passing="backing-up backtracking configuring-enhanced-monitoring configuring-iam-database-auth "
    "configuring-log-exports converting-to-vpc creating maintenance modifying moving-to-vpc "
    "rebooting renaming "
    "resetting-master-credentials starting storage-config-upgrade storage-initialization "
    "storage-optimization upgrading",
    wrong="delete-precheck deleting failed inaccessible-encryption-credentials "
    "inaccessible-encryption-credentials-recoverable incompatible-network "
    "incompatible-option-group incompatible-parameters "
    "incompatible-restore insufficient-capacity restore-error stopped stopping storage-full",
    remedies={
        **_OF_AURORA,
        "incompatible-parameters": "A parameter has a value that the instance class cannot bear.",
        "insufficient-capacity": "AWS has no room for the class in this zone now.",
    },
)

PARAMETERS: Final = Statuses(
    source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBParameterGroupStatus.html",
    right="in-sync",
    passing="applying pending-database-upgrade",
    wrong="failed-to-apply",
)
"""Of a parameter group at an instance. `pending-reboot` is judged apart: it waits for somebody."""

REPLICATION_INSTANCE: Final = Statuses(
    source="https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationInstance.html",
    passing="creating maintenance modifying rebooting resetting-master-credentials upgrading",
    wrong="deleted deleting failed incompatible-credentials incompatible-network storage-full",
    remedies={
        "incompatible-credentials": "DMS cannot use the environment's KMS key.",
        "storage-full": "Raise dms.allocated_storage_gib in the file and deploy.",
    },
)

TASK: Final = Statuses(
    source="https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationTask.html",
    right="ready running",
    passing="creating modifying moving starting stopping testing",
    wrong="deleting",
)
"""But for those of a task that ended: whether that is right depends on how."""

EVENT_SUBSCRIPTION: Final = Statuses(
    source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_EventSubscription.html",
    right="active",
    passing="creating modifying",
    wrong="deleting no-permission topic-not-exist",
)
"""RDS's and DMS's alike."""

VPC_ENDPOINT: Final = Statuses(
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html",
    passing="pending",
    wrong="deleted deleting expired failed partial pendingAcceptance rejected",
)

NAT_GATEWAY: Final = Statuses(
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html",
    passing="pending",
)

ATTACHMENT: Final = Statuses(
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayVpcAttachment.html",
    passing="initiating initiatingRequest modifying pending",
    wrong="failed failing pendingAcceptance rejected rejecting rollingBack",
    remedies={
        "pendingAcceptance": "The gateway's owner has to accept the attachment.",
        "rejected": "The gateway's owner refused the attachment.",
        "rejecting": "The gateway's owner refused the attachment.",
    },
)

KEY: Final = Statuses(
    source="https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
    right="Enabled",
    passing="Creating Updating",
    wrong="Disabled PendingDeletion Unavailable",
    remedies={
        "Disabled": "Enable it: aws kms enable-key --key-id ARN.",
        "PendingDeletion": "Keep it: aws kms cancel-key-deletion --key-id ARN, then enable-key.",
    },
)
