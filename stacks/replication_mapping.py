"""Settings to DMS: the typed settings and table mappings of endpoints and tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.replication import (
    AfterFullLoad,
    BatchApply,
    ChangeProcessing,
    ControlTables,
    FullLoad,
    FullLobs,
    InlineLobs,
    LimitedLobs,
    LogComponent,
    Logging,
    LogSeverity,
    RangesParallelLoad,
    ReplicationPlugin,
    Selection,
    SelectionAction,
    SourceSettings,
    TableLobMode,
    TableLobs,
    TableMappings,
    TableSettings,
    TargetSettings,
    TargetTablePreparation,
    TaskSettings,
    Transformation,
    TransformationAction,
    TransformationTarget,
    Validation,
)

if TYPE_CHECKING:
    from constructs_lib.replication import Lobs
    from settings import dms
    from settings.source import Source
    from settings.table_mappings import Table


def source_settings(source: Source, replication: dms.Dms) -> SourceSettings:
    """What DMS does at the source."""
    return SourceSettings(
        plugin=ReplicationPlugin(source.plugin_name.replace("-", "_")),
        slot_name=source.slot_name,
        capture_ddls=source.capture_ddls,
        ddl_artifacts_schema=source.ddl_artifacts_schema,
        heartbeat=source.heartbeat.enabled,
        heartbeat_frequency_minutes=source.heartbeat.frequency_minutes,
        heartbeat_schema=source.heartbeat.schema_name,
        execute_timeout_seconds=source.execute_timeout_seconds,
        map_unbounded_numeric_as_string=replication.map_unbounded_numeric_as_string,
    )


def target_settings(replication: dms.Dms) -> TargetSettings:
    """What DMS does at Aurora."""
    return TargetSettings(
        after_connect_script=replication.target.after_connect_script,
        execute_timeout_seconds=replication.target.execute_timeout_seconds,
        map_unbounded_numeric_as_string=replication.map_unbounded_numeric_as_string,
    )


def table_mappings(task: dms.Task) -> TableMappings:
    """Which tables a task carries, and what single tables need."""
    return TableMappings(
        selections=[
            Selection(
                schema=table.schema_name,
                table=table.table,
                action=SelectionAction(table.action),
                load_order=table.load_order,
            )
            for table in task.tables
        ],
        transformations=[
            Transformation(
                target=TransformationTarget(rule.target),
                action=TransformationAction(rule.action),
                schema=rule.schema_name,
                table=rule.table,
                column=rule.column,
                value=rule.value,
            )
            for rule in task.transformations
        ],
        table_settings=[
            TableSettings(
                schema=table.schema_name,
                table=table.table,
                parallel_load=_parallel_load(table),
                lobs=_table_lobs(task, table),
            )
            for table in task.tables
            if table.parallel_load is not None or table.lob is not None
        ],
    )


def task_settings(task: dms.Task) -> TaskSettings:
    """How a task carries them."""
    return TaskSettings(
        lobs=_lobs(task),
        full_load=FullLoad(
            target_table_preparation=TargetTablePreparation(task.target_table_preparation_mode),
            max_sub_tasks=task.full_load_sub_tasks,
            commit_rate=task.commit_rate,
            after=AfterFullLoad(task.after_full_load),
        ),
        change_processing=ChangeProcessing(batch_apply=BatchApply() if task.batch_apply else None),
        control_tables=ControlTables(schema=task.control_schema),
        validation=Validation(
            enabled=task.validation.enabled,
            thread_count=task.validation.thread_count,
            failure_max_count=task.validation.failure_max_count,
            table_failure_max_count=task.validation.table_failure_max_count,
            skip_lob_columns=task.validation.skip_lob_columns,
        ),
        logging=Logging(
            severities={
                LogComponent(component): LogSeverity(severity)
                for component, severity in task.log_severities.items()
            }
        ),
    )


def _parallel_load(table: Table) -> RangesParallelLoad | None:
    if table.parallel_load is None:
        return None
    return RangesParallelLoad(
        columns=table.parallel_load.columns, boundaries=table.parallel_load.boundaries
    )


def _table_lobs(task: dms.Task, table: Table) -> TableLobs | None:
    if table.lob is None:
        return None
    mode = TableLobMode(table.lob.mode)
    return TableLobs(
        mode=mode,
        bulk_max_size_kb=(
            (table.lob.max_size_kb or task.lob_max_size_kb) if mode is TableLobMode.LIMITED else 0
        ),
    )


def _lobs(task: dms.Task) -> Lobs:
    modes: dict[str, Lobs] = {
        "limited": LimitedLobs(max_size_kb=task.lob_max_size_kb),
        "inline": InlineLobs(inline_max_size_kb=task.lob_max_size_kb),
        "full": FullLobs(),
    }
    return modes[task.lob_mode]
