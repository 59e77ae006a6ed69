"""DMS's tasks of an environment, as frozen rows. Pure; `reading` asks for them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self

from facts.dms import STOPS
from facts.ferry_schema import SCHEMA, fence
from ferry.errors import InputError
from ferry.mappings import Mappings, TableName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from types_boto3_dms.type_defs import ReplicationTaskTypeDef

    from facts.dms import AfterFullLoad
    from settings.databases import Database
    from settings.dms import Task as FileTask

_REASON: Final = "Stop Reason "


class MigrationType(StrEnum):
    """What a task does, in DMS's words."""

    LOAD = "full-load"
    LOAD_AND_CHANGES = "full-load-and-cdc"
    CHANGES = "cdc"


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How far a task's tables are, by DMS's own count.

    Args:
        loaded: Tables whose load has ended.
        loading: Tables that are being loaded.
        queued: Tables that wait for it.
        errored: Tables that are not carried any more.
    """

    loaded: int = 0
    loading: int = 0
    queued: int = 0
    errored: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What of a task's settings its start and its watching depend on.

    Args:
        preparation: What happens to the target's tables before a load, in DMS's words.
        after_full_load: What follows the full load.
        batch_apply: Whether changes are applied in batches, table by table.
        control_schema: The target's schema for DMS's own tables.
        log_stream: The stream of its log; empty where it writes none.
    """

    preparation: str = "DO_NOTHING"
    after_full_load: AfterFullLoad = "continue"
    batch_apply: bool = False
    control_schema: str = "public"
    log_stream: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read DMS's JSON."""
        document: dict[str, dict[str, Any]] = json.loads(text)
        load = document.get("FullLoadSettings", {})
        return cls(
            preparation=load.get("TargetTablePrepMode", "DO_NOTHING"),
            after_full_load=next((STOPS[it] for it in STOPS if load.get(it)), "continue"),
            batch_apply=bool(document.get("TargetMetadata", {}).get("BatchApplyEnabled")),
            control_schema=document.get("ControlTablesSettings", {}).get("ControlSchema")
            or "public",
            log_stream=document.get("Logging", {}).get("CloudWatchLogStream") or "",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A task as DMS shows it.

    Args:
        name: Its name in the environment's file.
        arn: Its ARN.
        database: The database that it carries.
        migration_type: What it does.
        status: Its status, in DMS's words.
        was_started: Whether it was ever started.
        started_at: When it was started last; None where never.
        stop_reason: Why it stopped, without `Stop Reason`; empty while it runs.
        failure: What DMS says of its failure; empty where there is none.
        checkpoint: The position to go on from, as DMS shows it of a task that does not run; empty
            where it shows none.
        counts: How far its tables are.
        load_began: When the full load began; None before.
        settings: Its settings.
        mappings: What it carries.
        source_endpoint_arn: Where it reads.
        target_endpoint_arn: Where it writes.
        stop_position: Where it is to stop reading changes, as the file says; None for nowhere.
        start_position: Where it begins to read changes, by its settings; empty for where it is started.
        slot_name: The replication slot that it is to read, as the file says; empty where DMS makes one.
        marker_name: Its marker's name in schema ferry; empty for that of its own name.
    """

    name: str
    arn: str
    database: Database
    migration_type: MigrationType
    status: str
    was_started: bool = False
    started_at: datetime | None = None
    stop_reason: str = ""
    failure: str = ""
    checkpoint: str = ""
    counts: Counts = field(default_factory=Counts)
    load_began: datetime | None = None
    settings: Settings = field(default_factory=Settings)
    mappings: Mappings = field(default_factory=lambda: Mappings(selections=()))
    source_endpoint_arn: str = ""
    target_endpoint_arn: str = ""
    stop_position: str | None = None
    start_position: str = ""
    slot_name: str = ""
    marker_name: str = ""

    @property
    def identifier(self) -> str:
        """What its ARN ends in: CloudWatch and DMS's control tables know it by this."""
        return self.arn.rpartition(":")[2]

    @property
    def marker(self) -> TableName:
        """Its marker table, of the same name on both sides."""
        return TableName(SCHEMA, self.marker_name or fence(self.name))

    @property
    def loads(self) -> bool:
        """Whether a fresh start loads rows."""
        return self.migration_type is not MigrationType.CHANGES

    @property
    def carries_changes(self) -> bool:
        """Whether it goes on with changes after its load."""
        return self.migration_type is not MigrationType.LOAD


def task_of(
    wanted: FileTask,
    database: Database,
    found: ReplicationTaskTypeDef,
    *,
    slot_name: str = "",
    marker_name: str = "",
) -> Task:
    """A row of what DMS shows."""
    stats = found.get("ReplicationTaskStats", {})
    return Task(
        name=wanted.name,
        arn=found.get("ReplicationTaskArn", ""),
        database=database,
        migration_type=MigrationType(found.get("MigrationType", wanted.migration_type)),
        status=found.get("Status", ""),
        was_started="ReplicationTaskStartDate" in found,
        started_at=found.get("ReplicationTaskStartDate"),
        stop_reason=found.get("StopReason", "").removeprefix(_REASON),
        failure=" ".join(found.get("LastFailureMessage", "").split()),
        checkpoint=found.get("RecoveryCheckpoint", ""),
        counts=Counts(
            loaded=stats.get("TablesLoaded", 0),
            loading=stats.get("TablesLoading", 0),
            queued=stats.get("TablesQueued", 0),
            errored=stats.get("TablesErrored", 0),
        ),
        load_began=stats.get("FullLoadStartDate"),
        settings=Settings.parse(found.get("ReplicationTaskSettings") or "{}"),
        mappings=Mappings.parse(found.get("TableMappings") or '{"rules": []}'),
        source_endpoint_arn=found.get("SourceEndpointArn", ""),
        target_endpoint_arn=found.get("TargetEndpointArn", ""),
        stop_position=wanted.cdc_stop_position,
        start_position=found.get("CdcStartPosition", ""),
        slot_name=slot_name,
        marker_name=marker_name,
    )


def chosen(tasks: Sequence[Task], names: Sequence[str]) -> tuple[Task, ...]:
    """The tasks of some names, all where none is named.

    Raises:
        InputError: There is none of a name.
    """
    known = [task.name for task in tasks]
    for name in names:
        if name not in known:
            raise InputError(
                f"--task is '{name}', which is no task of the file; its tasks are {', '.join(known)}."
            )
    return tuple(task for task in tasks if not names or task.name in names)
