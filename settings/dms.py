"""[dms]: the replication instance and its tasks."""

import datetime as dt
import json
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from facts.dms import AS_REPLICA, AfterFullLoad, LogComponent
from settings.fields import AttributeName, AttributeValue, AuroraDatabaseName, PlainName
from settings.retention import LogRetentionDays
from settings.section import Allowed, List, Section, refuse
from settings.table_mappings import LobSizeKb, Table, Transformation
from settings.windows import WeeklyWindow

MigrationType = Literal["full-load", "cdc", "full-load-and-cdc"]
PreparationMode = Literal["DO_NOTHING", "TRUNCATE_BEFORE_LOAD", "DROP_AND_CREATE"]
LobMode = Literal["limited", "full", "inline"]
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


def _is_not_rdss(name: str) -> str:
    """Refuse names that make RDS's own: DMS calls a slot after its task, and RDS keeps `rds` slots."""
    if name.startswith("rds"):
        refuse("a name that does not begin with rds, which RDS keeps for its own replication slots")
    return name


TaskName = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=26, examples=["orders"]),
    AfterValidator(_is_not_rdss),
    Allowed("lower-case letters, digits and single hyphens, 26 at most, a letter first"),
]
Script = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f;]*[^\x00-\x1f\s;][^\x00-\x1f;]*$", max_length=2000),
    Allowed("one SQL statement in one line, without tabs and semicolons, 2000 characters at most"),
]


_SETTINGS_IN_WORDS: Final = (
    'a JSON object of DMS\'s sections, such as {"TTSettings": {"EnableTT": true}}, with texts, whole '
    "numbers, true, false and null, each name once"
)


def _raw_settings(text: str) -> str:
    """Refuse what is no object, and lists, which the provider would want to change in every plan.

    Of a name that stands twice nobody says which value counts (RFC 8259, chapter 4).

    Source: provider 5.100.0, task_settings_json.go
    """
    try:
        settings = json.loads(text, object_pairs_hook=_each_once)
        plain = isinstance(settings, dict) and _is_plain(settings)
    except (ValueError, RecursionError):
        plain = False
    if not plain:
        refuse(_SETTINGS_IN_WORDS)
    return text


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    settings = dict(pairs)
    if len(settings) < len(pairs):
        raise ValueError
    return settings


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    return value is None or isinstance(value, str | int)


RawSettings = Annotated[
    str,
    Field(max_length=8000, examples=['{"TTSettings": {"EnableTT": true}}']),
    AfterValidator(_raw_settings),
    Allowed(_SETTINGS_IN_WORDS),
]
Position = Annotated[
    str,
    Field(
        pattern=r"^([0-9A-F]{1,8}/[0-9A-F]{1,8}|checkpoint:[A-Za-z0-9#*./:_-]{1,2000})$",
        examples=["0/3D000028"],
    ),
    Allowed("an LSN such as 0/3D000028, or a checkpoint of DMS's, checkpoint:V1#..."),
]

_STOP_IN_WORDS: Final = "a time in UTC such as commit_time:2027-02-15T06:00:00, or server_time:..."


def _stop_position(value: str) -> str:
    """Refuse times that no calendar has."""
    try:
        dt.datetime.fromisoformat(value.partition(":")[2])
    except ValueError:
        refuse(_STOP_IN_WORDS)
    return value


StopPosition = Annotated[
    str,
    Field(
        pattern=r"^(server|commit)_time:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$",
        examples=["commit_time:2027-02-15T06:00:00"],
    ),
    AfterValidator(_stop_position),
    Allowed(_STOP_IN_WORDS),
]


class Validation(Section):
    """DMS's comparison of source and target, row by row; tables need a primary key."""

    enabled: bool = True
    """Whether DMS compares."""

    thread_count: int = Field(default=5, ge=1, le=20)
    """How many threads compare."""

    failure_max_count: int = Field(default=10_000, ge=1, le=1_000_000)
    """Rows of the task that may fail before comparing stops."""

    table_failure_max_count: int = Field(default=1000, ge=1, le=1_000_000)
    """Rows of one table that may fail before comparing it stops."""

    skip_lob_columns: bool = False
    """Whether LOBs are left out of the comparison."""


