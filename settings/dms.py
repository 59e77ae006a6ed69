"""[dms]: the replication instance and its tasks."""

from typing import Annotated, Literal

from pydantic import Field

from facts.dms import LogComponent
from settings.fields import PlainName
from settings.retention import LogRetentionDays
from settings.section import Allowed, List, Section
from settings.table_mappings import LobSizeKb, Table, Transformation
from settings.windows import WeeklyWindow

MigrationType = Literal["full-load", "cdc", "full-load-and-cdc"]
PreparationMode = Literal["DO_NOTHING", "TRUNCATE_BEFORE_LOAD", "DROP_AND_CREATE"]
LobMode = Literal["limited", "full", "inline"]
AfterFullLoad = Literal["continue", "stop-before-cached-changes", "stop-after-cached-changes"]
Severity = Literal[
    "LOGGER_SEVERITY_ERROR",
    "LOGGER_SEVERITY_WARNING",
    "LOGGER_SEVERITY_INFO",
    "LOGGER_SEVERITY_DEFAULT",
    "LOGGER_SEVERITY_DEBUG",
    "LOGGER_SEVERITY_DETAILED_DEBUG",
]

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
    Field(pattern=r"^[^\x00-\x1f;]*[^\x00-\x1f\s;][^\x00-\x1f;]*$", max_length=2000),
    Allowed("one SQL statement in one line, without semicolon, 2000 characters at most"),
]


class Validation(Section):
    """DMS's comparison of source and target, row by row; tables need a primary key."""

    enabled: bool = True
    """Whether DMS compares. Default: true."""

    thread_count: int = Field(default=5, ge=1, le=20)
    """Threads that compare, 1 to 20. Default: 5."""

    failure_max_count: int = Field(default=10_000, ge=1, le=1_000_000)
    """Rows of the task that may fail before comparing stops. Default: 10,000."""

    table_failure_max_count: int = Field(default=1000, ge=1, le=1_000_000)
    """Rows of one table that may fail before comparing it stops. Default: 1000."""

    skip_lob_columns: bool = False
    """Whether LOBs are left out of the comparison. Default: false."""


class Task(Section):
    """A replication task. Terraform never starts it."""

    name: TaskName
    """The task's name, 26 characters at most: it ends the task's identifier, such as
    `aurora-ferry-dev-orders`."""

    migration_type: MigrationType = "full-load-and-cdc"
    """`full-load`, `cdc` or `full-load-and-cdc`. Default: full-load-and-cdc."""

    tables: Annotated[List[Table], Field(min_length=1, max_length=500)] = Field(
        examples=[[{"schema": "public"}]]
    )
    """Which tables the task carries, at least one selection."""

    transformations: Annotated[List[Transformation], Field(max_length=500)] = Field(
        default=(),
        examples=[
            [
                {
                    "target": "column",
                    "action": "remove-column",
                    "schema": "public",
                    "table": "orders",
                    "column": "total",
                }
            ]
        ],
    )
    """Names that differ at the target, columns that stay behind. Default: none."""

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

    after_full_load: AfterFullLoad = "continue"
    """What follows the full load of a full-load-and-cdc task: `continue`,
    `stop-before-cached-changes` or `stop-after-cached-changes` (time to build indexes). Default:
    continue."""

    commit_rate: int = Field(default=10_000, ge=1, le=50_000)
    """Rows of the full load that are written at once, 1 to 50,000. Default: 10,000."""

    batch_apply: bool = False
    """Whether changes are written in batches, faster, not transaction by transaction. Default:
    false."""

    validation: Validation = Validation()
    """The comparison; on by default."""

    control_schema: PlainName = "awsdms_control"
    """Aurora's schema for DMS's own tables. Default: awsdms_control."""

    log_severities: dict[LogComponent, Severity] = Field(
        default_factory=dict, examples=[{"SOURCE_CAPTURE": "LOGGER_SEVERITY_DEBUG"}]
    )
    """How much parts of the task log, in DMS's own words; the debugging ones can write rows of data
    into the log. Default: LOGGER_SEVERITY_DEFAULT for every part."""


class Target(Section):
    """How DMS speaks to Aurora; always over TLS."""

    after_connect_script: Script = "SET session_replication_role='replica'"
    """SQL that DMS runs when it connects. Default: SET session_replication_role='replica', so that
    foreign keys and triggers do not stop it."""

    execute_timeout_seconds: int = Field(default=60, ge=1, le=86_400)
    """The target's statement timeout for DMS in seconds, 1 to 86,400. Default: 60."""


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

    log_retention_days: LogRetentionDays = 30
    """Days that CloudWatch keeps the tasks' logs, one of its retention periods. Default: 30."""

    map_unbounded_numeric_as_string: bool = False
    """Whether NUMERIC without precision is carried as text, slower, instead of rounded to
    NUMERIC(28,6); said to both endpoints. Default: false."""

    target: Target = Target()
    """How DMS speaks to Aurora."""

    tasks: Annotated[List[Task], Field(min_length=1, max_length=50)] = Field(
        examples=[[{"name": "all", "tables": [{"schema": "public"}]}]]
    )
    """The tasks, at least one."""
