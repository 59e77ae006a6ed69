"""A task to test, in the shapes that the constructs ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from facts.dms import LogComponent


@dataclass(frozen=True)
class ParallelLoad:
    columns: Sequence[str] = ("year", "id")
    boundaries: Sequence[Sequence[str]] = (("2024", "1000"), ("2025", "1000"))


@dataclass(frozen=True)
class TableLob:
    mode: str
    max_size_kb: int | None = None


@dataclass(frozen=True)
class FilterCondition:
    operator: str
    value: str | None = None
    start_value: str | None = None
    end_value: str | None = None


@dataclass(frozen=True)
class Filter:
    column: str
    conditions: Sequence[FilterCondition]


@dataclass(frozen=True)
class DataType:
    type: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None


@dataclass(frozen=True)
class PrimaryKey:
    name: str
    columns: Sequence[str]
    origin: str = "primary-key"


@dataclass(frozen=True)
class BeforeImage:
    column_filter: str = "pk-only"
    column_prefix: str | None = None
    column_suffix: str | None = None


@dataclass(frozen=True)
class Table:
    schema_name: str = "orders"
    table: str = "%"
    name: str | None = None
    action: str = "include"
    load_order: int | None = None
    parallel_load: ParallelLoad | None = None
    lob: TableLob | None = None
    filters: Sequence[Filter] = ()


@dataclass(frozen=True)
class Transformation:
    target: str
    action: str
    schema_name: str = "orders"
    table: str = "%"
    column: str | None = None
    value: str | None = None
    old_value: str | None = None
    expression: str | None = None
    data_type: DataType | None = None
    primary_key: PrimaryKey | None = None
    before_image: BeforeImage | None = None


@dataclass(frozen=True)
class Validation:
    enabled: bool = True
    thread_count: int = 5
    failure_max_count: int = 10_000
    table_failure_max_count: int = 1_000
    skip_lob_columns: bool = False


@dataclass(frozen=True)
class Task:
    name: str = "orders"
    migration_type: str = "full-load-and-cdc"
    tables: Sequence[Table] = (Table(),)
    transformations: Sequence[Transformation] = ()
    target_table_preparation_mode: str = "DO_NOTHING"
    lob_mode: str = "limited"
    lob_max_size_kb: int = 32
    full_load_sub_tasks: int = 8
    after_full_load: str = "continue"
    commit_rate: int = 10_000
    batch_apply: bool = False
    validation: Validation = Validation()
    control_schema: str = "awsdms_control"
    cdc_start_position: str | None = None
    extra_settings: str | None = None
    log_severities: Mapping[LogComponent, str] = field(default_factory=dict)
