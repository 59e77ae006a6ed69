"""DMS: the replication instance, its endpoints and its tasks."""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

from typing import Final

from facts.dms import SSL_MODES
from ferry.review.rules.combined.replication import endpoint_changes, task_changes, task_starts
from ferry.review.rules.conditions import (
    always,
    goes_down_in,
    loses_items,
    lowered,
    raised,
    turned_off,
    turned_on,
    unexamined,
    version_goes_down,
    version_goes_up,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.row import (
    CREATED,
    DESTROYED,
    HOWEVER_MADE,
    REPLACED,
    Harmless,
    Judged,
    Replaces,
    Row,
    Rule,
)
from ferry.review.rules.timing import Timing

_INSTANCE: Final = "aws_dms_replication_instance"
_SUBNETS: Final = "aws_dms_replication_subnet_group"
_ENDPOINT: Final = "aws_dms_endpoint"
_TASK: Final = "aws_dms_replication_task"
_CERTIFICATE: Final = "aws_dms_certificate"

_GUIDE: Final = "https://docs.aws.amazon.com/dms/latest/userguide"
_API: Final = "https://docs.aws.amazon.com/dms/latest/APIReference"
_MODIFY: Final = f"{_API}/API_ModifyReplicationInstance.html"
_VERSIONS: Final = f"{_GUIDE}/CHAP_ReplicationInstance.EngineVersions.html"
_SSL: Final = f"{_GUIDE}/CHAP_Security.SSL.html"
_PROVIDER: Final = (
    "https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/dms/"
    "endpoint.go"
)

_PAUSE: Final = "minutes; the tasks go on by themselves where they were"

ROWS: Final[tuple[Row, ...]] = (
    Harmless(_INSTANCE, (CREATED,), "No task runs on it yet.", when=unexamined),
    Rule(_INSTANCE, DESTROYED, always, Danger.REPLICATION_LOSS,
         "The replication instance goes, and with it changes that are read and not yet applied.",
         timing=Timing.NOW, lasts="for good", source=f"{_API}/API_DeleteReplicationInstance.html"),
    Rule(_INSTANCE, REPLACED, always, Danger.REPLICATION_LOSS,
         "The replication instance is replaced, and changes that are read and not yet applied are "
         "lost. DMS deletes none that has tasks: the apply ends there, unless they go as well and "
         "the full load starts again.", timing=Timing.NOW, lasts="half an hour, and the full load",
         source=f"{_API}/API_DeleteReplicationInstance.html",
         remedy="If it is tainted and sound: terraform untaint. Otherwise take back what forces the "
         "replacement."),
    Replaces(_INSTANCE, ("availability_zone", "kms_key_arn", "publicly_accessible",
             "replication_instance_id", "replication_subnet_group_id")),
    Rule(_INSTANCE, "replication_instance_class", always, Danger.REPLICATION_STOP,
         "The instance is stopped and started as {after}, no longer {before}: its tasks pause.",
         timing=Timing.AS_SET, lasts=_PAUSE, source=_MODIFY),
    Rule(_INSTANCE, "engine_version", version_goes_down, Danger.REFUSED,
         "DMS cannot go back from {before} to {after}.", source=_VERSIONS,
         remedy="Make another replication instance of that version, or state the one that runs."),
    Rule(_INSTANCE, "engine_version", version_goes_up, Danger.REPLICATION_STOP,
         "DMS is upgraded from {before} to {after}: its tasks pause. There is no way back.",
         timing=Timing.AS_SET, lasts=_PAUSE, source=_VERSIONS,
         remedy="Stop the tasks before, resume them after."),
    Rule(_INSTANCE, "allocated_storage", lowered, Danger.REFUSED,
         "Storage can grow only: DMS refuses {after} GiB where {before} GiB are.", source=_MODIFY),
    Rule(_INSTANCE, "allocated_storage", raised, Danger.REPLICATION_STOP,
         "Storage grows from {before} to {after} GiB; the tasks may pause, and it cannot be "
         "changed again for six hours.", timing=Timing.AS_SET, lasts=_PAUSE, source=_MODIFY),
    Rule(_INSTANCE, "multi_az", turned_off, Danger.REPLICATION_STOP,
         "There is no standby any more: when the instance or its zone fails, the tasks stop.",
         timing=Timing.AS_SET, lasts=_PAUSE, source=_MODIFY),
    Harmless(_INSTANCE, ("multi_az",), "A standby is added beside the instance.", when=unexamined),
    Rule(_INSTANCE, "vpc_security_group_ids", always, Danger.WIDER_ACCESS,
         "Other security groups say what DMS reaches: {after} in place of {before}.",
         timing=Timing.NOW, source=_MODIFY),
    Rule(_INSTANCE, "network_type", always, Danger.REPLICATION_STOP,
         "The instance's addresses change from {before} to {after}.", timing=Timing.AS_SET,
         lasts=_PAUSE, source=_MODIFY),
    Rule(_INSTANCE, "publicly_accessible", turned_on, Danger.PUBLIC_REACH,
         "The replication instance gets a public address.", on=HOWEVER_MADE,
         source=f"{_GUIDE}/CHAP_ReplicationInstance.VPC.html"),
    Rule(_INSTANCE, "auto_minor_version_upgrade", turned_on, Danger.REPLICATION_STOP,
         "AWS upgrades DMS in the window, behind Terraform's back; the next plan asks for a "
         "downgrade, which DMS refuses.", on=HOWEVER_MADE, source=_VERSIONS),
    Harmless(_INSTANCE, ("auto_minor_version_upgrade",), "The version changes only in a plan.", when=unexamined),
    Harmless(_INSTANCE, ("allow_major_version_upgrade",),
             "It permits an upgrade; the upgrade itself is judged.", when=unexamined),
    Rule(_INSTANCE, "apply_immediately", turned_on, Danger.REPLICATION_STOP,
         "All that waits for the maintenance window is done at once; a plan does not show what "
         "waits.", timing=Timing.NOW, lasts="not known", source=_MODIFY,
         remedy="See what waits: PendingModifiedValues of aws dms describe-replication-instances."),
    Harmless(_INSTANCE, ("apply_immediately",), "Changes wait for the maintenance window.", when=unexamined),
    Rule(_INSTANCE, "preferred_maintenance_window", always, Danger.REPLICATION_STOP,
         "What waits for the window is done in {after}; a window that has begun is begun at once.",
         timing=Timing.NOW, lasts="not known", source=_MODIFY),
    Harmless(_INSTANCE, ("replication_instance_arn", "replication_instance_private_ips",
             "replication_instance_public_ips"), "DMS reports it; nothing is sent.", when=unexamined),
    Harmless(_SUBNETS, (CREATED,), "Nothing uses it yet.", when=unexamined),
    Rule(_SUBNETS, DESTROYED, always, Danger.REFUSED,
         "DMS does not delete a subnet group in which an instance stands.",
         source=f"{_API}/API_DeleteReplicationSubnetGroup.html",
         remedy="Look whether the instance goes too."),
    Replaces(_SUBNETS, ("replication_subnet_group_id",)),
    Rule(_SUBNETS, "subnet_ids", loses_items, Danger.REFUSED,
         "DMS refuses to take away a subnet in which the instance stands.",
         source=f"{_API}/API_ModifyReplicationSubnetGroup.html"),
    Harmless(_SUBNETS, ("subnet_ids", "replication_subnet_group_description",
             "replication_subnet_group_arn", "vpc_id"), "A description, and what DMS reports.", when=unexamined),
    Harmless(_ENDPOINT, (CREATED,), "No task uses it yet.", when=unexamined),
    Rule(_ENDPOINT, DESTROYED, always, Danger.REPLICATION_LOSS,
         "The endpoint goes. Tasks that use it go with it, and with them their positions; a new "
         "one starts with the full load.", timing=Timing.NOW, lasts="until a full load is done",
         source=f"{_API}/API_DeleteEndpoint.html"),
    Replaces(_ENDPOINT, ("endpoint_id", "kms_key_arn")),
    Rule(_ENDPOINT, "postgres_settings", always, Danger.REFUSED,
         "This version of the provider never sends changes of postgres_settings: the apply "
         "succeeds, DMS knows nothing, and the next plan shows them again.", source=_PROVIDER,
         remedy="Say it in extra_connection_attributes."),
    Rule(_ENDPOINT, "ssl_mode", goes_down_in(SSL_MODES), Danger.WIDER_ACCESS,
         "The connection is protected less: {after} in place of {before}.", timing=Timing.NOW,
         source=_SSL),
    Judged(_ENDPOINT, ("certificate_arn", "database_name", "engine_name", "endpoint_type",
           "extra_connection_attributes", "password", "port", "secrets_manager_access_role_arn",
           "secrets_manager_arn", "server_name", "service_access_role", "ssl_mode", "username"),
           by=endpoint_changes),
    Rule(_ENDPOINT, "pause_replication_tasks", turned_on, Danger.REPLICATION_STOP,
         "Changes of the endpoint stop the tasks that use it. Whether the provider starts them "
         "again is not certain.",
         source="https://github.com/hashicorp/terraform-provider-aws/issues/46139"),
    Harmless(_ENDPOINT, ("pause_replication_tasks",), "Changes of the endpoint stop no task.", when=unexamined),
    Harmless(_ENDPOINT, ("endpoint_arn", "redshift_settings"), "DMS reports it; nothing is sent.", when=unexamined),
    Judged(_TASK, (CREATED,), by=task_starts),
    Harmless(_TASK, (CREATED,), "A new task takes nothing from those that are there.", when=unexamined),
    Rule(_TASK, DESTROYED, always, Danger.REPLICATION_LOSS,
         "The task is stopped and deleted, its position with it. The replication slot may stay at "
         "the source and keep its WAL until the disk is full.", timing=Timing.NOW, lasts="for good",
         source=f"{_API}/API_DeleteReplicationTask.html",
         remedy="Look for the slot at the source afterwards: pg_replication_slots."),
    Rule(_TASK, REPLACED, always, Danger.REPLICATION_LOSS,
         "The task is replaced: its position is lost, the new one starts with the full load, and "
         "only when somebody starts it.", timing=Timing.NOW, lasts="until a full load is done",
         source=f"{_API}/API_DeleteReplicationTask.html"),
    Replaces(_TASK, ("replication_task_id", "resource_identifier", "source_endpoint_arn",
             "target_endpoint_arn")),
    Rule(_TASK, "migration_type", always, Danger.REFUSED,
         "DMS does not change a task from {before} to {after}, although the plan says so.",
         source="https://github.com/hashicorp/terraform-provider-aws/issues/18450",
         remedy="Give the task another name: that makes a new one."),
    Judged(_TASK, ("cdc_start_position", "cdc_start_time", "replication_instance_arn",
           "replication_task_settings", "start_replication_task", "table_mappings"),
           by=task_changes),
    Harmless(_TASK, ("replication_task_arn", "status"), "DMS reports it; nothing is sent.", when=unexamined),
    Harmless(_CERTIFICATE, (CREATED,), "Nothing uses it yet.", when=unexamined),
    Harmless(_CERTIFICATE, (DESTROYED,),
             "DMS deletes no certificate that an endpoint uses; what takes its place is judged at "
             "the endpoint.", when=unexamined),
    Replaces(_CERTIFICATE, ("certificate_id", "certificate_pem", "certificate_wallet")),
    Harmless(_CERTIFICATE, ("certificate_arn",), "DMS reports it; nothing is sent.", when=unexamined),
)
