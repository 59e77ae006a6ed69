"""[dms]: the replication instance and its tasks."""

from typing import Annotated, Literal

from pydantic import Field

from settings.fields import Identifier, TableName
from settings.section import Allowed, List, Section
from settings.windows import WeeklyWindow

MigrationType = Literal["full-load", "cdc", "full-load-and-cdc"]
PreparationMode = Literal["DO_NOTHING", "TRUNCATE_BEFORE_LOAD", "DROP_AND_CREATE"]
LobMode = Literal["limited", "full", "inline"]
TableLobMode = Literal["limited", "unlimited", "none"]
ParallelLoadType = Literal["partitions-auto", "partitions-list", "ranges"]
Severity = Literal[
    "LOGGER_SEVERITY_ERROR",
    "LOGGER_SEVERITY_WARNING",
    "LOGGER_SEVERITY_INFO",
    "LOGGER_SEVERITY_DEFAULT",
    "LOGGER_SEVERITY_DEBUG",
    "LOGGER_SEVERITY_DETAILED_DEBUG",
]

LobSizeKb = Annotated[int, Field(ge=1, le=102_400, examples=[32])]
"""A LOB's largest size in KB, 1 to 102,400 (100 MB)."""

EngineVersion = Annotated[
    str,
    Field(pattern=r"^3\.[0-9]{1,2}\.[0-9]{1,2}$"),
    Allowed("a DMS engine version such as 3.5.4"),
]
InstanceClass = Annotated[
    str,
    Field(pattern=r"^dms\.[a-z][0-9][a-z0-9]*\.(micro|small|medium|large|[0-9]*xlarge)$"),
    Allowed("a replication instance class such as dms.c5.2xlarge"),
]
TaskName = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=26, examples=["orders"]),
    Allowed("lower-case letters, digits and single hyphens, 26 at most, a letter first"),
]
Script = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f]*$", max_length=2000),
    Allowed("one line of SQL, 2000 characters at most"),
]
Boundary = Annotated[
    str,
    Field(max_length=255, examples=["1000000"]),
    Allowed("a column's value as text, 255 characters at most"),
]


class ParallelLoad(Section):
    """How one large table is loaded in parallel segments (DMS, "Using parallel load")."""

    type: ParallelLoadType = Field(examples=["partitions-auto"])
    """`partitions-auto` (every partition), `partitions-list` (these) or `ranges` of columns."""

    partitions: List[TableName] = Field(default=(), examples=[["orders_2026"]])
    """The partitions' names, for partitions-list. Default: none."""

    columns: List[Identifier] = Field(default=(), examples=[["id"]])
    """The columns that ranges are made of, for ranges; an index should begin with them. Default:
    none."""

    boundaries: List[List[Boundary]] = Field(default=(), examples=[[["1000000"], ["2000000"]]])
    """The upper ends of the ranges, one value for each column, for ranges. Default: none."""


class TableLob(Section):
    """How one table's large objects are carried, unlike the rest of its task."""

    mode: TableLobMode = Field(examples=["limited"])
    """`limited` (up to `max_size_kb`), `unlimited` (looked up row by row) or `none` (left out)."""

    max_size_kb: LobSizeKb | None = None
    """The largest LOB in KB, for limited, 1 to 102,400. Default: the task's."""


class Table(Section):
    """A selection of tables."""

    schema_name: TableName = Field(alias="schema", examples=["public"])
    """The schema's name; `%` stands for any characters."""

    table: TableName = "%"
    """The table's name; `%` stands for any characters. Default: %, every table."""

    action: Literal["include", "exclude"] = "include"
    """Whether the tables are carried or left out; leaving out wins. Default: include."""

    parallel_load: ParallelLoad | None = Field(default=None, examples=[{"type": "partitions-auto"}])
    """How the table is loaded in parallel; for one table by its whole name. Default: as one."""

    lob: TableLob | None = Field(default=None, examples=[{"mode": "unlimited"}])
    """How the table's LOBs are carried; for one table by its whole name. Default: as the task
    does."""


class Validation(Section):
    """DMS's comparison of source and target, row by row; tables need a primary key."""

    enabled: bool = True
    """Whether DMS compares. Default: true."""

    thread_count: int = Field(default=5, ge=1, le=20)
    """Threads that compare, 1 to 20. Default: 5."""

    partition_size: int = Field(default=10_000, ge=100, le=100_000)
    """Rows that are read for one comparison, 100 to 100,000. Default: 10,000."""

    failure_max_count: int = Field(default=10_000, ge=1, le=1_000_000)
    """Rows that may fail before validation stops for the table. Default: 10,000."""

    table_failure_max_count: int = Field(default=1000, ge=1, le=100_000)
    """Tables that may fail before validation stops for the task. Default: 1000."""