class Task(Section):
    """A replication task. Terraform never starts it."""

    name: TaskName
    """The task's name; it ends the task's identifier, such as `aurora-ferry-dev-orders`."""

    database: AuroraDatabaseName | None = Field(default=None, examples=["app"])
    """The database that the task carries, by its name in Aurora; required where `[[databases]]` has
    several. Another one makes the task anew. Default: the only one."""

    migration_type: MigrationType = "full-load-and-cdc"
    """What the task does: copy the rows that exist, carry the changes, or both."""

    tables: Annotated[List[Table], Field(min_length=1, max_length=500)] = Field(
        examples=[[{"schema": "public"}]]
    )
    """Which tables the task carries; at least one of them is included. Besides these it carries a
    marker of its own, such as `ferry.fence_orders`, by which ferry sees what has arrived: no setting
    of tables and transformations may match it, and schema `ferry` is ferry's alone."""

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
    """Names that differ at the target, and columns that stay behind."""

    cdc_start_position: Position | None = None
    """Where a `cdc` task begins to read: a position of the slot that `source.slot_name` names. Default:
    none, where it is started. Another one stops a running task; one that is taken out of the file stays
    at DMS until the task is made anew
    (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Task.CDC.html)."""

    cdc_stop_position: StopPosition | None = None
    """When the task is to stop reading changes. The provider has no such argument, so nothing of
    it reaches Terraform: `ferry start` says it when the task is started. Default: none."""

    target_table_preparation_mode: PreparationMode = "DO_NOTHING"
    """What happens to Aurora's tables before the full load. `TRUNCATE_BEFORE_LOAD` and
    `DROP_AND_CREATE` fail on tables that foreign keys point at."""

    lob_mode: LobMode = "limited"
    """How LOBs are carried; text, bytea, json, xml and arrays are LOBs too. `limited`: at once, and
    one that is larger than `lob_max_size_kb` fails the task. `full`: each is looked up, slowly.
    `inline`: small ones at once, larger ones are looked up."""

    lob_max_size_kb: LobSizeKb = 32
    """Up to which size LOBs are carried at once, in the modes limited and inline."""

    full_load_sub_tasks: int = Field(default=8, ge=1, le=49)
    """How many tables are loaded side by side."""

    after_full_load: AfterFullLoad = "continue"
    """What follows the full load of a full-load-and-cdc task. A stop leaves time to build indexes
    before the changes that came meanwhile are applied, or after."""

    commit_rate: int = Field(default=10_000, ge=1, le=50_000)
    """How many rows of the full load are written at once."""

    batch_apply: bool = False
    """Whether changes are written in batches, which is faster, and not transaction by transaction.
    It needs limited LOBs."""

    validation: Validation = Validation()
    """The comparison of source and target."""

    control_schema: PlainName = "awsdms_control"
    """Aurora's schema for DMS's own tables."""

    log_severities: dict[LogComponent, Severity] = Field(
        default_factory=dict, examples=[{"SOURCE_CAPTURE": "LOGGER_SEVERITY_DEBUG"}]
    )
    """How much the parts of the task log, in DMS's own words; a part that is not named logs
    LOGGER_SEVERITY_DEFAULT. The debugging ones can write rows of data into the log."""

    extra_settings: RawSettings | None = None
    """Settings of DMS's that have none of their own here, as JSON; they are merged last, and one that
    is set here anyway is refused. `ferry review` calls what it has no rule for not safe. A setting
    that DMS does not give back is a difference in every plan. Default: none
    (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html)."""


class Target(Section):
    """How DMS speaks to Aurora; always over TLS."""

    after_connect_script: Script = AS_REPLICA
    """SQL that DMS runs when it connects. The default keeps foreign keys and triggers from stopping
    it."""

    execute_timeout_seconds: int = Field(default=60, ge=1, le=86_400)
    """The target's statement timeout for DMS."""

    extra_attributes: dict[AttributeName, AttributeValue] = Field(
        default_factory=dict, examples=[{"loadUsingCSV": "true"}]
    )
    """More connection attributes of the target's endpoints; as at the source."""


class Dms(Section):
    """A replication instance between the source and Aurora, private and encrypted."""

    engine_version: EngineVersion = "3.5.4"
    """DMS's version."""

    instance_class: InstanceClass = "dms.c5.2xlarge"
    """The replication instance's class."""

    allocated_storage_gib: int = Field(default=100, ge=5, le=6144)
    """Its storage for logs and cached changes."""

    multi_az: bool = True
    """Whether a standby waits in another zone."""

    maintenance_window: WeeklyWindow = "sun:05:00-sun:06:00"
    """When AWS may maintain it."""

    apply_immediately: bool = False
    """Whether changes are made at once; otherwise in the maintenance window."""

    log_retention_days: LogRetentionDays = 30
    """How long CloudWatch keeps the tasks' logs."""

    map_unbounded_numeric_as_string: bool = False
    """Whether NUMERIC without precision is carried as text, slower, instead of rounded to
    NUMERIC(28,6); said to both endpoints."""

    compare_connection_attributes: bool = True
    """Whether a plan compares the endpoints' connection attributes with what DMS shows of them. Set
    false where every plan wants to change them back, because DMS shows them in another form; a
    setting of an endpoint then reaches DMS only in a deployment with true."""

    target: Target = Target()
    """How DMS speaks to Aurora."""

    rollback: bool = False
    """Whether a way back is deployed beside each task: endpoints and a task from Aurora to the source,
    and one more to go forward again, all of which wait for a cutover. It takes `ferry secret reverse
    ENV` first. A task whose tables cannot be carried back has none; synthesis says which, and why."""

    tasks: Annotated[List[Task], Field(min_length=1, max_length=50)] = Field(
        examples=[[{"name": "all", "tables": [{"schema": "public"}]}]]
    )
    """The tasks."""
