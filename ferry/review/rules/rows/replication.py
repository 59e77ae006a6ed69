"""DMS: the replication instance, its endpoints and its tasks."""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.aurora import ENGINE
from facts.dms import SSL_MODES
from facts.ends import DMS_VERSION
from facts.instance_classes import DMS_CLASS
from facts.windows import is_weekly
from ferry.review.plan.plan import Action
from ferry.review.rules.combined.ending import (
    WITH_THE_DATABASE,
    WITH_THE_MIGRATION,
    database_ends,
    goes_with_the_migration,
    is_needed,
    is_still_carried,
    migration_ends,
    migration_goes_on,
)
from ferry.review.rules.combined.endpoints import endpoint_changes
from ferry.review.rules.combined.group_subnets import may_lose_its_place
from ferry.review.rules.combined.subnets import out_of_reach
from ferry.review.rules.combined.tasks import task_changes
from ferry.review.rules.combined.weaker import bears_its_name
from ferry.review.rules.conditions import (
    all_of,
    always,
    any_of,
    becomes_one,
    between,
    goes_down_in,
    left_out,
    looked_up,
    lowered,
    matches,
    one_of,
    raised,
    refers_to,
    turned_off,
    turned_on,
    version_goes_down,
    version_goes_up,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.row import (
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

if TYPE_CHECKING:
    from ferry.review.plan.plan import Change

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

_IDENTIFIER: Final = "[A-Za-z][A-Za-z0-9-]{0,254}"
_ZONE: Final = "[a-z]{2}(-[a-z]+){1,3}-[0-9][a-z]"
_DATABASE: Final = "[A-Za-z_][A-Za-z0-9_$-]{0,62}"

_POSTGRESQL: Final = ("postgres", ENGINE)
_window: Final = becomes_one(lambda after: isinstance(after, str) and is_weekly(after.lower()))
_OFF: Final = one_of(False, None)  # noqa: FBT003 - a value

_PAUSE: Final = "minutes; the tasks go on by themselves where they were"



def is_for_postgresql(change: Change, _attribute: str) -> bool:
    """An endpoint is for PostgreSQL, so that the provider sends no other engine's settings."""
    return change.after.get("engine_name") in _POSTGRESQL


ROWS: Final[tuple[Row, ...]] = (
    # The replication instance
    Harmless(_INSTANCE, (CREATED,), "No task runs on it yet.", when=always),
    Rule(_INSTANCE, DESTROYED, migration_ends, Danger.IRREVERSIBLE,
         "The migration ends: DMS leaves the file, and the replication instance goes with its "
         "tasks, their positions and the endpoints. What has not reached Aurora by then never does; "
         "another migration begins with the full load.", timing=Timing.NOW, lasts="for good",
         remedy="Approve it only when the applications use Aurora and nobody needs the way back. "
         "Look at the source afterwards for slots that keep its WAL: pg_replication_slots.",
         source=f"{_API}/API_DeleteReplicationInstance.html"),
    Rule(_INSTANCE, DESTROYED, migration_goes_on, Danger.REPLICATION_LOSS,
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
    Harmless(_INSTANCE, ("replication_instance_id",), "The name of a new instance.",
             when=matches(_IDENTIFIER), on=MADE),
    Harmless(_INSTANCE, ("availability_zone",), "AWS chooses the zone, or it is one of a region's.",
             when=any_of(left_out, matches(_ZONE)), on=MADE),
    Harmless(_INSTANCE, ("kms_key_arn",), "Our own key.", when=refers_to("aws_kms_key"), on=MADE),
    Harmless(_INSTANCE, ("replication_subnet_group_id",), "Our own subnets.",
             when=refers_to("aws_dms_replication_subnet_group"), on=MADE),
    Rule(_INSTANCE, "replication_instance_class", always, Danger.REPLICATION_STOP,
         "The instance is stopped and started as {after}, no longer {before}: its tasks pause.",
         timing=Timing.AS_SET, lasts=_PAUSE, source=_MODIFY),
    Harmless(_INSTANCE, ("replication_instance_class",), "No task runs on it yet.",
             when=matches(DMS_CLASS.pattern), on=MADE),
    Rule(_INSTANCE, "engine_version", version_goes_down, Danger.REFUSED,
         "DMS cannot go back from {before} to {after}.", source=_VERSIONS,
         remedy="Make another replication instance of that version, or state the one that runs."),
    Rule(_INSTANCE, "engine_version", version_goes_up, Danger.REPLICATION_STOP,
         "DMS is upgraded from {before} to {after}: its tasks pause. There is no way back.",
         timing=Timing.AS_SET, lasts=_PAUSE, source=_VERSIONS,
         remedy="Stop the tasks before, resume them after."),
    Harmless(_INSTANCE, ("engine_version",), "No task runs on it yet.",
             when=any_of(matches(DMS_VERSION.pattern), left_out), on=MADE),
    Rule(_INSTANCE, "allocated_storage", lowered, Danger.REFUSED,
         "Storage can grow only: DMS refuses {after} GiB where {before} GiB are.", source=_MODIFY),
    Rule(_INSTANCE, "allocated_storage", raised, Danger.REPLICATION_STOP,
         "Storage grows from {before} to {after} GiB; the tasks may pause, and it cannot be "
         "changed again for six hours.", timing=Timing.AS_SET, lasts=_PAUSE, source=_MODIFY),
    Harmless(_INSTANCE, ("allocated_storage",), "Storage of a new instance.",
             when=any_of(between(5, 6144), left_out), on=MADE),
    Rule(_INSTANCE, "multi_az", turned_off, Danger.REPLICATION_STOP,
         "There is no standby any more: when the instance or its zone fails, the tasks stop.",
         timing=Timing.AS_SET, lasts="until there is one again", source=_MODIFY),
    Harmless(_INSTANCE, ("multi_az",), "A standby is added beside the instance.", when=turned_on),
    Harmless(_INSTANCE, ("multi_az",), "Nothing relies on a standby yet.",
             when=any_of(_OFF, left_out), on=MADE),
    Rule(_INSTANCE, "vpc_security_group_ids", always, Danger.WIDER_ACCESS,
         "Other security groups say what DMS reaches: {after} in place of {before}.",
         timing=Timing.NOW, source=_MODIFY),
    Harmless(_INSTANCE, ("vpc_security_group_ids",), "Our own security groups.",
             when=refers_to("aws_security_group"), on=MADE),
    Rule(_INSTANCE, "network_type", always, Danger.REPLICATION_STOP,
         "The instance's addresses change from {before} to {after}.", timing=Timing.AS_SET,
         lasts=_PAUSE, source=_MODIFY),
    Harmless(_INSTANCE, ("network_type",), "DMS's default: IPv4 addresses.",
             when=any_of(one_of("IPV4"), left_out), on=MADE),
    Rule(_INSTANCE, "publicly_accessible", turned_on, Danger.PUBLIC_REACH,
         "The replication instance gets a public address.", on=HOWEVER_MADE,
         source=f"{_GUIDE}/CHAP_ReplicationInstance.VPC.html"),
    Harmless(_INSTANCE, ("publicly_accessible",), "It has no public address.",
             when=_OFF, on=MADE),
    Rule(_INSTANCE, "auto_minor_version_upgrade", turned_on, Danger.REPLICATION_STOP,
         "AWS upgrades DMS in the window, behind Terraform's back; the next plan asks for a "
         "downgrade, which DMS refuses.", on=HOWEVER_MADE, source=_VERSIONS),
    Harmless(_INSTANCE, ("auto_minor_version_upgrade",), "The version changes only in a plan.",
             when=_OFF),
    Harmless(_INSTANCE, ("allow_major_version_upgrade",),
             "It is sent along with an upgrade, which is judged.", when=always),
    Rule(_INSTANCE, "apply_immediately", turned_on, Danger.REPLICATION_STOP,
         "All that waits for the maintenance window is done at once; a plan does not show what "
         "waits.", timing=Timing.NOW, lasts="not known", source=_MODIFY,
         remedy="See what waits: PendingModifiedValues of aws dms describe-replication-instances."),
    Harmless(_INSTANCE, ("apply_immediately",), "Changes wait for the maintenance window.",
             when=_OFF),
    Harmless(_INSTANCE, ("apply_immediately",), "For a new instance nothing waits.", when=always,
             on=MADE),
    Rule(_INSTANCE, "preferred_maintenance_window", always, Danger.REPLICATION_STOP,
         "What waits for the window is done in {after}; a window that has begun is begun at once.",
         timing=Timing.NOW, lasts="not known", source=_MODIFY),
    Harmless(_INSTANCE, ("preferred_maintenance_window",), "For a new instance nothing waits.",
             when=any_of(_window, left_out), on=MADE),
    Reported(_INSTANCE, ("replication_instance_arn", "replication_instance_private_ips",
             "replication_instance_public_ips")),
    # Its subnets
    Harmless(_SUBNETS, (CREATED,), "Nothing uses it yet.", when=always),
    Harmless(_SUBNETS, (DESTROYED,), WITH_THE_MIGRATION, when=goes_with_the_migration),
    Rule(_SUBNETS, DESTROYED, is_needed, Danger.REFUSED,
         "DMS does not delete a subnet group in which an instance stands.",
         source=f"{_API}/API_DeleteReplicationSubnetGroup.html",
         remedy="Look whether the instance goes too."),
    Replaces(_SUBNETS, ("replication_subnet_group_id",)),
    Harmless(_SUBNETS, ("replication_subnet_group_id",), "The name of a group that nothing uses yet.",
             when=always, on=MADE),
    Rule(_SUBNETS, "subnet_ids", may_lose_its_place, Danger.REFUSED,
         "DMS refuses to take away a subnet in which the instance stands, or may stand, and all but "
         "one zone.",
         source=f"{_API}/API_ModifyReplicationSubnetGroup.html"),
    Harmless(_SUBNETS, ("subnet_ids",), "Nothing stands in it yet; who reaches what will is judged.",
             when=looked_up("aws_subnet"), on=frozenset({Action.CREATE})),
    Harmless(_SUBNETS, ("subnet_ids",), "The instance stays where it is, and has more room.",
             when=all_of(refers_to("aws_subnet"), out_of_reach)),
    Harmless(_SUBNETS, ("replication_subnet_group_description",), "A description.", when=always),
    Reported(_SUBNETS, ("replication_subnet_group_arn", "vpc_id")),
    # Endpoints
    Harmless(_ENDPOINT, (CREATED,), "No task uses it yet.", when=always),
    Harmless(_ENDPOINT, (DESTROYED,), WITH_THE_MIGRATION, when=migration_ends),
    Harmless(_ENDPOINT, (DESTROYED,), WITH_THE_DATABASE, when=database_ends),
    Rule(_ENDPOINT, DESTROYED, is_still_carried, Danger.REPLICATION_LOSS,
         "The endpoint goes: DMS refuses that while a task uses it, and a task that goes first "
         "takes its position along; a new one starts with the full load.", timing=Timing.NOW,
         lasts="until a full load is done",
         source=f"{_API}/API_DeleteEndpoint.html"),
    Replaces(_ENDPOINT, ("endpoint_id", "kms_key_arn")),
    Harmless(_ENDPOINT, ("endpoint_id",), "The name of a new endpoint.", when=always, on=MADE),
    Harmless(_ENDPOINT, ("kms_key_arn",), "Our own key.", when=refers_to("aws_kms_key"), on=MADE),
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
    Harmless(_ENDPOINT, ("database_name",), "A database; who uses the endpoint is judged.",
             when=matches(_DATABASE), on=MADE),
    Harmless(_ENDPOINT, ("endpoint_type",), "It is read or written, as its tasks say.",
             when=one_of("source", "target"), on=MADE),
    Harmless(_ENDPOINT, ("engine_name",), "PostgreSQL.",
             when=one_of(*_POSTGRESQL), on=MADE),
    Harmless(_ENDPOINT, ("certificate_arn",), "Our own certificate, or none.",
             when=any_of(refers_to("aws_dms_certificate"), left_out), on=MADE),
    Harmless(_ENDPOINT, ("secrets_manager_access_role_arn",), "Our own role.",
             when=refers_to("aws_iam_role"), on=MADE),
    Harmless(_ENDPOINT, ("port",), "The secret says the port.", when=one_of(0), on=MADE),
    Rule(_ENDPOINT, "pause_replication_tasks", turned_on, Danger.REPLICATION_STOP,
         "Changes of the endpoint stop the tasks that use it. Whether the provider starts them "
         "again is not certain.", on=HOWEVER_MADE,
         source="https://github.com/hashicorp/terraform-provider-aws/issues/46139"),
    Harmless(_ENDPOINT, ("pause_replication_tasks",), "Changes of the endpoint stop no task.",
             when=_OFF),
    Harmless(_ENDPOINT, ("redshift_settings",), "They are not looked at for PostgreSQL.",
             when=is_for_postgresql, on=MADE),
    Reported(_ENDPOINT, ("endpoint_arn",)),
    # Tasks
    Harmless(_TASK, (CREATED,), "A new task takes nothing from those that are there.", when=always),
    Harmless(_TASK, (DESTROYED,), WITH_THE_MIGRATION, when=migration_ends),
    Rule(_TASK, DESTROYED, database_ends, Danger.IRREVERSIBLE,
         "A database is carried no more: its endpoints leave the file, and the task goes with its "
         "position. What has not reached Aurora by then never does; carrying it again begins with "
         "the full load.", timing=Timing.NOW, lasts="for good",
         remedy="Approve it only when the applications use that database in Aurora and nobody needs "
         "the way back. Look at the source afterwards for the slot that keeps its WAL: "
         "pg_replication_slots.", source=f"{_API}/API_DeleteReplicationTask.html"),
    Rule(_TASK, DESTROYED, is_still_carried, Danger.REPLICATION_LOSS,
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
    Harmless(_TASK, ("replication_task_id", "resource_identifier"), "The name of a new task.",
             when=matches(_IDENTIFIER), on=MADE),
    Rule(_TASK, "migration_type", always, Danger.REFUSED,
         "DMS does not change a task from {before} to {after}, although the plan says so.",
         source="https://github.com/hashicorp/terraform-provider-aws/issues/18450",
         remedy="Give the task another name: that makes a new one."),
    Harmless(_TASK, ("migration_type",), "It loads what is there, and follows what changes.",
             when=one_of("full-load-and-cdc"), on=MADE),
    Judged(_TASK, ("cdc_start_position", "cdc_start_time", "migration_type",
           "replication_instance_arn", "replication_task_settings", "source_endpoint_arn",
           "start_replication_task", "table_mappings", "target_endpoint_arn"), by=task_changes),
    Reported(_TASK, ("replication_task_arn", "status")),
    # Certificates
    Harmless(_CERTIFICATE, (CREATED,), "Nothing uses it yet.", when=always),
    Judged(_CERTIFICATE, (DESTROYED,), by=endpoint_changes),
    Replaces(_CERTIFICATE, ("certificate_id", "certificate_pem", "certificate_wallet")),
    Harmless(_CERTIFICATE, ("certificate_id",), "The name of a new certificate.", when=always,
             on=MADE),
    Harmless(_CERTIFICATE, ("certificate_pem",), "The certificate that its name tells; the "
             "endpoints that trust it are judged.", when=bears_its_name, on=MADE),
    Reported(_CERTIFICATE, ("certificate_arn",)),
)