class Logging(Section):
    """How much each part of a task logs, in DMS's own words."""

    source_unload: Severity = "LOGGER_SEVERITY_DEFAULT"
    """Reading of the full load. Default: LOGGER_SEVERITY_DEFAULT."""

    source_capture: Severity = "LOGGER_SEVERITY_DEFAULT"
    """Reading of changes. Default: LOGGER_SEVERITY_DEFAULT."""

    target_load: Severity = "LOGGER_SEVERITY_DEFAULT"
    """Writing of the full load. Default: LOGGER_SEVERITY_DEFAULT."""

    target_apply: Severity = "LOGGER_SEVERITY_DEFAULT"
    """Writing of changes. Default: LOGGER_SEVERITY_DEFAULT."""

    task_manager: Severity = "LOGGER_SEVERITY_DEFAULT"
    """The task itself. Default: LOGGER_SEVERITY_DEFAULT."""


class Task(Section):
    """A replication task. Terraform never starts it."""

    name: TaskName
    """The task's name: with the environment's it makes the task's identifier, `dev-orders`, of 31
    characters at most."""

    migration_type: MigrationType = "full-load-and-cdc"
    """`full-load`, `cdc` or `full-load-and-cdc`. Default: full-load-and-cdc."""

    tables: Annotated[List[Table], Field(min_length=1, max_length=500)] = Field(
        examples=[[{"schema": "public"}]]
    )
    """Which tables the task carries, at least one selection."""

    target_table_preparation_mode: PreparationMode = "DO_NOTHING"
    """What happens to Aurora's tables before the full load: `DO_NOTHING`, `TRUNCATE_BEFORE_LOAD`
    or `DROP_AND_CREATE` (both fail on tables that foreign keys point at). Default: DO_NOTHING."""

    lob_mode: LobMode = "limited"
    """How LOBs (text, bytea, json, xml, arrays too) are carried: `limited` (a larger one fails the
    task), `full` (each looked up; slow) or `inline` (small ones at once, larger ones looked up).
    Default: limited."""

    lob_max_size_kb: LobSizeKb = 32
    """KB up to which LOBs are carried at once, in the modes limited and inline, 1 to 102,400.
    Default: 32."""

    full_load_sub_tasks: int = Field(default=8, ge=1, le=49)
    """Tables that are loaded side by side, 1 to 49. Default: 8."""

    commit_rate: int = Field(default=10_000, ge=1, le=50_000)
    """Rows of the full load that are written at once, 1 to 50,000. Default: 10,000."""

    batch_apply: bool = False
    """Whether changes are written in batches, faster, not transaction by transaction. Default:
    false."""

    validation: Validation = Validation()
    """The comparison; on by default."""

    control_schema: Identifier = "awsdms_control"
    """Aurora's schema for DMS's own tables. Default: awsdms_control."""

    logging: Logging = Logging()
    """Log levels; DMS's defaults."""


class Target(Section):
    """How DMS speaks to Aurora; always over TLS."""

    after_connect_script: Script = "SET session_replication_role='replica'"
    """SQL that DMS runs when it connects. Default: SET session_replication_role='replica', so that
    foreign keys and triggers do not stop it."""

    execute_timeout_seconds: int = Field(default=60, ge=1, le=3600)
    """The target's statement timeout for DMS in seconds, 1 to 3600. Default: 60."""


class Dms(Section):
    """A replication instance between the source and Aurora, private and encrypted."""

    engine_version: EngineVersion = "3.5.4"
    """DMS's version. Default: 3.5.4."""

    instance_class: InstanceClass = "dms.c5.2xlarge"
    """The replication instance's class. Default: dms.c5.2xlarge."""

    allocated_storage_gib: int = Field(default=100, ge=5, le=6144)
    """Its storage for logs and cached changes, 5 to 6144 GiB. Default: 100."""

    multi_az: bool = True
    """Whether a standby waits in another zone. Default: true."""

    maintenance_window: WeeklyWindow = "sun:05:00-sun:06:00"
    """When AWS may maintain it, UTC, at least 30 minutes. Default: sun:05:00-sun:06:00."""

    apply_immediately: bool = False
    """Whether changes are made at once; otherwise in the maintenance window. Default: false."""

    allow_major_version_upgrade: bool = False
    """Whether `engine_version` may name another major version than the running one. Default:
    false."""

    map_boolean_as_boolean: bool = True
    """Whether booleans stay booleans, on both endpoints; DMS by itself makes them varchar(5).
    Default: true."""

    target: Target = Target()
    """How DMS speaks to Aurora."""

    tasks: Annotated[List[Task], Field(min_length=1, max_length=50)] = Field(
        examples=[[{"name": "all", "tables": [{"schema": "public"}]}]]
    )
    """The tasks, at least one."""
